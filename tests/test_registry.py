"""The register of names: what is a name and what is not, where values come from, and what people say of it."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.classify import Filing
from livre.errors import BadData
from livre.latex import normal
from livre.model import Identifier, Paper
from livre.naming import LONGEST, named
from livre.registry import NONE, Corrections, Registered, Value, load, registry
from livre.taxonomy import Category, Facet, Taxonomy
from livre.terms import Terms
from livre.traits import traits

if TYPE_CHECKING:
    from collections.abc import Mapping

TOPIC = Path(__file__).parents[1] / "../shared/data/records/topic.jsonl.gz"


def categories() -> Taxonomy:
    of = [Category(id=c, facet=f, title=c.title(), definition="") for c, f in (("llm", "model"), ("vlm", "model"), ("dragons", "domain"))]
    facets = tuple(Facet(id=f, title=f, definition="", share=0.3) for f in ("model", "domain"))
    return Taxonomy(facets=facets, categories={c.id: c for c in of}, terms=Terms([]), title=3, enough=1)


def paper(key: str, title: str, *, date: str = "2099-01-01", abstract: str = "", **more: Any) -> Paper:
    subject = Identifier("arxiv", f"9901.{sum(map(ord, key)) % 90_000 + 10_000}")
    return Paper(identifiers=(subject,), title=title, date=date, abstract=abstract, key=key, shard="2099-01", **more)


def register(*papers: Paper, said: Corrections = NONE, filed: Mapping[str, Filing] | None = None) -> dict[str, Registered]:
    return {e.anchor: e for e in registry(papers, categories(), lambda _: filed or {}, said)}


def only(title: str, abstract: str = "") -> tuple[str, str, str, str]:
    (one,) = named(title, abstract)
    return one.name, one.kind, one.words, one.where


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("DragonLM: A Language Model for Dragons", ("DragonLM", "model", "Language Model", "title")),
        ("Ember: a foundation model of fire", ("Ember", "model", "foundation model", "title")),
        ("Wyrm-7B: Scaling Fire", None),
        ("WyrmBench: Do Models Know Fire?", ("WyrmBench", "benchmark", "Bench", "name")),
        ("SCALES: Benchmarking Models on Scales", ("SCALES", "benchmark", "Benchmarking", "title")),
        ("LairQA-2: An Open Dataset of Caves", ("LairQA-2", "dataset", "Open Dataset", "title")),
        ("Lair 2 (L2): A Large-Scale Corpus for Caves", ("Lair 2", "dataset", "Large-Scale Corpus", "title")),
        ("FireCLIP: Aligning Fire and Words", ("FireCLIP", "model", "CLIP", "name")),
        ("Flames42: a Family of fiery Language Models for Smiths", ("Flames42", "model", "Family of fiery Language Models", "title")),
        ("WyrmMLLMBench: A Benchmark Dataset for Wyrms", ("WyrmMLLMBench", "benchmark", "Benchmark Dataset", "title")),
    ],
)
def test_a_title_names_what_it_defines(title: str, expected: tuple[str, str, str, str] | None) -> None:
    assert (only(title) if expected else named(title)) == (expected or ())


@pytest.mark.parametrize(
    "title",
    [
        "Towards: A Model of Fire",
        "Survey: A Dataset Perspective",
        "Part II: A Benchmark",
        "Can Dragons Read? A Benchmark for Dragons",
        "Dragons in the Clinic: A Foundation Model",
        "Do Dragons Dream: A Model of Sleep",
        "LLM: A Language Model for Everything",
        "ChatGPT: A Language Model in the Clinic",
        "AI-Driven Forging: A Benchmark",
        "Forging WYRM: A Benchmark",
        "DragonFlow: A Framework for Flying",
        "DragonFlow: A Survey of Language Models",
        "DragonFlow: An LLM-Based Approach",
        "DragonFlow: A Language Model Based Agent",
        "BYO-Eval: Build Your Own Dataset for Dragons",
        "A Large Language Model for Dragons",
        "Fire Matters: Comparison of Models",
        "Dragons, Fire and Gold: A Dataset of Hoards",
        "Dragon's: A Model",
        ": A Model",
        "",
        "https://example.org: a model",
    ],
)
def test_what_is_no_name_gives_none(title: str) -> None:
    assert named(title) == ()


def test_an_abstract_names_what_it_introduces() -> None:
    assert only("A Study of Fire", "Fire is hot. We introduce HoardQA, a large dataset of gold. It glitters.")[:2] == ("HoardQA", "dataset")
    assert only("A Study of Fire", "We release a benchmark for hoards, called HoardBench v2, to all.")[:2] == ("HoardBench v2", "benchmark")
    assert named("A Study of Fire", "We use HoardQA, a large dataset of gold. We propose Hoarder, a method.") == ()
    assert named("A Study of Fire", "We present HoardAgent, a language model-based agent for gold.") == ()


def test_a_paper_can_name_several_things_and_each_once() -> None:
    text = "We present DragonLM, a language model for dragons. We also release HoardQA, a dataset of gold."
    assert [(n.name, n.where) for n in named("DragonLM: A Language Model", text)] == [("DragonLM", "title"), ("HoardQA", "abstract")]


@given(st.text(max_size=700), st.text(max_size=300))
def test_any_text_is_read_without_an_error_and_a_name_is_always_in_it(title: str, abstract: str) -> None:
    title, abstract = normal(title), normal(abstract)
    for one in named(title + ": a model for dragons", abstract):
        assert len(one.name) <= LONGEST
        assert one.name.isprintable()
        assert "<" not in one.name


@pytest.mark.parametrize(
    "title",
    ["A" * 600 + ": a model", "Dragon " * 90 + ": a model", "<b>DragonLM</b>: a model", "\u202eDragonLM: a model", "Ab-" * 200, "(" * 600],
)
def test_a_hostile_title_names_nothing_and_takes_no_time(title: str) -> None:
    started = time.perf_counter()
    found = named(normal(title), normal("we present " * 2_000 + title))
    assert all(n.name == "DragonLM" for n in found)
    assert time.perf_counter() - started < 60, "a rule takes more than linear time"


def told(title: str, abstract: str, comment: str = "") -> dict[str, tuple[str, str]]:
    one = named(title, abstract)[0]
    of = traits(one, title, abstract, comment)
    found = {f: getattr(of, f) for f in ("parameters", "base", "training", "licence")}
    return {f: (t.value, t.words) for f, t in found.items() if t}


def test_values_come_with_the_words_that_say_them() -> None:
    abstract = (
        "We present DragonLM, a 7B-parameter language model built on LLaMA-3 for dragons. The model was pre-trained on 1.2M images. "
        "It is released under the Apache 2.0 license."
    )
    assert told("DragonLM: A Language Model", abstract) == {
        "parameters": ("7B", "7B-parameter"),
        "base": ("LLaMA-3", "built on LLaMA-3"),
        "training": ("1.2M images", "pre-trained on 1.2M images"),
        "licence": ("Apache 2.0", "Apache 2.0"),
    }


def test_what_is_said_of_other_models_is_not_said_of_this_one() -> None:
    abstract = (
        "We present DragonLM, a language model. DragonLM outperforms models built on LLaMA-3 with 70 billion parameters. "
        "Whisper was trained on 2M hours."
    )
    assert told("DragonLM: A Language Model", abstract) == {}


def test_the_size_in_a_name_is_a_size() -> None:
    assert told("Wyrm-7B: A Language Model", "")["parameters"] == ("7B", "7B")
    assert told("T2D-Wyrm: A Language Model", "") == {}


def test_quoted_words_are_few() -> None:
    abstract = (
        "We present DragonLM, a language model. DragonLM is pretrained on a very large set of 12 million carefully chosen scale images."
    )
    ((_, words),) = told("DragonLM: A Language Model", abstract).values()
    assert len(words.split()) <= 9
    assert "…" in words


def test_an_entry_holds_what_is_known_with_its_source_and_nothing_else() -> None:
    filed = {
        "vlm": Filing(category="vlm", score=0.9, words=("Language Model",)),
        "dragons": Filing(category="dragons", score=0.9, words=("Dragons",)),
    }
    one = paper("a", "DragonLM: A Language Model for Dragons", categories=("vlm", "dragons"), code=("https://example.org/x",))
    assert register(one, filed=filed) == {
        "dragonlm": Registered(
            anchor="dragonlm",
            name=Value(text="DragonLM", source="rule", words="DragonLM", where="title"),
            paper="a",
            kind=Value(text="model", source="rule", words="Language Model", where="title"),
            modality=(Value(text="vlm", source="rule", words="Language Model", where="text"),),
            domains=(Value(text="dragons", source="rule", words="Dragons", where="text"),),
            code=("https://example.org/x",),
        )
    }


def test_what_people_filed_is_theirs() -> None:
    one = paper("a", "DragonLM: A Language Model", categories=("llm",), curated=("model",))
    assert register(one)["dragonlm"].modality == (Value(text="llm", source="person"),)


def test_a_short_title_is_a_persons_name_for_it_and_its_kind_stays_open_unless_its_end_says_it() -> None:
    known = register(
        paper("a", "Language Models Breathe Fire", shorttitle="Wyrm"), paper("b", "DragonLM: A Language Model", shorttitle="DragonLM")
    )
    assert known["wyrm"].name == Value(text="Wyrm", source="person")
    assert known["wyrm"].kind == Value()
    assert (known["dragonlm"].name.source, known["dragonlm"].kind.text) == ("person", "model")
    assert register(paper("c", "Seeing Dragons", shorttitle="DragonCLIP"))["dragonclip"].kind == Value(
        text="model", source="rule", words="CLIP", where="name"
    )


def test_two_papers_with_one_name_are_two_entries_and_neither_is_named_by_others() -> None:
    title = "DragonLM: A Language Model"
    known = register(paper("b", title, date="2099-02-01"), paper("a", title), paper("c", "DragonLM Reads"))
    assert {a: e.paper for a, e in known.items()} == {"dragonlm": "a", "dragonlm-2": "b"}
    assert [e.later for e in known.values()] == [(), ()]


def test_later_papers_that_name_it_are_listed_by_its_exact_words() -> None:
    known = register(
        paper("a", "DragonLM: A Language Model"),
        paper("b", "We Try DragonLM (Again)", date="2099-02-01"),
        paper("c", "Of dragonlm and DragonLM-2", date="2099-03-01"),
        paper("d", "Fire", abstract="Such as DragonLM.", date="2099-04-01"),
    )
    assert known["dragonlm"].later == ("b", "d")


def test_a_common_word_in_capitals_is_looked_for_nowhere() -> None:
    known = register(paper("a", "FIRE: A Language Model"), paper("b", "FIRE AND GOLD", date="2099-02-01"))
    assert known["fire"].later == ()


def test_the_order_of_the_papers_does_not_matter() -> None:
    papers = [paper(k, f"{n}: A Language Model") for k, n in (("a", "DragonLM"), ("b", "WyrmLM"), ("c", "DragonLM"))]
    one, other = (registry(of, categories(), lambda _: {}) for of in (papers, papers[::-1]))
    assert one == other


GOOD = """
[[models]]
paper = "a"
name = "Dragon-LM"
found = "DragonLM"
aliases = ["DLM"]
kind = "dataset"
parameters = "7B"

