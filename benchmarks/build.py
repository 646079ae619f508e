"""How long a full build takes, beside what others would need for the same papers, all in one run.

    make bench, or: python benchmarks/build.py [--papers 3000,10000] [--material 300,1200] [--rounds 3] [--out build/bench.json]

Three ways to a site, taken in turn in every round, each in a process of its own; of each the median counts:

- livre: the whole build of this repository (every family of pages, downloads, feeds, checks) over fabricated papers;
- Material: MkDocs with the Material theme rendering one Markdown page a paper, in its fast case. Sizes are small because
  it is slow; the cost of a page is the slope between them, and what it would need for more is extrapolated and says so;
- Hugo: one bare page a paper with the same facts, if there is a `hugo`.

This process imports no engine and holds no papers: on Linux a child starts with its parent's peak memory as its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Measured:
    """Runs of one command: seconds, processor seconds and peak resident memory (MiB) of each, and what it said about itself."""

    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    pages: int = 0
    steps: dict[str, list[float]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def run(self, command: Sequence[str | Path], cwd: Path) -> str:
        """Run a command to its end, in a process of its own; what it printed on standard output."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.perf_counter()
            process = subprocess.Popen([*map(str, command)], cwd=cwd, stdout=out, stderr=err)
            # wait4 gives the usage of this one child and of the children that it waited for.
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds.append(time.perf_counter() - start)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            said = out.read().decode()
            if process.returncode:
                sys.exit(f"{' '.join(map(str, command))} failed:\n{said}{err.read().decode()}")
        self.work.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / (1 if sys.platform == "darwin" else 1024) / (1024 if sys.platform == "darwin" else 1))
        return said

    def summary(self) -> dict[str, Any]:
        steps = {name: round(statistics.median(times), 3) for name, times in self.steps.items()}
        return {
            "seconds": round(self.median, 2),
            "seconds of each round": [round(s, 2) for s in self.seconds],
            "processor seconds": round(statistics.median(self.work), 2),
            "peak memory, MiB": round(max(self.memory)),
            "pages": self.pages,
            "ms a page": round(1000 * self.median / self.pages, 3),
            **({"steps, seconds": steps} if steps else {}),
        }


def one_build(root: Path, site: Path) -> None:
    """What a child process does: build once, and say in JSON how it went."""
    from livre import build

    report = build.build(root, site)
    print(json.dumps({"pages": report.pages, "steps": dict(report.seconds)}))


def fabricate(kind: str, work: Path, count: int) -> Path:
    """A folder with that many fabricated papers, made by a process of its own."""
    folder = work / f"{kind}-{count}"
    subprocess.run([sys.executable, Path(__file__).with_name("fabricated.py"), kind, folder, str(count)], check=True)
    return folder


def measure(counts: Sequence[int], sizes: Sequence[int], rounds: int, work: Path) -> dict[str, dict[int, Measured]]:
    """All ways and sizes, taken in turn `rounds` times."""
    tasks: list[Callable[[], None]] = []
    results: dict[str, dict[int, Measured]] = {"livre": {}, "material": {}, "hugo": {}}
    program = shutil.which("hugo")
    for count in counts:
        root = fabricate("review", work, count)
        ours = results["livre"][count] = Measured()

        def livre(root: Path = root, ours: Measured = ours) -> None:
            site = root / "build" / "site"
            shutil.rmtree(site, ignore_errors=True)
            said = json.loads(ours.run([sys.executable, __file__, "--child", root, site], root).splitlines()[-1])
            ours.pages = said["pages"]
            for name, seconds in said["steps"].items():
                ours.steps.setdefault(name, []).append(seconds)

        tasks.append(livre)
        if program:
            folder = fabricate("hugo", work, count)
            theirs = results["hugo"][count] = Measured(pages=count)

            def run_hugo(folder: Path = folder, theirs: Measured = theirs, program: str = program) -> None:
                shutil.rmtree(folder / "public", ignore_errors=True)
                shutil.rmtree(folder / "resources", ignore_errors=True)
                theirs.run([program, "--quiet", "--noTimes"], folder)
                assert sum(1 for _ in (folder / "public").rglob("index.html")) == theirs.pages

            tasks.append(run_hugo)
    if not program:
        print("hugo is not here and is left out (Debian: apt-get install hugo)")
    for size in sizes:
        folder = fabricate("material", work, size)
        theirs = results["material"][size] = Measured(pages=size)

        def run_material(folder: Path = folder, theirs: Measured = theirs) -> None:
            theirs.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--clean"], folder)

        tasks.append(run_material)
    for number in range(rounds):
        for task in tasks:
            task()
        print(f"round {number + 1} of {rounds} done", flush=True)
    return results


def ratios(results: dict[str, dict[int, Measured]]) -> dict[str, float]:
    """Ours against theirs: what the budgets speak of. Pages are those each way builds."""
    ours, theirs, bare = results["livre"], results["material"], results["hugo"]
    (small, one), (large, other) = sorted(theirs.items())[0], sorted(theirs.items())[-1]
    slope = (other.median - one.median) / (large - small)
    counts = sorted(ours)
    cost = {c: ours[c].median / ours[c].pages for c in counts}
    out = {"Material, ms a page (slope)": 1000 * slope}
    for c in counts:
        out[f"Material for the {ours[c].pages} pages of {c} papers, extrapolated, against livre"] = slope * ours[c].pages / ours[c].median
        out[f"Material for one page each of {c} papers, extrapolated, against livre's whole build"] = slope * c / ours[c].median
        if c in bare:
            out[f"Hugo's {c} bare pages against livre's whole build"] = bare[c].median / ours[c].median
    out[f"livre, cost of a page at {counts[-1]} papers against {counts[0]}"] = cost[counts[-1]] / cost[counts[0]]
    return {name: round(value, 2) for name, value in out.items()}


def numbers(text: str) -> list[int]:
    return sorted({int(n) for n in text.split(",")})


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a full build beside its peers.")
    parser.add_argument("--papers", type=numbers, default=[3000, 10000])
    parser.add_argument("--material", type=numbers, default=[300, 1200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("--child", type=Path, nargs=2, metavar=("ROOT", "SITE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        one_build(*args.child)
        return
    if len(args.material) < 2:
        parser.error("--material needs two sizes: the cost of a page is the slope between them")
    with tempfile.TemporaryDirectory(prefix="livre-bench-") as folder:
        results = measure(args.papers, args.material, args.rounds, Path(folder))
    report = {
        "machine": {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()},
        "rounds": args.rounds,
        **{name: {str(count): m.summary() for count, m in by_size.items()} for name, by_size in results.items()},
        "ratios": ratios(results),
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
