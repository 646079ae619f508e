"""What every generated page and fragment says: contexts for the templates, made from one `Review`.

Nothing here writes HTML or knows where the site will be. All links are made in the templates,
from keys and ids, relative to the page's own depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import authors, categories, flow, graph, home, methods, models, new, papers, provenance, records, submit, timeline, why
from .dated import dated
from .downloads import downloads
from .following import farewell, following
from .fragment import Fragment
from .kept import Kept
from .measured import Measured
from .review import Review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model import Page

__all__ = ["Fragment", "Kept", "Measured", "Review", "dated", "downloads", "farewell", "following", "fragments", "pages"]


def pages(review: Review) -> Iterator[Page]:
    """Every page that has no chapter, one after the other: none is kept, so memory does not grow with their number."""
    yield from papers.pages(review)
    yield from categories.pages(review)
    yield from timeline.pages(review)
    yield from new.pages(review)
    yield from authors.pages(review)
    yield from flow.pages(review)
    yield from records.pages(review)
    yield from provenance.pages(review)
    yield from methods.pages(review)
    yield from models.pages(review)


def fragments(review: Review) -> Iterator[Fragment]:
    """Every piece that a chapter may ask for by name."""
    yield Fragment(name="home", context=home.fragment(review))
    yield Fragment(name="papers", context=papers.fragment(review))
    yield Fragment(name="authors", context=authors.fragment(review))
    yield Fragment(name="timeline", context=timeline.fragment(review))
    yield Fragment(name="new", context=new.fragment(review))
    yield Fragment(name="lists", context={"index": why.FOLDER})
    yield Fragment(name="methods", context=methods.fragment(review))
    yield Fragment(name="why", context=why.fragment(review))
    yield Fragment(name="submit", context=submit.fragment(review))
    yield from categories.fragments(review)
    yield from graph.fragments(review)
    yield from models.fragments(review)
