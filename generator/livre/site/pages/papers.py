"""A page per paper, and the list of all papers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ... import summary
from ...analyse.sentences import pieces
from ...harvest.links import data_sets
from ...latex import plain
from ...model import Identifier, Page, Status
from .. import charts, csl, exports, metadata, styles
from . import explore, provenance
from .credit import suggested
from .linked import linked
from .quality import ask
from .ruling import Audits, correct, discussion, ruling, standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...model import Paper
    from .item import Chip, Item
    from .review import Review

SHOWN_AUTHORS = 20
"""Authors that a page names before it folds the rest away."""
LINKED_AUTHORS = 60
"""In a longer author list only those are links who have other papers here: thousands of links help nobody."""
_BROUGHT = {"html": "HTML", "pdf": "PDF", "data": "Data"}
"""Fields of other reviews that hold addresses, and what they lead to; nobody else knows whether a preprint can be read as HTML."""
_NEWEST = 100
_WORDS = 4

_STATUS = {
    Status.WITHDRAWN: "Its authors or arXiv withdrew it. It stays here so that the record is whole; do not rely on it.",
    Status.RETRACTED: "It stays here so that the record is whole; do not rely on it.",
    Status.CORRECTED: "Read the newest version.",
    Status.REPLACED: "A later work replaces it.",
}
_FILED = {"rule": "by rule", "model": "by what was learned", "person": "filed by a person"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A link to the work itself: what it is called and which host it opens."""

    label: str
    url: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category of a paper with what put it there: `words` that a rule found, or who did it."""

    chip: Chip
    words: str
    score: str


def _host(url: str) -> str:
    return url.split("/")[2].removeprefix("www.")


def links(paper: Paper) -> Iterator[Out]:
    """Where the work can be read and what comes with it; only what is known, and no PDF of what was withdrawn."""
    for identifier in paper.identifiers:
        if identifier.scheme == "arxiv":
            yield Out(label=f"arXiv:{identifier.value}", url=identifier.url, host="arxiv.org")
            if paper.status is not Status.WITHDRAWN:
                yield Out(label="PDF", url=f"https://arxiv.org/pdf/{identifier.value}", host="arxiv.org")
    for identifier in paper.identifiers:
        if identifier.scheme == "doi":
            yield Out(label=f"doi:{identifier.value}", url=identifier.url, host="doi.org")
    extra = dict(paper.extra)
    named = ((label, tuple(extra.get(name, "").split())) for name, label in _BROUGHT.items())
    found = ("Data", data_sets(paper.abstract, paper.comment))
    seen: set[str] = set()
    for label, urls in (*named, ("Code", paper.code), ("Weights", paper.weights), found, ("Page", (paper.url,) if paper.url else ())):
        for url in urls:
            if url.lower().startswith(("https://", "http://")) and not _same(url, paper) and url not in seen:
                seen.add(url)
                yield Out(label=label, url=url, host=_host(url))


def _same(url: str, paper: Paper) -> bool:
    """Whether the address only leads where an identifier leads already."""
    try:
        return Identifier.parse(url) in paper.identifiers
    except ValueError:
        return False


def shelves(paper: Paper, review: Review) -> Iterator[tuple[str, tuple[Shelf, ...]]]:
    """The paper's categories by facet, each with its reason."""
    filings = review.filings[paper.key]
    for facet in review.taxonomy.facets:
        by_hand = review.by_hand(paper, facet.id)
        own = []
        for category in (review.taxonomy.categories[c] for c in review.filed[paper.key]):
            if category.facet != facet.id:
                continue
            filing = filings.get(category.id)
            if by_hand:
                words, score = "filed by a person", ""
            elif filing:
                words = ", ".join(f"“{w}”" for w in filing.words[:_WORDS]) + ("…" if len(filing.words) > _WORDS else "")
                words, score = f"{_FILED[filing.source]}: {words}" if words else _FILED[filing.source], f"{filing.score:.2f}"
            else:
                words, score = "by no rule of today: learned, or kept from an earlier filing", ""
            own.append(Shelf(chip=review.chip(category), words=words, score=score))
        if own:
            yield facet.title, tuple(own)


def citation(paper: Paper) -> str:
    """The BibTeX to show: that of the download without the abstract, and `and others` for all but the first of very many authors."""
    if len(paper.authors) <= SHOWN_AUTHORS + 2:
        return exports.text(exports.to_public(paper, abstract=False))
    entry = exports.to_public(replace(paper, authors=paper.authors[:SHOWN_AUTHORS]), abstract=False)
    return exports.text(replace(entry, fields=tuple((n, f"{v} and others" if n == "author" else v) for n, v in entry.fields)))


