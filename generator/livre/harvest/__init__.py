"""Routes from arXiv to candidates. Each yields Batches, and ends normally only when it can prove that nothing is missing.

- `oai`: the nightly default, everything that changed in a window of days;
- `api`: a topic's back-fill, and look-up by id, through the `arxiv` package;
- `feed`: an answer of either on disk, for replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model import Candidate, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Part of a harvest.

    `refused` says of each record that was not taken which and why (`arXiv:2503.02104: no author`).
    `watermark` is the day (ISO date) up to which the source has now been harvested; only the last
    batch of a complete harvest has one, so what was cut short has none.
    `listed` are the identifiers of all records of it, where the route tells.
    """

    candidates: tuple[Candidate, ...] = ()
    refused: tuple[str, ...] = ()
    watermark: str = ""
    listed: tuple[Identifier, ...] = ()
