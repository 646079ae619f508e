"""Every link leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.site.links import Links, base_of

CLAIMED = {
    "index.html",
    "papers/index.html",
    "papers/a/index.html",
    "papers/a/a.bib",
    "authors/b/index.html",
    "assets/x.css",
    "assets/i.png",
}


def messages(html: str, path: str = "papers/a/", *, base: str = "/", others: tuple[tuple[str, str], ...] = ()) -> list[str]:
    links = Links(base)
    for other, text in others:
        links.page(other, text, "other.md")
    links.page(path, html, "where.md")
    return [p.message for p in links.broken(CLAIMED)]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="../../">home</a> <a href="../..">home</a> <a href="../">papers</a>',
        '<a href="./">itself</a> <a href="../../papers/a/">itself</a>',
        '<a href="a.bib">file</a><a href="/papers/">from the root</a><a href="/.">home</a><a href="?q=1">query</a>',
        '<a href="../../?q#top" id="x">y</a>',
        "<a href='../../authors/b/'>single quotes</a> <a href=../../authors/b/ class=x>none</a>",
        '<p id="here"></p><a href="#here">here</a><a href="#">top</a><a href="#__top">top</a>',
        '<a href="https://example.org/">out</a><a href="mailto:a@example.org">mail</a><link rel="canonical" href="https://example.org/">',
        '<img src="data:image/png;base64,AA=="><img srcset="../../assets/i.png 1x, ../../assets/i.png 2x">',
        '<svg><a xlink:href="../">s</a></svg>',
        '<a href="../../papers/%61/">percent</a> <a href="../../papers/a/?x=1&amp;y=2">query</a>',
        'text with href="/nowhere/" and &lt;a href=&quot;/nowhere/&quot;&gt; <p title="src=/nowhere href=/nowhere <a href=/nowhere>">',
        '<p title="a > b" id="i">x</p><a href="#i">y</a>',
    ],
)
def test_good_links_are_good(html: str) -> None:
    assert messages(html, others=(("", '<p id="top">'),)) == []


@pytest.mark.parametrize(
    ("html", "target"),
    [
        ('<a href="../c/">', "/papers/c/"),
        ('<a href="../../../">', "/../"),
        ('<a href="../../papers">', "/papers"),
        ("<a class=y href=c>", "/papers/a/c"),
        ('<img src="x.png">', "/papers/a/x.png"),
        ('<img srcset="../../assets/i.png 1x, two.png 2x">', "/papers/a/two.png"),
        ('<form action="/find">', "/find"),
        ('<a\n  href="../c/">', "/papers/c/"),
        ('<a href="a.BIB">', "/papers/a/a.BIB"),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_page(html: str, target: str) -> None:
    assert messages(html) == [f"/papers/a/ links to {target}, which is not part of the site"]


def test_a_fragment_must_exist_in_the_page_it_names() -> None:
    others = (("authors/b/", '<p id="one">'),)
    assert messages('<a href="../../authors/b/#one">', others=others) == []
    assert messages('<a href="../../authors/b/#two">', others=others) == [
        "/papers/a/ links to #two in /authors/b/, where nothing has that id"
    ]
    assert messages('<a href="#three">') == ["/papers/a/ links to #three, and nothing in it has that id"]


def test_an_id_may_be_given_once_in_a_page_and_its_frame() -> None:
    assert "more than one element" in messages('<p id="a"></p><p id="a"></p>')[0]
    links = Links()
    shared = links.page("papers/shell/", '<p id="content">', "shell.md")
    links.page("papers/a/", '<p id="content">', "paper.html", shared=shared)
    assert [p.code for p in links.broken(CLAIMED)] == ["duplicate-id"]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.org/x.js"></script>',
        '<script src="//example.org/x.js"></script>',
        '<img src="http://example.org/x.png">',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<link rel="preconnect" href="https://example.org">',
        '<iframe src="https://example.org/"></iframe>',
        '<a href="javascript:alert(1)">',
        '<a href=" JavaScript:alert(1)">',
        '<a href="&#106;avascript:alert(1)">',
        '<a href="data:text/html,x">',
        '<a href="vbscript:x">',
        '<form action="https://example.org/">',
    ],
)
def test_nothing_is_loaded_from_another_host_and_no_link_runs_code(html: str) -> None:
    assert len(messages(html)) == 1


def test_a_stylesheet_may_load_only_what_is_there() -> None:
    links = Links()
    links.stylesheet(
        "assets/x.css", "a{background:url(i.png)} b{background:url('data:image/svg+xml;utf8,<svg/>')} c{fill:url(#g)}", "x.css"
    )
    assert list(links.broken(CLAIMED)) == []
    links.stylesheet("assets/x.css", "@import 'https://example.org/a.css'; a{background:url(\"gone.png\")}", "x.css")
    assert len(list(links.broken(CLAIMED))) == 2


def test_a_site_below_a_path_of_its_host_has_links_from_its_own_root() -> None:
    assert messages('<a href="/review/papers/"><a href="/review/">', base=base_of("https://example.org/review/")) == []
    assert messages('<a href="/papers/">', base="/review/") == ["/papers/a/ links to /../papers/, which is not part of the site"]


def test_links_that_every_page_has_are_still_checked_when_they_are_not_seen_first() -> None:
    links = Links()
    for number in range(3):
        links.page(f"papers/{number}/", f'<a href="../../papers/a/">x</a><a href="./{number}">own</a><a href="../../gone/">y</a>', "p")
    assert len(list(links.broken(CLAIMED))) == 4


@given(st.text())
def test_no_escaped_text_is_taken_for_a_link(text: str) -> None:
    assert messages(f'<p title="{escape(text)}">{escape(text)}</p>') == []


@given(st.text(alphabet="<>/\"'= ahrefsc", max_size=60))
def test_no_text_makes_the_scanner_fail(text: str) -> None:
    links = Links()
    links.page("papers/a/", text, "w")
    assert all(re.search(r"", p.message) for p in links.broken(CLAIMED))
