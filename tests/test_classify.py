"""Filing: which words file, which take back, and how well the reference taxonomy does on labelled papers."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgement import DATA, REVIEW, candidate, labelled, records, table
from livre import taxonomy
from livre.classify import classify
from livre.latex import normal
from strategies import texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livre.taxonomy import Taxonomy

TAXONOMY = """\
[[facets]]
id = "beast"
title = "Beasts"
definition = "Who."
share = 0.5

[[facets]]
id = "place"
title = "Places"
definition = "Where."

[[categories]]
id = "caves"
facet = "place"
title = "Caves"
definition = "Dark places."
terms = ["cave*", "!cave bear*"]

[[categories]]
id = "anywhere"
facet = "place"
title = "Anywhere"
definition = "No place in particular."
rest = true
terms = ["place*", "cave bear*"]

[[categories]]
id = "dragons"
facet = "beast"
title = "Dragons"
definition = "Large ones."
strong = ["we tamed a dragon"]
terms = ["dragon*"]
weak = ["fire"]

[[categories]]
id = "snapdragons"
facet = "beast"
title = "Snapdragons"
definition = "Flowers."
terms = ["snap dragon*"]

[[categories]]
id = "wyrms"
facet = "beast"
title = "Wyrms"
definition = "Dragons without legs."
parent = "dragons"
all = [["legless", "crawling"], ["beast*"]]
none = ["lizard*"]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Taxonomy:
    path = tmp_path_factory.mktemp("taxonomy") / "taxonomy.toml"
    path.write_text(TAXONOMY)
    return taxonomy.load(path)


def filed(small: Taxonomy, title: str, abstract: str = "") -> list[str]:
    return [f.category for f in classify(candidate(title, abstract), small)]


@pytest.mark.parametrize(
    ("title", "abstract", "categories"),
    [
        ("Dragons in a cave", "", ["dragons", "caves"]),
        ("Untitled", "A dragon and a dragon.", []),
        ("Untitled", "A dragon, a dragon and more dragons.", ["dragons"]),
        ("Untitled", "Here we tamed a dragon.", ["dragons"]),
        ("Fire, fire and fire", "", ["dragons"]),
        ("Fire, fire", "", []),
        ("Snap dragons", "", ["snapdragons"]),
        ("Snap dragons and dragons", "", ["dragons", "snapdragons"]),
        ("Dragons", "Snap dragon.", ["dragons"]),
        ("Dragons", "Snap dragon, snap dragon, snap dragon, snap dragon.", ["dragons", "snapdragons"]),
        ("Dragons " * 3, "Snap dragon, snap dragon, snap dragon, snap dragon.", ["dragons"]),
        ("Cave bears", "", ["anywhere"]),
        ("Cave bears in caves", "", ["caves"]),
        ("A place of caves", "", ["caves"]),
        ("A crawling beast", "", ["dragons", "wyrms"]),
        ("A crawling beast, a lizard", "", []),
        ("A beast", "crawling, legless beasts", []),
        ("Nothing", "", []),
    ],
)
def test_these_words_file_there(small: Taxonomy, title: str, abstract: str, categories: list[str]):
    assert filed(small, title, abstract) == categories


def test_a_filing_names_its_words_as_they_stand_the_titles_first(small: Taxonomy):
    (found,) = classify(candidate("On Dragon-taming", "We tamed a dragon with FIRE. Fire again, dragons!"), small)
    assert found.words == ("Dragon", "We tamed a dragon", "FIRE", "dragons")


def test_more_evidence_makes_a_surer_filing_and_a_title_alone_the_least(small: Taxonomy):
    scores = [classify(candidate("Dragons", "dragon. " * n), small)[0].score for n in range(12)]
    assert scores[0] == 0.75
    assert scores == sorted(scores)
    assert scores[-1] < 1


REFERENCE = taxonomy.load(REVIEW / "taxonomy.toml")
MODELS = {c.id for c in REFERENCE.of("model")}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A Vision-Language Model for Made-up Radiographs", {"vlm", "radiology"}),
        ("Large Language Models Read Clinical Notes of Nobody", {"llm", "clinical-informatics"}),
        ("A Multimodal Large Language Model for Skin Lesions", {"lmm", "dermatology"}),
        ("ExampleSAM: Segment Anything in Fabricated Ultrasound", {"vision", "radiology", "segmentation"}),
        ("A Protein Language Model for Sequences That Do Not Exist", {"sequence", "computational-biology"}),
        ("A Chemical Language Model for Imaginary Molecules", {"molecule", "drug-discovery"}),
        ("A Survey of Foundation Models in Dermatology", {"vision", "dermatology", "surveys"}),
        ("A Benchmark for Medical Question Answering with LLMs", {"llm", "general-medicine", "question-answering", "benchmarks"}),
        ("A Perspective on Fairness of Language Models for Mental Health", {"llm", "mental-health", "trust", "perspectives"}),
    ],
)
def test_the_reference_taxonomy_files_plain_cases(title: str, expected: set[str]):
    assert set(filed(REFERENCE, title)) == expected


