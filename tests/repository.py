"""A real git repository whose commits are the same on every machine."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2099-04-05"
"""The day in UTC of every commit; where the committer sits it is already late in the evening."""
_WHO = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
_WHEN = {"GIT_AUTHOR_DATE": f"{DAY}T23:30:00+0200", "GIT_COMMITTER_DATE": f"{DAY}T23:30:00+0200", "PATH": "/usr/bin:/bin"}


def git(root: Path, *arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", "-C", str(root), *_WHO, *arguments], check=True, capture_output=True, text=True, env=_WHEN).stdout


def begin(root: Path) -> None:
    """Put all that is there into a first commit."""
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "begin")
