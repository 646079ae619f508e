"""Which papers are alike: they cite the same works, the same works cite them, or they use the same words.

Three views, each a cosine from 0 to 1: bibliographic coupling (Kessler 1963), co-citation (Small 1973), both normalised as
Salton does it, and TF-IDF of the text. The score is 1 - (1 - coupling)(1 - co-citation)(1 - text / 2): any one of them is
enough, two together say more, and a view of which nothing is known takes nothing away. Shared works are few at first, so
the two cosines are drawn towards 0 by `DAMPING` works that nobody shares; words are cheaper than citations and count half.
On 49,264 papers of arXiv this finds more of the papers that cite each other, which it does not look at, than any one view.

Everything is sparse and done in blocks of rows: memory grows with the number of citations and words, not with the square
of the number of papers. What very many papers share (a word or a work of more than `HUB` papers) finds no neighbour, since it
would cost the square of that number and says little, and only the `_TERMS` heaviest words of a text do; everything counts in the
scores and numbers of those that are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]  # it brings no types

from .words import DULL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

DAMPING = 3
TEXT = 0.5
HUB = 1000
COMMON = 0.1
"""A word in more than this part of all texts tells nobody why two of them are alike."""
_BLOCK = 4_000_000
_POOL = 40
_TERMS = 30
_FEW = 5
_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A similar paper and why: `coupled` works cited by both, `cocited` works that cite both, and the words that weigh most in both."""

    key: str
    score: float
    coupled: int
    cocited: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _View:
    """Papers as rows: `shared` has a 1 for each work, or is None for text, `unit` the weights whose products are cosines."""

    unit: Any
    shared: Any = None
    weight: float = 1.0

    @classmethod
    def of_works(cls, pairs: Iterable[tuple[int, int]], rows: int, columns: int) -> _View:
        """What shares how many works; every pair of (row, column) counts once."""
        at = np.array(sorted(set(pairs)), dtype=np.int32).reshape(-1, 2)
        shared = sparse.csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(rows, columns))
        lengths = np.sqrt(np.diff(shared.indptr) + DAMPING)
        return cls(sparse.csr_matrix(sparse.diags_array(1 / lengths) @ shared), shared)

    def nearest(self, pool: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """(row, the rows that are most alike by what hubs do not share) for every row that has any."""
        papers = np.bincount(self.unit.indices, minlength=self.unit.shape[1])
        kept = _heaviest(self.unit @ sparse.diags_array((papers <= HUB).astype(float)), None if self.shared is not None else _TERMS)
        across = kept.T.tocsr()
        cost = np.zeros(kept.shape[0])
        np.add.at(cost, np.repeat(np.arange(kept.shape[0]), np.diff(kept.indptr)), papers[kept.indices])
        for start, end in _blocks(cost):
            product = (kept[start:end] @ across).tocsr()
            for row in range(end - start):
                span = slice(product.indptr[row], product.indptr[row + 1])
                others, values = product.indices[span], product.data[span]
                apart = others != start + row
                if len(found := _most(others[apart], values[apart], pool)):
                    yield start + row, found

    def cosines(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
        """The cosine of each pair of rows."""
        return _products(self.unit, one, other)

    def counts(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many works each pair of rows shares."""
        return np.rint(_products(self.shared, one, other)).astype(np.int64)


def _products(matrix: Any, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.asarray(matrix[one].multiply(matrix[other]).sum(axis=1)).ravel()


def _heaviest(matrix: Any, most: int | None) -> Any:
    """The matrix with only the greatest values of each row; all that are not 0 where `most` is None."""
    out = matrix.tocsr()
    if most is not None:
        rows = np.repeat(np.arange(out.shape[0]), np.diff(out.indptr))
        order = np.lexsort((out.indices, -out.data, rows))
        out.data[order[np.arange(len(order)) - out.indptr[rows] >= most]] = 0
    out.eliminate_zeros()
    return out


def _blocks(cost: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Ranges of rows, each with about as many products as fit into memory, and at least one row."""
    start, total = 0, 0.0
    for row, own in enumerate(cost):
        if row > start and total + own > _BLOCK:
            yield start, row
            start, total = row, 0.0
        total += own
    if len(cost):
        yield start, len(cost)


def _most(rows: NDArray[np.intp], values: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The rows of the greatest values; of equals those that come first."""
    if len(rows) > most:
        values = np.round(values, 12)
        least = np.partition(values, len(values) - most)[len(values) - most]
        above, equal = rows[values > least], np.sort(rows[values == least])
        rows = np.concatenate([above, equal[: most - len(above)]])
    return np.sort(rows)


def shared_works(keys: Sequence[str], citations: Iterable[tuple[str, str]]) -> tuple[Any, Any]:
    """Bibliographic coupling and co-citation of every two papers, as sparse matrices of counts over the positions in `keys`.

    `citations` are (citing, cited) pairs; what is no key is another work, which couples but is no row. The diagonal counts
    a paper's own references and citations.
    """
    coupling, cocitation = _views(keys, citations)
    return (coupling.shared @ coupling.shared.T).tocsr(), (cocitation.shared @ cocitation.shared.T).tocsr()


def _views(keys: Sequence[str], citations: Iterable[tuple[str, str]]) -> tuple[_View, _View]:
    """The works that each paper cites, and those that cite it; itself aside."""
    at = {key: i for i, key in enumerate(keys)}
    pairs = sorted({pair for pair in citations if pair[0] != pair[1]})
    works = {work: i for i, work in enumerate(sorted({work for pair in pairs for work in pair}))}
    cites = ((at[one], works[other]) for one, other in pairs if one in at)
    cited = ((at[other], works[one]) for one, other in pairs if other in at)
    return _View.of_works(cites, len(keys), len(works)), _View.of_works(cited, len(keys), len(works))


def similar(
    keys: Sequence[str], citations: Iterable[tuple[str, str]], text: tuple[Any, Sequence[str]] | None = None, *, most: int = 10
) -> Mapping[str, tuple[Neighbour, ...]]:
    """The papers most like each paper, best first, ties by position in `keys`; what is alike for no reason to be told is left out.

    `citations` are (citing, cited) pairs over keys and any other works; `text` is a matrix of unit rows in the order of `keys`
    and the words of its columns, as `learn.tfidf` gives them.
    """
    coupling, cocitation = _views(keys, citations)
    views = [coupling, cocitation, *([_View(sparse.csr_matrix(text[0]), weight=TEXT)] if text else [])]
    words = (views[2].unit, text[1], _dull(views[2].unit, text[1])) if text else None
    found: list[list[NDArray[np.int32]]] = [[] for _ in keys]
    for view in views:
        for row, others in view.nearest(_POOL):
            found[row].append(others.astype(np.int32))
    out: dict[str, tuple[Neighbour, ...]] = {}
    for start in range(0, len(keys), 1000):
        rows = range(start, min(start + 1000, len(keys)))
        pairs = [np.unique(np.concatenate(found[i])) if found[i] else np.empty(0, np.int32) for i in rows]
        one = np.repeat(np.array(rows, dtype=np.intp), [len(p) for p in pairs])
        other = np.concatenate(pairs).astype(np.intp)
        open_ = np.ones(len(one))
        for view in views:
            open_ *= 1 - view.weight * np.clip(view.cosines(one, other), 0, 1)
        score = np.round(1 - open_, 9)
        order = np.lexsort((other, -score, one))
        rank = np.arange(len(order)) - np.searchsorted(one[order], one[order])
        best = order[rank < most]
        one, other, score = one[best], other[best], score[best]
        coupled, cocited = coupling.counts(one, other), cocitation.counts(one, other)
        shared = _words(*words, one, other) if words else [()] * len(one)
        near: dict[int, list[Neighbour]] = {i: [] for i in rows}
        for i, j, s, b, c, w in zip(one, other, score, coupled, cocited, shared, strict=True):
            if b or c or w:
                near[int(i)].append(Neighbour(key=keys[int(j)], score=float(s), coupled=int(b), cocited=int(c), words=w))
        out |= {keys[i]: tuple(of) for i, of in near.items()}
    return out


def _words(
    matrix: Any, names: Sequence[str], dull: Collection[int], one: NDArray[np.intp], other: NDArray[np.intp]
) -> list[tuple[str, ...]]:
    """The words that weigh most in both of each pair; none of them is dull or part of another."""
    product = matrix[one].multiply(matrix[other]).tocsr()
    out = []
    for row in range(len(one)):
        span = slice(product.indptr[row], product.indptr[row + 1])
        ranked = sorted((-weight, column) for weight, column in zip(product.data[span], product.indices[span], strict=True))
        chosen: list[str] = []
        for _, column in ranked:
            word = names[int(column)]
            if column not in dull and len(chosen) < _WORDS and not any({*word.split()} & {*c.split()} for c in chosen):
                chosen.append(word)
        out.append(tuple(chosen))
    return out


def _dull(matrix: Any, names: Sequence[str]) -> frozenset[int]:
    """The columns of words that tell nothing, or that too many texts have, alone or with another word."""
    texts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    common = DULL | {name for name, n in zip(names, texts, strict=True) if n > max(_FEW, COMMON * matrix.shape[0])}
    return frozenset(i for i, name in enumerate(names) if not common.isdisjoint(name.split()))


def why(neighbour: Neighbour) -> str:
    """Why a neighbour is one, in words: "cites 7 of the same works; cited together by 3; shares dermoscopy, zero-shot"."""
    works = {1: "cites one of the same works"}.get(neighbour.coupled, f"cites {neighbour.coupled} of the same works")
    together = {1: "cited together once"}.get(neighbour.cocited, f"cited together {neighbour.cocited} times")
    parts = [works] * bool(neighbour.coupled) + [together] * bool(neighbour.cocited)
    return "; ".join([*parts, *([f"shares {', '.join(neighbour.words)}"] if neighbour.words else [])])
