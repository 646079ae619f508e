"""What git knows of what is checked out, and of who works here."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .plaintext import one_line

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 30
_LONGEST = 80


def _told(root: Path, *arguments: str) -> list[str] | None:
    """The lines that git prints; None when it fails, takes too long, or is not there."""
    command = ["git", "-C", str(root), "--no-pager", "-c", "log.showSignature=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - no shell; paths follow `--`
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").splitlines() if done.returncode == 0 else None


def _said(root: Path, *arguments: str) -> str:
    """The first line that git prints, without anything invisible; '' when it has nothing to say, or cannot say it."""
    lines = _told(root, *arguments)
    return one_line(lines[0])[:_LONGEST].strip() if lines else ""


def commit(root: Path) -> str:
    """The commit that the review at `root` is at; '' where its files are in none, were changed since, or git cannot say."""
    clean = _told(root, "status", "--porcelain", "--", "bib", "content", "mkdocs.yml") == []
    return _said(root, "rev-parse", "HEAD") if clean and _said(root, "ls-files", "--", "bib/scope.toml") else ""


def committed(root: Path) -> str:
    """The day in UTC (ISO) on which the commit that is checked out was made; '' where there is none."""
    seconds = _said(root, "log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat() if seconds.isdigit() else ""


def user(root: Path) -> str:
    """Who commits here, as git was told; '' if it was not."""
    return _said(root, "config", "user.name")
