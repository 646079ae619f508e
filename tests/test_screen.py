"""Screening: what is harvested, what is decided, in which order, how surely, and why. And how good it is."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgement import DATA, NIGHT_BEGINS, REVIEW, candidate, labelled, records, table
from livre import scope
from livre.latex import normal
from livre.model import Candidate, Decision, Status, Verdict
from livre.screen import decide, topics
from strategies import candidates, texts

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2099-01-02"
SCOPE = """\
title = "Dragons in caves"
description = "A review of dragons that live in caves."

[[curators]]
name = "Ada Example"

[harvest]
sets = ["cs"]
since = "2099-01-01"

[[topics]]
id = "dragons"
title = "Dragons"
all = [["dragon*", "wyrm*"], ["cave*", "dark"]]
none = ["bearded dragon*"]
title_alone = [["beast*"], ["hole*"]]

[[topics]]
id = "maps"
title = "Maps of caves"
all = [["map"], ["cave*", "dark"]]
classes = ["cs.GR"]

[[criteria]]
id = "withdrawn"
kind = "exclude"
title = "Withdrawn"
text = "Withdrawn works are left out."
status = ["withdrawn"]

[[criteria]]
id = "song"
kind = "exclude"
title = "Songs"
text = "Songs are left out, unless knights sing them."
all = [["song*", "!swan song*"]]
none = ["knight*"]

[[criteria]]
id = "dragon"
kind = "require"
title = "A dragon"
text = "A dragon takes part."
all = [["dragon*", "wyrm*", "!snap dragon*"]]
hints = ["scales", "fire"]

[[criteria]]
id = "cave"
kind = "require"
title = "A cave"
text = "There is a cave."
all = [["cave*"]]
title_alone = ["dark hall"]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> scope.Scope:
    path = tmp_path_factory.mktemp("scope") / "scope.toml"
    path.write_text(SCOPE)
    return scope.load(path)


def told(decision: Decision | None) -> tuple[str, str, str]:
    assert decision
    return decision.verdict.value, decision.criterion, decision.why


def test_what_matches_no_topic_is_not_even_a_candidate(small: scope.Scope):
    assert topics(candidate("On knights"), small) == ()
    assert decide(candidate("On knights", "dragons"), small, on=DAY) is None


def test_one_stray_word_in_an_abstract_makes_no_topic(small: scope.Scope):
    assert decide(candidate("Of caves", "As hard as a dragon."), small, on=DAY) is None
    assert decide(candidate("Of caves", "A dragon, and another dragon."), small, on=DAY) is not None


def test_a_topic_names_the_words_that_matched(small: scope.Scope):
    (match,) = topics(candidate("Dragons in dark caves"), small)
    assert (match.topic, [h.words for h in match.hits]) == ("dragons", ["Dragons", "dark", "caves"])


def test_a_topic_takes_no_for_an_answer(small: scope.Scope):
    assert topics(candidate("Bearded dragons in caves"), small) == ()


def test_a_title_without_abstract_may_match_by_one_stand_in(small: scope.Scope):
    assert [m.topic for m in topics(candidate("A beast of the cave"), small)] == ["dragons"]
    assert [m.topic for m in topics(candidate("A dragon in a hole"), small)] == ["dragons"]
    assert topics(candidate("A beast of the cave", "No more is known."), small) == ()
    assert topics(candidate("A beast in a hole"), small) == ()
    assert topics(candidate("A hole in a cave"), small) == ()
    assert told(decide(candidate("A beast of the cave"), small, on=DAY)) == ("wait", "dragon", "dragon: no word of it; no abstract yet")


