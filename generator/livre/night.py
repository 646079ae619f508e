"""One night: harvest → resolve → screen → file → merge → inbox → abstracts → citations → rounds → verify → save.

Everything from outside (routes to arXiv, the clock) is an argument; the only effect is one `save`.
A source that cannot be trusted changes nothing but the night's record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import edges, facts, follow, intake, refresh, rounds, summary
from .centre import centre, cites_core
from .corpus import Corpus, history, load, tree
from .delivery import deliver
from .errors import SourceError, Throttled
from .guard import guard
from .harvest import Batch
from .model import Candidate, Change, Decision, Night, Verdict
from .save import save, writer
from .screen import topics
from .tally import Gathered, gather, gather_what_comes, line_of, new_decisions, record, stamped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .judgement import Review
    from .link import Source
    from .model import Problem
    from .proposal import Proposed
    from .scope import Scope

OVERLAP = {"oai": 7, "api": 30}
"""Days that a window reaches back behind the last complete one: arXiv's paging skips records, and
holds papers for weeks before it announces them; only harvesting twice finds them."""

ABSTRACTS = 5000
"""Most abstracts to fetch in one night: fifty requests."""

BUDGET = 20
"""Papers that each source of citations is asked for in one night, unless told otherwise."""


Lookup = Callable[[Sequence[str]], Iterable[Batch]]
"""Asks arXiv for works by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to candidates: its name, and a function from (scope, since, until) to verified batches."""

    name: str
    batches: Callable[[Scope, str, str], Iterable[Batch]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a night did, for the terminal and for programs."""

    nights: tuple[Night, ...]
    decisions: tuple[Decision, ...] = ()
    changes: tuple[Change, ...] = ()
    files: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    failure: SourceError | None = None
    papers: int = 0
    proposed: tuple[Proposed, ...] = ()
    applied: tuple[str, ...] = ()
    held: tuple[Problem, ...] = ()

    def by_criterion(self) -> Counter[tuple[str, str]]:
        """How many decisions of this night rest on each (verdict, criterion)."""
        return Counter((d.verdict.value, d.criterion) for d in self.decisions)


def watermark(corpus: Corpus, route: str) -> str:
    """The day up to which everything has been harvested by this route, or by OAI-PMH, which sees everything; '' if never."""
    return max((n.watermark for n in corpus.nights if n.complete and n.source in {"oai", route}), default="")


def window(corpus: Corpus, scope: Scope, route: str) -> str:
    """Where the next harvest by this route starts, an ISO date: the last complete watermark less the overlap, or the scope's first day."""
    mark = watermark(corpus, route)
    return (date.fromisoformat(mark) - timedelta(days=OVERLAP[route])).isoformat() if mark else scope.harvest.since


def _abstracts(
    review: Review, corpus: Corpus, lookup: Lookup, progress: Callable[[str, int], None]
) -> tuple[Corpus, tuple[Change, ...], Night | None]:
    """Fetch missing abstracts, newest first. Every request stands alone, so those before a failure count."""
    records = (*corpus.papers.values(), *corpus.candidates.values())
    missing = sorted((c.identifier("arxiv") for c in records if not c.abstract and c.identifier("arxiv")), reverse=True)
    if not missing:
        return corpus, (), None
    left = len(missing) - ABSTRACTS
    got, failure = gather_what_comes(lookup(missing[:ABSTRACTS]), "abstracts", progress)
    if not failure and left > 0:
        failure = f"incomplete: {left} are left for the next night"
    after, changes = review.merge(corpus, got.candidates)
    line = line_of(Night(night=review.on, source="abstracts"), got, corpus, after, changes)
    return after, changes, replace(line, outcome=failure or line.outcome)


def _called_in(corpus: Corpus) -> Iterator[Candidate]:
    """Candidates that somebody has decided to include since the last night."""
    for candidate in corpus.candidates.values():
        past = history(corpus, candidate)
        if past and past[-1].verdict is Verdict.INCLUDE:
            yield candidate


def _harvest(
    review: Review, corpus: Corpus, routes: Sequence[Route], since: str, until: str, progress: Callable[[str, int], None]
) -> Iterator[tuple[Night, Gathered] | SourceError]:
    """Try the routes in order until one is complete; every failure is yielded, with its line for the record."""
    for route in routes:
        start = since or (window(corpus, review.scope, route.name) if route.name in OVERLAP else "")
        blank = Night(night=review.on, source=route.name, since=start, until=until)
        try:
            got = gather(
                route.batches(review.scope, start, until),
                lambda c: corpus.find(c.identifiers) is not None or bool(topics(c, review.scope)),
                progress,
            )
        except SourceError as error:
            yield replace(blank, outcome=f"incomplete: {error}"[:400]), Gathered()
            yield error
            if isinstance(error, Throttled):
                return
            continue
        yield blank, got
        return


