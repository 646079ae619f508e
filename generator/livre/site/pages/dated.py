"""When the pages last had something new to say: the days that the sitemap tells crawlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..feeds import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model import Paper
    from .review import Review

_WHOLE = ("", "papers/", "authors/", "categories/", "timeline/", "new/")
"""Pages that tell of all papers."""


def dated(review: Review) -> Iterator[tuple[str, str]]:
    """(address, ISO day) of every page whose papers tell one: the last day on which something happened to one of them."""
    days = {p.key: changed(p) for p in review.corpus.papers.values()}

    def last(papers: Iterable[Paper]) -> str:
        return max((days[p.key] for p in papers), default="")

    newest = max(days.values(), default="")
    yield from ((path, newest) for path in _WHOLE)
    yield from ((f"papers/{key}/", day) for key, day in days.items())
    yield from ((f"authors/{a.id}/", last(a.papers)) for a in review.authors.values())
    yield from ((f"timeline/{period}/", last(of)) for by in (review.by_year, review.by_month) for period, of in by.items())
    for category in review.taxonomy.categories.values():
        yield f"categories/{category.id}/", last(p for p in review.papers if category.id in review.filed[p.key])
