"""Figures of filing: counted by hand, and compared with scikit-learn's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from livre.confusion import evaluate_filing
from livre.quality import Confusion, Proportion

BEASTS = ("dragons", "wyrms", "griffins")
sets = st.frozensets(st.sampled_from(BEASTS))


def test_three_works_are_counted_category_by_category():
    figures = evaluate_filing(
        [frozenset({"dragons"}), frozenset({"dragons", "wyrms"}), frozenset({"wyrms"})],
        [frozenset({"dragons"}), frozenset({"dragons", "griffins"}), None],
        BEASTS,
    )
    assert figures.filed == {
        "dragons": Confusion(tp=2, fp=0, fn=0, tn=0),
        "wyrms": Confusion(tp=0, fp=0, fn=1, tn=1),
        "griffins": Confusion(tp=0, fp=1, fn=0, tn=1),
    }
    assert figures.whole["wyrms"] == Confusion(tp=0, fp=0, fn=2, tn=1)
    assert figures.abstained == Proportion(k=1, n=3)
    assert figures.micro == Confusion(tp=2, fp=1, fn=1, tn=2)
    assert figures.micro_whole == Confusion(tp=2, fp=1, fn=2, tn=4)
    assert figures.macro == pytest.approx(1 / 3)


def test_nothing_filed_and_nothing_to_file_gives_no_figure():
    figures = evaluate_filing([frozenset()], [None], BEASTS)
    assert (figures.macro, figures.micro.f1, figures.abstained.value) == (None, None, 1.0)


def test_categories_that_nobody_asked_for_do_not_count():
    figures = evaluate_filing([frozenset({"hydras"})], [frozenset({"hydras"})], BEASTS)
    assert (figures.micro, figures.abstained.k) == (Confusion(tp=0, fp=0, fn=0, tn=0), 1)


def test_a_work_too_few_is_refused():
    with pytest.raises(ValueError, match="zip"):
        evaluate_filing([frozenset()], [], BEASTS)


@given(st.lists(st.tuples(sets, sets), min_size=1))
def test_the_figures_are_those_of_scikit_learn(pairs: list[tuple[frozenset[str], frozenset[str]]]):
    figures = evaluate_filing([t for t, _ in pairs], [f for _, f in pairs], BEASTS)
    truth, filed = ([[b in p[i] for b in BEASTS] for p in pairs] for i in (0, 1))
    p, r, f, _ = precision_recall_fscore_support(truth, filed, average="micro", zero_division=0)  # pyright: ignore[reportArgumentType] -- its documentation says a number
    micro = figures.micro_whole
    assert (micro.precision.value or 0) == pytest.approx(p)
    assert (micro.recall.value or 0) == pytest.approx(r)
    assert (micro.f1.value if micro.f1 else 0) == pytest.approx(f)
    assert figures.abstained.k == sum(not f for _, f in pairs)
