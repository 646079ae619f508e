"""Deciding and asking by the real command line, against a local arXiv."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from arxiv_dialect import record
from arxiv_server import ArxivServer
from livre import corpus
from livre.cli import main
from livre.corpus import Corpus, history, tree
from livre.model import Candidate, Decision, Identifier, Verdict
from livre.save import save, writer
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORK = Candidate(identifiers=(Identifier("arxiv", "9901.00002"),), title="A fabricated candidate on skin", date="2099-01-01")


@pytest.fixture
def livre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command on a review in which one work waits."""
    bib = tmp_path / "bib"
    bib.mkdir()
    (bib / "scope.toml").write_text(SCOPE)
    (bib / "taxonomy.toml").write_text(TAXONOMY)
    why = "only one word of it"
    decision = Decision(subject=WORK.primary, on="2099-04-01", verdict=Verdict.WAIT, criterion="subject", score=0.5, by="rules", why=why)
    with writer(bib):
        save(bib, tree(Corpus(candidates={WORK.primary: WORK}, decisions={WORK.primary: (decision,)})))
    monkeypatch.setenv("LIVRE_NOW", "2099-05-01T06:17:00+00:00")
    monkeypatch.setenv("LIVRE_DELAY", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["--root", str(tmp_path), *words], catch_exceptions=False)

    return run


def test_decide_includes_at_once_and_why_says_who(livre):
    done = livre("decide", "9901.00002", "include", "--because", "I read it", "--by", "Ada Example", "--set", "model=llm")
    assert done.exit_code == 0, done.output
    assert "arxiv:9901.00002: include by Ada Example: I read it" in done.output
    told = livre("why", "https://arxiv.org/abs/9901.00002v2")
    assert told.exit_code == 0
    assert "included by Ada Example, person, 1.00: I read it" in told.output
    said = json.loads(livre("why", "9901.00002", "--json").stdout)
    assert (said["state"], said["held"]["by"], said["filed"][0]["source"]) == ("included", "Ada Example", "person")


def test_again_changes_nothing_and_says_so(livre):
    words = ("decide", "9901.00002", "exclude", "--criterion", "robots", "--because", "robots", "--by", "Ada Example", "--json")
    assert json.loads(livre(*words).stdout)["decisions"][0]["criterion"] == "robots"
    assert json.loads(livre(*words).stdout) == {"decisions": [], "changes": [], "files": []}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("decide", "9901.00002", "--because", "x"), "the verdict last"),
        (("decide", "9901.00009", "include", "--because", "x", "--by", "Ada"), "livre add arxiv:9901.00009"),
        (("decide", "9901.00002", "include", "--because", "x", "--by", "rules"), "--by"),
        (("decide", "9901.00002", "include", "--because", "x", "--by", "Ada", "--set", "llm"), "--set model=llm,lmm"),
        (("add", "9901.00002", "--by", "Ada"), "say in one line why"),
        (("why", "nonsense"), "neither an arXiv id nor a DOI"),
        (("screen", "--by", "Ada"), "screen needs a terminal"),
    ],
)
def test_a_slip_of_the_command_line_is_one_line_and_exit_code_2(livre, words, message):
    done = livre(*words)
    assert done.exit_code == 2
    assert message in done.output


def test_a_work_never_seen_is_an_answer(livre):
    told = livre("why", "9904.00009")
    assert told.exit_code == 0
    assert told.output.startswith("arxiv:9904.00009 was never seen here")


def test_add_asks_arxiv_for_what_is_not_known(livre, monkeypatch, tmp_path):
    with ArxivServer([record(1)]) as server:
        monkeypatch.setenv("LIVRE_ARXIV_API", server.api)
        done = livre("add", "9901.00001", "--because", "it is missing", "--by", "Ada Example")
        assert done.exit_code == 0, done.output
        unknown = livre("add", "9901.00077", "--because", "it is missing", "--by", "Ada Example")
    assert unknown.exit_code == 65
    assert "9901.00077: arxiv:9901.00077 is not known here, and the source that was asked does not know it" in unknown.output
    review = corpus.load(tmp_path / "bib")
    (paper,) = review.papers.values()
    assert paper.primary == Identifier("arxiv", "9901.00001")
    assert history(review, paper)[-1].by == "Ada Example"


def test_a_source_that_cannot_be_reached_is_exit_code_75_and_nothing_is_written(livre, monkeypatch, tmp_path):
    monkeypatch.setenv("LIVRE_ARXIV_API", "http://127.0.0.1:9/")
    before = {p: p.read_bytes() for p in (tmp_path / "bib").rglob("*") if p.is_file()}
    done = livre("add", "9901.00077", "--because", "x", "--by", "Ada Example")
    assert done.exit_code == 75
    assert {p: p.read_bytes() for p in (tmp_path / "bib").rglob("*") if p.is_file()} == before
