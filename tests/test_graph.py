"""The citation graph, its measures and what stands out by them, over fabricated papers; on real ones, that the laws hold."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digraphs import chain, digraphs, paper, papers_of
from livre.analyse import notable
from livre.analyse.communities import communities
from livre.analyse.graph import CitationGraph, condensed, gexf, graphml, kendall, pagerank
from livre.analyse.mainpath import main_path
from livre.analyse.measures import measure, rows, stability
from livre.analyse.notable import Notable
from livre.analyse.similar import similar
from livre.model import Identifier, Paper

TODAY = "2099-06-15"
REAL = Path(__file__).parents[1] / "../shared/data/citations"


def graph_of(*ways: str) -> CitationGraph:
    citations = chain(*ways)
    return CitationGraph.of(papers_of(citations), citations)


def test_a_graph_counts_a_citation_once_and_tells_loops_and_strangers():
    papers = [paper("b"), paper("a"), paper("c")]
    graph = CitationGraph.of(papers, [("b", "a"), ("b", "a"), ("c", "c"), ("c", "stranger"), ("stranger", "a")])
    assert graph.keys == ("a", "b", "c")
    assert graph.citations == (("b", "a"),)
    assert graph.cited_by == ((1,), (), ())
    assert graph.loops == ("c",)
    assert graph.outside == 2


@given(digraphs(), st.randoms())
def test_a_graph_is_the_same_whatever_the_order_of_papers_and_citations(drawn, shuffle):
    papers, citations = drawn
    graph = CitationGraph.of(papers, citations)
    assert set(graph.citations) == {(a, b) for a, b in citations if a != b}
    assert set(graph.loops) == {a for a, b in citations if a == b}
    shuffle.shuffle(papers)
    shuffle.shuffle(citations)
    assert CitationGraph.of(papers, citations) == graph


def reference(graph: CitationGraph, damping: float) -> list[float]:
    """PageRank as networkx' own plain Python has it."""
    from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

    whole = nx.DiGraph()
    whole.add_nodes_from(range(len(graph)))
    whole.add_edges_from(graph.arcs)
    ranks = _pagerank_python(whole, alpha=damping, tol=1e-14, max_iter=10_000)
    return [ranks[i] for i in range(len(graph))]


@given(digraphs(most=12), st.sampled_from([0.5, 0.85]))
def test_pagerank_agrees_with_the_reference_of_networkx(drawn, damping):
    graph = CitationGraph.of(*drawn)
    ranks = pagerank(graph, damping)
    assert len(ranks) == len(graph)
    assert not ranks or math.isclose(sum(ranks), 1, abs_tol=1e-9)
    assert all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(ranks, reference(graph, damping), strict=True))


def test_pagerank_of_a_single_citation_is_what_one_works_out_by_hand():
    # b cites a. With damping 1/2 and dangling a spread evenly: a = 1/4 + a/4 + b/2, b = 1/4 + a/4, so a = 0.6 and b = 0.4.
    assert pagerank(graph_of("ab")) == pytest.approx((0.6, 0.4), abs=1e-12)


def test_kendall_ranks_and_says_when_there_is_nothing_to_rank():
    assert kendall([1, 2, 3], [10, 20, 30]) == 1
    assert kendall([1, 2, 3], [3, 2, 1]) == -1
    assert kendall([1, 1, 1], [1, 2, 3]) is None
    assert kendall([], []) is None


def one(key: str, papers, citations, **more):
    graph = CitationGraph.of(papers, citations)
    return {m.key: m for m in measure(graph, papers, today=TODAY, **more)}[key]


def test_citations_and_references_are_counted_inside_the_corpus_without_itself():
    papers = [paper(k) for k in "abcd"]
    b = one("b", papers, [("c", "b"), ("d", "b"), ("b", "a"), ("b", "b"), ("b", "stranger")])
    assert (b.citations, b.references) == (2, 1)


def test_velocity_counts_the_citations_of_twelve_months_and_no_months_before_the_paper_was_there():
    dates = {"x": "2099-06-01", "y": "2098-07-01", "z": "2098-06-14", "w": "2097-06-14", "later": "2099-07-01", "unknown": ""}
    papers = [paper("old", "2095-01-01"), paper("young", "2099-03-15"), *(paper(k, d) for k, d in dates.items())]
    citations = [(k, "old") for k in dates] + [("x", "young")]
    old, young = one("old", papers, citations), one("young", papers, citations)
    assert (old.citations, old.recent, old.before) == (6, 2, 1)
    assert old.velocity == pytest.approx(2 / 12)
    assert young.velocity == pytest.approx(1 / 3)
    assert one("unknown", papers, citations).velocity == 0


