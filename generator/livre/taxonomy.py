"""How the review is filed: `bib/taxonomy.toml` as frozen values, checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import BadData
from .model import Problem
from .terms import AnyOf, Terms, expand
from .toml import Locate, Positive, Share, Slug, Table, Text, duplicates, nearest, read

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A way to look at a paper. A category is kept if its evidence is at least `share` of the best one's in the facet."""

    id: str
    title: str
    definition: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Terms that speak for a category, and how strongly each hit does."""

    weight: float
    terms: AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A shelf of a facet: its URL id, what belongs there, and the rules that find it. A child's papers are its parent's too."""

    id: str
    facet: str
    title: str
    definition: str
    parent: str = ""
    aliases: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All facets and categories, in the order of the file. `terms` finds every term of every rule at once.

    A hit in a title counts `title` times its rule's weight, one in an abstract once; `enough` files.
    """

    facets: tuple[Facet, ...]
    categories: Mapping[str, Category]
    title: float
    enough: float
    terms: Terms = field(repr=False, compare=False)

    def of(self, facet: str) -> tuple[Category, ...]:
        """The categories of a facet, in order."""
        return tuple(c for c in self.categories.values() if c.facet == facet)


class _Evidence(Table, kw_only=True):
    title: Positive = 3.0
    enough: Positive = 3.0


class _Facet(Table, kw_only=True):
    id: Slug
    title: Text
    definition: Text
    share: Share = 0.0


class _Category(Table, kw_only=True):
    id: Slug
    facet: Slug
    title: Text
    definition: Text
    parent: str = ""
    aliases: tuple[Text, ...] = ()
    strong: tuple[Text, ...] = ()
    terms: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()


class _File(Table, kw_only=True):
    evidence: _Evidence = _Evidence()
    facets: tuple[_Facet, ...]
    terms: dict[str, tuple[Text, ...]] = {}
    categories: tuple[_Category, ...]


WEIGHTS = {"strong": 3.0, "terms": 1.0, "weak": 1 / 3}
"""The three lists of a category, and what a hit of each counts."""


def _rules(c: _Category, i: int, groups: Mapping[str, tuple[str, ...]], wrong: _Wrong) -> Iterator[Rule]:
    for name, weight in WEIGHTS.items():
        good = []
        written: tuple[str, ...] = getattr(c, name)
        for j, item in enumerate(written):
            try:
                expand([item], groups)
            except ValueError as e:
                advice = f"; {nearest(item[1:], groups)}" if item.startswith("@") and item[1:] not in groups else ""
                wrong(f"{e}{advice}", "categories", i, name, j)
            else:
                good.append(item)
        if good:
            yield Rule(weight=weight, terms=expand(good, groups))


class _Wrong:
    """Collects problems with the line of the key that they are about."""

    def __init__(self, shown: str, locate: Locate) -> None:
        self.shown, self.locate = shown, locate
        self.problems: set[Problem] = set()

    def __call__(self, message: str, *path: str | int) -> None:
        self.problems.add(Problem(self.shown, self.locate(*path), "taxonomy", message))


def _check(file: _File, wrong: _Wrong) -> None:
    """Ids, facets and parents."""
    if not file.facets or not file.categories:
        wrong("a taxonomy needs at least one [[facets]] and one [[categories]]", "facets" if not file.facets else "categories")
    for i, name in duplicates([f.id for f in file.facets]).items():
        wrong(f"the facet {name!r} is there twice; remove one", "facets", i, "id")
    for i, name in duplicates([c.id for c in file.categories]).items():
        wrong(f"the category {name!r} is there twice, and ids are unique over all facets; choose another", "categories", i, "id")
    facets, by_id = {f.id for f in file.facets}, {c.id: c for c in file.categories}
    for i, c in enumerate(file.categories):
        if c.facet not in facets:
            wrong(f"there is no facet {c.facet!r}; {nearest(c.facet, facets)}", "categories", i, "facet")
        if not (c.strong or c.terms or c.weak) and not any(k.parent == c.id for k in file.categories):
            wrong(f"nothing can be filed under {c.id!r}: give it `strong`, `terms` or `weak`", "categories", i)
        if not c.parent:
            continue
        parent = by_id.get(c.parent)
        if not parent:
            wrong(f"there is no category {c.parent!r}; {nearest(c.parent, by_id)}", "categories", i, "parent")
        elif parent.facet != c.facet:
            wrong(f"the parent {c.parent!r} is of another facet, {parent.facet!r}", "categories", i, "parent")
        elif c.parent == c.id or parent.parent:
            wrong(f"{c.parent!r} cannot be a parent: it is the category itself or has a parent; one level is all there is", "categories", i, "parent")


def load(path: Path, *, shown: str = "bib/taxonomy.toml") -> Taxonomy:
    """The taxonomy in this file; BadData with all its problems, each with file, line and what to do."""
    file, locate = read(path, _File, shown=shown)
    wrong = _Wrong(shown, locate)
    _check(file, wrong)
    for name, written in file.terms.items():
        try:
            expand(written, file.terms)
        except ValueError as e:
            wrong(str(e), "terms", name)
    rules = [tuple(_rules(c, i, file.terms, wrong)) for i, c in enumerate(file.categories)]
    if wrong.problems:
        raise BadData(wrong.problems)
    order = {f.id: i for i, f in enumerate(file.facets)}
    categories = [
        Category(id=c.id, facet=c.facet, title=c.title, definition=c.definition, parent=c.parent, aliases=c.aliases, rules=r)
        for c, r in zip(file.categories, rules, strict=True)
    ]
    categories.sort(key=lambda c: order[c.facet])
    return Taxonomy(
        facets=tuple(Facet(id=f.id, title=f.title, definition=f.definition, share=f.share) for f in file.facets),
        categories={c.id: c for c in categories},
        title=file.evidence.title,
        enough=file.evidence.enough,
        terms=Terms(t for c in categories for r in c.rules for t in _all(r)),
    )


def _all(rule: Rule) -> Iterable[str]:
    return rule.terms.terms | rule.terms.veto
