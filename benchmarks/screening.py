"""How much reading learned screening saves, beside ASReview's default in the same run, and how long a night's learning takes.

    python benchmarks/screening.py --sets FOLDER [--asreview PYTHON] [--seeds 3] [--out build/screening.json]
    python benchmarks/screening.py --night [--included FILE.jsonl.gz ...] [--excluded FILE.jsonl.gz ...]

`--sets` is a folder of screening sets: CSV files with the columns `title`, `abstract`, `label_included` and perhaps `year`. Each is
screened in simulation once a seed, from one work that belongs and one that does not; the same for both learners. What counts is
WSS@95: the share of the reading saved when 95 % of what belongs is found. `PYTHON` is an interpreter that has `asreview` 3, in an
environment of its own; without it livre runs alone. Beside the simulation stands what one training on 3/4 of a set does for the
rest: picked at random, and the newest, where the set has years.

`--night` times learning and judging at 10,000 papers and 20,000 other candidates: real records from files of JSON lines (`title`,
`abstract`, `categories`), repeated with some words changed where they are too few, else fabricated ones. Processor seconds are what
an idle machine would take; where it is busy, seconds are more.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from livre import relevance, scope
from livre.corpus import Corpus
from livre.latex import normal
from livre.learn import Document, Space, balanced, fit
from livre.model import Candidate, Decision, Identifier, Paper, Verdict
from livre.quality import average_precision, ranked, recall_at, wss
from livre.simulate import priors, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
ELAS = Path(__file__).with_name("elas.py")
NEW = 1_000


@dataclass(frozen=True, slots=True)
class Set:
    """One screening set; a year is '' where it is not known."""

    name: str
    documents: tuple[Document, ...]
    labels: tuple[bool, ...]
    years: tuple[str, ...]


def load(path: Path) -> Set:
    csv.field_size_limit(10**8)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return Set(
        path.stem,
        tuple(Document(title=r["title"], abstract=r["abstract"]) for r in rows),
        tuple(r["label_included"].strip() in {"1", "1.0"} for r in rows),
        tuple((r.get("year") or "")[:4] for r in rows),
    )


def saved(order: Sequence[int], labels: Sequence[bool]) -> tuple[float, float]:
    """WSS@95, and recall after a tenth was read."""
    read = set(order)
    rest = [i for i in range(len(labels)) if i not in read]
    found = [labels[i] for i in (*order, *rest)]
    return wss(found) or 0.0, recall_at(found) or 0.0


def peer(python: str, of: Set, starts: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The orders in which ASReview reads."""
    records = [[d.title, d.abstract] for d in of.documents]
    given = json.dumps({"records": records, "labels": [int(x) for x in of.labels], "priors": starts})
    done = subprocess.run([python, str(ELAS)], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python} {ELAS} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def one_training(of: Set, past: Sequence[int], rest: Sequence[int]) -> dict[str, float | None]:
    """What a model of some rows says of the others."""
    labels = [of.labels[i] for i in past]
    if all(labels) or not any(labels) or not any(of.labels[i] for i in rest):
        return {}
    model = fit(Space.of(of.documents), past, labels, balanced(labels, [1.0] * len(past)), cost=0.5)
    scores, belongs = model.scores(rest), [of.labels[i] for i in rest]
    order = ranked(scores, belongs)
    return {"WSS@95": wss(order), "recall@10%": recall_at(order), "average precision": average_precision(scores, belongs)}


