"""The flow of records as a diagram, a list and its pages: of all time, of every year, of every night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...analyse.flow import FINDS_NOTHING, Period, flow
from ...model import Page, Verdict
from .. import charts
from ..prisma import Box, Row, Stage, narrow, wide
from .records import FAMILY, Lists, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...analyse.flow import Flow, Found, Group
    from ...model import Night
    from ..prisma import Diagram
    from .review import Review

_SOURCES = {
    "oai": "arXiv, by OAI-PMH",
    "api": "arXiv, by its API",
    "feed": "a file of records",
    "import": "identified by import",
    "inbox": "contributions of readers",
}
_ROWS = 12
NOT_KEPT = "methods/#not-kept"
"""Where it is said why the records of no topic have no list."""
NIGHTS = "methods/#flow-years"
RECORDS = "methods/#records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One flow ready to be shown: its words, its two diagrams and the same as stages for a list."""

    id: str
    title: str
    text: str
    wide: Diagram
    narrow: Diagram
    stages: tuple[Stage, ...]


def source(name: str) -> str:
    """A source of records in words."""
    return _SOURCES.get(name, name)


def href(period: str) -> str:
    """The address below the site's of the flow of a period."""
    return f"methods/flow/{period}/" if period else "methods/#flow"


def _of(found: Found, period: Period, nights: Mapping[str, str]) -> str:
    """Where the nights in which a source was asked are listed."""
    if period.id:
        return f"{href(period.id)}#nights"
    return f"{href(nights[found.source])}#nights" if found.nights == 1 else NIGHTS


def _rows(groups: Mapping[Group, int], period: Period, lists: Lists) -> tuple[Row, ...]:
    rows = [Row(label=short(g, lists.review), count=n, href=lists.href(g, period.id)) for g, n in groups.items()]
    rest = sum(r.count for r in rows[_ROWS:])
    return (*rows[:_ROWS], *([Row(label="for other reasons", count=rest, href=RECORDS)] if rest else []))


def stages(of: Flow, lists: Lists, earlier: str = "") -> tuple[Stage, ...]:
    """The flow as boxes; `earlier` is the period before, whose page shows the version that this one started from."""
    review, period, here = lists.review, of.period, href(of.period.id)
    last = {n.source: n.night[:10] for n in review.corpus.nights}
    records = f"{here}#records" if period.id else RECORDS
    found = Box(
        label="Records identified",
        count=of.seen + of.elsewhere,
        href=f"{here}#nights" if period.id else NIGHTS,
        rows=(
            *(Row(label=source(f.source), count=f.seen, href=_of(f, period, last)) for f in of.found),
            *([Row(label="brought in by people", count=of.elsewhere, href=records)] if of.elsewhere else []),
        ),
    )
    removed = Box(
        label="Removed before screening",
        count=of.unmatched + of.known + of.unjudged,
        href=NOT_KEPT,
        rows=(
            Row(label="no topic matches", count=of.unmatched, href=NOT_KEPT),
            Row(label="known already, or given twice", count=of.known, href=NOT_KEPT),
            *([Row(label="judged on another day, or not yet", count=of.unjudged, href=NOT_KEPT)] if of.unjudged else []),
        ),
    )
    screened = Box(
        label="Works screened",
        count=of.judged + of.again,
        href=records,
        rows=(
            (
                Row(label="for the first time", count=of.judged, href=records),
                Row(label="again: new facts, rules or people", count=of.again, href=records),
            )
            if of.again
            else ()
        ),
    )
    excluded = Box(label="Excluded", count=sum(of.excluded.values()), href=records, rows=_rows(of.excluded, period, lists))
    waiting = Box(
        label="Waiting, shown as provisional",
        count=sum(of.waiting.values()),
        href="new/#waiting" if not period.id else records,
        rows=_rows(of.waiting, period, lists),
    )
    included = Box(
        label="Included",
        count=sum(of.included.values()),
        href=records,
        rows=_rows(of.included, period, lists),
    )
    out = Box(label="Taken out again", count=of.out, href=records)
    before = Stage(main=Box(label="In the review before", count=of.before, href=href(earlier) if earlier else "papers/"))
    return (
        *([before] if period.id else []),
        Stage(main=found, sides=(removed,)),
        Stage(main=screened, sides=(excluded, waiting)),
        Stage(main=included, sides=(out,) if of.out else ()),
        Stage(main=_total(of, lists)),
    )


