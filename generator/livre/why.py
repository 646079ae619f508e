"""Why a work is in, out, waiting or unknown: the answer for one, and the compact index that answers for all without a server.

The index is 256 files. That of an identifier, written as `arxiv:2503.02104` or `doi:10.1000/182` (`Identifier`: no version, DOI in
lower case), is named by two hexadecimal digits, which a page computes so:

    let h = 0x811c9dc5                                     // FNV-1a, 32 bits
    for (const byte of new TextEncoder().encode(identifier)) h = Math.imul(h ^ byte, 0x01000193) >>> 0
    const shard = ((h >>> 24 ^ h >>> 16 ^ h >>> 8 ^ h) & 0xff).toString(16).padStart(2, "0")

Each is an object from identifier to row. A row is a list: the work's key if it is a paper, else ""; its title; and its decisions, the
one that holds first, each `[verdict, criterion, score, by, on, why]`. A row that is a string is another name of the same work, to be
looked up again. All 256 are there even when empty, so that an identifier that is in none has never been seen, and a file that does
not come is a fault.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .appeal import Appeal, appeal
from .classify import classify
from .corpus import history
from .model import Decision, Identifier, Night, Paper, Verdict
from .screen import decide, topics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .corpus import Corpus
    from .model import Candidate
    from .scope import Scope
    from .taxonomy import Taxonomy

STATES = {Verdict.INCLUDE: "included", Verdict.EXCLUDE: "excluded", Verdict.WAIT: "waiting"}
"""What a verdict makes of a work."""

UNKNOWN = "unknown"
"""What a work is on which nothing was ever decided."""

OWN_CRITERIA = {
    "person": "a person's judgement",
    "correction": "a person corrected what is said of it",
    "import": "the person who imported it",
    "background": "a milestone from outside the scope",
    "no-topic": "no topic of the scope matches",
    "relevance": "what was learned from earlier decisions",
    "queue": "more was waiting than may wait",
}
"""Criteria that no scope has, in words."""

Row = str | list[Any]
"""A line of the index: another identifier, or key, title and decisions."""


def shard(identifier: Identifier) -> str:
    """The file of the index that an identifier is in: two hexadecimal digits, FNV-1a folded to a byte."""
    h = 0x811C9DC5
    for byte in str(identifier).encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{(h >> 24 ^ h >> 16 ^ h >> 8 ^ h) & 0xFF:02x}"


def index(corpus: Corpus) -> Iterator[tuple[str, dict[str, Row]]]:
    """The 256 files of the index by name, as JSON values; see above."""
    shards: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for record in (*corpus.papers.values(), *corpus.candidates.values()):
        past = [[d.verdict.value, d.criterion, d.score, d.by, d.on, d.why] for d in history(corpus, record)[::-1]]
        shards[shard(record.primary)][str(record.primary)] = [record.key if isinstance(record, Paper) else "", record.title, past]
        for other in record.identifiers[1:]:
            shards[shard(other)][str(other)] = str(record.primary)
    for number in range(256):
        rows = shards[f"{number:02x}"]
        yield f"{number:02x}", {identifier: rows[identifier] for identifier in sorted(rows)}
