"""OpenCitations Index: reference lists of published works by DOI. CC0.

One answer has the whole list, unpaged. An empty one says both that nothing is known and that there is nothing, so it
proves nothing. A cited work is named by all identifiers that OpenCitations has, often only its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..errors import Malformed
from . import COMPLETE, Listed, Reference
from .answer import EMPTY, UNKNOWN, NotKnown, ask, identifiers, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://api.opencitations.net/index/v2"
DELAY: Final = 0.5
"""Seconds between requests."""


class OpenCitations:
    """The source; `token` may be blank."""

    name = "opencitations"
    batch = 1
    published = True
    versions = False

    def __init__(self, door: Transport, *, base: str = BASE, token: str = "") -> None:
        self._door, self._base = door, base.rstrip("/")
        self._headers = {"Authorization": token.strip()} if token.strip() else {}

    def asks(self, paper: Paper) -> bool:
        """It knows published works only."""
        return bool(paper.identifier("doi"))

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order; after a SourceError the rest has not been asked."""
        for paper in papers:
            try:
                rows = ask(self._door, f"{self._base}/references/doi:{quote(paper.identifier('doi'), safe='')}", headers=self._headers)
            except NotKnown:
                yield Listed(citing=paper.primary, source=self.name, outcome=UNKNOWN)
                continue
            if not isinstance(rows, list):
                raise Malformed(f"OpenCitations answers with {type(rows).__name__} where a list was expected")
            references = [Reference(identifiers=identifiers(_names(part(row, "cited", str)))) for row in rows if row is not None]
            yield Listed(
                citing=paper.primary,
                source=self.name,
                references=tuple(r for r in references if r.identifiers),
                listed=len(rows),
                outcome=COMPLETE if rows else EMPTY,
            )


def _names(cited: str | None) -> Iterator[str]:
    """The names in a cell: `omid:br/0612 doi:10.… pmid:3` in version 2, a bare DOI or `coci => 10.…` before."""
    return (word for word in (cited or "").split() if word.startswith(("doi:", "arxiv:", "10.")))
