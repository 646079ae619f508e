"""Where the papers of the citation graph stand: time from left to right, one lane a category, nobody on top of another.

Nothing is drawn by forces, which move everything when a paper is added: a paper's place follows from its date and its lane. Within a
lane the papers form a bee swarm: the largest stand nearest to the middle, each other one as near to it as there is room.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..model import Paper

TALL = 240
"""A year is as wide as its busiest lane needs to be about so tall, and never narrower than this either."""
_MARGIN = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A paper's circle around (x, y)."""

    key: str
    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A lane from `y` to `y + height`."""

    lane: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Every paper with a date in its lane, by key. `years` are (year, x) where each begins; `undated` have no place."""

    width: float
    height: float
    bands: tuple[Band, ...] = ()
    years: tuple[tuple[str, float], ...] = ()
    spots: tuple[Spot, ...] = ()
    undated: tuple[str, ...] = ()


def layout(
    papers: Iterable[Paper], lanes: Sequence[str], *, lane: Callable[[Paper], str], radius: Mapping[str, float], gap: float = 2
) -> Layout:
    """Place papers in their lanes, in the order of `lanes`; a lane without papers has no band.

    `lane` says where a paper belongs, one of `lanes` (KeyError otherwise); `radius` is 4 where a key has none. All in units of the
    drawing; fractions to one place.
    """
    of: dict[str, list[tuple[float, float, str]]] = {name: [] for name in lanes}
    undated = []
    for paper in sorted(papers, key=lambda p: p.key):
        if paper.date:
            of[lane(paper)].append((_moment(paper.date), radius.get(paper.key, 4.0), paper.key))
        else:
            undated.append(paper.key)
    moments = [int(at) for members in of.values() for at, _, _ in members]
    if not moments:
        return Layout(width=0, height=0, undated=tuple(undated))
    span = range(min(moments), max(moments) + 1)
    need = dict.fromkeys(span, float(TALL))
    for members in of.values():
        area = dict.fromkeys(span, 0.0)
        for at, r, _ in members:
            area[int(at)] += (2 * r + gap) ** 2
        need = {year: max(need[year], area[year] / TALL) for year in span}
    margin = max(_MARGIN, *(r for members in of.values() for _, r, _ in members))
    starts = list(accumulate((need[year] for year in span), initial=margin))
    bands, spots, y = [], list[Spot](), 0.0
    for name, members in of.items():
        if not members:
            continue
        across = [(starts[int(at) - span[0]] + (at - int(at)) * need[int(at)], r, key) for at, r, key in members]
        placed = _swarm(across, gap)
        top = min(at - r for _, at, r, _ in placed)
        height = max(at + r for _, at, r, _ in placed) - top + 2 * _MARGIN
        spots += (Spot(key=key, x=round(x, 1), y=round(y + _MARGIN + at - top, 1), r=r) for x, at, r, key in placed)
        bands.append(Band(lane=name, y=round(y, 1), height=round(height, 1)))
        y += height
    return Layout(
        width=round(starts[-1] + margin, 1),
        height=round(y, 1),
        bands=tuple(bands),
        years=tuple((str(year), round(x, 1)) for year, x in zip(span, starts[:-1], strict=True)),
        spots=tuple(sorted(spots, key=lambda s: s.key)),
        undated=tuple(undated),
    )


def _swarm(members: Sequence[tuple[float, float, str]], gap: float) -> list[tuple[float, float, float, str]]:
    """(x, y, radius, key) of each (x, radius, key), y as near to 0 as the larger ones leave room."""
    widest = 2 * max(r for _, r, _ in members) + gap
    cells: dict[int, list[tuple[float, float, float]]] = {}
    out = []
    for x, r, key in sorted(members, key=lambda m: (-m[1], m[0], m[2])):
        cell = int(x // widest)
        taken = []
        for near in range(cell - 1, cell + 2):
            for other, at, wide in cells.get(near, ()):
                reach = r + wide + gap
                if abs(other - x) < reach:
                    half = math.sqrt(reach**2 - (other - x) ** 2)
                    taken.append((at - half, at + half))
        y = _free(taken)
        cells.setdefault(cell, []).append((x, y, r))
        out.append((x, y, r, key))
    return out


def _free(taken: list[tuple[float, float]]) -> float:
    """The place nearest to 0 in none of these open intervals; above before below."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(taken):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    at = bisect_left(merged, (0.0, 0.0))
    for start, end in merged[max(0, at - 1) : at + 1]:
        if start < 0 < end:
            return start if -start <= end else end
    return 0.0


def _moment(date: str) -> float:
    """A date as a year and a fraction; a month or a year alone stands for its middle."""
    year, *rest = (int(p) for p in date.split("-"))
    match rest:
        case [month, day]:
            return year + (month - 1 + (day - 1) / 31) / 12
        case [month]:
            return year + (month - 0.5) / 12
    return year + 0.5
