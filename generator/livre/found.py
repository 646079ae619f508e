"""Begin a review, and renew later what livre keeps in it: nothing that a person wrote or changed is ever overwritten.

`.livre.tsv` in the review says whose each file is and which bytes livre wrote. A file of livre's that still has those bytes may be renewed;
one that somebody changed is left, and the difference shown.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import check, ledger, scope, seed
from .errors import BadData, CannotWrite, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .plan import Plan
    from .seed import Seeded

MANIFEST = ".livre.tsv"
LIVRE, MAINTAINER = "livre", "maintainer"
_SAFE = re.compile(r"(?:[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_HEX = re.compile(r"[0-9a-f]{64}")
Action = Literal["add", "renew", "remove", "changed", "gone"]
WORDS: Mapping[Action, str] = {
    "add": "new",
    "renew": "to renew",
    "remove": "no longer needed",
    "changed": "left, because it was changed here",
    "gone": "left out, because it was removed here",
}
"""How each is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A line of the manifest: whose a file is (`livre` or `maintainer`), and the SHA-256 of what livre wrote."""

    path: str
    owner: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One file of an upgrade. `changed` is one of livre's that somebody changed, `gone` one that somebody took away: both are left."""

    path: str
    action: Action
    old: bytes = b""
    new: bytes = b""
    tool: bool = True

    @property
    def done(self) -> bool:
        """Whether the upgrade does it."""
        return self.action in {"add", "renew", "remove"}

    def difference(self) -> str:
        """What would change, as a unified diff; '' for files that are no text."""
        try:
            old, new = (data.decode().splitlines(keepends=True) for data in (self.old, self.new))
        except UnicodeDecodeError:
            return ""
        return "".join(difflib.unified_diff(old, new, f"{self.path} as it is", f"{self.path} as livre has it"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _path(cell: str) -> str:
    if not _SAFE.fullmatch(cell):
        raise ValueError("write a path inside the review")
    return cell


def _owner(cell: str) -> str:
    if cell not in {LIVRE, MAINTAINER}:
        raise ValueError(f"write {LIVRE} or {MAINTAINER}")
    return cell


def _sha256(cell: str) -> str:
    if not _HEX.fullmatch(cell):
        raise ValueError("write the SHA-256 of the file, in hexadecimal")
    return cell


_COLUMNS: ledger.Columns = {"path": ("path", _path), "owner": ("owner", _owner), "sha256": ("sha256", _sha256)}


def manifest(files: Iterable[Seeded]) -> bytes:
    """The manifest of the files that livre wrote."""
    rows = (Owned(path=f.path, owner=LIVRE if f.tool else MAINTAINER, sha256=_digest(f.data)) for f in files)
    return ledger.write(sorted(rows, key=lambda o: o.path), _COLUMNS).encode()


def owned(root: Path) -> Mapping[str, Owned]:
    """What the manifest says, by path; UsageError where `livre init` has never been, BadData."""
    if not (root / MANIFEST).is_file():
        raise UsageError(f"{root} has no {MANIFEST}: livre init did not begin this review, so nothing in it is livre's to renew")
    rows = ledger.read((root / MANIFEST).read_text("utf-8"), _COLUMNS, path=MANIFEST)
    return {o.path: o for o in (Owned(**row) for row in rows)}


def files(plan: Plan) -> tuple[Seeded, ...]:
    """All files of a new review but the manifest, checked as `livre check` would; BadData says what in the plan cannot be."""
    written = (*seed.tool(), *seed.yours(plan))
    with tempfile.TemporaryDirectory(prefix="livre-") as work:
        root = Path(work)
        _put(root, written)
        if wrong := tuple(check.whole(root)):
            raise BadData(wrong)
        about = scope.load(root / "bib" / "scope.toml")
    return (*written, *seed.cited(about, plan.address))


def _put(root: Path, written: Iterable[Seeded]) -> None:
    for file in written:
        (root / file.path).parent.mkdir(parents=True, exist_ok=True)
        (root / file.path).write_bytes(file.data)


def begin(root: Path, plan: Plan) -> tuple[Seeded, ...]:
    """Write a new review into `root`, which may not be there or must be empty but for git's own folder; all of it or nothing.

    UsageError when something is there, BadData when the plan cannot be, CannotWrite.
    """
    if root.exists() and (not root.is_dir() or any(f.name != ".git" for f in root.iterdir())):
        raise UsageError(f"{root} is not empty; name a new folder, or give --upgrade for a review that is there")
    written = files(plan)
    written = (*written, seed.Seeded(path=MANIFEST, data=manifest(written), tool=True))
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".livre-", dir=root.parent) as work:
            made = Path(work) / "review"
            _put(made, written)
            root.mkdir(exist_ok=True)
            for item in sorted(made.iterdir()):
                shutil.move(item, root / item.name)
    except OSError as error:
        raise CannotWrite(f"{error.filename or root}: {error.strerror}") from None
    return written


def steps(root: Path) -> Iterator[Step]:
    """What an upgrade of the review would do to each file of livre's, and what it leaves to its maintainer."""
    known = owned(root)
    now = {f.path: f for f in seed.tool()}
    for path, file in sorted(now.items()):
        there, before = root / path, known.get(path)
        old = there.read_bytes() if there.is_file() else b""
        if there.is_file() and old == file.data:
            continue
        if not there.exists():
            yield Step(path=path, action="gone" if before else "add", new=file.data)
        else:
            untouched = before is not None and before.owner == LIVRE and _digest(old) == before.sha256
            yield Step(path=path, action="renew" if untouched else "changed", old=old, new=file.data)
    for path, before in sorted(known.items()):
        there = root / path
        if before.owner == LIVRE and path not in now and there.is_file():
            old = there.read_bytes()
            yield Step(path=path, action="remove" if _digest(old) == before.sha256 else "changed", old=old)
    for path, data in seed.pages():
        if path not in known and not (root / path).exists():
            yield Step(path=path, action="add", new=data, tool=False)


def upgrade(root: Path, doing: Iterable[Step]) -> None:
    """Do what these steps say, and note it in the manifest; CannotWrite."""
    known = dict(owned(root))
    try:
        for step in (s for s in doing if s.done):
            if step.action == "remove":
                (root / step.path).unlink()
                del known[step.path]
                continue
            _put(root, [seed.Seeded(path=step.path, data=step.new, tool=step.tool)])
            known[step.path] = Owned(path=step.path, owner=LIVRE if step.tool else MAINTAINER, sha256=_digest(step.new))
        for file in seed.tool():  # also what an upgrade that broke off had renewed, and not noted
            if (root / file.path).is_file() and (root / file.path).read_bytes() == file.data:
                known[file.path] = Owned(path=file.path, owner=LIVRE, sha256=_digest(file.data))
        (root / MANIFEST).write_bytes(ledger.write([known[p] for p in sorted(known)], _COLUMNS).encode())
    except OSError as error:
        raise CannotWrite(f"{error.filename or root}: {error.strerror}") from None
