"""What the search costs, beside the search that comes with Material, over the same real records in one run.

    python benchmarks/search.py RECORDS... [--papers 10000] [--out build/search.json]

RECORDS are files of records as JSON lines, gzipped, with `title`, `authors` and `abstract`, such as those of arXiv. Two indexes
are made of the first so many:

- livre: the records and the table of `/papers/`, by this repository's own code;
- Material: `lunr` as MkDocs' search plugin writes it, one Markdown page a record, built with and without the plugin; what the
  plugin costs is the difference.

Then Chromium searches with each, from a server on loopback that compresses as public hosts do: bytes until the first result is on
the page, and seconds, for one word that is typed letter by letter into the field, as readers do. Nothing is cached before.
Material's side loads its index whether somebody searches or not, so its bytes are those of its page's first visit too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
QUERIES = ("segmentation", "dermatology", "large language models")
COMPRESSED = {".html", ".js", ".css", ".json", ".svg"}
CHROMIUM = next((c for c in ("chromium", "chromium-browser", "google-chrome") if shutil.which(c)), "")


def taken(files: Sequence[Path], count: int) -> Iterator[dict[str, Any]]:
    """The first so many records."""
    left = count
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                if left == 0:
                    return
                left -= 1
                yield json.loads(line)


def livre(files: Sequence[Path], count: int, folder: Path) -> dict[str, Any]:
    """Index the records and write a page to search from; what it took."""
    from livre import corpus, scope, taxonomy
    from livre.latex import normal
    from livre.model import Identifier, Name, Paper
    from livre.site import shells
    from livre.site.pages import Review, explore
    from livre.site.search import Index

    papers = {}
    for number, r in enumerate(taken(files, count)):
        papers[f"real{number:05}"] = Paper(
            key=f"real{number:05}",
            shard="2025-01",
            identifiers=(Identifier("arxiv", r["arxiv_id"]),),
            title=normal(r["title"]),
            abstract=normal(r["abstract"] or ""),
            authors=tuple(Name(family=normal(str(a)) or "?") for a in r["authors"] or ()),
            date=(r["published"] or "")[:10],
            added="2025-01-01",
        )
    review = Review(corpus.Corpus(papers=papers), scope.load(ROOT / "bib" / "scope.toml"), taxonomy.load(ROOT / "bib" / "taxonomy.toml"))
    made = list(explore.records(review))
    started = time.perf_counter()
    with Index() as index:
        explore.feed(index, review, ())
        files_made = list(explore.files(index, review))
    seconds = time.perf_counter() - started
    for path, data in files_made:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    shutil.copytree(shells.THEME / "assets", folder / "assets", dirs_exist_ok=True)
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Search</title>'
        '<header><input id="__search" type="checkbox"><label class="md-header__button" for="__search"><svg></svg></label>'
        '<div data-find><form action="papers/"><input name="q" aria-label="Search"><label class="md-search__icon"></label></form></div>'
        '</header><script src="assets/find.js" defer></script>'
    )
    return {
        "records": len(made),
        "seconds": round(seconds, 1),
        "files": len(files_made),
        "MB": round(sum(len(d) for _, d in files_made) / 1e6, 1),
        "Pagefind's peak memory, MiB": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "table, bytes gzipped": len(gzip.compress(dict(files_made)[explore.TABLE], mtime=0)),
    }


def material(files: Sequence[Path], count: int, folder: Path) -> dict[str, Any]:
    """Build the same records as Material's pages, with its search and without; what the search took."""
    docs = folder / "docs"
    (docs / "papers").mkdir(parents=True)
    (docs / "index.md").write_text("# Records\n")
    for number, r in enumerate(taken(files, count)):
        title, authors, abstract = (
            " ".join(r["title"].split()),
            ", ".join(map(str, r["authors"] or ())),
            " ".join((r["abstract"] or "").split()),
        )
        text = f"# {title}\n\n{authors}\n\n{abstract}\n"
        (docs / "papers" / f"real{number:05}.md").write_text(text.replace("<", "&lt;"), "utf-8")
    took = {}
    for plugins in ([], ["search"]):
        config = {"site_name": "Records", "theme": {"name": "material", "font": False}, "plugins": plugins}
        config |= {"nav": [{"Home": "index.md"}], "not_in_nav": "papers/*"}
        (folder / "mkdocs.yml").write_text(yaml.safe_dump(config))
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--clean"], cwd=folder, check=True)
        took[bool(plugins)] = time.perf_counter() - started
    index = (folder / "site" / "search" / "search_index.json").read_bytes()
    return {
        "seconds with its search": round(took[True], 1),
        "seconds of its search": round(took[True] - took[False], 1),
        "MB": round(len(index) / 1e6, 1),
        "MB gzipped": round(len(gzip.compress(index, mtime=0)) / 1e6, 2),
    }


class _Host(SimpleHTTPRequestHandler):
    """Serves files and compresses texts, as public hosts do."""

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.partition("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(200)
        if path.suffix in COMPRESSED:
            data = gzip.compress(data, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except ConnectionError:
            return
        with self.server.lock:  # type: ignore[attr-defined]
            self.server.sent.append((self.path, len(data)))  # type: ignore[attr-defined]


def first_result(folder: Path, query: str, result: str) -> dict[str, Any]:
    """Type a query into the field of the page that lies in a folder; what was sent and how long it took until `result` stood there."""
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder)))
    server.lock, server.sent = threading.Lock(), []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=shutil.which(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/", wait_until="load")
            page.wait_for_timeout(500)
            before = len(server.sent)  # type: ignore[attr-defined]
            idle = sum(size for _, size in server.sent[:before])  # type: ignore[attr-defined]
            started = time.perf_counter()
            field = page.locator("input[name=q], input[name=query]")
            field.focus()
            field.press_sequentially(query, delay=60)
            typed = time.perf_counter()
            page.locator(result).first.wait_for(timeout=180_000)
            done = time.perf_counter()
            page.wait_for_timeout(300)
            sent = list(server.sent)  # type: ignore[attr-defined]
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    return {
        "query": query,
        "kB before anybody asks": round(idle / 1e3, 1),
        "kB until the first result": round(sum(size for _, size in sent[before:]) / 1e3, 1),
        "seconds after the last key": round(done - typed, 2),
        "seconds after the first key": round(done - started, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the search beside Material's own.")
    parser.add_argument("records", type=Path, nargs="+")
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "search.json")
    args = parser.parse_args()
    if not CHROMIUM:
        parser.error("needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="livre-search-") as work:
        report: dict[str, Any] = {"papers": args.papers, "cores": os.cpu_count()}
        for name, way, folder in (("livre", livre, Path(work, "livre")), ("material", material, Path(work, "material"))):
            report[name] = way(args.records, args.papers, folder)
            site = folder if name == "livre" else folder / "site"
            report[f"{name}, first result"] = [first_result(site, query, ".md-search-result__link") for query in QUERIES]
            print(name, json.dumps([report[name], report[f"{name}, first result"]]), file=sys.stderr, flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
