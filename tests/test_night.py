"""A night as a maintainer sees it: `livre update` against a local arXiv, by the real command line."""

from __future__ import annotations

import gzip
import json
import random
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from arxiv_dialect import atom_entry, atom_page, record
from arxiv_server import ArxivServer, body, status
from livre import corpus, night
from livre.cli import main
from livre.harvest import oai
from livre.harvest.transport import Transport
from livre.model import Paper, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."

[[curators]]
name = "Ada Example"

[harvest]
sets = ["cs", "eess"]
since = "2025-03-01"

[[topics]]
id = "skin"
title = "Skin"
all = [["skin"]]

[[criteria]]
id = "robots"
kind = "exclude"
title = "No robots"
text = "Papers on robots are left out."
all = [["robot*"]]

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
strong = ["language model*", "paper"]
"""


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """A new review without a single paper."""
    (tmp_path / "bib").mkdir()
    (tmp_path / "bib" / "scope.toml").write_text(SCOPE)
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    return tmp_path


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    """arXiv with five fabricated papers: three on skin, one on robots' skin, one on neither."""
    records = [record(n) for n in (1, 2, 3)]
    records += [record(4, title="Robot skin: an example"), record(5, title="On cooking", abstract="Fabricated.")]
    with ArxivServer(records) as server:
        yield server


