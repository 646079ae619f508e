"""Ask the sources who cites whom, a few papers a night, so that a corpus of any size is covered in turn.

What is never asked for comes first, the newest before; then what was asked for long ago, the most cited before. A paper is
asked for again after half the age that it had, since old lists seldom change. There is no cursor but
`bib/references/`, so any night may fail, be repeated or left out. Sources know nothing of each other, and what goes
wrong with one is a line in its record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from math import log2
from typing import TYPE_CHECKING, Final, Protocol

from . import breaker
from .citations import FAILED, Listed, forward
from .errors import LivreError, Throttled
from .model import Identifier, Night
from .union import Held, Merged, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .citations import Reference
    from .corpus import Corpus
    from .edges import Edges
    from .model import Paper, ReferenceList

ROUTE: Final = "link:"
"""What stands before a source's name in the record of nights: these ask who cites whom and harvest nothing."""
IN_A_ROW: Final = 3
"""Failures, one after the other, after which a source is left alone for the night."""
SOONEST, LATEST = 14, 365
"""Days after which a list is asked for again, at least and at most."""
AGAIN: Final = 120
"""Days after which it is asked again who cites a paper."""
PART: Final = 4
"""Of the papers that a source may be asked for, one in so many may be asked for who cites it."""
_UNANSWERED: Final = 8.0
"""How much longer than it is a failed question counts as waiting."""


class Source(Protocol):
    """A source of reference lists.

    `batch` papers make one question. Only a `published` source's edges may be kept. A source with `versions` has the
    paper's own list, which changes with a new version only.
    """

    @property
    def name(self) -> str: ...
    @property
    def batch(self) -> int: ...
    @property
    def published(self) -> bool: ...
    @property
    def versions(self) -> bool: ...

    def asks(self, paper: Paper) -> bool:
        """Whether it could know this paper."""
        ...

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """One answer for each paper, in order; a SourceError instead of the first that does not come."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a source that is only compared with knows of papers whose edges are known.

    Of its references with an identifier, `both` are edges here too, `missing` are not; `extra` edges are not among its.
    """

    papers: int
    both: int
    missing: int
    extra: int

    @property
    def share(self) -> float:
        """The part of its references that is known here, 0 to 1; 1 when it has none."""
        return self.both / (self.both + self.missing) if self.both + self.missing else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of asking one source: papers asked for and answered, references listed and with an identifier, edges."""

    source: str
    asked: int = 0
    answered: int = 0
    listed: int = 0
    known: int = 0
    added: int = 0
    changed: int = 0
    deleted: int = 0
    held: Held | None = None
    failed: tuple[str, ...] = ()
    stopped: str = ""
    compared: Compared | None = None

    @property
    def outcome(self) -> str:
        """For the record of nights: `complete`, or why it is not."""
        parts = [f"incomplete: {self.stopped}" if self.stopped else "complete"]
        if self.failed:
            parts.append(f"{len(self.failed)} failed" if self.stopped else f"{len(self.failed)} failed: {'; '.join(self.failed)}")
        if self.held:
            parts.append(str(self.held))
        return "; ".join(parts)[:400]

    def night(self, on: str) -> Night:
        """The line for the record of nights: asked for, answered, edges new and changed."""
        return Night(
            night=on,
            source=ROUTE + self.source,
            seen=self.asked,
            matched=self.answered,
            new=self.added,
            updated=self.changed + self.deleted,
            outcome=self.outcome,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The edges with what the sources said, a report for each source, and the lines for the record of nights."""

    edges: Edges
    reports: tuple[Report, ...]
    nights: tuple[Night, ...]


def _day(paper: Paper) -> date:
    """The day a paper appeared: the first of the month or year where no more is known."""
    text = paper.versions[0].on if paper.versions else paper.date or paper.added or "1991"
    return date.fromisoformat(f"{text}-01-01"[: len("2025-03-14")] if len(text) == len("2025") else f"{text}-01"[: len("2025-03-14")])


