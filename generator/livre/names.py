"""Names of people: as sources write them, as BibTeX writes them, as URLs and citation keys need them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from anyascii import anyascii

from .latex import normal, plain
from .model import Name

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

PARTICLES = frozenset(
    [
        "al",
        "af",
        "av",
        "ap",
        "ben",
        "bin",
        "da",
        "dal",
        "dalla",
        "das",
        "de",
        "dei",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "ibn",
        "la",
        "le",
        "lo",
        "ten",
        "ter",
        "van",
        "vom",
        "von",
        "vander",
        "zu",
        "zum",
        "zur",
    ]
)
"""Words that open a family name when a given name comes before them."""
SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3})")
"""What may follow a family name without being part of it."""
KEY = re.compile(r"[a-z0-9-]{3,64}")
"""A citation key: safe in BibTeX, in URLs and on every file system."""
_DULL = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "based",
        "be",
        "beyond",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "in",
        "into",
        "is",
        "its",
        "of",
        "on",
        "or",
        "over",
        "the",
        "their",
        "through",
        "to",
        "toward",
        "towards",
        "using",
        "via",
        "we",
        "what",
        "when",
        "where",
        "which",
        "why",
        "with",
        "without",
    ]
)
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")
"""Names that some file systems keep for themselves."""


def clean(text: str) -> str:
    """A name's text: normal, and without TeX, which no name needs once its accents are letters."""
    return normal(re.sub(r"\\[lr]brace\{\}|[\\${}]+", "", normal(text).replace("~", " ")))


def from_display(text: str) -> Name:
    """A name written in speaking order, `Ludwig van Beethoven Jr.`; ValueError when nothing is left of it.

    What comes before the first particle, or before the last word, is the given name. That is a
    guess for many of the world's names, and people correct it in `authors.toml` or by `curated`.
    """
    words = clean(text).split()
    suffix = words.pop() if len(words) > 2 and SUFFIX.fullmatch(words[-1].rstrip(",")) else ""  # noqa: PLR2004
    if not words:
        raise ValueError(f"no name in {text!r}")
    if len(words) == 1 or re.search(r"(?i)\b(?:collaboration|consortium|group|team|network|initiative)$", words[-1]):
        return Name(family=" ".join([*words, suffix]).strip())
    cut = next((i for i, w in enumerate(words[1:-1], 1) if w in PARTICLES or w.lower() in {"van", "von", "der", "den"}), len(words) - 1)
    return Name(family=" ".join(words[cut:]).strip(",") or "?", given=" ".join(words[:cut]), suffix=suffix)


def _pieces(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """Cut a BibTeX value at a separator that stands outside braces."""
    if "{" not in text and "}" not in text:
        yield from map(str.strip, separator.split(text))
        return
    depth, start, at = 0, 0, 0
    while at < len(text):
        if depth == 0 and (m := separator.match(text, at)) and m.end() > at:
            yield text[start:at].strip()
            start = at = m.end()
            continue
        depth += (text[at] == "{") - (text[at] == "}")
        at += 1
    yield text[start:].strip()


_AND = re.compile(r"(?:(?<=\s)|^)and(?:\s+|$)")
_COMMA = re.compile(r",")


def _enclosed(text: str) -> bool:
    """Whether one pair of braces holds the whole text."""
    depth = 0
    for i, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0 and i < len(text) - 1:
            return False
    return text.startswith("{") and text.endswith("}")


def read_one(text: str) -> Name:
    """One BibTeX name: `Family, Given`, `Family, Jr, Given`, `{Collaboration}` or speaking order; ValueError if it is none."""
    if _enclosed(text):
        return Name(family=clean(text))
    match list(_pieces(text, _COMMA)):
        case [family, given]:
            return Name(family=clean(family), given=clean(given))
        case [family, suffix, *given] if rest := clean(" ".join(given)):
            return Name(family=clean(family), given=rest, suffix=clean(suffix))
        case _:
            return from_display(text.replace(",", " "))


def read(value: str) -> tuple[Name, ...]:
    """The names of a BibTeX `author` value, in order; ValueError if one of them is none."""
    return tuple(read_one(piece) for piece in _pieces(value, _AND) if piece)


def _closed(text: str) -> str:
    return f"{{{text}}}" if "," in text or _AND.search(text) else text


def write(authors: Iterable[Name]) -> str:
    """The `author` value of these names; `read(write(names)) == names`."""
    return " and ".join(
        ", ".join(_closed(p) for p in (n.family, n.suffix, n.given) if p) if n.given else f"{{{n.family}}}" for n in authors
    )


def ascii_only(text: str) -> str:
    """A plain text of any script in ASCII letters, as near as they come."""
    return anyascii(plain(text))


def slug(text: str) -> str:
    """Letters and digits of any script as lower-case ASCII words joined by hyphens; '' when none is left."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_only(text).lower().replace("'", "")).strip("-")[:64].strip("-")


def author_id(name: Name) -> str:
    """The id of everyone who writes the name this way; two people of one name share it until `authors.toml` parts them."""
    return slug(f"{name.given} {name.family} {name.suffix}") or "unnamed"


def _parts(authors: tuple[Name, ...], date: str, title: str) -> Iterator[str]:
    """Ever longer citation keys: family, year, then one more title word each time."""
    family = slug(authors[0].family).replace("-", "")[:20] if authors else ""
    words = [w for w in slug(title).split("-") if w]
    telling = [w for w in words if w not in _DULL and len(w) > 1 and not w.isdigit()] or words or ["untitled"]
    head = f"{family or 'anon'}{date[:4]}"
    for word in telling:
        yield f"{head}{word}"[:64]
    number = 2
    while True:
        yield f"{head}{telling[0]}"[:58] + f"-{number}"
        number += 1


def citation_key(authors: tuple[Name, ...], date: str, title: str, taken: Container[str]) -> str:
    """`liu2025foundation`: family, year, first telling title word; a clash takes the next word, then a number."""
    return next(k for k in _parts(authors, date, title) if KEY.fullmatch(k) and k not in taken and not DEVICES.fullmatch(k))
