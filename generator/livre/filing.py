"""Filing by rules and by what they and people taught: categories in every facet, each with its words, score and source, or none.

How rules (`classify`) and models (`lessons`) are combined, facet by facet:

1. What a person filed stands, and nothing is added to it.
2. What rules find stands. Only where the categories of a facet are alternatives (its `share` is over one half) and rules
   find several, those stay that the models find at least `SHARE` as likely as the likeliest of them.
3. Where rules find nothing, the models file what is over its line: the probability from which on, on the newest quarter of what
   is known, the wanted share of what they filed was right.
4. Else the facet stays empty.

A category of which there are too few examples is a matter of rules alone. A parent goes with its children.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .classify import Filing, classify
from .learn import Model, Unlearnable
from .lessons import LEAST, LIKELY, NEWEST, document, held_by_people, learn
from .model import Paper

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

    from .confusion import FilingFigures
    from .learn import Document
    from .lessons import Example, Learned
    from .model import Candidate
    from .taxonomy import Facet, Taxonomy

PRECISION = 0.9
"""The wanted share of right ones among what the models file by themselves, unless told otherwise."""
SHARE = 0.25
"""Of several categories that rules found, those stay that are so likely, as a share of the likeliest."""
MARGIN = 0.7
"""What is filed is kept until it is so much under the line, in log odds, and the rest comes in so much over it: 0.7 is double the odds."""
WORDS = 5
"""So many words of a model are shown."""
_ALTERNATIVES = 0.5
_NEVER = 1e-6
_STANDS = 2 * MARGIN


def _odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def settle(leanings: Mapping[str, float], filed: Collection[str] | None) -> tuple[str, ...]:
    """The categories to file a paper under, by how far each is over its line (or, below 0, under it) in log odds, in their order.

    With None, for a new paper, all over the line. Those `filed` before are kept until they are `MARGIN` under it, and
    others come in `MARGIN` over it, so that learning anew every night does not move papers back and forth.
    """
    if filed is None:
        return tuple(c for c, lean in leanings.items() if lean >= 0)
    return tuple(c for c, lean in leanings.items() if lean >= (-MARGIN if c in filed else MARGIN))


def _over(learned: Mapping[str, Learned], documents: Sequence[Document]) -> dict[str, Model]:
    """The models for other documents, which are counted once for all of them."""
    models: dict[str, Model] = {}
    shared: Model | None = None
    for category, of in learned.items():
        if shared is None:
            shared = of.model.over(documents)
        models[category] = Model(space=shared.space, weights=shared.weights, slope=of.model.slope, offset=of.model.offset)
        models[category].__dict__["vectors"] = shared.vectors  # the cached property: all models of a Filer weigh words alike
    return models


def _persons(record: Candidate, taxonomy: Taxonomy) -> Iterator[Filing]:
    """What people filed."""
    held = held_by_people(record, taxonomy)
    for category in record.categories if isinstance(record, Paper) else ():
        if category in taxonomy.categories and taxonomy.categories[category].facet in held:
            yield Filing(category=category, score=1.0, words=(), source="person")


def _modelled(category: str, probability: float, model: Model, row: int) -> Filing:
    """A filing by the model with the words, no two of which share one, that speak most for it."""
    words: list[str] = []
    for word, share in model.words(row, 8 * WORDS):
        if share > 0 and not set(word.split()).intersection(" ".join(words).split()):
            words.append(word)
    return Filing(category=category, score=round(min(probability, 0.99), 2), words=tuple(words[:WORDS]), source="model")


def _whole(found: Iterable[Filing], taxonomy: Taxonomy) -> tuple[Filing, ...]:
    """With the parents of what was found, but for what people filed, in the order of the taxonomy."""
    every = {f.category: f for f in found}
    for filing in tuple(every.values()):
        if (parent := taxonomy.categories[filing.category].parent) and filing.source != "person":
            every.setdefault(parent, replace(filing, category=parent))
    return tuple(every[c] for c in taxonomy.categories if c in every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfiled:
    """Why nothing was learned; then a `Filer` without `learned` files by rules alone."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filer:
    """Files by rules and, where something was learned, by models.

    `figures` say by facet how the models alone filed the newest quarter of the `examples`, which `precision` was wanted of them.
    """

    taxonomy: Taxonomy
    learned: Mapping[str, Learned] = field(default_factory=dict)
    figures: Mapping[str, FilingFigures] = field(default_factory=dict)
    examples: int = 0
    precision: float = PRECISION

    def file(self, record: Candidate, filed: Collection[str] | None = None) -> tuple[Filing, ...]:
        """The categories of a record, in the order of the taxonomy.

        `filed` are those that the machine gave it before (see `settle`); None for a new one.
        """
        return next(self.file_each([(record, filed)]))

    def file_each(self, records: Iterable[tuple[Candidate, Collection[str] | None]]) -> Iterator[tuple[Filing, ...]]:
        """File many at once, which is faster; see `file`."""
        pairs = list(records)
        models = _over(self.learned, [document(record) for record, _ in pairs]) if pairs else {}
        scores = {c: model.scores(range(len(pairs))) for c, model in models.items()}
        for row, (record, filed) in enumerate(pairs):
            likely = {c: self.learned[c].probability(scores[c][row]) for c in models}
            spoken = {c for c, model in models.items() if scores[c][row] > model.offset}
            rules = {f.category: f for f in classify(record, self.taxonomy)}
            found = list(_persons(record, self.taxonomy))
            for facet in self.taxonomy.facets:
                if facet.id not in held_by_people(record, self.taxonomy):
                    for c in settle(self._leanings(facet, rules, likely, spoken), filed):
                        found.append(rules[c] if c in rules else _modelled(c, likely[c], models[c], row))
            yield _whole(found, self.taxonomy)

    def _leanings(self, facet: Facet, rules: Collection[str], likely: Mapping[str, float], spoken: Set[str]) -> dict[str, float]:
        """How far each category of a facet is over its line; what stands by a rule is far over it.

        The models add only what is `spoken` for by the words of a work, however common a category may be.
        """
        of = {c.id: c for c in self.taxonomy.of(facet.id)}
        own = [c for c in of if c in rules and not any(k.parent == c and k.id in rules for k in of.values())]
        if len(own) > 1 and facet.share > _ALTERNATIVES and all(c in likely for c in own):
            best = max(likely[c] for c in own)
            return {c: math.log(likely[c] / best / SHARE) for c in own}
        if own:
            return dict.fromkeys(own, _STANDS)
        over = {c: self._over_line(c, likely[c]) for c in of if c in spoken}
        alone = any(lean >= 0 for c, lean in over.items() if not of[c].rest)
        return {c: lean for c, lean in over.items() if not (of[c].rest and alone)}

    def _over_line(self, category: str, probability: float) -> float:
        """How far a probability is over the line of its category; without one nothing is, but what is likely stays where it is filed."""
        line = self.learned[category].line
        return _odds(probability) - _odds(line) if line is not None else min(_odds(probability) - _odds(LIKELY), -_NEVER)


def train(taught: Sequence[Example], taxonomy: Taxonomy, *, precision: float = PRECISION) -> Filer | Unfiled:
    """Learn to file from what `lessons.examples` found, in any order; Unfiled says why nothing was learned."""
    if len(taught) < NEWEST * LEAST:
        return Unfiled(reason=f"filing is learned from {NEWEST * LEAST} filed papers on; there are {len(taught)}")
    try:
        learned, figures = learn(taught, taxonomy, precision)
    except Unlearnable as e:
        return Unfiled(reason=f"nothing could be learned from {len(taught)} papers: {e}")
    if not learned:
        return Unfiled(reason=f"no category has examples enough among {len(taught)} papers")
    return Filer(taxonomy=taxonomy, learned=learned, figures=figures, examples=len(taught), precision=precision)
