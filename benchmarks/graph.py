"""How long all measures of a citation graph take, and how much memory, in a process of its own.

    python benchmarks/graph.py --nodes nodes.csv --edges edges.csv [--rounds 3] [--out build/bench-graph.json]
    python benchmarks/graph.py --papers 100000 [--references 20]

The files are those of Paperscape (https://github.com/paperscape/paperscape-data): `arxiv_id`, `categories` and `title` of each
paper, and `citing` and `cited` of each citation; `.gz` is read too. Without them a graph is fabricated: every paper cites
earlier ones, those often cited more often, and now and then a later one that cites them too, so that there are hubs and circles.

Measured is what a build needs: the graph, PageRank, every measure, the stability under leaving out each of three sources, the
condensed graph and its main path, communities, milestones, rising papers and bridges, what citations alone find, similar papers by
coupling and co-citation, and, beyond the budget of these, similar papers by their titles as well.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from livre.model import Paper

ROOT = Path(__file__).parents[1]
BEYOND = ("texts", "similar, with text")
"""Steps that are not in the sum."""
_Value = TypeVar("_Value")


def opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", newline="", encoding="utf-8") if path.suffix == ".gz" else path.open(newline="", encoding="utf-8")


def read(nodes: Path, edges: Path) -> tuple[list[Paper], list[tuple[str, str]]]:
    """Papers and citations of Paperscape; the month is in the old-style identifier."""
    from livre.model import Identifier, Paper

    with opened(nodes) as file:
        papers = [
            Paper(
                key=(id_ := row["arxiv_id"]),
                shard="",
                identifiers=(Identifier("arxiv", id_),),
                title=row["title"],
                date=f"19{id_[-7:-5]}-{id_[-5:-3]}",
                categories=(row["categories"].split(",")[0],),
            )
            for row in csv.DictReader(file)
        ]
    with opened(edges) as file:
        return papers, [(row["citing"], row["cited"]) for row in csv.DictReader(file)]


def fabricated(count: int, references: int) -> tuple[list[Paper], list[tuple[str, str]]]:
    """Papers over ten years; nine citations of ten by preference, one in two hundred of a later paper that cites it too."""
    from livre.model import Identifier, Paper

    draw = random.Random(count)
    words = [f"Word{n}" for n in range(2000)]
    papers = [
        Paper(
            key=f"paper{n:06}",
            shard="",
            identifiers=(Identifier("doi", f"10.9999/{n}"),),
            title=" ".join(draw.choices(words, k=8)),
            date=f"{2090 + 10 * n // count}-{1 + 120 * n // count % 12:02}",
            categories=(f"lane{n % 8}",),
        )
        for n in range(count)
    ]
    citations: list[tuple[int, int]] = []
    for n in range(1, count):
        for _ in range(draw.randrange(2 * references)):
            if draw.random() < 0.005:
                cited = min(count - 1, n + draw.randrange(1, 50))
                citations.append((cited, n))
            elif citations and draw.random() < 0.9:
                cited = citations[draw.randrange(len(citations))][1]
            else:
                cited = draw.randrange(n)
            citations.append((n, cited))
    return papers, [(papers[i].key, papers[j].key) for i, j in citations]


def run(papers: list[Paper], citations: list[tuple[str, str]]) -> dict[str, object]:
    """Every step once; seconds of each, the peak memory so far, and what came out."""
    from livre import learn
    from livre.analyse import communities, graph, mainpath, measures, notable, similar, snowball
    from livre.latex import plain

    steps: dict[str, float] = {}
    processor: dict[str, float] = {}

    def step(name: str, work: Callable[[], _Value]) -> _Value:
        start, busy = time.perf_counter(), time.process_time()
        out = work()
        steps[name] = round(time.perf_counter() - start, 2)
        processor[name] = round(time.process_time() - busy, 2)
        return out

    today = max(p.date for p in papers)
    years = {p.key: p.date[:4] for p in papers}
    whole = step("graph", lambda: graph.CitationGraph.of(papers, citations))
    ranks = step("pagerank", lambda: graph.pagerank(whole))
    every = step("measures", lambda: measures.measure(whole, papers, today=today, ranks=ranks))
    sources = {pair: (("one", "two", "three")[n % 3],) for n, pair in enumerate(whole.citations)}
    step("stability", lambda: measures.stability(whole, sources))
    condensed = step("condensed", lambda: graph.condensed(whole))
    path = step("main path", lambda: mainpath.main_path(whole, condensed))
    groups = step("communities", lambda: communities.communities(whole, papers, until=today[:4]))
    stones = step("notable", lambda: [f(every, years) for f in (notable.milestones, notable.rising, notable.bridges)])
    step("found by citations", lambda: snowball.found_by_citations(whole, notable.core(every)))
    near = step("similar", lambda: similar.similar(whole.keys, citations))
    memory = _peak()
    titles = {p.key: p.title for p in papers}
    text = step("texts", lambda: learn.tfidf([plain(titles[key]) for key in whole.keys]))
    step("similar, with text", lambda: similar.similar(whole.keys, citations, text))
    return {
        "papers": len(whole),
        "citations": len(whole.arcs),
        "self-citations": len(whole.loops),
        "circles": sum(len(m) > 1 for m in condensed.members),
        "citations of later papers left out of circles": len(condensed.against),
        "stops of the main path": len(path.path),
        "communities": len(groups),
        "milestones, rising papers, bridges": [len(s) for s in stones],
        "papers with similar ones": sum(map(bool, near.values())),
        "peak memory, MiB": memory,
        "peak memory with text, MiB": _peak(),
        "steps, seconds": steps,
        "steps, processor seconds": processor,
    }


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the measures of a citation graph.")
    parser.add_argument("--nodes", type=Path)
    parser.add_argument("--edges", type=Path)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--references", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-graph.json")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if bool(args.nodes) != bool(args.edges):
        parser.error("--nodes and --edges belong together")
    if args.child:
        print(json.dumps(run(*(read(args.nodes, args.edges) if args.nodes else fabricated(args.papers, args.references)))))
        return
    rounds = []
    for _ in range(args.rounds):
        child = subprocess.run([sys.executable, __file__, "--child", *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
        rounds.append(json.loads(child.stdout))
    clocks = {
        clock: {name: statistics.median(r[f"steps, {clock}"][name] for r in rounds) for name in rounds[0][f"steps, {clock}"]}
        for clock in ("seconds", "processor seconds")
    }
    report = {
        "machine": {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()},
        "rounds": args.rounds,
        **rounds[0],
        "peak memory, MiB": max(r["peak memory, MiB"] for r in rounds),
        "peak memory with text, MiB": max(r["peak memory with text, MiB"] for r in rounds),
        **{f"steps, {clock}": steps for clock, steps in clocks.items()},
        **{f"{clock}, without text": round(sum(s for n, s in steps.items() if n not in BEYOND), 2) for clock, steps in clocks.items()},
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
