"""What lies in bib/ and content/, told by names and kinds of files alone: what only a build, or another file system, would stumble on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .change import shown, twins
from .model import Problem
from .site.shells import SHELL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("bib", "content")
SHELLS = ("authors", "categories", "methods/records", "papers", "timeline")
"""The families of generated pages that every review has."""


def _walk(root: Path) -> Iterator[str]:
    """Every file, and every link to a folder, below bib/ and content/; links are not followed."""
    for top in FOLDERS:
        for folder, inner, files in os.walk(root / top):
            at = os.path.relpath(folder, root).replace(os.sep, "/")
            yield from (f"{at}/{name}" for name in (*files, *(n for n in inner if os.path.islink(f"{folder}/{n}"))))


def problems(root: Path) -> Iterator[Problem]:
    """Links, names that some systems cannot tell apart, chapters that are no text, and shells that are missing."""
    paths = sorted(_walk(root))
    for path in paths:
        if os.path.islink(root / path):
            yield Problem(shown(path), 0, "link", "a link could show or hide any file; put the file itself here")
        elif path.startswith("content/") and path.endswith(".md") and b"\x00" in (root / path).read_bytes():
            yield Problem(shown(path), 0, "change-binary", "this is no text, and chapters are: save it as UTF-8")
    yield from twins(paths, ())
    if (root / "content").is_dir():
        for family in SHELLS:
            if not (root / "content" / family / SHELL).is_file():
                message = f"the pages of {family}/ have no shell, and the site cannot be built: copy it from a new review"
                yield Problem(f"content/{family}/{SHELL}", 0, "shell", message)
