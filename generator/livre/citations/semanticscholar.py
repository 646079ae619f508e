"""Semantic Scholar, to compare with only: what it knows never enters the edges, because its licence does not let us pass it on.

Papers are asked for in one question of up to five hundred; an unknown one is null in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..errors import Malformed
from . import Listed, Reference
from .answer import UNKNOWN, NotKnown, ask, identifiers, outcome, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://api.semanticscholar.org/graph/v1"
DELAY: Final = 1.5
"""Seconds between requests; it allows one in a second."""
_FIELDS: Final = "externalIds,referenceCount,references.externalIds"


class SemanticScholar:
    """The source; `key` may be blank."""

    name = "s2"
    batch = 100
    published = False
    versions = False

    def __init__(self, door: Transport, *, base: str = BASE, key: str = "") -> None:
        self._door, self._base = door, base.rstrip("/")
        self._headers = {"x-api-key": key.strip()} if key.strip() else {}

    def asks(self, paper: Paper) -> bool:
        """It knows preprints and published works."""
        return bool(paper.identifiers)

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order. Raises SourceErrors."""
        names = [f"{p.primary.scheme.upper()}:{p.primary.value}" for p in papers]
        try:
            works = ask(self._door, f"{self._base}/paper/batch", {"fields": _FIELDS}, headers=self._headers, post={"ids": names})
        except NotKnown:
            raise Malformed("Semantic Scholar has no batch of papers where it used to be") from None
        if not isinstance(works, list) or len(works) != len(papers):
            raise Malformed("Semantic Scholar does not answer one by one")
        for paper, work in zip(papers, works, strict=True):
            yield self._listed(paper, work)

    def _listed(self, paper: Paper, work: object) -> Listed:
        if work is None:
            return Listed(citing=paper.primary, source=self.name, outcome=UNKNOWN)
        given = part(work, "references", list) or []
        count = max(part(work, "referenceCount", int) or 0, len(given))
        references = tuple(_reference(entry) for entry in given if entry is not None)
        return Listed(citing=paper.primary, source=self.name, references=references, listed=count, outcome=outcome(len(given), count))


def _reference(entry: object) -> Reference:
    names = part(entry, "externalIds", dict) or {}
    doi, arxiv = (part(names, scheme, str) for scheme in ("DOI", "ArXiv"))
    return Reference(identifiers=identifiers([doi, arxiv and f"arxiv:{arxiv}"]))
