"""What the review has measured of itself, for its pages; each part may be missing, and the pages then say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ... import audit, card, filed, proposal, sentinels
from . import contributions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ...audit import AuditFigures
    from ...card import Card
    from ...corpus import Corpus
    from ...filed import Filed
    from ...model import Identifier, Sampled
    from ...proposal import Proposed
    from ...recall import Recapture
    from ...scope import Scope
    from ...sentinels import SetFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`samples` are all that was ever drawn for audits, `open` those that wait for an answer, `proposal` what waits for people.

    `inbox` are the contributions that wait.
    """

    proposal: tuple[Proposed, ...] = ()
    card: Card | None = None
    audit: AuditFigures | None = None
    samples: tuple[Sampled, ...] = ()
    open: tuple[Sampled, ...] = ()
    sentinels: tuple[SetFigures, ...] = ()
    recapture: Recapture | None = None
    filed: Mapping[Identifier, tuple[Filed, ...]] = field(default_factory=dict)
    inbox: tuple[contributions.Waiting, ...] = ()


def load(bib: Path, corpus: Corpus, scope: Scope, recapture: Recapture | None = None) -> Measured:
    """What stands under `bib` of this corpus, as of its last day: no clock is asked. BadData for a file that cannot be read.

    `recapture` is the caller's, who knows the citations.
    """
    samples = audit.load(bib)
    decided = (d.on for of in corpus.decisions.values() for d in of[-1:])
    on = max([*(n.night[:10] for n in corpus.nights), *(s.audit for s in samples), *decided], default="")
    return Measured(
        proposal=proposal.load(bib),
        card=card.load(bib),
        audit=audit.figures(samples, corpus, on) if on else None,
        samples=samples,
        open=audit.questions(samples, corpus),
        sentinels=sentinels.measure(sentinels.load(bib), corpus, scope),
        recapture=recapture,
        filed=filed.by_paper(filed.load(bib)),
        inbox=contributions.load(bib),
    )
