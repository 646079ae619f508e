"""A reader's journeys through the site: find, cite, keep, come back tomorrow; all of it by keyboard, on a phone, without scripts.

The fabricated review stands for the real one: its winged models for vision-language models, its dragons for dermatology.
"""

from __future__ import annotations

import re
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import corpus
from livre.build import build
from livre.model import Identifier, Name, Paper, Source
from livre.site import serve
from readers import Reader, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TODAY = datetime(2099, 4, 3, 9, 0, tzinfo=UTC)
FOUND, TOMORROW = "example2099dragonsight", "example2099tomorrow"
TITLE, NEXT_TITLE = "DragonSight: A winged model that sees dragons, with its weights", "What came in the night"


def paper(key: str, number: int, title: str, added: str, *, weights: tuple[str, ...] = ()) -> Paper:
    return Paper(
        key=key,
        shard="2099-04",
        identifiers=(Identifier("arxiv", f"9904.{number:05}"),),
        title=title,
        authors=(Name(family="Example", given="Ada"),),
        abstract="We fabricate a model of dragons. It has wings. Nothing in it is real.",
        date="2099-04-01",
        added=added,
        source=Source(version=1, stamp="2099-04-01", route="oai"),
        categories=("winged", "dragons"),
        weights=weights,
    )


def with_papers(source: Path, target: Path, *papers: Paper) -> Path:
    """A copy of the review that has these papers too."""
    shutil.copytree(source, target)
    old = corpus.load(source / "bib")
    every = {**old.papers, **{p.key: p for p in papers}}
    new = corpus.Corpus(papers=every, candidates=old.candidates, decisions=old.decisions, nights=old.nights)
    for path, data in corpus.tree(new).items():
        (target / "bib" / path).write_bytes(data)
    return target


class Host:
    """The site on loopback as it is today, and after a night."""

    def __init__(self, server: serve.Server, today: Path, tomorrow: Path) -> None:
        self.url, self._server, self._today, self._tomorrow = server.url, server, today, tomorrow

    def today(self) -> None:
        self._server.site_dir = self._today

    def tomorrow(self) -> None:
        self._server.site_dir = self._tomorrow


@pytest.fixture(scope="module")
def host(fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    base = tmp_path_factory.mktemp("journeys").resolve()
    one = paper(FOUND, 1001, TITLE, "2099-04-02", weights=("https://example.org/weights",))
    other = paper(TOMORROW, 1002, NEXT_TITLE, "2099-04-03")
    with serve.Server(base / "today", 0) as server:
        build(with_papers(fabricated, base / "review", one), base / "today", base_url=server.url)
        build(with_papers(base / "review", base / "next", other), base / "tomorrow", base_url=server.url)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield Host(server, base / "today", base / "tomorrow")
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with reading() as running:
        yield running


@pytest.fixture(params=["desk", "phone"])
def reader(browser: Browser, host: Host, request: pytest.FixtureRequest) -> Iterator[Reader]:
    size = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}[request.param]
    one = Reader(browser, viewport=size, permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
    host.today()
    yield one
    one.close()


def opened(reader: Reader, address: str) -> Page:
    page = reader.page()
    page.clock.set_fixed_time(TODAY)
    page.goto(address, wait_until="networkidle")
    return page


def is_seen_whole(page: Page) -> bool:
    """Whether the page fits the window's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def find(page: Page) -> None:
    """From the front page to the paper with weights, in three interactions; on a phone the filters are a fourth."""
    page.get_by_role("link", name=re.compile(r"^\d+: Winged models, Dragons$")).click()
    page.wait_for_url("**/papers/?model=winged&field=dragons")
    if (fold := page.locator("#facets-fold")).is_visible():
        fold.click()
    page.get_by_label("With weights").check()
    page.locator("#found > li").first.wait_for()
    page.wait_for_function("document.querySelectorAll('#found > li').length === 1")
    page.locator("#found").get_by_role("link", name=TITLE).click()
    page.wait_for_url(f"**/papers/{FOUND}/")


def test_find_cite_keep_and_come_back_tomorrow(reader: Reader, host: Host) -> None:
    page = opened(reader, host.url)
    assert is_seen_whole(page)
    find(page)
    assert is_seen_whole(page)
    assert page.locator("h1").inner_text() == TITLE
    assert page.get_by_role("link", name=re.compile("^Weights")).get_attribute("href") == "https://example.org/weights"

    page.get_by_role("button", name="Copy", exact=True).first.click()
    page.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('@'))")
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"@misc{{{FOUND},")

    page.get_by_role("button", name=re.compile("^Read later")).first.click()
    page.goto(f"{host.url}lists/", wait_until="networkidle")
    assert page.get_by_role("link", name=TITLE).is_visible()
    assert is_seen_whole(page)

    host.tomorrow()
    page.clock.set_fixed_time(TODAY + timedelta(days=1))
    page.goto(host.url, wait_until="networkidle")
    said = page.locator(".lv-since")
    assert said.inner_text().startswith("New since your last visit on 3 April 2099: 1 paper")
    page.goto(f"{host.url}categories/dragons/", wait_until="networkidle")
    new = page.locator('.lv-items [data-new="yes"]').filter(visible=True)
    assert [NEXT_TITLE in text for text in new.all_inner_texts()] == [True]
    page.goto(f"{host.url}lists/", wait_until="networkidle")
    assert page.get_by_role("link", name=TITLE).is_visible(), "what was kept is still there"
    assert reader.complaints == []


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"))


def tab_to(page: Page, name: str, *, most: int = 150) -> None:
    """Press Tab until the element of this name has the focus, and see that the focus can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", f"the focus on {name!r} cannot be seen"
            return
    pytest.fail(f"{name!r} was not reached by {most} presses of Tab")


def test_all_of_it_by_keyboard(reader: Reader, host: Host) -> None:
    page = opened(reader, host.url)
    page.keyboard.press("/")
    page.keyboard.type("dragonsight")
    page.locator("header a").filter(has_text=TITLE).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/papers/{FOUND}/*")
    page.wait_for_load_state("networkidle")
    tab_to(page, "Read later")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    tab_to(page, "Copy")
    page.keyboard.press("Enter")
    page.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('@'))")
    page.keyboard.press("Control+Home")
    page.evaluate("document.activeElement.blur()")
    if page.locator(".lv-menu").is_visible():
        page.locator(".lv-menu").focus()
        page.keyboard.press("Enter")
        tab_to(page, "Lists")
    else:
        tab_to(page, "Lists")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists/")
    page.get_by_role("link", name=TITLE).wait_for()
    assert reader.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_read_without_javascript(browser: Browser, host: Host, width: int) -> None:
    host.today()
    one = Reader(browser, viewport={"width": width, "height": 844}, java_script_enabled=False)
    page = one.page()
    page.goto(host.url)
    assert page.locator(".md-tabs__link").filter(visible=True).count() >= 8, "the ways to everything are there"
    page.get_by_role("link", name="Dragons", exact=True).first.click()
    page.wait_for_url("**/categories/dragons/")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url(f"**/papers/{FOUND}/")
    assert page.get_by_text("We fabricate a model of dragons.").first.is_visible()
    assert page.locator("pre").filter(has_text=f"@misc{{{FOUND},").is_visible()
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    assert Path(download.value.path()).read_text("utf-8").startswith(f"@misc{{{FOUND},")
    page.goto(f"{host.url}timeline/")
    page.get_by_role("link", name="2099", exact=True).first.click()
    page.wait_for_url("**/timeline/2099/")
    assert page.locator("svg.lv-chart").first.is_visible()
    assert one.complaints == []
    one.close()
