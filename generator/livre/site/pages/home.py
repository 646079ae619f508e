"""What the front page says by itself: how much there is, how fresh it is, what is new, and where to begin."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ...analyse import counts
from ...latex import encode
from .. import charts
from .categories import cards
from .linked import reason
from .since import arrivals

if TYPE_CHECKING:
    from ...model import Night
    from .review import Review

_NEWEST, _SURVEYS, _SHADES, _NIGHTS = 7, 6, 5, 5
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
        "facets": (facets[0].id, facets[1].id),
        "rows": facets[0].title,
        "columns": facets[1].title,
        "heads": [review.chip(r) for r in rows],
        "cells": [(review.chip(c), [(cells[r.id, c.id], shade(cells[r.id, c.id]), r.id, c.id) for r in rows]) for c in columns],
    }


def nights(review: Review) -> list[tuple[str, str, int, bool]]:
    """What the last nights changed, newest first: (day, as spoken, papers added, whether every source answered in full)."""
    ran: defaultdict[str, list[Night]] = defaultdict(list)
    for night in review.corpus.nights:
        if night.harvest:
            ran[night.night[:10]].append(night)
    last = sorted(ran.items(), reverse=True)[:_NIGHTS]
    return [(day, charts.spoken(day), sum(n.included for n in of), all(n.complete for n in of)) for day, of in last]


_COMMIT = 12
"""Characters of a commit that name it well enough in a citation."""


def own(review: Review) -> dict[str, str]:
    """What a citation of the review itself says, as text and as values of BibTeX fields: who keeps it, the day and the commit of its state.

    Names of curators stay as written, in braces: they may be a group's.
    """
    people = [c.name for c in review.scope.curators]
    return {
        "by": " & ".join(filter(None, [", ".join(people[:-1]), *people[-1:]])),
        "title": review.scope.title,
        "day": review.as_of,
        "year": review.as_of[:4],
        "said": charts.spoken(review.as_of),
        "commit": review.kept.commit[:_COMMIT],
        "bibtex_by": " and ".join(f"{{{encode(name)}}}" for name in people),
        "bibtex_title": encode(review.scope.title),
    }


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/`, below the chapter's own words."""
    survey = next((review.taxonomy.categories[c] for c in _SURVEY if c in review.taxonomy.categories), None)
    surveys = review.by_category[survey.id] if survey else ()
    return {
        "total": len(review.papers),
        "arrivals": arrivals(review.papers),
        "authors": len(review.counted_authors),
        "categories": len(review.taxonomy.categories),
        "decided": len(review.corpus.decisions),
        "month": charts.spoken(review.open_month) if review.open_month else "",
        "this_month": len(review.by_month.get(review.open_month, ())),
        "newest": review.list(review.papers[:_NEWEST]),
        "surveys": review.list(surveys[:_SURVEYS]),
        "milestones": any(reason(p, review) for p in review.all),
        "survey": review.chip(survey) if survey and surveys else None,
        "chart": review.chart(review.papers, height=200) if review.months else None,
        "as_of": charts.spoken(review.as_of),
        "legend": review.legend(review.papers),
        "facets": cards(review),
        "matrix": matrix(review),
        "nights": nights(review),
        "own": own(review),
    }
