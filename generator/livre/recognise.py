"""What somebody pasted, as an identifier: every form in which people copy an arXiv id or a DOI, and no guess.

`Identifier.parse` says what our own files may hold; this takes the addresses of arXiv's other pages, queries and anchors, the stamp on a
preprint's first page, and percent-encoded DOIs as well. `site/theme/assets/submit/identifier.js` does the same in a browser: one table
of examples, in the tests, runs through both.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from .model import ARXIV_ID, Identifier
from .plaintext import one_line

LONGEST = 2000
"""Characters of what is looked at; no identifier needs more."""

_PAGE = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]{1,30}\.){0,3}(?:arxiv|ar5iv)\.org/(?:abs|pdf|html|format|ps|src|e-print|bibtex|show-email|tb|papers)/"
    rf"(?P<id>{ARXIV_ID.pattern})(?:v[0-9]+)?(?:\.pdf)?/?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_STAMP = re.compile(rf"(?P<id>arxiv: ?{ARXIV_ID.pattern}(?:v[0-9]+)?)(?: \[[a-z.-]+\].*)?", re.IGNORECASE | re.ASCII)
_RESOLVER = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/(?P<doi>10\..+)", re.IGNORECASE | re.ASCII)
_SAID = re.compile(r"doi(?:: ?| )(?P<doi>10\..+)", re.IGNORECASE | re.ASCII)
_HALF = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)


def recognise(text: str) -> Identifier:
    """The identifier in a pasted text; ValueError, in words for whoever pasted it, when it is none."""
    text = one_line(text).removeprefix("<").removesuffix(">").strip()
    if len(text) > LONGEST:
        raise ValueError("this is too long to be an arXiv id or a DOI")
    if m := _PAGE.fullmatch(text):
        return Identifier.parse(m["id"])
    if m := _STAMP.fullmatch(text):
        return Identifier.parse(m["id"].replace(" ", ""))
    if m := _RESOLVER.fullmatch(text):
        if _HALF.search(m["doi"]):
            raise ValueError("this address is cut or damaged: a % stands alone in it")
        return Identifier.parse(unquote(m["doi"], errors="strict"))
    if m := _SAID.fullmatch(text):
        return Identifier.parse(m["doi"])
    return Identifier.parse(text)
