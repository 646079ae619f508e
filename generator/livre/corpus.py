"""The corpus: everything under bib/ that the machine writes, as one frozen value.

`parse` and `tree` are pure and each other's inverse on canonical files; `load` reads a folder shard by
shard. A paper's file is its shard for ever; candidates and decisions lie where `shard_of` says.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from . import bibtex, ledger, plaintext
from .errors import BadData, CannotWrite
from .model import Candidate, Decision, Identifier, Night, Paper, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SHARD = re.compile(r"[0-9]{4}-(?:0[0-9]|1[0-2])")
"""A month; 00 where only the year is known, 0000-00 where not even that."""

FOLDERS = {
    "papers": re.compile(rf"{SHARD.pattern}\.bib"),
    "candidates": re.compile(rf"{SHARD.pattern}\.bib"),
    "decisions": re.compile(rf"{SHARD.pattern}\.tsv"),
    "nights": re.compile(r"[0-9]{4}\.tsv"),
}
"""The folders of the corpus and what their files are called."""

SHOWN = "bib/"
"""What stands before these paths in a Problem: the folder as seen from the root of a review."""

PENDING = ".saving"
"""Folder under bib/ that is there only while a save is under way, or was interrupted."""

MANIFEST = "manifest.json"
"""The file in it whose presence says that the save will be finished."""

TRIES = 5
"""How often the corpus is read again because somebody saved meanwhile."""

_ARXIV_MONTH = re.compile(r"(?:(?P<new>\d\d)(?P<m>0[1-9]|1[0-2])\.\d+|.*/(?P<old>\d\d)(?P<n>0[1-9]|1[0-2])\d+)")
_FIRST_OLD_YEAR = 91


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Papers by key, candidates by primary identifier, decisions by subject (oldest first), all nights.

    `read` holds the SHA-256 of every file this was loaded from, by path under bib/, and is not compared.
    """

    papers: Mapping[str, Paper] = field(default_factory=dict)
    candidates: Mapping[Identifier, Candidate] = field(default_factory=dict)
    decisions: Mapping[Identifier, tuple[Decision, ...]] = field(default_factory=dict)
    nights: tuple[Night, ...] = ()
    read: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _owners(self) -> dict[Identifier, Paper | Candidate]:
        return {i: record for record in (*self.candidates.values(), *self.papers.values()) for i in record.identifiers}

    def find(self, identifiers: Iterable[Identifier]) -> Paper | Candidate | None:
        """The paper or candidate that any of these identifiers names."""
        return next((self._owners[i] for i in identifiers if i in self._owners), None)


def history(corpus: Corpus, record: Candidate) -> tuple[Decision, ...]:
    """Every decision on a work under any of its identifiers, oldest first; the last one holds."""
    return tuple(sorted((d for i in record.identifiers for d in corpus.decisions.get(i, ())), key=lambda d: d.on))


def shard_of(record: Candidate) -> str:
    """The file of a record: the month in its arXiv id, else of its date; a paper's own never changes."""
    if isinstance(record, Paper):
        return record.shard
    for identifier in record.identifiers:
        if identifier.scheme == "arxiv" and (shard := _month(identifier)):
            return shard
    date = f"{record.date[:7]:<4}" if record.date else "0000-00"
    return f"{date}-00"[:7]


def _month(identifier: Identifier) -> str:
    if identifier.scheme != "arxiv" or not (m := _ARXIV_MONTH.fullmatch(identifier.value)):
        return ""
    year, month = (m["new"], m["m"]) if m["new"] else (m["old"], m["n"])
    return f"{19 if m['old'] and int(year) >= _FIRST_OLD_YEAR else 20}{year}-{month}"


def decision_shard(subject: Identifier, corpus: Corpus) -> str:
    """The file of the decisions on a work."""
    if shard := _month(subject):
        return shard
    record = corpus.find([subject])
    return shard_of(record) if record else "0000-00"