def waits(paper: Paper, told: ReferenceList, on: date, *, versions: bool = False) -> bool:
    """Whether it is too early, on this day, to ask for this paper's list again."""
    asked = date.fromisoformat(told.asked)
    age = max(0, (asked - _day(paper)).days)
    if told.outcome.startswith(FAILED):
        return (on - asked).days < 1 + age // 50  # the next night, but for what has failed for years
    if forward(told.source):
        return (on - asked).days < AGAIN
    if versions:
        return asked >= on or told.asked > max((v.on for v in paper.versions), default="")
    return (on - asked).days < min(max(age // 2, SOONEST), LATEST)


def allowed(source: Source, budget: int) -> int:
    """For how many papers this source may be asked in a day whose budget is so many."""
    return -(-budget // PART) if forward(source.name) else budget


def due(corpus: Corpus, edges: Edges, source: Source, on: str) -> list[Paper]:
    """The papers that this source should be asked for on the day `on`, the most urgent first."""
    today = date.fromisoformat(on)
    cited = Counter(row.cited for row in edges)
    fresh: list[tuple[str, str, Paper]] = []
    again: list[tuple[float, str, Paper]] = []
    for key, paper in corpus.papers.items():
        if not source.asks(paper):
            continue
        told = next((row for name in paper.identifiers if (row := edges.list_of(name, source.name))), None)
        if told is None:
            fresh.append((_day(paper).isoformat(), key, paper))
        elif not waits(paper, told, today, versions=source.versions):
            many = 0 if forward(source.name) else sum(cited[i] for i in paper.identifiers)
            weight = _UNANSWERED if told.outcome.startswith(FAILED) else 1 + log2(1 + many)
            again.append((-weight * (today - date.fromisoformat(told.asked)).days, key, paper))
    fresh.sort(key=lambda item: item[:2], reverse=True)
    again.sort(key=lambda item: item[:2])
    return [paper for *_, paper in (*fresh, *again)]


def _asked(edges: Edges, source: Source, on: str) -> int:
    """How many papers this source has already been asked for today."""
    return sum(row.source == source.name and row.asked == on for rows in edges.lists.values() for row in rows)


@dataclass(slots=True)
class _Answers:
    listed: list[Listed] = field(default_factory=list)
    stopped: str = ""


def _questions(source: Source, papers: Sequence[Paper], patience: int, progress: Callable[[str, int], None]) -> _Answers:
    """Everything a source answers about these papers, until it asks us to go away or fails too often in a row (`patience`)."""
    got, failures, at = _Answers(), 0, 0
    while at < len(papers):
        some = papers[at : at + source.batch]
        came = 0
        try:
            for listed in source.ask(some):
                got.listed.append(listed)
                came += 1
                failures = 0
            at += len(some)
        except Throttled as error:
            got.stopped = str(error)
            return got
        except LivreError as error:  # whatever it is, it must not fail the night
            missed = some[min(came, len(some) - 1)].primary
            at += came + 1
            failures += 1
            got.listed.append(Listed(citing=missed, source=source.name, outcome=f"{FAILED}{error}"))
            if failures == patience:
                got.stopped = f"{failures} failures in a row, the last: {error}"
                return got
        progress(ROUTE + source.name, at)
    return got


def _matched(listed: Listed, match: Callable[[Reference], Identifier | None] | None) -> Listed:
    """The list with identifiers for those references without one that mean a paper of the corpus beyond doubt."""
    if match is None:
        return listed
    references = (replace(r, identifiers=(i,)) if not r.identifiers and (i := match(r)) else r for r in listed.references)
    return replace(listed, references=tuple(references))


def _compare(listed: Sequence[Listed], edges: Edges, corpus: Corpus) -> Compared:
    """Hold a source's lists against the edges of the same papers."""

    def work(identifiers: Sequence[Identifier]) -> Identifier:
        record = corpus.find(identifiers)
        return record.primary if record else identifiers[0]

    papers = both = missing = extra = 0
    for one in listed:
        if rows := edges.citations.get(one.citing):
            ours = {work([row.cited]) for row in rows}
            # Each of its references has several names, and ours may be any of them.
            theirs = {next((i for i in r.identifiers if i in ours), work(r.identifiers)) for r in one.references if r.identifiers}
            papers, both, missing, extra = papers + 1, both + len(ours & theirs), missing + len(theirs - ours), extra + len(ours - theirs)
    return Compared(papers=papers, both=both, missing=missing, extra=extra)


def _report(source: Source, got: _Answers, merged: Merged, compared: Compared | None) -> Report:
    name, answers = source.name, [x for x in got.listed if not x.outcome.startswith(FAILED)]
    return Report(
        source=name,
        asked=len(got.listed),
        answered=sum(bool(x.listed) for x in answers),
        listed=sum(x.listed for x in answers),
        known=sum(bool(r.identifiers) for x in answers for r in x.references),
        added=merged.added.get(name, 0),
        changed=merged.changed.get(name, 0),
        deleted=merged.deleted.get(name, 0),
        held=next((h for h in merged.held if h.source == name), None),
        failed=tuple(f"{x.citing}: {x.outcome.removeprefix(FAILED)}" for x in got.listed if x.outcome.startswith(FAILED)),
        stopped=got.stopped,
        compared=compared,
    )


def link(
    corpus: Corpus,
    edges: Edges,
    sources: Sequence[Source],
    *,
    on: str,
    budget: int,
    match: Callable[[Reference], Identifier | None] | None = None,
    again: bool = False,
    force: bool = False,
    progress: Callable[[str, int], None] = lambda step, done: None,
) -> Linked:
    """Ask each source for up to `budget` papers (see `allowed`) on the day `on` (ISO date), what it was asked today included.

    A source that was stopped today is left alone until another day unless `again`; one that has been away for nights is after the
    first failure. `match` names the paper that a reference without an identifier means, or None. `force`: delete what would be
    held. Nothing that a source does raises.
    A second call on the same day, with the record of the first, asks nothing and changes nothing.
    """
    left_alone = {n.source for n in corpus.nights if n.night == on and not n.complete}
    away = breaker.away(corpus.nights, on)
    reports, nights = list[Report](), list[Night]()
    for source in sources:
        if ROUTE + source.name in left_alone and not again:
            reports.append(Report(source=source.name, stopped="it was stopped earlier today, and is left for another night"))
            continue
        papers = due(corpus, edges, source, on)[: max(0, allowed(source, budget) - _asked(edges, source, on))]
        got = _questions(source, papers, 1 if ROUTE + source.name in away else IN_A_ROW, progress)
        got.listed = [_matched(one, match) for one in got.listed]
        if not source.published:
            reports.append(_report(source, got, Merged(edges=edges), _compare(got.listed, edges, corpus)))
            continue
        merged = merge(edges, got.listed, corpus, on, force=force)
        edges = merged.edges
        reports.append(_report(source, got, merged, None))
        if got.listed or got.stopped:
            nights.append(reports[-1].night(on))
    return Linked(edges=edges, reports=tuple(reports), nights=tuple(nights))
