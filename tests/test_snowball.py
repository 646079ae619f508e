"""What citations say that the review misses, over fabricated papers and works."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digraphs import digraphs, paper
from livre.analyse.graph import CitationGraph
from livre.analyse.snowball import Missing, found_by_citations, missing
from livre.model import Citation, Identifier, Paper


def doi(key: str) -> Identifier:
    return Identifier("doi", f"10.9999/{key}")


def cites(*pairs: str, source: str = "bbl") -> list[Citation]:
    """`ab` says that a cites b."""
    return [Citation(citing=doi(a), cited=doi(b), source=source, first="2099-01-01", last="2099-01-01") for a, b in pairs]


def test_works_that_enough_papers_cite_are_missing_and_say_who_cites_them():
    papers = [paper(k) for k in "abc"]
    found = missing(papers, cites("ax", "bx", "cx", "ay", "by", "az", "ab", "qx"), core=(), cited_by=2, citing=1)
    assert found == (
        Missing(identifier=doi("x"), route="backward", papers=("a", "b", "c"), why="cited by 3 papers of this review"),
        Missing(identifier=doi("y"), route="backward", papers=("a", "b"), why="cited by 2 papers of this review"),
    )


def test_works_that_cite_enough_of_the_core_are_missing():
    papers = [paper(k) for k in "abcd"]
    (found,) = missing(papers, cites("xa", "xb", "xc", "ya", "yd", "zc", "zd"), core={"a", "b"}, cited_by=9, citing=2)
    assert found == Missing(identifier=doi("x"), route="forward", papers=("a", "b"), why="cites 2 core papers of this review")


def test_what_several_sources_say_or_a_paper_of_two_identifiers_cites_counts_once():
    both = Paper(key="a", shard="2099-01", identifiers=(Identifier("arxiv", "9901.00001"), doi("a")), title="a")
    twice = [
        *cites("ax", "bx"),
        *cites("ax", source="openalex"),
        Citation(citing=both.identifiers[0], cited=doi("x"), source="bbl", first="2099-01-01", last="2099-01-01"),
    ]
    assert missing([both, paper("b")], twice, core=(), cited_by=3) == ()
    assert [m.papers for m in missing([both, paper("b")], twice, core=(), cited_by=2)] == [("a", "b")]


def test_papers_that_citations_alone_would_find_leave_out_the_core():
    pairs = [("n", "core1"), ("n", "core2"), ("x", "n"), ("y", "core1"), ("p", "m"), ("q", "m"), ("x", "core1"), ("p", "core1")]
    graph = CitationGraph.of([paper(k) for pair in pairs for k in pair], pairs)
    assert found_by_citations(graph, {"core1", "core2"}, cited_by=2, citing=2) == {"n", "m"}
    assert found_by_citations(graph, (), cited_by=2, citing=1) == {"core1", "m"}


@given(digraphs(), st.sets(st.sampled_from([f"p{i}" for i in range(9)])), st.integers(1, 3), st.integers(1, 3))
def test_a_paper_is_found_by_citations_exactly_when_it_would_be_missing_were_it_outside(drawn, core, cited_by, citing):
    papers, citations = drawn
    core &= {p.key for p in papers}
    edges = [Citation(citing=doi(a), cited=doi(b), source="bbl", first="2099-01-01", last="2099-01-01") for a, b in citations]
    inside = found_by_citations(CitationGraph.of(papers, citations), core, cited_by=cited_by, citing=citing)
    for p in papers:
        if p.key not in core:
            rest = [q for q in papers if q.key != p.key]
            assert (p.key in inside) == any(
                m.identifier == doi(p.key) for m in missing(rest, edges, core, cited_by=cited_by, citing=citing)
            )
    assert not inside & core
    assert missing(papers, edges, core, cited_by=1, citing=1) == ()