pieces = st.lists(
    st.one_of(texts, st.sampled_from(["vision-language models", "LLMs", "skin", "we propose", "a benchmark", "report generation"]))
)


@given(pieces.map(" ".join).map(normal), pieces.map(" ".join).map(normal))
def test_filings_are_in_the_order_of_the_taxonomy_unique_and_sure_at_most(title: str, abstract: str):
    found = classify(candidate(title, abstract), REFERENCE)
    order = list(REFERENCE.categories)
    assert [order.index(f.category) for f in found] == sorted({order.index(f.category) for f in found})
    assert all(0 < f.score < 1 and f.words for f in found)
    assert classify(candidate(title, abstract), REFERENCE) == found


@pytest.mark.parametrize("piece", ["large language model ", "skin ", "radiology report generation, image text "])
def test_an_abstract_of_a_hundred_kilobytes_is_filed_like_any(piece: str):
    clock = time.process_time()
    assert classify(candidate("On nothing", piece * (100_000 // len(piece))), REFERENCE)
    print(f"{time.process_time() - clock:.2f} s")


# --- How good it is: hand labels and public lists; the floors are a little under what was measured --

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside this checkout")
LABELS = {"LLM": "llm", "VLM": "vlm", "LMM": "lmm", "vision": "vision", "bio": "sequence", "chem": "molecule", "multimodal": "multimodal"}


def _models(title: str, abstract: str = "") -> set[str]:
    return {f.category for f in classify(candidate(title, abstract), REFERENCE)} & MODELS


def _micro(name: str, pairs: Iterable[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    """Micro-averaged precision, recall and F1 of (labels, filed); `multimodal` is right as `vlm` or as `lmm`."""
    right = wrong = missed = abstained = total = 0
    for labels, got in pairs:
        total += 1
        abstained += not got
        either = got & {"vlm", "lmm"} if "multimodal" in labels else set()
        right += len(labels & (got - either)) + bool(either)
        wrong += len(got - labels - either)
        missed += len(labels - got - {"multimodal"} - either) + ("multimodal" in labels and not either)
    precision, recall = right / (right + wrong), right / (right + missed)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{name}: {total} papers, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}, abstained {abstained}")
    return precision, recall, f1


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(("name", "full", "alone"), [("relevance", 0.90, 0.82), ("dermatology", 0.68, 0.65)])
def test_labelled_papers_are_filed_under_their_model(name: str, full: float, alone: float):
    rows = [(LABELS[r["category"]], w) for r, w in labelled(name) if r["in_scope"] != "no" and r["category"] in LABELS]
    assert _micro(name, [({label}, _models(w.title, w.abstract)) for label, w in rows])[2] >= full
    assert _micro(f"{name}, titles alone", [({label}, _models(w.title)) for label, w in rows])[2] >= alone


@needs_data
@pytest.mark.data
def test_papers_of_public_lists_are_filed_where_the_lists_agree():
    rows = [({LABELS[c] for c in r["categories"].split("|") if c in LABELS}, r) for r in table("labels/papers.csv")]
    for conflict in ("0", "1"):
        pairs = [(labels, _models(r["title"])) for labels, r in rows if labels and r["category_conflict"] == conflict]
        f1 = _micro("lists that contradict each other" if conflict == "1" else "lists that agree", pairs)[2]
        assert f1 >= 0.68


@needs_data
@pytest.mark.data
def test_nearly_every_real_paper_finds_a_shelf():
    works = records("topic").values()
    clock = time.process_time()
    facets = [{REFERENCE.categories[f.category].facet for f in classify(w, REFERENCE)} for w in works]
    took = (time.process_time() - clock) / len(works) * 10_000
    share = {f: n / len(works) for f, n in Counter(f for one in facets for f in one).items()}
    print(f"{len(works)} papers: {share}; {took:.1f} s of one core for 10,000")
    assert share["model"] >= 0.88
    assert share["domain"] >= 0.95
