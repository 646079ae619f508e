"""Who brought each file of a folder, and by which pull request, as the history tells it.

A stranger's commit says what it likes: names are cut to one visible line, and of a subject only the number of a pull request is read.
Where there is no history (no git, a shallow clone, a file that no commit holds) nobody is named.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

_SECONDS = 60
_LONGEST = 80
_QUIET = (
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "log.showSignature=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_SQUASHED = re.compile(r"\(#([0-9]{1,9})\)$")
_MERGED = re.compile(r"Merge pull request #([0-9]{1,9}) from |See merge request [\w./-]{1,200}!([0-9]{1,9})$", re.MULTILINE | re.ASCII)
_BOT = re.compile(r"\[bot\]$|^github-actions$")
_FIELDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """Who brought a file, '' if nobody is known, and the number of the pull request by which it came, 0 if none is."""

    name: str = ""
    pull: int = 0


def _said(root: Path, *arguments: str, told: str = "") -> str:
    """What git prints; '' when it cannot say."""
    command = ["git", "-C", str(root), *_QUIET, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, input=told.encode())  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def _added(root: Path, folder: str) -> dict[str, str]:
    """The commit that last added each file of a folder, by its path from `root`."""
    listed = _said(root, "log", "-z", "--no-renames", "--diff-filter=A", "--format=%H", "--name-only", "--relative", "--", folder)
    out: dict[str, str] = {}
    commit = ""
    for piece in listed.split("\0"):
        name = piece.lstrip("\n")
        if _COMMIT.fullmatch(name):
            commit = name
        elif name and commit:
            out.setdefault(name, commit)
    return out


def _pull(text: str) -> int:
    """The number of the pull request in the words of a merge."""
    m = _MERGED.search(text)
    return int(m[1] or m[2]) if m else 0


def _merged(root: Path, commit: str, line: Collection[str]) -> int:
    """The pull request whose merge brought a commit: the first merge on the main `line` that has it."""
    told = _said(root, "log", "-z", "--merges", "--ancestry-path", "--reverse", "--format=%H%n%s%n%b", f"{commit}..HEAD")
    pieces = (text.partition("\n") for text in told.split("\0"))
    return next((_pull(text) for merge, _, text in pieces if merge in line), 0)


def _person(author: str, others: str) -> str:
    """The author, or whom a program's commit names beside it."""
    name = one_line(author)
    if _BOT.search(name):
        name = next((n for line in others.splitlines() if (n := one_line(line.partition("<")[0]))), name)
    return name[:_LONGEST].strip()


def _bringers(root: Path, commits: Collection[str]) -> Iterator[tuple[str, Bringer]]:
    told = "".join(f"{commit}\n" for commit in sorted(commits))
    fields = "%H%x00%an%x00%s%x00%(trailers:key=Co-authored-by,valueonly,unfold)"
    pieces = _said(root, "log", "-z", "--no-walk=unsorted", f"--format={fields}", "--stdin", told=told).split("\0") if told else []
    line = frozenset(_said(root, "rev-list", "--first-parent", "HEAD").split()) if told else frozenset()
    for i in range(0, len(pieces) - _FIELDS + 1, _FIELDS):
        commit, author, subject, others = pieces[i : i + _FIELDS]
        squashed = _SQUASHED.search(subject)
        pull = int(squashed[1]) if squashed else 0 if commit in line else _merged(root, commit, line)
        yield commit, Bringer(name=_person(author, others), pull=pull)


def brought(root: Path, paths: Collection[str]) -> Mapping[str, Bringer]:
    """Who last brought each of these files of one folder, by its path from `root`; those of which history cannot tell are left out.

    In a shallow clone every file seems to come from whoever committed last.
    """
    folder = min(paths, default="").rpartition("/")[0]
    if not folder or _said(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    added = {path: commit for path, commit in _added(root, folder).items() if path in paths}
    of = dict(_bringers(root, set(added.values())))
    return {path: of.get(commit, Bringer()) for path, commit in added.items()}
