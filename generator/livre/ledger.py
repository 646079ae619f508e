"""Ledgers: decisions, nights and audits as sorted, tab-separated lines under a header.

Strict when read: every line has all columns and every value is checked, because a shifted column would be
a wrong decision. When written, a cell is one line of visible text: tabs and line ends become spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .entry import is_date
from .errors import BadData
from .model import Decision, Identifier, Night, Problem, Sampled, Verdict
from .plaintext import invisible, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TIME = re.compile(r"T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?", re.ASCII)
_INSTANT = re.compile(r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
_DAY = len("2025-03-14")


def day(cell: str) -> str:
    """A cell that is a day; ValueError says what to write instead."""
    if len(cell) != _DAY or not is_date(cell):
        raise ValueError("write a day such as 2025-03-14")
    return cell


def moment(cell: str) -> str:
    """A cell that is a day or a time, or empty."""
    if cell and not (is_date(cell) or (is_date(cell[:_DAY]) and _TIME.fullmatch(cell[_DAY:]))):
        raise ValueError("write a day such as 2025-03-14, or nothing")
    return cell


def instant(cell: str) -> str:
    """A cell that is a time in UTC to the second, or empty."""
    if cell and not (is_date(cell[:_DAY]) and _INSTANT.fullmatch(cell[_DAY:])):
        raise ValueError("write a time in UTC such as 2025-03-14T06:17:00Z, or nothing")
    return cell


def count(cell: str) -> int:
    """A cell that is a number, 0 or more."""
    if not (cell.isascii() and cell.isdigit()):
        raise ValueError("write a number, 0 or more")
    return int(cell)


def score(cell: str) -> float:
    """A cell that is a confidence, 0 to 1."""
    if not re.fullmatch(r"0(?:\.[0-9]+)?|1(?:\.0+)?", cell):
        raise ValueError("write a score from 0.00 to 1.00")
    return float(cell)


def verdict(cell: str) -> Verdict:
    """A cell that is a verdict."""
    if cell not in tuple(Verdict):
        raise ValueError(f"write {', '.join(Verdict)}")
    return Verdict(cell)


def final(cell: str) -> Verdict:
    """A cell that is a verdict that settles it."""
    if (said := verdict(cell)) is Verdict.WAIT:
        raise ValueError("write include or exclude")
    return said


def some(cell: str) -> str:
    """A cell that is not empty."""
    if not cell:
        raise ValueError("this may not be empty")
    return cell


Columns = dict[str, tuple[str, Callable[[str], Any]]]
"""The columns of a ledger, left to right: the attribute, or '' where it bears the column's name, and the reader of a cell."""

DECISIONS: Columns = {
    "paper": ("subject", Identifier.parse),
    "on": ("on", day),
    "verdict": ("verdict", verdict),
    "criterion": ("criterion", str),
    "score": ("score", score),
    "by": ("by", str),
    "why": ("why", str),
}
"""The columns of decisions/*.tsv: attribute and reader of each."""

NIGHTS: Columns = {
    "night": ("night", day),
    "source": ("source", some),
    "at": ("at", instant),
    **dict.fromkeys(("since", "until", "watermark"), ("", moment)),
    **dict.fromkeys(("seen", "matched", "new", "updated", "included", "excluded", "waiting"), ("", count)),
    "outcome": ("outcome", some),
}
"""The columns of nights/*.tsv; most attributes bear the column's name."""

_BEFORE_AT: Columns = {name: column for name, column in NIGHTS.items() if name != "at"}
"""What they were before the time of a line was kept; such a file is read, and written anew by the next night."""

AUDITS: Columns = {"audit": ("audit", day), "paper": ("subject", Identifier.parse), "verdict": ("verdict", final), "of": ("of", count)}
"""The columns of audits/*.tsv."""


def read(text: str, columns: Columns, *, path: str) -> list[dict[str, Any]]:
    """The lines of a ledger as attributes; BadData carries every problem with its line."""
    problems = [Problem(path, n, "text-invisible", f"{what} may not be here: delete it") for n, what in invisible(text)]
    lines = text.split("\n")
    if lines[-1]:
        problems.append(Problem(path, len(lines), "ledger-end", "the last line has no end and may be cut: end it with a line break"))
    header = "\t".join(columns)
    if lines[0] != header:
        problems.append(Problem(path, 1, "ledger-header", f"the first line must be the columns, with tabs between: {' '.join(columns)}"))
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if not line and number == len(lines):
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            message = f"{len(cells)} columns instead of {len(columns)} ({', '.join(columns)}): a tab is missing or too many"
            problems.append(Problem(path, number, "ledger-columns", message))
            continue
        row = {}
        for (name, (attribute, value_of)), cell in zip(columns.items(), cells, strict=True):
            try:
                row[attribute or name] = value_of(one_line(cell))
            except ValueError as error:
                problems.append(Problem(path, number, "ledger-value", f"{name} is {cell!r}: {error}"))
        rows.append(row)
    if problems:
        raise BadData(problems)
    return rows


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else one_line(str(value))


def write(rows: Iterable[Any], columns: Mapping[str, tuple[str, object]]) -> str:
    """The ledger of these rows, in their order, under its header."""
    body = ("\t".join(_cell(getattr(row, attribute or name)) for name, (attribute, _) in columns.items()) for row in rows)
    return "\n".join(["\t".join(columns), *body, ""])


def _by_subject_and_day(decision: Decision) -> tuple[Identifier, str]:
    return decision.subject, decision.on


def loads_decisions(text: str, *, path: str) -> tuple[Decision, ...]:
    """The decisions of one file, in its order; BadData carries every problem with its line."""
    return tuple(Decision(**row) for row in read(text, DECISIONS, path=path))


def dumps_decisions(decisions: Iterable[Decision]) -> str:
    """The file of these decisions: by work, then day, and within a day as given, because the last one holds."""
    return write(sorted(decisions, key=_by_subject_and_day), DECISIONS)


def loads_nights(text: str, *, path: str) -> tuple[Night, ...]:
    """The nights of one file, in its order, each source once a night; BadData carries every problem with its line."""
    old = text.partition("\n")[0] == "\t".join(_BEFORE_AT)
    rows = tuple(Night(**row) for row in read(text, _BEFORE_AT if old else NIGHTS, path=path))
    twice: list[Problem] = []
    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, 2):
        if first.setdefault((row.night, row.source), number) != number:
            message = (
                f"{row.source} of {row.night} is also in line {first[row.night, row.source]}: a source has one line a night, remove one"
            )
            twice.append(Problem(path, number, "ledger-twice", message))
    if twice:
        raise BadData(twice)
    return rows


def dumps_nights(nights: Iterable[Night]) -> str:
    """The file of these nights, by day and source."""
    return write(sorted(nights), NIGHTS)


def loads_audits(text: str, *, path: str) -> tuple[Sampled, ...]:
    """The samples of one file, in its order; BadData carries every problem with its line."""
    return tuple(Sampled(**row) for row in read(text, AUDITS, path=path))


def dumps_audits(samples: Iterable[Sampled]) -> str:
    """The file of these samples, by audit and work, each once."""
    return write(sorted(set(samples)), AUDITS)
