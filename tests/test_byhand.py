"""Decisions from a shell: at once, with a reason and a name, and the walk through the queue in a real terminal."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from livre import byhand, corpus
from livre.corpus import Corpus, history, tree
from livre.errors import BadData, UsageError
from livre.model import Candidate, Decision, Identifier, Name, Paper, Verdict
from livre.save import save, writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."

[[curators]]
name = "Ada Example"

[harvest]
sets = ["cs"]
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
terms = ["language model*"]
"""
ON = "2099-05-01"


def candidate(number: int, **facts: Any) -> Candidate:
    usual: dict[str, Any] = {"title": f"Fabricated work {number}", "authors": (Name(family="Example", given="Ada"),), "date": "2099-01-01"}
    return Candidate(identifiers=(Identifier("arxiv", f"9901.{number:05}"),), **(usual | facts))


def waits(work: Candidate, score: float = 0.5) -> Decision:
    why = "model 0.50 (+skin)"
    return Decision(subject=work.primary, on="2099-04-01", verdict=Verdict.WAIT, criterion="relevance", score=score, by="model", why=why)


WORKS = tuple(candidate(n) for n in range(1, 4))


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    """A review with one paper and three works that wait, the second the likeliest."""
    bib = tmp_path / "bib"
    bib.mkdir()
    (bib / "scope.toml").write_text(SCOPE)
    (bib / "taxonomy.toml").write_text(TAXONOMY)
    paper = Paper(identifiers=(Identifier("arxiv", "9901.00009"),), title="A paper on skin", key="example2099skin", shard="2099-01")
    scores = dict(zip(WORKS, (0.4, 0.9, 0.6), strict=True))
    ledger = {w.primary: (waits(w, score),) for w, score in scores.items()}
    included = Decision(
        subject=paper.primary, on="2099-04-01", verdict=Verdict.INCLUDE, criterion="skin", score=0.9, by="rules", why="skin"
    )
    before = Corpus(papers={paper.key: paper}, candidates={w.primary: w for w in WORKS}, decisions={**ledger, paper.primary: (included,)})
    with writer(bib):
        save(bib, tree(before))
    return bib


def held(bib: Path) -> dict[str, tuple[str, str, str]]:
    """The decision that holds of every work: verdict, criterion, by whom."""
    review = corpus.load(bib)
    last = {r.primary.value: history(review, r)[-1] for r in (*review.papers.values(), *review.candidates.values())}
    return {work: (d.verdict.value, d.criterion, d.by) for work, d in last.items()}


def test_a_walk_begins_with_the_likeliest_and_saves_as_decide_does(bib):
    keys = iter("ie1q")
    end = byhand.screen(bib, by="Ada Example", on=ON, read_key=lambda: next(keys), show=lambda d: None, opens=str)
    assert held(bib) == {
        "9901.00001": ("wait", "relevance", "model"),
        "9901.00002": ("include", "person", "Ada Example"),
        "9901.00003": ("exclude", "robots", "Ada Example"),
        "9901.00009": ("include", "skin", "rules"),
    }
    assert {p.identifier("arxiv") for p in corpus.load(bib).papers.values()} == {"9901.00009", "9901.00002"}
    assert [c.work.value for c in end.saved.values()] == ["9901.00002", "9901.00003"]
    again = byhand.screen(bib, by="Ada Example", on=ON, read_key=lambda: "q", show=lambda d: None, opens=str)
    assert [w.candidate.primary.value for w in again.works] == ["9901.00001"]


def test_a_walk_goes_on_over_what_another_has_saved_meanwhile(bib):
    def keys() -> Iterator[str]:
        yield "i"
        byhand.decide(bib, ["9901.00009"], Verdict.EXCLUDE, because="seen elsewhere", by="Bob Example", on=ON)
        yield from "iq"

    byhand.screen(bib, by="Ada Example", on=ON, read_key=keys().__next__, show=lambda d: None, opens=str)
    assert [by for _, _, by in held(bib).values()].count("Ada Example") == 2
    assert held(bib)["9901.00009"] == ("exclude", "person", "Bob Example")


def test_decide_takes_effect_at_once_and_again_changes_no_byte(bib):
    done = byhand.decide(
        bib, ["9901.00001", "arXiv:9901.00003v2"], Verdict.INCLUDE, because="read", by="Ada Example", on=ON, categories={"model": ["llm"]}
    )
    assert [d.subject.value for d in done.decisions] == ["9901.00001", "9901.00003"]
    assert {p.categories for p in corpus.load(bib).papers.values()} == {(), ("llm",)}
    files = {p: p.read_bytes() for p in bib.rglob("*") if p.is_file()}
    again = byhand.decide(
        bib, ["9901.00001"], Verdict.INCLUDE, because="read", by="Ada Example", on="2099-06-01", categories={"model": ["llm"]}
    )
    assert (again.decisions, again.files) == ((), ())
    assert {p: p.read_bytes() for p in bib.rglob("*") if p.is_file()} == files


