"""Freshness that cannot lie: what is counted, what the files say, and what the line on every page says as real time passes."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from livre import corpus, git, scope
from livre.errors import BadData
from livre.freshness import counted, freshness, parsed
from livre.model import Night
from livre.site import shells, status
from livre.site.render import Frame
from readers import Reader, reading, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from livre.freshness import Freshness

HOUR = timedelta(hours=1)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2120, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def fresh(fabricated: Path, *nights: Night, **changes: object) -> Freshness:
    about = replace(scope.load(fabricated / "bib/scope.toml"), **changes)  # type: ignore[arg-type]
    return freshness(replace(corpus.load(fabricated / "bib"), nights=nights), about, ())


# --- Hours ---


@given(INSTANTS, st.integers(0, 24 * 40))
def test_hours_of_saturdays_and_sundays_do_not_count(since: datetime, hours: int) -> None:
    since = since.replace(minute=0, second=0, microsecond=0)
    walked = sum((since + n * HOUR).weekday() < 5 for n in range(hours))
    assert counted(since, since + hours * HOUR) == pytest.approx(walked)


def test_a_review_is_late_after_36_and_out_of_date_after_72_counted_hours(fabricated: Path) -> None:
    of = fresh(fabricated, Night(night="2099-03-05", source="oai", at="2099-03-05T06:30:00Z"))  # a Thursday
    assert (of.late, of.stale) == (36, 72)
    for now, state in (
        ("2099-03-05T06:29:59Z", "unknown"),
        ("2099-03-05T06:30:00Z", "fresh"),
        ("2099-03-06T18:29:59Z", "fresh"),
        ("2099-03-06T18:30:00Z", "late"),
        ("2099-03-08T23:00:00Z", "late"),
        ("2099-03-10T06:29:59Z", "late"),
        ("2099-03-10T06:30:00Z", "stale"),
        ("2119-03-10T06:30:00Z", "stale"),
    ):
        assert of.state(parsed(now)) == state, now


def test_a_weekend_makes_no_review_late(fabricated: Path) -> None:
    of = fresh(fabricated, Night(night="2099-03-06", source="oai", at="2099-03-06T06:30:00Z"))  # a Friday
    assert of.state(parsed("2099-03-09T18:00:00Z")) == "fresh"


# --- What is taken for a harvest ---


def test_only_a_complete_harvest_renews_a_review(fabricated: Path) -> None:
    of = fresh(
        fabricated,
        Night(night="2099-03-01", source="oai", at="2099-03-01T06:00:00Z"),
        Night(night="2099-03-02", source="oai", at="2099-03-02T06:00:00Z", outcome="Unavailable: the source hung up"),
        Night(night="2099-03-03", source="link:openalex", at="2099-03-03T06:00:00Z"),
        Night(night="2099-03-03", source="judgement", at="2099-03-03T06:00:00Z"),
    )
    assert of.harvested == of.since == "2099-03-01T06:00:00Z"
    assert [(o.source, o.night, o.complete) for o in of.sources] == [
        ("judgement", "2099-03-03", True),
        ("link:openalex", "2099-03-03", True),
        ("oai", "2099-03-02", False),
    ]


def test_a_line_without_a_time_counts_from_the_beginning_of_its_day(fabricated: Path) -> None:
    of = fresh(fabricated, Night(night="2099-03-04", source="oai"))
    assert of.harvested == "2099-03-04T00:00:00Z"
    assert status.spoken(of) == "4 March 2099"


def test_a_review_that_was_only_imported_says_so_and_ages_from_that_day(fabricated: Path) -> None:
    of = fresh(fabricated, Night(night="2099-03-04", source="import"))
    assert (of.harvested, of.imported, of.since) == ("", "2099-03-04", "2099-03-04T00:00:00Z")
    states = [of.state(parsed(f"2099-03-{day}T00:00:00Z")) for day in ("04", "05", "06", "07", "20")]
    assert states == ["unknown", "unknown", "late", "stale", "stale"]


def test_a_review_without_any_night_claims_nothing(fabricated: Path) -> None:
    of = fresh(fabricated)
    assert (of.since, of.state(parsed("2099-03-20T00:00:00Z"))) == ("", "unknown")
    assert b"not yet" in status.badge(of)


# --- The scope's say ---


@pytest.mark.parametrize(
    ("written", "hours"),
    [("", (36, 72)), ("stale_after = 1", (12, 24)), ("stale_after = 7\nlate_after = 2", (48, 168)), ("stale_after = 5", (36, 120))],
)
def test_a_review_may_say_when_it_is_late(fabricated: Path, tmp_path: Path, written: str, hours: tuple[int, int]) -> None:
    text = (fabricated / "bib/scope.toml").read_text("utf-8").replace("stale_after = 3", written)
    (tmp_path / "scope.toml").write_text(text, "utf-8")
    of = freshness(corpus.Corpus(), scope.load(tmp_path / "scope.toml"), ())
    assert (of.late, of.stale) == hours


def test_a_review_cannot_be_late_only_after_it_is_out_of_date(fabricated: Path, tmp_path: Path) -> None:
    text = (fabricated / "bib/scope.toml").read_text("utf-8").replace("stale_after = 3", "stale_after = 3\nlate_after = 3.0")
    (tmp_path / "scope.toml").write_text(text, "utf-8")
    with pytest.raises(BadData, match="late_after must be less than stale_after"):
        scope.load(tmp_path / "scope.toml")


# --- Files ---


def test_the_status_file_says_what_the_line_says(site: Callable[[str], Path]) -> None:
    said = json.loads((site("mkdocs") / "data/status.json").read_text("utf-8"))
    html = (site("mkdocs") / "index.html").read_text("utf-8")
    assert f'data-at="{said["harvested"]}" data-hours="{said["late_after_hours"]} {said["stale_after_hours"]}"' in html
    assert said["not_counted"] == ["Saturday", "Sunday"]
    assert said["sources"][-1]["outcome"] == "Unavailable: the source hung up"
    assert said["sources"][-1]["complete"] is False
    assert "commit" not in said


def test_the_commit_is_told_only_where_the_files_are_as_they_were_committed(tmp_path: Path) -> None:
    run = ["git", "-C", str(tmp_path), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org"]
    (tmp_path / "bib").mkdir()
    (tmp_path / "bib/scope.toml").write_text("title = 'fabricated'\n")
    assert git.commit(tmp_path) == ""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run([*run, *words], check=True)
    assert re.fullmatch("[0-9a-f]{40}", git.commit(tmp_path))
    (tmp_path / "bib/scope.toml").write_text("title = 'changed'\n")
    assert git.commit(tmp_path) == ""


def test_the_badge_states_a_day_and_no_more(fabricated: Path) -> None:
    of = fresh(fabricated, Night(night="2099-03-04", source="oai"))
    tree = etree.fromstring(status.badge(of))
    assert tree.get("aria-label") == "harvested: 4 March 2099"
    assert not tree.xpath("//@style|//*[local-name()='script']")


def test_every_page_has_the_line(site: Callable[[str], Path]) -> None:
    pages = list(site("mkdocs").rglob("*.html"))
    without = [f for f in pages if f.read_text("utf-8").count('class="lv-dateline"') != 1]
    assert len(pages) > 50
    assert without == []


def test_a_theme_that_hides_the_line_ends_the_build() -> None:
    made = shells.Shells(frames={"papers": Frame(root="../../", top="", middle="<p>no slot</p>", bottom="")}, chapters=(), files=())
    with pytest.raises(BadData, match="does not say how fresh it is"):
        shells.with_line(made, lambda _: "")


# --- In the reader's browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with reading() as running:
        yield running


@pytest.fixture(scope="module")
def address(site: Callable[[str], Path]) -> Iterator[str]:
    with serving(site("mkdocs")) as url:
        yield url


@pytest.mark.browser
def test_the_line_turns_amber_and_red_at_the_documented_hours_as_time_passes(browser: Browser, address: str) -> None:
    reader = Reader(browser)
    page = reader.page()
    page.clock.install(time=datetime(2099, 3, 5, 18, 10, tzinfo=UTC))  # a Thursday; the harvest ended on Wednesday, at 6:20:31
    page.goto(f"{address}papers/zero20990/")
    line, word = page.locator(".lv-dateline"), page.locator(".lv-dateline b")
    assert (line.get_attribute("data-state"), word.inner_text()) == ("fresh", "Up to date")
    before = line.bounding_box()
    page.clock.fast_forward(20 * 60_000)
    assert (line.get_attribute("data-state"), word.inner_text()) == ("late", "Late")
    page.clock.fast_forward(84 * 3_600_000)  # over a weekend, which does not count
    assert (line.get_attribute("data-state"), word.inner_text()) == ("stale", "Out of date")
    assert line.bounding_box() == before
    assert reader.complaints == []
    reader.close()


@pytest.mark.browser
def test_a_clock_that_is_before_the_harvest_is_told_nothing(browser: Browser, address: str) -> None:
    reader = Reader(browser)
    page = reader.page()
    page.clock.set_fixed_time(datetime(2026, 1, 1, tzinfo=UTC))
    page.goto(address)
    assert page.locator(".lv-dateline b").inner_text() == ""
    assert "4 March 2099" in page.locator(".lv-dateline").inner_text()
    reader.close()


@pytest.mark.browser
def test_a_review_that_was_only_imported_is_never_called_up_to_date(browser: Browser, address: str) -> None:
    reader = Reader(browser)
    page = reader.page()
    page.add_init_script(
        "document.addEventListener('readystatechange', () => document.querySelector('.lv-dateline').dataset.imported = '')"
    )
    for hours, word in ((1, ""), (35, ""), (41, "Late")):
        page.clock.set_fixed_time(datetime(2099, 3, 4, 6, 21, tzinfo=UTC) + hours * HOUR)
        page.goto(address)
        assert page.locator(".lv-dateline b").inner_text() == word, hours
    reader.close()


@pytest.mark.browser
def test_without_scripts_the_date_is_plain_text_on_every_kind_of_page(browser: Browser, address: str) -> None:
    reader = Reader(browser, java_script_enabled=False)
    page = reader.page()
    for path in ("", "how/", "papers/zero20990/", "methods/flow/2099/", "404.html"):
        page.goto(address + path)
        text = page.locator(".lv-dateline").inner_text()
        assert "Harvested 4 March 2099, 06:20 UTC · newest paper 1 April 2099 · renewed nightly" in text, path
    reader.close()


@pytest.mark.browser
def test_the_browser_counts_hours_as_the_engine_does(browser: Browser, address: str, fabricated: Path) -> None:
    reader = Reader(browser)
    page = reader.page()
    page.goto(address)
    moments = [datetime(2099, 2, 27, tzinfo=UTC) + n * timedelta(hours=5, minutes=7) for n in range(40)]
    cases = [(since, since + n * timedelta(hours=17, minutes=13)) for since in moments for n in range(9)]
    states = page.evaluate(
        """cases => cases.map(([at, now]) => {
            const line = document.querySelector(".lv-dateline")
            line.dataset.at = at
            delete line.dataset.state
            Date.now = () => Date.parse(now)
            document.dispatchEvent(new Event("visibilitychange"))
            return line.dataset.state
        })""",
        [[since.isoformat(), now.isoformat()] for since, now in cases],
    )
    of = fresh(fabricated)
    expected = [replace(of, harvested=since.isoformat()).state(now) for since, now in cases]
    assert states == expected
    assert {"fresh", "late", "stale"} == set(states)
    reader.close()
