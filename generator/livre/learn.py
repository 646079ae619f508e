"""Documents as sparse vectors, and linear models over them: the only room of scikit-learn.

Words are counted once for all documents; what a word weighs is learned from the rows of a fit alone, so that
nothing of the rows to be judged leaks into it. The vectors are TF-IDF with sublinear counts (Salton and Buckley
1988), the models linear support vector machines and logistic regressions, the probabilities Platt's (1999).

The same documents give the same bytes, whatever their order and however many processors there are.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.svm import LinearSVC  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

LONGEST = 20_000
"""A text is read to this sign; real abstracts end before 4,000."""
TITLE, CLASSES, EXTRA = 0.5, 0.3, 0.2
"""What a title, the arXiv classes and other features weigh beside title and abstract as one text, which weighs 1."""

Kind = Literal["svm", "logistic"]
_SURE = 14.0
_WORD = re.compile(r"\w\w+")


class Unlearnable(ValueError):
    """These rows teach nothing: all are of one class, or have no word; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is known of a work before it is judged, without TeX. `extra` are numbers of about the size 0 to 1, by name."""

    title: str
    abstract: str = ""
    classes: tuple[str, ...] = ()
    extra: Mapping[str, float] = field(default_factory=dict)


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:LONGEST].lower())


class _Words:
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

    columns: Any
    classes: tuple[str, ...]
    extras: tuple[str, ...]
    parts: tuple[Any, Any, Any, Any]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Sequence[Document], *, least: int = 2, like: Space | None = None) -> Space:
        """Count the words and the pairs of words that stand in at least `least` documents; with `like`, only what it knows."""
        titles = [_words(d.title) for d in documents]
        texts = [title + _words(d.abstract) for title, d in zip(titles, documents, strict=True)]
        columns = like.columns if like else _Words(texts, least)
        classes = like.classes if like else tuple(sorted({c for d in documents for c in d.classes}))
        extras = like.extras if like else tuple(sorted({name for d in documents for name in d.extra}))
        keys = [(d.title, d.abstract, d.classes, sorted(d.extra.items())) for d in documents]
        place = {i: n for n, i in enumerate(sorted(range(len(keys)), key=keys.__getitem__))}
        parts = (
            columns.counts(texts),
            columns.counts(titles),
            _table([dict.fromkeys(d.classes, 1.0) for d in documents], classes),
            _table([d.extra for d in documents], extras),
        )
        order = np.array([place[i] for i in range(len(keys))], dtype=np.int64)
        return cls(columns=columns, classes=classes, extras=extras, parts=parts, order=order)

    def __len__(self) -> int:
        return len(self.order)

    def name(self, column: int) -> str:
        """What a column of the vectors stands for: a word, two words, an arXiv class, or the name of a number."""
        n = len(self.columns)
        if column < 2 * n:
            return str(self.columns[column % n])
        return (*self.classes, *self.extras)[column - 2 * n]

    def sorted(self, rows: Sequence[int], *more: NDArray[Any]) -> NDArray[np.int64]:
        """Positions in `rows`, ordered by what the documents say and not by where they stand."""
        return np.lexsort((*more, self.order[np.asarray(rows, dtype=np.int64)]))


def _unit(matrix: Any, weight: float) -> Any:
    """Rows of Euclidean length `weight`; empty ones stay empty."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags_array(np.divide(weight, length, out=np.zeros_like(length), where=length > 0)) @ matrix


