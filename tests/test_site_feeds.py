"""What machines read: feed, sitemap, robots, BibTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre import bibtex, latex, names
from livre.model import Identifier, Name, Paper, Source, Status, Version
from livre.site import exports, feeds
from livre.site.render import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Site(name="A & B", url="https://example.org/review/", description="About <it>")
NOWHERE = Site(name="A & B")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def paper(number: int, **more: Any) -> Paper:
    facts: dict[str, Any] = {
        "identifiers": (Identifier("arxiv", f"9901.{number:05}"),),
        "title": f"Paper {number}",
        "authors": (Name(family="Example", given="Ada"),),
        "date": "2099-01-01",
        "key": f"example2099n{number}",
        "shard": "2099-01",
        "added": f"2099-02-{number % 28 + 1:02}",
        "classes": ("cs.CV",),
    }
    return Paper(**(facts | more))


def feed(papers: Iterable[Paper], site: Site = HERE) -> Element:
    return fromstring(feeds.atom(papers, site, {"llm": "Language <models>"}))


def texts(root: Element, path: str) -> list[str | None]:
    return [e.text for e in root.findall(path, ATOM)]


def test_the_feed_has_the_fifty_papers_that_came_last_newest_first() -> None:
    root = feed(paper(n) for n in range(80))
    published = texts(root, "a:entry/a:published")
    assert len(published) == 50
    assert published == sorted(published, reverse=True)  # type: ignore[type-var]
    assert published[0] == "2099-02-28T00:00:00Z"


def test_the_ids_of_the_feed_are_tags_that_a_later_night_does_not_change() -> None:
    first = texts(feed([paper(3), paper(5)]), "a:entry/a:id")
    assert first == [f"tag:example.org,2099-02-04:/review/papers/example2099n{n}/" for n in (5, 3)]
    assert first[0] in texts(feed([paper(3), paper(5), paper(20)]), "a:entry/a:id")


def test_without_an_address_the_feed_has_relative_links_and_no_tags() -> None:
    root = feed([paper(1)], NOWHERE)
    assert [e.get("href") for e in root.findall("a:entry/a:link[@rel='alternate']", ATOM)] == ["../papers/example2099n1/"]
    assert not root.findall("a:link[@rel='self']", ATOM)
    assert str(texts(root, "a:entry/a:id")[0]).startswith("urn:uuid:")


def test_updated_is_the_last_thing_that_is_known_to_have_happened() -> None:
    one = paper(
        1, versions=(Version(number=1, on="2099-01-01"), Version(number=2, on="2099-03-09")), source=Source(stamp="2099-03-11T01:02:03Z")
    )
    assert texts(feed([one]), "a:entry/a:updated") == ["2099-03-11T00:00:00Z"]
    assert texts(feed([one]), "a:updated") == ["2099-03-11T00:00:00Z"]


@pytest.mark.parametrize("date", ["2099", "2099-04", "2099-04-05", ""])
def test_a_date_that_is_only_half_known_is_still_a_moment(date: str) -> None:
    (moment,) = texts(feed([paper(1, date=date, added="")]), "a:entry/a:published")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", moment or "")


def test_a_feed_of_nothing_is_a_feed() -> None:
    assert texts(feed([]), "a:updated") == ["1970-01-01T00:00:00Z"]


def test_a_crowd_is_cut_and_counted() -> None:
    names = texts(feed([paper(1, authors=tuple(Name(family=f"N{n}") for n in range(3303)))]), "a:entry/a:author/a:name")
    assert len(names) == 21
    assert names[-1] == "and 3283 others"


@given(st.text())
def test_any_text_makes_a_feed_that_can_be_read(text: str) -> None:
    title = latex.normal(text) or "0"
    root = feed([paper(1, title=title, abstract=latex.normal(text), categories=("llm",))])
    assert len(root.findall("a:entry", ATOM)) == 1


def test_the_sitemap_is_cut_into_parts_with_the_days_of_the_records() -> None:
    pages = [f"papers/p{n}/" for n in range(feeds.PART + 1)]
    out = dict(feeds.sitemap(pages, HERE, {"papers/p0/": "2099-01-02"}))
    assert list(out) == ["sitemaps/1.xml", "sitemaps/2.xml", "sitemap.xml"]
    assert out["sitemaps/1.xml"].count(b"<loc>") == feeds.PART
    assert out["sitemaps/1.xml"].count(b"<lastmod>2099-01-02</lastmod>") == 1
    assert out["sitemaps/1.xml"].count(b"<lastmod>") == 1
    assert b"<loc>https://example.org/review/papers/p50000/</loc>" in out["sitemaps/2.xml"]


def test_there_is_no_sitemap_of_a_site_that_is_nowhere() -> None:
    assert list(feeds.sitemap(["papers/"], NOWHERE, {})) == []
    assert feeds.robots(NOWHERE) == b"User-agent: *\nAllow: /\n"


def test_the_bibtex_of_a_preprint_is_what_arxiv_would_give() -> None:
    (entry,) = bibtex.loads(exports.one(paper(1, abstract="Text.")).decode(), path="x.bib")
    assert entry.kind == "misc"
    assert dict(entry.fields) == {
        "title": "Paper 1",
        "author": "Example, Ada",
        "year": "2099",
        "eprint": "9901.00001",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CV",
        "url": "https://arxiv.org/abs/9901.00001",
        "abstract": "Text.",
    }


def test_the_fields_of_a_download_are_in_the_order_that_people_read() -> None:
    lines = exports.one(paper(1, abstract="Text.", status=Status.RETRACTED)).decode().splitlines()
    written = [line.split()[0] for line in lines[1:-1]]
    assert written == [name for name in exports.FIELDS if name in written]
    assert len({line.index("=") for line in lines[1:-1]}) == 1


def test_the_bibtex_of_a_published_paper_names_its_journal_and_one_doi() -> None:
    ids = (Identifier("doi", "10.99999/a"), Identifier("doi", "10.99999/b"))
    (entry,) = bibtex.loads(
        exports.one(paper(1, identifiers=ids, journal="Imaginary Results", date="2099", classes=())).decode(), path="x.bib"
    )
    fields = dict(entry.fields)
    assert entry.kind == "article"
    assert (fields["journal"], fields["doi"], fields["url"]) == ("Imaginary Results", "10.99999/a", "https://doi.org/10.99999/a")
    assert "eprint" not in fields


def test_what_the_review_keeps_for_itself_is_not_in_the_download() -> None:
    one = paper(1, comment="c", curated=("title",), milestone="m", background=True, code=("https://example.org/",), status=Status.WITHDRAWN)
    text = exports.one(one).decode()
    assert not re.search(r"curated|milestone|role|added|source|versions|comment|code|status", text)
    assert "note          = {Withdrawn}" in text


@given(title=st.text(min_size=1), family=st.text(min_size=1), journal=st.text())
def test_any_paper_can_be_read_again_from_its_download(title: str, family: str, journal: str) -> None:
    title, journal = latex.normal(title) or "0", latex.normal(journal)
    name = names.from_display(family) if names.clean(family) else Name(family="Nobody")
    (entry,) = bibtex.loads(exports.one(paper(1, title=title, journal=journal, authors=(name,))).decode(), path="x.bib")
    fields = dict(entry.fields)
    assert latex.decode(fields["title"]) == title
    assert latex.decode(fields.get("journal", "")) == journal
    assert names.read(fields["author"])


def test_the_download_of_all_has_every_paper_and_no_abstract() -> None:
    entries = bibtex.loads(exports.everything(paper(n, abstract="long") for n in range(30)).decode(), path="papers.bib")
    assert [e.key for e in entries] == sorted(f"example2099n{n}" for n in range(30))
    assert not [e for e in entries if "abstract" in dict(e.fields)]
