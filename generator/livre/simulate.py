"""Screening simulated on works whose labels are known: in which order would a reader, helped by the learner, have read them?

Active learning as in Cormack and Grossman (2015, "AutoTAR"): after every few works read, learn from all of them and read next
what most likely belongs. Unread works stand in, at little weight, for what does not belong, since nearly all of them do not:
with only a few labels, that tells the words of the subject from the words of everything.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from .learn import Document, Model, Space, Unlearnable, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

COST = 0.11
RATIO = 9.8
"""All works read that belong weigh so many times what the others do; both as in ASReview's ELAS u4."""
PRESUMED, ENOUGH = 100, 50
"""So many unread works are presumed not to belong. At first all of them weigh what those do that were read and do not; once more than
`ENOUGH` of these were read, ever less."""
GROWTH = 20
"""Learn again once a twentieth more has been read: at first after every work."""


def priors(labels: Sequence[bool], seed: int) -> tuple[int, int]:
    """One work that belongs and one that does not, drawn by the seed; Unlearnable when there is none of one."""
    sides = [[i for i, label in enumerate(labels) if bool(label) is side] for side in (True, False)]
    if not all(sides):
        raise Unlearnable(f"all {len(labels)} works have the same label; a simulation needs some of both")
    draw = Random(seed)  # noqa: S311  # not a secret
    return draw.choice(sides[0]), draw.choice(sides[1])


class _Reading:
    """What has been read so far."""

    def __init__(self, documents: Sequence[Document], labels: Sequence[bool], seed: int) -> None:
        self.labels, self.seed = labels, seed
        self.space = Space.of(documents)
        self.read: list[int] = []
        self.unread = list(range(len(labels)))
        self.known: Model | range = range(len(labels))

    def take(self, rows: Sequence[int]) -> None:
        self.read += rows
        taken = set(rows)
        self.unread = [i for i in self.unread if i not in taken]

    def likeliest(self) -> list[int]:
        """The unread works, those first that most likely belong."""
        draw = Random(f"{self.seed} {len(self.read)}")  # noqa: S311
        presumed = draw.sample(self.unread, min(PRESUMED, len(self.unread)))
        labels = [self.labels[i] for i in self.read] + [False] * len(presumed)
        found = sum(labels)
        against, others = found / RATIO, len(self.read) - found
        each = {True: 1.0, False: against / others}
        share = against * min(1.0, ENOUGH / others)
        weights = [each[self.labels[i]] for i in self.read] + [share / max(len(presumed), 1)] * len(presumed)
        scale = len(self.read) / sum(weights)
        model = fit(self.space, [*self.read, *presumed], labels, [w * scale for w in weights], cost=COST, known=self.known)
        self.known = model
        return [i for _, i in sorted(zip([-s for s in model.scores(self.unread)], self.unread, strict=True))]


def simulate(
    documents: Sequence[Document], labels: Sequence[bool], *, seed: int = 0, first: tuple[int, int] | None = None
) -> tuple[int, ...]:
    """The rows in the order in which they would be read, beginning with `first`: one that belongs, one that does not.

    By default `priors` draws these. The words are weighed by all documents, labels are only known of what was read.
    Raises Unlearnable when all labels are the same, or no document has a word.
    """
    labels = [bool(label) for label in labels]
    start = priors(labels, seed) if first is None else first
    reading = _Reading(documents, labels, seed)
    reading.take(start)
    left = sum(labels) - sum(labels[i] for i in start)
    order: list[int] = []
    while left:
        order = reading.likeliest()
        batch = order[: max(1, len(reading.read) // GROWTH)]
        reading.take(batch)
        left -= sum(labels[i] for i in batch)
        order = order[len(batch) :]
    return (*reading.read, *(order or reading.unread))
