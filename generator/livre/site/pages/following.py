"""What a reader may follow: all papers, each category, each pair of categories that the front page's matrix crosses, and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model import Status
from .. import charts, feeds
from ..feeds import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...taxonomy import Category
    from .review import Review


def crossings(review: Review) -> Iterator[tuple[Category, Category]]:
    """Every pair of top categories of the first two facets that share a paper, the first facet's before the second's."""
    if len(review.taxonomy.facets) < 2:  # noqa: PLR2004 - one facet has nothing to be crossed with
        return
    rows, columns = ([c for c in review.taxonomy.of(f.id) if not c.parent] for f in review.taxonomy.facets[:2])
    shared = {(a, b) for p in review.papers for a in review.filed[p.key] for b in review.filed[p.key]}
    yield from ((a, b) for a in rows for b in columns if (a.id, b.id) in shared)


def crossing(category: Category, other: Category, review: Review) -> str:
    """The name of the feed of what two categories share, if there is one, else ''."""
    facets = [f.id for f in review.taxonomy.facets[:2]]
    pair = sorted((category, other), key=lambda c: c.facet != facets[0])
    return feeds.name(*(c.id for c in pair)) if [c.facet for c in pair] == facets and not any(c.parent for c in pair) else ""


def farewell(review: Review) -> feeds.Ended | None:
    """What the feeds of a review that has ended say; None while it lives."""
    if not (said := review.kept.retired):
        return None
    more = f" It goes on at {said.successor}" if said.successor else ""
    return feeds.Ended(on=said.on, text=f"This review ended on {charts.spoken(said.on)}: {said.because}{more}")


def following(review: Review) -> Iterator[Feed]:
    """Every feed of the site; a category's is there before its first paper is, so that it can be followed at once."""
    papers = feeds.newest(review.papers)
    filed = {p.key: frozenset(review.filed[p.key]) for p in papers}
    yield Feed(name=feeds.ALL, title="", page="", papers=papers)
    told = sorted((p for p in review.all if p.status is not Status.CURRENT), key=lambda p: (feeds.changed(p), p.key), reverse=True)
    yield Feed(name=feeds.NOTICES, title="withdrawn, retracted, corrected or replaced", page="papers/", papers=tuple(told), notices=True)
    for category in review.taxonomy.categories.values():
        page = f"categories/{category.id}/"
        of = tuple(p for p in papers if category.id in filed[p.key])
        yield Feed(name=feeds.name(category.id), title=category.title, page=page, papers=of)
    for a, b in crossings(review):
        of = tuple(p for p in papers if {a.id, b.id} <= filed[p.key])
        page = f"categories/{a.id}/#with-{b.id}"
        yield Feed(name=feeds.name(a.id, b.id), title=f"{a.title} and {b.title}", page=page, papers=of)
