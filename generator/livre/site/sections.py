"""The text of a rendered chapter, cut at its headings, so that a search leads to the place and not only to the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_HEADINGS = frozenset({"h1", "h2", "h3"})
_SILENT = frozenset({"script", "style", "svg", "template", "noscript", "button", "select"})
_BLOCKS = frozenset(
    {"p", "li", "dt", "dd", "td", "th", "tr", "pre", "blockquote", "figcaption", "caption", "summary", "div", "section", "h4", "h5", "h6"}
)
_NO_END = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading: its anchor ('' for the top of the page), the heading, and the text below it on one line."""

    anchor: str
    heading: str
    text: str


@dataclass(slots=True)
class _Open:
    anchor: str
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads what is inside the theme's `<article>`; marks of permanent links, scripts and charts are no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Open] = []
        self._article = self._deaf = 0
        self._head = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_END:
            self._put(" ")
            return
        named = dict(attrs)
        if self._article:
            self._article += tag == "article"
        elif tag == "article":
            self._article = 1
            self.found.append(_Open(""))
        if not self._article:
            return
        if self._deaf or tag in _SILENT or "headerlink" in (named.get("class") or ""):
            self._deaf += 1
        elif tag in _HEADINGS:
            if tag != "h1":
                self.found.append(_Open(named.get("id") or self.found[-1].anchor))
            self._head = tag
        elif tag in _BLOCKS:
            self._put(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_END or not self._article:
            return
        if self._deaf:
            self._deaf -= 1
        elif tag == "article":
            self._article -= 1
        elif tag == self._head:
            self._head = ""
        elif tag in _BLOCKS:
            self._put(" ")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def _put(self, data: str) -> None:
        if self._article and not self._deaf:
            (self.found[-1].heading if self._head else self.found[-1].text).append(data)


def sections(html: str) -> tuple[Section, ...]:
    """The sections of a page as a builder made it, before anything was filled in; those without a word are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    made = (Section(anchor=one.anchor, heading=_line(one.heading), text=_line(one.text)) for one in reader.found)
    return tuple(one for one in made if one.heading or one.text)


def _line(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())
