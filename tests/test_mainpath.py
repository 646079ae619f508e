"""The main path, against examples worked by hand and against walking every way."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given

from digraphs import chain, digraphs, paper, papers_of
from livre.analyse.graph import CitationGraph, Condensed, condensed
from livre.analyse.mainpath import MainPath, heaviest_way, key_routes, local, main_path, path_counts

# The sample network that Liu, Lu and Ho explain main path analysis with (A few notes on main path analysis, Scientometrics 2019; also
# Wikipedia's figures): A and B are the sources, K, L and N the sinks. Counts by hand, ways to a node times ways from it.
SAMPLE = ["ACEGHK", "CH", "BC", "BDFHK", "DI", "FILX", "IMN", "BJM"]
SAMPLE_COUNTS = {
    "AC": 2,
    "BC": 2,
    "BD": 5,
    "BJ": 1,
    "CE": 2,
    "CH": 2,
    "EG": 2,
    "GH": 2,
    "DF": 3,
    "DI": 2,
    "FH": 1,
    "FI": 2,
    "HK": 5,
    "IL": 2,
    "IM": 2,
    "JM": 1,
    "MN": 3,
}


def graph_of(*ways: str) -> tuple[CitationGraph, Condensed]:
    citations = chain(*ways)
    graph = CitationGraph.of(papers_of(citations), citations)
    return graph, condensed(graph)


@pytest.fixture
def sample() -> tuple[CitationGraph, Condensed]:
    return graph_of(*[way.removesuffix("X") for way in SAMPLE])


def named(graph: CitationGraph, of: Condensed, groups: tuple[int, ...]) -> str:
    return "".join(graph.keys[i] for group in groups for i in of.members[group])


def test_search_path_counts_are_those_of_the_worked_example(sample):
    graph, of = sample
    counts, ways = path_counts(of)
    assert {named(graph, of, arc): int(count) for arc, count in counts.items()} == SAMPLE_COUNTS
    assert ways == 10


def test_the_global_main_path_is_that_of_the_worked_example(sample):
    graph, of = sample
    counts, _ = path_counts(of)
    way = heaviest_way(of, counts)
    assert named(graph, of, way) == "BDFIMN"
    assert sum(counts[arc] for arc in pairwise(way)) == 15


def test_the_priority_first_search_splits_where_two_steps_weigh_the_same(sample):
    graph, of = sample
    counts, _ = path_counts(of)
    assert sorted(named(graph, of, arc) for arc in local(of, counts)) == ["BD", "DF", "FI", "IL", "IM", "MN"]


def test_key_routes_lead_through_the_heaviest_citations_that_the_main_path_misses(sample):
    graph, of = sample
    counts, _ = path_counts(of)
    routes = {named(graph, of, arc): named(graph, of, way) for arc, way in key_routes(of, counts, 1)}
    assert routes == {"BD": "BDFIMN", "HK": "BDFHK"}


def test_the_result_says_which_routes_lead_through_a_stop_and_what_share_of_all_ways_through_a_step(sample):
    graph, of = sample
    found = main_path(graph, of, routes=1)
    stops = {stop.keys[0]: stop for stop in found.stops}
    assert [found.stops[i].keys[0] for i in found.path] == list("BDFIMN")
    assert {key for key, stop in stops.items() if not stop.main} == {"H", "K"}
    assert found.ways == 10
    steps = {found.stops[s.cited].keys[0] + found.stops[s.citing].keys[0]: s for s in found.steps}
    assert (steps["BD"].share, steps["HK"].share, steps["FH"].share) == (0.5, 0.5, 0.1)
    assert not steps["HK"].main
    assert steps["DF"].main
    assert stops["D"].routes == (1, 2)
    assert len(stops["N"].routes) == 1


def test_a_ladder_of_forks_doubles_the_ways_at_every_rung():
    graph, of = graph_of("SAT", "SBT", "TCU", "TDU", "UEV", "UFV")
    counts, ways = path_counts(of)
    assert ways == 8
    assert set(counts.values()) == {4}
    assert named(graph, of, heaviest_way(of, counts)) == "SATCUEV"


def test_as_many_ways_as_no_float_can_hold_are_told_apart():
    rungs = 2000
    citations = [pair for n in range(rungs) for side in "ab" for pair in ((f"{n:04}{side}", f"{n:04}"), (f"{n + 1:04}", f"{n:04}{side}"))]
    citations.append(("0001a", "zero"))
    graph = CitationGraph.of(papers_of(citations), citations)
    _, ways = path_counts(condensed(graph))
    assert ways.adjusted() == len(str(2**rungs)) - 1
    found = main_path(graph, condensed(graph))
    assert len(found.path) == 2 * rungs + 1
    # a way more to 0001a makes everything before its other side lighter
    assert found.stops[found.path[3]].keys == ("0001a",)
    assert all(0 < step.share <= 1 for step in found.steps)


def test_a_long_chain_takes_no_recursion():
    keys = [f"{n:05}" for n in range(5_000)]
    citations = [(later, earlier) for earlier, later in pairwise(keys)]
    graph = CitationGraph.of(papers_of(citations), citations)
    found = main_path(graph, condensed(graph))
    assert [found.stops[i].keys[0] for i in found.path] == keys
    assert found.ways == 1


def test_papers_of_one_day_that_cite_each_other_are_one_stop():
    graph, of = graph_of("ABCD", "CB")
    assert [stop.keys for stop in main_path(graph, of).stops] == [("A",), ("B", "C"), ("D",)]
    assert of.against == ()


def test_a_revision_that_cites_a_later_paper_is_left_out_where_it_closes_a_circle():
    papers = [paper("A", "2097"), paper("B", "2098-01"), paper("C", "2098-02"), paper("D", "2099")]
    graph = CitationGraph.of(papers, [*chain("ABCD"), ("B", "C"), ("A", "A")])
    of = condensed(graph)
    assert [(graph.keys[i], graph.keys[j]) for i, j in of.against] == [("B", "C")]
    assert [stop.keys for stop in main_path(graph, of).stops] == [("A",), ("B",), ("C",), ("D",)]


def test_a_citation_of_a_later_paper_that_closes_no_circle_stays():
    graph = CitationGraph.of([paper("A", "2098"), paper("B", "2097")], chain("AB"))
    assert [stop.keys for stop in main_path(graph, condensed(graph)).stops] == [("A",), ("B",)]


@pytest.mark.parametrize("citations", [[], [("A", "A")]])
def test_without_a_citation_there_is_no_main_path(citations):
    graph = CitationGraph.of([paper("A"), paper("B")], citations)
    assert main_path(graph, condensed(graph)) == MainPath()
    assert main_path(CitationGraph.of([], []), condensed(CitationGraph.of([], []))) == MainPath()


def every_way(of: Condensed) -> list[tuple[int, ...]]:
    """Every way from a source to a sink, walked; the oracle."""
    todo = [(i,) for i in range(len(of.members)) if of.later[i] and not of.earlier[i]]
    out = []
    while todo:
        way = todo.pop()
        if of.later[way[-1]]:
            todo += [(*way, j) for j in of.later[way[-1]]]
        else:
            out.append(way)
    return out


@given(digraphs(acyclic=True))
def test_counts_and_paths_are_those_of_walking_every_way(drawn):
    papers, citations = drawn
    graph = CitationGraph.of(papers, citations)
    of = condensed(graph)
    counts, ways = path_counts(of)
    walked = every_way(of)
    assert ways == len(walked)
    assert counts == {(i, j): sum((i, j) in pairwise(way) for way in walked) for i, row in enumerate(of.later) for j in row}

    def weight(way):
        return sum(counts[arc] for arc in pairwise(way))

    way = heaviest_way(of, counts)
    assert weight(way) == max(map(weight, walked), default=0)
    assert not way or way in walked
    for arc, route in key_routes(of, counts, 3):
        through = [w for w in walked if arc in pairwise(w)]
        assert route in through
        assert weight(route) == max(map(weight, through))


@given(digraphs())
def test_circles_leave_every_paper_in_one_group_and_no_circle(drawn):
    papers, citations = drawn
    graph = CitationGraph.of(papers, citations)
    of = condensed(graph)
    assert sorted(i for group in of.members for i in group) == list(range(len(graph)))
    assert all(i < j for i, row in enumerate(of.later) for j in row)
    assert all(len(dates) == 1 or "" in dates for group in of.members for dates in [{graph.dates[i] for i in group}])
    found = main_path(graph, of)
    assert all(step.cited < step.citing for step in found.steps)
    assert all(found.stops[i].main for i in found.path)
    assert bool(found.ways) == bool(found.steps)
    counts, ways = path_counts(of)
    assert ways == len(every_way(of))
    assert all(isinstance(c, Decimal) and 0 < c <= ways for c in counts.values())
