"""arXiv by OAI-PMH: everything that changed since a day, in pages that prove that nothing is missing.

One verb, two parameters. The server (github.com/arXiv/oaipmh) answers errors with HTTP 200, ends a
list that was resumed with an empty token, and pages by offset over an order that edits change: a
caller must harvest overlapping windows, because no single one can be known to have seen everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from ..errors import Incomplete, Malformed
from ..model import Candidate, Identifier, Source
from . import Batch, record, xml
from .complete import QUIET, tolerable, whole
from .record import Refusal
from .transport import Rejected, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from .xml import Element

BASE: Final = "https://oaipmh.arxiv.org/oai"
MOST_PAGES: Final = 400
"""Pages of one set, a million records; more is a server that never ends."""
MONTH: Final = 31
"""Days of one list of records; a longer window is several lists."""
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
ROOT: Final = f"{_OAI}OAI-PMH"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_STRUCTURED = "{http://arxiv.org/OAI/arXiv/}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. `token` is None where the answer has no such element, '' where it says that the list ends.

    `deleted` are records that the source no longer has: reported, nothing follows from it. `listed` are the identifiers of all
    its records, those refused and deleted too. `mark` tells pages apart.
    """

    candidates: tuple[Candidate, ...]
    refused: tuple[str, ...]
    deleted: tuple[str, ...]
    token: str | None
    day: str
    mark: bytes
    listed: tuple[Identifier, ...] = ()


def read(body: bytes, *, what: str) -> Page:
    """Read an answer to ListRecords or GetRecord in arXivRaw (or arXiv, whose records know no versions), or to ListIdentifiers.

    Raises Malformed when it is no such answer, Incomplete when a resumption has failed, Rejected for a
    request that the source refuses. No records at all is an answer like any other.
    """
    root = xml.parse(body, what=what)
    if root.tag != ROOT:
        raise Malformed(f"{what} is <{xml.name(root)}>, not an answer of OAI-PMH")
    try:
        stamp = record.instant(xml.text(root, f"{_OAI}responseDate"))
        errors = [(e.get("code", ""), xml.own_text(e)) for e in xml.children(root, f"{_OAI}error")]
        lists = [one for verb in ("ListRecords", "GetRecord", "ListIdentifiers") for one in xml.children(root, _OAI + verb)]
    except ValueError as error:
        raise Malformed(f"{what}: {error}") from None
    if errors:
        return _error(errors, record.day(stamp), what)
    if len(lists) != 1:
        raise Malformed(f"{what} has neither records nor an error")
    return _page(lists[0], record.day(stamp), what)


def _error(errors: list[tuple[str, str]], on: str, what: str) -> Page:
    """An answer that is an OAI-PMH error: none to harvest, or something wrong."""
    codes = {code for code, _ in errors}
    if codes == {"noRecordsMatch"}:
        return Page(candidates=(), refused=(), deleted=(), token="", day=on, mark=b"")
    said = "; ".join(f"{code or 'no code'}: {text}" for code, text in errors)[:300]
    if "badResumptionToken" in codes:
        raise Incomplete(f"{what}: the list cannot be resumed ({said})")
    raise Rejected(f"{what}: the request is refused ({said})")


def _page(listing: Element, on: str, what: str) -> Page:
    candidates: list[Candidate] = []
    refused: list[str] = []
    deleted: list[str] = []
    listed: list[Identifier] = []
    mark = sha256()
    bare = listing.tag == f"{_OAI}ListIdentifiers"
    entries = list(xml.children(listing, f"{_OAI}{'header' if bare else 'record'}"))
    if not entries:
        raise Malformed(f"{what} lists no record, which is not how OAI-PMH says that there are none")
    for entry in entries:
        identifier, stamp, gone = _header(entry if bare else next(xml.children(entry, f"{_OAI}header"), None), what)
        listed.append(identifier)
        mark.update(f"{identifier} {stamp}\n".encode())
        if gone:
            deleted.append(f"{record.shown(identifier)}: deleted at the source; kept here")
        if gone or bare:
            continue
        try:
            candidates.append(_record(entry, identifier, stamp))
        except ValueError as error:
            refused.append(f"{record.shown(identifier)}: {error}")
    tolerable(refused, len(entries), what=what)
    tokens = list(xml.children(listing, f"{_OAI}resumptionToken"))
    if len(tokens) > 1:
        raise Malformed(f"{what} has {len(tokens)} resumption tokens")
    return Page(
        candidates=tuple(candidates),
        refused=tuple(refused),
        deleted=tuple(deleted),
        token=(tokens[0].text or "").strip() if tokens else None,
        day=on,
        mark=mark.digest(),
        listed=tuple(listed),
    )


