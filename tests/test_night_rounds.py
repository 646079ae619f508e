"""What a night does beyond the harvest: the inbox, the citations, the queue, the audit, and rules that were edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from livre import audit, byhand, corpus, edges, night, proposal
from livre.citations import Listed, Reference
from livre.errors import Unavailable
from livre.harvest import Batch
from livre.model import Candidate, Identifier, Name, Paper, Source, Verdict
from livre.waiting import queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."
curators = [{ name = "Ada Example" }]

[harvest]
sets = ["cs"]
since = "2025-03-01"

[screening]
queue = 2
apply = 1

[audit]
sample = 2

[snowball]
cited_by = 3

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

[[criteria]]
id = "model"
kind = "require"
title = "A machine"
text = "The paper is about a machine."
all = [["machine*"]]
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

[[categories]]
id = "vision"
facet = "model"
title = "Vision models"
definition = "Models of images."
strong = ["image*"]
"""
TITLES = {n: f"A fabricated machine for skin, part {n}" for n in range(1, 6)} | {
    6: "Robot skin: a machine",
    50: "Machines and skin elsewhere",
}


def work(number: int, title: str = "", abstract: str = "Fabricated.") -> Candidate:
    return Candidate(
        identifiers=(Identifier("arxiv", f"9901.{number:05}"),),
        title=title or TITLES.get(number, "On cooking"),
        abstract=abstract,
        authors=(Name(family="Example", given="Ada"),),
        date="2025-03-01",
        source=Source(version=1, stamp="2025-03-01", route="oai"),
    )


def lookup(ids: Sequence[str]) -> Iterator[Batch]:
    """arXiv, which knows every fabricated id but 9901.99999."""
    found = tuple(work(int(i.partition(".")[2])) for i in ids if i != "9901.99999")
    yield Batch(candidates=found, refused=(), watermark="")


class Lists:
    """A source of citations in which every paper cites the same works, or which is down."""

    name, batch, published, versions = "fabricated", 1, True, False

    def __init__(self, *cited: int, down: bool = False) -> None:
        self.cited, self.down = cited, down

    def asks(self, paper: Paper) -> bool:
        return bool(paper.identifiers)

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        if self.down:
            raise Unavailable("the fabricated source is down")
        for paper in papers:
            references = tuple(Reference(identifiers=work(n).identifiers) for n in self.cited)
            yield Listed(citing=paper.primary, source=self.name, references=references, listed=len(references))


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    folder = tmp_path / "bib"
    (folder / "inbox").mkdir(parents=True)
    (folder / "scope.toml").write_text(SCOPE)
    (folder / "taxonomy.toml").write_text(TAXONOMY)
    return folder


@pytest.fixture
def run(bib: Path) -> Callable[..., night.Report]:
    def run(*works: Candidate, on: str = "2025-04-01", **options: object) -> night.Report:
        batch = Batch(candidates=works or tuple(map(work, range(1, 7))), refused=(), watermark=on)
        route = night.Route(name="oai", batches=lambda *_: iter([batch]))
        return night.run(bib, routes=[route], lookup=lookup, on=on, **options)  # type: ignore[arg-type]

    return run


def contents(bib: Path) -> dict[str, bytes]:
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


def contribute(bib: Path, name: str, number: int, action: str = "include", more: str = "") -> None:
    (bib / "inbox" / f"{name}.toml").write_text(f'paper = "arXiv:9901.{number:05}"\naction = "{action}"\nreason = "Fabricated."\n{more}')


def lines(bib: Path) -> dict[str, str]:
    return {n.source: n.outcome for n in corpus.load(bib).nights}


def last(bib: Path, number: int) -> tuple[str, str, str]:
    held = corpus.load(bib).decisions[work(number).primary][-1]
    return held.verdict.value, held.criterion, held.by


