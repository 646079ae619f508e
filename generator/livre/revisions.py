"""A change as git sees it: what differs between a commit and the working tree, and what stood there before.

Only plumbing, never a shell, a checkout or a hook; names come between NUL bytes, so that nothing in a name can be mistaken.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import UsageError
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SECONDS = 120
_QUIET = ("--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
_NONE = "000000"
_FILES = frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Delta:
    """A path that differs: its modes as git writes them (`100644`, `120000` a link, `160000` a submodule; '' where it is not).

    `path` is seen from the root of the review, with bytes that are not UTF-8 as surrogates; `blob` names the old bytes, '' if none.
    """

    path: str
    before: str
    after: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What differs since the commit `base`, sorted by path, and every path that is there now."""

    base: str
    deltas: tuple[Delta, ...]
    paths: frozenset[str]


def _git(root: Path, *arguments: str, given: bytes | None = None, may_fail: bool = False) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; what comes from outside follows --end-of-options
            ["git", "-C", str(root), *_QUIET, *arguments],  # noqa: S607 - the git of whoever runs this
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed, and only git knows what changed") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {arguments[0]} did not end within {_SECONDS} s") from None
    if done.returncode and not may_fail:
        said = one_line(done.stderr.decode(errors="replace"))[:300]
        raise UsageError(f"git {arguments[0]}: {said or 'it failed without a word'}")
    return done.stdout if done.returncode == 0 else b""


def _names(data: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in data.split(b"\0") if name]


def _commit(root: Path, ref: str) -> str:
    found = _git(root, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{ref}^{{commit}}", may_fail=True).decode().strip()
    if not found:
        raise UsageError(f"--against {ref!r}: there is no such commit here; fetch it first, or name another")
    return found


def _deltas(raw: bytes, prefix: str) -> Iterator[Delta]:
    parts = _names(raw)
    for head, name in zip(parts[::2], parts[1::2], strict=True):
        before, after, old, _, status = head.lstrip(":").split(" ")
        if status == "U":
            continue
        path = name.removeprefix(prefix) if name.startswith(prefix) else f"../{name}"
        mode = "" if before == _NONE else before
        yield Delta(path=path, before=mode, after="" if after == _NONE else after, blob=old if mode else "")


def since(root: Path, ref: str) -> ChangeSet:
    """What the working tree at `root` changes against `ref`, or against where both parted; UsageError where git cannot tell."""
    tip = _commit(root, ref)
    base = _git(root, "merge-base", tip, "HEAD", may_fail=True).decode().strip() or tip
    prefix = _git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    options = ("--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--no-relative")
    deltas = {d.path: d for d in _deltas(_git(root, "diff", *options, base, "--"), prefix)}
    for delta in _deltas(_git(root, "diff", "--cached", *options, base, "--"), prefix):
        if delta.after not in {"", *_FILES}:  # what a checkout without links or submodules leaves out is still in the commit
            deltas[delta.path] = delta
    for path in _names(_git(root, "ls-files", "-z", "--others", "--exclude-standard")):
        there = root / path
        mode = (
            "120000" if there.is_symlink() else "160000" if path.endswith("/") else "100755" if there.stat().st_mode & 0o111 else "100644"
        )
        tracked = deltas.get(path)
        deltas[path] = Delta(path=path, before=tracked.before if tracked else "", after=mode, blob=tracked.blob if tracked else "")
    known = set(_names(_git(root, "ls-files", "-z")))
    gone = {d.path for d in deltas.values() if not d.after}
    return ChangeSet(base=base, deltas=tuple(sorted(deltas.values())), paths=frozenset((known | deltas.keys()) - gone))


def files(root: Path, commit: str, folder: str) -> dict[str, str]:
    """The plain files under a folder in a commit: path from the top of the repository → blob. UsageError when it is not here."""
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", _commit(root, commit), folder)
    rows = (name.partition("\t") for name in _names(listed))
    return {path: head.split(" ")[2] for head, _, path in rows if head.split(" ")[0] in _FILES}


def tree(root: Path, ref: str) -> Iterator[tuple[str, bytes]]:
    """Every plain file of the commit `ref` below `root`, its path from there and its bytes; links and submodules are left out."""
    listed = _names(_git(root, "ls-tree", "-r", "-z", _commit(root, ref), "--", "."))
    rows = [(head.split(" "), path) for head, _, path in (line.partition("\t") for line in listed)]
    plain = {path: name for (mode, _, name), path in rows if mode in _FILES}
    blobs = contents(root, plain.values())
    for path, name in sorted(plain.items()):
        yield path, blobs[name]


def sizes(root: Path, blobs: Iterable[str]) -> dict[str, int]:
    """The size in bytes of each of these objects."""
    wanted = sorted(set(blobs) - {""})
    lines = _git(root, "cat-file", "--batch-check", given="".join(f"{b}\n" for b in wanted).encode()).decode().splitlines()
    return {name: int(size) for name, kind, size in (line.split(" ") for line in lines if line.count(" ") == 2) if kind == "blob"}  # noqa: PLR2004


def contents(root: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each of these objects; UsageError when one is not here, as in a clone that has only a part."""
    wanted = sorted(set(blobs) - {""})
    data = _git(root, "cat-file", "--batch", given="".join(f"{b}\n" for b in wanted).encode())
    found: dict[str, bytes] = {}
    at = 0
    for name in wanted:
        end = data.index(b"\n", at)
        head = data[at:end].split(b" ")
        if head[-1] == b"missing":
            raise UsageError(f"git does not have {name}, which stood here before: fetch all of the base commit")
        size = int(head[2])
        found[name] = data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found
