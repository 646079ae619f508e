"""A description of the site's search for browsers and library software (OpenSearch 1.1, https://github.com/dewitt/opensearch)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .render import Site

PATH = "opensearch.xml"
_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
_SHORT, _LONG, _MOST = 16, 48, 1024
"""The longest names and description that the specification allows."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The description, as (path, bytes); none where nobody said where the site will be, since it must hold whole addresses."""
    if not site.url:
        return
    root = Element("OpenSearchDescription", {"xmlns": _NAMESPACE})
    SubElement(root, "ShortName").text = site.name if len(site.name) <= _SHORT else "Living review"
    SubElement(root, "LongName").text = site.name[:_LONG].strip()
    SubElement(root, "Description").text = (site.description or f"Search the papers of {site.name}.")[:_MOST].strip()
    SubElement(root, "Url", {"type": "text/html", "template": f"{site.url}papers/?q={{searchTerms}}"})
    SubElement(root, "Url", {"type": "application/opensearchdescription+xml", "rel": "self", "template": f"{site.url}{PATH}"})
    SubElement(root, "Language").text = "en"
    SubElement(root, "InputEncoding").text = "UTF-8"
    SubElement(root, "OutputEncoding").text = "UTF-8"
    indent(root)
    text: str = tostring(root, encoding="unicode")
    yield PATH, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
