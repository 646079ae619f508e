"""Bibliographic facts of published works by their DOI, from Crossref (https://api.crossref.org, `/works/{doi}`).

Facts only: abstracts belong to publishers, so they stay away. Where Crossref knows the preprint on arXiv, the record names it, so that
arXiv can be asked as well and its facts win.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..citations.answer import NotKnown, ask, identifiers, part
from ..citations.crossref import obey
from ..entry import is_date
from ..errors import Malformed
from ..latex import normal
from ..model import Candidate, Identifier, Name, Source, Status
from ..names import clean
from ..plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .transport import Transport

LONGEST_TITLE = 1000
"""Characters of a title; a longer one is a mistake of whoever deposited it."""
MOST_AUTHORS = 10_000

_KINDS = {
    "proceedings-article": "inproceedings",
    "book-chapter": "incollection",
    "book-section": "incollection",
    "book-part": "incollection",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "dissertation": "thesis",
    "report": "report",
    "posted-content": "misc",
    "dataset": "misc",
}
"""Crossref's types of works that are not articles, as kinds of biblatex."""
_GONE = {"retraction": Status.RETRACTED, "removal": Status.RETRACTED, "withdrawal": Status.WITHDRAWN}
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:]{0,15}(?: [^<>]{0,200})?/?>")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def _text(value: object) -> str:
    """A text of Crossref's, which may hold tags and, once more, their escapes; the first of several."""
    value = next((v for v in value if v), "") if isinstance(value, list) else value
    if not isinstance(value, str):
        return ""
    text = _TAG.sub("", value)
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return normal(one_line(text))


def _names(people: Sequence[object]) -> Iterator[Name]:
    """Everybody who is named, a group under its one name."""
    for person in people[:MOST_AUTHORS]:
        if not isinstance(person, dict):
            raise Malformed("Crossref names an author who is no object")
        said = {name: clean(part(person, name, str) or "") for name in ("family", "given", "suffix", "name")}
        if family := said["family"] or said["name"]:
            yield Name(family=family, given=said["given"], suffix=said["suffix"] if said["given"] else "")
        elif said["given"]:
            yield Name(family=said["given"])


def _date(work: Mapping[str, Any]) -> str:
    """The first publication, as far as it is known."""
    for name in ("published", "issued"):
        pieces = part(part(work, name, dict) or {}, "date-parts", list) or [[]]
        numbers = pieces[0] if isinstance(pieces[0], list) else []
        if numbers and all(isinstance(n, int) and not isinstance(n, bool) and 0 < n <= 9999 for n in numbers):  # noqa: PLR2004 - a year
            text = "-".join([f"{numbers[0]:04d}", *(f"{n:02d}" for n in numbers[1:3])])
            if found := next((text[:length] for length in (10, 7, 4) if is_date(text[:length])), ""):
                return found
    return ""


def _preprints(work: Mapping[str, Any]) -> Iterator[str]:
    """What Crossref says to be the preprint of a work."""
    for relation in part(part(work, "relation", dict) or {}, "has-preprint", list) or []:
        if isinstance(relation, dict) and isinstance(name := relation.get("id"), str):
            yield name


def _status(work: Mapping[str, Any]) -> Status:
    """What a notice that updates the work makes of it."""
    said = {u.get("type") for u in part(work, "updated-by", list) or [] if isinstance(u, dict)}
    return next((status for word, status in _GONE.items() if word in said), Status.CURRENT)


def candidate(work: Mapping[str, Any], asked: Identifier) -> Candidate | None:
    """The record of Crossref as facts, None without a title. Malformed where it is not of Crossref's shape."""
    title = _text(work.get("title"))[:LONGEST_TITLE]
    if not title:
        return None
    own = {asked, *(i for i in identifiers([part(work, "DOI", str)]) if i.scheme == "doi")}
    arxiv = [i for i in identifiers(_preprints(work)) if i.scheme == "arxiv"][:1]
    stamp = str((part(work, "deposited", dict) or {}).get("date-time") or "")[:10]
    return Candidate(
        identifiers=tuple(sorted({*own, *arxiv})),
        title=title,
        authors=tuple(_names(part(work, "author", list) or [])),
        date=_date(work),
        kind=_KINDS.get(part(work, "type", str) or "", "article"),
        journal=_text(work.get("container-title")),
        status=_status(work),
        source=Source(stamp=stamp if is_date(stamp) else "", route="crossref"),
    )


def lookup(door: Transport, base: str, dois: Iterable[Identifier], *, mailto: str = "") -> Iterator[Candidate]:
    """What Crossref knows of these works; of one that it does not know, nothing. SourceErrors, after which the rest was not asked."""
    for doi in dois:
        try:
            answer = ask(door, f"{base.rstrip('/')}/works/{quote(doi.value, safe='')}", {"mailto": mailto} if mailto else None)
        except NotKnown:
            continue
        work = part(answer, "message", dict)
        if work is None:
            raise Malformed("Crossref answers without a message")
        if found := candidate(work, doi):
            yield found
        obey(door)