def _idf(counts: Any, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a column weighs by how few of the rows have it; nothing when none has."""
    chosen = counts[rows]
    having = np.bincount(chosen.indices, minlength=counts.shape[1])
    return np.where(having > 0, np.log((1 + len(rows)) / (1 + having)) + 1, 0.0)


def _sublinear(counts: Any) -> Any:
    out = counts.copy()
    out.data = 1 + np.log(out.data)
    return out


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """What each column weighs, learned from some rows of a space."""

    text: NDArray[np.float64]
    title: NDArray[np.float64]
    classes: NDArray[np.float64]

    @classmethod
    def of(cls, space: Space, rows: Sequence[int]) -> Weights:
        """Learn from these rows; Unlearnable when they have no word."""
        at = np.asarray(rows, dtype=np.int64)
        text, title, classes = (_idf(part, at) for part in space.parts[:3])
        if not text.any():
            raise Unlearnable("these works have no word to learn from")
        return cls(text=text, title=title, classes=classes)

    def vectors(self, space: Space) -> Any:
        """Every document of the space as a row of a CSR matrix."""
        text, title, classes, extra = space.parts
        parts = [
            _unit(_sublinear(text) @ sparse.diags_array(self.text), 1.0),
            _unit(_sublinear(title) @ sparse.diags_array(self.title), TITLE),
            _unit(classes @ sparse.diags_array(self.classes), CLASSES),
            EXTRA * extra,
        ]
        return sparse.hstack(parts, format="csr")


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A linear model over the columns of a space."""

    space: Space
    weights: Weights
    slope: NDArray[np.float64]
    offset: float

    @cached_property
    def vectors(self) -> Any:
        """The documents of the space, as this model sees them."""
        return self.weights.vectors(self.space)

    def over(self, documents: Sequence[Document]) -> Model:
        """The same model for other documents."""
        return Model(space=Space.of(documents, like=self.space), weights=self.weights, slope=self.slope, offset=self.offset)

    def scores(self, rows: Sequence[int]) -> list[float]:
        """How far on the side of `True` each row is; no probability."""
        return [float(s) for s in self.vectors[np.asarray(rows, dtype=np.int64)] @ self.slope + self.offset]

    def words(self, row: int, n: int) -> tuple[tuple[str, float], ...]:
        """The `n` words that move the score of a row most, each with how far; title and text together."""
        vector = self.vectors[[row]]
        sums: dict[str, float] = {}
        for column, value in zip(vector.indices, vector.data * self.slope[vector.indices], strict=True):
            name = self.space.name(int(column))
            sums[name] = sums.get(name, 0.0) + float(value)
        return tuple(sorted(((w, s) for w, s in sums.items() if s), key=lambda p: (-abs(p[1]), p[0]))[:n])


def _line(vectors: Any, labels: Any, weights: Any, kind: Kind, cost: float) -> tuple[NDArray[np.float64], float]:
    learner: Any = LinearSVC(C=cost, random_state=0) if kind == "svm" else LogisticRegression(C=cost, solver="liblinear", random_state=0)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is found by then is as good, and the same every time
        learner.fit(vectors, labels, sample_weight=weights)
    return learner.coef_[0], float(learner.intercept_[0])


def fit_each(
    space: Space,
    rows: Sequence[int],
    labels: Sequence[Collection[str]],
    weights: Sequence[float],
    *,
    kind: Kind = "svm",
    cost: float = 1.0,
    known: Sequence[int] | Model | None = None,
) -> dict[str, Model]:
    """One model for each label that some of the rows have and some have not; see `fit`."""
    at = np.asarray(rows, dtype=np.int64)
    names = sorted({name for of in labels for name in of})
    weighed = known.weights if isinstance(known, Model) else Weights.of(space, rows if known is None else known)
    vectors = known.vectors if isinstance(known, Model) else weighed.vectors(space)
    out = {}
    for name in names:
        wanted = np.array([name in of for of in labels], dtype=bool)
        if wanted.all():
            continue
        order = space.sorted(rows, np.asarray(weights), wanted)
        slope, offset = _line(vectors[at[order]], wanted[order], np.asarray(weights, dtype=float)[order], kind, cost)
        out[name] = Model(space=space, weights=weighed, slope=slope, offset=offset)
        out[name].__dict__["vectors"] = vectors
    return out


def _two_classes(labels: Sequence[bool]) -> None:
    if all(labels) or not any(labels):
        raise Unlearnable(f"all {len(labels)} works are of one class" if labels else "there are no works to learn from")


def fit(
    space: Space,
    rows: Sequence[int],
    labels: Sequence[bool],
    weights: Sequence[float],
    *,
    kind: Kind = "svm",
    cost: float = 1.0,
    known: Sequence[int] | Model | None = None,
) -> Model:
    """Learn to tell the `True` from the others; `weights` says how much each row counts.

    `known` says what a word weighs: the rows to learn that from, or another model over this space; by default the
    rows of the fit. Raises Unlearnable when the rows are all of one class, or have no word.
    """
    _two_classes(labels)
    return fit_each(space, rows, [("yes",) if label else () for label in labels], weights, kind=kind, cost=cost, known=known)["yes"]


def balanced(labels: Sequence[bool], weights: Sequence[float], ratio: float = 1.0) -> list[float]:
    """Weights under which all `False` together count `1 / ratio` of what all `True` do, and the mean is that of `weights`."""
    of = {side: sum(w for label, w in zip(labels, weights, strict=True) if label is side) for side in (True, False)}
    if not all(of.values()):
        return list(weights)
    total = of[True] + of[False]
    share = {True: total * ratio / (1 + ratio) / of[True], False: total / (1 + ratio) / of[False]}
    return [w * share[label] for label, w in zip(labels, weights, strict=True)]


def calibrate(scores: Sequence[float], labels: Sequence[bool], weights: Sequence[float]) -> Callable[[float], float]:
    """Platt's sigmoid from scores to probabilities, fitted to rows that the model has not seen; never quite 0 or 1.

    Raises Unlearnable when the rows are of one class.
    """
    _two_classes(labels)
    order = np.lexsort((weights, labels, scores))
    x, y, w = (np.asarray(a)[order] for a in (scores, labels, weights))
    slope, offset = _line(x.reshape(-1, 1).astype(float), y, w.astype(float), "logistic", 1.0)
    a, b = float(slope[0]), offset

    def probability(score: float) -> float:
        return 1 / (1 + math.exp(min(max(-a * score - b, -_SURE), _SURE)))

    return probability


def tfidf(texts: Sequence[str], *, least: int = 2) -> tuple[Any, tuple[str, ...]]:
    """The texts as rows of a CSR matrix of unit length, and the word or two words that each column stands for."""
    words = [_words(text) for text in texts]
    columns = _Words(words, least)
    counts = columns.counts(words)
    idf = _idf(counts, np.arange(len(texts)))
    return _unit(_sublinear(counts) @ sparse.diags_array(idf), 1.0).tocsr(), tuple(columns[i] for i in range(len(columns)))
