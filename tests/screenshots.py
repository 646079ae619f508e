"""Pictures of a built site, for people to look at: `make screenshots` puts them into build/screenshots.

One page of every family (see `families`), on a phone and a desk, light and dark: the whole page, cut where it gets long.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from families import families, hosted

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONGEST = 5_000
"""Pixels of a page that are worth looking at."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def take(site: Path, out: Path) -> int:
    """Photograph the site; how many pictures were taken."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        sys.exit("no Chromium found; on Debian: apt-get install chromium")
    out.mkdir(parents=True, exist_ok=True)
    taken = 0
    with sync_playwright() as playwright, hosted(site) as address:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for device, (width, height) in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                for name, path in families(site).items():
                    page.goto(f"{address}{path}", wait_until="networkidle")
                    tall = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
                    clip = {"x": 0, "y": 0, "width": width, "height": max(tall, height)}
                    page.screenshot(path=out / f"{name}-{device}-{scheme}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
                    taken += 1
                context.close()
        browser.close()
    return taken


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    print(f"{take(source, target)} pictures in {target}")