def test_classes_hold_back_what_is_known_to_be_elsewhere(small: scope.Scope):
    title = "A map of a cave"
    assert [m.topic for m in topics(candidate(title, classes=("cs.GR", "cs.CV")), small)] == ["maps"]
    assert topics(candidate(title, classes=("cs.GRX",)), small) == ()
    assert [m.topic for m in topics(candidate(title), small)] == ["maps"]


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        (
            "Dragons of the cave",
            "A dragon breathes fire.",
            ("include", "dragons", 'dragon: "Dragons" (title), "dragon", "fire" (abstract); cave: "cave" (title)'),
        ),
        ("Dragon songs in caves", "", ("exclude", "song", 'song: "songs" (title)')),
        ("Knights and their dragon songs in caves", "", ("include", "dragons", 'dragon: "dragon" (title); cave: "caves" (title)')),
        ("The swan song of a dragon in its cave", "", ("include", "dragons", 'dragon: "dragon" (title); cave: "cave" (title)')),
        ("Dragons in the dark", "A hall without light.", ("exclude", "cave", "cave: no word of it")),
        ("Dragons in the dark", "A cave.", ("exclude", "cave", 'cave: only "cave" (abstract)')),
        (
            "Dragons in the dark",
            "Cave, cave, cave and caves.",
            ("include", "dragons", 'dragon: "Dragons" (title); cave: "Cave", "caves" (abstract)'),
        ),
        ("Dragons in the dark", "", ("wait", "cave", "cave: no word of it; no abstract yet")),
        ("Dragons in the dark hall", "", ("include", "dragons", 'dragon: "Dragons" (title); cave: "dark hall" (title)')),
        ("Dragons in the dark hall", "Of stone.", ("exclude", "cave", "cave: no word of it")),
        ("A map of the dark", "Fire, fire, fire and scales.", ("exclude", "dragon", 'dragon: only "Fire", "scales" (abstract)')),
        ("A map of the dark", "", ("exclude", "dragon", "dragon: no word of it; no abstract")),
        ("Snap dragons in dark caves", "", ("wait", "dragon", "dragon: no word of it; no abstract yet")),
    ],
)  # fmt: skip
def test_the_rules_decide_and_say_by_which_words(small: scope.Scope, title: str, abstract: str, expected: tuple[str, str, str]):
    assert told(decide(candidate(title, abstract), small, on=DAY)) == expected


def test_a_withdrawn_work_is_excluded_before_anything_else(small: scope.Scope):
    work = replace(candidate("Dragon songs of the cave"), status=Status.WITHDRAWN)
    assert told(decide(work, small, on=DAY)) == ("exclude", "withdrawn", "withdrawn: withdrawn")


def test_a_decision_says_who_when_and_about_what(small: scope.Scope):
    decision = decide(candidate("Dragons of the cave", number="9902.00007"), small, on=DAY)
    assert decision
    assert (str(decision.subject), decision.on, decision.by) == ("arxiv:9902.00007", DAY, "rules")


def test_more_words_make_surer_and_a_missing_abstract_less_sure(small: scope.Scope):
    def score(title: str, abstract: str = "") -> float:
        decision = decide(candidate(title, abstract), small, on=DAY)
        assert decision
        return decision.score

    guess, alone = score("Dragons in the dark hall"), score("Dragons of the cave")
    some, more = score("Dragons of the cave", "A dragon, a cave."), score("Dragons of the cave", "Dragons, caves. " * 5)
    assert 0 < guess < alone < some < more < 1
    assert score("A map of the dark") < score("A map of the dark", "Nothing of the kind.")


words = st.lists(
    st.one_of(st.sampled_from(["LLM", "medical", "skin lesions", "brain alignment", "prompts", "foundation model"]), texts), max_size=6
)


@given(candidates, words.map(" ".join).map(normal).filter(bool), words.map(" ".join).map(normal))
def test_any_candidate_gets_one_line_and_a_score_or_nothing(work: Candidate, title: str, abstract: str):
    work = replace(work, title=title, abstract=abstract)
    decision = decide(work, REFERENCE, on=DAY)
    assert (decision is None) == (topics(work, REFERENCE) == ())
    if decision:
        assert 0 <= decision.score <= 1
        assert decision.why
        assert decision.why.isprintable()
        assert decide(work, REFERENCE, on=DAY) == decision


REFERENCE = scope.load(REVIEW / "scope.toml")


@pytest.mark.parametrize(
    ("title", "abstract", "verdict", "criterion"),
    [
        ("A vision-language model that reads made-up radiographs", "", "include", "imaging"),
        ("Large language models and the patients of Doctor Example", "", "include", "medicine"),
        ("On the Skinning of Avatars with Language Models", "", None, ""),
        ("Surgical fine-tuning of language models", "", None, ""),
        (
            "Computational lesions show how language models are like the brain",
            "We use fMRI, and fMRI again.",
            "exclude",
            "brain-likeness",
        ),
        ("A convolutional network for skin lesions", "It is pretrained, and pretrained again, on medical images.", "exclude", "model"),
        ("Language models in law, finance and medicine", "LLMs read contracts, medical notes and clinical notes.", "include", "medicine"),
        ("Language models in law and finance", "LLMs read contracts, medical notes and clinical notes.", "exclude", "subject"),
    ],
)
def test_the_reference_scope_knows_its_subject(title: str, abstract: str, verdict: str | None, criterion: str):
    decision = decide(candidate(title, abstract), REFERENCE, on=DAY)
    assert (decision and decision.verdict.value, decision.criterion if decision else "") == (verdict, criterion)


