"""Similar papers: coupling and co-citation against counting by hand and by brute force, and a score that says why."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from digraphs import digraphs
from livre.analyse import similar as module
from livre.analyse.similar import Neighbour, shared_works, similar, why

KEYS = ("a", "b", "c", "d")


def text_of(*rows: str) -> tuple[sparse.csr_matrix, tuple[str, ...]]:
    """Texts as unit rows over their words, each word weighing the same."""
    names = sorted({word for row in rows for word in row.split()})
    matrix = np.array([[float(name in row.split()) for name in names] for row in rows])
    lengths = np.sqrt(matrix.sum(axis=1, keepdims=True))
    return sparse.csr_matrix(matrix / np.where(lengths, lengths, 1)), tuple(names)


def test_coupling_and_cocitation_of_a_worked_example():
    # a and b both cite x and y; c cites y; p and q cite a and b together, q cites c too
    citations = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "y"), ("p", "a"), ("p", "b"), ("q", "a"), ("q", "b"), ("q", "c")]
    coupling, cocitation = shared_works(KEYS, [*citations, ("a", "a"), ("a", "x")])
    assert coupling.toarray().tolist() == [[2, 2, 1, 0], [2, 2, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]]
    assert cocitation.toarray().tolist() == [[2, 2, 1, 0], [2, 2, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]]
    first, second = similar(KEYS, citations)["a"]
    # coupling and co-citation are each 2 / sqrt((2 + 3)(2 + 3)), of b; of c 1 / sqrt((2 + 3)(1 + 3))
    assert first == Neighbour(key="b", score=pytest.approx(1 - 0.6**2), coupled=2, cocited=2)
    assert second == Neighbour(key="c", score=pytest.approx(1 - (1 - 1 / math.sqrt(20)) ** 2), coupled=1, cocited=1)
    assert similar(KEYS, citations)["d"] == ()


def brute(keys, citations):
    cites = {k: {b for a, b in citations if a == k != b} for k in keys}
    cited = {k: {a for a, b in citations if b == k != a} for k in keys}
    return cites, cited


@given(digraphs(most=12), st.integers(0, 12))
def test_counts_are_those_of_brute_force_for_any_graph_and_any_part_of_it(drawn, size):
    papers, citations = drawn
    keys = tuple(sorted(p.key for p in papers))[:size]
    coupling, cocitation = (m.toarray() for m in shared_works(keys, citations))
    cites, cited = brute(keys, citations)
    for i, one in enumerate(keys):
        for j, other in enumerate(keys):
            assert coupling[i, j] == len(cites[one] & cites[other])
            assert cocitation[i, j] == len(cited[one] & cited[other])


@given(digraphs(most=12), st.integers(1, 4))
def test_neighbours_are_those_of_brute_force_in_order_of_score_then_key(drawn, most):
    papers, citations = drawn
    keys = tuple(sorted(p.key for p in papers))
    cites, cited = brute(keys, citations)
    near = similar(keys, citations, most=most)
    assert list(near) == list(keys)

    def cosine(of, one, other):
        return len(of[one] & of[other]) / math.sqrt((len(of[one]) + 3) * (len(of[other]) + 3))

    for one in keys:
        scores = {o: round(1 - (1 - cosine(cites, one, o)) * (1 - cosine(cited, one, o)), 9) for o in keys if o != one}
        expected = sorted((-score, other) for other, score in scores.items() if score > 0)[:most]
        assert [n.score for n in near[one]] == pytest.approx([-score for score, _ in expected], abs=1e-8)
        assert all((n.coupled, n.cocited) == (len(cites[one] & cites[n.key]), len(cited[one] & cited[n.key])) for n in near[one])
        assert [(-n.score, n.key) for n in near[one]] == sorted((-n.score, n.key) for n in near[one])


def test_words_alone_find_neighbours_and_the_rarest_shared_ones_say_why():
    rows = ("dragon fire of", "dragon fire in", "griffin nest of", "unicorn of", *[f"word{n} of" for n in range(10)])
    keys = tuple(f"p{n:02}" for n in range(len(rows)))
    near = similar(keys, [], text_of(*rows))
    assert near["p00"][0].key == "p01"
    assert near["p00"][0].words == ("dragon", "fire")
    assert near["p00"][0].score == pytest.approx(0.5 * 2 / 3)
    # what nearly every text has is no reason
    assert near["p02"] == ()


def test_works_and_words_together_say_more_than_either():
    text = text_of("dragon fire", "dragon fire", "dragon ice", "nothing")
    citations = [("a", "x"), ("b", "x"), ("c", "x")]
    both, words, works = (similar(KEYS, c, t)["a"][0] for c, t in ((citations, text), ([], text), (citations, None)))
    assert both.key == words.key == "b"
    assert both.score == pytest.approx(1 - (1 - works.score) * (1 - words.score))
    assert why(both) == "cites one of the same works; shares dragon, fire"


def test_dull_words_are_no_reason_however_rare():
    matrix = sparse.csr_matrix(np.array([[0.8, 0.4, 0.4, 0.2]] * 2))
    (neighbour,) = similar(("a", "b"), [], (matrix, ("of the", "via", "on skin", "skin")))["a"]
    assert neighbour.words == ("skin",)


def test_a_pair_of_words_is_not_told_beside_its_own_words():
    matrix = sparse.csr_matrix(np.array([[0.8, 0.4, 0.4, 0.2]] * 2))
    (neighbour,) = similar(("a", "b"), [], (matrix, ("zero shot", "zero", "shot", "skin")))["a"]
    assert neighbour.words == ("zero shot", "skin")


def test_why_counts_in_words():
    assert (
        why(Neighbour(key="a", score=1, coupled=7, cocited=0, words=("skin", "zero-shot")))
        == "cites 7 of the same works; shares skin, zero-shot"
    )
    assert why(Neighbour(key="a", score=1, coupled=0, cocited=1)) == "cited together once"
    assert why(Neighbour(key="a", score=1, coupled=0, cocited=3)) == "cited together 3 times"


def test_what_too_many_share_finds_nobody_but_counts_for_those_found(monkeypatch):
    monkeypatch.setattr(module, "HUB", 3)
    citations = [(k, "hub") for k in KEYS] + [("a", "x"), ("b", "x")]
    near = similar(KEYS, citations)
    assert [(n.key, n.coupled) for n in near["a"]] == [("b", 2)]
    assert near["c"] == ()


def test_blocks_of_any_size_find_the_same(monkeypatch):
    citations = [(f"p{i}", f"w{i * j % 7}") for i in range(30) for j in range(1, 4)]
    keys = tuple(sorted({f"p{i}" for i in range(30)}))
    whole = similar(keys, citations)
    monkeypatch.setattr(module, "_BLOCK", 1)
    assert similar(keys, citations) == whole


def test_a_hub_cited_by_all_takes_no_square_of_the_corpus():
    keys = tuple(f"{n:05}" for n in range(20_000))
    citations = [(k, "hub") for k in keys] + list(combinations(keys[:5], 2))
    near = similar(keys, citations)
    assert near[keys[0]][0].coupled > 1
    assert near[keys[-1]] == ()


@pytest.mark.parametrize("keys", [(), ("a",)])
def test_nobody_and_a_single_paper_have_no_neighbours(keys):
    assert similar(keys, [("a", "a"), ("x", "y")], text_of(*["dragon"] * len(keys)) if keys else None) == dict.fromkeys(keys, ())
