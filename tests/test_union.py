"""What the sources say together: nothing is lost by silence, and nothing stays for ever that was wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_server import corpus_of, paper
from judgement import DATA
from livre.citations import Listed, Reference
from livre.corpus import Corpus
from livre.coverage import internal
from livre.edges import Edges, dumps_citations, tree
from livre.errors import BadData
from livre.model import Candidate, Citation, Identifier
from livre.union import RENEWED, Held, adopt, merge, seen

DAY = "2099-06-01"
ONE = paper(1)
WORKS = tuple(Identifier("doi", f"10.9999/{n:04d}") for n in range(200))


def after(days: int) -> str:
    return (date.fromisoformat(DAY) + timedelta(days)).isoformat()


def said(*cited: Identifier, by: str = "openalex", of: Identifier = ONE.primary, outcome: str = "complete", listed: int = 0) -> Listed:
    references = tuple(Reference(identifiers=(c,)) for c in cited)
    return Listed(citing=of, source=by, references=references, listed=listed or len(cited), outcome=outcome)


def told(edges: Edges, day: str, *answers: Listed, corpus: Corpus | None = None) -> Edges:
    return merge(edges, answers, corpus or corpus_of(ONE), day).edges


def absent(edges: Edges, work: Identifier) -> tuple[str, ...] | None:
    return next((e.absent for e in edges if e.cited == work), None)


def test_the_union_of_all_sources_holds():
    edges = told(Edges(), DAY, said(*WORKS[:2]), said(*WORKS[1:3], by="crossref"))
    assert [(e.cited, e.source) for e in edges] == [
        (WORKS[0], "openalex"),
        (WORKS[1], "crossref"),
        (WORKS[1], "openalex"),
        (WORKS[2], "crossref"),
    ]
    assert {(e.first, e.last, e.absent) for e in edges} == {(DAY, DAY, ())}


def test_another_sources_silence_says_nothing():
    edges = told(Edges(), DAY, said(*WORKS[:2]), said(*WORKS[1:3], by="crossref"))
    assert told(edges, after(30), said(WORKS[1], WORKS[2], by="crossref")).citations == edges.citations


@pytest.mark.parametrize(
    "answer",
    [
        said(outcome="unknown: it does not know this work"),
        said(outcome="failed: a fabricated host is away"),
        said(WORKS[0], outcome="partial: it shows 1 of 2 references", listed=2),
        said(WORKS[0], outcome="complete; 1 of these works it does not know any more", listed=2),
        said(outcome="empty: it lists no references of this work"),
        said(),
    ],
)
def test_an_answer_that_is_not_whole_takes_nothing_away(answer):
    edges = told(Edges(), DAY, said(*WORKS[:2]))
    for n in range(1, 9):
        edges = told(edges, after(30 * n), answer)
    assert [(e.cited, e.last, e.absent) for e in edges] == [(w, DAY, ()) for w in WORKS[:2]]


def test_a_list_that_is_suddenly_empty_is_not_believed():
    edges = told(told(Edges(), DAY, said(*WORKS[:2])), after(30), said())
    row = edges.list_of(ONE.primary, "openalex")
    assert row is not None
    assert (row.listed, row.known, row.outcome) == (2, 2, "empty: it used to list some")


def test_an_edge_goes_after_three_absences_a_week_apart():
    edges = told(Edges(), DAY, said(*WORKS))
    whole = said(*WORKS[1:])
    edges = told(edges, after(10), whole)
    assert absent(edges, WORKS[0]) == (after(10),)
    edges = told(edges, after(16), whole)
    assert absent(edges, WORKS[0]) == (after(10),)
    edges = told(edges, after(17), whole)
    assert absent(edges, WORKS[0]) == (after(10), after(17))
    done = merge(edges, [whole], corpus_of(ONE), after(24))
    assert done.deleted == {"openalex": 1}
    assert {e.cited for e in done.edges} == set(WORKS[1:])


def test_an_edge_that_comes_back_starts_again():
    edges = told(Edges(), DAY, said(*WORKS))
    for n in (10, 20):
        edges = told(edges, after(n), said(*WORKS[1:]))
    edges = told(edges, after(30), said(*WORKS))
    assert next(e for e in edges if e.cited == WORKS[0]) == Citation(
        citing=ONE.primary, cited=WORKS[0], source="openalex", first=DAY, last=after(30)
    )


def test_too_many_deletions_at_once_are_held_and_a_person_may_let_them_go():
    edges = told(Edges(), DAY, said(*WORKS), said(*WORKS[:9], by="crossref"))
    whole = said(*WORKS[5:])
    for n in (10, 20):
        edges = told(edges, after(n), whole)
    done = merge(edges, [whole], corpus_of(ONE), after(30))
    assert done.held == (Held(source="openalex", gone=5, edges=200),)
    assert done.edges.citations == edges.citations
    assert str(done.held[0]) == "held: 5 of its 200 edges would go"
    forced = merge(edges, [whole], corpus_of(ONE), after(30), force=True)
    assert forced.deleted == {"openalex": 5}
    assert sum(e.source == "crossref" for e in forced.edges) == 9


def test_days_are_not_written_anew_at_every_look_and_yet_are_known():
    edges = told(Edges(), DAY, said(*WORKS))
    later = told(edges, after(100), said(*WORKS))
    assert later.citations == edges.citations
    assert {seen(e, later) for e in later} == {after(100)}
    assert {e.last for e in told(edges, after(RENEWED), said(*WORKS))} == {after(RENEWED)}


def test_the_last_day_is_written_when_an_edge_goes_missing():
    edges = told(told(Edges(), DAY, said(*WORKS)), after(100), said(*WORKS))
    edges = told(edges, after(200), said(*WORKS[1:]))
    lost = next(e for e in edges if e.cited == WORKS[0])
    assert (lost.last, lost.absent, seen(lost, edges)) == (after(100), (after(200),), after(100))


def test_one_edge_that_changes_is_one_line():
    edges = told(Edges(), DAY, said(*WORKS))
    later = told(edges, after(30), said(*WORKS[1:]))
    pairs = zip(dumps_citations(edges).split("\n"), dumps_citations(later).split("\n"), strict=True)
    assert sum(a != b for a, b in pairs) == 1


def test_works_that_cite_themselves_are_kept():
    assert [e.cited for e in told(Edges(), DAY, said(ONE.primary))] == [ONE.primary]


def test_a_paper_is_cited_under_its_primary_name_whatever_the_source_calls_it():
    two = paper(2, doi="10.9999/two")
    corpus = corpus_of(ONE, two)
    edges = told(Edges(), DAY, said(Identifier("doi", "10.9999/two")), said(two.primary, by="crossref"), corpus=corpus)
    assert {e.cited for e in edges} == {two.primary}


def test_a_work_with_two_names_is_one_edge_whichever_the_source_gives():
    names = (Identifier("arxiv", "9902.00002"), Identifier("doi", "10.9999/two"))
    both = Listed(
        citing=ONE.primary, source="openalex", references=(Reference(identifiers=names), Reference(identifiers=names[1:])), listed=2
    )
    edges = told(Edges(), DAY, said(names[1]))
    assert [e.cited for e in told(edges, after(30), both)] == [names[1]]
    assert [e.cited for e in told(Edges(), DAY, both)] == [names[0]]
    known = replace(corpus_of(ONE), candidates={names[0]: Candidate(identifiers=names, title="A fabricated candidate")})
    assert absent(told(edges, after(30), said(names[0]), corpus=known), names[1]) == ()


def test_a_reference_to_two_works_is_two_edges():
    several = (Identifier("arxiv", "9902.00002"), Identifier("arxiv", "9902.00003"), Identifier("doi", "10.9999/two"))
    answer = Listed(citing=ONE.primary, source="eprint", references=(Reference(identifiers=several), Reference(text="a book")), listed=2)
    edges = told(Edges(), DAY, answer)
    assert [e.cited for e in edges] == list(several)
    row = edges.list_of(ONE.primary, "eprint")
    assert row is not None
    assert (row.listed, row.known) == (2, 1)


def test_a_paper_that_gets_an_arxiv_id_takes_its_edges_along():
    published = paper(3, doi="10.9999/three", arxiv=False)
    edges = told(Edges(), DAY, said(*WORKS[:2], of=published.primary), corpus=corpus_of(published))
    posted = paper(3, doi="10.9999/three")
    later = told(edges, after(30), said(*WORKS[:2], of=posted.primary), corpus=corpus_of(posted))
    assert [(e.citing, e.cited, e.first) for e in later] == [(posted.primary, w, DAY) for w in WORKS[:2]]
    assert list(later.lists) == [posted.primary]


def test_a_reason_of_many_lines_becomes_one_short_line():
    edges = told(Edges(), DAY, said(outcome="failed: \u202ea\tfabricated\nreason " + "x" * 999))
    row = edges.list_of(ONE.primary, "openalex")
    assert row is not None
    assert row.outcome.startswith("failed: a fabricated reason xxx")
    assert len(row.outcome) == 200


answers = st.lists(
    st.builds(
        lambda cited, by, of, outcome: said(*cited, by=by, of=paper(of).primary, outcome=outcome),
        st.lists(st.sampled_from([*WORKS[:6], paper(1).primary, paper(2).primary]), unique=True),
        st.sampled_from(["openalex", "crossref"]),
        st.integers(1, 3),
        st.sampled_from(["complete", "partial: a fabricated reason", "failed: a fabricated host is away"]),
    ),
    unique_by=lambda a: (a.citing, a.source),
    max_size=6,
)


@given(st.lists(st.tuples(st.integers(0, 20), answers), max_size=6))
def test_the_laws_of_the_union(nights):
    corpus, edges, day = corpus_of(paper(1), paper(2), paper(3)), Edges(), 0
    for wait, some in nights:
        day += wait
        done = merge(edges, some, corpus, after(day))
        assert merge(done.edges, some, corpus, after(day)).edges == done.edges
        assert merge(edges, some[::-1], corpus, after(day)).edges == done.edges
        gone = {(e.citing, e.cited, e.source) for e in edges} - {(e.citing, e.cited, e.source) for e in done.edges}
        assert len(gone) == sum(done.deleted.values())
        assert all(len(e.absent) < 3 for e in done.edges)
        edges = done.edges


CSV = "citing_id,cited_id,evidence\n9901.00001,10.9999/0001,reference list of the citing paper\n9902.00009,9901.00001,a\n"


def test_edges_that_somebody_read_are_adopted_also_of_works_outside_the_corpus():
    done = adopt(Edges(), [("edges.csv", CSV.encode())], corpus_of(ONE), DAY)
    outside = Identifier("arxiv", "9902.00009")
    assert [(e.citing, e.cited, e.source) for e in done.edges] == [(ONE.primary, WORKS[1], "import"), (outside, ONE.primary, "import")]
    row = done.edges.list_of(ONE.primary, "import")
    assert row is not None
    assert (row.listed, row.known, row.outcome) == (1, 1, "partial: as far as somebody has read it")


def test_adopting_again_changes_nothing_and_more_adds():
    first = adopt(Edges(), [("edges.csv", CSV.encode())], corpus_of(ONE), DAY).edges
    assert adopt(first, [("edges.csv", CSV.encode())], corpus_of(ONE), after(30)).edges == first
    more = adopt(first, [("more.csv", b"cited_id,citing_id\n10.9999/0002,9901.00001\n")], corpus_of(ONE), after(30)).edges
    row = more.list_of(ONE.primary, "import")
    assert row is not None
    assert (row.asked, row.listed) == (after(30), 2)
    assert len(list(more)) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("citing,cited\n1,2\n", "e.csv:1: the first line must name the columns cited_id and citing_id"),
        (CSV + "9901.00001,no work,x\n", "e.csv:4: 'no work' is neither"),
        (CSV + "9901.00001\n", "e.csv:4: '' is neither"),
        ("", "e.csv:1: the first line must name"),
        (CSV + '"9901.00001"x,9901.00002\n', "e.csv:4: this is not CSV"),
    ],
)
def test_a_file_that_cannot_be_adopted_is_refused_whole(text, says):
    with pytest.raises(BadData) as caught:
        adopt(Edges(), [("good.csv", CSV.encode()), ("e.csv", text.encode())], corpus_of(ONE), DAY)
    assert says in str(caught.value)


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the real data are not here")
def test_the_real_edges_are_adopted_whole():
    data = (DATA / "corpus/edges.csv").read_bytes()
    done = adopt(Edges(), [("edges.csv", data)], Corpus(), DAY)
    assert sum(1 for _ in done.edges) == len(set(data.splitlines())) - 1
    assert set(tree(done.edges, Corpus())) > {"citations/2025-03.tsv", "references/2025-03.tsv"}
    assert list(internal(done.edges, Corpus())) == []
