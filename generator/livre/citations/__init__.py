"""Who cites whom, as each source says; no source is able to fail a night.

- `eprint`: a work's own reference list, from its arXiv source (`archive` streams the files, `bbl` finds the list,
  `detex` makes text of its entries, `named` finds the identifiers in a text);
- `match`: the work that a reference without an identifier means, by its title, when there is no doubt.

Every source says what it knows of one work as a `Listed`. One whose name ends with `CITING` is asked the other way round:
its list has the works that cite this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..model import Identifier

COMPLETE: Final = "complete"
"""How the outcome of a source begins that told a whole list; any other begins with a reason."""
NO_LIST: Final = "no list: "
"""How the outcome begins when it is certain that there is no list to be had, so that asking again would not help."""
FAILED: Final = "failed: "
"""How the outcome begins when there was no usable answer about this work, and another night may bring one."""
CITING: Final = ":citing"
"""How the name ends under which a source is asked who cites a work; the edges that it tells are the source's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a reference list: the identifiers it gives (sorted), its title if the source marks one, its text.

    `text` is one line without TeX; both texts may be empty, and `identifiers` are empty when the entry names none.
    They may name several works, where a list puts them into one entry.
    """

    identifiers: tuple[Identifier, ...] = ()
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one source says of the references of one work, in the order of its list.

    `listed` is how many references the source knows the work to have, at least as many as `references`;
    `outcome` begins with `complete`, `no list: `, `failed: ` or another reason. Of a source whose name ends with `CITING`,
    `references` are the works that cite this one, which stands in `citing` as the work that was asked about.
    """

    citing: Identifier
    source: str
    references: tuple[Reference, ...] = ()
    listed: int = 0
    outcome: str = COMPLETE

    @property
    def complete(self) -> bool:
        """Whether the source told its whole list of this work."""
        return self.outcome.startswith(COMPLETE)


def forward(source: str) -> bool:
    """Whether a source of this name tells who cites a work, and not what the work cites."""
    return source.endswith(CITING)
