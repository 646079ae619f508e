"""The corpus to take away: BibTeX of all papers, and of each.

Written in the dialect that BibTeX, biber and Zotero all read without a complaint, which is
also arXiv's own: `year` and `month`, `archiveprefix`, and `@misc` for what no journal has
published. What the review keeps for itself (who filed a paper, when it came, which fields
people corrected) stays out; the categories are there as keywords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bibtex import dumps
from ..entry import Entry, to_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import Paper

ALL = "data/papers.bib"
_SAME = ("title", "shorttitle", "author", "url", "keywords", "abstract")
_KNOWN = len("2025-03")


def path_of(paper: Paper) -> str:
    """Where the BibTeX of one paper lies."""
    return f"papers/{paper.key}/{paper.key}.bib"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    own = dict(to_entry(paper).fields)
    yield from ((name, own[name]) for name in _SAME if name in own)
    if paper.date:
        yield "year", paper.date[:4]
    if len(paper.date) >= _KNOWN:
        yield "month", str(int(paper.date[5:7]))
    if "journaltitle" in own:
        yield "journal", own["journaltitle"]
    if doi := paper.identifier("doi"):
        yield "doi", doi
    if eprint := paper.identifier("arxiv"):
        yield "eprint", eprint
        yield "archiveprefix", "arXiv"
        if paper.classes:
            yield "primaryclass", paper.classes[0]
    if "url" not in own:
        yield "url", paper.primary.url
    if paper.status:
        yield "note", paper.status.value.capitalize()


def to_public(paper: Paper, *, abstract: bool) -> Entry:
    """The entry that readers take away."""
    kind = "misc" if paper.kind == "article" and not paper.journal else paper.kind
    return Entry(kind=kind, key=paper.key, fields=tuple((n, v) for n, v in _fields(paper) if abstract or n != "abstract"))


def one(paper: Paper) -> bytes:
    """The .bib file of one paper, abstract included."""
    return dumps([to_public(paper, abstract=True)]).encode()


def everything(papers: Iterable[Paper]) -> bytes:
    """The .bib file of all papers, without abstracts, by key."""
    return dumps(to_public(p, abstract=False) for p in papers).encode()
