"""What rules and people teach of filing: a linear model for each category of which there are examples enough.

In every facet one category is learned against the rest. A paper teaches twice, with its abstract and by its title alone, so
that a title can be filed as its abstract would be. Only what rules and people say teaches, never what a model said, so that
nothing feeds on itself. The newest quarter of the papers judges what the older ones taught: it gives the probabilities
(Platt 1999), and the lines from which on a model is believed. Then all of them teach.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .classify import classify
from .confusion import evaluate_filing
from .latex import plain
from .learn import Document, Model, Space, calibrate, fit_each
from .model import Candidate, Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .confusion import FilingFigures
    from .corpus import Corpus
    from .model import Identifier
    from .taxonomy import Taxonomy

PERSON = 5.0
"""How many papers filed by rules one filed by a person counts for."""
MOST = 1_500
"""So many of the newest papers that nobody filed teach; with more, nights would get longer and models hardly better."""
LEAST = 15
"""A category needs so many examples, and a third of that among the newest, to be learned."""
NEWEST = 4
"""One paper in so many, the newest, judges."""
LIKELY = 0.5
"""No line is lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A paper that teaches: its categories in every facet in which rules or people filed it.

    `persons` are the facets that people filed, `alone` those in which rules find something in the title alone.
    """

    subject: Identifier
    date: str
    document: Document
    categories: Mapping[str, frozenset[str]]
    persons: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    @property
    def views(self) -> tuple[Document, ...]:
        """The paper by its title alone and, when it has one, with its abstract."""
        title = Document(title=self.document.title, classes=self.document.classes)
        return (title, self.document) if self.document.abstract else (title,)


def document(record: Candidate) -> Document:
    """What the models see of a record."""
    return Document(title=plain(record.title), abstract=plain(record.abstract), classes=record.classes)


def held_by_people(record: Candidate, taxonomy: Taxonomy) -> frozenset[str]:
    """The facets of a record that belong to people: all of them when they wrote its keywords."""
    curated = record.curated if isinstance(record, Paper) else ()
    return frozenset(f.id for f in taxonomy.facets if f.id in curated or "keywords" in curated)


def _example(paper: Paper, taxonomy: Taxonomy) -> Example:
    """A facet that people filed teaches as they left it; one that they left empty, or where rules find nothing, teaches nothing."""
    facet_of = {c.id: c.facet for c in taxonomy.categories.values()}
    held = held_by_people(paper, taxonomy)
    categories: dict[str, set[str]] = {}
    for c in paper.categories:
        if facet_of.get(c) in held:
            categories.setdefault(facet_of[c], set()).add(c)
    for f in classify(paper, taxonomy):
        if facet_of[f.category] not in held:
            categories.setdefault(facet_of[f.category], set()).add(f.category)
    title = Candidate(identifiers=paper.identifiers, title=paper.title)
    return Example(
        subject=paper.primary,
        date=paper.date,
        document=document(paper),
        categories={facet: frozenset(of) for facet, of in categories.items()},
        persons=held.intersection(categories),
        alone=frozenset(facet_of[f.category] for f in classify(title, taxonomy)) if paper.abstract else frozenset(categories),
    )


def examples(corpus: Corpus, taxonomy: Taxonomy, *, held: frozenset[Identifier], before: str) -> tuple[Example, ...]:
    """The papers added before the day `before` that teach, oldest first; none that has an identifier in `held`."""
    known = [p for p in corpus.papers.values() if p.added < before and held.isdisjoint(p.identifiers)]
    known.sort(key=lambda p: (p.date, p.primary))
    late = {p.key for p in known[-MOST:]}
    found = (_example(p, taxonomy) for p in known if p.key in late or held_by_people(p, taxonomy))
    return tuple(e for e in found if e.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned of one category, from how many examples.

    From the probability `line` on, the model files by itself; None when it is not good enough for that, though it may still
    choose among what rules found.
    """

    category: str
    examples: int
    line: float | None
    model: Model = field(repr=False, compare=False)
    probability: Callable[[float], float] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """The views of all examples in one space; `whose` says of which example each row is a view, `old` how many do not judge."""

    space: Space
    examples: Sequence[Example]
    whose: Sequence[int]
    old: int

    def rows(self, facet: str, first: int, last: int) -> list[int]:
        """The rows of the examples from `first` to `last` that teach this facet."""
        return [row for row, i in enumerate(self.whose) if first <= i < last and facet in self.examples[i].categories]

    def labels(self, facet: str, rows: Iterable[int]) -> list[frozenset[str]]:
        return [self.examples[self.whose[row]].categories[facet] for row in rows]

    def wanted(self, taxonomy: Taxonomy, facet: str) -> list[str]:
        """The categories of which there are examples enough, both to learn from and to judge by."""
        every = len(self.examples)
        counts = {c.id: (self.count(facet, c.id, 0, self.old), self.count(facet, c.id, self.old, every)) for c in taxonomy.of(facet)}
        return [c for c, (old, new) in counts.items() if old >= LEAST and new >= LEAST / 3]

    def bare(self, facet: str, row: int) -> bool:
        """Whether this is a title in which rules find nothing: what a model is there for."""
        i = self.whose[row]
        return facet not in self.examples[i].alone and (row == 0 or self.whose[row - 1] != i)

    def models(self, facet: str, last: int, wanted: Sequence[str]) -> dict[str, Model]:
        """One model for each of the `wanted` categories, from the examples before `last`."""
        rows = self.rows(facet, 0, last)
        known = [row for row, i in enumerate(self.whose) if i < last]
        weights = [PERSON if facet in self.examples[self.whose[row]].persons else 1.0 for row in rows]
        labels = [of.intersection(wanted) for of in self.labels(facet, rows)]
        return fit_each(self.space, rows, labels, weights, known=known) if rows else {}

    def count(self, facet: str, category: str, first: int, last: int) -> int:
        return sum(category in e.categories.get(facet, ()) for e in self.examples[first:last])


