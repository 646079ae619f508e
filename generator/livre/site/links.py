"""Every link inside the site leads somewhere, and nothing is loaded from anywhere else.

Pages are scanned as they are written and only what they point to is kept, so that a check of
100,000 pages needs neither a second reading nor their text.
"""

from __future__ import annotations

import posixpath
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..model import Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

_TAG = re.compile(r"""<[a-zA-Z][^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_NAME = re.compile(r"<([^\s/>]+)")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LINKS = frozenset({"href", "src", "srcset", "action", "poster", "data", "xlink:href"})
_ABSOLUTE = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.-]*):|//)")
_LOADED = re.compile(r"""(?:url\(|@import)\s*["']?(?!data:|#)([^)"';\s]+)""", re.IGNORECASE)
_NAVIGABLE = frozenset({"a", "area"})
_SCHEMES = frozenset({"http", "https", "mailto"})
"""What a reader may be sent to."""
_HINTS = frozenset({"canonical", "alternate", "license", "author", "cite-as", "item", "describedby", "type", "collection", "me"})
"""The relations of a `<link>` that load nothing."""
_MOST = 100


def _page(path: str) -> str:
    """The file that answers for an address: `papers/` is `papers/index.html`."""
    return path + "index.html" if not path or path.endswith("/") else path


class Links:
    """What the pages of one build point to; `base` is the path of the site on its host."""

    def __init__(self, base: str = "/") -> None:
        self.base = base
        self.targets: dict[str, tuple[str, str]] = {}
        self.ids: dict[str, frozenset[str]] = {}
        self.problems: list[Problem] = []
        self.here: set[str] = set()
        self.seen: dict[str, set[str]] = {}

    def page(self, path: str, html: str, where: str, *, shared: frozenset[str] = frozenset()) -> frozenset[str]:
        """Note what the page (or frame) at the address `path` holds; the ids that it defines, with those of its frame.

        `where` is the file to mend when something is wrong.
        """
        root = "../" * path.count("/")
        seen = self.seen.setdefault(root, set())
        ids: list[str] = []
        for tag in _TAG.findall(html):
            if tag in seen:
                continue
            attributes = {k.lower(): a or b or c for k, a, b, c in _ATTRIBUTE.findall(tag)}
            if "id" in attributes:
                ids.append(unescape(attributes["id"]))
            everywhere = "id" not in attributes
            for name in attributes.keys() & _LINKS:
                value = attributes[name]
                everywhere &= (value.startswith(root) and not value.startswith("#")) or bool(_ABSOLUTE.match(value))
                self._note(path, root, tag, name, value, attributes.get("rel", ""), where)
            if everywhere:
                seen.add(tag)
        mine = frozenset(ids)
        within = mine | shared
        if len(mine) < len(ids) or not mine.isdisjoint(shared):
            twice = sorted({i for i in ids if ids.count(i) > 1} | mine & shared)
            self.problems.append(Problem(where, 0, "duplicate-id", f"/{path} gives the id {twice[0]!r} to more than one element"))
        self.ids[_page(path)] = within
        for fragment in sorted(self.here - within):
            self.problems.append(Problem(where, 0, "link", f"/{path} links to #{fragment}, and nothing in it has that id"))
        self.here.clear()
        return mine

    def _note(self, path: str, root: str, tag: str, name: str, value: str, rel: str, where: str) -> None:
        """Note one link; `tag` is the whole tag that holds it."""
        value = unescape(value).strip() if "&" in value else value.strip()
        if name == "srcset":
            for candidate in value.split(","):
                self._note(path, root, tag, "src", (candidate.split() or [""])[0], rel, where)
            return
        if m := _ABSOLUTE.match(value):
            self._away(path, _NAME.findall(tag)[0].lower(), value, (m[1] or "https").lower(), frozenset(rel.lower().split()), where)
            return
        target, hash_, fragment = value.partition("#")
        target = target.partition("?")[0]
        if root and target.startswith(root) and "./" not in (rest := target[len(root) :]):
            target = rest
        elif not target:
            if fragment and fragment != "__top":
                self.here.add(unquote(fragment))
            return
        else:
            target = self._joined(path, target)
        target = _page(unquote(target) if "%" in target else target)
        self.targets.setdefault(f"{target}#{unquote(fragment)}" if hash_ and fragment else target, (path, where))

    def _joined(self, path: str, target: str) -> str:
        if target.startswith("/"):
            if not f"{target}/".startswith(self.base):
                return f"..{target}"
            path, target = "", target[len(self.base) :] or "."
        joined = posixpath.normpath(posixpath.join(path.rpartition("/")[0], target))
        is_folder = target.endswith("/") or posixpath.basename(target) in {".", ".."}
        return "" if joined == "." else joined + "/" * is_folder

    def _away(self, path: str, tag: str, value: str, scheme: str, rel: frozenset[str], where: str) -> None:
        if tag in _NAVIGABLE and scheme in _SCHEMES:
            return
        if tag == "link" and scheme in _SCHEMES and rel and rel <= _HINTS:
            return
        if tag == "img" and value.startswith("data:image/"):
            return
        what = (
            "nothing is loaded from another host: put a copy into content/"
            if scheme in _SCHEMES
            else f"links of the scheme {scheme!r} are not followed"
        )
        self.problems.append(Problem(where, 0, "foreign", f"/{path} has <{tag}> {value[:80]!r}; {what}"))

    def stylesheet(self, path: str, css: str, where: str) -> None:
        """Note what the stylesheet at `path` loads: `url(…)` and `@import`."""
        root = "../" * path.count("/")
        for value in _LOADED.findall(css):
            self._note(path, root, "<style>", "src", value, "", where)

    def broken(self, claimed: Container[str]) -> Iterator[Problem]:
        """What is wrong in all the pages noted, given every path that was written; at most a hundred problems."""
        yield from self.problems[:_MOST]
        left = _MOST - len(self.problems)
        for target, (path, where) in self.targets.items():
            file, _, fragment = target.partition("#")
            if file not in claimed:
                message = f"/{path} links to /{file.removesuffix('index.html')}, which is not part of the site"
            elif fragment and fragment not in self.ids.get(file, frozenset()):
                message = f"/{path} links to #{fragment} in /{file.removesuffix('index.html')}, where nothing has that id"
            else:
                continue
            left -= 1
            if left < 0:
                return
            yield Problem(where, 0, "link", message)


def base_of(url: str) -> str:
    """The path part of the site's address, with both slashes; `/` where there is no address."""
    return (urlsplit(url).path or "/") if url else "/"
