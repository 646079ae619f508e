"""arXiv by its API: a topic's back-fill, and papers by id.

The `arxiv` package knows the query language, the paging and the results; as installed it also ends
quietly with papers missing when an answer is broken. So it never meets the network: it is handed one
page at a time that came through our transport, was read strictly, and whose numbers add up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import arxiv  # type: ignore[import-untyped]  # the package says nothing about its types

from ..errors import Incomplete, Malformed
from ..model import Candidate, Identifier, Source
from . import Batch, atom, record
from .complete import QUIET, tolerable, whole
from .record import Refusal
from .transport import Rejected, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BASE: Final = "https://export.arxiv.org/api/query"
PAGE: Final = 200
"""Results a request; arXiv allows 2,000 and answers smaller ones more reliably."""
LARGEST: Final = 1000
"""Results of one query, as arXiv asks; a larger one is split into windows of submission time."""
IDS: Final = 100
"""Papers looked up in one request."""
FORGOTTEN: Final = 10
"""From so many ids on, knowing none of them is believed only if arXiv does know others."""
_MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(1991, 1, 1)  # noqa: DTZ001 - submittedDate is written without a zone and means GMT
_END = datetime(2099, 12, 31)  # noqa: DTZ001 - the same
_EVERYTHING = f"submittedDate:[{_BEGINNING:%Y%m%d%H%M} TO {_END:%Y%m%d%H%M}]"


class _Checked:
    """What `arxiv.Client` takes for its `requests.Session`: fetches by our transport, checks, and only then hands over."""

    def __init__(self, transport: Transport, start: int, what: str) -> None:
        self._transport, self._start, self._what = transport, start, what
        self.page: atom.Page | None = None

    def get(self, url: str, **_: object) -> Any:
        try:
            body = self._transport.get(url)
        except Rejected as error:
            raise Rejected(atom.explanation(error.body) or str(error)) from error
        self.page = page = atom.read(body, what=self._what)
        self._adds_up(page)
        return SimpleNamespace(status_code=200, content=atom.rewritten(page, total=self._start + len(page.entries)))

    def _adds_up(self, page: atom.Page) -> None:
        """Raise Incomplete unless the page holds as many entries as its own numbers promise."""
        if page.total is None:
            raise Incomplete(f"{self._what} does not say how many results there are")
        if page.start not in {None, self._start}:
            raise Incomplete(f"{self._what} starts at {page.start} where {self._start} was asked for")
        promised = max(0, min(page.size or PAGE, PAGE, page.total - self._start))
        if len(page.seen) != promised:
            raise Incomplete(f"{self._what} has {len(page.seen)} entries where its numbers promise {promised}")
        tolerable(page.refused, len(page.seen), what=self._what)


def _candidate(entry: atom.Entry, result: arxiv.Result) -> Candidate:
    """The facts of one result; Refusal says why it is not taken."""
    return record.candidate(
        entry.identifier,
        title=result.title,
        authors=[author.name for author in result.authors],
        versions=record.versions(entry.version, result.published, result.updated),
        source=Source(version=entry.version, stamp=record.day(result.updated), route="api"),
        abstract=result.summary,
        classes=[result.primary_category, *result.categories],
        journal=result.journal_ref or "",
        comment=result.comment or "",
        dois=[result.doi or "", *(link.href for link in result.links if link.title == "doi")],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A page, or all pages of a query: what came of how many there are, made on which day."""

    total: int
    day: str
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seen: list[Identifier] = field(default_factory=list)


def _ask(transport: Transport, base: str, start: int, what: str, **search: Any) -> _Answer:
    """One page of results from `start` on. Raises SourceErrors, and Incomplete when the page is not whole."""
    client = arxiv.Client(page_size=PAGE, delay_seconds=0, num_retries=0)
    client.query_url_format = base.replace("{", "{{").replace("}", "}}") + "?{}"
    checked = _Checked(transport, start, what)
    client._session = checked  # pyright: ignore[reportAttributeAccessIssue]  # it has no other door
    order = {"sort_by": arxiv.SortCriterion.SubmittedDate, "sort_order": arxiv.SortOrder.Ascending}
    try:
        results = list(client.results(arxiv.Search(max_results=start + PAGE, **search, **order), offset=start))
    except (arxiv.ArxivError, ValueError, OverflowError) as error:
        raise Malformed(f"{what} cannot be read: {error}") from error
    page = checked.page
    if page is None or page.total is None or len(results) != len(page.entries):
        raise Incomplete(f"{what}: {len(results)} results were read of {len(page.entries) if page else 0}")
    answer = _Answer(total=page.total, day=page.day, refused=list(page.refused), seen=list(page.seen))
    for entry, result in zip(page.entries, results, strict=True):
        try:
            answer.candidates.append(_candidate(entry, result))
        except Refusal as refusal:
            answer.refused.append(f"{record.shown(entry.identifier)}: {refusal}")
    tolerable(answer.refused, len(page.seen), what=what)
    return answer


def _all(transport: Transport, base: str, what: str, largest: int, **search: Any) -> _Answer:
    """All pages of one query, or only the first if it has more than `largest` results. Incomplete if they do not add up."""
    first = _ask(transport, base, 0, what, **search)
    if first.total > largest:
        return first
    while len(first.seen) < first.total:
        more = _ask(transport, base, len(first.seen), what, **search)
        if more.total != first.total:
            raise Incomplete(f"{what} had {first.total} results, and then {more.total}")
        first.candidates.extend(more.candidates)
        first.refused.extend(more.refused)
        first.seen.extend(more.seen)
    if len(set(first.seen)) != first.total:
        raise Incomplete(f"{what} gives {len(set(first.seen))} different papers of {first.total}")
    return first


