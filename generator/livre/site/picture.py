"""The picture that other sites show beside a link to the review: its name and a line of figures, 1200 × 630 pixels.

The typeface is the one that comes with Pillow, so nothing depends on the machine; it has ASCII letters only, and others are
written in them.
"""

from __future__ import annotations

import io
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from ..names import ascii_only

PATH = "assets/card.png"
SIZE = (1200, 630)
"""Width and height in pixels: what Open Graph's readers cut pictures to."""
PALETTE = ("#113491", "#df6920", "#3ca18f", "#661e44", "#774e10", "#3a6989", "#a27cee")
"""The colours of categories, as livre.css has them by day."""
_PAPER, _INK, _SOFT = "#fdfcfa", "#1d1f24", "#585d66"
_EDGE, _LINE = 84, 1.22


def _lines(title: str) -> tuple[int, list[str]]:
    """The size in pixels and the lines of a title, as large as it may be."""
    for size, width in ((84, 24), (68, 30), (54, 38)):
        lines = wrap(title, width)
        if len(lines) * size * _LINE <= SIZE[1] - 3 * _EDGE:
            return size, lines
    most = int((SIZE[1] - 3 * _EDGE) / (size * _LINE))
    return size, [*lines[: most - 1], lines[most - 1].rstrip() + " …"]


def card(title: str, figures: str) -> bytes:
    """The picture as PNG: the title, the figures below it, and a band of the palette; the same words give the same bytes."""
    picture = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(picture)
    step = SIZE[0] / len(PALETTE)
    for i, colour in enumerate(PALETTE):
        draw.rectangle((round(i * step), 0, round((i + 1) * step), 18), fill=colour)
    size, lines = _lines(ascii_only(title))
    font = ImageFont.load_default(size)
    for i, line in enumerate(lines):
        draw.text((_EDGE, _EDGE + i * size * _LINE), line, fill=_INK, font=font)
    draw.text((_EDGE, SIZE[1] - _EDGE), ascii_only(figures), fill=_SOFT, font=ImageFont.load_default(36), anchor="ls")
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()
