"""The hand-written pages: what their Markdown cites and asks for, and filling it into the HTML that a builder made of it.

A chapter may hold citations (`cite`) and lines such as `<!-- livre:timeline -->`, which stand for a
generated fragment. Both are found in the sources first, so that what is wrong has a file and a line.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..errors import BadData
from ..model import Problem
from . import cite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..model import Paper
    from .render import Templates

SHELL = "shell.md"
CATEGORY = "category"
"""The fragment that the chapter of a category must hold, and no other page."""
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_JUMP = '</h1>\n<p class="lv-kicker">Below: <a href="#over-time">papers over time</a> · <a href="#papers">list of papers</a></p>'
"""The contents that a builder draws know the chapter only; the rest of a category's page stands far below it."""
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)", re.MULTILINE)
_CODE = re.compile(r"(?>(`+))[^\n]*?(?<!`)\1(?!`)|<!--(?s:.*?)(?:-->|\Z)")
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/")
_FILES = (".md", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf")
_SLOT = re.compile(rf"{cite.FRAGMENT.pattern}|{cite.PLACEHOLDER.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A Markdown file under content/: its address, its citations (what stands in the brackets) and fragments, each with its line."""

    file: str
    path: str
    citations: tuple[tuple[str, int], ...]
    fragments: tuple[tuple[str, int], ...]
    text: str

    @property
    def category(self) -> str:
        """The id of the category whose page this is, or ''."""
        folder, _, rest = self.path.partition("/")
        return rest.rstrip("/") if folder == "categories" and rest.count("/") == 1 else ""


def address(file: str) -> str:
    """Where a builder puts a Markdown file of content/: `categories/llm.md` becomes `categories/llm/`."""
    folder, _, name = file.rpartition("/")
    stem = name.removesuffix(".md")
    return "/".join(p for p in (folder, "" if stem in {"index", "README"} else stem) if p) + "/" * (
        stem not in {"index", "README"} or bool(folder)
    )


def _prose(text: str) -> str:
    """The text with the inside of fenced code blanked out, so that lines stay where they are."""
    out: list[str] = []
    fence = ""
    for line in text.split("\n"):
        m = _FENCE.match(line)
        if fence:
            out.append("")
            fence = "" if m and m[1].startswith(fence) and not line.strip(" \t`~") else fence
        else:
            fence = m[1] if m else ""
            out.append("" if m else line)
    return "\n".join(out)


def chapter(file: str, text: str) -> Chapter:
    """A chapter from its path below content/ and its text."""
    prose = _prose(text)

    def line(m: re.Match[str]) -> int:
        return prose.count("\n", 0, m.start()) + 1

    return Chapter(
        file=f"content/{file}",
        path=address(file),
        citations=tuple((" ".join(m[1].split()), line(m)) for m in cite.CITATION.finditer(prose)),
        fragments=tuple((m[1], line(m)) for m in cite.FRAGMENT.finditer(prose)),
        text=text,
    )


def read(root: Path) -> tuple[Chapter, ...]:
    """Every hand-written page under content/, in the order of their paths; BadData when one is not UTF-8."""
    out: list[Chapter] = []
    problems: list[Problem] = []
    content = root / "content"
    for path in sorted(content.rglob("*.md")):
        file = path.relative_to(content).as_posix()
        if path.name == SHELL or any(part.startswith(".") for part in file.split("/")):
            continue
        try:
            out.append(chapter(file, path.read_text("utf-8")))
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            problems.append(Problem(f"content/{file}", line, "encoding", "this is not UTF-8; save the file as UTF-8"))
    if problems:
        raise BadData(problems)
    return tuple(out)


def nearest(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for the nearest known word, or ''."""
    near = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def problems(
    chapters: Iterable[Chapter],
    *,
    papers: Collection[str],
    fragments: Collection[str],
    categories: Collection[str],
    extensions: Sequence[str | Mapping[str, Any]] = (),
) -> Iterator[Problem]:
    """What is wrong with the citations and fragments of these chapters.

    `papers` are the known keys, `fragments` the known names, `extensions` those of Markdown that the review
    uses: they decide what is code and so no citation, and are asked only when something is wrong.
    """
    for one in chapters:
        wrong = [(inside, line, why) for inside, line in one.citations if (why := _miscited(inside, papers))]
        if wrong:
            truly = {" ".join(unescape(c).split()) for c in cite.cited(one.text, extensions)}
            yield from (Problem(one.file, line, "citation", why) for inside, line, why in wrong if inside in truly)
        names = {*fragments, cite.REFERENCES, CATEGORY}
        for name, line in one.fragments:
            if name not in names:
                yield Problem(one.file, line, "fragment", f"livre has no fragment {name!r}{nearest(name, names)}")
            elif name == CATEGORY and one.category not in categories:
                hint = nearest(one.category, categories) if one.category else "; it belongs into content/categories/<id>.md"
                yield Problem(one.file, line, "category", f"this is not the page of a category of taxonomy.toml{hint}")
        if one.category in categories and not any(name == CATEGORY for name, _ in one.fragments):
            yield Problem(
                one.file, 1, "category", "the page of a category must say where its papers go: add a line <!-- livre:category -->"
            )


def broken(chapters: Iterable[Chapter], content: Path) -> Iterator[Problem]:
    """Links from these chapters to chapters and pictures under `content` that are not there; a build checks all others."""
    for one in chapters:
        folder = (content.parent / one.file).parent
        prose = _CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), _prose(one.text))
        for m in _LINK.finditer(prose):
            target = unquote((m[1] or m[2]).partition("#")[0].partition("?")[0])
            if not target or _ABSOLUTE.match(target) or not target.lower().endswith(_FILES):
                continue
            file = Path(os.path.normpath(folder / target))
            if not (file.is_relative_to(content) and file.is_file()):
                line = prose.count("\n", 0, m.start()) + 1
                close = nearest(file.name, (f.name for f in file.parent.glob("*"))) if file.parent.is_dir() else ""
                yield Problem(one.file, line, "link", f"this links to {target[:80]!r}, which is not in content/{close}")


def _miscited(inside: str, papers: Collection[str]) -> str:
    """Why this cannot be cited, or ''."""
    try:
        unknown = [k for k in cite.keys(inside) if k not in papers]
    except ValueError as error:
        return str(error)
    return "; ".join(f"no paper has the key {k!r}{nearest(k, papers)}" for k in unknown)


def fill(html: str, path: str, where: str, *, fragments: Mapping[str, str], papers: Mapping[str, Paper], templates: Templates) -> str:
    """The page with its fragments and citations put in; nothing that is put in is looked at again.

    BadData when Markdown found one in the file `where` that `problems` had taken for code.
    """
    cited = [unescape(m[1]) for m in cite.PLACEHOLDER.finditer(html)]
    wrong = [why for inside in cited if (why := _miscited(inside, papers))]
    wrong += [
        f"livre:{name} was not found in the source; is it next to a code block that has no end?" for name in _named(html) - {*fragments}
    ]
    if wrong:
        raise BadData(Problem(where, 0, "citation", why) for why in wrong)
    known = cite.references((k for inside in cited for k in cite.keys(inside)), papers)

    def put(m: re.Match[str]) -> str:
        name, inside = m.groups()
        if name == cite.REFERENCES:
            return templates.fragment(cite.REFERENCES, path, {"references": tuple(known.values())})
        if name:
            return fragments[name]
        return templates.fragment("cite", path, {"references": tuple(known[k] for k in cite.keys(unescape(inside)))})

    if CATEGORY in _named(html):
        html = html.replace("</h1>", _JUMP, 1).replace("</head>", f"{_followed(path)}</head>", 1)
    return _SLOT.sub(put, html)


def _followed(path: str) -> str:
    """The feeds of the category whose chapter lies at this path, for its head."""
    feed = "../" * path.count("/") + f"feeds/{path.split('/')[1]}"
    kinds = (("atom+xml", "atom"), ("feed+json", "json"))
    return "".join(f'<link rel=" alternate" type="application/{kind}" title="This category" href="{feed}.{end}">\n' for kind, end in kinds)


def _named(html: str) -> set[str]:
    return {m[1] for m in cite.FRAGMENT.finditer(html)} - {cite.REFERENCES}
