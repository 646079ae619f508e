"""When arXiv announces: Sunday to Thursday at 20:00 in the east of the United States, but for the days that it keeps as holidays.

Times are UTC. Holidays are published a year at a time (info.arxiv.org/help/availability.html; the table `arXiv_holidays` that arXiv's
own software is seeded with has the past ones). Of a year that is not in `HOLIDAYS` only the rhythm of the week is known.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANNOUNCED: Final = time(20)
"""The time of an announcement, in the east of the United States."""
READY: Final = timedelta(hours=2, minutes=30)
"""How long after it the metadata can be harvested."""
HOLIDAYS: Final[Mapping[int, frozenset[str]]] = {
    2023: frozenset({"01-16", "06-14", "06-19", "07-04", "08-17", "09-04", "11-23", "12-25", "12-27"}),
    2024: frozenset({"01-15", "05-22", "06-19", "07-04", "09-02", "10-08", "11-28", "12-25", "12-26", "12-31"}),
    2025: frozenset({"01-01", "01-20", "06-19", "07-04", "07-06", "09-01", "11-27", "12-25", "12-30"}),
    2026: frozenset({"01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"}),
}
"""By year, the days on which arXiv neither closes a list nor announces one."""

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_STANDARD, _SUMMER = timedelta(hours=-5), timedelta(hours=-4)
_MARCH, _NOVEMBER = 3, 11


def _sunday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (number - 1))


def offset(day: date) -> timedelta:
    """How far the evening of a day in the east of the United States is from UTC, by the law of 2007.

    Both changes are on a Sunday at two in the morning, long before anything is announced. (No time-zone database: where one is
    missing a night must not fail.)
    """
    return _SUMMER if _sunday(day.year, _MARCH, 2) <= day < _sunday(day.year, _NOVEMBER, 1) else _STANDARD


def listed(year: int) -> bool:
    """Whether the holidays of a year are known here."""
    return year in HOLIDAYS


def _holiday(day: date) -> bool:
    return f"{day:%m-%d}" in HOLIDAYS.get(day.year, ())


def announces(day: date) -> bool:
    """Whether arXiv announces in the evening of this day, there. A Friday off closes no list, so the Sunday after has none to announce."""
    if day.weekday() in (_FRIDAY, _SATURDAY) or _holiday(day):
        return False
    return not (day.weekday() == _SUNDAY and _holiday(day - timedelta(days=2)))


def moment(day: date) -> datetime:
    """The announcement of a day, in UTC: the next day at 00:00 in summer, at 01:00 in winter."""
    return (datetime.combine(day, ANNOUNCED) - offset(day)).replace(tzinfo=UTC)


def days(since: date, until: datetime) -> Iterator[date]:
    """The days from `since` on whose announcement can be harvested at the time `until`."""
    day = since
    while moment(day) + READY <= until:
        if announces(day):
            yield day
        day += timedelta(days=1)
