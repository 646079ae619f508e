"""Reading lists in a real browser: kept, moved, written about, taken out, brought in, shared and forgotten, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from livre import foreign
from readers import Reader, reading, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


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
    one = Reader(browser, permissions=["clipboard-read", "clipboard-write"])
    yield one
    one.close()


def kept(page: Page) -> list[dict[str, Any]]:
    """The lists as they lie in the browser's store."""
    text = page.evaluate("Object.entries(localStorage).find(([name]) => name.startsWith('livre:lists:'))?.[1] ?? ''")
    return json.loads(text)["lists"] if text else []


def keys(page: Page, at: int = 0) -> list[str]:
    return [p["key"] for p in kept(page)[at]["papers"]]


def preset(page: Page, address: str, text: str) -> None:
    """Put this into the store, as something else could have."""
    page.goto(f"{address}robots.txt")
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [f"livre:lists:{urlsplit(address).path}", text])


def a_list(*papers: str, name: str = "Dragons", id: str = "dragons") -> dict[str, Any]:
    return {"id": id, "name": name, "papers": [{"key": p, "kept": "2099-01-01", "title": "", "note": "", "tags": []} for p in papers]}


def stored(*lists: dict[str, Any]) -> str:
    return json.dumps({"version": 1, "lists": lists})


# --- Stars ---


def test_a_star_keeps_a_paper_and_takes_it_out_again_on_every_kind_of_page(reader: Reader, address: str) -> None:
    page = reader.page()
    for path in ("", "papers/zero20990/", "categories/horned/", "categories/dragons/", "timeline/2099/", "new/", "authors/ada-example/"):
        page.goto(address + path)
        star = page.locator(".lv-star:visible").first
        assert star.get_attribute("aria-pressed") == "false", path
        star.click()
        assert star.get_attribute("aria-pressed") == "true", path
        assert len(keys(page)) == 1, path
        star.press("Enter")
        assert star.get_attribute("aria-pressed") == "false", path
        assert keys(page) == [], path
    assert reader.complaints == []


def test_a_star_is_named_by_its_paper_and_nothing_moves_when_stars_and_marks_come(browser: Browser, address: str) -> None:
    reader = Reader(browser, viewport={"width": 390, "height": 844})
    page = reader.page()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(of => of.getEntries().forEach(e => { window.moved += e.value }))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    for path in ("", "papers/muller2099horned/", "categories/horned/", "timeline/2099/", "new/"):
        page.goto(address + path, wait_until="networkidle")
        assert page.locator(".lv-star").count() > 0, path
        assert page.evaluate("window.moved") < 0.01, path
    page.goto(f"{address}timeline/2099/")
    assert page.get_by_role("button", name="Read later: A winged imaginary model of dragons, again").count() == 1
    reader.close()
    plain = Reader(browser, java_script_enabled=False)
    bare = plain.page()
    bare.goto(f"{address}timeline/2099/")
    assert bare.locator(".lv-star").count() == 0
    plain.close()


def test_tabs_stay_in_step(reader: Reader, address: str) -> None:
    one, other, lists = reader.page(), reader.page(), reader.page()
    one.goto(f"{address}papers/zero20990/")
    other.goto(f"{address}timeline/2099/")
    lists.goto(f"{address}lists/")
    one.locator(".lv-star").click()
    other.locator('.lv-star[data-star="zero20990"][aria-pressed="true"]').wait_for()
    lists.get_by_role("link", name="0", exact=True).wait_for()
    other.locator('.lv-star[data-star="zero20990"]').click()
    one.locator('.lv-star[aria-pressed="false"]').wait_for()
    assert reader.complaints == []


def test_what_another_tab_changes_takes_no_unfinished_note_away(reader: Reader, address: str) -> None:
    page, other = reader.page(), reader.page()
    preset(page, address, stored(a_list("zero20990")))
    page.goto(f"{address}lists/")
    page.get_by_text("Add a note or tags").click()
    page.get_by_role("textbox", name="Note").fill("Half a thou")
    other.goto(f"{address}papers/crowd2099many/")
    other.locator(".lv-star").click()
    assert page.get_by_role("textbox", name="Note").input_value() == "Half a thou"
    page.get_by_role("textbox", name="Note").press("Tab")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Read later (1)").wait_for()
    assert kept(page)[0]["papers"][0]["note"] == "Half a thou"
    assert len(kept(page)) == 2


# --- The page of lists ---


