"""The geometry of a flow of records: boxes with rows and the lines between them, which a template draws as SVG.

No colour and no markup is made here. There are two shapes of one diagram: wide, with what leaves the flow on the right, and
narrow, one column for a phone. Lengths are user units of the SVG, drawn as CSS pixels.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROW, _LINE, _PAD = 24.0, 15.0, 10.0
"""Height of a row, of every further line of its label, and the margin inside a box."""
_LETTER, _DIGIT = 6.3, 7.6
"""Widths of a letter and a digit at 12 px; measured generously, since fonts differ."""
_GAP, _ACROSS = 26.0, 34.0
"""Room for an arrow between boxes, down and across."""
_WIDE, _NARROW, _INDENT = 340.0, 320.0, 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a box: what is counted, how many, and the address below the site's of the list ('' for none)."""

    label: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box of the diagram: its sum, with the address of its list, and what the sum is made of."""

    label: str
    count: int
    href: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the flow: the box in its course, and those beside it that leave it."""

    main: Box
    sides: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as drawn: lines of text from `y` down, the count at the end of the first."""

    top: float
    height: float
    y: float
    texts: tuple[tuple[float, str], ...]
    count: str
    href: str
    head: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A box as drawn."""

    x: float
    y: float
    width: float
    height: float
    side: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A whole diagram: its boxes in the order in which they are read, and its arrows, (path of the line, path of the tip)."""

    width: float
    height: float
    boxes: tuple[Drawn, ...]
    arrows: tuple[tuple[str, str], ...]


def _lines(box: Box, y: float, width: float) -> Iterator[Line]:
    at = y + _PAD / 2
    own: tuple[Box | Row, ...] = (box, *box.rows)
    for row in own:
        head = row is box
        count = f"{row.count:,}"
        room = width - 2 * _PAD - len(count) * _DIGIT - 8
        texts = textwrap.wrap(row.label, max(8, int(room / (_LETTER * (1.06 if head else 1))))) or [""]
        height = _ROW + _LINE * (len(texts) - 1)
        yield Line(
            top=at,
            height=height,
            y=at + 16,
            texts=tuple((at + 16 + _LINE * i, t) for i, t in enumerate(texts)),
            count=count,
            href=row.href,
            head=head,
        )
        at += height


def _drawn(box: Box, x: float, y: float, width: float, *, side: bool) -> Drawn:
    lines = tuple(_lines(box, y, width))
    return Drawn(x=x, y=y, width=width, height=sum(line.height for line in lines) + _PAD, side=side, lines=lines)


def _down(x: float, start: float, end: float) -> tuple[str, str]:
    return f"M{x:g} {start:g}V{end - 5:g}", f"M{x - 4:g} {end - 7:g}h8l-4 7z"


def _across(path: str, x: float, y: float) -> tuple[str, str]:
    return f"{path}H{x - 5:g}", f"M{x - 7:g} {y - 4:g}v8l7 -4z"


def wide(stages: Sequence[Stage]) -> Diagram:
    """The diagram with what leaves the flow on the right of it."""
    boxes: list[Drawn] = []
    arrows: list[tuple[str, str]] = []
    y, middle, right = 1.0, 1 + _WIDE / 2, 1 + _WIDE
    previous: Drawn | None = None
    for stage in stages:
        main = _drawn(stage.main, 1, y, _WIDE, side=False)
        if previous:
            arrows.append(_down(middle, previous.y + previous.height, y))
        boxes.append(main)
        beside = y
        for box in stage.sides:
            side = _drawn(box, right + _ACROSS, beside, _WIDE - _ACROSS, side=True)
            end = beside + _ROW / 2 + _PAD / 2
            start = min(end, main.y + main.height - 8)
            bend = "" if start == end else f"H{right + _ACROSS / 2:g}V{end:g}"
            arrows.append(_across(f"M{right:g} {start:g}{bend}", side.x, end))
            boxes.append(side)
            beside += side.height + 8
        previous = main
        y = max(main.y + main.height, beside - 8 if stage.sides else 0) + _GAP
    return Diagram(width=right + _WIDE + 1, height=y - _GAP + 1, boxes=tuple(boxes), arrows=tuple(arrows))


def narrow(stages: Sequence[Stage]) -> Diagram:
    """The diagram in one column, for a phone; what leaves the flow is set in."""
    boxes: list[Drawn] = []
    arrows: list[tuple[str, str]] = []
    y, spine = 1.0, 1 + _INDENT / 2
    previous: Drawn | None = None
    for stage in stages:
        main = _drawn(stage.main, 1, y, _NARROW, side=False)
        if previous:
            arrows.append(_down(spine, previous.y + previous.height, y))
        boxes.append(main)
        y = main.y + main.height
        for box in stage.sides:
            side = _drawn(box, 1 + _INDENT, y + 10, _NARROW - _INDENT, side=True)
            at = side.y + _ROW / 2 + _PAD / 2
            arrows.append(_across(f"M{spine:g} {y:g}V{at:g}", side.x, at))
            boxes.append(side)
            y = side.y + side.height
        previous = main
        y += _GAP
    return Diagram(width=_NARROW + 2, height=y - _GAP + 1, boxes=tuple(boxes), arrows=tuple(arrows))
