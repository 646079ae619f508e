"""The bytes of our own files as text: UTF-8 without anything invisible."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from .errors import BadData
from .model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMED = {"\ufeff": "a byte order mark", "\x00": "a NUL character"}
_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ALLOWED = "\t\r\u200c\u200d"


def invisible(text: str) -> Iterator[tuple[int, str]]:
    """(1-based line, what it is) for the first character of each line that a reader cannot see but a program would obey.

    Controls, bidirectional marks, zero widths, private use; a tab, the end of a line and the joiners of Indic
    and Arabic scripts are none. What Unicode has not assigned yet is left alone: newer Python versions know more.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.replace("\t", "").isprintable():
            continue
        for char in line:
            if unicodedata.category(char) in _KINDS and char not in _ALLOWED:
                yield number, _NAMED.get(char, f"an invisible character (U+{ord(char):04X})")
                break


def one_line(text: str) -> str:
    """The text on one line without anything invisible; every run of white space is one space."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join("".join(c for c in text if unicodedata.category(c) not in _KINDS or c in _ALLOWED).split())


def contents(path: Path, *, shown: str) -> bytes:
    """The bytes of a file; BadData, naming it as `shown`, when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"this cannot be read ({error.strerror}): it must be a file that you may read"
        raise BadData([Problem(shown, 0, "unreadable", message)]) from None


def decode(data: bytes, *, path: str) -> str:
    """UTF-8 bytes as text with LF ends; BadData names the line of every byte or character that may not be there."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise BadData([Problem(path, line, "text-encoding", message)]) from None
    if problems := [Problem(path, n, "text-invisible", f"{what} may not be here: delete it") for n, what in invisible(text)]:
        raise BadData(problems)
    return text.replace("\r\n", "\n").replace("\r", "\n")
