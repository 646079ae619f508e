"""What the corpus adds up to, over fabricated papers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livre.analyse import counts
from livre.model import Identifier, Name, Paper
from strategies import days

ADA, BEN = Name(given="Ada", family="Example"), Name(given="Ben", family="Sample")


def paper(key: str, date: str, *authors: Name, categories: tuple[str, ...] = ()) -> Paper:
    return Paper(
        key=key,
        shard="2099-01",
        identifiers=(Identifier("doi", f"10.9999/{key}"),),
        title=key,
        date=date,
        authors=authors,
        categories=categories,
    )


def test_the_newest_come_first_and_those_of_one_day_by_key():
    of = [paper("b", "2099-02-01"), paper("year", "2099"), paper("a", "2099-02-01"), paper("none", ""), paper("month", "2099-02")]
    assert [p.key for p in counts.newest(of)] == ["a", "b", "month", "year", "none"]


@given(days, days)
def test_months_run_from_the_first_to_the_last_without_a_gap(one, other):
    first, last = sorted((one[:7], other[:7]))
    months = counts.months(first, last)
    assert months[0] == first
    assert months[-1] == last
    assert list(months) == sorted(set(months))
    assert len(months) == (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1


def test_months_the_wrong_way_round_are_none():
    assert counts.months("2099-02", "2099-01") == ()


@given(st.lists(st.one_of(days, days.map(lambda d: d[:7]), days.map(lambda d: d[:4]), st.just("")), max_size=30))
def test_every_paper_counts_once_in_its_year_and_at_most_once_in_a_month(dates):
    of = [paper(f"p{i}", d) for i, d in enumerate(dates)]
    assert sum(map(len, counts.by_year(of).values())) == sum(bool(d) for d in dates)
    assert sum(map(len, counts.by_month(of).values())) == sum(len(d) >= 7 for d in dates)
    if known := sorted(d[:7] for d in dates if len(d) >= 7):
        over = counts.months(known[0], known[-1])
        rows = counts.series(of, over, lambda p: p.key[-1])
        assert sum(sum(row) for row in rows.values()) == len(known)
        assert sum(counts.monthly(of, over)) == len(known)


def test_a_trend_compares_three_months_with_the_three_before():
    assert counts.trend((9, 1, 1, 1, 2, 2, 2)) == (6, 3)
    assert counts.trend((4,)) == (4, 0)


def test_a_paper_of_several_categories_counts_in_each_cell_of_the_matrix():
    of = [paper("a", "", categories=("x", "u", "v")), paper("b", "", categories=("x", "y", "u")), paper("c", "", categories=("u",))]
    cells = counts.together(of, ["x", "y"], ["u", "v"], lambda p: p.categories)
    assert cells == {("x", "u"): 2, ("x", "v"): 1, ("y", "u"): 1}


def test_everyone_who_writes_a_name_alike_is_one_author_with_every_form_of_it():
    long = Name(given="Ada", family="Éxample")
    people = counts.authors([paper("c", "2099-03", ADA, ADA), paper("b", "2099-02", long, BEN), paper("a", "2099-01", ADA)])
    ada = people["ada-example"]
    assert ada.names == (ADA, long)
    assert ada.name == ADA
    assert [p.key for p in ada.papers] == ["c", "b", "a"]
    assert list(people) == ["ada-example", "ben-sample"]


def test_who_signed_with_a_crowd_has_not_worked_with_each_of_it():
    crowd = [Name(given="Ada", family=f"Member{i}") for i in range(counts.CROWD)]
    people = counts.authors([paper("a", "2099-01", ADA, BEN, BEN), paper("b", "2099-02", ADA, BEN), paper("many", "2099-03", ADA, *crowd)])
    assert counts.coauthors(people["ada-example"]) == {"ben-sample": 2}
