"""Filing rule by rule: the categories of a work in every facet, with the words that say so.

Within a facet the longest phrase wins: `language model` says nothing where the text reads
`vision-language model`. A facet in which nothing has enough evidence stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .terms import longest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Candidate
    from .taxonomy import Category, Facet, Taxonomy
    from .terms import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A category of a work, the confidence in it (0 to 1), and the words, as they stand, that gave it."""

    category: str
    score: float
    words: tuple[str, ...]


def _points(category: Category, hits: Sequence[Hit], title: float) -> tuple[float, tuple[str, ...]]:
    """The evidence for a category, and its words: of each stretch of text the strongest rule counts."""
    best: dict[tuple[str, int, int], tuple[float, str]] = {}
    for rule in category.rules:
        for hit in rule.terms.among(hits):
            worth = rule.weight * (title if hit.field == "title" else 1.0)
            place = (hit.field, hit.start, hit.end)
            best[place] = max(best.get(place, (0.0, "")), (worth, hit.words))
    found = sorted(best.items(), key=lambda item: (item[0][0] != "title", item[0]))
    return sum(worth for _, (worth, _) in found), tuple({w.lower(): w for _, (_, w) in reversed(found)}.values())[::-1]


def _facet(facet: Facet, taxonomy: Taxonomy, hits: Sequence[Hit]) -> Iterator[Filing]:
    categories = taxonomy.of(facet.id)
    own = frozenset(t for c in categories for r in c.rules for t in r.terms.terms)
    veto = frozenset(t for c in categories for r in c.rules for t in r.terms.veto)
    # A veto speaks for one category only, so it may not cover what another one finds.
    clear = longest(h for h in hits if h.term in own)
    clear += [h for h in hits if h.term in veto - own]
    points = {c.id: _points(c, clear, taxonomy.title) for c in categories}
    least = max(taxonomy.enough, facet.share * max((p for p, _ in points.values()), default=0.0))
    filed = {c: (p, words) for c, (p, words) in points.items() if p >= least}
    for category in categories:
        if category.parent and category.id in filed:
            filed.setdefault(category.parent, filed[category.id])
    for category in categories:
        if category.id in filed:
            p, words = filed[category.id]
            yield Filing(category=category.id, score=round(min(1 - 0.25 ** (p / taxonomy.enough), 0.99), 2), words=words)


def classify(candidate: Candidate, taxonomy: Taxonomy) -> tuple[Filing, ...]:
    """Every category with enough evidence, in the order of the facets and of the taxonomy.

    Just enough evidence, such as one word in a title without abstract, scores 0.75, twice as much 0.94.
    """
    hits = taxonomy.terms.find(candidate.title, "title") + taxonomy.terms.find(candidate.abstract, "abstract")
    return tuple(f for facet in taxonomy.facets for f in _facet(facet, taxonomy, hits))
