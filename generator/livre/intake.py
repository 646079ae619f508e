"""Contributions take effect: each file whole or not at all, and none holds up another.

Laws, as tests: a file applied twice is applied once; the order of files about different works does not matter; two files
that contradict each other about one work are both held; what is held says why and stays in the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import rulings
from .appeal import INBOX
from .errors import BadData, SourceError, UsageError
from .inbox import VERDICTS
from .model import Identifier, Paper, Problem
from .plaintext import one_line
from .resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from .corpus import Corpus
    from .inbox import Contribution
    from .model import Candidate, Change
    from .taxonomy import Taxonomy

LOOKED_UP = 1000
"""Works that a source is asked for in one night, ten requests of arXiv; the others are left for the next."""

NOBODY = "inbox"
"""Who decides where nobody is known to have brought the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the contributions: the corpus, what became of papers, what was applied, and what is held and why.

    `emptied` are the files of the inbox, under bib/, that have had their effect, for `save(…, also={path: None})`.
    """

    corpus: Corpus
    changes: tuple[Change, ...] = ()
    applied: tuple[Contribution, ...] = ()
    held: tuple[Problem, ...] = ()
    emptied: tuple[str, ...] = ()


class _Case:
    """Contributions while it is found out which of their files cannot be applied; lives for one call of `apply`."""

    def __init__(self, corpus: Corpus, contributions: Sequence[Contribution], found: Iterable[Candidate]) -> None:
        self.corpus = corpus
        self.found = {i: c for c in resolve(found) for i in c.identifiers}
        self.works: dict[Identifier, list[Contribution]] = defaultdict(list)
        for contribution in contributions:
            self.works[self.work(contribution.work)].append(contribution)
        self.held: dict[str, Problem] = {}

    def record(self, identifier: Identifier) -> Candidate | None:
        """What is known of a work, here or by the source."""
        candidate = self.found.get(identifier)
        return self.corpus.find(candidate.identifiers if candidate else [identifier]) or candidate

    def work(self, identifier: Identifier) -> Identifier:
        """The one name of a work, whatever it is called by."""
        record = self.record(identifier)
        return record.primary if record else identifier

    def hold(self, contribution: Contribution, why: str) -> None:
        """Keep the file of this contribution, with the first reason that there is."""
        self.held.setdefault(contribution.path, Problem(contribution.path, contribution.line, "inbox-held", why))

    def unknown(self, silence: str, asked_for: Collection[Identifier]) -> None:
        """Hold what names a work of which nothing is known."""
        for work, asked in self.works.items():
            for contribution in asked if self.record(work) is None else ():
                why = silence if contribution.work in asked_for else f"a source is asked for {LOOKED_UP} works a night: it comes later"
                self.hold(contribution, f"{contribution.work} is not known here, and {why}")

    def contradicting(self) -> None:
        """Hold every two files that want different things of one work."""
        for work, asked in self.works.items():
            for one in asked:
                others = (o.path for o in asked if o.path != one.path and _contradict(one, o))
                if other := min(others, default=""):
                    self.hold(one, f"this contradicts {other} about {work}: keep one of them")

    def claiming(self) -> None:
        """Hold corrections that would give one DOI to two works."""
        claims: dict[str, set[Identifier]] = defaultdict(set)
        for work, asked in self.works.items():
            for doi in (d for c in asked for d in c.corrections.get("doi", "").split()):
                claims[doi] |= {work, self.work(Identifier("doi", doi))} - {Identifier("doi", doi)}
        for work, asked in self.works.items():
            for contribution in asked:
                for doi in contribution.corrections.get("doi", "").split():
                    if others := claims[doi] - {work}:
                        self.hold(contribution, f"doi:{doi} is also that of {min(others)}: one work has it, so look which")

    def homeless(self) -> None:
        """Hold corrections of what is no paper, and does not become one tonight."""
        for work, asked in self.works.items():
            included = any(c.action == "include" and c.path not in self.held for c in asked)
            for contribution in asked:
                if contribution.action == "correct" and not included and not isinstance(self.record(work), Paper):
                    self.hold(contribution, f"{contribution.work} is no paper of this review, and only papers can be corrected")


def _contradict(one: Contribution, other: Contribution) -> bool:
    """Whether two contributions to one work cannot both be right."""
    if {one.action, other.action} == {"include", "exclude"}:
        return True
    wanted, otherwise = ({**c.categories, **c.corrections} for c in (one, other))
    return any(wanted[name] != otherwise[name] for name in wanted.keys() & otherwise.keys())


def unknown(corpus: Corpus, contributions: Iterable[Contribution]) -> tuple[Identifier, ...]:
    """The works that a source has to be asked for, sorted."""
    return tuple(sorted({c.work for c in contributions if corpus.find([c.work]) is None}))


def _ruling(contribution: Contribution, by: str, link: str) -> rulings.Ruling:
    return rulings.Ruling(
        work=contribution.work,
        verdict=VERDICTS[contribution.action],
        because=contribution.reason,
        by=by,
        categories=contribution.categories,
        corrections=contribution.corrections,
        link=link,
    )


def _asked(
    works: Sequence[Identifier], lookup: Callable[[Sequence[Identifier]], Iterable[Candidate]] | None
) -> tuple[list[Candidate], str]:
    """What a source says of these works, and why it may say nothing of others. What it said before it failed counts."""
    found: list[Candidate] = []
    if lookup is None:
        return found, "no source was asked tonight"
    try:
        found.extend(lookup(works) if works else ())
    except SourceError as error:
        return found, f"the source could not be asked tonight: {one_line(str(error))[:200]}"
    return found, "the source that was asked does not know it: look for a slip in the identifier, or give its arXiv id"


def apply(
    corpus: Corpus,
    contributions: Iterable[Contribution],
    *,
    by: Callable[[str], str],
    lookup: Callable[[Sequence[Identifier]], Iterable[Candidate]] | None,
    file: Callable[[Candidate, Paper | None], tuple[str, ...]],
    taxonomy: Taxonomy,
    on: str,
    link: Callable[[str], str] = lambda path: "",
) -> Outcome:
    """Apply what can be applied on the day `on` (ISO date).

    `by` gives who brought a file (its path from the root); who is nobody, or signs as a machine does, is "inbox". `link` gives the
    address of the pull request by which it came, '' where none is known. `lookup` asks
    a source for works that are not known: None or a SourceError holds the files that need it for another night.
    """
    ordered = sorted(contributions, key=lambda c: (c.path, c.line, c.work))
    works = unknown(corpus, ordered)[:LOOKED_UP]
    found, silence = _asked(works, lookup)
    case = _Case(corpus, ordered, found)
    case.unknown(silence, works)
    case.contradicting()
    case.claiming()
    case.homeless()
    files: dict[str, list[rulings.Ruling]] = defaultdict(list)
    for contribution in ordered:
        if contribution.path not in case.held:
            who = rulings.person(by(contribution.path), otherwise=NOBODY)
            files[contribution.path].append(_ruling(contribution, who, link(contribution.path)))
    changes: list[Change] = []

    def attempt(paths: Sequence[str]) -> None:
        """Apply these files together; where that fails, each half by itself, so that one cannot hold up the others."""
        nonlocal corpus
        if not paths:
            return
        try:
            batch = [r for path in paths for r in files[path]]
            corpus, changed = rulings.rule(corpus, batch, found=found, file=file, taxonomy=taxonomy, on=on)
            changes.extend(changed)
        except (UsageError, BadData) as error:
            if len(paths) == 1:
                case.hold(next(c for c in ordered if c.path == paths[0]), one_line(str(error)))
                return
            attempt(paths[: len(paths) // 2])
            attempt(paths[len(paths) // 2 :])

    attempt(tuple(files))
    return Outcome(
        corpus=corpus,
        changes=tuple(sorted(set(changes))),
        applied=tuple(c for c in ordered if c.path not in case.held),
        held=tuple(sorted(case.held.values())),
        emptied=tuple(p.removeprefix("bib/") for p in files if p not in case.held and p.startswith(f"bib/{INBOX}/")),
    )
