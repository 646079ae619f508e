"""What the citations say of one paper, one category, one milestone, in the words of their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...analyse import similar
from .. import charts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...analyse.measures import Measures
    from ...analyse.notable import Notable
    from ...model import Paper, ReferenceList
    from .item import Item
    from .review import Review

SOURCES = {
    "eprint": "the reference list in its arXiv source",
    "openalex": "OpenAlex",
    "opencitations": "OpenCitations",
    "crossref": "Crossref",
    "import": "what people read and imported",
}
"""What a source of citations is called."""
SHOWN, CENTRAL = 6, 5
"""Citations that a page lists before it leads to the map, which has them all; papers that a category names."""
ALIKE = 0.12
"""A paper that only uses the same words, and is less alike than this, is not named."""
_SIMILAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a paper's citations: the most cited of `total`."""

    title: str
    id: str
    total: int
    shown: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What the citations say of a paper: sentences on how much is known, both sides, measures as (name, value), similar papers."""

    asked: tuple[str, ...]
    sides: tuple[Side, ...]
    facts: tuple[tuple[str, str], ...]
    similar: tuple[tuple[Item, str], ...]
    community: tuple[str, Item, int] | None
    partial: bool
    path: bool


def known(review: Review) -> dict[str, Any]:
    """How much is known of who cites whom: what every page with a measure says."""
    network = review.network
    of = network.completeness
    return {
        "papers": len(network.papers),
        "citations": len(network.graph.arcs),
        "linked": network.linked,
        "asked": len(of.lists),
        "whole": of.whole,
        "share": of.share,
        "partial": network.partial,
        "loops": len(network.graph.loops),
        "sources": of.sources,
    }


def called(source: str) -> str:
    """A source of citations in words."""
    return SOURCES.get(source, source)


def _sides(paper: Paper, review: Review) -> Iterator[Side]:
    network = review.network
    i = network.position[paper.key]
    for title, id_, row in (
        ("Cites in this review", "cites", network.graph.references[i]),
        ("Cited here by", "cited-by", network.graph.cited_by[i]),
    ):
        keys = sorted((network.graph.keys[j] for j in row), key=lambda k: (-network.measures[k].citations, k))
        of = [review.items[k] for k in keys]
        cut = SHOWN if len(of) > SHOWN + 2 else len(of)
        if of:
            yield Side(title=title, id=id_, total=len(of), shown=tuple(of[:cut]))


def asked(row: ReferenceList, here: int) -> str:
    """What one source said of a reference list."""
    on = charts.spoken(row.asked)
    source = called(row.source)
    if not row.listed:
        return f"{source[0].upper()}{source[1:]}, asked on {on}, gave no references: {row.outcome}."
    part = "" if row.outcome.startswith("complete") else f"; {row.outcome}"
    listed = f"{row.listed} reference{'s' if row.listed != 1 else ''} listed"
    return f"{listed}, {row.known} with an identifier, {here} in this review; from {source}, asked on {on}{part}."


def _asked(paper: Paper, review: Review) -> Iterator[str]:
    network = review.network
    i = network.position[paper.key]
    cited = [network.graph.keys[j] for j in network.graph.references[i]]
    for row in network.completeness.lists.get(paper.key, ()):
        yield asked(row, sum(row.source in network.known[paper.key, key] for key in cited))


def _facts(m: Measures, review: Review) -> Iterator[tuple[str, str]]:
    """The measures worth a line: none of a paper that nobody is known to cite."""
    if not m.citations:
        return
    least = "at least " if review.network.partial else ""
    yield "Cited here", f"{least}{m.citations} time{'s' if m.citations != 1 else ''}"
    if m.recent:
        yield "In twelve months", f"{least}{m.recent} ({m.velocity:.1f} a month)"
    if m.standing is not None:
        field = next((lane.title for lane in review.lanes if m.field and lane.id == m.field), "")
        yield (
            "Standing",
            f"PageRank above {int(100 * m.standing)} % of the {m.peers} papers nearest in time{f' in {field}' if field else ''}",
        )


def linked(paper: Paper, review: Review) -> Linked | None:
    """What the page of a paper says of its citations; None for one that was taken out."""
    network = review.network
    if paper.key not in network.position:
        return None
    near = (n for n in network.similar[paper.key] if n.coupled or n.cocited or n.score >= ALIKE)
    community = network.community.get(paper.key)
    m = network.measures[paper.key]
    return Linked(
        asked=tuple(_asked(paper, review)),
        sides=tuple(_sides(paper, review)),
        facts=tuple(_facts(m, review)),
        similar=tuple((review.items[n.key], similar.why(n)) for n in near)[:_SIMILAR],
        community=(", ".join(community.words), review.items[community.members[0]], len(community.members)) if community else None,
        partial=network.partial,
        path="graph/main-path/" in review.chapters
        and not network.sparse
        and any(s.main and paper.key in s.keys for s in network.path.stops),
    )


def _named(of: Iterable[Notable], inside: frozenset[str], review: Review) -> tuple[tuple[Item, str], ...]:
    return tuple((review.items[n.key], n.why) for n in of if n.key in inside)[:CENTRAL]


def standing_out(papers: Iterable[Paper], review: Review) -> Mapping[str, tuple[tuple[Item, str], ...]]:
    """The papers of a category that stand out, by what they do, each with its reason; empty where no citation says so."""
    network, inside = review.network, frozenset(p.key for p in papers)
    least = "at least " if network.partial else ""
    central = sorted((m for m in network.ranking if m.key in inside and m.citations > 1), key=lambda m: (-m.pagerank, m.key))
    groups = {
        "Most central": tuple((review.items[m.key], f"cited by {least}{m.citations} papers here") for m in central[:CENTRAL]),
        "Rising": _named(sorted(network.rising, key=lambda n: -network.measures[n.key].velocity), inside, review),
        "Bridges to other categories": _named(network.bridges, inside, review),
    }
    return {title: of for title, of in groups.items() if of}


def reason(paper: Paper, review: Review) -> str:
    """Why a paper is a milestone: what people say, what the measures say, or both; '' for no milestone."""
    measured = review.network.milestones.get(paper.key)
    said = f"By the measures: {measured.why}." if measured else ""
    return " ".join(filter(None, [paper.milestone, said]))
