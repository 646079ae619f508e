"""What a paper's page tells machines: Google Scholar's and Zotero's tags, schema.org, Signposting, Open Graph."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from livre import corpus
from livre.latex import plain
from livre.model import Identifier, Name, Paper, Status
from livre.site import csl, metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINKED_DATA, CSL = "application/ld+json", "application/vnd.citationstyles.csl+json"


def paper(**more: Any) -> Paper:
    facts: dict[str, Any] = {
        "identifiers": (Identifier("arxiv", "9901.00001"), Identifier("doi", "10.99999/a")),
        "title": "A dragon",
        "authors": (Name(family="Example", given="Ada"), Name(family="The Imaginary Collaboration")),
        "date": "2099-01-02",
        "key": "example2099dragon",
        "shard": "2099-01",
    }
    return Paper(**(facts | more))


class Head(HTMLParser):
    """The tags, links and data of a page, as a machine finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str]] = []
        self.properties: dict[str, str] = {}
        self.links: list[tuple[str, str]] = []
        self.data: dict[str, Any] = {}
        self._kind = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in own:
            self.tags.append((own["name"], own["content"]))
        if tag == "meta" and "property" in own:
            self.properties[own["property"]] = own["content"]
        if tag == "link":
            self.links.append((own["rel"], own["href"]))
        if tag == "script":
            self._kind = own.get("type", "")

    def handle_data(self, data: str) -> None:
        if self._kind in {LINKED_DATA, CSL}:
            self.data[self._kind] = json.loads(data)

    def handle_endtag(self, tag: str) -> None:
        self._kind = ""


def test_the_tags_of_a_published_preprint() -> None:
    one = paper(journal="Imaginary Results", extra=(("number", "3"), ("pages", "12--19"), ("volume", "8")))
    assert list(metadata.highwire(one)) == [
        ("citation_author", "Ada Example"),
        ("citation_author", "The Imaginary Collaboration"),
        ("citation_publication_date", "2099/01/02"),
        ("citation_arxiv_id", "9901.00001"),
        ("citation_pdf_url", "https://arxiv.org/pdf/9901.00001"),
        ("citation_doi", "10.99999/a"),
        ("citation_journal_title", "Imaginary Results"),
        ("citation_volume", "8"),
        ("citation_issue", "3"),
        ("citation_firstpage", "12"),
        ("citation_lastpage", "19"),
    ]


@pytest.mark.parametrize(("date", "told"), [("2099-01-02", ["2099/01/02"]), ("2099-01", ["2099"]), ("2099", ["2099"]), ("", [])])
def test_a_date_is_a_whole_day_or_a_year_as_scholar_reads_it(date: str, told: list[str]) -> None:
    assert [v for n, v in metadata.highwire(paper(date=date)) if n == "citation_publication_date"] == told


def test_zotero_is_told_what_a_work_is_only_where_no_journal_says_it() -> None:
    assert ("z:itemType", "preprint") in set(metadata.highwire(paper()))
    assert ("z:itemType", "thesis") in set(metadata.highwire(paper(kind="thesis")))
    assert "z:itemType" not in dict(metadata.highwire(paper(journal="Imaginary Results")))
    conference = dict(metadata.highwire(paper(kind="inproceedings", journal="Imaginary Talks")))
    assert (conference["citation_conference_title"], "citation_journal_title" in conference) == ("Imaginary Talks", False)


def test_the_signposts_lead_to_what_names_the_work_and_to_what_may_be_read() -> None:
    assert list(metadata.signposts(paper())) == [
        ("cite-as", "https://doi.org/10.99999/a", ""),
        ("type", "https://schema.org/AboutPage", ""),
        ("type", "https://schema.org/ScholarlyArticle", ""),
        ("item", "https://arxiv.org/pdf/9901.00001", "application/pdf"),
    ]
    withdrawn = paper(status=Status.WITHDRAWN, identifiers=(Identifier("arxiv", "9901.00001"),))
    assert [rel for rel, *_ in metadata.signposts(withdrawn)] == ["cite-as", "type", "type"]
    assert metadata.cite_as(withdrawn) == "https://arxiv.org/abs/9901.00001"


