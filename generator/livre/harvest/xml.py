"""XML from strangers: strict, or refused. No repair, no entity, no document type, no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from lxml import etree

from ..errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = etree._Element
LARGEST: Final = 50_000_000
"""Bytes of a document."""
_EXCERPT = 60
_PROLOG = re.compile(rb"(?:<\?xml[^>]*>)?(?:\s|<!--.*?-->)*<!doctype", re.DOTALL)


def _shown(body: bytes) -> str:
    """The beginning of a body as one printable line."""
    text = re.sub(r"[^ -~]+", " ", body[: 4 * _EXCERPT].decode("ascii", "replace")).strip()
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"


def _suspect(body: bytes) -> str:
    """Why a body is not worth parsing, or ''."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "is empty"
    if len(body) > LARGEST:
        return f"is larger than {LARGEST // 1_000_000} MB"
    if start.startswith((b"<!doctype html", b"<html")):
        return "is an HTML page"
    if _PROLOG.match(start):
        return "has a document type, which no answer needs"
    if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return f"is not XML: {_shown(body)!r}"
    return ""


def parse(body: bytes, *, what: str) -> Element:
    """The root element of a well-formed document; `what` names it in errors.

    Comments and processing instructions are dropped, so that text is in one piece.
    Raises Malformed with the reason: empty, HTML, cut short, a document type, too large, not well-formed.
    """
    if reason := _suspect(body):
        raise Malformed(f"{what} {reason}")
    parser = etree.XMLParser(
        recover=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        reason = str(error).partition(" (")[0]
        cut = "Premature end" in reason or "'</' not found" in reason or not (body.rstrip().endswith(b">") or "Extra content" in reason)
        raise Malformed(f"{what} is {'cut short' if cut else 'not well-formed'}: {reason}") from None
    if str(root.getroottree().docinfo.doctype):  # type: ignore[union-attr]  # the stubs do not know it
        raise Malformed(f"{what} has a document type, which no answer needs")
    return root


def name(element: Element) -> str:
    """The local name of an element, for messages."""
    return etree.QName(element).localname


def children(parent: Element, tag: str) -> Iterator[Element]:
    """The child elements of this name (`{namespace}local`), in order."""
    return parent.iterchildren(tag)


def text(parent: Element, tag: str) -> str:
    """The text of the only child of this name, stripped; '' if there is none.

    ValueError when it comes twice or holds markup, because part of it would be lost in silence.
    """
    found = list(parent.iterchildren(tag))
    if not found:
        return ""
    if len(found) > 1:
        raise ValueError(f"has {len(found)} <{name(found[0])}>")
    return own_text(found[0])


def own_text(element: Element) -> str:
    """The text of an element, stripped; ValueError when it holds markup."""
    if len(element):
        raise ValueError(f"markup inside <{name(element)}>")
    return (element.text or "").strip()


def serialise(root: Element) -> bytes:
    """The document as UTF-8 bytes."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
