"""What each night changed, newest first, from the ledgers alone; what waits; and what changed rules would change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...analyse.flow import group
from ...model import Page, Paper, Verdict
from ...proposal import counted
from ...waiting import queue
from .. import charts
from . import contributions
from .item import signature
from .quality import ask
from .records import Lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model import Decision, Night
    from .item import Item
    from .review import Review

_NIGHTS, _ITEMS, _PER_LIST, _PROPOSED = 60, 300, 40, 100
_PER_NIGHT = 200
"""So many included papers of a night are listed on the page of its month; of what was not included the page gives the numbers."""
_TITLES = {Verdict.INCLUDE: "Included", Verdict.WAIT: "Waiting", Verdict.EXCLUDE: "Not included"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One decision. `item` is there for papers, else `title`, `by`, `date` and an address outside."""

    item: Item | None
    title: str
    by: str
    url: str
    date: str
    rule: str
    why: str
    score: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The decisions of one verdict in one night; `total` counts those that are not listed as well, `lists` are where all stand."""

    verdict: str
    title: str
    total: int
    lines: tuple[Line, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A night: what each source answered, what was decided, and whether there is a page of its flow."""

    id: str
    spoken: str
    runs: tuple[Night, ...]
    groups: tuple[Group, ...]
    complete: bool
    flow: bool


def _line(decision: Decision, review: Review) -> Line:
    record = review.corpus.find([decision.subject])
    title, _ = review.rules.get(decision.criterion, (decision.criterion, ""))
    return Line(
        item=review.items[record.key] if isinstance(record, Paper) else None,
        title=record.title if record else str(decision.subject),
        by=signature(record.authors) if record else "",
        url=decision.subject.url,
        date=record.date if record else "",
        rule=title,
        why=decision.why,
        score=f"{decision.score:.2f}",
        person=_person(decision),
    )


def _person(decision: Decision) -> str:
    return decision.by if group(decision).hand == "people" else ""


def _date(decision: Decision, review: Review) -> str:
    record = review.corpus.find([decision.subject])
    return record.date if record else ""


class _Nights:
    """Every night that ran or in which something was decided, newest first."""

    def __init__(self, review: Review) -> None:
        self.review, self.lists = review, Lists(review)
        self.decided: defaultdict[str, defaultdict[Verdict, list[Decision]]] = defaultdict(lambda: defaultdict(list))
        for ledger in review.corpus.decisions.values():
            for decision in ledger:
                self.decided[decision.on[:10]][decision.verdict].append(decision)
        self.runs: defaultdict[str, list[Night]] = defaultdict(list)
        for night in review.corpus.nights:
            self.runs[night.night[:10]].append(night)
        self.ids = sorted({*self.decided, *self.runs}, reverse=True)

    def months(self) -> dict[str, list[str]]:
        """The nights of each month, newest first."""
        return {month: list(of) for month, of in groupby(self.ids, key=lambda day: day[:7])}

    def included(self, days: Iterable[str]) -> int:
        """How many decisions of these nights included a paper."""
        return sum(len(self.decided[day][Verdict.INCLUDE]) for day in days if day in self.decided)

    def day(self, day: str, included: int, others: int) -> Day:
        """The night with at most so many lines of what was included, and of each other verdict."""
        groups = []
        for verdict, title in _TITLES.items():
            of = sorted(self.decided[day][verdict], key=lambda d: _date(d, self.review), reverse=True) if day in self.decided else []
            if not of:
                continue
            shown = of[: included if verdict is Verdict.INCLUDE else others]
            more = {group(d): None for d in of} if len(shown) < len(of) else {}
            where = tuple(h for g in more if (h := self.lists.find(g, day)))
            lines = tuple(_line(d, self.review) for d in shown)
            groups.append(Group(verdict=verdict.value, title=title, total=len(of), lines=lines, lists=where))
        ran = tuple(self.runs.get(day, ()))
        done = all(n.complete for n in ran)
        flow = day in self.review.journal.days
        return Day(id=day, spoken=charts.spoken(day), runs=ran, groups=tuple(groups), complete=done, flow=flow)


def days(review: Review) -> tuple[Day, ...]:
    """The last nights: at most `_NIGHTS` of them and about `_ITEMS` decisions, with all counts."""
    nights, out, left = _Nights(review), [], _ITEMS
    for id_ in nights.ids[:_NIGHTS]:
        most = max(0, min(_PER_LIST, left))
        out.append(nights.day(id_, most, most))
        left -= sum(len(g.lines) for g in out[-1].groups)
    return tuple(out)


def pages(review: Review) -> Iterator[Page]:
    """`/new/<year>-<month>/`: every night of a month, at an address and an anchor that stay."""
    nights = _Nights(review)
    months = nights.months()
    known = sorted(months)
    for i, month in enumerate(known):
        yield Page(
            path=f"new/{month}/",
            template="new.html",
            family="new",
            context={
                "month": month,
                "spoken": charts.spoken(month),
                "included": nights.included(months[month]),
                "days": [nights.day(d, _PER_NIGHT, 0) for d in months[month]],
                "short": contributions.short,
                "earlier": (known[i - 1], charts.spoken(known[i - 1])) if i else None,
                "later": (known[i + 1], charts.spoken(known[i + 1])) if i + 1 < len(known) else None,
            },
        )


def waits(review: Review) -> dict[str, Any]:
    """The works that wait, likeliest first: at most as many as the scope allows; `beyond` counts what the next night decides."""
    of, most = queue(review.corpus), review.scope.screening.queue
    return {
        "most": most,
        "beyond": max(0, len(of) - most),
        "works": [
            {
                "title": w.candidate.title,
                "by": signature(w.candidate.authors),
                "date": w.candidate.date,
                "name": str(w.candidate.primary),
                "url": w.candidate.primary.url,
                "likely": f"{w.decision.score:.2f}",
                "learned": w.decision.by == "model",
                "rule": review.rules.get(w.decision.criterion, (w.decision.criterion, ""))[0],
                "why": w.decision.why,
                "since": w.decision.on,
                "include": ask(w.candidate.primary, "include", "", review),
                "exclude": ask(w.candidate.primary, "exclude", "", review),
            }
            for w in of[:most]
        ],
    }


def proposed(review: Review) -> dict[str, Any] | None:
    """What changed rules or a newly trained model would do, None when nothing is proposed."""
    rows = review.measured.proposal
    if not rows:
        return None
    shown = []
    for row in rows[:_PROPOSED]:
        record = review.corpus.find([row.paper])
        shown.append(
            {
                "kind": row.kind,
                "key": record.key if isinstance(record, Paper) else "",
                "title": record.title if record else str(row.paper),
                "url": row.paper.url,
                "before": row.before,
                "after": row.after,
                "because": row.because,
            }
        )
    return {"counted": counted(rows), "rows": shown, "more": len(rows) - len(shown)}


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/new/`."""
    nights = _Nights(review)
    return {
        "days": days(review),
        "span": review.span,
        "months": [(m, charts.spoken(m), nights.included(of)) for m, of in nights.months().items()],
        "complete": charts.spoken(review.complete) if review.complete else "",
        "waiting": waits(review),
        "proposed": proposed(review),
        "contributed": contributions.context(review.measured.inbox, review.corpus),
        "short": contributions.short,
        "why": "why/" in review.chapters,
    }
