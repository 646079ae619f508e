"""Authors as arXiv writes them: one line of names, with affiliations, suffixes and collaborations in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..latex import normal
from ..names import SUFFIX, from_display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Name

_MATH = re.compile(r"\$[^$]*\$")
_SEPARATOR = re.compile(
    r"\s*[,;:]\s*(?:(?:and|&)\s+)?|\s+(?:and|AND|&)\s+|^and\s+"
    r"|\s*\bwith\s+(?:an?\s+)?(?:appendix|appendices|contributions?)\s+(?:by|from)\s+"
)
_DEGREES = frozenset({"MD", "PHD", "MSC", "MPH", "MBBS", "DDS"})
_MARKS = " 0123456789*†‡§¶#^"
_LONGEST = 300
"""Characters of a name in which a collaboration is looked for."""
_GROUP = re.compile(
    r"(?:(?P<who>.*?)(?:^|\s)(?:for|on behalf of)\s+)?(?:the\s+)?"
    r"(?P<group>\S.*\b(?:collaborations?|consortium|group|team|network|initiative))",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\s*\bet\.?\s+al\b\.?$|^(?:and\s+)?others$", re.IGNORECASE)


def _without_affiliations(text: str) -> str:
    """The text outside parentheses. One that never closes swallows the rest, as it does for arXiv."""
    out, depth = [], 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
            out.append(" ")
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(piece)
    return "".join(out)


def _spaced(text: str) -> str:
    """Initials one way: `J.R. Smith` is `J. R. Smith`, and arXiv's `C. -P. Yuan` is `C.-P. Yuan`."""
    return re.sub(r"\.\s+-(?=\w)", ".-", re.sub(r"\.(?=[^\W\d_])", ". ", text))


def _pieces(text: str) -> Iterator[str]:
    """One name each, with the suffix that a comma parted from it."""
    held = ""
    for raw in _SEPARATOR.split(text):
        piece = _OTHERS.sub("", raw.strip().rstrip(_MARKS))
        if held and SUFFIX.fullmatch(piece):
            held += f" {piece}"
            continue
        if re.sub(r"[^A-Za-z]", "", piece).upper() in _DEGREES or not any(c.isalpha() for c in piece):
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def parse(text: str) -> tuple[Name, ...]:
    """The names in an author line, in order; affiliations in parentheses are dropped.

    The line of arXivRaw and the single names of the API give the same names, because both go through here.
    """
    line = _spaced(_without_affiliations(_MATH.sub("", normal(text)).replace("~", " ")))
    found: list[Name] = []
    for piece in _pieces(" ".join(line.split())):
        match = _GROUP.fullmatch(piece) if len(piece) <= _LONGEST else None
        for part in (match["who"] or "", match["group"]) if match else (piece,):
            try:
                found.append(from_display(part))
            except ValueError:
                continue
    return tuple(found)
