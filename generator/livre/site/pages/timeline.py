"""The timeline: papers over time, milestones in lanes, a page per year and one per month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...analyse import counts
from ...latex import plain
from ...model import Page
from .. import charts, milestones
from .linked import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...model import Paper
    from .review import Review

_SAMPLE, _LONGEST = 5, 40
_ONE_YEAR = 760
"""Width of the milestones of one year."""


def _mark(paper: Paper, review: Review) -> milestones.Mark:
    name = milestones.name(paper)
    return milestones.Mark(
        key=paper.key,
        lane=review.main[paper.key],
        date=paper.date,
        name=name,
        text=f"{name} ({charts.spoken(paper.date)}{', background' if paper.background else ''}): {plain(paper.title)}",
        background=paper.background,
        measured=not paper.milestone,
    )


def stacked(over: Sequence[str], papers: Sequence[Paper], review: Review) -> dict[str, Any]:
    """The numbers of a chart as a table, newest first."""
    values = counts.series(papers, over, lambda p: review.main[p.key])
    lanes = [lane for lane in review.lanes if lane.id in values]
    rows = [(at, [values[lane.id][i] for lane in lanes]) for i, at in enumerate(over)]
    return {"lanes": lanes, "rows": [(charts.spoken(at), row, sum(row)) for at, row in reversed(rows)]}


def _years(review: Review) -> tuple[str, ...]:
    """The years of the chart, without a gap: at most the last `_LONGEST`."""
    known = sorted(review.by_year)
    return tuple(str(y) for y in range(int(known[0]), int(known[-1]) + 1))[-_LONGEST:] if known else ()


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/timeline/`."""
    why = {p.key: said for p in review.all if (said := reason(p, review))}
    marked = [p for p in review.all if p.key in why]
    years = _years(review)
    return {
        "chart": review.chart(review.papers) if review.months else None,
        "as_of": charts.spoken(review.as_of),
        "table": stacked(review.months, review.papers, review),
        "legend": review.legend(review.papers),
        "by_year": review.chart(review.papers, years, height=190) if years else None,
        "years_table": stacked(years, review.papers, review),
        "lanes": milestones.swimlanes(review.lanes, (_mark(p, review) for p in marked)),
        "marks": [
            (
                lane,
                [(review.items[p.key], p.shorttitle or p.title, why[p.key]) for p in reversed(marked) if review.main[p.key] == lane.id],
            )
            for lane in review.lanes
            if any(review.main[p.key] == lane.id for p in marked)
        ],
        "measured": any(not p.milestone for p in marked),
        "partial": review.network.partial,
        "years": _zoom(review),
    }


def _zoom(review: Review) -> list[tuple[str, int]]:
    """The years with papers, newest first, and how many each has: the ways from one to the other."""
    return [(y, len(of)) for y, of in review.by_year.items()]


def _year(year: str, papers: tuple[Paper, ...], review: Review) -> dict[str, Any]:
    known = sorted(review.by_year)
    i = known.index(year)
    months = counts.by_month(papers)
    over = counts.months(f"{year}-01", min(f"{year}-12", max(review.open_month, max(months, default=""))))
    most = max((len(of) for of in months.values()), default=1)
    marked = [p for p in review.all if p.date[:4] == year and reason(p, review)]
    return {
        "year": year,
        "span": review.span,
        "years": _zoom(review),
        "total": len(papers),
        "chart": review.chart(papers, over),
        "legend": review.legend(papers),
        "table": stacked(over, papers, review),
        "open_month": review.open_month,
        "months": [(m, charts.spoken(m), len(of), round(100 * len(of) / most, 1), review.list(of[:_SAMPLE])) for m, of in months.items()],
        "undated": review.list(p for p in papers if not counts.month(p)),
        "lanes": milestones.swimlanes(review.lanes, (_mark(p, review) for p in marked), narrowest=_ONE_YEAR),
        "milestones": [(review.items[p.key], p.shorttitle or p.title, reason(p, review)) for p in marked],
        "earlier": known[i - 1] if i else "",
        "later": known[i + 1] if i + 1 < len(known) else "",
    }


def pages(review: Review) -> Iterator[Page]:
    """`/timeline/<year>/` and `/timeline/<year>-<month>/`, for every year and month with papers."""
    for year, papers in review.by_year.items():
        yield Page(path=f"timeline/{year}/", template="year.html", family="timeline", context=_year(year, papers, review))
    known = sorted(review.by_month)
    for i, month in enumerate(known):
        papers = review.by_month[month]
        lanes = [(lane, review.list(p for p in papers if review.main[p.key] == lane.id)) for lane in review.lanes]
        yield Page(
            path=f"timeline/{month}/",
            template="month.html",
            family="timeline",
            context={
                "month": month,
                "span": review.span,
                "spoken": charts.spoken(month),
                "total": len(papers),
                "open": month == review.open_month,
                "as_of": charts.spoken(review.as_of),
                "lanes": [(lane, of) for lane, of in lanes if of],
                "months": [(m, charts.spoken(m), len(review.by_month[m])) for m in known if m[:4] == month[:4]],
                "earlier": (known[i - 1], charts.spoken(known[i - 1])) if i else None,
                "later": (known[i + 1], charts.spoken(known[i + 1])) if i + 1 < len(known) else None,
            },
        )