def _within(query: str, first: datetime, last: datetime) -> str:
    dates = f"submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"
    return f"({query}) AND {dates}" if query else dates


class _Query:
    """A query over windows of submission time; windows share their edges, so that no second falls between two."""

    def __init__(self, transport: Transport, base: str, query: str) -> None:
        self._transport, self._base, self._query = transport, base, query

    def ask(self, first: datetime, last: datetime, *, query: str | None = None) -> _Answer:
        text = self._query if query is None else query
        largest = LARGEST if last - first > _MINUTE else 30 * LARGEST
        what = f"arXiv's answer for {text or 'everything'!r}, {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        return whole(partial(_all, self._transport, self._base, what, largest, query=_within(text, first, last)))

    def confirmed(self, first: datetime, last: datetime) -> _Answer:
        """The answer; none at all is believed when it is said twice and arXiv does know papers of that time."""
        answer = self.ask(first, last)
        if answer.total or (answer := self.ask(first, last)).total:
            return answer
        if self._query and last - first >= QUIET and not self.ask(first, last, query="").total:
            raise Incomplete(f"arXiv says that nothing at all was submitted from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
        return answer

    def windows(self, answer: _Answer, first: datetime, last: datetime) -> Iterator[_Answer]:
        """The answer if it is whole, or the answers of windows that are small enough."""
        if len(answer.seen) >= answer.total:
            yield answer
            return
        if last - first <= _MINUTE:
            raise Incomplete(f"arXiv has {answer.total} results of one minute, {first:%Y-%m-%d %H:%M}")
        last = min(last, datetime.fromisoformat(answer.day) + timedelta(days=2))
        minutes = max(1, math.ceil((last - first) / _MINUTE / math.ceil(answer.total / LARGEST * 1.25)))
        while first < last:
            end = min(last, first + minutes * _MINUTE)
            yield from self.windows(self.ask(first, end), first, end)
            first = end


def search(
    transport: Transport,
    base: str,
    query: str,
    since: str,
    until: str = "",
    *,
    progress: Callable[[int], None] = lambda more: None,
) -> Iterator[Batch]:
    """Everything that matches `query` (arXiv's query language; '' for all) submitted from `since` to `until` (ISO dates; '' is open).

    More than 1,000 results are fetched in smaller windows of time; the last batch is empty but for the
    watermark. `progress` is told how many more records came. Raises Unavailable, Throttled, Malformed, Incomplete.
    """
    first = datetime.fromisoformat(since) if since else _BEGINNING
    last = datetime.fromisoformat(until) + timedelta(days=1) if until else _END
    asked = _Query(transport, base, query)
    top = asked.confirmed(first, last)
    seen: set[Identifier] = set()
    for answer in asked.windows(top, first, last):
        fresh = tuple(c for c in answer.candidates if not seen.intersection(c.identifiers))
        seen.update(answer.seen)
        progress(len(fresh))
        yield Batch(candidates=fresh, refused=tuple(answer.refused))
    if len(seen) != top.total:
        raise Incomplete(f"arXiv promised {top.total} results for {query!r} and gave {len(seen)}")
    yield Batch(watermark=top.day)


def lookup(transport: Transport, base: str, ids: Iterable[str]) -> Iterator[Batch]:
    """These papers (arXiv ids; a version is ignored), a hundred a request; what arXiv does not know is in `refused`.

    Each batch stands for itself. Raises Unavailable, Throttled, Malformed, Incomplete.
    """
    wanted: list[Identifier] = []
    refused: list[str] = []
    for text in ids:
        try:
            wanted.append(record.arxiv_id(text.removeprefix("arxiv:").removeprefix("arXiv:"))[0])
        except Refusal as refusal:
            refused.append(f"{text}: {refusal}")
    if refused:
        yield Batch(refused=tuple(refused))
    wanted = list(dict.fromkeys(wanted))
    for at in range(0, len(wanted), IDS):
        yield _known(transport, base, wanted[at : at + IDS])


def _known(transport: Transport, base: str, wanted: list[Identifier]) -> Batch:
    """One batch by id. What is missing from the answer is asked for once more before it counts as unknown."""
    candidates: list[Candidate] = []
    refused: list[str] = []
    missing = wanted
    for _ in range(2):
        what = f"arXiv's answer for {len(missing)} ids"
        names = [i.value for i in missing]
        answer = whole(partial(_all, transport, base, what, LARGEST, id_list=names))
        if strangers := set(answer.seen) - set(missing):
            raise Incomplete(f"{what} has {record.shown(min(strangers))}, which was not asked for")
        candidates += answer.candidates
        refused += answer.refused
        missing = [i for i in missing if i not in set(answer.seen)]
        if not missing:
            break
    if len(missing) == len(wanted) >= FORGOTTEN and not _ask(transport, base, 0, "arXiv's answer for everything", query=_EVERYTHING).total:
        raise Incomplete(f"arXiv says that it knows none of {len(wanted)} papers, nor any other")
    return Batch(candidates=tuple(candidates), refused=(*refused, *(f"{record.shown(i)}: not known to arXiv" for i in missing)))
