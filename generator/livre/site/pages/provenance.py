"""The record behind a paper's page: its entry field by field, where each comes from, who last changed it, and every decision.

Many records share a page, month by month, so that each costs its own text and no frame; a paper's page links to its own.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...blame import Touch
from ...entry import to_entry
from ...latex import plain
from ...merge import MACHINE
from ...model import CORRECTION, Page
from ...rulings import CORRECTABLE
from .. import charts
from .records import FAMILY
from .ruling import correct, ruling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...model import Decision, Paper
    from .review import Review

_PER_PAGE = 40
_FORGE = re.compile(r"(https://(github\.com|gitlab(?:\.[a-z0-9-]+)+)/[\w.-]+(?:/[\w.-]+?)+?)(?:\.git)?/?", re.ASCII)
_ROUTES = {
    "import": "an import",
    "feed": "a recorded answer of arXiv",
    "api": "arXiv’s API",
    "oai": "arXiv, by OAI-PMH",
}
_OWN = {
    "added": "this review, on the night it came",
    "source": "this review, of the answer it took",
    "curated": "this review, of what people said",
    "status": "the source’s words, or a person",
    "code": "an address in abstract or comment",
    "weights": "an address in abstract or comment",
    "shorttitle": "an import, or a person",
    "milestone": "a person",
    "role": "a person",
}
"""Where fields come from that no source tells as they stand."""


def _where(name: str, paper: Paper, facets: frozenset[str]) -> str:
    """Where a field comes from, in words."""
    by_hand = facets & set(paper.curated)
    if name in paper.curated:
        return "a person, for good"
    if name == "keywords":
        return f"a person, for good: {', '.join(sorted(by_hand))}" if by_hand else "rules, or learned from papers"
    if name in _OWN:
        return _OWN[name]
    version = f", v{paper.source.version}" if paper.source.version else ""
    stamp = f", as of {paper.source.stamp}" if paper.source.stamp else ""
    return f"{_ROUTES.get(paper.source.route, paper.source.route)}{version}{stamp}"


def _rows(paper: Paper, review: Review, facets: frozenset[str], touches: Mapping[str, Touch]) -> Iterator[tuple[str, str, str, Touch, str]]:
    """(field, value, where from, who changed it last, where to correct it) of every field."""
    for name, value in to_entry(paper).fields:
        fix = correct(paper, review, name) if name in CORRECTABLE else ""
        yield name, value, _where(name, paper, facets), touches.get(name, Touch()), fix


def _people(decisions: tuple[Decision, ...]) -> tuple[tuple[str, str, str], ...]:
    """(who, when, why) of every correction by a person, newest first."""
    return tuple((d.by, d.on, d.why) for d in decisions if d.criterion == CORRECTION and d.by not in MACHINE)


def _record(paper: Paper, review: Review, facets: frozenset[str]) -> dict[str, Any]:
    decisions = review.decisions(paper)
    touches = review.touches.get(paper.key, {})
    rows = tuple(_rows(paper, review, facets, touches))
    touched = {touch for *_, touch, _ in rows}
    return {
        "key": paper.key,
        "title": paper.title,
        "kind": paper.kind,
        "rows": rows,
        "once": touched.pop() if touches and len(touched) == 1 else None,
        "corrections": _people(decisions),
        "decisions": [ruling(d, review) for d in decisions],
    }


def _shelves(review: Review) -> Iterator[tuple[str, int, int, tuple[Paper, ...]]]:
    """(shard, page of it from 1, pages of it, papers) of every page; papers by key."""
    for shard, of in groupby(sorted(review.every, key=lambda p: (p.shard, p.key)), key=lambda p: p.shard):
        papers = tuple(of)
        pages_ = -(-len(papers) // _PER_PAGE)
        for n in range(pages_):
            yield shard, n + 1, pages_, papers[n * _PER_PAGE : (n + 1) * _PER_PAGE]


def _address(shard: str, n: int) -> str:
    return f"{FAMILY}/month-{shard}{f'_{n}' if n > 1 else ''}/"


def addresses(review: Review) -> dict[str, str]:
    """Where the record of each paper stands, below the site's address."""
    return {p.key: f"{_address(shard, n)}#r-{p.key}" for shard, n, _, papers in _shelves(review) for p in papers}


def _commits(repository: str) -> str:
    """What stands before a commit in its address at the host of the review; '' where no host is known."""
    m = _FORGE.fullmatch(repository)
    return f"{m[1]}/{'-/' * ('gitlab' in m[2])}commit/" if m else ""


def _month(shard: str) -> str:
    """A shard in words: a month, a year, or that no date is known."""
    date = shard.removesuffix("-00").removesuffix("-00")
    return charts.spoken(date) if date != "0000" else "no known date"


def pages(review: Review) -> Iterator[Page]:
    """`/methods/records/month-2025-03/` and its further pages: what the database holds of each paper."""
    facets = frozenset(f.id for f in review.taxonomy.facets)
    for shard, n, count, papers in _shelves(review):
        yield Page(
            path=_address(shard, n),
            template="provenance.html",
            family=FAMILY,
            context={
                "shard": shard,
                "month": _month(shard),
                "page": n,
                "pages": [(i + 1, _address(shard, i + 1)) for i in range(count)],
                "records": [_record(p, review, facets) for p in papers],
                "file": f"bib/papers/{shard}.bib",
                "commits": _commits(review.scope.repository),
                "history": bool(review.touches),
                "span": f"{plain(papers[0].key)} to {plain(papers[-1].key)}",
            },
        )