def run(
    bib: Path,
    *,
    routes: Sequence[Route],
    lookup: Lookup | None,
    on: str,
    ask: facts.Ask | None = None,
    sources: Sequence[Source] = (),
    budget: int = BUDGET,
    summaries: summary.Endpoint | None = None,
    since: str = "",
    until: str = "",
    dry_run: bool = False,
    force: bool = False,
    apply: bool = False,
    at: Callable[[], str] = lambda: "",
    progress: Callable[[str, int], None] = lambda step, done: None,
) -> Report:
    """Run one night over the review in `bib` on the day `on` (ISO date) and save what it brought.

    Routes are tried in order; the first complete one counts. `lookup` fetches works by their arXiv id; `ask` says what is known of
    works that the inbox names, by default only what `lookup` does. The failure of all of them is in
    `Report.failure`, and only the night's record is saved. Each of the `sources` of citations is asked for `budget`
    papers, the endpoint of `summaries` for a few of its own. `apply` does all that changed rules propose, however much.
    `at` gives the time (UTC, ISO) that the lines of the record bear. Raises BadData, BrokenInvariant, CannotWrite.
    """
    with writer(bib):
        before = load(bib)
        known = edges.load(bib)
        middle = centre(before, known, before=on)
        # Who asks for everything to be judged again wants all that is known by now; a night on its own learns from the days before.
        learned = (date.fromisoformat(on) + timedelta(days=apply)).isoformat()
        evidence = rounds.learn(bib, before, on, until=learned, core=cites_core(known, middle))
        review = evidence.review
        after, changes, refused = before, tuple[Change, ...](), tuple[str, ...]()
        failure: SourceError | None = None
        for step in _harvest(review, before, routes, since, until, progress):
            if isinstance(step, SourceError):
                failure = step
                continue
            blank, got = step
            if not blank.complete:  # what this night brought before it failed is still what it brought
                after = replace(after, nights=record(after.nights, blank, changed=False))
                continue
            failure, refused = None, tuple(got.refused)
            merged, changes = review.merge(after, (*got.candidates, *_called_in(after)))
            line = line_of(blank, got, after, merged, changes)
            if until or (since and since > (watermark(before, blank.source) or review.scope.harvest.since)):
                line = replace(line, watermark="")  # a window with a gap before or after it proves nothing about what lies there
            after = replace(merged, nights=record(after.nights, line, changed=merged != after))
        if failure is None and lookup is not None:
            merged, more, extra = _abstracts(review, after, lookup, progress)
            changes = (*changes, *more)
            after = replace(merged, nights=record(after.nights, extra, changed=merged != after)) if extra else merged
        made, brought, also = rounds.Round(corpus=after), intake.Outcome(corpus=after), dict[str, bytes | None]()
        if failure is None:
            guard(before, after, on=on, attended=force)
            brought = deliver(review, after, bib, ask or (facts.ask(lookup) if lookup else None))
            guard(after, brought.corpus, on=on, attended=True)  # what people ask for is never too much
            found = follow.follow(review, brought.corpus, known, middle, sources, lookup, budget=budget, progress=progress)
            nights = refresh.recorded(found.corpus.nights, found.nights)
            if found.line:
                nights = record(nights, found.line, changed=found.corpus != brought.corpus)
            after = replace(found.corpus, nights=nights)
            made = rounds.close(after, evidence, bib, apply=apply)
            after, changes = made.corpus, (*changes, *brought.changes, *found.changes, *made.changes)
            told, wrote = summary.add(after, summary.load(bib), summaries, on=on, progress=progress)
            if wrote:
                after = replace(after, nights=record(after.nights, wrote, changed=bool(told)))
            also = {**made.files, **edges.changes(known, found.edges, after), **told, **dict.fromkeys(brought.emptied)}
        guard(before if failure else brought.corpus, after, on=on, attended=force or apply)
        after = replace(after, nights=stamped(before.nights, after.nights, at()))
        files = save(bib, tree(after), read=before.read, also=also, dry_run=dry_run)
    return Report(
        nights=tuple(n for n in after.nights if n not in before.nights),
        decisions=new_decisions(before, after),
        changes=changes,
        files=files,
        refused=refused,
        failure=failure,
        papers=len(after.papers),
        proposed=made.proposed,
        applied=tuple(c.path for c in brought.applied),
        held=brought.held,
    )
