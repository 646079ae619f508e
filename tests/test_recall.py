"""Capture and recapture: worked by hand, and silent where there is too little to go by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livre.model import Identifier, Paper
from livre.quality import Proportion
from livre.recall import of_papers, recapture
from strategies import LAWS

OFTEN = settings(LAWS, max_examples=LAWS.max_examples // 5)


def arxiv(*numbers: int) -> list[Identifier]:
    return [Identifier("arxiv", f"9901.{n:05d}") for n in numbers]


def test_two_roads_tell_how_many_there_are() -> None:
    found = recapture(arxiv(*range(80)), arxiv(*range(33, 93)))  # 80 and 60, 47 of them the same
    assert (found.query, found.citation, found.both, found.found, found.reason) == (80, 60, 47, 93, "")
    assert found.overlap == Proportion(k=47, n=60)
    assert found.total is not None
    assert found.recall is not None
    assert found.total.value == pytest.approx(81 * 61 / 48 - 1)
    assert found.recall.value == pytest.approx(93 / found.total.value)
    assert (found.recall.low, found.recall.high) == (pytest.approx(93 / found.total.high), pytest.approx(93 / found.total.low))


@pytest.mark.parametrize(
    ("query", "citation", "reason"),
    [
        ([], range(9), "the queries have found nothing yet"),
        (range(9), [], "the citations have found nothing yet"),
        (range(90), range(84, 120), "only 6 found by both roads; 7 are needed"),
    ],
)
def test_too_little_to_go_by_is_said_and_not_estimated(query: range, citation: range, reason: str) -> None:
    found = recapture(arxiv(*query), arxiv(*citation))
    assert (found.total, found.recall, found.reason) == (None, None, reason)


@OFTEN
@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_recall_is_a_share_and_the_roads_are_alike(a: set[int], b: set[int]) -> None:
    found = recapture(arxiv(*a), arxiv(*b))
    assert (found.total is None) == bool(found.reason)
    assert recapture(arxiv(*b), arxiv(*a)).total == found.total
    if found.recall is not None and found.total is not None:
        assert 0 < found.recall.low <= found.recall.value <= found.recall.high <= 1
        assert found.total.low >= len(a | b)


def test_papers_are_counted_by_what_would_have_found_them_but_for_the_core_and_the_background() -> None:
    papers = [
        Paper(key=f"p{n}", shard="2099-01", identifiers=(identifier,), title="dragon" if n % 2 else "beast", background=n == 9)
        for n, identifier in enumerate(arxiv(*range(20)))
    ]
    found = of_papers(papers, by_query=lambda p: p.title == "dragon", by_citation={f"p{n}" for n in range(5, 15)}, core={"p7"})
    assert (found.query, found.citation, found.both) == (8, 8, 3)  # 1 3 5 11 13 15 17 19, 5 6 8 10 11 12 13 14
