"""The card of what the review has learned: how it was tested, how it did, on how much it rests. `bib/evaluation.json`.

A night that trains writes it; pages only read it, so that a build learns nothing. Figures that follow from the counts (shares and
their intervals) are written beside these for other readers, and worked out again when it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from . import plaintext, toml
from .backtest import Backtest, Line
from .errors import BadData
from .model import Problem
from .quality import Bin, Confusion, Proportion

if TYPE_CHECKING:
    from pathlib import Path

CARD = "evaluation.json"
"""The card's path under bib/."""

PLACES = 4
"""Decimal places that are written: more would change every night and tell nothing."""

_DERIVED = {Confusion: ("precision", "recall", "f1"), Proportion: ("value", "low", "high")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningCard:
    """What screening has learned from: works included and excluded, how many of these by `people`, and how many people decided both ways.

    `thresholds` are those of each topic, '' being all together. `temporal` tells how the newest works were judged after learning from
    the older ones, `by_people` the same of those that people decided, None where they decided none, and `topics` of each topic;
    `random` tells it of works picked at random. `reason` says why nothing was learned, '' when something was.
    """

    included: int = 0
    excluded: int = 0
    people: int = 0
    contradictions: int = 0
    reason: str = ""
    thresholds: tuple[Line, ...] = ()
    temporal: Backtest | None = None
    by_people: Backtest | None = None
    topics: tuple[Backtest, ...] = ()
    random: Backtest | None = None

    @property
    def labels(self) -> str:
        """Whose word the figures on the newest works rest on, and what that makes them worth; '' where there are none."""
        if self.temporal is None or not self.temporal.n:
            return ""
        n, people = self.temporal.n, self.temporal.people
        if people == n:
            return f"People decided all {n:,} of the newest works: the figures say how well people's decisions are met."
        rules = "the review's own rules decided"
        if not people:
            return (
                f"{rules.capitalize()} all {n:,} of the newest works and people none, so the figures say how well rules are imitated, not "
                "whether they are right: an area near 1 is no proof of that. Audits and sentinels ask."
            )
        return (
            f"Of the newest works people decided {people:,}, and {rules} the other {n - people:,}: the figures on all of them say first "
            "how well rules are imitated, and an area near 1 is no proof that these are right. Those on what people decided stand apart."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCard:
    """How one facet is filed: the four counts of each category among the works that were filed, and how many were not.

    `micro` adds the categories up, `macro` is their mean F1; `whole` counts works not filed as missed.
    """

    facet: str
    categories: Mapping[str, Confusion]
    micro: Confusion
    macro: float | None
    whole: Confusion
    abstained: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingCard:
    """What filing has learned from, how many of these works by `people`, and how it did in each facet; see `ScreeningCard`."""

    trained: int = 0
    people: int = 0
    contradictions: int = 0
    reason: str = ""
    facets: tuple[FacetCard, ...] = ()


_PARTS = (ScreeningCard, FilingCard, FacetCard, Backtest, Line, Bin, Confusion, Proportion)

FORM = hashlib.sha256(repr([(f.name, f.type) for part in _PARTS for f in fields(part)]).encode()).hexdigest()[:8]
"""Names the attributes that a card has; another livre may have others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the review had learned on the day `on` (ISO), and how good it was at it."""

    on: str
    screening: ScreeningCard
    filing: FilingCard
    form: str = FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    form: str


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses and what follows from them as objects, floats rounded to `PLACES`."""
    if is_dataclass(value):
        names = (*(f.name for f in fields(value)), *_DERIVED.get(type(value), ()))
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return round(value, PLACES) + 0.0 if isinstance(value, float) else value


def dumps(value: object) -> bytes:
    """Canonical JSON: keys sorted, one space of indent, floats rounded, a line end at the end."""
    return f"{json.dumps(plain(value), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)}\n".encode()


def loads(data: bytes, *, path: str) -> Card | None:
    """The card in these bytes; None when it is of another `FORM`, BadData when it is not exactly what `dumps` would write."""
    if toml.decoded(data, _Form, shown=path).form != FORM:
        return None
    card = toml.decoded(data, Card, shown=path)
    if dumps(card) != data:
        raise BadData(
            [Problem(path, 0, "card-form", "this is not as livre wrote it: restore it from git, or remove it until the next night")]
        )
    return card


def load(bib: Path) -> Card | None:
    """The card under `bib`, None while there is none that this livre can read: the next night writes one."""
    shown = f"bib/{CARD}"
    return loads(plaintext.contents(bib / CARD, shown=shown), path=shown) if (bib / CARD).exists() else None
