"""`livre link` on a fabricated review, with sources on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api_server import ApiServer
from arxiv_server import manner, status
from judgement import DATA
from livre import refresh
from livre.corpus import load
from livre.edges import load as load_edges
from livre.errors import BadData, UsageError
from livre.link import Compared, Report
from livre.model import Night

REVIEW = Path(__file__).parent / "data" / "review"
DAY, NEXT = "2099-06-01", "2099-06-02"
AGENT = "livre/0 (+https://example.org)"


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Without the citations that it has: what is asked here comes from the server.
    shutil.copytree(REVIEW, tmp_path / "review", ignore=shutil.ignore_patterns("citations", "references"))
    return tmp_path / "review" / "bib"


@pytest.fixture
def ask(review):
    """`livre link` with the addresses of a server on which every paper cites the same two works."""
    with ApiServer() as server:
        for record in load(review).papers.values():
            for name in record.identifiers:
                doi = f"10.48550/arXiv.{name.value}" if name.scheme == "arxiv" else name.value
                work = {
                    "id": f"https://openalex.org/W{len(server.answers)}",
                    "referenced_works": [f"https://openalex.org/W{n}" for n in (901, 902)],
                }
                server.put(f"/works/https://doi.org/{doi.replace('/', '%2F')}", work)
        cited = [{"id": f"https://openalex.org/W{n}", "doi": f"https://doi.org/10.9999/{n}"} for n in (901, 902)]
        server.put("/works", {"results": cited})

        def run(on: str = DAY, *names: str, **options: object) -> tuple[object, tuple[str, ...]]:
            addresses = {f"LIVRE_{n}": server.url for n in ("OPENALEX", "OPENCITATIONS", "CROSSREF", "S2", "ARXIV_SRC")}
            patience = {"read": 0.3, "total": 0.5, "tries": 1}
            chosen = refresh.sources(names or ["openalex"], agent=AGENT, delay=0, environment=addresses, patience=patience)
            return refresh.run(review, chosen, on=on, **{"budget": 50, **options})  # type: ignore[arg-type]

        run.server = server  # type: ignore[attr-defined]
        yield run


def everything(bib: Path) -> dict[str, bytes]:
    return {str(p.relative_to(bib)): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


def test_what_the_sources_say_is_saved_with_a_line_in_the_record(review, ask):
    papers = len(load(review).papers)
    linked, files = ask()
    assert len(list(load_edges(review))) == 2 * papers
    assert {f.partition("/")[0] for f in files} == {"citations", "references", "nights"}
    line = next(n for n in load(review).nights if n.source == "link:openalex")
    assert line == Night(night=DAY, source="link:openalex", seen=papers, matched=papers, new=2 * papers)
    assert linked.nights == (line,)


def test_a_reference_without_an_identifier_is_found_by_its_title(review, ask):
    papers = load(review).papers
    known = max(papers.values(), key=lambda p: len(p.title.split()))
    ask.server.put("/works", {"results": [{"id": "https://openalex.org/W901", "display_name": known.title}]})
    ask()
    assert {e.cited for e in load_edges(review)} == {known.primary}
    assert {row.known for rows in load_edges(review).lists.values() for row in rows} == {1}


def test_a_second_run_on_the_same_day_changes_no_byte(review, ask):
    ask()
    before = everything(review)
    assert ask()[1] == ()
    assert everything(review) == before


def test_what_is_asked_for_later_on_the_same_day_is_added_to_the_record(review, ask):
    ask(budget=2)
    ask()
    papers = len(load(review).papers)
    assert [(n.seen, n.new) for n in load(review).nights if n.source == "link:openalex"] == [(papers, 2 * papers)]


@pytest.mark.parametrize("fault", [status(500), status(429, retry_after="54000"), manner("reset")])
def test_a_source_that_is_away_leaves_a_line_and_another_night_makes_good(review, ask, fault):
    ask(DAY, budget=1)
    known = everything(review)
    ask.server.always = fault
    ask(NEXT)
    ask.server.always = None
    assert {p: b for p, b in everything(review).items() if p.startswith("citations/")} == {
        p: b for p, b in known.items() if p.startswith("citations/")
    }
    (line,) = (n for n in load(review).nights if n.night == NEXT and n.source.startswith("link:"))
    assert not line.complete
    ask("2099-09-09")
    assert len(list(load_edges(review))) == 2 * len(load(review).papers)


def test_sources_are_asked_one_after_the_other(review, ask):
    ask(DAY, "opencitations", "openalex", "crossref")
    assert {n.source for n in load(review).nights} >= {"link:openalex", "link:opencitations", "link:crossref"}


def test_what_would_be_asked_for_is_said_without_asking(review, ask):
    chosen = refresh.sources(["openalex"], agent=AGENT, delay=0, environment={"LIVRE_OPENALEX": ask.server.url})
    before = everything(review)
    (keys,) = refresh.plan(review, chosen, on=DAY, budget=2).values()
    assert len(keys) == 2
    assert ask.server.log == []
    assert everything(review) == before


def test_the_default_is_every_source_whose_edges_may_be_kept():
    made = refresh.sources((), agent=AGENT, delay=3, environment={})
    assert [s.name for s in made] == list(refresh.KEPT)
    assert all(s.published for s in made)
    assert not refresh.sources(["s2"], agent=AGENT, delay=3, environment={})[0].published


def test_a_source_that_does_not_exist_is_named():
    with pytest.raises(UsageError, match="'scopus': the sources of reference lists are eprint, openalex"):
        refresh.sources(["scopus"], agent=AGENT, delay=3, environment={})


def test_edges_from_a_file_are_saved(review, tmp_path):
    (tmp_path / "e.csv").write_text("citing_id,cited_id\n9901.00001,10.9999/1\n")
    would = refresh.adopt(review, [tmp_path / "e.csv"], on=DAY, dry_run=True)[1]
    assert list(load_edges(review)) == []
    assert refresh.adopt(review, [tmp_path / "e.csv"], on=DAY)[1] == would == ("citations/2099-01.tsv", "references/2099-01.tsv")
    assert refresh.adopt(review, [tmp_path / "e.csv"], on=NEXT)[1] == ()
    assert [e.source for e in load_edges(review)] == ["import"]


def test_a_file_that_is_no_csv_of_edges_changes_nothing(review, tmp_path):
    (tmp_path / "e.csv").write_text("a,b\n1,2\n")
    before = everything(review)
    with pytest.raises(BadData, match=r"e\.csv:1"):
        refresh.adopt(review, [tmp_path / "e.csv"], on=DAY)
    assert everything(review) == before


def test_a_report_is_a_line_and_more_where_there_is_more_to_say():
    fine = Report(source="openalex", asked=50, answered=40, listed=1600, known=1500, added=1400)
    assert list(refresh.lines(fine)) == [
        "openalex: 50 papers asked for, 40 have a list: 1600 references, 1500 with an identifier; edges: 1400 new, 0 changed, 0 gone"
    ]
    compared = Report(source="s2", stopped="a fabricated reason", compared=Compared(papers=3, both=9, missing=1, extra=2))
    assert list(refresh.lines(compared))[1:] == [
        "  incomplete: a fabricated reason",
        "  of 3 papers with edges here it has 10 references with an identifier, 9 of them are edges here (90%); 2 edges it has not",
    ]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the real data are not here")
def test_the_real_edges_can_be_adopted_by_the_fabricated_review(review):
    merged, files = refresh.adopt(review, [DATA / "corpus/edges.csv"], on=DAY)
    assert merged.added == {"import": sum(1 for _ in load_edges(review))}
    assert merged.added["import"] > 300
    assert files
