"""Feeds: what is new, as Atom (RFC 4287) and as JSON Feed 1.1, whole or of one category, and what was withdrawn or corrected.

Every date comes from the records, so that the same corpus gives the same bytes. Where nobody said where the site will be, links are
relative, which readers resolve against the feed's own address. All feeds lie in one folder, so an entry is written once for all of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..latex import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..model import Paper
    from .render import Site

ALL, NOTICES = "all", "notices"
"""The names of the feed of all papers, and of the one of what was withdrawn, retracted, corrected or replaced."""
NEWEST = 50
_ATOM, _JSON = "http://www.w3.org/2005/Atom", "https://jsonfeed.org/version/1.1"
_AUTHORS = 20
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = "1970-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed before it is written: its name in the address, what it is called, the address of the page that it follows.

    `papers` are its entries, the first ones first; with `notices` an entry is about the status of its paper.
    """

    name: str
    title: str
    page: str
    papers: tuple[Paper, ...]
    notices: bool = False


def name(*categories: str) -> str:
    """The name of the feed of what is in all of these categories: `llm.dermatology`. No id of a category holds a full stop."""
    return ".".join(categories)


def paths(name: str) -> tuple[str, str]:
    """Where the feed of this name lies: as Atom, as JSON."""
    return f"feeds/{name}.atom", f"feeds/{name}.json"


def legal(text: str) -> str:
    """The text without the few characters that XML cannot hold."""
    return _ILLEGAL.sub("\ufffd", text)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = legal(text)


def _day(date: str) -> str:
    """A day, also where only the month or the year is known."""
    return (date + _EPOCH[len(date) :]) if date else _EPOCH


def _moment(date: str) -> str:
    return f"{_day(date)}T00:00:00Z"


def changed(paper: Paper) -> str:
    """The last day on which something is known to have happened to a paper, or '' when nothing is."""
    return max((_day(d) for d in (paper.added, paper.source.stamp[:10], *(v.on for v in paper.versions)) if d), default="")


