"""How heavy the pages of papers are, as they are written and as hosts send them, against the budget of 16 KB.

    python benchmarks/weight.py [--root .] [--records FILE.jsonl.gz] [--out build/weight.json]

Renders every paper's page of a review in its frame, as a build does. `--records` fills in abstracts from JSON lines with `arxiv_id`
and `abstract` first, because a review that has just been imported has none yet; then the papers that got one are told apart.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from livre import corpus, edges, scope, taxonomy
from livre.latex import normal
from livre.site import chapters, shells
from livre.site.pages import Review, papers
from livre.site.render import Templates, framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[1]
BUDGET = 16 * 1024


def abstracts(file: Path) -> dict[str, str]:
    """Abstract by arXiv id."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines)
        return {r["arxiv_id"]: normal(r["abstract"]) for r in records if r.get("abstract")}


def rendered(root: Path, told: Mapping[str, str], url: str) -> dict[bool, list[bytes]]:
    """Every paper's page, by whether its abstract is known."""
    known = corpus.load(root / "bib")
    filled = {k: replace(p, abstract=p.abstract or told.get(p.identifier("arxiv"), "")) for k, p in known.papers.items()}
    prose = [one.path for one in chapters.read(root)]
    rules = scope.load(root / "bib/scope.toml"), taxonomy.load(root / "bib/taxonomy.toml")
    review = Review(replace(known, papers=filled), *rules, prose, edges=edges.load(root / "bib"))
    templates = Templates(shells.site(shells.configuration(root), url))
    out: dict[bool, list[bytes]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as work:
        frame = shells.run(root, Path(work), base_url=url).frames["papers"]
    for page in papers.pages(review):
        out[bool(page.context["paper"].abstract)].append(framed(page, *templates.parts(page), frame))
    return out


def spread(sizes: Iterable[int]) -> dict[str, float]:
    """Least, quantiles and most, in bytes, and the share over the budget."""
    of = sorted(sizes)
    at = {"p10": 0.1, "median": 0.5, "p90": 0.9, "p99": 0.99}
    quantiles = {name: of[min(len(of) - 1, int(len(of) * q))] for name, q in at.items()}
    return {"pages": len(of), "least": of[0], **quantiles, "most": of[-1], "over 16 KB": round(statistics.mean(n > BUDGET for n in of), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Weigh the pages of papers.")
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--url", default="https://example.org/review/")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "weight.json")
    args = parser.parse_args()
    pages = rendered(args.root, abstracts(args.records) if args.records else {}, args.url)
    names = {True: "with an abstract", False: "without"}
    report = {
        f"{names[kind]}, {form}": spread(len(pack(p)) for p in of)
        for kind, of in pages.items()
        if of
        for form, pack in (("as written", lambda p: p), ("gzip -6", lambda p: gzip.compress(p, 6)))
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
