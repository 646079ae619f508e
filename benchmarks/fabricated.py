"""Fabricated papers, and three folders that hold them: a review of ours, a MkDocs project and a Hugo site.

    python benchmarks/fabricated.py review|material|hugo FOLDER PAPERS

Names, titles and abstracts are visibly made up; sizes are those of real ones: seven authors on average, abstracts of
1,300 characters, five years of months.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from livre import corpus
from livre.model import Decision, Identifier, Name, Night, Paper, Source, Verdict, Version
from livre.taxonomy import load as load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
WORDS = """
adaptive aligned attention benchmark bias bounded calibrated causal clinical cohort context contrastive
dataset decoder dense distilled domain early embedding encoder entropy evaluation evidence example fabricated
fairness feature federated few fine frozen grounded image instruction knowledge label language large latent
lesion local longitudinal masked medical memory model modular multimodal neural note open outcome patch
patient pretraining prior prompt protocol query radiology ranking reasoning report retrieval robust sample
score segmentation sequence shift signal slide sparse speech study supervised survey synthetic task text token
training transfer tuned uncertainty unified validation vision visual weak zero
a also an and are as at be by can each for from has in into is it its more not of on or our such than that the their
these this to under using was we were which with
""".split()  # noqa: SIM905 - a list of 130 quoted words is no easier to read
TITLE, AUTHORS, ABSTRACT = 11, 7, 1300
FIRST_YEAR, YEARS = 2021, 5
FACETS = {"model": ("llm", "vision"), "task": ("report", "segmentation")}
"""Categories for those who only print them."""


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize()


def abstract(rng: random.Random) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < ABSTRACT:
        parts.append(sentence(rng, rng.randint(12, 26)) + ".")
    return " ".join(parts)


def papers(count: int, categories: Mapping[str, Sequence[str]], seed: int = 1) -> Iterator[Paper]:
    """Fabricated papers: a few authors write many papers, most write one; two to five categories each."""
    rng = random.Random(seed)
    pool = max(50, count * 4)
    for number in range(count):
        year, month = FIRST_YEAR + number * YEARS // count, rng.randint(1, 12)
        day = f"{year}-{month:02}-{rng.randint(1, 28):02}"
        people = dict.fromkeys(int(pool * rng.random() ** 1.5) for _ in range(max(1, round(rng.gauss(AUTHORS, 3)))))
        yield Paper(
            key=f"example{year}fabricated-{number:06}",
            shard=day[:7],
            identifiers=(
                Identifier("arxiv", f"{day[2:4]}{day[5:7]}.{90000 + number % 10000:05}"),
                Identifier("doi", f"10.99999/example.{number}"),
            ),
            title=sentence(rng, TITLE),
            authors=tuple(Name(family=f"Example{n}", given="Ada") for n in people),
            date=day,
            versions=tuple(Version(number=v, on=day) for v in range(1, rng.randint(2, 4))),
            classes=("cs.CV", "cs.CL"),
            comment="12 pages, 4 figures",
            code=("https://example.org/code",) if rng.random() < 0.3 else (),
            abstract=abstract(rng),
            source=Source(version=1, stamp=day, route="oai"),
            categories=tuple(rng.choice(ids) for ids in categories.values()),
            milestone=f"Fabricated {number}" if number % 50 == 0 else "",
            added=day,
        )


def review(root: Path, count: int) -> None:
    """A review: this repository's scope, taxonomy and chapters, over fabricated papers; chapters lose their citations."""
    shutil.copytree(ROOT / "content", root / "content")
    for chapter in (root / "content").rglob("*.md"):
        chapter.write_text(re.sub(r"\s?\[(?:[^\]\n]*\s)?-?@[^\]]*\]", "", chapter.read_text("utf-8")), "utf-8")
    shutil.copy(ROOT / "mkdocs.yml", root)
    bib = root / "bib"
    bib.mkdir()
    for file in (ROOT / "bib").glob("*.toml"):
        shutil.copy(file, bib)
    facets: dict[str, list[str]] = {}
    for category in load_taxonomy(bib / "taxonomy.toml").categories.values():
        facets.setdefault(category.facet, []).append(category.id)
    made = list(papers(count, facets))
    decisions = {
        p.primary: (
            Decision(
                subject=p.primary,
                on=p.added,
                verdict=Verdict.INCLUDE,
                criterion="topic",
                score=0.9,
                by="rules",
                why="fabricated for a benchmark",
            ),
        )
        for p in made
    }
    days = sorted({p.added for p in made})[-200:]
    nights = tuple(Night(night=day, source="oai", watermark=day, seen=1000, matched=20, new=10, included=6, excluded=4) for day in days)
    for path, data in corpus.tree(corpus.Corpus(papers={p.key: p for p in made}, decisions=decisions, nights=nights)).items():
        (bib / path).parent.mkdir(exist_ok=True)
        (bib / path).write_bytes(data)


def markdown(paper: Paper) -> str:
    """The facts of a paper as a page of Markdown."""
    lines = [
        f"# {paper.title}",
        ", ".join(map(str, paper.authors)),
        f"{paper.date} · {' '.join(paper.classes)} · {' '.join(paper.categories)}",
    ]
    return "\n\n".join([*lines, paper.abstract, f"[{paper.primary}]({paper.primary.url})"]) + "\n"


def material(root: Path, count: int) -> None:
    """A MkDocs project in its fast case: one Markdown page a paper, none of them in `nav`, no search."""
    docs = root / "docs"
    (docs / "papers").mkdir(parents=True)
    (docs / "index.md").write_text("# Fabricated papers\n")
    for paper in papers(count, FACETS):
        (docs / "papers" / f"{paper.key}.md").write_text(markdown(paper))
    config = {
        "site_name": "Fabricated papers",
        "theme": {"name": "material", "font": False},
        "plugins": [],
        "nav": [{"Home": "index.md"}],
        "not_in_nav": "papers/*",
    }
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config))


def hugo(root: Path, count: int) -> None:
    """A Hugo site of bare pages: one a paper, no lists, no theme, no feed."""
    (root / "content" / "papers").mkdir(parents=True)
    (root / "layouts" / "_default").mkdir(parents=True)
    (root / "layouts" / "_default" / "single.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>'
        "<body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>\n"
    )
    kinds = ["taxonomy", "term", "RSS", "sitemap", "section", "home", "404"]
    (root / "config.json").write_text(json.dumps({"baseURL": "https://example.org/", "title": "Fabricated papers", "disableKinds": kinds}))
    for paper in papers(count, FACETS):
        head = json.dumps({"title": paper.title, "date": paper.date}, indent=1)
        body = markdown(paper).partition("\n\n")[2]
        (root / "content" / "papers" / f"{paper.key}.md").write_text(f"{head}\n\n{body}")


if __name__ == "__main__":
    kind, folder, number = sys.argv[1:]
    Path(folder).mkdir(parents=True)
    {"review": review, "material": material, "hugo": hugo}[kind](Path(folder), int(number))
