"""The gate over built pages: known holes put back one by one are each caught, and what the site needs comes through."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment
from latex2mathml.converter import convert
from markupsafe import Markup

from livre import build
from livre.errors import BadData, UsageError
from livre.site import csp, gate, math, render, shells
from livre.site.render import TEMPLATES, Templates

if TYPE_CHECKING:
    from collections.abc import Iterator

REVIEW = Path(__file__).parent / "data" / "review"
Patch = pytest.MonkeyPatch
Hole = Callable[[pytest.MonkeyPatch, Path], None]


def found(html: str, head: str = "") -> set[str]:
    """The codes that the gate has for a slot of a page."""
    looked = gate.Gate(["mkdocs"])
    looked.slots("x/index.html", head, html, "x.html")
    assert looked.passed == {"x/index.html"}
    return {p.code for p in looked.findings()}


# --- what may stand in a page -----------------------------------------------------------------------

GOOD = [
    "",
    '<a href="https://example.org/%3Cp%20style=background:url(javascript:alert(1))%3E">x</a>',
    "words &lt;script&gt; &amp; “more”",
    '<p class="lv-note" id="a" data-key="x" aria-label="a > b">One<br>two</p>',
    '<a href="../../papers/x/" rel="noopener" target="_blank" title="&quot;&lt;script&gt;">x</a>',
    '<a href="https://arxiv.org/abs/9901.00001?a=b#c">x</a> <a href="mailto:a@example.org">y</a> <a href="#z">z</a> <a href="?q=a:b">q</a>',
    '<img src="a.png" srcset="a.png 1x, b.png 2x" alt=""> <img src="data:image/png;base64,AAAA" alt="">',
    '<math alttext="x" display="inline"><mi mathvariant="normal">x</mi></math>',
    '<svg viewBox="0 0 1 1" class="c"><title>t</title><a href="../x/"><rect x="0" fill="url(#g)"/></a><use href="#a"/></svg>',
    '<form action="../why/" method="get"><label for="q">?</label><input id="q" name="q" type="search" required></form>',
    "<table><caption>c</caption><thead><tr><th scope=col>a<tbody><tr><td>b</table>",
    '<script type="application/ld+json">{"a": "\\u003c/script>"}</script><script src="../assets/x.js" type="module"></script>',
    '<noscript><p title="a">No <b>script</b>.</p></noscript>',
    '<link rel="canonical" href="https://example.org/x/"><link rel=" alternate" type="application/atom+xml" href="../feeds/a.atom">',
    "<details open><summary>a</summary><dl><dt>b<dd>c</dl></details>",
]
BAD: list[tuple[str, str]] = [
    ("<script>alert(1)</script>", "gate-script"),
    ("<script>alert(1)</script\t>", "gate-script"),
    ("<svg><script>alert(1)</script></svg>", "gate-script"),
    ('<script type="text/vbscript" src="a"></script>', "gate-script"),
    ('<script type="importmap">{}</script>', "gate-script"),
    ('<script src="a.js">alert(1)</script>', "gate-script"),
    ('<script src="https://cdn.example/x.js"></script>', "gate-address"),
    ('<script src="//cdn.example/x.js"></script>', "gate-address"),
    ('<script src="/\\cdn.example/x.js"></script>', "gate-address"),
    ('<script src="data:text/javascript,alert(1)"></script>', "gate-address"),
    ('<script type="application/ld+json">{"a": </script>', "gate-json"),
    ('<script type="application/ld+json">{"a": "<!--"}</script>', "gate-json"),
    ('<img src=x onerror="alert(1)">', "gate-attribute"),
    ("<img/src='x'/onerror=alert(1)>", "gate-attribute"),
    ("<IMG SRC=x ONERROR=alert(1)>", "gate-attribute"),
    ('<p style="color:red">', "gate-attribute"),
    ('<p "><img src=x onerror=alert(1) y">', "gate-attribute"),
    ("<p a\"='><img src=x onerror=alert(1) b\"'>x</p>", "gate-attribute"),
    ('<a href="javascript:alert(1)">', "gate-address"),
    ('<a href=" javascript:alert(1)">', "gate-address"),
    ('<a href="\x01javascript:alert(1)">', "gate-address"),
    ('<a href="java&#10;script:alert(1)">', "gate-address"),
    ('<a href="java&Tab;script&colon;alert(1)">', "gate-address"),
    ('<a href="JaVaScRiPt:alert(1)">', "gate-address"),
    ('<a href="data:text/html,<script>alert(1)</script>">', "gate-address"),
    ('<a href="vbscript:x">', "gate-address"),
    ('<a href="//evil.example/">', "gate-address"),
    ('<a href="\\\\evil.example/">', "gate-address"),
    ('<a href="https:evil">', "gate-address"),
    ('<a href="x" target="top">', "gate-attribute"),
    ('<a href="x" ping="https://evil.example/">', "gate-attribute"),
    ('<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>', "gate-address"),
    ('<svg><use href="https://evil.example/#x"/></svg>', "gate-address"),
    ('<svg><rect fill="url(https://evil.example/)"/></svg>', "gate-attribute"),
    ('<svg><animate attributeName="href" values="javascript:alert(1)"/></svg>', "gate-element"),
    ("<svg><foreignObject><p>x</p></foreignObject></svg>", "gate-element"),
    ("<svg><style>a{}</style></svg>", "gate-element"),
    ("<svg onload=alert(1)></svg>", "gate-attribute"),
    ('<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>', "gate-element"),
    ('<math href="javascript:alert(1)"><mi>x</mi></math>', "gate-attribute"),
    ('<math><mi mathvariant="a;b">x</mi></math>', "gate-attribute"),
    ("<iframe src='https://player.example/'></iframe>", "gate-element"),
    ("<iframe srcdoc='<script>alert(1)</script>'></iframe>", "gate-element"),
    ("<object data=x></object>", "gate-element"),
    ("<embed src=x>", "gate-element"),
    ("<style>p{}</style>", "gate-element"),
    ("<template><img src=x onerror=alert(1)></template>", "gate-element"),
    ("<marquee onstart=alert(1)>x</marquee>", "gate-element"),
    ("<x-made-up>x</x-made-up>", "gate-element"),
    ("<plaintext>", "gate-element"),
    ("<xmp><p></xmp>", "gate-element"),
    ('<form action="https://evil.example/">x</form>', "gate-address"),
    ('<form action="x"><button formaction="javascript:alert(1)">x</button></form>', "gate-attribute"),
    ('<img src="https://tracker.example/1.gif" alt="">', "gate-address"),
    ('<img srcset="a.png 1x, https://tracker.example/1.gif 2x" alt="">', "gate-address"),
    ('<img src="data:text/html,x" alt="">', "gate-address"),
    ('<noscript><p title="</noscript><img src=x onerror=alert(1)>">x</p></noscript>', "gate-structure"),
    ('<noscript><p title="</noscript><img src=x onerror=alert(1)>">x</p>', "gate-structure"),
    ("</article></main><p>x</p><main><article>", "gate-structure"),
    ("</div><p>x</p></article>", "gate-structure"),
    ("<b>never closed", "gate-structure"),
    ("<!-- never closed", "gate-structure"),
    ("<textarea>never closed", "gate-structure"),
    ("<select>", "gate-structure"),
]
HEADS: list[tuple[str, str]] = [
    ('<meta http-equiv="refresh" content="0; url=https://evil.example/">', "gate-attribute"),
    ('<meta http-equiv="Content-Security-Policy" content="script-src \'unsafe-inline\'">', "gate-attribute"),
    ('<base href="https://evil.example/">', "gate-element"),
    ('<link rel="stylesheet" href="https://fonts.example/x.css">', "gate-address"),
    ('<link rel="preconnect" href="https://fonts.example/">', "gate-address"),
    ('<link href="https://fonts.example/">', "gate-address"),
    ("<title>x</title></head><p>x</p>", "gate-structure"),
    ("<title>x", "gate-structure"),
]


@pytest.mark.parametrize("html", GOOD)
def test_what_the_site_needs_comes_through(html: str) -> None:
    assert found(html) == set()


@pytest.mark.parametrize(("html", "code"), BAD)
def test_what_no_page_may_hold_is_found(html: str, code: str) -> None:
    assert code in found(html)


@pytest.mark.parametrize(("head", "code"), HEADS)
def test_what_no_head_may_hold_is_found(head: str, code: str) -> None:
    assert code in found("", head)


def test_a_policy_that_was_good_in_a_frame_is_not_good_in_a_page() -> None:
    looked = gate.Gate(["mkdocs"])
    looked.frame("the frame", themed(), "content/x/shell.md")
    assert looked.findings() == ()
    looked.slots("x/index.html", csp._meta((), "mkdocs"), "", "x.html")
    assert {p.code for p in looked.findings()} == {"gate-attribute"}


# --- the policy ------------------------------------------------------------------------------------


def themed(body: str = "", *, policy: Callable[[str], str] = lambda html: html) -> str:
    """A page that has its policy, as `csp` writes it."""
    html = f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8"><title>x</title></head><body>{body}</body></html>\n'
    return policy(csp.protect(html, builder="mkdocs", where="x"))


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("no policy", lambda html: re.sub(r"<meta http-equiv[^>]*>", "", html)),
        ("two policies", lambda html: html.replace("<title>", csp._meta((), "mkdocs").replace('<meta charset="utf-8">', "") + "<title>")),
        (
            "a policy behind a script",
            lambda html: html.replace('<meta charset="utf-8">', '<script src="a.js"></script><meta charset="utf-8">'),
        ),
        ("inline scripts allowed", lambda html: html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")),
        ("a host allowed", lambda html: html.replace("img-src 'self'", "img-src 'self' https://cdn.example")),
        ("frames allowed", lambda html: html.replace("default-src 'none'; ", "")),
        ("a hash too many", lambda html: html.replace("script-src 'self'", f"script-src 'self' 'sha256-{'A' * 43}='")),
        ("a policy for reports only", lambda html: html.replace("Content-Security-Policy", "Content-Security-Policy-Report-Only")),
    ],
)
def test_a_page_without_exactly_the_policy_of_the_site_is_found(what: str, spoil: Callable[[str], str]) -> None:
    looked = gate.Gate(["mkdocs", "zensical"])
    looked.page("x.html", themed(), "x.html")
    assert looked.findings() == ()
    looked.page("y.html", themed(policy=spoil), "y.html")
    assert "gate-policy" in {p.code for p in looked.findings()}, what


def test_a_script_that_the_page_blesses_itself_is_found() -> None:
    script = "alert(1)"
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = (
        themed().replace("script-src 'self'", f"script-src 'self' 'sha256-{own}'").replace("</body>", f"<script>{script}</script></body>")
    )
    looked = gate.Gate(["mkdocs", "zensical"])
    looked.page("x.html", html, "x.html")
    assert {p.code for p in looked.findings()} == {"gate-policy"}


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g><text x='1'>a &lt; b</text></g></svg>", ""),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "gate-element"),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "gate-attribute"),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><a href='javascript:alert(1)'/></svg>", "gate-address"),
        ("a.svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&a;</text></svg>", "gate-xml"),
        ("a.svg", "<?xml-stylesheet href='https://evil.example/x.xsl'?><svg xmlns='http://www.w3.org/2000/svg'/>", "gate-xml"),
        (
            "f.atom",
            "<feed><link href='https://arxiv.org/'/><content type='html'>&lt;p&gt;x&lt;/p&gt;</content></feed>",
            "",
        ),
        ("f.atom", "<feed><title>a & b</title></feed>", "gate-xml"),
        ("f.atom", "<feed><link href='javascript:alert(1)'/></feed>", "gate-address"),
        ("f.atom", "<feed><content type='html'>&lt;img src=x onerror=alert(1)&gt;</content></feed>", "gate-attribute"),
        ("f.atom", "<feed><title type='html'>&lt;script&gt;alert(1)&lt;/script&gt;</title></feed>", "gate-script"),
        ("page.xhtml", "<html/>", "gate-file"),
        ("page.htm", "x", "gate-file"),
        ("papers.bib", "<script>", ""),
    ],
)
def test_pictures_feeds_and_documents_are_looked_at(path: str, text: str, code: str) -> None:
    looked = gate.Gate(["mkdocs"])
    looked.file(path, text.encode(), path)
    assert {p.code for p in looked.findings()} == ({code} if code else set())


def test_a_page_that_nobody_looked_at_is_found() -> None:
    (problem,) = gate.Gate(["mkdocs"]).findings(["a/index.html", "a.css"])
    assert (problem.path, problem.code) == ("a/index.html", "gate-file")


# --- holes put back, one by one ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The fabricated review, and what MkDocs makes of its chapters and shells."""
    root = shutil.copytree(REVIEW, tmp_path_factory.mktemp("gate") / "review")
    work = tmp_path_factory.mktemp("gate-work")
    shells.run(root, work)
    return root, work / "site"


