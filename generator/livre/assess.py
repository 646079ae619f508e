"""`livre evaluate` as one function: what is on disk, what it teaches, and how good that is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import audit, edges, evaluate, labelled, rounds, sentinels
from .centre import centre, cites_core, recaptured
from .corpus import load
from .filing import Filer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .evaluate import OfFiling, OfLedger, OfScreening
    from .model import Problem


def assess(
    bib: Path,
    *,
    on: str,
    records: Path | None = None,
    column: str = "",
    seeds: int = evaluate.SEEDS,
    means: Mapping[str, Collection[str]] | None = None,
) -> tuple[OfLedger | OfScreening | OfFiling, tuple[Problem, ...]]:
    """Measure on the ledger under `bib` or, with `records`, on that CSV and its `column` of labels, on the day `on` (ISO).

    Everything decided up to that day teaches, but for the sentinels and the works of the CSV. Beside the figures, what could not
    be used of a file, row by row. BadData when the review or the CSV cannot be read.
    """
    corpus = load(bib)
    table = labelled.read(records, column) if records else None
    tomorrow = (date.fromisoformat(on) + timedelta(days=1)).isoformat()
    citations = edges.load(bib)
    middle = centre(corpus, citations, before=tomorrow)
    learned = rounds.learn(bib, corpus, tomorrow, core=cites_core(citations, middle), apart=evaluate.named(table) if table else frozenset())
    review = learned.review
    if table is None:
        card = evaluate.card(corpus, review.taxonomy, learned.screening, learned.filing, on=on)
        roads = recaptured(corpus, middle, review.scope.snowball)
        found = evaluate.ledger(corpus, review.scope, card, audits=audit.load(bib), sets=sentinels.load(bib), on=on, recapture=roads)
        return found, sentinels.problems(bib)
    if not table.binary:
        filer = learned.filing if isinstance(learned.filing, Filer) else Filer(taxonomy=review.taxonomy)
        return evaluate.filing(table, filer, corpus, means)
    wanted = review.scope.screening
    return evaluate.screening(
        table,
        precision=wanted.precision,
        missed=wanted.missed,
        seeds=seeds,
        corpus=corpus,
        decide=review.all_fresh,
        screener=learned.screening,
    )
