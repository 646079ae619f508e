"""The nouns of a living review: frozen values that refer to each other by key.

Standard library only. Dates are ISO 8601 strings, possibly only a year or a month
(`2023`, `2023-04`, `2023-04-12`), because that is all that many records know; they
compare as strings. Text is in the normal form of `latex.normal`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from urllib.parse import quote

ARXIV_ID = re.compile(r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})")
"""An arXiv identifier without its version, new style or old."""
ARXIV_CLASS = re.compile(r"[a-z]+(?:-[a-z]+)+|[a-z]+(?:-[a-z]+)*\.[A-Za-z]+(?:-[a-z]+)*")
"""An arXiv category such as `cs.CV`; arXiv's answers mix MSC and ACM classes in (`68T07`, `I.2.7`), which are none."""

_ARXIV = re.compile(
    r"(?:arxiv:|https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.48550/arxiv\.)?"
    rf"(?P<id>{ARXIV_ID.pattern})(?:v[0-9]+)?(?:\.pdf)?",
    re.IGNORECASE | re.ASCII,
)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(?P<doi>10\.[0-9]{4,9}/[!#-;=?-\[\]-z|~]+)", re.IGNORECASE | re.ASCII)
DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
"""A year, a month or a day in ISO 8601."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """What names a work outside this review: `arxiv:2503.02104` or `doi:10.1056/aioa2400640`.

    arXiv versions are stripped, old-style ids kept, DOIs are lower case, and arXiv's own
    DOIs (`10.48550/arXiv.<id>`) are the arXiv id.
    """

    scheme: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id, a URL or a `scheme:value`; ValueError names what is not one."""
        text = text.strip()
        if m := _ARXIV.fullmatch(text):
            head, slash, number = m["id"].rpartition("/")
            archive, dot, part = head.lower().partition(".")
            return cls("arxiv", archive + dot + part.upper() + slash + number)
        if m := _DOI.fullmatch(text):
            return cls("doi", m["doi"].lower())
        raise ValueError(f"{text!r} is neither an arXiv id nor a DOI")

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def url(self) -> str:
        """Where the work itself is."""
        if self.scheme == "arxiv":
            return f"https://arxiv.org/abs/{self.value}"
        return f"https://doi.org/{quote(self.value, safe='/:;().,_-+')}"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Name:
    """A name as written on one paper; one without `given` is kept in one piece (a collaboration)."""

    family: str
    given: str = ""
    suffix: str = ""

    def __post_init__(self) -> None:
        if not self.family or (self.suffix and not self.given):
            raise ValueError(f"a name needs a family, and a suffix a given name: {self!r}")

    def __str__(self) -> str:
        return " ".join(p for p in (self.given, self.family, self.suffix) if p)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Version:
    """One version of a preprint and the day it was submitted."""

    number: int
    on: str


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Source:
    """Which answer the facts of a record come from; greater means newer.

    `version` is the preprint's (0 where there is none), `stamp` the day the source
    last changed its record, `route` one of `import`, `feed`, `api`, `oai`.
    """

    version: int = 0
    stamp: str = ""
    route: str = "import"


class Status(StrEnum):
    """What became of a work; never a removal."""

    CURRENT = ""
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a source returned: bibliographic facts, no key, no verdict.

    `identifiers` are sorted and never empty; `classes` are arXiv categories, primary
    first; `extra` are BibTeX fields that we do not know, kept so that nothing is lost.
    """

    identifiers: tuple[Identifier, ...]
    title: str
    authors: tuple[Name, ...] = ()
    date: str = ""
    kind: str = "article"
    versions: tuple[Version, ...] = ()
    classes: tuple[str, ...] = ()
    journal: str = ""
    comment: str = ""
    url: str = ""
    code: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    abstract: str = ""
    status: Status = Status.CURRENT
    source: Source = field(default_factory=Source)
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def primary(self) -> Identifier:
        """The identifier that decisions are filed under: arXiv before DOI."""
        return self.identifiers[0]

    def identifier(self, scheme: str) -> str:
        """The value of the first identifier of this scheme, or ''."""
        return next((i.value for i in self.identifiers if i.scheme == scheme), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Candidate):
    """A member of the corpus. `key` and `shard` are given once and never change.

    `curated` names the BibTeX fields and facets that belong to people; `background`
    marks a milestone from outside the review's scope, shown but not counted.
    """

    key: str
    shard: str
    shorttitle: str = ""
    categories: tuple[str, ...] = ()
    milestone: str = ""
    background: bool = False
    added: str = ""
    curated: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What screening says of a candidate."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    WAIT = "wait"


CORRECTION = "correction"
"""The criterion of a decision that only says who corrected a record, and why: its verdict is the one that held before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict on a work: which criterion, how sure (0 to 1), by whom, when, why."""

    subject: Identifier
    on: str
    verdict: Verdict
    criterion: str
    score: float
    by: str
    why: str


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Sampled:
    """A decision drawn for an audit on the day `audit`: whose verdict, and out of how many alike (`of`)."""

    audit: str
    subject: Identifier
    verdict: Verdict
    of: int


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Citation:
    """One work citing another, as one source says, and the first and last day it said so.

    `absent` are days, a week or more apart, on which the source's list came whole and without it.
    """

    citing: Identifier
    cited: Identifier
    source: str
    first: str
    last: str
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ReferenceList:
    """What one source said of the references of a work when it was last asked, on the day `asked`.

    `listed` is how many it lists, `known` how many of these have an identifier; `outcome` is `complete` or says why not.
    """

    citing: Identifier
    source: str
    asked: str
    listed: int = 0
    known: int = 0
    outcome: str = "complete"


_NO_HARVEST = frozenset({"import", "inbox", "abstracts", "judgement", "snowball", "summaries", "reconcile"})


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Night:
    """One source in one night: what was asked, what came, how it ended.

    `outcome` begins with `complete`, or says why it is not; a complete one goes on to name what was refused.
    `at` is when this was written (UTC, `2025-03-14T06:20:31Z`), '' in records older than that column.
    """

    night: str
    source: str
    since: str = ""
    until: str = ""
    watermark: str = ""
    seen: int = 0
    matched: int = 0
    new: int = 0
    updated: int = 0
    included: int = 0
    excluded: int = 0
    waiting: int = 0
    outcome: str = "complete"
    at: str = ""

    @property
    def complete(self) -> bool:
        """Whether all that was asked for came."""
        return self.outcome.startswith("complete")

    @property
    def harvest(self) -> bool:
        """Whether this asked a source what is new."""
        return not self.source.startswith("link:") and self.source not in _NO_HARVEST


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Change:
    """What merge did to one paper: `added`, `updated` or a status, and to which fields."""

    kind: str
    key: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file: where, a stable code, and what to do about it."""

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One output page before rendering; `path` is its URL path (`papers/<key>/`)."""

    path: str
    template: str
    family: str
    context: dict[str, Any]
