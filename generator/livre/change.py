"""What may change by a contribution, told by the paths, modes and sizes of what differs, before any of it is read."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from .model import Problem
from .names import DEVICES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from .revisions import Delta

MOST = 500
"""Files that a contribution may touch."""

GROWTH = 1 << 20
"""Bytes by which a file may grow."""

OPEN = re.compile(
    r"bib/(?:inbox/[^/]+|(?:papers|candidates)/[^/]+\.bib|(?:decisions|citations|references)/[^/]+\.tsv|sentinels/[^/]+\.csv"
    r"|(?:scope|taxonomy|authors|models)\.toml)|content/.+\.md"
)
"""What contributions may change, as CONTRIBUTING.md invites to."""

READ = re.compile(r"bib/(?:papers|candidates|decisions|citations|references)/.*")
"""What is compared record by record: an empty file may go."""

MACHINE = re.compile(r"bib/(?:nights|audits|filings)/.*|bib/(?:evaluation\.json|proposal\.tsv)")
"""What only livre writes, by itself."""

UNSAFE = frozenset({"change-name", "change-twin", "change-mode", "change-large", "change-many", "change-binary"})
"""Codes after which the files themselves are not read."""

INBOX = "bib/inbox/"
FILE = "100644"
_NAME = re.compile(r"\.gitkeep|[A-Za-z0-9_-][A-Za-z0-9_. +-]*")
_LONGEST_NAME = 200
_MODES = {"120000": "a link", "160000": "a submodule", "100755": "a file that can be run"}


def shown(path: str) -> str:
    """A path as a Problem may name it: one visible line, whatever its bytes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _odd(path: str) -> str:
    """Why a path is not safe on every file system, or ''."""
    if len(path) > _LONGEST_NAME:
        return f"the path has {len(path)} characters; {_LONGEST_NAME} at most"
    for part in path.removeprefix("../").rstrip("/").split("/"):
        if part in {".", ".."} or (part.casefold().startswith(".git") and part != ".gitkeep"):
            return "git itself would read this"
        if part.endswith((".", " ")) or DEVICES.fullmatch(part.partition(".")[0].lower()):
            return "some systems cannot have a file of this name"
        if not _NAME.fullmatch(part):
            return "only letters, digits, dot, -, + and _ may be in the name of a file"
    return ""


def twins(touched: Collection[str], paths: Iterable[str]) -> Iterator[Problem]:
    """Touched paths that another path, or one of its folders, differs from only by case or accents."""
    spelled: dict[str, set[str]] = {}
    for path in (*paths, *touched):
        parts = path.split("/")
        for n in range(1, len(parts) + 1):
            name = "/".join(parts[:n])
            spelled.setdefault(_folded(name), set()).add(name)
    for path in touched:
        parts = path.split("/")
        for n in range(1, len(parts) + 1):
            name = "/".join(parts[:n])
            if others := spelled[_folded(name)] - {name}:
                yield Problem(shown(path), 0, "change-twin", f"{shown(min(others))} differs only by case or accents: rename this")
                break


def _file(delta: Delta) -> Iterator[Problem]:
    path = shown(delta.path)
    if MACHINE.fullmatch(delta.path):
        yield Problem(path, 0, "change-machine", "only livre writes this file: take it out of the change, a night writes it")
    elif not OPEN.fullmatch(delta.path):
        message = "this is not for contributions, which are files in bib/ and chapters in content/: take it out, or ask a maintainer"
        yield Problem(path, 0, "change-path", message)
    elif delta.path.startswith(INBOX) and delta.before:
        message = "a contribution that waits is not edited or removed by others: restore it, and say otherwise in a file of your own"
        yield Problem(path, 0, "change-inbox", message)
    elif delta.path.startswith("bib/") and not delta.after and not READ.fullmatch(delta.path):
        yield Problem(path, 0, "change-lost", "a file of the database would disappear: restore it, and exclude what should not be listed")
    if delta.after and (why := _odd(delta.path)):
        yield Problem(path, 0, "change-name", f"{why}: rename it")
    if delta.after not in {"", FILE}:
        what = _MODES.get(delta.after, "no plain file")
        yield Problem(
            path, 0, "change-mode", f"this is {what}: only plain files are contributed, so put one there (chmod 644), or remove it"
        )


def gate(deltas: Collection[Delta], paths: Collection[str], grown: Mapping[str, int]) -> tuple[Problem, ...]:
    """What is wrong with a change by its paths, modes and sizes; `paths` are all that are there, `grown` bytes by path."""
    found = [p for delta in deltas for p in _file(delta)]
    found += twins([d.path for d in deltas if d.after], paths)
    for path, more in grown.items():
        if more > GROWTH:
            message = f"this grows by {more} bytes; {GROWTH} at most: split the change, or ask a maintainer"
            found.append(Problem(shown(path), 0, "change-large", message))
    if len(deltas) > MOST:
        found.append(Problem("bib", 0, "change-many", f"{len(deltas)} files change; {MOST} at most: split the change"))
    return tuple(sorted(found))
