"""Tables as CSV (RFC 4180) that spreadsheets can open safely: no cell begins like a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula begins (OWASP, ASVS 1.2.10), in full width too, as spreadsheets in Japanese read it."""


def cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula; None is empty."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """The table as UTF-8, one line a row, each ended by CR LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(v) for v in row] for row in rows)
    return out.getvalue().encode()
