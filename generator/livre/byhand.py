"""Decisions made at a terminal, saved at once: what the inbox does, without a file in between."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import inbox, intake, rulings, walk
from .corpus import Corpus, load, tree
from .errors import BadData, CannotWrite, UsageError
from .guard import guard
from .judgement import Review
from .model import Problem, Verdict
from .save import save, write, writer
from .tally import new_decisions
from .toml import nearest
from .waiting import queue
from .why import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from .model import Candidate, Change, Decision, Identifier

WAIT = 10.0
"""Seconds that a person waits for another writer to finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of it: the decisions that were added, what became of papers, and the files under bib/ that changed."""

    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...]
    files: tuple[str, ...]


def _signed(by: str) -> str:
    if name := rulings.person(by, otherwise=""):
        return name
    raise UsageError(f"{by!r} signs no decision; say who decides with --by, or tell git: git config user.name 'Ada Example'")


def _because(text: str) -> str:
    try:
        return rulings.reason(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _criterion(name: str, review: Review) -> str:
    known = [c.id for c in review.scope.criteria] + [t.id for t in review.scope.topics]
    if name and name not in known:
        raise UsageError(f"there is no criterion {name!r} in bib/scope.toml; {nearest(name, known)}")
    return name or rulings.PERSON


def _saved(bib: Path, before: Corpus, after: Corpus, changes: Iterable[Change], *, on: str, dry_run: bool = False) -> Done:
    guard(before, after, on=on, attended=True)
    files = save(bib, tree(after), read=before.read, dry_run=dry_run)
    return Done(decisions=new_decisions(before, after), changes=tuple(changes), files=files)


def decide(
    bib: Path,
    works: Sequence[str],
    verdict: Verdict,
    *,
    because: str,
    by: str,
    on: str,
    criterion: str = "",
    categories: Mapping[str, Iterable[str]] | None = None,
    dry_run: bool = False,
) -> Done:
    """Include or exclude known works, named by arXiv id, DOI or key, and file them, on the day `on` (ISO date).

    UsageError for a work, criterion, facet or category that does not exist, for no reason, and for no name.
    """
    who, why = _signed(by), _because(because)
    with writer(bib, timeout=WAIT):
        before = load(bib)
        review = Review(bib, on)
        under = _criterion(criterion, review)
        try:
            filed = rulings.filed(categories or {}, review.taxonomy)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if filed and verdict is Verdict.EXCLUDE:
            raise UsageError("what is excluded is filed nowhere: leave the categories out")
        said = [
            rulings.Ruling(work=named(before, text), verdict=verdict, because=why, by=who, criterion=under, categories=filed)
            for text in works
        ]
        after, changes = rulings.rule(before, said, file=review.file, taxonomy=review.taxonomy, on=on)
        return _saved(bib, before, after, changes, on=on, dry_run=dry_run)


def add(
    bib: Path,
    works: Sequence[str],
    files: Sequence[Path],
    *,
    because: str,
    by: str,
    on: str,
    lookup: Callable[[Sequence[Identifier]], Iterable[Candidate]],
    dry_run: bool = False,
) -> Done:
    """Include works by arXiv id or DOI, and apply contributions from files, on the day `on` (ISO date): all or nothing.

    `lookup` asks a source for what is not known here; its SourceError is passed on. BadData for a file that cannot be
    read, and for what cannot be applied, each with its reason.
    """
    who = _signed(by)
    why = _because(because) if works else ""
    with writer(bib, timeout=WAIT):
        before = load(bib)
        review = Review(bib, on)
        asked = [inbox.Contribution(path=text, line=0, work=named(before, text), action="include", reason=why) for text in works]
        problems: list[Problem] = []
        for path in files:
            try:
                asked += inbox.one(path, str(path), review.taxonomy)
            except BadData as error:
                problems += error.problems
        if problems:
            raise BadData(problems)
        unknown = intake.unknown(before, asked)
        found = tuple(lookup(unknown)) if unknown else ()
        outcome = intake.apply(
            before, asked, by=lambda path: who, lookup=lambda works: found, file=review.file, taxonomy=review.taxonomy, on=on
        )
        if outcome.held:
            raise BadData(outcome.held)
        return _saved(bib, before, outcome.corpus, outcome.changes, on=on, dry_run=dry_run)


def put(bib: Path, path: str, text: str) -> None:
    """Put a contribution into the inbox: its path from the root of the review, and its text. Nothing is applied."""
    with writer(bib, timeout=WAIT):
        write(bib, {path.removeprefix("bib/"): text.encode()})


def _entered(bib: Path, before: Corpus, said: rulings.Ruling, review: Review) -> Corpus:
    """The corpus after one ruling, saved, as it would be loaded again."""
    after, _ = rulings.rule(before, [said], file=review.file, taxonomy=review.taxonomy, on=review.on)
    guard(before, after, on=review.on, attended=True)
    files = tree(after)
    save(bib, files, read=before.read)
    return replace(after, read={path: hashlib.sha256(data).hexdigest() for path, data in files.items()})


def screen(
    bib: Path, *, by: str, on: str, read_key: Callable[[], str], show: Callable[[walk.Deck], None], opens: Callable[[str], object]
) -> walk.Deck:
    """Walk the queue of works that wait, saving every answer when the next is given; how the walk was left.

    The review is not locked between two answers: a night may run meanwhile, and the walk goes on with what it left.
    """
    who = _signed(by)
    review = Review(bib, on)
    with writer(bib, timeout=WAIT):
        current = load(bib)

    def put(choice: walk.Choice) -> None:
        nonlocal current
        said = rulings.Ruling(work=choice.work, verdict=choice.verdict, because=choice.because, by=who, criterion=choice.criterion)
        with writer(bib, timeout=WAIT):
            try:
                current = _entered(bib, current, said, review)
            except CannotWrite:  # somebody else has saved since: what they left is what the answer is added to
                current = _entered(bib, load(bib), said, review)

    deck = walk.Deck(works=queue(current), criteria=review.scope.criteria)
    return walk.run(deck, read_key=read_key, show=show, save=put, opens=opens)
