"""Learned filing: what stands, what is chosen, what is added, what stays empty; and how good it is on labels of others."""

from __future__ import annotations

import hashlib
import random
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgement import DATA, REVIEW, candidate, labelled, records, table
from livre import lessons, taxonomy
from livre.classify import classify
from livre.confusion import FilingFigures, evaluate_filing
from livre.corpus import Corpus
from livre.corpus import load as load_corpus
from livre.filing import MARGIN, Filer, Unfiled, settle, train
from livre.latex import normal
from livre.model import Candidate, Identifier, Paper
from strategies import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from livre.lessons import Example
    from livre.taxonomy import Taxonomy

TAXONOMY = """\
[[facets]]
id = "beast"
title = "Beasts"
definition = "Who, and nobody else."
share = 0.6

[[facets]]
id = "place"
title = "Places"
definition = "Where, or everywhere."
share = 0.3

[[categories]]
id = "dragons"
facet = "beast"
title = "Dragons"
definition = "Large ones."
terms = ["dragon*"]

[[categories]]
id = "wyrms"
facet = "beast"
title = "Wyrms"
definition = "Dragons without legs."
parent = "dragons"
terms = ["wyrm*"]

[[categories]]
id = "griffins"
facet = "beast"
title = "Griffins"
definition = "Half a bird."
terms = ["griffin*"]

[[categories]]
id = "hydras"
facet = "beast"
title = "Hydras"
definition = "Of which nobody wrote enough."
terms = ["hydra*"]

[[categories]]
id = "caves"
facet = "place"
title = "Caves"
definition = "Dark places."
terms = ["cave*"]

[[categories]]
id = "peaks"
facet = "place"
title = "Peaks"
definition = "High places."
terms = ["peak*"]
"""

BESIDE = {
    "dragons": ["scales", "embers", "hoards", "smoke"],
    "griffins": ["feathers", "talons", "beaks", "eyries"],
    "caves": ["stalactites", "darkness", "bats"],
    "peaks": ["snow", "summits", "glaciers"],
}
"""Words that stand beside those of the rules in the fabricated papers."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Taxonomy:
    path = tmp_path_factory.mktemp("taxonomy") / "taxonomy.toml"
    path.write_text(TAXONOMY)
    return taxonomy.load(path)


def paper(number: int, title: str, abstract: str = "", **given_: object) -> Paper:
    record = candidate(title, abstract, number=f"9901.{number:05d}")
    facts = {f.name: getattr(record, f.name) for f in fields(Candidate)}
    return Paper(
        **{**facts, "date": f"1999-{1 + number % 12:02d}", "key": f"example{number}", "shard": "1999-01", "added": "1999-12-01", **given_}
    )


def corpus(papers: Iterable[Paper]) -> Corpus:
    return Corpus(papers={p.key: p for p in papers})


def fabricated(n: int = 160) -> list[Paper]:
    """Papers on dragons or griffins, in caves or on peaks; half of the abstracts say in the rules' words what the title does not."""
    dice = random.Random(0)
    out = []
    for i in range(n):
        beast, place = dice.choice(["dragons", "griffins"]), dice.choice(["caves", "peaks"])
        title = f"{' and '.join(dice.sample(BESIDE[beast], 2))} among {dice.choice(BESIDE[place])}"
        named = f"{title} of {beast} in {place}"
        out.append(paper(i, title if i % 2 else named, f"{named}. We saw {beast}, {beast} and {beast} in {place}, {place}, {place}."))
    return out


@pytest.fixture(scope="module")
def taught(small: Taxonomy) -> tuple[Example, ...]:
    return lessons.examples(corpus(fabricated()), small, held=frozenset(), before="2000-01-01")


@pytest.fixture(scope="module")
def filer(small: Taxonomy, taught: tuple[Example, ...]) -> Filer:
    trained = train(taught, small)
    assert isinstance(trained, Filer)
    return trained


def said(filer: Filer, title: str, abstract: str = "", filed: Sequence[str] | None = None) -> list[tuple[str, str]]:
    return [(f.category, f.source) for f in filer.file(candidate(title, abstract), filed)]


# --- What stands, what is added, what is chosen -----------------------------------------------------


def test_a_title_without_the_words_of_any_rule_is_filed_by_those_that_stood_beside_them(filer: Filer):
    assert said(filer, "Feathers and talons among bats") == [("griffins", "model"), ("caves", "model")]


