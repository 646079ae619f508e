"""Who brought a file, asked of a real repository."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from livre import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "bib/inbox/a.toml"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository in which no setting of this machine counts."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "review"
    (root / "bib" / "inbox").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


@pytest.fixture
def commit(repository: Path) -> Callable[..., None]:
    """Writes a file (or removes it, for None) and commits it in somebody's name."""

    def write(name: str, text: str | None, *, by: str) -> None:
        path = repository / name
        path.unlink() if text is None else path.write_text(text)
        people = {
            f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", by), ("EMAIL", "a@example.org"))
        }
        people["GIT_COMMITTER_NAME"] = "The Machine That Merges"
        for arguments in (["add", "-A"], ["commit", "-q", "-m", "a change"]):
            subprocess.run(["git", "-C", str(repository), *arguments], check=True, env={**os.environ, **people})

    return write


def test_a_file_was_brought_by_the_author_of_the_commit_that_added_it(repository, commit):
    commit(FILE, "one", by="Ada Example")
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    commit(FILE, "mended", by="Carla Example")
    assert git.author_of(repository, FILE) == "Ada Example"
    assert git.author_of(repository, "bib/inbox/b.toml") == "Bob Example"


def test_a_file_that_came_again_was_brought_by_the_last_who_did(repository, commit):
    commit(FILE, "one", by="Ada Example")
    commit(FILE, None, by="Ada Example")
    commit(FILE, "one", by="Bob Example")
    assert git.author_of(repository, FILE) == "Bob Example"


def test_a_review_may_lie_in_a_folder_of_a_repository(repository, commit):
    (repository / "inner" / "bib").mkdir(parents=True)
    commit("inner/bib/a.toml", "one", by="Ada Example")
    assert git.author_of(repository / "inner", "bib/a.toml") == "Ada Example"


def test_nobody_is_named_where_nobody_is_known(repository, commit, tmp_path):
    assert git.author_of(repository, FILE) == ""
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    (repository / FILE).write_text("not committed")
    assert git.author_of(repository, FILE) == ""
    assert git.author_of(tmp_path / "nowhere", FILE) == ""


def test_without_git_nobody_is_named(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git.author_of(repository, FILE) == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Mallory \u202eelpmaxE", "Mallory elpmaxE"),
        ("Mallory\x1b[31m\tExample", "Mallory[31m Example"),
        ("x" * 500, "x" * 80),
        ("<b>Mallory</b>", "bMallory/b"),
    ],
)
def test_a_hostile_name_is_one_short_line(repository, commit, written, shown):
    commit(FILE, "one", by=written)
    assert git.author_of(repository, FILE) == shown


def test_a_path_is_never_an_option_nor_a_pattern(repository, commit, tmp_path):
    commit(FILE, "one", by="Ada Example")
    for path in ("--output=stolen", "bib/inbox/*.toml", ":(glob)**", ":/", "../review/bib/inbox/none.toml"):
        assert git.author_of(repository, path) == ""
    assert not (repository / "stolen").exists()


def test_history_that_is_cut_off_names_nobody(repository, commit, tmp_path):
    commit(FILE, "one", by="Ada Example")
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.as_uri(), str(shallow)], check=True)
    assert git.author_of(shallow, FILE) == ""


def test_who_works_here_is_who_git_was_told(repository):
    assert git.user(repository) == ""
    subprocess.run(["git", "-C", str(repository), "config", "user.name", "Ada Example"], check=True)
    assert git.user(repository) == "Ada Example"
