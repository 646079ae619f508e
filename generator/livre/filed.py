"""The ledger of what the learned model filed: its words and its score on the day it did, kept until the category goes.

Rules can be asked again at any time why they file a work; a model that learns anew every night cannot.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import ledger, plaintext
from .classify import Filing, classify
from .corpus import SHARD, SHOWN, decision_shard
from .errors import BadData
from .model import Identifier, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from .corpus import Corpus
    from .model import Candidate
    from .taxonomy import Taxonomy

FOLDER = "filings"
"""Where they are, under bib/: `filings/2025-03.tsv`, in the shard of the paper."""
_NAME = re.compile(rf"{SHARD.pattern}\.tsv")
_SEPARATOR = ", "


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Filed:
    """A category that the model gave a paper on the day `on`, how sure it was (0 to 1), and the words that weighed most."""

    paper: Identifier
    category: str
    on: str
    score: float
    words: str


COLUMNS: ledger.Columns = {
    "paper": ("paper", Identifier.parse),
    "category": ("category", ledger.some),
    "on": ("on", ledger.day),
    "score": ("score", ledger.score),
    "words": ("words", str),
}
"""The columns of filings/*.tsv."""


def files(bib: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the ledger, path under bib/ and bytes; BadData names what does not belong there."""
    folder = bib / FOLDER
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name.startswith("."):
            continue
        shown = f"{SHOWN}{FOLDER}/{file.name}"
        if not _NAME.fullmatch(file.name):
            raise BadData([Problem(shown, 0, "filings-file", "files here are called 2025-03.tsv: rename or remove it")])
        yield f"{FOLDER}/{file.name}", plaintext.contents(file, shown=shown)


def loads(text: str, *, path: str) -> tuple[Filed, ...]:
    """The rows of one file, in its order; BadData carries every problem with its line."""
    return tuple(Filed(**row) for row in ledger.read(text, COLUMNS, path=path))


def dumps(rows: Iterable[Filed]) -> str:
    """The file of these rows, by paper and category."""
    return ledger.write(sorted(rows), COLUMNS)


def canonical(path: str, data: bytes) -> bytes:
    """One file of the ledger, `path` under bib/, in canonical form; BadData when it cannot be read."""
    return dumps(loads(plaintext.decode(data, path=SHOWN + path), path=SHOWN + path)).encode()


def load(bib: Path) -> tuple[Filed, ...]:
    """The whole ledger, sorted; BadData carries all that is wrong in it."""
    return tuple(sorted(row for path, data in files(bib) for row in loads(plaintext.decode(data, path=SHOWN + path), path=SHOWN + path)))


def by_paper(rows: Iterable[Filed]) -> dict[Identifier, tuple[Filed, ...]]:
    """The rows of each paper."""
    out: defaultdict[Identifier, list[Filed]] = defaultdict(list)
    for row in rows:
        out[row.paper].append(row)
    return {paper: tuple(of) for paper, of in out.items()}


def evidence(record: Candidate, taxonomy: Taxonomy, rows: Mapping[Identifier, tuple[Filed, ...]]) -> tuple[Filing, ...]:
    """What speaks for the categories of a record: the rules as they are, and what the ledger says of the model (see `by_paper`)."""
    rules = {f.category: f for f in classify(record, taxonomy)}
    told = {}
    for row in (row for identifier in record.identifiers for row in rows.get(identifier, ())):
        words = tuple(row.words.split(_SEPARATOR)) if row.words else ()
        told[row.category] = Filing(category=row.category, score=row.score, words=words, source="model")
    every = told | rules
    return tuple(every[c] for c in taxonomy.categories if c in every)


def kept(known: Iterable[Filed], corpus: Corpus, fresh: Mapping[Identifier, tuple[Filing, ...]], *, on: str) -> tuple[Filed, ...]:
    """The ledger after a night: what was filed before and still stands, and what the model filed on the day `on` (ISO date)."""
    before = {(row.paper, row.category): row for row in known}
    rows = []
    for paper in corpus.papers.values():
        told = {f.category: f for i in paper.identifiers for f in fresh.get(i, ())}
        for category in paper.categories:
            filing = told.get(category)
            if filing and filing.source != "model":
                continue  # a rule or a person says so now
            past = next((row for i in paper.identifiers if (row := before.get((i, category)))), None)
            if past:
                rows.append(past)
            elif filing:
                words = _SEPARATOR.join(filing.words)
                rows.append(Filed(paper=paper.primary, category=category, on=on, score=filing.score, words=words))
    return tuple(sorted(rows))


def changes(known: Iterable[Filed], rows: Iterable[Filed], corpus: Corpus) -> dict[str, bytes | None]:
    """The files of the ledger after a night, path under bib/ and bytes, None for one that goes."""
    shards: dict[str, list[Filed]] = defaultdict(list)
    for row in rows:
        shards[f"{FOLDER}/{decision_shard(row.paper, corpus)}.tsv"].append(row)
    gone = {f"{FOLDER}/{decision_shard(row.paper, corpus)}.tsv" for row in known} - shards.keys()
    return {**{path: dumps(of).encode() for path, of in sorted(shards.items())}, **dict.fromkeys(sorted(gone))}
