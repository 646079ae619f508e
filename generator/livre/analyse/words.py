"""The words of titles that tell one group of papers from another, and those that tell nothing."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ..latex import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = 3
_NOTHING = (
    "a about across after all also among an and any are as at based be been before between both but by can could do does during "
    "each for from further had has have how however i if in into is it its may more most new no not of on only or other our over "
    "per same should so some such than that the their them then there these they this those through to toward towards under up use "
    "used using very via was we were what when where whether which while who why will with within without would you your "
)
DULL = frozenset(_NOTHING.split())
"""Words that tell nothing, alone or as a part of a pair."""
_WORD = re.compile(r"[^\W\d_](?:[\w-]*\w)?")
_SHORTEST = 3
_RARE = 2
_PHRASE = 1.5
"""Two words that belong together tell more than one of them."""


def telling(groups: Sequence[Sequence[str]], words: int = WORDS) -> tuple[tuple[str, ...], ...]:
    """The words or pairs of words that tell each group of titles from the others.

    Class-based TF-IDF as a difference: in how many titles of the group, times the logarithm of how much oftener than in
    all; a term needs two titles, and none repeats a word of a more telling one.
    """
    forms: dict[str, Counter[str]] = {}
    within = []
    for titles in groups:
        within.append(Counter[str]())
        for title in titles:
            found = {_stem(term): term for term in _terms(title)}
            within[-1].update(found.keys())
            for stem, term in found.items():
                forms.setdefault(stem, Counter())[term] += 1
    everywhere = sum(within, Counter[str]())
    total = sum(map(len, groups))
    out = []
    for counts, titles in zip(within, groups, strict=True):
        score = {
            t: n * (math.log(n * total / (len(titles) * everywhere[t])) if len(groups) > 1 else 1) * (_PHRASE if " " in t else 1)
            for t, n in counts.items()
            if n >= _RARE
        }
        chosen: list[str] = []
        seen: set[str] = set()
        for term in sorted(score, key=lambda t: (-score[t], t)):
            parts = {*re.split("[ -]", term)}
            if score[term] > 0 and not parts & seen and len(chosen) < words:
                chosen.append(min(forms[term], key=lambda form: (-forms[term][form], form)))
                seen |= parts
        out.append(tuple(chosen))
    return tuple(out)


def _terms(title: str) -> tuple[str, ...]:
    """The words of a title, and its pairs of neighbours, in their order."""
    words = [w if len(w) >= _SHORTEST and w not in DULL else "" for w in _WORD.findall(plain(title).lower())]
    return (*filter(None, words), *(f"{a} {b}" for a, b in pairwise(words) if a and b))


def roots(text: str) -> frozenset[str]:
    """The words of a text that tell something, singular and plural as one."""
    return frozenset(_stem(w) for w in _WORD.findall(plain(text).lower()) if len(w) >= _SHORTEST and w not in DULL)


@lru_cache(maxsize=65536)
def _stem(term: str) -> str:
    """Singular and plural alike, and two words with a hyphen or without."""
    parts = term.split("-")
    words = term.split(" ") if any(len(p) < _SHORTEST for p in parts) else re.split("[ -]", term)
    return " ".join(re.sub(r"ies$", "y", word).rstrip("s") for word in words)
