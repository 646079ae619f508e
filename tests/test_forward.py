"""Who cites the core: asked of OpenCitations, a few papers a night, and what comes of a work outside that cites much of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from api_server import FAULTS, RECORDED, ApiServer, anything, corpus_of, door, paper, recorded
from livre import corpus, edges, form, night, refresh
from livre.centre import centre, cites_core, missed
from livre.citations import FAILED, Listed, Reference
from livre.citations.answer import UNKNOWN
from livre.citations.opencitations import UNCITED, Citing, OpenCitations
from livre.cli import main
from livre.coverage import completeness
from livre.edges import Edges
from livre.errors import SourceError
from livre.harvest import Batch
from livre.link import AGAIN, link
from livre.model import Candidate, Citation, Identifier, Name, ReferenceList, Source, Verdict
from livre.scope import Snowball
from livre.union import merge
from livre.whom import central

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from livre.model import Paper

DAY = "2099-06-01"
NAME = "opencitations:citing"
ONE = paper(1, doi="10.9999/one")
OUTSIDE, NAMELESS = Identifier("arxiv", "9902.00009"), Identifier("doi", "10.9999/only")


def after(days: int, day: str = DAY) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def path_of(doi: str) -> str:
    return f"/citations/doi:{quote(doi, safe='')}"


def row(citing: str, cited: str = "10.9999/one") -> dict[str, str]:
    """A citation as version 2 tells it."""
    return {
        "oci": "06101-06202",
        "citing": citing,
        "cited": f"omid:br/06202 doi:{cited} openalex:W2",
        "creation": "2099-02-03",
        "timespan": "P1M",
        "journal_sc": "no",
        "author_sc": "no",
    }


@pytest.fixture
def server():
    with ApiServer() as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return Citing(door(tmp_path), base=server.url)


def said(*works: Identifier | tuple[Identifier, ...], of: Identifier = ONE.primary, outcome: str = "complete") -> Listed:
    references = tuple(Reference(identifiers=w if isinstance(w, tuple) and not isinstance(w, Identifier) else (w,)) for w in works)
    return Listed(citing=of, source=NAME, references=references, listed=len(references), outcome=outcome)


# --- What OpenCitations answers ---


def test_both_dois_of_a_paper_are_asked_for_and_a_work_that_cites_both_is_one(server, source):
    both = row("omid:br/06101 doi:10.48550/arXiv.9902.00009 doi:10.9999/Published openalex:W1")
    server.put(path_of("10.9999/one"), [both, row("omid:br/06103 doi:10.9999/only pmid:7"), None, row("omid:br/06104 pmid:9")])
    server.put(path_of("10.48550/arXiv.9901.00001"), [both])
    published = Identifier("doi", "10.9999/published")
    references = (Reference(identifiers=(OUTSIDE, published)), Reference(identifiers=(NAMELESS,)))
    assert list(source.ask([ONE])) == [Listed(citing=ONE.primary, source=NAME, references=references, listed=3)]
    assert len(server.log) == 2


def test_no_citing_work_and_an_unknown_paper_prove_nothing(server, source):
    server.put(path_of("10.48550/arXiv.9901.00001"), [])
    assert [x.outcome for x in source.ask([ONE, paper(2)])] == [UNCITED, UNKNOWN]


def test_a_token_goes_into_a_header(server, tmp_path):
    list(Citing(door(tmp_path), base=server.url, token=" secret ").ask([paper()]))
    assert [a.headers.get("authorization") for a in server.log] == ["secret"]


def test_no_answer_raises_anything_but_a_source_error(tmp_path):
    with ApiServer() as server:

        @given(anything)
        def law(answer: object) -> None:
            server.put(path_of("10.9999/one"), answer)
            try:
                answers = list(Citing(door(tmp_path), base=server.url).ask([ONE]))
            except SourceError:
                return
            assert [a.citing for a in answers] == [ONE.primary]

        law()


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
@pytest.mark.parametrize(("file", "count"), [("citecorp__oc_coci_cites__00", 20), ("citecorp__oc_coci_cites_many_dois__01", 18)])
def test_recorded_citations_are_read_whole(server, source, file, count):
    server.put(path_of("10.9999/one"), recorded(f"opencitations/{file}.json"))
    (answer,) = source.ask([ONE])
    assert (answer.listed, len(answer.references), answer.outcome) == (count, count, "complete")


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_source_does_no_edge_is_lost_and_the_next_paper_is_asked_for(server, tmp_path, fault):
    server.put(path_of("10.9999/one"), [row("doi:10.9999/only")])
    before = merge(Edges(), [said(OUTSIDE, NAMELESS)], corpus_of(ONE), "2099-01-06").edges
    server.always = FAULTS[fault]
    bad = link(corpus_of(ONE), before, [Citing(door(tmp_path), base=server.url)], on=DAY, budget=5)
    server.always = None
    assert {(c.citing, c.cited, c.source) for c in bad.edges} == {(w, ONE.primary, "opencitations") for w in (OUTSIDE, NAMELESS)}
    good = link(corpus_of(ONE), bad.edges, [Citing(door(tmp_path), base=server.url)], on="2101-06-01", budget=5)
    assert good.nights[0].complete
    assert good.nights[0].source == "link:opencitations:citing"
    assert len(list(good.edges)) == 2


# --- What is kept ---


def test_an_edge_is_the_sources_and_only_the_core_papers_line_says_that_it_was_asked():
    done = merge(Edges(), [said((OUTSIDE, Identifier("doi", "10.9999/published")), NAMELESS)], corpus_of(ONE), DAY)
    assert list(done.edges) == [
        Citation(citing=work, cited=ONE.primary, source="opencitations", first=DAY, last=DAY) for work in (OUTSIDE, NAMELESS)
    ]
    assert done.edges.lists == {ONE.primary: (ReferenceList(citing=ONE.primary, source=NAME, asked=DAY, listed=2, known=2),)}
    assert done.added == {NAME: 2}


def test_completeness_counts_reference_lists_and_nothing_else():
    held = corpus_of(ONE, paper(2))
    own = Listed(citing=ONE.primary, source="opencitations", references=(Reference(identifiers=(NAMELESS,)),), listed=3)
    before = merge(Edges(), [own], held, DAY).edges
    later = merge(before, [said(OUTSIDE, paper(2).primary), said(NAMELESS, of=paper(2).primary)], held, DAY).edges
    assert later.list_of(paper(2).primary, NAME)
    assert completeness(later, held) == completeness(before, held)


def test_a_work_that_is_not_named_any_more_stays():
    known = merge(Edges(), [said(OUTSIDE, NAMELESS)], corpus_of(ONE), DAY).edges
    edges_ = known
    for n in range(1, 9):
        edges_ = merge(edges_, [said(NAMELESS)], corpus_of(ONE), after(30 * n)).edges
    assert edges_.citations == known.citations


def test_a_citing_paper_of_the_review_has_its_edge_under_its_primary_name_and_once():
    two = paper(2, doi="10.9999/two")
    held = corpus_of(ONE, two)
    own = Listed(
        citing=two.primary, source="opencitations", references=(Reference(identifiers=(Identifier("doi", "10.9999/one"),)),), listed=1
    )
    done = merge(merge(Edges(), [own], held, DAY).edges, [said(Identifier("doi", "10.9999/two"))], held, after(30)).edges
    assert [(e.citing, e.cited, e.first) for e in done] == [(two.primary, ONE.primary, DAY)]


def test_its_own_list_lets_the_edge_of_a_work_that_came_in_go():
    two = paper(2)
    held = corpus_of(ONE, two)
    edges_ = merge(Edges(), [said(two.primary), said(NAMELESS, OUTSIDE)], held, DAY).edges
    whole = Listed(citing=two.primary, source="opencitations", references=(Reference(identifiers=(NAMELESS,)),), listed=1)
    for n in (10, 20):
        edges_ = merge(edges_, [whole], held, after(n)).edges
    assert merge(edges_, [whole], held, after(30), force=True).deleted == {"opencitations": 1}
    # The edges of works outside are not among those of which it would be one in so many.
    assert [(h.gone, h.edges) for h in merge(edges_, [whole], held, after(30)).held] == [(1, 2)]


def test_a_work_known_by_its_doi_takes_its_edges_along_when_it_becomes_a_candidate():
    edges_ = merge(Edges(), [said(NAMELESS)], corpus_of(ONE), DAY).edges
    found = Candidate(identifiers=(OUTSIDE, NAMELESS), title="A fabricated candidate")
    later = merge(edges_, [said(NAMELESS)], replace(corpus_of(ONE), candidates={OUTSIDE: found}), after(200)).edges
    assert [(e.citing, e.first) for e in later] == [(OUTSIDE, DAY)]


_names = st.sampled_from([OUTSIDE, NAMELESS, ONE.primary, paper(2).primary, (OUTSIDE, NAMELESS)])
_answers = st.lists(
    st.one_of(
        st.builds(lambda works, of: said(*works, of=paper(of).primary), st.lists(_names, unique=True, max_size=4), st.integers(1, 2)),
        st.builds(
            lambda works, of: replace(said(*works, of=paper(of).primary), source="opencitations"),
            st.lists(_names, unique=True, max_size=4),
            st.integers(1, 2),
        ),
        st.builds(lambda of: said(of=paper(of).primary, outcome=f"{FAILED}a fabricated host is away"), st.integers(1, 2)),
    ),
    unique_by=lambda a: (a.citing, a.source),
    max_size=4,
)


@given(st.lists(st.tuples(st.integers(0, 20), _answers), max_size=6))
def test_the_laws_of_the_union_hold_both_ways_round(nights):
    held, edges_, day = corpus_of(ONE, paper(2)), Edges(), 0
    for wait, some in nights:
        day += wait
        done = merge(edges_, some, held, after(day))
        assert merge(done.edges, some, held, after(day)).edges == done.edges
        assert merge(edges_, some[::-1], held, after(day)).edges == done.edges
        gone = {(e.citing, e.cited, e.source) for e in edges_} - {(e.citing, e.cited, e.source) for e in done.edges}
        assert len(gone) == sum(done.deleted.values())
        assert {e.source for e in done.edges} <= {"opencitations"}
        for path, data in edges.tree(done.edges, held).items():
            assert edges.canonical(path, data) == data
        edges_ = done.edges


# --- Whom it is asked about ---

CORE = tuple(f"9901.{n:05}" for n in range(1, 6))


def papers(count: int = 100) -> tuple[Paper, ...]:
    return tuple(paper(n) for n in range(1, count + 1))


def star(day: str = "2099-01-06") -> Edges:
    """Ninety-five papers, each of which cites the same five."""
    table = {p.primary: tuple(Citation(citing=p.primary, cited=Identifier("arxiv", c), source="import", first=day, last=day) for c in CORE)
             for p in papers()[5:]}  # fmt: skip
    return Edges(citations=table)


class Asked(Citing):
    """The source, which remembers whom it was asked about, and needs no server."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        for one in papers:
            self.asked.append(one.primary.value)
            yield said(OUTSIDE, of=one.primary)


