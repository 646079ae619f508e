"""Ledgers: what is written is read back, and a shifted column is never a wrong decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.errors import BadData
from livre.ledger import dumps_decisions, dumps_nights, loads_decisions, loads_nights
from livre.model import Decision, Identifier, Night, Verdict
from strategies import LAWS, decisions, raw_texts, records_of_nights

HEADER = "paper\ton\tverdict\tcriterion\tscore\tby\twhy\n"
ROW = "arxiv:9901.00001\t2099-01-02\tinclude\ttopic\t0.90\trules\t“foundation model” in the title\n"
NIGHTS = "night\tsource\tat\tsince\tuntil\twatermark\tseen\tmatched\tnew\tupdated\tincluded\texcluded\twaiting\toutcome\n"
NIGHT = "2099-01-02\toai\t2099-01-02T06:17:00Z\t2098-12-26\t\t2099-01-02\t900\t12\t9\t1\t7\t1\t1\tcomplete\n"


def decision(number: int = 1, **facts: object) -> Decision:
    base: dict[str, object] = {"subject": Identifier("arxiv", f"9901.{number:05d}"), "on": "2099-01-02", "verdict": Verdict.WAIT}
    return Decision(**{**base, "criterion": "topic", "score": 0.5, "by": "rules", "why": "", **facts})  # type: ignore[arg-type]


@LAWS
@given(st.lists(decisions, max_size=3).map(lambda rows: sorted(rows, key=lambda d: (d.subject, d.on))))
def test_decisions_are_read_back_as_they_were_written(rows: list[Decision]) -> None:
    text = dumps_decisions(rows)
    assert loads_decisions(text, path="d.tsv") == tuple(rows)
    assert dumps_decisions(loads_decisions(text, path="d.tsv")) == text


@LAWS
@given(records_of_nights)
def test_nights_are_read_back_as_they_were_written(rows: list[Night]) -> None:
    text = dumps_nights(rows)
    assert loads_nights(text, path="n.tsv") == tuple(rows)
    assert dumps_nights(loads_nights(text, path="n.tsv")) == text


@given(raw_texts)
def test_whatever_a_cell_holds_it_is_one_line_of_seven_columns(raw: str) -> None:
    text = dumps_decisions([decision(why=raw, criterion=raw, by=raw)])
    assert text.count("\n") == 2
    assert text.count("\t") == 12
    (row,) = loads_decisions(text, path="d.tsv")
    assert dumps_decisions([row]) == text


def test_the_files_are_the_documented_ones() -> None:
    rows = loads_decisions(HEADER + ROW, path="d.tsv")
    assert rows[0] == Decision(
        subject=Identifier("arxiv", "9901.00001"), on="2099-01-02", verdict=Verdict.INCLUDE, criterion="topic", score=0.9, by="rules",
        why="“foundation model” in the title",
    )  # fmt: skip
    assert dumps_decisions(rows) == HEADER + ROW
    assert dumps_nights(loads_nights(NIGHTS + NIGHT, path="n.tsv")) == NIGHTS + NIGHT
    assert dumps_decisions([]) == HEADER
    assert loads_decisions(HEADER, path="d.tsv") == ()


def test_rows_are_sorted_by_work_and_day_and_within_a_day_as_given() -> None:
    rows = [decision(2), decision(1, on="2099-01-03"), decision(1, criterion="z"), decision(1, criterion="a")]
    written = loads_decisions(dumps_decisions(rows), path="d.tsv")
    assert written == (decision(1, criterion="z"), decision(1, criterion="a"), decision(1, on="2099-01-03"), decision(2))


def test_a_score_has_two_decimals_and_people_may_write_fewer() -> None:
    (row,) = loads_decisions(HEADER + ROW.replace("0.90", "1"), path="d.tsv")
    assert row.score == 1
    assert "\t0.33\t" in dumps_decisions([decision(score=1 / 3)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1 ledger-header"]),
        (ROW, ["1 ledger-header"]),
        (HEADER.replace("\t", "  ") + ROW, ["1 ledger-header"]),
        (HEADER.replace("why", "reason") + ROW, ["1 ledger-header"]),
        (HEADER + ROW.rstrip("\n"), ["2 ledger-end"]),
        (HEADER + ROW.replace("\t0.90", ""), ["2 ledger-columns"]),
        (HEADER + ROW.replace("0.90", "0.90\tx"), ["2 ledger-columns"]),
        (HEADER + ROW.replace("\t", "    "), ["2 ledger-columns"]),
        (HEADER + "\n" + ROW, ["2 ledger-columns"]),
        (HEADER + ROW + "\n", ["3 ledger-columns"]),
        (HEADER + ROW.replace("arxiv:9901.00001", "example2099title"), ["2 ledger-value"]),
        (HEADER + ROW.replace("2099-01-02", "2099-01"), ["2 ledger-value"]),
        (HEADER + ROW.replace("2099-01-02", "2099-02-30"), ["2 ledger-value"]),
        (HEADER + ROW.replace("include", "Include"), ["2 ledger-value"]),
        (HEADER + ROW.replace("0.90", "1.01"), ["2 ledger-value"]),
        (HEADER + ROW.replace("0.90", "-0.1"), ["2 ledger-value"]),
        (HEADER + ROW.replace("0.90", "nan"), ["2 ledger-value"]),
        (HEADER + ROW.replace("0.90", ""), ["2 ledger-value"]),
        (HEADER + ROW.replace("rules", "ru\x00les"), ["2 text-invisible"]),
        (HEADER + ROW + ROW.replace("rules", "ru\u202eles"), ["3 text-invisible"]),
        (
            HEADER + ROW.replace("include", "maybe").replace("0.90", "9") + ROW.replace("\t0.90", ""),
            ["2 ledger-value"] * 2 + ["3 ledger-columns"],
        ),
        ("<<<<<<< HEAD\n" + HEADER + ROW, ["1 ledger-header", *["2 ledger-value"] * 4]),
    ],
)
def test_a_broken_ledger_is_named_with_its_lines_all_at_once(text: str, said: list[str]) -> None:
    with pytest.raises(BadData) as caught:
        loads_decisions(text, path="bib/decisions/2099-01.tsv")
    assert [f"{p.line} {p.code}" for p in caught.value.problems] == said
    assert str(caught.value).startswith("bib/decisions/2099-01.tsv:")


@pytest.mark.parametrize(
    "text",
    [
        NIGHTS + NIGHT.replace("2099-01-02\toai", "last night\toai"),
        NIGHTS + NIGHT.replace("oai", ""),
        NIGHTS + NIGHT.replace("06:17:00Z", "06:17"),
        NIGHTS + NIGHT.replace("06:17:00Z", "24:17:00Z"),
        NIGHTS + NIGHT.replace("900", "-1"),
        NIGHTS + NIGHT.replace("900", "9e2"),
        NIGHTS + NIGHT.replace("900", "٩"),
        NIGHTS + NIGHT.replace("complete", ""),
        NIGHTS + NIGHT.replace("2098-12-26", "2098-12-26T99"),
        HEADER + ROW,
    ],
)
def test_a_broken_night_is_named_with_its_line(text: str) -> None:
    with pytest.raises(BadData, match=r"n\.tsv:[12]: "):
        loads_nights(text, path="n.tsv")


def test_a_watermark_may_have_a_time() -> None:
    (night,) = loads_nights(NIGHTS + NIGHT.replace("2099-01-02\t900", "2099-01-02T03:04:05Z\t900"), path="n.tsv")
    assert night.watermark == "2099-01-02T03:04:05Z"


OLD_NIGHTS, OLD_NIGHT = NIGHTS.replace("\tat", ""), NIGHT.replace("\t2099-01-02T06:17:00Z", "")


def test_a_record_from_before_times_were_kept_is_read_and_written_with_an_empty_one() -> None:
    rows = loads_nights(OLD_NIGHTS + OLD_NIGHT, path="n.tsv")
    assert [row.at for row in rows] == [""]
    assert dumps_nights(rows) == NIGHTS + NIGHT.replace("2099-01-02T06:17:00Z", "")


def test_a_source_has_one_line_a_night() -> None:
    with pytest.raises(BadData, match=r"n\.tsv:3: oai of 2099-01-02 is also in line 2"):
        loads_nights(NIGHTS + NIGHT + NIGHT.replace("900", "901"), path="n.tsv")
