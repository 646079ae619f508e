"""What the review is about: `bib/scope.toml` as frozen values, checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .errors import BadData
from .model import Problem, Status
from .terms import AnyOf, Terms, expand
from .toml import Day, Locate, Positive, Share, Slug, Table, Text, duplicates, nearest, read

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_QUERY = 60_000
"""Characters; a longer search makes a URL that arXiv's server may refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curator:
    """Someone who answers for the review."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a night asks arXiv for: OAI-PMH sets (`group[:archive[:CATEGORY]]`), and from which day on the first time."""

    sets: tuple[str, ...]
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is harvested: works in which every OR of `all` is found and none of `none`, in one of the arXiv `classes` if any."""

    id: str
    title: str
    all: tuple[AnyOf, ...]
    none: AnyOf
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A rule of the protocol: a `require` must be met, an `exclude` must not.

    It is met by a work of one of the `status`, or when every OR of `all` has `enough` evidence and
    `none` has not. A hit in the title counts `Evidence.title`, one in the abstract `Evidence.abstract`;
    a hit of `hints` counts `Evidence.hint` of that, towards every OR.
    """

    id: str
    kind: Literal["require", "exclude"]
    title: str
    text: str
    all: tuple[AnyOf, ...] = ()
    none: AnyOf = field(default_factory=lambda: AnyOf(frozenset()))
    hints: AnyOf = field(default_factory=lambda: AnyOf(frozenset()))
    status: tuple[Status, ...] = ()
    enough: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How much a word counts: in a title, in an abstract, as a hint; and how much is enough."""

    title: float = 3.0
    abstract: float = 1.0
    hint: float = 1 / 3
    enough: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The review: its face, what it harvests, and its protocol. `terms` finds all of its terms at once."""

    title: str
    description: str
    language: str
    repository: str
    curators: tuple[Curator, ...]
    harvest: Harvest
    stale_after: int
    evidence: Evidence
    topics: tuple[Topic, ...]
    criteria: tuple[Criterion, ...]
    terms: Terms = field(repr=False, compare=False)

    def query(self, topic: Topic) -> str:
        """The topic as a `search_query` of arXiv's API, for back-fill.

        It finds at least what the topic matches here, and more: arXiv knows no star inside quotes, no
        star before a word and no case, so such terms are searched for more widely or, where nothing
        is left of them, not at all. What comes back is matched again.
        """
        return query(topic)


def _quoted(term: str) -> str:
    """A term for one field, `%s` standing for the field; '' for one that arXiv cannot search for."""
    words = term.removeprefix("=").replace("-", " ").replace("/", " ").split()
    if any(w.startswith("*") for w in words):
        return ""
    parts: list[str] = []
    run: list[str] = []
    for word in [*words, "*"]:
        if word.endswith("*"):
            if run:
                parts.append(f'%s:"{" ".join(run)}"' if len(run) > 1 else f"%s:{run[0]}")
            if word != "*":
                parts.append(f"%s:{word}")
            run = []
        else:
            run.append(word)
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def _either(terms: Iterable[str]) -> str:
    found = sorted({q for t in terms if (q := _quoted(t))})
    return " OR ".join(q.replace("%s", name) for q in found for name in ("ti", "abs"))


def query(topic: Topic) -> str:
    """See `Scope.query`. Only phrases without stars and case are excluded there: anything else would take too much away."""
    parts = [f"({_either(any_of.terms)})" for any_of in topic.all]
    if topic.classes:
        parts.append(f"({' OR '.join(f'cat:{c}' if '.' in c else f'cat:{c}*' for c in topic.classes)})")
    out = " AND ".join(parts)
    none = _either(t for t in topic.none.terms if " " in t and "*" not in t and not t.startswith("="))
    return f"{out} ANDNOT ({none})" if none else out


class _Curator(Table, kw_only=True):
    name: Text
    url: str = ""


class _Harvest(Table, kw_only=True):
    sets: tuple[Text, ...]
    since: Day


class _Evidence(Table, kw_only=True):
    title: Positive = 3.0
    abstract: Positive = 1.0
    hint: Share = 1 / 3
    enough: Positive = 3.0


class _Freshness(Table, kw_only=True):
    stale_after: int = 3


class _Topic(Table, kw_only=True):
    id: Slug
    title: Text
    all: tuple[tuple[Text, ...], ...]
    none: tuple[Text, ...] = ()
    classes: tuple[Text, ...] = ()


class _Criterion(Table, kw_only=True):
    id: Slug
    kind: Literal["require", "exclude"]
    title: Text
    text: Text
    all: tuple[tuple[Text, ...], ...] = ()
    none: tuple[Text, ...] = ()
    hints: tuple[Text, ...] = ()
    status: tuple[Literal["withdrawn", "retracted", "corrected", "replaced"], ...] = ()
    enough: Positive | None = None


class _File(Table, kw_only=True):
    title: Text
    description: Text
    language: Slug = "en"
    repository: str = ""
    curators: tuple[_Curator, ...]
    harvest: _Harvest
    freshness: _Freshness = _Freshness()
    evidence: _Evidence = _Evidence()
    terms: dict[str, tuple[Text, ...]] = {}
    topics: tuple[_Topic, ...]
    criteria: tuple[_Criterion, ...]