def test_schema_org_is_told_the_same_and_claims_no_person_where_there_may_be_none() -> None:
    assert metadata.schema(paper(journal="Imaginary Results", status=Status.RETRACTED)) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "@id": "https://doi.org/10.99999/a",
        "name": "A dragon",
        "author": [{"@type": "Person", "name": "Ada Example"}, {"name": "The Imaginary Collaboration"}],
        "datePublished": "2099-01-02",
        "isPartOf": {"@type": "Periodical", "name": "Imaginary Results"},
        "creativeWorkStatus": "Retracted",
        "sameAs": ["https://arxiv.org/abs/9901.00001"],
    }


def test_a_crowd_is_cut_in_the_tags() -> None:
    crowd = paper(authors=tuple(Name(family=f"N{n}", given="Ada") for n in range(3303)))
    assert sum(n == "citation_author" for n, _ in metadata.highwire(crowd)) == metadata.MOST_AUTHORS
    assert len(metadata.schema(crowd)["author"]) == metadata.MOST_AUTHORS


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_every_page_tells_machines_what_it_tells_people_however_hostile(
    site: Callable[[str], Path], fabricated: Path, builder: str
) -> None:
    for one in corpus.load(fabricated / "bib").papers.values():
        html = (site(builder) / "papers" / one.key / "index.html").read_text("utf-8")
        head = Head(html)
        title = plain(one.title)
        assert dict(head.tags)["citation_title"] == head.properties["og:title"] == title
        assert head.properties["og:description"] == dict(head.tags)["description"]
        assert set(metadata.highwire(one)) <= set(head.tags)
        assert ("citation_pdf_url" in dict(head.tags)) == bool(one.identifier("arxiv") and one.status is not Status.WITHDRAWN)
        assert {(rel, href) for rel, href, _ in metadata.signposts(one)} <= set(head.links)
        assert ("describedby", f"{one.key}.bib") in head.links
        held = {LINKED_DATA: metadata.schema(one)}
        if len(one.authors) <= metadata.MOST_AUTHORS:
            held[CSL] = csl.item(one, abstract=False)
        assert head.data == held
        for kind in held:
            (inside,) = re.findall(rf'<script type="{re.escape(kind)}"[^>]*>(.*?)</script>', html)
            assert not {"<", ">", "&"} & set(inside)


def test_an_entry_of_a_list_tells_reference_managers_the_same_in_an_openurl() -> None:
    one = paper(title="A <b> & $x_1$ dragon", journal="Imaginary Results")
    assert parse_qs(metadata.coins(one)) == {
        "ctx_ver": ["Z39.88-2004"],
        "rft_val_fmt": ["info:ofi/fmt:kev:mtx:journal"],
        "rft.genre": ["article"],
        "rft.atitle": ["A <b> & x1 dragon"],
        "rft.jtitle": ["Imaginary Results"],
        "rft.date": ["2099-01-02"],
        "rft.au": ["Example, Ada", "The Imaginary Collaboration"],
        "rft_id": ["https://arxiv.org/abs/9901.00001", "info:doi/10.99999/a"],
    }
    assert parse_qs(metadata.coins(paper()))["rft.genre"] == ["preprint"]
    thesis = parse_qs(metadata.coins(paper(kind="thesis")))
    assert (thesis["rft_val_fmt"], thesis["rft.title"]) == (["info:ofi/fmt:kev:mtx:dissertation"], ["A dragon"])


def test_lists_hold_them_and_pages_of_papers_do_not(site: Callable[[str], Path], fabricated: Path) -> None:
    known = {metadata.coins(p) for p in corpus.load(fabricated / "bib").papers.values()}
    built = site("mkdocs")
    for path in ("authors/ada-example", "categories/dragons", "timeline/2099-03"):
        told = re.findall(r'<span class="Z3988" title="([^"]*)"></span>', (built / path / "index.html").read_text("utf-8"))
        assert told
        assert {unescape(t) for t in told} <= known
    assert not any("Z3988" in f.read_text("utf-8") for f in (built / "papers").glob("*/index.html"))
