"""How well screening did on works that it had not seen, and which probabilities that allows it to act on.

A threshold is only drawn where the counts support it: the end of the interval that speaks against it, not the share itself,
has to keep what the scope asks for. Five right out of five are no proof of 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .quality import Bin, Proportion, average_precision, brier, calibration_error, ranked, recall_at, reliability, roc_auc, wilson, wss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIDENCE = 0.9
"""Of the two-sided interval whose worse end must keep what is asked, so that a threshold is wrong once in twenty times."""
EVEN = 0.5
"""Nothing is included that more likely does not belong, nothing excluded that more likely does."""
ALL = ""
"""Stands for all topics together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A work that was judged unseen: its topic, what was said, what is so, and whether a person said that."""

    topic: str
    probability: float
    include: bool
    person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From which probability on a topic's works are included, and below which they are excluded; None is never.

    `reason` says why there is no threshold of its own.
    """

    topic: str
    include_at: float | None = None
    exclude_below: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Learning from `trained` works and judging `n` others unseen, of which `positive` belong and `people` were decided by people.

    `split` is `temporal` (the newest are judged, dated `since` to `until`) or `random`. At the thresholds, `precision` is the share
    of the included that belongs, `recall` and `missed` the shares of what belongs that were included and excluded, and `waiting`
    how many lie between; None where no threshold could be drawn. `curve` is the reliability curve.
    """

    topic: str
    split: str
    since: str = ""
    until: str = ""
    trained: int
    n: int
    positive: int
    people: int
    auc: float | None
    average_precision: float | None
    wss95: float | None
    recall10: float | None
    precision: Proportion | None
    recall: Proportion | None
    missed: Proportion | None
    waiting: int | None
    brier: float | None
    calibration_error: float | None
    curve: tuple[Bin, ...]


def _include_at(judged: Sequence[Judged], precision: float) -> float | None:
    """The least probability from which on so large a share surely belongs."""
    best, k, n = None, 0, 0
    rows = sorted(judged, key=lambda j: -j.probability)
    for at, row in enumerate(rows):
        if row.probability < EVEN:
            break
        k, n = k + row.include, n + 1
        last_of_equals = at + 1 == len(rows) or rows[at + 1].probability < row.probability
        if last_of_equals and wilson(k, n, CONFIDENCE)[0] >= precision:
            best = row.probability
    return best


def _exclude_below(judged: Sequence[Judged], missed: float) -> float | None:
    """The greatest probability below which surely no more than this share of what belongs lies."""
    belongs = sorted(j.probability for j in judged if j.include)
    best = None
    for lost in range(len(belongs) + 1):
        if wilson(lost, len(belongs), CONFIDENCE)[1] > missed:
            break
        best = belongs[lost] if lost < len(belongs) else EVEN
    return None if best is None else min(best, EVEN)


def line(topic: str, judged: Sequence[Judged], *, precision: float, missed: float) -> Line:
    """The thresholds for a wanted share of right inclusions and of works that belong but are excluded."""
    include_at, exclude_below = _include_at(judged, precision), _exclude_below(judged, missed)
    counts = f"{len(judged)} works judged unseen, of which {sum(j.include for j in judged)} belong"
    lacking = [
        *([f"that {precision:.0%} of the included would belong"] if include_at is None else []),
        *([f"that at most {missed:.0%} of what belongs would be excluded"] if exclude_below is None else []),
    ]
    reason = f"{counts}, do not show {' nor '.join(lacking)}" if lacking else ""
    return Line(topic=topic, include_at=include_at, exclude_below=exclude_below, reason=reason)


def lines(judged: Sequence[Judged], topics: Sequence[str], *, precision: float, missed: float) -> dict[str, Line]:
    """The thresholds of each topic and of `ALL`; a topic without one of its own takes that of all topics."""
    pooled = line(ALL, judged, precision=precision, missed=missed)
    out = {ALL: pooled}
    for topic in topics:
        own = line(topic, [j for j in judged if j.topic == topic], precision=precision, missed=missed)
        include_at = pooled.include_at if own.include_at is None else own.include_at
        exclude_below = pooled.exclude_below if own.exclude_below is None else own.exclude_below
        if include_at is not None and exclude_below is not None:
            exclude_below = min(include_at, exclude_below)
        borrowed = (own.include_at, own.exclude_below) != (include_at, exclude_below) and own.reason
        reason = f"{own.reason}; where all topics together show it, their threshold holds" if borrowed else own.reason
        out[topic] = Line(topic=topic, include_at=include_at, exclude_below=exclude_below, reason=reason)
    return out


def backtest(
    judged: Sequence[Judged],
    drawn: Mapping[str, Line],
    *,
    split: str,
    trained: int,
    topic: str = ALL,
    since: str = "",
    until: str = "",
) -> Backtest:
    """The figures of these works, each judged by the thresholds of its topic."""
    said, belongs = [j.probability for j in judged], [j.include for j in judged]
    order = ranked(said, belongs)
    own = [drawn.get(j.topic, drawn[ALL]) for j in judged]
    included = [of.include_at is not None and j.probability >= of.include_at for j, of in zip(judged, own, strict=True)]
    excluded = [of.exclude_below is not None and j.probability < of.exclude_below for j, of in zip(judged, own, strict=True)]
    includes, excludes = (any(getattr(of, name) is not None for of in own) for name in ("include_at", "exclude_below"))
    right = sum(i and b for i, b in zip(included, belongs, strict=True))
    lost = sum(e and b for e, b in zip(excluded, belongs, strict=True))
    curve = reliability(said, belongs)
    return Backtest(
        topic=topic,
        split=split,
        since=since,
        until=until,
        trained=trained,
        n=len(judged),
        positive=sum(belongs),
        people=sum(j.person for j in judged),
        auc=roc_auc(said, belongs),
        average_precision=average_precision(said, belongs),
        wss95=wss(order),
        recall10=recall_at(order),
        precision=Proportion(k=right, n=sum(included)) if includes else None,
        recall=Proportion(k=right, n=sum(belongs)) if includes else None,
        missed=Proportion(k=lost, n=sum(belongs)) if excludes else None,
        waiting=len(judged) - sum(included) - sum(excluded) if includes or excludes else None,
        brier=brier(said, belongs),
        calibration_error=calibration_error(curve),
        curve=curve,
    )
