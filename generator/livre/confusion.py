"""How well works are filed: what was filed against what is so, category by category and over all.

A work of which nothing was filed is an abstention. It is counted by itself, and figures come both ways: among
the works that were filed, and among all, where an abstention misses everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from .quality import Confusion, Proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def _sum(counts: Iterable[Confusion]) -> Confusion:
    counts = tuple(counts)
    return Confusion(tp=sum(c.tp for c in counts), fp=sum(c.fp for c in counts), fn=sum(c.fn for c in counts), tn=sum(c.tn for c in counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFigures:
    """The four counts of each category among the works filed (`filed`) and among all (`whole`), and how many were not filed.

    `micro` and `micro_whole` add the categories up. Each count gives precision, recall and F1 with their intervals.
    """

    filed: Mapping[str, Confusion]
    whole: Mapping[str, Confusion]
    abstained: Proportion
    micro: Confusion = field(init=False)
    micro_whole: Confusion = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "micro", _sum(self.filed.values()))
        object.__setattr__(self, "micro_whole", _sum(self.whole.values()))

    @property
    def macro(self) -> float | None:
        """The mean F1 of the categories that were filed or should have been, among the works filed; None when there is none."""
        scores = [c.f1.value for c in self.filed.values() if c.f1]
        return fmean(scores) if scores else None


def evaluate_filing(truth: Sequence[frozenset[str]], filed: Sequence[frozenset[str] | None], categories: Iterable[str]) -> FilingFigures:
    """Compare, work by work, the `categories` that are so with those that were filed; None or none of them filed is an abstention.

    Categories not asked for are passed over on both sides. ValueError when the two are not of one length.
    """
    asked = tuple(dict.fromkeys(categories))
    pairs = [(t & frozenset(asked), (f or frozenset()) & frozenset(asked)) for t, f in zip(truth, filed, strict=True)]
    answered = [(t, f) for t, f in pairs if f]

    def count(rows: Sequence[tuple[frozenset[str], frozenset[str]]]) -> dict[str, Confusion]:
        return {c: Confusion.of([c in f for _, f in rows], [c in t for t, _ in rows]) for c in asked}

    return FilingFigures(filed=count(answered), whole=count(pairs), abstained=Proportion(k=len(pairs) - len(answered), n=len(pairs)))
