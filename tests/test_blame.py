"""Who changed which field, as git knows it: real repositories, and the places where there is no history."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from livre.blame import Touch, blame

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """\
@article{{example2099dragon,
  title        = {{A dragon}},
  date         = {{{date}}},
}}
"""


def git(root: Path, *arguments: str, who: str = "Ada Example", on: str = "2099-01-02T23:30:00-02:00") -> str:
    own = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", who), ("EMAIL", "a@example.org"), ("DATE", on))
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(root), "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, env={**clean, **own}, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A review in which Ada wrote an entry and a robot with a strange name changed its date."""
    folder = tmp_path / "review"
    file = folder / "bib" / "papers" / "2099-01.bib"
    file.parent.mkdir(parents=True)
    git(tmp_path, "init", "-q", str(folder))
    for date, who in (("2099-01", "Ada Example"), ("2099-01-02", "Ro\u202ebot <i>")):
        file.write_text(ENTRY.format(date=date), "utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "a change", who=who)
    return folder


def test_each_field_has_the_commit_that_last_changed_it(root: Path) -> None:
    first, last = git(root, "log", "--format=%H", "--reverse").split()
    found = blame(root, ["2099-01", "2099-02"])
    assert found == {
        "example2099dragon": {
            "title": Touch(commit=first, on="2099-01-03", by="Ada Example"),
            "date": Touch(commit=last, on="2099-01-03", by="Robot i"),
        }
    }


def test_what_is_not_committed_has_neither_day_nor_author(root: Path) -> None:
    (root / "bib/papers/2099-01.bib").write_text(ENTRY.format(date="2099-01-09"), "utf-8")
    found = blame(root, ["2099-01"])["example2099dragon"]
    assert found["date"] == Touch()
    assert found["title"].by == "Ada Example"


def test_a_shallow_clone_says_nothing_rather_than_that_one_commit_did_it_all(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), str(tmp_path / "shallow"))
    assert blame(tmp_path / "shallow", ["2099-01"]) == {}


def test_a_copy_without_git_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert blame(tmp_path, ["2099-01"]) == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert blame(tmp_path, ["2099-01"]) == {}