def _header(header: Element | None, what: str) -> tuple[Identifier, str, bool]:
    """Identifier, day of the last change, and whether the source calls it deleted. Without these a page cannot be trusted."""
    if header is None:
        raise Malformed(f"{what} has a record without a header")
    try:
        identifier, _ = record.arxiv_id(xml.text(header, f"{_OAI}identifier").removeprefix("oai:arXiv.org:"))
        stamp = record.day(record.instant(xml.text(header, f"{_OAI}datestamp")))
    except ValueError as error:
        raise Malformed(f"{what} has a record whose header is no good: {error}") from None
    return identifier, stamp, header.get("status") == "deleted"


def _record(entry: Element, identifier: Identifier, stamp: str) -> Candidate:
    """The facts of one record; Refusal or ValueError says why it is not taken."""
    metadata = next(xml.children(entry, f"{_OAI}metadata"), None)
    facts = metadata[0] if metadata is not None and len(metadata) == 1 else None
    if facts is None:
        raise Refusal("no metadata")
    kind = facts.tag.removesuffix(xml.name(facts))
    if kind not in {_RAW, _STRUCTURED}:
        raise Refusal(f"metadata in {xml.name(facts)}, not in arXivRaw")
    said, _ = record.arxiv_id(xml.text(facts, f"{kind}id"))
    if said != identifier:
        raise Refusal(f"calls itself {record.shown(said)}")
    versions, gone = _versions(facts) if kind == _RAW else ([(0, record.instant(xml.text(facts, f"{kind}created")))], False)
    return record.candidate(
        identifier,
        title=xml.text(facts, f"{kind}title"),
        authors=[xml.text(facts, f"{kind}authors")] if kind == _RAW else _structured(facts),
        versions=versions,
        source=Source(version=max(number for number, _ in versions), stamp=stamp, route="oai"),
        abstract=xml.text(facts, f"{kind}abstract"),
        classes=xml.text(facts, f"{kind}categories").split(),
        journal=xml.text(facts, f"{kind}journal-ref"),
        comment=xml.text(facts, f"{kind}comments"),
        dois=[xml.text(facts, f"{kind}doi")],
        gone=gone,
    )


def _versions(facts: Element) -> tuple[list[tuple[int, datetime]], bool]:
    """The versions of an arXivRaw record with their times, and whether the newest is a withdrawal (source type `I`)."""
    found: dict[int, tuple[datetime, str]] = {}
    for version in xml.children(facts, f"{_RAW}version"):
        number = version.get("version", "").removeprefix("v")
        if not (number.isascii() and number.isdigit() and int(number)) or int(number) in found:
            raise Refusal(f"the version {version.get('version')!r} is none, or comes twice")
        text = xml.text(version, f"{_RAW}date")
        try:
            time = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            raise Refusal(f"the date {text[:40]!r} of version {number} is none") from None
        found[int(number)] = record.sane(time), xml.text(version, f"{_RAW}source_type")
    if not found:
        raise Refusal("no version")
    return [(number, time) for number, (time, _) in found.items()], "I" in found[max(found)][1]


def _structured(facts: Element) -> Iterator[str]:
    """The names of an `arXiv` record, put back into speaking order."""
    for group in xml.children(facts, f"{_STRUCTURED}authors"):
        for author in xml.children(group, f"{_STRUCTURED}author"):
            yield " ".join(filter(None, (xml.text(author, f"{_STRUCTURED}{part}") for part in ("forenames", "keyname", "suffix"))))


