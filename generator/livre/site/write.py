"""The built site on disk: every path claimed once, all of it or nothing, no file of an earlier build left."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import BadData, BrokenInvariant, CannotWrite
from ..model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SEGMENT = re.compile(r"[^/\\\x00-\x1f\x7f:*?\"<>|]+")
_LONGEST = 255
"""Bytes that file systems allow in one name."""
_OURS = ("index.html", "404.html", "assets", "papers")
"""What a folder holds that may be replaced by a new build."""


class Output(NamedTuple):
    """One file of the site: its path below the site, its bytes, and the source to name when two claim that path."""

    path: str
    data: bytes
    source: str


def _safe(path: str) -> bool:
    return all(
        _SEGMENT.fullmatch(s) and s not in {".", ".."} and not s.endswith((" ", ".")) and len(s.encode()) <= _LONGEST
        for s in path.split("/")
    )


def _replaceable(site_dir: Path) -> None:
    """CannotWrite unless a build may take the place of what is there."""
    if site_dir.is_dir() and any(site_dir.iterdir()) and not all((site_dir / name).exists() for name in _OURS):
        raise CannotWrite(f"{site_dir} is neither empty nor a site that livre built; choose another --site-dir or empty it yourself")
    if site_dir.exists() and not site_dir.is_dir():
        raise CannotWrite(f"{site_dir} is a file; choose another --site-dir")


def write(outputs: Iterable[Output], site_dir: Path, verify: Callable[[Mapping[str, str]], Iterable[Problem]]) -> Mapping[str, str]:
    """Write all outputs into a folder beside `site_dir`, verify, then swap the two; the claimed paths with their sources.

    `verify` sees the claimed paths once everything is written; its problems end the build as BadData.

    BadData when two sources claim one path (or two that differ only in case), BrokenInvariant for a
    path that is not safe everywhere, CannotWrite when the disk refuses or `site_dir` is something else.
    Whatever goes wrong, an earlier build stays as it was.
    """
    site_dir = site_dir.resolve()
    _replaceable(site_dir)
    try:
        site_dir.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{site_dir.name}.", dir=site_dir.parent))
    except OSError as error:
        raise CannotWrite(f"cannot write beside {site_dir}: {error.strerror}") from None
    try:
        claimed = _write(outputs, new)
        if problems := tuple(verify(claimed)):
            raise BadData(problems)
        _swap(new, site_dir)
    except OSError as error:
        raise CannotWrite(f"cannot write {site_dir}: {error.strerror}; is the disk full?") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return claimed


def _write(outputs: Iterable[Output], folder: Path) -> dict[str, str]:
    claimed: dict[str, str] = {}
    folded: dict[str, str] = {}
    made = {""}
    base = f"{folder}/"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for path, data, source in outputs:
        other = folded.setdefault(path.casefold(), path)
        if path in claimed or other != path:
            raise BadData([Problem(source, 0, "path-twice", f"/{path} is already made by {claimed[other]} (as /{other})")])
        parent = path.rpartition("/")[0]
        if not (parent in made and path.endswith("/index.html")) and not _safe(path):
            raise BrokenInvariant(f"{path!r} of {source} is not a path that every file system takes")
        if parent not in made:
            os.makedirs(base + parent, exist_ok=True)
            made.add(parent)
        claimed[path] = source
        file = os.open(base + path, flags, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        finally:
            os.close(file)
    return claimed


def _swap(new: Path, site_dir: Path) -> None:
    """Put the new folder in the place of the old one; the old one is put back if that fails."""
    new.chmod(0o755)
    old = new.with_name(new.name + ".old")
    had = site_dir.exists()
    if had:
        site_dir.rename(old)
    try:
        new.rename(site_dir)
    except OSError:
        if had:
            with suppress(OSError):
                old.rename(site_dir)
        raise
    shutil.rmtree(old, ignore_errors=True)
