"""Parquet, the table format of data frames: typed columns, several values of a cell as a list, compressed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from arro3.core import Array, DataType, Field, Schema, Table, list_array
from arro3.io import write_parquet

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A column of texts; an empty one is written as null."""

    name: str
    values: Sequence[str]

    def array(self) -> Array:
        """The column as Arrow has it."""
        return Array([v or None for v in self.values], type=DataType.utf8())


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """A column of yes and no."""

    name: str
    values: Sequence[bool]

    def array(self) -> Array:
        """The column as Arrow has it."""
        return Array(list(self.values), type=DataType.bool())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """A column of lists of texts."""

    name: str
    values: Sequence[Sequence[str]]

    def array(self) -> Array:
        """The column as Arrow has it."""
        offsets = [0, *accumulate(map(len, self.values))]
        return list_array(Array(offsets, type=DataType.int32()), Array(list(chain.from_iterable(self.values)), type=DataType.utf8()))


def parquet(columns: Sequence[Texts | Flags | Lists]) -> bytes:
    """The columns as one file; the same values give the same bytes with the same release of the writer."""
    arrays = [c.array() for c in columns]
    file = io.BytesIO()
    table = Table.from_arrays(arrays, schema=Schema([Field(c.name, a.type) for c, a in zip(columns, arrays, strict=True)]))
    write_parquet(table, file, compression="zstd(9)", created_by="livre")
    return file.getvalue()