def test_titles_are_fetched_from_the_site_and_shown_as_text(reader: Reader, address: str) -> None:
    page = reader.page()
    preset(page, address, stored(a_list("mallory2099title", "muller2099horned", "nobody2099nothing")))
    page.goto(f"{address}lists/")
    page.get_by_role("link", name="</title><script>alert(1)</script>").wait_for()
    assert page.get_by_text("not in this review").count() == 1
    assert (
        page.locator(".lv-l-items li")
        .nth(1)
        .locator("p")
        .first.inner_text()
        .startswith("Jürgen Müller, Zoë O’Example, Ñandú Łukasz · 2099-02-01")
    )
    assert [c for c in reader.complaints if "404" not in c] == []


def test_lists_can_be_made_renamed_and_deleted_and_a_deleted_one_comes_back(reader: Reader, address: str) -> None:
    page = reader.page()
    page.goto(f"{address}lists/")
    page.get_by_role("textbox", name="Name of a new list").fill("Horns & wings")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Horns & wings").wait_for()
    page.on("dialog", lambda d: d.accept("Wings"))
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("heading", name="Wings", exact=True).wait_for()
    page.get_by_role("button", name="Delete the list").click()
    assert kept(page) == []
    page.get_by_role("button", name="Undo").click()
    assert [one["name"] for one in kept(page)] == ["Wings"]
    assert reader.complaints == []


def test_papers_are_ordered_written_about_moved_and_removed_by_keyboard(reader: Reader, address: str) -> None:
    page = reader.page()
    preset(page, address, stored(a_list("zero20990", "crowd2099many"), a_list(name="Later", id="later")))
    page.goto(f"{address}lists/")
    page.get_by_role("link", name="0", exact=True).wait_for()
    page.get_by_role("button", name="Move down: 0").press("Enter")
    assert keys(page) == ["crowd2099many", "zero20990"]
    assert page.evaluate("document.activeElement.dataset.id") in {"down-zero20990", "up-zero20990", None}
    page.locator('[data-id="open-zero20990"]').press("Enter")
    page.get_by_role("textbox", name="Tags, with commas between them").fill("dull, numbers , dull")
    page.get_by_role("textbox", name="Note").fill("Nothing in it.")
    page.get_by_role("button", name="Copy", exact=True).press("Enter")
    assert kept(page)[0]["papers"][1]["tags"] == ["dull", "numbers"]
    assert kept(page)[1]["papers"][0]["note"] == "Nothing in it."
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    assert keys(page) == ["crowd2099many"]
    page.get_by_role("button", name="Remove: A dragon that many looked at").press("Enter")
    assert keys(page) == []
    page.get_by_role("button", name="Undo").press("Enter")
    assert keys(page) == ["crowd2099many"]
    assert reader.complaints == []


def test_a_list_is_sorted_and_searched_by_words_and_tags(reader: Reader, address: str) -> None:
    page = reader.page()
    papers = a_list("zero20990", "crowd2099many", "example2099winged")
    papers["papers"][2]["tags"] = ["wings"]
    preset(page, address, stored(papers))
    page.goto(f"{address}lists/")
    page.get_by_role("link", name="A winged imaginary model of dragons").wait_for()
    page.get_by_label("Order").select_option("title")
    assert page.locator(".lv-l-items a").all_inner_texts() == ["0", "A dragon that many looked at", "A winged imaginary model of dragons"]
    page.get_by_role("button", name="wings", exact=True).click()
    assert page.locator(".lv-l-items a").all_inner_texts() == ["A winged imaginary model of dragons"]
    assert page.get_by_text("1 of 3 papers").count() == 1


# --- Out ---


def test_what_is_saved_is_the_sites_own_entries_with_the_readers_words(
    reader: Reader, address: str, site: Callable[[str], Path], tmp_path: Path
) -> None:
    page = reader.page()
    of = a_list("muller2099horned", "zero20990")
    of["papers"][0] |= {"note": "100 % {sure}\\", "tags": ["a_b"]}
    preset(page, address, stored(of))
    page.goto(f"{address}lists/")
    page.get_by_role("link", name="0", exact=True).wait_for()
    saved = {}
    for says, end in (("Save as BibTeX", "bib"), ("Save as RIS", "ris"), ("Save as JSON, with notes and tags", "json")):
        with page.expect_download() as download:
            page.get_by_role("button", name=says).click()
        assert download.value.suggested_filename == f"dragons.{end}"
        saved[end] = tmp_path / f"dragons.{end}"
        saved[end].write_bytes(Path(download.value.path()).read_bytes())
    own = (site("mkdocs") / "papers/zero20990/zero20990.bib").read_text("utf-8")
    bib = saved["bib"].read_text("utf-8")
    assert own in bib
    assert "  annote = {100 \\% \\textbraceleft{}sure\\textbraceright{}\\textbackslash{}},\n  groups = {a\\_b},\n}" in bib
    ris = saved["ris"].read_text("utf-8")
    assert ris.count("ER  - ") == 2
    assert "KW  - a_b\nN1  - 100 % {sure}\\\nER  - " in ris
    for end in ("bib", "ris"):
        adopted, problems = foreign.read(saved[end])
        assert (len(adopted), problems) == (2, ())
    assert json.loads(saved["json"].read_text("utf-8"))["lists"][0]["papers"][0]["note"] == "100 % {sure}\\"
    assert reader.complaints == []


