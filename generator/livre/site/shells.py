"""The theme's part of the site: MkDocs or Zensical renders the chapters and one shell a family.

The builder is a program that is run, never a library: it reads a configuration derived from
the review's mkdocs.yml and writes into a folder of its own. What it makes is data from then on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ..errors import BadData, UsageError
from ..model import Problem
from . import bare, csp
from .lean import lean
from .render import Frame, Site, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

THEME = Path(__file__).parent / "theme"
CONFIG = "mkdocs.yml"
SHELL = "shell.md"
TIMEOUT = 300.0
"""Seconds after which a builder is taken to hang; forty chapters take two."""
_SKIP = '<div data-md-component="skip">\n</div>'
HEAD, BODY = "<!--slot:head-->", "<!--slot:body-->"
_LEFT_OUT = re.compile(
    r"sitemap\.xml(?:\.gz)?|.*\.map|objects\.inv|\..*|(?:.*/)?__pycache__/.*"
    r"|search/search_index\.(?:json|js)|search\.json|assets/javascripts/(?:lunr|workers)/.*"
)
"""What builders write and the site does not want: livre writes its own sitemap and its own search."""
_ADDRESS = re.compile(r"https?://[^\s/?#\"'<>]+(?:/[^\s?#\"'<>]*)?")
_VERBATIM = re.compile(r"(<(pre|script|textarea|style)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=>)\n(?=</?(?:div|footer|header|link|main|meta|nav|ul)\b)")
"""Line breaks where a block begins or ends, which nobody sees: every generated page carries its frame."""
_ALIGNED = re.compile(r'(<t[dh]) align="(left|center|right)"')
_WORKER = re.compile(r'(<script id="__config"[^>]*>[^<]*"search": ?)"[^"]*"')
"""Where the theme's script would find its own search; Zensical's asks for it even where the header has another."""
_COMPLAINT = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\s*-?\s*(.*)$|^(Error: .*|error: .*)$", re.MULTILINE)
_DOC = re.compile(r"(?:[Dd]oc file|page) '([^']+)'|^'([^']+\.md)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shells:
    """What a builder made: frames by family, chapters as (path, HTML), everything else as (path, bytes)."""

    frames: Mapping[str, Frame]
    chapters: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, bytes], ...]


def _problem(line: int, message: str) -> BadData:
    return BadData([Problem(CONFIG, line, "config", message)])


def configuration(root: Path) -> dict[str, Any]:
    """The review's mkdocs.yml as data; tags that run code are refused. BadData says what is wrong and where."""
    try:
        config = yaml.safe_load((root / CONFIG).read_text("utf-8"))
    except FileNotFoundError:
        raise _problem(0, "not found; a review has one beside bib/ and content/") from None
    except OSError as error:
        raise _problem(0, f"this cannot be read ({error.strerror}); it must be a file that you may read") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        raise _problem(mark.line + 1 if mark else 0, f"{what}; livre reads plain YAML, without tags that run code") from None
    if not isinstance(config, dict) or not isinstance(config.get("site_name"), str):
        raise _problem(1, "needs at least site_name: the title of the review")
    theme = config.get("theme", "material")
    config["theme"] = theme = dict(theme) if isinstance(theme, dict) else {"name": theme}
    if theme.get("name") != "material":
        raise _problem(0, f"theme {theme.get('name')!r}: the pages are made for material")
    if any(str(f).startswith("navigation.instant") for f in theme.get("features") or ()):
        raise _problem(0, "navigation.instant reads the whole sitemap on every page and breaks links in charts; remove it")
    return config


def site(config: Mapping[str, Any], base_url: str) -> Site:
    """What templates know of the site: `base_url` if given, else site_url, else no address at all; UsageError or BadData for half a one."""
    url = (base_url or str(config.get("site_url") or "")).rstrip("/")
    if url and not _ADDRESS.fullmatch(url):
        why = f"{url!r} is not a whole address, such as https://example.org/review/"
        raise UsageError(f"--base-url: {why}") if base_url else _problem(0, f"site_url: {why}")
    return Site(name=config["site_name"], url=url + "/" if url else "", description=str(config.get("site_description") or ""))