def _total(of: Flow, lists: Lists) -> Box:
    """The last box: the whole review; today's says what of it is counted, so that it agrees with the front page."""
    review = lists.review
    if of.period.id:
        kept = [Row(label="came in", count=of.added, href=f"{href(of.period.id)}#records")]
        kept += [Row(label="were in and stay, judged again", count=of.kept, href=f"{href(of.period.id)}#records")] if of.kept else []
        return Box(label="In the review after", count=of.after, href="papers/", rows=tuple(kept))
    background = sum(p.background for p in review.all)
    joining = of.after - len(review.all)
    return Box(
        label="In the review",
        count=of.after,
        href="papers/",
        rows=(
            Row(label="papers, counted everywhere", count=len(review.papers), href="papers/"),
            *([Row(label="background, counted nowhere", count=background, href="papers/#background")] if background else []),
            *([Row(label="decided by people, coming with the next night", count=joining, href=RECORDS)] if joining > 0 else []),
        ),
    )


def title(period: str) -> str:
    """A period as the title of its flow."""
    return f"Flow of records, {charts.spoken(period)}" if period else "Flow of records since the beginning"


def told(of: Flow, lists: Lists, earlier: str = "") -> Told:
    """A flow with its diagrams."""
    steps = stages(of, lists, earlier)
    text = (
        f"{of.seen + of.elsewhere:,} records identified, {of.unmatched + of.known + of.unjudged:,} removed before screening, "
        f"{of.judged + of.again:,} works screened, {sum(of.excluded.values()):,} excluded, {sum(of.waiting.values()):,} waiting, "
        f"{sum(of.included.values()):,} included."
    )
    if of.period.id:
        text += f" The review went from {of.before:,} to {of.after:,} works."
    return Told(id=of.period.id or "all", title=title(of.period.id), text=text, wide=wide(steps), narrow=narrow(steps), stages=steps)


def _lists_of(of: Flow, lists: Lists) -> list[tuple[str, int, str]]:
    """(title, works, address) of every list that the period has something in."""
    rows = {**of.included, **of.waiting, **of.excluded}
    verbs = {Verdict.INCLUDE: "Included", Verdict.WAIT: "Waiting", Verdict.EXCLUDE: "Excluded"}
    return [(f"{verbs[g.verdict]}: {short(g, lists.review)}", n, lists.href(g, of.period.id)) for g, n in rows.items()]


def _context(period: str, ids: tuple[str, ...], lists: Lists, runs: tuple[Night, ...], days: tuple[str, ...]) -> dict[str, Any]:
    """What a page of a period says; `ids` are all periods of its kind, newest first."""
    review, at = lists.review, ids.index(period)
    of = flow(review.journal, Period(id=period))
    later, earlier = (ids[at - 1] if at else ""), (ids[at + 1] if at + 1 < len(ids) else "")
    return {
        "period": period,
        "spoken": charts.spoken(period),
        "told": told(of, lists, earlier),
        "of": of,
        "lists": _lists_of(of, lists),
        "runs": [(n, source(n.source) if n.source not in FINDS_NOTHING else n.source) for n in runs],
        "days": [(d, charts.spoken(d)) for d in days],
        "later": (later, charts.spoken(later)) if later else None,
        "earlier": (earlier, charts.spoken(earlier)) if earlier else None,
        "year": period[:4] if len(period) > 4 else "",  # noqa: PLR2004 - a year has four digits
    }


def pages(review: Review) -> Iterator[Page]:
    """`/methods/flow/<year>/` and `/methods/flow/<night>/` for every year and night there is."""
    lists, days = Lists(review), review.journal.days
    years = tuple(sorted({d[:4] for d in days}, reverse=True))
    runs: dict[str, list[Night]] = {}
    for night in reversed(review.corpus.nights):
        runs.setdefault(night.night[:10], []).append(night)
        runs.setdefault(night.night[:4], []).append(night)
    for period in (*years, *days):
        own = tuple(d for d in days if d[:4] == period) if period in years else ()
        context = _context(period, years if period in years else days, lists, tuple(runs.get(period, ())), own)
        yield Page(path=href(period), template="flow.html", family=FAMILY, context=context)


def summary(review: Review) -> dict[str, Any]:
    """The flow since the beginning, the ways to those of years and last nights, and all lists."""
    lists, days = Lists(review), review.journal.days
    return {
        "told": told(flow(review.journal, Period()), lists),
        "years": sorted({d[:4] for d in days}, reverse=True),
        "last": [(d, charts.spoken(d)) for d in days[:7]],
        "listings": lists.listings(),
    }
