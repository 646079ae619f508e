"""All that the citations say of a review, worked out once for its pages and downloads, each part when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..coverage import completeness, internal, keys
from ..latex import plain
from ..learn import tfidf
from . import notable, snowball
from .communities import Community, communities
from .graph import CitationGraph, condensed, pagerank
from .mainpath import MainPath, main_path
from .measures import COMPLETE, Measures, measure, rows, stability
from .similar import similar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..corpus import Corpus
    from ..coverage import Completeness
    from ..edges import Edges
    from ..model import Paper
    from ..scope import Snowball
    from .graph import Row
    from .measures import Stability
    from .notable import Notable
    from .similar import Neighbour
    from .snowball import Missing

LINKED = 0.2
"""With fewer of the papers in any citation than this part, a main path tells what is known and not who built on whom."""
SHORTEST = 4
"""Stops without which a main path is no path."""
SIMILAR = 6
_NO_DAY = "1000-01-01"


class Link(NamedTuple):
    """A citation between two papers: who knows of it, since when, and when it was last seen."""

    sources: tuple[str, ...]
    first: str
    last: str


class Network:
    """The citations among these papers, and what follows from them.

    `fields` gives the categories of a paper that are compared, the main one first; `title` says one in words. `today` is the day
    of the data ('' where nothing is dated).
    """

    def __init__(
        self,
        papers: Sequence[Paper],
        corpus: Corpus,
        edges: Edges,
        *,
        today: str,
        fields: Callable[[Paper], Sequence[str]],
        title: Callable[[str], str] = str,
    ) -> None:
        self.papers, self.corpus, self.edges = tuple(papers), corpus, edges
        self.today, self._fields, self._title = today or _NO_DAY, fields, title

    # --- The citations ---

    @cached_property
    def known(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The sources of each citation between two papers of the corpus, as (citing, cited) keys."""
        return {(one, other): sources for one, other, sources in internal(self.edges, self.corpus)}

    @cached_property
    def graph(self) -> CitationGraph:
        """Who cites whom."""
        return CitationGraph.of(self.papers, self.known)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each paper stands in the graph."""
        return {key: i for i, key in enumerate(self.graph.keys)}

    @cached_property
    def links(self) -> Mapping[tuple[str, str], Link]:
        """What is on record of each citation of the graph."""
        key_of, days = keys(self.corpus), dict[tuple[str, str], tuple[str, str]]()
        for row in self.edges:
            pair = key_of.get(row.citing, ""), key_of.get(row.cited, "")
            first, last = days.get(pair, (row.first, row.last))
            days[pair] = min(first, row.first), max(last, row.last)
        return {pair: Link(self.known[pair], *days[pair]) for pair in self.graph.citations}

    @cached_property
    def linked(self) -> int:
        """How many papers have a citation or a reference here."""
        return sum(bool(r or c) for r, c in zip(self.graph.references, self.graph.cited_by, strict=True))

    @cached_property
    def completeness(self) -> Completeness:
        """How much of the reference lists is known."""
        return completeness(self.edges, self.corpus)

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """What part of a paper's references has an identifier, of papers of which a whole list is known."""
        out = {}
        for key, lists in self.completeness.lists.items():
            if parts := [row.known / row.listed for row in lists if row.listed and row.outcome.startswith("complete")]:
                out[key] = max(parts)
        return out

    @property
    def partial(self) -> bool:
        """Whether so few reference lists are known that every count of citations is a lower bound only."""
        return self.completeness.share < COMPLETE

    # --- What follows ---

    @cached_property
    def ranks(self) -> tuple[float, ...]:
        """PageRank, in the order of the graph's keys."""
        return pagerank(self.graph)

    @cached_property
    def measures(self) -> Mapping[str, Measures]:
        """Each paper's place, by key."""
        found = measure(
            self.graph, self.papers, today=self.today, ranks=self.ranks, fields=self._fields, completeness=self.shares, least=COMPLETE
        )
        return {m.key: m for m in found}

    @cached_property
    def ranking(self) -> tuple[Measures, ...]:
        """The papers with a citation or a reference here, most cited first, of equals the highest PageRank."""
        fit = (m for m in self.measures.values() if m.citations or m.references)
        return tuple(sorted(fit, key=lambda m: (-m.citations, -m.pagerank, -m.references, m.key)))

    @cached_property
    def communities(self) -> tuple[Community, ...]:
        """Papers that cite each other more than the rest, found from those of earlier years as far as these suffice."""
        return communities(self.graph, self.papers, until=self.today[:4]) or communities(self.graph, self.papers)

    @cached_property
    def community(self) -> Mapping[str, Community]:
        """The community of each paper that has one, by key."""
        return {key: c for c in self.communities for key in c.members}

    @cached_property
    def path(self) -> MainPath:
        """The main path and the key routes."""
        return main_path(self.graph, condensed(self.graph))

    @property
    def sparse(self) -> bool:
        """Whether too few citations are known for a main path that says anything."""
        return self.linked < LINKED * len(self.papers) or len(self.path.path) < SHORTEST

    @cached_property
    def similar(self) -> Mapping[str, tuple[Neighbour, ...]]:
        """The papers most like each one, by works that both cite, works that cite both, and words."""
        key_of = keys(self.corpus)
        cited = ((key_of.get(row.citing, str(row.citing)), key_of.get(row.cited, str(row.cited))) for row in self.edges)
        of = {p.key: f"{plain(p.title)} {plain(p.abstract)}" for p in self.papers}
        text = tfidf([of[key] for key in self.graph.keys]) if len(of) > 1 else None
        return similar(self.graph.keys, cited, text if text and text[1] else None, most=SIMILAR)

    @cached_property
    def stability(self) -> tuple[Stability, ...]:
        """What becomes of the ranking without each source."""
        return stability(self.graph, self.known)

    # --- Who stands out ---

    @cached_property
    def _years(self) -> Mapping[str, str]:
        return {p.key: p.date[:4] for p in self.papers}

    @cached_property
    def _counted(self) -> tuple[Measures, ...]:
        """Background papers stand out by being here; the measures are asked about the others."""
        return tuple(self.measures[p.key] for p in self.papers if not p.background)

    @cached_property
    def milestones(self) -> Mapping[str, Notable]:
        """The papers that the measures call milestones, by key."""
        return {n.key: n for n in notable.milestones(self._counted, self._years, title=self._title)}

    @cached_property
    def rising(self) -> tuple[Notable, ...]:
        """The papers that are cited more and more, by field."""
        return notable.rising(self._counted, self._years)

    @cached_property
    def bridges(self) -> tuple[Notable, ...]:
        """The papers that connect fields."""
        return notable.bridges(self._counted, self._years, title=self._title)

    # --- What is missed ---

    def missing(self, snowball_: Snowball) -> tuple[Missing, ...]:
        """Works that are no paper and that the citations lead to, most cited first."""
        counted = [p for p in self.papers if not p.background]
        core = notable.core(self._counted)
        return snowball.missing(counted, self.edges, core, cited_by=snowball_.cited_by, citing=snowball_.citing)

    def rows(self) -> Mapping[str, Row]:
        """The table of papers with all their measures, by key."""
        names = {key: " · ".join(c.words) or c.id for key, c in self.community.items()}
        return rows(self.measures.values(), self.papers, names)
