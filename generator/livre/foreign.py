"""Other people's libraries, read only: BibTeX of any dialect, RIS, CSL-JSON.

What has an identifier becomes a candidate; what has none, or cannot be read, is a Problem and left out.
Personal fields (file paths, notes, tags) are never kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rispy  # type: ignore[import-untyped]  # it ships no types

from . import names
from .bibtex import MONTHS, fault, foreign_entries
from .entry import FIELD_NAME, is_date
from .entry import url as address
from .errors import BadData
from .latex import encode, normal
from .model import ARXIV_CLASS, ARXIV_ID, Candidate, Identifier, Name, Problem, Status
from .plaintext import contents, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """An entry of a foreign file: its facts, and what only papers have, if the file is of our own dialect."""

    candidate: Candidate
    shorttitle: str = ""
    milestone: str = ""
    background: bool = False
    curated: tuple[str, ...] = ()
    line: int = 0


KEPT = frozenset({
    "publisher", "volume", "number", "pages", "series", "edition", "issn", "isbn", "location", "institution", "organization",
    "eventtitle", "pmid", "pmcid", "language",
})  # fmt: skip
"""Unknown fields that are facts of the publication; all others stay behind."""

_ARXIV_IN_TEXT = re.compile(rf"(?ia)(?:arxiv ?[:.]? ?(?:preprint )?(?:arxiv ?: ?)?|abs/)(?P<id>{ARXIV_ID.pattern})(?![0-9])")
_ARXIV_ONLY = re.compile(r"(?i)\W*(?:arxiv|corr)\b.*")
_DATE = re.compile(r"\s*(?P<y>\d{4})(?:[-/](?P<m>\d{1,2})(?:[-/](?P<d>\d{1,2}))?)?")
_MONTH = re.compile(r"(?i)\W*(?P<name>[a-z]{3})[a-z]*|\W*(?P<number>\d{1,2})\b")
_TAG = re.compile(r"</?(?:i|b|sup|sub|sc|jats:[a-z]+)>|<span(?: style=\"[^\"<>]*\")?>|</span>")
_OTHERS = re.compile(r"(?i)(?:^|\s)and\s+others\s*$")

_KINDS = {
    **dict.fromkeys(("CONF", "CPAPER", "paper-conference"), "inproceedings"),
    **dict.fromkeys(("CHAP", "chapter"), "incollection"),
    **dict.fromkeys(("THES", "thesis"), "thesis"),
    **dict.fromkeys(("RPRT", "report"), "report"),
}
"""Types of RIS and CSL that are not articles, as kinds of biblatex."""


def when(year: str, month: str = "") -> str:
    """A date as other people write it, as ISO 8601 as far as it is known: `2017/06/12`, `1988/1992`, `2020` with `jan`; '' if none."""
    if not (m := _DATE.match(year)):
        return ""
    parts = [m["y"], *(f"{int(p):02d}" for p in (m["m"], m["d"]) if p)]
    if len(parts) == 1 and (found := _MONTH.match(month)):
        number = MONTHS.index(found["name"].lower()) + 1 if (found["name"] or "").lower() in MONTHS else int(found["number"] or 0)
        parts += [f"{number:02d}"]
    return next((d for n in (3, 2, 1) if is_date(d := "-".join(parts[:n]))), "")


def _identifiers(explicit: Iterable[str], mentioned: Iterable[str]) -> tuple[Identifier, ...]:
    """One arXiv id at most, and DOIs: fields that hold an identifier come before texts that mention one."""
    found: list[Identifier] = []
    for text in explicit:
        try:
            found.append(Identifier.parse(text.replace("\\_", "_").strip(" {}")))
        except ValueError:
            continue
    found += [Identifier.parse(m["id"]) for text in mentioned for m in _ARXIV_IN_TEXT.finditer(one_line(text))]
    arxiv = [i for i in found if i.scheme == "arxiv"][:1]
    return tuple(sorted({*arxiv, *(i for i in found if i.scheme == "doi")}))


def _journal(text: str) -> str:
    """The name of a journal; a preprint server is none."""
    return "" if _ARXIV_ONLY.fullmatch(journal := normal(text)) else journal


class _Shelf:
    """Collects the entries of one file and the reasons for those left out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.adopted: list[Adopted] = []
        self.problems: list[Problem] = []

    def complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, "import-entry", message))

    def add(self, label: str, line: int, facts: Mapping[str, Any], own: Mapping[str, Any] | None = None) -> None:
        """Put one entry on the shelf, if it says what it is."""
        facts = {**facts, "title": normal(facts["title"])}
        label = one_line(label)[:64] or facts["title"][:64] or "an entry"
        if not facts["title"]:
            return self.complain(line, f"{label}: left out: it has no title")
        if not facts["identifiers"]:
            return self.complain(line, f"{label}: left out: it has neither an arXiv id nor a DOI")
        if "url" in facts:
            facts["url"] = self.address(label, line, facts["url"])
        self.adopted.append(Adopted(candidate=Candidate(**facts), line=line, **(own or {})))
        return None

    def address(self, label: str, line: int, text: str) -> str:
        """A URL that may be kept; one that names the identifier's own page says nothing new."""
        if not text or _identifiers([text], []):
            return ""
        try:
            return address(text)
        except ValueError as error:
            self.complain(line, f"{label}: this url is left out: {error}")
            return ""


