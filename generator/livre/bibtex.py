"""BibTeX text, in and out: one canonical form for the files we own.

`loads` understands what people write by hand (another order, quotes, line breaks within a value); what it
could only guess at is a Problem. `dumps` writes the canonical form. Laws: `loads(dumps(x)) == x`;
`dumps(loads(t)) == t` for canonical t; one changed field is one changed line.

bibtexparser splits the text and forgives much; that it lost nothing is checked here, character by character.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    ExplicitComment,
    ImplicitComment,
    ParsingFailedBlock,
    Preamble,
    String,
)
from bibtexparser.model import Entry as Block

from .entry import FIELD_NAME, FIELDS, Entry, to_candidate, to_entry, to_paper
from .errors import BadData, BrokenInvariant
from .model import Problem
from .plaintext import invisible, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["FIELDS", "Entry", "dumps", "foreign_entries", "loads", "to_candidate", "to_entry", "to_paper"]

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it warns of every failed block; here each one is a Problem

COLUMN = 12
"""Field names are padded to this many characters, whatever an entry holds: a new field moves no other line."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The abbreviations that every BibTeX style defines."""

LONGEST = 200_000
"""Characters that one foreign value may have once its abbreviations are written out: they can be made to explode."""

_RANK = {name: i for i, name in enumerate(FIELDS)}
_KIND = re.compile(r"[a-z]+")
_BRACE = re.compile(r"[{}]")
_MARKS = re.compile(r"[{}\"]")
_UNESCAPED_BRACE = re.compile(r"(?<!\\)[{}]")


def _closes(text: str, brace: re.Pattern[str]) -> int:
    """Where the brace that opens the text closes, or -1."""
    depth = 0
    for m in brace.finditer(text):
        depth += 1 if m[0] == "{" else -1
        if depth == 0:
            return m.start()
    return -1


def fault(value: str) -> str:
    """Why this cannot stand between the braces of a field, or ''."""
    if value.endswith("\\"):
        return "a value may not end in a backslash"
    if "{" in value or "}" in value:
        whole = f"{{{value}}}"
        if _closes(whole, _BRACE) != len(whole) - 1 or _closes(whole, _UNESCAPED_BRACE) != len(whole) - 1:
            return "braces must balance, with and without those after a backslash"
    return ""


def _value(text: str) -> str:
    """What a field's value holds, without its delimiters; ValueError when it is not one plain value."""
    if text.isascii() and text.isdigit():
        return text
    if len(text) > 1 and text[0] == "{" and text[-1] == "}":
        inner = text[1:-1]
        if _closes(text, _BRACE) not in (-1, len(text) - 1):
            raise ValueError("something stands after the closing brace: a comma may be missing")
    elif len(text) > 1 and text[0] == text[-1] == '"':
        inner = text[1:-1]
        depth = 0
        for m in _MARKS.finditer(inner):
            depth += {"{": 1, "}": -1}.get(m[0], 0)
            if depth <= 0 and m[0] == '"':
                raise ValueError("something stands after the closing quote: a comma may be missing; nothing is joined with # here")
    else:
        raise ValueError("a value stands between { and }; no abbreviations, no # between strings")
    inner = " ".join(inner.split())
    if why := fault(inner):
        raise ValueError(why)
    return inner


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _accounted(block: Block) -> bool:
    """Whether key, field names and values are all there is in the entry as it stands in the file."""
    raw = _squeezed(block.raw or "")
    said = "".join([_squeezed(block.key), *(f",{_squeezed(f.key)}={_squeezed(f.value)}" for f in block.fields)])
    body = raw[len(f"@{block.entry_type}") + 1 : -1]
    return body in (said, said + ",")


def _read(block: Block, path: str, problems: list[Problem]) -> Entry:
    """Turn a parsed block into an Entry, adding what is wrong with it to `problems`."""
    line = (block.start_line or 0) + 1
    kind = block.entry_type.lower()

    def wrong(at: int, code: str, message: str) -> None:
        problems.append(Problem(path, at, code, f"{one_line(block.key)[:64] or 'entry'}: {message}"))

    if not _KIND.fullmatch(kind):
        wrong(line, "bib-syntax", f"@{kind} is not a kind of entry: write @article")
    if not _accounted(block):
        wrong(line, "bib-syntax", "not every character of this entry belongs to a field: look for a stray comma, quote or brace")
    seen: dict[str, int] = {}
    fields: dict[str, tuple[str, int]] = {}
    for item in block.fields:
        name, at = item.key.lower(), item.start_line + 1
        if not FIELD_NAME.fullmatch(name):
            wrong(at, "bib-syntax", f"{item.key!r} is not a field name: a comma may be missing before it")
            continue
        if name in seen:
            wrong(at, "bib-duplicate-field", f"{name} is also on line {seen[name]}: keep one of them")
            continue
        seen[name] = at
        try:
            fields[name] = _value(item.value), at
        except ValueError as error:
            wrong(at, "bib-syntax", f"{name}: {error}")
    order = sorted((n for n in fields if fields[n][0]), key=lambda n: (_RANK.get(n, len(_RANK)), n))
    return Entry(
        kind=kind,
        key=block.key,
        fields=tuple((n, fields[n][0]) for n in order),
        path=path,
        line=line,
        lines=tuple(fields[n][1] for n in order),
    )