def line(probabilities: Sequence[float], labels: Sequence[bool], precision: float) -> float | None:
    """The lowest probability, `LIKELY` at least, from which on a share of `precision` is right.

    None when there is none with at least `LEAST` / 3 rows.
    """
    out, right = None, 0
    ranked = sorted(zip(probabilities, labels, strict=True), key=lambda p: (-p[0], p[1]))
    for n, (probability, label) in enumerate(ranked, 1):
        right += label
        last = n == len(ranked) or ranked[n][0] < probability
        if last and probability >= LIKELY and n >= LEAST / 3 and right >= precision * n:
            out = probability
    return out


def _facet(lesson: _Class, facet: str, taxonomy: Taxonomy, precision: float) -> tuple[list[Learned], FilingFigures]:
    """What was learned of a facet, and how the newest papers were filed by it.

    A line is drawn for each category on all the newest, then one for the facet on titles in which rules find nothing; the higher
    one holds, for these are harder. With too few of them to tell, half as many may be wrong.
    """
    old, every = lesson.old, len(lesson.examples)
    rows = lesson.rows(facet, old, every)
    truth = lesson.labels(facet, rows)
    wanted = lesson.wanted(taxonomy, facet)
    before, after = lesson.models(facet, old, wanted), lesson.models(facet, every, wanted)
    bare = [k for k, row in enumerate(rows) if lesson.bare(facet, row)]
    unproven = len(bare) < LEAST
    out: list[Learned] = []
    said: dict[str, list[float]] = {}
    for category in (c for c in wanted if c in before and c in after):
        own = [category in of for of in truth]
        if all(own):
            continue
        scores = before[category].scores(rows)
        probability = calibrate(scores, own, [1.0] * len(rows))
        said[category] = [probability(s) for s in scores]
        n = lesson.count(facet, category, 0, every)
        from_here = line(said[category], own, (1 + precision) / 2 if unproven else precision)
        out.append(Learned(category=category, examples=n, line=from_here, model=after[category], probability=probability))
    if not unproven:
        tried = [(said[o.category][k], o.category in truth[k]) for o in out if o.line for k in bare if said[o.category][k] >= o.line]
        least = line([p for p, _ in tried], [right for _, right in tried], precision)
        out = [replace(o, line=max(o.line, least) if o.line and least else None) for o in out]
    filed = [frozenset(o.category for o in out if o.line and said[o.category][k] >= o.line) for k in range(len(rows))]
    return out, evaluate_filing(truth, filed, [c.id for c in taxonomy.of(facet)])


def learn(taught: Sequence[Example], taxonomy: Taxonomy, precision: float) -> tuple[dict[str, Learned], dict[str, FilingFigures]]:
    """What there is to learn, by category, and by facet how the newest papers were filed by that alone; Unlearnable without a word.

    The order of the examples does not matter.
    """
    ordered = sorted(taught, key=lambda e: (e.date, e.subject))
    views = [(view, i) for i, e in enumerate(ordered) for view in e.views]
    lesson = _Class(
        space=Space.of([view for view, _ in views]),
        examples=ordered,
        whose=[i for _, i in views],
        old=len(ordered) - len(ordered) // NEWEST,
    )
    found = {f.id: _facet(lesson, f.id, taxonomy, precision) for f in taxonomy.facets}
    return {o.category: o for out, _ in found.values() for o in out}, {facet: figures for facet, (_, figures) in found.items()}
