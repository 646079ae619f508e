"""The built site in a real browser: nothing complains, nothing hostile runs, nothing is asked of another host."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from livre import corpus
from livre.build import build
from livre.latex import plain
from livre.model import Status
from livre.site import csl, ris, serve, styles

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000
KINDS = [
    "",
    "papers/",
    "papers/muller2099horned/",
    "papers/mallory2099title/",
    "papers/quote2099href/",
    "papers/crowd2099many/",
    "papers/zero20990/",
    "authors/",
    "authors/ada-example/",
    "categories/",
    "categories/horned/",
    "categories/dragons/",
    "timeline/",
    "timeline/2099/",
    "graph/",
    "graph/main-path/",
    "new/",
    "new/2099-03/",
    "lists/",
    "methods/",
    "methods/flow/2099/",
    "methods/records/exclude-rules-model/",
    "why/",
    "how/",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def address(request: pytest.FixtureRequest, fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fabricated review on loopback, as each builder makes it."""
    folder = tmp_path_factory.mktemp("browser") / "site"
    with serve.Server(folder, 0) as server:
        build(fabricated, folder, builder=request.param, base_url=server.url)
        server.site_dir = folder.resolve()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


class Watched:
    """A page that remembers everything that went wrong in it, and everything it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda e: self.complaints.append(f"pageerror: {e}"))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog: {d.message}"), d.dismiss()))
        page.on("request", lambda r: self.asked.append(r.url))
        page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('policy:', e.violatedDirective, e.blockedURI))"
        )

    def _heard(self, message: ConsoleMessage) -> None:
        """Errors and warnings, but for those of a browser without a graphics card about itself."""
        if message.type in {"error", "warning"} and "GL Driver Message" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[..., Watched]]:
    contexts = []

    def open_(**options: object) -> Watched:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Watched(context.new_page())

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_complains_runs_strangers_code_or_asks_another_host(
    address: str, watched: Callable[..., Watched], scheme: str, width: int
) -> None:
    seen = watched(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in KINDS:
        seen.page.goto(address + path, wait_until="networkidle")
        assert seen.page.locator("h1").count() == 1, path
        overflow = seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 1, f"{path} is {overflow} px wider than a window of {width}"
    assert seen.complaints == []
    assert {urlsplit(u).netloc for u in seen.asked if not u.startswith("data:")} == {urlsplit(address).netloc}


def test_every_papers_title_is_shown_as_its_authors_wrote_it(address: str, watched: Callable[..., Watched], fabricated: Path) -> None:
    seen = watched()
    for paper in corpus.load(fabricated / "bib").papers.values():
        seen.page.goto(f"{address}papers/{paper.key}/")
        if "$" in paper.title:
            assert seen.page.locator("h1 math").count() >= 1
        else:
            assert seen.page.locator("h1").inner_text() == paper.title
        assert seen.page.evaluate("document.scripts.length") == seen.page.evaluate(
            "document.querySelectorAll('head script, body script').length"
        )
    assert seen.complaints == []


def test_dark_and_light_follow_the_system_and_then_the_reader(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(color_scheme="dark")

    def scheme() -> str | None:
        return seen.page.locator("body").get_attribute("data-md-color-scheme")

    seen.page.goto(f"{address}papers/zero20990/", wait_until="networkidle")
    assert scheme() == "slate"
    seen.page.locator("label[for=__palette_0]:visible").click()
    assert scheme() == "default"
    seen.page.goto(f"{address}categories/horned/", wait_until="networkidle")
    assert scheme() == "default"
    seen.page.locator("label[for=__palette_1]:visible").click()
    assert scheme() == "slate"
    assert seen.complaints == []


def test_on_a_phone_the_navigation_is_a_drawer(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(viewport={"width": 390, "height": 800})
    seen.page.goto(f"{address}papers/zero20990/", wait_until="networkidle")
    timeline = seen.page.locator(".md-sidebar--primary a", has_text="Timeline")
    button = seen.page.locator(".lv-menu")
    button.click()
    timeline.wait_for(state="visible")
    assert button.get_attribute("aria-expanded") == "true"
    timeline.click()
    seen.page.wait_for_url(f"{address}timeline/")
    assert seen.complaints == []


def test_the_drawer_opens_and_shuts_by_keys_and_gives_the_focus_back(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(viewport={"width": 390, "height": 800})
    seen.page.goto(f"{address}papers/zero20990/", wait_until="networkidle")
    seen.page.locator(".lv-menu").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("document.activeElement.closest('.md-sidebar--primary')")
    seen.page.keyboard.press("Escape")
    seen.page.wait_for_function("document.activeElement.matches('.lv-menu') && !document.getElementById('__drawer').checked")
    assert seen.complaints == []


def test_the_first_tab_key_leads_to_the_contents(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.goto(f"{address}papers/zero20990/", wait_until="networkidle")
    seen.page.keyboard.press("Tab")
    assert "md-skip" in seen.page.evaluate("document.activeElement.className").split()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.querySelector(location.hash) !== null")


def test_a_citation_leads_to_its_paper_and_the_paper_to_its_bibtex(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.goto(f"{address}categories/horned/", wait_until="networkidle")
    seen.page.get_by_role("link", name="Example and Sample, 2099a").first.click()
    seen.page.wait_for_url(f"{address}papers/example2099winged/")
    with seen.page.expect_download() as download:
        seen.page.locator("a[download]").first.click()
    assert Path(download.value.path()).read_text("utf-8").startswith("@misc{example2099winged,")
    assert seen.complaints == []


def test_a_paper_can_be_taken_away_in_each_format_and_both_styles_copied(
    address: str, watched: Callable[..., Watched], fabricated: Path, tmp_path: Path
) -> None:
    seen = watched(permissions=["clipboard-read", "clipboard-write"])
    papers = corpus.load(fabricated / "bib").papers
    for key in ("muller2099horned", "mallory2099title", "zero20990"):
        seen.page.goto(f"{address}papers/{key}/", wait_until="networkidle")
        taken = {}
        for name in ("RIS", "EndNote", "CSL-JSON"):
            with seen.page.expect_download() as download:
                seen.page.get_by_role("button", name=name, exact=True).click()
            file = tmp_path / download.value.suggested_filename
            file.write_bytes(Path(download.value.path()).read_bytes())
            taken[name] = file
        assert [f.name for f in taken.values()] == [f"{key}.ris", f"{key}.enw", f"{key}.csl.json"]
        ours = ris.everything([replace(papers[key], categories=(), status=Status.CURRENT)], {}).decode()
        assert taken["RIS"].read_text("utf-8").splitlines() == ours.split("\n", 1)[1].rstrip("\n").splitlines()
        assert json.loads(taken["CSL-JSON"].read_text("utf-8")) == [csl.item(papers[key], abstract=False)]
        assert f"%F {key}\n%T {plain(papers[key].title)}\n" in taken["EndNote"].read_text("utf-8")
        seen.page.get_by_role("button", name="Copy as Vancouver").click()
        assert seen.page.evaluate("navigator.clipboard.readText()") == styles.vancouver(papers[key])
    assert seen.complaints == []


def test_an_address_that_leads_nowhere_shows_a_page_with_a_way_out(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.goto(f"{address}papers/nobody/at/all/", wait_until="networkidle")
    assert [c for c in seen.complaints if "404" not in c] == []
    seen.page.get_by_role("link", name="list of all papers").click()
    seen.page.wait_for_url(f"{address}papers/")


def test_the_site_can_be_read_without_scripts(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(java_script_enabled=False)
    seen.page.goto(f"{address}papers/muller2099horned/")
    assert seen.page.locator("h1").is_visible()
    assert seen.page.locator("pre").first.is_visible()


def test_a_page_reloads_when_a_build_is_done_and_its_policy_allows_that(
    site: Callable[[str], Path], watched: Callable[..., Watched]
) -> None:
    bell = serve.Bell()
    with serve.Server(site("mkdocs"), 0, bell) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            seen = watched()
            with seen.page.expect_request(f"{server.url}__livre__/events?0"):
                seen.page.goto(f"{server.url}papers/zero20990/")
            with seen.page.expect_navigation():
                bell.ring()
            assert seen.complaints == []
        finally:
            bell.stop()
            server.shutdown()
            thread.join()
