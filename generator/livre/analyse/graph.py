"""The citation graph as a value, and what networkx, scipy and numpy work out over it.

Papers are positions in the sorted `keys`: small integers, whose order does not depend on how Python hashes text.
What networkx can do is left to it, and so to the backends that its dispatch knows; only this module imports it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx  # type: ignore[import-untyped]  # it brings no types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..model import Paper

DAMPING = 0.5
"""How likely a reader follows a reference rather than starts anew. Readers of papers follow about one, those of the web six
(Chen, Xie, Maslov and Redner 2007, Finding scientific gems with Google's PageRank algorithm)."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationGraph:
    """Who cites whom among the papers of the corpus; cycles are kept, papers without a citation too.

    `keys` are sorted, and a paper is its position there; `dates` ('' where unknown), `references` and `cited_by` are in
    that order, each row sorted. `loops` cite themselves: told, and left out of everything else. `outside` is how many
    of the citations given did not lie between two different papers of the corpus, loops aside.
    """

    keys: tuple[str, ...]
    dates: tuple[str, ...]
    references: tuple[tuple[int, ...], ...]
    cited_by: tuple[tuple[int, ...], ...]
    loops: tuple[str, ...] = ()
    outside: int = 0

    @classmethod
    def of(cls, papers: Iterable[Paper], citations: Iterable[tuple[str, str]]) -> CitationGraph:
        """The graph of these papers and (citing key, cited key) pairs, in any order, repeated or not."""
        dates = {p.key: p.date for p in papers}
        keys = tuple(sorted(dates))
        at = {key: i for i, key in enumerate(keys)}
        references: list[set[int]] = [set() for _ in keys]
        cited_by: list[set[int]] = [set() for _ in keys]
        loops, outside = set(), 0
        for citing, cited in set(citations):
            if (i := at.get(citing)) is None or (j := at.get(cited)) is None:
                outside += 1
            elif i == j:
                loops.add(citing)
            else:
                references[i].add(j)
                cited_by[j].add(i)
        return cls(
            keys=keys,
            dates=tuple(dates[k] for k in keys),
            references=tuple(tuple(sorted(r)) for r in references),
            cited_by=tuple(tuple(sorted(c)) for c in cited_by),
            loops=tuple(sorted(loops)),
            outside=outside,
        )

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def arcs(self) -> tuple[tuple[int, int], ...]:
        """Every citation once, as (citing, cited) positions, sorted."""
        return tuple((i, j) for i, row in enumerate(self.references) for j in row)

    @property
    def citations(self) -> tuple[tuple[str, str], ...]:
        """Every citation once, as (citing, cited) keys, sorted."""
        return tuple((self.keys[i], self.keys[j]) for i, j in self.arcs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condensed:
    """A graph without cycles: papers that cite each other in a circle of one day are one group.

    Groups stand in a topological order in which the cited come before the citing; `members` are positions of papers,
    `later` and `earlier` positions of groups, sorted: knowledge flows from `earlier` to `later`. `against` are the
    citations, as (citing, cited) positions, that closed a circle by citing a later paper, and are left out.
    """

    members: tuple[tuple[int, ...], ...]
    later: tuple[tuple[int, ...], ...]
    earlier: tuple[tuple[int, ...], ...]
    against: tuple[tuple[int, int], ...] = ()


def pagerank(graph: CitationGraph, damping: float = DAMPING) -> tuple[float, ...]:
    """PageRank of each paper, in the order of the keys; all together 1.

    Rounded to 15 places, so that papers in the same position are equal, however the sums were taken.
    """
    if not graph.keys:
        return ()
    ranks = nx.pagerank(_networkx(graph), alpha=damping, tol=1e-12 / len(graph), max_iter=1000)
    return tuple(round(ranks[i], 15) for i in range(len(graph)))


def central(count: int, links: Iterable[tuple[int, int, float]], damping: float = 0.85) -> tuple[float, ...]:
    """Weighted PageRank of `count` things joined by (one, other, weight), without direction; the damping is that of the original papers."""
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from(links)
    ranks = nx.pagerank(graph, alpha=damping, tol=1e-10 / count, max_iter=1000) if count else {}
    return tuple(ranks[i] for i in range(count))


def condensed(graph: CitationGraph) -> Condensed:
    """The graph without its circles, strongly connected components in the words of Tarjan, whose algorithm networkx has.

    Most circles come from revisions that cite later papers, and on real data join hundreds of papers. So within a component
    the citations of later papers are left out first; what is still a circle, among papers of one date or none, becomes one group.
    """
    flow = _networkx(graph).reverse(copy=True)
    of = {i: n for n, component in enumerate(nx.strongly_connected_components(flow)) for i in component}
    against = tuple((i, j) for i, j in graph.arcs if of[i] == of[j] and "" != graph.dates[i] < graph.dates[j])
    flow.remove_edges_from((j, i) for i, j in against)
    components = sorted(tuple(sorted(c)) for c in nx.strongly_connected_components(flow))
    dag = nx.condensation(flow, scc=components)
    order = list(nx.lexicographical_topological_sort(dag))
    at = {group: i for i, group in enumerate(order)}
    return Condensed(
        members=tuple(components[g] for g in order),
        later=tuple(tuple(sorted(at[h] for h in dag.successors(g))) for g in order),
        earlier=tuple(tuple(sorted(at[h] for h in dag.predecessors(g))) for g in order),
        against=against,
    )


def louvain(pairs: Iterable[tuple[int, int]], *, seed: int, resolution: float = 1.0) -> tuple[tuple[int, ...], ...]:
    """Communities of what these pairs join, direction apart; a pair that comes twice weighs twice. Largest first, members sorted.

    Blondel, Guillaume, Lambiotte and Lefebvre 2008; Leiden would need a backend that networkx does not bring.
    """
    graph = nx.Graph()
    for i, j in sorted(pairs):
        weight = graph[i][j]["weight"] + 1 if graph.has_edge(i, j) else 1
        graph.add_edge(i, j, weight=weight)
    found = nx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=seed) if graph else []
    return tuple(sorted((tuple(sorted(c)) for c in found), key=lambda c: (-len(c), c)))


def kendall(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Kendall's tau-b of two rankings of the same papers, from -1 to 1; None where one of them ranks nothing."""
    if len(set(one)) < 2 or len(set(other)) < 2:  # noqa: PLR2004 - two different values are the least that can be ranked
        return None
    from scipy import stats  # type: ignore[import-untyped]  # loads longer than all else that a command needs

    found: Any = stats.kendalltau(one, other)
    return round(float(found.statistic), 12)


Row = dict[str, str | int | float | bool]
"""One row of the table of papers: a column has the same type in every row that has it."""


def graphml(graph: CitationGraph, rows: Mapping[str, Row]) -> str:
    """The graph in GraphML, with the columns of each paper's row; arrows run from the citing to the cited."""
    return "\n".join(nx.generate_graphml(_labelled(graph, rows), named_key_ids=True)) + "\n"


def gexf(graph: CitationGraph, rows: Mapping[str, Row], *, on: str) -> str:
    """The graph in GEXF, for Gephi, dated with the day of the data rather than of the build."""
    text = "\n".join(nx.generate_gexf(_labelled(graph, rows), version="1.2draft"))
    return re.sub(r'lastmodifieddate="[^"]*"', f'lastmodifieddate="{on}"', text, count=1) + "\n"


def _networkx(graph: CitationGraph) -> Any:
    """The graph as networkx has it, from the citing to the cited, its nodes positions in order."""
    out = nx.DiGraph()
    out.add_nodes_from(range(len(graph)))
    out.add_edges_from(graph.arcs)
    return out


def _labelled(graph: CitationGraph, rows: Mapping[str, Row]) -> Any:
    """The graph with keys for nodes and rows for attributes, without the characters that XML cannot hold."""
    out = nx.DiGraph()
    for key in graph.keys:
        row = rows.get(key, {})
        out.add_node(key, **{name: _FORBIDDEN.sub("", v) if isinstance(v, str) else v for name, v in row.items()})
    out.add_edges_from(graph.citations)
    return out
