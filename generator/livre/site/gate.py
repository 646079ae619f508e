"""The gate before the world: every page of the built site, read as browsers read it, holds nothing but what is allowed.

The last of several nets, and independent of them: templates escape, `math` writes elements it knows, `csp` refuses strange scripts,
`links` follows addresses; this looks at what came out. Pages are parsed by Lexbor, which follows the HTML standard to the letter, and
written out again in its one canonical spelling, in which each tag can be read without guessing; a tag once found good is good again.
Only what may stand in a page is listed (`vocabulary`). The only importer of selectolax.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from ..errors import UsageError
from ..model import Problem
from . import csp, math
from .trees import PICTURES, TREES, faults
from .vocabulary import AWAY, DRAWN, ELEMENTS, FRAGMENT, GLOBAL, LOADED, NAMED, NOWHERE, OPEN, PICTURE, RELATIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

MOST = 100
"""Findings that are told."""

ACTIVE = (".htm", ".xhtml", ".xht", ".shtml", ".mht", ".mhtml", ".hta", ".xsl", ".xslt", ".swf", ".pdf")
"""Kinds of files that browsers open as documents, and that nobody here makes."""

_REMEMBERED = 100_000
_INSIDE = r'[^>"]*(?:"[^"]*"[^>"]*)*>'
_TOKEN = re.compile(rf"<!--.*?-->|<script(?=[\s>]){_INSIDE}.*?</script>|<[A-Za-z]{_INSIDE}|<[A-Za-z]", re.DOTALL)
_TAG = re.compile(r"""<([^\s/>"'=<]+)((?:\s[^\s=/>"'<]+="[^"]*")*)>""")
_ATTRIBUTE = re.compile(r"""\s([^\s=/>"'<]+)="([^"]*)\"""")
_SCRIPT = re.compile(r"(<script[^>\"]*(?:\"[^\"]*\"[^>\"]*)*>)(.*)</script>", re.DOTALL)
_NO_SCRIPT = re.compile(r'<noscript>(?:[^<]|<(?!/?noscript)[^<>"]*(?:"[^"<]*"[^<>"]*)*>)*</noscript>', re.IGNORECASE)
_DATA = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_CODE = frozenset({"", "module", "text/javascript"})
_FIRST = re.compile(
    r'<!doctype html>\s*<html[^<>]*>\s*<head>\s*<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" ', re.IGNORECASE
)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_HASH = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
_END = "<i></i></article></main><footer>end</footer></body></html>"
_MARK = '<meta name="end">'
_PLACE = f"<!DOCTYPE html><html><head>{{}}{_MARK}</head><body><main><article>{{}}{_END}"


class Gate:
    """What is wrong with the pages and other files of one build; `builders` are those whose theme may have made them.

    `page` takes whole pages and `frame` those without their slots; `slots` what goes into a frame, at a third of the cost. `passed` are
    the pages that were looked at, by their files.
    """

    def __init__(self, builders: Collection[str]) -> None:
        self.builders = tuple(builders)
        self.passed: set[str] = set()
        self.problems: list[Problem] = []
        self._good: set[str] = set()
        self._policies: dict[tuple[str, tuple[str, ...]], bool] = {}

    def page(self, file: str, html: str, where: str) -> None:
        """Look at a whole page, written to `file`; `where` is what to mend."""
        self.passed.add(file)
        self.frame(f"/{file}", html, where)

    def frame(self, name: str, html: str, where: str) -> None:
        """Look at a page, or one whose slots are empty, with its policy; findings call it `name`."""
        note = self._noting(name, html, where)
        canonical = LexborHTMLParser(html).html or ""
        scripts = self._tokens(canonical, note, policies=1)
        self._noscript(html, canonical, note)
        found = _POLICY.findall(html)
        if not _FIRST.match(html) or len(found) != 1:
            note("gate-policy", "the page must begin with its character set and its policy, once: it does not come from the theme", "")
        elif not self._allowed(unescape(found[0]), tuple(scripts)):
            note("gate-policy", f"the policy is not the site's: {found[0][:120]!r}", found[0][:20])

    def slots(self, file: str, head: str, body: str, where: str) -> None:
        """Look at what is put into a frame to make the page `file`, and that it stays where it is put."""
        self.passed.add(file)
        note = self._noting(f"/{file}", head + body, where)
        tree = LexborHTMLParser(_PLACE.format(head, body))
        canonical = tree.html or ""
        for script in self._tokens(canonical, note, policies=0):
            note("gate-script", f"no script may stand in a page: put it into a file of its own: {script[:60]!r}", "<script")
        self._noscript(head + body, canonical, note)
        if not (canonical.endswith(_END) and canonical.count(_MARK) == 1 and _in_place(tree)):
            note("gate-structure", "what is put into the page does not stay in its place: an element is closed twice, or never", "")

    def file(self, path: str, data: bytes, where: str) -> None:
        """Look at a file that is no page: pictures and XML are parsed, and documents that nobody here makes are refused."""
        if path.lower().endswith(ACTIVE):
            self._note("gate-file", where, 0, f"/{path}: a browser opens such a file as a document, and nothing looks at it: take it out")
        elif path.endswith(PICTURES + TREES):
            self._xml(path, data, where)

    def findings(self, claimed: Iterable[str] = ()) -> tuple[Problem, ...]:
        """What was found, at most a hundred; every page among the `claimed` files must have been looked at."""
        missed = (f for f in claimed if f.lower().endswith((".html", *ACTIVE)) and f not in self.passed)
        unseen = [Problem(f, 0, "gate-file", f"/{f} is a page, and nothing has looked at it: write it as Markdown") for f in missed]
        return tuple(sorted({*self.problems, *unseen})[:MOST])

    def _note(self, code: str, where: str, line: int, message: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(Problem(where, line, code, message))

    def _noting(self, name: str, html: str, where: str) -> Callable[[str, str, str], None]:
        """Notes a finding with the line at which the given words first stand, if the file to mend is the page itself."""

        def note(code: str, message: str, words: str) -> None:
            at = html.lower().find(words.lower()) if words and name == f"/{where}" else -1
            self._note(code, where, html.count("\n", 0, at) + 1 if at >= 0 else 0, f"{name}: {message}")

        return note

    def _tokens(self, canonical: str, note: Callable[[str, str, str], None], *, policies: int) -> list[str]:
        """Look at each tag that was never seen; the inline scripts, in order. `policies` says how many `http-equiv` there are."""
        scripts: list[str] = []
        for token in dict.fromkeys(_TOKEN.findall(canonical)):
            if token in self._good or token.startswith("<!--"):
                continue
            before = len(scripts)
            if not token.endswith("</script>"):
                found = tuple(_tag(token, policies=policies))
            else:
                m = _SCRIPT.fullmatch(token)
                found = tuple(_script(m[1], m[2], scripts)) if m else (("gate-script", "this script cannot be read", "<script"),)
            for code, message, words in found:
                note(code, message, words)
            if not found and len(scripts) == before and "http-equiv" not in token and len(self._good) < _REMEMBERED:
                self._good.add(token)
        return scripts

    def _noscript(self, html: str, canonical: str, note: Callable[[str, str, str], None]) -> None:
        """What stands in `<noscript>` is markup for one browser and text for another, so where it ends must be beyond doubt."""
        if "<noscript" in canonical or "noscript" in html:
            plain = len(_NO_SCRIPT.findall(html))
            if not plain == canonical.count("<noscript") == html.lower().count("<noscript") == html.lower().count("</noscript"):
                note("gate-structure", "a <noscript> does not plainly end: write no < in the attributes within it", "<noscript")

    def _allowed(self, policy: str, scripts: tuple[str, ...]) -> bool:
        """Whether this is the policy of one of the builders' themes for a page with exactly these scripts."""
        key = policy, scripts
        if key not in self._policies:
            self._policies[key] = any(_expected(builder, policy, scripts) for builder in self.builders)
        return self._policies[key]

    def _xml(self, path: str, data: bytes, where: str) -> None:
        def note(code: str, message: str, line: int) -> None:
            self._note(code, where, line if where == path else 0, f"/{path}: {message}")

        def markup(html: str, line: int) -> None:
            nested = Gate(self.builders)
            nested._good = self._good
            nested.slots(path, "", html, where)
            for problem in nested.problems:
                note(problem.code, problem.message.removeprefix(f"/{path}: "), line)

        for code, message, line in faults(data, picture=path.endswith(PICTURES), markup=markup):
            note(code, message, line)


def _in_place(tree: LexborHTMLParser) -> bool:
    """Whether a page of `_PLACE` has its own elements where they were, and no others beside them."""
    mark, main = tree.head and tree.head.last_child, tree.body and tree.body.child
    article, footer = main and main.child, main and main.next
    return bool(
        mark
        and (mark.tag, mark.attributes.get("name")) == ("meta", "end")
        and main
        and article
        and footer
        and (main.tag, article.tag, article.next) == ("main", "article", None)
        and (footer.tag, footer.next) == ("footer", None)
    )


def _expected(builder: str, policy: str, scripts: tuple[str, ...]) -> bool:
    """Whether the policy is the one of `csp` for these scripts, all of which the theme of this builder has."""
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts}
    own = set(_HASH.findall(csp.STYLES[builder]))
    template = csp.POLICY.format(scripts="", styles=csp.STYLES[builder])
    listed = re.sub(r"(?<=script-src )[^;]*", lambda m: _HASH.sub("", m[0]).rstrip(), policy)
    plain = re.sub(r" {2,}", " ", listed)
    try:
        known = all(csp.known(builder).fullmatch(s) for s in scripts)
    except UsageError:
        return False
    return plain == re.sub(r" {2,}", " ", template) and set(_HASH.findall(policy)) - own == hashes - own and known


def _tag(token: str, *, policies: int) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one tag in its canonical spelling."""
    m = _TAG.fullmatch(token)
    if not m:
        yield "gate-attribute", f"an attribute has a name that only a slip can give it: {token[:80]!r}", ""
        return
    tag, given = m[1], {name: unescape(value) for name, value in _ATTRIBUTE.findall(m[2])}
    if tag not in ELEMENTS:
        yield "gate-element", f"<{tag}> may not stand in a page: {token[:80]!r}", f"<{tag}"
        return
    for name in given:
        if name not in ELEMENTS[tag] and name not in GLOBAL and not OPEN.fullmatch(name):
            yield "gate-attribute", f"<{tag}> may not have the attribute {name!r}: {token[:80]!r}", f"{name}="
    for name, why in _values(tag, given, policies=policies):
        yield "gate-address" if name in _ADDRESSES else "gate-attribute", f"<{tag} {name}={given[name][:80]!r}>: {why}", f"{name}="


_ADDRESSES = frozenset({"href", "xlink:href", "src", "srcset", "action", "cite"})
_FOREIGN = "only files of this site are loaded: put a copy into content/"


def _values(tag: str, given: dict[str, str], *, policies: int) -> Iterator[tuple[str, str]]:
    """The attributes of a tag whose values are not allowed, each with the reason."""
    for name in ("href", "xlink:href", "cite"):
        value = given.get(name)
        if value is None:
            continue
        relations = set(given.get("rel", "").lower().split())
        if tag == "use" and not FRAGMENT.fullmatch(value):
            yield name, "a picture may use only parts of itself"
        elif tag == "link" and (relations & LOADED or not relations):
            if not RELATIVE.fullmatch(value):
                yield name, _FOREIGN
        elif tag == "link" and not relations <= NAMED:
            yield name, f"a link of the relation {given.get('rel')!r} is not known here"
        elif not (RELATIVE.fullmatch(value) or AWAY.fullmatch(value)):
            yield name, NOWHERE
    sources = [given["src"]] if "src" in given else []
    sources += [(c.split() or [""])[0] for c in given["srcset"].split(", ")] if "srcset" in given else []
    for value in sources:
        if not (RELATIVE.fullmatch(value) or (tag == "img" and PICTURE.fullmatch(value))):
            yield "src" if given.get("src") == value else "srcset", _FOREIGN
    if "action" in given and not RELATIVE.fullmatch(given["action"]):
        yield "action", "a form is answered by this site alone"
    if "http-equiv" in given and (given["http-equiv"].lower() != "content-security-policy" or not policies):
        yield "http-equiv", "a page may give no such order to a browser"
    if given.get("target", "_blank") != "_blank":
        yield "target", "only a new tab can be asked for"
    if tag in math.TAGS:
        for name in given.keys() & math.ATTRIBUTES.keys():
            if not math.ATTRIBUTES[name].fullmatch(given[name]):
                yield name, "this is not a value of MathML"
    for name, value in given.items():
        if name in DRAWN and "url(" in value.lower() and not re.fullmatch(r"url\(#[\w-]+\)", value):
            yield name, "a picture may use only parts of itself"


def _script(opening: str, text: str, scripts: list[str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a script: a file of ours, JSON that a browser does not run, or (noted in `scripts`) one in the page."""
    yield from _tag(opening, policies=0)
    given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(opening)}
    kind = given.get("type", "").strip().lower()
    if _DATA.fullmatch(kind):
        try:
            json.loads(text)
        except ValueError as error:
            yield "gate-json", f"the data in the page cannot be read: {str(error)[:80]}", "<script"
        if "<" in text:
            yield "gate-json", "the data in the page hold a <, which could end them: write them by `tojson`", "<script"
    elif kind not in _CODE:
        yield "gate-script", f"a script of the type {kind[:40]!r} is not known here", "<script"
    elif "src" not in given:
        scripts.append(text)
    elif text.strip():
        yield "gate-script", "a script that is loaded has no text", "<script"


def folder(site: Path) -> Iterator[Problem]:
    """What is wrong with a built site on disk, whoever built it; UsageError where there is none."""
    files = sorted(f for f in site.rglob("*") if not f.is_dir() or f.is_symlink()) if site.is_dir() else []
    if not any(f.suffix == ".html" for f in files):
        raise UsageError(f"{site}: there is no built site")
    gate = Gate(tuple(csp.THEMES))
    for file in files:
        path = file.relative_to(site).as_posix()
        if file.is_symlink() or not file.is_file():
            yield Problem(path, 0, "gate-file", "only plain files are published: put the file itself here")
        elif path.endswith(".html"):
            try:
                gate.page(path, file.read_bytes().decode(), path)
            except UnicodeDecodeError:
                yield Problem(path, 0, "gate-file", "this page is not UTF-8")
        elif path.lower().endswith(PICTURES + TREES + ACTIVE):
            gate.file(path, file.read_bytes(), path)
    yield from gate.findings()
