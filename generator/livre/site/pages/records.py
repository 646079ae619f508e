"""The lists behind every number: each decision of the ledger stands in one list, by verdict, hand and criterion, newest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...analyse.flow import group
from ...model import Page, Paper, Verdict
from .. import charts
from .item import signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...analyse.flow import Event, Group
    from .review import Review

FAMILY = "methods/records"
"""The shell of every generated page below /methods/…/."""
_PER_PAGE = 250
_NOT = "Not shown: "
_VERDICTS = {Verdict.INCLUDE: "Included", Verdict.WAIT: "Waiting", Verdict.EXCLUDE: "Excluded"}
_LATER = {Verdict.INCLUDE: "included", Verdict.WAIT: "waiting again", Verdict.EXCLUDE: "excluded"}
_HANDS = {
    "rules": "by the rules",
    "model": "by the learned screener",
    "import": "at the import",
    "people": "by people",
    "nobody": "without a decision on record",
}
_SHORT = {"rules": "rules", "model": "learned screener", "import": "import", "people": "people", "nobody": "no decision on record"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One decision of a list; `key` is there for papers, `id` for what the index of all works holds.

    `later` says what was decided since, '' where this stands.
    """

    key: str
    title: str
    by: str
    date: str
    name: str
    url: str
    why: str
    score: str
    person: str
    id: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of records: its first page's address, how many stand in it today, how many were decided otherwise later."""

    group: Group
    title: str
    href: str
    stand: int
    past: int


def rule(of: Group, review: Review) -> str:
    """The criterion of a group in words; a requirement that was not met is marked as such."""
    known = review.rules[of.criterion][0] if of.criterion in review.rules else of.criterion.replace("-", " ")
    required = any(c.id == of.criterion and c.kind == "require" for c in review.scope.criteria)
    return _NOT + known if required and of.verdict is not Verdict.INCLUDE else known


def short(of: Group, review: Review) -> str:
    """A group as a row of a box: its criterion, and whose hand it was."""
    return _SHORT[of.hand].capitalize() if of.hand in {of.criterion, "nobody"} else f"{rule(of, review)} ({_SHORT[of.hand]})"


def title(of: Group, review: Review) -> str:
    """A group as the title of its list."""
    first = f"{_VERDICTS[of.verdict]} {_HANDS[of.hand]}"
    if of.hand in {of.criterion, "nobody"}:
        return first
    said = rule(of, review)
    return f"{first}, not shown: {said.removeprefix(_NOT)}" if said.startswith(_NOT) else f"{first}: {said}"


class Lists:
    """Every list of one review, and on which of its pages each day and each year begins."""

    def __init__(self, review: Review) -> None:
        self.review = review
        of: defaultdict[Group, list[Event]] = defaultdict(list)
        for event in reversed(review.journal.events):
            of[group(event.decision)].append(event)
        self.of = {g: of[g] for g in sorted(of)}
        self._anchors: dict[tuple[Group, str], str] = {}
        for g, events in self.of.items():
            for i, event in enumerate(events):
                page = i // _PER_PAGE
                self._anchors.setdefault((g, event.day), f"{address(g, page)}#d{event.day}")
                self._anchors.setdefault((g, event.day[:4]), f"{address(g, page)}#d{event.day}")

    def href(self, of: Group, period: str = "") -> str:
        """The address below the site's of the records of a day or a year in a list, of the whole list for ''."""
        return self._anchors[of, period] if period else address(of, 0)

    def find(self, of: Group, period: str) -> str:
        """The same, or '' where the list has nothing of that day or year: what was decided otherwise on the same day."""
        return self._anchors.get((of, period), "")

    def listings(self) -> tuple[Listing, ...]:
        """Every list, most numerous first within a verdict."""
        out = [
            Listing(
                group=g,
                title=short(g, self.review),
                href=address(g, 0),
                stand=(stand := sum(e.later is None for e in events)),
                past=len(events) - stand,
            )
            for g, events in self.of.items()
        ]
        order = list(_VERDICTS)
        return tuple(sorted(out, key=lambda x: (order.index(x.group.verdict), -x.stand, x.group)))


def address(of: Group, page: int) -> str:
    """The address below the site's of one page of a list, counted from 0."""
    return f"methods/records/{of.slug}{f'_{page + 1}' if page else ''}/"


def _record(event: Event) -> Record:
    work, decision, later = event.work, event.decision, event.later
    known = work.record
    return Record(
        key=known.key if isinstance(known, Paper) else "",
        title=known.title if known else str(work.subject),
        by=signature(known.authors) if known else "",
        date=known.date if known else "",
        name=str(work.subject),
        url=work.subject.url,
        why=decision.why,
        score=f"{decision.score:.2f}" if decision.by else "",
        person=decision.by if group(decision).hand == "people" else "",
        id=str(work.subject) if known else "",
        later=f"{_LATER[later.verdict]} on {later.on}" if later else "",
    )


def _context(lists: Lists, of: Group, page: int) -> dict[str, Any]:
    review, events = lists.review, lists.of[of]
    shown = events[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    before = events[page * _PER_PAGE - 1].day if page else ""
    days = [
        (day, charts.spoken(day) if day else "On no day known", day == before, [_record(e) for e in same])
        for day, same in groupby(shown, key=lambda e: e.day)
    ]
    stand = sum(e.later is None for e in events)
    pages = -(-len(events) // _PER_PAGE)
    return {
        "title": title(of, review),
        "verdict": of.verdict.value,
        "text": review.rules.get(of.criterion, ("", ""))[1],
        "stand": stand,
        "past": len(events) - stand,
        "days": days,
        "page": page + 1,
        "pages": [(n + 1, address(of, n)) for n in range(pages)],
        "why": "why/" in review.chapters,
    }


def pages(review: Review) -> Iterator[Page]:
    """`/methods/records/<list>/` and its further pages."""
    lists = Lists(review)
    for of, events in lists.of.items():
        for page in range(-(-len(events) // _PER_PAGE)):
            yield Page(path=address(of, page), template="records.html", family=FAMILY, context=_context(lists, of, page))
