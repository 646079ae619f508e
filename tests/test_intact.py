"""Two hundred and fifty ways to damage the database on disk: each is refused with the file's name, or loses nothing."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import corpus, edges, intact
from livre.errors import BadData, BrokenInvariant, LivreError
from livre.night import Route, run

if TYPE_CHECKING:
    from collections.abc import Callable

REVIEW = Path(__file__).parent / "data" / "review"
AUDIT = "audit\tpaper\tverdict\tof\n2099-03-01\tarxiv:9901.00001\tinclude\t3\n2099-03-01\tarxiv:9901.00002\tinclude\t3\n"
FILED = "arxiv:9901.0000{}\tdragons\t2099-03-01\t0.90\twings\n"
FILINGS = "paper\tcategory\ton\tscore\twords\n" + FILED.format(1) + FILED.format(2)


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review in a repository of its own, with every kind of file that a night writes."""
    root = tmp_path_factory.mktemp("intact") / "review"
    shutil.copytree(REVIEW, root)
    for path, text in (("audits/2099.tsv", AUDIT), ("filings/2099-01.tsv", FILINGS)):
        (root / "bib" / path).parent.mkdir(exist_ok=True)
        (root / "bib" / path).write_text(text)
    night(root)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A review")
    return root


def night(root: Path) -> None:
    """A night in which nothing comes."""
    run(root / "bib", routes=[Route(name="feed", batches=lambda *_: iter(()))], lookup=None, on="2099-03-06", force=True)


def files(root: Path) -> list[Path]:
    """One file of every kind under bib/, and every ledger of nights."""
    kinds: dict[str, Path] = {}
    for path in sorted((root / "bib").rglob("*")):
        if path.is_file():
            kind = path.parent.name if path.parent.name != "bib" else path.name
            kinds[kind] = max(kinds.get(kind, path), path, key=lambda p: p.stat().st_size)
    return [kinds[kind] for kind in sorted(kinds)]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_at_a_line(data: bytes, chance: random.Random) -> bytes:
    ends = [n + 1 for n, byte in enumerate(data[:-1]) if byte == ord("\n")]
    return data[: chance.choice(ends)]