def _authors(value: str) -> tuple[Name, ...]:
    try:
        return names.read(_OTHERS.sub("", value))
    except ValueError:
        return ()


def _bib_facts(fields: Mapping[str, str]) -> dict[str, Any]:
    def get(*keys: str) -> str:
        return next((fields[k] for k in keys if fields.get(k)), "")

    eprint_kind = get("eprinttype", "archiveprefix").lower()
    explicit = [get("eprint") if eprint_kind in {"", "arxiv"} else "", *get("arxivid", "arxiv").split(), *get("doi").split(), get("url")]
    mentioned = [get("journal", "journaltitle"), get("volume"), get("note"), get("howpublished"), get("number"), get("url")]
    classes = re.split(r"[\s,;]+", " ".join([get("eprintclass", "primaryclass"), get("crosslists")]))
    extra = {n: v for n, v in ((n, encode(normal(v))) for n, v in fields.items() if n in KEPT) if v and not fault(v)}
    return {
        "identifiers": _identifiers(explicit, mentioned),
        "title": get("title"),
        "authors": _authors(get("author", "authors")),
        "date": when(get("date", "year"), get("month")),
        "classes": tuple(dict.fromkeys(c for c in classes if ARXIV_CLASS.fullmatch(c))),
        "journal": _journal(get("journaltitle", "journal", "booktitle")),
        "url": get("url"),
        "abstract": normal(get("abstract")),
        "status": Status(s) if (s := get("status")) in tuple(Status) else Status.CURRENT,
        "extra": tuple(sorted(extra.items())),
    }


def _bib(text: str, shelf: _Shelf) -> None:
    entries, problems = foreign_entries(text, path=shelf.path)
    shelf.problems += problems
    for entry in entries:
        fields = dict(entry.fields)
        if entry.kind in {"xdata", "set"}:
            continue
        facts = _bib_facts(fields)
        facts["kind"] = entry.kind if re.fullmatch("[a-z]+", entry.kind) else "misc"
        for name in ("code", "weights"):
            links = (shelf.address(entry.key, entry.line, link) for link in fields.get(name, "").split())
            facts[name] = tuple(dict.fromkeys(link for link in links if link))
        own = {
            "shorttitle": normal(fields.get("shorttitle", "")),
            "milestone": normal(fields.get("milestone", "")),
            "background": fields.get("role") == "background",
            "curated": tuple(dict.fromkeys(c for c in re.split(r"[\s,]+", fields.get("curated", "")) if FIELD_NAME.fullmatch(c))),
        }
        shelf.add(entry.key, entry.line, facts, own)


def _ris_name(text: str) -> Name | None:
    """`Family, Given, Suffix`, as RIS has it."""
    family, _, rest = text.partition(",")
    given, _, suffix = rest.partition(",")
    return _name(family, given, suffix)


def _name(family: str, given: str = "", suffix: str = "") -> Name | None:
    family, given, suffix = names.clean(family), names.clean(given), names.clean(suffix)
    if not family:
        return names.from_display(given) if given else None
    return Name(family=family, given=given, suffix=suffix if given else "")