def nightly(known: Edges, on: str, budget: int = 8) -> tuple[list[str], Edges]:
    held, asked = corpus_of(*papers()), Asked()
    done = link(held, known, central([asked], centre(held, known, before=on)), on=on, budget=budget)
    return asked.asked, done.edges


def test_the_core_is_covered_in_turn_and_again_after_months_longest_unasked_first():
    known, turns = star(), []
    for n in (0, 1, 2, 3, AGAIN, AGAIN + 1):
        asked, known = nightly(known, after(n))
        assert nightly(known, after(n))[0] == [], "a second run on the same night"
        turns.append(asked)
    assert [len(t) for t in turns] == [2, 2, 1, 0, 2, 2]
    assert {i for t in turns[:3] for i in t} == set(CORE)
    assert [set(t) for t in turns[4:]] == [set(t) for t in turns[:2]]


def test_what_a_night_brings_changes_neither_its_core_nor_what_it_judges_by():
    held = corpus_of(*papers())
    today = star(DAY)
    assert centre(held, today, before=DAY).core == frozenset()
    of = centre(held, star(), before=DAY)
    assert {p.primary.value for p in of.papers if p.key in of.core} == set(CORE)
    share = cites_core(merge(star(), [said(OUTSIDE)], held, DAY).edges, of)
    assert share is not None
    assert share(Candidate(identifiers=(OUTSIDE,), title="Fabricated")) == 0