def test_a_paper_of_this_month_is_not_divided_by_less_than_a_month():
    papers = [paper("new", "2099-06-14"), paper("b", "2099-06-15")]
    assert one("new", papers, [("b", "new")]).velocity == 1


def test_a_paper_stands_among_those_of_its_field_and_time():
    old = [paper(f"old{n:02}", "2090-01-01", "dragons") for n in range(20)]
    new = [paper(f"new{n:02}", "2099-01-01", "dragons") for n in range(20)]
    citing = [paper(f"q{n:02}", "2099-02-01", "griffins") for n in range(20)]
    # every old paper has ten citations, and one new paper has two: few, but more than all others of its time
    citations = [(q.key, o.key) for q in citing[:10] for o in old] + [("q00", "new07"), ("q01", "new07")]
    papers = [*old, *new, *citing]
    standing = {m.key: m for m in measure(CitationGraph.of(papers, citations), papers, today=TODAY, window=19)}
    assert standing["new07"].standing == 1
    assert standing["new07"].citations < standing["old03"].citations
    assert standing["old03"].standing == 0.5
    assert standing["new08"].standing == pytest.approx(9 / 19)
    assert standing["new07"].peers == 19
    assert standing["new07"].field == "dragons"


def test_a_field_of_few_is_compared_with_all_and_a_lone_or_undated_paper_with_none():
    papers = [paper("rare", "2099-01-01", "unicorns"), *(paper(f"p{n}", "2099-01-02", "dragons") for n in range(12)), paper("none", "")]
    rare = one("rare", papers, [("p1", "rare")])
    assert (rare.standing, rare.peers) == (1, 10)
    assert (one("none", papers, []).standing, one("none", papers, []).peers) == (None, 0)
    assert one("a", [paper("a")], []).standing is None


def test_a_field_of_a_single_day_still_gives_everyone_as_many_peers():
    papers = [paper(f"p{n:03}", "2099-01-01", "dragons") for n in range(300)]
    measures = measure(CitationGraph.of(papers, [("p000", "p250")]), papers, today=TODAY)
    assert {m.peers for m in measures} == {100}
    assert measures[250].standing == 1
    assert measures[0].standing == 0.5
    assert measures[240].standing == pytest.approx(49.5 / 100)


@given(digraphs())
def test_standings_lie_between_0_and_1_and_their_mean_is_a_half_within_one_window(drawn):
    papers, citations = drawn
    measures = measure(CitationGraph.of(papers, citations), papers, today=TODAY)
    known = [m.standing for m in measures if m.standing is not None]
    assert all(0 <= s <= 1 for s in known)
    assert not known or sum(known) / len(known) == pytest.approx(0.5)
    assert sum(m.citations for m in measures) == sum(m.references for m in measures)
    assert all(m.recent + m.before <= m.citations for m in measures)
    assert all(0 <= m.participation < 1 for m in measures)


def test_participation_is_what_guimera_and_amaral_define():
    papers = [
        paper("hub", "2099", "dragons"),
        *(paper(f"d{n}", "2099", "dragons") for n in range(2)),
        paper("g", "2099", "griffins", "dwarves"),
    ]
    hub = one("hub", papers, [("d0", "hub"), ("hub", "d1"), ("g", "hub")])
    assert hub.fields == (("dragons", 2), ("griffins", 1))
    assert hub.participation == pytest.approx(1 - (4 / 9 + 1 / 9))
    both = one("hub", papers, [("g", "hub")], fields=lambda p: p.categories)
    assert both.fields == (("dwarves", 1), ("griffins", 1))
    assert both.participation == 0.5


def test_measures_below_the_stated_completeness_are_marked():
    papers = [paper(k) for k in "abc"]
    part = {k: one(k, papers, [], completeness={"a": 0.5, "b": 0.49}) for k in "abc"}
    assert [(m.completeness, m.partial) for m in part.values()] == [(0.5, False), (0.49, True), (None, True)]


def test_a_day_that_is_none_is_refused():
    with pytest.raises(ValueError, match="is no day"):
        measure(CitationGraph.of([], []), [], today="")


def test_leaving_out_a_source_says_how_much_of_the_ranking_hangs_on_it():
    citations = chain("ab", "ac", "ad", "be")
    graph = CitationGraph.of(papers_of(citations), citations)
    said = {c: ("bbl", "openalex") if c[1] == "a" else ("openalex",) for c in citations}
    bbl, openalex = stability(graph, said, top=2)
    assert (bbl.source, bbl.only, bbl.tau, bbl.kept, bbl.top) == ("bbl", 0, 1, 2, 2)
    assert (openalex.source, openalex.only, openalex.kept, openalex.top) == ("openalex", 1, 1, 2)
    assert openalex.tau is not None
    assert 0 < openalex.tau < 1
    (alone,) = stability(graph, dict.fromkeys(citations, ("bbl",)))
    assert (alone.tau, alone.kept) == (None, 0)
    assert stability(graph, {}) == ()


