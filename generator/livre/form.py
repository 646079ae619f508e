"""The canonical form of everything that is written under bib/: which files are not in it, and all that is wrong in any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import audit, card, corpus, edges, filed, plaintext, proposal, sentinels, summary
from .errors import BadData
from .save import write, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .model import Problem


def _edges(bib: Path) -> dict[str, bytes]:
    problems: list[Problem] = []
    changed = {}
    for path in edges.listing(bib, problems):
        try:
            data = plaintext.contents(bib / path, shown=corpus.SHOWN + path)
            if (form := edges.canonical(path, data)) != data:
                changed[path] = form
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    return changed


def _audits(bib: Path) -> dict[str, bytes]:
    return {
        path: data for path, data in audit.tree(audit.load(bib)).items() if not (bib / path).exists() or (bib / path).read_bytes() != data
    }


def _filings(bib: Path) -> dict[str, bytes]:
    return {path: form for path, data in filed.files(bib) if (form := filed.canonical(path, data)) != data}


def _summaries(bib: Path) -> dict[str, bytes]:
    return {path: form for path, data in summary.files(bib) if (form := summary.canonical(path, data)) != data}


def differing(bib: Path) -> dict[str, bytes]:
    """The files that are not canonical, with their canonical bytes; BadData carries all problems of those that cannot be read."""
    changed: dict[str, bytes] = {}
    problems: list[Problem] = []
    for form in (corpus.fmt, _edges, _audits, _filings, _summaries):
        try:
            changed |= form(bib)
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    return changed


def canonize(bib: Path, *, dry_run: bool) -> tuple[str, ...]:
    """Rewrite the files under bib/ that are not in canonical form; their paths."""
    if dry_run:
        return tuple(differing(bib))
    with writer(bib):
        return write(bib, differing(bib))


def problems(bib: Path) -> Iterator[Problem]:
    """What is wrong in the ledgers beside the corpus: edges, samples, filings, summaries, the card, the proposal, the sentinel sets."""
    yield from sentinels.problems(bib)
    readers: tuple[Callable[[Path], object], ...] = (edges.load, audit.load, filed.load, card.load, proposal.load, summary.load)
    for read in readers:
        try:
            read(bib)
        except BadData as error:
            yield from error.problems
