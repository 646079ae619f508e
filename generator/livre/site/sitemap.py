"""What crawlers ask a site for: a sitemap with the days of the records, and robots.txt.

A sitemap must hold whole addresses, so there is none where nobody said where the site will be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .render import Site

PART = 50_000
"""URLs in one part of the sitemap: the protocol's limit."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _xml(root: Element) -> bytes:
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def sitemap(pages: Sequence[str], site: Site, changes: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The sitemap's index and its parts, as (path, bytes); `changes` gives the day of those pages whose records tell one.

    A part changed when the newest of its pages did.
    """
    if not site.url:
        return
    index = Element("sitemapindex", {"xmlns": _SITEMAP})
    for number, start in enumerate(range(0, len(pages), PART), 1):
        part = Element("urlset", {"xmlns": _SITEMAP})
        days = []
        for path in pages[start : start + PART]:
            url = SubElement(part, "url")
            SubElement(url, "loc").text = site.url + quote(path)
            days.append(day := changes.get(path, ""))
            if day:
                SubElement(url, "lastmod").text = day
        name = f"sitemaps/{number}.xml"
        entry = SubElement(index, "sitemap")
        SubElement(entry, "loc").text = site.url + name
        if day := max(days):
            SubElement(entry, "lastmod").text = day
        yield name, _xml(part)
    yield "sitemap.xml", _xml(index)


def robots(site: Site) -> bytes:
    """Everything may be read, and where the sitemap is."""
    return ("User-agent: *\nAllow: /\n" + (f"\nSitemap: {site.url}sitemap.xml\n" if site.url else "")).encode()
