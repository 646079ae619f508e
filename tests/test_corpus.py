"""The corpus as one value: read, written, and every broken file named."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from livre import corpus as corpus_module
from livre.corpus import MANIFEST, PENDING, Corpus, canonical, fmt, load, parse, shard_of, tree
from livre.errors import BadData, CannotWrite
from livre.model import Candidate, Decision, Identifier, Night, Paper, Problem, Verdict
from livre.save import save
from strategies import LAWS, corpora, paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DOI = Identifier.parse("10.9999/x")


def small() -> Corpus:
    one, two = paper(1), paper(2, identifiers=(DOI,), key="example2099doi", shard="2099-02", date="2099-02-03")
    waiting = Candidate(identifiers=(Identifier.parse("9902.00003"),), title="A waiting candidate", date="2099-02-01")
    rows = tuple(
        Decision(subject=i, on="2099-02-04", verdict=v, criterion="topic", score=0.8, by="rules", why="“skin” in the title")
        for i, v in ((one.primary, Verdict.INCLUDE), (two.primary, Verdict.INCLUDE), (waiting.primary, Verdict.WAIT))
    )
    return Corpus(
        papers={p.key: p for p in (two, one)},
        candidates={waiting.primary: waiting},
        decisions={r.subject: (r,) for r in rows},
        nights=(Night(night="2099-02-04", source="oai", seen=9),),
    )


def put(bib: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (bib / path).parent.mkdir(parents=True, exist_ok=True)
        (bib / path).write_bytes(data)
    return bib


def said(bib: Path) -> list[str]:
    with pytest.raises(BadData) as caught:
        load(bib)
    return [str(p) for p in caught.value.problems]


@settings(max_examples=LAWS.max_examples // 4)
@given(corpora())
def test_a_corpus_is_read_back_from_the_files_it_writes(corpus: Corpus) -> None:
    files = tree(corpus)
    again = parse(files.items())
    assert again == corpus
    assert tree(again) == files
    assert all(canonical(path, data) == data for path, data in files.items())


def test_the_files_are_where_the_design_says(tmp_path: Path) -> None:
    files = tree(small())
    assert list(files) == [
        "candidates/2099-02.bib",
        "decisions/2099-01.tsv",
        "decisions/2099-02.tsv",
        "nights/2099.tsv",
        "papers/2099-01.bib",
        "papers/2099-02.bib",
    ]
    assert load(put(tmp_path, files)) == small()
    assert b"@article{arxiv-9902-00003,\n" in files["candidates/2099-02.bib"]


def test_the_order_of_papers_in_memory_does_not_matter() -> None:
    corpus = small()
    turned = replace(corpus, papers=dict(reversed(corpus.papers.items())), decisions=dict(reversed(corpus.decisions.items())))
    assert tree(turned) == tree(corpus)
    assert list(tree(turned)) == list(tree(corpus))


def test_an_empty_folder_and_a_missing_one_are_an_empty_corpus(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere") == Corpus()
    for folder in ("papers", "candidates", "decisions", "nights"):
        (tmp_path / folder).mkdir()
    (tmp_path / "papers" / ".DS_Store").write_bytes(b"\x00")
    (tmp_path / "papers" / "2099-01.bib").write_bytes(b"")
    assert load(tmp_path) == Corpus()
    assert tree(Corpus()) == {}


def test_any_identifier_finds_its_record() -> None:
    corpus = small()
    (waiting,) = corpus.candidates.values()
    assert corpus.find([Identifier.parse("10.9999/none"), DOI]) == corpus.papers["example2099doi"]
    assert corpus.find(waiting.identifiers) == waiting
    assert corpus.find([]) is corpus.find([Identifier.parse("9999.99999")]) is None


@pytest.mark.parametrize(
    ("identifier", "date", "shard"),
    [
        ("2503.02104", "2024-01-01", "2025-03"),
        ("0704.0001", "", "2007-04"),
        ("hep-th/9901001", "", "1999-01"),
        ("cs/0701001", "", "2007-01"),
        ("math.GT/9112001", "", "1991-12"),
        ("2513.00001", "2025-02-03", "2025-02"),
        ("10.9999/x", "2025-02-03", "2025-02"),
        ("10.9999/x", "2025-02", "2025-02"),
        ("10.9999/x", "2025", "2025-00"),
        ("10.9999/x", "", "0000-00"),
    ],
)
def test_a_record_lies_in_the_month_of_its_arxiv_id_or_of_its_date(identifier: str, date: str, shard: str) -> None:
    assert shard_of(Candidate(identifiers=(Identifier.parse(identifier),), title="x", date=date)) == shard


def test_a_paper_stays_in_the_file_it_was_read_from(tmp_path: Path) -> None:
    put(tmp_path, {"papers/2001-01.bib": tree(Corpus(papers={"a": paper(1)}))["papers/2099-01.bib"]})
    corpus = load(tmp_path)
    assert [p.shard for p in corpus.papers.values()] == ["2001-01"]
    assert list(tree(corpus)) == ["papers/2001-01.bib"]
    assert isinstance(shard_of(next(iter(corpus.papers.values()))), str)


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    files = tree(small())
    put(
        tmp_path,
        {
            **files,
            "papers/2099-01.bib": files["papers/2099-01.bib"].replace(b"2099-01-02", b"yesterday").replace(b"arxiv}", b"hal}"),
            "papers/2099-02.bib": files["papers/2099-02.bib"].replace(b"},\n", b"}\n", 1),
            "candidates/2099-02.bib": b"\xff" + files["candidates/2099-02.bib"],
            "decisions/2099-01.tsv": files["decisions/2099-01.tsv"].replace(b"include", b"in"),
            "nights/2099.tsv": files["nights/2099.tsv"].replace(b"\t9\t", b"\tnine\t"),
        },
    )
    lines = [line.split(": ")[0] for line in said(tmp_path)]
    assert lines == [
        "bib/candidates/2099-02.bib:1",
        "bib/decisions/2099-01.tsv:2",
        "bib/nights/2099.tsv:2",
        "bib/papers/2099-01.bib:4",
        "bib/papers/2099-01.bib:6",
        "bib/papers/2099-01.bib:8",
        "bib/papers/2099-02.bib:2",
    ]


def test_a_key_may_appear_once_whatever_its_case_and_file(tmp_path: Path) -> None:
    one = tree(Corpus(papers={"a": paper(1)}))["papers/2099-01.bib"]
    other = tree(Corpus(papers={"a": paper(2, key="example2099n1")}))["papers/2099-01.bib"]
    put(tmp_path, {"papers/2099-01.bib": one, "papers/2099-02.bib": other})
    assert said(tmp_path) == [
        "bib/papers/2099-02.bib:1: example2099n1: this key is also at bib/papers/2099-01.bib:1: a key may appear once [corpus-duplicate]"
    ]


def test_a_work_may_appear_once_among_papers_and_candidates(tmp_path: Path) -> None:
    corpus = small()
    twice = replace(corpus, candidates={DOI: Candidate(identifiers=(DOI,), title="The same", date="2099-03-01")})
    again = replace(twice, papers={**corpus.papers, "example2099n3": paper(3, identifiers=(DOI, Identifier.parse("10.9999/y")))})
    messages = said(put(tmp_path, tree(again)))
    assert len(messages) == 2
    assert all("doi:10.9999/x is also example2099" in m or "doi:10.9999/x is also doi-10-9999-x" in m for m in messages)
    assert all(m.count("bib/") == 2 for m in messages), "both places are named"


@pytest.mark.parametrize(
    "name", ["papers/notes.txt", "papers/2099-1.bib", "papers/2099-13.bib", "papers/2099-01.tsv", "nights/2099-01.tsv", "decisions/x.tsv"]
)
def test_a_file_that_does_not_belong_is_a_problem(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: b""})
    (message,) = said(tmp_path)
    assert message.startswith(f"bib/{name}: files here are called ")


def test_links_and_folders_are_problems(tmp_path: Path) -> None:
    bib = put(tmp_path / "bib", {"papers/2099-01.bib": b""})
    os.symlink("/etc/hosts", bib / "papers" / "2099-02.bib")
    (bib / "papers" / "2099-03.bib").mkdir()
    os.symlink(tmp_path, bib / "candidates")
    (bib / "nights").write_text("x")
    assert [m.split(": ")[0] for m in said(bib)] == ["bib/candidates", "bib/nights", "bib/papers/2099-02.bib", "bib/papers/2099-03.bib"]


def test_nothing_is_read_while_a_save_is_unfinished(tmp_path: Path) -> None:
    put(tmp_path, {f"{PENDING}/{MANIFEST}": b"{}"})
    with pytest.raises(CannotWrite, match="interrupted"):
        load(tmp_path)


def test_what_was_read_is_remembered_by_checksum_and_not_compared(tmp_path: Path) -> None:
    corpus = load(put(tmp_path, tree(small())))
    assert corpus.read.keys() == tree(small()).keys()
    assert corpus == small()


def test_windows_line_ends_are_understood_and_mended(tmp_path: Path) -> None:
    files = tree(small())
    put(tmp_path, {p: d.replace(b"\n", b"\r\n") for p, d in files.items()})
    assert load(tmp_path) == small()
    assert fmt(tmp_path) == files


def test_canonical_files_need_no_formatting(tmp_path: Path) -> None:
    assert fmt(put(tmp_path, tree(small()))) == {}


def test_formatting_rewrites_what_people_wrote_and_only_that(tmp_path: Path) -> None:
    files = tree(small())
    key = "papers/2099-01.bib"
    first, *fields, last = files[key].decode().splitlines()
    untidy = "\n".join([first, *reversed(fields), last]).replace("= {A fabricated title 1}", '=\n  "A   fabricated title 1"')
    rows = files["decisions/2099-02.tsv"].decode().splitlines()
    put(tmp_path, {**files, key: untidy.encode(), "decisions/2099-02.tsv": "\n".join([rows[0], *rows[:0:-1], ""]).encode()})
    assert fmt(tmp_path) == {p: files[p] for p in (key, "decisions/2099-02.tsv")}


def test_formatting_never_rewrites_what_it_cannot_read(tmp_path: Path) -> None:
    files = tree(small())
    put(tmp_path, {**files, "papers/2099-01.bib": b"@article{x", "nights/2099.tsv": b"what"})
    with pytest.raises(BadData) as caught:
        fmt(tmp_path)
    assert {p.path for p in caught.value.problems} == {"bib/papers/2099-01.bib", "bib/nights/2099.tsv"}


def test_decisions_lie_with_the_work_they_are_about() -> None:
    corpus = small()
    orphan = Identifier.parse("10.9999/orphan")
    row = replace(corpus.decisions[DOI][0], subject=orphan)
    files = tree(replace(corpus, decisions={**corpus.decisions, orphan: (row,)}))
    assert b"doi:10.9999/orphan" in files["decisions/0000-00.tsv"]
    assert b"doi:10.9999/x" in files["decisions/2099-02.tsv"]


def test_a_paper_is_a_paper_and_a_candidate_is_none() -> None:
    again = parse(tree(small()).items())
    assert all(type(p) is Paper for p in again.papers.values())
    assert all(type(c) is Candidate for c in again.candidates.values())


def test_a_reader_never_sees_half_of_a_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, tree(small()))
    new = replace(small(), nights=(Night(night="2099-02-05", source="oai", seen=7),))
    real, calls = corpus_module._read, list[int]()

    def read_while_somebody_saves(bib: Path, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
        files = list(real(bib, problems))
        if not calls:
            save(bib, tree(new))
        calls.append(1)
        return iter(files)

    monkeypatch.setattr(corpus_module, "_read", read_while_somebody_saves)
    assert load(tmp_path) == new
    assert len(calls) == 2


def test_a_reader_gives_up_when_there_is_no_end_of_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, tree(small()))
    times = iter(range(100))
    monkeypatch.setattr(corpus_module, "_state", lambda bib: next(times))
    with pytest.raises(CannotWrite, match="wait until nobody writes"):
        load(tmp_path)