def test_a_filing_by_the_model_says_which_words_spoke_for_it_and_how_sure_it_is(filer: Filer):
    griffins, caves = filer.file(candidate("Feathers and talons among bats"))
    assert {"feathers", "talons"} & set(" ".join(griffins.words).split())
    assert not {"bats"} & set(" ".join(griffins.words).split())
    assert {"bats"} & set(" ".join(caves.words).split())
    line = filer.learned["griffins"].line
    assert line is not None
    assert min(line, 0.99) <= griffins.score <= 0.99


def test_what_nothing_speaks_for_stays_empty(filer: Filer):
    assert said(filer, "An unrelated essay about teapots") == []


def test_what_a_rule_finds_stands_against_the_model(filer: Filer):
    assert said(filer, "Griffins with scales, embers, hoards and smoke")[0] == ("griffins", "rule")


def test_of_alternatives_that_rules_find_the_likelier_stays(small: Taxonomy, filer: Filer):
    title = "Dragons and griffins: scales, embers, hoards, smoke"
    assert {f.category for f in classify(candidate(title), small)} == {"dragons", "griffins"}
    assert said(filer, title) == [("dragons", "rule")]


def test_a_category_that_was_never_learned_is_not_chosen_against(filer: Filer):
    assert "hydras" not in filer.learned
    assert said(filer, "Dragons and hydras: scales, embers, hoards, smoke") == [("dragons", "rule"), ("hydras", "rule")]


def test_what_a_rule_finds_in_a_facet_of_no_alternatives_stands_beside_the_others(filer: Filer):
    assert said(filer, "Caves and peaks: stalactites, darkness, bats") == [("caves", "rule"), ("peaks", "rule")]


def test_a_parent_goes_with_its_child(filer: Filer):
    assert said(filer, "Wyrms") == [("dragons", "rule"), ("wyrms", "rule")]


def test_without_anything_learned_it_is_the_rules(small: Taxonomy):
    titles = ["Dragons in caves", "Wyrms and griffins", "Feathers", ""]
    alone = Filer(taxonomy=small)
    assert [alone.file(candidate(t)) for t in titles] == [classify(candidate(t), small) for t in titles]


# --- People -----------------------------------------------------------------------------------------


@given(st.sampled_from(["Dragons in caves", "Feathers and talons", "Teapots"]), st.sets(st.sampled_from(["dragons", "wyrms", "griffins"])))
def test_the_facet_that_a_person_filed_is_theirs_whatever_the_text_says(filer: Filer, title: str, theirs: set[str]):
    order = [c for c in filer.taxonomy.categories if c in theirs]
    found = filer.file(paper(1, title, categories=tuple(order), curated=("beast",)))
    assert [(f.category, f.source) for f in found if f.category not in {"caves", "peaks"}] == [(c, "person") for c in order]
    assert all(f.source != "person" for f in found if f.category in {"caves", "peaks"})


def test_curated_keywords_hold_every_facet(filer: Filer):
    found = filer.file(paper(1, "Dragons in caves", categories=("hydras", "not-of-this-taxonomy"), curated=("keywords",)))
    assert [(f.category, f.source) for f in found] == [("hydras", "person")]


def test_what_people_filed_teaches_what_no_rule_knows(small: Taxonomy):
    many = [*fabricated(), *(paper(200 + i, f"Lernaean heads {i}", categories=("hydras",), curated=("beast",)) for i in range(60))]
    trained = train(lessons.examples(corpus(many), small, held=frozenset(), before="2000-01-01"), small)
    assert isinstance(trained, Filer)
    assert said(trained, "More Lernaean heads")[0] == ("hydras", "model")


# --- What teaches -----------------------------------------------------------------------------------


def test_sentinels_and_papers_that_came_on_the_day_or_later_do_not_teach(small: Taxonomy):
    known = corpus([paper(1, "Dragons"), paper(2, "Griffins"), replace(paper(3, "Dragons"), added="2000-01-01")])
    found = lessons.examples(known, small, held=frozenset({Identifier("arxiv", "9901.00002")}), before="2000-01-01")
    assert [str(e.subject) for e in found] == ["arxiv:9901.00001"]


