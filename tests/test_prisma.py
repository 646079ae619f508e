"""The flow of records: every sum balances whatever the ledger holds, and the diagram says what the sums say."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.analyse.flow import Flow, Group, Journal, Period, flow, group
from livre.corpus import Corpus
from livre.model import Candidate, Decision, Identifier, Night, Verdict
from strategies import corpora, paper

DAYS = ("2098-12-30", "2099-01-01", "2099-01-02", "2099-06-01", "2100-02-03")


def decision(number: int, on: str, verdict: Verdict, by: str = "rules", criterion: str = "beasts") -> Decision:
    return Decision(
        subject=Identifier("arxiv", f"9901.{number:05}"), on=on, verdict=verdict, criterion=criterion, score=0.5, by=by, why="a reason"
    )


@st.composite
def ledgers(draw: st.DrawFn) -> Corpus:
    """Few works, few days, many decisions on each: what changes its mind."""
    rows = draw(
        st.lists(
            st.builds(
                decision,
                st.integers(1, 5),
                st.sampled_from(DAYS),
                st.sampled_from(Verdict),
                st.sampled_from(["rules", "model", "import", "ada"]),
                st.sampled_from(["beasts", "model", ""]),
            ),
            max_size=25,
        )
    )
    by: dict[Identifier, list[Decision]] = {}
    for row in rows:
        by.setdefault(row.subject, []).append(row)
    counts = st.integers(0, 9)
    nights = st.builds(
        Night,
        night=st.sampled_from(DAYS),
        source=st.sampled_from(["oai", "api", "import", "abstracts"]),
        **dict.fromkeys(("seen", "matched", "new"), counts),
    )
    members = draw(st.sets(st.integers(1, 7)))
    return Corpus(
        papers={f"example2099n{n}": paper(n, added=draw(st.sampled_from(["", *DAYS]))) for n in sorted(members)},
        decisions={s: tuple(sorted(of, key=lambda d: d.on)) for s, of in sorted(by.items())},
        nights=tuple(sorted(draw(st.lists(nights, max_size=6)))),
    )


def periods(journal: Journal) -> list[Period]:
    return [Period(), *(Period(id=i) for i in sorted({*journal.days, *(d[:4] for d in journal.days)}))]


def unbalanced(of: Flow) -> list[str]:
    """The laws that a diagram breaks."""
    ends = (of.included, of.excluded, of.waiting)
    laws = {
        "each source's records add up": all(f.seen == f.unmatched + f.known + f.new for f in of.found),
        "what is screened was identified": of.seen - of.unmatched - of.known + of.elsewhere == of.judged + of.unjudged,
        "what was judged has one end": of.judged + of.again == sum(sum(rows.values()) for rows in ends),
        "the review grows by what is added": of.after == of.before + of.added - of.out,
        "one remainder at most": not (of.elsewhere and of.unjudged),
        "nothing is negative": min(of.elsewhere, of.unjudged, of.judged, of.again, of.kept, of.out, of.before, of.added) >= 0,
        "no empty row": all(n > 0 for rows in ends for n in rows.values()),
    }
    return [law for law, holds in laws.items() if not holds]


@given(st.one_of(corpora(), ledgers()))
def test_the_boxes_of_every_period_balance(corpus: Corpus) -> None:
    journal = Journal(corpus)
    for period in periods(journal):
        assert unbalanced(flow(journal, period)) == []


@given(st.one_of(corpora(), ledgers()))
def test_every_period_begins_where_the_one_before_it_ended(corpus: Corpus) -> None:
    journal = Journal(corpus)
    for ids in (sorted(journal.days), sorted({d[:4] for d in journal.days})):
        flows = [flow(journal, Period(id=i)) for i in ids]
        assert all(b.before == a.after for a, b in itertools.pairwise(flows))
        assert not flows or flows[-1].after == flow(journal, Period()).after


@given(ledgers())
def test_what_the_nights_of_a_year_gave_adds_up_to_the_year(corpus: Corpus) -> None:
    journal = Journal(corpus)
    days = [flow(journal, Period(id=i)) for i in journal.days]
    for year in {d[:4] for d in journal.days}:
        whole, parts = flow(journal, Period(id=year)), [f for f in days if f.period.id[:4] == year]
        assert [getattr(whole, n) for n in ("seen", "unmatched", "known")] == [
            sum(getattr(f, n) for f in parts) for n in ("seen", "unmatched", "known")
        ]
        assert whole.judged == sum(f.judged for f in parts)


@given(ledgers())
def test_a_list_of_decisions_holds_as_many_as_stand_as_its_box_says(corpus: Corpus) -> None:
    journal = Journal(corpus)
    of = flow(journal, Period())
    stand = Counter(group(e.decision) for e in journal.events if e.later is None)
    assert stand == Counter({**of.included, **of.excluded, **of.waiting})


def test_a_night_is_told_in_the_words_of_prisma() -> None:
    ledger = (
        decision(1, "2099-01-01", Verdict.INCLUDE),
        decision(2, "2099-01-01", Verdict.WAIT),
        decision(3, "2099-01-01", Verdict.INCLUDE),
        decision(2, "2099-01-02", Verdict.INCLUDE, "ada"),
        decision(3, "2099-01-02", Verdict.EXCLUDE, "ada", "model"),
        decision(4, "2099-01-02", Verdict.EXCLUDE, "model", "model"),
        decision(5, "2099-01-02", Verdict.WAIT),
    )
    corpus = Corpus(
        decisions={s: tuple(d for d in ledger if d.subject == s) for s in sorted({d.subject for d in ledger})},
        nights=(
            Night(night="2099-01-01", source="oai", seen=9, matched=4, new=3),
            Night(night="2099-01-02", source="oai", seen=8, matched=3, new=2),
        ),
    )
    second = flow(Journal(corpus), Period(id="2099-01-02"))
    assert (second.seen, second.unmatched, second.known, second.judged, second.again) == (8, 5, 1, 2, 2)
    assert second.included == {Group(Verdict.INCLUDE, "people", "beasts"): 1}
    assert second.excluded == {Group(Verdict.EXCLUDE, "model", "model"): 1, Group(Verdict.EXCLUDE, "people", "model"): 1}
    assert second.waiting == {Group(Verdict.WAIT, "rules", "beasts"): 1}
    assert (second.before, second.added, second.out, second.after) == (2, 1, 1, 2)


def test_two_identifiers_of_one_work_are_one_record() -> None:
    both = (Identifier("arxiv", "9901.00001"), Identifier("doi", "10.9999/example.1"))
    one = Candidate(identifiers=both, title="A fabricated title")
    first = Decision(subject=both[1], on=DAYS[0], verdict=Verdict.WAIT, criterion="model", score=0.5, by="rules", why="no abstract")
    corpus = Corpus(candidates={both[0]: one}, decisions={both[1]: (first,), both[0]: (decision(1, DAYS[1], Verdict.EXCLUDE),)})
    journal = Journal(corpus)
    assert [len(w.standing) for w in journal.works] == [2]
    assert flow(journal, Period()).judged == 1
    assert flow(journal, Period(id=DAYS[1])).again == 1


@pytest.mark.parametrize(
    ("by", "hand"), [("rules", "rules"), ("model", "model"), ("import", "import"), ("Ada <b>", "people"), ("", "nobody")]
)
def test_a_decision_is_told_by_the_hand_that_made_it(by: str, hand: str) -> None:
    assert group(decision(1, DAYS[0], Verdict.EXCLUDE, by)).slug == f"exclude-{hand}-beasts"


def test_a_criterion_that_is_no_word_still_has_a_list() -> None:
    assert group(decision(1, DAYS[0], Verdict.WAIT, criterion="../<b>")).slug == "wait-rules-b"
    assert group(decision(1, DAYS[0], Verdict.WAIT, criterion="///")).slug == "wait-rules-none"
