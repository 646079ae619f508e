"""How records flow through the review in a period, in the words of PRISMA 2020 for living reviews, so that every sum balances.

What was found comes from the nights, what was decided from the ledger; where the two do not meet, the difference has a name
of its own instead of being left out. Page et al., BMJ 2021;372:n71; for living reviews Kahale et al., J Clin Epidemiol 2021.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..merge import MACHINE
from ..model import CORRECTION, Decision, Identifier, Paper, Verdict
from ..names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..corpus import Corpus
    from ..model import Candidate, Night

FINDS_NOTHING = frozenset({"abstracts", "judgement"})
"""Sources of a night's record that look again at works which are known already."""
PEOPLE = "people"
_DAY = len("2025-03-14")
_LONGEST = 60


class Group(NamedTuple):
    """Decisions that are told together: their verdict, by which hand (`rules`, `model`, `import`, `people`), by which criterion."""

    verdict: Verdict
    hand: str
    criterion: str

    @property
    def slug(self) -> str:
        """The name of the list of these works: `exclude-rules-model`."""
        return f"{self.verdict}-{self.hand}-{self.criterion}"


def group(decision: Decision) -> Group:
    """What a decision is told with; a criterion that is no word gives `none`."""
    hand = decision.by if decision.by in MACHINE else PEOPLE if decision.by else "nobody"
    return Group(decision.verdict, hand, slug(decision.criterion)[:_LONGEST].strip("-") or "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work with the decision that stood at the end of every day on which it was decided, oldest first; never empty.

    A decision that only corrects a record decides nothing, and does not count.
    """

    subject: Identifier
    record: Candidate | None
    standing: tuple[Decision, ...]


class Event(NamedTuple):
    """A day on which a work was decided: `at` is the place in its `standing`."""

    day: str
    work: Work
    at: int

    @property
    def decision(self) -> Decision:
        """What stood at the end of that day."""
        return self.work.standing[self.at]

    @property
    def later(self) -> Decision | None:
        """What stands now, if that was decided on a later day."""
        return self.work.standing[-1] if self.at + 1 < len(self.work.standing) else None


def _works(corpus: Corpus) -> Iterable[Work]:
    """Every work that was ever decided, and every paper, whether its decision is on record or not."""
    of: defaultdict[Identifier, list[Decision]] = defaultdict(list)
    records: dict[Identifier, Candidate | None] = {p.primary: p for p in corpus.papers.values()}
    for subject, ledger in corpus.decisions.items():
        record = corpus.find([subject])
        owner = record.primary if record else subject
        records[owner] = record
        of[owner] += ledger
    for owner in sorted(records):
        record = records[owner]
        past = sorted(of[owner], key=lambda d: d.on)
        days = {d.on[:_DAY]: d for d in [d for d in past if d.criterion != CORRECTION] or past}
        if not days and isinstance(record, Paper):
            why = "in the review without a decision on record"
            on = record.added if len(record.added) == _DAY else ""
            days = {on: Decision(subject=owner, on=on, verdict=Verdict.INCLUDE, criterion="", score=0.0, by="", why=why)}
        if days:
            yield Work(subject=owner, record=record, standing=tuple(days.values()))


class Journal:
    """Every decision of a corpus by day, made once for all periods; `days` are those of nights and decisions, newest first."""

    def __init__(self, corpus: Corpus) -> None:
        self.nights = tuple(n for n in corpus.nights if n.source not in FINDS_NOTHING)
        self.works = tuple(_works(corpus))
        self.events = sorted((Event(d.on[:_DAY], w, i) for w in self.works for i, d in enumerate(w.standing)), key=lambda e: e.day)
        self._days = [e.day for e in self.events]
        self.days = tuple(sorted({*self._days, *(n.night[:_DAY] for n in corpus.nights)} - {""}, reverse=True))
        self._in = [0]
        for event in self.events:
            past = event.work.standing[event.at - 1].verdict if event.at else None
            change = (event.decision.verdict is Verdict.INCLUDE) - (past is Verdict.INCLUDE)
            self._in.append(self._in[-1] + change)

    def within(self, period: Period) -> tuple[list[Event], int, int]:
        """The events of a period, and how many works were included before it and after it."""
        first = bisect_left(self._days, period.since)
        last = bisect_right(self._days, period.until) if period.until else len(self.events)
        return self.events[first:last], self._in[first], self._in[last]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a day to a day, both ISO dates and included; both '' is all the time. `id` is `2025-03-14`, `2025` or ''."""

    id: str = ""

    @property
    def since(self) -> str:
        """The first day."""
        return self.id if len(self.id) == _DAY else self.id and f"{self.id}-01-01"

    @property
    def until(self) -> str:
        """The last day."""
        return self.id if len(self.id) == _DAY else self.id and f"{self.id}-12-31"

    def holds(self, day: str) -> bool:
        """Whether the day lies in the period."""
        return not self.id or self.since <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one source gave in a period: records seen = of no topic + known already + new. `nights` asked, of which some `failed`."""

    source: str
    nights: int
    failed: int
    seen: int
    unmatched: int
    known: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The boxes of one diagram. These hold, whatever the corpus:

    each source: seen = unmatched + known + new · all sources' new + `elsewhere` = `judged` + `unjudged` ·
    `judged` + `again` = all of `included`, `excluded` and `waiting` · `after` = `before` + all of `included` − `kept` − `out`.

    `elsewhere` are works decided that no night counted as new (brought by people); `unjudged` are new records whose decision
    is of another day, or missing; `kept` were included before and still are; `out` were included before and are not any more.
    """

    period: Period
    found: tuple[Found, ...]
    elsewhere: int
    unjudged: int
    judged: int
    again: int
    included: Mapping[Group, int] = field(default_factory=dict)
    excluded: Mapping[Group, int] = field(default_factory=dict)
    waiting: Mapping[Group, int] = field(default_factory=dict)
    kept: int
    out: int
    before: int
    after: int

    @property
    def seen(self) -> int:
        """Records that all sources gave."""
        return sum(f.seen for f in self.found)

    @property
    def unmatched(self) -> int:
        """Records that no topic matched."""
        return sum(f.unmatched for f in self.found)

    @property
    def known(self) -> int:
        """Records of works that were known already, or given twice."""
        return sum(f.known for f in self.found)

    @property
    def added(self) -> int:
        """Works that came into the review in this period."""
        return sum(self.included.values()) - self.kept


def _found(source: str, nights: list[Night]) -> Found:
    seen = unmatched = known = 0
    for night in nights:
        matched = min(night.matched, night.seen)
        seen += night.seen
        unmatched += night.seen - matched
        known += max(0, matched - night.new)
    return Found(
        source=source,
        nights=len(nights),
        failed=sum(not n.complete for n in nights),
        seen=seen,
        unmatched=unmatched,
        known=known,
        new=seen - unmatched - known,
    )


def flow(journal: Journal, period: Period) -> Flow:
    """What happened to every record in the period; a work is where it stood on the period's last day."""
    asked: defaultdict[str, list[Night]] = defaultdict(list)
    for night in journal.nights:
        if period.holds(night.night[:_DAY]):
            asked[night.source].append(night)
    found = tuple(_found(source, asked[source]) for source in sorted(asked))
    events, before, after = journal.within(period)
    first: dict[Identifier, Event] = {}
    last: dict[Identifier, Event] = {}
    for event in events:
        first.setdefault(event.work.subject, event)
        last[event.work.subject] = event
    was = {s: e.work.standing[e.at - 1].verdict for s, e in first.items() if e.at}
    ends: Counter[Group] = Counter(group(e.decision) for e in last.values())
    new, judged = sum(f.new for f in found), len(last) - len(was)
    still = [s for s, e in last.items() if e.decision.verdict is Verdict.INCLUDE and was.get(s) is Verdict.INCLUDE]
    gone = [s for s, e in last.items() if e.decision.verdict is not Verdict.INCLUDE and was.get(s) is Verdict.INCLUDE]

    def rows(verdict: Verdict) -> dict[Group, int]:
        return {g: n for g, n in sorted(ends.items(), key=lambda x: (-x[1], x[0])) if g.verdict is verdict}

    return Flow(
        period=period,
        found=found,
        elsewhere=max(0, judged - new),
        unjudged=max(0, new - judged),
        judged=judged,
        again=len(was),
        included=rows(Verdict.INCLUDE),
        excluded=rows(Verdict.EXCLUDE),
        waiting=rows(Verdict.WAIT),
        kept=len(still),
        out=len(gone),
        before=before,
        after=after,
    )