def test_a_facet_teaches_what_rules_or_people_say_and_an_empty_one_nothing(small: Taxonomy):
    known = corpus(
        [
            paper(1, "Dragons", "In caves, caves, caves."),
            paper(2, "Teapots", categories=("griffins",)),
            paper(3, "Dragons in caves", categories=("griffins", "peaks"), curated=("beast",)),
            paper(4, "Dragons", curated=("beast",)),
        ]
    )
    found = {e.subject.value: e for e in lessons.examples(known, small, held=frozenset(), before="2000-01-01")}
    assert {k: dict(e.categories) for k, e in found.items()} == {
        "9901.00001": {"beast": {"dragons"}, "place": {"caves"}},
        "9901.00003": {"beast": {"griffins"}, "place": {"caves"}},
    }
    assert found["9901.00003"].persons == {"beast"}
    assert found["9901.00001"].alone == {"beast"}


def test_only_the_newest_teach_but_people_always_do(small: Taxonomy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lessons, "MOST", 1)
    known = corpus([paper(i, "Dragons") for i in range(3)] + [paper(0, "Griffins", categories=("griffins",), curated=("beast",), key="a")])
    found = lessons.examples(known, small, held=frozenset(), before="2000-01-01")
    assert [(e.date, bool(e.persons)) for e in found] == [("1999-01", True), ("1999-03", False)]


@pytest.mark.parametrize(
    ("papers", "reason"),
    [
        ([], "there are 0"),
        (fabricated(40), "there are 40"),
        ([paper(i, "Dragons") for i in range(80)], "no category has examples enough among 80 papers"),
        ([paper(i, "Dragons" if i % 2 else "Griffins", "") for i in range(0, 24, 2)] * 1, "there are 12"),
    ],
)
def test_too_little_to_learn_from_says_so(small: Taxonomy, papers: list[Paper], reason: str):
    trained = train(lessons.examples(corpus(papers), small, held=frozenset(), before="2000-01-01"), small)
    assert isinstance(trained, Unfiled)
    assert reason in trained.reason


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_examples_does_not_matter(small: Taxonomy, taught: tuple[Example, ...], filer: Filer, seed: int):
    shuffled = list(taught)
    random.Random(seed).shuffle(shuffled)
    again = train(shuffled, small)
    assert isinstance(again, Filer)
    assert {c: (o.line, o.examples) for c, o in again.learned.items()} == {c: (o.line, o.examples) for c, o in filer.learned.items()}
    assert again.figures == filer.figures
    titles = [candidate("Feathers, talons"), candidate("Dragons and griffins on snow"), candidate("Smoke and bats")]
    assert [again.file(t) for t in titles] == [filer.file(t) for t in titles]


def test_one_line_is_drawn_where_the_share_of_right_ones_is_as_wanted():
    probabilities = [0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.4]
    labels = [True, True, True, True, True, False, True]
    assert lessons.line(probabilities, labels, 1.0) is None  # four from 0.7 on are too few to tell
    assert lessons.line(probabilities, labels, 0.8) == 0.6
    assert lessons.line([*probabilities[:4], 0.7, 0.6], labels[:6], 1.0) == 0.7
    assert lessons.line(probabilities, [False] * 7, 0.5) is None
    assert lessons.line([0.4] * 9, [True] * 9, 0.5) is None
    assert lessons.line([], [], 0.5) is None


def test_what_was_learned_says_from_how_many_and_how_good_it_was_on_the_newest(filer: Filer):
    assert filer.examples == 160
    assert filer.learned["dragons"].examples + filer.learned["griffins"].examples == 160
    precision = filer.figures["beast"].micro.precision.value
    assert precision is not None
    assert precision >= filer.precision
    assert filer.figures["beast"].abstained.n == 80  # 40 papers, each with and without its abstract


# --- Night after night ------------------------------------------------------------------------------

leanings = st.dictionaries(st.sampled_from("abcdef"), st.floats(-3, 3))


@given(leanings, st.sets(st.sampled_from("abcdef")))
def test_settling_twice_changes_nothing_and_lies_between_the_old_and_the_new(lean: Mapping[str, float], filed: set[str]):
    once = settle(lean, filed)
    assert settle(lean, once) == once
    fresh = set(settle(lean, None))
    assert (fresh & filed) <= set(once) <= (fresh | filed)
    assert list(once) == [c for c in lean if c in once]


def test_what_is_filed_stays_until_it_is_clearly_under_the_line_and_the_rest_waits_until_it_is_clearly_over_it():
    near = {"a": -MARGIN / 2, "b": MARGIN / 2, "c": -2 * MARGIN, "d": 2 * MARGIN}
    assert settle(near, None) == ("b", "d")
    assert settle(near, ["a", "c"]) == ("a", "d")


