"""Manners towards a source: one connection, and a pause after each, over all processes of this user.

arXiv's terms ask for one request every three seconds and one connection at a time for the API,
OAI-PMH and RSS together, so its hosts share one turn.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CannotWrite, Unavailable, UsageError
from ..lock import Taken, held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARXIV_DELAY = 3.0
"""Seconds between requests that arXiv asks for."""


def _arxiv(host: str) -> bool:
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def cache() -> Path:
    """The user's folder for what livre remembers between runs; CannotWrite if the user has none."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "livre"
    except RuntimeError:
        raise CannotWrite("this user has no home folder: set XDG_CACHE_HOME to a folder that can be written") from None


class Limiter:
    """Gives out turns, at least `delay` seconds after the last one ended, in whatever process that was.

    Only the monotonic clock is used, which all processes since the last boot share; `folder` holds
    the lock and the time of the last turn of each source.
    """

    def __init__(
        self,
        delay: float,
        *,
        folder: Path | None = None,
        patience: float = 900,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not 0 <= delay < float("inf"):
            raise UsageError(f"a delay of {delay} s between requests makes no sense: use 3 or more")
        self.delay = delay
        self._folder = folder
        self._patience = patience
        self._clock = clock
        self._sleep = sleep

    def _files(self, host: str, port: int | None) -> tuple[Path, Path]:
        name = "arxiv.org" if _arxiv(host) else re.sub(r"[^a-z0-9.]+", "-", f"{host}-{port}" if port else host)
        folder = self._folder or cache()
        return folder / f"{name}.lock", folder / f"{name}.last"

    def _note(self, last: Path) -> float:
        """Write down the time of a request, and return it."""
        now = self._clock()
        try:
            last.write_text(repr(now))
        except OSError as error:
            raise CannotWrite(f"{last} cannot be written: {error.strerror}; arXiv is not asked without knowing when it last was") from error
        return now

    def _left(self, last: Path) -> float:
        """Seconds until the next request may start."""
        try:
            before = float(last.read_text())
        except FileNotFoundError:
            return 0.0
        except (OSError, ValueError):
            before = self._note(last)
        passed = self._clock() - before
        return max(0.0, self.delay - passed) if passed >= 0 else 0.0  # negative: written before the last boot

    @contextmanager
    def turn(self, host: str, port: int | None = None) -> Iterator[None]:
        """Wait for this host's turn and hold it for the block: one request, from connecting to the last byte.

        Raises UsageError for less than 3 seconds towards arXiv, Unavailable if another process keeps the turn.
        """
        host = host.lower().rstrip(".")
        if _arxiv(host) and self.delay < ARXIV_DELAY:
            raise UsageError(f"arXiv asks for {ARXIV_DELAY:g} seconds between requests, not {self.delay:g}: set LIVRE_DELAY to 3 or more")
        lock, last = self._files(host, port)
        with ExitStack() as turn:
            try:
                turn.enter_context(held(lock, timeout=self._patience))
            except Taken as error:
                raise Unavailable(f"no turn to ask {host} within {self._patience:g} s: {error}") from None
            while (left := self._left(last)) > 0:
                self._sleep(left)
            self._note(last)
            try:
                yield
            finally:
                with suppress(CannotWrite):
                    self._note(last)
