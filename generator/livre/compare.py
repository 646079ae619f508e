"""What a change did to the records of the database, seen from both sides: what a person may edit, and what nobody may.

The same laws as `guard` holds a night to, told one record at a time, and those that only people can break: facts edited without
`curated`, and decisions rewritten. Both sides hold the files that differ; `Known` tells of all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .corpus import SHOWN, history, shard_of
from .entry import PAPER_FIELDS, to_entry
from .ledger import DECISIONS
from .merge import CURATED, MACHINE
from .model import Candidate, Decision, Identifier, Paper, Problem, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .corpus import Corpus

PEOPLE = frozenset({"shorttitle", "milestone", "role", "curated"})
"""Fields of papers that no source tells: people edit them as they like."""

RECORD = frozenset({"added", "source", "versions"})
"""What livre itself noted."""

SIGNED = MACHINE - {"import"}
"""Who no person may sign as; an import is run by people."""

Line = Callable[[Candidate, str], int]
"""The line of a field of a record as it is now, or of its entry."""

Place = Callable[[Identifier, Decision | None], tuple[str, int]]
"""The file and line of a decision on a work; line 0 where there is none."""

_ENTRY = re.compile(r"^(?:@[a-z]+\{([^,\n]*),|  (eprint|doi) += \{([^}\n]*)\},)$", re.MULTILINE)


@dataclass(slots=True)
class Known:
    """What the files say that did not change: who owns an identifier, which keys are papers', and the decisions on each work.

    Built by `read` from canonical files, a line at a time: a hundred times faster than reading every entry whole.
    """

    owners: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    decisions: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def read(self, path: str, text: str) -> None:
        """Take in one file of papers, candidates or decisions, `path` under bib/."""
        if path.startswith("decisions/"):
            for cells in (c for line in text.split("\n")[1:-1] if len(c := line.split("\t")) == len(DECISIONS)):
                self.decisions.setdefault(cells[0], []).append((cells[1], cells[2], cells[5]))
            return
        key = ""
        for m in _ENTRY.finditer(text):
            if m[2] is None:
                key = m[1]
                if path.startswith("papers/"):
                    self.papers.add(key)
                continue
            for value in m[3].split():
                self.own(f"{'arxiv' if m[2] == 'eprint' else 'doi'}:{value}", key)

    def own(self, identifier: str, key: str) -> None:
        """Note whose an identifier is."""
        self.owners[identifier] = key
        self.names.setdefault(key, []).append(identifier)

    def last(self, identifier: str) -> tuple[str, str, str, str]:
        """(key of the work, day, verdict, by) of the decision that holds, '' for what is not known."""
        key = self.owners.get(identifier, "")
        rows = [row for name in self.names.get(key, [identifier]) for row in self.decisions.get(name, ())]
        return (key, *max(rows, key=lambda row: row[0])) if rows else (key, "", "", "")


def _path(record: Candidate) -> str:
    return f"{SHOWN}{'papers' if isinstance(record, Paper) else 'candidates'}/{shard_of(record)}.bib"


def _name(record: Candidate) -> str:
    return record.key if isinstance(record, Paper) else str(record.primary)


def _facts(before: Candidate, after: Candidate, facets: Mapping[str, str], line: Line) -> Iterator[Problem]:
    """Facts that were edited and are not the editor's, of one record; `facets` gives that of each category."""
    old, new = dict(to_entry(before).fields), dict(to_entry(after).fields)
    curated = after.curated if isinstance(after, Paper) else ()
    fixed = {CURATED.get(name, name) for name in curated}
    if lost := sorted(map(str, set(before.identifiers) - set(after.identifiers))):
        message = f"{_name(after)}: {', '.join(lost)} would be lost: restore it, a work keeps every identifier that it ever had"
        yield Problem(_path(after), line(after, "eprint"), "change-lost", message)
    if before.kind != after.kind:
        message = f"{_name(after)}: the source says @{before.kind}, so the next night would undo this: restore it"
        yield Problem(_path(after), line(after, ""), "change-fact", message)
    born = PAPER_FIELDS if isinstance(after, Paper) and not isinstance(before, Paper) else frozenset()
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name) or name in PEOPLE | born | {"eprint", "eprinttype", "doi"}:
            continue
        if name in RECORD:
            message = f"{_name(after)}: {name} is what livre noted itself: restore it"
            yield Problem(_path(after), line(after, name), "change-record", message)
        elif name == "keywords" and isinstance(before, Paper) and isinstance(after, Paper):
            changed = set(before.categories) ^ set(after.categories)
            if open_ := sorted({facets.get(c, "keywords") for c in changed} - set(curated)) if "keywords" not in curated else []:
                message = f"{after.key}: filed otherwise, and the next night would undo it: write curated = {{{', '.join(open_)}}} too"
                yield Problem(_path(after), line(after, name), "change-fact", message)
        elif CURATED.get(name, name) not in fixed:
            advice = f"write curated = {{{name}}} too" if isinstance(after, Paper) else "only papers can be corrected, so restore it"
            message = f"{_name(after)}: {name} comes from the source, and the next night would undo this: {advice}"
            yield Problem(_path(after), line(after, name), "change-fact", message)