def test_a_contribution_takes_effect_the_same_night_and_leaves_the_inbox(bib: Path, run: Callable[..., night.Report]) -> None:
    contribute(bib, "unknown", 70, more='[set]\nmodel = ["vision"]\n')
    contribute(bib, "robots", 6)
    contribute(bib, "out", 1, "exclude")
    report = run()
    assert report.applied == ("bib/inbox/out.toml", "bib/inbox/robots.toml", "bib/inbox/unknown.toml")
    assert not list((bib / "inbox").iterdir())
    by_id = {p.primary: p for p in corpus.load(bib).papers.values()}
    assert by_id[work(70).primary].categories == ("vision",)
    assert by_id[work(70).primary].curated == ("model",)
    assert last(bib, 6) == ("include", "person", "inbox")
    assert last(bib, 1) == ("exclude", "person", "inbox")
    once = contents(bib)
    assert run().files == ()
    assert contents(bib) == once


def test_what_cannot_be_applied_stays_with_its_reason_and_holds_up_nothing(bib: Path, run: Callable[..., night.Report]) -> None:
    contribute(bib, "nobody-knows", 99999)
    contribute(bib, "known", 6)
    (bib / "inbox" / "broken.toml").write_text("paper = [")
    report = run()
    assert report.applied == ("bib/inbox/known.toml",)
    assert {p.path: p.line for p in report.held} == {"bib/inbox/broken.toml": 1, "bib/inbox/nobody-knows.toml": 1}
    assert sorted(p.name for p in (bib / "inbox").iterdir()) == ["broken.toml", "nobody-knows.toml"]


def test_what_many_papers_cite_is_looked_up_and_screened_once(bib: Path, run: Callable[..., night.Report]) -> None:
    run(sources=[Lists(50, 60)])
    assert lines(bib).keys() == {"oai", "judgement"}  # what came tonight is asked for tomorrow
    report = run(on="2025-04-02", sources=[Lists(50, 60)])
    assert last(bib, 50) == ("include", "skin", "rules")
    assert last(bib, 60) == ("exclude", "no-topic", "rules")
    assert lines(bib)["snowball"] == "complete"
    assert lines(bib)["link:fabricated"] == "complete"
    why = {d.subject: d.why for d in report.decisions}
    assert why[work(50).primary].endswith("; snowball: cited by 5 papers of this review")
    assert len(tuple(edges.load(bib))) == 10
    once = contents(bib)
    assert run(on="2025-04-02", sources=[Lists(50, 60)]).files == ()
    assert contents(bib) == once
    run(on="2025-04-03", sources=[Lists(50, 60)])
    assert [n.seen for n in corpus.load(bib).nights if n.source == "snowball"] == [2]
    assert len(tuple(edges.load(bib))) == 12


