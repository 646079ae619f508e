"""How good a judgement is: the figures of screening, filing, audits and recall, each with what it cannot be sure of.

Standard library only, so that a page can show a figure without waiting for scientific libraries to load; the tests compare with
scipy and scikit-learn. A figure that the data cannot give is None, never a number made up for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CONFIDENCE = 0.95
"""How often an interval is to hold what it is an interval of."""
_SLACK = 1e-9  # 0.95 × 20 is 19 and no hair more


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _wilson(share: float, n: float, confidence: float) -> tuple[float, float]:
    z = _z(confidence)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return 0.0 if share == 0 else min(low, share), 1.0 if share == 1 else max(high, share)


def wilson(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of a share of `k` among `n` (Wilson 1927), within 0 and 1; nothing counted is (0, 1).

    ValueError when `k` is not from 0 to `n`.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    return _wilson(k / n, n, confidence) if n else (0.0, 1.0)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Proportion:
    """`k` of `n`: the share, and the interval that Wilson gives it at 95 %."""

    k: int
    n: int

    def __post_init__(self) -> None:
        wilson(self.k, self.n)

    @property
    def value(self) -> float | None:
        """The share, None when nothing was counted."""
        return self.k / self.n if self.n else None

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return wilson(self.k, self.n)[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return wilson(self.k, self.n)[1]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Estimate:
    """A value that was not counted but estimated, with its interval at 95 %."""

    value: float
    low: float
    high: float


def ranked(scores: Sequence[float], labels: Sequence[bool]) -> tuple[bool, ...]:
    """The labels, greatest score first. Among equal scores what does not belong comes first, so that ties never flatter."""
    pairs = sorted(zip(scores, labels, strict=True), key=lambda p: (-p[0], p[1]))
    return tuple(bool(label) for _, label in pairs)


def wss(ranked_labels: Sequence[bool], recall: float = 0.95) -> float | None:
    """Work saved over sampling at `recall` (Cohen et al. 2006): the share left unread once so much is found, less 1 - `recall`.

    From -0.05 or so (nothing saved) to 0.95; None when nothing relevant is there to be found.
    """
    wanted = math.ceil(recall * sum(ranked_labels) - _SLACK)
    if not any(ranked_labels):
        return None
    read = found = 0
    while found < wanted:
        found += ranked_labels[read]
        read += 1
    return (len(ranked_labels) - read) / len(ranked_labels) - (1 - recall)


def recall_at(ranked_labels: Sequence[bool], share: float = 0.1) -> float | None:
    """The share of what is relevant among the first `share` of the ranking, rounded down to whole works; None when nothing is."""
    total = sum(ranked_labels)
    return sum(ranked_labels[: math.floor(share * len(ranked_labels) + _SLACK)]) / total if total else None


def roc_auc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The chance that what belongs scores above what does not, ties being half (Mann and Whitney 1947); None with one class only."""
    positive = sum(map(bool, labels))
    negative = len(labels) - positive
    if not positive or not negative:
        return None
    below = wins = 0.0
    for _, group in groupby(sorted(zip(scores, labels, strict=True), key=lambda p: p[0]), key=lambda p: p[0]):
        tied = [bool(label) for _, label in group]
        against = len(tied) - sum(tied)
        wins += sum(tied) * (below + against / 2)
        below += against
    return wins / (positive * negative)


