"""Which sources have been away for so long that they are asked once a night, without patience, until they answer again.

There is no state but the record of nights. A source that answered anything is not away, whatever else it refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import ledger, plaintext
from .errors import BadData

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .model import Night

AFTER: Final = 3
"""Nights in a row without any answer after which a source is only probed."""


def away(nights: Iterable[Night], on: str = "9999") -> frozenset[str]:
    """The sources of harvests and citations that gave no answer in their last three nights before the day `on`."""
    last: dict[str, list[Night]] = {}
    for night in sorted(nights):
        if night.night < on and (night.harvest or night.source.startswith("link:")):
            last.setdefault(night.source, []).append(night)
    return frozenset(
        source for source, rows in last.items() if len(rows) >= AFTER and not any(n.complete or n.matched for n in rows[-AFTER:])
    )


def read(bib: Path) -> tuple[Night, ...]:
    """The record of nights as it stands, for who asks sources before the review is loaded; what cannot be read is left to that."""
    found: list[Night] = []
    for path in sorted((bib / "nights").glob("[0-9]*.tsv")):
        try:
            found += ledger.loads_nights(plaintext.decode(plaintext.contents(path, shown=path.name), path=path.name), path=path.name)
        except BadData:
            return ()
    return tuple(sorted(found))
