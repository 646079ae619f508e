"""What machines read: feed, sitemap, robots, BibTeX."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre import bibtex, latex, names
from livre.model import Identifier, Name, Paper, Source, Status, Version
from livre.site import exports, feeds, sitemap
from livre.site.render import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

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


def written(papers: Iterable[Paper], site: Site = HERE, *, notices: bool = False) -> tuple[bytes, bytes]:
    papers = tuple(papers)
    name = feeds.NOTICES if notices else feeds.ALL
    one = feeds.Feed(name=name, title="", page="", papers=feeds.newest(papers), notices=notices)
    writer = feeds.Writer(site=site, titles={"llm": "Language <models>"}, since=feeds.since(papers))
    out = dict(writer.files([one]))
    return out[f"feeds/{name}.atom"], out[f"feeds/{name}.json"]


def feed(papers: Iterable[Paper], site: Site = HERE, *, notices: bool = False) -> Element:
    return fromstring(written(papers, site, notices=notices)[0])


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[\w/.~%+-]+(#[a-z]+)?", re.ASCII)


def faults(root: Element) -> list[str]:
    """What RFC 4287 requires of a feed and of its entries (§4.1.1, §4.1.2, §4.2), where this one does not have it."""
    out = []
    for part in (root, *root.findall("a:entry", ATOM)):
        kinds = Counter(child.tag.rpartition("}")[2] for child in part)
        where = part.findtext("a:id", "?", ATOM)
        out += [f"{where}: {kinds[k]} of {k}" for k in ("id", "title", "updated") if kinds[k] != 1]
        out += [f"{where}: {kinds[k]} of {k}" for k in ("published", "summary", "subtitle", "rights") if kinds[k] > 1]
        out += [f"{where}: {k} is not Atom" for k in kinds.keys() - ALLOWED[part.tag.rpartition("}")[2]]]
        out += [f"{where}: {child.tag} is not in the namespace" for child in part if not child.tag.startswith("{" + ATOM["a"] + "}")]
        links = Counter((e.get("rel"), e.get("type"), e.get("hreflang")) for e in part.findall("a:link", ATOM))
        out += [f"{where}: {n} links {link}" for link, n in links.items() if n > 1 and link[0] == "alternate"]
        out += [f"{where}: a link without href" for e in part.findall("a:link", ATOM) if not e.get("href")]
        out += [
            f"{where}: {e.text} is not a moment"
            for k in ("updated", "published")
            for e in part.findall(f"a:{k}", ATOM)
            if not _MOMENT.fullmatch(e.text or "")
        ]
        out += [f"{where}: an author without a name" for e in part.findall("a:author", ATOM) if not e.findtext("a:name", "", ATOM)]
        out += [f"{where}: a category without a term" for e in part.findall("a:category", ATOM) if not e.get("term")]
        if not (kinds["author"] or root.findall("a:author", ATOM)):
            out.append(f"{where}: nobody wrote it")
        if not (_TAG.fullmatch(where) or where.startswith("urn:uuid:")):
            out.append(f"{where}: not a tag or a UUID")
    ids = texts(root, "a:entry/a:id")
    return [*out, *(f"{i} twice" for i, n in Counter(ids).items() if n > 1)]


ALLOWED = {
    "feed": {"author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title", "updated",
             "entry"},
    "entry": {
        "author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary", "title", "updated",
    },
}  # fmt: skip


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


def test_a_feed_keeps_the_rules_of_atom_and_a_spoilt_one_does_not() -> None:
    papers = [paper(n, categories=("llm",), abstract="<b>", status=Status.WITHDRAWN) for n in range(60)]
    for site in (HERE, NOWHERE):
        for notices in (False, True):
            assert faults(feed(papers, site, notices=notices)) == []
    spoilt = feed(papers)
    spoilt.remove(spoilt.findall("a:author", ATOM)[0])
    for entry in spoilt.findall("a:entry", ATOM)[:1]:
        for child in entry.findall("a:author", ATOM) + entry.findall("a:updated", ATOM):
            entry.remove(child)
    assert [f.partition(": ")[2] for f in faults(spoilt)] == ["nobody wrote it", "0 of updated", "nobody wrote it"]


def test_a_feed_reader_finds_nothing_to_complain_of_and_reads_what_was_written() -> None:
    hostile = paper(2, title="<b>&amp;</b> \N{HEBREW LETTER ALEF} ]]>", categories=("llm",))
    read = feedparser.parse(written([paper(1), hostile])[0])
    assert not read.bozo, read.get("bozo_exception")
    assert (read.version, read.feed.title, [e.title for e in read.entries]) == (
        "atom10",
        "A & B",
        ["<b>&amp;</b> \N{HEBREW LETTER ALEF} ]]>", "Paper 1"],
    )
    assert read.entries[0].link == f"{HERE.url}papers/example2099n2/"


def test_the_json_feed_says_the_same_as_the_atom_feed() -> None:
    atom, text = written(paper(n, categories=("llm",), abstract="Of nothing.") for n in range(60))
    root, told = fromstring(atom), json.loads(text)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert (told["title"], told["description"]) == ("A & B", "About <it>")
    assert told["home_page_url"] == "https://example.org/review/"
    assert told["feed_url"] == "https://example.org/review/feeds/all.json"
    for key, tag in (
        ("id", "id"),
        ("title", "title"),
        ("date_published", "published"),
        ("date_modified", "updated"),
        ("content_text", "summary"),
    ):
        assert [item[key] for item in told["items"]] == texts(root, f"a:entry/a:{tag}")
    assert told["items"][0]["authors"] == [{"name": "Ada Example"}]
    assert told["items"][0]["tags"] == ["Language <models>"]
    assert [i["url"] for i in told["items"]] == [e.get("href") for e in root.findall("a:entry/a:link[@rel='alternate']", ATOM)]


def test_a_notice_is_an_entry_of_its_own_that_says_what_happened() -> None:
    gone = paper(1, status=Status.RETRACTED, source=Source(stamp="2099-03-11"))
    root = feed([gone], notices=True)
    assert texts(root, "a:entry/a:title") == ["Retracted: Paper 1"]
    assert texts(root, "a:entry/a:id") == ["tag:example.org,2099-02-02:/review/papers/example2099n1/#retracted"]
    assert texts(root, "a:entry/a:updated") == ["2099-03-11T00:00:00Z"]
    assert not texts(root, "a:entry/a:published")


def test_the_feeds_of_a_review_that_has_ended_say_so_first_and_keep_what_they_told() -> None:
    ended = feeds.Ended(on="2099-06-07", text="The field has moved on & <nobody> follows it.")
    writer = feeds.Writer(site=HERE, titles={}, since="2099-02-03", ended=ended)
    out = dict(writer.files([feeds.Feed(name="all", title="", page="", papers=(paper(1),))]))
    read = feedparser.parse(out["feeds/all.atom"])
    assert not read.bozo
    assert (read.feed.title, read.feed.updated) == ("A & B (ended)", "2099-06-07T00:00:00Z")
    assert [e.title for e in read.entries] == ["This review has ended", "Paper 1"]
    assert read.entries[0].summary == ended.text
    assert not faults(fromstring(out["feeds/all.atom"]))
    told = json.loads(out["feeds/all.json"])
    assert (told["expired"], [i["title"] for i in told["items"]]) == (True, ["This review has ended", "Paper 1"])
    assert told["items"][0]["content_text"] == ended.text


def test_every_feed_of_a_site_is_valid_and_found_from_its_page(site: Callable[[str], Path]) -> None:
    built = site("mkdocs")
    files = sorted(f.name for f in (built / "feeds").iterdir())
    assert {"all.atom", "all.json", "notices.atom", "horned.atom", "dragons.json", "horned.unicorns.atom"} <= set(files)
    assert {f.partition(".json")[0] for f in files if f.endswith("json")} == {f.partition(".atom")[0] for f in files if f.endswith("atom")}
    for file in (built / "feeds").glob("*.atom"):
        root = fromstring(file.read_bytes())
        assert faults(root) == [], file
        items = json.loads(file.with_suffix(".json").read_bytes())["items"]
        assert [i["id"] for i in items] == texts(root, "a:entry/a:id"), file
        if file.stem.count("."):
            assert items, file
    for path in ("categories/horned", "categories/dragons"):  # a chapter, and a generated page
        html = (built / path / "index.html").read_text("utf-8")
        head, body = html.split("</head>")
        name = path.rpartition("/")[2]
        for end, kind in (("atom", "atom+xml"), ("json", "feed+json")):
            assert f'type="application/{kind}" title="This category" href="../../feeds/{name}.{end}"' in head
            assert f'href="../../feeds/{name}.{end}"' in body
    home = (built / "index.html").read_text("utf-8").split("</head>")[0]
    assert re.findall(r'type="application/(?:atom|feed)\+\w+" title="[^"]*" href="([^"]*)"', home) == ["feeds/all.atom", "feeds/all.json"]


def test_the_feed_of_two_categories_has_the_papers_of_both_and_no_other(site: Callable[[str], Path]) -> None:
    def ids(name: str) -> set[str]:
        return {i["id"] for i in json.loads((site("mkdocs") / "feeds" / f"{name}.json").read_bytes())["items"]}

    assert ids("horned.unicorns")
    assert ids("horned.unicorns") == ids("horned") & ids("unicorns")


def test_the_sitemap_is_cut_into_parts_with_the_days_of_the_records() -> None:
    pages = [f"papers/p{n}/" for n in range(sitemap.PART + 1)]
    out = dict(sitemap.sitemap(pages, HERE, {"papers/p0/": "2099-01-02"}))
    assert list(out) == ["sitemaps/1.xml", "sitemaps/2.xml", "sitemap.xml"]
    assert out["sitemaps/1.xml"].count(b"<loc>") == sitemap.PART
    assert out["sitemaps/1.xml"].count(b"<lastmod>2099-01-02</lastmod>") == 1
    assert out["sitemaps/1.xml"].count(b"<lastmod>") == 1
    assert b"<loc>https://example.org/review/papers/p50000/</loc>" in out["sitemaps/2.xml"]
    assert out["sitemap.xml"].count(b"<lastmod>2099-01-02</lastmod>") == 1


def test_there_is_no_sitemap_of_a_site_that_is_nowhere() -> None:
    assert list(sitemap.sitemap(["papers/"], NOWHERE, {})) == []
    assert sitemap.robots(NOWHERE) == b"User-agent: *\nAllow: /\n"


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
