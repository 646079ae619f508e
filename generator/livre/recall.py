"""How much the review misses, from how much two independent roads to it found in common.

One road is the topic queries, the other the citations of core papers. If each finds relevant works whatever the other finds, the share
of the second road's works that the first has too tells how many there are in all (capture and recapture).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .quality import Estimate, Proportion, chapman

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable

    from .model import Paper

IN_COMMON = 7
"""Fewer works in common than this give no estimate: below it Chapman's is biased (Robson and Regier 1964)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recapture:
    """Relevant works found by query, by citation and by both, and how many there are in all.

    `total` is None when that cannot be estimated, and `reason` says why not. Roads that favour the same works, such as the well-known
    ones, make `total` too small, so it is at least so many, and `recall` at best so much.
    """

    query: int
    citation: int
    both: int
    total: Estimate | None
    reason: str = ""

    @property
    def found(self) -> int:
        """How many works either road found."""
        return self.query + self.citation - self.both

    @property
    def overlap(self) -> Proportion:
        """The share of what citations found that the query found too: the query's recall, if the roads are independent."""
        return Proportion(k=self.both, n=self.citation)

    @property
    def recall(self) -> Estimate | None:
        """The share of all there are that either road found."""
        if self.total is None:
            return None
        return Estimate(value=self.found / self.total.value, low=self.found / self.total.high, high=self.found / self.total.low)


def recapture(by_query: Iterable[Hashable], by_citation: Iterable[Hashable]) -> Recapture:
    """What two roads say about the whole. Give relevant works only, those that screening includes, each by one name of its own."""
    query, citation = frozenset(by_query), frozenset(by_citation)
    n1, n2, both = len(query), len(citation), len(query & citation)
    reason = ""
    if not n1 or not n2:
        reason = f"the {'citations' if n1 else 'queries'} have found nothing yet"
    elif both < IN_COMMON:
        reason = f"only {both} found by both roads; {IN_COMMON} are needed"
    return Recapture(query=n1, citation=n2, both=both, total=None if reason else chapman(n1, n2, both), reason=reason)


def of_papers(
    papers: Iterable[Paper], *, by_query: Callable[[Paper], bool], by_citation: Collection[str], core: Collection[str]
) -> Recapture:
    """The same of the papers of a review: whether the topics did find each, and the keys of those that citations would have found.

    The `core` (keys), from which citations start, and background papers are left out of both roads. Ask `by_query` what was found, not
    what a topic matches: rules let nothing in that no topic matches, so by that measure queries would never miss anything.
    """
    counted = [p for p in papers if p.key not in core and not p.background]
    return recapture((p.key for p in counted if by_query(p)), (p.key for p in counted if p.key in by_citation))
