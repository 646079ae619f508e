"""Papers as RIS, what EndNote, Mendeley and the databases of systematic reviews read. Written by rispy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rispy  # type: ignore[import-untyped]  # it ships no types

from ..latex import plain
from .csl import kind, printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Name, Paper

TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "paper-conference": "CPAPER",
    "chapter": "CHAP",
    "book": "BOOK",
    "thesis": "THES",
    "report": "RPRT",
    "document": "GEN",
}
"""Type of CSL → type of RIS; an unpublished work is what reference managers make of a preprint."""


def _person(name: Name) -> str:
    return plain(", ".join(part for part in (name.family, name.given, name.suffix) if part))


def record(paper: Paper, titles: Mapping[str, str], *, abstract: bool) -> dict[str, Any]:
    """One paper as rispy wants it; `titles` are those of its categories, which become keywords."""
    arxiv, own = paper.identifier("arxiv"), printed(paper)
    start, _, end = own.get("page", "").partition("-")
    preprint = kind(paper) == "article"
    year, month, day = (*paper.date.split("-"), "", "")[:3]
    fields: dict[str, Any] = {
        "type_of_reference": TYPES[kind(paper)],
        "id": paper.key,
        "title": plain(paper.title),
        "short_title": plain(paper.shorttitle),
        "authors": [_person(name) for name in paper.authors],
        "year": year,
        "date": f"{year}/{month}/{day}/" if year else "",
        "journal_name": plain(paper.journal),
        "volume": own.get("volume"),
        "number": own.get("issue"),
        "start_page": start,
        "end_page": end,
        "publisher": "arXiv" if preprint and arxiv else own.get("publisher"),
        "accession_number": f"arXiv:{arxiv}" if arxiv else "",
        "doi": paper.identifier("doi"),
        "urls": [paper.url or paper.primary.url],
        "keywords": [titles.get(category, category) for category in paper.categories],
        "notes": [paper.status.value.capitalize()] if paper.status else [],
        "abstract": plain(paper.abstract) if abstract else "",
    }
    return {name: value for name, value in fields.items() if value}


def everything(papers: Iterable[Paper], titles: Mapping[str, str]) -> bytes:
    """All papers without abstracts, by key."""
    text: str = rispy.dumps([record(p, titles, abstract=False) for p in sorted(papers, key=lambda p: p.key)])
    return text.encode()
