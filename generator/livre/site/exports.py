"""The corpus to take away: BibTeX of all papers and of each, RIS, CSL-JSON, a table twice, and JSON by a schema of our own.

docs/data.md documents each. BibTeX is written in the dialect that BibTeX, biber and Zotero all read without a complaint, which is
also arXiv's own: `year`, `archiveprefix`, and `@misc` for what no journal has
published. What the review keeps for itself (who filed a paper, when it came, which fields
people corrected) stays out; the categories are there as keywords. What was taken out of the review is in no file of all papers;
background papers are in every one, and marked where the format has a place for it.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entry import Entry, to_entry
from ..latex import plain
from . import csl, ris
from .parquet import Flags, Lists, Texts, parquet
from .table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..model import Name, Paper
    from .render import Site

ALL, RIS, CSL = "data/papers.bib", "data/papers.ris", "data/papers.csl.json"
TABLE, PARQUET, JSON = "data/papers.csv", "data/papers.parquet", "data/papers.json"
SCHEMA = 1
"""The version of papers.json and its parts; it rises when a field changes its meaning or goes, not when one comes."""
SCHEMA_FILE = "data/papers.schema.json"
FIELDS = (
    "title", "shorttitle", "author", "year", "journal", "doi", "eprint", "archiveprefix", "primaryclass", "url", "note",
    "keywords", "abstract",
)  # fmt: skip
"""The fields of a download, in the order they are written."""
_COLUMN = max(map(len, FIELDS))


def path_of(paper: Paper) -> str:
    """Where the BibTeX of one paper lies."""
    return f"papers/{paper.key}/{paper.key}.bib"


def _fields(paper: Paper) -> dict[str, str]:
    """Every field with its value as it stands between the braces, in no order; empty ones included."""
    own = dict(to_entry(paper).fields)
    eprint = paper.identifier("arxiv")
    return own | {
        "year": paper.date[:4],
        "journal": own.get("journaltitle", ""),
        "doi": paper.identifier("doi"),
        "eprint": eprint,
        "archiveprefix": "arXiv" if eprint else "",
        "primaryclass": paper.classes[0] if eprint and paper.classes else "",
        "url": own.get("url") or paper.primary.url,
        "note": paper.status.value.capitalize(),
    }


def to_public(paper: Paper, *, abstract: bool) -> Entry:
    """The entry that readers take away."""
    kind = "misc" if paper.kind == "article" and not paper.journal else paper.kind
    values = _fields(paper)
    return Entry(kind=kind, key=paper.key, fields=tuple((n, values[n]) for n in FIELDS if values.get(n) and (abstract or n != "abstract")))


def text(entry: Entry) -> str:
    """The entry as BibTeX, in the order of its fields."""
    lines = "".join(f"  {name:<{_COLUMN}} = {{{value}}},\n" for name, value in entry.fields)
    return f"@{entry.kind}{{{entry.key},\n{lines}}}\n"


def one(paper: Paper) -> bytes:
    """The .bib file of one paper, abstract included."""
    return text(to_public(paper, abstract=True)).encode()


def everything(papers: Iterable[Paper]) -> bytes:
    """The .bib file of all papers, without abstracts, by key."""
    return "\n".join(text(to_public(p, abstract=False)) for p in sorted(papers, key=lambda p: p.key)).encode()


def _name(name: Name) -> dict[str, str]:
    return {part: text for part, text in (("family", name.family), ("given", name.given), ("suffix", name.suffix)) if text}


def _columns(papers: Sequence[Paper], filed: Mapping[str, Sequence[str]], site: Site) -> Iterator[Texts | Flags | Lists]:
    """The table of all papers."""
    yield Texts(name="key", values=[p.key for p in papers])
    yield Texts(name="title", values=[plain(p.title) for p in papers])
    yield Lists(name="authors", values=[[", ".join(_name(n).values()) for n in p.authors] for p in papers])
    yield Texts(name="date", values=[p.date for p in papers])
    yield Texts(name="journal", values=[plain(p.journal) for p in papers])
    yield Texts(name="arxiv", values=[p.identifier("arxiv") for p in papers])
    yield Texts(name="doi", values=[p.identifier("doi") for p in papers])
    yield Texts(name="url", values=[p.url or p.primary.url for p in papers])
    yield Texts(name="page", values=[f"{site.url}papers/{p.key}/" for p in papers])
    yield Lists(name="categories", values=[filed[p.key] for p in papers])
    yield Texts(name="status", values=[p.status.value for p in papers])
    yield Flags(name="background", values=[p.background for p in papers])
    yield Lists(name="code", values=[p.code for p in papers])
    yield Lists(name="weights", values=[p.weights for p in papers])
    yield Texts(name="added", values=[p.added for p in papers])


def _flat(column: Texts | Flags | Lists) -> Sequence[str]:
    """A column as text: several values of one cell are parted by semicolons, addresses by spaces."""
    match column:
        case Flags():
            return ["yes" if value else "" for value in column.values]
        case Lists():
            return [(" " if column.name in {"code", "weights"} else "; ").join(value) for value in column.values]
        case Texts():
            return column.values


def facts(paper: Paper, filed: Sequence[str], site: Site, *, abstract: bool) -> dict[str, Any]:
    """One paper of papers.json; what is unknown or empty is left out, but for lists."""
    title = plain(paper.title)
    values: dict[str, Any] = {
        "key": paper.key,
        "page": f"{site.url}papers/{paper.key}/",
        "kind": paper.kind,
        "title": title,
        "title_tex": paper.title if paper.title != title else "",
        "short_title": plain(paper.shorttitle),
        "date": paper.date,
        "journal": plain(paper.journal),
        "url": paper.url or paper.primary.url,
        "status": paper.status.value,
        "background": paper.background,
        "milestone": plain(paper.milestone),
        "comment": plain(paper.comment),
        "added": paper.added,
        "abstract": plain(paper.abstract) if abstract else "",
    }
    lists = {
        "identifiers": [str(i) for i in paper.identifiers],
        "authors": [_name(n) for n in paper.authors],
        "categories": list(filed),
        "arxiv_classes": list(paper.classes),
        "versions": [{"number": v.number} | ({"date": v.on} if v.on else {}) for v in paper.versions],
        "code": list(paper.code),
        "weights": list(paper.weights),
    }
    return {name: value for name, value in values.items() if value} | lists


def _document(papers: Iterable[Paper], filed: Mapping[str, Sequence[str]], site: Site, *, abstract: bool, **more: Any) -> bytes:
    """A file of `facts`, one paper a line, so that two versions can be compared line by line."""
    head = json.dumps({"$schema": f"{site.url}{SCHEMA_FILE}", "schema": SCHEMA, "review": site.name, **more}, ensure_ascii=False)
    lines = (json.dumps(facts(p, filed[p.key], site, abstract=abstract), ensure_ascii=False, separators=(",", ":")) for p in papers)
    return (head.removesuffix("}") + ', "papers": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def files(
    papers: Iterable[Paper], *, filed: Mapping[str, Sequence[str]], titles: Mapping[str, str], site: Site
) -> Iterator[tuple[str, bytes]]:
    """Every file of all papers, by its path; `filed` are the categories of each paper by key, `titles` those of categories."""
    papers = sorted(papers, key=lambda p: p.key)
    yield ALL, everything(papers)
    yield RIS, ris.everything(papers, titles)
    yield CSL, csl.everything(papers)
    columns = tuple(_columns(papers, filed, site))
    yield TABLE, table([c.name for c in columns], zip(*map(_flat, columns), strict=True))
    yield PARQUET, parquet(columns)
    parts: list[str] = []
    for shard, of in groupby(sorted(papers, key=lambda p: p.shard), key=lambda p: p.shard):
        parts.append(f"data/papers/{shard}.json")
        yield parts[-1], _document(of, filed, site, abstract=True, month=shard)
    yield JSON, _document(papers, filed, site, abstract=False, parts=parts)
    yield SCHEMA_FILE, Path(__file__).with_name("papers.schema.json").read_bytes()
