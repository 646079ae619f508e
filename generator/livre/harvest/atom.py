"""Pages of arXiv's Atom API, strictly: what must hold of a page before anybody looks at its entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..errors import Malformed
from . import record, xml
from .transport import Rejected

if TYPE_CHECKING:
    from ..model import Identifier
    from .xml import Element

ATOM: Final = "{http://www.w3.org/2005/Atom}"
ARXIV: Final = "{http://arxiv.org/schemas/atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ABS = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/abs/(?P<id>\S+)")
_SINGLE = tuple(f"{ATOM}{n}" for n in ("title", "updated", "published", "summary")) + tuple(
    f"{ARXIV}{n}" for n in ("comment", "journal_ref", "doi")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry that keeps the rules: its element, and what its id says."""

    element: Element
    identifier: Identifier
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `total`, `start` and `size` are None where it does not say; `seen` are the ids of all entries, refused ones too."""

    root: Element
    total: int | None
    start: int | None
    size: int | None
    day: str
    entries: tuple[Entry, ...]
    refused: tuple[str, ...]
    seen: tuple[Identifier, ...]


def read(body: bytes, *, what: str) -> Page:
    """Read a page; entries that break a rule are in `refused` and no longer in `root`.

    Raises Malformed when it is no feed of arXiv's, Rejected when it is the feed that reports an error.
    """
    root = xml.parse(body, what=what)
    if root.tag != f"{ATOM}feed":
        raise Malformed(f"{what} is <{xml.name(root)}>, not an Atom feed")
    entries: list[Entry] = []
    refused: list[str] = []
    seen: list[Identifier] = []
    for element in list(xml.children(root, f"{ATOM}entry")):
        identifier, version = _identity(element, what)
        seen.append(identifier)
        try:
            _rules(element)
        except ValueError as error:
            refused.append(f"{record.shown(identifier)}: {error}")
            root.remove(element)
            continue
        entries.append(Entry(element=element, identifier=identifier, version=version))
    try:
        day = record.day(record.instant(xml.text(root, f"{ATOM}updated")))
        total, start, size = (_number(root, n) for n in ("totalResults", "startIndex", "itemsPerPage"))
    except ValueError as error:
        raise Malformed(f"{what}: {error}") from None
    return Page(root=root, total=total, start=start, size=size, day=day, entries=tuple(entries), refused=tuple(refused), seen=tuple(seen))


def explanation(body: bytes) -> str:
    """What an error feed says is wrong, or '' when the body is no error feed."""
    try:
        read(body, what="")
    except Rejected as error:
        return str(error).removeprefix(" ")
    except Malformed:
        pass
    return ""


def _number(root: Element, name: str) -> int | None:
    text = xml.text(root, f"{_SEARCH}{name}")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"<{name}> is {text[:40]!r}")
    return int(text)


def _identity(element: Element, what: str) -> tuple[Identifier, int]:
    """The id of an entry, without which the page cannot be trusted."""
    try:
        text = xml.text(element, f"{ATOM}id")
        if "/api/errors" in text:
            raise Rejected(f"{what} reports an error: {xml.text(element, f'{ATOM}summary')[:200] or 'it does not say which'}")
        match = _ABS.fullmatch(text)
        return record.arxiv_id(match["id"] if match else text)
    except ValueError as error:
        raise Malformed(f"{what} has an entry without a good id: {error}") from None


def _rules(element: Element) -> None:
    """Raise ValueError for what would be misread later: two values where one belongs, markup in text, dates that are none."""
    for tag in _SINGLE:
        xml.text(element, tag)
    for author in xml.children(element, f"{ATOM}author"):
        xml.text(author, f"{ATOM}name")
    for tag in ("published", "updated"):
        if not (text := xml.text(element, f"{ATOM}{tag}")):
            raise ValueError(f"no <{tag}>")
        record.instant(text)


def rewritten(page: Page, *, total: int) -> bytes:
    """The page as bytes without its refused entries, saying that it is the last of `total`."""
    for element in xml.children(page.root, f"{_SEARCH}totalResults"):
        element.text = str(total)
    return xml.serialise(page.root)
