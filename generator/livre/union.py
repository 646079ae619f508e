"""Put what the sources say of reference lists into the edges: the only place where an edge is born, changes or goes.

The union of all sources holds. Silence deletes nothing: an edge goes only after its own source has three times, a
week or more apart, told the whole list without it; and not when more than one in fifty edges of a source would go at once.

`Citation.last` is not renewed at every look, which would rewrite the repository every few months: until a year has
passed, `seen` gets the same day from the list's own line. Laws, as tests: merging the same answers again on the same
day changes nothing; the order of the answers does not matter.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from . import plaintext
from .citations import CITING, COMPLETE, Listed, Reference, forward
from .edges import Edges
from .errors import BadData
from .model import Citation, Identifier, Paper, Problem, ReferenceList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .corpus import Corpus

ABSENCES: Final = 3
"""Whole lists without an edge after which it goes."""
APART: Final = 7
"""Days between two absences that count."""
RENEWED: Final = 365
"""Days after which `Citation.last` is written anew."""
AT_ONCE: Final = 0.02
"""The part of a source's edges that may go in one merge; when it would be more, none goes."""
IMPORT: Final = "import"
"""The source of edges from a file that somebody has made."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Held:
    """A source of which `gone` of `edges` edges would have been deleted: too many at once, so all of them stand."""

    source: str
    gone: int
    edges: int

    def __str__(self) -> str:
        return f"held: {self.gone} of its {self.edges} edges would go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The edges after a merge; what was held; and how many edges each source added, changed and lost."""

    edges: Edges
    held: tuple[Held, ...] = ()
    added: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    deleted: Mapping[str, int] = field(default_factory=dict)


