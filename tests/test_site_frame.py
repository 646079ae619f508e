"""What the theme leaves wrong or unsaid, and our overrides put right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_the_front_page_names_the_review_once_and_its_search_dialog(site: Callable[[str], Path], builder: str) -> None:
    html = (site(builder) / "index.html").read_text("utf-8")
    (title,) = re.findall("<title>(.*?)</title>", html.partition("<body")[0])
    assert " - " not in title
    assert 'role="dialog"' not in html.replace('role="dialog" aria-label="', "")


def test_a_chapter_of_a_category_leads_to_its_papers_from_the_top(site: Callable[[str], Path]) -> None:
    html = (site("mkdocs") / "categories/horned/index.html").read_text("utf-8")
    assert html.index('href="#papers"') < html.index("<h2")
    assert html.count('id="papers"') == html.count('id="over-time"') == 1
