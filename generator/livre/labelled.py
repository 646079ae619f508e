"""Records that somebody has labelled, from any CSV: `title`, perhaps `abstract`, `date` or `year`, `arxiv_id`, `doi`, and one of labels.

A label says yes or no (1, 0, yes, no, included, excluded …), or names categories of the taxonomy, several with `|` or `;` between.
What cannot be used of a row is told with its line and left out; only a file that is no such table is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .entry import is_date
from .errors import BadData
from .latex import normal
from .model import Identifier, Problem
from .plaintext import contents, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from .taxonomy import Taxonomy

YES = frozenset({"1", "1.0", "yes", "true", "include", "included", "relevant"})
NO = frozenset({"0", "0.0", "no", "false", "exclude", "excluded", "irrelevant"})
IDENTIFIERS = ("arxiv_id", "paper", "doi")
"""Columns that may say which work a row is about."""
_NOTHING = frozenset({"", "na", "n/a", "nan", "none"})
_YEAR = re.compile(r"([0-9]{4})(?:\.0)?")
_APART = re.compile(r"[|;]")
_MOST_UNKNOWN = 0.5
_LONGEST_CELL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row: its line, the work it is about (arXiv id or DOI, if any), what it says of it, and its label as written."""

    line: int
    identifier: Identifier | None
    title: str
    abstract: str
    date: str
    label: str

    @property
    def said(self) -> str:
        """The label without regard to case."""
        return self.label.strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The rows of one file, and what could not be used of it."""

    path: str
    column: str
    records: tuple[Record, ...]
    notes: tuple[Problem, ...] = ()

    @property
    def binary(self) -> bool:
        """Whether the labels say yes and no, most of them at least."""
        said = [r.said for r in self.records if r.said not in _NOTHING]
        return sum(s in YES | NO for s in said) > _MOST_UNKNOWN * len(said)

    @property
    def contradictions(self) -> int:
        """How many rows have a title that another row labels otherwise."""
        of: dict[str, Counter[str]] = defaultdict(Counter)
        for r in self.records:
            of[" ".join(r.title.lower().split())][r.said] += 1
        return sum(sum(labels.values()) for title, labels in of.items() if title and len(labels) > 1)


def read(path: Path, column: str, *, shown: str = "") -> Labelled:
    """The table in a file; BadData when it cannot be read, or has no `title` or not the `column` of labels, or a row is broken."""
    shown = shown or path.name
    data = contents(path, shown=shown)
    try:
        return loads(data.decode("utf-8-sig"), column, path=shown)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadData([Problem(shown, line, "text-encoding", f"byte 0x{data[error.start]:02x} is not UTF-8: save it as UTF-8")]) from None


def loads(text: str, column: str, *, path: str) -> Labelled:
    """The table in a text; see `read`."""
    problems: list[Problem] = []
    rows = list(_rows(text, path, problems))
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    for name in ("title", column.lower()):
        if name not in names:
            there = f"there are {', '.join(names)}" if any(names) else "it is empty"
            problems.append(Problem(path, 1, "labelled-column", f"there is no column {name!r} in this table: {there}"))
        elif names.count(name) > 1:
            problems.append(Problem(path, 1, "labelled-column", f"there are {names.count(name)} columns {name!r}: rename all but one"))
    for line, cells in rows[1:]:
        if cells and len(cells) != len(names):
            message = f"{len(cells)} cells instead of {len(names)}: a comma is missing or too many, or a cell needs quotes"
            problems.append(Problem(path, line, "labelled-cells", message))
    if problems:
        raise BadData(problems)
    records, notes = [], []
    for line, cells in rows[1:]:
        if not cells:
            continue
        record = _record(dict(zip(names, cells, strict=True)), column.lower(), line)
        if record.said in _NOTHING:
            notes.append(Problem(path, line, "labelled-nothing", f"no label in {column!r}: left out"))
            continue
        if not record.title and not record.abstract:
            notes.append(Problem(path, line, "labelled-empty", "neither title nor abstract: judged by nothing"))
        records.append(record)
    return Labelled(path=path, column=column, records=tuple(records), notes=tuple(notes))


def _rows(text: str, path: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Every row of a CSV with the line that it begins in; where it stops being one is added to `problems`."""
    before, line = csv.field_size_limit(_LONGEST_CELL), 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(
            Problem(path, line, "labelled-csv", f"this row is no CSV ({error}): close its quotes, and double a quote in a cell")
        )
    finally:
        csv.field_size_limit(before)


