"""A night never looks healthier than it is: sources fail alone, silence is doubted, and nothing is lost in a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from arxiv_dialect import oai_page, record
from arxiv_server import Answer, ArxivServer, status
from livre import corpus
from nightly import Arxiv
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from livre.model import Night

FIRST = date(2025, 1, 1)


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    """A review of skin since January, without a paper."""
    folder = tmp_path / "bib"
    folder.mkdir()
    (folder / "scope.toml").write_text(SCOPE.replace("2025-03-01", "2025-01-01"))
    (folder / "taxonomy.toml").write_text(TAXONOMY)
    return folder


@pytest.fixture
def arxiv(tmp_path: Path) -> Iterator[Arxiv]:
    """arXiv with four papers on skin of every day from January to the end of June."""
    records = []
    for number in range(181 * 4):
        day = (FIRST + timedelta(days=number // 4)).isoformat()
        records.append(record(number + 1, versions=[f"{day}T10:00:00Z"], datestamp=day))
    with ArxivServer(records) as server:
        yield Arxiv(server, tmp_path / "doors")


def until(arxiv: Arxiv, bib: Path, day: str) -> str:
    """A night at a quarter past six of a day, there and here; how its line of OAI-PMH ends."""
    arxiv.server.now = f"{day}T06:17:00Z"
    arxiv.night(bib, f"{day}T06:17:00Z", force=True)
    return lines(bib, day)["oai"].outcome


def lines(bib: Path, day: str) -> dict[str, Night]:
    return {n.source: n for n in corpus.load(bib).nights if n.night == day}


def known(bib: Path) -> set[str]:
    held = corpus.load(bib)
    return {r.identifier("arxiv") for r in (*held.papers.values(), *held.candidates.values())}


def empty(answer: Answer, query: dict[str, str]) -> Answer:
    """OAI-PMH that works, and has nothing of what it is asked for but elsewhere."""
    if "verb" not in query or "set" not in query:
        return answer
    return Answer(body=oai_page("<error code='noRecordsMatch'>none</error>", "2025-06-03T06:17:00Z"), headers={"Content-Type": "text/xml"})


def test_a_list_with_far_too_little_is_suspicious_and_the_other_way_is_taken(arxiv: Arxiv, bib: Path) -> None:
    assert until(arxiv, bib, "2025-06-02") == "complete"
    arxiv.server.always = empty
    assert until(arxiv, bib, "2025-06-03") == "suspicious: 0 works of about 34 expected"
    assert lines(bib, "2025-06-03")["api"].complete
    assert lines(bib, "2025-06-03")["oai"].watermark == ""


def test_a_zero_that_nobody_contradicts_fails_the_night_and_is_made_good_by_the_next(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-06-02")
    everything, arxiv.server.records = arxiv.server.records, []
    arxiv.server.now = "2025-06-03T06:17:00Z"
    report = arxiv.night(bib, "2025-06-03T06:17:00Z")
    assert "suspicious" in str(report.failure)
    assert report.failure.exit_code == 75
    assert {n.source: n.complete for n in report.nights} == {"oai": False, "api": False}
    assert max(n.watermark for n in corpus.load(bib).nights) == "2025-06-02"
    arxiv.server.records = everything
    assert until(arxiv, bib, "2025-06-04") == "complete"
    assert len(known(bib)) == 4 * (date(2025, 6, 4) - FIRST).days + 4


def test_what_every_night_of_a_week_says_is_believed_and_told(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-06-02")
    arxiv.server.records = [r for r in arxiv.server.records if r["datestamp"] < "2025-05-20"]
    said = [until(arxiv, bib, f"2025-06-{day:02}") for day in range(10, 19)]
    assert [s.partition(":")[0] for s in said[:7]] == ["suspicious"] * 7
    assert said[7].startswith("complete; few, and believed after 7 nights: nothing since the announcement of 2025-05-20")


def test_a_paper_that_arxiv_skipped_is_found_by_the_list_of_identifiers_within_a_week(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-05-01")
    late = record(9000, versions=["2025-04-10T10:00:00Z"], datestamp="2025-04-11")
    arxiv.server.records.append(late)
    assert until(arxiv, bib, "2025-05-02") == "complete"
    assert late["id"] not in known(bib)
    until(arxiv, bib, "2025-05-08")
    assert late["id"] in known(bib)
    held = lines(bib, "2025-05-08")
    assert held["oai"].since == "2025-03-24"
    assert held["reconcile"].outcome == "complete; 185 listed, 0 of them were missing"
    assert "reconcile" not in {n.source for n in corpus.load(bib).nights if n.night == "2025-05-02"}


def test_a_record_that_paging_skips_is_fetched_by_itself(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-05-01")
    hidden = arxiv.server.records[490]["id"]

    def skip(answer: Answer, query: dict[str, str]) -> Answer:
        if query.get("verb") != "ListRecords":
            return answer
        head, _, rest = answer.body.decode().partition(f"<record><header><identifier>oai:arXiv.org:{hidden}<")
        return Answer(body=(head + rest.partition("</record>")[2]).encode(), headers=answer.headers) if rest else answer

    arxiv.server.always = skip
    until(arxiv, bib, "2025-05-08")
    assert hidden in known(bib)
    assert lines(bib, "2025-05-08")["reconcile"].outcome == "complete; 184 listed, 1 of them were missing"
    assert lines(bib, "2025-05-08")["reconcile"].new == 1


def test_who_has_been_away_for_three_nights_is_asked_once(arxiv: Arxiv, bib: Path) -> None:
    arxiv.server.always = status(503)
    counts = []
    for day in range(1, 6):
        before = len(arxiv.server.log)
        until(arxiv, bib, f"2025-06-{day:02}")
        counts.append(len(arxiv.server.log) - before)
    assert counts == [3, 3, 3, 1, 1], "a throttled way is not tried by another"
    assert len(arxiv.told) == 6
    assert "asking again in" in arxiv.told[0]
    arxiv.server.always = None
    assert until(arxiv, bib, "2025-06-06") == "complete"


def test_the_inbox_does_not_wait_for_arxiv(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-06-02")
    (bib / "inbox").mkdir()
    for name, number in (("known", 5), ("unknown", 8000)):
        text = f'paper = "arXiv:9901.{number:05}"\naction = "exclude"\nreason = "Fabricated."\n'
        (bib / "inbox" / f"{name}.toml").write_text(text)
    arxiv.server.always = status(500)
    report = arxiv.night(bib, "2025-06-03T06:17:00Z")
    assert report.failure
    assert report.applied == ("bib/inbox/known.toml",)
    assert [p.path for p in report.held] == ["bib/inbox/unknown.toml"]
    assert [f.name for f in (bib / "inbox").iterdir()] == ["unknown.toml"]


def test_ids_that_arxiv_does_not_know_are_an_answer_and_no_failure(arxiv: Arxiv, bib: Path) -> None:
    batches = list(arxiv.lookup([f"9902.{n:05}" for n in range(12)]))
    assert len(batches[-1].refused) == 12


def test_a_gap_of_four_hundred_days_loses_nothing_and_is_read_by_the_month(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-01-02")
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(402)]
    arxiv.server.records += [record(9000 + n, versions=[f"{day}T10:00:00Z"], datestamp=day) for n, day in enumerate(days)]
    arxiv.server.log.clear()
    assert until(arxiv, bib, "2026-02-06") == "complete"
    assert len(known(bib)) == len(arxiv.server.records)
    windows = [(a.query["from"], a.query.get("until", "")) for a in arxiv.server.log if a.query.get("set") == "cs" and "from" in a.query]
    assert windows[0] == ("2025-01-01", "2025-01-31")
    assert windows[-1][1] == ""
    assert len(windows) == 14
    assert lines(bib, "2026-02-06")["oai"].watermark == "2026-02-06"


def test_a_clock_far_ahead_asks_no_window_that_has_not_begun(arxiv: Arxiv, bib: Path) -> None:
    until(arxiv, bib, "2025-01-02")
    arxiv.server.now = "2025-06-30T06:17:00Z"
    arxiv.night(bib, "2026-06-30T06:17:00Z", force=True)
    assert len(known(bib)) == len(arxiv.server.records)
    assert max(n.watermark for n in corpus.load(bib).nights) == "2025-06-30"