def test_a_rehearsal_writes_nothing(bib):
    before = held(bib)
    done = byhand.decide(bib, ["9901.00001"], Verdict.EXCLUDE, because="no", by="Ada Example", on=ON, criterion="robots", dry_run=True)
    assert done.files == ("decisions/2099-01.tsv",)
    assert held(bib) == before


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"works": ["9901.00077"]}, "livre add arxiv:9901.00077"),
        ({"works": ["nonsense"]}, "neither an arXiv id nor a DOI, nor the key of a paper"),
        ({"because": " "}, "say in one line why"),
        ({"by": ""}, "say who decides with --by"),
        ({"by": "rules"}, "say who decides with --by"),
        ({"criterion": "robot"}, "there is no criterion 'robot' in bib/scope.toml; did you mean 'robots'?"),
        ({"categories": {"modle": ["llm"]}}, "there is no facet 'modle'; did you mean 'model'?"),
        ({"verdict": Verdict.EXCLUDE, "categories": {"model": ["llm"]}}, "what is excluded is filed nowhere"),
    ],
)
def test_what_cannot_be_decided_says_what_to_do_and_changes_nothing(bib, asked, message):
    before = held(bib)
    usual = {"works": ["9901.00001"], "verdict": Verdict.INCLUDE, "because": "read", "by": "Ada Example", "on": ON}
    with pytest.raises(UsageError) as refused:
        byhand.decide(bib, **{**usual, **asked})
    assert message in str(refused.value)
    assert held(bib) == before


def test_add_asks_the_source_for_what_is_not_known_and_reads_contributions(bib, tmp_path):
    asked: list[Sequence[Identifier]] = []

    def source(works: Sequence[Identifier]) -> list[Candidate]:
        asked.append(works)
        return [candidate(7)]

    file = tmp_path / "mine.toml"
    file.write_text('paper = "9901.00001"\naction = "exclude"\nreason = "not about skin"\n')
    done = byhand.add(bib, ["9901.00007", "9901.00002"], [file], because="missing", by="Ada Example", on=ON, lookup=source)
    assert asked == [(Identifier("arxiv", "9901.00007"),)]
    assert len(done.decisions) == 3
    assert held(bib)["9901.00007"] == ("include", "person", "Ada Example")
    assert held(bib)["9901.00001"] == ("exclude", "person", "Ada Example")
    assert file.exists()


def test_add_takes_all_or_nothing(bib, tmp_path):
    before = held(bib)
    with pytest.raises(BadData, match=r"9901\.00008: arxiv:9901\.00008 is not known here, and the source that was asked does not know it"):
        byhand.add(bib, ["9901.00002", "9901.00008"], [], because="x", by="Ada Example", on=ON, lookup=lambda works: [])
    (tmp_path / "bad.toml").write_text("paper = 3\n")
    with pytest.raises(BadData, match=r"bad\.toml:1"):
        byhand.add(bib, ["9901.00002"], [tmp_path / "bad.toml"], because="x", by="Ada Example", on=ON, lookup=lambda works: [])
    assert held(bib) == before


TERMINAL = """
import sys
from pathlib import Path
import click
from livre import byhand, walk

def show(deck):
    click.clear()
    print("\\n".join(walk.screen(deck, 80)), flush=True)

byhand.screen(Path(sys.argv[1]), by="Ada Example", on="2099-05-01", read_key=click.getchar, show=show, opens=print)
print("the walk is over", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_real_terminal_takes_single_keys_and_ctrl_c_loses_nothing(bib):
    import pty
    import termios

    terminal, inside = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", TERMINAL, str(bib)], stdin=inside, stdout=inside, stderr=inside)
    os.close(inside)
    shown = b""

    def until(words: bytes) -> None:
        nonlocal shown
        limit = time.monotonic() + 40
        while words not in shown and time.monotonic() < limit:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other end has gone
                break
        assert words in shown, shown.decode(errors="replace")
        shown = shown.partition(words)[2]

    def press(key: bytes) -> None:
        """Press a key once the walk listens: what is typed before, while an answer is being saved, it does not take for the next work."""
        limit = time.monotonic() + 40
        while termios.tcgetattr(terminal)[3] & termios.ICANON and time.monotonic() < limit:
            time.sleep(0.01)
        os.write(terminal, key)

    try:
        until(b"1 of 3")
        press(b"e")
        until(b"0 none of these")
        press(b"1")
        until(b"2 of 3")
        press(b"i")
        until(b"3 of 3")
        press(b"\x03")
        until(b"the walk is over")
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert held(bib)["9901.00002"] == ("exclude", "robots", "Ada Example")
    assert held(bib)["9901.00003"] == ("include", "person", "Ada Example")