@pytest.fixture
def unbuilt(made: tuple[Path, Path], tmp_path: Path, monkeypatch: Patch) -> Iterator[Path]:
    """A copy of the review whose builds take what MkDocs made from `made/`, and render from the templates in `templates/`."""
    root, site = made
    shutil.copytree(root, tmp_path / "review")
    shutil.copytree(site, tmp_path / "made")
    shutil.copytree(TEMPLATES, tmp_path / "templates")

    def made_before(*_: object, cwd: Path, **__: object) -> subprocess.CompletedProcess[str]:
        shutil.copytree(tmp_path / "made", cwd / "site")
        return subprocess.CompletedProcess((), 0, "", "")

    monkeypatch.setattr(shells, "subprocess", SimpleNamespace(run=made_before, TimeoutExpired=subprocess.TimeoutExpired))
    monkeypatch.setattr(build, "Templates", lambda site: Templates(site, tmp_path / "templates"))
    math.tex.cache_clear()
    yield tmp_path
    math.tex.cache_clear()


def template(name: str, old: str, new: str) -> Hole:
    """A template in which one text stands for another."""

    def put(_patch: Patch, folder: Path) -> None:
        file = folder / "templates" / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))

    return put


def theme(old: str, new: str) -> Hole:
    """A theme that writes something else into every page, past the net that `csp` is."""

    def put(patch: Patch, folder: Path) -> None:
        for file in (folder / "made").rglob("*.html"):
            file.write_text(file.read_text().replace(old, new, 1))
        patch.setattr(csp, "_STYLED", re.compile("(?!)"))

    return put


