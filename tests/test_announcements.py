"""arXiv's calendar: forty moments at which a clock, a zone or a holiday could be taken wrongly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from livre import announcements, arrivals

UTC_OF = {
    # The two changes of clocks of 2026 in New York, where London and Berlin change three weeks later or one week earlier.
    "2026-03-05": "2026-03-06T01:00", "2026-03-08": "2026-03-09T00:00", "2026-03-09": "2026-03-10T00:00", "2026-03-29": "2026-03-30T00:00",
    "2026-10-25": "2026-10-26T00:00", "2026-10-29": "2026-10-30T00:00", "2026-11-01": "2026-11-02T01:00", "2026-11-02": "2026-11-03T01:00",
    # The end of a year, and a leap day.
    "2025-12-31": "2026-01-01T01:00", "2028-02-29": "2028-03-01T01:00", "2024-02-28": "2024-02-29T01:00", "2024-02-29": "2024-03-01T01:00",
}  # fmt: skip


@pytest.mark.parametrize(("day", "time"), UTC_OF.items())
def test_an_announcement_is_at_eight_in_the_evening_of_new_york(day: str, time: str) -> None:
    assert announcements.moment(date.fromisoformat(day)) == datetime.fromisoformat(time).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo"])
@pytest.mark.parametrize("first", ["2026-03-01", "2026-10-20"])
def test_the_change_of_clocks_is_that_of_new_york_wherever_this_runs(first: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    for number in range(30):
        day = date.fromisoformat(first) + timedelta(days=number)
        there = datetime(day.year, day.month, day.day, 20, tzinfo=ZoneInfo("America/New_York"))
        assert announcements.moment(day) == there


def test_the_rule_for_summer_agrees_with_the_database_of_zones_for_thirty_years() -> None:
    day = date(2007, 3, 1)
    while day.year < 2038:
        there = datetime(day.year, day.month, day.day, 20, tzinfo=ZoneInfo("America/New_York"))
        assert announcements.moment(day) == there, day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("2026-11-15", True), ("2026-11-16", True), ("2026-11-17", True), ("2026-11-18", True), ("2026-11-19", True),
        ("2026-11-20", False), ("2026-11-21", False),
        ("2026-11-26", False), ("2026-11-25", True), ("2025-12-25", False), ("2025-12-30", False), ("2026-01-01", False),
        ("2025-07-06", False), ("2026-07-05", False), ("2026-06-21", False), ("2024-10-08", False),
        ("2031-12-25", True), ("2031-07-04", False),
    ],
)  # fmt: skip
def test_it_announces_from_sunday_to_thursday_but_on_holidays_and_after_a_friday_off(day: str, is_one: bool) -> None:
    assert announcements.announces(date.fromisoformat(day)) is is_one


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2026-11-17T03:29", "2026-11-15"), ("2026-11-17T03:30", "2026-11-16"), ("2026-07-14T02:29", "2026-07-12"),
        ("2026-07-14T02:30", "2026-07-13"), ("2026-11-22T23:59", "2026-11-19"), ("2026-01-02T06:17", "2025-12-31"),
    ],
)  # fmt: skip
def test_an_announcement_is_due_when_its_records_can_be_harvested(until: str, last: str) -> None:
    time = datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert list(announcements.days(time.date() - timedelta(days=9), time))[-1] == date.fromisoformat(last)


def test_a_year_has_its_announcements_and_a_gap_of_400_days_is_counted_whole() -> None:
    end = datetime(2026, 1, 1, 6, tzinfo=UTC)
    assert sum(1 for _ in announcements.days(date(2025, 1, 1), end)) == 261 - 8, "eight days off from Sunday to Thursday"
    assert sum(1 for _ in announcements.days(date(2025, 10, 18), datetime(2026, 11, 22, tzinfo=UTC))) == 285 - 6 - 2, "and two Sundays"


@pytest.mark.parametrize(
    ("clock", "day", "time"),
    [
        ("2026-11-18T06:17:00Z", "2026-11-18", "2026-11-18T06:17"),
        ("2026-11-19T06:17:00Z", "2026-11-18", "2026-11-19T00:00"),
        ("2026-11-17T06:17:00Z", "2026-11-18", "2026-11-18T00:00"),
        ("", "2026-11-18", "2026-11-18T00:00"),
    ],
)
def test_a_clock_that_is_a_day_off_makes_nothing_due_that_is_not(clock: str, day: str, time: str) -> None:
    assert arrivals.moment(clock, day) == datetime.fromisoformat(time).replace(tzinfo=UTC)
