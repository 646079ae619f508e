"""What a paper's page tells machines about the work: Highwire tags, schema.org, Signposting.

Highwire tags are what Google Scholar (https://scholar.google.com/intl/en/scholar/inclusion.html) and Zotero's "Embedded Metadata" read.
Scholar wants the PDF of `citation_pdf_url` beside the page, and a PDF at arXiv is not: this one is for Zotero, which attaches it. There is
no `citation_abstract_html_url`: it would say what the page's own canonical address says. Signposting: https://signposting.org,
as `<link>`, since a static host sets no headers; there is no `author`, because no name here is an identity (an ORCID).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ..latex import plain
from ..model import Status
from .csl import kind, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Paper

MOST_AUTHORS = 100
"""So many authors are told; a crowd's page names all in its text and in the BibTeX it offers, which is then its only download."""
_DAY = len("2099-01-02")
_ZOTERO = {"article": "preprint", "thesis": "thesis", "report": "report", "book": "book", "chapter": "bookSection"}
"""Type of CSL → Zotero's item type, which a tag may say only where no journal or conference says it."""
_TYPES = {"book": "Book", "chapter": "Chapter", "thesis": "Thesis", "report": "Report"}


def highwire(paper: Paper) -> Iterator[tuple[str, str]]:
    """(name, content) of every tag but the title's. A date is a whole day or a year: Scholar reads nothing between."""
    for name in paper.authors[:MOST_AUTHORS]:
        yield "citation_author", plain(str(name))
    if paper.date:
        yield "citation_publication_date", paper.date.replace("-", "/") if len(paper.date) == _DAY else paper.date[:4]
    if arxiv := paper.identifier("arxiv"):
        yield "citation_arxiv_id", arxiv
        if paper.status is not Status.WITHDRAWN:
            yield "citation_pdf_url", f"https://arxiv.org/pdf/{arxiv}"
    if doi := paper.identifier("doi"):
        yield "citation_doi", doi
    if paper.journal:
        yield f"citation_{'conference' if kind(paper) == 'paper-conference' else 'journal'}_title", plain(paper.journal)
    elif kind(paper) in _ZOTERO:
        yield "z:itemType", _ZOTERO[kind(paper)]
    own = printed(paper)
    first, _, last = own.get("page", "").partition("-")
    for part, value in (("volume", own.get("volume")), ("issue", own.get("issue")), ("firstpage", first), ("lastpage", last)):
        if value:
            yield f"citation_{part}", value


_COINS = {"book": ("book", "book"), "chapter": ("book", "bookitem"), "thesis": ("dissertation", ""), "report": ("book", "report"),
          "paper-conference": ("journal", "proceeding"), "article": ("journal", "preprint")}  # fmt: skip
"""Type of CSL → the format and the genre of OpenURL; anything else is an article of a journal."""


def coins(paper: Paper) -> str:
    """The work as an entry of a list tells reference managers, which then offer all of the list at once: COinS, an OpenURL in a title.

    See https://groups.niso.org (Z39.88-2004). Only lists hold it: on a page of its own it would take the place of better tags.
    """
    form, genre = _COINS.get(kind(paper), ("journal", "article"))
    name = "title" if form == "dissertation" else "btitle" if genre == "book" else "atitle"
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"),
        ("rft.genre", genre),
        (f"rft.{name}", plain(paper.title)),
        ("rft.btitle" if form == "book" else "rft.jtitle", "" if name == "btitle" else plain(paper.journal)),
        ("rft.date", paper.date),
        *(("rft.au", plain(", ".join(part for part in (n.family, n.given) if part))) for n in paper.authors[:MOST_AUTHORS]),
        *(("rft_id", f"info:doi/{i.value}" if i.scheme == "doi" else i.url) for i in paper.identifiers),
    ]
    return urlencode([(field, value) for field, value in fields if value], quote_via=quote, safe=":/,")


def cite_as(paper: Paper) -> str:
    """The address that names the work for good: its DOI, or else its preprint."""
    return next((i for i in paper.identifiers if i.scheme == "doi"), paper.primary).url


def signposts(paper: Paper) -> Iterator[tuple[str, str, str]]:
    """(relation, address, media type or '') of every link: how to cite the work, what this page is and is about, the work itself."""
    yield "cite-as", cite_as(paper), ""
    yield "type", "https://schema.org/AboutPage", ""
    yield "type", f"https://schema.org/{_TYPES.get(kind(paper), 'ScholarlyArticle')}", ""
    if (arxiv := paper.identifier("arxiv")) and paper.status is not Status.WITHDRAWN:
        yield "item", f"https://arxiv.org/pdf/{arxiv}", "application/pdf"


def schema(paper: Paper) -> dict[str, Any]:
    """The work as schema.org has it, as JSON-LD; what is not known is left out."""
    named = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(kind(paper), "ScholarlyArticle"),
        "@id": cite_as(paper),
        "name": plain(paper.title),
        "alternateName": plain(paper.shorttitle),
        "author": [
            {"@type": "Person", "name": plain(str(name))} if name.given else {"name": plain(name.family)}
            for name in paper.authors[:MOST_AUTHORS]
        ],
        "datePublished": paper.date,
        "isPartOf": {"@type": "Periodical", "name": plain(paper.journal)} if paper.journal else {},
        "creativeWorkStatus": paper.status.value.capitalize(),
        "sameAs": [url for identifier in paper.identifiers if (url := identifier.url) != cite_as(paper)],
    }
    return {name: value for name, value in named.items() if value}
