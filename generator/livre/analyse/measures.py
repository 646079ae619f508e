"""What each paper's place in the citation graph says of it, as far as the known references allow.

Nothing here is compared across years or fields: an old paper has had more time to be cited, and some fields cite more.
A paper's PageRank is therefore ranked among the papers of its own field that came out nearest in time (as Mariani, Medo and
Zhang 2016 rescale it, Identification of milestone papers through time-balanced network centrality, and by field as Vaccario,
Medo, Wider and Mariani 2017 do), so a new one is not punished for being new.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..latex import plain
from .graph import CitationGraph, kendall, pagerank

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from ..model import Paper
    from .graph import Row

PEERS = 100
"""At most so many papers, and at most half of its field, are the peers of one: of a small field else all of its years would be."""
FEWEST_PEERS = 10
"""But never fewer than this; where its field has not so many, a paper is compared with those of every field."""
COMPLETE = 0.5
"""A reference list of which less is known than this is too incomplete to say whom a paper builds on."""
_YEAR = 12
_MONTH, _DAY = 7, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One paper's place in the graph.

    `citations` and `references` count papers of the corpus. `pagerank` is its part of 1. `standing` is the share of its
    `peers` (papers of its `field` and time) with a smaller PageRank, ties counting half, None without a date or peers.
    `recent` are citations of the last twelve months, `before` those of the twelve months before, `velocity` recent ones a
    month, over as many months as the paper had. `participation` is 0 when all its citations and references lie in one field
    and nears 1 the more evenly they are spread (Guimerà and Amaral 2005); `fields` says how many lie in each, most first; one of
    several fields counts in each. `completeness` is the part of its listed references that has an identifier, None where
    no list is known; `partial` marks what is below the threshold or not known: its references, and all that follows from
    them, are a lower bound.
    """

    key: str
    field: str
    citations: int
    references: int
    pagerank: float
    standing: float | None
    peers: int
    recent: int
    before: int
    velocity: float
    participation: float
    fields: tuple[tuple[str, int], ...]
    completeness: float | None
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """What becomes of the ranking when a source is left out.

    `only` citations are known from it alone. `tau` is Kendall's tau-b between the PageRanks with and without it, None where
    there is nothing to rank; `kept` of the `top` papers are still among the first so many.
    """

    source: str
    only: int
    tau: float | None
    kept: int
    top: int


def first_category(paper: Paper) -> tuple[str, ...]:
    """The fields of a paper when nobody says otherwise: its first category."""
    return paper.categories[:1]


def measure(
    graph: CitationGraph,
    papers: Iterable[Paper],
    *,
    today: str,
    ranks: Sequence[float] | None = None,
    fields: Callable[[Paper], Sequence[str]] = first_category,
    completeness: Mapping[str, float] | None = None,
    least: float = COMPLETE,
    window: int = PEERS,
) -> tuple[Measures, ...]:
    """The measures of every paper of the graph, in the order of its keys.

    `today` is the day of the data, ISO. `fields` gives the categories of a paper that are fields, the main one first; '' is
    the field of papers without one. `completeness` maps keys to what part of a paper's reference list is known, 0 to 1.
    """
    ranks = pagerank(graph) if ranks is None else ranks
    known = completeness or {}
    of = {p.key: tuple(fields(p)) or ("",) for p in papers}
    lanes = [of[key] for key in graph.keys]
    times = [_months(date) for date in graph.dates]
    now = _months(today)
    if now is None:
        raise ValueError(f"{today!r} is no day")
    standings = _standings(ranks, times, [lane[0] for lane in lanes], window)
    out = []
    for i, key in enumerate(graph.keys):
        citing = [min(t, now) for j in graph.cited_by[i] if (t := times[j]) is not None and graph.dates[j] <= today]
        recent = sum(now - t < _YEAR for t in citing)
        own = times[i]
        near = Counter(lane for j in (*graph.references[i], *graph.cited_by[i]) for lane in lanes[j])
        part = known.get(key)
        out.append(
            Measures(
                key=key,
                field=lanes[i][0],
                citations=len(graph.cited_by[i]),
                references=len(graph.references[i]),
                pagerank=ranks[i],
                standing=standings[i][0],
                peers=standings[i][1],
                recent=recent,
                before=sum(_YEAR <= now - t < 2 * _YEAR for t in citing),
                velocity=recent / (_YEAR if own is None else min(_YEAR, max(1.0, now - own))),
                participation=_participation(near.values()),
                fields=tuple(sorted(near.items(), key=lambda f: (-f[1], f[0]))),
                completeness=part,
                partial=part is None or part < least,
            )
        )
    return tuple(out)


def _months(date: str) -> float | None:
    """A date in months; a month or a year alone stands for its middle, None for none."""
    if not date:
        return None
    year = int(date[:4]) * _YEAR
    if len(date) < _MONTH:
        return year + _YEAR / 2
    month = year + int(date[5:7]) - 1
    return month + ((int(date[8:10]) - 1) / 31 if len(date) >= _DAY else 0.5)


