"""A page per category, and all of them at a glance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...analyse import counts
from ...model import Page
from .following import crossing
from .fragment import Fragment
from .linked import standing_out
from .since import arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...taxonomy import Category
    from .. import charts
    from .item import Chip, Item
    from .review import Review

_LISTED, _EXAMPLES, _AUTHORS = 200, 3, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A category at a glance."""

    chip: Chip
    definition: str
    total: int
    recent: int
    before: int
    spark: charts.Spark
    children: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another category that shares papers with this one: how many, the newest of them, and the feed of these papers, or ''."""

    chip: Chip
    total: int
    newest: tuple[Item, ...]
    feed: str


def card(category: Category, review: Review) -> Card:
    """The category with its numbers and its children."""
    papers = review.by_category[category.id]
    recent, before = review.trend(papers)
    children = (c for c in review.taxonomy.of(category.facet) if c.parent == category.id)
    return Card(
        chip=review.chip(category),
        definition=category.definition,
        total=len(papers),
        recent=recent,
        before=before,
        spark=review.spark(papers),
        children=tuple(card(c, review) for c in children),
    )


def cards(review: Review) -> list[tuple[str, str, str, list[Card]]]:
    """(id, title, definition, cards of the top categories) of every facet."""
    return [
        (f.id, f.title, f.definition, [card(c, review) for c in review.taxonomy.of(f.id) if not c.parent]) for f in review.taxonomy.facets
    ]


def _beside(category: Category, review: Review) -> tuple[str, list[Beside]]:
    """The title of the facet that this one is crossed with, and its categories, most shared papers first."""
    facets = review.taxonomy.facets
    if len(facets) < 2:  # noqa: PLR2004 - one facet has nothing to be crossed with
        return "", []
    other = facets[1] if category.facet == facets[0].id else facets[0]
    out = []
    for one in (c for c in review.taxonomy.of(other.id) if not c.parent):
        shared = [p for p in review.by_category[category.id] if one.id in review.filed[p.key]]
        if shared:
            feed = crossing(category, one, review)
            out.append(Beside(chip=review.chip(one), total=len(shared), newest=review.list(shared[:_EXAMPLES]), feed=feed))
    return other.title, out


def context(category: Category, review: Review) -> dict[str, Any]:
    """What stands below a category's definition or chapter."""
    papers = review.by_category[category.id]
    known = review.taxonomy.categories
    crossed, beside = _beside(category, review)
    people = Counter(i for p in papers if len(p.authors) <= counts.CROWD for i in {review.who(p, n) for n in p.authors})
    ranked = sorted(((who, n) for who, n in people.items() if n > 1), key=lambda x: (-x[1], x[0]))[:_AUTHORS]
    return {
        "category": category,
        "card": card(category, review),
        "facet": next(f for f in review.taxonomy.facets if f.id == category.facet),
        "parent": review.chip(known[category.parent]) if category.parent else None,
        "siblings": [review.chip(c) for c in review.taxonomy.of(category.facet) if c.parent == category.parent],
        "as_of": review.as_of,
        "span": review.span,
        "arrivals": arrivals(papers),
        "chart": review.chart(papers) if papers else None,
        "legend": review.legend(papers),
        "standing_out": standing_out(papers, review),
        "partial": review.network.partial,
        "graph": "graph/" in review.chapters,
        "crossed": crossed,
        "beside": beside,
        "papers": review.list(papers[:_LISTED]),
        "years": [(y, len(of)) for y, of in counts.by_year(papers).items()],
        "background": review.list(review.background.get(category.id, ())),
        "authors": [(str(review.authors[who].name), who, n) for who, n in ranked],
    }


def pages(review: Review) -> Iterator[Page]:
    """`/categories/<id>/` for every category without a chapter."""
    for category in review.taxonomy.categories.values():
        if (path := f"categories/{category.id}/") not in review.chapters:
            yield Page(path=path, template="category.html", family="categories", context=context(category, review))


def fragments(review: Review) -> Iterator[Fragment]:
    """All categories at a glance, and what follows the chapter of one that has a chapter."""
    yield Fragment(name="categories", context={"facets": cards(review)})
    for category in review.taxonomy.categories.values():
        if (path := f"categories/{category.id}/") in review.chapters:
            yield Fragment(name="category", path=path, context=context(category, review))
