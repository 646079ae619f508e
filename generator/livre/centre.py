"""The core of the review as its citations show it, and what follows for screening and for the measure of what is missed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import recall
from .analyse import snowball
from .analyse.graph import CitationGraph
from .analyse.measures import measure
from .analyse.notable import core
from .corpus import history
from .coverage import internal
from .edges import Edges

if TYPE_CHECKING:
    from collections.abc import Callable

    from .corpus import Corpus
    from .model import Candidate, Identifier, Paper
    from .scope import Snowball

ROUTE = "snowball"
"""What the record of nights and the reasons of decisions call the way to a work by its citations."""

FULL = 5
"""A work that cites so many core papers cites enough of them."""


ALWAYS = "9999-12-31"


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The counted papers and the citations that were here before a day, and the keys of the core that others build on."""

    papers: tuple[Paper, ...]
    graph: CitationGraph
    core: frozenset[str]
    before: str = ALWAYS


def centre(corpus: Corpus, edges: Edges, *, before: str = ALWAYS) -> Centre:
    """The centre of the papers and edges added before this day (ISO date), all by default: a night run again sees the same."""
    papers = tuple(p for p in corpus.papers.values() if not p.background and p.added < before)
    graph = CitationGraph.of(papers, ((one, other) for one, other, _ in internal(_known(edges, before), corpus)))
    return Centre(papers=papers, graph=graph, core=core(measure(graph, papers, today=before)), before=before)


def _known(edges: Edges, before: str) -> Edges:
    """The edges that somebody knew before this day."""
    rows = ((citing, tuple(row for row in found if row.first < before)) for citing, found in edges.citations.items())
    return Edges(citations={citing: found for citing, found in rows if found}, lists=edges.lists)


def missed(corpus: Corpus, edges: Edges, of: Centre, snow: Snowball) -> tuple[snowball.Missing, ...]:
    """Works that are neither in the corpus nor among its candidates and that its citations lead to, the most cited first."""
    found = snowball.missing(of.papers, edges, of.core, cited_by=snow.cited_by, citing=snow.citing)
    return tuple(m for m in found if corpus.find([m.identifier]) is None)


def cites_core(edges: Edges, of: Centre) -> Callable[[Candidate], float] | None:
    """How much of the core a work cites, 0 to 1 for `FULL` papers or more; None where no core is known."""
    if not of.core:
        return None
    keys: dict[Identifier, str] = {i: p.key for p in of.papers if p.key in of.core for i in p.identifiers}
    cited: defaultdict[Identifier, set[str]] = defaultdict(set)
    for citation in edges:
        if citation.first < of.before and (key := keys.get(citation.cited)):
            cited[citation.citing].add(key)
    return lambda record: min(1.0, len({key for i in record.identifiers for key in cited.get(i, ())}) / FULL)


def by_query(corpus: Corpus) -> frozenset[str]:
    """Keys of the papers that a harvest brought, not their citations nor an import: what queries alone have found."""
    harvested = {n.night for n in corpus.nights if n.harvest} - {n.night for n in corpus.nights if n.source == "import"}
    firsts = {key: past[0] for key, paper in corpus.papers.items() if (past := history(corpus, paper))}
    return frozenset(key for key, first in firsts.items() if first.on in harvested and f"{ROUTE}: " not in first.why)


def recaptured(corpus: Corpus, of: Centre, snow: Snowball) -> recall.Recapture:
    """What topic queries and citations, as two roads to the same works, say of how many there are."""
    queried = by_query(corpus)
    cited = snowball.found_by_citations(of.graph, of.core, cited_by=snow.cited_by, citing=snow.citing)
    return recall.of_papers(of.papers, by_query=lambda p: p.key in queried, by_citation=cited, core=of.core)
