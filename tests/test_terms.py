"""Terms: what is a word, what is a phrase, what takes a word back, and that no text is too long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.latex import normal, plain
from livre.terms import MOST_WORDS, AnyOf, Hit, Terms, any_of, expand, longest
from strategies import raw_texts


def found(terms: list[str], text: str) -> list[tuple[str, str]]:
    return [(h.term, h.words) for h in Terms(terms).find(normal(text), "title")]


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        ("dragon", "A Dragon sleeps", ["Dragon"]),
        ("dragon", "dragons", []),
        ("dragon*", "dragons, dragon-like", ["dragons", "dragon"]),
        ("*dragon", "a snapdragon and a dragon", ["snapdragon", "dragon"]),
        ("*drag*", "undragged", ["undragged"]),
        ("vision language", "Vision-Language; vision/language; vision language", ["Vision-Language", "vision/language", "vision language"]),
        ("vision-language", "vision language", ["vision language"]),
        ("skin lesion*", "Skin lesions of the skin: lesion", ["Skin lesions", "skin: lesion"]),
        ("skin lesion", "skin of a lesion", []),
        ("skin lesion", "skin  . . .  lesion", []),
        ("x ray*", "X-rays", ["X-rays"]),
        ("=SAM", "SAM met Sam and sam", ["SAM"]),
        ("=*SAM", "MedSAM, SAM, medsam", ["MedSAM", "SAM"]),
        ("=Med", "Med-3D, MED", ["Med"]),
        ("naive bayes", "Na\\\"{\\i}ve Bayes", ["Naïve Bayes"]),
        ("schrodinger*", "Schrödinger's cat", ["Schrödinger"]),
        ("schrödinger", "SCHRODINGER", ["SCHRODINGER"]),
        ("l2 norm", "the $\\mathcal{L}_2$ norm", ["L2 norm"]),
        ("beta cell*", "β beta-cells", ["beta-cells"]),
        ("tgf signal", "TGF-β signal", ["TGF-β signal"]),
        ("*e*", "", []),
        ("large language model*", "Large Language\nModels (LLMs)", ["Large Language Models"]),
        ("fi*", "ﬁne", ["ﬁne"]),
        ("bjorn", "Bjørn", ["Bjørn"]),
    ],
)  # fmt: skip
def test_a_term_finds_these_words_as_they_stand(term: str, text: str, words: list[str]):
    if term == "*e*":
        with pytest.raises(ValueError, match="two letters"):
            Terms([term])
        return
    assert [w for _, w in found([term], text)] == words


def test_hits_say_field_and_place():
    hit = Terms(["skin lesion*"]).find("On skin lesions", "abstract")
    assert hit == [Hit("abstract", 3, 15, "skin lesion*", "skin lesions")]


def test_terms_that_share_words_are_all_found():
    assert found(["language model*", "large language model*", "model*"], "large language models") == [
        ("large language model*", "large language models"),
        ("language model*", "language models"),
        ("model*", "models"),
    ]


@pytest.mark.parametrize(
    ("term", "advice"),
    [
        ("", "is no term"),
        ("*", "is no term"),
        ("a**", "is no term"),
        ("di*gon", "is no term"),
        ("skin AND lesion)", "is no term"),
        ("a*", "two letters"),
        ("龍", "Latin letters"),
        (" ".join(["word"] * (MOST_WORDS + 1)), f"at most {MOST_WORDS}"),
    ],
)
def test_what_is_no_term_is_refused_with_advice(term: str, advice: str):
    with pytest.raises(ValueError, match=advice):
        Terms([term])


def test_the_longest_phrase_covers_the_shorter_ones_in_it():
    hits = Terms(["language model*", "vision language model*", "vision"]).find("vision-language models and language models", "title")
    assert [h.words for h in longest(hits)] == ["vision-language models", "language models"]


def test_a_veto_takes_words_back_where_they_stand_in_it_and_nowhere_else():
    medicine = expand(["surg*", "!surgical fine tuning", "!surgeon general"], {})
    hits = Terms(medicine.terms | medicine.veto).find("Surgical fine-tuning for surgical videos", "title")
    assert [h.words for h in medicine.among(hits)] == ["surgical"]
    same = expand(["surgeon", "!surgeon"], {})
    assert same.among(Terms(["surgeon"]).find("surgeon", "title")) == []


def test_each_stretch_of_text_counts_once_in_an_or():
    llm = expand(["large language", "language model*", "LLM*"], {})
    hits = Terms(llm.terms).find("large language models (LLMs)", "title")
    assert [h.words for h in llm.among(hits)] == ["large language", "LLMs"]


def test_groups_may_name_groups_but_not_in_a_ring():
    groups = {"derm": ["dermat*", "!derma x"], "all": ["@derm", "radiolog*"], "a": ["@b"], "b": ["@a"]}
    assert expand(["@all"], groups) == AnyOf(frozenset({"dermat*", "radiolog*"}), frozenset({"derma x"}))
    with pytest.raises(ValueError, match="a → b → a name each other in a ring"):
        expand(["@a"], groups)
    with pytest.raises(ValueError, match=r"no group .dern. in .terms.; did you mean @derm"):
        expand(["@dern"], groups)


def test_wrong_items_of_a_list_are_reported_by_position_and_the_others_kept():
    wrong: list[tuple[str | int, ...]] = []
    kept = any_of(["derm", "@nobody", "*"], {}, lambda message, *path: wrong.append((message.split()[0], *path)), "topics", 0)
    assert kept.terms == {"derm"}
    assert wrong == [("there", "topics", 0, 1), ("'*'", "topics", 0, 2)]


letters = st.text("ab", min_size=1, max_size=3)


@given(st.lists(letters, max_size=12), st.lists(letters, min_size=1, max_size=3), st.booleans())
def test_a_phrase_is_found_exactly_where_its_words_follow_each_other(words: list[str], phrase: list[str], stem: bool):
    stem = stem and len(phrase[-1]) > 1
    term = " ".join(phrase) + "*" * stem
    starts = [
        i
        for i in range(len(words) - len(phrase) + 1)
        if words[i : i + len(phrase) - 1] == phrase[:-1]
        and (words[i + len(phrase) - 1].startswith(phrase[-1]) if stem else words[i + len(phrase) - 1] == phrase[-1])
    ]
    offsets = [sum(len(w) + 1 for w in words[:i]) for i in range(len(words))]
    assert [h.start for h in Terms([term]).find(" ".join(words), "title")] == [offsets[i] for i in starts]


@given(raw_texts.map(normal))
def test_words_are_always_a_piece_of_the_plain_text(text: str):
    for hit in Terms(["a", "*alpha*", "evil", "script*", "title script", "on graphs", "x"]).find(text, "title"):
        assert plain(text)[hit.start : hit.end] == hit.words


@given(st.lists(st.builds(Hit, st.just("title"), st.integers(0, 9), st.integers(10, 19), st.sampled_from("abc"), st.just("w"))))
def test_of_all_hits_those_stay_that_no_longer_one_covers(hits: list[Hit]):
    def covers(a: Hit, b: Hit) -> bool:
        return a.start <= b.start and b.end <= a.end and (a.start, a.end) != (b.start, b.end)

    assert set(longest(hits)) == {h for h in hits if not any(covers(other, h) for other in hits)}


@pytest.mark.parametrize(
    "piece",
    ["large language ", "a ", "model" * 20_000, "LLM AI ", "β" * 50, "é ", "$\\mathcal{L}$ ", "-" * 1000 + "language ", "\\{"],
    ids=["phrase", "word", "endless word", "acronyms", "greek", "accents", "math", "gaps", "braces"],
)
def test_a_hundred_kilobytes_of_anything_are_read_in_linear_time(piece: str):
    terms = Terms(["large language model*", "language large language", "a a a a a a a a", "*odelmode*", "LLM*", "AI", "e", "e e e"])
    text = normal(piece * (100_000 // len(piece)))
    clock = time.process_time()
    hits = terms.find(text, "abstract")
    longest(hits)
    print(f"{len(text)} characters, {len(hits)} hits, {time.process_time() - clock:.2f} s")
    assert all(len(h.words) < 200 for h in hits[:100]) or piece.startswith("model")
