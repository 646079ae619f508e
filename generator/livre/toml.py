"""TOML for people to edit: read strictly, and say file, line, key and what to do about every mistake.

`tomllib` judges the syntax, `msgspec` the shape, and a scan of the (by then valid) text finds
the line of any key or list item.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import msgspec
from msgspec import Meta, inspect

from .errors import BadData
from .model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")

_SLUG, _DAY = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^\d{4}-\d\d-\d\d$"
_PATTERNS = {_SLUG: "lower-case letters, digits and single hyphens", _DAY: 'a day in quotes, as "2026-06-15"'}
Text = Annotated[str, Meta(min_length=1)]
Slug = Annotated[str, Meta(pattern=_SLUG)]
Day = Annotated[str, Meta(pattern=_DAY)]
Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=100_000)]
Whole = Annotated[int, Meta(ge=1, le=3_650)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the shapes that a TOML table may have: frozen, and no key that nobody reads."""


class Locate(Protocol):
    """The line (from 1) of a path of keys and list positions; of its nearest parent where it is not written."""

    def __call__(self, *path: str | int) -> int: ...


_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)"""
    r'''|(?P<string>"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?'{3,5}(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')'''
    r"""|(?P<mark>[\[\]{},.=])|(?P<bare>[^\s\[\]{},.=\#"']+)""",
    re.DOTALL,
)
Keys = tuple[str | int, ...]


class _Scan:
    """Finds where keys and list items stand in a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Keys, int] = {}
        self._tokens: list[tuple[str, str, int]] = []
        line = 1
        for m in _TOKEN.finditer(text):
            if m.lastgroup != "skip":
                self._tokens.append((m.lastgroup or "", m[0], line))
            line += m[0].count("\n")
        self._at = 0
        self._arrays: dict[Keys, int] = {}
        self._document()

    def _is(self, mark: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][:2] == ("mark", mark)

    def _take(self, mark: str) -> bool:
        found = self._is(mark)
        self._at += found
        return found

    def _newlines(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "newline":
            self._at += 1

    def _key(self) -> tuple[list[str], int]:
        parts: list[str] = []
        line = self._tokens[self._at][2]
        while not parts or self._take("."):
            kind, text, _ = self._tokens[self._at]
            parts.append(str(next(iter(tomllib.loads(f"{text} = 0")))) if kind == "string" else text)
            self._at += 1
        return parts, line

    def _note(self, prefix: Keys, parts: list[str], line: int) -> Keys:
        for part in parts:
            prefix += (part,)
            self.lines.setdefault(prefix, line)
            if prefix in self._arrays:
                prefix += (self._arrays[prefix],)
                self.lines.setdefault(prefix, line)
        return prefix

    def _document(self) -> None:
        prefix: Keys = ()
        while True:
            self._newlines()
            if self._at >= len(self._tokens):
                return
            if self._take("["):
                many = self._take("[")
                parts, line = self._key()
                parent = self._note((), parts[:-1], line)
                if many:
                    array = (*parent, parts[-1])
                    self._arrays[array] = self._arrays.get(array, -1) + 1
                prefix = self._note(parent, parts[-1:], line)
                self._at += 2 if many else 1
            else:
                self._pair(prefix)

    def _pair(self, prefix: Keys) -> None:
        parts, line = self._key()
        path = self._note(prefix, parts, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Keys) -> None:
        if self._take("["):
            index = 0
            while True:
                self._newlines()
                if self._take("]"):
                    return
                self.lines[(*path, index)] = self._tokens[self._at][2]
                self._value((*path, index))
                self._newlines()
                self._take(",")
                index += 1
        elif self._take("{"):
            while not self._take("}"):
                self._pair(path)
                self._take(",")
        else:
            while self._at < len(self._tokens) and self._tokens[self._at][0] != "newline" and not any(map(self._is, ",]}")):
                self._at += 1

    def __call__(self, *path: str | int) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def nearest(wrong: str, valid: Iterable[str]) -> str:
    """Advice on a name that does not exist: the nearest that does, or all there are when few."""
    names = sorted(valid)
    if close := difflib.get_close_matches(wrong, names, n=1):
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(map(repr, names))}" if names else "there are none"


def _strays(data: Any, kind: inspect.Type, path: Keys) -> Iterator[tuple[Keys, str]]:
    """Every key that its table has no use for and every word that is none of a choice, with advice."""
    if isinstance(kind, inspect.StructType) and isinstance(data, dict):
        fields = {f.encode_name: f.type for f in kind.fields}
        for key, value in data.items():
            if key in fields:
                yield from _strays(value, fields[key], (*path, key))
            else:
                yield (*path, key), f"unknown key {key!r}; {nearest(key, fields)}"
    elif isinstance(kind, inspect.VarTupleType) and isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strays(value, kind.item_type, (*path, index))
    elif isinstance(kind, inspect.LiteralType) and isinstance(data, str) and data not in kind.values:
        yield path, f"{data!r} is not allowed here; {nearest(data, map(str, kind.values))}"


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_KINDS = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date without quotes",
}


def _explained(message: str) -> tuple[Keys, str]:
    """A message of msgspec as a path and words for people."""
    text, _, where = message.partition(" - at `$")
    path: Keys = tuple(int(m[2]) if m[2] else m[1] for m in _STEP.finditer(where.rstrip("`")))
    name = ".".join(map(str, path)) or "the file"
    if m := re.fullmatch(r"Object missing required field `(.+)`", text):
        return path, f"the key {m[1]!r} is missing in {name}; add it"
    if m := re.fullmatch(r"Expected `str` matching regex '(.+)'", text):
        return path, f"{name}: expected {_PATTERNS.get(m[1].encode().decode('unicode_escape'), f'a text like {m[1]}')}"
    text = re.sub(r"`([^`]+)`", lambda m: " or ".join(_KINDS.get(k, k) for k in m[1].split(" | ") if k != "null"), text)
    return path, f"{name}: {text[:1].lower()}{text[1:]}".replace(" of length >= 1", " that is not empty")


def _text(path: Path, shown: str) -> str:
    try:
        text = path.read_bytes().decode()
        if not text.startswith("\ufeff"):
            return text
        problem = Problem(shown, 1, "toml-syntax", "a byte order mark may not be here; save the file as UTF-8 without one")
    except FileNotFoundError:
        problem = Problem(shown, 0, "missing", "this file is missing; the review cannot be read without it")
    except OSError as e:
        problem = Problem(shown, 0, "unreadable", f"this cannot be read ({e.strerror}); it must be a file that you may read")
    except UnicodeDecodeError as e:
        line = e.object.count(b"\n", 0, e.start) + 1
        problem = Problem(shown, line, "toml-syntax", f"byte {e.object[e.start]:#04x} is no UTF-8; save the file as UTF-8")
    raise BadData([problem])


def _parsed(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        message, _, place = str(e).partition(" (at ")
        m = re.match(r"line (\d+), column (\d+)", place)
        line = int(m[1]) if m else text.rstrip("\n").count("\n") + 1
        problem = Problem(shown, line, "toml-syntax", f"{message}{f' (column {m[2]})' if m else ', but the file ends'}")
    except RecursionError:
        problem = Problem(shown, 1, "toml-syntax", "lists or tables are nested too deep; nothing here needs more than three levels")
    raise BadData([problem])


def read(path: Path, shape: type[T], *, shown: str) -> tuple[T, Locate]:
    """The file as a `shape` (a Table), and the lines of its keys. `shown` is the path to put into messages.

    BadData lists every unknown key and choice, and else the first value of a wrong type, with line and advice.
    """
    text = _text(path, shown)
    data = _parsed(text, shown)
    locate = _Scan(text)
    if strays := [Problem(shown, locate(*p), "toml-key", m) for p, m in _strays(data, inspect.type_info(shape), ())]:
        raise BadData(strays)
    try:
        return msgspec.convert(data, shape), locate
    except msgspec.ValidationError as e:
        where, message = _explained(str(e))
        raise BadData([Problem(shown, locate(*where), "toml-value", message)]) from None


class Faults:
    """Collects what is wrong with a file that has the right shape, each with the line of the key it is about."""

    def __init__(self, shown: str, locate: Locate, code: str) -> None:
        self._shown, self._locate, self._code = shown, locate, code
        self._found: set[Problem] = set()

    def __call__(self, message: str, *path: str | int) -> None:
        """Note one."""
        self._found.add(Problem(self._shown, self._locate(*path), self._code, message))

    def unique(self, ids: Iterable[str], *path: str | int) -> None:
        """Note every id that came before."""
        seen: set[str] = set()
        for i, name in enumerate(ids):
            if name in seen:
                self(f"the id {name!r} is taken by an earlier one; choose another", *path, i, "id")
            seen.add(name)

    def refuse(self) -> None:
        """BadData with all of them, if there are any."""
        if self._found:
            raise BadData(self._found)


def decoded(data: bytes, shape: type[T], *, shown: str) -> T:
    """JSON that livre wrote itself, as a `shape` (a frozen dataclass); BadData says what is not of it, and to have it written again."""
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        message = f"{_explained(str(e))[1]}; restore it from git, or remove it until the next night"
        raise BadData([Problem(shown, 0, "json", message)]) from None