def test_a_source_of_reference_lists_is_asked_about_all():
    every = OpenCitations.__new__(OpenCitations)
    assert central([every], centre(corpus_of(ONE), Edges())) == [every]


def test_livre_link_plans_and_asks_for_the_core_alone(tmp_path):
    bib = tmp_path / "bib"
    bib.mkdir()
    refresh.save(bib, corpus.tree(corpus_of(*papers())), read={}, also=edges.changes(Edges(), star(), corpus_of(*papers())))
    with ApiServer() as server:
        server.put(path_of(f"10.48550/arXiv.{CORE[0]}"), [row("doi:10.48550/arXiv.9902.00009", f"10.48550/arXiv.{CORE[0]}")])
        chosen = refresh.sources([NAME], agent="livre/0", delay=0, environment={"LIVRE_OPENCITATIONS": server.url})
        (keys,) = refresh.plan(bib, chosen, on=DAY, budget=100).values()
        assert sorted(keys) == [f"example2099n{n}" for n in range(1, 6)]
        linked, _ = refresh.run(bib, chosen, on=DAY, budget=100)
        assert refresh.run(bib, chosen, on=DAY, budget=100)[1] == ()
        assert sorted(a.path for a in server.log) == sorted(path_of(f"10.48550/arXiv.{c}") for c in CORE)
    assert OUTSIDE in edges.load(bib).citations
    assert next(refresh.lines(linked.reports[0])) == (
        f"{NAME}: 5 papers asked for, 1 are cited, by 1 works, 1 with an identifier; edges: 1 new, 0 changed, 0 gone"
    )


