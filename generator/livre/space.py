"""Documents as counts of words: one row each, the same columns whatever their order.

Pairs of neighbouring words are counted as numbers, not as strings: three times as fast as scikit-learn's own counting, and
counting is what a night's learning takes longest for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LONGEST = 20_000
"""A text is read to this sign; real abstracts end before 4,000."""
_WORD = re.compile(r"\w\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is known of a work before it is judged, without TeX. `extra` are numbers of about the size 0 to 1, by name."""

    title: str
    abstract: str = ""
    classes: tuple[str, ...] = ()
    extra: Mapping[str, float] = field(default_factory=dict)


def words(text: str) -> list[str]:
    return _WORD.findall(text[:LONGEST].lower())


class Words:
    """The columns of a space: every word, then every pair of neighbours that stands in at least `least` texts, both sorted."""

    def __init__(self, texts: Sequence[Sequence[str]], least: int) -> None:
        self.words = sorted({word for text in texts for word in text})
        self.number = {word: i for i, word in enumerate(self.words)}
        row, pair = self._neighbours(*self._flat(texts))
        order = np.lexsort((row, pair))
        pair, row = pair[order], row[order]
        fresh = np.ones(len(pair), dtype=bool)
        fresh[1:] = (pair[1:] != pair[:-1]) | (row[1:] != row[:-1])
        found, counts = np.unique(pair[fresh], return_counts=True)
        self.pairs: NDArray[np.int64] = found[counts >= least]

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    def __getitem__(self, column: int) -> str:
        if column < len(self.words):
            return self.words[column]
        first, second = divmod(int(self.pairs[column - len(self.words)]), len(self.words))
        return f"{self.words[first]} {self.words[second]}"

    def _flat(self, texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The row and the number of every word that is known, and -1 for one that is not."""
        rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        return rows, np.array([self.number.get(word, -1) for text in texts for word in text], dtype=np.int64)

    def _neighbours(self, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        beside = (rows[:-1] == rows[1:]) & (numbers[:-1] >= 0) & (numbers[1:] >= 0)
        return rows[:-1][beside], (numbers[:-1] * len(self.words) + numbers[1:])[beside]

    def counts(self, texts: Sequence[Sequence[str]]) -> Any:
        """How often each text has each column: a CSR matrix, one row a text."""
        rows, numbers = self._flat(texts)
        row, pair = self._neighbours(rows, numbers)
        at = np.searchsorted(self.pairs, pair)
        known = np.zeros(len(pair), dtype=bool)
        known[at < len(self.pairs)] = self.pairs[at[at < len(self.pairs)]] == pair[at < len(self.pairs)]
        columns = np.concatenate([numbers[numbers >= 0], at[known] + len(self.words)])
        rows = np.concatenate([rows[numbers >= 0], row[known]])
        out = sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(texts), len(self)))
        out.sum_duplicates()
        return out


def _table(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Any:
    """Numbers by name as a CSR matrix; names that are not among `names` are left out."""
    number = {name: i for i, name in enumerate(names)}
    found = [(i, number[n], x) for i, row in enumerate(rows) for n, x in sorted(row.items()) if n in number and x]
    at, columns, values = ([f[k] for f in found] for k in range(3))
    return sparse.csr_matrix((np.array(values, dtype=float), (at, columns)), shape=(len(rows), len(names)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """Documents, counted once: one row each, in the order given."""

    columns: Words
    classes: tuple[str, ...]
    extras: tuple[str, ...]
    parts: tuple[Any, Any, Any, Any]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Sequence[Document], *, least: int = 2, like: Space | None = None) -> Space:
        """Count the words and the pairs of words that stand in at least `least` documents; with `like`, only what it knows."""
        titles = [words(d.title) for d in documents]
        texts = [title + words(d.abstract) for title, d in zip(titles, documents, strict=True)]
        columns = like.columns if like else Words(texts, least)
        classes = like.classes if like else tuple(sorted({c for d in documents for c in d.classes}))
        extras = like.extras if like else tuple(sorted({name for d in documents for name in d.extra}))
        keys = [(d.title, d.abstract, d.classes, tuple(sorted(d.extra.items()))) for d in documents]
        place = {key: n for n, key in enumerate(sorted(set(keys)))}
        parts = (
            columns.counts(texts),
            columns.counts(titles),
            _table([dict.fromkeys(d.classes, 1.0) for d in documents], classes),
            _table([d.extra for d in documents], extras),
        )
        order = np.array([place[key] for key in keys], dtype=np.int64)
        return cls(columns=columns, classes=classes, extras=extras, parts=parts, order=order)

    def __len__(self) -> int:
        return len(self.order)

    def plain(self, columns: NDArray[Any]) -> NDArray[Any]:
        """The columns of the vectors, a word of the title being the same as in the text."""
        n = len(self.columns)
        return np.where(columns < n, columns, columns - n)

    def name(self, column: int) -> str:
        """What a plain column stands for: a word, two words, an arXiv class, or the name of a number."""
        n = len(self.columns)
        return self.columns[column] if column < n else (*self.classes, *self.extras)[column - n]

    def sorted(self, rows: Sequence[int], *more: NDArray[Any]) -> NDArray[np.int64]:
        """Positions in `rows`, ordered by what the documents say and not by where they stand."""
        return np.lexsort((*more, self.order[np.asarray(rows, dtype=np.int64)]))