def without_a_line(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def emptied(data: bytes, chance: random.Random) -> bytes:
    return b""


def newer(data: bytes, chance: random.Random) -> bytes:
    """As a livre to come might write it: one more column, key or field."""
    if data.startswith(b"{"):
        return data.replace(b"{", b'{\n "tomorrow": 1,', 1)
    if b"\t" in data.splitlines()[0]:
        return b"".join(line + b"\ttomorrow\n" for line in data.splitlines())
    if data.startswith(b"@"):
        return data.replace(b",\n", b",\n  tomorrow = {1}\n,", 1)
    return b"tomorrow = 1\n" + data


def zeroed(data: bytes, chance: random.Random) -> bytes:
    return bytes(len(data))


DAMAGE: list[tuple[Callable[[bytes, random.Random], bytes], int]] = [
    (cut, 7), (cut_at_a_line, 6), (without_a_line, 2), (flipped, 10), (emptied, 1), (newer, 1), (zeroed, 1),
]  # fmt: skip


def test_damage_of_every_kind_to_every_kind_of_file_is_refused_by_name_or_loses_nothing(committed: Path, tmp_path: Path) -> None:
    chance = random.Random(20990306)
    root = tmp_path / "review"
    shutil.copytree(committed, root)
    outcomes: dict[str, int] = {}
    silent: list[str] = []
    for path in files(root):
        data = path.read_bytes()
        shown = path.relative_to(root).as_posix()
        for damage, times in DAMAGE:
            for _ in range(times):
                broken = damage(data, chance)
                if broken == data:
                    continue
                path.write_bytes(broken)
                outcome = refused(root, shown)
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                if not outcome and facts(root) != facts(committed):
                    silent.append(f"{damage.__name__}: {shown}: {len(data)} to {len(broken)} bytes")
                git(root, "restore", "bib")
                git(root, "clean", "-fdq", "bib")
    assert sum(outcomes.values()) >= 250, outcomes
    assert not silent
    assert set(outcomes) <= {"65 or 70", ""}
    assert outcomes.get("", 0) < 20, "white space, and fields that a livre to come may know"


def facts(root: Path) -> object:
    """All that a review knows, but for what the night added to the record and fields that this livre does not know."""
    held = corpus.load(root / "bib")
    papers = {k: replace(p, extra=()) for k, p in held.papers.items()}
    return papers, held.candidates, held.decisions, {(n.night, n.source) for n in held.nights}, edges.load(root / "bib")


def refused(root: Path, shown: str) -> str:
    """The exit code with which a night refuses, naming the file (70 may name the work); '' if it goes on."""
    before = (root / shown).read_bytes()
    try:
        night(root)
    except BadData as error:
        said = str(error)
    except BrokenInvariant:
        said = shown
    else:
        return ""
    assert shown in said
    assert (root / shown).read_bytes() == before
    return "65 or 70"


def found(bib: Path) -> list[str]:
    """What is not intact, in words."""
    try:
        intact.prove(bib)
    except BadData as error:
        return [str(p) for p in error.problems]
    return []


def test_what_people_edit_and_nights_write_is_intact(committed: Path, tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(committed, root)
    scope = root / "bib" / "scope.toml"
    scope.write_text(scope.read_text() + "\n# A remark.\n")
    paper = next((root / "bib" / "papers").glob("*.bib"))
    paper.write_text(paper.read_text().replace("  title        = {", "  title        = {Corrected: ", 1))
    (root / "bib" / "inbox").mkdir(exist_ok=True)
    (root / "bib" / "inbox" / "one.toml").write_text('paper = "9901.00001"\n')
    assert found(root / "bib") == []


def test_a_paper_that_a_night_left_without_a_category_is_intact_and_one_that_lost_them_otherwise_is_not(
    committed: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(committed, root)
    path = next(p for p in (root / "bib" / "papers").glob("*.bib") if "  keywords " in p.read_text())
    lines = path.read_text().splitlines(keepends=True)
    del lines[next(n for n, line in enumerate(lines) if line.startswith("  keywords "))]
    path.write_text("".join(lines))
    with pytest.raises(BadData, match="has lost its field keywords"):
        intact.prove(root / "bib")
    ledger = root / "bib" / "nights" / "2099.tsv"
    last = ledger.read_text().splitlines()[-1]
    ledger.write_text(f"{ledger.read_text()}{last.replace('2099-03-06', '2099-03-07')}\n")
    assert found(root / "bib") == []


def test_a_withdrawn_work_that_came_back_is_intact(committed: Path, tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(committed, root)
    path = next(p for p in (root / "bib" / "papers").glob("*.bib") if "  source " in p.read_text())
    text = path.read_text()
    path.write_text(text.replace("  source  ", "  status       = {withdrawn},\n  source  ", 1))
    git(root, "commit", "-qam", "Withdrawn")
    path.write_text(text)
    with pytest.raises(BadData, match="has lost its field status"):
        intact.prove(root / "bib")
    path.write_text(re.sub(r"(  source +=) \{[^}]*\}", r"\1 {oai v9 2099-03-07}", text, count=1))
    assert found(root / "bib") == []


def test_a_review_that_git_does_not_know_is_judged_by_its_form_alone(committed: Path, tmp_path: Path) -> None:
    shutil.copytree(committed / "bib", tmp_path / "bib")
    ledger = tmp_path / "bib" / "nights" / "2099.tsv"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:-1]))
    assert found(tmp_path / "bib") == []


def test_the_line_says_what_to_do(committed: Path, tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(committed, root)
    path = root / "bib" / "decisions" / "2099-01.tsv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(LivreError, match=r"bib/decisions/2099-01\.tsv: .*git restore bib/decisions/2099-01\.tsv.*\[not-intact\]"):
        intact.prove(root / "bib")
