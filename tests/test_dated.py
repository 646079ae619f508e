"""The days that the sitemap tells: those of the records, never of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(scope="module")
def days(site: Callable[[str], Path]) -> dict[str, str]:
    root = fromstring((site("mkdocs") / "sitemaps" / "1.xml").read_bytes())
    urls = {str(u.findtext("m:loc", None, MAP)): u.findtext("m:lastmod", "", MAP) for u in root.findall("m:url", MAP)}
    home = min(urls, key=len)
    return {url.removeprefix(home): day for url, day in urls.items()}


def test_a_list_is_as_new_as_its_newest_paper(days: dict[str, str]) -> None:
    papers = {path: day for path, day in days.items() if path.startswith("papers/") and path.count("/") == 2 and day}
    assert days[""] == days["papers/"] == days["new/"] == max(papers.values())
    assert days["timeline/2099/"] <= days[""]
    assert days["authors/ada-example/"] in papers.values()
    assert days["categories/horned/"] in papers.values()


def test_a_page_that_tells_of_no_paper_claims_no_day(days: dict[str, str]) -> None:
    assert days["how/"] == days["methods/"] == ""
