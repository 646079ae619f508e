"""What the review is about: `bib/scope.toml` as frozen values, checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote_plus

from .errors import BadData
from .model import Problem, Status
from .terms import NOTHING, AnyOf, Terms, expand
from .toml import Day, Locate, Positive, Share, Slug, Table, Text, duplicates, nearest, read

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_QUERY = 6_000
"""Characters as they stand in a URL; servers tend to refuse a request line of more than 8,000."""


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
    none: AnyOf = NOTHING
    hints: AnyOf = NOTHING
    title_alone: AnyOf = NOTHING
    status: tuple[Status, ...] = ()
    enough: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How much a word counts: in a title, in an abstract, as a hint; and how much is enough."""

    title: float = 4.0
    abstract: float = 1.0
    hint: float = 0.25
    near: float = 2.0
    enough: float = 4.0


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
        """The topic as one `search_query` of arXiv's API, however long. See `query`."""
        return query(topic)

    def queries(self, topic: Topic) -> tuple[str, ...]:
        """The topic as searches that each fit into a URL; together they find what `query` would."""
        return queries(topic)


def _searched(any_of: AnyOf) -> list[str]:
    """The terms that arXiv can search for, without those that a wider one finds as well; sorted.

    Its phrases know no star inside quotes, and no word may begin with one.
    """
    words = {t: t.removeprefix("=").replace("-", " ").replace("/", " ").lower().split() for t in sorted(any_of.terms)}
    words = {t: w for t, w in words.items() if not any(x.startswith("*") for x in w)}
    out: list[str] = []
    for term in sorted(words, key=lambda t: (len(words[t]), len(t), t)):
        if not any(_covers(words[wide], words[term]) for wide in out):
            out.append(term)
    return sorted(out)


def _covers(wide: list[str], narrow: list[str]) -> bool:
    """Whether every text with the narrow phrase has the wide one."""
    starts = range(len(narrow) - len(wide) + 1)
    return any(all(n == w or (w.endswith("*") and n.startswith(w[:-1])) for w, n in zip(wide, narrow[i:], strict=False)) for i in starts)


def _quoted(term: str) -> str:
    """A term for one field, `%s` standing for the field: stems alone, runs of whole words as phrases."""
    parts: list[str] = []
    run: list[str] = []
    for word in [*term.removeprefix("=").replace("-", " ").replace("/", " ").split(), "*"]:
        if not word.endswith("*"):
            run.append(word)
            continue
        if run:
            parts.append(f'%s:"{" ".join(run)}"' if len(run) > 1 else f"%s:{run[0]}")
        if word != "*":
            parts.append(f"%s:{word}")
        run = []
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def _either(terms: Iterable[str]) -> str:
    return " OR ".join(_quoted(t).replace("%s", name) for t in terms for name in ("ti", "abs"))


def query(topic: Topic) -> str:
    """A topic as a `search_query` of arXiv's API, for back-fill.

    It finds at least what the topic matches here, and more, for arXiv knows no case and counts no
    evidence; what comes back is matched again. Terms that begin with a star cannot be searched for.
    Only phrases of whole words are excluded there (ANDNOT): anything else would take too much away.
    """
    parts = [f"({_either(_searched(any_of))})" for any_of in topic.all]
    if topic.classes:
        parts.append(f"({' OR '.join(f'cat:{c}' if '.' in c else f'cat:{c}*' for c in topic.classes)})")
    out = " AND ".join(parts)
    none = _either(sorted(t for t in topic.none.terms if " " in t and "*" not in t and not t.startswith("=")))
    return f"{out} ANDNOT ({none})" if none else out


def queries(topic: Topic) -> tuple[str, ...]:
    """`query`, cut into searches of at most `LONGEST_QUERY` by halving the longest OR as often as it takes."""
    whole = query(topic)
    longest = max(range(len(topic.all)), key=lambda i: len(_either(_searched(topic.all[i]))))
    terms = _searched(topic.all[longest])
    if len(quote_plus(whole)) <= LONGEST_QUERY or len(terms) == 1:
        return (whole,)
    middle = len(terms) // 2
    halves = (AnyOf(frozenset(terms[:middle])), AnyOf(frozenset(terms[middle:])))
    return tuple(q for half in halves for q in queries(replace(topic, all=(*topic.all[:longest], half, *topic.all[longest + 1 :]))))


class _Curator(Table, kw_only=True):
    name: Text
    url: str = ""


class _Harvest(Table, kw_only=True):
    sets: tuple[Text, ...]
    since: Day


class _Evidence(Table, kw_only=True):
    title: Positive = 4.0
    abstract: Positive = 1.0
    hint: Share = 0.25
    near: Positive = 2.0
    enough: Positive = 4.0


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
    title_alone: tuple[Text, ...] = ()
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
                if any_of.terms and not _searched(any_of):
                    self.wrong("arXiv cannot search for any of these; add a term that begins with letters", "topics", i, "all", j)
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
                title_alone=self.any_of(c.title_alone, "criteria", i, "title_alone"),
                status=tuple(Status(s) for s in c.status),
                enough=c.enough or enough,
            )


def _every_term(topics: Iterable[Topic], criteria: Iterable[Criterion]) -> Iterator[str]:
    for topic in topics:
        for any_of in (*topic.all, topic.none):
            yield from any_of.terms | any_of.veto
    for criterion in criteria:
        for any_of in (*criterion.all, criterion.none, criterion.hints, criterion.title_alone):
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
        evidence=Evidence(title=e.title, abstract=e.abstract, hint=e.hint, near=e.near, enough=e.enough),
        topics=topics,
        criteria=criteria,
        terms=Terms(_every_term(topics, criteria)),
    )
