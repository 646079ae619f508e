"""The queue of works that wait: ranked, and bounded by the scope, so that it can never grow into work for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .corpus import history
from .model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .corpus import Corpus
    from .model import Candidate, Decision

QUEUE = "queue"
"""The criterion of what was decided because too much waited."""

LIKELY = 0.5
"""A probability from which on a work belongs rather than not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A candidate that waits, and the decision to let it."""

    candidate: Candidate
    decision: Decision


def queue(corpus: Corpus) -> tuple[Waiting, ...]:
    """Every work that waits, the likeliest to be included first, of equals the newest."""
    found = [Waiting(candidate=c, decision=past[-1]) for c in corpus.candidates.values() if (past := history(corpus, c))]
    waits = sorted((w for w in found if w.decision.verdict is Verdict.WAIT), key=lambda w: w.candidate.identifiers)
    waits.sort(key=lambda w: w.candidate.date, reverse=True)
    return tuple(sorted(waits, key=lambda w: -w.decision.score))


def overflow(corpus: Corpus, most: int, *, on: str) -> Iterator[Decision]:
    """Decisions of the day `on` (ISO date) for the works that wait beyond the `most` that may.

    The screener's are decided as is likelier. The rules' score is no probability, and what they could not include is excluded.
    """
    for rank, waiting in enumerate(queue(corpus)[most:], most + 1):
        held = waiting.decision
        likely = held.by == "model" and held.score >= LIKELY
        yield replace(
            held,
            on=on,
            verdict=Verdict.INCLUDE if likely else Verdict.EXCLUDE,
            criterion=QUEUE,
            score=held.score if likely else round(1 - held.score, 2),
            why=f"rank {rank} of the {most} that may wait, with {held.score:.2f}; {held.why}",
        )
