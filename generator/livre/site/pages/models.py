"""The register of named models, datasets and benchmarks at `/models/`, as tables and as files to take away."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...model import Page
from ..table import table
from .fragment import Fragment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...registry import Registered, Value
    from .item import Item
    from .review import Review

PAGE = "models/"
TABLE, DATA = "data/models.csv", "data/models.json"
PER_PAGE = 200
"""Rows of one page: a row is half a kilobyte, and a page is read on phones."""
_KINDS = (
    ("model", "", "Models"),
    ("dataset", "datasets", "Datasets"),
    ("benchmark", "benchmarks", "Benchmarks"),
    ("", "unsaid", "Kind not said"),
)
"""Kind, address and heading, in the order of the pages."""
_VALUES = ("name", "kind", "base", "parameters", "training", "licence")
_SHOWN = {"base": "base model", "parameters": "size", "training": "training data", "licence": "licence"}
"""Values whose column is left out where a page has none of them."""
_LISTS = ("modality", "domains")
DOWNLOADS = (
    (TABLE, "one row a name; each value has a second column that says where it comes from"),
    (DATA, "the same with its structure, and the page on which each name stands"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: the entry, its first paper, the titles of its categories, and its citations where the network knows it.

    `twins` are the keys of the papers that give the same name to an entry of their own.
    """

    entry: Registered
    item: Item
    modality: tuple[tuple[str, Value], ...]
    domains: tuple[tuple[str, Value], ...]
    links: tuple[tuple[str, str], ...]
    cited: int | None
    later: tuple[tuple[str, str], ...]
    twins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of the register: its address, its kind and heading, its span of names and its entries."""

    path: str
    kind: str
    title: str
    span: str
    number: int
    entries: tuple[Registered, ...]


def parts(review: Review) -> tuple[Part, ...]:
    """The pages, of each kind as many as it needs, all about as long; the first is `/models/`, even when it is empty."""
    out = []
    for kind, folder, title in _KINDS:
        of = [e for e in review.registry if e.kind.text == kind]
        pages = -(-len(of) // PER_PAGE)
        size = -(-len(of) // pages) if pages else 0
        for i in range(pages or not folder):
            piece = of[i * size : (i + 1) * size]
            stem = f"{folder or 'models'}_{i + 1}" if i else folder
            span = f"{piece[0].name.text} to {piece[-1].name.text}" if pages > 1 else ""
            path = f"{PAGE}{stem}/" if stem else PAGE
            out.append(Part(path=path, kind=kind, title=title, span=span, number=i + 1, entries=tuple(piece)))
    return tuple(out)


def _by_name(review: Review) -> Mapping[str, list[str]]:
    """The keys of the first papers of all entries, by name in small letters."""
    out: defaultdict[str, list[str]] = defaultdict(list)
    for entry in review.registry:
        out[entry.name.text.casefold()].append(entry.paper)
    return out


def _row(entry: Registered, review: Review, named: Mapping[str, Sequence[str]]) -> Row:
    title = review.taxonomy.categories
    links = [*(("code", url) for url in entry.code), *(("weights", url) for url in entry.weights)]
    measured = review.network.measures.get(entry.paper)
    return Row(
        entry=entry,
        item=review.items[entry.paper],
        modality=tuple((title[v.text].title, v) for v in entry.modality),
        domains=tuple((title[v.text].title, v) for v in entry.domains),
        links=tuple(links),
        cited=measured.citations if measured else None,
        later=tuple((k, review.items[k].title) for k in entry.later),
        twins=tuple(k for k in named.get(entry.name.text.casefold(), ()) if k != entry.paper),
    )


def _context(part: Part, every: Sequence[Part], review: Review) -> dict[str, Any]:
    """What a page of the register says."""
    named = _by_name(review)
    columns = {n for n in _SHOWN if any(getattr(e, n).text for e in part.entries)}
    return {
        "part": part,
        "columns": columns,
        "absent": [word for n, word in _SHOWN.items() if n not in columns and (part.kind == "model" or n == "licence")],
        "parts": every,
        "rows": [_row(e, review, named) for e in part.entries],
        "counts": {title: sum(e.kind.text == kind for e in review.registry) for kind, _, title in _KINDS},
        "total": len(review.registry),
        "by_hand": sum(e.name.source == "person" for e in review.registry),
        "papers": len(review.all),
        "abstracts": sum(bool(p.abstract) for p in review.all),
        "downloads": DOWNLOADS,
        "data": DATA,
    }


def fragments(review: Review) -> Iterator[Fragment]:
    """The first page, which stands in a chapter, where the review has that chapter."""
    if PAGE in review.chapters:
        every = parts(review)
        yield Fragment(name="models", context=_context(every[0], every, review))


def pages(review: Review) -> Iterator[Page]:
    """The other pages, where the review has the first."""
    if PAGE in review.chapters:
        every = parts(review)
        for part in every[1:]:
            yield Page(path=part.path, template="models.html", family="models", context=_context(part, every, review))


def source(value: Value) -> str:
    """Where a value comes from, in words; '' for none."""
    if value.source == "rule":
        return f"rule: “{value.words}” ({value.where})"
    return "person" if value.source else ""


def _cells(entry: Registered, page: str, review: Review) -> Iterator[object]:
    row = _row(entry, review, {})
    yield from (entry.anchor, page, "; ".join(entry.aliases))
    for name in _VALUES:
        value: Value = getattr(entry, name)
        yield from (value.text, source(value))
    for name in _LISTS:
        values: tuple[Value, ...] = getattr(entry, name)
        yield from ("; ".join(v.text for v in values), "; ".join(source(v) for v in values))
    yield from (" ".join(entry.code), " ".join(entry.weights), entry.paper, row.item.date, row.cited, " ".join(entry.later))


def _known(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an entry, without what is empty."""
    known = {
        k: _known(v) if isinstance(v, dict) else tuple(_known(x) if isinstance(x, dict) else x for x in v) if isinstance(v, tuple) else v
        for k, v in entry.items()
    }
    return {k: v for k, v in known.items() if v}


def files(review: Review) -> Iterator[tuple[str, bytes]]:
    """`models.csv` and `models.json` as (path below the site, bytes), where the review has the page."""
    if PAGE not in review.chapters:
        return
    places = [(e, part.path) for part in parts(review) for e in part.entries]
    places.sort(key=lambda place: (place[0].name.text.casefold(), place[0].anchor))
    head = [c for name in (*_VALUES, *_LISTS) for c in (name, f"{name}_from")]
    columns = ("anchor", "page", "aliases", *head, "code", "weights", "paper", "date", "citations", "named_by")
    yield TABLE, table(columns, (tuple(_cells(e, page, review)) for e, page in places))
    rows = [{**_known(asdict(e)), "page": page} for e, page in places]
    about = (
        "Names by rules and people. A value's source is person, or rule with its words and where they stand; what is not known is left out."
    )
    yield DATA, f"{json.dumps({'about': about, 'entries': rows}, ensure_ascii=False, separators=(',', ':'))}\n".encode()
