"""The methods in force, read from the same values that the nights obey."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .categories import cards

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...terms import AnyOf
    from .review import Review

_NIGHTS = 30
_TITLES = {"include": "included", "exclude": "not included", "wait": "waiting"}


def _terms(any_of: AnyOf) -> tuple[list[str], list[str]]:
    """(terms that speak for it, terms that take it back), in alphabetical order."""
    return sorted(any_of.terms, key=_sorted), sorted(any_of.veto, key=_sorted)


def _sorted(term: str) -> str:
    return term.lstrip("=*").casefold()


def _lists(every: Iterable[AnyOf]) -> list[tuple[list[str], list[str]]]:
    return [_terms(a) for a in every]


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/methods/`."""
    scope = review.scope
    last = [of[-1] for of in review.corpus.decisions.values()]
    verdicts = Counter(d.verdict.value for d in last)
    by_rule = Counter((d.criterion, d.verdict.value) for d in last)
    own = {t.id for t in scope.topics} | {c.id for c in scope.criteria}
    return {
        "scope": scope,
        "topics": [(t, _lists(t.all), _terms(t.none), by_rule[t.id, "include"]) for t in scope.topics],
        "criteria": [
            (
                c,
                _lists(c.all),
                _terms(c.none),
                sorted(c.hints.terms, key=_sorted),
                [(_TITLES[v], by_rule[c.id, v]) for v in _TITLES if by_rule[c.id, v]],
            )
            for c in scope.criteria
        ],
        "verdicts": [(title, verdicts[v]) for v, title in _TITLES.items()],
        "decided": len(last),
        "otherwise": [
            (review.rules[rule][0] if rule in review.rules else rule, _TITLES[verdict], n)
            for (rule, verdict), n in by_rule.most_common()
            if rule not in own
        ],
        "by_people": sum(d.by not in {"rules", "import"} for d in last),
        "taxonomy": review.taxonomy,
        "facets": cards(review),
        "nights": tuple(reversed(review.corpus.nights))[:_NIGHTS],
    }
