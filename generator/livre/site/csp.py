"""A strict content security policy in every page, which blesses the theme's own inline scripts and no other.

Hashing whatever script a page happens to hold would bless an injected one too. So the allow-list
is read from the installed theme's own templates, and any other inline script ends the build.
A policy in a `<meta>` cannot forbid framing; that takes a header of the host.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from ..errors import BadData, UsageError
from ..model import Problem

THEMES = {"mkdocs": ("material", "templates"), "zensical": ("zensical", "templates")}
"""Builder → the package that its theme's templates come with, and the folder in it."""
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'"
)
"""The search, which every page has, is WebAssembly; what compiles that compiles no script."""
STYLES = {"mkdocs": "", "zensical": " 'sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k='"}
"""Builder → the one stylesheet that its script writes into pages: that of Zensical 0.0.73's search, in a shadow root."""
REFERRER = '<meta name="referrer" content="strict-origin-when-cross-origin">'
_CHARSET = '<meta charset="utf-8">'
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_DATA = re.compile(r"""(?:^|\s)type\s*=\s*["']?application/(?:ld\+)?json["'\s>]""", re.IGNORECASE)
_EXPRESSION = re.compile(r"\\{\\{.*?\\}\\}")
_ADDRESS = r"[\w./:~%+-]*"
"""What the theme may print into its own scripts: the way to the site's root."""
_STYLED = re.compile(r"<style\b|<[a-z][^<>]*\sstyle\s*=|<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE)


@lru_cache
def known(builder: str) -> re.Pattern[str]:
    """What an inline script of this builder's theme looks like; UsageError when the theme is not installed."""
    package, folder = THEMES[builder]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(f"the theme of --builder {builder} is not installed; try: pip install {builder}")
    templates = Path(spec.submodule_search_locations[0], folder, "partials", "javascripts")
    scripts = [body for file in sorted(templates.glob("*.html")) for _, body in _SCRIPT.findall(file.read_text("utf-8"))]
    return re.compile("|".join(_EXPRESSION.sub(lambda _: _ADDRESS, re.escape(body)) for body in scripts))


@lru_cache(maxsize=64)
def _meta(scripts: tuple[str, ...], builder: str) -> str:
    hashes = sorted({base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts})
    policy = POLICY.format(scripts="".join(f" 'sha256-{h}'" for h in hashes), styles=STYLES[builder])
    return f'{_CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy}">{REFERRER}'


def inline(html: str) -> tuple[str, ...]:
    """The bodies of the inline scripts in a page that a browser would run, in order."""
    return tuple(body for attributes, body in _SCRIPT.findall(html) if body.strip() and not _DATA.search(attributes + ">"))


def protect(html: str, *, builder: str, where: str) -> str:
    """The page with its policy; BadData names what the policy would stop, in the file `where` the page comes from."""
    scripts = inline(html)
    problems = [
        Problem(where, 0, "inline-script", f"no script may stand in a page; put it into a file of its own: {body[:60]!r}")
        for body in scripts
        if not known(builder).fullmatch(body)
    ]
    if html.count(_CHARSET) != 1:
        problems.append(Problem(where, 0, "not-themed", "the page does not come from the theme, so it has no policy; write it as Markdown"))
    problems += [
        Problem(where, 0, "inline-style", f"the site's policy stops style and event attributes; use a class: {m[0][-60:]!r}")
        for m in _STYLED.finditer(_SCRIPT.sub("", html))
    ]
    if problems:
        raise BadData(problems)
    return html.replace(_CHARSET, _meta(scripts, builder), 1)
