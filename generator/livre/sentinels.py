"""Sentinel sets: works that the review should have, listed by others and never used to find or judge anything.

`bib/sentinels/<id>.csv` has the columns `paper` (arXiv ids and DOIs of one work, with spaces between), `title` and, if wanted, `note`;
comment lines above the header say what the set is: `# title: …`, `# description: …` and `# source: …`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from . import plaintext
from .corpus import SHOWN, decision_shard, history
from .errors import BadData
from .model import Identifier, Paper, Problem, Verdict
from .quality import Proportion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from .corpus import Corpus
    from .scope import Scope

FOLDER = "sentinels"
"""Where the sets are, under bib/."""

FACTS = ("title", "description", "source")
"""What the comments of a set must say."""

_FACT = re.compile(rf"#\s*({'|'.join(FACTS)})\s*:\s*(.*\S)\s*", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.csv")
_COLUMNS = (["paper", "title"], ["paper", "title", "note"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentinel:
    """A work that should be here."""

    identifiers: tuple[Identifier, ...]
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelSet:
    """A list of works that somebody else made: who, and what bias it has."""

    id: str
    title: str
    description: str
    source: str
    works: tuple[Sentinel, ...]


def parse(text: str, *, path: str) -> tuple[SentinelSet, tuple[Problem, ...]]:
    """The set in the text of a file, without the rows that are broken, and a Problem with its line for each of these."""
    problems: list[Problem] = []
    facts, head = _facts(text)
    for fact in FACTS:
        if fact not in facts:
            problems.append(Problem(path, 1, "sentinel-fact", f"nothing says the {fact} of this set: write '# {fact}: …' above the header"))
    works = tuple(_works(text.split("\n")[head:], head, path, problems))
    name = path.rpartition("/")[2].removesuffix(".csv")
    return SentinelSet(id=name, works=works, **{fact: facts.get(fact, "") for fact in FACTS}), tuple(problems)


def _facts(text: str) -> tuple[dict[str, str], int]:
    """What the comments at the top say, and how many lines they take."""
    facts: dict[str, str] = {}
    head = 0
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        head += 1
        if m := _FACT.fullmatch(line):
            facts.setdefault(m[1].lower(), m[2])
    return facts, head


def _works(lines: list[str], head: int, path: str, problems: list[Problem]) -> Iterator[Sentinel]:
    def wrong(line: int, code: str, message: str) -> None:
        problems.append(Problem(path, line, f"sentinel-{code}", message))

    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    owner: dict[Identifier, int] = {}
    columns: list[str] | None = None
    while True:
        first = head + reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            wrong(first, "csv", f"this row is no CSV ({error}): quote a cell that has a comma, and double a quote in it")
            return
        if row is None:
            break
        if not row:
            continue
        if columns is None:
            if row not in _COLUMNS:
                wrong(first, "header", "the first line after the comments must be the columns: paper,title or paper,title,note")
                return
            columns = row
        elif row:
            if len(row) != len(columns):
                wrong(
                    first, "columns", f"{len(row)} cells instead of {len(columns)} ({', '.join(columns)}): a comma is missing or too many"
                )
                continue
            cells = dict(zip(columns, map(plaintext.one_line, row), strict=True))
            if work := _work(cells, first, owner, wrong):
                yield work
    if columns is None:
        wrong(head + 1, "header", "there is nothing here: write the columns, paper,title, and below them one work a line")


def _work(cells: Mapping[str, str], line: int, owner: dict[Identifier, int], wrong: Callable[[int, str, str], None]) -> Sentinel | None:
    try:
        identifiers = tuple(dict.fromkeys(map(Identifier.parse, cells["paper"].split())))
    except ValueError as error:
        wrong(line, "id", f"{error}: write it as 2503.02104 or 10.1056/aioa2400640")
        return None
    if not identifiers or not cells["title"]:
        wrong(line, "empty", "a work needs an arXiv id or a DOI, and a title: add it or remove the row")
        return None
    if taken := next((i for i in identifiers if i in owner), None):
        wrong(line, "duplicate", f"{taken} is also in line {owner[taken]}: remove one of them")
        return None
    owner.update(dict.fromkeys(identifiers, line))
    return Sentinel(identifiers=tuple(sorted(identifiers)), title=cells["title"], note=cells.get("note", ""))


def load(bib: Path) -> tuple[SentinelSet, ...]:
    """Every set under `bib`, by name, without what is broken: that is for `problems` to say, and must not stop a night."""
    return _read(bib)[0]


def problems(bib: Path) -> tuple[Problem, ...]:
    """What is wrong in the sets under `bib`, each with its line, sorted."""
    return _read(bib)[1]


def _read(bib: Path) -> tuple[tuple[SentinelSet, ...], tuple[Problem, ...]]:
    sets: list[SentinelSet] = []
    wrong: list[Problem] = []
    folder = bib / FOLDER
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        shown = f"{SHOWN}{FOLDER}/{file.name}"
        if file.name.startswith("."):
            continue
        if not _NAME.fullmatch(file.name):
            wrong.append(Problem(shown, 0, "sentinel-file", "files here are called my-list.csv, in small letters: rename or remove it"))
            continue
        try:
            found, broken = parse(plaintext.decode(plaintext.contents(file, shown=shown), path=shown), path=shown)
        except BadData as error:
            wrong += error.problems
            continue
        sets.append(found)
        wrong += broken
    return tuple(sets), tuple(sorted(wrong))


def held(sets: Iterable[SentinelSet]) -> frozenset[Identifier]:
    """Every identifier of every set: what no training may see."""
    return frozenset(i for s in sets for work in s.works for i in work.identifiers)


class Fate(StrEnum):
    """What became of a work that should be here, in the order in which it is told."""

    INCLUDED = "included"
    WAITING = "waiting"
    EXCLUDED = "excluded"
    UNSEEN = "never-harvested"
    BEFORE = "before-harvest"
    AFTER = "not-yet-harvested"
    ELSEWHERE = "not-on-arxiv"


MEANING = {
    Fate.INCLUDED: "in the review",
    Fate.WAITING: "waiting for a decision",
    Fate.EXCLUDED: "excluded by a criterion",
    Fate.UNSEEN: "on arXiv in months that were harvested, and no topic met it",
    Fate.BEFORE: "on arXiv before the first harvested month",
    Fate.AFTER: "on arXiv after the last harvested month",
    Fate.ELSEWHERE: "known by a DOI only, so not looked for on arXiv",
}
"""Each fate in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A work of a set and its fate: with the key of the paper if it is here, and the criterion if one excluded it or lets it wait.

    `harvested` says whether it came to arXiv in a month that was harvested.
    """

    work: Sentinel
    fate: Fate
    harvested: bool
    key: str = ""
    criterion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFigures:
    """A set and the fate of its works."""

    set: SentinelSet
    works: tuple[Traced, ...]

    @property
    def present(self) -> Proportion:
        """The share of the whole set that is in the review."""
        return Proportion(k=self.count(Fate.INCLUDED), n=len(self.works))

    @property
    def harvested(self) -> Proportion:
        """The share that is in the review of what came to arXiv in harvested months: what the harvest itself could have met."""
        met = [t for t in self.works if t.harvested]
        return Proportion(k=sum(t.fate is Fate.INCLUDED for t in met), n=len(met))

    def count(self, fate: Fate) -> int:
        """How many works had this fate."""
        return sum(t.fate is fate for t in self.works)

    @property
    def fates(self) -> tuple[tuple[Fate, int], ...]:
        """Every fate that a work had, and how many had it, in the order of `Fate`."""
        return tuple((f, n) for f in Fate if (n := self.count(f)))

    @property
    def excluded_by(self) -> tuple[tuple[str, int], ...]:
        """The criteria that excluded works of the set, most first."""
        counts = Counter(t.criterion for t in self.works if t.fate is Fate.EXCLUDED)
        return tuple(sorted(counts.items(), key=lambda c: (-c[1], c[0])))


def measure(sets: Iterable[SentinelSet], corpus: Corpus, scope: Scope) -> tuple[SetFigures, ...]:
    """What became of every work of every set; harvested months run from the scope's first day to the newest watermark."""
    end = max((n.watermark for n in corpus.nights if n.complete and n.harvest), default="")
    return tuple(SetFigures(set=s, works=tuple(_trace(w, corpus, scope.harvest.since[:7], end[:7]) for w in s.works)) for s in sets)


def _trace(work: Sentinel, corpus: Corpus, first: str, last: str) -> Traced:
    month = next((decision_shard(i, corpus) for i in work.identifiers if i.scheme == "arxiv"), "")
    harvested = bool(month) and first <= month <= last
    record = corpus.find(work.identifiers)
    if record:
        past = history(corpus, record)
        fate = Fate.INCLUDED if isinstance(record, Paper) else Fate.WAITING
        if past and past[-1].verdict is Verdict.EXCLUDE:
            fate = Fate.EXCLUDED
        key = record.key if isinstance(record, Paper) else ""
        criterion = past[-1].criterion if past and fate is not Fate.INCLUDED else ""
        return Traced(work=work, fate=fate, harvested=harvested, key=key, criterion=criterion)
    if not month:
        return Traced(work=work, fate=Fate.ELSEWHERE, harvested=False)
    return Traced(work=work, fate=Fate.UNSEEN if harvested else Fate.BEFORE if month < first else Fate.AFTER, harvested=harvested)
