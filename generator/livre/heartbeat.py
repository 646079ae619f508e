"""How the nights stand, read from bib/ by nothing but Python itself, for the jobs that may do more than read and so run no other code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import UsageError
from .freshness import counted, parsed
from .model import Night

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

STALE = 3
"""Days after which a review is out of date, where its scope does not say; as in `scope`."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(rf"(?:{_DAY.pattern}T\d\d:\d\d:\d\dZ)?", re.ASCII)


def _dated(night: str, at: str) -> bool:
    """Whether both are times that a calendar has, the second perhaps ''."""
    try:
        parsed(at or f"{night}T00:00:00Z")
    except ValueError:
        return False
    return bool(_DAY.fullmatch(night) and _INSTANT.fullmatch(at))


def nights(bib: Path) -> tuple[Night, ...]:
    """What the record of the nights says of sources and outcomes; lines that cannot be read are left out: `livre check` names them."""
    found = []
    for file in sorted((bib / "nights").glob("[0-9][0-9][0-9][0-9].tsv")):
        head, *rows = [line.split("\t") for line in file.read_text(encoding="utf-8", errors="replace").splitlines()] or [[]]
        for row in rows:
            cells = dict(zip(head, row, strict=False))
            at = cells.get("at", "")
            if {"night", "source", "outcome"} <= cells.keys() and _dated(cells["night"], at):
                found.append(Night(night=cells["night"], source=cells["source"], outcome=cells["outcome"], at=at))
    return tuple(found)


def done(record: Iterable[Night], day: str) -> bool:
    """Whether the night of this day (ISO date) has had a complete harvest."""
    return any(n.night == day and n.harvest and n.complete for n in record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """When a harvest was last complete, or else the import (UTC, ISO; '' for nothing), and after how many hours that is old."""

    harvested: str
    since: str
    stale_after: int

    def stale(self, now: datetime) -> bool:
        """Whether the review is out of date at `now`, by the hours that the site counts; one that never had anything is."""
        return not self.since or counted(parsed(self.since), now) >= self.stale_after


def pulse(root: Path) -> Pulse:
    """How fresh the review at `root` is. UsageError where its scope cannot be read."""
    try:
        said = tomllib.loads((root / "bib" / "scope.toml").read_text(encoding="utf-8")).get("freshness", {})
        stale = int(said.get("stale_after", STALE))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"bib/scope.toml cannot be read: {error}; livre check says more") from None
    record = nights(root / "bib")
    harvested = max((n.at or f"{n.night}T00:00:00Z" for n in record if n.harvest and n.complete), default="")
    imported = max((f"{n.night}T00:00:00Z" for n in record if n.source == "import"), default="")
    return Pulse(harvested=harvested, since=harvested or imported, stale_after=stale * 24)
