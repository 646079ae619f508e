"""The key sentences of an abstract: those that share most words with the others and the title, copied and never rewritten.

TextRank (Mihalcea and Tarau 2004, TextRank: Bringing Order into Texts): sentences are joined as far as they are alike, and PageRank
says which stand in the middle. They are alike by the cosine of LexRank (Erkan and Radev 2004, LexRank: Graph-based Lexical Centrality
as Salience in Text Summarization), which favours long sentences less, but without its weights by how rare a word is among all texts:
those would change the pages of old papers every night. The title is one more sentence, which is never chosen.
"""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import TYPE_CHECKING

from .graph import central
from .words import roots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..model import Paper

SHORTEST, MOST = 5, 3
"""A text of fewer sentences says itself what matters; so many are chosen at most, and never more than a third."""
_END = re.compile(r"[.!?]['\"”’)\]]*\s+(?=[\"“‘'(\[]*(?:[A-Z0-9$\\]|[^\W\da-z_]))|[。！？]\s*|[؟۔]\s+")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|et al|etc|resp|approx|ca|Figs?|Eqs?|Secs?|Tab|Refs?|Nos?|Vol|Dr|Prof|Mr|Mrs|St|Dept|Inc|a\.k\.a)"
    r"|\b[A-Z])\.$"
)
_OPAQUE = re.compile(r"(?<!\\)\$\$?[^$]*\$\$?|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)


def _depths(text: str) -> list[bool]:
    """For each character whether a cut after it would tear a formula or a group of TeX."""
    inside = [False] * len(text)
    for m in _OPAQUE.finditer(text):
        inside[m.start() : m.end() - 1] = [True] * (m.end() - 1 - m.start())
    depth = 0
    for i, char in enumerate(text):
        if char in "{}" and not (i and text[i - 1] == "\\"):
            depth += 1 if char == "{" else -1
        inside[i] = inside[i] or depth > 0
    return inside


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence of a text (in normal form) begins and ends, white space left out; formulas and TeX's groups stay whole."""
    torn = _depths(text) if any(sign in text for sign in "${\\") else None
    out, start = [], 0
    for m in _END.finditer(text):
        stop = m.start() + len(m[0].rstrip())
        if (torn and torn[stop - 1]) or _ABBREVIATED.search(text, start, m.start() + 1):
            continue
        out.append((start, stop))
        start = m.end()
    return (*out, (start, len(text))) if text[start:].strip() else tuple(out)


def _links(words: list[frozenset[str]]) -> Iterator[tuple[int, int, float]]:
    for (i, one), (j, other) in combinations(enumerate(words), 2):
        if shared := len(one & other):
            yield i, j, shared / math.sqrt(len(one) * len(other))


def key_sentences(papers: Iterable[Paper]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Where the key sentences of each paper's abstract stand, in order; an abstract that is short, or hangs together in no way, has none.

    All are ranked in one graph, whose parts do not touch: within a part the order is that of the part alone.
    """
    texts: list[tuple[str, tuple[tuple[int, int], ...], int, frozenset[int]]] = []
    arcs: list[tuple[int, int, float]] = []
    total = 0
    for paper in papers:
        spans = sentences(paper.abstract)
        if len(spans) < SHORTEST:
            continue
        own = tuple(_links([*(roots(paper.abstract[a:b]) for a, b in spans), roots(paper.title)]))
        linked = frozenset(i for link in own for i in link[:2]) - {len(spans)}
        if 2 * len(linked) <= len(spans):
            continue
        arcs += ((i + total, j + total, weight) for i, j, weight in own)
        texts.append((paper.key, spans, total, linked))
        total += len(spans) + 1
    ranks = central(total, arcs)
    out = {}
    for key, spans, at, linked in texts:
        whole = sum(ranks[at : at + len(spans)])
        best = sorted(linked, key=lambda i: (-round(ranks[at + i] / whole, 6), i))[: min(MOST, len(spans) // 3 or 1)]
        out[key] = tuple(spans[i] for i in sorted(best))
    return out


def pieces(text: str, key: Iterable[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """The text cut at its key sentences: every piece, and whether it is one; put together again they are the text."""
    out, at = [], 0
    for a, b in key:
        out += [(text[at:a], False), (text[a:b], True)]
        at = b
    return tuple((piece, marked) for piece, marked in (*out, (text[at:], False)) if piece)
