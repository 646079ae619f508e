"""A clock that only sleeping moves."""

from __future__ import annotations


class Clock:
    """Call it for the time; `sleep` is written down in `naps` and takes no time at all."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
