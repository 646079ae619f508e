"""Audits: drawn at random and the same for everybody, answered by any road, and never healthier than they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livre import audit
from livre.audit import Answers, AuditFigures, Round, draw, due, figures, questions
from livre.corpus import Corpus
from livre.errors import BadData
from livre.ledger import dumps_audits, loads_audits
from livre.model import Candidate, Decision, Identifier, Paper, Sampled, Verdict
from livre.quality import Proportion
from livre.scope import Audit, load
from strategies import LAWS, days, identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from livre.scope import Scope

OFTEN = settings(LAWS, max_examples=LAWS.max_examples // 5)

DAY = "2099-06-01"
IN, OUT = Verdict.INCLUDE, Verdict.EXCLUDE


@pytest.fixture(scope="module")
def scope(request: pytest.FixtureRequest) -> Scope:
    return load(request.path.parent / "data" / "review" / "bib" / "scope.toml")


def wanting(scope: Scope, sample: int, days: int = 7) -> Scope:
    return replace(scope, audit=Audit(sample=sample, days=days))


def arxiv(number: int) -> Identifier:
    return Identifier("arxiv", f"9901.{number:05d}")


def said(number: int, verdict: Verdict, *, on: str = "2099-05-01", by: str = "rules") -> Decision:
    return Decision(subject=arxiv(number), on=on, verdict=verdict, criterion="dragons", score=0.8, by=by, why="fabricated")


def review(decisions: Iterable[Decision], **facts: object) -> Corpus:
    """A corpus in which what was included first is a paper and everything else a candidate."""
    ledger: dict[Identifier, tuple[Decision, ...]] = {}
    for d in decisions:
        ledger[d.subject] = (*ledger.get(d.subject, ()), d)
    papers, candidates = {}, {}
    for subject, past in sorted(ledger.items()):
        if past[0].verdict is IN:
            key = f"example{subject.value.partition('.')[2]}"
            papers[key] = Paper(key=key, shard="2099-01", identifiers=(subject,), title="A dragon", **facts)  # type: ignore[arg-type]
        else:
            candidates[subject] = Candidate(identifiers=(subject,), title="No dragon")
    return Corpus(papers=papers, candidates=candidates, decisions=ledger)


def crowd(included: int, excluded: int) -> list[Decision]:
    return [said(n, IN if n < included else OUT) for n in range(included + excluded)]


def drawn(number: int, verdict: Verdict, *, on: str = DAY, of: int = 100) -> Sampled:
    return Sampled(audit=on, subject=arxiv(number), verdict=verdict, of=of)


@OFTEN
@given(
    st.lists(st.builds(Sampled, audit=days, subject=identifiers, verdict=st.sampled_from([IN, OUT]), of=st.integers(0, 9999)), max_size=4)
)
def test_samples_are_read_back_as_they_were_written(samples: list[Sampled]) -> None:
    text = dumps_audits(samples)
    assert loads_audits(text, path="a.tsv") == tuple(sorted(set(samples)))
    assert dumps_audits(loads_audits(text, path="a.tsv")) == text


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2099-06-01\tarxiv:9901.00001\twait\t10", "bib/audits/2099.tsv:2: verdict is 'wait': write include or exclude"),
        ("2099-06-01\tno id\tinclude\t10", "bib/audits/2099.tsv:2: paper is 'no id': 'no id' is neither an arXiv id nor a DOI"),
        ("2099-06-01\tarxiv:9901.00001\tinclude\t-1", "bib/audits/2099.tsv:2: of is '-1': write a number"),
        ("2099-06-01\tarxiv:9901.00001\tinclude", "bib/audits/2099.tsv:2: 3 columns instead of 4"),
    ],
)
def test_a_broken_sample_is_told_with_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "audits").mkdir()
    (tmp_path / "audits" / "2099.tsv").write_text(f"audit\tpaper\tverdict\tof\n{row}\n")
    with pytest.raises(BadData) as error:
        audit.load(tmp_path)
    assert str(error.value).startswith(message)


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audits").mkdir()
    (tmp_path / "audits" / "notes.txt").write_text("")
    with pytest.raises(BadData, match=r"bib/audits/notes\.txt: files here are called 2025\.tsv"):
        audit.load(tmp_path)


def test_samples_lie_in_one_file_a_year(tmp_path: Path) -> None:
    samples = (drawn(1, IN, on="2098-12-31"), drawn(2, OUT, on="2099-01-07"))
    files = audit.tree(reversed(samples))
    assert list(files) == ["audits/2098.tsv", "audits/2099.tsv"]
    assert files["audits/2098.tsv"] == b"audit\tpaper\tverdict\tof\n2098-12-31\tarxiv:9901.00001\tinclude\t100\n"
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert audit.load(tmp_path) == samples
    assert audit.load(tmp_path / "elsewhere") == ()


def test_an_audit_is_due_when_the_last_is_a_week_old_and_never_of_nothing(scope: Scope) -> None:
    last = [drawn(1, IN, on="2099-06-01")]
    assert due([], wanting(scope, 20), "2099-06-01")
    assert not due(last, wanting(scope, 20), "2099-06-07")
    assert due(last, wanting(scope, 20), "2099-06-08")
    assert not due(last, wanting(scope, 20), "2099-05-01")
    assert not due([], wanting(scope, 0), "2099-06-01")


def test_half_of_a_sample_was_included_and_half_excluded(scope: Scope) -> None:
    sample = draw(review(crowd(60, 40)), (), wanting(scope, 20), DAY)
    assert [(s.verdict, s.of, s.audit) for s in sample if s.verdict is IN] == [(IN, 60, DAY)] * 10
    assert [(s.verdict, s.of) for s in sample if s.verdict is OUT] == [(OUT, 40)] * 10
    assert len({s.subject for s in sample}) == 20


@pytest.mark.parametrize(
    ("included", "excluded", "expected"), [(50, 3, (17, 3)), (2, 50, (2, 18)), (4, 3, (4, 3)), (0, 0, (0, 0)), (9, 9, (9, 9))]
)
def test_where_one_side_has_too_few_the_other_gives_more(scope: Scope, included: int, excluded: int, expected: tuple[int, int]) -> None:
    sample = draw(review(crowd(included, excluded)), (), wanting(scope, 20), DAY)
    assert (sum(s.verdict is IN for s in sample), sum(s.verdict is OUT for s in sample)) == expected


def test_an_odd_one_is_an_included_one(scope: Scope) -> None:
    assert [s.verdict for s in draw(review(crowd(9, 9)), (), wanting(scope, 1), DAY)] == [IN]


def test_the_same_night_again_draws_nothing_more(scope: Scope) -> None:
    corpus = review(crowd(60, 40))
    sample = draw(corpus, (), wanting(scope, 20), DAY)
    assert draw(corpus, sample, wanting(scope, 20), DAY) == ()
    assert draw(corpus, (), wanting(scope, 20), DAY) == sample


def test_the_order_of_the_records_does_not_matter_but_the_day_does(scope: Scope) -> None:
    corpus = review(crowd(60, 40))
    turned = Corpus(
        papers=dict(reversed(corpus.papers.items())), candidates=dict(reversed(corpus.candidates.items())), decisions=corpus.decisions
    )
    assert draw(turned, (), wanting(scope, 20), DAY) == draw(corpus, (), wanting(scope, 20), DAY)
    assert {s.subject for s in draw(corpus, (), wanting(scope, 20), "2099-06-02")} != {
        s.subject for s in draw(corpus, (), wanting(scope, 20), DAY)
    }


def test_a_work_is_drawn_once_in_all_audits(scope: Scope) -> None:
    corpus, audits = review(crowd(30, 30)), ()
    for day in ("2099-06-01", "2099-06-08", "2099-06-15", "2099-06-22"):
        audits = (*audits, *draw(corpus, audits, wanting(scope, 20), day))
    assert len(audits) == 60
    assert len({s.subject for s in audits}) == 60


def test_only_what_a_machine_settled_within_a_year_and_nobody_has_judged_is_drawn(scope: Scope) -> None:
    decisions = [
        said(1, IN),
        said(2, OUT, by="model"),
        said(3, IN, by="import"),
        said(4, IN, by="Ada Example"),
        *[said(5, OUT), said(5, IN, by="Ada Example"), said(5, OUT)],
        said(6, IN, on="2098-05-31"),
        said(7, Verdict.WAIT),
        *[said(8, Verdict.WAIT), said(8, OUT, by="model")],
    ]
    sample = draw(review(decisions), (), wanting(scope, 20), DAY)
    assert [(s.subject, s.verdict) for s in sample] == [(arxiv(1), IN), (arxiv(2), OUT), (arxiv(8), OUT)]


def test_background_is_not_audited(scope: Scope) -> None:
    assert draw(review(crowd(3, 0), background=True), (), wanting(scope, 20), DAY) == ()


def test_a_review_without_decisions_has_nothing_to_draw_and_is_not_called_unaudited(scope: Scope) -> None:
    assert draw(Corpus(), (), wanting(scope, 20), DAY) == ()
    nobody = Answers(drawn=0, answered=0, right=0)
    empty = Round(audit="", included=nobody, excluded=nobody)
    assert figures((), Corpus(), DAY) == AuditFigures(rounds=(), year=empty, agreement=None, answered="", unaudited="")


def test_answers_are_what_people_said_since_and_the_last_one_holds() -> None:
    audits = [drawn(1, IN), drawn(2, IN), drawn(3, IN), drawn(4, OUT), drawn(5, OUT), drawn(6, OUT)]
    answers = [
        said(1, IN, on="2099-06-03", by="Ada Example"),
        *[said(2, IN, on="2099-06-03", by="Ada Example"), said(2, OUT, on="2099-06-04", by="Bo Example")],
        said(3, Verdict.WAIT, on="2099-06-03", by="Ada Example"),
        said(4, IN, on="2099-06-05", by="Ada Example"),
        said(5, OUT, on="2099-06-01", by="Ada Example"),
        said(6, IN, on="2099-06-05", by="model"),
    ]
    found = figures(audits, review([*(said(s, IN if s < 4 else OUT) for s in range(1, 7)), *answers]), "2099-06-06")
    (this,) = found.rounds
    assert this == Round(audit=DAY, included=Answers(drawn=3, answered=2, right=1), excluded=Answers(drawn=3, answered=2, right=1))
    assert (this.included.open, this.included.wrong, this.excluded.open, this.excluded.wrong) == (1, 1, 1, 1)
    assert (this.precision, this.false_exclusion) == (Proportion(k=1, n=2), Proportion(k=1, n=2))
    assert (found.answered, found.unaudited) == ("2099-06-05", "")
    assert found.agreement is not None
    assert found.agreement.value == pytest.approx(0.5)


def test_a_work_may_be_answered_under_another_of_its_names() -> None:
    doi = Identifier("doi", "10.9999/dragon")
    paper = Paper(key="example", shard="2099-01", identifiers=(arxiv(1), doi), title="A dragon")
    decisions = {arxiv(1): (said(1, IN),), doi: (replace(said(1, IN, on="2099-06-02", by="Ada Example"), subject=doi),)}
    found = figures([drawn(1, IN)], Corpus(papers={"example": paper}, decisions=decisions), DAY.replace("01", "09"))
    assert found.rounds[0].precision == Proportion(k=1, n=1)


def test_what_nobody_answers_is_unaudited_since_the_first_audit_or_the_last_answer() -> None:
    corpus = review([said(1, IN), said(2, IN), said(3, OUT)])
    first, second = [drawn(1, IN)], [drawn(1, IN), drawn(2, IN, on="2099-06-08")]
    silent = figures(second, corpus, "2099-06-09")
    assert (silent.answered, silent.unaudited, silent.agreement) == ("", "2099-06-01", None)
    assert silent.year.precision == Proportion(k=0, n=0)
    once = review([said(1, IN), said(2, IN), said(1, IN, on="2099-06-03", by="Ada Example")])
    assert figures(first, once, "2099-06-09").unaudited == ""
    assert figures(second, once, "2099-06-09").unaudited == "2099-06-03"
    assert questions(second, once) == (second[1],)


def test_the_year_leaves_out_what_is_older_and_every_audit_keeps_its_own_figures() -> None:
    audits = [drawn(1, IN, on="2098-05-25"), drawn(2, IN, on="2099-05-25"), drawn(3, OUT, on="2099-06-01")]
    answers = [said(n, IN, on="2099-06-02", by="Ada Example") for n in (1, 2, 3)]
    found = figures(audits, review([said(1, IN), said(2, IN), said(3, OUT), *answers]), "2099-06-02")
    assert [r.audit for r in found.rounds] == ["2098-05-25", "2099-05-25", "2099-06-01"]
    assert (found.year.audit, found.year.precision, found.year.false_exclusion) == (
        "2099-05-25",
        Proportion(k=1, n=1),
        Proportion(k=1, n=1),
    )


def test_what_came_later_is_not_known_on_the_day() -> None:
    corpus = review([said(1, IN), said(1, IN, on="2099-06-05", by="Ada Example")])
    assert figures([drawn(1, IN), drawn(2, IN, on="2099-06-08")], corpus, "2099-06-04").rounds[0].included == Answers(
        drawn=1, answered=0, right=0
    )


def test_a_work_that_two_branches_drew_counts_once() -> None:
    corpus = review([said(1, IN), said(1, IN, on="2099-06-05", by="Ada Example")])
    assert figures([drawn(1, IN), drawn(1, IN)], corpus, "2099-06-06").year.precision == Proportion(k=1, n=1)


def test_agreement_counts_every_side_by_its_size() -> None:
    audits = [*(drawn(n, IN, of=900) for n in range(10)), *(drawn(n, OUT, of=100) for n in range(10, 20))]
    decisions = crowd(10, 10)
    answers = [said(n, IN, on="2099-06-02", by="Ada Example") for n in range(15)]  # 5 of 10 excluded ones belong
    answers += [said(n, OUT, on="2099-06-02", by="Ada Example") for n in range(15, 20)]
    agreement = figures(audits, review([*decisions, *answers]), "2099-06-02").agreement
    assert agreement is not None
    assert agreement.value == pytest.approx(0.9 * 1 + 0.1 * 0.5)
