"""Papers and candidates as BibTeX entries: which field says what, and what is wrong with one that does not.

Field values are as they stand between the outer braces. Text is in the value form of `latex`, identifiers,
dates and URLs stand as they are. Law: `to_paper(to_entry(p), p.shard) == p`, and the same for candidates.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import names
from .errors import BadData, BrokenInvariant
from .latex import decode, encode
from .model import ARXIV_CLASS, DATE, Candidate, Identifier, Name, Paper, Problem, Source, Status, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FIELDS = (
    "title", "shorttitle", "author", "date", "versions", "eprint", "eprinttype", "eprintclass", "crosslists", "doi",
    "journaltitle", "url", "code", "weights", "comment", "keywords", "abstract", "milestone", "role", "status",
    "added", "source", "curated",
)  # fmt: skip
"""The fields we know, in the order they are written."""

PAPER_FIELDS = frozenset({"shorttitle", "keywords", "milestone", "role", "added", "curated"})
"""Fields that only a member of the corpus has."""

INSTEAD = {
    "year": "date = {2025}", "month": "date = {2025-03}", "journal": "journaltitle = {...}", "booktitle": "journaltitle = {...}",
    "archiveprefix": "eprinttype = {arxiv}", "primaryclass": "eprintclass = {cs.CV}", "keyword": "keywords = {...}",
}  # fmt: skip
"""Fields of other dialects that would be kept and never looked at: what to write instead."""

FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_CATEGORY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_VERSION = re.compile(r"v([1-9][0-9]{0,3})(?: (\S+))?")
_SOURCE = re.compile(r"(?P<route>[a-z][a-z0-9-]*)(?: v(?P<version>[1-9][0-9]{0,3}))?(?: (?P<stamp>[0-9]\S*))?")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_PLAIN_DOI = re.compile(r"10\.[0-9]+/[a-z0-9]+(?:\.[a-z0-9]+)*")
_OTHERS = re.compile(r"\band\s+others$")
_DAY = len("2025-03-14")
_LONGEST_PLAIN_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One BibTeX entry; where it was read from (`path`, the 1-based `line`, one of `lines` a field) is not compared."""

    kind: str
    key: str
    fields: tuple[tuple[str, str], ...]
    path: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    lines: tuple[int, ...] = field(default=(), compare=False, repr=False)


def is_date(text: str) -> bool:
    """Whether this is a year, a month or a day that exists, in ISO 8601."""
    if not DATE.fullmatch(text):
        return False
    try:
        return len(text) < _DAY or bool(date.fromisoformat(text))
    except ValueError:
        return False


def url(text: str) -> str:
    """An http(s) address, percent-encoded where BibTeX or HTML would stumble; ValueError when it is none."""
    text = quote(text.strip(), safe="/:?#[]@!$&'()*+,;=%~-._")
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    if not _URL.fullmatch(text):
        raise ValueError("an address starts with https:// or http:// and names a host")
    return text


def candidate_key(identifier: Identifier) -> str:
    """The key of a candidate's entry: the slug of its identifier, with a checksum where two identifiers could share a slug."""
    plain = names.slug(str(identifier))
    if len(plain) <= _LONGEST_PLAIN_KEY and (identifier.scheme == "arxiv" or _PLAIN_DOI.fullmatch(identifier.value)):
        return plain
    return f"{plain[:50].rstrip('-')}-{hashlib.sha256(str(identifier).encode()).hexdigest()[:12]}"


def _written(record: Candidate) -> Iterator[tuple[str, str]]:
    """Every field of a record with its value, empty ones included, in no order."""
    arxiv = [i.value for i in record.identifiers if i.scheme == "arxiv"]
    versions = (f"v{v.number} {v.on}".strip() for v in record.versions)
    source = record.source
    stamped = [source.route, *([f"v{source.version}"] if source.version else []), *([source.stamp] if source.stamp else [])]
    yield "title", encode(record.title)
    yield "author", encode(names.write(record.authors))
    yield "date", record.date
    yield "versions", ", ".join(versions)
    yield "eprint", " ".join(arxiv)
    yield "eprinttype", "arxiv" if arxiv else ""
    yield "eprintclass", record.classes[0] if record.classes else ""
    yield "crosslists", ", ".join(record.classes[1:])
    yield "doi", " ".join(i.value for i in record.identifiers if i.scheme == "doi")
    yield "journaltitle", encode(record.journal)
    yield "url", record.url
    yield "code", " ".join(record.code)
    yield "weights", " ".join(record.weights)
    yield "comment", encode(record.comment)
    yield "abstract", encode(record.abstract)
    yield "status", record.status.value
    yield "source", " ".join(stamped) if source != Source() else ""
    if isinstance(record, Paper):
        yield "shorttitle", encode(record.shorttitle)
        yield "keywords", ", ".join(record.categories)
        yield "milestone", encode(record.milestone)
        yield "role", "background" if record.background else ""
        yield "added", record.added
        yield "curated", ", ".join(record.curated)


