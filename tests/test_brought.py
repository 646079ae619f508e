"""Who brought a file, and by which pull request, asked of a real repository."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from livre.brought import Bringer, brought

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "bib/inbox/a.toml"


def who(root: Path, path: str) -> str:
    return brought(root, [path]).get(path, Bringer()).name


def everything(root: Path) -> dict[str, Bringer]:
    return dict(brought(root, [p.relative_to(root).as_posix() for p in (root / "bib/inbox").iterdir()]))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository in which no setting of this machine counts."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "review"
    (root / "bib" / "inbox").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    return root


@pytest.fixture
def commit(repository: Path) -> Callable[..., None]:
    """Writes a file (or removes it, for None) and commits it in somebody's name."""

    def write(name: str, text: str | None, *, by: str, saying: str = "a change") -> None:
        path = repository / name
        path.unlink() if text is None else path.write_text(text)
        people = {
            f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", by), ("EMAIL", "a@example.org"))
        }
        people["GIT_COMMITTER_NAME"] = "The Machine That Merges"
        for arguments in (["add", "-A"], ["commit", "-q", "-m", saying]):
            subprocess.run(["git", "-C", str(repository), *arguments], check=True, env={**os.environ, **people})

    return write


def test_a_file_was_brought_by_the_author_of_the_commit_that_added_it(repository, commit):
    commit(FILE, "one", by="Ada Example")
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    commit(FILE, "mended", by="Carla Example")
    assert who(repository, FILE) == "Ada Example"
    assert who(repository, "bib/inbox/b.toml") == "Bob Example"


def test_a_file_that_came_again_was_brought_by_the_last_who_did(repository, commit):
    commit(FILE, "one", by="Ada Example")
    commit(FILE, None, by="Ada Example")
    commit(FILE, "one", by="Bob Example")
    assert who(repository, FILE) == "Bob Example"


def test_a_review_may_lie_in_a_folder_of_a_repository(repository, commit):
    (repository / "inner" / "bib").mkdir(parents=True)
    commit("inner/bib/a.toml", "one", by="Ada Example")
    assert who(repository / "inner", "bib/a.toml") == "Ada Example"


def test_nobody_is_named_where_nobody_is_known(repository, commit, tmp_path):
    assert who(repository, FILE) == ""
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    (repository / FILE).write_text("not committed")
    assert who(repository, FILE) == ""
    assert who(tmp_path / "nowhere", FILE) == ""


def test_without_git_nobody_is_named(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert who(repository, FILE) == ""


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
    assert who(repository, FILE) == shown


def test_a_path_is_never_an_option_nor_a_pattern(repository, commit, tmp_path):
    commit(FILE, "one", by="Ada Example")
    for path in ("--output=stolen/a", "bib/inbox/*.toml", ":(glob)**/a", ":/a", "../review/none/a", "none"):
        assert brought(repository, [path]) == {}
    assert not (repository / "stolen").exists()


def test_history_that_is_cut_off_names_nobody(repository, commit, tmp_path):
    commit(FILE, "one", by="Ada Example")
    commit("bib/inbox/b.toml", "two", by="Bob Example")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.as_uri(), str(shallow)], check=True)
    assert who(shallow, FILE) == ""


# --- Pull requests ---


@pytest.fixture
def merged(repository: Path, commit: Callable[..., None]) -> Callable[..., None]:
    """Merges a branch on which somebody adds a file, with this message."""

    def merge(name: str, saying: str, *, by: str) -> None:
        def run(*arguments: str) -> None:
            subprocess.run(["git", "-C", str(repository), "-c", "user.name=M", "-c", "user.email=m@example.org", *arguments], check=True)

        run("checkout", "-q", "-b", "proposal")
        commit(name, "proposed", by=by)
        run("checkout", "-q", "main")
        run("merge", "-q", "--no-ff", "-m", saying, "proposal")
        run("branch", "-q", "-D", "proposal")

    return merge


def test_a_squashed_pull_request_is_in_the_subject_and_a_merged_one_in_the_merge(repository, commit, merged):
    commit("README.md", "first", by="Ada Example")
    commit(FILE, "one", by="Ada Example", saying="Ask for a paper (#12)\n\nnot (#99)")
    merged("bib/inbox/b.toml", "Merge pull request #13 from bob/fork\n\nAnything (#98)", by="Bob Example")
    merged("bib/inbox/c.toml", "Merge branch 'x' into 'main'\n\nSee merge request group/sub/review!14", by="Carla Example")
    merged("bib/inbox/d.toml", "Merge branch 'main'", by="Dan Example")
    commit("bib/inbox/e.toml", "five", by="Eve Example", saying="Fixes (#15) and more")
    merged("README.md", "Merge pull request #16 from zoe/fork", by="Zoe Example")
    assert {p[10]: (b.name, b.pull) for p, b in everything(repository).items()} == {
        "a": ("Ada Example", 12),
        "b": ("Bob Example", 13),
        "c": ("Carla Example", 14),
        "d": ("Dan Example", 0),
        "e": ("Eve Example", 0),
    }


def test_what_a_program_commits_is_whose_it_names_beside_itself(repository, commit):
    beside = "Ask (#3)\n\nCo-authored-by: ada-example <7+ada-example@users.noreply.github.com>\nCo-authored-by: Bob <b@example.org>"
    commit(FILE, "one", by="github-actions[bot]", saying=beside)
    commit("bib/inbox/b.toml", "two", by="Bob Example", saying=beside)
    commit("bib/inbox/c.toml", "three", by="github-actions[bot]")
    assert {p[10]: b for p, b in everything(repository).items()} == {
        "a": Bringer(name="ada-example", pull=3),
        "b": Bringer(name="Bob Example", pull=3),
        "c": Bringer(name="github-actions[bot]"),
    }


def test_names_that_look_like_commits_and_strange_paths_are_paths(repository, commit):
    commit(f"bib/inbox/{'a' * 40}", "one", by="Ada Example")
    commit("bib/inbox/line\nend.toml", "two", by="Bob Example")
    commit("bib/inbox/déjà.toml", "three", by="Carla Example")
    assert {p: b.name for p, b in everything(repository).items()} == {
        f"bib/inbox/{'a' * 40}": "Ada Example",
        "bib/inbox/line\nend.toml": "Bob Example",
        "bib/inbox/déjà.toml": "Carla Example",
    }
