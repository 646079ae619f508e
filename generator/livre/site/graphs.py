"""The citation graph as files: what the page at /graph/ draws, and what readers take away.

The drawing is one JSON file of columns: a paper is a row number, numbers are whole, and its references stand as differences, which
keeps 5,000 papers and 50,000 citations within a megabyte, a third of that on the way.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import TYPE_CHECKING

from ..analyse import graph
from ..analyse.layout import layout
from ..latex import plain
from .table import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..analyse.network import Network
    from ..model import Paper
    from .charts import Lane

DRAWING, CITATIONS, NODES, GRAPHML, GEXF = (
    "data/graph.json",
    "data/citations.csv",
    "data/nodes.csv",
    "data/graph.graphml",
    "data/graph.gexf",
)
_SMALLEST, _GROWTH, _LARGEST = 3.0, 1.7, 26.0
STILL, _DOTS = 999, 3_000
_ASPECT = 1.9
"""A map is at least so much wider than tall: what keeps apart stays apart when time is stretched."""
COLUMNS = (
    "key", "identifiers", "title", "date", "category", "community", "citations", "references", "pagerank", "standing", "peers", "recent",
    "velocity", "participation", "completeness", "partial", "background",
)  # fmt: skip
"""The columns of nodes.csv."""


def citations(network: Network) -> bytes:
    """citations.csv: every citation between two papers once, with who knows of it."""
    primary = {p.key: p.primary for p in network.papers}
    head = ("citing", "cited", "citing_id", "cited_id", "sources", "first", "last")
    links = network.links.items()
    return table(head, ((a, b, primary[a], primary[b], "; ".join(x.sources), x.first, x.last) for (a, b), x in links))


def nodes(network: Network) -> bytes:
    """nodes.csv: every paper with all its measures."""
    rows, papers = network.rows(), {p.key: p for p in network.papers}

    def cells(key: str) -> Iterator[object]:
        paper = papers[key]
        row = {**rows[key], "key": key, "identifiers": " ".join(map(str, paper.identifiers)), "background": paper.background}
        return (row.get(name) for name in COLUMNS)

    return table(COLUMNS, map(cells, network.graph.keys))


def radius(citations: int) -> float:
    """How large a paper is drawn: its area grows with its citations, up to a bound."""
    return round(min(_LARGEST, _SMALLEST + _GROWTH * math.sqrt(citations)), 1)


def _month(date: str) -> int:
    """Months since the year 0; 0 where unknown, and the middle of a year of which no more is known."""
    return int(date[:4]) * 12 + (int(date[5:7]) - 1 if len(date) > len("2025") else 6) if date else 0


def _differences(row: Sequence[int]) -> list[int]:
    return [b - a for a, b in pairwise((0, *row))]


def drawing(
    network: Network,
    lanes: Sequence[Lane],
    *,
    main: Mapping[str, str],
    filed: Mapping[str, Sequence[str]],
    categories: Sequence[str],
) -> bytes:
    """graph.json: places, titles, categories and references of every paper that has a date, as columns in the order of `keys`.

    `main` is the lane of each paper, `filed` its categories, of which those in `categories` are told, as positions there.
    """
    size = {m.key: radius(m.citations) for m in network.measures.values()}
    placed = layout(network.papers, [lane.id for lane in lanes], lane=lambda p: main[p.key], radius=size)
    of = {p.key: p for p in network.papers}
    stretch = max(1.0, _ASPECT * placed.height / placed.width) if placed.spots else 1.0
    at = {spot.key: n for n, spot in enumerate(placed.spots)}
    lane_at = {band.lane: n for n, band in enumerate(placed.bands)}
    category_at = {c: n for n, c in enumerate(categories)}
    known = {lane.id: lane for lane in lanes}
    row_of = {key: i for i, key in enumerate(network.graph.keys)}
    titles = [plain(of[s.key].title) for s in placed.spots]
    references = [
        sorted(at[k] for j in network.graph.references[row_of[s.key]] if (k := network.graph.keys[j]) in at) for s in placed.spots
    ]
    on = network.path if not network.sparse else None
    steps = [
        (at[citing], at[cited])
        for step in (on.steps if on else ())
        if step.main
        for citing in on.stops[step.citing].keys[:1]  # type: ignore[union-attr]
        for cited in on.stops[step.cited].keys[:1]  # type: ignore[union-attr]
        if citing in at and cited in at
    ]
    out = {
        "width": round(placed.width * stretch),
        "height": round(placed.height),
        "lanes": [[known[b.lane].title, known[b.lane].slot, round(b.y), round(b.height)] for b in placed.bands],
        "years": [[int(year), round(x * stretch)] for year, x in placed.years],
        "keys": [s.key for s in placed.spots],
        "titles": titles,
        "by": [_by(of[s.key]) for s in placed.spots],
        "months": [_month(of[s.key].date) for s in placed.spots],
        "x": [round(s.x * stretch) for s in placed.spots],
        "y": [round(s.y) for s in placed.spots],
        "lane": [lane_at[main[s.key]] for s in placed.spots],
        "categories": [[category_at[c] for c in filed[s.key] if c in category_at] for s in placed.spots],
        "background": [n for n, s in enumerate(placed.spots) if of[s.key].background],
        "references": [_differences(row) for row in references],
        "path": steps,
    }
    return json.dumps(out, ensure_ascii=False, separators=(",", ":")).encode()


def still(network: Network, lanes: Sequence[Lane], *, main: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    """The map as a still picture, `STILL` wide and high: for each lane its slot and one SVG path, of which every stroke is a paper.

    It holds the most cited papers, then the newest, as many as a page can carry.
    """
    size = {m.key: radius(m.citations) for m in network.measures.values()}
    placed = layout(network.papers, [lane.id for lane in lanes], lane=lambda p: main[p.key], radius=size)
    slot = {lane.id: lane.slot for lane in lanes}
    date = {p.key: p.date for p in network.papers}
    spots = sorted(placed.spots, key=lambda s: (size.get(s.key, 0.0), date[s.key], s.key), reverse=True)[:_DOTS]
    dots: dict[str, list[str]] = {lane.id: [] for lane in lanes}
    for spot in spots:
        dots[main[spot.key]].append(f"M{round(STILL * spot.x / placed.width)} {round(STILL * spot.y / placed.height)}h0")
    return tuple((slot[lane], "".join(sorted(of))) for lane, of in dots.items() if of)


def _by(paper: Paper) -> str:
    """The first author's family, and that there are others."""
    return paper.authors[0].family + (" et al." if len(paper.authors) > 1 else "") if paper.authors else ""


def files(
    network: Network,
    lanes: Sequence[Lane],
    *,
    main: Mapping[str, str],
    filed: Mapping[str, Sequence[str]],
    categories: Sequence[str],
) -> Iterator[tuple[str, bytes]]:
    """Every file of the graph, by its path below the site."""
    yield DRAWING, drawing(network, lanes, main=main, filed=filed, categories=categories)
    yield CITATIONS, citations(network)
    yield NODES, nodes(network)
    rows = network.rows()
    yield GRAPHML, graph.graphml(network.graph, rows).encode()
    yield GEXF, graph.gexf(network.graph, rows, on=network.today).encode()
