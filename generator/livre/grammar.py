"""What a stranger's BibTeX may be: plain entries and nothing else, read the same by two parsers.

The grammar here is strict and counts every brace, as BibTeX itself does; bibtexparser forgives much and does not count those after
a backslash. What only one of them would see is refused, so that nobody can show a reader one thing and a program another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .bibtex import MONTHS, Entry, foreign_entries
from .model import Problem
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_VALUE = 20_000
"""Characters of one value."""

LONGEST_KEY = 200
MOST_FIELDS = 60
DEEPEST = 20
"""Braces within braces."""

_SPACE = re.compile(r"\s*")
_KIND = re.compile(r"@\s*([A-Za-z]+)\s*")
_KEY = re.compile(r"[^\s,{}\"#%~\\=()@]+")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_:+.-]*)\s*=\s*")
_WORD = re.compile(r"[A-Za-z0-9_:.+-]+")
_BRACES = re.compile(r"[{}\"]")
_FORBIDDEN = {"string": "inbox-macro", "preamble": "inbox-macro", "comment": "inbox-comment"}


class _Refusal(Exception):
    def __init__(self, at: int, code: str, message: str) -> None:
        super().__init__(message)
        self.at, self.code, self.message = at, code, message


class _Text:
    """A text being read from the left; raises a _Refusal where it is not of the grammar."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def space(self) -> str:
        """Passes over white space; the character after it, '' at the end."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def refuse(self, code: str, message: str, at: int | None = None) -> _Refusal:
        return _Refusal(self.at if at is None else at, code, message)

    def _delimited(self) -> str:
        """What stands between the braces or quotes that begin here; every brace counts."""
        start, depth = self.at, 0
        quoted = self.text[start] == '"'
        for m in _BRACES.finditer(self.text, start + quoted):
            if m[0] == '"' and (depth or not quoted):
                continue
            depth += {"{": 1, "}": -1}.get(m[0], 0)
            if depth < 0:
                break
            if depth > DEEPEST:
                raise self.refuse("inbox-deep", f"more than {DEEPEST} braces within each other: take the inner ones away", m.start())
            if depth == 0 and m[0] == ('"' if quoted else "}"):
                self.at = m.end()
                return self.text[start + 1 : m.start()]
        raise self.refuse("inbox-syntax", "what opens here is never closed: look for a missing brace or quote", start)

    def value(self) -> str:
        start, first = self.at, self.space()
        if first in {"{", '"'}:
            value = " ".join(self._delimited().split())
        elif m := _WORD.match(self.text, self.at):
            value = m[0].lower() if m[0].lower() in MONTHS else m[0]
            if not (value.isdigit() or value in MONTHS):
                raise self.refuse("inbox-macro", f"{one_line(value)[:40]!r} is an abbreviation: write the value out, between braces")
            self.at = m.end()
        else:
            raise self.refuse("inbox-syntax", "a value stands between { and }")
        if self.space() == "#":
            raise self.refuse("inbox-join", "nothing is joined with # here: write one value between braces")
        if len(value) > LONGEST_VALUE:
            raise self.refuse("inbox-long", f"{len(value)} characters in one value; {LONGEST_VALUE} at most", start)
        return value

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def entry(self) -> Entry:
        """The entry that begins here."""
        start = self.at
        if not (m := _KIND.match(self.text, start)):
            raise self.refuse("inbox-comment", "text outside of entries: delete it")
        kind = m[1].lower()
        if code := _FORBIDDEN.get(kind):
            raise self.refuse(code, f"no @{kind} here: " + ("delete it" if kind == "comment" else "write the values out in full"))
        self.at = m.end()
        if self.text[self.at : self.at + 1] != "{":
            raise self.refuse("inbox-syntax", f"after @{kind} come {{, the key and a comma")
        self.at += 1
        self.space()
        if not (m := _KEY.match(self.text, self.at)):
            raise self.refuse("inbox-syntax", "an entry needs a key of letters and digits")
        key, self.at = m[0], m.end()
        if len(key) > LONGEST_KEY:
            raise self.refuse("inbox-long", f"the key has {len(key)} characters; {LONGEST_KEY} at most", start)
        fields: dict[str, tuple[str, int]] = {}
        while self.space() == ",":
            self.at += 1
            if self.space() == "}":
                break
            at = self.at
            if not (m := _NAME.match(self.text, at)):
                raise self.refuse("inbox-syntax", f"{one_line(key)[:64]}: after a comma comes the name of a field, and =")
            name, self.at = m[1].lower(), m.end()
            if name in fields:
                raise self.refuse("inbox-repeated", f"{one_line(key)[:64]}: {name[:40]} is also on line {fields[name][1]}: keep one", at)
            fields[name] = self.value(), self.line(at)
            if len(fields) > MOST_FIELDS:
                raise self.refuse("inbox-long", f"{one_line(key)[:64]}: more than {MOST_FIELDS} fields", at)
        if self.space() != "}":
            raise self.refuse("inbox-syntax", f"{one_line(key)[:64]}: here the entry must end or a comma stand")
        self.at += 1
        kept = {n: v for n, v in fields.items() if v[0]}
        return Entry(kind=kind, key=key, fields=tuple((n, v) for n, (v, _) in kept.items()), line=self.line(start))


def _entries(text: _Text) -> Iterator[Entry]:
    while text.space():
        yield text.entry()


def _said(entry: Entry) -> tuple[str, str, frozenset[tuple[str, str]]]:
    return entry.kind, entry.key, frozenset(entry.fields)


def problems(text: str, *, path: str) -> tuple[Problem, ...]:
    """What keeps this .bib from being a contribution: the first thing that is not plain, or that two parsers read differently."""
    reader = _Text(text)
    try:
        own = list(_entries(reader))
    except _Refusal as refusal:
        return (Problem(path, reader.line(refusal.at), refusal.code, refusal.message),)
    theirs, failed = foreign_entries(text, path=path)
    if failed or len(own) != len(theirs):
        odd = min([p.line for p in failed] or [0])
        message = f"two parsers do not find the same entries ({len(own)} and {len(theirs)}): look for braces after a backslash"
        return (Problem(path, odd, "inbox-ambiguous", message),)
    for one, other in zip(own, theirs, strict=True):
        if _said(one) != _said(other):
            names = sorted({n for n, _ in frozenset(one.fields) ^ frozenset(other.fields)})
            message = f"{one_line(one.key)[:64]}: two parsers read {', '.join(names)[:80] or 'its key'} differently: write it plainly"
            return (Problem(path, one.line, "inbox-ambiguous", message),)
    return ()
