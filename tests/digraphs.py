"""Fabricated papers that cite each other, circles and self-citations included."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from livre.model import Identifier, Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Citations = list[tuple[str, str]]


def paper(key: str, date: str = "2099-01-01", *categories: str, title: str = "") -> Paper:
    """One paper, known by its key, with an identifier to match."""
    identifiers = (Identifier("doi", f"10.9999/{key}"),)
    return Paper(key=key, shard=date[:7], identifiers=identifiers, title=title or key, date=date, categories=categories)


def chain(*ways: str) -> Citations:
    """Citations written as knowledge flows: `ABC` says that B cites A and C cites B."""
    return [(later, earlier) for way in ways for earlier, later in pairwise(way)]


def papers_of(citations: Iterable[tuple[str, str]], *more: str) -> list[Paper]:
    """A paper for every end of a citation, all of one day."""
    return [paper(key) for key in sorted({key for pair in citations for key in pair} | set(more))]


@st.composite
def digraphs(draw: st.DrawFn, *, most: int = 9, acyclic: bool = False) -> tuple[list[Paper], Citations]:
    """Up to so many papers and any citations among them, those of itself included, in any order; or none that closes a circle."""
    size = draw(st.integers(0, most))
    dates = draw(st.lists(st.sampled_from(["", "2097", "2098-06", "2098-06-15", "2099-01-01"]), min_size=size, max_size=size))
    lanes = draw(st.lists(st.sampled_from([(), ("dragons",), ("griffins",), ("griffins", "dragons")]), min_size=size, max_size=size))
    papers = [paper(f"p{i}", date, *lane) for i, (date, lane) in enumerate(zip(dates, lanes, strict=True))]
    ends = st.integers(0, max(0, size - 1))
    pairs: Sequence[tuple[int, int]] = draw(st.lists(st.tuples(ends, ends), max_size=4 * size)) if size else []
    return papers, [(f"p{i}", f"p{j}") for i, j in pairs if not acyclic or i > j]