def tree(corpus: Corpus) -> dict[str, bytes]:
    """Every file of the corpus, by path under bib/, in canonical form and order; BrokenInvariant if one could not be read again."""
    papers: dict[str, list[Paper]] = defaultdict(list)
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    decisions: dict[str, list[Decision]] = defaultdict(list)
    nights: dict[str, list[Night]] = defaultdict(list)
    for paper in corpus.papers.values():
        papers[f"papers/{paper.shard}.bib"].append(paper)
    for candidate in corpus.candidates.values():
        candidates[f"candidates/{shard_of(candidate)}.bib"].append(candidate)
    for subject, rows in corpus.decisions.items():
        decisions[f"decisions/{decision_shard(subject, corpus)}.tsv"].extend(rows)
    for night in corpus.nights:
        nights[f"nights/{night.night[:4]}.tsv"].append(night)
    files = {
        **{p: bibtex.dumps(map(bibtex.to_entry, r)) for p, r in papers.items()},
        **{p: bibtex.dumps(map(bibtex.to_entry, r)) for p, r in candidates.items()},
        **{p: ledger.dumps_decisions(r) for p, r in decisions.items()},
        **{p: ledger.dumps_nights(r) for p, r in nights.items()},
    }
    return {path: files[path].encode() for path in sorted(files)}


def _records(path: str, text: str, problems: list[Problem]) -> Iterator[tuple[Paper | Candidate, bibtex.Entry]]:
    """The readable records of a .bib file with their entries; what is wrong with the others is added to `problems`."""
    folder, _, name = path.partition("/")
    for entry in bibtex.loads(text, path=SHOWN + path):
        try:
            yield bibtex.to_paper(entry, name.removesuffix(".bib")) if folder == "papers" else bibtex.to_candidate(entry), entry
        except BadData as error:
            problems += error.problems