def test_milestones_say_why_in_numbers():
    papers = [paper(f"p{n:02}", "2099-01-01", "dragons") for n in range(30)]
    citations = [(f"p{n:02}", "p00") for n in range(1, 9)] + [(f"p{n:02}", "p01") for n in range(2, 6)] + [("p09", "p02")]
    measures = measure(CitationGraph.of(papers, citations), papers, today=TODAY)
    years = {p.key: p.date[:4] for p in papers}
    first, second = notable.milestones(measures, years, title=str.title)
    why = "cited by 8 papers here, its PageRank above that of all 15 papers nearest in time in Dragons"
    assert first == Notable(field="dragons", year="2099", key="p00", why=why)
    assert second.key == "p01"
    assert "93 % of the 15" in second.why
    assert notable.milestones(measures, years, most=1) == (notable.milestones(measures, years)[0],)
    assert notable.milestones(measures, years, citations=9) == ()
    assert notable.core(measures, share=0.1) == {"p00", "p01"}


def test_rising_papers_are_cited_more_than_the_year_before():
    papers = [
        paper("up", "2090"),
        paper("down", "2090"),
        *(paper(f"n{i}", "2099-01-01") for i in range(4)),
        *(paper(f"o{i}", "2098-01-01") for i in range(5)),
    ]
    citations = [(f"n{i}", k) for i in range(4) for k in ("up", "down")] + [(f"o{i}", "down") for i in range(5)] + [("o0", "up")]
    (rising,) = notable.rising(measure(CitationGraph.of(papers, citations), papers, today=TODAY), {"up": "2090"})
    assert rising.key == "up"
    assert rising.why == "4 citations in the last twelve months, 1 in the twelve before (0.3 a month)"


def test_bridges_name_the_categories_they_join():
    papers = [
        paper("bridge", "2099", "dragons"),
        *(paper(f"{lane[0]}{n}", "2099", lane) for lane in ("dragons", "griffins", "unicorns") for n in range(2)),
    ]
    citations = [(p.key, "bridge") for p in papers[1:]] + [("d0", "d1")]
    (bridge,) = notable.bridges(measure(CitationGraph.of(papers, citations), papers, today=TODAY), {}, title=str.title)
    assert bridge.key == "bridge"
    assert bridge.why == "cites and is cited in 3 categories: Dragons (2), Griffins (2), Unicorns (2)"


def test_exports_are_read_back_by_networkx_with_every_column_and_without_what_xml_cannot_hold():
    papers = [paper("a"), paper("b")]
    graph = CitationGraph.of(papers, [("b", "a")])
    hostile = '<script>"&\x00\x1b\ud800 ]]> \ufffe é 𝔄'
    table = {
        "a": {"title": hostile, "citations": 1, "pagerank": 0.6, "partial": False},
        "b": {"title": "B", "citations": 0, "pagerank": 0.4, "partial": True},
    }
    back = nx.parse_graphml(graphml(graph, table))
    assert back.nodes["a"] == table["a"] | {"title": '<script>"& ]]>  é 𝔄'}
    assert list(back.edges) == [("b", "a")]
    text = gexf(graph, table, on="2099-01-01")
    assert 'lastmodifieddate="2099-01-01"' in text
    assert "<script>" not in text
    again = nx.read_gexf(io.BytesIO(text.encode()))
    assert again.nodes["b"]["partial"] is True
    assert list(again.edges) == [("b", "a")]
    empty = CitationGraph.of([], [])
    assert len(nx.parse_graphml(graphml(empty, {}))) == 0
    assert len(nx.read_gexf(io.BytesIO(gexf(empty, {}, on="2099-01-01").encode()))) == 0


def test_the_table_of_papers_goes_into_both_exports_with_nothing_for_what_is_unknown():
    papers = [paper("a", "2099-01", "dragons", title="$x^2$ & more"), paper("b", "", "dragons"), paper("c", "2099-02")]
    graph = CitationGraph.of(papers, [("b", "a")])
    table = rows(measure(graph, papers, today=TODAY, completeness={"a": 0.5}), papers, {"a": "skin"})
    assert list(table) == ["a", "b", "c"]
    assert table["a"]["title"] == "x2 & more"
    assert (table["a"]["community"], table["b"]["community"]) == ("skin", "")
    assert "standing" not in table["b"]
    assert "completeness" not in table["c"]
    for back in (nx.parse_graphml(graphml(graph, table)), nx.read_gexf(io.BytesIO(gexf(graph, table, on=TODAY).encode()))):
        assert back.nodes["a"]["citations"] == 1
        assert back.nodes["a"]["completeness"] == 0.5
        assert back.nodes["a"]["partial"] is False


