"""The corpus to take away: BibTeX of all papers, and of each.

Written in the dialect that BibTeX, biber and Zotero all read without a complaint, which is
also arXiv's own: `year`, `archiveprefix`, and `@misc` for what no journal has
published. What the review keeps for itself (who filed a paper, when it came, which fields
people corrected) stays out; the categories are there as keywords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entry import Entry, to_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Paper

ALL = "data/papers.bib"
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
