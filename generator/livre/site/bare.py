"""A frame of our own for pages that hold one thing: no tabs, no search, no script but that of freshness, a fifth of the weight.

Most authors have one paper here. Their addresses are promises like all others, but the theme's frame around each would be most of
the site: of the 14,452 authors of the reference review 11,416 have a single paper, whose pages took 107 of 290 MB, and take 19 here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from . import csp
from .render import Frame, root_of

if TYPE_CHECKING:
    from collections.abc import Mapping

FRESH = "<!--slot:freshness-->"
"""Where every page says how fresh the review is."""
FAMILY = "bare"
"""What pages in this frame call it, where others name their shell."""
_PLACE = "authors/shell/"
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
<meta name="color-scheme" content="light dark"><link rel="icon" href="{root}{icon}">
<link rel="stylesheet" href="{root}assets/bare/bare.css">
<script src="{root}assets/freshness.js" defer></script>
{cut}</head><body><header>{fresh}<a href="{root}">{name}</a> / <a href="{root}authors/">Authors</a></header><main id="content">
{cut}
</main></body></html>
"""
_CUT = "\x00"


def bare(config: Mapping[str, Any], *, builder: str) -> Frame:
    """The frame, for pages as deep as `/authors/<id>/`, in the language and with the name that mkdocs.yml gives the site."""
    theme = config["theme"]
    root = root_of(_PLACE)
    html = _PAGE.format(
        language=escape(str(theme.get("language") or "en")),
        root=root,
        icon=escape(str(theme.get("favicon") or "assets/images/favicon.png")),
        name=escape(str(config["site_name"])),
        fresh=FRESH,
        cut=_CUT,
    )
    top, middle, bottom = csp.protect(html, builder=builder, where="site/bare.py").split(_CUT)
    return Frame(root=root, top=top, middle=middle, bottom=bottom)
