"""What the review has measured of itself, for its pages; each part may be missing, and the pages then say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...audit import AuditFigures
    from ...card import Card
    from ...model import Sampled
    from ...proposal import Proposed
    from ...recall import Recapture
    from ...sentinels import SetFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`samples` are all that was ever drawn for audits, `open` those that wait for an answer, `proposal` what waits for people."""

    proposal: tuple[Proposed, ...] = ()
    card: Card | None = None
    audit: AuditFigures | None = None
    samples: tuple[Sampled, ...] = ()
    open: tuple[Sampled, ...] = ()
    sentinels: tuple[SetFigures, ...] = ()
    recapture: Recapture | None = None
