"""The page that answers for any work, from the index that is published beside it; the reader's browser looks it up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...why import index
from .records import Lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .review import Review

FOLDER = "data/why/"
"""Where the index lies below the site; `livre.why` says how a page finds the file that it needs."""
_HANDS = (
    ("rules", "by the rules", "The words of the scope's topics and criteria decided."),
    ("model", "by the learned screener", "What was learned from earlier decisions decided, with the words that weighed most."),
    ("import", "at the import", "The person who imported the collection had decided."),
)


def files(review: Review) -> Iterator[tuple[str, bytes]]:
    """Every file of the index as (path below the site, bytes)."""
    for name, rows in index(review.corpus):
        yield f"{FOLDER}{name}.json", f"{json.dumps(rows, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/why/`."""
    return {
        "folder": FOLDER,
        "submit": "submit/" in review.chapters,
        "rules": [(rule, title, text) for rule, (title, text) in review.rules.items()],
        "hands": _HANDS,
        "listings": Lists(review).listings(),
        "papers": len(review.papers),
        "works": len(review.corpus.papers) + len(review.corpus.candidates),
        "since": review.scope.harvest.since,
    }
