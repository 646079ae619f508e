"""Replay nights of real records through the whole of a night, and see that judging stays bounded, quick and the same.

    python benchmarks/replay.py RECORDS... [--nights 120] [--since 2025-05-01]

RECORDS are files of JSON lines, gzipped, with `arxiv_id title abstract authors categories updated version` and
`extra.first_listed`. Everything is written to a temporary folder. Prints one line of JSON a night and a summary.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livre import corpus, night
from livre.harvest import Batch
from livre.latex import normal
from livre.model import ARXIV_CLASS, Candidate, Identifier, Name, Source
from livre.waiting import queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

REVIEW = Path(__file__).parents[1] / "bib"


def candidate(record: Mapping[str, Any]) -> Candidate:
    """A record as a source would give it."""
    day = record["extra"]["first_listed"]
    names = (str(n).strip().rpartition(" ") for n in record["authors"] or ())
    return Candidate(
        identifiers=(Identifier("arxiv", record["arxiv_id"]),),
        title=normal(record["title"]),
        abstract=normal(record["abstract"] or ""),
        authors=tuple(Name(family=normal(family), given=normal(given)) for given, _, family in names if family),
        date=day,
        classes=tuple(c for c in record["categories"] or () if ARXIV_CLASS.fullmatch(c)),
        source=Source(version=1, stamp=day, route="oai"),
    )


def by_day(paths: Iterable[Path]) -> list[tuple[str, list[Candidate]]]:
    """The records of each day on which they were listed first, oldest day first."""
    days: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if day := (record["extra"] or {}).get("first_listed"):
                    days[day].setdefault(record["arxiv_id"], candidate(record))
    return [(day, list(of.values())) for day, of in sorted(days.items())]


def contents(bib: Path) -> str:
    """One digest of everything under bib/."""
    digest = hashlib.sha256()
    for path in sorted(p for p in bib.rglob("*") if p.is_file()):
        digest.update(path.relative_to(bib).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def replay(days: Sequence[tuple[str, list[Candidate]]], root: Path) -> Iterator[dict[str, Any]]:
    """Run a night after each of these days on a new review with the rules of the reference review; what each one did."""
    bib = root / "bib"
    bib.mkdir(parents=True)
    for name in ("scope.toml", "taxonomy.toml"):
        shutil.copy(REVIEW / name, bib / name)
    if (REVIEW / "sentinels").is_dir():
        shutil.copytree(REVIEW / "sentinels", bib / "sentinels")
    for day, records in days:
        on = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        batch = Batch(candidates=tuple(records), refused=(), watermark=day)
        route = night.Route(name="oai", batches=lambda *_, batch=batch: iter([batch]))
        started = time.perf_counter()
        report = night.run(bib, routes=[route], lookup=None, on=on, force=True)
        seconds = time.perf_counter() - started
        held = corpus.load(bib)
        yield {
            "night": on,
            "seen": len(records),
            "papers": len(held.papers),
            "candidates": len(held.candidates),
            "waiting": len(queue(held)),
            "model": sum(d.by == "model" for d in report.decisions),
            "proposed": len(report.proposed),
            "seconds": round(seconds, 3),
            "digest": contents(bib),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--nights", type=int, default=120)
    parser.add_argument("--since", default="2025-05-01", help="the first day")
    given = parser.parse_args()
    days = [d for d in by_day(given.records) if d[0] >= given.since][: given.nights]
    done = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            rows = []
            for row in replay(days, Path(folder)):
                rows.append(row)
                print(json.dumps(row), flush=True)
            done.append(rows)
    first, last = done[0][0], done[0][-1]
    json.dump(
        {
            "nights": len(done[0]),
            "most waiting": max(r["waiting"] for r in done[0]),
            "papers": last["papers"],
            "seconds of the first and the last night": [first["seconds"], last["seconds"]],
            "seconds per known work, first and last night": [r["seconds"] / max(1, r["papers"] + r["candidates"]) for r in (first, last)],
            "same bytes twice": [r["digest"] for r in done[0]] == [r["digest"] for r in done[1]],
        },
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
