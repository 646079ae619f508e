"""XML files of the site as the gate sees them: pictures consist of SVG alone, feeds and tables hold no address that runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from .vocabulary import AWAY, FRAGMENT, GLOBAL, NOWHERE, OPEN, RELATIVE, SVG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PICTURES = (".svg",)
TREES = (".xml", ".atom", ".rss", ".opml", ".graphml", ".gexf")
_ADDRESSES = frozenset({"href", "src", "url", "uri"})
_TEXTS = frozenset({"content", "summary", "description", "title", "subtitle", "rights"})
_NAME = re.compile(r"urn:[\w:-]+|tag:[\w.@,:/-]+")


def _attributes(tag: str, given: dict[str, str], *, picture: bool) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        known = name in SVG.get(tag, ()) or name in GLOBAL or OPEN.fullmatch(name)
        if name.lower().startswith("on") or (picture and not known):
            yield "gate-attribute", f"<{tag}> may not have the attribute {name[:40]!r}"
        own = FRAGMENT.fullmatch(value) if tag == "use" else RELATIVE.fullmatch(value) or AWAY.fullmatch(value) or _NAME.fullmatch(value)
        if name.rpartition(":")[2] in _ADDRESSES and not own:
            yield "gate-address", f"<{tag} {name}={value[:80]!r}>: {NOWHERE}"


def faults(data: bytes, *, picture: bool, markup: Callable[[str, int], None]) -> Iterator[tuple[str, str, int]]:
    """What is wrong with an XML file as (code, message, line); `markup` is given the HTML that stands in feeds, and its line."""
    found: list[tuple[str, str, int]] = []
    html: list[str] | None = None
    parser = expat.ParserCreate()

    def begin(tag: str, given: dict[str, str]) -> None:
        nonlocal html
        line = parser.CurrentLineNumber
        if picture and tag not in SVG:
            found.append(("gate-element", f"<{tag}> may not stand in a picture", line))
        found.extend((code, message, line) for code, message in _attributes(tag, given, picture=picture))
        html = [] if tag.rpartition(":")[2] in _TEXTS and given.get("type") == "html" else None

    def end(_tag: str) -> None:
        nonlocal html
        if html:
            markup("".join(html), parser.CurrentLineNumber)
        html = None

    def text(words: str) -> None:
        if html is not None:
            html.append(words)

    def refused(*_: object) -> None:
        found.append(("gate-xml", "no DOCTYPE and no instruction to a program may stand here", parser.CurrentLineNumber))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = refused
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        found.append(("gate-xml", f"this is not XML: {expat.ErrorString(error.code)}", error.lineno))
    yield from found
