"""Words and phrases to look for in a title and an abstract, many at once and in linear time.

A term is a phrase of words: `skin lesion*`. A star at the end of a word stands for any ending, at
its start for any beginning. A leading `=` makes the phrase case-sensitive: `=SAM` is the model,
not the name. Text is compared as lower-case ASCII words without accents; hyphens, slashes and
other signs part words, so `vision-language` and `vision language` are one. The words of a phrase
stand at most three signs apart.

Terms are looked up in one token trie: the time depends on the length of the text, hardly on the
number of terms.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .latex import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST_WORDS = 8
"""A phrase has at most so many words."""
_WORD = re.compile(r"[a-zA-Z0-9]+")
_WORD_ANY = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_GAP = 3
_CACHE = 200_000
_LONG_WORD = 64
_OTHER = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss"})
_TERM = re.compile(r"=?(?:\*?[^\W_]+\*?[\s/-]+)*\*?[^\W_]+\*?")


def _ascii(word: str) -> str:
    """A word in ASCII, its case kept; '' for one in another script."""
    if word.isascii():
        return word
    text = unicodedata.normalize("NFKD", word.translate(_OTHER)).encode("ascii", "ignore").decode()
    return "".join(_WORD.findall(text))


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A term found: in which field (`title`, `abstract`), from `start` to `end` of its plain text, as it stands there."""

    field: str
    start: int
    end: int
    term: str
    words: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One word of a term."""

    text: str
    exact_case: bool
    starts: bool
    ends: bool


def _patterns(term: str) -> tuple[_Pattern, ...]:
    """The words of a term; ValueError says what is wrong with it."""
    if not _TERM.fullmatch(term):
        raise ValueError(f"{term!r} is no term: write words, `*` at an end of a word, `=` in front of everything for exact case")
    cased = term.startswith("=")
    out = []
    for word in re.split(r"[\s/-]+", term.lstrip("=")):
        text = _ascii(word.strip("*"))
        if not text:
            raise ValueError(f"{word!r} in {term!r} has no letter that can be compared; write it in Latin letters")
        out.append(_Pattern(text if cased else text.lower(), cased, word.endswith("*"), word.startswith("*")))
    if len(out) > MOST_WORDS:
        raise ValueError(f"{term!r} has {len(out)} words; a term has at most {MOST_WORDS}")
    if any(len(p.text) == 1 and (p.starts or p.ends) for p in out):
        raise ValueError(f"{term!r}: a star needs at least two letters beside it")
    return tuple(out)


class _Node:
    """A place in the trie: what may follow, and the terms that end here."""

    __slots__ = ("next", "terms")

    def __init__(self) -> None:
        self.next: dict[int, _Node] = {}
        self.terms: list[str] = []


class Terms:
    """A compiled set of terms. ValueError names a term that is none."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._root = _Node()
        self._numbers: dict[_Pattern, int] = {}
        for term in sorted(set(terms)):
            node = self._root
            for pattern in _patterns(term):
                node = node.next.setdefault(self._numbers.setdefault(pattern, len(self._numbers)), _Node())
            node.terms.append(term)
        self._by_text: dict[tuple[str, bool], list[tuple[bool, bool, int]]] = {}
        for p, n in self._numbers.items():
            self._by_text.setdefault((p.text, p.exact_case), []).append((p.starts, p.ends, n))
        self._inner = any(p.starts and p.ends for p in self._numbers)
        self._lengths = sorted({len(p.text) for p in self._numbers})
        self._known: dict[str, tuple[int, ...] | None] = {}

    def _of(self, word: str) -> tuple[int, ...] | None:
        """The numbers of the patterns that a word of the text fits; None for a word that is skipped."""
        numbers: tuple[int, ...] | None = None
        if cased := _ascii(word):
            numbers = tuple(sorted(self._fitting(cased, exact_case=True) | self._fitting(cased.lower(), exact_case=False)))
        if len(self._known) >= _CACHE:
            self._known.clear()
        if len(word) <= _LONG_WORD:
            self._known[word] = numbers
        return numbers

    def _fitting(self, word: str, *, exact_case: bool) -> set[int]:
        """The numbers of the patterns that are the word, begin it, end it or stand in it."""
        size, found = len(word), set()
        for length in self._lengths:
            if length > size or (length == 1 and size > 1):
                continue
            for at in range(size - length + 1) if self._inner else dict.fromkeys((0, size - length)):
                for starts, ends, number in self._by_text.get((word[at : at + length], exact_case), ()):
                    if (at == 0 or ends) and (at + length == size or starts):
                        found.add(number)
        return found

    def find(self, text: str, field: str) -> list[Hit]:
        """Every occurrence of every term in a normal text, in the order of the text; occurrences may overlap."""
        text = plain(text)
        known, root = self._known, self._root
        hits: list[Hit] = []
        active: list[tuple[_Node, int]] = []
        last = 0
        for m in (_WORD if text.isascii() else _WORD_ANY).finditer(text):
            word = m[0]
            numbers = known[word] if word in known else self._of(word)
            if not numbers:
                if numbers is None:
                    last = m.end()
                else:
                    active = []
                continue
            start, end = m.span()
            if start - last > _GAP:
                active = []
            active = [(child, first) for node, first in (*active, (root, start)) for n in numbers if (child := node.next.get(n))]
            for node, first in active:
                if node.terms:
                    hits += [Hit(field, first, end, term, text[first:end]) for term in node.terms]
            last = end
        hits.sort()
        return hits


