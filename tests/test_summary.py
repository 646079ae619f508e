"""Summaries by a machine: asked for only when told to, kept with their origin, refused when no plain text; against a local fake."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from api_server import FAULTS, ApiServer, corpus_of, door, paper
from livre import form, night, summary
from livre.errors import BadData, UsageError
from livre.model import Identifier, Night
from livre.summary import Endpoint, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from livre.model import Paper

PATH = "/v1/chat/completions"
ON = "2099-02-01"
SAID = "A fabricated model reads the scales of dragons."


def told(text: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}


def abstract(number: int = 1, text: str = "Dragons have scales. We read them.") -> Paper:
    return paper(number, abstract=text, date=f"2099-01-{number:02d}")


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with ApiServer({PATH: told(SAID)}) as running:
        yield running


@pytest.fixture
def source(server: ApiServer, tmp_path: Path) -> Endpoint:
    return Endpoint(base=f"{server.url}/v1", model="imaginary-1", door=door(tmp_path), key="sk-fabricated")


def kept(files: dict[str, bytes | None]) -> tuple[Summary, ...]:
    [(name, data)] = files.items()
    return summary.loads((data or b"").decode(), path=name)


def test_nobody_is_asked_unless_the_environment_names_an_endpoint() -> None:
    assert summary.endpoint({}, agent="a") is None
    assert summary.endpoint({"LIVRE_SUMMARY": " ", "LIVRE_SUMMARY_MODEL": "m", "LIVRE_SUMMARY_KEY": "k"}, agent="a") is None
    assert summary.add(corpus_of(abstract()), {}, None, on=ON) == ({}, None)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"LIVRE_SUMMARY": "http://127.0.0.1:1/v1"}, "LIVRE_SUMMARY_MODEL must name a model"),
        ({"LIVRE_SUMMARY": "127.0.0.1:1", "LIVRE_SUMMARY_MODEL": "m"}, "write the address of an API"),
        ({"LIVRE_SUMMARY": "ftp://example.org", "LIVRE_SUMMARY_MODEL": "m"}, "write the address of an API"),
        ({"LIVRE_SUMMARY": "http://example.org/v1", "LIVRE_SUMMARY_MODEL": "m"}, "must begin with https://"),
    ],
)
def test_half_an_endpoint_is_refused_before_anything_is_asked(environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        summary.endpoint(environment, agent="a")


def test_an_endpoint_is_made_from_the_environment() -> None:
    found = summary.endpoint({"LIVRE_SUMMARY": "https://example.org/v1/", "LIVRE_SUMMARY_MODEL": "m", "LIVRE_SUMMARY_KEY": "k"}, agent="a")
    assert found
    assert (found.base, found.model, found.key) == ("https://example.org/v1", "m", "k")


def test_a_summary_is_kept_with_the_model_the_day_and_what_it_was_made_from(server: ApiServer, source: Endpoint) -> None:
    one = abstract()
    files, line = summary.add(corpus_of(one), {}, source, on=ON)
    assert kept(files) == (Summary(paper=one.primary, model="imaginary-1", on=ON, digest=summary.digest(one), text=SAID),)
    assert line == Night(night=ON, source="summaries", seen=1, matched=1)
    [post] = server.posted
    assert (post["model"], post["temperature"]) == ("imaginary-1", 0)
    assert post["messages"][1] == {"role": "user", "content": f"{one.title}\n\n{one.abstract}"}


def test_the_key_is_sent_and_never_written(server: ApiServer, source: Endpoint) -> None:
    files, line = summary.add(corpus_of(abstract()), {}, source, on=ON)
    assert server.log[0].headers["authorization"] == "Bearer sk-fabricated"
    assert "sk-fabricated" not in f"{files}{line}"


def test_a_night_asks_for_its_share_of_the_newest_and_the_day_only_once(server: ApiServer, source: Endpoint) -> None:
    every = corpus_of(*map(abstract, range(1, 6)), paper(9))
    files, line = summary.add(every, {}, source, on=ON, budget=2)
    assert [row.paper.value for row in kept(files)] == ["9901.00004", "9901.00005"]
    assert line
    again = replace(every, nights=(line,))
    known = {row.paper: row for row in kept(files)}
    assert summary.add(again, known, source, on=ON, budget=2) == ({}, None)
    following, _ = summary.add(again, known, source, on="2099-02-02", budget=2)
    assert len(kept(following)) == 4
    assert len(server.posted) == 4


def test_a_summary_of_an_older_abstract_is_not_shown_and_is_asked_for_again(source: Endpoint) -> None:
    old, new = abstract(), abstract(text="Dragons have no scales.")
    files, _ = summary.add(corpus_of(old), {}, source, on=ON)
    known = {row.paper: row for row in kept(files)}
    assert summary.of(old, known)
    assert summary.of(new, known) is None
    assert summary.of(paper(), known) is None
    assert summary.due(corpus_of(new), known) == [new]
    fresh, _ = summary.add(corpus_of(new), known, source, on="2099-02-02")
    assert [row.digest for row in kept(fresh)] == [summary.digest(new)]


@pytest.mark.parametrize(
    "answer",
    [
        told(""),
        told(None),
        told("x" * 601),
        told("Buy at https://example.org now."),
        told("Visit www.example.org now."),
        told("<script>alert(1)</script>"),
        told("[Click](me)"),
        told(7),
        {"choices": []},
        {"choices": [7]},
        {"error": {"message": "no"}},
        [],
        7,
        b"not JSON",
    ],
    ids=str,
)
def test_an_answer_that_is_no_plain_text_is_refused_and_the_night_goes_on(server: ApiServer, source: Endpoint, answer: object) -> None:
    server.put(PATH, answer)
    files, line = summary.add(corpus_of(abstract()), {}, source, on=ON)
    assert files == {}
    assert line
    assert (line.matched, line.outcome) == (0, "complete; 1 refused: no plain sentences")


def test_what_is_invisible_in_an_answer_is_dropped(server: ApiServer, source: Endpoint) -> None:
    server.put(PATH, told("Dragons\t\n have \u202escales\u0000.\u200b"))
    files, _ = summary.add(corpus_of(abstract()), {}, source, on=ON)
    assert [row.text for row in kept(files)] == ["Dragons have scales."]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_goes_wrong_the_night_ends_well_and_nothing_false_is_kept(server: ApiServer, source: Endpoint, fault: Any) -> None:
    server.always = fault
    files, line = summary.add(corpus_of(abstract(1), abstract(2)), {}, source, on=ON)
    assert line
    assert line.complete != line.outcome.startswith("incomplete: ")
    assert not files or all(row.text == SAID for row in kept(files))


def test_the_file_of_summaries_is_read_back_strictly(tmp_path: Path) -> None:
    row = Summary(paper=Identifier("arxiv", "9901.00001"), model="m", on=ON, digest="0" * 16, text=SAID)
    folder = tmp_path / "bib" / summary.FOLDER
    folder.mkdir(parents=True)
    (folder / "9901-01.tsv").write_text(summary.dumps([row]), "utf-8")
    assert summary.load(tmp_path / "bib") == {row.paper: row}
    (folder / "9901-01.tsv").write_text(summary.dumps([row]).replace(ON, "yesterday"), "utf-8")
    with pytest.raises(BadData, match=r"bib/summaries/9901-01.tsv:2: on is 'yesterday'"):
        summary.load(tmp_path / "bib")
    os.replace(folder / "9901-01.tsv", folder / "notes.txt")
    with pytest.raises(BadData, match="files here are called"):
        summary.load(tmp_path / "bib")


def test_a_file_out_of_order_is_put_in_order(tmp_path: Path) -> None:
    rows = [Summary(paper=Identifier("arxiv", f"9901.0000{n}"), model="m", on=ON, digest="0" * 16, text=SAID) for n in (1, 2)]
    lines = summary.dumps(rows).splitlines(keepends=True)
    (tmp_path / summary.FOLDER).mkdir()
    (tmp_path / summary.FOLDER / "9901-01.tsv").write_text("".join([lines[0], lines[2], lines[1]]), "utf-8")
    assert form.differing(tmp_path) == {"summaries/9901-01.tsv": "".join(lines).encode()}


def test_a_night_keeps_what_was_written_and_a_second_run_of_it_changes_nothing(
    fabricated: Path, tmp_path: Path, server: ApiServer, source: Endpoint
) -> None:
    root = tmp_path / "review"
    shutil.copytree(fabricated, root)

    def run() -> dict[str, bytes]:
        nothing = night.Route(name="feed", batches=lambda *_: iter(()))
        night.run(root / "bib", routes=[nothing], lookup=None, on="2099-06-01", summaries=source)
        return {f.relative_to(root).as_posix(): f.read_bytes() for f in sorted((root / "bib").rglob("*")) if f.is_file()}

    first = run()
    kept_now = summary.load(root / "bib")
    assert kept_now
    assert {row.text for row in kept_now.values()} == {SAID}
    assert b"summaries" in first["bib/nights/2099.tsv"]
    asked = len(server.posted)
    assert run() == first
    assert len(server.posted) == asked
    shutil.rmtree(root / "bib" / "summaries")
    server.always = FAULTS["500"]
    assert "bib/summaries" not in "".join(run())
