"""Documents as sparse vectors, and linear models over them: the only room of scikit-learn.

Words are counted once for all documents; what a word weighs is learned from the rows of a fit alone, so that
nothing of the rows to be judged leaks into it. The vectors are TF-IDF with sublinear counts (Salton and Buckley
1988), the models linear support vector machines and logistic regressions, the probabilities Platt's (1999).

The same documents give the same bytes, whatever their order and however many processors there are.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from .space import Document, Space, Words, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

__all__ = ["Document", "Kind", "Model", "Space", "Unlearnable", "Weights", "balanced", "calibrate", "fit", "fit_each", "tfidf"]

TITLE, CLASSES, EXTRA = 0.4, 0.3, 0.2
"""What a title, the arXiv classes and other features weigh beside title and abstract as one text, which weighs 1."""

Kind = Literal["svm", "logistic"]
_SURE = 14.0
_FREE = 1e4  # next to no penalty: two numbers are found from many rows


class Unlearnable(ValueError):
    """These rows teach nothing: all are of one class, or have no word; the message says which."""


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
        start, end = self.vectors.indptr[row : row + 2]
        columns = self.vectors.indices[start:end]
        names, which = np.unique(self.space.plain(columns), return_inverse=True)
        moved = np.bincount(which, weights=self.vectors.data[start:end] * self.slope[columns], minlength=len(names))
        most = np.lexsort((names, -np.abs(moved)))[:n]
        return tuple((self.space.name(int(names[i])), float(moved[i])) for i in most if moved[i])


def _line(vectors: Any, labels: Any, weights: Any, kind: Kind, cost: float) -> tuple[NDArray[np.float64], float]:
    from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]  # loads for a second; `livre --help` learns nothing
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

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

    As he says, each row counts a little for the other side as well, the more the fewer rows there are.

    Raises Unlearnable when the rows are of one class.
    """
    _two_classes(labels)
    total = {side: sum(w for label, w in zip(labels, weights, strict=True) if bool(label) is side) for side in (True, False)}
    sure = {side: (n + 1) / (n + 2) for side, n in total.items()}
    rows = sorted(
        (float(s), side, w * (sure[side] if bool(label) is side else 1 - sure[bool(label)]))
        for s, label, w in zip(scores, labels, weights, strict=True)
        for side in (True, False)
    )
    x, y, w = (np.array(column) for column in zip(*rows, strict=True))
    slope, offset = _line(x.reshape(-1, 1), y, w, "logistic", _FREE)
    a, b = float(slope[0]), offset

    def probability(score: float) -> float:
        return 1 / (1 + math.exp(min(max(-a * score - b, -_SURE), _SURE)))

    return probability


def tfidf(texts: Sequence[str], *, least: int = 2) -> tuple[Any, tuple[str, ...]]:
    """The texts as rows of a CSR matrix of unit length, and the word or two words that each column stands for."""
    read = [words(text) for text in texts]
    columns = Words(read, least)
    counts = columns.counts(read)
    idf = _idf(counts, np.arange(len(texts)))
    return _unit(_sublinear(counts) @ sparse.diags_array(idf), 1.0).tocsr(), tuple(columns[i] for i in range(len(columns)))