def test_a_link_offers_a_list_without_notes_and_nothing_is_added_unasked(reader: Reader, browser: Browser, address: str) -> None:
    page = reader.page()
    of = a_list("zero20990", "crowd2099many", name="Dragons & more")
    of["papers"][0]["note"] = "secret"
    preset(page, address, stored(of))
    page.goto(f"{address}lists/")
    page.get_by_role("button", name="Copy a link to share").click()
    page.get_by_text("The link is copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}lists/#list=Dragons%20%26%20more&papers=zero20990,crowd2099many"
    friend = Reader(browser)
    theirs = friend.page()
    theirs.goto(link)
    theirs.get_by_role("heading", name="Add 2 papers?").wait_for()
    assert theirs.url == f"{address}lists/"
    assert kept(theirs) == []
    theirs.get_by_role("button", name="Do not add").click()
    assert kept(theirs) == []
    theirs.goto(link)
    theirs.get_by_role("button", name="Add", exact=True).click()
    assert [(one["name"], len(one["papers"])) for one in kept(theirs)] == [("Dragons & more", 2)]
    theirs.get_by_role("button", name="Undo").click()
    assert kept(theirs) == []
    assert friend.complaints == []
    friend.close()


@pytest.mark.parametrize("hash", ["#papers=", "#papers=../../evil,%00,A", "#list=x", "#papers"])
def test_a_link_that_names_no_paper_offers_nothing(reader: Reader, address: str, hash: str) -> None:
    page = reader.page()
    page.goto(f"{address}lists/{hash}")
    page.get_by_role("heading", name="Bring papers in").wait_for()
    assert page.locator(".lv-l-offer").count() == 0
    assert reader.complaints == []


# --- In ---

FILES = {
    "mine.bib": "@article{someones-key,\n  title = {A horned model},\n  eprint = {9902.00004v2},\n  archiveprefix = {arXiv}\n}\n"
    "@misc{unknown2020, title={Never seen}, doi={10.9999/nothing}}\n@comment{nothing}\n",
    "mine.ris": "TY  - UNPB\nID  - x1\nTI  - A horned model\nUR  - https://arxiv.org/abs/9902.00004\nER  - \n"
    "TY  - JOUR\nTI  - Never seen\nDO  - 10.9999/nothing\nER  - \n",
    "mine.json": '[{"id": "x", "title": "A horned model", "number": "arXiv:9902.00004"},'
    ' {"id": "y", "title": "Never seen", "DOI": "10.9999/nothing"}]',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_matched_by_identifiers_and_asked_about(reader: Reader, address: str, name: str) -> None:
    page = reader.page()
    page.goto(f"{address}lists/")
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "text/plain", "buffer": FILES[name].encode()})
    page.get_by_role("heading", name="Add 1 paper?").wait_for()
    assert page.get_by_text("1 entry not in this review").count() == 1
    assert kept(page) == []
    page.get_by_role("button", name="Add", exact=True).click()
    assert keys(page) == ["muller2099horned"]
    assert kept(page)[0]["name"] == "mine"
    assert [c for c in reader.complaints if "404" not in c] == []


