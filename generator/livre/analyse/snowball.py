"""What the review misses, as its citations tell: works that many of its papers cite, and works that cite much of its core.

Backward and forward snowballing (Wohlin 2014, Guidelines for snowballing in systematic literature studies). What is found
is a candidate and goes through the same screening as everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ..model import Citation, Identifier, Paper
    from .graph import CitationGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A work outside the corpus. `route` is `backward` (papers cite it) or `forward` (it cites the core).

    `papers` are the keys of the papers that cite it, or of the core papers that it cites.
    """

    identifier: Identifier
    route: str
    papers: tuple[str, ...]
    why: str


def missing(
    papers: Iterable[Paper], citations: Iterable[Citation], core: Collection[str], *, cited_by: int = 8, citing: int = 5
) -> tuple[Missing, ...]:
    """Works outside the corpus that at least `cited_by` papers cite, or that cite at least `citing` papers of the `core` (keys).

    Those with most papers first; a work that both ways lead to comes once for each. A paper of several identifiers counts once;
    a work outside is what one identifier names.
    """
    keys = {identifier: p.key for p in papers for identifier in p.identifiers}
    backward: dict[Identifier, set[str]] = {}
    forward: dict[Identifier, set[str]] = {}
    for citation in citations:
        one, other = keys.get(citation.citing), keys.get(citation.cited)
        if one is not None and other is None:
            backward.setdefault(citation.cited, set()).add(one)
        elif one is None and other is not None and other in core:
            forward.setdefault(citation.citing, set()).add(other)
    return tuple(
        sorted(
            (
                *(_missing(i, "backward", of, "cited by {} papers of this review") for i, of in backward.items() if len(of) >= cited_by),
                *(_missing(i, "forward", of, "cites {} core papers of this review") for i, of in forward.items() if len(of) >= citing),
            ),
            key=lambda m: (-len(m.papers), m.identifier, m.route),
        )
    )


def _missing(identifier: Identifier, route: str, of: Collection[str], why: str) -> Missing:
    return Missing(identifier=identifier, route=route, papers=tuple(sorted(of)), why=why.format(len(of)))


def found_by_citations(graph: CitationGraph, core: Collection[str], *, cited_by: int = 8, citing: int = 5) -> frozenset[str]:
    """The papers that citations alone would have found: what `missing` would say if each were outside the corpus.

    Core papers are none, since this route starts from them: an estimate of recall by capture and recapture leaves them
    out of both routes.
    """
    inside: Mapping[int, bool] = {i: key in core for i, key in enumerate(graph.keys)}
    return frozenset(
        key
        for i, key in enumerate(graph.keys)
        if not inside[i] and (len(graph.cited_by[i]) >= cited_by or sum(inside[j] for j in graph.references[i]) >= citing)
    )
