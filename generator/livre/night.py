"""One night: harvest → resolve → screen → file → merge → inbox → abstracts → citations → rounds → verify → save.

Everything from outside (routes to arXiv, the clock) is an argument; the only effect is one `save`.
Of a harvest that cannot be trusted nothing is taken but a line for the record; what people and the sources of citations
bring goes on without it, and what the review does of itself waits for a night that is whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import edges, facts, follow, refresh, rounds, summary
from .centre import centre, cites_core
from .corpus import Corpus, history, load, tree
from .delivery import deliver
from .errors import SourceError
from .guard import guard
from .intact import prove
from .model import Candidate, Change, Decision, Night, Verdict
from .routes import Lookup, Route, harvest, reconcile, reconciling, watermark, window
from .save import save, writer
from .tally import gather_what_comes, line_of, new_decisions, record, stamped, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .judgement import Review
    from .link import Source
    from .model import Problem
    from .proposal import Proposed

__all__ = ["BUDGET", "Lookup", "Report", "Route", "run", "watermark", "window"]

ABSTRACTS = 5000
"""Most abstracts to fetch in one night: fifty requests."""

BUDGET = 20
"""Papers that each source of citations is asked for in one night, unless told otherwise."""


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
    `Report.failure`; then only the record, the inbox and citations are saved. Each of the `sources` of citations is asked for `budget`
    papers, the endpoint of `summaries` for a few of its own. `apply` does all that changed rules propose, however much.
    `at` gives the time (UTC, ISO) that the lines of the record bear. Raises BadData, BrokenInvariant, CannotWrite.
    """
    with writer(bib):
        prove(bib)
        before = load(bib)
        known = edges.load(bib)
        middle = centre(before, known, before=on)
        # Who asks for everything to be judged again wants all that is known by now; a night on its own learns from the days before.
        learned = (date.fromisoformat(on) + timedelta(days=apply)).isoformat()
        evidence = rounds.learn(bib, before, on, until=learned, core=cites_core(known, middle))
        review = evidence.review
        after, changes, refused = before, tuple[Change, ...](), tuple[str, ...]()
        failure: SourceError | None = None
        started = at()
        for step in harvest(review, before, routes, since, until, started, progress):
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
            route = next(r for r in routes if r.name == blank.source)
            if lookup is not None and not since and not until and reconciling(before, route, on):
                missed, held_against = reconcile(review, route, blank, got, lookup)
                merged, more = review.merge(after, missed.candidates)
                line = tally(held_against, after, merged, more)
                after, changes = replace(merged, nights=record(after.nights, line, changed=merged != after)), (*changes, *more)
        if failure is None and lookup is not None:
            merged, more, extra = _abstracts(review, after, lookup, progress)
            changes = (*changes, *more)
            after = replace(merged, nights=record(after.nights, extra, changed=merged != after)) if extra else merged
        made = rounds.Round(corpus=after)
        guard(before, after, on=on, attended=force)
        if failure is not None:  # people and other sources do not wait for arXiv, which is not asked for anything else tonight
            ask, lookup, sources = None, None, [s for s in sources if s.name != "eprint"]
        elif ask is None and lookup is not None:
            ask = facts.ask(lookup)
        brought = deliver(review, after, bib, ask)
        guard(after, brought.corpus, on=on, attended=True)  # what people ask for is never too much
        found = follow.follow(review, brought.corpus, known, middle, sources, lookup, budget=budget, progress=progress)
        nights = refresh.recorded(found.corpus.nights, found.nights)
        if found.line:
            nights = record(nights, found.line, changed=found.corpus != brought.corpus)
        after, changes = replace(found.corpus, nights=nights), (*changes, *brought.changes, *found.changes)
        also: dict[str, bytes | None] = {**edges.changes(known, found.edges, after), **dict.fromkeys(brought.emptied)}
        if failure is None:
            made = rounds.close(after, evidence, bib, apply=apply)
            after, changes = made.corpus, (*changes, *made.changes)
            told, wrote = summary.add(after, summary.load(bib), summaries, on=on, progress=progress)
            if wrote:
                after = replace(after, nights=record(after.nights, wrote, changed=bool(told)))
            also = {**made.files, **edges.changes(known, found.edges, after), **told, **dict.fromkeys(brought.emptied)}
        guard(brought.corpus, after, on=on, attended=force or apply)
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
