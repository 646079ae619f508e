"""From the working tree to a bundle, and back: what a night changed under bib/, and a night brought onto what was committed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bundle as bundles
from . import revisions, save
from .errors import BrokenInvariant

if TYPE_CHECKING:
    from pathlib import Path

    from .bundle import Bundle

_FILE = "100644"
_BIB = "bib/"
_OWN = ".livre/"  # locks and the like, where no .gitignore names them

Files = dict[str, bytes]
"""Bytes by path under bib/."""


def made(root: Path, message: str) -> Bundle:
    """The bundle of what bib/ in the working tree changes against the commit that is checked out.

    A save that was interrupted is finished or thrown away first, so that no part of a night is taken for all of it. BrokenInvariant
    when something else has changed too: a night writes under bib/ and nowhere else. CannotWrite while a night is at work.
    """
    with save.writer(root / "bib"):
        changes = revisions.since(root, "HEAD")
        deltas = [d for d in changes.deltas if not d.path.startswith(_OWN)]
        if strange := [d.path for d in deltas if not d.path.startswith(_BIB) or d.after not in {"", _FILE}]:
            raise BrokenInvariant(
                f"{strange[0]!a} has changed too: commit or remove it, for a night writes plain files under bib/ and nothing else"
            )
        old = revisions.contents(root, (d.blob for d in deltas))
        files: dict[str, tuple[bytes | None, bytes | None]] = {}
        for delta in deltas:
            files[delta.path] = (old[delta.blob] if delta.blob else None, (root / delta.path).read_bytes() if delta.after else None)
        return bundles.pack(changes.base, message, files)


def at(root: Path, commit: str) -> Files:
    """What stands under bib/ in a commit; UsageError when it is not here: fetch it first."""
    blobs = revisions.files(root, commit, "bib")
    held = revisions.contents(root, blobs.values())
    return {path.removeprefix(_BIB): held[blob] for path, blob in blobs.items()}


def sides(root: Path, bundle: Bundle) -> tuple[Files, Files, Files]:
    """bib/ at the base of a bundle, as the night left it, and as people have it here by now.

    UsageError when the base is not known here, BrokenInvariant when the bundle was made from something else.
    """
    base = at(root, bundle.base)
    bundles.verify(bundle, lambda path: base.get(path.removeprefix(_BIB)))
    night = dict(base)
    for piece in bundle.pieces:
        data = bundle.after(piece.path)
        if data is None:
            del night[piece.path.removeprefix(_BIB)]
        else:
            night[piece.path.removeprefix(_BIB)] = data
    return base, night, at(root, "HEAD")
