"""Who cites whom: the map at /graph/ with its table, and the main path as a drawing and a reading list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...latex import plain
from .. import graphs, milestones, rails
from .fragment import Fragment
from .linked import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...analyse.mainpath import Step
    from ...analyse.measures import Measures
    from .item import Item
    from .review import Review

PAGE, MAIN_PATH = "graph/", "graph/main-path/"
ROWS = 250
"""Papers in the table; all of them are in the download."""
_LABEL = 46
_ROUND, _LEAST = 10, 0.1
"""Shares in hundredths: from the first on without a fraction, below the second without a number."""
DOWNLOADS = (
    (graphs.CITATIONS, "every citation once, with identifiers, who knows of it and since when; opens in any spreadsheet"),
    (graphs.NODES, "every paper with all its measures, one row each"),
    (graphs.GRAPHML, "papers with their measures and citations, for Cytoscape, networkx, igraph and yEd"),
    (graphs.GEXF, "the same for Gephi"),
    (graphs.DRAWING, "what the map above is drawn from: places, titles and references as columns"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A paper of the table; `standing` in hundredths, -1 where not known, `categories` as the filters see them."""

    item: Item
    title: str
    m: Measures
    standing: int
    categories: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A stop in the reading list: its papers, what it builds on as (name, key, share of all ways), and whether the main path runs here."""

    number: int
    items: tuple[Item, ...]
    name: str
    label: str
    main: bool
    routes: str
    builds: tuple[tuple[str, str, str], ...]


def _row(m: Measures, review: Review, at: Mapping[str, int]) -> Row:
    return Row(
        item=review.items[m.key],
        title=plain(review.items[m.key].title),
        m=m,
        standing=-1 if m.standing is None else int(100 * m.standing),
        categories=" ".join(str(at[c]) for c in review.filed[m.key]),
    )


def _context(review: Review) -> dict[str, Any]:
    """What stands at `/graph/`."""
    network = review.network
    years = sorted({p.date[:4] for p in network.papers if p.date})
    used = {c for p in network.papers for c in review.filed[p.key]}
    facets = [(f.title, [c for c in review.taxonomy.of(f.id) if c.id in used]) for f in review.taxonomy.facets]
    at = {c: n for n, c in enumerate(review.taxonomy.categories)}
    return {
        "known": known(review),
        "rows": [_row(m, review, at) for m in network.ranking[:ROWS]],
        "ranked": len(network.ranking),
        "years": years,
        "facets": [(title, [(at[c.id], c.title) for c in of]) for title, of in facets if of],
        "legend": review.legend(network.papers),
        "undated": sum(not p.date for p in network.papers),
        "downloads": DOWNLOADS,
        "drawing": graphs.DRAWING,
        "still": graphs.still(network, review.lanes, main=review.main),
        "extent": graphs.STILL,
        "sparse": network.sparse,
        "main_path": MAIN_PATH in review.chapters,
        "methods": "methods/" in review.chapters,
    }


def _share(step: Step) -> str:
    """The part of all ways that lead through a citation."""
    hundredths = 100 * step.share
    return f"{hundredths:.0f} %" if hundredths >= _ROUND else f"{hundredths:.1f} %" if hundredths >= _LEAST else f"under {_LEAST} %"


def _dated(name: str, year: str) -> str:
    """A name with its year, unless it ends with that."""
    return name if year and name.endswith(year) else f"{name}, {year or 'undated'}"


def _stations(review: Review) -> Iterator[Station]:
    path, papers = review.network.path, review.corpus.papers
    names = [milestones.name(papers[stop.keys[0]]) for stop in path.stops]
    for i, stop in enumerate(path.stops):
        first = papers[stop.keys[0]]
        title = plain(first.title)
        label = title if names[i] not in title else title.partition(names[i])[2].lstrip(" :") or title
        yield Station(
            number=i + 1,
            items=tuple(review.items[k] for k in stop.keys),
            name=_dated(milestones.shortened(names[i], _LABEL - 8), first.date[:4]),
            label=milestones.shortened(label, _LABEL),
            main=stop.main,
            routes=", ".join(map(str, stop.routes)),
            builds=tuple((names[s.cited], path.stops[s.cited].keys[0], _share(s)) for s in path.steps if s.citing == i),
        )


def _main_path(review: Review) -> dict[str, Any]:
    """What stands at `/graph/main-path/`."""
    network = review.network
    stations = () if network.sparse else tuple(_stations(review))
    return {
        "known": known(review),
        "sparse": network.sparse,
        "stations": stations,
        "on": sum(s.main for s in stations),
        "rails": rails.rails(network.path) if stations else None,
        "ways": _ways(review),
        "against": sum(len(s.keys) > 1 for s in network.path.stops),
        "graph": PAGE in review.chapters,
        "methods": "methods/" in review.chapters,
    }


def _ways(review: Review) -> str:
    """How many ways there are, as a person says it."""
    ways = review.network.path.ways
    return f"{int(ways):,}" if ways < 10**7 else f"about {ways:.1e}"


def chapters(review: Review) -> Mapping[str, str]:
    """The addresses of these pages that the review has, by the name of their fragment."""
    return {name: path for name, path in (("graph", PAGE), ("main-path", MAIN_PATH)) if path in review.chapters}


def fragments(review: Review) -> Iterator[Fragment]:
    """The two pages, where the review has chapters for them."""
    make = {"graph": _context, "main-path": _main_path}
    for name, path in chapters(review).items():
        yield Fragment(name=name, path=path, context=make[name](review))
