"""What a source brought in a night, counted, and the line of the record that says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .errors import SourceError
from .model import CORRECTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .corpus import Corpus
    from .harvest import Batch
    from .model import Candidate, Change, Decision, Identifier, Night


@dataclass(slots=True)
class Gathered:
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    watermark: str = ""
    seen: int = 0
    stamps: Counter[str] = field(default_factory=Counter)
    """Records by the day of their last change, of whatever topic."""
    listed: set[Identifier] = field(default_factory=set)
    """The identifiers of all records, where the route tells."""
    doubt: str = ""


def gather(batches: Iterable[Batch], wanted: Callable[[Candidate], bool], progress: Callable[[str, int], None]) -> Gathered:
    """Read a route to its end, keeping what the review wants; a SourceError on the way means nothing is kept."""
    got = Gathered()
    for batch in batches:
        got.seen += len(batch.candidates)
        got.candidates += filter(wanted, batch.candidates)
        got.stamps.update(c.source.stamp for c in batch.candidates)
        got.listed.update(batch.listed)
        got.refused += batch.refused
        got.watermark = max(got.watermark, batch.watermark)
        progress("harvested", got.seen)
    return got


def gather_what_comes(batches: Iterable[Batch], step: str, progress: Callable[[str, int], None]) -> tuple[Gathered, str]:
    """Read a look-up, in which every request stands alone: what came before a failure counts. Also the failure, or ''."""
    got = Gathered()
    try:
        for batch in batches:
            got.seen += len(batch.candidates)
            got.candidates += batch.candidates
            got.refused += batch.refused
            progress(step, got.seen)
    except SourceError as error:
        return got, f"incomplete: {error}"[:400]
    return got, ""


def new_decisions(before: Corpus, after: Corpus) -> tuple[Decision, ...]:
    return tuple(d for s, ds in sorted(after.decisions.items()) for d in ds[len(before.decisions.get(s, ())) :])


def tally(line: Night, before: Corpus, after: Corpus, changes: Iterable[Change]) -> Night:
    """The line with what has come of it added: new records, updates, decisions."""
    verdicts = Counter(d.verdict.value for d in new_decisions(before, after) if d.criterion != CORRECTION)
    known = len(before.papers) + len(before.candidates)
    return replace(
        line,
        new=line.new + len(after.papers) + len(after.candidates) - known,
        updated=line.updated + sum(c.kind not in {"added", "duplicate"} for c in changes),
        included=line.included + verdicts["include"],
        excluded=line.excluded + verdicts["exclude"],
        waiting=line.waiting + verdicts["wait"],
    )


def line_of(blank: Night, got: Gathered, before: Corpus, after: Corpus, changes: Iterable[Change]) -> Night:
    outcome = "complete" if not got.refused else f"complete; {len(got.refused)} refused: {'; '.join(got.refused)}"[:400]
    if got.doubt:
        outcome = f"{outcome}; {got.doubt}"[:400]
    line = replace(blank, watermark=got.watermark, seen=got.seen, matched=len(got.candidates), outcome=outcome)
    return tally(line, before, after, changes)


def record(nights: Iterable[Night], line: Night, *, changed: bool) -> tuple[Night, ...]:
    """The record with this night's line. A second run adds to the first; one that changed nothing leaves it as it was."""
    table = {(n.night, n.source): n for n in nights}
    past = table.get((line.night, line.source))
    if past and past.complete:
        if not changed:
            return tuple(sorted(table.values()))
        sums = {n: getattr(past, n) + getattr(line, n) for n in ("new", "updated", "included", "excluded", "waiting")}
        asked = {n: max(getattr(past, n), getattr(line, n)) for n in ("seen", "matched")}
        line = replace(line, since=min(past.since, line.since), **asked, **sums)
    table[line.night, line.source] = line
    return tuple(sorted(table.values()))


def stamped(before: Iterable[Night], after: Iterable[Night], at: str) -> tuple[Night, ...]:
    """The record `after` with the time `at` on every line that says something else than it did `before`; the others stay as they were."""
    known = {(n.night, n.source): n for n in before}

    def kept(line: Night) -> Night:
        past = known.get((line.night, line.source))
        return past if past and replace(line, at=past.at) == past else replace(line, at=at)

    return tuple(map(kept, after))
