"""How fresh a review is: when a harvest was last complete, what came since, and after how many hours it is late or out of date.

A build knows these values and no clock; how old they are is computed where they are read: in the reader's browser
(`assets/freshness.js`), by the watch over the nights, or by whoever takes `/data/status.json`. Saturdays and Sundays (UTC) do not
count: arXiv announces from Sunday to Thursday in the evening of New York, so that nothing can be missed on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .corpus import Corpus
    from .model import Night, Paper
    from .retirement import Retirement
    from .scope import Scope

State = Literal["fresh", "late", "stale", "unknown"]
_DAY = len("2099-01-02")
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
"""The first Monday of the clock's own time."""
_WORKDAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a source last answered: in which night, when that ended (UTC, '' for old rows), and how."""

    source: str
    night: str
    at: str
    complete: bool
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What is known of a review's age, in UTC and ISO 8601.

    `harvested` is the end of the last complete harvest, '' if there was none; `imported` the day of the last import, '' if none; `newest`
    the latest date of a paper, `added` the latest day on which one came into the review.
    After `late` counted hours the review is late (amber), after `stale` hours out of date (red).
    """

    harvested: str
    imported: str
    newest: str
    added: str
    papers: int
    late: int
    stale: int
    sources: tuple[Outcome, ...] = ()
    retired: Retirement | None = None

    @property
    def since(self) -> str:
        """What age is counted from: the harvest, or else the import; '' for neither."""
        return self.harvested or (_instant(self.imported) if self.imported else "")

    def state(self, now: datetime) -> State:
        """How it stands at `now`, which knows its zone; `unknown` before that, and until it is late where nothing was ever harvested."""
        if not self.since or now < parsed(self.since):
            return "unknown"
        hours = counted(parsed(self.since), now)
        fresh: State = "fresh" if self.harvested else "unknown"
        return "stale" if hours >= self.stale else "late" if hours >= self.late else fresh


def parsed(at: str) -> datetime:
    """An instant such as `2099-03-04T06:31:00Z`."""
    return datetime.fromisoformat(at)


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"


def counted(since: datetime, until: datetime) -> float:
    """The hours from one instant to another that are neither of a Saturday nor of a Sunday, in UTC."""

    def workdays(at: datetime) -> float:
        weeks, rest = divmod((at - _MONDAY).total_seconds() / 86400, 7)
        return weeks * _WORKDAYS + min(rest, _WORKDAYS)

    return (workdays(until) - workdays(since)) * 24


def ended(night: Night) -> str:
    """When a night's harvest ended; for rows that do not say, the beginning of its day: rather older than it is than fresher."""
    return night.at or _instant(night.night[:_DAY])


def _last(nights: Iterable[Night]) -> tuple[Outcome, ...]:
    """The last line of each source, by its name."""
    last = {n.source: n for n in sorted(nights, key=lambda n: n.night)}
    return tuple(
        Outcome(source=n.source, night=n.night[:_DAY], at=n.at, complete=n.complete, outcome=n.outcome) for _, n in sorted(last.items())
    )


def freshness(corpus: Corpus, scope: Scope, papers: Collection[Paper], retired: Retirement | None = None) -> Freshness:
    """The review's freshness; `papers` are those that are counted, `retired` says that no night will follow."""
    return Freshness(
        harvested=max((ended(n) for n in corpus.nights if n.harvest and n.complete), default=""),
        imported=max((n.night[:_DAY] for n in corpus.nights if n.source == "import"), default=""),
        newest=max((p.date for p in papers), default=""),
        added=max((p.added for p in papers), default=""),
        papers=len(papers),
        late=round(scope.late_after * 24),
        stale=scope.stale_after * 24,
        sources=_last(corpus.nights),
        retired=retired,
    )
