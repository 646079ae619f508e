"""Adopt what exists: another review's .bib, a Zotero or JabRef library, a list of facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .corpus import Corpus, load, tree
from .foreign import Adopted, read
from .guard import guard
from .intact import prove
from .judgement import Review
from .model import Candidate, Decision, Night, Paper, Problem, Verdict
from .night import Report
from .save import save, writer
from .tally import new_decisions, stamped, tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class _Import(Review):
    """The rules of the review, and what the person who imports says where they do not include."""

    def __init__(self, bib: Path, on: str, entries: Iterable[Adopted], trust: str) -> None:
        super().__init__(bib, on)
        self.trust = trust
        self.background = {i for e in entries if e.background for i in e.candidate.identifiers}

    def judge(self, candidate: Candidate, stored: Candidate | None = None, last: Decision | None = None) -> Decision:
        ruled = super().judge(candidate, stored, last)
        if ruled and ruled.verdict is Verdict.INCLUDE:
            return ruled
        if self.background.intersection(candidate.identifiers):
            return self._decision(candidate, Verdict.INCLUDE, "background", self.trust or "a milestone from outside the scope, not counted")
        if self.trust:
            return self._decision(candidate, Verdict.INCLUDE, "import", self.trust)
        return ruled or self._decision(candidate, Verdict.EXCLUDE, "no-topic", "imported, and no topic of the scope matches")

    def _decision(self, candidate: Candidate, verdict: Verdict, criterion: str, why: str) -> Decision:
        return Decision(subject=candidate.primary, on=self.on, verdict=verdict, criterion=criterion, score=0.99, by="import", why=why)


def _with_marks(corpus: Corpus, entries: Iterable[Adopted]) -> Corpus:
    """The corpus with what an entry says of a paper beyond its facts, where the paper does not say it already."""
    papers = dict(corpus.papers)
    for entry in entries:
        found = corpus.find(entry.candidate.identifiers)
        if not isinstance(found, Paper):
            continue
        paper = papers[found.key]
        papers[found.key] = replace(
            paper,
            shorttitle=paper.shorttitle or entry.shorttitle,
            milestone=paper.milestone or entry.milestone,
            background=paper.background or entry.background,
        )
    return replace(corpus, papers=papers)


def adopt(
    bib: Path, files: Iterable[Path], *, on: str, trust: str = "", dry_run: bool = False, force: bool = False, at: str = ""
) -> tuple[Report, tuple[Problem, ...]]:
    """Screen, file and merge the entries of foreign files on the day `on`; also returns the entries left out and why.

    `trust` is the reason for which entries that the rules would not include are included all the same; `at` is the time
    (UTC, ISO) that the line of the record bears.
    Raises BadData for a file that cannot be read, BrokenInvariant, CannotWrite.
    """
    entries: list[Adopted] = []
    left_out: list[Problem] = []
    for path in files:
        adopted, problems = read(path)
        entries += adopted
        left_out += problems
    with writer(bib):
        prove(bib)
        before = load(bib)
        review = _Import(bib, on, entries, trust)
        merged, changes = review.merge(before, [e.candidate for e in entries])
        after = _with_marks(merged, entries)
        past = next((n for n in before.nights if (n.night, n.source) == (on, "import")), Night(night=on, source="import"))
        more = len(entries)
        line = tally(replace(past, seen=past.seen + more, matched=past.matched + more), before, after, changes)
        if after != before:
            nights = (*(n for n in before.nights if n is not past), line)
            after = replace(after, nights=stamped(before.nights, sorted(nights), at))
        guard(before, after, on=on, attended=force)
        written = save(bib, tree(after), read=before.read, dry_run=dry_run)
    report = Report(
        nights=tuple(n for n in after.nights if n not in before.nights),
        decisions=new_decisions(before, after),
        changes=changes,
        files=written,
        papers=len(after.papers),
    )
    return report, tuple(left_out)
