"""How the review is filed: `bib/taxonomy.toml` as frozen values, checked whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .terms import NOTHING, AnyOf, Terms, any_of
from .toml import Faults, Positive, Share, Slug, Table, Text, nearest, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A way to look at a paper. A category is kept if its evidence is at least `share` of the best one's in the facet.

    `terms` are all that its categories look for; among them the longest phrase wins.
    """

    id: str
    title: str
    definition: str
    share: float
    terms: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A shelf of a facet: its URL id, what belongs there, and what speaks for it.

    `weights` are terms and what a hit of each counts; `veto` are phrases in which they mean something
    else. A title with a term of every OR of `all`, and none of `none`, counts as one with a term of
    weight 1. A child's papers are its parent's too. A `rest` takes what no other category of its
    facet has.
    """

    id: str
    facet: str
    title: str
    definition: str
    parent: str = ""
    aliases: tuple[str, ...] = ()
    rest: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)
    veto: frozenset[str] = frozenset()
    all: tuple[AnyOf, ...] = ()
    none: AnyOf = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All facets and categories, in the order of the file. `terms` finds every term of every rule at once.

    A hit in a title counts `title` times its weight, one in an abstract once; `enough` files.
    """

    facets: tuple[Facet, ...]
    categories: Mapping[str, Category]
    title: float
    enough: float
    terms: Terms = field(repr=False, compare=False)

    def of(self, facet: str) -> tuple[Category, ...]:
        """The categories of a facet, in order."""
        return tuple(c for c in self.categories.values() if c.facet == facet)


class _Evidence(Table, frozen=True, kw_only=True):
    title: Positive = 3.0
    enough: Positive = 3.0


class _Facet(Table, frozen=True, kw_only=True):
    id: Slug
    title: Text
    definition: Text
    share: Share = 0.0


class _Category(Table, frozen=True, kw_only=True):
    id: Slug
    facet: Slug
    title: Text
    definition: Text
    parent: str = ""
    aliases: tuple[Text, ...] = ()
    rest: bool = False
    strong: tuple[Text, ...] = ()
    terms: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()
    all: tuple[tuple[Text, ...], ...] = ()
    none: tuple[Text, ...] = ()


class _File(Table, frozen=True, kw_only=True):
    evidence: _Evidence = _Evidence()
    facets: tuple[_Facet, ...]
    terms: dict[str, tuple[Text, ...]] | None = None
    categories: tuple[_Category, ...]


WEIGHTS = {"strong": 3.0, "terms": 1.0, "weak": 1 / 3}
"""The three lists of a category, and what a hit of each counts."""


def _check(file: _File, wrong: Faults) -> None:
    """Ids, facets and parents."""
    if not file.facets or not file.categories:
        wrong("a taxonomy needs at least one [[facets]] and one [[categories]]", "facets" if not file.facets else "categories")
    wrong.unique((f.id for f in file.facets), "facets")
    wrong.unique((c.id for c in file.categories), "categories")
    facets, by_id = {f.id for f in file.facets}, {c.id: c for c in file.categories}
    for i, c in enumerate(file.categories):
        if c.facet not in facets:
            wrong(f"there is no facet {c.facet!r}; {nearest(c.facet, facets)}", "categories", i, "facet")
        if not (c.strong or c.terms or c.weak or c.all) and not any(k.parent == c.id for k in file.categories):
            wrong(f"nothing can be filed under {c.id!r}: give it `terms`", "categories", i)
        if not c.parent:
            continue
        parent = by_id.get(c.parent)
        if not parent:
            wrong(f"there is no category {c.parent!r}; {nearest(c.parent, by_id)}", "categories", i, "parent")
        elif parent.facet != c.facet:
            wrong(f"the parent {c.parent!r} is of another facet, {parent.facet!r}", "categories", i, "parent")
        elif c.parent == c.id or parent.parent:
            wrong(f"{c.parent!r} cannot be a parent: it is this category, or has a parent itself", "categories", i, "parent")


def load(path: Path, *, shown: str = "bib/taxonomy.toml") -> Taxonomy:
    """The taxonomy in this file; BadData with all its problems, each with file, line and what to do."""
    file, locate = read(path, _File, shown=shown)
    wrong = Faults(shown, locate, "taxonomy")
    _check(file, wrong)
    groups = file.terms or {}
    for name, written in groups.items():
        any_of(written, groups, wrong, "terms", name)
    order = {f.id: i for i, f in enumerate(file.facets)}
    categories = sorted((_category(c, i, groups, wrong) for i, c in enumerate(file.categories)), key=lambda c: order.get(c.facet, 0))
    wrong.refuse()
    return Taxonomy(
        facets=tuple(
            Facet(id=f.id, title=f.title, definition=f.definition, share=f.share, terms=_terms(c for c in categories if c.facet == f.id))
            for f in file.facets
        ),
        categories={c.id: c for c in categories},
        title=file.evidence.title,
        enough=file.evidence.enough,
        terms=Terms(_terms(categories).union(*(c.veto for c in categories))),
    )


def _terms(categories: Iterable[Category]) -> frozenset[str]:
    return frozenset(t for c in categories for part in (c.weights, *(o.terms for o in (*c.all, c.none))) for t in part)


def _category(c: _Category, i: int, groups: Mapping[str, tuple[str, ...]], wrong: Faults) -> Category:
    lists = {name: any_of(getattr(c, name), groups, wrong, "categories", i, name) for name in WEIGHTS}
    every = tuple(any_of(items, groups, wrong, "categories", i, "all", j) for j, items in enumerate(c.all))
    weights: dict[str, float] = {}
    for name, found in lists.items():
        for term in found.terms:
            weights[term] = max(weights.get(term, 0.0), WEIGHTS[name])
    return Category(
        id=c.id,
        facet=c.facet,
        title=c.title,
        definition=c.definition,
        parent=c.parent,
        aliases=c.aliases,
        rest=c.rest,
        weights=weights,
        veto=frozenset(t for found in (*lists.values(), *every) for t in found.veto),
        all=every,
        none=any_of(c.none, groups, wrong, "categories", i, "none"),
    )
