"""When papers came into the review, as far as pages tell the scripts that know a reader's last visit or a day to look back to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...model import Paper

DAYS = 120
"""So many days on which papers came, the last ones, are counted; who was away for longer is told `at least`."""


def span(papers: Iterable[Paper]) -> tuple[str, str] | None:
    """The first and the last day on which papers came; None unless there are two, since there is nothing to look back to."""
    days = {p.added for p in papers if p.added}
    return (min(days), max(days)) if len(days) > 1 else None


def arrivals(papers: Iterable[Paper]) -> dict[str, Any]:
    """How many papers came on each of the last `DAYS` days with any; `from` is the latest day that is not counted, '' if there is none."""
    days = sorted(Counter(p.added for p in papers if p.added).items(), reverse=True)
    return {"from": days[DAYS][0] if len(days) > DAYS else "", "days": dict(days[:DAYS])}
