"""The ledger of what the model filed: written once, kept while it stands, gone with the category."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from livre import filed
from livre.classify import Filing
from livre.corpus import Corpus
from livre.errors import BadData
from livre.model import Identifier, Paper
from livre.taxonomy import load

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = """\
[[facets]]
id = "model"
title = "Model"
definition = "What is built."

[[categories]]
id = "llm"
facet = "model"
title = "Language models"
definition = "Models of text."
terms = ["language model"]

[[categories]]
id = "skin"
facet = "model"
title = "Skin models"
definition = "Models of skin."
terms = ["skin"]
"""
ID = Identifier("arxiv", "9901.00001")
PAPER = Paper(identifiers=(ID,), title="A fabricated work", key="example1999fabricated", shard="2099-01", categories=("llm", "skin"))
CORPUS = Corpus(papers={PAPER.key: PAPER})
MODEL = Filing(category="llm", score=0.93, words=("chatbot", "talks"), source="model")
RULE = Filing(category="skin", score=0.75, words=("Skin",), source="rule")


def test_only_what_the_model_filed_is_written_with_its_words_and_day() -> None:
    (row,) = filed.kept((), CORPUS, {ID: (MODEL, RULE)}, on="2025-03-01")
    assert row == filed.Filed(paper=ID, category="llm", on="2025-03-01", score=0.93, words="chatbot, talks")
    text = filed.dumps([row])
    assert text == "paper\tcategory\ton\tscore\twords\narxiv:9901.00001\tllm\t2025-03-01\t0.93\tchatbot, talks\n"
    assert filed.loads(text, path="x") == (row,)


def test_what_stands_keeps_its_row_however_the_model_sees_it_today() -> None:
    first = filed.kept((), CORPUS, {ID: (MODEL,)}, on="2025-03-01")
    assert filed.kept(first, CORPUS, {ID: (replace(MODEL, score=0.81),)}, on="2025-03-02") == first
    assert filed.kept(first, CORPUS, {}, on="2025-03-02") == first


def test_a_row_goes_with_its_category_and_when_a_rule_or_a_person_says_so_instead() -> None:
    first = filed.kept((), CORPUS, {ID: (MODEL,)}, on="2025-03-01")
    moved = Corpus(papers={PAPER.key: replace(PAPER, categories=("skin",))})
    assert filed.kept(first, moved, {}, on="2025-03-02") == ()
    assert filed.kept(first, CORPUS, {ID: (replace(MODEL, source="rule"),)}, on="2025-03-02") == ()
    assert filed.changes(first, (), CORPUS) == {"filings/2099-01.tsv": None}


def test_what_speaks_for_a_category_is_the_rule_or_else_the_models_row(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY)
    rows = filed.by_paper(filed.kept((), CORPUS, {ID: (MODEL,)}, on="2025-03-01"))
    found = filed.evidence(replace(PAPER, title="Fabricated skin"), load(tmp_path / "taxonomy.toml"), rows)
    assert [(f.category, f.source, f.words) for f in found] == [("llm", "model", ("chatbot", "talks")), ("skin", "rule", ("skin",))]


def test_files_are_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "filings").mkdir()
    (tmp_path / "filings" / "2099-01.tsv").write_text("paper\tcategory\ton\tscore\twords\narxiv:9901.00001\t\t2025-03-01\t7\t\n")
    with pytest.raises(BadData, match=r"bib/filings/2099-01\.tsv:2"):
        filed.load(tmp_path)
    (tmp_path / "filings" / "2099-01.tsv").rename(tmp_path / "filings" / "notes.txt")
    with pytest.raises(BadData, match=r"called 2025-03\.tsv"):
        filed.load(tmp_path)
