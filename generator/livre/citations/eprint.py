"""A paper's own reference list, from its arXiv source: the only source that does not depend on DOIs, and the first to know.

arXiv's terms allow a graph of citations made from e-prints, and ask for one request every three seconds on one
connection, which the door keeps; nothing of an e-print is stored. Programs are to ask at export.arxiv.org, the copy
"specifically set aside for programmatic access" (info.arxiv.org/help/bulk_data). A source from 1991 to date is a few
megabytes at most, but for its pictures.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..errors import Malformed
from . import COMPLETE, FAILED, NO_LIST, Listed, Reference
from .archive import LIMITS, NoSource, members
from .bbl import references
from .detex import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://export.arxiv.org/src"
DELAY: Final = 3.0
"""Seconds between requests that arXiv asks for."""

_WITHDRAWN: Final = "%auto-ignore"
"""With this arXiv begins the text that takes the place of a withdrawn source."""


def read(body: bytes) -> tuple[Reference, ...]:
    """The reference list in an e-print. NoSource when it has none, Malformed or Unavailable when that cannot be said."""
    files: dict[str, str] = {}
    large: list[str] = []
    for member in members(BytesIO(body)):
        if member.data is None:
            large.append(member.name)
        else:
            files[member.name] = text(member.data)
    if found := references(files):
        return found
    if any(contents.lstrip().startswith(_WITHDRAWN) for contents in files.values()):
        raise NoSource("it was withdrawn")
    if large:
        raise Malformed(f"{large[0]} is larger than {LIMITS.member / 1e6:g} MB, or all files together than {LIMITS.kept / 1e6:g} MB")
    raise NoSource("there is none in its TeX" if files else "it has no TeX")


class EPrint:
    """The source; `door` must keep arXiv's pause."""

    name = "eprint"
    batch = 1
    published = True
    versions = True

    def __init__(self, door: Transport, *, base: str = BASE) -> None:
        self._door, self._base = door, base.rstrip("/")

    def asks(self, paper: Paper) -> bool:
        """Whether the paper is on arXiv."""
        return bool(paper.identifier("arxiv"))

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order.

        What is wrong with one e-print (it is not there, cut off, corrupt, too large) is the outcome of its paper. Raises
        Throttled when arXiv asks us to stay away, and Unavailable when it gave no answer or a page instead of an e-print,
        since these concern the service.
        """
        for paper in papers:
            yield self._listed(paper)

    def _listed(self, paper: Paper) -> Listed:
        found: tuple[Reference, ...] = ()
        try:
            found = read(self._door.get(f"{self._base}/{quote(paper.identifier('arxiv'))}"))
            outcome = COMPLETE
        except NoSource as reason:
            outcome = f"{NO_LIST}{reason}"
        except Malformed as error:
            outcome = f"{FAILED}{error}"
        return Listed(citing=paper.primary, source=self.name, references=found, listed=len(found), outcome=outcome)