def longest(hits: Iterable[Hit], veto: frozenset[str] = frozenset()) -> list[Hit]:
    """The hits that no longer one covers, without those of the vetoing terms, which only cover.

    A vetoing term also covers a hit of just the same words. Several terms that found just the
    same words all stay.
    """
    out: list[Hit] = []
    cover: tuple[str, int, int] = ("", 0, 0)
    vetoed = False
    for hit in sorted(hits, key=lambda h: (h.field, h.start, -h.end, h.term not in veto)):
        same = (hit.field, hit.start, hit.end) == cover
        if hit.field == cover[0] and hit.end <= cover[2] and not (same and not vetoed):
            continue
        if not same:
            cover, vetoed = (hit.field, hit.start, hit.end), hit.term in veto
        if not vetoed:
            out.append(hit)
    return out


@dataclass(frozen=True, slots=True)
class AnyOf:
    """An OR of terms. `veto` are phrases in which the words of `terms` mean something else."""

    terms: frozenset[str]
    veto: frozenset[str] = frozenset()

    def among(self, hits: Iterable[Hit]) -> list[Hit]:
        """The hits of this OR, each stretch of text counted once."""
        own = [h for h in hits if h.term in self.terms or h.term in self.veto]
        out: list[Hit] = []
        for hit in longest(own, self.veto) if own else ():
            if not out or hit.field != out[-1].field or hit.start >= out[-1].end:
                out.append(hit)
        return out


NOTHING = AnyOf(frozenset())
"""An OR that finds nothing."""


def expand(written: Iterable[str], groups: Mapping[str, Iterable[str]]) -> AnyOf:
    """Terms as written in TOML: `@name` is a group (which may name groups), `!term` a veto.

    ValueError names an unknown group, groups that name each other in a ring, and what is no term.
    """
    terms: set[str] = set()
    veto: set[str] = set()

    def walk(items: Iterable[str], above: tuple[str, ...]) -> None:
        for item in items:
            if item.startswith("@"):
                name = item[1:]
                if name in above:
                    raise ValueError(f"the groups {' → '.join((*above, name))} name each other in a ring; break it")
                if name not in groups:
                    close = difflib.get_close_matches(name, groups, n=1)
                    raise ValueError(f"there is no group {name!r} in [terms]; {f'did you mean @{close[0]}?' if close else 'write one'}")
                walk(groups[name], (*above, name))
            else:
                term = item.removeprefix("!")
                _patterns(term)
                (veto if item.startswith("!") else terms).add(term)

    walk(written, ())
    return AnyOf(frozenset(terms), frozenset(veto))


def any_of(written: Iterable[str], groups: Mapping[str, Iterable[str]], wrong: Callable[..., None], *path: str | int) -> AnyOf:
    """`expand` of the items that can be expanded; the others go to `wrong(message, *path, position)`."""
    good = []
    for i, item in enumerate(written):
        try:
            expand([item], groups)
        except ValueError as e:
            wrong(str(e), *path, i)
        else:
            good.append(item)
    return expand(good, groups)


def _words(term: str) -> list[str]:
    return term.removeprefix("=").replace("-", " ").replace("/", " ").lower().split()


def searchable(term: str) -> bool:
    """Whether arXiv's search can look for a term: no word of it may begin with a star."""
    return not any(w.startswith("*") for w in _words(term))


def searched(any_of: AnyOf) -> list[str]:
    """The terms that arXiv can search for, without those that a wider one finds as well; the shortest first."""
    words = {t: _words(t) for t in any_of.terms if searchable(t)}
    out: list[str] = []
    for term in sorted(words, key=lambda t: (len(words[t]), len(t), t)):
        if not any(_covers(words[wide], words[term]) for wide in out):
            out.append(term)
    return out


def _covers(wide: list[str], narrow: list[str]) -> bool:
    """Whether every text with the narrow phrase has the wide one."""
    starts = range(len(narrow) - len(wide) + 1)
    return any(all(n == w or (w.endswith("*") and n.startswith(w[:-1])) for w, n in zip(wide, narrow[i:], strict=False)) for i in starts)


def _quoted(term: str) -> str:
    """A term for one field, for which `%s` stands: stems alone, for arXiv knows no star inside quotes; whole words as phrases."""
    parts: list[str] = []
    run: list[str] = []
    for word in [*term.removeprefix("=").replace("-", " ").replace("/", " ").split(), "*"]:
        if not word.endswith("*"):
            run.append(word)
            continue
        if run:
            parts.append(f'%s:"{" ".join(run)}"' if len(run) > 1 else f"%s:{run[0]}")
        if word != "*":
            parts.append(f"%s:{word}")
        run = []
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def either(terms: Iterable[str]) -> str:
    """Terms as arXiv's search writes them, each in the title or in the abstract."""
    return " OR ".join(_quoted(t).replace("%s", name) for t in terms for name in ("ti", "abs"))
