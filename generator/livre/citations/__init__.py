"""Who cites whom, as each source says; no source is able to fail a night.

- `eprint`: a work's own reference list, from its arXiv source (`archive` streams the files, `bbl` reads them);
- `match`: the work that a reference without an identifier means, by its title, when there is no doubt.

Every source says what it knows of one work as a `Listed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model import Identifier

COMPLETE = "complete"
"""The outcome of a source that told all it knows, even if that is nothing; any other begins with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a reference list: the identifiers it gives (sorted), its title if the source marks one, its text.

    `text` is one line without TeX; both texts may be empty, and `identifiers` are empty when the entry names none.
    """

    identifiers: tuple[Identifier, ...] = ()
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one source says of the references of one work, in the order of its list.

    `listed` is how many references the source knows the work to have, at least as many as `references`;
    `outcome` is `complete`, or begins with it, when there is no more to ask for, and says why not otherwise.
    """

    citing: Identifier
    source: str
    references: tuple[Reference, ...] = ()
    listed: int = 0
    outcome: str = COMPLETE

    @property
    def complete(self) -> bool:
        """Whether the source told all that it knows of this work."""
        return self.outcome.startswith(COMPLETE)