def _identifier(cell: str) -> Identifier | None:
    try:
        return Identifier.parse(cell)
    except ValueError:
        return None


def _record(cells: Mapping[str, str], column: str, line: int) -> Record:
    when = (cells.get("date") or cells.get("year") or "").strip()
    if m := _YEAR.fullmatch(when):
        when = m[1]
    return Record(
        line=line,
        identifier=next((i for name in IDENTIFIERS if (i := _identifier(cells.get(name, "")))), None),
        title=normal(one_line(cells["title"])),
        abstract=normal(one_line(cells.get("abstract", ""))),
        date=when if is_date(when) else "",
        label=cells[column],
    )


def screened(table: Labelled) -> tuple[tuple[tuple[Record, bool], ...], tuple[Problem, ...]]:
    """The rows that say yes or no, and a Problem for each that says something else (`borderline`, perhaps), which is left out."""
    kept = tuple((r, r.said in YES) for r in table.records if r.said in YES | NO)
    strange = (r for r in table.records if r.said not in YES | NO)
    return kept, tuple(
        Problem(table.path, r.line, "labelled-label", f"{table.column} is {r.label!r}, neither yes nor no: left out") for r in strange
    )


Named = tuple[frozenset[str], ...]
"""What a label names: one category, or several of which any will do, for each of its names."""


def filed(
    table: Labelled, taxonomy: Taxonomy, means: Mapping[str, Collection[str]] | None = None
) -> tuple[tuple[tuple[Record, Named], ...], tuple[Problem, ...]]:
    """The rows that name categories of the taxonomy, by id, title or alias, and a Problem for each that names none.

    `means` says of other names which category they are, or of which categories any will do. BadData when hardly any row can be
    used, since the column then holds something else, and when a name is said to mean what is no category.
    """
    categories = tuple(taxonomy.categories.values())
    known = {c.id.lower(): frozenset({c.id}) for c in categories}
    known = {c.title.lower(): frozenset({c.id}) for c in categories} | known
    known = {alias.lower(): frozenset({c.id}) for c in reversed(categories) for alias in c.aliases} | known
    known |= {name.lower(): frozenset(ids) for name, ids in (means or {}).items()}
    if strange := sorted(frozenset().union(*known.values()) - set(taxonomy.categories)):
        raise BadData([Problem(table.path, 0, "labelled-label", f"{_listed(strange)} no category of the taxonomy; nothing can mean it")])
    kept, notes = [], []
    for record in table.records:
        names = [name.strip().lower() for name in _APART.split(record.label)]
        found = tuple(dict.fromkeys(known[n] for n in names if n in known))
        if unknown := [n for n in names if n and n not in known]:
            message = f"{table.column} is {record.label!r}: {_listed(unknown)} no category of the taxonomy, "
            notes.append(Problem(table.path, record.line, "labelled-label", message + ("passed over" if found else "left out")))
        if found:
            kept.append((record, found))
    if len(kept) <= _MOST_UNKNOWN * len(table.records):
        message = f"the column {table.column!r} holds neither yes and no nor categories of the taxonomy"
        raise BadData([Problem(table.path, 1, "labelled-label", message), *notes[:3]])
    return tuple(kept), tuple(notes)


def truth(named: Named, said: Collection[str], taxonomy: Taxonomy) -> frozenset[str]:
    """The categories that a label asks for, given what was filed; of several that will do, those filed, or else the first. With parents."""
    order = list(taxonomy.categories)
    asked = frozenset().union(*(option.intersection(said) or {min(option, key=order.index)} for option in named))
    return asked | {parent for c in asked if (parent := taxonomy.categories[c].parent)}


def _listed(names: Iterable[str]) -> str:
    names = [repr(n) for n in names]
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"