def without_autoescape(patch: Patch, _folder: Path) -> None:
    patch.setattr(render, "Environment", lambda **options: Environment(**{**options, "autoescape": False}))


def plain_json(patch: Patch, _folder: Path) -> None:
    def environment(**options: object) -> Environment:
        made = Environment(**options)  # type: ignore[arg-type]
        made.filters["tojson"] = lambda value: Markup(json.dumps(value))
        return made

    patch.setattr(render, "Environment", environment)


def converted(patch: Patch, _folder: Path) -> None:
    patch.setattr(math, "formula", lambda source: convert(source))


def unprotected(patch: Patch, _folder: Path) -> None:
    patch.setattr(csp, "protect", lambda html, **_: html)


def blessing(patch: Patch, folder: Path) -> None:
    """A policy with the hash of whatever script stands in a page."""
    for file in (folder / "made").rglob("*.html"):
        file.write_text(file.read_text().replace("</body>", "<script>alert(9)</script></body>", 1))
    patch.setattr(
        csp, "protect", lambda html, *, builder, **_: html.replace('<meta charset="utf-8">', csp._meta(csp.inline(html), builder), 1)
    )


def lax(patch: Patch, _folder: Path) -> None:
    strict = csp._meta
    patch.setattr(csp, "_meta", lambda *given: strict(*given).replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"))


def sneaked(_patch: Patch, folder: Path) -> None:
    """A document beside the chapters, which the builder copies as it is."""
    (folder / "made" / "player.xhtml").write_text('<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>')


BODY = "{% block body %}"
HOLES: dict[str, tuple[Hole, str]] = {
    "nothing is escaped": (without_autoescape, "gate-script"),
    "a title goes into the head as it is": (
        template("paper.html", "<title>{{ title }}", "<title>{{ title | safe }}"),
        "gate-script",
    ),
    "an abstract goes into the page as it is": (
        template("paper.html", BODY, BODY + "<p>{{ paper.abstract | safe }}</p>"),
        "gate-script",
    ),
    "formulas are written by the library, which un-escapes them": (converted, "gate-script"),
    "a text of the source becomes an address": (
        template("paper.html", BODY, BODY + '<a href="{{ paper.comment }}">read</a>'),
        "gate-address",
    ),
    "an event in a template": (template("paper.html", BODY, BODY + '<button onclick="cite()">Cite</button>'), "gate-attribute"),
    "style in a template": (template("paper.html", BODY, BODY + '<p style="color:red">x</p>'), "gate-attribute"),
    "a frame with the PDF": (template("paper.html", BODY, BODY + '<iframe src="https://arxiv.org/pdf/x"></iframe>'), "gate-element"),
    "a counter of visitors": (theme("</head>", '<script src="https://stats.example/count.js"></script></head>'), "gate-address"),
    "fonts of another host": (
        theme("</head>", '<link rel="stylesheet" href="https://fonts.example/css"></head>'),
        "gate-address",
    ),
    "data for machines with their end in a title": (
        plain_json,
        "gate-json",
    ),
    "a title in a picture as it is": (
        template("paper.html", BODY, BODY + "<svg><title>{{ paper.title | safe }}</title></svg>"),
        "gate-script",
    ),
    "a page that moves the reader on": (
        template("paper.html", "{% block head %}", '{% block head %}<meta http-equiv="refresh" content="0; url={{ root }}">'),
        "gate-attribute",
    ),
    "another base for every address": (theme("<title>", '<base href="https://evil.example/"><title>'), "gate-element"),
    "an element closed twice": (template("paper.html", BODY, BODY + "</div></article>"), "gate-structure"),
    "no policy": (unprotected, "gate-policy"),
    "a policy that allows all scripts in a page": (lax, "gate-policy"),
    "a policy that blesses what it finds": (blessing, "gate-policy"),
    "a document that nobody renders": (sneaked, "gate-file"),
}
"""What somebody could do to the templates, the theme or the engine, and a code that the gate finds it by."""


@pytest.mark.parametrize("what", HOLES)
def test_a_hole_put_back_ends_the_build(unbuilt: Path, monkeypatch: Patch, what: str) -> None:
    hole, code = HOLES[what]
    hole(monkeypatch, unbuilt)
    with pytest.raises(BadData) as refused:
        build.build(unbuilt / "review", unbuilt / "site")
    assert code in {p.code for p in refused.value.problems}
    assert not (unbuilt / "site").exists()


def test_without_a_hole_the_build_ends_well_and_its_folder_passes(unbuilt: Path) -> None:
    report = build.build(unbuilt / "review", unbuilt / "site")
    assert report.seconds["gate"] > 0
    assert tuple(gate.folder(unbuilt / "site")) == ()


# --- a folder -----------------------------------------------------------------------------------------


def test_a_folder_is_looked_at_file_by_file_with_lines(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(themed())
    (tmp_path / "a" / "index.html").write_text(themed("<p>x</p>\n\n<iframe src=x></iframe>"))
    (tmp_path / "b.html").write_bytes(b"\xff")
    (tmp_path / "c.html").symlink_to("/etc/passwd")
    (tmp_path / "d.SHTML").write_text("x")
    got = {(p.path, p.code): p.line for p in gate.folder(tmp_path)}
    assert got == {("a/index.html", "gate-element"): 6, ("b.html", "gate-file"): 0, ("c.html", "gate-file"): 0, ("d.SHTML", "gate-file"): 0}


def test_a_folder_without_a_site_is_a_usage_error(tmp_path: Path) -> None:
    for nothing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="no built site"):
            tuple(gate.folder(nothing))
