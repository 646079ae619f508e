"""Pictures of a built site, for people to look at: `make screenshots` puts them into build/screenshots.

Home, the list, a category, the timeline, its year, the graph, its main path, a paper, an author, what is new, methods and why; on a phone
and a desk, light and dark.
"""

from __future__ import annotations

import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not narrate."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """One page of each kind, as (name of the picture, address); of a family, the page with the most to show."""
    yield from (
        ("home", ""),
        ("papers", "papers/"),
        ("timeline", "timeline/"),
        ("graph", "graph/"),
        ("main-path", "graph/main-path/"),
        ("new", "new/"),
        ("methods", "methods/"),
        ("why", "why/"),
    )
    for name, family in (("paper", "papers"), ("author", "authors"), ("category", "categories"), ("year", "timeline")):
        if found := [p for p in (site / family).glob("*/index.html") if p.parent.name != "page"]:
            largest = max(found, key=lambda p: (p.stat().st_size, p.parent.name))
            yield name, f"{family}/{largest.parent.name}/"


def take(site: Path, out: Path) -> int:
    """Photograph the site; how many pictures were taken."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        sys.exit("no Chromium found; on Debian: apt-get install chromium")
    out.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for device, (width, height) in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                for name, address in pages(site):
                    page.goto(f"http://127.0.0.1:{server.server_port}/{address}", wait_until="networkidle")
                    page.screenshot(path=out / f"{name}-{device}-{scheme}.png")
                    taken += 1
                context.close()
        browser.close()
    server.shutdown()
    return taken


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    print(f"{take(source, target)} pictures in {target}")
