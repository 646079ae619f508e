"""From what a source says of one paper to a Candidate: the same facts, whichever route they came by."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ..latex import normal
from ..model import ARXIV_ID, Candidate, Identifier, Source, Status, Version
from . import authors as author_line
from .links import code_and_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EARLIEST: Final = 1986
"""The year of the oldest papers that were put into arXiv later."""
LATEST: Final = 2100
_CLASS = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
"""An arXiv category; ACM and MSC classes stand in the same places and are not ours."""
_WORK = (
    r"(?:paper|article|submission|manuscript|pre-?print|reprint|work|report|note|version|draft|document|study|thesis|chapter|survey|"
    r"contribution|text|comment|letter)s?"
)
_OTHER = re.compile(
    rf"\b(?:previous|earlier|older|former|first|prior|initial)\s+(?:arxiv\s+)?{_WORK}\b|\bv\d+\b|\b(?:replac|supersed)\w*"
    r"|\b(?:papers|articles|works|submissions|preprints|studies)\s+(?:\w+\s+){0,2}withdrawn|\bwithdrawn\s+from\s+(?!(?:the\s+)?arxiv)"
    r"|\bnot\s+(?:been\s+)?withdrawn|arxiv:\S+\s+(?:\w+\s+){0,2}withdrawn",
    re.IGNORECASE,
)
"""Sentences about another work or version, or about a venue, that speak of withdrawing."""
_CLAIM = re.compile(
    rf"^\W*(?:(?:this|the|our|temporarily|{_WORK}|is|was|has|been)\s+)*withdrawn\b"
    rf"|\b(?:this|the|our|my)\s+(?:[\w-]+\s+){{0,3}}?{_WORK}\b[^.;]{{0,60}}\b(?:is|are|was|been|be|being)\b[^.;]{{0,30}}\bwithdrawn\b"
    r"|\b(?:we|i|authors?(?:\(s\))?)\b[^.;]{0,60}\bwithdr(?:aw|awing|ew|awn)\b[^.;]{0,20}\b(?:this|the|our|my|it)\b"
    r"|\b(?:needs? to|must|should|has to|will) be withdrawn\b"
    r"|\bwithdrawn\s+(?:by|due|because|as|since|at the request|pending|until|for)\b",
    re.IGNORECASE,
)
_ABSTRACT_CLAIM = re.compile(rf"\W*(?:this|the)\s+{_WORK}\s+(?:has\s+been|is|was)\s+(?:temporarily\s+)?withdrawn\b", re.IGNORECASE)


class Refusal(ValueError):
    """Why a record is not taken."""


def withdrawn(comment: str, abstract: str = "") -> bool:
    """Whether a normal comment says that this very paper is withdrawn, or its abstract has been replaced by saying so."""
    if _ABSTRACT_CLAIM.match(abstract):
        return True
    sentences = re.split(r"(?<=[.;!?])\s+", comment)
    return any(_CLAIM.search(s) and not _OTHER.search(s) for s in sentences if "withdr" in s.lower())


def instant(text: str) -> datetime:
    """An ISO 8601 time in UTC; without a zone it is one already. Refusal when it is none, or not of arXiv's age."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(f"the date {text.strip()!r} is none") from None
    return sane(parsed)


def sane(time: datetime) -> datetime:
    """The time in UTC; Refusal for a year in which arXiv can have had no papers."""
    if not EARLIEST <= time.year <= LATEST:
        raise Refusal(f"the date {time.isoformat()} is impossible")
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def day(time: datetime) -> str:
    """The ISO date of a time in UTC."""
    return time.date().isoformat()


def versions(number: int, first: datetime, last: datetime) -> list[tuple[int, datetime]]:
    """The versions that the API tells of: the first, and the newest, which is `number` (0 if it does not say)."""
    return [(min(number, 1), first), (number, last)] if number > 1 else [(number, first)]


def arxiv_id(text: str) -> tuple[Identifier, int]:
    """The identifier and version (0 if none is said) in `2503.02104v2`; Refusal when it is no arXiv id."""
    match = re.fullmatch(rf"(?P<id>{ARXIV_ID.pattern})(?:v(?P<version>[1-9]\d{{0,3}}))?", text.strip())
    if not match:
        raise Refusal(f"{text.strip()[:80]!r} is no arXiv id")
    return Identifier.parse(match["id"]), int(match["version"] or 0)


def shown(identifier: Identifier) -> str:
    """An identifier as people write it in messages: `arXiv:2503.02104`."""
    return f"arXiv:{identifier.value}"


def _dois(texts: Iterable[str]) -> Iterable[Identifier]:
    """DOIs of a published version; arXiv's own are left out, they would join this paper to another by a slip."""
    for text in texts:
        for piece in re.split(r"[\s,;]+", text):
            try:
                found = Identifier.parse(piece.rstrip(".,;"))
            except ValueError:
                continue
            if found.scheme == "doi":
                yield found


def candidate(
    identifier: Identifier,
    *,
    title: str,
    authors: Iterable[str],
    versions: Sequence[tuple[int, datetime]],
    source: Source,
    abstract: str = "",
    classes: Iterable[str] = (),
    journal: str = "",
    comment: str = "",
    dois: Iterable[str] = (),
    code: Iterable[str] = (),
    weights: Iterable[str] = (),
    gone: bool = False,
) -> Candidate:
    """A Candidate from raw facts. `authors` are lines of one or more names, `versions` numbers and times (the first is the paper's date).

    `gone` is whether the source itself marks the paper as withdrawn. Refusal without title, author or date.
    """
    if not (known := normal(title)):
        raise Refusal("no title")
    if not (people := tuple(name for line in authors for name in author_line.parse(line))):
        raise Refusal("no author")
    if not versions:
        raise Refusal("no date")
    dated = {number: day(time) for number, time in sorted(versions)}
    summary, remark = normal(abstract), normal(comment)
    found_code, found_weights = code_and_weights(summary, remark)
    return Candidate(
        identifiers=tuple(sorted({identifier, *_dois(dois)})),
        title=known,
        authors=people,
        date=dated[min(dated)],
        versions=tuple(Version(number=n, on=on) for n, on in dated.items() if n),
        classes=tuple(dict.fromkeys(c for c in classes if _CLASS.fullmatch(c))),
        journal=normal(journal),
        comment=remark,
        code=tuple(sorted({*code, *found_code})),
        weights=tuple(sorted({*weights, *found_weights})),
        abstract=summary,
        status=Status.WITHDRAWN if gone or withdrawn(remark, summary) else Status.CURRENT,
        source=source,
    )
