"""Follow the citations for a night: ask the sources who cites whom, and look at what the review misses by what they say.

A work outside the corpus that many papers cite, or that cites much of its core, becomes a candidate and goes through the
same screening as any other (snowballing, backward and forward). One that no topic matches is kept as excluded for that
reason, so that it is not asked for every night, and readers can see it. Papers that came tonight wait until tomorrow, so
that a night run again asks nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .centre import ROUTE, Centre, missed
from .citations.match import Titles
from .link import link
from .merge import merge
from .model import Decision, Night, Verdict
from .resolve import resolve
from .tally import gather_what_comes, line_of
from .whom import central, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .corpus import Corpus
    from .edges import Edges
    from .harvest import Batch
    from .judgement import Review
    from .link import Report, Source
    from .model import Candidate, Change

MOST = 100
"""Works that are looked up in one night: one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The corpus and the edges after a night of citations, a report and a line for each source, and the line of snowballing."""

    corpus: Corpus
    edges: Edges
    changes: tuple[Change, ...] = ()
    nights: tuple[Night, ...] = ()
    line: Night | None = None
    reports: tuple[Report, ...] = ()


def _no_topic(candidate: Candidate, on: str, why: str) -> Decision:
    why = f"no topic matches; {why}"
    return Decision(subject=candidate.primary, on=on, verdict=Verdict.EXCLUDE, criterion="no-topic", score=0.99, by="rules", why=why)


def follow(
    review: Review,
    corpus: Corpus,
    edges: Edges,
    of: Centre,
    sources: Sequence[Source],
    lookup: Callable[[Sequence[str]], Iterable[Batch]] | None,
    *,
    budget: int,
    progress: Callable[[str, int], None] = lambda step, done: None,
) -> Followed:
    """Ask each source for `budget` papers, and who cites the core, and look up what the citations lead to, newest knowledge first.

    No source is able to fail the night: what goes wrong is in the lines. The same night again asks nothing twice, and looks nothing
    up once it has.
    """
    linked = link(
        corpus,
        edges,
        central(settled(sources, review.on), of),
        on=review.on,
        budget=budget,
        match=Titles.of(corpus.papers.values()).find,
        progress=progress,
    )
    nights = linked.nights
    leads = missed(corpus, linked.edges, of, review.scope.snowball)
    why = {m.identifier: f"{ROUTE}: {m.why}" for m in leads if m.identifier.scheme == "arxiv"}
    done = any(n.night == review.on and n.source == ROUTE and n.complete for n in corpus.nights)
    if lookup is None or not why or done:
        return Followed(corpus=corpus, edges=linked.edges, nights=nights, reports=linked.reports)
    got, failure = gather_what_comes(lookup([i.value for i in why][:MOST]), ROUTE, progress)

    def judge(candidate: Candidate, stored: Candidate | None, last: Decision | None) -> Decision:
        reason = next((why[i] for i in candidate.identifiers if i in why), f"{ROUTE}: found by its citations")
        decision = review.judge(candidate, stored, last)
        return replace(decision, why=f"{decision.why}; {reason}") if decision else _no_topic(candidate, review.on, reason)

    after, changes = merge(corpus, resolve(got.candidates), judge=judge, file=review.file, on=review.on)
    line = line_of(Night(night=review.on, source=ROUTE), got, corpus, after, changes)
    return Followed(
        corpus=after,
        edges=linked.edges,
        changes=changes,
        nights=nights,
        line=replace(line, outcome=failure or line.outcome),
        reports=linked.reports,
    )