def test_papers_filed_once_are_filed_the_same_after_learning_from_one_more(small: Taxonomy, taught: tuple[Example, ...], filer: Filer):
    papers = fabricated()
    before = [tuple(f.category for f in found) for found in filer.file_each([(p, None) for p in papers])]
    later = train(taught[1:], small)
    assert isinstance(later, Filer)
    after = [tuple(f.category for f in found) for found in later.file_each(zip(papers, before, strict=True))]
    assert after == before


# --- Laws -------------------------------------------------------------------------------------------

pieces = st.lists(st.one_of(texts, st.sampled_from(["dragons", "griffins", "caves", "feathers", "stalactites", "wyrms", "hydras"])))


@given(pieces.map(" ".join).map(normal), pieces.map(" ".join).map(normal), st.sets(st.sampled_from(["dragons", "caves", "nowhere"])))
def test_filings_are_unique_in_the_order_of_the_taxonomy_and_the_same_each_time(filer: Filer, title: str, abstract: str, filed: set[str]):
    found = filer.file(candidate(title, abstract), filed)
    order = list(filer.taxonomy.categories)
    assert [order.index(f.category) for f in found] == sorted({order.index(f.category) for f in found})
    assert all(0 < f.score <= 0.99 and f.source in {"rule", "model"} for f in found)
    assert filer.file(candidate(title, abstract), filed) == found


@given(st.lists(st.sampled_from(["Dragons", "Feathers", "Smoke and snow", "Dragons and griffins", "Teapots"]), max_size=6))
def test_many_at_once_are_filed_as_one_by_one(filer: Filer, titles: list[str]):
    assert list(filer.file_each([(candidate(t), None) for t in titles])) == [filer.file(candidate(t)) for t in titles]


def test_no_title_and_an_abstract_of_a_hundred_kilobytes_are_filed_like_any(filer: Filer):
    assert said(filer, "") == []
    assert said(filer, "", "griffins have feathers and talons " * 3_000)[0] == ("griffins", "rule")
    assert said(filer, "", "feathers, talons, beaks and eyries " * 3_000)[:1] in ([], [("griffins", "model")])


# --- How good it is: labels of others, which teach nothing -------------------------------------------

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside this checkout")
LISTS = {"LLM": "llm", "vision": "vision", "bio": "sequence", "chem": "molecule", "LMM": "lmm"}


def _half(row: Mapping[str, str]) -> str:
    """Rules and settings were tuned on half A of the labels; of half B only the figures were looked at."""
    name = row["arxiv_id"] or row.get("doi") or row["title"].casefold()
    return "AB"[hashlib.sha256(name.encode()).digest()[0] & 1]


def _as_written(row: Mapping[str, str]) -> list[frozenset[str]]:
    """The labels of a row as categories of ours; `multimodal`, which we do not have, is either of two."""
    written = (row.get("categories") or row["category"]).split("|")
    out = {frozenset({LISTS[c]}) for c in written if c in LISTS}
    if "VLM" in written:
        out.add(frozenset({"vlm"}))
    elif "multimodal" in written:
        out.add(frozenset({"vlm", "lmm"}))
    return sorted(out, key=sorted)


def _translated(row: Mapping[str, str]) -> list[frozenset[str]]:
    """The labels of a public list in our terms: each has a set of categories of which one is right.

    The lists tell fewer kinds apart than we do. None has LMM beside VLM: their VLM and multimodal are both. By our definitions models
    of molecules or cells "together with text" are under molecule or sequence, models of coded records under signal, where lists say
    LLM or multimodal; the row's domain tells. One list has only `vision` for everything with images. Where lists contradict each
    other (`category_conflict`), any one of them is right.
    """
    if "categories" not in row:
        return _as_written(row)
    domain, written = row["domains"], row["categories"].split("|")
    ours = {"molecule"} if "chem" in domain or "drug" in domain else {"sequence"} if "computational biology" in domain else set()
    out: set[frozenset[str]] = set()
    for label in written:
        if label in {"VLM", "multimodal"}:
            out.add(frozenset({"vlm", "lmm"} | ours))
        elif label == "LLM":
            out.add(frozenset({"llm"} | ours | ({"signal"} if "clinical informatics" in domain else set())))
        elif label == "vision" and row["sources"] == "PLM2233/Awesome-Medical-Foundation-Models":
            out.add(frozenset({"vision", "vlm"}))
        elif label in LISTS:
            out.add(frozenset({LISTS[label]}))
    if row["category_conflict"] != "0" and out:
        out = {frozenset[str]().union(*out)}
    return sorted(out, key=sorted)


