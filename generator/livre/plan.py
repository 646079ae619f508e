"""What a new review is to be about, as its maintainer says it in a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .appeal import quoted
from .errors import UsageError
from .names import slug
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_AND = re.compile(r"(?:^|\s)AND(?:\s|$)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|&$-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What works must be about: one term of every group (docs/rules.md says what a term is)."""

    title: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category to begin with: its title and the terms that file a work there."""

    title: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A new review: `since` is the ISO day where the first night starts, `requirement` how pip is to find livre."""

    title: str
    description: str
    curator: str
    sets: tuple[str, ...]
    topics: tuple[Subject, ...]
    categories: tuple[Shelf, ...]
    since: str
    requirement: str
    repository: str = ""
    language: str = "en"

    @property
    def address(self) -> str:
        """Where GitHub Pages will publish it, '' for other hosts."""
        at = urlsplit(self.repository)
        owner, _, name = at.path.strip("/").removesuffix(".git").partition("/")
        if at.hostname != "github.com" or not name:
            return ""
        return f"https://{owner.lower()}.github.io/" + ("" if name.lower() == f"{owner.lower()}.github.io" else f"{name}/")


def _terms(text: str) -> tuple[str, ...]:
    return tuple(term for part in text.split(",") if (term := one_line(part).strip()))


def subject(text: str) -> Subject:
    """A topic as it is typed: `unicorn*, dragon* AND imaginary model*`; UsageError when nothing is in one of its groups."""
    groups = tuple(_terms(group) for group in _AND.split(one_line(text)))
    if not all(groups):
        raise UsageError(f"topic {text!r}: write words or phrases parted by commas, and AND between groups that must all be met")
    title = " and ".join(group[0].strip("*=!") for group in groups)
    return Subject(title=title[:1].upper() + title[1:], groups=groups)


def shelf(text: str) -> Shelf:
    """A category as it is typed: `Dragons`, or `Dragons: dragon*, wyvern*`; its title is its term where none is given."""
    title, _, terms = one_line(text).partition(":")
    if not title.strip() or not slug(title):
        raise UsageError(f"category {text!r}: write its title, or its title, a colon, and words that file a work there")
    return Shelf(title=title.strip(), terms=_terms(terms) or (title.strip().lower(),))


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, items))}]"


def marked_down(text: str) -> str:
    """A text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", one_line(text))


def _ids(titles: Iterable[str], taken: Iterable[str] = ()) -> Iterator[str]:
    used = set(taken)
    for title in titles:
        stem = slug(title)[:40].strip("-") or "topic"
        name = next(n for i in range(1, 1000) if (n := stem if i == 1 else f"{stem}-{i}") not in used)
        used.add(name)
        yield name


def topics(plan: Plan) -> str:
    """The `[[topics]]` of scope.toml."""
    return "".join(
        f"[[topics]]\nid = {quoted(name)}\ntitle = {quoted(of.title)}\nall = [{', '.join(map(_list, of.groups))}]\n\n"
        for of, name in zip(plan.topics, _ids(t.title for t in plan.topics), strict=True)
    )


def criteria(plan: Plan) -> str:
    """What a work must show to be included: the words of one of the topics; several topics share a group for each of their places."""
    places = max(len(t.groups) for t in plan.topics)
    groups = [
        tuple(dict.fromkeys(term for t in plan.topics for term in (t.groups[i] if i < len(t.groups) else t.groups[-1])))
        for i in range(places)
    ]
    return "\n".join(
        f'[[criteria]]\nid = {quoted("subject" if i == 0 else f"subject-{i + 1}")}\nkind = "require"\n'
        f"title = {quoted('On the subject' if places == 1 else f'On the subject, part {i + 1}')}\n"
        f'text = "The work is about one of these, and not merely with an example from there."\nall = [{_list(group)}]\n'
        for i, group in enumerate(groups)
    )


def categories(plan: Plan, taken: Iterable[str]) -> str:
    """The `[[categories]]` of the facet `topic` in taxonomy.toml; no id is one of those `taken`."""
    return "".join(
        f'[[categories]]\nid = {quoted(name)}\nfacet = "topic"\ntitle = {quoted(of.title)}\n'
        f"definition = {quoted(f'Works on {of.title.lower()}.')}\nterms = {_list(of.terms)}\n\n"
        for of, name in zip(plan.categories, _ids((c.title for c in plan.categories), taken), strict=True)
    )
