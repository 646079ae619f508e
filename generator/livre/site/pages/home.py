"""What the front page says by itself: how much there is, how fresh it is, what is new, and where to begin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...analyse import counts
from .. import charts
from .categories import cards
from .linked import reason

if TYPE_CHECKING:
    from .review import Review

_NEWEST, _SURVEYS, _SHADES = 8, 5, 5
_SURVEY = ("surveys", "survey", "reviews")
"""What a category of surveys is called; the first that the taxonomy has is shown on the front page."""


def matrix(review: Review) -> dict[str, Any] | None:
    """The first two facets crossed, or None when there is only one.

    A cell is (papers, shade 0 to 5 by their square root, id of the first facet's category, id of the second's).
    """
    facets = review.taxonomy.facets
    if len(facets) < 2:  # noqa: PLR2004 - one facet has nothing to be crossed with
        return None
    rows, columns = ([c for c in review.taxonomy.of(f.id) if not c.parent] for f in facets[:2])
    cells = counts.together(review.papers, [r.id for r in rows], [c.id for c in columns], lambda p: review.filed[p.key])
    most = max(cells.values(), default=1)

    def shade(n: int) -> int:
        return math.ceil(_SHADES * math.sqrt(n / most))

    return {
        "rows": facets[0].title,
        "columns": facets[1].title,
        "heads": [review.chip(r) for r in rows],
        "cells": [(review.chip(c), [(cells[r.id, c.id], shade(cells[r.id, c.id]), r.id, c.id) for r in rows]) for c in columns],
    }


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/`, below the chapter's own words."""
    last = [n for n in review.corpus.nights if n.night[:10] == review.complete and n.source != "import"]
    survey = next((review.taxonomy.categories[c] for c in _SURVEY if c in review.taxonomy.categories), None)
    surveys = review.by_category[survey.id] if survey else ()
    return {
        "total": len(review.papers),
        "authors": len(review.counted_authors),
        "categories": len(review.taxonomy.categories),
        "decided": len(review.corpus.decisions),
        "month": charts.spoken(review.open_month) if review.open_month else "",
        "this_month": len(review.by_month.get(review.open_month, ())),
        "complete": charts.spoken(review.complete) if review.complete else "",
        "included": sum(n.included for n in last),
        "newest": review.list(review.papers[:_NEWEST]),
        "newest_date": charts.spoken(review.papers[0].date) if review.papers else "",
        "surveys": review.list(surveys[:_SURVEYS]),
        "milestones": any(reason(p, review) for p in review.all),
        "survey": review.chip(survey) if survey and surveys else None,
        "chart": review.chart(review.papers, height=200) if review.months else None,
        "as_of": charts.spoken(review.as_of),
        "legend": review.legend(review.papers),
        "facets": cards(review),
        "matrix": matrix(review),
    }
