"""Whom each source is asked about: those that tell who cites a paper about the core of the review only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .citations import forward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .centre import Centre
    from .citations import Listed
    from .link import Source
    from .model import Paper


@dataclass(frozen=True, slots=True)
class _Only:
    """A source that is asked about those papers only that `fit`."""

    source: Source
    fit: Callable[[Paper], bool]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def batch(self) -> int:
        return self.source.batch

    @property
    def published(self) -> bool:
        return self.source.published

    @property
    def versions(self) -> bool:
        return self.source.versions

    def asks(self, paper: Paper) -> bool:
        return self.fit(paper) and self.source.asks(paper)

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        return self.source.ask(papers)


def settled(sources: Iterable[Source], on: str) -> list[Source]:
    """The sources, asked only about papers that were here before this day (ISO date), so that a night run again asks nothing new."""
    return [_Only(source, lambda paper: paper.added < on) for source in sources]


def central(sources: Iterable[Source], of: Centre) -> list[Source]:
    """The sources, of which those that tell who cites a paper are asked about the core only: others bring more than they tell."""
    return [_Only(source, lambda paper: paper.key in of.core) if forward(source.name) else source for source in sources]
