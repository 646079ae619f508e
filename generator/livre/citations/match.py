"""The paper of a corpus that a reference without an identifier means: by its title, and only beyond doubt.

Titles are compared letter by letter after folding (case, accents, spaces, hyphens, punctuation), never by likeness:
titles that differ in a word are often two works ("Part I", "Part II"). The first author must be named in the reference
and a year in it must fit, as far as either is known; more than one paper left means none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ..latex import plain
from ..names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Candidate, Identifier
    from . import Reference

EARLIER, LATER = 1, 2
"""Years that a reference's may lie before and after that of the paper, whose first version it may not cite."""
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_MARKED, _FOUND, _ALONE = (2, 12), (4, 20), (5, 25)
"""The least words and letters of a title: one that the list marks, one found in a text, one of which the authors are not known."""
_HEAD = 16
_OPENS = re.compile(r"[.,:;)\]\"“”‘'`*]")
_ENDS = re.compile(r"\s*[.,;(\[\"“”’'`]")
_ENDS_A_TITLE = re.compile(r"\s*[.\"”'(\[]")
_ASKS = ("?", "!")


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else slug(word).replace("-", "")


def _words(text: str) -> list[str]:
    return [folded for word in _WORD.findall(text) if (folded := _folded(word))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    identifier: Identifier
    letters: str
    words: int
    family: str
    year: int
    asks: bool

    def has(self, least: tuple[int, int]) -> bool:
        return self.words >= least[0] and len(self.letters) >= least[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text as letters without anything between, with the places where words begin and end and what stands there."""

    letters: str
    before: Mapping[int, str]
    after: Mapping[int, str]

    @classmethod
    def of(cls, text: str) -> Self:
        letters: list[str] = []
        before: dict[int, str] = {}
        after: dict[int, str] = {}
        at = length = 0
        for m in _WORD.finditer(text):
            if not (word := _folded(m[0])):
                continue
            after[length] = before[length] = text[at : m.start()]
            letters.append(word)
            at, length = m.end(), length + len(word)
        after[length] = text[at:]
        return cls(letters="".join(letters), before=before, after=after)


class Titles:
    """The titles of a corpus, to be looked up. Papers without a title of some length are not in it."""

    def __init__(self, titles: Iterable[_Title]) -> None:
        self._whole: dict[str, list[_Title]] = defaultdict(list)
        self._heads: dict[str, set[str]] = defaultdict(set)
        for title in titles:
            self._whole[title.letters].append(title)
            if title.has(_FOUND):
                self._heads[title.letters[:_HEAD]].add(title.letters)

    @classmethod
    def of(cls, papers: Iterable[Candidate]) -> Self:
        """Titles, first authors and years of these papers."""
        return cls(title for paper in papers if (title := _title(paper)).has(_MARKED))

    def find(self, reference: Reference) -> Identifier | None:
        """The one paper that this reference means, by its primary identifier; None when there is none or any doubt."""
        text = _Text.of(reference.text)
        if found := self._whole.get("".join(_words(reference.title))) if reference.title else None:
            return self._only(found, reference, text)
        ends = _ENDS_A_TITLE if reference.title else _ENDS
        matches = [letters for at, gap in text.before.items() if at == 0 or _OPENS.search(gap) for letters in self._at(text, at, ends)]
        if not matches:
            return None
        longest = max(matches, key=len)
        if any(letters not in longest for letters in matches):
            return None
        return self._only(self._whole[longest], reference, text)

    def _at(self, text: _Text, at: int, ends: re.Pattern[str]) -> list[str]:
        """The titles that stand in a text at this place, followed by what ends a title."""
        found = []
        for letters in self._heads.get(text.letters[at : at + _HEAD], ()):
            end = at + len(letters)
            if not text.letters.startswith(letters, at) or end not in text.after:
                continue
            gap = text.after[end]
            asked = gap.lstrip().startswith(_ASKS) and any(title.asks for title in self._whole[letters])
            if end == len(text.letters) or ends.match(gap) or asked:
                found.append(letters)
        return found

    def _only(self, titles: Iterable[_Title], reference: Reference, text: _Text) -> Identifier | None:
        fitting = {t.identifier for t in titles if _fits(t, reference, text)}
        return fitting.pop() if len(fitting) == 1 else None


def _title(paper: Candidate) -> _Title:
    words = _words(plain(paper.title))
    return _Title(
        identifier=paper.primary,
        letters="".join(words),
        words=len(words),
        family="".join(_words(paper.authors[0].family)) if paper.authors else "",
        year=int(paper.date[:4]) if paper.date[:4].isdigit() else 0,
        asks=paper.title.endswith(_ASKS),
    )


def _fits(title: _Title, reference: Reference, text: _Text) -> bool:
    """Whether what the reference says of authors and year agrees with the paper."""
    years = {int(y) for y in _YEAR.findall(reference.text)}
    if title.year and years and not any(title.year - EARLIER <= y <= title.year + LATER for y in years):
        return False
    if not title.family or text.letters in {"", title.letters}:
        return title.has(_ALONE)
    return any(text.letters.startswith(title.family, at) and at + len(title.family) in text.after for at in text.before)