def _kept(before: Corpus, after: Corpus, facets: Mapping[str, str], line: Line) -> Iterator[Problem]:
    """What became of the records that were there."""
    for record in (*before.papers.values(), *before.candidates.values()):
        now = (after.papers.get(record.key) if isinstance(record, Paper) else None) or after.find(record.identifiers)
        if now is None or (isinstance(record, Paper) and not isinstance(now, Paper)):
            message = f"{_name(record)} would disappear: restore its entry; to take a work out of the lists, exclude it"
            yield Problem(_path(record), 0, "change-lost", message)
            continue
        if isinstance(record, Paper) and isinstance(now, Paper):
            if now.key != record.key:
                message = f"{record.key} is called {now.key} now, and all that cites it would break: write {record.key}"
                yield Problem(_path(now), line(now, ""), "change-key", message)
            if now.shard != record.shard:
                message = f"{record.key} was in {_path(record)}, and a paper never changes its file: move it back"
                yield Problem(_path(now), line(now, ""), "change-shard", message)
        yield from _facts(record, now, facets, line)


def _asked_for(record: Candidate, before: Corpus, after: Corpus) -> bool:
    """Whether a person, or an import that a person ran, brought the record in by a decision of this change."""
    old = set(history(before, record))
    fresh = [d for d in history(after, record) if d not in old and d.by.casefold() not in SIGNED]
    return any(d.verdict is Verdict.INCLUDE or not isinstance(record, Paper) for d in fresh)


def _born(before: Corpus, after: Corpus, known: Known, line: Line) -> Iterator[Problem]:
    """What the new records are, and whose identifiers and keys they take."""
    for record in (*after.papers.values(), *after.candidates.values()):
        for identifier in map(str, record.identifiers):
            if owner := known.owners.get(identifier):
                message = f"{_name(record)}: {identifier} is also {owner}: a work may appear once"
                yield Problem(_path(record), line(record, "eprint"), "corpus-duplicate", message)
        if isinstance(record, Paper) and record.key in known.papers:
            yield Problem(_path(record), line(record, ""), "corpus-duplicate", f"{record.key}: this key is taken: choose another")
        old = before.find(record.identifiers)
        if isinstance(record, Paper) and not isinstance(old, Paper) and not _asked_for(record, before, after):
            message = f"{record.key}: no person's decision of this change includes it: use bib/inbox/ or `livre add`"
            yield Problem(_path(record), line(record, ""), "change-unasked", message)
        elif old is None and not _asked_for(record, before, after):
            message = f"{_name(record)}: nothing of this change says why it is here: use bib/inbox/ or `livre add`"
            yield Problem(_path(record), line(record, ""), "change-unasked", message)


def _decisions(before: Corpus, after: Corpus, known: Known, place: Place) -> Iterator[Problem]:
    """What became of the ledger: rows are only ever added, after the last one, and by people."""
    owned = {str(i) for r in (*after.papers.values(), *after.candidates.values()) for i in r.identifiers} | known.owners.keys()
    for subject in sorted(before.decisions.keys() | after.decisions.keys()):
        old, new = before.decisions.get(subject, ()), after.decisions.get(subject, ())
        if new[: len(old)] != old:
            message = f"{subject}: what was decided stays: restore every line, and add one below the last to overrule it"
            yield Problem(*place(subject, new[0] if new else None), "change-decision", message)
            continue
        for decision in new[len(old) :]:
            if not decision.by or decision.by.casefold() in SIGNED:
                message = f"{subject}: {decision.by!r} is how a machine signs, or nobody: sign with the name of whoever decides"
                yield Problem(*place(subject, decision), "change-signed", message)
        if new and str(subject) not in owned:
            message = f"a decision on {subject}, which is neither a paper nor a candidate: mend its id"
            yield Problem(*place(subject, new[-1]), "stray-decision", message)


def compare(before: Corpus, after: Corpus, *, known: Known, facets: Mapping[str, str], line: Line, place: Place) -> Iterator[Problem]:
    """What is wrong with the records of the files that differ, as they were and as they are."""
    yield from _kept(before, after, facets, line)
    yield from _born(before, after, known, line)
    yield from _decisions(before, after, known, place)
