"""What is new since the last visit: what a visit is, what is marked, counted and shown, and that only the browser knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.model import Identifier, Paper
from livre.site.pages.since import DAYS, arrivals, span
from readers import Reader, reading, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

START = datetime(2099, 3, 5, 9, 0, tzinfo=UTC)


def paper(n: int, added: str) -> Paper:
    return Paper(key=f"ada2099n{n}", shard="2099-01", identifiers=(Identifier("arxiv", f"9901.{n:05}"),), title="Fabricated", added=added)


DATES = st.lists(st.sampled_from(["", *(f"2099-{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29))]), max_size=200)


@given(DATES)
def test_every_arrival_is_counted_once_or_told_to_be_left_out(days: list[str]) -> None:
    of = arrivals(paper(n, day) for n, day in enumerate(days))
    for since in ("2098-12-31", "2099-06-15", "2099-12-28", of["from"]):
        counted = sum(n for day, n in of["days"].items() if day > since)
        true = sum(day > since for day in days)
        assert counted == true or (since < of["from"] and counted < true)
    assert len(of["days"]) <= DAYS


def test_a_review_whose_papers_came_on_one_day_has_nothing_to_look_back_to() -> None:
    assert span([paper(1, "2099-01-01"), paper(2, ""), paper(3, "2099-01-01")]) is None
    assert span([paper(1, "2099-01-01"), paper(2, "2099-01-03")]) == ("2099-01-01", "2099-01-03")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with reading() as running:
        yield running


@pytest.fixture(scope="module")
def address(site: Callable[[str], Path]) -> Iterator[str]:
    with serving(site("mkdocs")) as url:
        yield url


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    one = Reader(browser)
    yield one
    one.close()


def at(page: Page, hours: float) -> None:
    page.clock.set_fixed_time(START + timedelta(hours=hours))


def pretend(page: Page, added: str) -> None:
    """As if the site had been as old as that when it was last seen."""
    page.evaluate(
        """added => { const name = Object.keys(localStorage).find(k => k.startsWith('livre:visits:'))
        localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), seen: added })) }""",
        added,
    )


def visits(page: Page) -> dict[str, object]:
    return json.loads(page.evaluate("Object.entries(localStorage).find(([k]) => k.startsWith('livre:visits:'))[1]"))  # type: ignore[no-any-return]


@pytest.mark.browser
def test_a_first_visit_says_nothing_and_a_later_one_what_came_since(reader: Reader, address: str) -> None:
    page = reader.page()
    at(page, 0)
    page.goto(address)
    assert page.locator(".lv-since").inner_text() == ""
    assert page.locator('[data-new="yes"]').count() == 0
    pretend(page, "2099-02-20")
    at(page, 5.9)
    page.goto(f"{address}papers/zero20990/")
    pretend(page, "2099-02-20")
    at(page, 11.7)
    page.goto(address)
    assert page.locator(".lv-since").inner_text() == "", "a visit goes on while pages follow each other within six hours"
    pretend(page, "2099-02-20")
    at(page, 17.8)
    page.goto(address)
    said = page.locator(".lv-since").inner_text()
    assert said.startswith("New since your last visit on 5 March 2099: "), said
    new = page.locator('.lv-items [data-new="yes"]')
    assert new.count() > 0
    assert all(day > "2099-02-20" for day in new.evaluate_all("of => of.map(e => e.dataset.added)"))
    at(page, 18)
    page.goto(f"{address}timeline/2099/")
    assert page.locator('.lv-items [data-new="yes"]').count() > 0, "what is new stays new for the whole visit"
    assert reader.complaints == []


@pytest.mark.browser
def test_the_count_leads_to_the_new_ones_alone_on_home_and_category(reader: Reader, address: str) -> None:
    page = reader.page()
    at(page, 0)
    page.goto(address)
    for path, what in (("", ".lv-night"), ("categories/winged/", ".lv-items > li[data-key]")):
        pretend(page, "2099-02-20")
        at(page, 24 * (1 + len(path)))
        page.goto(address + path)
        link = page.locator(".lv-since a")
        n = int(link.inner_text().split()[0])
        everything = page.locator("#lv-added").evaluate("e => Object.entries(JSON.parse(e.textContent).days)")
        assert n == sum(of for day, of in everything if day > "2099-02-20") > 0
        link.click()
        page.wait_for_url(lambda url: "since=2099-02-20" in url, wait_until="networkidle")
        days = page.locator(f"{what}:visible").evaluate_all("of => of.map(e => e.dataset.added ?? e.querySelector('h2').id)")
        assert days, path
        assert all(day > "2099-02-20" for day in days)
        page.get_by_role("button", name="Today").click()
        assert "since" not in page.url
        assert page.locator(f"{what}:visible").count() > len(days)
        page.goto(address)
    assert reader.complaints == []


@pytest.mark.browser
def test_nothing_new_is_said_as_such(reader: Reader, address: str) -> None:
    page = reader.page()
    at(page, 0)
    page.goto(address)
    at(page, 30)
    page.goto(address)
    assert page.locator(".lv-since").inner_text() == "Nothing is new since your last visit on 5 March 2099."


@pytest.mark.browser
@pytest.mark.parametrize("kept", ["{", '{"version": 9}', '{"version": 1, "last": "x"}', "7"])
def test_what_cannot_be_read_is_a_first_visit(reader: Reader, address: str, kept: str) -> None:
    page = reader.page()
    at(page, 0)
    page.goto(f"{address}robots.txt")
    page.evaluate("kept => localStorage.setItem('livre:visits:/', kept)", kept)
    page.goto(address)
    assert page.locator(".lv-since").inner_text() == ""
    assert visits(page)["seen"] == "2099-04-02"
    assert reader.complaints == []


@pytest.mark.browser
def test_a_clock_that_was_set_back_ends_no_visit(reader: Reader, address: str) -> None:
    page = reader.page()
    at(page, 48)
    page.goto(address)
    at(page, 0)
    page.goto(address)
    assert page.locator(".lv-since").inner_text() == ""
    assert visits(page)["before"] is None
