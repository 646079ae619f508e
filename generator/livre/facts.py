"""What sources say of works that somebody names: arXiv of its own ids, Crossref of DOIs, and arXiv again of the preprints behind these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .errors import SourceError

if TYPE_CHECKING:
    from .harvest import Batch
    from .model import Candidate, Identifier

Ask = Callable[[Sequence["Identifier"]], Iterable["Candidate"]]
"""Asks sources for works; after a SourceError, what was said before it counts."""


def _nothing(_: Sequence[Identifier]) -> Iterable[Candidate]:
    return ()


def ask(
    arxiv: Callable[[Sequence[str]], Iterable[Batch]], crossref: Callable[[Sequence[Identifier]], Iterable[Candidate]] = _nothing
) -> Ask:
    """One question to both sources. A source that fails does not keep the other from being asked; its error is raised at the end."""

    def preprints(ids: Sequence[str]) -> Iterator[Candidate]:
        for batch in arxiv(ids) if ids else ():
            yield from batch.candidates

    def both(works: Sequence[Identifier]) -> Iterator[Candidate]:
        failure: SourceError | None = None
        asked = [w.value for w in works if w.scheme == "arxiv"]
        more: list[str] = []
        try:
            yield from preprints(asked)
        except SourceError as error:
            failure = error
        try:
            for found in crossref([w for w in works if w.scheme == "doi"]):
                more += [i.value for i in found.identifiers if i.scheme == "arxiv" and i.value not in asked]
                yield found
        except SourceError as error:
            failure = failure or error
        if failure:
            raise failure
        yield from preprints(more)

    return both
