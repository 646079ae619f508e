"""The inbox in a night: what lies there is applied, and the night's record says what came of it.

Also an update of its own, for the moment in which a contribution is merged: no harvest, no citations, no rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import inbox, intake
from .appeal import pull_request
from .brought import Bringer, brought
from .corpus import load, tree
from .guard import guard
from .intact import prove
from .judgement import Review
from .model import Night
from .save import save, writer
from .tally import new_decisions, record, stamped, tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .corpus import Corpus
    from .facts import Ask
    from .model import Change, Decision, Problem

SOURCE = "inbox"
"""How the line of the record is called."""

LONGEST = 4000
"""Characters of what the record says of the files that are held; the last of them may be cut."""

_BETWEEN = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What an update of the inbox alone did."""

    nights: tuple[Night, ...]
    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...]
    files: tuple[str, ...]
    applied: tuple[str, ...]
    held: tuple[Problem, ...]
    papers: int


def _outcome(held: tuple[Problem, ...]) -> str:
    """How the record says it: `complete`, and each held file with its reason."""
    if not held:
        return "complete"
    told = _BETWEEN.join(f"{p.path}{f':{p.line}' if p.line else ''}: {p.message}" for p in held)
    return f"complete; {len(held)} held: {told}"[:LONGEST]


def held(night: Night) -> dict[str, str]:
    """Path and reason of each file that was held, as the line of the inbox tells it."""
    _, colon, told = night.outcome.partition(" held: ")
    pieces = (piece.partition(": ") for piece in told.split(_BETWEEN)) if colon else ()
    return {where.partition(":")[0]: why for where, _, why in pieces}


def deliver(review: Review, corpus: Corpus, bib: Path, ask: Ask | None) -> intake.Outcome:
    """The corpus with what lies in the inbox under `bib` applied, signed with who brought it, and with a line in the record of nights.

    `ask` is asked for works that are not known here; without it they wait. An inbox in which nothing lies leaves no line.
    """
    asked, broken = inbox.read(bib, review.taxonomy)
    of = brought(bib.parent, {c.path for c in asked})
    outcome = intake.apply(
        corpus,
        asked,
        by=lambda path: of.get(path, Bringer()).name,
        link=lambda path: pull_request(review.scope.repository, of.get(path, Bringer()).pull),
        lookup=ask,
        file=review.file,
        taxonomy=review.taxonomy,
        on=review.on,
    )
    outcome = replace(outcome, held=(*broken, *outcome.held))
    applied = len({c.work for c in outcome.applied})
    line = Night(night=review.on, source=SOURCE, seen=applied, matched=applied, outcome=_outcome(outcome.held))
    past = next((n for n in corpus.nights if (n.night, n.source) == (line.night, line.source)), None)
    changed = outcome.corpus != corpus or (past is not None and past.outcome != line.outcome)
    if not (asked or broken or changed):
        return outcome
    line = tally(line, corpus, outcome.corpus, outcome.changes)
    return replace(outcome, corpus=replace(outcome.corpus, nights=record(outcome.corpus.nights, line, changed=changed)))


def receive(bib: Path, *, ask: Ask | None, on: str, at: Callable[[], str] = lambda: "", dry_run: bool = False) -> Received:
    """Apply the inbox on the day `on` (ISO date) and save, and do nothing else. Raises BadData, BrokenInvariant, CannotWrite."""
    with writer(bib):
        prove(bib)
        before = load(bib)
        outcome = deliver(Review(bib, on), before, bib, ask)
        guard(before, outcome.corpus, on=on, attended=True)
        after = replace(outcome.corpus, nights=stamped(before.nights, outcome.corpus.nights, at()))
        files = save(bib, tree(after), read=before.read, also=dict.fromkeys(outcome.emptied), dry_run=dry_run)
    return Received(
        nights=tuple(n for n in after.nights if n not in before.nights),
        decisions=new_decisions(before, after),
        changes=outcome.changes,
        files=files,
        applied=tuple(dict.fromkeys(c.path for c in outcome.applied)),
        held=outcome.held,
        papers=len(after.papers),
    )
