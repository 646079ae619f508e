"""The files to take away that hold the whole corpus: what the site has under `/data/`, and what a release holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import exports, graphs
from . import models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..render import Site
    from .review import Review


def downloads(review: Review, site: Site) -> Iterator[tuple[str, bytes]]:
    """Every file by its path, as docs/data.md describes them: the papers, the citation graph, the register of names."""
    titles = {c.id: c.title for c in review.taxonomy.categories.values()}
    yield from exports.files(review.all, filed=review.filed, titles=titles, site=site)
    yield from graphs.files(
        review.network, review.lanes, main=review.main, filed=review.filed, categories=tuple(review.taxonomy.categories)
    )
    yield from models.files(review)
