"""Sentinel sets: read strictly row by row, never a reason to stop, and every work traced to its fate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from livre.corpus import Corpus
from livre.model import Candidate, Decision, Identifier, Night, Paper, Verdict
from livre.quality import Proportion
from livre.scope import Harvest
from livre.scope import load as load_scope
from livre.sentinels import MEANING, Fate, Sentinel, held, load, measure, parse, problems
from strategies import LAWS, raw_texts

if TYPE_CHECKING:
    from livre.scope import Scope
    from livre.sentinels import SentinelSet

OFTEN = settings(LAWS, max_examples=LAWS.max_examples // 5)

SHIPPED = Path(__file__).parents[1] / "bib"
FACTS = "# title: Dragons that others name\n# description: fabricated; it flatters\n# source: Ada Example\n"
GOOD = f'{FACTS}paper,title,note\n9901.00001,A dragon,\n10.9999/Dragon 9901.00002,"Dragons, large and small",seen twice\n'


@pytest.fixture(scope="module")
def scope() -> Scope:
    found = load_scope(Path(__file__).parent / "data" / "review" / "bib" / "scope.toml")
    return replace(found, harvest=Harvest(sets=found.harvest.sets, since="2099-03-10"))


def messages(text: str) -> list[str]:
    return [str(p) for p in parse(text, path="bib/sentinels/dragons.csv")[1]]


def test_a_set_says_what_it_is_and_names_its_works() -> None:
    found, wrong = parse(GOOD, path="bib/sentinels/dragons.csv")
    assert wrong == ()
    assert (found.id, found.title, found.description, found.source) == (
        "dragons",
        "Dragons that others name",
        "fabricated; it flatters",
        "Ada Example",
    )
    assert found.works == (
        Sentinel(identifiers=(Identifier("arxiv", "9901.00001"),), title="A dragon"),
        Sentinel(
            identifiers=(Identifier("arxiv", "9901.00002"), Identifier("doi", "10.9999/dragon")),
            title="Dragons, large and small",
            note="seen twice",
        ),
    )
    assert held([found]) == {Identifier("arxiv", "9901.00001"), Identifier("arxiv", "9901.00002"), Identifier("doi", "10.9999/dragon")}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("no id,A dragon,", "5: 'no' is neither an arXiv id nor a DOI: write it as 2503.02104 or 10.1056/aioa2400640 [sentinel-id]"),
        ("2503.021,A dragon,", "5: '2503.021' is neither an arXiv id nor a DOI"),
        (",A dragon,", "5: a work needs an arXiv id or a DOI, and a title: add it or remove the row [sentinel-empty]"),
        ("9901.00009,,", "5: a work needs an arXiv id or a DOI, and a title"),
        ("9901.00009,A dragon", "5: 2 cells instead of 3 (paper, title, note): a comma is missing or too many [sentinel-columns]"),
        ("9901.00009,Dragons, large,", "5: 4 cells instead of 3"),
        (
            "9901.00009,A dragon,\narXiv:9901.00009v2,The same,",
            "6: arxiv:9901.00009 is also in line 5: remove one of them [sentinel-duplicate]",
        ),
        ('9901.00009,"A dragon,', "5: this row is no CSV"),
        ('9901.00009,"A ""dragon""" x,', "5: this row is no CSV"),
    ],
)
def test_a_broken_row_is_told_with_file_and_line_and_the_rest_is_kept(row: str, message: str) -> None:
    text = f"{FACTS}paper,title,note\n{row}\n"
    told = messages(text)
    assert told[0].startswith(f"bib/sentinels/dragons.csv:{message}")
    kept, _ = parse(f"{FACTS}paper,title,note\n9901.00001,A dragon,\n{row}\n", path="bib/sentinels/dragons.csv")
    assert kept.works[0] == Sentinel(identifiers=(Identifier("arxiv", "9901.00001"),), title="A dragon")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bib/sentinels/dragons.csv:1: there is nothing here: write the columns"),
        (f"{FACTS}", "bib/sentinels/dragons.csv:4: there is nothing here: write the columns"),
        (f"{FACTS}title,paper\n", "bib/sentinels/dragons.csv:4: the first line after the comments must be the columns"),
        (f"{FACTS}9901.00001,A dragon\n", "bib/sentinels/dragons.csv:4: the first line after the comments must be the columns"),
        ("# title: x\n# source: y\npaper,title\n", "bib/sentinels/dragons.csv:1: nothing says the description of this set"),
    ],
)
def test_a_file_without_columns_or_facts_is_told(text: str, message: str) -> None:
    assert any(m.startswith(message) for m in messages(text))


@OFTEN
@given(raw_texts, raw_texts)
def test_no_text_is_a_crash(head: str, row: str) -> None:
    found, wrong = parse(f"{head}\npaper,title\n{row}\n", path="bib/sentinels/dragons.csv")
    assert wrong or found.works


