"""Contributions in a night and by themselves: what they become, what the record says of those that are held, and who is thanked."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

import strategies
from api_server import ApiServer
from arxiv_dialect import record
from arxiv_server import ArxivServer, status
from livre import corpus, delivery
from livre.appeal import contribution
from livre.cli import main
from livre.corpus import Corpus
from livre.harvest.transport import Transport
from livre.model import CORRECTION, Decision, Identifier, Verdict
from livre.scope import load as load_scope
from livre.site.pages import Review, contributions, credit
from livre.taxonomy import load as load_taxonomy
from test_night import SCOPE, TAXONOMY, files, papers
from test_works import WORK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from livre.model import Paper

REPOSITORY = "https://github.com/example/review"
MANY = 500


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new review in a repository, without a single paper."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "review"
    (root / "bib" / "inbox").mkdir(parents=True)
    (root / "bib" / "scope.toml").write_text(SCOPE.replace("[[curators]]", f'repository = "{REPOSITORY}"\n\n[[curators]]', 1))
    (root / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    return root


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer([record(n) for n in range(1, MANY + 1)]) as server:
        yield server


@pytest.fixture
def crossref() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def update(review: Path, arxiv: ArxivServer, crossref: ApiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setenv("LIVRE_ARXIV_OAI", arxiv.oai)
    monkeypatch.setenv("LIVRE_ARXIV_API", arxiv.api)
    monkeypatch.setenv("LIVRE_CROSSREF", crossref.url)
    monkeypatch.setenv("LIVRE_DELAY", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("livre.cli.shell.transport.Transport", partial(Transport, tries=2, sleep=lambda seconds: None))

    def run(*options: str, on: str = "2025-04-01") -> Result:
        monkeypatch.setenv("LIVRE_NOW", f"{on}T06:17:00+00:00")
        return CliRunner().invoke(main, ["--root", str(review), "update", "--link", "0", *options], catch_exceptions=False)

    return run


@pytest.fixture
def ask(review: Path) -> Callable[..., str]:
    """Puts a contribution into the inbox and commits it, if somebody brings it; its path."""

    def put(work: str, action: str = "include", *, by: str = "", saying: str = "a change", **chosen: str | list[str]) -> str:
        of = Identifier.parse(work)
        name = str(of).replace(":", "-").replace("/", "-")
        file = review / "bib" / "inbox" / f"{name}-{action}.toml"
        file.write_text(contribution(of, action, reason=f"to {action} it", chosen=chosen), "utf-8")
        if by:
            who = ["-c", f"user.name={by}", "-c", "user.email=a@example.org"]
            for arguments in (["add", str(file)], [*who, "commit", "-q", "-m", saying]):
                subprocess.run(["git", "-C", str(review), *arguments], check=True)
        return f"bib/inbox/{file.name}"

    return put


def lines(review: Path) -> list[str]:
    return [n.outcome for n in corpus.load(review / "bib").nights if n.source == "inbox"]


def decisions(review: Path) -> list[tuple[str, str, str]]:
    return [(d.verdict.value, d.by, d.why) for of in corpus.load(review / "bib").decisions.values() for d in of]


# --- By itself ---


def test_the_inbox_alone_is_applied_signed_with_its_pull_request_and_emptied(review, arxiv, update, ask):
    ask("9901.00001", by="Ada Example", saying="Ask for a paper (#12)", model=["llm"])
    ask("9901.00002", by="github-actions[bot]", saying="Ask (#13)\n\nCo-authored-by: bob <7+bob@users.noreply.github.com>")
    ask("9901.00003")
    done = update("--source", "inbox")
    assert done.exit_code == 0, done.output
    assert {i: p.curated for i, p in papers(review).items()} == {"9901.00001": ("model",), "9901.00002": (), "9901.00003": ()}
    assert decisions(review) == [
        ("include", "Ada Example", f"to include it ({REPOSITORY}/pull/12)"),
        ("include", "bob", f"to include it ({REPOSITORY}/pull/13)"),
        ("include", "inbox", "to include it"),
    ]
    assert not list((review / "bib" / "inbox").glob("*.toml"))
    assert lines(review) == ["complete"]
    assert {a.path for a in arxiv.log} == {"/api/query"}  # nothing was harvested
    before = files(review)
    assert update("--source", "inbox").exit_code == 0
    assert files(review) == before


def test_nothing_to_apply_changes_no_byte(review, update):
    before = files(review)
    done = update("--source", "inbox")
    assert (done.exit_code, files(review)) == (0, before)


def test_what_cannot_be_applied_stays_with_its_reason_and_holds_up_no_other(review, update, ask):
    good, unknown = ask("9901.00001"), ask("9907.00001")
    (review / "bib/inbox/broken.toml").write_text("paper = ")
    done = update("--source", "inbox")
    assert done.exit_code == 0
    assert list(papers(review)) == ["9901.00001"]
    assert not (review / good).exists()
    (said,) = lines(review)
    assert said.startswith("complete; 2 held: bib/inbox/")
    (night,) = (n for n in corpus.load(review / "bib").nights if n.source == "inbox")
    assert delivery.held(night).keys() == {unknown, "bib/inbox/broken.toml"}
    assert "arxiv:9907.00001 is not known here, and the source that was asked does not know it" in delivery.held(night)[unknown]
    before = files(review)
    assert update("--source", "inbox").exit_code == 0
    assert files(review) == before
    (review / unknown).unlink()
    update("--source", "inbox")
    assert lines(review)[0].startswith("complete; 1 held: bib/inbox/broken.toml")


def test_only_a_harvest_has_a_window_and_rules_to_apply(update):
    assert update("--source", "inbox", "--since", "2025-03-01").exit_code == 2
    assert update("--source", "inbox", "--apply").exit_code == 2


def test_a_dry_run_of_the_inbox_tells_and_writes_nothing(review, update, ask):
    ask("9901.00001")
    before = files(review)
    done = update("--source", "inbox", "--dry-run")
    assert "applied bib/inbox/arxiv-9901.00001-include.toml" in done.output
    assert files(review) == before


# --- By DOI ---


def test_a_paper_that_only_crossref_knows_is_included_by_its_doi(review, update, ask, crossref):
    crossref.put("/works/10.9999%2Fexample.1", {"message": {**WORK, "relation": {}}})
    ask("10.9999/example.1", by="Ada Example")
    assert update("--source", "inbox").exit_code == 0
    (paper,) = corpus.load(review / "bib").papers.values()
    assert (paper.title, str(paper.primary), paper.journal, paper.source.route) == (
        "A fabricated study of skin & bone",
        "doi:10.9999/example.1",
        "Journal of Examples",
        "crossref",
    )
    assert update("--force", on="2025-04-02").exit_code == 0
    assert corpus.load(review / "bib").papers[paper.key] == paper


def test_the_preprint_behind_a_doi_brings_its_facts_along(review, update, ask, crossref):
    crossref.put("/works/10.9999%2Fexample.1", {"message": WORK})
    ask("10.9999/example.1")
    assert update("--source", "inbox").exit_code == 0
    (paper,) = corpus.load(review / "bib").papers.values()
    assert [str(i) for i in paper.identifiers] == ["arxiv:9901.00001", "doi:10.9999/example.1"]
    assert (paper.title, paper.abstract) == ("Example 1: a fabricated paper on skin", "Fabricated abstract number 1.")


def test_a_doi_that_nobody_knows_and_a_source_in_trouble_hold_the_file(review, update, ask, crossref):
    path = ask("10.9999/example.1")
    assert update("--source", "inbox").exit_code == 0
    assert "the source that was asked does not know it" in lines(review)[0]
    crossref.always = status(500)
    ask("9901.00001")
    assert update("--source", "inbox").exit_code == 0
    assert "the source could not be asked tonight" in lines(review)[0]
    assert list(papers(review)) == ["9901.00001"]
    assert (review / path).exists()


# --- In a night ---


def test_five_hundred_files_take_effect_in_one_night(review, update, ask):
    for n in range(1, MANY + 1):
        ask(f"9901.{n:05d}", **({"model": ["llm"]} if n % 2 else {}))
    for person in range(5):
        names = [str(p) for p in sorted((review / "bib" / "inbox").iterdir())[person::5]]
        for arguments in (
            ["add", *names],
            ["-c", f"user.name=Person {person}", "-c", "user.email=a@example.org", "commit", "-q", "-m", f"Ask (#{person + 1})"],
        ):
            subprocess.run(["git", "-C", str(review), *arguments], check=True)
    done = update()
    assert done.exit_code == 0, done.output
    assert len(papers(review)) == MANY
    assert not list((review / "bib" / "inbox").iterdir())
    assert {by for _, by, why in decisions(review) if REPOSITORY in why} == {f"Person {n}" for n in range(5)}
    before = files(review)
    assert update().exit_code == 0
    assert files(review) == before


def test_corrections_of_a_reader_survive_every_later_night(review, update, ask, arxiv):
    del arxiv.records[5:]
    assert update().exit_code == 0
    ask(
        "9901.00001",
        "correct",
        by="Ada Example",
        saying="x (#9)",
        title="A better title",
        author=["Other, Bob"],
        model=[],
        date="2025-01-02",
    )
    assert update("--source", "inbox", on="2025-04-02").exit_code == 0
    for day in range(3, 8):
        one = record(1, title=f"Changed {day}", authors=["Somebody Else"], abstract=f"On language models {day}.")
        arxiv.records[0] = {**one, "versions": [*one["versions"], f"2025-04-{day:02d}T05:00:00Z"]}
        arxiv.now = f"2025-04-{day:02d}T06:17:00Z"
        assert update(on=f"2025-04-{day:02d}").exit_code == 0
        paper = papers(review)["9901.00001"]
        assert paper.abstract == f"On language models {day}."  # the harvest did reach it
        assert (paper.title, [n.family for n in paper.authors], paper.date, paper.categories) == (
            "A better title",
            ["Other"],
            "2025-01-02",
            (),
        )


# --- On the pages ---


def said(on: str, verdict: Verdict, by: str, why: str = "a reason", criterion: str = "person") -> Decision:
    return Decision(subject=Identifier("arxiv", "9901.00001"), on=on, verdict=verdict, criterion=criterion, score=1, by=by, why=why)


IN, OUT = Verdict.INCLUDE, Verdict.EXCLUDE
PULL = f"({REPOSITORY}/pull/12)"


@pytest.mark.parametrize(
    ("ledger", "thanked"),
    [
        ([said("2099-01-01", IN, "rules")], []),
        ([said("2099-01-01", IN, "Ada", f"new {PULL}")], [("Suggested", "Ada", "12")]),
        ([said("2099-01-01", OUT, "rules"), said("2099-01-02", IN, "Ada")], [("Suggested", "Ada", "")]),
        ([said("2099-01-01", IN, "rules"), said("2099-01-02", IN, "Ada", f"yes {PULL}")], []),
        ([said("2099-01-01", IN, "inbox")], []),
        ([said("2099-01-01", IN, "import"), said("2099-01-02", OUT, "Ada")], []),
        ([said("2099-01-01", IN, "rules"), said("2099-01-02", IN, "Bob", f"x {PULL}", CORRECTION)], [("Corrected", "Bob", "12")]),
        ([said("2099-01-01", IN, "Ada", "new (https://github.com/other/review/pull/12)")], [("Suggested", "Ada", "")]),
        ([said("2099-01-01", IN, "Ada", f"new ({REPOSITORY}/pull/12/../../x)")], [("Suggested", "Ada", "")]),
    ],
)
def test_whoever_brought_or_corrected_a_paper_is_thanked_on_its_page(ledger, thanked):
    found = credit.suggested(ledger[::-1], REPOSITORY)
    assert [(c.did, c.name, c.pull) for c in found] == thanked
    assert [c.url for c in found] == [f"{REPOSITORY}/pull/12" if pull else "" for *_, pull in thanked]
    assert all(not c.url for c in credit.suggested(ledger[::-1], ""))


def test_everybody_is_counted_and_the_last_pull_requests_are_linked(review, tmp_path):
    of: Callable[[int], Paper] = strategies.paper
    ledgers = {
        of(n).primary: tuple(replace(d, subject=of(n).primary) for d in ledger)
        for n, ledger in enumerate(
            [
                [said("2099-01-01", IN, "Ada", f"new {PULL}"), said("2099-01-02", IN, "Bob", f"x ({REPOSITORY}/pull/13)", CORRECTION)],
                [said("2099-01-01", IN, "rules"), said("2099-01-03", OUT, "Ada", f"no ({REPOSITORY}/pull/14)")],
                [said("2099-01-01", IN, "inbox")],
            ],
            1,
        )
    }
    held = Corpus(papers={of(n).key: of(n) for n in (1, 2, 3)}, decisions=ledgers)
    bib = review / "bib"
    told = credit.contributors(Review(held, load_scope(bib / "scope.toml"), load_taxonomy(bib / "taxonomy.toml")))
    assert [(c.name, c.said, [n for n, _ in c.newest]) for c in told] == [
        ("Ada", "1 included, 1 left out", ["14", "12"]),
        ("Bob", "1 corrected", ["13"]),
    ]


def test_what_waits_stands_on_the_page_with_its_reason(review, update, ask):
    assert contributions.load(review / "bib") == ()
    unknown = ask("9907.00001")
    (review / "bib/inbox/broken.toml").write_text("paper = ")
    update("--source", "inbox")
    fresh = ask("9901.00001", "exclude")
    told = contributions.context(contributions.load(review / "bib"), corpus.load(review / "bib"))
    rows = {w.path: (w.wish, held) for w, held in told["files"]}
    assert rows[fresh] == ("to be left out", "")
    assert rows[unknown][0] == "to be included"
    assert rows[unknown][1].startswith("arxiv:9907.00001 is not known here")
    assert rows["bib/inbox/broken.toml"][1].startswith("line 1: Invalid value")
    (night,) = (n for n in corpus.load(review / "bib").nights if n.source == "inbox")
    assert contributions.short(night) == "complete; 2 held"
