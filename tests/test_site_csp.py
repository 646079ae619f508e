"""The policy in every page: the theme's scripts run, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from livre.errors import BadData
from livre.site import csp

PAGE = '<!doctype html><html><head><meta charset="utf-8"><title>T</title>{}</head><body>{}</body></html>'


def theme_script(name: str, builder: str = "mkdocs") -> str:
    package, folder = csp.THEMES[builder]
    spec = find_spec(package)
    assert spec
    assert spec.submodule_search_locations
    text = Path(spec.submodule_search_locations[0], folder, "partials", "javascripts", name).read_text()
    return text[text.index("<script>") : text.rindex("</script>") + len("</script>")]


def protected(head: str = "", body: str = "", builder: str = "mkdocs") -> str:
    return csp.protect(PAGE.format(head, body), builder=builder, where="content/x.md")


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
@pytest.mark.parametrize("root", [".", "..", "../..", "/", "/review"])
def test_the_themes_own_script_is_allowed_at_every_depth(builder: str, root: str) -> None:
    script = theme_script("base.html", builder)
    script = script[: script.index("{{")] + root + script[script.index("}}") + 2 :]
    digest = base64.b64encode(hashlib.sha256(script.removeprefix("<script>").removesuffix("</script>").encode()).digest()).decode()
    assert f"'sha256-{digest}'" in protected(script, builder=builder)


@pytest.mark.parametrize(
    "script",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT >",
        '<script type="module">alert(1)</script>',
        '<script type="text/javascript" id=x>alert(1)</script>',
        '<script data-type="application/json">alert(1)</script>',
        "<script\n>\nalert(1)</script>",
    ],
)
def test_any_other_script_ends_the_build_and_is_never_blessed(script: str) -> None:
    with pytest.raises(BadData, match=r"content/x\.md: no script may stand in a page"):
        protected("", script)


def test_a_theme_script_with_something_added_is_another_script() -> None:
    good = theme_script("palette.html")
    assert "sha256" in protected(good)
    with pytest.raises(BadData):
        protected(good.replace("</script>", ";alert(1)</script>"))
    with pytest.raises(BadData):
        protected(theme_script("base.html").replace("{{ config.extra.scope | d(base_url) }}", '",location);alert(1);new URL("'))


def test_data_and_scripts_with_a_source_need_no_blessing() -> None:
    out = protected(
        '<script src="a.js"></script><script id="c" type="application/json">{"a": 1}</script><script type="application/ld+json">{}</script>'
    )
    assert "script-src 'self' 'wasm-unsafe-eval';" in out


@pytest.mark.parametrize("body", ['<p style="color:red">', "<style>p{}</style>", '<p onclick="x()">', "<a class=b ONMOUSEOVER=x>"])
def test_what_the_policy_would_stop_is_said_at_build_time(body: str) -> None:
    with pytest.raises(BadData, match="use a class"):
        protected("", body)


def test_words_about_styles_are_only_words() -> None:
    assert protected("", "<p>a style = b and onclick = c</p><pre>style=&quot;x&quot;</pre>")


def test_a_page_that_does_not_come_from_the_theme_cannot_be_protected() -> None:
    with pytest.raises(BadData, match="does not come from the theme"):
        csp.protect("<html><body>mine</body></html>", builder="mkdocs", where="content/x.html")


def test_the_policy_starts_from_nothing() -> None:
    out = protected()
    assert "default-src 'none'" in out
    assert "unsafe" not in out.replace("'wasm-unsafe-eval'", ""), "the search is WebAssembly, and compiling that compiles no script"
    assert "http:" not in out