def test_broken_files_stop_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "sentinels"
    folder.mkdir()
    (folder / "good.csv").write_text(GOOD)
    (folder / "bytes.csv").write_bytes(FACTS.encode() + b"paper,title\n9901.00003,\xff\n")
    (folder / "half.csv").write_text(f"{FACTS}paper,title\n9901.00004,Half a dragon\nbroken,Half a dragon\n")
    (folder / "My List.csv").write_text(GOOD)
    (folder / ".hidden").write_text("")
    (folder / "folder.csv").mkdir()
    assert [(s.id, len(s.works)) for s in load(tmp_path)] == [("good", 2), ("half", 1)]
    assert [(p.path, p.line, p.code) for p in problems(tmp_path)] == [
        ("bib/sentinels/My List.csv", 0, "sentinel-file"),
        ("bib/sentinels/bytes.csv", 5, "text-encoding"),
        ("bib/sentinels/folder.csv", 0, "unreadable"),
        ("bib/sentinels/half.csv", 6, "sentinel-id"),
    ]
    assert (load(tmp_path / "nowhere"), problems(tmp_path / "nowhere")) == ((), ())


def decided(number: str, verdict: Verdict, criterion: str = "no-dragon") -> tuple[Identifier, tuple[Decision, ...]]:
    subject = Identifier.parse(number)
    return subject, (Decision(subject=subject, on="2099-04-01", verdict=verdict, criterion=criterion, score=0.5, by="rules", why=""),)


def listed(*works: str) -> SentinelSet:
    rows = "".join(f"{w},A dragon\n" for w in works)
    return parse(f"{FACTS}paper,title\n{rows}", path="bib/sentinels/dragons.csv")[0]


def paper(key: str, *numbers: str) -> Paper:
    return Paper(key=key, shard="2099-01", identifiers=tuple(sorted(map(Identifier.parse, numbers))), title="A dragon")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    candidates = [Candidate(identifiers=(Identifier.parse(n),), title="No dragon") for n in ("9903.00002", "9904.00003", "9903.00009")]
    return Corpus(
        papers={"ada": paper("ada", "9903.00001", "10.9999/dragon"), "bo": paper("bo", "9801.00001"), "cy": paper("cy", "9903.00008")},
        candidates={c.primary: c for c in candidates},
        decisions=dict(
            [
                decided("9903.00001", Verdict.INCLUDE),
                decided("9903.00002", Verdict.EXCLUDE),
                decided("9904.00003", Verdict.WAIT, "dragon"),
                decided("9903.00008", Verdict.EXCLUDE, "person"),
            ]
        ),
        nights=(
            Night(night="2099-04-02", source="oai", since="2099-03-10", watermark="2099-04-02"),
            Night(night="2099-06-02", source="import", watermark="2099-06-01"),
            Night(night="2099-06-03", source="oai", watermark="2099-06-02", outcome="incomplete: no answer"),
        ),
    )


@pytest.mark.parametrize(
    ("work", "fate", "harvested", "key", "criterion"),
    [
        ("9903.00001", Fate.INCLUDED, True, "ada", ""),
        ("10.9999/dragon", Fate.INCLUDED, False, "ada", ""),
        ("9801.00001", Fate.INCLUDED, False, "bo", ""),
        ("9903.00002", Fate.EXCLUDED, True, "", "no-dragon"),
        ("9903.00008", Fate.EXCLUDED, True, "cy", "person"),
        ("9904.00003", Fate.WAITING, True, "", "dragon"),
        ("9903.00009", Fate.WAITING, True, "", ""),
        ("9903.00077", Fate.UNSEEN, True, "", ""),
        ("9902.00077", Fate.BEFORE, False, "", ""),
        ("hep-th/9901001", Fate.BEFORE, False, "", ""),
        ("9905.00077", Fate.AFTER, False, "", ""),
        ("10.9999/unknown", Fate.ELSEWHERE, False, "", ""),
        ("10.9999/unknown 9903.00001", Fate.INCLUDED, True, "ada", ""),
    ],
)
def test_every_work_has_its_fate(scope: Scope, corpus: Corpus, work: str, fate: Fate, harvested: bool, key: str, criterion: str) -> None:
    (found,) = measure([listed(work)], corpus, scope)
    (traced,) = found.works
    assert (traced.fate, traced.harvested, traced.key, traced.criterion) == (fate, harvested, key, criterion)


def test_the_share_present_is_of_all_and_of_what_could_be_met(scope: Scope, corpus: Corpus) -> None:
    (found,) = measure([listed("9903.00001", "9801.00001", "9903.00002", "9903.00008", "9903.00077", "10.9999/unknown")], corpus, scope)
    assert found.present == Proportion(k=2, n=6)
    assert found.harvested == Proportion(k=1, n=4)
    assert found.fates == ((Fate.INCLUDED, 2), (Fate.EXCLUDED, 2), (Fate.UNSEEN, 1), (Fate.ELSEWHERE, 1))
    assert found.excluded_by == (("no-dragon", 1), ("person", 1))


def test_before_the_first_night_nothing_could_be_met(scope: Scope) -> None:
    (found,) = measure([listed("9903.00001", "9801.00001")], Corpus(), scope)
    assert found.harvested == Proportion(k=0, n=0)
    assert found.fates == ((Fate.BEFORE, 1), (Fate.AFTER, 1))


def test_every_fate_is_told_in_words() -> None:
    assert set(MEANING) == set(Fate)


def test_the_sets_that_are_shipped_are_whole_and_admit_their_bias() -> None:
    assert problems(SHIPPED) == ()
    assert {s.id: len(s.works) for s in load(SHIPPED)} == {"hand-labels": 69, "public-lists": 228}
    assert all("lies" in s.description or "flatters" in s.description for s in load(SHIPPED))
