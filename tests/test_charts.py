"""The geometry of the charts, and the palette that the style sheet draws them in."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.analyse.counts import months
from livre.site import charts, milestones
from strategies import dates

STYLE = Path(__file__).parents[1] / "generator/livre/site/theme/assets/livre.css"
LANES = [charts.Lane(id=i, title=f"Lane {i}", slot=n) for i, n in charts.slots("abc").items()]
OVER = months("2098-11", "2099-06")
values = st.fixed_dictionaries({i: st.lists(st.integers(0, 5000), min_size=len(OVER), max_size=len(OVER)) for i in "abc"})


@given(values)
def test_a_column_is_as_high_as_what_it_stacks(rows):
    chart = charts.columns(OVER, LANES, rows)
    top = chart.ticks[-1][0]
    for i, column in enumerate(chart.columns):
        assert column.total == sum(rows[lane][i] for lane in "abc") <= top
        assert sum(s.height for s in column.segments) == pytest.approx(chart.base - column.top, abs=0.2)
        assert len(column.segments) == sum(rows[lane][i] > 0 for lane in "abc")
        lows = [chart.base, *(s.y for s in column.segments)]
        assert all(s.y + s.height == pytest.approx(low, abs=0.2) for s, low in zip(column.segments, lows, strict=False))
        assert str(column.total) in column.text


@given(st.integers(1, 60), st.integers(0, 1))
def test_columns_stand_side_by_side_inside_the_picture(n, yearly):
    over = [str(1990 + i) for i in range(n)] if yearly else months("2090-01", f"{2090 + (n - 1) // 12}-{(n - 1) % 12 + 1:02d}")
    chart = charts.columns(over, LANES, {"a": [1] * n})
    ends = [c.x + chart.bar for c in chart.columns]
    assert all(end < c.x for end, c in zip(ends, chart.columns[1:], strict=False))
    assert ends[-1] <= chart.right < chart.width
    assert chart.bar > 8


def test_a_month_that_is_not_over_says_so():
    chart = charts.columns(OVER, LANES, {"a": [1] * len(OVER)}, incomplete="2099-06")
    assert [c.complete for c in chart.columns] == [True] * (len(OVER) - 1) + [False]
    assert chart.columns[-1].text == "June 2099 (not over yet): 1"


def test_a_year_is_written_under_its_first_month():
    chart = charts.columns(OVER, LANES, {})
    assert [c.year for c in chart.columns if c.year] == ["2098", "2099"]


@given(st.integers(0, 10**7))
def test_an_axis_ends_above_the_highest_value_after_at_most_five_steps(value):
    top, step = charts.ceiling(value)
    assert max(value, 1) <= top <= 5 * step
    assert top % step == 0


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_a_spark_draws_a_bar_for_every_month_that_has_papers(of):
    spark = charts.spark(of)
    assert spark.path.count("M") + spark.last.count("M") == sum(v > 0 for v in of)


@pytest.mark.parametrize(
    ("date", "said"), [("2099-03-04", "4 March 2099"), ("2099-03", "March 2099"), ("2099", "2099"), ("", "unknown date")]
)
def test_a_date_is_said_as_far_as_it_is_known(date, said):
    assert charts.spoken(date) == said


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60)
marks = st.lists(
    st.builds(milestones.Mark, key=st.uuids().map(str), lane=st.sampled_from(["a", "b", "c", "other"]), date=dates, name=names, text=names),
    max_size=40,
)


@given(marks)
def test_no_label_of_a_milestone_lies_upon_another(of):
    drawn = milestones.swimlanes(LANES, of)
    placed = [m for lane in drawn.lanes for m in lane.marks]
    assert len(placed) == sum(m.date != "" and m.lane != "other" for m in of)
    for row in {m.y for m in placed}:
        spans = sorted((m.x - 4.5, m.x + 9 + milestones.extent(m.label)) for m in placed if m.y == row)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


@given(marks)
def test_time_runs_to_the_right_and_every_milestone_stays_in_its_lane(of):
    drawn = milestones.swimlanes(LANES, of)
    for lane in drawn.lanes:
        ordered = sorted(lane.marks, key=lambda m: milestones.moment(m.mark.date))
        assert all(a.x <= b.x for a, b in itertools.pairwise(ordered))
        assert all(lane.y < m.y < lane.y + lane.height for m in lane.marks)
        assert all(m.mark.lane == lane.lane.id for m in lane.marks)
    assert all(a.y + a.height == b.y for a, b in itertools.pairwise(drawn.lanes))


@given(names)
def test_a_short_label_begins_what_the_link_says_in_full(name):
    label = milestones.shortened(name)
    assert name.startswith(label)
    assert len(label) <= max(26, len(name.split(" ")[0]))


# --- The palette ---------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes 2009, severity 1.0; the first is normal sight.
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Colour = tuple[float, float, float]


def linear(hexadecimal: str) -> Colour:
    r, g, b = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b))  # type: ignore[return-value]


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: Colour) -> Colour:
    r, g, b = (max(c, 1e-6) for c in colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen(colour: Colour, sight: str) -> Colour:
    return tuple(sum(k * c for k, c in zip(row, colour, strict=True)) for row in SIGHTS[sight])  # type: ignore[return-value]


def scheme(name: str) -> dict[str, str]:
    block = re.search(rf'data-md-color-scheme="{name}"\]\[[^{{]*{{(.*?)}}', STYLE.read_text(), re.DOTALL)
    assert block
    return dict(re.findall(r"--(lv-[\w-]+):\s*(#[0-9a-f]{6})\b", block[1]))


@pytest.mark.parametrize("name", ["default", "slate"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_colours_of_the_lanes_are_apart_for_every_kind_of_sight(name, sight):
    colours = [oklab(seen(linear(scheme(name)[f"lv-{n}"]), sight)) for n in range(1, charts.SLOTS + 1)]
    # Okabe and Ito's seven, measured alike, come to 0.076.
    assert min(math.dist(a, b) for a, b in itertools.combinations(colours, 2)) >= 0.1


@pytest.mark.parametrize("name", ["default", "slate"])
def test_the_colours_of_the_lanes_stand_out_from_the_page(name):
    page = linear(scheme(name)["lv-paper"])
    assert min(contrast(linear(scheme(name)[f"lv-{n}"]), page) for n in range(charts.SLOTS + 1)) >= 3


@pytest.mark.parametrize("name", ["default", "slate"])
@pytest.mark.parametrize(
    ("ink", "paper"), [("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("soft", "raised"), ("link", "raised"), ("warn", "warn-bg")]
)
def test_text_is_legible_on_what_it_stands_on(name, ink, paper):
    colours = scheme(name)
    assert contrast(linear(colours[f"lv-{ink}"]), linear(colours[f"lv-{paper}"])) >= 4.5