[[models]]
paper = "b"
name = "Wyrm"

[[wrong]]
paper = "c"
name = "NotThis"
because = "the name of the cave"
"""


def test_people_rename_add_and_take_away(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(GOOD)
    papers = (paper("a", "DragonLM: A Language Model"), paper("b", "A Study"), paper("c", "NotThis: A Language Model"))
    known = register(*papers, said=load(tmp_path, {p.key for p in papers}))
    assert sorted(known) == ["dragon-lm", "wyrm"]
    assert known["dragon-lm"].aliases == ("DLM",)
    assert known["dragon-lm"].kind == Value(text="dataset", source="person")
    assert known["dragon-lm"].parameters == Value(text="7B", source="person")
    assert known["wyrm"].name == Value(text="Wyrm", source="person")


def test_no_file_corrects_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, ()) == NONE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[models]]\npaper = "z"\nname = "X"\n', "bib/models.toml:2: no paper has the key 'z'; there are 'a', 'b', 'c'"),
        (
            '[[models]]\npaper = "a"\nname = "X"\n[[wrong]]\npaper = "a"\nname = "x"\nbecause = "y"\n',
            "bib/models.toml:6: 'x' of a stands in this",
        ),
        (
            '[[models]]\npaper = "a"\nname = "X"\nkind = "modell"\n',
            "bib/models.toml:4: 'modell' is not allowed here; did you mean 'model'?",
        ),
        ('[[models]]\npaper = "a"\nname = "X"\nsize = "7B"\n', "bib/models.toml:4: unknown key 'size'"),
        ('[[models]]\nname = "X"\n', "bib/models.toml:1: the key 'paper' is missing"),
        ('[[wrong]]\npaper = "a"\nname = "X"\n', "bib/models.toml:1: the key 'because' is missing"),
        ('[[models]]\npaper = "a"\nname = "X\\u202ey"\n', "bib/models.toml:3: name has invisible"),
        (f'[[models]]\npaper = "a"\nname = "{"X" * 99}"\n', "bib/models.toml:3: the name is too long"),
        ("[[models\n", "bib/models.toml:1: "),
    ],
)
def test_a_mistake_in_the_file_is_said_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(BadData) as raised:
        load(tmp_path, ["a", "b", "c"])
    assert str(raised.value).startswith(says)


@pytest.mark.data
def test_real_titles_and_abstracts_give_names_of_every_kind() -> None:
    if not TOPIC.exists():
        pytest.skip("the shared data is not here")
    with gzip.open(TOPIC, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    found = [n for r in records for n in named(normal(r["title"]), normal(r["abstract"] or ""))]
    assert {n.kind for n in found} == {"model", "dataset", "benchmark"}
    assert len(found) > len(records) / 6


def test_a_name_never_takes_an_anchor_of_the_page_itself() -> None:
    assert sorted(register(paper("a", "A Study", shorttitle="Limits"), paper("b", "B", shorttitle="龍"))) == ["limits-2", "long"]