def test_a_source_of_citations_that_is_down_fails_nothing_else(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    report = run(on="2025-04-02", sources=[Lists(down=True)])
    assert report.failure is None
    assert len(corpus.load(bib).papers) == 5
    assert lines(bib)["link:fabricated"].startswith("incomplete: ")


def test_an_edited_rule_is_proposed_shown_and_only_then_applied(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    (bib / "scope.toml").write_text(SCOPE.replace('["robot*"]', '["part"]'))
    proposed = run(on="2025-04-02").proposed
    assert proposal.counted(proposed) == "drop 5, add 1, move 0"
    assert proposal.load(bib) == proposed
    assert last(bib, 1)[0] == "include"
    assert run(on="2025-04-03").proposed == proposed
    assert run(on="2025-04-03", apply=True).proposed == ()
    assert last(bib, 1) == ("exclude", "robots", "rules")
    assert last(bib, 6) == ("include", "skin", "rules")
    assert not (bib / proposal.PATH).exists()
    assert len(corpus.load(bib).papers) == 6
    done = contents(bib)
    assert run(on="2025-04-03", apply=True).proposed == ()
    assert {path for path, data in contents(bib).items() if done.get(path) != data} <= {"evaluation.json"}, "only what was learned is newer"
    assert lines(bib)["judgement"].endswith("applied: drop 5, add 1, move 0"), "again does not say that nothing was done"


def test_what_a_person_decides_is_proposed_no_longer(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    (bib / "scope.toml").write_text(SCOPE.replace('["robot*"]', '["part"]'))
    run(on="2025-04-02")
    byhand.decide(bib, ["9901.00001"], Verdict.INCLUDE, because="Fabricated.", by="Ada Example", on="2025-04-02")
    left = run(on="2025-04-02").proposed
    assert proposal.counted(left) == "drop 4, add 1, move 0"
    assert proposal.load(bib) == left
    assert work(1).primary not in {p.paper for p in left}


def test_who_corrects_a_paper_does_not_make_the_machine_leave_it_out(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    contribute(bib, "title", 1, "correct", more='[set]\ntitle = "As a person calls it"\n')
    file = next((bib / "papers").glob("*.bib"))
    file.write_text(file.read_text().replace(f"{{{TITLES[2]}}},", "{By hand},\n  curated      = {title},", 1))
    for on in ("2025-04-08", "2025-04-15"):
        assert run(on=on).proposed == ()
        assert "rules" in lines(bib)["judgement"], "everything was judged again"
    titles = {p.primary: p.title for p in corpus.load(bib).papers.values()}
    assert (titles[work(1).primary], titles[work(2).primary]) == ("As a person calls it", "By hand")
    assert last(bib, 1) == ("include", "correction", "inbox")
    assert last(bib, 2) == ("include", "skin", "rules")


def test_changed_rules_judge_what_was_corrected_and_leave_it_to_people(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    contribute(bib, "title", 1, "correct", more='[set]\ntitle = "As a person calls it"\n')
    run(on="2025-04-08")
    (bib / "scope.toml").write_text(SCOPE.replace('["robot*"]', '["part 2"]'))
    proposed = run(on="2025-04-09").proposed
    assert {p.paper for p in proposed if p.kind == "drop"} == {work(1).primary, work(2).primary}
    assert run(on="2025-04-16").proposed == proposed
    run(on="2025-04-17", apply=True)
    assert last(bib, 1) == ("exclude", "no-topic", "rules")


def test_a_small_difference_is_applied_at_once_and_recorded(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    (bib / "scope.toml").write_text(SCOPE.replace("robot*", "android*"))
    assert run(on="2025-04-02").proposed == ()
    assert last(bib, 6) == ("include", "skin", "rules")
    assert lines(bib)["judgement"].endswith("applied: drop 0, add 1, move 0")


def test_more_than_the_queue_holds_never_waits(bib: Path, run: Callable[..., night.Report]) -> None:
    run(*(work(n, f"Skin, part {n}", abstract="") for n in range(10, 16)))
    held = corpus.load(bib)
    assert len(queue(held)) <= 2
    fallen = [rows[-1] for rows in held.decisions.values() if rows[-1].criterion == "queue"]
    assert len(fallen) == 4
    assert [n.excluded for n in held.nights if n.source == "judgement"] == [4]
    assert {i.value for i in held.candidates} | {p.primary.value for p in held.papers.values()} >= {f"9901.{n:05}" for n in range(10, 16)}


def test_an_audit_is_drawn_once_a_week_the_same_for_everybody(bib: Path, run: Callable[..., night.Report]) -> None:
    run()
    first = audit.load(bib)
    assert {s.verdict for s in first} == {Verdict.INCLUDE, Verdict.EXCLUDE}
    assert [s.of for s in first if s.verdict is Verdict.INCLUDE] == [5]
    run(on="2025-04-05")
    assert audit.load(bib) == first
    run(on="2025-04-08")
    assert {s.audit for s in audit.load(bib)} == {"2025-04-01", "2025-04-08"}


def test_an_incomplete_harvest_does_none_of_this(bib: Path) -> None:
    contribute(bib, "waits", 70)

    def broken(*_: object) -> Iterator[Batch]:
        raise Unavailable("fabricated")
        yield

    report = night.run(bib, routes=[night.Route(name="oai", batches=broken)], lookup=lookup, on="2025-04-01", sources=[Lists(50)])
    assert report.failure
    assert sorted(contents(bib)) == ["inbox/waits.toml", "nights/2025.tsv", "scope.toml", "taxonomy.toml"]