def newest(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """The papers in the order in which feeds tell of them: those that came last first."""
    return tuple(sorted(papers, key=lambda p: (_day(p.added or p.date), p.date, p.key), reverse=True))


def since(papers: Iterable[Paper]) -> str:
    """The day on which the first paper came: part of every id, so it must be asked of all papers that ever were."""
    return min((_day(p.added) for p in papers if p.added), default=_EPOCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Every feed of a review that has ended says so: since which ISO day, and in which words."""

    on: str
    text: str


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes feeds of one site; `titles` are those of its categories, `since` is what `since` says of all papers."""

    site: Site
    titles: Mapping[str, str]
    since: str
    ended: Ended | None = None
    _entries: dict[tuple[str, bool], tuple[str, str]] = field(default_factory=dict)

    def files(self, feeds: Iterable[Feed]) -> Iterator[tuple[str, bytes]]:
        """Every feed in both formats, as (path, bytes)."""
        for feed in feeds:
            atom, jsonfeed = paths(feed.name)
            yield atom, self.atom(feed)
            yield jsonfeed, self.json(feed)

    @property
    def _root(self) -> str:
        return self.site.url or "../"

    def _identity(self, path: str) -> str:
        """An id that stays the same for ever: a tag (RFC 4151) of the site's own address, or a UUID where there is none."""
        if not self.site.url:
            return uuid5(NAMESPACE_URL, f"livre:{path}").urn
        address = urlsplit(self.site.url)
        return f"tag:{address.hostname},{self.since}:{quote(address.path + path, safe='/#')}"

    def _title(self, feed: Feed) -> str:
        title = f"{self.site.name}: {feed.title}" if feed.title else self.site.name
        return f"{title} (ended)" if self.ended else title

    def atom(self, feed: Feed) -> bytes:
        """The feed as Atom."""
        atom, _ = paths(feed.name)
        root = Element("feed", {"xmlns": _ATOM})
        of = feed.papers[:NEWEST]
        _text(root, "id", self._identity(atom))
        _text(root, "title", self._title(feed))
        if self.site.description:
            _text(root, "subtitle", self.site.description)
        last = [self.ended.on] if self.ended else []
        _text(root, "updated", _moment(max([*last, *(_updated(p) for p in of)], default="")))
        SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": self._root + feed.page})
        if self.site.url:
            SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": self.site.url + atom})
        _text(SubElement(root, "author"), "name", self.site.name)
        indent(root)
        head: str = tostring(root, encoding="unicode")
        entries = "".join(f"  {entry}\n" for entry, _ in self._entries_of(feed))
        return f'<?xml version="1.0" encoding="utf-8"?>\n{head.removesuffix("</feed>")}{entries}</feed>\n'.encode()

    def json(self, feed: Feed) -> bytes:
        """The feed as JSON, one entry a line."""
        _, path = paths(feed.name)
        head = {
            "version": _JSON,
            "title": legal(self._title(feed)),
            "home_page_url": self._root + feed.page,
            **({"feed_url": self.site.url + path} if self.site.url else {}),
            **({"description": legal(self.site.description)} if self.site.description else {}),
            "authors": [{"name": legal(self.site.name)}],
            **({"expired": True} if self.ended else {}),
        }
        items = ",\n".join(item for _, item in self._entries_of(feed))
        return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "items": [\n{items}\n]}}\n'.encode()

    def _entries_of(self, feed: Feed) -> Iterator[tuple[str, str]]:
        """The entries of a feed, each as Atom and as JSON; that of the review's end comes first."""
        if self.ended:
            yield self._end(self.ended)
        yield from (self._entry(p, feed.notices) for p in feed.papers[:NEWEST])

    def _end(self, ended: Ended) -> tuple[str, str]:
        identity, title = self._identity("#retired"), "This review has ended"
        entry = Element("entry")
        _text(entry, "id", identity)
        _text(entry, "title", title)
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": self._root})
        _text(entry, "updated", _moment(ended.on))
        _text(entry, "summary", ended.text)
        indent(entry, level=1)
        item = {"id": identity, "url": self._root, "title": title, "content_text": legal(ended.text), "date_modified": _moment(ended.on)}
        atom: str = tostring(entry, encoding="unicode")
        return atom.rstrip(), json.dumps(item, ensure_ascii=False, separators=(",", ":"))

    def _entry(self, paper: Paper, notice: bool) -> tuple[str, str]:
        """The paper as Atom and as JSON; written once, however many feeds tell of it."""
        if (known := self._entries.get((paper.key, notice))) is None:
            known = self._entries[paper.key, notice] = self._written(paper, notice)
        return known

    def _written(self, paper: Paper, notice: bool) -> tuple[str, str]:
        path, title = f"papers/{paper.key}/", plain(paper.title)
        status = paper.status.value
        identity = self._identity(f"{path}#{status}" if notice else path)
        title = legal(f"{status.capitalize()}: {title}" if notice else title)
        summary = legal(plain(paper.abstract) or f"{plain(paper.title)} ({paper.primary})")
        names = [legal(str(n)) for n in paper.authors[:_AUTHORS]]
        if (more := len(paper.authors) - _AUTHORS) > 0:
            names.append(f"and {more} others")
        tags = [(c, legal(self.titles.get(c, c))) for c in paper.categories]
        published, updated = "" if notice else _moment(paper.added or paper.date), _moment(_updated(paper))
        entry = Element("entry")
        _text(entry, "id", identity)
        _text(entry, "title", title)
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{self._root}{path}"})
        SubElement(entry, "link", {"rel": "related", "href": paper.primary.url})
        if published:
            _text(entry, "published", published)
        _text(entry, "updated", updated)
        for one in names:
            _text(SubElement(entry, "author"), "name", one)
        for term, label in tags:
            SubElement(entry, "category", {"term": term, "label": label})
        _text(entry, "summary", summary)
        indent(entry, level=1)
        item: dict[str, Any] = {
            "id": identity,
            "url": f"{self._root}{path}",
            "external_url": paper.primary.url,
            "title": title,
            "content_text": summary,
            "date_published": published,
            "date_modified": updated,
            "authors": [{"name": one} for one in names],
            "tags": [label for _, label in tags],
        }
        atom: str = tostring(entry, encoding="unicode")
        return atom.rstrip(), json.dumps({k: v for k, v in item.items() if v}, ensure_ascii=False, separators=(",", ":"))


def _updated(paper: Paper) -> str:
    return max(changed(paper), _day(paper.added or paper.date))