def average_precision(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """Precision averaged over the steps of recall, equal scores being one step; None when nothing belongs."""
    positive = sum(map(bool, labels))
    if not positive:
        return None
    seen = found = 0
    total = 0.0
    for _, group in groupby(sorted(zip(scores, labels, strict=True), key=lambda p: -p[0]), key=lambda p: p[0]):
        tied = [bool(label) for _, label in group]
        seen, found = seen + len(tied), found + sum(tied)
        total += sum(tied) / positive * found / seen
    return total


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Bin:
    """The `n` works with a probability from `low` up to `high`: the `mean` said of them, and the `share` that did belong."""

    low: float
    high: float
    mean: float
    share: float
    n: int


def reliability(probabilities: Sequence[float], labels: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """The reliability curve in `bins` of equal width, empty ones left out; 1.0 is in the last. ValueError outside 0 to 1."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for p, label in zip(probabilities, labels, strict=True):
        if not 0 <= p <= 1:
            raise ValueError(f"{p} is no probability")
        filled.setdefault(min(int(p * bins), bins - 1), []).append((p, bool(label)))
    return tuple(
        Bin(low=i / bins, high=(i + 1) / bins, mean=fmean(p for p, _ in rows), share=fmean(label for _, label in rows), n=len(rows))
        for i, rows in sorted(filled.items())
    )


def calibration_error(curve: Iterable[Bin]) -> float | None:
    """Expected calibration error (Naeini et al. 2015): how far what is said is from what is so, averaged over works."""
    curve = tuple(curve)
    total = sum(b.n for b in curve)
    return sum(b.n * abs(b.mean - b.share) for b in curve) / total if total else None


def brier(probabilities: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The mean squared error of the probabilities (Brier 1950), 0 to 1; None for none."""
    return fmean((p - bool(label)) ** 2 for p, label in zip(probabilities, labels, strict=True)) if len(probabilities) else None


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Confusion:
    """How a yes-or-no judgement met the labels: right yes, wrong yes, wrong no, right no."""

    tp: int
    fp: int
    fn: int
    tn: int = 0

    @classmethod
    def of(cls, said: Sequence[bool], labels: Sequence[bool]) -> Confusion:
        """Count the four cases."""
        pairs = [(bool(s), bool(label)) for s, label in zip(said, labels, strict=True)]
        return cls(
            tp=pairs.count((True, True)), fp=pairs.count((True, False)), fn=pairs.count((False, True)), tn=pairs.count((False, False))
        )

    @property
    def precision(self) -> Proportion:
        """The share of what was said yes to that belongs."""
        return Proportion(k=self.tp, n=self.tp + self.fp)

    @property
    def recall(self) -> Proportion:
        """The share of what belongs that was said yes to."""
        return Proportion(k=self.tp, n=self.tp + self.fn)

    @property
    def f1(self) -> Estimate | None:
        """The harmonic mean of both; None when there was nothing to find and nothing was said.

        Its interval is Wilson's for F* = tp / (tp + fp + fn), of which F1 is a rising function (Hand, Christen and Kirielle 2021).
        """
        n = self.tp + self.fp + self.fn
        if not n:
            return None
        value, low, high = (2 * f / (1 + f) for f in (self.tp / n, *wilson(self.tp, n)))
        return Estimate(value=value, low=low, high=high)


def chapman(n1: int, n2: int, both: int, confidence: float = CONFIDENCE) -> Estimate:
    """How many there are when two independent routes found `n1` and `n2`, `both` of them in common (Chapman 1951).

    The interval takes the number of those never found as log-normal (Chao 1987; variance by Seber 1970), so its lower end is never
    less than what was found. ValueError when `both` is more than either.
    """
    if not 0 <= both <= min(n1, n2):
        raise ValueError(f"{both} in common of {n1} and {n2} cannot be")
    found = n1 + n2 - both
    missed = (n1 - both) * (n2 - both) / (both + 1)
    if not missed:
        return Estimate(value=float(found), low=float(found), high=float(found))
    variance = (n1 + 1) * (n2 + 1) * (n1 - both) * (n2 - both) / ((both + 1) ** 2 * (both + 2))
    factor = math.exp(_z(confidence) * math.sqrt(math.log1p(variance / missed**2)))
    return Estimate(value=found + missed, low=found + missed / factor, high=found + missed * factor)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Stratum:
    """A random sample of `n` out of `of` alike, `k` of which are what is counted."""

    k: int
    n: int
    of: int

    def __post_init__(self) -> None:
        wilson(self.k, self.n)
        if self.n > self.of:
            raise ValueError(f"{self.n} cannot be drawn from {self.of}")


def stratified(strata: Iterable[Stratum], confidence: float = CONFIDENCE) -> Estimate | None:
    """The share over all strata, each counting by its size `of`; strata nobody looked at are left out, None when all are.

    Cochran's (1977) stratified mean, in Wilson's interval for the effective number of independent answers (Kish 1965).
    """
    looked = [s for s in strata if s.n]
    total = sum(s.of for s in looked)
    if not total:
        return None
    share = min(1.0, sum(s.of / total * s.k / s.n for s in looked))
    effective = 1 / sum((s.of / total) ** 2 / s.n for s in looked)
    low, high = _wilson(share, effective, confidence)
    return Estimate(value=share, low=low, high=high)
