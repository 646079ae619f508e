"""What a night may not do to the corpus, whatever went wrong before it got here."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .errors import BrokenInvariant
from .model import Candidate, Identifier, Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .corpus import Corpus

WINDOW = timedelta(days=60)
"""How far back a night looks for what is usual."""

TIMES_THE_MOST = 5
"""A night that adds more than this many times the most of any night in the window does not save unattended."""

PART = 5
"""Nor does one that changes more than one in this many papers."""

FEW = 25
"""Additions or changes that are never suspicious, so that a small or quiet review is not stopped by a good day."""

_NO_FACT = frozenset({"source", "identifiers"})
_FACTS = tuple(f.name for f in fields(Paper) if f.name not in _NO_FACT)
_SHOWN = 5


def _some(names: Iterable[object]) -> str:
    listed = sorted(map(str, names))
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def _identifiers(corpus: Corpus) -> set[Identifier]:
    records: tuple[Mapping[object, Candidate], ...] = (corpus.papers, corpus.candidates)  # type: ignore[assignment]
    return {i for mapping in records for record in mapping.values() for i in record.identifiers}


def _losses(before: Corpus, after: Corpus) -> Iterator[str]:
    """Nothing that was known may be unknown; no exception, not even for people."""
    if strays := after.decisions.keys() - _identifiers(after):  # the decision is all that is left of a file that was emptied by hand
        yield f"these works have decisions and are in no file: {_some(strays)}"
    if lost := before.papers.keys() - after.papers.keys():
        yield f"these papers would disappear: {_some(lost)}"
    if gone := _identifiers(before) - _identifiers(after):
        yield f"these identifiers would disappear: {_some(gone)}"
    kept = [(p, after.papers[k]) for k, p in before.papers.items() if k in after.papers and after.papers[k] is not p]
    if moved := [p.key for p, q in kept if p.shard != q.shard]:
        yield f"these papers would move to another file: {_some(moved)}"
    if poorer := [p.key for p, q in kept if not set(p.identifiers) <= set(q.identifiers)]:
        yield f"these papers would lose an identifier: {_some(poorer)}"
    if silenced := [
        s
        for s, rows in before.decisions.items()
        if after.decisions.get(s) is not rows and Counter(rows) - Counter(after.decisions.get(s, ()))
    ]:
        yield f"decisions on these would disappear: {_some(silenced)}"


def _touched(before: Paper, after: Paper) -> bool:
    """Whether the paper says something else than it did; filling in what was empty is no such change."""
    return any(getattr(before, n) and getattr(before, n) != getattr(after, n) for n in _FACTS)


def _surprises(before: Corpus, after: Corpus, on: str) -> Iterator[str]:
    """What may be right, but not without someone looking."""
    since = (date.fromisoformat(on) - WINDOW).isoformat()
    nightly: Counter[str] = Counter()
    for night in before.nights:
        if since <= night.night < on:
            nightly[night.night] += night.included
    added = len(after.papers.keys() - before.papers.keys())
    most = max(nightly.values(), default=added)
    last = max((n.night for n in before.nights if n.harvest and n.complete and n.night < on), default=on)
    missed = max(1, (date.fromisoformat(on) - date.fromisoformat(last)).days)  # a night after a gap stands for all those in it
    if added > max(TIMES_THE_MOST * most * missed, FEW):
        yield f"{added} papers would be added, and no night of the last {WINDOW.days} days added more than {most}"
    pairs = ((p, after.papers.get(k, p)) for k, p in before.papers.items())
    touched = sum(p is not q and p.source.route != "import" and _touched(p, q) for p, q in pairs)
    if touched > max(len(before.papers) * missed // PART, FEW):
        yield f"{touched} of {len(before.papers)} papers would be changed"


def guard(before: Corpus, after: Corpus, *, on: str, attended: bool = False) -> None:
    """Raise BrokenInvariant, saying why, when the corpus `after` may not replace `before` on the day `on` (ISO date).

    No key, identifier or decision ever disappears, no paper moves, and whatever was decided on is still there. Unless
    a person attends, a night neither adds more than five times the most of the last 60 days (where there is such a
    record) nor changes more than a fifth of the papers, for each day since the last harvest that was whole, so that no gap
    calls for a person; the first answer of a source on an imported paper is no such change.
    """
    if losses := tuple(_losses(before, after)):
        raise BrokenInvariant("; ".join(losses) + "; nothing was saved: see what git says of bib/, and restore what is missing")
    if not attended and (surprises := tuple(_surprises(before, after, on))):
        raise BrokenInvariant("; ".join(surprises) + "; nothing was saved: look at it with --force --dry-run, then say --force")