class _Reader:
    """Turns the tables of a file into values, collecting every problem instead of stopping at one."""

    def __init__(self, shown: str, locate: Locate, groups: Mapping[str, tuple[str, ...]]) -> None:
        self.shown, self.locate, self.groups = shown, locate, groups
        self.problems: list[Problem] = []

    def wrong(self, message: str, *path: str | int) -> None:
        self.problems.append(Problem(self.shown, self.locate(*path), "scope", message))

    def any_of(self, written: tuple[str, ...], *path: str | int) -> AnyOf:
        good = []
        for i, item in enumerate(written):
            try:
                expand([item], self.groups)
            except ValueError as e:
                advice = f"; {nearest(item[1:], self.groups)}" if item.startswith("@") and item[1:] not in self.groups else ""
                self.wrong(f"{e}{advice}", *path, i)
            else:
                good.append(item)
        return expand(good, self.groups)

    def every(self, written: tuple[tuple[str, ...], ...], *path: str | int) -> tuple[AnyOf, ...]:
        for i, items in enumerate(written):
            if not any(not item.startswith("!") for item in items):
                self.wrong("an empty list can never be found; write terms into it or remove it", *path, i)
        return tuple(self.any_of(items, *path, i) for i, items in enumerate(written))

    def unique(self, ids: Iterable[str], *path: str | int) -> None:
        for i, name in duplicates(ids).items():
            self.wrong(f"the id {name!r} is taken by an earlier one; choose another", *path, i, "id")

    def topics(self, tables: tuple[_Topic, ...]) -> Iterator[Topic]:
        self.unique((t.id for t in tables), "topics")
        if not tables:
            self.wrong("a review needs at least one [[topics]], or nothing is ever harvested", "topics")
        for i, t in enumerate(tables):
            if not t.all:
                self.wrong(f"the topic {t.id!r} needs at least one list in `all`, or it would match everything", "topics", i, "all")
            every, none = self.every(t.all, "topics", i, "all"), self.any_of(t.none, "topics", i, "none")
            topic = Topic(id=t.id, title=t.title, all=every, none=none, classes=t.classes)
            for j, any_of in enumerate(every):
                if any_of.terms and not _either(any_of.terms):
                    self.wrong("arXiv cannot search for any of these; add a term that begins with letters", "topics", i, "all", j)
            if (length := len(query(topic))) > LONGEST_QUERY:
                self.wrong(
                    f"the search of topic {t.id!r} has {length} characters, more than {LONGEST_QUERY}: make two topics of it", "topics", i
                )
            yield topic

    def criteria(self, tables: tuple[_Criterion, ...], enough: float) -> Iterator[Criterion]:
        self.unique((c.id for c in tables), "criteria")
        if not any(c.kind == "require" for c in tables):
            self.wrong('a review needs at least one criterion with kind = "require", or everything harvested is included', "criteria")
        for i, c in enumerate(tables):
            if bool(c.all) == bool(c.status):
                self.wrong(f"the criterion {c.id!r} needs either `all` or `status`", "criteria", i)
            yield Criterion(
                id=c.id,
                kind=c.kind,
                title=c.title,
                text=c.text,
                all=self.every(c.all, "criteria", i, "all"),
                none=self.any_of(c.none, "criteria", i, "none"),
                hints=self.any_of(c.hints, "criteria", i, "hints"),
                status=tuple(Status(s) for s in c.status),
                enough=c.enough or enough,
            )


def _every_term(topics: Iterable[Topic], criteria: Iterable[Criterion]) -> Iterator[str]:
    for topic in topics:
        for any_of in (*topic.all, topic.none):
            yield from any_of.terms | any_of.veto
    for criterion in criteria:
        for any_of in (*criterion.all, criterion.none, criterion.hints):
            yield from any_of.terms | any_of.veto


def load(path: Path, *, shown: str = "bib/scope.toml") -> Scope:
    """The scope in this file; BadData with all its problems, each with file, line and what to do."""
    file, locate = read(path, _File, shown=shown)
    reader = _Reader(shown, locate, file.terms)
    for name, written in file.terms.items():
        reader.any_of(written, "terms", name)
    if not file.harvest.sets:
        reader.wrong('name at least one set of arXiv, as sets = ["cs"]', "harvest", "sets")
    topics = tuple(reader.topics(file.topics))
    criteria = tuple(reader.criteria(file.criteria, file.evidence.enough))
    if reader.problems:
        raise BadData(set(reader.problems))
    e = file.evidence
    return Scope(
        title=file.title,
        description=file.description,
        language=file.language,
        repository=file.repository,
        curators=tuple(Curator(name=c.name, url=c.url) for c in file.curators),
        harvest=Harvest(sets=file.harvest.sets, since=file.harvest.since),
        stale_after=file.freshness.stale_after,
        evidence=Evidence(title=e.title, abstract=e.abstract, hint=e.hint, enough=e.enough),
        topics=topics,
        criteria=criteria,
        terms=Terms(_every_term(topics, criteria)),
    )
