"""What the review is about: `bib/scope.toml` as frozen values, checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from .model import Status
from .terms import NOTHING, AnyOf, Terms, any_of, searchable
from .toml import Count, Day, Faults, Positive, Share, Slug, Table, Text, Whole, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Groups = Mapping[str, tuple[str, ...]]
LATE_AFTER = 1.5
"""Days after which a night has been missed, its catch-ups too, unless scope.toml says another number or `stale_after` is below three."""


class Curator(Table, frozen=True, kw_only=True):
    """Someone who answers for the review."""

    name: Text
    url: str = ""


class Harvest(Table, frozen=True, kw_only=True):
    """What a night asks arXiv for: OAI-PMH sets (`group[:archive[:CATEGORY]]`), and from which day on the first time."""

    sets: tuple[Text, ...]
    since: Day


class Evidence(Table, frozen=True, kw_only=True):
    """What a hit counts in a title and in an abstract, a `hint` as a share of that.

    `near` is how much every OR of a topic needs, `enough` how much every OR of a criterion does.
    """

    title: Positive = 4.0
    abstract: Positive = 1.0
    hint: Share = 0.25
    near: Positive = 2.0
    enough: Positive = 4.0


class Screening(Table, frozen=True, kw_only=True):
    """What is asked of unattended screening.

    `precision` is the share of the included that belongs, `missed` the share of what belongs that may be excluded;
    at most `queue` works wait; of what changed rules would decide or file otherwise, up to `apply` differences are
    applied at once and more are only proposed.
    """

    precision: Share = 0.95
    missed: Share = 0.02
    queue: Count = 50
    apply: Count = 25


class Audit(Table, frozen=True, kw_only=True):
    """Every `days` days a random `sample` of the machine's decisions is drawn for people to check."""

    sample: Count = 20
    days: Whole = 7


