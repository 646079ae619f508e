"""Filing rule by rule: the categories of a work in every facet, with the words that say so.

Within a facet the longest phrase wins: `language model` says nothing where the text reads
`vision-language model`. A facet in which nothing has enough evidence stays empty.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .terms import longest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from .model import Candidate
    from .taxonomy import Category, Facet, Taxonomy
    from .terms import Hit

_FIELDS = ("title", "abstract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A category of a work, the confidence in it (0 to 1), the words that gave it, and whose it is.

    The `source` is `rule` (the words stand so in the text), `model` (the words speak most for it) or `person` (there are none).
    """

    category: str
    score: float
    words: tuple[str, ...]
    source: Literal["rule", "model", "person"] = "rule"


def _apart(hits: Iterable[Hit], weights: Mapping[str, float]) -> list[Hit]:
    """Hits of one field of which no two share a word, in the order of the text; of two, the weightier, longer, earlier one."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-weights.get(h.term, 0.0), h.start - h.end, h)):
        at = bisect(out, hit.start, key=lambda h: h.start)
        if (at == 0 or out[at - 1].end <= hit.start) and (at == len(out) or hit.end <= out[at].start):
            out.insert(at, hit)
    return out


def _evidence(category: Category, clear: Mapping[str, Sequence[Hit]], title: float) -> tuple[float, tuple[Hit, ...]]:
    """What speaks for a category, and the words of it."""
    points, evidence = 0.0, []
    weights, veto = category.weights, category.veto
    for name, worth in (("title", title), ("abstract", 1.0)):
        own = [h for h in clear[name] if h.term in weights or h.term in veto]
        if own:
            own = _apart(longest(own, veto), weights)
        points += worth * sum(weights[h.term] for h in own)
        evidence += own
    lists = [[h for h in clear["title"] if h.term in any_of.terms] for any_of in category.all]
    lists = [longest(found, veto) for found in lists] if all(lists) else []
    if lists and all(lists) and not any(h.term in category.none.terms for h in clear["title"]):
        points += title
        evidence += [h for found in lists for h in found[:1]]
    return points, tuple(evidence)


def _possible(category: Category, seen: Set[str]) -> bool:
    """Whether the terms seen can speak for a category at all."""
    if not seen.isdisjoint(category.weights):
        return True
    return bool(category.all) and not any(seen.isdisjoint(any_of.terms) for any_of in category.all)


def _words(hits: Iterable[Hit]) -> tuple[str, ...]:
    """The words found, once each, the title's first, in the order of the text."""
    ordered = sorted(hits, key=lambda h: (_FIELDS.index(h.field), h.start, h.end))
    return tuple({h.words.lower(): h.words for h in reversed(ordered)}.values())[::-1]


def _facet(facet: Facet, taxonomy: Taxonomy, hits: Sequence[Hit]) -> Iterator[Filing]:
    categories = taxonomy.of(facet.id)
    # A veto speaks for one category only, so it does not cover what another one finds.
    both = [*longest(h for h in hits if h.term in facet.terms), *(h for h in hits if h.term not in facet.terms)]
    clear = {name: [h for h in both if h.field == name] for name in _FIELDS}
    seen = {h.term for h in hits}
    found: Mapping[str, tuple[float, tuple[Hit, ...]]] = {
        c.id: _evidence(c, clear, taxonomy.title) if _possible(c, seen) else (0.0, ()) for c in categories
    }
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
