"""Who last changed each field of a paper, and when: git's word on the lines of bib/papers/, where one line is one field.

Read-only plumbing. Where there is no history (no git, a shallow clone, a copy of the files) there is no answer, never a wrong one.
"""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_SECONDS = 120
_AT_ONCE = 2
_LONGEST = 80
_NONE = "0" * 40
_COMMIT = re.compile(r"(?P<commit>[0-9a-f]{40,64}) \d+ \d+(?: \d+)?")
_ENTRY = re.compile(r"@\w+\{(?P<key>[^,\s]+),")
_FIELD = re.compile(r"  (?P<name>[a-z][a-z0-9_-]*) *= \{")
_QUIET = (
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "blame.ignoreRevsFile=",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """The commit that last changed a line, its day (UTC) and its author; all '' for what no commit holds yet."""

    commit: str = ""
    on: str = ""
    by: str = ""


Touches = dict[str, dict[str, Touch]]
"""By citation key and field."""


def _said(root: Path, *arguments: str) -> str:
    """What git prints; '' when it cannot say."""
    command = ["git", "-C", str(root), *_QUIET, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - no shell; paths follow `--`
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def _day(seconds: str) -> str:
    """The day of a time as git writes it; '' for one that no calendar has, since a commit may say what it likes."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _lines(porcelain: str) -> Iterator[tuple[str, Touch]]:
    """Every line of a file with its commit, from `git blame --porcelain`, which tells of each commit only the first time."""
    known: dict[str, dict[str, str]] = {}
    own: dict[str, str] = {}
    for line in porcelain.split("\n"):
        if line.startswith("\t"):
            by = one_line(own["author"])[:_LONGEST]
            yield line[1:], Touch() if own["commit"] == _NONE else Touch(commit=own["commit"], on=_day(own["author-time"]), by=by)
        elif m := _COMMIT.fullmatch(line):
            own = known.setdefault(m["commit"], {"commit": m["commit"]})
        elif line:
            name, _, value = line.partition(" ")
            own.setdefault(name, value)


def fields(lines: Iterable[tuple[str, Touch]]) -> Touches:
    """The touches of one file by key and field; lines in another than the canonical form are passed over."""
    out: Touches = {}
    entry: dict[str, Touch] = {}
    for text, touch in lines:
        if m := _ENTRY.match(text):
            entry = out[m["key"]] = {}
        elif m := _FIELD.match(text):
            entry[m["name"]] = touch
    return out


def blame(root: Path, shards: Iterable[str]) -> Mapping[str, Mapping[str, Touch]]:
    """Who last changed each field of the papers of these months (`2025-03`) in the review at `root`; {} without a whole history."""
    if _said(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    paths = [f"bib/papers/{shard}.bib" for shard in sorted(set(shards))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = pool.map(lambda path: _said(root, "blame", "--porcelain", "--", path), paths)
        return {key: own for text in told for key, own in fields(_lines(text)).items()}
