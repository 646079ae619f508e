"""Papers as CSL-JSON, what citation processors, Zotero and pandoc read: plain text, TeX resolved.

A preprint is an `article` of the genre `preprint` published by arXiv, which is how Zotero writes one. The schema is
that of CSL 1.0.2, https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..latex import decode, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Name, Paper

_KINDS = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "incollection": "chapter",
    "inbook": "chapter",
    "book": "book",
    "thesis": "thesis",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "report": "report",
    "techreport": "report",
}
_EXTRA = {"volume": "volume", "number": "issue", "pages": "page", "publisher": "publisher", "issn": "ISSN", "isbn": "ISBN"}
"""Fields that other reviews bring with them → what CSL calls them."""


def kind(paper: Paper) -> str:
    """The type of CSL; `article`, the type of preprints, where no journal is known."""
    return "article" if paper.kind == "article" and not paper.journal else _KINDS.get(paper.kind, "document")


def _person(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": plain(name.family)}
    return {"family": plain(name.family), "given": plain(name.given)} | ({"suffix": plain(name.suffix)} if name.suffix else {})


def printed(paper: Paper) -> dict[str, str]:
    """Volume, issue, page and the like, by the names of CSL, as far as somebody brought them."""
    return {
        _EXTRA[name]: plain(decode(value)).replace("--", "-").replace("\N{EN DASH}", "-") for name, value in paper.extra if name in _EXTRA
    }


def item(paper: Paper, *, abstract: bool) -> dict[str, Any]:
    """One paper; what is not known is left out."""
    arxiv = paper.identifier("arxiv")
    preprint = kind(paper) == "article"
    own: dict[str, Any] = {
        "id": paper.key,
        "type": kind(paper),
        "genre": "preprint" if preprint else "",
        "title": plain(paper.title),
        "title-short": plain(paper.shorttitle),
        "author": [_person(name) for name in paper.authors],
        "issued": {"date-parts": [[int(part) for part in paper.date.split("-")]]} if paper.date else {},
        "container-title": plain(paper.journal),
        "publisher": "arXiv" if preprint and arxiv else "",
        "number": f"arXiv:{arxiv}" if arxiv else "",
        "DOI": paper.identifier("doi"),
        "URL": paper.url or paper.primary.url,
        "abstract": plain(paper.abstract) if abstract else "",
        "status": paper.status.value,
    }
    return {name: value for name, value in (own | printed(paper)).items() if value}


def everything(papers: Iterable[Paper]) -> bytes:
    """All papers without abstracts, by key, one a line."""
    lines = (json.dumps(item(p, abstract=False), ensure_ascii=False, separators=(",", ":")) for p in sorted(papers, key=lambda p: p.key))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
