"""Who cites whom: `bib/citations/` holds one line for each edge and source, `bib/references/` one for each list that was asked for.

A month's file holds the works of that month, as citing. Identifiers are kept as the sources give them, works outside
the corpus included; `internal` says which papers they are. Identifiers, days and sources are shared between
the rows: an edge costs about 200 bytes in memory.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from . import ledger, plaintext
from .corpus import SHARD, SHOWN, decision_shard
from .errors import BadData, BrokenInvariant
from .model import Citation, Identifier, Problem, ReferenceList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from .corpus import Corpus

FOLDERS = dict.fromkeys(("citations", "references"), re.compile(rf"{SHARD.pattern}\.tsv"))
"""The folders of edges and lists under bib/, and what their files are called."""

_Row = TypeVar("_Row", Citation, ReferenceList)


def _days(cell: str) -> tuple[str, ...]:
    """A cell of days with spaces between, oldest first, or empty."""
    days = tuple(ledger.day(d) for d in cell.split(" ")) if cell else ()
    if any(a >= b for a, b in pairwise(days)):
        raise ValueError("write each day once, oldest first")
    return days


def _source(cell: str) -> str:
    """The name of a source, which is visible and not empty."""
    if plaintext.one_line(cell) != cell:
        raise ValueError("write a name on one line")
    return ledger.some(cell)


CITATIONS: ledger.Columns = {
    "citing": ("citing", Identifier.parse),
    "cited": ("cited", Identifier.parse),
    "source": ("source", _source),
    "first": ("first", ledger.day),
    "last": ("last", ledger.day),
    "absent": ("absent", _days),
}
"""The columns of citations/*.tsv; `absent` are days with a space between."""

REFERENCES: ledger.Columns = {
    "citing": ("citing", Identifier.parse),
    "source": ("source", _source),
    "asked": ("asked", ledger.day),
    "listed": ("listed", ledger.count),
    "known": ("known", ledger.count),
    "outcome": ("outcome", ledger.some),
}
"""The columns of references/*.tsv."""

_EDGE = attrgetter("cited.scheme", "cited.value", "source")
_LIST = attrgetter("citing", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Edges and reference lists by citing work, sorted.

    `read` holds the SHA-256 of every file this was loaded from, by path under bib/, and is not compared.
    """

    citations: Mapping[Identifier, tuple[Citation, ...]] = field(default_factory=dict)
    lists: Mapping[Identifier, tuple[ReferenceList, ...]] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __iter__(self) -> Iterator[Citation]:
        """Every edge, by citing work."""
        for rows in self.citations.values():
            yield from rows

    def list_of(self, citing: Identifier, source: str) -> ReferenceList | None:
        """What a source said when it was last asked for this work; None if it never was."""
        return next((row for row in self.lists.get(citing, ()) if row.source == source), None)


class _Parsed(dict[str, Any]):
    """Cells read once: every other time the very same value."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        self[cell] = value = self._read(cell)
        return value


class Reader:
    """Reads files of edges and lists; what is the same in many of them is kept once."""

    def __init__(self) -> None:
        self._works, self._days, self._absent = _Parsed(Identifier.parse), _Parsed(ledger.day), _Parsed(_days)
        self._sources = _Parsed(_source)

    def citations(self, text: str, *, path: str) -> list[Citation]:
        """The edges of one file, in its order; BadData carries every problem with its line."""
        works, days, absent, sources = self._works, self._days, self._absent, self._sources
        head, *lines = text.split("\n")
        rows: list[Citation] = []
        try:
            if head != "\t".join(CITATIONS) or lines.pop():
                raise ValueError
            for line in lines:
                citing, cited, source, first, last, days_off = line.split("\t")
                rows.append(
                    Citation(
                        citing=works[citing],
                        cited=works[cited],
                        source=sources[source],
                        first=days[first],
                        last=days[last],
                        absent=absent[days_off],
                    )
                )
        except (ValueError, IndexError):  # slower, and tells what is wrong
            rows = [Citation(**row) for row in ledger.read(text, CITATIONS, path=path)]
        _refuse(path, rows, _wrong_edge)
        return rows

    def lists(self, text: str, *, path: str) -> list[ReferenceList]:
        """The reference lists of one file, in its order; BadData carries every problem with its line."""
        rows = [ReferenceList(**{**row, "citing": self._works[str(row["citing"])]}) for row in ledger.read(text, REFERENCES, path=path)]
        _refuse(path, rows, _wrong_list)
        return rows


def _wrong_edge(row: Citation) -> str:
    if row.first > row.last:
        return f"first is {row.first}, after last, {row.last}: exchange them"
    if row.absent and row.absent[0] <= row.last:
        return f"absent on {row.absent[0]}, but last seen on {row.last}: remove the earlier days of absence"
    return ""


def _wrong_list(row: ReferenceList) -> str:
    return f"{row.known} references are known of {row.listed} listed: the first may not be more" if row.known > row.listed else ""


def _refuse(path: str, rows: Iterable[_Row], wrong: Callable[[_Row], str]) -> None:
    if problems := [Problem(path, n, "edges-value", message) for n, row in enumerate(rows, 2) if (message := wrong(row))]:
        raise BadData(problems)


def loads_citations(text: str, *, path: str) -> tuple[Citation, ...]:
    """The edges of one file, in its order; BadData carries every problem with its line."""
    return tuple(Reader().citations(text, path=path))


def loads_lists(text: str, *, path: str) -> tuple[ReferenceList, ...]:
    """The reference lists of one file, in its order; BadData carries every problem with its line."""
    return tuple(Reader().lists(text, path=path))


def dumps_citations(rows: Iterable[Citation]) -> str:
    """The file of these edges: by citing work, cited work and source."""
    body = (
        f"{r.citing.scheme}:{r.citing.value}\t{r.cited.scheme}:{r.cited.value}\t{r.source}\t{r.first}\t{r.last}\t{' '.join(r.absent)}"
        for r in rows
    )
    # A tab comes before every character of a cell, so the lines are in the order of their cells.
    return "\n".join(["\t".join(CITATIONS), *sorted(body), ""])


def dumps_lists(rows: Iterable[ReferenceList]) -> str:
    """The file of these reference lists: by citing work and source."""
    return ledger.write(sorted(rows, key=_LIST), REFERENCES)


def _canonical(path: str, text: str, reader: Reader) -> str:
    if path.startswith("citations/"):
        return dumps_citations(reader.citations(text, path=SHOWN + path))
    return dumps_lists(reader.lists(text, path=SHOWN + path))


def canonical(path: str, data: bytes) -> bytes:
    """One file of edges or lists, `path` under bib/, in canonical form; BadData when it cannot be read."""
    return _canonical(path, plaintext.decode(data, path=SHOWN + path), Reader()).encode()


def listing(bib: Path, problems: list[Problem]) -> Iterator[str]:
    """Paths of the edges' files under bib/, sorted; what does not belong there is added to `problems`."""
    for folder, pattern in FOLDERS.items():
        try:
            items = sorted(os.scandir(bib / folder), key=lambda e: e.name)
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            problems.append(Problem(SHOWN + folder, 0, "corpus-file", "this must be a folder"))
            continue
        for item in items:
            path = f"{folder}/{item.name}"
            if item.name.startswith("."):
                continue
            if not item.is_file(follow_symlinks=False) or not pattern.fullmatch(item.name):
                message = "files here are called 2025-03.tsv, and there are no links and no folders: rename or remove it"
                problems.append(Problem(SHOWN + path, 0, "corpus-file", message))
            else:
                yield path


def _grouped(rows: Iterable[tuple[str, _Row]], key: Callable[[_Row], Any], problems: list[Problem]) -> dict[Identifier, tuple[_Row, ...]]:
    """The rows by citing work, sorted; a row that stands in two places is added to `problems`."""
    works: dict[Identifier, list[_Row]] = defaultdict(list)
    paths: dict[Identifier, str] = {}
    for path, row in rows:
        works[row.citing].append(row)
        paths[row.citing] = path
    grouped = {}
    for citing in sorted(works):
        held = sorted(works[citing], key=key)
        for one, other in pairwise(held):
            if key(one) == key(other):
                what = f"{citing} {one.cited} {one.source}" if isinstance(one, Citation) else f"{citing} {one.source}"
                problems.append(Problem(paths[citing], 0, "edges-duplicate", f"{what} stands here twice, or elsewhere too: remove one"))
        grouped[citing] = tuple(held)
    return grouped


def load(bib: Path) -> Edges:
    """Read the edges under `bib`, where missing folders are empty; BadData carries all problems of all files."""
    problems: list[Problem] = []
    reader, read = Reader(), dict[str, str]()
    citations: list[tuple[str, Citation]] = []
    lists: list[tuple[str, ReferenceList]] = []
    collecting = gc.isenabled()
    gc.disable()  # nothing that is made here becomes garbage, and looking for it doubles the time
    try:
        for path in listing(bib, problems):
            shown = SHOWN + path
            try:
                data = plaintext.contents(bib / path, shown=shown)
                text = plaintext.decode(data, path=shown)
                if path.startswith("citations/"):
                    citations += ((shown, row) for row in reader.citations(text, path=shown))
                else:
                    lists += ((shown, row) for row in reader.lists(text, path=shown))
            except BadData as error:
                problems += error.problems
                continue
            read[path] = hashlib.sha256(data).hexdigest()
        edges = Edges(citations=_grouped(citations, _EDGE, problems), lists=_grouped(lists, _LIST, problems), read=read)
    finally:
        if collecting:
            gc.enable()
    if problems:
        raise BadData(problems)
    return edges


def tree(edges: Edges, corpus: Corpus) -> dict[str, bytes]:
    """Every file of the edges, by path under bib/, in canonical form and order."""
    citations: dict[str, list[Citation]] = defaultdict(list)
    lists: dict[str, list[ReferenceList]] = defaultdict(list)
    for citing, edge_rows in edges.citations.items():
        citations[decision_shard(citing, corpus)] += edge_rows
    for citing, list_rows in edges.lists.items():
        lists[decision_shard(citing, corpus)] += list_rows
    files = {f"citations/{shard}.tsv": dumps_citations(rows) for shard, rows in citations.items() if rows}
    files |= {f"references/{shard}.tsv": dumps_lists(rows) for shard, rows in lists.items() if rows}
    return {path: files[path].encode() for path in sorted(files)}


def changes(before: Edges, after: Edges, corpus: Corpus) -> dict[str, bytes | None]:
    """The files that differ from those `before` was read from, None for one that goes: what `save.save` takes as `also`.

    BrokenInvariant when one would not read back as it is written.
    """
    new = tree(after, corpus)
    changed: dict[str, bytes | None] = {p: d for p, d in new.items() if hashlib.sha256(d).hexdigest() != before.read.get(p)}
    for path, data in changed.items():
        try:
            same = data is None or canonical(path, data) == data
        except BadData as error:
            raise BrokenInvariant(f"{path} could not be read again: {error}") from error
        if not same:
            raise BrokenInvariant(f"{path} would not be read as it is written")
    return changed | {path: None for path in before.read if path not in new}
