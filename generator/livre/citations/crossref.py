"""Crossref: the reference lists that publishers deposited, by DOI. Facts, openly given.

Many references have no DOI but the publisher's text, in which an arXiv id may stand. A publisher may keep the list to
itself: then only its length is known. `habanero` is not used: it follows no redirect between DOIs, does not give away the
headers with which Crossref sets the rate, and reads a body of any size for any time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..errors import Malformed, Throttled
from ..latex import normal
from . import Listed, Reference
from .answer import UNKNOWN, NotKnown, ask, identifiers, outcome, part
from .named import identifiers as named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://api.crossref.org"
DELAY: Final = 0.25
"""Seconds between requests, until Crossref asks for more."""
SLOWEST: Final = 30.0
"""Seconds: a source that wants longer pauses is left alone tonight."""
_INTERVAL = re.compile(r"([0-9]{1,5})s")


class Crossref:
    """The source; `mailto` is an address at which the review's people can be reached, for the polite pool."""

    name = "crossref"
    batch = 1
    published = True
    versions = False

    def __init__(self, door: Transport, *, base: str = BASE, mailto: str = "") -> None:
        self._door, self._base = door, base.rstrip("/")
        self._params = {"mailto": mailto.strip()} if mailto.strip() else None

    def asks(self, paper: Paper) -> bool:
        """It knows published works only."""
        return bool(paper.identifier("doi"))

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order; after a SourceError the rest has not been asked."""
        for paper in papers:
            try:
                answer = ask(self._door, f"{self._base}/works/{quote(paper.identifier('doi'), safe='')}", self._params)
            except NotKnown:
                yield Listed(citing=paper.primary, source=self.name, outcome=UNKNOWN)
                continue
            yield self._listed(paper, answer)
            obey(self._door)

    def _listed(self, paper: Paper, answer: object) -> Listed:
        work = part(answer, "message", dict)
        if work is None:
            raise Malformed("Crossref answers without a message")
        given = part(work, "reference", list) or []
        count = max(part(work, "reference-count", int) or 0, len(given))
        references = tuple(_reference(entry) for entry in given if entry is not None)
        return Listed(citing=paper.primary, source=self.name, references=references, listed=count, outcome=outcome(len(given), count))


def obey(door: Transport) -> None:
    """Keep to the rate that the last answer's headers allow; Throttled when that is too slow for a night."""
    told = door.told
    limit, interval = told.get("x-rate-limit-limit", ""), _INTERVAL.fullmatch(told.get("x-rate-limit-interval", ""))
    if interval and limit.isascii() and limit.isdigit():
        pause = int(interval[1]) / max(int(limit[:9]), 1)
        if pause > SLOWEST:
            raise Throttled(f"Crossref wants {pause:g} s between requests")
        door.slow_down(pause)


def _reference(entry: object) -> Reference:
    """A reference by its DOI, else by what its text names; without a text, its parts are one."""
    said = {name: normal(part(entry, name, str) or "") for name in ("author", "year", "article-title", "volume-title", "journal-title")}
    title = said["article-title"] or said["volume-title"]
    text = normal(part(entry, "unstructured", str) or "") or ". ".join(s for s in said.values() if s)
    return Reference(identifiers=identifiers([part(entry, "DOI", str)]) or named(text), title=title, text=text)
