"""Filing rule by rule: the categories of a work in every facet, with the words that say so.

Within a facet the longest phrase wins: `language model` says nothing where the text reads
`vision-language model`. A facet in which nothing has enough evidence stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .terms import longest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .model import Candidate
    from .taxonomy import Category, Facet, Taxonomy
    from .terms import Hit

_FIELDS = ("title", "abstract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A category of a work, the confidence in it (0 to 1), and the words, as they stand, that gave it."""

    category: str
    score: float
    words: tuple[str, ...]


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Hits of which no two share a word; of two, the earlier and longer one."""
    out: list[Hit] = []
    for hit in hits:
        if not out or hit.field != out[-1].field or hit.start >= out[-1].end:
            out.append(hit)
    return out


def _evidence(category: Category, clear: Sequence[Hit], title: float) -> tuple[float, tuple[Hit, ...]]:
    """What speaks for a category, and the words of it."""
    own = _apart(longest((h for h in clear if h.term in category.weights or h.term in category.veto), category.veto))
    points = sum(category.weights[h.term] * (title if h.field == "title" else 1.0) for h in own)
    lists = [_apart(longest((h for h in clear if h.field == "title" and h.term in o.terms), category.veto)) for o in category.all]
    if all(lists) and lists:
        points += title
        own += [h for found in lists for h in found[:1]]
    return points, tuple(own)


def _words(hits: Iterable[Hit]) -> tuple[str, ...]:
    """The words found, once each, the title's first, in the order of the text."""
    ordered = sorted(hits, key=lambda h: (_FIELDS.index(h.field), h.start, h.end))
    return tuple({h.words.lower(): h.words for h in reversed(ordered)}.values())[::-1]


def _facet(facet: Facet, taxonomy: Taxonomy, hits: Sequence[Hit]) -> Iterator[Filing]:
    categories = taxonomy.of(facet.id)
    # A veto speaks for one category only, so it does not cover what another one finds.
    clear = [*longest(h for h in hits if h.term in facet.terms), *(h for h in hits if h.term not in facet.terms)]
    found: Mapping[str, tuple[float, tuple[Hit, ...]]] = {c.id: _evidence(c, clear, taxonomy.title) for c in categories}
    best = max((found[c.id][0] for c in categories if not c.rest), default=0.0)
    least = max(taxonomy.enough, facet.share * best)
    filed = {c.id: found[c.id] for c in categories if found[c.id][0] >= least and not (c.rest and best >= taxonomy.enough)}
    for category in categories:
        if category.parent and category.id in filed:
            filed.setdefault(category.parent, filed[category.id])
    for category in categories:
        if category.id in filed:
            points, evidence = filed[category.id]
            yield Filing(category=category.id, score=round(min(1 - 0.25 ** (points / taxonomy.enough), 0.99), 2), words=_words(evidence))


def classify(candidate: Candidate, taxonomy: Taxonomy) -> tuple[Filing, ...]:
    """Every category with enough evidence, in the order of the facets and of the taxonomy.

    Just enough evidence, such as one word in a title without abstract, scores 0.75, twice as much 0.94.
    """
    hits = taxonomy.terms.find(candidate.title, "title") + taxonomy.terms.find(candidate.abstract, "abstract")
    return tuple(f for facet in taxonomy.facets for f in _facet(facet, taxonomy, hits))