def _compared(rows: Sequence[list[frozenset[str]]], filed: Sequence[frozenset[str]], categories: Iterable[str]) -> FilingFigures:
    """Of each set of which one is right, the one that was filed is taken for the truth, else the first."""
    truth = [frozenset(min(either & got or either) for either in row) for row, got in zip(rows, filed, strict=True)]
    return evaluate_filing(truth, filed, categories)


def _told(name: str, figures: FilingFigures) -> float:
    f1, precision, recall = figures.micro.f1, figures.micro.precision, figures.micro.recall
    assert f1
    print(
        f"{name}: F1 {f1.value:.3f} [{f1.low:.2f}, {f1.high:.2f}], precision {precision.value:.3f}, recall {recall.value:.3f},"
        f" abstained {figures.abstained.k} of {figures.abstained.n}"
    )
    return f1.value


@pytest.fixture(scope="module")
def reference() -> Filer:
    """What the reference review would learn: its papers, with abstracts where there are any, none of those that are labelled."""
    known, letters = records("topic"), str.isalnum
    rows = [row for name in ("relevance", "dermatology", "papers") for row in table(f"labels/{name}.csv")]
    ids = {i for row in rows for i in (row["arxiv_id"], *row.get("all_arxiv_ids", "").replace("|", " ").split()) if i}
    held = frozenset({*(Identifier.parse(i) for i in ids), *(Identifier("doi", r["doi"].lower()) for r in rows if r.get("doi"))})
    titles = {"".join(filter(letters, row["title"].casefold())) for row in rows}
    papers = [p for p in load_corpus(REVIEW).papers.values() if "".join(filter(letters, p.title.casefold())) not in titles]
    whole = [replace(p, abstract=known[p.identifier("arxiv")].abstract) if p.identifier("arxiv") in known else p for p in papers]
    shelves = taxonomy.load(REVIEW / "taxonomy.toml")
    trained = train(lessons.examples(corpus(whole), shelves, held=held, before="9999"), shelves)
    assert isinstance(trained, Filer)
    return trained


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(("name", "least"), [("relevance", 0.92), ("dermatology", 0.70)])
def test_labelled_papers_are_filed_under_their_model(reference: Filer, name: str, least: float):
    models = [c.id for c in reference.taxonomy.of("model")]
    rows = [(row, work) for row, work in labelled(name) if row["in_scope"] != "no" and _as_written(row)]
    filed = [frozenset(f.category for f in found) & set(models) for found in reference.file_each((w, None) for _, w in rows)]
    for half in "AB":
        at = [i for i, (row, _) in enumerate(rows) if _half(row) == half]
        _told(f"{name}, half {half}", _compared([_as_written(rows[i][0]) for i in at], [filed[i] for i in at], models))
    figures = _compared([_as_written(row) for row, _ in rows], filed, models)
    for category, counts in figures.filed.items():
        print(f"  {category}: precision {counts.precision}, recall {counts.recall}, F1 {counts.f1}")
    assert _told(name, figures) >= least


@needs_data
@pytest.mark.data
def test_papers_of_public_lists_are_filed_as_one_of_the_lists_does(reference: Filer):
    models = [c.id for c in reference.taxonomy.of("model")]
    rows = [row for row in table("labels/papers.csv") if _translated(row)]
    filed = [
        frozenset(f.category for f in found) & set(models) for found in reference.file_each((candidate(r["title"]), None) for r in rows)
    ]
    least = {("translated", True): 0.86, ("translated", False): 0.86, ("as written", True): 0.70, ("as written", False): 0.70}
    for meaning, labels in (("translated", _translated), ("as written", _as_written)):
        for contradicting in (True, False):
            for half in ("A", "B", "AB"):
                at = [i for i, r in enumerate(rows) if _half(r) in half and (contradicting or r["category_conflict"] == "0")]
                name = f"papers.csv, {meaning}, {'with' if contradicting else 'without'} contradictions, half {half}"
                f1 = _told(name, _compared([labels(rows[i]) for i in at], [filed[i] for i in at], models))
            assert f1 >= least[meaning, contradicting]
    for category, counts in _compared([_translated(r) for r in rows], filed, models).filed.items():
        print(f"  {category}: precision {counts.precision}, recall {counts.recall}, F1 {counts.f1}")