@pytest.mark.parametrize("piece", ["LLM AI ", "medical ", "brain LLM, x-ray "])
def test_an_abstract_of_a_hundred_kilobytes_is_judged_like_any(piece: str):
    work = candidate("Large language models in dermatology", piece * (100_000 // len(piece)))
    clock = time.process_time()
    decision = decide(work, REFERENCE, on=DAY)
    print(f"{time.process_time() - clock:.2f} s")
    assert decision
    assert decision.verdict is Verdict.INCLUDE
    assert len(decision.why) < 500


# --- How good it is: real records, hand labels; the floors are a little under what was measured -----

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside this checkout")


def _verdict(work: Candidate) -> str:
    decision = decide(work, REFERENCE, on=DAY)
    return decision.verdict.value if decision else "no topic"


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(("name", "precision", "recall"), [("relevance", 0.98, 0.98), ("dermatology", 0.80, 0.98)])
def test_labelled_works_are_screened_as_the_annotator_did(name: str, precision: float, recall: float):
    got = Counter((row["in_scope"], _verdict(work)) for row, work in labelled(name))
    right, wrong = got["yes", "include"], got["no", "include"]
    missed = sum(n for (label, verdict), n in got.items() if label == "yes" and verdict != "include")
    print(f"{name}: {dict(got)}; precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}")
    assert right / (right + wrong) >= precision
    assert right / (right + missed) >= recall


@needs_data
@pytest.mark.data
def test_titles_alone_decide_most_of_the_reference_corpus():
    rows = [r for r in table("corpus/arxiv-2025-2026.csv") if r["announced"] < NIGHT_BEGINS]
    got = Counter(_verdict(candidate(r["title"], number=r["arxiv_id"])) for r in rows)
    keys = Counter(_verdict(candidate(r["title"])) for r in table("corpus/key-papers.csv") if r["scope_hint"] != "general")
    print(f"{len(rows)} titles: {dict(got)}; {keys.total()} key papers: {dict(keys)}")
    assert got["include"] >= 2_200
    assert got["wait"] <= 200
    assert got["include"] + keys.total() >= 2_500


@needs_data
@pytest.mark.data
def test_what_a_title_alone_includes_its_abstract_would_too():
    got = Counter((_verdict(candidate(w.title)), _verdict(w)) for w in records("topic").values())
    included = {verdict: n for (alone, verdict), n in got.items() if alone == "include"}
    print(f"by title alone, then with abstract: {dict(got)}")
    assert included["include"] / sum(included.values()) >= 0.98


@needs_data
@pytest.mark.data
def test_of_the_background_only_a_few_in_a_hundred_are_kept():
    works = records("background").values()
    clock = time.process_time()
    got = Counter(
        (d.verdict.value, d.criterion if d.verdict != Verdict.INCLUDE else "") if d else ""
        for w in works
        for d in [decide(w, REFERENCE, on=DAY)]
    )
    took = time.process_time() - clock
    print(f"{len(works)} records: {dict(got)}; {took / len(works) * 10_000:.1f} s of one core for 10,000")
    assert 0.005 <= got["include", ""] / len(works) <= 0.02
    assert 1 - got[""] / len(works) <= 0.05


@needs_data
@pytest.mark.data
def test_hostile_titles_of_the_real_corpus_are_judged(small: scope.Scope):
    for row in table("corpus/arxiv-2025-2026.csv")[:300]:
        decision = decide(replace(candidate("x"), title=normal(row["title"])), small, on=DAY)
        assert decision is None or (decision.why and 0 <= decision.score <= 1)


def test_the_scope_file_is_written_for_people(tmp_path: Path):
    text = (REVIEW / "scope.toml").read_text()
    (tmp_path / "scope.toml").write_text(text)
    assert scope.load(tmp_path / "scope.toml").title == REFERENCE.title
    assert all(len(c.text) > 40 for c in REFERENCE.criteria)
