r"""Citations in chapters: `[@key]` and `[@key1; @key2]`, as an extension of Python-Markdown.

The only importer of markdown. The extension never sees a paper: it leaves an inert
placeholder, and the site fills in authors, year and link after the builder has run, so no
text of a paper passes through Markdown. Code is left alone, and so is `\[@key]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from ..names import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..model import Paper

_CITATION = r"\[@([^\[\]]+)\](?![(\[])"
CITATION = re.compile(r"(?<!\\)" + _CITATION)
"""A citation in Markdown; `[@name](address)` is a link and not one."""
PLACEHOLDER = re.compile(r'<cite data-livre="([^"]*)"></cite>')
"""What stands for a citation in HTML."""
FRAGMENT = re.compile(r"<!--\s*livre:\s*(\S*?)\s*-->")
"""A generated fragment, named in a comment of its own."""
REFERENCES = "references"
"""The fragment that lists what a chapter cites; put under a heading where the chapter does not say where."""


def keys(inside: str) -> tuple[str, ...]:
    """The keys of a citation from what stands between `[@` and `]`; ValueError quotes what is not one."""
    first, *rest = (piece.strip() for piece in inside.split(";"))
    for piece in rest:
        if not piece.startswith("@"):
            raise ValueError(f"write @ before each key: {piece!r}")
    found = (first, *(piece[1:] for piece in rest))
    for key in found:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a key; a citation is [@key] or [@key; @key], without pages or words")
    return found


class _Inline(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        return Element("cite", {"data-livre": " ".join(m[1].split())}), m.start(0), m.end(0)


class _Tree(Treeprocessor):
    """Ends a chapter that cites with a heading and the place of its references, before generated fragments if it ends with some."""

    def run(self, root: Element) -> None:
        stash = self.md.htmlStash
        blocks = (FRAGMENT.fullmatch(str(block).strip()) for block in stash.rawHtmlBlocks)
        raw = {stash.get_placeholder(i): m[1] for i, m in enumerate(blocks) if m}
        if REFERENCES in raw.values() or not any("data-livre" in c.attrib for c in root.iter("cite")):
            return
        at = len(root)
        while at and (root[at - 1].get("class") == "footnote" or root[at - 1].text in raw):
            at -= 1
        heading, place = Element("h2"), Element("p")
        heading.text, place.text = "References", stash.store(f"<!-- livre:{REFERENCES} -->")
        root[at:at] = [heading, place]


class Citations(Extension):
    """The extension as Markdown wants it; it has no options."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Citations come after code and escapes and before links; the heading comes before the table of contents."""
        md.inlinePatterns.register(_Inline(_CITATION, md), "livre-cite", 175)
        md.treeprocessors.register(_Tree(md), "livre-references", 15)


def makeExtension(**options: Any) -> Citations:
    """What Markdown calls when a configuration names `livre.site.cite`."""
    return Citations(**options)


def cited(text: str, extensions: Sequence[str | Mapping[str, Any]] = ()) -> frozenset[str]:
    """What is truly cited in a chapter: the insides of its citations as Markdown sees them, code left out."""
    names = [e if isinstance(e, str) else next(iter(e)) for e in extensions]
    options = {name: dict(o or {}) for e in extensions if not isinstance(e, str) for name, o in e.items()}
    html = Markdown(extensions=["tables", "fenced_code", *names, Citations()], extension_configs=options).convert(text)
    return frozenset(PLACEHOLDER.findall(html))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A cited paper as a text names it: `Liu et al.`, `2025a`."""

    paper: Paper
    names: str
    year: str


def _names(paper: Paper) -> str:
    families = [name.family for name in paper.authors]
    if len(families) > 2:  # noqa: PLR2004 - three authors are many
        return f"{families[0]} et al."
    return " and ".join(families) or paper.shorttitle or paper.title


def references(cited_keys: Iterable[str], papers: Mapping[str, Paper]) -> dict[str, Reference]:
    """The cited papers by key, in the order of a reference list; those that would read the same get a letter."""
    plain = sorted((_names(papers[k]), papers[k].date[:4] or "n.d.", papers[k].date, k) for k in set(cited_keys))
    plain.sort(key=lambda r: r[0].casefold())
    out: dict[str, Reference] = {}
    for names, year, _, key in plain:
        twins = [k for n, y, _, k in plain if (n, y) == (names, year)]
        letter = chr(ord("a") + twins.index(key)) if 1 < len(twins) <= 26 else ""  # noqa: PLR2004 - the letters
        out[key] = Reference(paper=papers[key], names=names, year=year + letter)
    return out