def _apart(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def seen(edge: Citation, edges: Edges) -> str:
    """The last day on which its source is known to have told of this edge."""
    told = edges.list_of(edge.citing, edge.source)
    return _seen(edge, told)


def _seen(edge: Citation, told: ReferenceList | None) -> str:
    if told is None or edge.absent or told.outcome != COMPLETE or not told.known:
        return edge.last
    return max(edge.last, told.asked)


def _works(reference: Reference) -> Iterator[tuple[Identifier, ...]]:
    """The works that a reference names: an arXiv id and a DOI are one, two of a kind are as many."""
    names = reference.identifiers
    if len({name.scheme for name in names}) == len(names):
        yield from [names] if names else []
    else:
        yield from ((name,) for name in names)


class _Desk:
    """The edges while they are being changed; lives for one call of `merge`."""

    def __init__(self, edges: Edges, corpus: Corpus, on: str) -> None:
        self.corpus, self.on, self.before = corpus, on, edges
        self.citations = dict(edges.citations)
        self.lists = dict(edges.lists)
        self.gone: dict[str, list[Citation]] = {}
        self.added, self.changed = Counter[str](), Counter[str]()

    def names(self, work: Identifier) -> tuple[Identifier, ...]:
        """Every identifier of this work that the corpus knows; a paper's or candidate's primary one first."""
        record = self.corpus.find([work])
        return record.identifiers if record else (work,)

    def rows(self, citing: Identifier) -> list[Citation]:
        """The edges of a work, also those filed under another of its identifiers, which move here."""
        table: dict[tuple[Identifier, str], Citation] = {}
        for name in self.names(citing):
            for row in self.citations.get(name, ()):
                table.setdefault((row.cited, row.source), row if name == citing else replace(row, citing=citing))
            if name != citing:
                self.citations.pop(name, None)
        return list(table.values())

    def told(self, citing: Identifier) -> dict[str, ReferenceList]:
        """What each source said of a work when it was last asked, wherever that is filed."""
        table: dict[str, ReferenceList] = {}
        for name in self.names(citing):
            for row in self.lists.get(name, ()):
                table.setdefault(row.source, row if name == citing else replace(row, citing=citing))
            if name != citing:
                self.lists.pop(name, None)
        return table

    def cited(self, work: tuple[Identifier, ...]) -> Identifier:
        """The identifier that an edge to this work gets: a paper's primary one, else the first that the source gives."""
        record = self.corpus.find(work)
        return record.primary if isinstance(record, Paper) else work[0]

    def take(self, listed: Listed) -> None:
        """One source's list of one work."""
        lists = self.told(listed.citing)
        last = lists.get(listed.source)
        works = sorted({work for r in listed.references for work in _works(r)})
        emptied = listed.complete and not listed.references and last is not None and last.known > 0
        lists[listed.source] = self.line(listed, last, sum(bool(r.identifiers) for r in listed.references), emptied=emptied)
        present = {name for work in works for name in (*work, *self.names(self.cited(work)))}
        # What follows `complete` says what may hide an edge: a work in the list that the source cannot name any more.
        whole = listed.outcome == COMPLETE and not emptied and bool(listed.references)
        rows = []
        for row in self.rows(listed.citing):
            if row.source != listed.source:
                rows.append(row)
            elif present.isdisjoint(self.names(row.cited)):
                rows.append(self.without(row, last) if whole else row)
            else:
                rows.append(self.renewed(row))
        held = {name for row in rows if row.source == listed.source for name in self.names(row.cited)}
        for work in works:
            cited = self.cited(work)
            if held.isdisjoint(names := {*work, *self.names(cited)}):
                rows.append(Citation(citing=listed.citing, cited=cited, source=listed.source, first=self.on, last=self.on))
                self.added[listed.source] += 1
            held |= names
        if rows:
            self.citations[listed.citing] = tuple(sorted(rows))
        self.lists[listed.citing] = tuple(lists[s] for s in sorted(lists))

    def citers(self, listed: Listed) -> None:
        """The works that one source says cite this one. Of their other references that says nothing, and an edge not among them stays."""
        lists = self.told(listed.citing)
        lists[listed.source] = self.line(listed, lists.get(listed.source), len(listed.references))
        self.lists[listed.citing] = tuple(lists[s] for s in sorted(lists))
        source, cited = listed.source.removesuffix(CITING), self.cited((listed.citing,))
        names = self.names(cited)
        for work in sorted({work for r in listed.references for work in _works(r)}):
            record = self.corpus.find(work)
            citing = record.primary if record else work[0]
            rows = self.rows(citing)
            if told := self.told(citing):
                self.lists[citing] = tuple(told[s] for s in sorted(told))
            known = [row for row in rows if row.source == source and row.cited in names]
            rows = [self.renewed(row, by=listed.source) if row in known else row for row in rows]
            if not known:
                rows.append(Citation(citing=citing, cited=cited, source=source, first=self.on, last=self.on))
                self.added[listed.source] += 1
            self.citations[citing] = tuple(sorted(rows))

    def line(self, listed: Listed, last: ReferenceList | None, known: int, *, emptied: bool = False) -> ReferenceList:
        """The new line for a list; one that did not come keeps the numbers of the last that did."""
        count, outcome = max(listed.listed, known), plaintext.one_line(listed.outcome)[:200] or "no outcome"
        if emptied:
            outcome = "empty: it used to list some"
        if last and (emptied or (not listed.complete and not listed.references)):
            count, known = last.listed, last.known
        return ReferenceList(citing=listed.citing, source=listed.source, asked=self.on, listed=count, known=known, outcome=outcome)

    def renewed(self, row: Citation, *, by: str = "") -> Citation:
        """An edge that its source told of today."""
        if not row.absent and _apart(row.last, self.on) < RENEWED:
            return row
        self.changed[by or row.source] += 1
        return replace(row, last=self.on, absent=())

    def without(self, row: Citation, last: ReferenceList | None) -> Citation:
        """An edge that is not in a whole list any more; a third time it is on its way out."""
        if _apart(row.absent[-1], self.on) < APART if row.absent else _seen(row, last) >= self.on:
            return row
        if len(row.absent) + 1 >= ABSENCES:
            self.gone.setdefault(row.source, []).append(row)
            return row
        self.changed[row.source] += 1
        return replace(row, last=_seen(row, last), absent=(*row.absent, self.on))

    def delete(self, *, force: bool) -> Iterator[Held]:
        """Delete what is to go, or say for which source that is held."""
        # Of a work whose list was never asked for no edge could go: these make nobody's deletions look few.
        counts = Counter(row.source for row in self.before if self.before.list_of(row.citing, row.source)) if self.gone else Counter[str]()
        self.gone = {s: left for s, rows in self.gone.items() if (left := [r for r in rows if r in self.citations.get(r.citing, ())])}
        for source, rows in sorted(self.gone.items()):
            if len(rows) > AT_ONCE * counts[source] and not force:
                yield Held(source=source, gone=len(rows), edges=counts[source])
                del self.gone[source]
        going = {row for rows in self.gone.values() for row in rows}
        for citing in {row.citing for row in going}:
            if stay := tuple(row for row in self.citations[citing] if row not in going):
                self.citations[citing] = stay
            else:
                del self.citations[citing]


def merge(edges: Edges, listed: Iterable[Listed], corpus: Corpus, on: str, *, force: bool = False) -> Merged:
    """The edges with what the sources said on the day `on` (ISO date), one line changed for each edge that changes.

    `listed` has one answer of each source about a work, filed under the identifier that its decisions are filed under; edges
    that a source tells by who cites a work count, in `added` and `changed`, under the name with `CITING` that it was asked by.
    `force`: delete even what would be held, because a person has looked at it.
    """
    desk = _Desk(edges, corpus, on)
    for one in sorted(listed, key=lambda x: (forward(x.source), x.citing, x.source, x.outcome)):
        (desk.citers if forward(one.source) else desk.take)(one)
    held = tuple(desk.delete(force=force))
    return Merged(
        edges=Edges(
            citations={c: desk.citations[c] for c in sorted(desk.citations)},
            lists={c: desk.lists[c] for c in sorted(desk.lists)},
            read=edges.read,
        ),
        held=held,
        added=dict(desk.added),
        changed=dict(desk.changed),
        deleted={source: len(rows) for source, rows in sorted(desk.gone.items())},
    )


def _pairs(data: bytes, path: str, problems: list[Problem]) -> Iterator[tuple[Identifier, Identifier]]:
    """The edges in a CSV file; a line that has no two identifiers is added to `problems`."""
    table = csv.DictReader(io.StringIO(plaintext.decode(data, path=path), newline=""), strict=True)
    try:
        if missing := {"citing_id", "cited_id"} - set(table.fieldnames or ()):
            problems.append(Problem(path, 1, "edges-header", f"the first line must name the columns {' and '.join(sorted(missing))} too"))
            return
        for row in table:
            try:
                yield Identifier.parse(row["citing_id"] or ""), Identifier.parse(row["cited_id"] or "")
            except ValueError as error:
                problems.append(Problem(path, table.line_num, "edges-value", f"{error}: write one of these"))
    except csv.Error as error:
        problems.append(Problem(path, table.line_num + 1, "edges-csv", f"this is not CSV: {error}"))


def adopt(edges: Edges, files: Iterable[tuple[str, bytes]], corpus: Corpus, on: str) -> Merged:
    """The edges with those of CSV files, (name, bytes), that somebody has read in the citing papers' own reference lists.

    The columns `citing_id` and `cited_id` are read. A list may be there in part only, so a missing edge says nothing.
    BadData carries every line that has no two identifiers, and then nothing is taken.
    """
    problems: list[Problem] = []
    cited: dict[Identifier, set[Identifier]] = defaultdict(set)
    for path, data in files:
        try:
            for citing, work in _pairs(data, path, problems):
                record = corpus.find([citing])
                cited[record.primary if isinstance(record, Paper) else citing].add(work)
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    listed = []
    for citing, works in cited.items():
        known = {row.cited for row in edges.citations.get(citing, ()) if row.source == IMPORT}
        references = tuple(Reference(identifiers=(work,)) for work in sorted(works | known))
        if not works <= known:
            outcome = "partial: as far as somebody has read it"
            listed.append(Listed(citing=citing, source=IMPORT, references=references, listed=len(references), outcome=outcome))
    return merge(edges, listed, corpus, on)