class Snowball(Table, frozen=True, kw_only=True):
    """A work becomes a candidate when `cited_by` papers cite it, or when it cites `citing` core papers."""

    cited_by: Whole = 8
    citing: Whole = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is harvested: works that are near every OR of `all` and not near `none`, in one of the arXiv `classes` if any.

    While a work has no abstract, a word of the OR of `title_alone` at the same place will do for one OR of `all`.
    """

    id: str
    title: str
    all: tuple[AnyOf, ...]
    none: AnyOf
    title_alone: tuple[AnyOf, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A rule of the protocol: a `require` must be met, an `exclude` must not.

    It is met by a work of one of the `status`, or when every OR of `all` has `enough` evidence and
    `none` has not. What a hit counts is said in `Evidence`; hits of `hints` add to what an OR has, but
    are nothing alone. While a work has no abstract, one word of `title_alone` in its title will do.
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
class Scope:
    """The review: its face, what it harvests, and its protocol. `terms` finds all of its terms at once."""

    title: str
    description: str
    language: str
    repository: str
    curators: tuple[Curator, ...]
    harvest: Harvest
    stale_after: int
    late_after: float = LATE_AFTER
    evidence: Evidence
    screening: Screening = field(default_factory=Screening)
    audit: Audit = field(default_factory=Audit)
    snowball: Snowball = field(default_factory=Snowball)
    topics: tuple[Topic, ...]
    criteria: tuple[Criterion, ...]
    terms: Terms = field(repr=False, compare=False)


class _Freshness(Table, frozen=True, kw_only=True):
    stale_after: Whole = 3
    late_after: Positive | None = None


class _Topic(Table, frozen=True, kw_only=True):
    id: Slug
    title: Text
    all: tuple[tuple[Text, ...], ...]
    none: tuple[Text, ...] = ()
    title_alone: tuple[tuple[Text, ...], ...] = ()
    classes: tuple[Text, ...] = ()


class _Criterion(Table, frozen=True, kw_only=True):
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


class _File(Table, frozen=True, kw_only=True):
    title: Text
    description: Text
    language: Slug = "en"
    repository: str = ""
    curators: tuple[Curator, ...]
    harvest: Harvest
    freshness: _Freshness = _Freshness()
    evidence: Evidence = Evidence()
    screening: Screening = Screening()
    audit: Audit = Audit()
    snowball: Snowball = Snowball()
    terms: dict[str, tuple[Text, ...]] | None = None
    topics: tuple[_Topic, ...]
    criteria: tuple[_Criterion, ...]


def _every(written: tuple[tuple[str, ...], ...], groups: Groups, wrong: Faults, *path: str | int) -> tuple[AnyOf, ...]:
    for i, items in enumerate(written):
        if all(item.startswith("!") for item in items):
            wrong("an empty list can never be found; write terms into it or remove it", *path, i)
    return tuple(any_of(items, groups, wrong, *path, i) for i, items in enumerate(written))


def _topics(tables: tuple[_Topic, ...], groups: Groups, wrong: Faults) -> Iterator[Topic]:
    wrong.unique((t.id for t in tables), "topics")
    if not tables:
        wrong("a review needs at least one [[topics]], or nothing is ever harvested", "topics")
    for i, t in enumerate(tables):
        if not t.all:
            wrong(f"the topic {t.id!r} needs at least one list in `all`, or it would match everything", "topics", i, "all")
        every = _every(t.all, groups, wrong, "topics", i, "all")
        for j, found in enumerate(every):
            if found.terms and not any(map(searchable, found.terms)):
                wrong("arXiv cannot search for any of these; add a term that does not begin with a star", "topics", i, "all", j)
        none = any_of(t.none, groups, wrong, "topics", i, "none")
        alone = tuple(any_of(items, groups, wrong, "topics", i, "title_alone", j) for j, items in enumerate(t.title_alone))
        if alone and len(alone) != len(every):
            wrong(f"{len(every)} lists in `all` need {len(every)} here, in the same order, some perhaps empty", "topics", i, "title_alone")
        yield Topic(id=t.id, title=t.title, all=every, none=none, title_alone=alone, classes=t.classes)


def _criteria(tables: tuple[_Criterion, ...], groups: Groups, wrong: Faults, enough: float) -> Iterator[Criterion]:
    wrong.unique((c.id for c in tables), "criteria")
    if not any(c.kind == "require" for c in tables):
        wrong('a review needs at least one criterion with kind = "require", or all that is harvested is included', "criteria")
    for i, c in enumerate(tables):
        if bool(c.all) == bool(c.status):
            wrong(f"the criterion {c.id!r} needs either `all` or `status`", "criteria", i)
        yield Criterion(
            id=c.id,
            kind=c.kind,
            title=c.title,
            text=c.text,
            all=_every(c.all, groups, wrong, "criteria", i, "all"),
            none=any_of(c.none, groups, wrong, "criteria", i, "none"),
            hints=any_of(c.hints, groups, wrong, "criteria", i, "hints"),
            title_alone=any_of(c.title_alone, groups, wrong, "criteria", i, "title_alone"),
            status=tuple(Status(s) for s in c.status),
            enough=c.enough or enough,
        )


def load(path: Path, *, shown: str = "bib/scope.toml") -> Scope:
    """The scope in this file; BadData with all its problems, each with file, line and what to do."""
    file, locate = read(path, _File, shown=shown)
    wrong, groups = Faults(shown, locate, "scope"), file.terms or {}
    for name, written in groups.items():
        any_of(written, groups, wrong, "terms", name)
    try:
        date.fromisoformat(file.harvest.since)
    except ValueError:
        wrong(f"{file.harvest.since} is a day that no calendar has", "harvest", "since")
    if not file.harvest.sets:
        wrong('name at least one set of arXiv, as sets = ["cs"]', "harvest", "sets")
    stale = file.freshness.stale_after
    late = file.freshness.late_after or min(LATE_AFTER, stale / 2)
    if late >= stale:
        wrong("the review is late before it is out of date: late_after must be less than stale_after", "freshness", "late_after")
    topics = tuple(_topics(file.topics, groups, wrong))
    criteria = tuple(_criteria(file.criteria, groups, wrong, file.evidence.enough))
    wrong.refuse()
    parts = [a for t in topics for a in (*t.all, t.none, *t.title_alone)] + [
        a for c in criteria for a in (*c.all, c.none, c.hints, c.title_alone)
    ]
    return Scope(
        title=file.title,
        description=file.description,
        language=file.language,
        repository=file.repository,
        curators=file.curators,
        harvest=file.harvest,
        stale_after=stale,
        late_after=late,
        evidence=file.evidence,
        screening=file.screening,
        audit=file.audit,
        snowball=file.snowball,
        topics=topics,
        criteria=criteria,
        terms=Terms(t for part in parts for t in part.terms | part.veto),
    )
