"""Which papers are asked for, and what sources may do without anything being lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_server import FAULTS, ApiServer, corpus_of, door, paper
from arxiv_server import status
from livre.citations import FAILED, Listed, Reference
from livre.citations.answer import UNKNOWN
from livre.citations.crossref import Crossref
from livre.citations.openalex import OpenAlex
from livre.citations.opencitations import Citing, OpenCitations
from livre.citations.semanticscholar import SemanticScholar
from livre.corpus import Corpus
from livre.edges import Edges, tree
from livre.errors import Throttled, Unavailable
from livre.link import IN_A_ROW, LATEST, SOONEST, Compared, due, link, waits
from livre.model import Citation, Identifier, Paper, ReferenceList, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = "2099-06-01"
NEXT = "2099-06-02"
CITED = Identifier("doi", "10.9999/cited")
OLD = Identifier("doi", "10.9999/old")


class Fabricated:
    """A source that lists `cites` for every paper; `goes_wrong` are errors by arXiv id, raised instead of an answer."""

    name = "fabricated"
    published = True

    def __init__(self, *cites: Identifier, batch: int = 1, versions: bool = False, **goes_wrong: Exception) -> None:
        self.references = tuple(Reference(identifiers=(c,)) for c in cites)
        self.batch, self.versions = batch, versions
        self.goes_wrong = goes_wrong
        self.asked: list[str] = []

    def asks(self, paper: Paper) -> bool:
        return bool(paper.identifier("arxiv"))

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        for one in papers:
            self.asked.append(one.key)
            if error := self.goes_wrong.get(one.key) or self.goes_wrong.get("all"):
                raise error
            yield Listed(citing=one.primary, source=self.name, references=self.references, listed=len(self.references))


def told(number: int, asked: str, *, source: str = "fabricated", outcome: str = "complete", count: int = 1) -> ReferenceList:
    return ReferenceList(citing=paper(number).primary, source=source, asked=asked, listed=count, known=count, outcome=outcome)


def edges_of(*rows: Citation | ReferenceList) -> Edges:
    works = sorted({row.citing for row in rows})
    return Edges(
        citations={w: found for w in works if (found := tuple(r for r in rows if isinstance(r, Citation) and r.citing == w))},
        lists={w: found for w in works if (found := tuple(r for r in rows if isinstance(r, ReferenceList) and r.citing == w))},
    )


def ago(days: int) -> str:
    return (date.fromisoformat(DAY) - timedelta(days)).isoformat()


SOURCES: dict[str, tuple[Any, str, object]] = {
    "openalex": (
        OpenAlex,
        "/works/https://doi.org/10.9999%2Fone",
        {"id": "https://openalex.org/W1", "referenced_works": ["https://openalex.org/W2"]},
    ),
    "opencitations": (OpenCitations, "/references/doi:10.9999%2Fone", [{"cited": "omid:br/1 doi:10.9999/cited"}]),
    "opencitations:citing": (Citing, "/citations/doi:10.9999%2Fone", [{"citing": "omid:br/1 doi:10.9999/citing"}]),
    "crossref": (Crossref, "/works/10.9999%2Fone", {"message": {"reference": [{"DOI": "10.9999/cited"}], "reference-count": 1}}),
    "s2": (SemanticScholar, "/paper/batch", [{"referenceCount": 1, "references": [{"externalIds": {"DOI": "10.9999/cited"}}]}]),
}


@pytest.fixture(scope="module")
def server():
    with ApiServer({path: answer for _, path, answer in SOURCES.values()}) as running:
        running.put("/works", {"results": [{"id": "https://openalex.org/W2", "doi": "https://doi.org/10.9999/cited"}]})
        yield running


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_a_source_does_the_night_goes_on_and_no_edge_is_lost(server, tmp_path, source, fault):
    one = paper(doi="10.9999/one")
    before = edges_of(
        *(Citation(citing=one.primary, cited=c, source=source, first="2099-01-06", last="2099-01-06") for c in (CITED, OLD)),
        ReferenceList(citing=one.primary, source=source, asked="2099-01-06", listed=2, known=2),
    )
    before = replace(before, lists={}) if source == "s2" else before
    adapter = SOURCES[source][0](door(tmp_path), base=server.url)
    server.always = FAULTS[fault]
    try:
        bad = link(corpus_of(one), before, [adapter, Fabricated(CITED)], on=DAY, budget=5)
    finally:
        server.always = None
    assert {c.cited for c in bad.edges if c.source == source} == {CITED, OLD}
    assert any(c.source == "fabricated" for c in bad.edges)
    told_off = bad.reports[0].stopped or bad.reports[0].failed
    answered = bad.reports[0].answered
    list_now = bad.edges.list_of(one.primary, source)
    assert told_off or answered or source == "s2" or (list_now and list_now.outcome.startswith(("unknown", "empty", "partial")))
    good = link(
        corpus_of(one), replace(bad.edges, lists={}), [SOURCES[source][0](door(tmp_path), base=server.url)], on="2099-09-01", budget=5
    )
    assert (good.reports[0].asked, good.reports[0].answered, good.reports[0].known) == (1, 1, 1)


@pytest.mark.parametrize("source", SOURCES)
def test_fifteen_hours_to_wait_end_the_night_of_that_source_alone(server, tmp_path, source):
    server.log.clear()
    server.always = status(429, retry_after="54000")
    try:
        papers = [paper(n, doi="10.9999/one") for n in range(1, 9)]
        done = link(corpus_of(*papers), Edges(), [SOURCES[source][0](door(tmp_path), base=server.url)], on=DAY, budget=8)
    finally:
        server.always = None
    assert len(server.log) == 1
    assert "it asks for 54000 s" in done.reports[0].stopped
    assert done.edges == Edges()


def test_never_asked_comes_first_and_of_these_the_newest():
    papers = [paper(1, date="2099-01-05"), paper(2, date="2099-03-05"), paper(3, date="2099-02"), paper(4, date="2098"), paper(5, date="")]
    edges = edges_of(told(2, ago(300)))
    assert [p.key[-2:] for p in due(corpus_of(*papers), edges, Fabricated(), DAY)] == ["n3", "n5", "n1", "n4", "n2"]


def test_of_the_others_the_most_cited_and_longest_unasked_come_first():
    papers = [paper(n, date="2090") for n in range(1, 5)]
    cites = [Citation(citing=paper(9).primary, cited=paper(3).primary, source="x", first=DAY, last=DAY)]
    edges = edges_of(
        told(1, ago(400)), told(2, ago(500)), told(3, ago(450)), told(4, ago(300), outcome=f"{FAILED}a fabricated reason"), *cites
    )
    assert [p.key[-2:] for p in due(corpus_of(*papers), edges, Fabricated(), DAY)] == ["n4", "n3", "n2", "n1"]


@pytest.mark.parametrize(
    ("date_", "asked", "wait"),
    [
        ("2099-05-01", "2099-05-02", SOONEST),
        ("2099-01-01", "2099-04-11", 50),
        ("2099-01-01", "2099-07-20", 100),
        ("2010", "2099-01-01", LATEST),
    ],
)
def test_the_time_until_a_paper_is_asked_for_again_is_half_its_age_then(date_, asked, wait):
    one, row = paper(date=date_), told(1, asked)
    day = date.fromisoformat(asked)
    assert waits(one, row, day + timedelta(wait - 1))
    assert not waits(one, row, day + timedelta(wait))


def test_what_failed_is_asked_for_the_next_night_if_the_paper_is_new():
    row = told(1, DAY, outcome=f"{FAILED}a fabricated reason")
    new, old = paper(date="2099-05-30"), paper(date="2097")
    assert waits(new, row, date.fromisoformat(DAY))
    assert not waits(new, row, date.fromisoformat(NEXT))
    assert waits(old, row, date.fromisoformat(NEXT)), "it may well fail for ever"


def test_a_papers_own_list_is_read_again_only_when_there_is_a_new_version():
    versions = (Version(number=1, on="2099-01-01"), Version(number=2, on="2099-03-01"))
    far = date(2102, 1, 1)
    assert waits(paper(versions=versions), told(1, "2099-03-02"), far, versions=True)
    assert not waits(paper(versions=versions), told(1, "2099-02-02"), far, versions=True)


def test_a_corpus_of_any_size_is_covered_in_turn():
    corpus, edges, day = corpus_of(*(paper(n) for n in range(1, 41))), Edges(), date.fromisoformat(DAY)
    seen: list[str] = []
    for night in range(5):
        source = Fabricated(CITED)
        edges = link(corpus, edges, [source], on=(day + timedelta(night)).isoformat(), budget=8).edges
        seen += source.asked
    assert len(seen) == len(set(seen)) == 40


def test_a_second_run_on_the_same_day_asks_nothing_and_changes_nothing():
    corpus = corpus_of(*(paper(n) for n in range(1, 8)))
    first = link(corpus, Edges(), [Fabricated(CITED)], on=DAY, budget=5)
    source = Fabricated(OLD)
    again = link(replace(corpus, nights=first.nights), first.edges, [source], on=DAY, budget=5)
    assert source.asked == []
    assert again.nights == ()
    assert tree(again.edges, corpus) == tree(first.edges, corpus)


@pytest.mark.parametrize("error", [Throttled("a fabricated host asks us to stay away"), Unavailable("a fabricated host is away")])
def test_a_source_that_was_stopped_is_left_alone_until_another_day_unless_somebody_asks(error):
    corpus = corpus_of(*(paper(n, date="2099-05-20") for n in range(1, 8)))
    first = link(corpus, Edges(), [Fabricated(all=error)], on=DAY, budget=5)
    assert first.nights[0].outcome.startswith("incomplete: ")
    later = replace(corpus, nights=first.nights)
    source = Fabricated(CITED)
    assert link(later, first.edges, [source], on=DAY, budget=5).edges == first.edges
    assert source.asked == []
    assert len(link(later, first.edges, [source], on=NEXT, budget=5).edges.citations) == 5
    assert link(later, first.edges, [Fabricated(CITED)], on=DAY, budget=7, again=True).reports[0].answered > 0


def test_a_bigger_budget_on_the_same_day_asks_for_the_rest():
    corpus = corpus_of(*(paper(n) for n in range(1, 8)))
    first = link(corpus, Edges(), [Fabricated(CITED)], on=DAY, budget=5)
    rest = link(replace(corpus, nights=first.nights), first.edges, [Fabricated(CITED)], on=DAY, budget=50)
    assert rest.reports[0].asked == 2


def test_one_failure_is_noted_and_the_rest_is_asked():
    corpus = corpus_of(*(paper(n, date=f"2099-01-{n:02d}") for n in range(1, 6)))
    error = Unavailable("a fabricated host broke off")
    done = link(corpus, Edges(), [Fabricated(CITED, batch=2, example2099n4=error)], on=DAY, budget=9)
    assert len(done.edges.citations) == 4
    row = done.edges.list_of(paper(4).primary, "fabricated")
    assert row == told(4, DAY, outcome=f"{FAILED}{error}", count=0)
    assert done.nights[0].outcome == f"complete; 1 failed: arxiv:9901.00004: {error}"


def test_a_source_that_fails_too_often_in_a_row_is_stopped():
    corpus = corpus_of(*(paper(n) for n in range(1, 9)))
    source = Fabricated(all=Unavailable("a fabricated host is away"))
    done = link(corpus, Edges(), [source], on=DAY, budget=9)
    assert len(source.asked) == IN_A_ROW
    assert done.nights[0].outcome.startswith(f"incomplete: {IN_A_ROW} failures in a row, the last: a fabricated host is away")
    assert done.nights[0].source == "link:fabricated"


def test_papers_that_always_fail_keep_none_of_the_others_waiting():
    corpus, edges = corpus_of(*(paper(n, date="2099-01-01") for n in range(1, 13))), Edges()
    error = Unavailable("a fabricated host chokes on this one")
    for night in range(40):
        source = Fabricated(CITED, example2099n1=error, example2099n2=error, example2099n3=error, example2099n4=error)
        edges = link(corpus, edges, [source], on=(date.fromisoformat(DAY) + timedelta(night)).isoformat(), budget=4).edges
    assert len(edges.citations) == 8


def test_a_reference_without_an_identifier_is_matched():
    nameless = Fabricated()
    nameless.references = (Reference(title="A fabricated title"), Reference(title="another"))
    done = link(
        corpus_of(paper()), Edges(), [nameless], on=DAY, budget=1, match=lambda r: CITED if r.title == "A fabricated title" else None
    )
    assert [c.cited for c in done.edges] == [CITED]
    assert done.edges.list_of(paper().primary, "fabricated") == replace(told(1, DAY), listed=2)


def test_a_source_that_may_not_be_published_is_compared_and_leaves_nothing(server, tmp_path):
    rows = [Citation(citing=paper().primary, cited=c, source="openalex", first=DAY, last=DAY) for c in (CITED, OLD)]
    edges = edges_of(*rows)
    done = link(corpus_of(paper()), edges, [SemanticScholar(door(tmp_path), base=server.url)], on=DAY, budget=5)
    assert done.edges == edges
    assert done.nights == ()
    assert done.reports[0].compared == Compared(papers=1, both=1, missing=0, extra=1)


def test_what_is_not_known_keeps_the_numbers_of_the_last_list():
    class Unknown(Fabricated):
        def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
            for one in papers:
                yield Listed(citing=one.primary, source=self.name, outcome=UNKNOWN)

    done = link(corpus_of(paper()), edges_of(told(1, "2099-01-06", count=36)), [Unknown()], on=DAY, budget=5)
    assert done.edges.list_of(paper().primary, "fabricated") == told(1, DAY, count=36, outcome=UNKNOWN)


@given(st.permutations(range(3)))
def test_the_order_of_the_sources_does_not_matter(order):
    names = [Identifier("doi", f"10.9999/{n}") for n in range(4)]

    def source(n: int) -> Fabricated:
        made = Fabricated(*names[n : n + 2])
        made.name = f"fabricated{n}"
        return made

    corpus = corpus_of(paper(1), paper(2))
    done = link(corpus, Edges(), [source(n) for n in order], on=DAY, budget=5)
    assert done.edges == link(corpus, Edges(), [source(n) for n in range(3)], on=DAY, budget=5).edges


def test_an_empty_corpus_is_no_trouble():
    assert link(Corpus(), Edges(), [Fabricated()], on=DAY, budget=5).nights == ()
