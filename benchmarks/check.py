"""What `livre check` costs on a large review: the whole of it, and a change of one file.

    python benchmarks/check.py --papers 10000

The papers are fabricated (`fabricated.py`), the repository is real. Seconds of the clock and of the processor, the least of all rounds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRIBUTION = 'paper  = "arXiv:9901.99999"\naction = "include"\nreason = "for a benchmark"\n'


def git(root: Path, *words: str) -> None:
    quiet = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *quiet, *words], check=True, capture_output=True)


def repository(work: Path, count: int) -> Path:
    """A committed review of so many papers, and a branch that contributes one file."""
    subprocess.run([sys.executable, Path(__file__).with_name("fabricated.py"), "review", work / "review", str(count)], check=True)
    root = work / "review"
    git(work, "init", "-q", "-b", "main", str(root))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    git(root, "switch", "-q", "-c", "change")
    (root / "bib" / "inbox").mkdir(exist_ok=True)
    (root / "bib" / "inbox" / "new.toml").write_text(CONTRIBUTION)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")
    return root


def timed(root: Path, *words: str) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a command takes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from livre.cli import main; main()", "--root", str(root), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-check.json")
    given = parser.parse_args()
    ways = {"a change of one file": ("check", "--against", "main"), "the whole": ("check",)}
    with tempfile.TemporaryDirectory(prefix="livre-bench-") as work:
        root = repository(Path(work), given.papers)
        found = {name: [timed(root, *words) for _ in range(given.rounds)] for name, words in ways.items()}
    rows = {name: {"seconds": min(s for s, _ in times), "processor": min(p for _, p in times)} for name, times in found.items()}
    for name, row in rows.items():
        print(f"{name:24} {row['seconds']:6.2f} s {row['processor']:6.2f} s of the processor")
    given.out.parent.mkdir(exist_ok=True)
    given.out.write_text(json.dumps({"papers": given.papers, "rounds": given.rounds, **rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
