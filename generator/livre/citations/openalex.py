"""OpenAlex: reference lists of works by DOI, arXiv's own DOIs included. CC0.

Looking up one work is free; asking for a list of works is not (without a key about a hundred lists a day). A reference
list names OpenAlex' own ids, so these are looked up a hundred at a time, over several papers together and each once a
run: some forty papers' references fit into ten lists. What an id means is not kept: ids vanish and are merged.

`pyalex` is not used: it sends every request to `api.openalex.org` whatever its configuration says, without a time-out,
reads a body of any size and does not give its headers away, which say how much of the budget is left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..errors import Malformed, SourceError, Throttled
from . import COMPLETE, Listed, Reference
from .answer import EMPTY, UNKNOWN, NotKnown, ask, dois, identifiers, part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..harvest.transport import Transport
    from ..model import Paper

BASE: Final = "https://api.openalex.org"
DELAY: Final = 0.2
"""Seconds between requests; OpenAlex allows a hundred in one."""
IDS: Final = 100
"""Works in one list, the most that one filter takes."""
_ID = re.compile(r"https://openalex\.org/(W[0-9]{1,19})")


class OpenAlex:
    """The source; `key` may be blank. Ids that it has looked up are remembered as long as it lives."""

    name = "openalex"
    batch = 20
    published = True
    versions = False

    def __init__(self, door: Transport, *, base: str = BASE, key: str = "") -> None:
        self._door, self._base = door, base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key.strip()}"} if key.strip() else {}
        self._works: dict[str, Reference] = {}

    def asks(self, paper: Paper) -> bool:
        """Every paper has a DOI, since arXiv gives one."""
        return bool(paper.identifiers)

    def ask(self, papers: Sequence[Paper]) -> Iterator[Listed]:
        """The lists of these papers, in order; after a SourceError the rest has not been asked."""
        found: list[tuple[Paper, list[object] | None]] = []
        failure: SourceError | None = None
        for paper in papers:
            try:
                found.append((paper, self._references(paper)))
            except SourceError as error:
                failure = error
                break
        self._resolve({i for _, references in found for i in _ids(references or ())})
        for paper, references in found:
            known = tuple(self._works[i] for i in _ids(references or ()))
            outcome = UNKNOWN if references is None else COMPLETE if references else EMPTY
            if gone := sum(r == Reference() for r in known):
                outcome += f"; {gone} of these works it does not know any more"
            yield Listed(citing=paper.primary, source=self.name, references=known, listed=len(references or ()), outcome=outcome)
        if failure:
            raise failure

    def _references(self, paper: Paper) -> list[object] | None:
        """What the first of the paper's records says that has references; None when OpenAlex knows none of its names."""
        answers: list[list[object]] = []
        for doi in dois(paper.identifiers):
            address = f"{self._base}/works/https://doi.org/{quote(doi, safe='')}"
            try:
                work = ask(self._door, address, {"select": "id,doi,referenced_works"}, headers=self._headers)
            except NotKnown:
                continue
            if not (m := _ID.fullmatch(part(work, "id", str) or "")):
                raise Malformed("OpenAlex answers with a work that has no id")
            self._works[m[1]] = Reference(identifiers=paper.identifiers, title=paper.title)
            answers.append(part(work, "referenced_works", list) or [])
            if answers[-1]:
                break
        return answers[-1] if answers else None

    def _resolve(self, ids: Iterable[str]) -> None:
        """Look up what these ids mean; one that OpenAlex does not know any more means nothing."""
        missing = sorted(set(ids) - self._works.keys())
        for start in range(0, len(missing), IDS):
            some = missing[start : start + IDS]
            self._afford()
            query = {"filter": f"openalex:{'|'.join(some)}", "select": "id,doi,display_name,locations", "per_page": str(IDS)}
            try:
                answer = ask(self._door, f"{self._base}/works", query, headers=self._headers)
            except NotKnown:
                raise Malformed("OpenAlex has no list of works where it used to be") from None
            results = part(answer, "results", list)
            if results is None:
                raise Malformed("OpenAlex answers without results")
            works = dict.fromkeys(some, Reference())
            works |= {m[1]: _reference(work) for work in results if work and (m := _ID.fullmatch(part(work, "id", str) or ""))}
            self._works |= works

    def _afford(self) -> None:
        """Throttled when OpenAlex has said that what is left of the day's budget does not pay for another list."""
        left, cost = (_number(self._door.told.get(f"x-ratelimit-{name}-usd")) for name in ("remaining", "cost"))
        if left is not None and left <= (cost or 0.0):
            raise Throttled(f"OpenAlex has {left:g} dollars left of today's free budget, too little for another list")


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text) else None


def _ids(references: Iterable[object]) -> Iterator[str]:
    """The OpenAlex ids in a list, each once; null entries and what is no id are passed over."""
    return iter(dict.fromkeys(m[1] for r in references if isinstance(r, str) and (m := _ID.fullmatch(r))))


def _reference(work: object) -> Reference:
    """A cited work by its DOI, and by its arXiv id when one of the places where it lies is arXiv."""
    names = identifiers([part(work, "doi", str)])
    if not any(name.scheme == "arxiv" for name in names):
        places = [part(place, "landing_page_url", str) for place in part(work, "locations", list) or () if place]
        names = (*identifiers(p for p in places if p and "arxiv" in p.lower())[:1], *names)
    return Reference(identifiers=names, title=part(work, "display_name", str) or "")
