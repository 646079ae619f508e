"""Ways to candidates, and the windows they are asked for; which of them a night may believe.

A harvest is whole, or nothing is taken from it. One that is whole and has far too little is suspicious, and nothing is taken
from that either: the next way is tried, and the next night asks for the same window again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import arrivals, breaker
from .errors import Incomplete, SourceError, Throttled
from .harvest import Batch
from .model import Identifier, Night
from .screen import topics
from .tally import Gathered, gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .corpus import Corpus
    from .judgement import Review
    from .scope import Scope

OVERLAP = {"oai": 7, "api": 30}
"""Days that a window reaches back behind the last complete one: arXiv's paging skips records, and
holds papers for weeks before it announces them; only harvesting twice finds them."""

LOOK_BACK = 45
"""Days that the window reaches back once a week, when it is also held against the list of identifiers."""

WEEK = 7
"""Days between two of those nights."""

BELIEVED = 7
"""After so many suspicious nights in a row that say the same, it is believed: then there is less to find, and the record says so."""

RECONCILE = "reconcile"
"""What the record of nights calls the comparison with the list of identifiers."""

Lookup = Callable[[Sequence[str]], Iterable[Batch]]
"""Asks arXiv for works by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to candidates: its name, and a function from (scope, since, until) to verified batches.

    `listed` gives the identifiers of all that changed in a window, topic or not, where the route has such a list.
    `probe` is told whether the source has been away and is to be asked once, without patience.
    """

    name: str
    batches: Callable[[Scope, str, str], Iterable[Batch]]
    listed: Callable[[Scope, str, str], frozenset[Identifier]] | None = None
    probe: Callable[[bool], None] = lambda away: None


def watermark(corpus: Corpus, route: str) -> str:
    """The day up to which everything has been harvested by this route, or by OAI-PMH, which sees everything; '' if never."""
    return max((n.watermark for n in corpus.nights if n.complete and n.source in {"oai", route}), default="")


def window(corpus: Corpus, scope: Scope, route: str) -> str:
    """Where the next harvest by this route starts, an ISO date: the last complete watermark less the overlap, or the scope's first day."""
    mark = watermark(corpus, route)
    return (date.fromisoformat(mark) - timedelta(days=OVERLAP[route])).isoformat() if mark else scope.harvest.since


def reconciling(corpus: Corpus, route: Route, on: str) -> bool:
    """Whether this night looks further back: a week after it was last done, or after the first harvest."""
    if route.listed is None:
        return False
    done = [n.night for n in corpus.nights if n.source == RECONCILE and n.complete]
    first = min((n.night for n in corpus.nights if n.source == route.name and n.complete and n.watermark), default="")
    last = max(done, default=first)
    return bool(last) and (date.fromisoformat(on) - date.fromisoformat(last)).days >= WEEK


def harvest(
    review: Review,
    corpus: Corpus,
    routes: Sequence[Route],
    since: str,
    until: str,
    at: str,
    progress: Callable[[str, int], None],
) -> Iterator[tuple[Night, Gathered] | SourceError]:
    """Try the routes in order until one can be believed; every failure is yielded, with its line for the record. `at` is the time, ISO."""
    absent = breaker.away(corpus.nights, review.on)
    for route in routes:
        route.probe(route.name in absent)
        usual = not since and not until and route.name in OVERLAP
        start = since or (window(corpus, review.scope, route.name) if route.name in OVERLAP else "")
        if usual and reconciling(corpus, route, review.on):
            start = max(review.scope.harvest.since, min(start, (date.fromisoformat(review.on) - timedelta(days=LOOK_BACK)).isoformat()))
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
        if usual and watermark(corpus, route.name) and got.watermark:
            stamps = got.stamps if route.name == "oai" else {}
            why = arrivals.suspicion(corpus, start, arrivals.moment(at, got.watermark), len(got.candidates), stamps)
            if why and not _believed(corpus, route, review.on):
                yield replace(blank, seen=got.seen, outcome=f"{arrivals.SUSPICIOUS}{why}"), Gathered()
                yield Incomplete(f"{route.name} is whole, but it has {why}: suspicious, so nothing is taken from it")
                continue
            got.doubt = f"few, and believed after {BELIEVED} nights: {why}" if why else ""
        yield blank, got
        return


def _believed(corpus: Corpus, route: Route, on: str) -> bool:
    past = sorted((n for n in corpus.nights if n.source == route.name and n.night < on), reverse=True)
    return arrivals.in_a_row(n.outcome for n in past) >= BELIEVED


def reconcile(review: Review, route: Route, night: Night, got: Gathered, lookup: Lookup) -> tuple[Gathered, Night]:
    """Hold a harvest against the list of all identifiers in its window, and fetch what it should have had; with the line for the record.

    A list of records is read in many pages, and arXiv can skip one that changes in between; that of identifiers takes a few.
    """
    line = replace(night, source=RECONCILE)
    extra = Gathered()
    assert route.listed
    try:
        listed = route.listed(review.scope, night.since, night.until)
        missing = sorted(i.value for i in listed - got.listed)
        for batch in lookup(missing) if missing else ():
            extra.seen += len(batch.candidates)
            extra.candidates += batch.candidates
            extra.refused += batch.refused
    except SourceError as error:
        return Gathered(), replace(line, outcome=f"incomplete: {error}"[:400])
    said = f"complete; {len(listed)} listed, {len(missing)} of them were missing"
    return extra, replace(line, seen=len(listed), matched=extra.seen, outcome=said)