# --- A night ---

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."
curators = [{ name = "Ada Example" }]

[harvest]
sets = ["cs"]
since = "2025-03-01"

[[topics]]
id = "skin"
title = "Skin"
all = [["skin"]]

[[criteria]]
id = "subject"
kind = "require"
title = "Skin"
text = "The paper is about skin."
all = [["skin"]]
"""
TAXONOMY = """\
[[facets]]
id = "model"
title = "Model"
definition = "What is built."

[[categories]]
id = "llm"
facet = "model"
title = "Language models"
definition = "Models of text."
strong = ["machine*"]
"""


def work(number: int) -> Candidate:
    titles = {500: "Skin that nobody harvested", 501: "On cooking"}
    return Candidate(
        identifiers=(Identifier("arxiv", f"9901.{number:05}"),),
        title=titles.get(number, f"A fabricated machine for skin, part {number}"),
        abstract="Fabricated.",
        authors=(Name(family="Example", given="Ada"),),
        date="2025-03-01",
        source=Source(version=1, stamp="2025-03-01", route="oai"),
    )


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    """A review of a hundred papers, five of which all others cite."""
    folder = tmp_path / "review" / "bib"
    (folder / "inbox").mkdir(parents=True)
    (folder / "scope.toml").write_text(SCOPE)
    (folder / "taxonomy.toml").write_text(TAXONOMY)
    return folder


@pytest.fixture
def run(bib: Path, server: ApiServer, tmp_path: Path) -> Callable[..., night.Report]:
    def lookup(ids: Sequence[str]) -> Iterator[Batch]:
        yield Batch(candidates=tuple(work(int(i.partition(".")[2])) for i in ids), refused=(), watermark="")

    def run(on: str) -> night.Report:
        batch = Batch(candidates=tuple(work(n) for n in range(1, 101)), refused=(), watermark=on)
        route = night.Route(name="oai", batches=lambda *_: iter([batch]))
        return night.run(bib, routes=[route], lookup=lookup, on=on, sources=[Citing(door(tmp_path), base=server.url)], budget=20)

    run("2025-04-01")
    lines = [f"9901.{n:05},{c}" for n in range(6, 101) for c in CORE]
    (tmp_path / "edges.csv").write_text("\n".join(["citing_id,cited_id", *lines, ""]))
    refresh.adopt(bib, [tmp_path / "edges.csv"], on="2025-04-01")
    for n, core in enumerate(CORE):
        doi = f"10.48550/arXiv.{core}"
        few = [row("omid:br/9 doi:10.48550/arXiv.9901.00501", doi)] if n else []  # this one cites four
        both = [row("omid:br/1 doi:10.48550/arxiv.9901.00500 openalex:W1", doi), row("omid:br/2 doi:10.9999/only", doi)]
        server.put(path_of(doi), [*both, *few])
    return run


def contents(bib: Path) -> dict[str, bytes]:
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


def test_a_work_outside_that_cites_five_core_papers_is_looked_up_and_screened(bib, run, server) -> None:
    before = completeness(edges.load(bib), corpus.load(bib))
    report = run("2025-04-02")
    held, known = corpus.load(bib), edges.load(bib)
    assert sorted(a.path for a in server.log) == sorted(path_of(f"10.48550/arXiv.{c}") for c in CORE)
    found = held.decisions[work(500).primary][-1]
    assert (found.verdict, found.criterion) == (Verdict.INCLUDE, "skin")
    assert found.why.endswith("; snowball: cites 5 core papers of this review")
    assert work(501).primary not in held.decisions
    assert {n.source: (n.seen, n.new, n.outcome) for n in report.nights if n.source in {"link:" + NAME, "snowball"}} == {
        "link:" + NAME: (5, 14, "complete"),
        "snowball": (1, 1, "complete"),
    }
    missing = missed(held, known, centre(held, known, before="2025-04-03"), Snowball())
    assert [(m.identifier, m.route, len(m.papers)) for m in missing] == [(NAMELESS, "forward", 5)]
    assert replace(completeness(known, held), papers=before.papers) == before
    assert form.differing(bib) == {}


def test_the_same_night_again_and_the_next_nights_ask_nothing_and_change_nothing(bib, run, server) -> None:
    run("2025-04-02")
    once, asked = contents(bib), len(server.log)
    assert run("2025-04-02").files == ()
    assert contents(bib) == once
    run("2025-04-03")
    assert len(server.log) == asked
    assert {p: b for p, b in contents(bib).items() if p.startswith(("citations/", "references/"))} == {
        p: b for p, b in once.items() if p.startswith(("citations/", "references/"))
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_fails_a_night(bib, run, server, fault) -> None:
    before = edges.load(bib)
    server.always = FAULTS[fault]
    report = run("2025-04-02")
    server.always = None
    assert report.failure is None
    assert set(before) <= set(edges.load(bib))
    assert any(n.source == "link:" + NAME for n in report.nights)
    assert form.differing(bib) == {}


def test_livre_fmt_and_check_find_nothing_to_say(bib, run) -> None:
    run("2025-04-02")
    done = CliRunner().invoke(main, ["--root", str(bib.parent), "fmt", "--check"])
    assert done.exit_code == 0, done.output
    said_ = CliRunner().invoke(main, ["--root", str(bib.parent), "check", "bib"]).output
    assert "bib/citations" not in said_
    assert "bib/references" not in said_
