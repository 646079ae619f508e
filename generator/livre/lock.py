"""One at a time over all processes: a lock file that the system releases when its holder dies."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from .errors import CannotWrite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Taken(CannotWrite):
    """Somebody else holds the lock."""


def _holder(path: Path) -> str:
    """Who wrote a process number into the lock file; the file itself never says whether the lock is held."""
    with suppress(OSError, ValueError):
        return f"process {int(path.read_text())}"
    return "another process"


@contextmanager
def held(path: Path, *, timeout: float) -> Iterator[None]:
    """Hold the lock file `path` for the block, after waiting at most `timeout` seconds for its holder.

    The file is made if need be and stays when the lock is released. Not reentrant, also within one
    process. Raises Taken, naming the holder, or CannotWrite if the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=timeout)
    except Timeout:
        raise Taken(f"{path} is held by {_holder(path)}: wait until it is done, or end it") from None
    except OSError as error:
        raise CannotWrite(f"{path} cannot be locked: {error.strerror or error}; make its folder writable") from error
    try:
        with suppress(OSError):
            path.write_text(f"{os.getpid()}\n")
        yield
    finally:
        lock.release()
