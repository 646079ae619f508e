"""A rule that is edited proposes before it rewrites, and never touches what people decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from livre import proposal
from livre.corpus import Corpus
from livre.errors import BadData
from livre.judgement import Review
from livre.model import Candidate, Identifier, Night, Verdict

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."
curators = [{ name = "Ada Example" }]

[harvest]
sets = ["cs"]
since = "2025-03-01"

[[topics]]
id = "skin"
title = "Skin"
all = [["skin", "fur"]]

[[criteria]]
id = "robots"
kind = "exclude"
title = "No robots"
text = "Papers on robots are left out."
all = [["robot*"]]

[[criteria]]
id = "subject"
kind = "require"
title = "An outside"
text = "The work is about the outside of an animal."
all = [["skin", "fur"]]
"""
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
terms = ["language"]

[[categories]]
id = "vision"
facet = "model"
title = "Vision models"
definition = "Models of images."
terms = ["images"]
"""


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    (tmp_path / "scope.toml").write_text(SCOPE)
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY)
    return tmp_path


def work(number: int, title: str) -> Candidate:
    return Candidate(
        identifiers=(Identifier("arxiv", f"9901.{number:05}"),), title=title, abstract="A fabricated abstract.", date="2025-03-01"
    )


WORKS = (work(1, "Skin and language"), work(2, "Robots with skin"), work(3, "Images of fur"))


def night(bib: Path) -> Corpus:
    return Review(bib, "2025-03-02").merge(Corpus(), WORKS)[0]


def told(bib: Path, corpus: Corpus) -> list[tuple[str, str, str, str]]:
    return [(p.kind, str(p.paper)[-1], p.before, p.after) for p in proposal.differences(corpus, Review(bib, "2025-03-09"))[0]]


def test_the_same_rules_propose_nothing(bib: Path) -> None:
    assert told(bib, night(bib)) == []


def test_an_edited_rule_proposes_what_it_would_drop_add_and_move(bib: Path) -> None:
    before = night(bib)
    (bib / "scope.toml").write_text(SCOPE.replace("robot*", "fur"))
    (bib / "taxonomy.toml").write_text(TAXONOMY.replace('["language"]', '["languages"]'))
    assert told(bib, before) == [
        ("add", "2", "exclude (robots)", "include (skin)"),
        ("drop", "3", "include (skin)", "exclude (robots)"),
        ("move", "1", "llm", ""),
    ]


def test_a_topic_that_no_longer_matches_drops_a_paper_and_says_so(bib: Path) -> None:
    before = night(bib)
    (bib / "scope.toml").write_text(SCOPE.replace('["skin", "fur"]', '["skin"]', 1))
    assert told(bib, before) == [("drop", "3", "include (skin)", "exclude (no-topic)")]


def test_what_is_applied_is_what_was_proposed_and_is_not_proposed_again(bib: Path) -> None:
    before = night(bib)
    (bib / "scope.toml").write_text(SCOPE.replace("robot*", "fur"))
    review = Review(bib, "2025-03-09")
    proposed, decisions, categories = proposal.differences(before, review)
    after, _ = proposal.apply(before, review, decisions, categories)
    held = {str(s)[-1]: rows[-1].verdict for s, rows in after.decisions.items()}
    assert held == {"1": Verdict.INCLUDE, "2": Verdict.INCLUDE, "3": Verdict.EXCLUDE}
    assert len(proposed) == 2
    assert set(after.papers) >= set(before.papers)
    assert all(after.decisions[s][: len(rows)] == rows for s, rows in before.decisions.items())
    assert told(bib, after) == []


def test_what_a_person_decided_or_filed_is_never_proposed_otherwise(bib: Path) -> None:
    before = night(bib)
    mine = {s: (*rows, replace(rows[-1], by="Ada Example", on="2025-03-03")) for s, rows in before.decisions.items()}
    papers = {k: replace(p, curated=("model",)) for k, p in before.papers.items()}
    (bib / "scope.toml").write_text(SCOPE.replace("robot*", "fur"))
    (bib / "taxonomy.toml").write_text(TAXONOMY.replace('["language"]', '["languages"]'))
    assert told(bib, replace(before, decisions=mine, papers=papers)) == []


def test_everything_is_judged_again_after_a_week_or_when_a_rule_changed(bib: Path) -> None:
    rules = proposal.digest(bib)
    last = (Night(night="2025-03-02", source="judgement", outcome=f"complete; rules {rules}; nothing to change"),)
    assert proposal.due((), rules, "2025-03-02")
    assert not proposal.due(last, rules, "2025-03-08")
    assert proposal.due(last, rules, "2025-03-09")
    (bib / "taxonomy.toml").write_text(TAXONOMY + "# a note\n")
    assert proposal.due(last, proposal.digest(bib), "2025-03-03")


def test_a_proposal_is_read_as_it_was_written(bib: Path) -> None:
    before = night(bib)
    (bib / "scope.toml").write_text(SCOPE.replace("robot*", "fur"))
    proposed = proposal.differences(before, Review(bib, "2025-03-09"))[0]
    data = proposal.dumps(proposed)
    assert data is not None
    (bib / proposal.PATH).write_bytes(data)
    assert proposal.load(bib) == proposed
    assert proposal.dumps(()) is None
    assert proposal.counted(proposed) == "drop 1, add 1, move 0"


@pytest.mark.parametrize(
    ("text", "line"), [("kind\tpaper\n", 1), ("kind\tpaper\tbefore\tafter\tbecause\nlose\tarxiv:9901.00001\t\t\t\n", 2)]
)
def test_a_broken_proposal_names_its_line(bib: Path, text: str, line: int) -> None:
    (bib / proposal.PATH).write_text(text)
    with pytest.raises(BadData, match=rf"proposal\.tsv:{line}"):
        proposal.load(bib)
