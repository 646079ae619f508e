"""Auditing by sampling: once in a while a few of the machine's decisions are drawn at random for people to check.

The answers are people's later decisions in the ledger, given by any road. From them come the precision of what was included and the
rate of what was excluded wrongly, each with its interval; from no answers comes how long nobody has looked.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import ledger, plaintext
from .corpus import SHOWN, history
from .errors import BadData
from .merge import MACHINE
from .model import CORRECTION, Paper, Problem, Sampled, Verdict
from .quality import Estimate, Proportion, Stratum, stratified

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from .corpus import Corpus
    from .model import Decision, Identifier
    from .scope import Scope

FOLDER = "audits"
"""Where the samples are, under bib/: one file a year, `audits/2025.tsv`."""
_NAME = re.compile(r"[0-9]{4}\.tsv")

AUDITED = MACHINE - {"import"}
"""Whose decisions are audited; an import took over what somebody had judged."""

YEAR = 365
"""Days that a decision can be drawn for, and that the figures reach back.

Not only since the last audit: a quiet week would have nothing to draw, and the flood of a first import would be looked at once.
"""


def load(bib: Path) -> tuple[Sampled, ...]:
    """Every sample under `bib`, sorted; BadData carries all that is wrong in any of the files."""
    samples: set[Sampled] = set()
    problems: list[Problem] = []
    folder = bib / FOLDER
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        shown = f"{SHOWN}{FOLDER}/{file.name}"
        if file.name.startswith("."):
            continue
        if not _NAME.fullmatch(file.name):
            problems.append(Problem(shown, 0, "audit-file", "files here are called 2025.tsv: rename or remove it"))
            continue
        try:
            samples.update(ledger.loads_audits(plaintext.decode(plaintext.contents(file, shown=shown), path=shown), path=shown))
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    return tuple(sorted(samples))


def tree(samples: Iterable[Sampled]) -> dict[str, bytes]:
    """Every file of these samples, by path under bib/, in canonical form and order."""
    years: dict[str, list[Sampled]] = defaultdict(list)
    for s in samples:
        years[f"{FOLDER}/{s.audit[:4]}.tsv"].append(s)
    return {path: ledger.dumps_audits(years[path]).encode() for path in sorted(years)}


def _since(on: str) -> str:
    return (date.fromisoformat(on) - timedelta(days=YEAR)).isoformat()


def due(audits: Iterable[Sampled], scope: Scope, on: str) -> bool:
    """Whether to draw on the day `on` (ISO): audits are wanted, and the last one is as old as the scope says."""
    last = max((s.audit for s in audits), default="")
    if not scope.audit.sample:
        return False
    return not last or (date.fromisoformat(on) - date.fromisoformat(last)).days >= scope.audit.days


def _auditable(corpus: Corpus, since: str) -> Iterator[tuple[Identifier, Verdict]]:
    """Works that a machine has included or excluded since that day and no person has judged."""
    for record in (*corpus.papers.values(), *corpus.candidates.values()):
        past = [d for d in history(corpus, record) if d.criterion != CORRECTION]
        if (isinstance(record, Paper) and record.background) or not past or any(d.by not in MACHINE for d in past):
            continue
        if past[-1].verdict is not Verdict.WAIT and past[-1].by in AUDITED and past[-1].on >= since:
            yield record.primary, past[-1].verdict


def _lot(on: str, subject: Identifier) -> tuple[bytes, Identifier]:
    """Where a work stands in the drawing of that day: at random to anybody, the same for everybody."""
    return hashlib.sha256(f"{on} {subject}".encode()).digest(), subject


def draw(corpus: Corpus, audits: Collection[Sampled], scope: Scope, on: str) -> tuple[Sampled, ...]:
    """The sample of an audit on the day `on` (ISO), sorted; () when none is due or there is nothing to draw.

    Half of it included and half excluded works, or more of one where the other has too few; of the last twelve months, judged by
    no person and drawn by no audit before. The lots are SHA-256 of day and identifier, so anybody can draw again from the commit.
    """
    if not due(audits, scope, on):
        return ()
    drawn = {i for s in audits for i in _identifiers(corpus, s.subject)}
    pools: dict[Verdict, list[Identifier]] = {Verdict.INCLUDE: [], Verdict.EXCLUDE: []}
    for subject, verdict in _auditable(corpus, _since(on)):
        if subject not in drawn:
            pools[verdict].append(subject)
    size, (included, excluded) = scope.audit.sample, (len(p) for p in pools.values())
    half = min(included, max((size + 1) // 2, size - excluded))
    return tuple(
        sorted(
            Sampled(audit=on, subject=subject, verdict=verdict, of=len(pool))
            for (verdict, pool), share in zip(pools.items(), (half, size - half), strict=True)
            for subject in sorted(pool, key=lambda s: _lot(on, s))[:share]
        )
    )


def _identifiers(corpus: Corpus, subject: Identifier) -> tuple[Identifier, ...]:
    record = corpus.find([subject])
    return record.identifiers if record else (subject,)


def answer(sampled: Sampled, corpus: Corpus) -> Decision | None:
    """What a person has said of the work since it was drawn, the last time; None while that is open. To wait is no answer."""
    record = corpus.find([sampled.subject])
    past = history(corpus, record) if record else corpus.decisions.get(sampled.subject, ())
    said = [d for d in past if d.by not in MACHINE and d.criterion != CORRECTION and d.on >= sampled.audit]
    return said[-1] if said and said[-1].verdict is not Verdict.WAIT else None


def questions(audits: Iterable[Sampled], corpus: Corpus) -> tuple[Sampled, ...]:
    """What nobody has answered yet, newest audit first."""
    return tuple(sorted((s for s in set(audits) if answer(s, corpus) is None), key=lambda s: (-date.fromisoformat(s.audit).toordinal(), s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Of the works `drawn` that a machine judged alike, how many people `answered` for, and how often they said that it was `right`."""

    drawn: int
    answered: int
    right: int

    @property
    def open(self) -> int:
        """How many nobody has answered for."""
        return self.drawn - self.answered

    @property
    def wrong(self) -> int:
        """How often a person judged otherwise."""
        return self.answered - self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One audit, or all of a year: its first day, and the answers on what had been included and on what had been excluded."""

    audit: str
    included: Answers
    excluded: Answers

    @property
    def precision(self) -> Proportion:
        """The share of the included that belongs, as people said."""
        return Proportion(k=self.included.right, n=self.included.answered)

    @property
    def false_exclusion(self) -> Proportion:
        """The share of the excluded that belongs, as people said."""
        return Proportion(k=self.excluded.wrong, n=self.excluded.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFigures:
    """Every audit, oldest first, and those of the twelve months up to a day together.

    `agreement` is the share of the machine's decisions of the year that people agree with, included and excluded works counting as many
    as there were. `answered` is the day of the last answer, '' if there never was one; `unaudited` is the day since when nobody
    has answered, '' when somebody has answered the newest audit or there has been none.
    """

    rounds: tuple[Round, ...]
    year: Round
    agreement: Estimate | None
    answered: str
    unaudited: str


def _round(audit: str, samples: Iterable[Sampled], said: dict[Sampled, Decision]) -> Round:
    counts: dict[Verdict, Counter[str]] = defaultdict(Counter)
    for s in samples:
        counts[s.verdict].update(["drawn", *(["answered"] if s in said else []), *(["right"] if _right(s, said) else [])])
    included, excluded = (
        Answers(drawn=c["drawn"], answered=c["answered"], right=c["right"]) for c in (counts[Verdict.INCLUDE], counts[Verdict.EXCLUDE])
    )
    return Round(audit=audit, included=included, excluded=excluded)


def _right(sampled: Sampled, said: dict[Sampled, Decision]) -> bool:
    return sampled in said and said[sampled].verdict is sampled.verdict


def figures(audits: Iterable[Sampled], corpus: Corpus, on: str) -> AuditFigures:
    """What the audits say up to the day `on` (ISO)."""
    samples = sorted({s for s in audits if s.audit <= on})
    said = {s: d for s in samples if (d := answer(s, corpus)) and d.on <= on}
    days = sorted({s.audit for s in samples})
    year = [s for s in samples if s.audit > _since(on)]
    strata: dict[tuple[str, Verdict], list[Sampled]] = defaultdict(list)
    for s in year:
        strata[s.audit, s.verdict].append(s)
    last = max((d.on for d in said.values()), default="")
    return AuditFigures(
        rounds=tuple(_round(day, (s for s in samples if s.audit == day), said) for day in days),
        year=_round(min((s.audit for s in year), default=""), year, said),
        agreement=stratified(
            Stratum(k=sum(_right(s, said) for s in rows), n=sum(s in said for s in rows), of=max(rows[0].of, len(rows)))
            for rows in strata.values()
        ),
        answered=last,
        unaudited="" if not days or any(s.audit == days[-1] for s in said) else last or days[0],
    )
