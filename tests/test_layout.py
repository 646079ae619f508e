"""Where papers stand in the drawing of the graph: in time, in their lane, and not on top of each other."""

from __future__ import annotations

import math
import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digraphs import paper
from livre.analyse.layout import Layout, layout

LANES = ("dragons", "griffins", "unicorns")


def placed(papers, radius=None) -> Layout:
    return layout(papers, LANES, lane=lambda p: p.categories[0], radius=radius or {})


def apart(found: Layout, gap: float) -> bool:
    """Whether no two circles come nearer than the gap, rounding aside."""
    return all(math.dist((a.x, a.y), (b.x, b.y)) > a.r + b.r + gap - 0.3 for a, b in combinations(found.spots, 2))


def test_time_runs_to_the_right_and_lanes_are_in_the_order_given():
    found = placed(
        [paper("a", "2097-02-01", "unicorns"), paper("b", "2097-03", "dragons"), paper("c", "2099", "unicorns"), paper("d", "", "dragons")]
    )
    a, b, c = found.spots
    assert a.x < b.x < c.x
    assert [band.lane for band in found.bands] == ["dragons", "unicorns"]
    assert b.y < found.bands[1].y < a.y == c.y
    assert [year for year, _ in found.years] == ["2097", "2098", "2099"]
    assert found.undated == ("d",)


def test_the_largest_of_a_day_stands_in_the_middle_and_the_others_around_it():
    found = placed([paper(k, "2099-01-01", "dragons") for k in "abc"], {"b": 20.0})
    a, b, c = found.spots
    assert b.r == 20
    assert a.y < b.y < c.y
    assert b.y - a.y == pytest.approx(26, abs=0.2)


days = st.sampled_from(["2098", "2098-06", "2099-01-01", "2099-01-02", "2099-03-01", ""])


@given(st.lists(st.tuples(days, st.sampled_from(LANES), st.floats(1, 30)), max_size=25), st.randoms())
def test_nobody_overlaps_or_leaves_its_lane_and_order_changes_nothing(drawn, shuffle):
    papers = [paper(f"p{n}", day, lane) for n, (day, lane, _) in enumerate(drawn)]
    radius = {f"p{n}": r for n, (_, _, r) in enumerate(drawn)}
    found = placed(papers, radius)
    assert apart(found, 2)
    bands = {band.lane: band for band in found.bands}
    of = {p.key: bands[p.categories[0]] for p in papers if p.date}
    assert {s.key for s in found.spots} == of.keys()
    assert all(of[s.key].y <= s.y - s.r + 0.1 and s.y + s.r <= of[s.key].y + of[s.key].height + 0.1 for s in found.spots)
    assert all(s.x - s.r > -0.1 and s.x + s.r < found.width + 0.1 for s in found.spots)
    assert all(abs(one.y + one.height - other.y) < 0.2 for one, other in pairwise(found.bands))
    shuffle.shuffle(papers)
    assert placed(papers, radius) == found


def test_five_thousand_papers_find_room_without_overlap_and_in_lanes_of_about_one_height():
    draw = random.Random(0)
    papers = [
        paper(f"p{n:04}", f"{2095 + int(5 * draw.random() ** 0.5)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}", draw.choice(LANES))
        for n in range(5000)
    ]
    found = placed(papers, {p.key: 3 + 10 * draw.random() ** 8 for p in papers})
    assert len(found.spots) == 5000
    assert max(band.height for band in found.bands) < 800
    spots = sorted(found.spots, key=lambda s: s.x)
    for n, one in enumerate(spots):
        for other in spots[n + 1 :]:
            if other.x - one.x > 30:
                break
            assert math.dist((one.x, one.y), (other.x, other.y)) > one.r + other.r + 1.7


def test_nothing_has_no_size():
    assert placed([]) == Layout(width=0, height=0)
    assert placed([paper("a", "", "dragons")]) == Layout(width=0, height=0, undated=("a",))
