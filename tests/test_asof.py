"""Lists as they were on a day: in the address, by the field, with the back button, and only where there is something to look back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from readers import Reader, reading, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LISTS = ("categories/horned/", "categories/winged/", "timeline/2099/", "timeline/2099-02/")


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


def opened(page: Page) -> Page:
    """With every fold of the page open, so that what is seen is what is not filtered."""
    page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
    return page


def days(page: Page) -> list[str]:
    return opened(page).locator(".lv-items > li[data-key]:visible").evaluate_all("of => of.map(e => e.dataset.added ?? '')")  # type: ignore[no-any-return]


def test_an_address_with_a_day_shows_what_was_there_on_it(reader: Reader, address: str) -> None:
    page = reader.page()
    for path in LISTS:
        page.goto(address + path)
        every = days(page)
        page.goto(f"{address}{path}?asof=2099-02-20")
        left = days(page)
        assert left == [day for day in every if day <= "2099-02-20"], path
        total = len(set(page.locator(".lv-items > li[data-key]").evaluate_all("of => of.map(e => e.dataset.key)")))
        shown = len(set(opened(page).locator(".lv-items > li[data-key]:visible").evaluate_all("of => of.map(e => e.dataset.key)")))
        said = page.locator(".lv-asof [role=status]").inner_text()
        assert said.startswith(f"{shown} of {total} papers on this page were there on 20 February 2099."), path
        assert page.locator(".lv-asof input").input_value() == "2099-02-20"
    assert reader.complaints == []


def test_the_field_changes_the_address_and_the_back_button_changes_the_list(reader: Reader, address: str) -> None:
    page = reader.page()
    page.goto(f"{address}timeline/2099/")
    every = days(page)
    page.locator(".lv-asof input").fill("2099-02-15")
    assert page.url.endswith("?asof=2099-02-15")
    assert set(days(page)) == {"2099-02-15"}
    assert page.locator("h2#m2099-03").is_hidden()
    assert page.locator("h2#m2099-02 .lv-n").inner_text() == "4", "nothing of this month is missing, so its count stays"
    page.locator(".lv-asof input").fill("2099-02-14")
    assert page.locator(".lv-asof [role=status]").inner_text() == "A day from 15 February 2099 to 2 April 2099, please."
    page.locator(".lv-asof input").fill("2099-03-04")
    assert set(days(page)) == {"2099-02-15", "2099-03-04"}
    page.go_back()
    page.wait_for_function("document.querySelector('.lv-asof input').value === '2099-02-15'")
    assert set(days(page)) == {"2099-02-15"}
    page.get_by_role("button", name="Today").click()
    assert days(page) == every
    assert page.url == f"{address}timeline/2099/"
    assert reader.complaints == []


@pytest.mark.parametrize("query", ["?asof=", "?asof=yesterday", "?asof=2099-13-01", "?asof=%3Cscript%3E", "?since=x"])
def test_what_is_no_day_filters_nothing(reader: Reader, address: str, query: str) -> None:
    page = reader.page()
    page.goto(f"{address}timeline/2099/{query}")
    assert len(days(page)) == page.locator(".lv-items > li[data-key]").count()
    assert page.locator(".lv-asof [role=status]").inner_text() == ""
    assert reader.complaints == []


def test_every_night_has_a_place_that_stays(reader: Reader, address: str) -> None:
    page = reader.page()
    page.goto(f"{address}new/")
    page.locator(".lv-night h2 a", has_text="15 February 2099").click()
    page.wait_for_url(f"{address}new/2099-02/#2099-02-15")
    page.locator('[id="2099-02-15"]').wait_for()
    page.get_by_role("link", name="Later March 2099").click()
    page.wait_for_url(f"{address}new/2099-03/")
    page.goto(f"{address}new/")
    page.evaluate("document.getElementById('2099-02-15').closest('section').remove()")
    page.evaluate("location.hash = '2099-02-15'")
    page.wait_for_url(f"{address}new/2099-02/#2099-02-15")
    assert reader.complaints == []


def test_nights_can_be_looked_back_to(reader: Reader, address: str) -> None:
    page = reader.page()
    page.goto(f"{address}new/?asof=2099-03-04")
    assert page.locator(".lv-night:visible h2").evaluate_all("of => of.map(e => e.id)")[0] == "2099-03-04"
    assert page.locator(".lv-night:visible").count() < page.locator(".lv-night").count()


def test_without_scripts_no_day_is_asked_for(browser: Browser, address: str) -> None:
    reader = Reader(browser, java_script_enabled=False)
    page = reader.page()
    page.goto(f"{address}timeline/2099/?asof=2099-02-15")
    assert page.locator(".lv-asof").is_hidden()
    assert page.locator(".lv-items > li[data-key]:visible").count() == page.locator(".lv-items > li[data-key]").count()
    reader.close()
