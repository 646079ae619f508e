"""An issue in which somebody asks for a change, filled in by the form `.github/ISSUE_TEMPLATE/paper.yml`, as a contribution.

The issue is a stranger's. What leaves here is one file of the inbox, in which their words stand as TOML strings, and words of ours:
no message, name or branch holds a character of the issue's text.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import inbox, rulings
from .appeal import INBOX, contribution
from .entry import candidate_key
from .errors import BadData
from .model import Problem
from .plaintext import one_line
from .recognise import recognise

if TYPE_CHECKING:
    from .model import Identifier
    from .taxonomy import Taxonomy

LARGEST = 1_000_000
"""Bytes of an issue's JSON; its body has 65,536 characters at most."""

QUESTIONS = ("Which paper?", "What should happen?", "Why, in one line?", "Categories", "What is wrong?", "What is right?")
"""The form's questions in their order; each heads its answer in the issue's body."""

ACTIONS = {"Include it": "include", "Leave it out": "exclude", "Correct it": "correct"}
"""What the form offers, and the action that it is."""

FIELDS = {
    "Title": "title",
    "Authors": "author",
    "Date": "date",
    "Published in": "journaltitle",
    "DOI of the publication": "doi",
    "Code": "code",
    "Weights": "weights",
}
"""What the form offers as wrong, and the field that it is."""