class _Neighbours:
    """The papers before and after one in its main category; newer ones come before."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.at: dict[str, tuple[int, tuple[Paper, ...]]] = {}
        lanes: dict[str, list[Paper]] = {}
        for paper in review.papers:
            lanes.setdefault(review.main[paper.key], []).append(paper)
        for of in lanes.values():
            for i, paper in enumerate(of):
                self.at[paper.key] = i, tuple(of) if i == 0 else self.at[of[0].key][1]

    def of(self, paper: Paper) -> tuple[Item | None, Item | None]:
        """(newer, older)."""
        if paper.key not in self.at:
            return None, None
        i, lane = self.at[paper.key]
        items = self.review.items
        return (items[lane[i - 1].key] if i else None), (items[lane[i + 1].key] if i + 1 < len(lane) else None)


def _authors(paper: Paper, review: Review) -> tuple[tuple[str, str], ...]:
    """(name, id) of each author, in order; id '' where a link would lead to nothing but this paper."""
    fewest = 1 if len(paper.authors) <= LINKED_AUTHORS else 2
    known = {i for n in paper.authors if (i := review.who(paper, n)) in review.authors and len(review.authors[i].papers) >= fewest}
    return tuple((str(n), i if (i := review.who(paper, n)) in known else "") for n in paper.authors)


def _context(paper: Paper, review: Review, neighbours: _Neighbours, audits: Audits, record: str) -> dict[str, Any]:
    authors = _authors(paper, review)
    lead = SHOWN_AUTHORS if len(authors) > SHOWN_AUTHORS + 2 else len(authors)
    newer, older = neighbours.of(paper)
    rulings = [ruling(d, review) for d in review.decisions(paper)]
    item = review.items[paper.key]
    marked = review.key_sentences.get(paper.key, ())
    told = summary.of(paper, review.kept.summaries)
    crowd = len(paper.authors) > metadata.MOST_AUTHORS
    return {
        "paper": paper,
        "item": item,
        "title": plain(paper.title),
        "description": review.description(paper),
        "tags": tuple(metadata.highwire(paper)),
        "schema": metadata.schema(paper),
        "signposts": tuple(metadata.signposts(paper)),
        "authors": authors[:lead],
        "more_authors": authors[lead:],
        "date": charts.spoken(paper.date),
        "latest": paper.versions[-1] if paper.versions else None,
        "latest_date": charts.spoken(paper.versions[-1].on) if paper.versions else "",
        "added": charts.spoken(paper.added) if paper.added else "",
        "credits": suggested(review.decisions(paper), review.scope.repository),
        "banner": _STATUS.get(paper.status, ""),
        "out": review.out.get(paper.key),
        "links": tuple(links(paper)),
        "arxiv": paper.identifier("arxiv"),
        "abstract": pieces(paper.abstract, marked),
        "marked": len(marked),
        "summary": told,
        "summed": charts.spoken(told.on) if told else "",
        "record": record,
        "correct": correct(paper, review),
        "discussion": discussion(paper, review),
        "shelves": tuple(shelves(paper, review)),
        "ruling": rulings[0] if rulings else None,
        "earlier": rulings[1:],
        "standing": standing(paper, review),
        "audit": audits.said(paper),
        "appeal": ask(paper.primary, "include" if paper.key in review.out else "exclude", plain(paper.title), review),
        "why": str(paper.primary) if "why/" in review.chapters else "",
        "linked": linked(paper, review),
        "graph": "graph/" in review.chapters,
        "bibtex": citation(paper),
        "csl": None if crowd else csl.item(paper, abstract=False),
        "apa": styles.apa(paper) if crowd else "",
        "vancouver": styles.vancouver(paper) if crowd else "",
        "newer": newer,
        "older": older,
    }


def pages(review: Review) -> Iterator[Page]:
    """`/papers/<key>/` for every paper, background and those taken out again included."""
    neighbours, audits, records = _Neighbours(review), Audits(review), provenance.addresses(review)
    for paper in review.every:
        context = _context(paper, review, neighbours, audits, records[paper.key])
        yield Page(path=f"papers/{paper.key}/", template="paper.html", family="papers", context=context)


def fragment(review: Review) -> dict[str, Any]:
    """The list at `/papers/`: the newest by month, and ways to all others."""
    newest = review.papers[:_NEWEST]
    months = [(charts.spoken(m) if m else "", review.list(of)) for m, of in groupby(newest, key=lambda p: p.date[:7])]
    return {
        "choices": explore.choices(review),
        "cited": bool(explore.cited(review)),
        "total": len(review.papers),
        "months": months,
        "years": [(y, len(of)) for y, of in review.by_year.items()],
        "undated": sum(not p.date for p in review.papers),
        "background": review.list(p for p in review.all if p.background),
        "facets": [
            (f.title, [(review.chip(c), len(review.by_category[c.id])) for c in review.taxonomy.of(f.id) if not c.parent])
            for f in review.taxonomy.facets
        ],
    }
