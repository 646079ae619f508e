r"""Text as arXiv and BibTeX write it: one normal form, and a lossless way into BibTeX values.

Three forms of a text:

- raw: whatever a source sent;
- normal: what the model holds. NFC, one line, no control or bidirectional characters;
  outside `$…$` accents are letters (`\'e` is é) and `& % # _` stand for themselves;
  `{ }` balance, counted as BibTeX counts and as parsers that honour `\{` count;
- value: what stands between the outer braces in a .bib file.

Laws: `normal(normal(x)) == normal(x)` and `decode(encode(normal(x))) == normal(x)`.
"""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "H": "\u030b", "c": "\u0327", "u": "\u0306", "v": "\u030c", "d": "\u0323", "b": "\u0331", "r": "\u030a", "k": "\u0328",
}  # fmt: skip
_LETTER = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
}  # fmt: skip
_ACCENT = re.compile(
    r"""\\([`'^~"=.])\s*(?:\{\s*(\\[ij](?![A-Za-z])|[A-Za-z])\s*\}|(\\[ij](?![A-Za-z])|[A-Za-z]))"""
    r"""|\\([Hcuvdbrk])(?:\s*\{\s*(\\[ij](?![A-Za-z])|[A-Za-z])\s*\}|\s+([A-Za-z]))"""
)
_MACRO_LETTER = re.compile(r"\\(" + "|".join(sorted(_LETTER, key=len, reverse=True)) + r")(?:\{\}|(?![A-Za-z])\s?)")
_ESCAPED_SIGN = re.compile(r"(?<!\\)\\+([&%#_])")
_SIGN = re.compile(r"[&%#_]")
_VALUE_SIGN = re.compile(r"(?<!\\)\\([&%#_])")
_DOLLAR = re.compile(r"(?<!\\)\$")
_BRACE = re.compile(r"\\?[{}]")
_SPACE = re.compile(r"\s+")
_TELLING = re.compile(r"[\\${}]")
_MATH_SIGN = re.compile(r"(?<!\\)([%#])")


def _invisible(char: str) -> bool:
    """Whether a character has no business in a title: controls, bidirectional marks, zero widths, noncharacters.

    Not what Unicode has not assigned yet: the normal form may not depend on the version of Python.
    """
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"}:
        return char not in "\u200c\u200d"
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF  # noqa: PLR2004 - Unicode's noncharacters


def _accented(match: re.Match[str]) -> str:
    accent = match[1] or match[4]
    letter = next(g for g in (match[2], match[3], match[5], match[6]) if g)
    return unicodedata.normalize("NFC", letter.replace("\\", "") + _COMBINING[accent])


def _balanced(text: str) -> str:
    """Replace every brace without a partner by `\\lbrace{}` or `\\rbrace{}`; escaped ones pair among themselves."""
    tokens = list(_BRACE.finditer(text))
    open_: dict[bool, list[int]] = {True: [], False: []}
    alone: set[int] = set()
    for i, token in enumerate(tokens):
        escaped = len(token[0]) == 2  # noqa: PLR2004 - a backslash and a brace
        if token[0].endswith("{"):
            open_[escaped].append(i)
        elif open_[escaped]:
            open_[escaped].pop()
        else:
            alone.add(i)
    alone.update(open_[True], open_[False])
    if not alone:
        return text
    out, at = [], 0
    for i, token in enumerate(tokens):
        if i in alone:
            out += [text[at : token.start()], "\\lbrace{}" if token[0].endswith("{") else "\\rbrace{}"]
            at = token.end()
    return "".join([*out, text[at:]])


def _split(text: str) -> list[str]:
    """Cut at unescaped dollars: even places are text, odd places are mathematics."""
    return _DOLLAR.split(text)


def _once(text: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if not text.isprintable():
        text = " ".join("".join(c for c in text if c.isprintable() or not _invisible(c)).split())
    parts = _split(text)
    if len(parts) % 2 == 0:
        parts[-2:] = [parts[-2] + "\\$" + parts[-1]]
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = _MATH_SIGN.sub(r"\\\1", part)
        else:
            part = _ACCENT.sub(_accented, part) if "\\" in part else part
            part = _MACRO_LETTER.sub(lambda m: _LETTER[m[1]], part) if "\\" in part else part
            parts[i] = _ESCAPED_SIGN.sub(r"\1", part)
    text = _balanced("$".join(parts))
    return text.rstrip("\\").rstrip()


def _settled(text: str) -> bool:
    """Whether a text is in normal form at a glance, as nearly all are: seven times faster than finding out."""
    return (
        text.isprintable()
        and not _TELLING.search(text)
        and "  " not in text
        and text.strip() == text
        and unicodedata.is_normalized("NFC", text)
    )


def normal(text: str) -> str:
    """The normal form of a raw text; see the module's docstring. Idempotent."""
    if _settled(text):
        return text
    for _ in range(20):
        text, before = _once(text), text
        if text == before:
            return text
    # A text that is still moving is an attack on the table above: keep its characters, drop its TeX.
    return _once(text.replace("\\", "").replace("{", "(").replace("}", ")").replace("$", ""))


def encode(text: str) -> str:
    """A normal text as the value of a BibTeX field, without the outer braces."""
    return "$".join(part if i % 2 else _SIGN.sub(r"\\\g<0>", part) for i, part in enumerate(_split(text)))


def decode(value: str) -> str:
    """The normal text of a BibTeX value; also accepts values that people wrote."""
    signs = _VALUE_SIGN.sub(r"\1", value) if "\\" in value else value
    return signs if _settled(signs) else normal(value)


_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)")
_KEEP = {n: n for n in ("alpha", "beta", "gamma", "delta", "lambda")} | {"times": "x", "lbrace": "\ue000", "rbrace": "\ue001"}


def plain(text: str) -> str:
    r"""A normal text without TeX, for matching and for plain-text outputs: `$\mathcal{L}_2$` is `L2`.

    Macros lose their name, not their argument; nothing is interpreted.
    """
    if "\\" not in text and "$" not in text and "{" not in text:
        return text
    parts = _split(text)
    for i, part in enumerate(parts):
        part = part.replace("\\{", "\ue000").replace("\\}", "\ue001").replace("\\$", "$")
        part = _COMMAND.sub(lambda m: _KEEP.get(m[0][1:].rstrip("*"), ""), part)
        parts[i] = re.sub(r"[{}^_]", "", part) if i % 2 else re.sub(r"[{}]", "", part)
    return _SPACE.sub(" ", "".join(parts)).strip().replace("\ue000", "{").replace("\ue001", "}")