@pytest.fixture
def update(review: Path, arxiv: ArxivServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `livre update` on the day given (default 2025-04-01)."""
    monkeypatch.setenv("LIVRE_ARXIV_OAI", arxiv.oai)
    monkeypatch.setenv("LIVRE_ARXIV_API", arxiv.api)
    monkeypatch.setenv("LIVRE_DELAY", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(review / "cache"))
    monkeypatch.setattr("livre.cli.shell.transport.Transport", partial(Transport, tries=2, sleep=lambda seconds: None))

    def run(*options: str, on: str = "2025-04-01", time: str = "06:17:00+00:00") -> Result:
        monkeypatch.setenv("LIVRE_NOW", f"{on}T{time}")
        return CliRunner().invoke(main, ["--root", str(review), "update", "--link", "0", *options], catch_exceptions=False)

    return run


def files(review: Path) -> dict[str, bytes]:
    """Every file under bib/ with its bytes."""
    bib = review / "bib"
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


def papers(review: Path) -> dict[str, Paper]:
    """The papers by their arXiv id."""
    return {p.identifier("arxiv"): p for p in corpus.load(review / "bib").papers.values()}


def test_a_night_includes_excludes_and_forgets_with_reasons(review: Path, update: Callable[..., Result]) -> None:
    done = update()
    assert done.exit_code == 0, done.output
    assert "oai: 5 seen, 4 matched, 4 new, 0 updated: complete" in done.output
    after = corpus.load(review / "bib")
    assert sorted(papers(review)) == ["9901.00001", "9901.00002", "9901.00003"]
    assert [str(i) for i in after.candidates] == ["arxiv:9901.00004"]
    reasons = {(d.verdict, d.criterion, d.why) for rows in after.decisions.values() for d in rows}
    assert (Verdict.EXCLUDE, "robots", 'robots: "Robot" (title)') in reasons
    assert all(p.categories == ("llm",) and p.abstract and p.added == "2025-04-01" for p in after.papers.values())
    line, again = sorted(after.nights, key=lambda n: n.source == "judgement")
    assert again.outcome.endswith("nothing to change")
    assert (line.since, line.watermark, line.seen, line.included, line.excluded) == ("2025-03-01", "2025-04-01", 5, 3, 1)


def test_a_finished_night_run_again_changes_no_byte(review: Path, update: Callable[..., Result]) -> None:
    update()
    once = files(review)
    again = update()
    assert again.exit_code == 0
    assert files(review) == once
    assert "0 files changed" in again.output


def test_a_night_without_news_changes_only_the_record(review: Path, update: Callable[..., Result]) -> None:
    update()
    update(on="2025-04-02")  # the first night that has decisions of an earlier day to learn from
    before = files(review)
    update(on="2025-04-03")
    after = files(review)
    assert {n for n in after if after[n] != before.get(n)} == {"nights/2025.tsv"}


def test_the_window_starts_a_week_before_the_last_complete_harvest(update: Callable[..., Result], arxiv: ArxivServer) -> None:
    update()
    arxiv.now = "2025-04-02T06:17:00Z"
    update(on="2025-04-02")
    assert arxiv.log[-1].query["from"] == "2025-03-25"


@pytest.mark.parametrize(
    "fault",
    [
        body(lambda _: b"<!doctype html><html><body>Sorry</body></html>"),
        body(lambda _: b""),
        body(lambda whole: whole[: len(whole) // 2]),
        body(lambda _: b"Rate exceeded."),
        status(429, b"", retry_after="1"),
        status(503),
        status(403),
    ],
    ids=["html", "empty", "cut", "text", "429", "503", "403"],
)
def test_an_answer_that_cannot_be_trusted_is_exit_75_and_only_the_record_is_written(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer, fault: Any
) -> None:
    update()
    before = files(review)
    arxiv.records.append(record(6, datestamp="2025-04-02"))
    arxiv.now = "2025-04-02T06:17:00Z"
    arxiv.always = fault
    failed = update(on="2025-04-02")
    assert failed.exit_code == 75, failed.output
    assert "livre: " in failed.output
    after = files(review)
    assert {n for n in after if after[n] != before.get(n)} == {"nights/2025.tsv"}
    assert "incomplete: " in after["nights/2025.tsv"].decode()
    arxiv.always = None
    assert update(on="2025-04-03").exit_code == 0
    assert "9901.00006" in papers(review)


def test_when_oai_is_down_the_api_serves_and_the_record_names_both(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    arxiv.always = lambda answer, query: status(500)(answer, query) if "verb" in query else answer
    done = update()
    assert done.exit_code == 0, done.output
    assert len(papers(review)) == 3
    lines = {n.source: n for n in corpus.load(review / "bib").nights}
    assert lines["oai"].outcome.startswith("incomplete: ")
    assert (lines["api"].outcome, lines["api"].included) == ("complete", 3)


def test_a_failed_night_after_a_good_one_on_the_same_day_keeps_what_the_good_one_said(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer
) -> None:
    update("--source", "oai")
    before = files(review)
    arxiv.always = status(503)
    assert update("--source", "oai").exit_code == 75
    assert files(review) == before


def test_news_of_known_papers_update_in_place(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    update()
    keys = {i: p.key for i, p in papers(review).items()}
    two = ["2025-03-04T10:00:00Z", "2025-04-01T10:00:00Z"]
    arxiv.records[0] = record(1, title="Renamed: skin again", versions=two)
    arxiv.records[1] = record(2, versions=two, withdrawn=True, comments="This paper has been withdrawn by the authors")
    arxiv.records[2] = record(3, categories="cs.CL cs.AI eess.IV", datestamp="2025-04-01")
    arxiv.now = "2025-04-02T06:17:00Z"
    done = update(on="2025-04-02")
    after = papers(review)
    assert {i: p.key for i, p in after.items()} == keys
    assert after["9901.00001"].title == "Renamed: skin again"
    assert [v.number for v in after["9901.00001"].versions] == [1, 2]
    assert after["9901.00002"].status is Status.WITHDRAWN
    assert after["9901.00003"].classes == ("cs.CL", "cs.AI", "eess.IV")
    assert f"withdrawn: {keys['9901.00002']}" in done.output


def person(review: Path, subject: str, verdict: str) -> None:
    """Write a person's decision into the ledger, by hand."""
    (ledger,) = (review / "bib" / "decisions").glob("*.tsv")
    ledger.write_text(ledger.read_text() + f"{subject}\t2025-04-01\t{verdict}\teditor\t0.99\tada\ton second thought\n")
    CliRunner().invoke(main, ["--root", str(review), "fmt"], catch_exceptions=False)


def test_what_a_person_decides_to_include_is_a_paper_after_the_next_night(review: Path, update: Callable[..., Result]) -> None:
    update()
    person(review, "arxiv:9901.00004", "include")
    update(on="2025-04-02")
    held = corpus.load(review / "bib")
    assert papers(review)["9901.00004"].added == "2025-04-02"
    assert not held.candidates
    once = files(review)
    update(on="2025-04-02")
    assert files(review) == once


def test_what_a_person_decides_to_exclude_no_night_lets_in_again(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    update()
    person(review, "arxiv:9901.00001", "exclude")
    arxiv.records[0] = record(1, title="Skin, skin, skin", versions=["2025-03-04T10:00:00Z", "2025-04-02T10:00:00Z"])
    arxiv.now = "2025-04-03T06:17:00Z"
    update(on="2025-04-03")
    held = corpus.load(review / "bib")
    paper = papers(review)["9901.00001"]
    assert paper.title == "Skin, skin, skin"
    assert corpus.history(held, paper)[-1].by == "ada"


def library(count: int) -> str:
    """The first records of the local server as somebody's library, without abstracts."""
    entry = "@article{{x{n},\n title = {{Fabricated skin {n}}},\n eprint = {{9901.{n:05d}}},\n eprinttype = {{arxiv}},\n}}\n"
    return "\n".join(entry.format(n=n) for n in range(1, count + 1))


def test_what_is_left_over_of_the_abstracts_is_said_and_fetched_next(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "ABSTRACTS", 2)
    (review / "facts.bib").write_text(library(3))
    CliRunner().invoke(main, ["--root", str(review), "import", str(review / "facts.bib")], catch_exceptions=False)
    update("--since", "2025-03-31")
    lines_ = {n.source: n.outcome for n in corpus.load(review / "bib").nights}
    assert lines_["abstracts"] == "incomplete: 1 are left for the next night"
    update("--since", "2025-03-31", on="2025-04-02")
    assert all(p.abstract for p in papers(review).values())


def test_missing_abstracts_are_fetched_a_hundred_at_a_time(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    arxiv.records = [record(n) for n in range(1, 251)]
    (review / "facts.bib").write_text(library(250))
    imported = CliRunner().invoke(main, ["--root", str(review), "import", str(review / "facts.bib")], catch_exceptions=False)
    assert imported.exit_code == 0, imported.output
    assert not any(p.abstract for p in papers(review).values())
    done = update("--since", "2025-03-31")
    assert done.exit_code == 0, done.output
    assert all(p.abstract for p in papers(review).values())
    asked = [a for a in arxiv.log if a.path == "/api/query"]
    assert [a.query["id_list"].count(",") + 1 for a in asked] == [100, 100, 50]


def test_an_abstract_that_arxiv_cannot_give_does_not_change_the_record_of_a_finished_night(
    review: Path, update: Callable[..., Result]
) -> None:
    facts = "@article{x,\n title = {Fabricated skin},\n eprint = {9901.00077},\n eprinttype = {arxiv},\n}\n"
    known = facts.replace("{x,", "{y,").replace("00077", "00001")
    (review / "facts.bib").write_text(facts + known)
    CliRunner().invoke(main, ["--root", str(review), "import", str(review / "facts.bib")], catch_exceptions=False)
    update("--since", "2025-03-31")
    once = files(review)
    assert b"arXiv:9901.00077: not known to arXiv" in once["nights/2025.tsv"]
    update("--since", "2025-03-31")
    assert files(review) == once


def test_a_file_of_papers_that_was_emptied_or_deleted_stops_the_night(review: Path, update: Callable[..., Result]) -> None:
    update()
    path = review / "bib" / "papers" / "2099-01.bib"
    for lose in (lambda: path.write_bytes(b""), path.unlink):
        lose()
        before = files(review)
        done = update("--since", "2025-03-31", on="2025-04-02")
        assert done.exit_code == 70, done.output
        assert "arxiv:9901.00001" in done.output
        assert files(review) == before


def test_a_window_with_a_gap_before_it_does_not_move_the_watermark(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    update()
    arxiv.now = "2025-06-01T06:17:00Z"
    update("--since", "2025-05-25", on="2025-06-01")
    assert night.watermark(corpus.load(review / "bib"), "oai") == "2025-04-01"


def test_a_window_that_ends_before_today_does_not_move_the_watermark(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer
) -> None:
    update()
    arxiv.now = "2025-06-01T06:17:00Z"
    update("--until", "2025-05-01", on="2025-06-01")
    assert night.watermark(corpus.load(review / "bib"), "oai") == "2025-04-01"


def test_a_file_does_not_move_the_watermark_of_the_nights(review: Path, update: Callable[..., Result]) -> None:
    update()
    (review / "one.atom").write_bytes(atom_page([atom_entry(record(9))], 1, 0, 1, "2025-05-01T06:17:00Z"))
    assert update("--source", str(review / "one.atom"), on="2025-05-01").exit_code == 0
    held = corpus.load(review / "bib")
    assert {n.watermark for n in held.nights if n.source == "feed"} == {"2025-05-01"}
    assert night.watermark(held, "oai") == "2025-04-01"


def test_a_source_that_asks_us_to_stay_away_is_not_asked_by_another_route(update: Callable[..., Result], arxiv: ArxivServer) -> None:
    arxiv.always = status(403)
    assert update().exit_code == 75
    assert {a.path for a in arxiv.log} == {"/oai"}


def test_a_dry_run_tells_and_writes_nothing(review: Path, update: Callable[..., Result]) -> None:
    before = files(review)
    done = update("--dry-run")
    assert "would change" in done.output
    assert files(review) == before


def test_json_is_one_object_that_a_program_reads(update: Callable[..., Result]) -> None:
    told = json.loads(update("--json").output)
    assert told["papers"] == 3
    assert {d["verdict"] for d in told["decisions"]} == {"include", "exclude"}
    assert told["failure"] is None


HOSTILE = [
    "On <![> graphs of skin",
    "</title><script>alert(1)</script> skin",
    r"$\mathcal{L}$ on skin \emph{deep}",
    "0 skin {unbalanced",
    "skin\u202e\x07 100% & more_",
]


def test_hostile_titles_come_through_a_night_and_back(review: Path, update: Callable[..., Result], arxiv: ArxivServer) -> None:
    arxiv.records = [record(n, title=t.replace("\x07", "")) for n, t in enumerate(HOSTILE, 1)]
    assert update().exit_code == 0
    titles = {p.identifier("arxiv"): p.title for p in papers(review).values()}
    assert titles["9901.00001"] == "On <![> graphs of skin"
    assert titles["9901.00002"] == "</title><script>alert(1)</script> skin"
    assert titles["9901.00005"] == "skin 100% & more_"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (
            "papers/2025-03.bib",
            "@article{a,\n  title = {A},\n  date = {tomorrow},\n  eprint = {9901.00001},\n  eprinttype = {arxiv},\n}\n",
            3,
        ),
        ("papers/2025-03.bib", "@article{a,\n  title = {A\n", 1),
        (
            "decisions/2025-03.tsv",
            "paper\ton\tverdict\tcriterion\tscore\tby\twhy\narxiv:9901.00001\t2025-04-01\tperhaps\tc\t0.90\trules\tw\n",
            2,
        ),
        ("nights/2025.tsv", "night\tsource\n", 1),
        ("scope.toml", SCOPE.replace("sets =", "sest ="), 8),
        ("scope.toml", SCOPE.replace('title = "Skin"', "title = Skin"), 13),
        ("taxonomy.toml", TAXONOMY.replace('facet = "model"', 'facet = "modle"'), 8),
    ],
    ids=["date", "syntax", "verdict", "columns", "key", "toml", "facet"],
)
def test_a_broken_file_is_exit_65_with_file_and_line_and_nothing_is_written(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer, path: str, text: str, line: int
) -> None:
    (review / "bib" / path).parent.mkdir(exist_ok=True)
    (review / "bib" / path).write_text(text)
    before = files(review)
    done = update()
    assert done.exit_code == 65, done.output
    assert f"{path}:{line}: " in done.output
    assert files(review) == before
    assert not arxiv.log


def real_days(first: str, last: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Real records by the day they were first listed, in the words of the local server."""
    days: dict[str, list[dict[str, Any]]] = {}
    for name in ("topic", "background"):
        with gzip.open(DATA / "records" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                day = one["extra"].get("first_listed", "")
                if first <= day <= last and one["categories"]:
                    facts = {k: one[k] for k in ("title", "authors", "abstract", "doi", "journal_ref") if one.get(k)}
                    number = record(0, **facts, id=one["arxiv_id"], versions=[f"{day}T00:00:00Z"], comments=one.get("comment") or "")
                    days.setdefault(day, []).append({**number, "categories": " ".join(one["categories"])})
    return sorted(days.items())


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the real records are not beside the checkout")
def test_thirty_real_days_in_any_order_end_in_the_corpus_of_one_harvest(tmp_path: Path) -> None:
    days = real_days("2025-05-01", "2025-06-15")[:30]
    assert len(days) == 30
    sets = ("cs", "eess", "q-bio", "stat", "physics")

    def replay(name: str, windows: list[tuple[str, str]]) -> corpus.Corpus:
        bib = tmp_path / name
        bib.mkdir()
        for toml in ("scope.toml", "taxonomy.toml"):
            (bib / toml).write_bytes((ROOT / "bib" / toml).read_bytes())
        door = Transport(delay=0, user_agent="tests", folder=tmp_path)
        route = night.Route(name="oai", batches=lambda _scope, since, until: oai.harvest(door, server.oai, sets, since, until))
        for since, until in windows:
            report = night.run(bib, routes=[route], lookup=None, on="2025-07-01", since=since, until=until, force=True)
            assert report.failure is None
        return corpus.load(bib)

    with ArxivServer([r for _, records in days for r in records], now="2025-07-01T06:17:00Z") as server:
        once = replay("once", [(days[0][0], days[-1][0])])
        daily = [(day, day) for day, _ in days]
        in_order = replay("in-order", daily)
        random.Random(20250701).shuffle(daily)
        shuffled = replay("shuffled", daily)

    def facts(held: corpus.Corpus) -> dict[str, Any]:
        said = {str(p.primary): (p.title, p.authors, p.categories, p.versions, p.abstract, p.shard) for p in held.papers.values()}
        return {"papers": said, "candidates": dict(held.candidates), "decisions": {str(s): rows[-1] for s, rows in held.decisions.items()}}

    assert len(once.papers) > 100
    assert facts(in_order) == facts(once)
    assert facts(shuffled) == facts(once)
    # A key is given once and never changed, so of papers whose keys clash the first to come has the shorter one; no other key may differ.
    for other in (in_order, shuffled):
        moved = {i for i, p in by_id(once).items() if by_id(other)[i].key != p.key}
        assert sorted(by_id(once)[i].key[:9] for i in moved) == sorted(by_id(other)[i].key[:9] for i in moved)
        assert len(moved) < len(once.papers) / 20


def by_id(held: corpus.Corpus) -> dict[str, Paper]:
    """Papers by primary identifier."""
    return {str(p.primary): p for p in held.papers.values()}


def test_the_record_says_when_its_lines_were_written_and_a_run_that_changes_nothing_leaves_them(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer
) -> None:
    update(time="06:17:09+00:00")
    assert {n.at for n in corpus.load(review / "bib").nights} == {"2025-04-01T06:17:09Z"}
    once = files(review)
    update(time="13:43:00+02:00")
    assert files(review) == once
    arxiv.records.append(record(6, datestamp="2025-04-01"))
    update(time="17:29:00.5+00:00")
    assert {n.source: n.at for n in corpus.load(review / "bib").nights}["oai"] == "2025-04-01T17:29:00Z"


def test_a_failure_that_says_the_same_again_leaves_the_record_as_it_was(
    review: Path, update: Callable[..., Result], arxiv: ArxivServer
) -> None:
    arxiv.always = status(403)
    assert update().exit_code == 75
    once = files(review)
    assert b"2025-04-01T06:17:00Z" in once["nights/2025.tsv"]
    assert update(time="11:17:00+00:00").exit_code == 75
    assert files(review) == once
