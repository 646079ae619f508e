"""OpenCitations Index: reference lists of published works by DOI, and who cites a work. CC0.

One answer has the whole list, unpaged. An empty one says both that nothing is known and that there is nothing, so it
proves nothing. A work is named by all identifiers that OpenCitations has, often only its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..errors import Malformed
from . import CITING, COMPLETE, Listed, Reference
from .answer import EMPTY, UNKNOWN, NotKnown, ask, dois, identifiers, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://api.opencitations.net/index/v2"
DELAY: Final = 0.5
"""Seconds between requests."""
UNCITED: Final = "empty: it knows no work that cites this one"
"""It says the same of a work that it has not found cited yet."""


class _Index:
    """The door to OpenCitations; `token` may be blank."""

    batch = 1
    published = True
    versions = False

    def __init__(self, door: Transport, *, base: str = BASE, token: str = "") -> None:
        self._door, self._base = door, base.rstrip("/")
        self._headers = {"Authorization": token.strip()} if token.strip() else {}

    def _rows(self, operation: str, doi: str) -> list[object]:
        """The citations that it has as references of, or citations of, the work with this DOI; NotKnown, SourceErrors."""
        rows = ask(self._door, f"{self._base}/{operation}/doi:{quote(doi, safe='')}", headers=self._headers)
        if not isinstance(rows, list):
            raise Malformed(f"OpenCitations answers with {type(rows).__name__} where a list was expected")
        return rows


class OpenCitations(_Index):
    """The source of reference lists."""

    name = "opencitations"

    def asks(self, paper: Paper) -> bool:
        """It knows published works only."""
        return bool(paper.identifier("doi"))

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order; after a SourceError the rest has not been asked."""
        for paper in papers:
            try:
                rows = self._rows("references", paper.identifier("doi"))
            except NotKnown:
                yield Listed(citing=paper.primary, source=self.name, outcome=UNKNOWN)
                continue
            references = [Reference(identifiers=identifiers(_names(part(row, "cited", str)))) for row in rows if row is not None]
            yield Listed(
                citing=paper.primary,
                source=self.name,
                references=tuple(r for r in references if r.identifiers),
                listed=len(rows),
                outcome=COMPLETE if rows else EMPTY,
            )


class Citing(_Index):
    """The source of the works that cite a paper, by the DOI of its publisher and by the one that arXiv gives."""

    name = OpenCitations.name + CITING

    def asks(self, paper: Paper) -> bool:
        """Every paper has a DOI, since arXiv gives one."""
        return bool(paper.identifiers)

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The works that cite these papers, in order; after a SourceError the rest has not been asked."""
        for paper in papers:
            works: dict[str, None] = {}
            answers = 0
            for doi in dois(paper.identifiers):
                try:
                    rows = self._rows("citations", doi)
                except NotKnown:
                    continue
                answers += 1
                works |= dict.fromkeys(part(row, "citing", str) or "" for row in rows if row is not None)
            references = tuple(Reference(identifiers=names) for work in works if (names := identifiers(_names(work))))
            outcome = COMPLETE if works else UNCITED if answers else UNKNOWN
            yield Listed(citing=paper.primary, source=self.name, references=references, listed=len(works), outcome=outcome)


def _names(work: str | None) -> Iterator[str]:
    """The names in a cell: `omid:br/0612 doi:10.… pmid:3` in version 2, a bare DOI or `coci => 10.…` before."""
    return (word for word in (work or "").split() if word.startswith(("doi:", "arxiv:", "10.")))