def to_entry(record: Candidate) -> Entry:
    """The entry of a paper, or of a candidate under the key of its primary identifier; empty fields are left out."""
    key = record.key if isinstance(record, Paper) else candidate_key(record.primary)
    if not record.title:
        raise BrokenInvariant(f"{record.primary} has no title, and a file that says so could not be read again")
    values = dict(_written(record))
    known = ((name, values[name]) for name in FIELDS if values.get(name))
    return Entry(kind=record.kind, key=key, fields=(*known, *sorted(record.extra)))


class _Reader:
    """Takes an entry's fields one by one and remembers what is wrong with them."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.values = dict(entry.fields)
        self.lines = dict(zip(self.values, entry.lines, strict=False))
        self.problems: list[Problem] = []

    def wrong(self, name: str, message: str, code: str = "bib-value") -> None:
        line = self.lines.get(name, self.entry.line)
        self.problems.append(Problem(self.entry.path, line, code, f"{self.entry.key}: {message}"))

    def take(self, name: str, read: Callable[[str], object], empty: object, write: str) -> Any:
        """The field read by `read`, or `empty` if it is absent or `read` raises; `write` says what to write instead."""
        value = self.values.pop(name, "")
        if not value:
            return empty
        try:
            return read(value)
        except ValueError as error:
            self.wrong(name, f"{name} = {{{value if len(value) < 60 else value[:57] + '...'}}}: {error}; write {write}")  # noqa: PLR2004
            return empty

    def text(self, name: str) -> str:
        return str(self.take(name, decode, "", "text"))


def _authors(value: str) -> tuple[Name, ...]:
    if _OTHERS.search(value):
        raise ValueError("all names, please")
    return names.read(value)


def _date(value: str) -> str:
    if not is_date(value):
        raise ValueError("no such date")
    return value


def _dates(value: str) -> tuple[Version, ...]:
    found = [_VERSION.fullmatch(piece.strip()) for piece in value.split(",")]
    versions = tuple(Version(number=int(m[1]), on=_date(m[2]) if m[2] else "") for m in found if m)
    if not all(found) or [v.number for v in versions] != sorted({v.number for v in versions}):
        raise ValueError("versions are numbered upwards")
    return versions


def _identifiers(scheme: str) -> Callable[[str], tuple[Identifier, ...]]:
    def read(value: str) -> tuple[Identifier, ...]:
        found = tuple(Identifier.parse(piece) for piece in value.split())
        if scheme == "arxiv" and any(i.scheme != scheme for i in found):
            raise ValueError("not an arXiv id")
        if scheme == "doi" and any(
            i.scheme != scheme and not p.startswith("10.48550/") for i, p in zip(found, value.lower().split(), strict=True)
        ):
            raise ValueError("not a DOI")
        return found

    return read


def _list(pattern: re.Pattern[str], what: str) -> Callable[[str], tuple[str, ...]]:
    def read(value: str) -> tuple[str, ...]:
        pieces = tuple(piece.strip() for piece in value.split(","))
        if bad := [piece for piece in pieces if not pattern.fullmatch(piece)]:
            raise ValueError(f"{bad[0]!r} is not {what}")
        if len(set(pieces)) < len(pieces):
            raise ValueError("one of them is there twice")
        return pieces

    return read


def _one(known: Iterable[str]) -> Callable[[str], str]:
    allowed = tuple(known)

    def read(value: str) -> str:
        if value not in allowed:
            raise ValueError("not one of the known words")
        return value

    return read


def _source(value: str) -> Source:
    if not (m := _SOURCE.fullmatch(value)):
        raise ValueError("not a route, a version and a day")
    return Source(route=m["route"], version=int(m["version"] or 0), stamp=m["stamp"] or "")


def _urls(value: str) -> tuple[str, ...]:
    return tuple(url(piece) for piece in value.split())


def _facts(reader: _Reader) -> dict[str, Any]:
    """What papers and candidates have in common."""
    take = reader.take
    title = reader.text("title")
    if not title and not reader.problems:
        reader.wrong("title", "there is no title: write title = {...}", "bib-missing")
    take("eprinttype", _one(["arxiv", "arXiv"]), "", "eprinttype = {arxiv}, or move the identifier to doi")
    named = "eprint" in reader.values or "doi" in reader.values
    arxiv = take("eprint", _identifiers("arxiv"), (), "eprint = {2503.02104}, without a version")
    doi = take("doi", _identifiers("doi"), (), "doi = {10.1000/182}")
    if not named:
        reader.wrong("", "there is no identifier: write eprint = {...} for an arXiv id or doi = {...}", "bib-missing")
    primary = take("eprintclass", _list(ARXIV_CLASS, "an arXiv category"), (), "eprintclass = {cs.CV}")
    if len(primary) > 1 or ("crosslists" in reader.values and not primary):
        at = "eprintclass" if primary else "crosslists"
        reader.wrong(at, "eprintclass is the one primary category; all others are crosslists = {cs.AI, cs.LG}")
    others = take("crosslists", _list(ARXIV_CLASS, "an arXiv category"), (), "crosslists = {cs.AI, cs.LG}")
    return {
        "kind": reader.entry.kind,
        "title": title,
        "authors": take("author", _authors, (), "author = {Family, Given and Family, Given and {Collaboration}}"),
        "date": take("date", _date, "", "date = {2025-03-14}, {2025-03} or {2025}"),
        "versions": take("versions", _dates, (), "versions = {v1 2025-03-04, v2 2025-04-01}"),
        "identifiers": tuple(sorted({*arxiv, *doi})),
        "classes": (*primary, *others),
        "journal": reader.text("journaltitle"),
        "url": take("url", url, "", "url = {https://...}"),
        "code": take("code", _urls, (), "code = {https://...}, several with a space between"),
        "weights": take("weights", _urls, (), "weights = {https://...}, several with a space between"),
        "comment": reader.text("comment"),
        "abstract": reader.text("abstract"),
        "status": Status(take("status", _one(Status), "", "withdrawn, retracted, corrected or replaced")),
        "source": take("source", _source, Source(), "source = {oai v2 2025-04-01}"),
    }


def _extra(reader: _Reader) -> tuple[tuple[str, str], ...]:
    """The fields that nobody took: unknown ones are kept, those of another dialect are not understood in silence."""
    for name in reader.values:
        if name in INSTEAD:
            reader.wrong(name, f"{name} is not read here: write {INSTEAD[name]}", "bib-field")
        elif name in PAPER_FIELDS:
            reader.wrong(name, f"{name} belongs to papers and this is a candidate: remove it", "bib-field")
    return tuple(sorted(reader.values.items()))


def to_paper(entry: Entry, shard: str) -> Paper:
    """The paper of an entry in the file of `shard`; BadData carries every problem of every field."""
    reader = _Reader(entry)
    if not names.KEY.fullmatch(entry.key) or names.DEVICES.fullmatch(entry.key):
        reader.wrong("", "a key has 3 to 64 of a-z, 0-9 and -, such as liu2025foundation", "bib-key")
    facts = _facts(reader)
    own: dict[str, Any] = {
        "shorttitle": reader.text("shorttitle"),
        "categories": reader.take("keywords", _list(_CATEGORY, "a category id"), (), "keywords = {llm, radiology}"),
        "milestone": reader.text("milestone"),
        "background": reader.take("role", _one(["background"]), "", "role = {background}") != "",
        "added": reader.take("added", _date, "", "added = {2025-03-14}"),
        "curated": reader.take("curated", _list(FIELD_NAME, "a field or facet"), (), "curated = {keywords, title}"),
    }
    extra = _extra(reader)
    if reader.problems:
        raise BadData(reader.problems)
    return Paper(**facts, **own, extra=extra, key=entry.key, shard=shard)


def to_candidate(entry: Entry) -> Candidate:
    """The candidate of an entry, whose key says nothing; BadData carries every problem of every field."""
    reader = _Reader(entry)
    facts = _facts(reader)
    extra = _extra(reader)
    if reader.problems:
        raise BadData(reader.problems)
    return Candidate(**facts, extra=extra)
