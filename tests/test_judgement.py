"""What the screener may say after the rules: on which side of which threshold, and never where rules have the last word."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ledgers import BEFORE, ledger, works
from livre import relevance, rounds
from livre.backtest import ALL, Line
from livre.corpus import Corpus, tree
from livre.filing import Filer
from livre.judgement import LEARNED, Review
from livre.model import Candidate, Decision, Identifier, Paper, Verdict
from livre.scope import load as load_scope

BIB = Path(__file__).parent / "data" / "review" / "bib"
TOPIC = "beasts"


@pytest.fixture(scope="module")
def screener() -> relevance.Screener:
    scope = load_scope(BIB / "scope.toml")
    taught = relevance.examples(ledger(800), scope, held=frozenset(), before=BEFORE)
    found = relevance.train(taught, topics=[t.id for t in scope.topics], precision=0.95, missed=0.02, scope=scope)
    assert isinstance(found, relevance.Screener)
    return found


@pytest.fixture(scope="module")
def strangers() -> tuple[Candidate, ...]:
    """Works that the rules include and the model has not seen, a good half of which does not belong."""
    return tuple(w.candidate for w in works(120, "strangers"))


def said(screener: relevance.Screener, of: tuple[Candidate, ...], include_at: float | None, exclude_below: float | None) -> list[Decision]:
    """What a review with these thresholds says of the works."""
    line = Line(topic=ALL, include_at=include_at, exclude_below=exclude_below)
    judged = Review(BIB, BEFORE, screener=replace(screener, lines={ALL: line})).all_fresh(of)
    assert all(judged)
    return [d for d in judged if d]


def sides(decisions: list[Decision]) -> list[str]:
    return [d.verdict.value for d in decisions]


def test_from_the_upper_threshold_on_works_are_included_below_the_lower_one_excluded_and_between_they_wait(
    screener: relevance.Screener, strangers: tuple[Candidate, ...]
) -> None:
    probabilities = [j.probability for j in screener.judge(strangers)]
    expected = ["include" if p >= 0.8 else "exclude" if p < 0.2 else "wait" for p in probabilities]
    assert {*expected} == {"include", "exclude", "wait"}
    decisions = said(screener, strangers, 0.8, 0.2)
    assert sides(decisions) == expected
    for decision, p in zip(decisions, probabilities, strict=True):
        assert f"model {p:.2f} (" in decision.why
        assert decision.criterion == (TOPIC if decision.verdict is Verdict.INCLUDE else LEARNED)
        assert decision.score == pytest.approx(min(0.99, 1 - p if decision.verdict is Verdict.EXCLUDE else p), abs=0.006)


def test_a_work_on_a_threshold_is_included_by_the_upper_and_not_excluded_by_the_lower(
    screener: relevance.Screener, strangers: tuple[Candidate, ...]
) -> None:
    at = screener.judge(strangers[:1])[0].probability
    assert sides(said(screener, strangers[:1], at, 0.0)) == ["include"]
    assert sides(said(screener, strangers[:1], 1.0, at)) == ["wait"]


def test_with_one_threshold_only_the_rules_decide_all_that_lies_on_its_other_side(
    screener: relevance.Screener, strangers: tuple[Candidate, ...]
) -> None:
    rules = [d for d in Review(BIB, BEFORE).all_fresh(strangers) if d]
    for only_upper, only_lower, by_rules in zip(
        said(screener, strangers, 0.8, None), said(screener, strangers, None, 0.2), rules, strict=True
    ):
        assert only_upper.verdict in {Verdict.INCLUDE, by_rules.verdict}
        assert only_lower.verdict in {Verdict.EXCLUDE, by_rules.verdict}
        assert "wait" not in {only_upper.verdict, only_lower.verdict} - {by_rules.verdict}
    assert [d.by for d in said(screener, strangers, None, None)] == ["rules"] * len(strangers)


def test_what_the_screener_decides_otherwise_is_signed_by_it_and_what_it_confirms_by_the_rules(
    screener: relevance.Screener, strangers: tuple[Candidate, ...]
) -> None:
    rules = [d for d in Review(BIB, BEFORE).all_fresh(strangers) if d]
    signed = [(d.by, d.verdict is r.verdict) for d, r in zip(said(screener, strangers, 0.8, 0.2), rules, strict=True)]
    assert {*signed} == {("rules", True), ("model", False)}


def test_the_thresholds_of_a_topic_come_before_those_of_all(screener: relevance.Screener, strangers: tuple[Candidate, ...]) -> None:
    never, always = (Line(topic=TOPIC, include_at=at, exclude_below=at) for at in (1.0, 0.0))
    own, all_ = (replace(screener, lines=lines) for lines in ({ALL: always, TOPIC: never}, {ALL: always, "another": never}))
    assert {*sides([d for d in Review(BIB, BEFORE, screener=own).all_fresh(strangers) if d])} == {"exclude"}
    assert {*sides([d for d in Review(BIB, BEFORE, screener=all_).all_fresh(strangers) if d])} == {"include"}


def test_a_facet_that_a_person_filed_stays_as_it_is() -> None:
    review = Review(BIB, BEFORE)
    work = Candidate(identifiers=(Identifier("arxiv", "9901.00001"),), title="A horned imaginary model of a dragon")
    paper = Paper(key="ada", shard="2099-01", identifiers=work.identifiers, title=work.title, categories=("winged",), curated=("model",))
    assert review.file(work, None) == ("horned", "dragons")
    assert review.file(work, paper) == ("winged", "dragons")
    assert review.file(work, replace(paper, curated=("keywords",))) == ("winged",)
    assert review.file(work, replace(paper, curated=())) == ("horned", "dragons")


def test_rules_alone_decide_without_an_abstract_and_where_an_exclusion_criterion_is_met(
    tmp_path: Path, screener: relevance.Screener, strangers: tuple[Candidate, ...]
) -> None:
    rule = '[[criteria]]\nid = "riders"\nkind = "exclude"\ntitle = "No riders"\ntext = "Riders are left out."\nall = [["rider*"]]\n'
    (tmp_path / "scope.toml").write_text(f"{(BIB / 'scope.toml').read_text()}\n{rule}")
    shutil.copy(BIB / "taxonomy.toml", tmp_path)
    work = strangers[0]
    met, bare = replace(work, title=f"Riders on {work.title}"), replace(work, abstract="")
    everything, nothing = Line(topic=ALL, include_at=0.0, exclude_below=0.0), Line(topic=ALL, include_at=1.0, exclude_below=1.0)
    said = [
        Review(tmp_path, BEFORE, screener=replace(screener, lines={ALL: x})).all_fresh([work, met, bare]) for x in (everything, nothing)
    ]
    told = [[(d.verdict.value, d.criterion, bool(re.search(r"model \d", d.why))) for d in of if d] for of in said]
    assert told[0] == [("include", TOPIC, True), ("exclude", "riders", False), ("include", TOPIC, False)]
    assert told[1] == [("exclude", LEARNED, True), ("exclude", "riders", False), ("include", TOPIC, False)]


def test_sentinels_on_disk_and_works_kept_apart_do_not_teach_a_night(tmp_path: Path) -> None:
    held = ledger(400)
    bib = tmp_path / "bib"
    some, others = _split(held)
    rows = "".join(f"{i.value},A dragon\n" for i in some)
    head = "# title: Dragons\n# description: fabricated\n# source: Ada Example\npaper,title\n"
    for path, data in {**tree(held), "sentinels/dragons.csv": f"{head}{rows}".encode()}.items():
        (bib / path).parent.mkdir(parents=True, exist_ok=True)
        (bib / path).write_bytes(data)
    for name in ("scope.toml", "taxonomy.toml"):
        shutil.copy(BIB / name, bib / name)

    def taught(apart: frozenset[Identifier]) -> int:
        learned = rounds.learn(bib, held, BEFORE, apart=apart)
        assert isinstance(learned.screening, relevance.Screener)
        assert isinstance(learned.filing, Filer)
        assert (learned.review.screener, learned.review.filer) == (learned.screening, learned.filing), "the night judges by what it learned"
        return learned.screening.included + learned.screening.excluded

    assert taught(frozenset()) == 360
    assert taught(frozenset(others)) == 320


def _split(held: Corpus) -> tuple[list[Identifier], list[Identifier]]:
    """Two times forty works of the ledger."""
    known = sorted(held.decisions)
    return known[:40], known[40:80]