def _blocks(text: str, path: str, problems: list[Problem]) -> Iterator[Block]:
    """The entries of a text; everything else in it is a Problem."""
    lost = False
    for block in parse_string(text, parse_stack=[]).blocks:
        line, after_failure = (block.start_line or 0) + 1, lost
        lost = False
        match block:
            case ImplicitComment() if after_failure:
                pass  # the rest of what could not be read
            case Block():
                yield block
            case DuplicateFieldKeyBlock(ignore_error_block=Block() as inner):
                yield inner  # reading it names both lines
            case DuplicateBlockKeyBlock(ignore_error_block=Block() as inner):
                yield inner
            case ParsingFailedBlock():
                why = str(getattr(block.error, "abort_reason", block.error)).strip(" .")
                problems.append(Problem(path, line, "bib-syntax", f"this entry cannot be read: {why}: look for a missing brace or comma"))
                lost = True
            case ImplicitComment() | ExplicitComment():
                message = "text outside of entries would be lost: move it into a field (comment = {...}) or delete it"
                problems.append(Problem(path, line, "bib-comment", message))
            case String() | Preamble():
                problems.append(Problem(path, line, "bib-macro", "no @string or @preamble here: write values out in full"))
            case _:
                problems.append(Problem(path, line, "bib-syntax", "not an entry: delete it"))


def loads(text: str, *, path: str) -> tuple[Entry, ...]:
    """The entries of one of our files, in its order, their fields in canonical order; BadData carries all problems.

    Keys are unique whatever their case, and so are the field names of an entry; empty fields are dropped.
    """
    problems = [Problem(path, n, "text-invisible", f"{what} may not be here: delete it") for n, what in invisible(text)]
    if problems:
        raise BadData(problems)
    entries = []
    seen: dict[str, Entry] = {}
    for block in _blocks(text, path, problems):
        entry = _read(block, path, problems)
        entries.append(entry)
        first = seen.setdefault(entry.key.casefold(), entry)
        if first is not entry:
            message = f"{entry.key}: this key is also on line {first.line}: a key may appear once"
            problems.append(Problem(path, entry.line, "bib-duplicate-key", message))
    if problems:
        raise BadData(problems)
    return tuple(entries)


_BARE = re.compile(r"[^\s{}\"#,=]+")
_SPACE = re.compile(r"\s*")
_MARK = re.compile(r"(?<!\\)[{}\"]")


def _end(text: str, start: int) -> int:
    """Where the brace or quote at `start` closes, or -1."""
    depth = 0
    for m in _MARK.finditer(text, start + 1):
        if depth == 0 and m[0] == ("}" if text[start] == "{" else '"'):
            return m.start()
        depth += {"{": 1, "}": -1}.get(m[0], 0)
    return -1


def _expanded(text: str, macros: Mapping[str, str]) -> str:
    """A foreign value with its `#` joined and its abbreviations written out; ValueError when it is not one value."""
    out, at, more = "", 0, True
    while more:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if text[at : at + 1] in ("{", '"') and (end := _end(text, at)) > at:
            out, at = out + text[at + 1 : end], end + 1
        elif m := _BARE.match(text, at):
            out, at = out + macros.get(m[0].lower(), m[0]), m.end()
        else:
            break
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        more, at = text[at : at + 1] == "#", at + 1
        if len(out) > LONGEST:
            raise ValueError(f"more than {LONGEST} characters")
        if not more and at > len(text):
            return out
    raise ValueError("not one value: a comma or a brace may be missing")


def foreign_entries(text: str, *, path: str) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries of somebody else's .bib, in any dialect, and what cannot be read of it.

    Abbreviations are written out, values are raw, the first of two equal fields counts, comments are passed over.
    """
    problems: list[Problem] = []
    entries: list[Entry] = []
    macros = {name: name for name in MONTHS}
    blocks = parse_string(text, parse_stack=[]).blocks
    for block in blocks:
        line = (block.start_line or 0) + 1
        inner = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        try:
            if isinstance(inner, String):
                macros[inner.key.lower()] = _expanded(inner.value, macros)
            elif isinstance(inner, Block):
                entries.append(_adopted(inner, macros, path))
            elif isinstance(block, ParsingFailedBlock):
                why = str(getattr(block.error, "abort_reason", block.error)).strip()
                problems.append(Problem(path, line, "import-syntax", f"an entry cannot be read and is left out: {why}"))
        except ValueError as error:
            problems.append(Problem(path, line, "import-syntax", f"{one_line(getattr(inner, 'key', ''))[:64]}: left out: {error}"))
    return tuple(entries), tuple(problems)


def _adopted(block: Block, macros: dict[str, str], path: str) -> Entry:
    fields: dict[str, tuple[str, int]] = {}
    for item in block.fields:
        try:
            value = " ".join(_expanded(item.value, macros).split())
        except ValueError as error:
            raise ValueError(f"{one_line(item.key)[:64]}: {error}") from error
        if value:
            fields.setdefault(item.key.lower(), (value, item.start_line + 1))
    return Entry(
        kind=block.entry_type.lower(),
        key=block.key,
        fields=tuple((n, v) for n, (v, _) in fields.items()),
        path=path,
        line=(block.start_line or 0) + 1,
        lines=tuple(n for _, n in fields.values()),
    )


def _dump(entry: Entry) -> Iterator[str]:
    yield f"@{entry.kind}{{{entry.key},\n"
    for name, value in sorted(entry.fields, key=lambda item: (_RANK.get(item[0], len(_RANK)), item[0])):
        if why := fault(value):
            raise BrokenInvariant(f"{entry.key}: {name} = {value!r} could not be read again: {why}")
        yield f"  {name:<{COLUMN}} = {{{value}}},\n"
    yield "}\n"


def dumps(entries: Iterable[Entry]) -> str:
    """The canonical text of these entries; BrokenInvariant when a value could not be read again."""
    return "\n".join("".join(_dump(entry)) for entry in sorted(entries, key=lambda e: e.key))
