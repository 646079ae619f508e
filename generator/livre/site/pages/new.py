"""What each night changed, newest first, from the ledgers alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...model import Paper, Verdict
from .. import charts
from .review import signature

if TYPE_CHECKING:
    from ...model import Decision, Night
    from .review import Item, Review

_NIGHTS, _ITEMS, _PER_LIST = 60, 300, 40
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
    """The decisions of one verdict in one night; `total` counts those that are not listed as well."""

    verdict: str
    title: str
    total: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A night: what each source answered, and what was decided."""

    id: str
    spoken: str
    runs: tuple[Night, ...]
    groups: tuple[Group, ...]
    complete: bool


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
        person="" if decision.by in {"rules", "import"} else decision.by,
    )


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
    out, left = [], _ITEMS
    for day in sorted({*decided, *runs}, reverse=True)[:_NIGHTS]:
        groups = []
        for verdict, title in _TITLES.items():
            of = sorted(decided[day][verdict], key=lambda d: _date(d, review), reverse=True) if day in decided else []
            shown = of[: max(0, min(_PER_LIST, left))]
            left -= len(shown)
            if of:
                groups.append(Group(verdict=verdict.value, title=title, total=len(of), lines=tuple(_line(d, review) for d in shown)))
        ran = tuple(runs.get(day, ()))
        out.append(Day(id=day, spoken=charts.spoken(day), runs=ran, groups=tuple(groups), complete=all(n.complete for n in ran)))
    return tuple(out)


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/new/`."""
    return {"days": days(review), "complete": charts.spoken(review.complete) if review.complete else ""}
