"""Far too few arrivals are told from few, and a source that is stuck from one that is quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from scipy import stats

from livre import arrivals, breaker
from livre.corpus import Corpus
from livre.model import Candidate, Identifier, Night, Version

NOW = datetime(2026, 11, 19, 6, 17, tzinfo=UTC)


def corpus(a_day: int, first: str = "2026-07-01", last: str = "2026-11-18") -> Corpus:
    """So many works of every day between two days."""
    found: dict[Identifier, Candidate] = {}
    day, number = date.fromisoformat(first), 0
    while day <= date.fromisoformat(last):
        for _ in range(a_day):
            number += 1
            name = Identifier("arxiv", f"9901.{number:05}")
            found[name] = Candidate(identifiers=(name,), title="Fabricated", versions=(Version(number=1, on=day.isoformat()),))
        day += timedelta(days=1)
    return Corpus(candidates=found)


@pytest.mark.parametrize("mean", [0.1, 1.0, 6.9, 41.0, 300.0])
def test_the_tail_is_that_of_poisson(mean: float) -> None:
    for number in (0, 1, 5, 40, 320):
        assert arrivals.tail(number, mean) == pytest.approx(stats.poisson.cdf(number, mean), abs=1e-12)


def test_what_is_expected_is_what_used_to_come_for_each_announcement() -> None:
    assert arrivals.expected(corpus(6), "2026-11-11", NOW) == pytest.approx(6 * 90 / 62 * 6, rel=0.1)


def test_nothing_is_usual_for_a_review_that_is_young_or_empty() -> None:
    assert arrivals.expected(Corpus(), "2026-11-11", NOW) == 0
    assert arrivals.expected(corpus(6, first="2026-10-01"), "2026-11-11", NOW) == 0


def test_zero_of_many_is_suspicious_and_zero_of_few_is_not() -> None:
    assert arrivals.suspicion(corpus(5), "2026-11-11", NOW, 0, {}) == "0 works of about 44 expected"
    assert not arrivals.suspicion(corpus(1), "2026-11-11", NOW, 0, {})
    assert not arrivals.suspicion(corpus(5), "2026-11-11", NOW, 20, {})
    assert arrivals.suspicion(corpus(5), "2026-11-11", NOW, 5, {})


def test_a_list_that_ends_before_an_announcement_that_was_due_is_stuck() -> None:
    stamps = {f"2026-11-{day}": 400 for day in ("11", "12", "13", "16", "17", "18")}
    assert not arrivals.suspicion(Corpus(), "2026-11-11", NOW, 9, stamps)
    stuck = {day: many for day, many in stamps.items() if day < "2026-11-17"}
    assert arrivals.suspicion(Corpus(), "2026-11-11", NOW, 9, stuck) == "nothing since the announcement of 2026-11-17, of about 800 records"
    assert not arrivals.suspicion(Corpus(), "2026-11-11", datetime(2026, 11, 18, 2, tzinfo=UTC), 9, stuck), "not due yet"
    few = dict.fromkeys(stuck, 2)
    assert not arrivals.suspicion(Corpus(), "2026-11-11", NOW, 9, few), "a small archive may have nothing"


def test_a_quiet_christmas_is_no_failure() -> None:
    stamps = {"2026-12-22": 300, "2026-12-23": 280, "2026-12-24": 90}
    assert not arrivals.suspicion(Corpus(), "2026-12-20", datetime(2026, 12, 27, 6, tzinfo=UTC), 9, stamps)


def rows(*outcomes: str, source: str = "oai", matched: int = 0) -> tuple[Night, ...]:
    return tuple(Night(night=f"2026-11-{n:02}", source=source, outcome=o, matched=matched) for n, o in enumerate(outcomes, 1))


BAD, GOOD = "incomplete: no answer", "complete"


@pytest.mark.parametrize(
    ("nights", "sources"),
    [
        (rows(BAD, BAD), set()),
        (rows(BAD, BAD, BAD), {"oai"}),
        (rows(GOOD, BAD, BAD, BAD), {"oai"}),
        (rows(BAD, BAD, BAD, GOOD), set()),
        (rows(BAD, GOOD, BAD, BAD), set()),
        (rows(BAD, BAD, BAD, source="link:openalex"), {"link:openalex"}),
        (rows(BAD, BAD, BAD, source="link:openalex", matched=4), set()),
        (rows(BAD, BAD, BAD, source="abstracts"), set()),
        ((*rows(BAD, BAD, BAD), *rows(GOOD, source="api")), {"oai"}),
    ],
)
def test_a_source_is_away_after_three_nights_without_any_answer(nights: tuple[Night, ...], sources: set[str]) -> None:
    assert breaker.away(nights) == sources


def test_a_night_run_again_finds_the_same_sources_away() -> None:
    assert not breaker.away(rows(BAD, BAD, BAD), on="2026-11-03")
