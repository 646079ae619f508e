"""Which edges run between papers of the corpus, and how much of their reference lists is known at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .citations import forward

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .corpus import Corpus
    from .edges import Edges
    from .model import Identifier, ReferenceList


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Share:
    """What one source knows: of how many papers it was asked for, how many lists came, and what stands in these.

    Of `listed` references `known` have an identifier.
    """

    source: str
    asked: int
    answered: int
    listed: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of the corpus' references is known.

    `lists` are the answers of each source by citation key; `whole` are the papers of which at least one source
    gave a list that it calls complete and that has an entry; `papers` are all there are.
    """

    papers: int
    whole: int
    lists: Mapping[str, tuple[ReferenceList, ...]]
    sources: tuple[Share, ...]

    @property
    def share(self) -> float:
        """The part of the papers whose reference list is known, 0 to 1; 0 for an empty corpus."""
        return self.whole / self.papers if self.papers else 0.0


def keys(corpus: Corpus) -> dict[Identifier, str]:
    """The citation key behind each identifier of a paper: an arXiv id and a DOI of one paper are one node."""
    return {identifier: key for key, paper in corpus.papers.items() for identifier in paper.identifiers}


def internal(edges: Edges, corpus: Corpus) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The edges between papers as (citing key, cited key, sources), sorted, each once, self-citations included."""
    key_of = keys(corpus)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for citing, rows in edges.citations.items():
        if (key := key_of.get(citing)) is not None:
            for row in rows:
                if (cited := key_of.get(row.cited)) is not None:
                    found[key][cited].add(row.source)
    for key in sorted(found):
        for cited in sorted(found[key]):
            yield key, cited, tuple(sorted(found[key][cited]))


def completeness(edges: Edges, corpus: Corpus) -> Completeness:
    """References known of references listed, by paper and source, and over all; who cites a paper says nothing of them."""
    lists: dict[str, list[ReferenceList]] = {key: [] for key in corpus.papers}
    key_of = keys(corpus)
    for citing, rows in edges.lists.items():
        if (key := key_of.get(citing)) is not None:
            lists[key] += (row for row in rows if not forward(row.source))
    lists = {key: rows for key, rows in lists.items() if rows}
    asked, answered, listed, known = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in (row for rows in lists.values() for row in rows):
        asked[row.source] += 1
        answered[row.source] += row.listed > 0
        listed[row.source] += row.listed
        known[row.source] += row.known
    return Completeness(
        papers=len(corpus.papers),
        whole=sum(any(row.listed and row.outcome.startswith("complete") for row in rows) for rows in lists.values()),
        lists={key: tuple(sorted(lists[key], key=lambda r: r.source)) for key in sorted(lists)},
        sources=tuple(Share(source=s, asked=asked[s], answered=answered[s], listed=listed[s], known=known[s]) for s in sorted(asked)),
    )
