"""The files of edges and reference lists: their canonical form, what is refused in them, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies as s
from api_server import corpus_of, paper
from livre.corpus import Corpus
from livre.coverage import Completeness, Share, completeness, internal
from livre.edges import Edges, canonical, changes, dumps_citations, dumps_lists, load, loads_citations, loads_lists, tree
from livre.errors import BadData
from livre.model import Citation, Identifier, ReferenceList

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, BOOK = Identifier("arxiv", "9901.00001"), Identifier("arxiv", "9902.00002"), Identifier("doi", "10.9999/a-book")

CITATIONS = """\
citing\tcited\tsource\tfirst\tlast\tabsent
arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-01-06\t
arxiv:9901.00001\tdoi:10.9999/a-book\tcrossref\t2099-01-06\t2099-03-01\t2099-04-01 2099-04-09
"""
REFERENCES = """\
citing\tsource\tasked\tlisted\tknown\toutcome
arxiv:9901.00001\tbbl\t2099-01-06\t36\t12\tcomplete
arxiv:9901.00001\tcrossref\t2099-04-09\t2\t1\tpartial: it shows 1 of 2 references
"""

sources = st.sampled_from(["bbl", "openalex", "crossref"])
edges_ = st.builds(
    lambda citing, cited, source, days: Citation(
        citing=citing, cited=cited, source=source, first=days[0], last=days[1], absent=tuple(days[2:])
    ),
    s.identifiers,
    s.identifiers,
    sources,
    st.lists(s.days, min_size=2, max_size=4, unique=True).map(sorted),
)
several = st.lists(edges_, max_size=8, unique_by=lambda r: (r.citing, r.cited, r.source))
lists_ = st.builds(
    lambda citing, source, asked, known, more, outcome: ReferenceList(
        citing=citing, source=source, asked=asked, listed=known + more, known=known, outcome=outcome
    ),
    s.identifiers,
    sources,
    s.days,
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from(["complete", "unknown: it does not know this work", "failed: a fabricated host is away"]),
)


def test_the_files_look_like_this():
    assert dumps_citations(loads_citations(CITATIONS, path="x")) == CITATIONS
    assert dumps_lists(loads_lists(REFERENCES, path="x")) == REFERENCES
    assert loads_citations(CITATIONS, path="x")[1] == Citation(
        citing=ONE, cited=BOOK, source="crossref", first="2099-01-06", last="2099-03-01", absent=("2099-04-01", "2099-04-09")
    )


@given(several, st.lists(lists_, max_size=8, unique_by=lambda r: (r.citing, r.source)))
def test_what_is_written_reads_back_and_is_written_as_it_was_read(rows, lists):
    text = dumps_citations(rows)
    again = loads_citations(text, path="x")
    assert list(again) == sorted(rows, key=lambda r: (r.citing, r.cited, r.source))
    assert dumps_citations(again) == text
    assert list(loads_lists(dumps_lists(lists), path="x")) == sorted(lists, key=lambda r: (r.citing, r.source))


@given(several.filter(bool), st.data())
def test_one_changed_edge_is_one_changed_line(rows, data):
    before = dumps_citations(rows).split("\n")
    at = data.draw(st.integers(1, len(rows)))
    cells = before[at].split("\t")
    after = canonical(
        "citations/2099-01.tsv", "\n".join([*before[:at], "\t".join([*cells[:4], "2099-12-31", ""]), *before[at + 1 :]]).encode()
    )
    assert sum(a != b for a, b in zip(before, after.decode().split("\n"), strict=True)) <= 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-01-06", "5 columns instead of 6"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-01-06\t\t", "7 columns instead of 6"),
        ("arxiv:9901.00001\tno book\tbbl\t2099-01-06\t2099-01-06\t", "cited is 'no book': 'no book' is neither an arXiv id nor a DOI"),
        ("arxiv:9901.00001\tarxiv:9902.00002\t\t2099-01-06\t2099-01-06\t", "source is ''"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-02-30\t", "last is '2099-02-30': write a day"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-02-06\t2099-01-06\t", "first is 2099-02-06, after last"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-01-06\t2099-01-02", "absent on 2099-01-02, but last seen"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tbbl\t2099-01-06\t2099-01-06\t2099-03-02 2099-02-02", "each day once, oldest first"),
        ("arxiv:9901.00001\tarxiv:9902.00002\tb\u202ebl\t2099-01-06\t2099-01-06\t", "invisible"),
        ("", "1 columns instead of 6"),
    ],
)
def test_a_broken_line_is_named_with_what_is_wrong(line, says):
    head, first, second, end = CITATIONS.split("\n")
    with pytest.raises(BadData) as caught:
        loads_citations("\n".join([head, first, line, second, end]), path="bib/citations/2099-01.tsv")
    assert [(p.path, p.line) for p in caught.value.problems] == [("bib/citations/2099-01.tsv", 3)]
    assert says in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (lambda t: t.rstrip("\n"), 3, "the last line has no end"),
        (lambda t: t.replace("cited", "cites", 1), 1, "the first line must be the columns"),
        (lambda _: "", 1, "the first line must be the columns"),
    ],
)
def test_a_file_that_was_cut_or_has_other_columns_is_refused(change, line, says):
    with pytest.raises(BadData) as caught:
        loads_citations(change(CITATIONS), path="x")
    assert [p.line for p in caught.value.problems] == [line]
    assert says in str(caught.value)


def test_a_list_knows_no_more_than_it_has():
    with pytest.raises(BadData, match="x:3: 9 references are known of 2 listed"):
        loads_lists(REFERENCES.replace("2\t1\tpartial", "2\t9\tpartial"), path="x")


def write(bib: Path, files: dict[str, bytes | str]) -> None:
    for path, data in files.items():
        (bib / path).parent.mkdir(parents=True, exist_ok=True)
        (bib / path).write_bytes(data.encode() if isinstance(data, str) else data)


def test_edges_on_disk_are_what_was_saved(tmp_path):
    write(tmp_path, {"citations/2099-07.tsv": CITATIONS, "references/2099-01.tsv": REFERENCES})
    edges = load(tmp_path)
    corpus = corpus_of(paper())
    assert [str(e.cited) for e in edges] == ["arxiv:9902.00002", "doi:10.9999/a-book"]
    assert edges.list_of(ONE, "bbl") == ReferenceList(citing=ONE, source="bbl", asked="2099-01-06", listed=36, known=12)
    assert edges.list_of(ONE, "openalex") is None
    assert tree(edges, corpus) == {"citations/2099-01.tsv": CITATIONS.encode(), "references/2099-01.tsv": REFERENCES.encode()}
    assert changes(edges, edges, corpus) == {"citations/2099-01.tsv": CITATIONS.encode(), "citations/2099-07.tsv": None}


def test_only_the_files_that_change_are_written(tmp_path):
    edges = Edges(citations={w: (Citation(citing=w, cited=BOOK, source="bbl", first="2099-01-06", last="2099-01-06"),) for w in (ONE, TWO)})
    write(tmp_path, tree(edges, Corpus()))
    before = load(tmp_path)
    assert before == edges
    assert changes(before, edges, Corpus()) == {}
    fewer = Edges(citations={ONE: edges.citations[ONE]})
    assert changes(before, fewer, Corpus()) == {"citations/2099-02.tsv": None}


def test_a_work_that_is_only_known_by_its_doi_lies_with_its_paper(tmp_path):
    one = paper(doi="10.9999/one", arxiv=False)
    row = Citation(citing=one.primary, cited=BOOK, source="bbl", first="2099-01-06", last="2099-01-06")
    edges = Edges(citations={one.primary: (row,)})
    assert set(tree(edges, corpus_of(one))) == {"citations/2099-01.tsv"}
    assert set(tree(edges, Corpus())) == {"citations/0000-00.tsv"}
    write(tmp_path, tree(edges, Corpus()))
    assert load(tmp_path) == edges


def test_an_edge_that_stands_twice_is_refused_wherever_it_stands(tmp_path):
    write(tmp_path, {"citations/2099-01.tsv": CITATIONS, "citations/2099-02.tsv": CITATIONS, "references/2099-01.tsv": REFERENCES})
    with pytest.raises(BadData, match=r"bib/citations/2099-02\.tsv: arxiv:9901\.00001 arxiv:9902\.00002 bbl stands here twice"):
        load(tmp_path)


def test_what_does_not_belong_in_the_folders_is_named(tmp_path):
    write(tmp_path, {"citations/notes.txt": "x", "citations/.hidden": "x", "references/2099-01.tsv/x": "x"})
    with pytest.raises(BadData) as caught:
        load(tmp_path)
    assert [p.path for p in caught.value.problems] == ["bib/citations/notes.txt", "bib/references/2099-01.tsv"]


def test_the_problems_of_all_files_come_at_once(tmp_path):
    write(tmp_path, {"citations/2099-01.tsv": "x\n", "citations/2099-02.tsv": b"\xff\n", "references": "a file"})
    with pytest.raises(BadData) as caught:
        load(tmp_path)
    assert [p.path for p in caught.value.problems] == ["bib/citations/2099-01.tsv", "bib/citations/2099-02.tsv", "bib/references"]


def test_a_review_without_edges_has_none(tmp_path):
    assert load(tmp_path) == Edges()


def edge(citing: Identifier, cited: Identifier, source: str = "bbl") -> Citation:
    return Citation(citing=citing, cited=cited, source=source, first="2099-01-06", last="2099-01-06")


def test_an_arxiv_id_and_a_doi_of_one_paper_are_one_node():
    one, two = paper(1, doi="10.9999/one"), paper(2, doi="10.9999/two")
    a, a_doi, b, b_doi = *one.identifiers, *two.identifiers
    edges = Edges(
        citations={
            a: (edge(a, b), edge(a, b_doi, "crossref"), edge(a, BOOK), edge(a, a_doi)),
            b_doi: (edge(b_doi, a),),
            BOOK: (edge(BOOK, a),),
        }
    )
    assert list(internal(edges, corpus_of(one, two))) == [
        (one.key, one.key, ("bbl",)),
        (one.key, two.key, ("bbl", "crossref")),
        (two.key, one.key, ("bbl",)),
    ]


def test_completeness_says_what_is_known_of_what_is_listed_by_source():
    papers = [paper(n) for n in range(1, 5)]
    rows = [
        ReferenceList(citing=papers[0].primary, source="bbl", asked="2099-01-06", listed=40, known=30),
        ReferenceList(citing=papers[0].primary, source="openalex", asked="2099-01-06", listed=20, known=20),
        ReferenceList(citing=papers[1].primary, source="openalex", asked="2099-01-06", outcome="unknown: it does not know this work"),
        ReferenceList(citing=papers[2].primary, source="bbl", asked="2099-01-06", listed=9, known=9, outcome="partial: fabricated"),
        ReferenceList(citing=BOOK, source="bbl", asked="2099-01-06", listed=500, known=500),
    ]
    edges = Edges(lists={r.citing: tuple(x for x in rows if x.citing == r.citing) for r in rows})
    known = completeness(edges, corpus_of(*papers))
    assert known == Completeness(
        papers=4,
        whole=1,
        lists={papers[0].key: tuple(rows[:2]), papers[1].key: (rows[2],), papers[2].key: (rows[3],)},
        sources=(
            Share(source="bbl", asked=2, answered=2, listed=49, known=39),
            Share(source="openalex", asked=2, answered=1, listed=20, known=20),
        ),
    )
    assert known.share == 0.25
    assert completeness(Edges(), Corpus()).share == 0.0
