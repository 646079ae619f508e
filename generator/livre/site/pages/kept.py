"""What stands beside the corpus and only pages tell of: summaries by a machine, and what git knows of each field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...blame import Touch
from ...identities import NOBODY, Identities

if TYPE_CHECKING:
    from ...model import Identifier
    from ...retirement import Retirement
    from ...summary import Summary

History = Callable[[], Mapping[str, Mapping[str, Touch]]]
"""Who last changed each field of each paper, by key and field; asked only when a page tells it, since git takes its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Summaries by paper, the history of the fields, who people say authors are, how the review ended, if it did, and the commit
    of its files, if they are in one."""

    summaries: Mapping[Identifier, Summary] = field(default_factory=dict)
    history: History = dict
    identities: Identities = NOBODY
    retired: Retirement | None = None
    commit: str = ""
