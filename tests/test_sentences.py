"""Key sentences: where a text is cut, which sentences are chosen, and that nothing is lost or torn."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.analyse.graph import central
from livre.analyse.sentences import MOST, key_sentences, pieces, sentences
from livre.latex import normal
from livre.model import Identifier, Paper
from livre.site.math import tex

DRAGONS = (
    "Dragons are rare. We present DragonNet, a model that reads the scales of dragons. "
    "The model reads scales in images of dragons. Weather was fine on most days. It was tested on 40 dragons (e.g. horned ones). "
    "DragonNet reads scales of dragons better than knights. Tea is served at noon."
)


def paper(abstract: str, **more: Any) -> Paper:
    facts: dict[str, Any] = {
        "key": "a",
        "shard": "2099-01",
        "identifiers": (Identifier("arxiv", "9901.00001"),),
        "title": "DragonNet reads scales of dragons",
    }
    return Paper(**(facts | more), abstract=normal(abstract))


def chosen(of: Paper) -> list[str]:
    return [of.abstract[a:b] for a, b in key_sentences([of]).get(of.key, ())]


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        (
            "It gains 0.5 in vs. Smith et al. 2099, i.e. Fig. 3. Then it ends.",
            ["It gains 0.5 in vs. Smith et al. 2099, i.e. Fig. 3.", "Then it ends."],
        ),
        ("By A. Example. Next.", ["By A. Example.", "Next."]),
        ("(A first one.) [A second one.] “Third.” Last.", ["(A first one.)", "[A second one.]", "“Third.”", "Last."]),
        ("We set $p. Q$ here. $x$ is next.", ["We set $p. Q$ here.", "$x$ is next."]),
        (r"A {\it group. Whole} one. \textbf{Bold} one.", [r"A {\it group. Whole} one.", r"\textbf{Bold} one."]),
        ("龙很少见。我们提出一个模型。它很好！", ["龙很少见。", "我们提出一个模型。", "它很好！"]),
        ("ما هذا؟ تنين كبير. النهاية", ["ما هذا؟", "تنين كبير.", "النهاية"]),
        ("see github.com/x.Y for more", ["see github.com/x.Y for more"]),
        ("", []),
        ("   ", []),
    ],
)
def test_a_text_is_cut_where_a_sentence_ends(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


def test_the_sentences_in_the_middle_of_a_text_are_its_key_sentences_in_their_order() -> None:
    assert chosen(paper(DRAGONS)) == [
        "We present DragonNet, a model that reads the scales of dragons.",
        "DragonNet reads scales of dragons better than knights.",
    ]


def test_the_title_draws_the_choice_to_what_it_speaks_of() -> None:
    two = "Tea helps knights. Tea calms knights. Horned dragons sleep. Winged dragons sleep. Snow fell."
    assert chosen(paper(two, title="Tea and knights")) != chosen(paper(two, title="Winged dragons that sleep"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One. Two. Three. Four.",
        "Dragons fly. Tea steams. Snow falls. Knights ride. Ships sail. Bells ring.",
        "龙。虎。猫。狗。鸟。鱼。",
    ],
    ids=["none", "short", "no two alike", "no words that are known"],
)
def test_nothing_is_chosen_where_that_would_say_nothing(text: str) -> None:
    assert key_sentences([paper(text, title="A title of its own")]) == {}


def test_never_more_than_a_third_and_never_more_than_three_are_chosen() -> None:
    for n in range(5, 20):
        text = " ".join(f"Dragon number {i} sleeps in cave {i}." for i in range(n))
        assert len(chosen(paper(text))) == min(MOST, n // 3)


def test_other_papers_change_nothing_in_the_choice() -> None:
    others = [paper(f"{DRAGONS} {DRAGONS}", key=f"k{n}") for n in range(5)]
    assert key_sentences([*others, paper(DRAGONS)])["a"] == key_sentences([paper(DRAGONS)])["a"]


def test_equal_sentences_are_taken_from_the_front() -> None:
    same = " ".join(["Dragons sleep in caves."] * 6)
    assert key_sentences([paper(same)])["a"] == sentences(same)[:2]


def test_weighted_pagerank_against_the_linear_equations() -> None:
    # The path 0 =2= 1 -1- 2: x1 = 0.05 + 0.85 (x0 + x2), x0 = 0.05 + 0.85 · 2/3 · x1, x2 = 0.05 + 0.85 · 1/3 · x1
    middle = (0.05 + 0.85 * 0.1) / (1 - 0.85**2)
    assert central(3, [(0, 1, 2.0), (1, 2, 1.0)]) == pytest.approx((0.05 + 0.85 * 2 / 3 * middle, middle, 0.05 + 0.85 / 3 * middle))
    assert central(0, []) == ()


@given(st.text(alphabet="Ab. ?!${}\\()[]。'\"xé\n", max_size=120))
def test_a_text_cut_into_sentences_is_still_the_text(raw: str) -> None:
    text = normal(raw)
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert not re.sub(r"\s", "", "".join(text[b:c] for (_, b), (c, _) in pairwise([(0, 0), *spans, (len(text), len(text))])))
    assert "".join(piece for piece, _ in pieces(text, spans[::2])) == text


@given(
    st.lists(
        st.sampled_from(["Dragons sleep.", "We set $a. B$ here.", "A {\\it great. Cave} was.", "Is $x<y$?", "<b>No.</b>"]),
        min_size=5,
        max_size=9,
    )
)
def test_marking_sentences_changes_no_formula_and_no_style(parts: list[str]) -> None:
    text = normal(" ".join(parts))
    assert "".join(tex(piece) for piece, _ in pieces(text, sentences(text)[::2])) == tex(text)