def _pages(
    transport: Transport, base: str, name: str, since: str, until: str, progress: Callable[[int], None], verb: str = "ListRecords"
) -> list[Page]:
    """All pages of one set; Incomplete when they do not make a whole."""
    params = {"verb": verb, "metadataPrefix": "arXivRaw", "set": name, "from": since, "until": until}
    ask = {key: value for key, value in params.items() if value}
    what = f"arXiv's list of changes in {name or 'all sets'}"
    pages: list[Page] = []
    tokens: set[str] = set()
    marks: set[bytes] = set()
    while len(pages) < MOST_PAGES:
        page = read(transport.get(base, ask), what=what)
        if pages and (page.token is None or not page.mark):
            raise Incomplete(f"{what} breaks off after {len(pages)} pages without saying that it ends")
        if page.mark in marks:
            raise Incomplete(f"{what} gives the same page twice")
        pages.append(page)
        marks.add(page.mark)
        progress(len(page.listed))
        if not page.token:
            return pages
        if page.token in tokens:
            raise Incomplete(f"{what} gives the same resumption token twice")
        tokens.add(page.token)
        ask = {"verb": verb, "resumptionToken": page.token}
    raise Incomplete(f"{what} does not end within {MOST_PAGES} pages")


def _believable(transport: Transport, base: str, names: tuple[str, ...], since: str, until: str, day: str) -> None:
    """Raise Incomplete when nothing at all has changed in arXiv, up to `until` or the server's `day`, for longer than that can be."""
    if since and date.fromisoformat(until or day) - date.fromisoformat(since) < QUIET:
        return
    ask = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": since, "until": until}
    given = {key: value for key, value in ask.items() if value}
    if "" in names or not read(transport.get(base, given), what="arXiv's list of all changes").mark:
        raise Incomplete(f"arXiv says that nothing at all has changed from {since or 'the beginning'} to {until or day}")


def _windows(since: str, until: str, today: str) -> Iterator[tuple[str, str]]:
    """Windows of a month that make up the one from `since` to `until`, of which the last is as open as the whole.

    So that a gap of any length takes the memory of a month, and what fails is asked for again by the month. What changes while this
    is read moves to the last window, which is read last.
    """
    if not since or not (until or today):
        yield since, until
        return
    first, end = date.fromisoformat(since), date.fromisoformat(until or today)
    while (end - first).days > MONTH:
        last = first + timedelta(days=MONTH - 1)
        yield first.isoformat(), last.isoformat()
        first = last + timedelta(days=1)
    yield first.isoformat(), until


def harvest(
    transport: Transport,
    base: str,
    sets: Iterable[str],
    since: str,
    until: str = "",
    *,
    today: str = "",
    progress: Callable[[int], None] = lambda more: None,
) -> Iterator[Batch]:
    """Everything in these sets (`cs`, `eess:eess:IV`; none for all) that changed from `since` to `until` (ISO dates; '' is open).

    A window of more than a month is asked for by the month, if it is known which day is `today`. A month of a set is yielded when
    all of it is there; a paper in two sets comes twice. The last batch is empty but for
    the watermark, the earliest day on which one of the lists was made. That nothing has changed in any of
    them for days is believed only if other sets have changed. `progress` is told how many more records each
    page brought. Raises Unavailable, Throttled, Malformed, Incomplete.
    """
    days: list[str] = []
    found = False
    names = tuple(sets) or ("",)
    for name in names:
        for first, last in _windows(since, until, today):
            if days and first > days[-1]:
                break  # our clock is ahead of the source's: the window before this one was the last
            pages = whole(partial(_pages, transport, base, name, first, last, progress))
            yield from (Batch(candidates=p.candidates, refused=(*p.refused, *p.deleted), listed=p.listed) for p in pages)
            days.append(pages[0].day)
            found = found or any(p.mark for p in pages)
    if not found:
        _believable(transport, base, names, since, until, min(days))
    yield Batch(watermark=min(days))


def identifiers(transport: Transport, base: str, sets: Iterable[str], since: str, until: str = "") -> frozenset[Identifier]:
    """What these sets list as changed from `since` to `until` (ISO dates; '' is open), in a few large pages. Raises as `harvest` does."""
    listed: set[Identifier] = set()
    for name in tuple(sets) or ("",):
        for page in whole(partial(_pages, transport, base, name, since, until, lambda more: None, "ListIdentifiers")):
            listed.update(page.listed)
    return frozenset(listed)
