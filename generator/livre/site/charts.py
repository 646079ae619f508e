"""The geometry of the charts: plain numbers and labels, which the templates draw as inline SVG.

No colour and no markup is made here. A lane has a slot, its place in the review's one palette
(1 to `SLOTS`; 0 is grey, for what has no lane), and the style sheet knows the colours of light,
dark and print. Lengths are user units of the SVG, drawn as CSS pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SLOTS = 7
"""How many colours the palette has; an eighth lane starts again at the first."""
_LEFT, _TOP, _BOTTOM, _RIGHT = 4, 10, 38, 34
"""Margins; the axis stands on the right, beside the newest months, which a phone shows first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One lane's part of a column, drawn from `y` downwards."""

    slot: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One month or year. `text` is all it says in words; `label` and `year` stand under it, '' where there is no room."""

    id: str
    x: float
    total: int
    top: float
    segments: tuple[Segment, ...]
    text: str
    label: str
    year: str
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A stacked column chart; `ticks` are (value, y) from the base line up. A `wide` one may grow with the page."""

    width: float
    height: float
    bar: float
    base: float
    right: float
    columns: tuple[Column, ...]
    ticks: tuple[tuple[int, float], ...]
    wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What a stack is made of: a category, its title, its place in the palette."""

    id: str
    title: str
    slot: int


def slots(categories: Iterable[str]) -> Mapping[str, int]:
    """Each category's place in the palette, in the order given."""
    return {c: i % SLOTS + 1 for i, c in enumerate(categories)}


def ceiling(value: int) -> tuple[int, int]:
    """The top of an axis that holds the value, and the step between its ticks: 1, 2 or 5 times a power of ten."""
    value = max(value, 1)
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * 5 >= value:
                return -(-value // step) * step, step
        power *= 10


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Names of months as axes show them."""
_MONTHS_LONG = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_ROOMY, _YEAR_LABEL = 22.0, 32.0


def spoken(when: str) -> str:
    """A date as a person says it: `2025-03` is March 2025, `2025-03-04` is 4 March 2025, '' is an unknown date."""
    match when.split("-"):
        case [year, month, day]:
            return f"{int(day)} {_MONTHS_LONG[int(month) - 1]} {year}"
        case [year, month]:
            return f"{_MONTHS_LONG[int(month) - 1]} {year}"
        case [""]:
            return "unknown date"
    return when


def _share(count: int, lane: Lane) -> str:
    return f"{lane.title} {count}"


def _label(at: str, pitch: float, before_last: int) -> str:
    """What stands under a column: a month's name or its initial, a year where there is room, counted from the last."""
    if len(at) == len("2025"):
        return "" if before_last % math.ceil(_YEAR_LABEL / pitch) else at
    name = MONTHS[int(at[5:7]) - 1]
    return name if pitch >= _ROOMY else name[0]


def columns(
    over: Sequence[str],
    lanes: Sequence[Lane],
    values: Mapping[str, Sequence[int]],
    *,
    incomplete: str = "",
    height: float = 230,
    room: float = 640,
) -> Columns:
    """Stack the lanes' values over months or years, first lane at the bottom.

    `incomplete` is the month or year that is not over: it is drawn apart. Columns are as wide
    as fits into `room`, within 12 and 64.
    """
    totals = [sum(values[lane.id][i] for lane in lanes if lane.id in values) for i in range(len(over))]
    top, step = ceiling(max(totals, default=0))
    pitch = min(64.0, max(12.0, room / max(len(over), 1)))
    base = height - _BOTTOM
    scale = (base - _TOP) / top
    monthly = bool(over) and "-" in over[0]
    out = []
    for i, (at, total) in enumerate(zip(over, totals, strict=True)):
        parts, y = [], base
        for lane in lanes:
            count = values.get(lane.id, ())[i] if lane.id in values else 0
            if count:
                y -= count * scale
                parts.append((lane, count, Segment(slot=lane.slot, y=round(y, 1), height=round(count * scale, 1))))
        new_year = monthly and (i == 0 or at.endswith("-01"))
        said = ", ".join(_share(count, lane) for lane, count, _ in reversed(parts))
        out.append(
            Column(
                id=at,
                x=round(_LEFT + i * pitch, 1),
                total=total,
                top=round(y, 1),
                segments=tuple(s for _, _, s in parts),
                text=f"{spoken(at)}{' (not over yet)' if at == incomplete else ''}: {total}" + (f" ({said})" if len(parts) > 1 else ""),
                label=_label(at, pitch, len(over) - 1 - i),
                year=at[:4] if new_year else "",
                complete=at != incomplete,
            )
        )
    return Columns(
        width=round(_LEFT + len(over) * pitch + _RIGHT, 1),
        height=height,
        bar=round(pitch - (2 if pitch < _ROOMY else 4), 1),
        base=base,
        right=round(_LEFT + len(over) * pitch, 1),
        columns=tuple(out),
        ticks=tuple((v, round(base - v * scale, 1)) for v in range(0, top + 1, step)),
        wide=len(over) * pitch > room * 0.9,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A small line of bars: `path` draws them all, `last` the one that is not complete, if any."""

    width: int
    height: int
    path: str
    last: str


def spark(values: Sequence[int], *, open_end: bool = True, width: int = 84, height: int = 24) -> Spark:
    """The values as one path of bars; with `open_end` the last is drawn apart, since its month is not over."""
    if not values:
        return Spark(width=width, height=height, path="", last="")
    pitch = width / len(values)
    scale = (height - 1) / max(*values, 1) if len(values) > 1 else (height - 1) / max(values[0], 1)
    bars = [
        f"M{i * pitch:.1f} {height}v-{max(v * scale, 1):.1f}h{max(pitch - 1, 1):.1f}V{height}z" if v else "" for i, v in enumerate(values)
    ]
    return Spark(width=width, height=height, path="".join(bars[:-1] if open_end else bars), last=bars[-1] if open_end else "")
