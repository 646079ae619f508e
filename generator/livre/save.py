"""The only writer under bib/: all files of a save, or none.

A redo log. New files are written and synced into a staging folder; a manifest with their checksums, renamed
into place, is the commit; then the files are renamed over the old ones and the manifest goes. Whoever writes
next finishes a save whose manifest stands, and throws away one that has none.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

from . import lock
from .corpus import FOLDERS, MANIFEST, PENDING, canonical, listing
from .errors import BadData, BrokenInvariant, CannotWrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .model import Problem

__all__ = ["recover", "save", "write", "writer"]

_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_KEY = re.compile(rb"^\s*@\w+\s*[{(]\s*([^,\s]+)\s*,", re.MULTILINE)

_Change = tuple[str, str]  # path under bib/, and the SHA-256 of its new bytes or '' for a removal


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def writer(bib: Path, *, timeout: float = 0) -> Iterator[None]:
    """Be the one writer of `bib`, and finish what the last one left; CannotWrite when another is at work after `timeout` seconds."""
    if not bib.is_dir():
        raise CannotWrite(f"{bib} is not a folder: a review has one beside content/ and mkdocs.yml; go there, or name it with --root")
    with lock.held(bib.parent / ".livre" / f"{bib.name}.lock", timeout=timeout):
        recover(bib)
        yield


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot sync a folder, and orders its renames itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_file(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest(changes: Sequence[_Change]) -> bytes:
    body = json.dumps(changes)
    return json.dumps({"sha256": _sha256(body.encode()), "changes": changes}, indent=1).encode()


def _read_manifest(data: bytes) -> list[_Change] | None:
    """The changes it lists, or None when it is not whole."""
    try:
        said = json.loads(data)
        changes = [(str(path), str(digest)) for path, digest in said["changes"]]
        whole = said["sha256"] == _sha256(json.dumps(changes).encode()) and all(_PATH.fullmatch(p) for p, _ in changes)
    except (ValueError, KeyError, TypeError):
        return None
    return changes if whole else None


def _discard(staging: Path) -> None:
    """Throw a save away; its manifest first, so that nobody finishes half of it."""
    manifest = staging / MANIFEST
    if manifest.exists():
        os.unlink(manifest)
        _sync_folder(staging)
    for item in sorted(staging.iterdir()):
        os.unlink(item)
    os.rmdir(staging)


def _stage(bib: Path, changes: Sequence[_Change], data: Mapping[str, bytes | None]) -> None:
    """Everything up to the commit, and the commit."""
    staging = bib / PENDING
    os.mkdir(staging)
    _sync_folder(bib)
    for number, (path, digest) in enumerate(changes):
        if digest:
            _write_file(staging / str(number), data[path] or b"")
    _sync_folder(staging)
    _write_file(staging / "manifest.new", _manifest(changes))
    os.replace(staging / "manifest.new", staging / MANIFEST)
    _sync_folder(staging)


def _apply(bib: Path, changes: Sequence[_Change]) -> None:
    """Everything after the commit; may be interrupted and done again."""
    staging = bib / PENDING
    folders: dict[Path, None] = {}
    for number, (path, digest) in enumerate(changes):
        target = bib / path
        if digest and (staging / str(number)).exists():
            for missing in reversed([f for f in target.parents if bib in f.parents and not f.exists()]):
                os.mkdir(missing)
                folders[missing.parent] = None
            os.replace(staging / str(number), target)
        elif not digest and target.exists():
            os.unlink(target)
        folders[target.parent] = None
    for folder in (*folders, staging):  # staging last: what left it must have arrived
        if folder.exists():
            _sync_folder(folder)
    os.unlink(staging / MANIFEST)
    _sync_folder(staging)
    os.rmdir(staging)


def recover(bib: Path) -> bool:
    """Finish an interrupted save whose manifest stands, throw away one without; whether one was finished.

    Only the writer may call this. BrokenInvariant when what was staged is damaged and part of it already in place.
    """
    staging = bib / PENDING
    if not staging.is_dir():
        return False
    try:
        if not (staging / MANIFEST).exists():
            _discard(staging)
            return False
        changes = _read_manifest((staging / MANIFEST).read_bytes())
        if changes is None or not all(_intact(bib, n, change) for n, change in enumerate(changes)):
            if not (staging / "0").exists():  # files are renamed in order: the first one is in place, or nothing is
                raise BrokenInvariant(f"{staging} is damaged and half of it is in place: restore {bib} from git and remove it")
            _discard(staging)
            return False
        _apply(bib, changes)
    except OSError as error:
        raise CannotWrite(f"{error.filename or bib}: {error.strerror}: an interrupted save could not be finished; run again") from error
    return True


def _intact(bib: Path, number: int, change: _Change) -> bool:
    """Whether a change is still staged, or already in place, as the manifest says."""
    path, digest = change
    staged, target = bib / PENDING / str(number), bib / path
    return not digest or any(f.is_file() and _sha256(f.read_bytes()) == digest for f in (staged, target))


def write(bib: Path, changes: Mapping[str, bytes | None]) -> tuple[str, ...]:
    """Write these files (path under bib/ → bytes, or None to remove it) all or none; the paths that changed, sorted.

    For the writer only. CannotWrite when the disk refuses: before the commit nothing has changed, after it the
    next writer finishes. Files that already are as they should be are not touched.
    """
    todo: list[_Change] = []
    for path, data in sorted(changes.items(), key=lambda item: (item[1] is None, item[0])):
        if not _PATH.fullmatch(path):
            raise BrokenInvariant(f"{path!r} is not a path under bib/")
        target = bib / path
        if (target.read_bytes() if target.exists() else None) != data:
            todo.append((path, "" if data is None else _sha256(data)))
    if not todo:
        return ()
    if (bib / PENDING).exists():
        raise BrokenInvariant(f"{bib / PENDING} is there: an interrupted save comes first (`recover`)")
    try:
        _stage(bib, todo, changes)
    except OSError as error:
        with contextlib.suppress(OSError):
            _discard(bib / PENDING)
        raise CannotWrite(f"{error.filename or bib}: {_reason(error)}; nothing was changed") from error
    try:
        _apply(bib, todo)
    except OSError as error:
        raise CannotWrite(
            f"{error.filename or bib}: {_reason(error)}; the save stands and the next command that writes finishes it"
        ) from error
    return tuple(sorted(path for path, _ in todo))


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full: free some space and run again"
    return error.strerror or str(error)


def _verified(path: str, data: bytes) -> None:
    """What is about to be written reads back as itself."""
    try:
        again = canonical(path, data)
    except BadData as error:
        raise BrokenInvariant(f"{path} could not be read again: {error}") from error
    if again != data:
        raise BrokenInvariant(f"{path} would not be read as it is written")


def save(
    bib: Path,
    tree: Mapping[str, bytes],
    *,
    read: Mapping[str, str] | None = None,
    also: Mapping[str, bytes | None] | None = None,
    dry_run: bool = False,
) -> tuple[str, ...]:
    """Make the corpus under `bib` this tree (see `corpus.tree`), all or nothing; the paths that changed, sorted.

    Shards that are not in the tree are removed. `read` is `Corpus.read` of what the tree was made from: a file that
    somebody has edited since is CannotWrite. `also` are changes to other files under bib/, such as the inbox, in the
    same commit. BrokenInvariant when a file would not read back, or a citation key on disk would be gone.
    """
    problems: list[Problem] = []
    old = {path: (bib / path).read_bytes() for path in listing(bib, problems)}
    if problems:
        raise BadData(problems)
    if strangers := [p for p in tree if not (f := FOLDERS.get(p.partition("/")[0])) or not f.fullmatch(p.partition("/")[2])]:
        raise BrokenInvariant(f"{strangers[0]} is not a file of the corpus")
    changes: dict[str, bytes | None] = {path: data for path, data in tree.items() if old.get(path) != data}
    changes |= {path: None for path in old if path not in tree}
    for path, data in changes.items():
        if read is not None and (_sha256(old[path]) if path in old else None) != read.get(path):
            raise CannotWrite(f"{bib / path} was edited while this ran: nothing was changed, run again")
        if data is not None:
            _verified(path, data)
    papers = [path for path in changes if path.startswith("papers/")]
    if lost := _keys(old.get(p) for p in papers) - _keys(changes[p] for p in papers):
        raise BrokenInvariant(f"these papers would disappear: {', '.join(sorted(lost))}; nothing was changed")
    changes |= also or {}
    return tuple(sorted(changes)) if dry_run else write(bib, changes)


def _keys(files: Iterator[bytes | None]) -> set[str]:
    return {key.decode() for data in files for key in _KEY.findall(data or b"")}
