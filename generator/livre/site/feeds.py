"""What machines ask a site for: an Atom feed of what was added, a sitemap, robots.txt.

Every date comes from the records, so that the same corpus gives the same bytes. A sitemap
must hold whole addresses, so there is none where nobody said where the site will be; the
feed then has relative links, which readers resolve against its own address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..latex import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..model import Paper
    from .render import Site

FEED = "feeds/all.atom"
NEWEST = 50
PART = 50_000
"""URLs in one part of the sitemap: the protocol's limit."""
_ATOM, _SITEMAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"
_AUTHORS = 20
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = "1970-01-01"


def _text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = _ILLEGAL.sub("\ufffd", text)


def _day(date: str) -> str:
    """A day, also where only the month or the year is known."""
    return (date + _EPOCH[len(date) :]) if date else _EPOCH


def _moment(date: str) -> str:
    return f"{_day(date)}T00:00:00Z"


def changed(paper: Paper) -> str:
    """The last day on which something is known to have happened to a paper, or '' when nothing is."""
    return max((_day(d) for d in (paper.added, paper.source.stamp[:10], *(v.on for v in paper.versions)) if d), default="")


def _identity(site: Site, since: str, path: str) -> str:
    """An id that stays the same for ever: a tag of the site's own address, or a UUID where there is none."""
    if not site.url:
        return uuid5(NAMESPACE_URL, f"livre:{path}").urn
    address = urlsplit(site.url)
    return f"tag:{address.hostname},{since}:{quote(address.path + path)}"


def _xml(root: Element) -> bytes:
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def atom(papers: Iterable[Paper], site: Site, titles: Mapping[str, str]) -> bytes:
    """The newest papers as an Atom feed, newest first; `titles` are those of the categories.

    The ids of the entries hold the day on which the first paper came, which never changes.
    """
    papers = sorted(papers, key=lambda p: (_day(p.added or p.date), p.date, p.key), reverse=True)
    since = min((_day(p.added) for p in papers if p.added), default=_EPOCH)
    to = site.url or "../"
    feed = Element("feed", {"xmlns": _ATOM})
    _text(feed, "id", _identity(site, since, FEED))
    _text(feed, "title", site.name)
    if site.description:
        _text(feed, "subtitle", site.description)
    newest = papers[:NEWEST]
    _text(feed, "updated", _moment(max((changed(p) for p in newest), default="")))
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": to})
    if site.url:
        SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": site.url + FEED})
    author = SubElement(feed, "author")
    _text(author, "name", site.name)
    for paper in newest:
        entry = SubElement(feed, "entry")
        _text(entry, "id", _identity(site, since, f"papers/{paper.key}/"))
        _text(entry, "title", plain(paper.title))
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{to}papers/{paper.key}/"})
        SubElement(entry, "link", {"rel": "related", "href": paper.primary.url})
        _text(entry, "published", _moment(paper.added or paper.date))
        _text(entry, "updated", _moment(max(changed(paper), _day(paper.added or paper.date))))
        for name in paper.authors[:_AUTHORS]:
            _text(SubElement(entry, "author"), "name", str(name))
        if (more := len(paper.authors) - _AUTHORS) > 0:
            _text(SubElement(entry, "author"), "name", f"and {more} others")
        for category in paper.categories:
            SubElement(entry, "category", {"term": category, "label": _ILLEGAL.sub("\ufffd", titles.get(category, category))})
        _text(entry, "summary", plain(paper.abstract) or f"{plain(paper.title)} ({paper.primary})")
    return _xml(feed)


def sitemap(pages: Sequence[str], site: Site, changes: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The sitemap's index and its parts, as (path, bytes); `changes` gives the day of those pages whose records tell one."""
    if not site.url:
        return
    index = Element("sitemapindex", {"xmlns": _SITEMAP})
    for number, start in enumerate(range(0, len(pages), PART), 1):
        part = Element("urlset", {"xmlns": _SITEMAP})
        for path in pages[start : start + PART]:
            url = SubElement(part, "url")
            SubElement(url, "loc").text = site.url + quote(path)
            if day := changes.get(path):
                SubElement(url, "lastmod").text = day
        name = f"sitemaps/{number}.xml"
        SubElement(SubElement(index, "sitemap"), "loc").text = site.url + name
        yield name, _xml(part)
    yield "sitemap.xml", _xml(index)


def robots(site: Site) -> bytes:
    """Everything may be read, and where the sitemap is."""
    return ("User-agent: *\nAllow: /\n" + (f"\nSitemap: {site.url}sitemap.xml\n" if site.url else "")).encode()
