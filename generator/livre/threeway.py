"""Join a night with what people pushed while it ran: three trees of bib/ in, one out, and neither side loses anything.

Papers are joined by work and field, ledgers as sets of rows. Where both sides changed the same thing the person's stays,
and is named. Nothing here knows git, a clock or a disk.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from . import edges, filed, ledger, plaintext, summary
from .corpus import FOLDERS, SHOWN, Corpus, parse, tree
from .errors import BadData, BrokenInvariant
from .merge import MACHINE
from .model import Candidate, Decision, Identifier, Night, Paper
from .names import citation_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Tree = Mapping[str, bytes]
    Record = Paper | Candidate


def _audits(path: str, data: bytes) -> bytes:
    return ledger.dumps_audits(ledger.loads_audits(plaintext.decode(data, path=SHOWN + path), path=SHOWN + path)).encode()


ROWS: Final[Mapping[str, tuple[int, int, Callable[[str, bytes], bytes]]]] = {
    "citations": (3, 4, edges.canonical),
    "references": (2, 2, edges.canonical),
    "audits": (2, 0, _audits),
    "filings": (2, 2, filed.canonical),
    "summaries": (2, 2, summary.canonical),
}
"""Ledgers of rows: how many cells name a row, which cell says how new it is, and their canonical form."""

_PAPER = tuple(f.name for f in fields(Paper))
_CANDIDATE = tuple(f.name for f in fields(Candidate))
_JOINED = frozenset({"identifiers", "curated"})
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it: every file under bib/, and the places where both sides had changed the same thing."""

    files: Mapping[str, bytes]
    conflicts: tuple[str, ...] = ()

    def changes(self, here: Tree) -> dict[str, bytes | None]:
        """What to write, and with None to remove, where the tree `here` stands; as `save.write` takes it."""
        gone = dict.fromkeys(sorted(here.keys() - self.files.keys()))
        return {**{p: d for p, d in self.files.items() if here.get(p) != d}, **gone}


@dataclass(slots=True)
class _Desk:
    """What is being joined, and the conflicts so far; lives for one call of `join`."""

    base: Corpus
    night: Corpus
    person: Corpus
    conflicts: list[str] = field(default_factory=list)

    def pick(self, base: Any, ours: Any, theirs: Any, what: str) -> Any:
        """The side that changed; the person's where both did."""
        if theirs == base:
            return ours
        if ours not in (base, theirs):
            self.conflicts.append(f"{what}: the night and a person changed it; the person's stays")
        return theirs

    def record(self, base: Record | None, ours: Record, theirs: Record) -> Record:
        """One work that both sides know, field by field."""
        is_paper = isinstance(theirs, Paper) or (isinstance(ours, Paper) and not isinstance(base, Paper))
        facts: dict[str, Any] = {}
        for name in _PAPER if is_paper else _CANDIDATE:
            was, night, person = (getattr(r, name, _ABSENT) if r is not None else _ABSENT for r in (base, ours, theirs))
            if name in _JOINED:
                there: list[set[Any]] = [set() if v is _ABSENT else set(v) for v in (was, night, person)]  # type: ignore[call-overload]
                facts[name] = tuple(sorted((there[1] | there[2]) - (there[0] - there[2] if name == "curated" else set())))
            elif night is _ABSENT or (was is _ABSENT and person is not _ABSENT and person):
                facts[name] = person  # where both found a work, it is as people have seen it
            elif person is _ABSENT or was is _ABSENT:
                facts[name] = night
            else:
                facts[name] = self.pick(was, night, person, f"{theirs.primary}, {name}")
        return Paper(**facts) if is_paper else Candidate(**facts)

    def records(self) -> tuple[dict[str, Paper], dict[Identifier, Candidate]]:
        kept: list[Record] = []
        for theirs in (*self.person.papers.values(), *self.person.candidates.values()):
            ours = self.night.find(theirs.identifiers)
            kept.append(theirs if ours is None else self.record(self.base.find(theirs.identifiers), ours, theirs))
        for ours in (*self.night.papers.values(), *self.night.candidates.values()):
            if self.person.find(ours.identifiers) is not None:
                continue
            base = self.base.find(ours.identifiers)
            if base is None:
                kept.append(ours)
            elif base != ours:
                self.conflicts.append(f"{ours.primary}: a person removed it, and the night had changed it; it stays removed")
        return self._named(kept), {r.primary: r for r in sorted(kept, key=lambda r: r.primary) if not isinstance(r, Paper)}

    def _named(self, kept: Iterable[Record]) -> dict[str, Paper]:
        """Papers by key. A key that people have seen is never given to another; what the night named alike is named again."""
        papers: dict[str, Paper] = {}
        taken: set[str] = set()
        for paper in sorted((r for r in kept if isinstance(r, Paper)), key=lambda p: (p.key not in self.person.papers, p.primary)):
            key = paper.key
            if key.casefold() in taken:
                key = citation_key(paper.authors, paper.date, paper.title, taken)
                self.conflicts.append(f"{paper.primary}: the key {paper.key} is another paper's by now; it is {key}")
            taken.add(key.casefold())
            papers[key] = replace(paper, key=key)
        return {key: papers[key] for key in sorted(papers)}

    def decisions(self, subject: Identifier) -> tuple[Decision, ...]:
        """All rows of both; those of one day in the order machine, person, because the last one holds."""
        base, ours, theirs = (side.decisions.get(subject, ()) for side in (self.base, self.night, self.person))
        night, person = Counter(ours) - Counter(base), Counter(theirs) - Counter(base)
        if not night - person or not person - night:
            return theirs if not night - person else ours
        standing = [d for d in base if d in theirs]
        return tuple(sorted([*standing, *(night - person).elements(), *person.elements()], key=lambda d: (d.on, d.by not in MACHINE)))

    def nights(self) -> tuple[Night, ...]:
        """A line for each night and source; of two about the same the complete one, then the later."""
        sides = [{(n.night, n.source): n for n in side.nights} for side in (self.base, self.night, self.person)]
        lines: dict[tuple[str, str], Night] = {}
        for name in sides[1].keys() | sides[2].keys():
            found = [side[name] for side in sides[1:] if name in side]
            if len(found) == 1 and name in sides[0]:
                continue  # removed by a person; no night removes a line
            changed = [line for line in found if line != sides[0].get(name)] or found
            lines[name] = max(changed, key=lambda n: (n.complete, n.at, n.watermark, n))
        return tuple(sorted(lines.values()))


