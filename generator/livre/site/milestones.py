"""Where milestones stand: one lane a category, time from left to right, every label in a place of its own."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from ..latex import plain
from .charts import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model import Paper
    from .charts import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One milestone before it has a place: `name` is its link's visible text, `text` what it says in full, beginning with the name.

    `measured` is one that only the measures call a milestone.
    """

    key: str
    lane: str
    date: str
    name: str
    text: str
    background: bool = False
    measured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A milestone with its place: the dot at (x, y), its label right of it."""

    mark: Mark
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swimlane:
    """One lane from `y` to `y + height`."""

    lane: Lane
    y: float
    height: float
    marks: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swimlanes:
    """Milestones over time; busy years are wider than quiet ones.

    `years` are (year, x) where each year begins, or (month, x) where all of it is one year.
    """

    width: float
    height: float
    lanes: tuple[Swimlane, ...]
    years: tuple[tuple[str, float], ...]


_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]- "), frozenset("mwMW@%")
LONGEST = 26
"""Characters of a label."""
_ROW, _HEAD, _AXIS = 20, 26, 24


def extent(text: str, size: float = 12.0) -> float:
    """How wide a text is in a common sans serif at this size, on the safe side."""
    return sum(0.34 if c in _NARROW else 0.95 if c in _WIDE else 0.72 if c.isupper() or not c.isascii() else 0.6 for c in text) * size


def shortened(text: str, longest: int = LONGEST) -> str:
    """A label cut at the end of a word, without a mark: what is seen must be the beginning of what is said."""
    if len(text) <= longest:
        return text
    cut = text[: longest + 1].rsplit(" ", 1)[0] if " " in text[: longest + 1] else text[:longest]
    return cut.rstrip(" ,;:-–(")


def name(paper: Paper) -> str:
    """What a paper is called beside its mark: its short title, what stands before the colon, else family and year."""
    if paper.shorttitle:
        return plain(paper.shorttitle)
    head, colon, _ = plain(paper.title).partition(":")
    if colon and len(head) <= LONGEST:
        return head
    return f"{paper.authors[0].family} {paper.date[:4]}" if paper.authors else plain(paper.title)


def moment(date: str) -> float:
    """A date as a year and a fraction; a month stands for its middle, a year for its own middle."""
    year, *rest = (int(p) for p in date.split("-"))
    match rest:
        case [month, day]:
            return year + (month - 1 + (day - 1) / 31) / 12
        case [month]:
            return year + (month - 0.5) / 12
    return year + 0.5


def swimlanes(lanes: Sequence[Lane], marks: Iterable[Mark], *, narrowest: float = 46, densest: float = 3) -> Swimlanes:
    """Place milestones in their lanes, each in the first row where its label finds room.

    A year is as wide as its busiest lane needs when `densest` labels stand above each other,
    but at least `narrowest`; time runs evenly within a year.
    """
    by_lane: dict[str, list[Mark]] = {lane.id: [] for lane in lanes}
    for mark in sorted(marks, key=lambda m: (m.date, m.key)):
        if mark.date and mark.lane in by_lane:
            by_lane[mark.lane].append(mark)
    every = [int(m.date[:4]) for of in by_lane.values() for m in of]
    if not every:
        return Swimlanes(width=0, height=0, lanes=(), years=())
    span = range(min(every), max(every) + 1)
    need = {
        year: max(sum(extent(shortened(m.name)) + 22 for m in of if int(m.date[:4]) == year) / densest for of in by_lane.values())
        for year in span
    }
    widths = [max(narrowest, need[y]) for y in span]
    starts = [_HEAD / 2 + w for w in accumulate([0.0, *widths])]

    def across(date: str) -> float:
        at = moment(date)
        i = bisect_right(range(len(span)), int(at) - span[0]) - 1
        return starts[i] + (at - int(at)) * widths[i]

    ticks = [(str(year), x) for year, x in zip(span, starts[:-1], strict=True)]
    if len(span) == 1:
        ticks = [(month, starts[0] + widths[0] * i / 12) for i, month in enumerate(MONTHS)]
    out, y, right = [], float(_AXIS), starts[-1]
    for lane in lanes:
        if not (of := by_lane[lane.id]):
            continue
        right = max(right, 16 + extent(lane.title, 13))
        ends: list[float] = []
        placed = []
        for mark in of:
            x, label = across(mark.date), shortened(mark.name)
            row = next((i for i, end in enumerate(ends) if end <= x - 7), len(ends))
            ends[row:] = [x + 9 + extent(label) + 6, *ends[row + 1 :]]
            right = max(right, ends[row])
            placed.append(Placed(mark=mark, x=round(x, 1), y=round(y + _HEAD + row * _ROW + _ROW / 2, 1), label=label))
        height = _HEAD + len(ends) * _ROW + 8
        out.append(Swimlane(lane=lane, y=y, height=height, marks=tuple(placed)))
        y += height
    return Swimlanes(
        width=round(right + 4),
        height=round(y + 4),
        lanes=tuple(out),
        years=tuple((said, round(x, 1)) for said, x in ticks),
    )
