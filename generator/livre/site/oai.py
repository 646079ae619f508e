"""The corpus for libraries: answers to OAI-PMH 2.0's ListRecords in Dublin Core, one a month of the papers' first versions.

A static host ignores what is asked of it, so each file answers `?verb=ListRecords&metadataPrefix=oai_dc` whole, without a
resumption token, and always with all its records: harvesters such as VuFindHarvest and Sickle take each file as a source of its own.
The protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html. Identifiers need a host, so there is nothing for a site without
an address.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..latex import plain
from .csl import kind
from .feeds import changed, legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..model import Paper
    from .render import Site

_OAI, _XSI = "http://www.openarchives.org/OAI/2.0/", "http://www.w3.org/2001/XMLSchema-instance"
_DC, _OAI_DC = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = legal(text)


def _record(paper: Paper, filed: Sequence[str], titles: Mapping[str, str], site: Site, host: str) -> Element:
    record = Element("record")
    header = SubElement(record, "header")
    _text(header, "identifier", f"oai:{host}:{paper.key}")
    _text(header, "datestamp", changed(paper) or "1970-01-01")
    for category in filed:
        _text(header, "setSpec", category)
    own = {"xmlns:oai_dc": _OAI_DC, "xmlns:dc": _DC, "xsi:schemaLocation": f"{_OAI_DC} {_OAI}oai_dc.xsd"}
    dc = SubElement(SubElement(record, "metadata"), "oai_dc:dc", own)
    _text(dc, "dc:title", plain(paper.title))
    for name in paper.authors:
        _text(dc, "dc:creator", plain(", ".join(part for part in (name.family, name.given, name.suffix) if part)))
    for category in filed:
        _text(dc, "dc:subject", titles.get(category, category))
    if paper.abstract:
        _text(dc, "dc:description", plain(paper.abstract))
    if paper.status:
        _text(dc, "dc:description", paper.status.value.capitalize())
    if paper.date:
        _text(dc, "dc:date", paper.date)
    _text(dc, "dc:type", "preprint" if kind(paper) == "article" else kind(paper))
    for address in (f"{site.url}papers/{paper.key}/", *(identifier.url for identifier in paper.identifiers)):
        _text(dc, "dc:identifier", address)
    if paper.journal:
        _text(dc, "dc:source", plain(paper.journal))
    return record


def files(
    papers: Iterable[Paper], *, filed: Mapping[str, Sequence[str]], titles: Mapping[str, str], site: Site
) -> Iterator[tuple[str, bytes]]:
    """Every answer, by its path; the time of an answer is the day of its newest record, so that the same corpus gives the same bytes."""
    host = urlsplit(site.url).hostname or ""
    if not host:
        return
    for shard, of in groupby(sorted(papers, key=lambda p: (p.shard, p.key)), key=lambda p: p.shard):
        month = tuple(of)
        path = f"data/oai/{shard}.xml"
        root = Element("OAI-PMH", {"xmlns": _OAI, "xmlns:xsi": _XSI, "xsi:schemaLocation": f"{_OAI} {_OAI}OAI-PMH.xsd"})
        _text(root, "responseDate", f"{max(changed(p) for p in month) or '1970-01-01'}T00:00:00Z")
        request = SubElement(root, "request", {"verb": "ListRecords", "metadataPrefix": "oai_dc"})
        request.text = site.url + path
        listed = SubElement(root, "ListRecords")
        listed.extend(_record(p, filed[p.key], titles, site, host) for p in month)
        indent(root)
        text: str = tostring(root, encoding="unicode")
        yield path, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
