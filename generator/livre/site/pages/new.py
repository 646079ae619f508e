"""What each night changed, newest first, from the ledgers alone; what waits; and what changed rules would change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...analyse.flow import group
from ...model import Paper, Verdict
from ...proposal import counted
from ...waiting import queue
from .. import charts
from . import contributions
from .item import signature
from .quality import ask
from .records import Lists

if TYPE_CHECKING:
    from ...model import Decision, Night
    from .item import Item
    from .review import Review

_NIGHTS, _ITEMS, _PER_LIST, _PROPOSED = 60, 300, 40, 100
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


def days(review: Review) -> tuple[Day, ...]:
    """The last nights: at most `_NIGHTS` of them and about `_ITEMS` decisions, with all counts."""
    decided: defaultdict[str, defaultdict[Verdict, list[Decision]]] = defaultdict(lambda: defaultdict(list))
    for ledger in review.corpus.decisions.values():
        for decision in ledger:
            decided[decision.on[:10]][decision.verdict].append(decision)
    runs: defaultdict[str, list[Night]] = defaultdict(list)
    for night in review.corpus.nights:
        runs[night.night[:10]].append(night)
    lists = Lists(review)
    out, left = [], _ITEMS
    for day in sorted({*decided, *runs}, reverse=True)[:_NIGHTS]:
        groups = []
        for verdict, title in _TITLES.items():
            of = sorted(decided[day][verdict], key=lambda d: _date(d, review), reverse=True) if day in decided else []
            shown = of[: max(0, min(_PER_LIST, left))]
            left -= len(shown)
            if of:
                more = {group(d): None for d in of} if len(shown) < len(of) else {}
                where = tuple(h for g in more if (h := lists.find(g, day)))
                lines = tuple(_line(d, review) for d in shown)
                groups.append(Group(verdict=verdict.value, title=title, total=len(of), lines=lines, lists=where))
        ran = tuple(runs.get(day, ()))
        done = all(n.complete for n in ran)
        out.append(Day(id=day, spoken=charts.spoken(day), runs=ran, groups=tuple(groups), complete=done, flow=day in review.journal.days))
    return tuple(out)


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
    return {
        "days": days(review),
        "complete": charts.spoken(review.complete) if review.complete else "",
        "waiting": waits(review),
        "proposed": proposed(review),
        "contributed": contributions.context(review.measured.inbox, review.corpus),
        "short": contributions.short,
        "why": "why/" in review.chapters,
    }
