"""Why a paper is here or not, in words, and where a reader says that something is wrong or worth talking about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from ...latex import plain
from ...merge import MACHINE
from ...model import CORRECTION, Verdict
from .quality import ask
from .submit import PATH as SUBMIT

if TYPE_CHECKING:
    from ...model import Decision, Paper
    from .review import Review

_BY = {"rules": "by the rules", "import": "at the import", "model": "by the learned screener"}
_VERDICTS = {"include": "Included", "exclude": "Excluded", "wait": "Left waiting"}

_GITHUB = re.compile(r"(https://github\.com/[\w.-]+/[\w.-]+?)(?:\.git)?/?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision in words."""

    verdict: str
    title: str
    text: str
    why: str
    score: str
    by: str
    on: str


def ruling(decision: Decision, review: Review) -> Ruling:
    """The decision as a reader can follow it."""
    title, text = review.rules.get(decision.criterion, (decision.criterion, ""))
    return Ruling(
        verdict="Corrected" if decision.criterion == CORRECTION else _VERDICTS[decision.verdict],
        title=title,
        text=text,
        why=decision.why,
        score=f"{decision.score:.2f}",
        by=_BY.get(decision.by, f"by {decision.by}"),
        on=decision.on,
    )


def standing(paper: Paper, review: Review) -> str:
    """How settled the last decision is, in a word; '' when there is none. Who corrects a record does not judge it."""
    last = next((d for d in review.decisions(paper) if d.criterion != CORRECTION), None)
    if last is None:
        return ""
    if last.verdict is Verdict.WAIT:
        return "provisional"
    if last.by == "import":
        return "taken over at the import"
    if last.by in MACHINE:
        return "automatic"
    return "confirmed by a person" if last.verdict is Verdict.INCLUDE else "by a person"


class Audits:
    """Which works were drawn for an audit, and which of these nobody has answered for."""

    def __init__(self, review: Review) -> None:
        self.drawn = {s.subject: s.audit for s in sorted(review.measured.samples)}
        self.open = frozenset(s.subject for s in review.measured.open)

    def said(self, paper: Paper) -> str:
        """What audits have to do with a paper; '' for nothing."""
        drawn = max((self.drawn[i] for i in paper.identifiers if i in self.drawn), default="")
        answer = "nobody has answered yet" if self.open.intersection(paper.identifiers) else "a person has answered"
        return f"Drawn for the audit of {drawn}: {answer}." if drawn else ""


def correct(paper: Paper, review: Review, field: str = "") -> str:
    """Where to correct what is said of a paper, one field of it perhaps: below the site's address, at the host of the review, or ''."""
    if SUBMIT in review.chapters:
        return f"{SUBMIT}?{urlencode({'id': str(paper.primary), 'action': 'correct', **({'field': field} if field else {})}, safe=':/')}"
    return ask(paper.primary, "correct", plain(paper.title), review)


def discussion(paper: Paper, review: Review) -> tuple[str, str]:
    """(where the paper's thread is found, where one is begun) in the GitHub Discussions of the review; '' and '' where it has none.

    A thread is known by the citation key in its title, which never changes.
    """
    if not (m := _GITHUB.fullmatch(review.scope.repository)):
        return "", ""
    about = f"{plain(paper.title)[:150]} [{paper.key}]"
    body = f"{paper.primary.url}\n"
    begun = urlencode({"category": "general", "title": about, "body": body}, quote_via=quote, safe="")
    return (
        f"{m[1]}/discussions?{urlencode({'discussions_q': f'in:title {paper.key}'}, quote_via=quote, safe='')}",
        f"{m[1]}/discussions/new?{begun}",
    )