def _rows(path: str, base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """A ledger of rows: those of either side; of a row that both changed the newer."""
    many, newer, canonical = ROWS[path.partition("/")[0]]

    def read(data: bytes) -> tuple[str, dict[tuple[str, ...], str]]:
        head, *lines = plaintext.decode(data, path=SHOWN + path).split("\n")
        return head, {tuple(line.split("\t")[:many]): line for line in lines if line}

    (_, was), (head, night), (other, person) = map(read, (base, ours, theirs))
    lines: list[str] = []
    for name in sorted(was.keys() | night.keys() | person.keys()):
        before, here, there = was.get(name), night.get(name), person.get(name)
        line = (
            here if there == before else there if here == before else max(filter(None, (there, here)), key=lambda s: s.split("\t")[newer])
        )
        if line is not None:
            lines.append(line)
    return canonical(path, "\n".join([head or other, *lines, ""]).encode())


def _corpus(files: Tree) -> Corpus:
    return parse((p, d) for p, d in sorted(files.items()) if (f := FOLDERS.get(p.partition("/")[0])) and f.fullmatch(p.partition("/")[2]))


def _said(error: BadData) -> str:
    return "; ".join(str(p) for p in error.problems[:3])


def join(base: Tree, *, night: Tree, person: Tree) -> Joined:
    """The tree (path under bib/ → bytes) that has all that a night and people changed since `base`.

    No paper, identifier or decision of either side is lost but those that a person took out. BrokenInvariant when the three
    cannot be one review, or one of them cannot be read.
    """
    try:
        desk = _Desk(base=_corpus(base), night=_corpus(night), person=_corpus(person))
        papers, candidates = desk.records()
        subjects = sorted(desk.night.decisions.keys() | desk.person.decisions.keys())
        decisions = {s: rows for s in subjects if (rows := desk.decisions(s))}
        joined = Corpus(papers=papers, candidates=candidates, decisions=decisions, nights=desk.nights())
        files = tree(joined)
        parse(files.items())
        own = {p for side in (desk.base, desk.night, desk.person) for p in side.read}
        for path in sorted((base.keys() | night.keys() | person.keys()) - own):
            was, made, pushed = (side.get(path) for side in (base, night, person))
            if path.partition("/")[0] in ROWS and made is not None and pushed is not None and was not in (made, pushed):
                files[path] = _rows(path, was or b"", made, pushed)
            elif (data := desk.pick(was, made, pushed, SHOWN + path)) is not None:
                files[path] = data
    except BadData as error:
        raise BrokenInvariant(f"the night and what was pushed cannot be joined: {_said(error)}; nothing was written") from error
    return Joined(files={path: files[path] for path in sorted(files)}, conflicts=tuple(sorted(desk.conflicts)))
