"""Takes a bundled night out of a copy of the review: python demo/forget.py BIB FEED DAY.

The demo replays a night that really was, so sooner or later a real night has brought its papers into bib/. The copy
must not know them yet: its papers, candidates and decisions go, and so does all that came or was decided from DAY on.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from livre import corpus
from livre.harvest import feed


def forget(bib: Path, night: Path, day: str) -> None:
    """Rewrite the corpus in `bib` as it was without the entries of `night`, and before the ISO date `day`."""
    known = corpus.load(bib)
    works = {i for batch in feed.read(night) for candidate in batch.candidates for i in candidate.identifiers}
    decisions = {s: earlier for s, of in known.decisions.items() if s not in works and (earlier := tuple(d for d in of if d.on < day))}
    before = replace(
        known,
        papers={
            k: p for k, p in known.papers.items() if works.isdisjoint(p.identifiers) and not decisions.keys().isdisjoint(p.identifiers)
        },
        candidates={i: c for i, c in known.candidates.items() if not decisions.keys().isdisjoint(c.identifiers)},
        decisions=decisions,
        nights=tuple(n for n in known.nights if n.night < day),
    )
    files = corpus.tree(before)
    for path in corpus.listing(bib, []):
        if path not in files:
            (bib / path).unlink()
    for path, data in files.items():
        (bib / path).write_bytes(data)


if __name__ == "__main__":
    folder, bundled, on = sys.argv[1:]
    forget(Path(folder), Path(bundled), on)
