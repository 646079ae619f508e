"""When an answer counts as whole: what to do about parts that do not add up, and about records that break the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from ..errors import Incomplete, Malformed
from .transport import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

RESTARTS: Final = 2
"""How often a window is asked for again from its beginning."""
QUIET: Final = timedelta(days=5)
"""Longer than arXiv has ever been without a new or changed paper: a silence of that length is a failure."""
STRAY: Final = 5
"""Refused records of one page that are put down to those records."""
STRAY_SHARE: Final = 0.02
"""The share of a page that may be refused beyond that; more says that we no longer understand the page."""


def whole(window: Callable[[], T]) -> T:
    """What `window` returns; when its answers do not add up it is called again, at most twice.

    A list that changes under its reader, a token that has expired and a page of HTML in between all
    pass. The last Incomplete or Malformed is raised; other errors are at once.
    """
    for _ in range(RESTARTS):
        try:
            return window()
        except Rejected:
            raise
        except (Incomplete, Malformed):
            continue
    return window()


def tolerable(refused: Sequence[str], seen: int, *, what: str) -> None:
    """Raise Malformed when so many of the `seen` records of a page are refused that the page itself is suspect."""
    if len(refused) > STRAY and len(refused) > STRAY_SHARE * seen:
        raise Malformed(f"{what}: {len(refused)} of {seen} records break the rules, first {refused[0]}")
