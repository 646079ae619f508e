"""The pages that a change touches, built as the site would be: the base's configuration, chapters and theme, the change's bib/ as data.

Only plain files under bib/ are taken from the change. Whatever else it holds (mkdocs.yml, hooks, chapters, templates) is not read.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import build, corpus, revisions
from .errors import CannotWrite, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .answer import Answer
    from .revisions import ChangeSet

ALWAYS = ("assets", "index.html", "404.html")
"""What every page needs, and where a reader begins."""


def _put(folder: Path, path: str, data: bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def _assembled(root: Path, ref: str, changes: ChangeSet, answer: Answer, folder: Path) -> None:
    """The review as it would be, in a folder of its own."""
    for path, data in revisions.tree(root, ref):
        if not path.startswith("bib/"):
            _put(folder, path, data)
    for path in sorted(changes.paths):
        if path.startswith("bib/") and path.removeprefix("bib/") not in answer.emptied and not (root / path).is_symlink():
            _put(folder, path, (root / path).read_bytes())
    for path, data in corpus.tree(answer.corpus).items():
        _put(folder / "bib", path, data)


def _wanted(answer: Answer) -> Iterator[str]:
    """The addresses of the pages that would be new or other."""
    for paper in answer.papers:
        yield f"papers/{paper.key}/"
    yield from sorted({f"categories/{c}/" for p in answer.papers for c in p.categories})


def preview(root: Path, ref: str, changes: ChangeSet, answer: Answer, folder: Path) -> tuple[str, ...]:
    """Build the review as the change would make it, and put the touched pages with all they need into `folder`; their addresses.

    Nothing is built where no paper is touched.
    `ref` is the commit whose configuration, chapters and theme are used. The change must have passed `against.surface`. BadData where
    the site would not be built; UsageError when `folder` holds something.
    """
    empty(folder)
    if not answer.papers:
        return ()
    with tempfile.TemporaryDirectory(prefix="livre-preview-") as name:
        work = Path(name)
        _assembled(root, ref, changes, answer, work / "review")
        build.build(work / "review", work / "site")
        found = tuple(path for path in _wanted(answer) if (work / "site" / path).is_dir())
        try:
            for path in (*ALWAYS, *found):
                here, there = work / "site" / path, folder / path
                there.parent.mkdir(parents=True, exist_ok=True)
                _ = shutil.copytree(here, there) if here.is_dir() else shutil.copyfile(here, there)
        except OSError as error:
            raise CannotWrite(f"cannot write {folder}: {error.strerror}") from None
    return found


def empty(folder: Path) -> None:
    """UsageError unless a preview may be put there."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise UsageError(f"--preview {folder}: there is something there already; name a folder that is empty or not there")