def language(config: Mapping[str, Any]) -> str:
    """The language of the site, as the theme is told it."""
    return str(config["theme"].get("language") or "en")


def _assets(suffix: str) -> list[str]:
    """What every page loads; what only one family needs lies in a folder of its own, and its templates name it."""
    return [f.relative_to(THEME).as_posix() for f in sorted((THEME / "assets").glob(f"*{suffix}"))]


def _plugins(own: Any) -> list[Any]:
    """The review's plugins with the theme's search, without which its header has no place for ours."""
    listed = [{name: options} for name, options in own.items()] if isinstance(own, dict) else list(own or ())
    names = {name for one in listed for name in (one if isinstance(one, dict) else (one,))}
    return listed if names & {"search", "material/search"} else ["search", *listed]


def _plain(text: str) -> str:
    """A text that Material may print as it is, which it does, in texts and in attributes."""
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def derived(config: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """The configuration that the builder reads: the review's, with the working copy's paths, our assets and the citations."""
    out: dict[str, Any] = {
        **config,
        "docs_dir": "content",
        "site_dir": "site",
        "use_directory_urls": True,
        "theme": {**config["theme"], "font": False, "custom_dir": "theme"},
        "extra_css": [*_assets(".css"), *(config.get("extra_css") or ())],
        "plugins": _plugins(config.get("plugins")),
        "markdown_extensions": [*(config.get("markdown_extensions") or ()), "livre.site.cite"],
    }
    for name in ("site_name", "site_description"):
        if name in config:
            out[name] = _plain(str(config[name]))
    if url := site(config, base_url).url:
        out["site_url"] = url
    return out


def _copy(root: Path, work: Path, custom_dir: str | None) -> None:
    """The chapters and the theme's overrides, ours and then the review's, in one folder: Zensical reads nothing outside of it."""
    if not (root / "content").is_dir():
        raise BadData([Problem("content", 0, "content", "there is no such folder; a review has one, with its chapters and shells")])
    links = [f for f in (root / "content").rglob("*") if f.is_symlink()]
    if links:
        raise BadData(
            Problem(f.relative_to(root).as_posix(), 0, "link", "a link could publish any file; put the file itself here") for f in links
        )
    shutil.copytree(root / "content", work / "content")
    shutil.copytree(THEME, work / "theme")
    if custom_dir:
        shutil.copytree(root / custom_dir, work / "theme", dirs_exist_ok=True)


def run(root: Path, work: Path, *, builder: str = "mkdocs", base_url: str = "", timeout: float = TIMEOUT) -> Shells:
    """Run the builder in the empty folder `work` and cut what it made.

    BadData holds the builder's complaints, with files where it named them; UsageError when it is not installed.
    """
    if find_spec(builder) is None:
        raise UsageError(f"--builder {builder}: it is not installed; try: pip install {builder}")
    config = derived(configuration(root), base_url)
    _copy(root, work, configuration(root)["theme"].get("custom_dir"))
    file = work / CONFIG
    file.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
    command = [
        sys.executable,
        "-m",
        builder,
        "build",
        "--strict",
        *(["--clean"] if builder == "zensical" else []),
        "--config-file",
        str(file),
    ]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0"), "NO_COLOR": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, cwd=work, env=environ, capture_output=True, text=True, timeout=timeout, check=False)  # noqa: S603 - fixed words and paths of ours
    except subprocess.TimeoutExpired:
        raise _problem(0, f"{builder} did not end within {timeout:.0f} s; look for a chapter that makes it hang") from None
    if done.returncode:
        raise BadData(_complaints(done.stdout + done.stderr, builder))
    made = _cut(work / "site", root, builder)
    return replace(made, frames={**made.frames, bare.FAMILY: bare.bare(config, builder=builder)})


def _complaints(output: str, builder: str) -> Iterator[Problem]:
    """The builder's own words as problems; its last lines where none looks like a complaint."""
    found = [a or b for a, b in _COMPLAINT.findall(output)]
    for text in found or ["; ".join(output.strip().splitlines()[-3:]) or "it failed without a word"]:
        m = _DOC.search(text)
        yield Problem(f"content/{m[1] or m[2]}" if m else CONFIG, 0, builder, text.strip())


def squeeze(html: str) -> str:
    """The page without the theme's indentation and what HTML does not need, or no longer has; `<pre>`, scripts and the like stay."""
    html = html.replace('<svg xmlns="http://www.w3.org/2000/svg"', "<svg").replace(' tabindex=""', "")
    pieces = _VERBATIM.split(_ALIGNED.sub(r'\1 class="lv-at-\2"', html))
    # split gives text, verbatim, its tag's name, text, …
    return "".join(re.sub(r"[ \t]*\n\s*", "\n", p) if i % 3 == 0 else p for i, p in enumerate(pieces) if i % 3 != 2).strip() + "\n"  # noqa: PLR2004


def _accessible(html: str) -> str:
    """The shell with a link that skips the navigation, which Material leaves out of pages without headings, and with its tab marked."""
    if 'class="md-skip"' not in html:
        html = html.replace(_SKIP, _SKIP.replace("\n", '\n<a href="#content" class="md-skip">Skip to content</a>\n', 1))
    return html.replace('<li class="md-tabs__item">\n<a href="../" ', '<li class="md-tabs__item md-tabs__item--active">\n<a href="../" ')


def _frame(html: str, path: str, builder: str) -> Frame:
    html = lean(_BETWEEN.sub("", _accessible(squeeze(html))))
    html = csp.protect(html, builder=builder, where=f"content/{path.removesuffix('shell/')}{SHELL}")
    top, head, rest = html.partition(HEAD)
    middle, body, bottom = rest.partition(BODY)
    if not head or not body or HEAD in rest or BODY in bottom:
        raise _problem(0, f"/{path} lacks its slots: {SHELL} needs `template: shell.html`, and no theme override may hide the blocks")
    return Frame(root=root_of(path), top=top, middle=middle, bottom=bottom)


def with_line(made: Shells, line: Callable[[str], str]) -> Shells:
    """The same with the line of freshness on every page, as `line` has it for the page at a path; BadData for a page without a slot."""

    def put(html: str, path: str) -> str:
        if bare.FRESH not in html:
            raise _problem(0, f"/{path} does not say how fresh it is: no theme override may hide the block `announce`")
        return html.replace(bare.FRESH, line(path), 1)

    frames = {family: replace(frame, middle=put(frame.middle, f"{family}/shell/")) for family, frame in made.frames.items()}
    return replace(made, frames=frames, chapters=tuple((path, put(html, path.removesuffix("index.html"))) for path, html in made.chapters))


def source(root: Path, path: str) -> str:
    """The Markdown file that a page such as `categories/llm/index.html` was made from, from the review's root."""
    stem = path.removesuffix("index.html").rstrip("/")
    names = (f"content/{stem}.md", f"content/{stem}/index.md".replace("//", "/"), f"content/{path}")
    return next((n for n in names if (root / n).is_file()), path)


def _cut(built: Path, root: Path, builder: str) -> Shells:
    frames: dict[str, Frame] = {}
    chapters: list[tuple[str, str]] = []
    files: list[tuple[str, bytes]] = []
    for file in sorted(f for f in built.rglob("*") if f.is_file()):
        path = file.relative_to(built).as_posix()
        if path.endswith("/shell/index.html"):
            frames[path.removesuffix("/shell/index.html")] = _frame(file.read_text("utf-8"), path.removesuffix("index.html"), builder)
        elif path.endswith(".html"):
            where = source(root, path)
            html = _WORKER.sub(r'\1""', squeeze(file.read_text("utf-8")))
            chapters.append((path, csp.protect(html, builder=builder, where=where)))
        elif not _LEFT_OUT.fullmatch(path):
            files.append((path, file.read_bytes()))
    return Shells(frames=frames, chapters=tuple(chapters), files=tuple(files))
