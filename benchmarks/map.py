"""Measure the map of /graph/ in a real browser: seconds until it is drawn, and the milliseconds of a frame while it is panned and zoomed.

    python benchmarks/map.py SITE [--papers 5000 --citations 50000] [--rounds 3] [--out FILE]

SITE is a built site, whose own graph is drawn; with --papers a fabricated one is served in its place. What is measured without
a graphics card is Chromium's own software renderer on this machine's processors, which is many times slower than any card.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
SOFTWARE = ["--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FRAMES = 60
_MOVE = """async (frames) => {
  const camera = drawn.sigma.getCamera(), times = []
  const { x, y, ratio } = camera.getState()
  let last = await new Promise(requestAnimationFrame)
  for (let n = 0; n < frames; n++) {
    MOVE
    const now = await new Promise(requestAnimationFrame)
    times.push(now - last)
    last = now
  }
  camera.setState({ x, y, ratio })
  return times
}"""
MOVES = {
    "zoom": "camera.setState({ ratio: ratio * (1 - 0.6 * Math.abs(Math.sin(n / 20))) })",
    "focus": "drawn.show((n * 37) % drawn.size, false)",
    "still": "",
}


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not narrate, with a fabricated graph in the place of the site's own where there is one."""

    drawing: bytes = b""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        if not (self.drawing and self.path == "/data/graph.json"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.drawing)
        return None


def fabricated(papers: int, citations: int, years: range) -> bytes:
    """Papers in eight lanes over these years, seven of ten citations by preference."""
    draw, lanes = random.Random(papers), 8
    rows: list[set[int]] = [set() for _ in range(papers)]
    cited = list(range(papers // 100 + 1))
    while sum(map(len, rows)) < citations:
        for _ in range(citations - sum(map(len, rows))):
            i = draw.randrange(1, papers)
            j = draw.choice(cited) if draw.random() < 0.7 else draw.randrange(i)
            if j < i and j not in rows[i]:
                rows[i].add(j)
                cited.append(j)
    wide, tall = 6000, 3000
    return json.dumps(
        {
            "width": wide,
            "height": tall,
            "lanes": [[f"Lane {n}", n % 7 + 1, n * tall // lanes, tall // lanes] for n in range(lanes)],
            "years": [[year, n * wide // len(years)] for n, year in enumerate(years)],
            "keys": [f"example{n}" for n in range(papers)],
            "titles": [f"Fabricated paper number {n} of very many" for n in range(papers)],
            "by": ["Example et al."] * papers,
            "months": [years[0] * 12 + n * 12 * len(years) // papers for n in range(papers)],
            "x": [n * wide // papers for n in range(papers)],
            "y": [draw.randrange(tall // lanes) + n % lanes * tall // lanes for n in range(papers)],
            "lane": [n % lanes for n in range(papers)],
            "categories": [[n % lanes] for n in range(papers)],
            "background": [],
            "references": [[b - a for a, b in zip([0, *sorted(of)], sorted(of), strict=False)] for of in rows],
            "path": [],
        },
        separators=(",", ":"),
    ).encode()


def _dragged(page: Page) -> list[float]:
    """The milliseconds of each frame while a pointer drags the map to and fro."""
    page.evaluate(
        "window.frames_ = []; let last = performance.now();"
        "const tick = (now) => { frames_?.push(now - last); last = now; requestAnimationFrame(tick) }; requestAnimationFrame(tick)"
    )
    box = page.locator("#map").bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for n in range(FRAMES):
        page.mouse.move(x + 4 * (n % 30), y + n % 15)
        page.evaluate("new Promise(requestAnimationFrame)")
    times: list[float] = page.evaluate("(() => { const all = frames_; frames_ = null; return all.slice(2) })()")
    page.mouse.up()
    return times


def measure(address: str, program: str, *, software: bool) -> dict[str, Any]:
    """One visit: seconds until the map is drawn, and the median and 95th percentile of a frame's milliseconds in each motion."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS + SOFTWARE * software)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}graph/")
        page.wait_for_selector("#map[data-state=drawn]", timeout=120_000)
        out: dict[str, Any] = {
            "drawn, s": round(page.evaluate("performance.now()") / 1000, 2),
            "papers": page.evaluate("drawn.size"),
            "citations": page.evaluate("drawn.arcs"),
            "citations drawn": page.evaluate("drawn.shown"),
            "renderer": page.evaluate(
                "(() => { const gl = document.createElement('canvas').getContext('webgl2');"
                " const i = gl.getExtension('WEBGL_debug_renderer_info'); return i ? gl.getParameter(i.UNMASKED_RENDERER_WEBGL) : '' })()"
            ),
        }
        page.wait_for_timeout(1000)
        for name, move in {"pan": None, **MOVES}.items():
            times = sorted(_dragged(page) if move is None else page.evaluate(_MOVE.replace("MOVE", move), FRAMES))
            out[f"{name}, ms a frame"] = [round(statistics.median(times), 1), round(times[int(0.95 * len(times))], 1)]
        browser.close()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the map of /graph/ in a real browser.")
    parser.add_argument("site", type=Path)
    parser.add_argument("--papers", type=int, default=0)
    parser.add_argument("--citations", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--card", action="store_true", help="use the machine's graphics card")
    parser.add_argument("--out", type=Path, default=Path("build/bench-map.json"))
    args = parser.parse_args()
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        sys.exit("no Chromium found; on Debian: apt-get install chromium")
    known = [year for year, _ in json.loads((args.site / "data" / "graph.json").read_bytes())["years"]]
    Quiet.drawing = fabricated(args.papers, args.citations, range(known[0], known[-1] + 1)) if args.papers else b""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(args.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rounds = [measure(f"http://127.0.0.1:{server.server_port}/", program, software=not args.card) for _ in range(args.rounds)]
    server.shutdown()
    report: dict[str, Any] = {
        "rounds": args.rounds,
        "drawing, bytes": len(Quiet.drawing) or (args.site / "data" / "graph.json").stat().st_size,
    }
    for name, value in rounds[0].items():
        of = [r[name] for r in rounds]
        if isinstance(value, list):
            report[name] = {"median": statistics.median(v[0] for v in of), "95th percentile": statistics.median(v[1] for v in of)}
        else:
            report[name] = statistics.median(of) if isinstance(value, float) else value
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
