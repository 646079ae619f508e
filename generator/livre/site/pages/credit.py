"""Who contributed: the people in the ledger, by the names that they signed with, and the pull requests that they came by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...appeal import pull_request
from ...intake import NOBODY
from ...merge import MACHINE
from ...model import CORRECTION, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...model import Decision
    from .review import Review

_PULLS = 5
_WORDS = {"include": "included", "exclude": "left out", "correction": "corrected"}
"""What people do, and how it is said of works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What somebody did for one paper: `Suggested` or `Corrected`, and the number and address of the pull request, if it is known."""

    did: str
    name: str
    pull: str = ""
    url: str = ""


@dataclass(slots=True, kw_only=True)
class Contributor:
    """Somebody's share: how many works were included, left out and corrected on their word, and pull requests (number, address)."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    pulls: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def said(self) -> str:
        """`3 included, 1 corrected`."""
        return ", ".join(f"{self.counts[did]:,} {word}" for did, word in _WORDS.items() if self.counts[did])

    @property
    def newest(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.pulls.items())[-_PULLS:][::-1]


def _person(decision: Decision) -> bool:
    """Whether somebody signed it; a file that nobody is known to have brought is signed by nobody."""
    return decision.by not in MACHINE and decision.by != NOBODY


def _pull(decision: Decision, repository: str) -> tuple[str, str]:
    """The number and the address of the pull request at the end of a decision's reason; '' for one of anywhere else."""
    head = pull_request(repository, 1)[:-1]
    _, found, number = decision.why.removesuffix(")").rpartition(f"({head}") if head and decision.why.endswith(")") else ("", "", "")
    return (number, f"{head}{number}") if found and number.isascii() and number.isdigit() else ("", "")


def suggested(decisions: Sequence[Decision], repository: str) -> tuple[Credit, ...]:
    """Who suggested a paper that was not in before, and who corrected it; `decisions` are all on it, newest first."""
    out: dict[tuple[str, str], Credit] = {}
    before: Verdict | None = None
    for decision in reversed(decisions):
        corrected = decision.criterion == CORRECTION
        new = not corrected and decision.verdict is Verdict.INCLUDE and before is not Verdict.INCLUDE
        if _person(decision) and (corrected or new):
            did = "Corrected" if corrected else "Suggested"
            number, url = _pull(decision, repository)
            out[did, decision.by] = Credit(did=did, name=decision.by, pull=number, url=url)
        if not corrected:
            before = decision.verdict
    return tuple(out.values())


def _decisions(review: Review) -> Iterator[Decision]:
    every = (d for ledger in review.corpus.decisions.values() for d in ledger if _person(d))
    return iter(sorted(every, key=lambda d: (d.on, d.subject)))


def contributors(review: Review) -> tuple[Contributor, ...]:
    """Everybody who decided or corrected something, who did most first."""
    people: dict[str, Contributor] = {}
    for decision in _decisions(review):
        who = people.setdefault(decision.by, Contributor(name=decision.by))
        did = decision.criterion if decision.criterion == CORRECTION else decision.verdict.value
        if did in _WORDS:
            who.counts[did] += 1
        number, url = _pull(decision, review.scope.repository)
        if number:
            who.pulls.pop(number, None)
            who.pulls[number] = url
    return tuple(sorted((p for p in people.values() if p.total), key=lambda p: (-p.total, p.name.casefold(), p.name)))