NOTHING = "_No response_"
"""What the body says where nothing was answered."""

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?")
_HEADING = re.compile(rf"^### ({'|'.join(map(re.escape, QUESTIONS))})[ \t]*$", re.MULTILINE)
_SEVERAL = frozenset({"author", "doi", "code", "weights"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Petition:
    """A contribution out of an issue: `path` from the root of the review, its text, and who asked, as git writes an author, or ''.

    `work` is what it is about, in letters, digits and hyphens; `branch` and `subject` are made of our words and the issue's number.
    """

    number: int
    path: str
    text: str
    work: str
    action: str
    author: str

    @property
    def branch(self) -> str:
        return f"submit/issue-{self.number}"

    @property
    def subject(self) -> str:
        return f"Ask to {self.action} {self.work} (issue {self.number})"

    def as_json(self) -> dict[str, str]:
        """All that a workflow needs to propose it."""
        own = {"path": self.path, "work": self.work, "action": self.action, "author": self.author}
        return {**own, "branch": self.branch, "subject": self.subject, "text": f"Closes #{self.number}."}


def _refused(*messages: str) -> BadData:
    return BadData(Problem("issue", 0, "issue", message) for message in messages)


def _issue(data: bytes) -> Mapping[str, Any]:
    """The issue in an event or by itself."""
    if len(data) > LARGEST:
        raise _refused(f"{len(data)} bytes are more than an issue has")
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        raise _refused("this is not JSON: give the event of the issue, or the issue as the API tells it") from None
    issue = event.get("issue", event) if isinstance(event, dict) else None
    number = issue.get("number") if isinstance(issue, dict) else None
    if not isinstance(issue, dict) or not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**9:
        raise _refused("this is no issue: it has no number")
    if not isinstance(issue.get("body"), str):
        raise _refused("the issue has no text")
    return issue


def _author(issue: Mapping[str, Any]) -> str:
    """Who opened the issue, with the address that the host gives to those who show none."""
    user = issue.get("user")
    login, own = (user.get("login"), user.get("id")) if isinstance(user, dict) else ("", 0)
    if not isinstance(login, str) or not _LOGIN.fullmatch(login) or not isinstance(own, int) or isinstance(own, bool) or own < 1:
        return ""
    return f"{login} <{own}+{login}@users.noreply.github.com>"


def _answers(body: str) -> dict[str, str]:
    """The answer to each question; '' where there is none."""
    pieces = _HEADING.split(body.replace("\r\n", "\n"))
    if pieces[0].strip() or tuple(pieces[1::2]) != QUESTIONS:
        raise _refused(
            "the issue is not as the form made it: each question must stand once, in the form's order; open a new one with the form"
        )
    answers = (answer.strip() for answer in pieces[2::2])
    return {question: "" if answer == NOTHING else answer for question, answer in zip(QUESTIONS, answers, strict=True)}


def _categories(answer: str, taxonomy: Taxonomy) -> dict[str, list[str]]:
    """Categories by facet, in the taxonomy's order; only what the taxonomy has comes through."""
    wanted = set(re.split(r"[\s,;]+", answer)) - {""}
    if not wanted <= taxonomy.categories.keys():
        raise _refused(
            "a category in it is none of this review: write ids as they stand in bib/taxonomy.toml and in the addresses of categories"
        )
    chosen: dict[str, list[str]] = {}
    for category in taxonomy.categories.values():
        if category.id in wanted:
            chosen.setdefault(category.facet, []).append(category.id)
    return chosen


def _correction(answers: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
    wrong, right = answers["What is wrong?"], answers["What is right?"]
    if not wrong and not right:
        return {}
    name = FIELDS.get(wrong)
    lines = [text for line in right.splitlines() if (text := one_line(line))]
    if not name or not lines:
        raise _refused("a correction needs both: what is wrong, one of the form's choices, and what is right")
    try:
        rulings.values({name: tuple(lines)})
    except ValueError:
        raise _refused(f"what is right cannot be the {wrong.lower()} of a paper: see how it is written in docs/inbox.md") from None
    return {name: lines if name in _SEVERAL else lines[0]}


def _asked(answers: Mapping[str, str], taxonomy: Taxonomy) -> tuple[Identifier, str, str, dict[str, str | Sequence[str]]]:
    """The work, the action, the reason and what is to be set; BadData with every fault."""
    problems: list[Problem] = []
    identifier, chosen = None, dict[str, str | Sequence[str]]()
    try:
        identifier = recognise(answers["Which paper?"])
    except ValueError:
        problems += _refused(
            "the first answer is neither an arXiv id nor a DOI, nor an address of one: write 2503.02104 or 10.1000/182"
        ).problems
    if not (action := ACTIONS.get(answers["What should happen?"], "")):
        problems += _refused("the second answer is none of the form's choices").problems
    try:
        reason = rulings.reason(answers["Why, in one line?"])
    except ValueError:
        reason = ""
        problems += _refused(f"a reason is missing, or has more than {rulings.LONGEST_REASON} characters: say it in one line").problems
    for ask in (lambda: _categories(answers["Categories"], taxonomy), lambda: _correction(answers)):
        try:
            chosen |= ask()
        except BadData as error:
            problems += error.problems
    if action == "exclude" and chosen:
        problems += _refused("what is left out is filed nowhere and needs no correction: leave the last questions empty").problems
    if action == "correct" and not chosen and not problems:
        problems += _refused("a correction says what is right: categories, or what is wrong and what is right").problems
    if problems or identifier is None:
        raise BadData(problems)
    return identifier, action, reason, chosen


def read(data: bytes, taxonomy: Taxonomy) -> Petition:
    """The contribution that an issue asks for, or BadData with all that is wrong, in our words only.

    `data` is the JSON of the event `issues`, or of the issue as GitHub's REST API tells it.
    """
    issue = _issue(data)
    identifier, action, reason, chosen = _asked(_answers(issue["body"]), taxonomy)
    work = candidate_key(identifier)
    name = f"{work}-issue-{issue['number']}.toml"
    text = contribution(identifier, action, reason=reason, chosen=chosen)
    with tempfile.TemporaryDirectory(prefix="livre-") as folder:
        file = Path(folder, name)
        file.write_text(text, "utf-8")
        try:
            inbox.one(file, name, taxonomy)
        except BadData:  # its messages quote the issue
            raise _refused("what it asks for is nothing that a contribution can ask for: see docs/inbox.md") from None
    return Petition(number=issue["number"], path=f"bib/{INBOX}/{name}", text=text, work=work, action=action, author=_author(issue))
