"""Figures of quality: worked out by hand, against scipy and scikit-learn, and never a number from nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score  # type: ignore[import-untyped]

from livre.quality import (
    Bin,
    Confusion,
    Estimate,
    Proportion,
    Stratum,
    average_precision,
    brier,
    calibration_error,
    chapman,
    ranked,
    recall_at,
    reliability,
    roc_auc,
    stratified,
    wilson,
    wss,
)
from strategies import LAWS

OFTEN = settings(LAWS, max_examples=LAWS.max_examples // 5)

SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SCORED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=200)  # so does scipy
@given(SHARES, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_of_a_share_is_scipys(share: tuple[int, int], confidence: float) -> None:
    k, n = share
    theirs = binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert wilson(k, n, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(k, n, confidence)[0] <= k / n <= wilson(k, n, confidence)[1]


def test_a_share_of_nothing_may_be_anything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert (Proportion(k=0, n=0).value, Proportion(k=0, n=0).low, Proportion(k=0, n=0).high) == (None, 0.0, 1.0)


def test_nineteen_of_twenty_is_between_three_quarters_and_all() -> None:
    share = Proportion(k=19, n=20)
    assert (share.value, round(share.low, 4), round(share.high, 4)) == (0.95, 0.7639, 0.9911)


@pytest.mark.parametrize(("k", "n"), [(2, 1), (-1, 3), (0, -1)])
def test_more_than_all_is_no_share(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(k, n)


def test_a_confidence_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, 1.0)


def test_work_saved_is_what_is_left_unread_when_95_percent_are_found() -> None:
    perfect = [True] * 20 + [False] * 180
    assert wss(perfect) == pytest.approx((200 - 19) / 200 - 0.05)
    assert wss([False] * 180 + [True] * 20) == pytest.approx(1 / 200 - 0.05)
    assert wss([True, False, False, True], recall=1.0) == pytest.approx(0.0)
    assert wss([True, False, False, True], recall=0.5) == pytest.approx(0.75 - 0.5)


def test_what_is_not_there_saves_no_work_and_has_no_recall() -> None:
    assert wss([False, False]) is None
    assert wss([]) is None
    assert recall_at([False]) is None
    assert recall_at([]) is None


def test_recall_at_a_tenth_counts_whole_works_only() -> None:
    labels = [True, False, True, *[False] * 16, True]  # 20 works, of which 2 are a tenth
    assert recall_at(labels) == pytest.approx(1 / 3)
    assert recall_at(labels, share=0.15) == pytest.approx(2 / 3)
    assert recall_at(labels[:9]) == 0.0


def test_ties_never_flatter() -> None:
    assert ranked([0.5, 0.9, 0.5, 0.5], [True, True, False, False]) == (True, False, False, True)


@settings(max_examples=200)  # scikit-learn takes milliseconds for each
@given(SCORED)
def test_auc_and_average_precision_are_scikit_learns(rows: list[tuple[float, bool]]) -> None:
    scores, labels = zip(*rows, strict=True)
    if any(labels) and not all(labels):
        assert roc_auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    else:
        assert roc_auc(scores, labels) is None
    if any(labels):
        assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores))
    else:
        assert average_precision(scores, labels) is None
    assert brier(scores, labels) == pytest.approx(brier_score_loss(labels, scores) if len(set(labels)) > 1 else brier(scores, labels))


def test_auc_counts_a_tie_half() -> None:
    assert roc_auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)


def test_average_precision_by_hand() -> None:
    assert average_precision([0.9, 0.8, 0.7, 0.6], [True, False, True, False]) == pytest.approx((1 + 2 / 3) / 2)


def test_brier_by_hand() -> None:
    assert brier([0.5, 1.0], [True, True]) == pytest.approx(0.125)
    assert brier([], []) is None


def test_the_reliability_curve_leaves_out_empty_bins_and_puts_certainty_into_the_last() -> None:
    curve = reliability([0.05, 0.15, 0.15, 1.0], [False, True, False, True])
    assert curve == (
        Bin(low=0.0, high=0.1, mean=0.05, share=0.0, n=1),
        Bin(low=0.1, high=0.2, mean=0.15, share=0.5, n=2),
        Bin(low=0.9, high=1.0, mean=1.0, share=1.0, n=1),
    )
    assert calibration_error(curve) == pytest.approx((0.05 + 2 * 0.35) / 4)
    assert calibration_error(()) is None


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.5 is no probability"):
        reliability([1.5], [True])


@OFTEN
@given(SCORED)
def test_every_work_is_in_one_bin_and_the_error_is_a_share(rows: list[tuple[float, bool]]) -> None:
    scores, labels = zip(*rows, strict=True)
    curve = reliability(scores, labels)
    assert sum(b.n for b in curve) == len(rows)
    assert sum(b.n * b.share for b in curve) == pytest.approx(sum(labels))
    assert 0 <= (calibration_error(curve) or 0) <= 1


def test_precision_recall_and_f1_come_from_the_four_counts() -> None:
    counts = Confusion.of([True, True, True, False, False], [True, True, False, True, False])
    assert counts == Confusion(tp=2, fp=1, fn=1, tn=1)
    assert (counts.precision.value, counts.recall.value) == (2 / 3, 2 / 3)
    assert counts.f1 == Estimate(value=pytest.approx(2 / 3), low=pytest.approx(0.2609, abs=1e-4), high=pytest.approx(0.9189, abs=1e-4))


def test_nothing_said_of_nothing_has_no_f1() -> None:
    assert Confusion(tp=0, fp=0, fn=0, tn=9).f1 is None
    assert Confusion(tp=0, fp=0, fn=0, tn=9).precision.value is None


@OFTEN
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_f1_lies_in_its_interval_and_is_the_harmonic_mean(tp: int, fp: int, fn: int) -> None:
    counts = Confusion(tp=tp, fp=fp, fn=fn)
    if counts.f1 is None:
        assert tp + fp + fn == 0
        return
    assert 0 <= counts.f1.low <= counts.f1.value <= counts.f1.high <= 1
    assert counts.f1.value == pytest.approx(2 * tp / (2 * tp + fp + fn))


def test_chapman_by_hand() -> None:
    estimate = chapman(80, 60, 47)
    assert estimate.value == pytest.approx(81 * 61 / 48 - 1)  # 101.9
    missed, variance = 33 * 13 / 48, 81 * 61 * 33 * 13 / (48**2 * 49)
    factor = math.exp(1.959964 * math.sqrt(math.log(1 + variance / missed**2)))
    assert (estimate.low, estimate.high) == pytest.approx((93 + missed / factor, 93 + missed * factor), rel=1e-6)


def test_when_one_road_found_nothing_new_nothing_is_missed() -> None:
    assert chapman(10, 4, 4) == Estimate(value=10.0, low=10.0, high=10.0)


@OFTEN
@given(st.integers(0, 300), st.integers(0, 300), st.data())
def test_an_estimate_is_never_less_than_what_was_found(n1: int, n2: int, data: st.DataObject) -> None:
    both = data.draw(st.integers(0, min(n1, n2)))
    estimate = chapman(n1, n2, both)
    assert n1 + n2 - both <= estimate.low <= estimate.value <= estimate.high
    assert estimate.value == pytest.approx((n1 + 1) * (n2 + 1) / (both + 1) - 1)
    assert chapman(n2, n1, both) == estimate


def test_more_in_common_than_there_is_cannot_be() -> None:
    with pytest.raises(ValueError, match="5 in common of 4 and 9"):
        chapman(4, 9, 5)


def test_a_stratum_counts_by_its_size() -> None:
    estimate = stratified([Stratum(k=9, n=10, of=900), Stratum(k=5, n=10, of=100), Stratum(k=0, n=0, of=50)])
    assert estimate is not None
    assert estimate.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert estimate.low < estimate.value < estimate.high


def test_strata_alike_are_as_good_as_one_sample() -> None:
    estimate = stratified([Stratum(k=8, n=10, of=100), Stratum(k=9, n=10, of=100)])
    assert estimate == Estimate(value=pytest.approx(0.85), low=pytest.approx(wilson(17, 20)[0]), high=pytest.approx(wilson(17, 20)[1]))


def test_strata_that_nobody_looked_at_say_nothing() -> None:
    assert stratified([Stratum(k=0, n=0, of=50)]) is None
    assert stratified([]) is None


def test_more_drawn_than_there_are_cannot_be() -> None:
    with pytest.raises(ValueError, match="3 cannot be drawn from 2"):
        Stratum(k=0, n=3, of=2)
