"""Learning: words counted, lines drawn, probabilities calibrated, the same way whatever the order; and hostile input."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from livre.learn import Document, Model, Space, Unlearnable, balanced, calibrate, fit, fit_each, tfidf
from livre.space import LONGEST, words
from strategies import raw_texts

DRAGONS = [Document(title=f"Dragon number {n}", abstract="A dragon breathes fire in a dark cave", classes=("cs.CV",)) for n in range(6)]
MAPS = [Document(title=f"Map sheet {n}", abstract="A map of dark woods and of rivers", classes=("cs.CL",)) for n in range(6)]
LABELS = [True] * 6 + [False] * 6
EVEN = [1.0] * 12


def model() -> Model:
    return fit(Space.of([*DRAGONS, *MAPS]), range(12), LABELS, EVEN)


def test_the_line_parts_what_it_was_shown():
    scores = model().scores(range(12))
    assert min(scores[:6]) > 0 > max(scores[6:])


def test_other_documents_are_judged_by_the_words_that_are_known():
    scores = (
        model().over([Document(title="Fire of a dragon"), Document(title="A map of rivers"), Document(title="Unheard")]).scores(range(3))
    )
    assert scores[0] > scores[2] > scores[1]


def test_the_words_for_and_against_are_given_with_their_weight():
    found = dict(model().words(0, 50))
    assert found["dragon"] > 0
    assert found["dragon breathes"] > 0
    assert found["cs.CV"] > 0
    assert dict(model().words(11, 50))["map"] < 0
    assert [abs(w) for _, w in model().words(0, 5)] == sorted((abs(w) for _, w in model().words(0, 5)), reverse=True)


def test_words_and_bias_make_up_the_score():
    m = model()
    assert sum(w for _, w in m.words(3, 1000)) + m.offset == pytest.approx(m.scores([3])[0])


def test_numbers_beside_the_text_are_learned_from():
    documents = [Document(title=f"Same {n}", extra={"cites": share}) for share in (1.0, 0.0) for n in range(6)]
    m = fit(Space.of(documents), range(12), LABELS, EVEN)
    assert min(m.scores(range(6))) > max(m.scores(range(6, 12)))
    assert m.words(0, 1)[0][0] == "cites"


@pytest.mark.parametrize("kind", ["svm", "logistic"])
@given(st.permutations(range(12)))
@settings(max_examples=10)
def test_the_order_of_the_documents_does_not_matter(kind, order):
    documents, labels = [*DRAGONS, *MAPS[:5], DRAGONS[0]], LABELS  # one work with both labels
    there = fit(Space.of(documents), range(12), labels, EVEN, kind=kind).scores(range(12))
    shuffled = [documents[i] for i in order]
    here = fit(Space.of(shuffled), range(12), [labels[i] for i in order], EVEN, kind=kind).scores(range(12))
    assert here == [there[i] for i in order]


def test_two_processes_learn_the_same_however_many_threads_they_may_use():
    code = "from test_learn import model; m = model(); print([s.hex() for s in m.scores(range(12))], m.words(0, 9))"
    env = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
    said = {
        subprocess.run([sys.executable, "-c", code], env={**env, "OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n, "PYTHONHASHSEED": n},
                       capture_output=True, check=True).stdout
        for n in ("1", "4")
    }  # fmt: skip
    assert len(said) == 1
    assert b"0x" in said.pop()


def test_weights_tell_whom_to_believe():
    documents = [Document(title="dragon"), Document(title="dragon"), Document(title="map")]
    believed = [fit(Space.of(documents), range(3), [True, False, False], [w, 1.0, 1.0]).scores([0])[0] for w in (0.2, 5.0)]
    assert believed[0] < 0 < believed[1]


def test_nothing_of_the_rows_to_be_judged_leaks_into_the_model():
    alone = fit(Space.of([*DRAGONS, *MAPS]), range(12), LABELS, EVEN)
    beside = fit(Space.of([*DRAGONS, *MAPS, *([Document(title="dragon dragon unheard of")] * 9)]), range(12), LABELS, EVEN)
    assert beside.scores(range(12)) == pytest.approx(alone.scores(range(12)), abs=1e-9)


def test_balanced_weights_give_both_sides_the_wanted_share():
    weights = balanced([True, False, False, False], [1.0, 1.0, 1.0, 1.0], 3.0)
    assert sum(weights) == pytest.approx(4)
    assert weights[0] == pytest.approx(3 * sum(weights[1:]))
    assert balanced([True, True], [1.0, 2.0]) == [1.0, 2.0]


def test_one_model_for_each_label():
    labels = [("dragon", "cave")] * 6 + [("cave",)] * 6
    models = fit_each(Space.of([*DRAGONS, *MAPS]), range(12), labels, EVEN)
    assert set(models) == {"dragon"}, "a label that all have cannot be told from anything"
    assert models["dragon"].scores(range(12)) == model().scores(range(12))


# --- probabilities ---------------------------------------------------------------------------------


def test_probabilities_say_how_often_it_is_so():
    scores = [0.0] * 100 + [1.0] * 100
    probability = calibrate(scores, [n % 10 == 0 for n in range(100)] + [n % 10 != 0 for n in range(100)], [1.0] * 200)
    assert probability(0.0) == pytest.approx(0.1, abs=0.02)
    assert probability(1.0) == pytest.approx(0.9, abs=0.02)


def test_a_few_rows_however_well_parted_are_no_certainty():
    few = calibrate([-1.0, -1.0, 1.0, 1.0], [False, False, True, True], [1.0] * 4)
    many = calibrate([-1.0, 1.0] * 500, [False, True] * 500, [1.0] * 1000)
    assert few(1.0) == pytest.approx(0.75, abs=0.02)
    assert 0.99 < many(1.0) < 1


@given(st.floats(allow_nan=False))
def test_a_probability_is_never_quite_0_or_1(score):
    assert 0 < calibrate([-1.0, 0.0, 1.0], [False, True, True], [1.0] * 3)(score) < 1


# --- hostile input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "labels", "says"),
    [
        ([], [], "no works to learn from"),
        (DRAGONS, [True] * 6, "all 6 works are of one class"),
        (DRAGONS, [False] * 6, "all 6 works are of one class"),
        ([Document(title=""), Document(title="!")], [True, False], "no word to learn from"),
    ],
)
def test_what_teaches_nothing_is_said(documents, labels, says):
    with pytest.raises(Unlearnable, match=says):
        fit(Space.of(documents), range(len(documents)), labels, [1.0] * len(documents))


def test_probabilities_cannot_come_of_one_class():
    with pytest.raises(Unlearnable, match="all 2 works"):
        calibrate([0.1, 0.2], [True, True], [1.0, 1.0])


def test_a_work_without_a_word_is_judged_by_the_bias_alone():
    m = model()
    assert m.over([Document(title="")]).scores([0]) == [m.offset]
    assert m.over([Document(title="")]).words(0, 5) == ()


def test_an_endless_abstract_is_read_to_a_stated_length():
    assert len(" ".join(words("ab " * 100_000))) <= LONGEST
    endless = Document(title="Endless dragon", abstract="cave " * 20_000 + "unread")
    m = fit(Space.of([endless, *DRAGONS[1:], *MAPS]), range(12), LABELS, EVEN)
    assert m.scores([0])[0] > 0
    assert "unread" not in dict(m.words(0, 100))


@given(st.lists(st.builds(Document, title=raw_texts, abstract=raw_texts), min_size=2, max_size=6))
def test_any_text_is_learned_from_or_refused(documents):
    labels = [n % 2 == 0 for n in range(len(documents))]
    try:
        m = fit(Space.of(documents), range(len(documents)), labels, [1.0] * len(documents))
    except Unlearnable as e:
        assert "no word" in str(e)  # noqa: PT017
    else:
        assert np.isfinite(m.scores(range(len(documents)))).all()


# --- vectors ---------------------------------------------------------------------------------------

some_words = st.sampled_from(["dragon", "cave", "map", "fire", "wyrm", "Dragon", "x"])
some_texts = st.lists(st.lists(some_words, max_size=8).map(" ".join), min_size=1, max_size=8)


@given(some_texts)
def test_counts_are_those_of_scikit_learn(texts):
    space = Space.of([Document(title=t) for t in texts], least=1)
    got = {space.name(c): space.parts[0][:, [c]].sum() for c in range(len(space.columns))}
    try:
        theirs = CountVectorizer(ngram_range=(1, 2))
        counts = theirs.fit_transform(texts)
    except ValueError:
        assert got == {}
    else:
        assert got == dict(zip(theirs.get_feature_names_out(), counts.sum(axis=0).A1, strict=True))


@given(some_texts)
def test_tfidf_is_that_of_scikit_learn(texts):
    matrix, names = tfidf(texts, least=1)
    assert matrix.shape == (len(texts), len(names))
    try:
        theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        expected = theirs.fit_transform(texts)[:, [theirs.vocabulary_[n] for n in names]]
    except ValueError:
        assert names == ()
    else:
        np.testing.assert_allclose(matrix.toarray(), expected.toarray(), atol=1e-12)


def test_pairs_that_one_text_alone_has_are_not_columns():
    assert tfidf(["dark cave", "dark cave", "dark wood"])[1] == ("cave", "dark", "wood", "dark cave")
    assert tfidf([])[1] == ()
