"""What `/papers/` can be searched and narrowed by: the records of the search, and the table that its script counts and sorts with.

The table is ours and not Pagefind's filters (see `search.py`). Its rows are the first records of the index, newest first, so that the
order of the rows is the order by date; after them come the sections of the chapters, which it does not know.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...latex import plain
from ...model import Status
from ..search import FOLDER, Record
from ..sections import sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ...model import Paper
    from ..search import Index
    from ..sections import Section
    from .review import Review

TABLE = f"{FOLDER}/facets.json"
STAMP = f"{FOLDER}/index.json"
RESERVED = frozenset({"q", "sort", "year", "code", "weights", "open", "status"})
"""Names in the address of the page that mean something else than a facet of the taxonomy."""
SHOWN = 7
"""Values of a facet that are shown before the reader asks for more."""
FEW = 4
"""Words of a title that is looked up whole."""
_SIGNS = re.compile(r"[\W_]+")
_STATUSES = (
    {"": "Without a notice"} | {s.value: s.value.capitalize() for s in Status if s.value} | {"background": "Background, not counted"}
)
_CURRENT = "current"
_INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One choice of a facet: as the address says it, as a reader reads it, and how many papers have it. A child follows its parent."""

    id: str
    title: str
    total: int
    child: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A facet of the page; `of` gives for each paper, newest first, the places of its values in `values`. Few values fit in one row."""

    id: str
    title: str
    values: tuple[Value, ...]
    of: tuple[tuple[int, ...], ...]

    @property
    def shown(self) -> tuple[Value, ...]:
        """What is always there; all of them where only two more would be folded away."""
        return self.values if len(self.values) <= SHOWN + 2 else self.values[:SHOWN]

    @property
    def folded(self) -> tuple[Value, ...]:
        """What a reader unfolds."""
        return self.values[len(self.shown) :]


def facet_name(facet: str) -> str:
    """What the address calls a facet of the taxonomy: its id, unless that means something else there."""
    return f"{facet}-facet" if facet in RESERVED else facet


def _choice(
    name: str, title: str, titles: Mapping[str, str], own: Sequence[Sequence[str]], children: frozenset[str] = frozenset()
) -> Choice:
    """A facet from the values of each paper; values that no paper has are left out."""
    totals = dict.fromkeys(titles, 0)
    for values in own:
        for value in values:
            totals[value] += 1
    kept = [v for v in titles if totals[v]]
    at = {value: i for i, value in enumerate(kept)}
    return Choice(
        id=name,
        title=title,
        values=tuple(Value(id=v or _CURRENT, title=titles[v], total=totals[v], child=v in children) for v in kept),
        of=tuple(tuple(sorted(at[v] for v in values)) for values in own),
    )


def _free(paper: Paper) -> bool:
    """Whether the record itself says that anybody can read the work: it lies at arXiv. Of other works we do not know."""
    return bool(paper.identifier("arxiv")) and paper.status is not Status.WITHDRAWN


def choices(review: Review) -> tuple[Choice, ...]:
    """The facets that divide the papers; one that all papers share, or none has, tells nothing and is left out."""
    papers, known = review.all, review.taxonomy.categories
    found = []
    for facet in review.taxonomy.facets:
        of = {c.id: c for c in review.taxonomy.of(facet.id)}
        totals = {c: len(review.by_category[c]) for c in of}
        top = sorted((c for c in of.values() if not c.parent), key=lambda c: -totals[c.id])
        below = {c.id: sorted((d for d in of.values() if d.parent == c.id), key=lambda d: -totals[d.id]) for c in top}
        order = [c.id for one in top for c in (one, *below[one.id])]
        titles = {c: known[c].title for c in order}
        children = frozenset(c for c in order if known[c].parent)
        own = [[c for c in review.filed[p.key] if c in titles] for p in papers]
        found.append(_choice(facet_name(facet.id), facet.title, titles, own, children))
    years = sorted({p.date[:4] for p in papers if p.date}, reverse=True)
    found.append(_choice("year", "Year", {y: y for y in years}, [[p.date[:4]] if p.date else [] for p in papers]))
    for name, title, has in (
        ("code", "With code", lambda p: bool(p.code)),
        ("weights", "With weights", lambda p: bool(p.weights)),
        ("open", "Free to read at arXiv", _free),
    ):
        found.append(_choice(name, "", {"1": title}, [["1"] if has(p) else [] for p in papers]))
    states = [["background"] if p.background and p.status is Status.CURRENT else [p.status.value] for p in papers]
    found.append(_choice("status", "Status", _STATUSES, states))
    return tuple(c for c in found if any(0 < v.total < len(papers) for v in c.values))


def cited(review: Review) -> tuple[int, ...]:
    """How many papers here cite each paper, newest paper first; () where no citation is known."""
    graph = review.network.graph
    counts = tuple(len(graph.cited_by[review.network.position[p.key]]) for p in review.all)
    return counts if any(counts) else ()


def records(review: Review) -> Iterator[Record]:
    """Every paper, newest first: title, abstract, authors, venue, and then what is searched but not shown, without TeX.

    The title stands there again, so that its words weigh more than those of an abstract.
    """
    titles = {c.id: c.title for c in review.taxonomy.categories.values()}
    for paper in review.all:
        item = review.items[paper.key]
        title = plain(paper.title)
        prose = joined((title, plain(paper.abstract), ", ".join(plain(str(n)) for n in paper.authors), plain(paper.journal)))
        shelves = ", ".join(f"{titles[c]} ({c})" for c in review.filed[paper.key])
        text = joined((prose, title, plain(paper.shorttitle), shelves, " ".join(i.value for i in paper.identifiers)))
        meta = {
            "title": title,
            "by": plain(item.by),
            "date": item.date,
            "added": paper.added,
            "lane": item.lane,
            "slot": str(item.slot or ""),
            "shelves": item.shelves,
            "status": item.status,
            "background": "1" if item.background else "",
            "prose": str(len(prose.split())),
        }
        yield Record(path=f"papers/{paper.key}/", text=text, meta=meta)


def short(review: Review) -> Mapping[str, int]:
    """Titles of few words, lower case and without signs, with their row: among papers that hold these words too, none would come first."""
    words = {at: _SIGNS.sub(" ", plain(p.title).lower()).split() for at, p in enumerate(review.all)}
    return {" ".join(of): at for at, of in sorted(words.items(), reverse=True) if 0 < len(of) <= FEW}


def joined(pieces: Iterable[str]) -> str:
    """Pieces of text as sentences; the first one keeps its words, because the script marks titles by counting them."""
    return " ".join(p if p[-1] in ".?!" else f"{p}." for p in pieces if p)


def parts_of(path: str, chapter: Sequence[Section]) -> Iterator[Record]:
    """The sections of the chapter at `path`, under the name of the chapter."""
    name = chapter[0].heading if chapter else ""
    for one in chapter:
        if not one.text:
            continue
        title = one.heading or name
        meta = {"title": title, "chapter": name if title != name else "", "section": "1"}
        yield Record(path=f"{path}#{one.anchor}" if one.anchor else path, text=joined((title, one.text)), meta=meta)


def feed(index: Index, review: Review, chapters: Iterable[tuple[str, str]]) -> None:
    """Give the index every paper and every section of the chapters, which come as (path, HTML) from the builder."""
    index.add(chain(records(review), *(parts_of(path[: -len(_INDEX)], sections(html)) for path, html in chapters if path.endswith(_INDEX))))


def files(index: Index, review: Review) -> Iterator[tuple[str, bytes]]:
    """The whole search, as (path, bytes): Pagefind's files, the table, and the small file that says which index it belongs to."""
    yield from index.files()
    facets = []
    for choice in choices(review):
        sets = sorted(set(choice.of))
        at = {of: i for i, of in enumerate(sets)}
        facets.append({"id": choice.id, "values": [v.id for v in choice.values], "sets": sets, "of": [at[of] for of in choice.of]})
    yield TABLE, _json({"papers": len(review.all), "facets": facets, "cited": cited(review)})
    yield STAMP, _json({"parts": index.parts, "records": index.records, "papers": len(review.all), "short": short(review)})


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