def _participation(links: Collection[int]) -> float:
    """One minus the sum of the squared shares."""
    total = sum(links)
    return 1 - sum((n / total) ** 2 for n in links) if total else 0.0


def _standings(ranks: Sequence[float], times: Sequence[float | None], fields: Sequence[str], window: int) -> list[tuple[float | None, int]]:
    """(Share of the peers that rank below, number of peers) of each paper."""
    dated = sorted((t, i) for i, t in enumerate(times) if t is not None)
    by_field: dict[str, list[int]] = {}
    for _, i in dated:
        by_field.setdefault(fields[i], []).append(i)
    out: list[tuple[float | None, int]] = [(None, 0)] * len(ranks)
    every = [i for _, i in dated]
    small = {i for group in by_field.values() if len(group) <= FEWEST_PEERS for i in group}
    for group in (every, *(g for g in by_field.values() if len(g) > FEWEST_PEERS)):
        known = [(times[i] or 0.0, ranks[i]) for i in group]
        for i, standing in zip(group, _sliding(known, min(window, max(FEWEST_PEERS, len(group) // 2))), strict=True):
            if group is not every or i in small:
                out[i] = standing
    return out


def _sliding(known: Sequence[tuple[float, float]], window: int) -> list[tuple[float | None, int]]:
    """Of each (time, rank), in order of time: its mid-rank among the `window` others nearest in time, and how many these are.

    Of those equally near, the nearest in the order given.
    """
    width = min(window + 1, len(known))
    held = sorted(rank for _, rank in known[:width])
    start, out = 0, list[tuple[float | None, int]]()
    for i, (time, rank) in enumerate(known):
        while (end := start + width) < len(known) and (known[end][0] - time, end - i) < (time - known[start][0], i - start):
            del held[bisect_left(held, known[start][1])]
            insort(held, known[end][1])
            start += 1
        below, upto = bisect_left(held, rank), bisect_right(held, rank)
        out.append(((below + (upto - below - 1) / 2) / (width - 1), width - 1) if width > 1 else (None, 0))
    return out


def stability(graph: CitationGraph, sources: Mapping[tuple[str, str], Collection[str]], *, top: int = 20) -> tuple[Stability, ...]:
    """How the ranking by PageRank changes when each source is left out, sources in alphabetical order.

    `sources` says of (citing key, cited key) pairs who knows of them.
    """
    ranks = pagerank(graph)
    first = _first(graph, ranks, top)
    out = []
    for source in sorted({s for names in sources.values() for s in names}):
        only = {pair for pair, names in sources.items() if set(names) == {source}}
        without = _without(graph, only)
        rest = pagerank(without)
        out.append(
            Stability(
                source=source,
                only=sum(map(len, graph.references)) - sum(map(len, without.references)),
                tau=kendall(ranks, rest),
                kept=len(first & _first(without, rest, top)),
                top=len(first),
            )
        )
    return tuple(out)


def _without(graph: CitationGraph, pairs: Collection[tuple[str, str]]) -> CitationGraph:
    keys = graph.keys
    return CitationGraph(
        keys=keys,
        dates=graph.dates,
        references=tuple(tuple(j for j in row if (keys[i], keys[j]) not in pairs) for i, row in enumerate(graph.references)),
        cited_by=tuple(tuple(i for i in row if (keys[i], keys[j]) not in pairs) for j, row in enumerate(graph.cited_by)),
    )


def _first(graph: CitationGraph, ranks: Sequence[float], top: int) -> frozenset[str]:
    """The papers of the highest ranks; of equals the first by key. A paper that nobody cites is none."""
    cited = [i for i in range(len(graph)) if graph.cited_by[i]]
    return frozenset(graph.keys[i] for i in sorted(cited, key=lambda i: (-ranks[i], i))[:top])


def rows(measures: Iterable[Measures], papers: Iterable[Paper], community: Mapping[str, str]) -> Mapping[str, Row]:
    """The table of papers, by key: one column for each measure, in one order; what is not known has no cell.

    `community` maps keys to what a paper's community is called.
    """
    of = {p.key: p for p in papers}
    out: dict[str, Row] = {}
    for m in measures:
        cells: dict[str, str | int | float | bool | None] = {
            "title": plain(of[m.key].title),
            "date": of[m.key].date,
            "category": m.field,
            "community": community.get(m.key, ""),
            "citations": m.citations,
            "references": m.references,
            "pagerank": m.pagerank,
            "standing": m.standing,
            "peers": m.peers,
            "recent": m.recent,
            "velocity": round(m.velocity, 6),
            "participation": round(m.participation, 6),
            "completeness": m.completeness,
            "partial": m.partial,
        }
        out[m.key] = {name: cell for name, cell in cells.items() if cell is not None}
    return out
