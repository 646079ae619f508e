"""Where the stops of the main path stand: one below the other in time's order, routes as rails beside each other.

The main path runs straight down on the first rail. Every other stop takes the first rail that is free from the earliest stop
that it builds on to the last one of the main path that builds on it, so no line runs through a stop that it does not touch.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..analyse.mainpath import MainPath, Step

ROW, STEP, _EDGE = 46.0, 22.0, 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A citation as an SVG path, from the cited to the citing."""

    path: str
    main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rails:
    """`dots` are (x, y) of each stop, in their order; labels begin at `text`."""

    width: float
    height: float
    text: float
    dots: tuple[tuple[float, float], ...]
    lines: tuple[Line, ...]


class _Tracks:
    """Which rails are taken between which rows."""

    def __init__(self) -> None:
        self._taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)

    def take(self, start: int, end: int) -> int:
        """The first rail beside the main path that is free between two rows."""
        track = 1
        while any(a < end and start < b for a, b in self._taken[track]):
            track += 1
        self._taken[track].append((start, end))
        return track


def rails(path: MainPath, *, room: float = 330.0) -> Rails:
    """The geometry of a main path, in units of an SVG; `room` is left for the labels."""
    before, after = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for step in path.steps:
        before[step.citing].append(step.cited)
        after[step.cited].append(step.citing)
    tracks, at = _Tracks(), dict[int, int]()
    for i, stop in enumerate(path.stops):
        joins = [j for j in after[i] if path.stops[j].main]
        at[i] = 0 if stop.main else tracks.take(min([i, *before[i]]), max([i + 1, *joins]))
    chain = frozenset(zip(path.path, path.path[1:], strict=False))
    lines = [(s, _rail(s, at, tracks, straight=(s.cited, s.citing) in chain)) for s in path.steps]
    most = max([0, *at.values(), *(rail for _, rail in lines)])
    dots = tuple((_EDGE + at[i] * STEP, _EDGE + i * ROW + 4) for i in range(len(path.stops)))
    text = _EDGE * 2 + most * STEP + 2
    drawn = tuple(Line(path=_drawn(dots[s.cited], dots[s.citing], _EDGE + rail * STEP), main=s.main) for s, rail in lines)
    return Rails(width=text + room, height=len(dots) * ROW + 6, text=text, dots=dots, lines=drawn)


def _rail(step: Step, at: dict[int, int], tracks: _Tracks, *, straight: bool) -> int:
    """The rail on which a step runs: that of the stop beside the main path, or one of its own past other stops."""
    one, other = at[step.cited], at[step.citing]
    return 0 if straight else other or one or tracks.take(step.cited, step.citing)


def _drawn(start: tuple[float, float], end: tuple[float, float], rail: float) -> str:
    """Out to the rail within a row, down, and back from it within a row."""
    (x, y), (to, down) = start, end
    out = [f"M{x:g} {y:g}"]
    if x != rail:
        y += ROW * (1 if down - y > ROW or to == rail else 0.5)
        out.append(f"C{x:g} {y - ROW * 0.4:g} {rail:g} {y - ROW * 0.6:g} {rail:g} {y:g}")
    if to == rail:
        out.append(f"V{down:g}")
    else:
        if (turn := down - ROW) > y:
            out.append(f"V{turn:g}")
            y = turn
        middle = (y + down) / 2
        out.append(f"C{rail:g} {middle:g} {to:g} {middle:g} {to:g} {down:g}")
    return "".join(out)
