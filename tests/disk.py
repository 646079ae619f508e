"""A disk that fails on purpose: stands in for `os` where files are written, and knows what a power cut would leave."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEPS = ("open", "write", "fsync", "replace", "unlink", "mkdir", "rmdir")


class Killed(BaseException):
    """The process is gone; nothing it does after this reaches the disk."""


class Disk:
    """`os` for one process, whose step number `at` meets `fault`; counts steps if there is none.

    Every step also updates a model of what is certain to be on the disk: the content of a file after its fsync, the
    entries of a folder after the folder's. `power_cut` leaves only that, the worst that a file system may do.
    """

    def __init__(self, root: Path, at: int = 0, fault: Callable[[str], None] | None = None, *, lasting: bool = False) -> None:
        self.root, self.at, self.fault, self.lasting = root, at, fault, lasting
        self.steps: list[str] = []
        self.dead = False
        self.names: dict[int, Path] = {}
        self.entries: dict[Path, dict[str, int]] = {}
        self.content: dict[int, bytes] = {}
        self.identity = 0
        for folder, _, files in os.walk(root):
            here = root / os.path.relpath(folder, root)
            self.entries[here] = {f: self._new((here / f).read_bytes()) for f in files}
        self.certain = {folder: dict(names) for folder, names in self.entries.items()}
        self.folders = set(self.entries)
        self.certain_folders = set(self.folders)

    def _new(self, content: bytes) -> int:
        self.identity += 1
        self.content[self.identity] = content
        return self.identity

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name) if name not in STEPS else lambda *args: self._step(name, args)

    def _step(self, name: str, args: tuple[Any, ...]) -> Any:
        if self.dead:
            raise Killed
        self.steps.append(name)
        if self.fault and (len(self.steps) == self.at or (self.lasting and len(self.steps) > self.at and name in ("write", "mkdir"))):
            try:
                if name == "write":
                    os.write(args[0], bytes(args[1])[: len(args[1]) // 2])  # a torn write
                self.fault(name)
            except Killed:
                self.dead = True
                raise
        return getattr(self, f"_{name}")(*args)

    def close(self, handle: int) -> None:
        self.names.pop(handle, None)
        os.close(handle)

    def _open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        handle = os.open(path, flags, mode)
        self.names[handle] = path
        if flags & os.O_CREAT:
            entry = self.entries[path.parent].setdefault(path.name, self.identity + 1)
            self.identity = max(self.identity, entry)
            self.content[entry] = b""
        return handle

    def _write(self, handle: int, data: bytes) -> int:
        return os.write(handle, data)

    def _fsync(self, handle: int) -> None:
        os.fsync(handle)
        path = self.names[handle]
        if path in self.folders:
            self.certain[path] = dict(self.entries[path])
            self.certain_folders = {f for f in self.certain_folders if f.parent != path} | {f for f in self.folders if f.parent == path}
        else:
            self.content[self.entries[path.parent][path.name]] = path.read_bytes()

    def _replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)
        self.entries[target.parent][target.name] = self.entries[source.parent].pop(source.name)

    def _unlink(self, path: Path) -> None:
        os.unlink(path)
        del self.entries[path.parent][path.name]

    def _mkdir(self, path: Path) -> None:
        os.mkdir(path)
        self.folders.add(path)
        self.entries[path] = {}
        self.certain.setdefault(path, {})

    def _rmdir(self, path: Path) -> None:
        os.rmdir(path)
        self.folders.discard(path)
        del self.entries[path]

    def power_cut(self, lucky: Callable[[str], bool] = lambda name: False) -> None:
        """Leave under the root what was certain, and those other changes to a folder's entries that were lucky."""
        left = {}
        for folder in (self.certain_folders | {f for f in self.folders if lucky(f.name)}) - {self.root.parent}:
            sure, now = self.certain.get(folder, {}), self.entries.get(folder, {})
            entries = {n: (now if lucky(n) else sure).get(n) for n in {*sure, *now}}
            left[folder] = {n: self.content[i] for n, i in entries.items() if i is not None}
        for item in self.root.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()
        for folder in sorted(left):
            folder.mkdir(exist_ok=True, parents=True)
            for name, content in left[folder].items():
                (folder / name).write_bytes(content)


class Slow(Disk):
    """A disk that takes half of what it is given."""

    def _write(self, handle: int, data: bytes) -> int:
        return os.write(handle, data[: max(1, len(data) // 2)])