HASHED = """
import sys
sys.path.insert(0, {tests!r})
import random
from digraphs import paper
from livre.analyse.communities import communities
from livre.analyse.graph import CitationGraph, condensed, gexf, graphml
from livre.analyse.mainpath import main_path
from livre.analyse.measures import measure
from livre.analyse.similar import similar
draw = random.Random(7)
lanes = ("dragons", "griffins")
papers = [paper(f"p{{n}}", f"20{{90 + n % 9}}", lanes[n % 2], title=f"Word{{n % 3}} of {{n % 5}} things") for n in range(60)]
citations = [(f"p{{draw.randrange(60)}}", f"p{{draw.randrange(60)}}") for _ in range(200)]
graph = CitationGraph.of(papers, citations)
rows = {{p.key: {{"title": p.title}} for p in papers}}
print(graphml(graph, rows), gexf(graph, rows, on="2099-01-01"))
print(measure(graph, papers, today="2099-01-01"), communities(graph, papers))
print(main_path(graph, condensed(graph)), similar(graph.keys, citations))
"""


def test_the_same_input_gives_the_same_bytes_however_python_hashes():
    said = set()
    for seed in ("0", "1"):
        code = HASHED.format(tests=str(Path(__file__).parent))
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        )
        said.add(run.stdout)
    assert len(said) == 1
    assert len(said.pop()) > 10_000


@pytest.mark.slow
def test_the_benchmark_runs_over_a_fabricated_graph_with_hubs_and_circles(tmp_path):
    out = tmp_path / "bench.json"
    command = [sys.executable, Path(__file__).parents[1] / "benchmarks" / "graph.py", "--papers", "300", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(out.read_text())
    assert report["papers"] == 300
    assert report["citations"] > 1000
    assert report["circles"] + report["citations of later papers left out of circles"] > 0
    assert report["papers with similar ones"] > 250
    assert report["peak memory, MiB"] > 0
    assert {"pagerank", "main path", "communities", "similar"} <= set(report["steps, processor seconds"])


def real() -> tuple[list[Paper], list[tuple[str, str]]]:
    """The arXiv of 1991 to 1996 as Paperscape has it; its dates are in its ids."""
    with gzip.open(REAL / "paperscape_1991-1996_nodes.csv.gz", "rt", newline="") as file:
        papers = [
            Paper(
                key=(id_ := row["arxiv_id"]),
                shard="",
                identifiers=(Identifier("arxiv", id_),),
                title=row["title"],
                date=f"19{id_[-7:-5]}-{id_[-5:-3]}",
                categories=(row["categories"].split(",")[0],),
            )
            for row in csv.DictReader(file)
        ]
    with gzip.open(REAL / "paperscape_1991-1996_edges.csv.gz", "rt", newline="") as file:
        return papers, [(row["citing"], row["cited"]) for row in csv.DictReader(file)]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the real data is not here")
def test_on_a_real_graph_every_measure_works_and_its_laws_hold():
    papers, citations = real()
    graph = CitationGraph.of(papers, citations)
    assert (len(graph), len(graph.arcs), len(graph.loops), graph.outside) == (49264, 145644, 30, 1290)
    ranks = pagerank(graph)
    assert max(abs(a - b) for a, b in zip(ranks, reference(graph, 0.5), strict=True)) < 1e-9
    measures = measure(graph, papers, today="1996-12-31", ranks=ranks)
    assert sum(m.citations for m in measures) == sum(m.references for m in measures) == 145644
    by_year: dict[str, list[float]] = {}
    for m, p in zip(measures, sorted(papers, key=lambda p: p.key), strict=True):
        assert m.standing is not None
        by_year.setdefault(p.date[:4], []).append(m.standing)
    assert all(abs(sum(s) / len(s) - 0.5) < 0.02 for s in by_year.values())
    of = condensed(graph)
    found = main_path(graph, of)
    assert len(of.against) == 523
    sizes = [len(m) for m in of.members if len(m) > 1]
    assert len(sizes) == 95
    assert max(sizes) < 20
    assert len(found.path) > 50
    assert found.ways > 10**20
    groups = communities(graph, papers)
    assert max(Counter(key for c in groups for key in c.members).values()) == 1
    assert groups[0].words
    near = similar(graph.keys, citations)
    assert sum(map(bool, near.values())) > 30_000
    cites: dict[str, set[str]] = {}
    for citing, cited in citations:
        cites.setdefault(citing, set()).add(cited)
    for key in random.Random(0).sample([k for k, of in near.items() if of], 500):
        for n in near[key]:
            assert n.coupled == len((cites.get(key, set()) - {key}) & (cites.get(n.key, set()) - {n.key}))
            assert 0 < n.score <= 1