def test_what_was_saved_as_json_comes_back_whole(reader: Reader, address: str) -> None:
    page = reader.page()
    of = a_list("zero20990")
    of["papers"][0] |= {"note": "two\nlines", "tags": ["a"], "title": "0"}
    page.goto(f"{address}lists/")
    buffer = stored(of).encode()
    page.locator('input[type="file"]').set_input_files({"name": "lists.json", "mimeType": "application/json", "buffer": buffer})
    page.get_by_role("button", name="Add", exact=True).click()
    (paper,) = kept(page)[0]["papers"]
    assert (paper["key"], paper["note"], paper["tags"]) == ("zero20990", "two\nlines", ["a"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no entry"),
        ("just words @ nobody", "holds no entry"),
        ("{", "cannot be read"),
        ('{"lists": 3}', "holds no lists"),
        ('{"version": 99, "lists": []}', "newer version"),
        ('{"lists": [{"papers": "x"}]}', "holds no lists"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(reader: Reader, address: str, text: str, says: str) -> None:
    page = reader.page()
    page.goto(f"{address}lists/")
    page.locator('input[type="file"]').set_input_files({"name": "odd.bib", "mimeType": "text/plain", "buffer": text.encode()})
    page.locator(".lv-say-box", has_text=says).wait_for()
    assert kept(page) == []
    assert reader.complaints == []


# --- Storage that fails ---


def test_damaged_lists_are_set_aside_and_can_be_saved(reader: Reader, address: str) -> None:
    page = reader.page()
    for text in ("{{{", "{", "null", "[]", '{"version": 1}', '{"version": 1, "lists": [3]}', '{"version": "1", "lists": []}'):
        preset(page, address, text)
        page.goto(f"{address}papers/zero20990/")
        page.locator(".lv-star").click()
        page.goto(f"{address}lists/")
        assert keys(page) == ["zero20990"], text
        with page.expect_download() as download:
            page.get_by_role("button", name="Save what was set aside").click()
        assert Path(download.value.path()).read_text("utf-8") == text
        page.get_by_role("button", name="Forget it").click()
        assert page.get_by_text("could not be read").count() == 0
        assert keys(page) == ["zero20990"], text
    assert reader.complaints == []


def test_lists_of_a_newer_version_are_left_alone(reader: Reader, address: str) -> None:
    page = reader.page()
    newer = '{"version": 2, "lists": {"what": "ever"}}'
    preset(page, address, newer)
    page.goto(f"{address}papers/zero20990/")
    page.locator(".lv-star").click()
    page.locator(".lv-say-box", has_text="A newer version").wait_for()
    page.goto(f"{address}lists/")
    assert page.get_by_role("note").filter(has_text="newer version").count() == 1
    assert page.evaluate("Object.values(localStorage)").count(newer) == 1


def test_a_full_store_keeps_what_it_had_and_says_so(reader: Reader, address: str) -> None:
    page = reader.page()
    preset(page, address, stored(a_list("crowd2099many")))
    page.evaluate(
        """() => { let more = "x".repeat(1e6)
        for (let n = 0; more; ) try { localStorage.setItem(`fill${n++}`, more) } catch { more = more.slice(0, more.length / 2) } }"""
    )
    page.goto(f"{address}papers/zero20990/")
    page.locator(".lv-star").click()
    page.locator(".lv-say-box", has_text="no room left").wait_for()
    assert page.locator(".lv-star").get_attribute("aria-pressed") == "false"
    assert keys(page) == ["crowd2099many"]


def test_where_nothing_may_be_kept_there_is_no_star_and_the_page_says_why(reader: Reader, address: str) -> None:
    page = reader.page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })")
    page.goto(f"{address}timeline/2099/", wait_until="networkidle")
    assert page.locator(".lv-star").count() == 0
    page.goto(f"{address}lists/")
    page.get_by_role("note").filter(has_text="does not let sites keep anything").wait_for()
    assert set(reader.complaints) <= {"pageerror: no"}, "the theme's own script complains of the same"


def test_everything_can_be_forgotten(reader: Reader, address: str) -> None:
    page = reader.page()
    preset(page, address, stored(a_list("zero20990")))
    page.goto(f"{address}lists/")
    page.evaluate("localStorage.setItem('of-another-site', 'stays')")
    page.on("dialog", lambda d: d.accept())
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_text("Nothing is stored.").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(name => !name.endsWith('__palette'))") == ["of-another-site"]


# --- Everywhere ---


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_the_page_fits_and_asks_nobody_else(browser: Browser, address: str, scheme: str, width: int) -> None:
    reader = Reader(browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = reader.page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    preset(page, address, stored(a_list("muller2099horned", "mallory2099title", name="W" * 80), a_list(name="Another", id="b")))
    page.goto(f"{address}lists/")
    page.get_by_role("link", name="</title>").wait_for()
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert {urlsplit(u).netloc for u in asked if u.startswith("http")} == {urlsplit(address).netloc}
    assert reader.complaints == []
    reader.close()


def test_without_scripts_the_page_says_what_it_cannot_do(browser: Browser, address: str) -> None:
    reader = Reader(browser, java_script_enabled=False)
    page = reader.page()
    page.goto(f"{address}lists/")
    assert page.locator("noscript p").is_visible()
    reader.close()