class _Assembly:
    """A corpus being read, and everything that is wrong with it."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}
        self.candidates: dict[Identifier, Candidate] = {}
        self.decisions: dict[Identifier, list[Decision]] = defaultdict(list)
        self.nights: list[Night] = []
        self.read: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.keys: dict[str, str] = {}
        self.owners: dict[Identifier, tuple[str, str]] = {}

    def claim(self, record: Candidate, entry: bibtex.Entry) -> None:
        """Every key and every identifier stands in one place; a second one names both."""
        here = f"{entry.path}:{entry.line}"
        if isinstance(record, Paper):
            first = self.keys.setdefault(record.key.casefold(), here)
            if first != here:
                message = f"{entry.key}: this key is also at {first}: a key may appear once"
                self.problems.append(Problem(entry.path, entry.line, "corpus-duplicate", message))
            self.papers[record.key] = record
        else:
            self.candidates[record.primary] = record
        for identifier in record.identifiers:
            key, first = self.owners.setdefault(identifier, (entry.key, here))
            if first != here:
                message = f"{entry.key}: {identifier} is also {key} at {first}: a work may appear once, remove one of them"
                self.problems.append(Problem(entry.path, entry.line, "corpus-duplicate", message))

    def add(self, path: str, data: bytes) -> None:
        self.read[path] = hashlib.sha256(data).hexdigest()
        shown = SHOWN + path
        try:
            text = plaintext.decode(data, path=shown)
            match path.partition("/")[0]:
                case "decisions":
                    for decision in ledger.loads_decisions(text, path=shown):
                        self.decisions[decision.subject].append(decision)
                case "nights":
                    self.nights += ledger.loads_nights(text, path=shown)
                case _:
                    for record, entry in _records(path, text, self.problems):
                        self.claim(record, entry)
        except BadData as error:
            self.problems += error.problems


def parse(files: Iterable[tuple[str, bytes]]) -> Corpus:
    """The corpus of these files, (path under bib/, bytes); BadData carries the problems of all of them."""
    assembly = _Assembly()
    for path, data in files:
        assembly.add(path, data)
    if assembly.problems:
        raise BadData(assembly.problems)
    return Corpus(
        papers={k: assembly.papers[k] for k in sorted(assembly.papers)},
        candidates={i: assembly.candidates[i] for i in sorted(assembly.candidates)},
        decisions={s: tuple(sorted(assembly.decisions[s], key=lambda d: d.on)) for s in sorted(assembly.decisions)},
        nights=tuple(sorted(assembly.nights)),
        read=assembly.read,
    )


def listing(bib: Path, problems: list[Problem]) -> Iterator[str]:
    """Paths of the corpus' files under bib/, sorted; what does not belong there is added to `problems`.

    Hidden files are passed over: editors and file managers leave them, and nothing here reads them.
    """
    for folder, pattern in FOLDERS.items():
        if (bib / folder).is_symlink() or ((bib / folder).exists() and not (bib / folder).is_dir()):
            problems.append(Problem(SHOWN + folder, 0, "corpus-file", "this must be a folder, not a file or a link"))
            continue
        if not (bib / folder).is_dir():
            continue
        for item in sorted(os.scandir(bib / folder), key=lambda e: e.name):
            path = f"{folder}/{item.name}"
            if item.name.startswith("."):
                continue
            if not item.is_file(follow_symlinks=False):
                problems.append(Problem(SHOWN + path, 0, "corpus-file", "only files may be here, no links and no folders: remove it"))
            elif not pattern.fullmatch(item.name):
                example = {"nights": "2025.tsv", "decisions": "2025-03.tsv"}.get(folder, "2025-03.bib")
                problems.append(Problem(SHOWN + path, 0, "corpus-file", f"files here are called {example}: rename or remove it"))
            else:
                yield path


def _read(bib: Path, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    """Every file of the corpus that can be read, with its bytes; the others are added to `problems`."""
    for path in listing(bib, problems):
        try:
            yield path, plaintext.contents(bib / path, shown=SHOWN + path)
        except BadData as error:
            problems += error.problems


def _state(bib: Path) -> list[tuple[Path, int, int]]:
    """What tells one save from the next: the files of the corpus, each with its inode and time."""
    if (bib / PENDING / MANIFEST).exists():
        raise CannotWrite(f"{bib / PENDING}: a save was interrupted, or is under way: any command that writes finishes it")
    return [(p, p.stat().st_ino, p.stat().st_mtime_ns) for p in (bib / path for path in listing(bib, [])) if p.exists()]


def load(bib: Path) -> Corpus:
    """Read the corpus under `bib`, where missing folders are empty; BadData carries all problems of all files.

    What somebody saves meanwhile is read again; CannotWrite when a save was interrupted, or there is no end of them.
    """
    for _ in range(TRIES):
        before, problems = _state(bib), list[Problem]()
        files = list(_read(bib, problems))
        if before == _state(bib):
            break
    else:
        raise CannotWrite(f"{bib} changes again and again while it is read: wait until nobody writes")
    corpus = None
    try:
        corpus = parse(files)
    except BadData as error:
        problems += error.problems
    if problems or corpus is None:
        raise BadData(problems)
    return corpus


def fmt(bib: Path) -> dict[str, bytes]:
    """The files whose bytes are not canonical, with their canonical bytes; BadData when one cannot be read.

    Each file by itself: nothing moves from one to another.
    """
    problems: list[Problem] = []
    changed: dict[str, bytes] = {}
    for path, data in _read(bib, problems):
        try:
            form = canonical(path, data)
        except BadData as error:
            problems += error.problems
            continue
        if form != data:
            changed[path] = form
    if problems:
        raise BadData(problems)
    return changed


def canonical(path: str, data: bytes) -> bytes:
    """One file of the corpus, `path` under bib/, in canonical form; BadData when it cannot be read."""
    text = plaintext.decode(data, path=SHOWN + path)
    match path.partition("/")[0]:
        case "decisions":
            return ledger.dumps_decisions(ledger.loads_decisions(text, path=SHOWN + path)).encode()
        case "nights":
            return ledger.dumps_nights(ledger.loads_nights(text, path=SHOWN + path)).encode()
        case _:
            problems: list[Problem] = []
            entries = [bibtex.to_entry(record) for record, _ in _records(path, text, problems)]
            if problems:
                raise BadData(problems)
            return bibtex.dumps(entries).encode()
