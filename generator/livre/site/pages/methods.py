"""The methods in force, read from the same values that the nights obey, and what they were found to be worth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...merge import MACHINE
from ...model import CORRECTION, Page
from . import cited, linked, quality
from .categories import cards
from .credit import contributors
from .flow import source, summary
from .new import proposed
from .records import FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...model import Decision
    from ...taxonomy import Category
    from ...terms import AnyOf
    from .review import Review

_NIGHTS = 14
_CONTRIBUTORS = 300
_TITLES = {"include": "included", "exclude": "not included", "wait": "waiting"}
_LONG = 24
"""A list of more words than this is shown once, in a place of its own, and named elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of which any will do, and phrases in which they mean something else. One with a `number` stands among the long lists."""

    terms: tuple[str, ...]
    veto: tuple[str, ...]
    number: int = 0


class _Lists:
    """The word lists of a protocol: the long ones get a number, the same one wherever they are asked for."""

    def __init__(self) -> None:
        self.long: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}

    def of(self, any_of: AnyOf) -> Words:
        terms, veto = _sorted(any_of.terms), _sorted(any_of.veto)
        number = self.long.setdefault((terms, veto), len(self.long) + 1) if len(terms) > _LONG else 0
        return Words(terms=terms, veto=veto, number=number)

    def all(self, every: Iterable[AnyOf]) -> list[Words]:
        return [self.of(a) for a in every]

    @property
    def shown(self) -> list[Words]:
        return [Words(terms=terms, veto=veto, number=n) for (terms, veto), n in self.long.items()]


def _sorted(terms: Iterable[str]) -> tuple[str, ...]:
    """In alphabetical order, whatever stars and marks they bear."""
    return tuple(sorted(terms, key=lambda t: (t.lstrip("=*").casefold(), t)))


def _last(past: Sequence[Decision]) -> Decision:
    """The decision that holds of a work; who corrects a record does not judge it."""
    return ([d for d in past if d.criterion != CORRECTION] or past)[-1]


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/methods/`."""
    scope = review.scope
    last = [_last(past) for past in review.corpus.decisions.values()]
    by_rule = Counter((d.criterion, d.verdict.value) for d in last)
    lists = _Lists()
    topics = [(t, lists.all(t.all), lists.of(t.none), lists.all(t.title_alone), by_rule[t.id, "include"]) for t in scope.topics]
    criteria = [
        (
            c,
            lists.all(c.all),
            lists.of(c.none),
            lists.of(c.hints),
            lists.of(c.title_alone),
            [(_TITLES[v], by_rule[c.id, v]) for v in _TITLES if by_rule[c.id, v]],
        )
        for c in scope.criteria
    ]
    return {
        "scope": scope,
        "topics": topics,
        "criteria": criteria,
        "long": lists.shown,
        "by_people": sum(d.by not in MACHINE and d.criterion != CORRECTION for d in last),
        "taxonomy": review.taxonomy,
        "facets": cards(review),
        "runs": [(n, source(n.source)) for n in tuple(reversed(review.corpus.nights))[:_NIGHTS]],
        "flow": summary(review),
        "citations": cited.context(review),
        "known": linked.known(review),
        "main_path": "graph/main-path/" in review.chapters,
        "quality": {**quality.context(review), "proposed": proposed(review)},
        "contributors": contributors(review)[:_CONTRIBUTORS],
        "why": "why/" in review.chapters,
        "submit": "submit/" in review.chapters,
    }


def _rules(category: Category, review: Review) -> dict[str, Any]:
    """The words of a category, weightiest first."""
    weights = sorted(set(category.weights.values()), reverse=True)
    return {
        "chip": review.chip(category),
        "parent": review.chips[category.parent] if category.parent else None,
        "rest": category.rest,
        "weights": [(f"{w:.2g}", _sorted(t for t, of in category.weights.items() if of == w)) for w in weights],
        "veto": _sorted(category.veto),
        "all": [(_sorted(a.terms), _sorted(a.veto)) for a in category.all],
        "none": _sorted(category.none.terms),
    }


def pages(review: Review) -> Iterator[Page]:
    """`/methods/rules/<facet>/`: the words that file, and `/methods/sentinels/<set>/`: what became of works that should be here."""
    for facet in review.taxonomy.facets:
        context = {
            "facet": facet,
            "taxonomy": review.taxonomy,
            "rules": [_rules(c, review) for c in review.taxonomy.of(facet.id)],
            "facets": [(f.title, f"methods/rules/{f.id}/") for f in review.taxonomy.facets],
        }
        yield Page(path=f"methods/rules/{facet.id}/", template="rules.html", family=FAMILY, context=context)
    yield from quality.pages(review)