def _ris(text: str, shelf: _Shelf) -> None:
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith("TY  -")]
    try:
        records = rispy.loads(text)
    except Exception as error:  # rispy raises whatever it stumbles over: IndexError, KeyError, its own
        raise BadData([Problem(shelf.path, 0, "import-syntax", f"not RIS: {error or type(error).__name__}")]) from error
    if len(records) < len(lines):
        shelf.complain(
            lines[-1], f"{len(lines) - len(records)} of {len(lines)} entries left out: they do not end; write `ER  - ` after each"
        )
    for number, record in enumerate(records):
        line = lines[number] if len(lines) == len(records) else 0

        def get(*keys: str, record: Mapping[str, Any] = record) -> str:
            return next((str(record[k]) for k in keys if record.get(k)), "")

        urls = [str(u) for u in record.get("urls", [])]
        notes = [*map(str, record.get("notes", [])), get("note"), get("number"), get("custom7"), get("accession_number")]
        people = (_ris_name(str(a)) for a in record.get("authors") or record.get("first_authors") or [])
        journal = get("journal_name", "secondary_title", "alternate_title3", "tertiary_title")
        shelf.add(
            get("id"),
            line,
            {
                "identifiers": _identifiers([get("doi"), *urls], [journal, *notes, *urls]),
                "title": get("title", "primary_title"),
                "authors": tuple(n for n in people if n),
                "date": when(get("date", "year", "publication_year")) or when(get("year", "publication_year")),
                "kind": _KINDS.get(get("type_of_reference"), "article"),
                "journal": _journal(journal),
                "url": next(iter(urls), ""),
                "abstract": normal(get("abstract", "notes_abstract")),
            },
        )


def _csl_date(item: Any) -> str:
    match item:
        case {"date-parts": [[year, *rest], *_]}:
            return when("-".join(str(p) for p in (year, *rest[:2])))
        case {"raw": str(text)} | {"literal": str(text)}:
            return when(text)
    return ""


def _csl_names(people: Any) -> Iterator[Name]:
    for person in people if isinstance(people, list) else []:
        if not isinstance(person, dict):
            continue
        part = {k: str(person.get(k) or "") for k in ("family", "given", "suffix", "literal", "non-dropping-particle", "dropping-particle")}
        family = " ".join(p for p in (part["dropping-particle"], part["non-dropping-particle"], part["family"]) if p)
        if name := _name(family or part["literal"], part["given"], part["suffix"]):
            yield name


def _csl(text: str, shelf: _Shelf) -> None:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise BadData([Problem(shelf.path, line, "import-syntax", f"not JSON: {error}")]) from error
    items = items.get("items", [items]) if isinstance(items, dict) else items
    if not isinstance(items, list):
        raise BadData([Problem(shelf.path, 0, "import-syntax", "not CSL-JSON: write a list of items")])
    for item in items:
        if not isinstance(item, dict):
            shelf.complain(0, f"left out: {str(item)[:60]!r} is not an item")
            continue
        text_of = {k: _TAG.sub("", v) if isinstance(v, str) else str(v) if isinstance(v, int) else "" for k, v in item.items()}

        def get(key: str, text_of: Mapping[str, str] = text_of) -> str:
            return text_of.get(key, "")

        journal = get("container-title")
        mentioned = [f"{get('archive')}:{get('archive_location')}", get("number"), journal, get("note"), get("URL")]
        shelf.add(
            get("id"),
            0,
            {
                "identifiers": _identifiers([get("DOI"), get("URL")], mentioned),
                "title": get("title"),
                "authors": tuple(_csl_names(item.get("author"))),
                "date": _csl_date(item.get("issued")),
                "kind": _KINDS.get(get("type"), "article"),
                "journal": _journal(journal),
                "url": get("URL"),
                "abstract": normal(get("abstract")),
            },
        )


_READERS = {".bib": _bib, ".ris": _ris, ".json": _csl}


def read(path: Path) -> tuple[tuple[Adopted, ...], tuple[Problem, ...]]:
    """The entries of a .bib, .ris or CSL-JSON file in its order, and what was left out and why; BadData when none can be read."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadData([Problem(str(path), 0, "import-kind", "not a .bib, .ris or CSL-JSON (.json) file")])
    try:
        text = contents(path, shown=str(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData([Problem(str(path), 0, "import-encoding", f"not UTF-8 at byte {error.start}: save the file as UTF-8")]) from error
    shelf = _Shelf(str(path))
    reader(text.replace("\r\n", "\n").replace("\r", "\n"), shelf)
    if not shelf.adopted and not shelf.problems:
        shelf.complain(0, "there is no entry in this file")
    return tuple(shelf.adopted), tuple(shelf.problems)
