"""Thresholds that the counts support, or none; and the figures of works judged unseen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.backtest import ALL, CONFIDENCE, EVEN, Judged, Line, backtest, line, lines
from livre.card import plain
from livre.quality import Proportion, wilson

percent = st.integers(1, 99).map(lambda n: n / 100)
judgements = st.lists(
    st.builds(Judged, topic=st.sampled_from(["dragons", "maps"]), probability=percent, include=st.booleans()), max_size=60
)


def works(n: int, probability: float, *, include: bool, topic: str = "dragons", person: bool = False) -> list[Judged]:
    return [Judged(topic=topic, probability=probability, include=include, person=person)] * n


def test_many_works_judged_well_give_both_thresholds():
    drawn = line("dragons", [*works(200, 0.9, include=True), *works(200, 0.1, include=False)], precision=0.95, missed=0.02)
    assert drawn == Line(topic="dragons", include_at=0.9, exclude_below=0.5)


def test_ten_works_prove_nothing_however_well_they_were_judged():
    drawn = line("dragons", [*works(10, 0.9, include=True), *works(10, 0.1, include=False)], precision=0.95, missed=0.02)
    assert (drawn.include_at, drawn.exclude_below) == (None, None)
    assert drawn.reason == (
        "20 works judged unseen, of which 10 belong, do not show that 95% of the included would belong"
        " nor that at most 2% of what belongs would be excluded"
    )


@pytest.mark.parametrize(("n", "proved"), [(51, False), (52, True)])
def test_a_precision_of_95_in_100_takes_52_right_ones(n, proved):
    assert (line("", works(n, 0.9, include=True), precision=0.95, missed=0.02).include_at is not None) is proved


@pytest.mark.parametrize(("n", "proved"), [(132, False), (133, True)])
def test_a_miss_rate_of_2_in_100_takes_133_that_belong(n, proved):
    assert (line("", works(n, 0.9, include=True), precision=0.95, missed=0.02).exclude_below is not None) is proved


def test_nothing_unseen_gives_no_threshold():
    assert line("", [], precision=0.95, missed=0.02).include_at is None
    assert line("", [], precision=0.95, missed=0.02).exclude_below is None
    assert line("", works(500, 0.9, include=False), precision=0.5, missed=0.5).include_at is None


@given(judgements, st.sampled_from([0.3, 0.6, 0.9]), st.sampled_from([0.1, 0.3, 0.6]))
def test_a_threshold_keeps_what_is_asked_on_the_works_it_was_drawn_from(judged, precision, missed):
    drawn = line("", judged, precision=precision, missed=missed)
    if drawn.include_at is not None:
        included = [j.include for j in judged if j.probability >= drawn.include_at]
        assert drawn.include_at >= EVEN
        assert wilson(sum(included), len(included), CONFIDENCE)[0] >= precision
    if drawn.exclude_below is not None:
        lost = sum(j.include for j in judged if j.probability < drawn.exclude_below)
        assert drawn.exclude_below <= EVEN
        assert wilson(lost, sum(j.include for j in judged), CONFIDENCE)[1] <= missed


@given(judgements)
def test_no_work_is_both_included_and_excluded(judged):
    drawn = lines(judged, ["dragons", "maps", "never seen"], precision=0.4, missed=0.6)
    assert set(drawn) == {"", "dragons", "maps", "never seen"}
    for of in drawn.values():
        assert of.include_at is None or of.exclude_below is None or of.exclude_below <= of.include_at


def test_a_topic_with_too_few_works_takes_the_thresholds_of_all():
    judged = [*works(200, 0.8, include=True), *works(3, 0.7, include=True, topic="maps"), *works(200, 0.2, include=False)]
    drawn = lines(judged, ["dragons", "maps"], precision=0.95, missed=0.02)
    assert drawn["dragons"].include_at == 0.8
    assert drawn["maps"].include_at == drawn[ALL].include_at == 0.7
    assert drawn["dragons"].reason == ""
    assert drawn["maps"].reason.startswith("3 works judged unseen")
    assert drawn["maps"].reason.endswith("; where all topics together show it, their threshold holds")


def test_the_figures_count_what_the_thresholds_do():
    judged = [*works(8, 0.9, include=True), *works(2, 0.9, include=False), *works(5, 0.5, include=True, person=True),
              *works(1, 0.1, include=True), *works(84, 0.1, include=False)]  # fmt: skip
    drawn = {ALL: Line(topic=ALL, include_at=0.8, exclude_below=0.2)}
    figures = backtest(judged, drawn, split="temporal", trained=300, since="2099-01-01", until="2099-02-01")
    assert (figures.n, figures.positive, figures.people, figures.waiting) == (100, 14, 5, 5)
    assert figures.precision == Proportion(k=8, n=10)
    assert figures.recall == Proportion(k=8, n=14)
    assert figures.missed == Proportion(k=1, n=14)
    assert figures.recall10 == pytest.approx(8 / 14)
    assert figures.auc is not None
    assert sum(b.n for b in figures.curve) == 100
    assert json.loads(json.dumps(plain(figures), allow_nan=False))["precision"]["k"] == 8


def test_where_there_is_no_threshold_there_is_no_figure_of_it():
    figures = backtest(works(5, 0.9, include=True), lines([], [], precision=0.95, missed=0.02), split="temporal", trained=9)
    assert (figures.precision, figures.recall, figures.missed, figures.waiting, figures.auc) == (None,) * 5
    nothing = backtest([], lines([], [], precision=0.95, missed=0.02), split="temporal", trained=0)
    assert (nothing.n, nothing.average_precision, nothing.brier, nothing.curve) == (0, None, None, ())