def splits(of: Set) -> dict[str, Any]:
    """A random split and a temporal one, of the same sizes."""
    rows = list(range(len(of.labels)))
    dated = sorted((i for i in rows if of.years[i]), key=lambda i: (of.years[i], i))
    picked = random.Random(0).sample(rows, len(rows))
    cut = len(rows) * 3 // 4
    out: dict[str, Any] = {"random": one_training(of, sorted(picked[:cut]), sorted(picked[cut:]))}
    if len(dated) > len(rows) // 2:
        first = of.years[dated[len(dated) * 3 // 4]]
        past, newest = ([i for i in dated if (of.years[i] < first) is old] for old in (True, False))
        out["temporal"] = {"since": first, **one_training(of, past, newest)}
    return out


def compare(sets: Iterable[Set], seeds: int, python: str | None) -> dict[str, Any]:
    """All sets, all seeds, both learners."""
    report: dict[str, Any] = {}
    for of in sets:
        starts = [priors(of.labels, seed) for seed in range(seeds)]
        begun = time.perf_counter()
        ours = [saved(simulate(of.documents, of.labels, seed=seed, first=first), of.labels) for seed, first in enumerate(starts)]
        took = time.perf_counter() - begun
        row: dict[str, Any] = {
            "works": len(of.labels),
            "belong": sum(of.labels),
            "livre": {"WSS@95": fmean(w for w, _ in ours), "recall@10%": fmean(r for _, r in ours), "seconds": took / seeds},
        }
        if python:
            begun = time.perf_counter()
            theirs = [saved(order, of.labels) for order in peer(python, of, starts)]
            took = time.perf_counter() - begun
            row["ELAS u4"] = {"WSS@95": fmean(w for w, _ in theirs), "recall@10%": fmean(r for _, r in theirs), "seconds": took / seeds}
        row["one training"] = splits(of)
        report[of.name] = row
        print(shown(of.name, row), flush=True)
    ways = [way for way in ("livre", "ELAS u4") if all(way in row for row in report.values())]
    mean = {way: {n: fmean(row[way][n] for row in report.values()) for n in ("WSS@95", "recall@10%", "seconds")} for way in ways}
    print(shown("mean", {"works": "", "belong": "", **mean, "one training": {}}))
    return {"sets": report, "mean": mean, "seeds": seeds}


def shown(name: str, row: Mapping[str, Any]) -> str:
    """One line of the table."""
    cells = [f"{name:28}", f"{row['works']!s:>6}", f"{row['belong']!s:>5}"]
    for way in ("livre", "ELAS u4"):
        if way in row:
            cells.append(f"{way}: WSS@95 {row[way]['WSS@95']:.4f} R@10 {row[way]['recall@10%']:.3f} {row[way]['seconds']:.0f} s")
    for split, found in row["one training"].items():
        if found.get("WSS@95") is not None:
            cells.append(f"{split}{' ' + found['since'] if 'since' in found else ''}: WSS@95 {found['WSS@95']:.3f}")
    return "  ".join(cells)


# --- a night ---------------------------------------------------------------------------------------


def fabricated(near: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Title, abstract and classes of works without end, with up to so many words of the subject."""
    draw = random.Random(near)
    common = [f"word{n}" for n in range(30_000)]
    weights = [1 / (n + 10) for n in range(len(common))]
    subject = ["clinical", "language model", "medical", "patients", "LLM", "radiology", "foundation model", "diagnosis"]
    for n in count():
        words = draw.choices(common, weights, k=180)
        for at in draw.sample(range(180), draw.randint(0, near)):
            words[at] = draw.choice(subject)
        yield f"Example {n}: {' '.join(words[:10])}", " ".join(words[10:]), ("cs.CL", "cs.AI")


def varied(files: Sequence[Path]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The records of the files, over and over, from the second time on with a tenth of their words changed for others' words."""
    records = []
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            records += [json.loads(line) for line in file]
    draw = random.Random(0)
    pool = [word for r in records[:2000] for word in (r["abstract"] or "").split()]
    for again in count():
        for r in records:
            words = (r["abstract"] or "").split()
            if again:
                words = [draw.choice(pool) if draw.random() < 0.1 else word for word in words]
            yield normal(r["title"]), normal(" ".join(words)), tuple(r["categories"] or ())


def ledger(papers: Sequence[tuple[str, str, tuple[str, ...]]], others: Sequence[tuple[str, str, tuple[str, ...]]]) -> Corpus:
    """A corpus of these papers and excluded candidates, all decided by rules."""
    works: list[Candidate] = []
    for n, (title, abstract, classes) in enumerate((*papers, *others)):
        on = (date(2099, 1, 1) + timedelta(days=n % 365)).isoformat()
        identifier = Identifier("arxiv", f"99{1 + n % 12:02}.{n:05}")
        facts: dict[str, Any] = {"identifiers": (identifier,), "title": title, "abstract": abstract, "classes": classes, "date": on}
        works.append(Paper(**facts, key=f"example{n}", shard="2099-01", added=on) if n < len(papers) else Candidate(**facts))

    def decided(work: Candidate) -> tuple[Decision, ...]:
        verdict, criterion = (Verdict.INCLUDE, "medicine") if isinstance(work, Paper) else (Verdict.EXCLUDE, "model")
        return (Decision(subject=work.primary, on=work.date, verdict=verdict, criterion=criterion, score=0.9, by="rules", why="benchmark"),)

    return Corpus(
        papers={w.key: w for w in works if isinstance(w, Paper)},
        candidates={w.primary: w for w in works if not isinstance(w, Paper)},
        decisions={w.primary: decided(w) for w in works},
    )


def night(included: Sequence[Path], excluded: Sequence[Path], papers: int, others: int) -> dict[str, float]:
    """Seconds and MiB of what a night learns and judges."""
    corpus = ledger(
        list(islice(varied(included) if included else fabricated(near=8), papers)),
        list(islice(varied(excluded) if excluded else fabricated(near=3), others)),
    )
    asked = scope.load(ROOT / "bib" / "scope.toml")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    clocks = [(time.perf_counter(), time.process_time())]

    def lap() -> None:
        clocks.append((time.perf_counter(), time.process_time()))

    taught = relevance.examples(corpus, asked, held=frozenset(), before="2100-02-01")
    lap()
    screener = relevance.train(
        taught, topics=[t.id for t in asked.topics], precision=asked.screening.precision, missed=asked.screening.missed, scope=asked
    )
    assert isinstance(screener, relevance.Screener), screener
    lap()
    candidates = list(corpus.candidates.values())
    screener.judge(candidates[:NEW])
    lap()
    screener.judge(candidates)
    lap()
    names = ("examples", "training", f"judging {min(NEW, others)} new works", f"judging all {others} candidates")
    out = {}
    for name, (wall, work), (wall_after, work_after) in zip(names, clocks, clocks[1:], strict=False):
        out[f"{name}, seconds"] = round(wall_after - wall, 2)
        out[f"{name}, processor seconds"] = round(work_after - work, 2)
    out["taught by"] = len(taught)
    out["memory before, MiB"] = round(before)
    out["peak memory, MiB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure learned screening.")
    parser.add_argument("--sets", type=Path, help="folder of screening sets (.csv)")
    parser.add_argument("--only", default="*", help="which of them, as a file name pattern without .csv")
    parser.add_argument("--asreview", metavar="PYTHON", help="an interpreter that has asreview 3")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--night", action="store_true")
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--candidates", type=int, default=20_000)
    parser.add_argument("--included", type=Path, nargs="*", default=[], help="records (.jsonl.gz) to make papers of")
    parser.add_argument("--excluded", type=Path, nargs="*", default=[], help="records (.jsonl.gz) to make other candidates of")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screening.json")
    args = parser.parse_args()
    if not args.sets and not args.night:
        parser.error("say what to measure: --sets FOLDER, --night or both")
    report: dict[str, Any] = {}
    if args.night:
        report["night"] = night(args.included, args.excluded, args.papers, args.candidates)
        print(json.dumps(report["night"], indent=2))
    if args.sets:
        files = sorted(args.sets.glob(f"{args.only}.csv"))
        if not files:
            parser.error(f"{args.sets} holds no {args.only}.csv")
        report["screening"] = compare(map(load, files), args.seeds, args.asreview)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
