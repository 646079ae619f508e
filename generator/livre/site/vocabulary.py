"""The HTML, SVG and MathML that a page of the site may consist of: elements, their attributes, and what an address may be.

Everything else is refused by `gate`. What is missing here on purpose: whatever runs, loads or frames something, moves the reader
elsewhere, or styles a page outside of its stylesheets.
"""

from __future__ import annotations

import re

from . import math

GLOBAL = frozenset(
    ["class", "id", "title", "lang", "xml:lang", "dir", "role", "tabindex", "hidden", "inert", "translate", "popover", "autofocus"]
)
"""Attributes that any element may have, beside `aria-…` and `data-…`."""

OPEN = re.compile(r"(?:aria|data)-[a-z0-9_.-]+")
"""Attributes of these names may be anywhere: nothing but scripts of ours reads them."""

_PLAIN = (
    "head title noscript main article section nav aside header footer h1 h2 h3 h4 h5 h6 hgroup address div p hr pre ul dl dt dd figure"
    " figcaption em strong small s dfn abbr ruby rt rp code var samp kbd sub sup i b u mark bdi bdo span br wbr picture caption thead tbody"
    " tfoot tr summary search menu legend datalist canvas"
)
_HTML = {
    "html": "xmlns",
    "body": "",
    "meta": "charset name content property http-equiv media",
    "link": "href rel type title sizes media hreflang crossorigin",
    "script": "src type async defer",
    "a": "name href download rel target hreflang type",
    "ol": "start reversed type",
    "li": "value",
    "q": "cite",
    "blockquote": "cite",
    "ins": "cite datetime",
    "del": "cite datetime",
    "data": "value",
    "time": "datetime",
    "img": "src srcset sizes alt width height loading decoding",
    "source": "srcset sizes media type",
    "table": "",
    "colgroup": "span",
    "col": "span",
    "th": "colspan rowspan headers scope abbr align",
    "td": "colspan rowspan headers align",
    "form": "action method name autocomplete novalidate",
    "fieldset": "name disabled form",
    "label": "for",
    "input": "type name value placeholder required checked disabled readonly min max step minlength maxlength pattern list size multiple"
    " accept autocomplete autocapitalize autocorrect spellcheck inputmode enterkeyhint form",
    "button": "type name value disabled form popovertarget popovertargetaction",
    "select": "name multiple size required disabled form autocomplete",
    "optgroup": "label disabled",
    "option": "value label selected disabled",
    "textarea": "name rows cols placeholder required disabled readonly minlength maxlength wrap spellcheck autocomplete autocapitalize"
    " autocorrect form",
    "output": "for name form",
    "progress": "value max",
    "meter": "value min max low high optimum",
    "details": "open name",
    "dialog": "open closedby",
}
_DRAWN = (
    "x y x1 y1 x2 y2 dx dy cx cy r rx ry d points width height viewBox preserveAspectRatio transform fill fill-opacity fill-rule clip-rule"
    " stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit opacity"
    " text-anchor dominant-baseline alignment-baseline font-size font-weight font-family font-style letter-spacing rotate textLength"
    " lengthAdjust pathLength vector-effect paint-order pointer-events visibility display shape-rendering text-rendering focusable version"
    " xmlns xmlns:xlink xml:space clip-path mask marker-start marker-mid marker-end offset stop-color stop-opacity gradientUnits"
    " gradientTransform spreadMethod fx fy patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits"
    " markerWidth markerHeight markerUnits refX refY orient"
)
_SVG = (
    "svg g path rect circle ellipse line polyline polygon text tspan desc defs symbol marker clipPath mask pattern linearGradient"
    " radialGradient stop"
)

DRAWN = frozenset(_DRAWN.split())
"""Attributes that say how a picture is drawn; where one names another element, it may only be one of the same page."""

SVG: dict[str, frozenset[str]] = {
    **dict.fromkeys(_SVG.split(), DRAWN),
    "title": frozenset(),
    "use": DRAWN | {"href", "xlink:href"},
    "a": DRAWN | {"href", "xlink:href", "target", "rel"},
}
"""The elements of a picture, with their attributes."""

ELEMENTS: dict[str, frozenset[str]] = {
    **SVG,
    **{tag: frozenset[str]() for tag in _PLAIN.split()},
    **{tag: frozenset(names.split()) for tag, names in _HTML.items()},
    **{tag: frozenset(["alttext", "xmlns", *math.ATTRIBUTES]) for tag in math.TAGS},
    "a": SVG["a"] | frozenset(_HTML["a"].split()),
}
"""The elements of a page, with the attributes that each may have beside those of any."""

RELATIVE = re.compile(r"(?![/\\]{2})[^:/?#\\\s\x00-\x1f]*(?:[/?#][^\s\\\x00-\x1f]*)?")
"""An address on this site."""

AWAY = re.compile(r"https?://[^\s/?#\\\x00-\x1f]+(?:[/?#][^\s\x00-\x1f]*)?|mailto:[^\s\x00-\x1f]+")
"""An address that a reader may be sent to, or that describes the page; nothing is loaded from it."""

NOWHERE = "only http, https, mailto and addresses on this site are followed"

FRAGMENT = re.compile(r"#[^\s]*")

PICTURE = re.compile(r"data:image/(?:png|gif|jpeg|webp|svg\+xml)[;,][^\s]*")
"""A picture that is in the page itself; a browser runs nothing in it."""

_NAMED = (
    "alternate author canonical cite-as collection describedby external first help item last license linkset me next nofollow noopener"
    " noreferrer prev search self tag type up"
)
NAMED = frozenset(_NAMED.split())
"""What a `<link>` or `<a>` may say of an address without loading it."""

LOADED = frozenset(["stylesheet", "icon", "shortcut", "apple-touch-icon", "manifest", "preload", "modulepreload", "prefetch", "mask-icon"])
"""Relations by which a `<link>` loads a file, which must be the site's own."""
