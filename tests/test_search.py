"""The search: what is in its index, and what readers get from it on /papers/ and in the header, in a real browser."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sys
import threading
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from judgement import DATA, records
from livre import corpus, edges, scope, taxonomy
from livre.errors import BrokenInvariant, UsageError
from livre.model import Identifier, Name, Paper
from livre.site import opensearch, search, shells
from livre.site.pages import Review, explore
from livre.site.render import Site
from livre.site.search import Index, Record
from livre.site.sections import Section, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FIELD = "#explore input[name=q]"
HITS = "#found > li > a"


def fragments(files: dict[str, bytes]) -> list[dict[str, object]]:
    """What Pagefind keeps of each record."""
    found = [data for path, data in files.items() if "/fragment/" in path]
    return [json.loads(gzip.decompress(data).removeprefix(b"pagefind_dcd")) for data in found]


def program(folder: Path, body: str) -> Path:
    """A program that is not Pagefind."""
    file = folder / "not-pagefind"
    file.write_text(f"#!{sys.executable}\n{body}\n")
    file.chmod(0o755)
    return file


RECORDS = [
    Record(path=f"papers/example{n}/", text=f"Fabricated title {n}. Ada Example.", meta={"title": f"Fabricated title {n}"})
    for n in range(7)
]


# --- The index ---


def test_the_same_records_give_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        with Index() as index:
            index.add(RECORDS)
            made.append((tuple(index.files()), index.parts, index.records))
    assert made[0] == made[1]
    assert made[0][2] == len(RECORDS)


def test_an_index_holds_every_record_and_only_files_that_readers_need() -> None:
    with Index() as index:
        index.add(RECORDS)
        files = dict(index.files())
    assert {f["url"] for f in fragments(files)} == {f"/{r.path}" for r in RECORDS}
    rest = {re.sub(r"_\w+", "", p) for p in files if "/fragment/" not in p and "/index/" not in p}
    names = {"pagefind-entry.json", "pagefind-worker.js", "pagefind.en.pf", "pagefind.js", "wasm.en.pagefind"}
    assert rest == {f"search/{name}" for name in names}


def test_a_large_review_has_several_indexes_each_in_its_folder() -> None:
    with Index(part=3) as index:
        index.add(RECORDS)
        files = dict(index.files())
        assert len(index.parts) == len(set(index.parts)) == 3
    for folder, count in (("search/fragment/", 3), ("search/1/fragment/", 3), ("search/2/fragment/", 1)):
        assert sum(path.startswith(folder) for path in files) == count


def test_a_review_without_anything_has_no_index_and_no_error() -> None:
    with Index() as index:
        index.add([])
        assert (list(index.files()), index.parts, index.records) == ([], (), 0)


def test_a_missing_program_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nowhere() -> Path:
        raise FileNotFoundError("pagefind")

    monkeypatch.setattr(search, "get_executable", nowhere)
    with pytest.raises(UsageError, match="pip install pagefind_bin"):
        Index()
    with Index(binary=tmp_path / "nowhere") as index, pytest.raises(UsageError, match="does not start"):
        index.add(RECORDS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys; sys.exit('no memory is left')", "no memory is left"),
        ("print('bm90IGpzb24=,', end='', flush=True); input()", "something else than its protocol"),
        (
            "import base64, json\n"
            "say = lambda p: print(base64.b64encode(json.dumps({'payload': p}).encode()).decode() + ',', end='', flush=True)\n"
            "say({'type': 'NewIndex', 'index_id': 0}); say({'type': 'Error', 'message': 'the disk is full'}); input()",
            "the disk is full",
        ),
    ],
)
def test_a_program_that_fails_ends_the_build_and_says_why(tmp_path: Path, body: str, said: str) -> None:
    with Index(binary=program(tmp_path, body)) as index, pytest.raises(BrokenInvariant, match=said):
        index.add(RECORDS)


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    with (
        Index(binary=program(tmp_path, "import time; time.sleep(600)"), timeout=0.2) as index,
        pytest.raises(BrokenInvariant, match="it ended"),
    ):
        index.add(RECORDS)


# --- What is in it ---


def test_a_chapter_is_cut_at_its_headings() -> None:
    html = """<nav>not me</nav><article class="md-content__inner md-typeset"><h1 id="how">How<a class="headerlink" href="#how">¶</a></h1>
    <p>First &amp; <b>bold</b></p><script>no()</script><h2 id="why">Why <em>so</em></h2><ul><li>one</li><li>two</li></ul>
    <h2>Without an anchor</h2><p>goes<br>to why</p><svg><text>chart</text></svg><h3 id="empty"></h3></article><footer>nor me</footer>"""
    assert sections(html) == (
        Section(anchor="", heading="How", text="First & bold"),
        Section(anchor="why", heading="Why so", text="one two"),
        Section(anchor="why", heading="Without an anchor", text="goes to why"),
    )


def test_the_sections_of_a_chapter_lead_to_their_place_and_name_their_chapter() -> None:
    top, why, _ = (Section(anchor="", heading="How", text="a"), Section(anchor="why", heading="Why", text="b"), None)
    assert [(r.path, r.text, dict(r.meta)) for r in explore.parts_of("how/", [top, why])] == [
        ("how/", "How. a.", {"title": "How", "chapter": "", "section": "1"}),
        ("how/#why", "Why. b.", {"title": "Why", "chapter": "How", "section": "1"}),
    ]


@pytest.fixture(scope="module")
def review(fabricated: Path) -> Review:
    bib = fabricated / "bib"
    return Review(corpus.load(bib), scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"), edges=edges.load(bib))


def test_every_paper_is_a_record_with_all_of_its_words_and_no_tex(review: Review) -> None:
    made = {r.path.split("/")[1]: r for r in explore.records(review)}
    assert list(made) == [p.key for p in review.all]
    muller = made["muller2099horned"]
    assert muller.text.startswith("A horned model with L2 loss, <script>alert(7)</script>. ")
    assert all(words in muller.text for words in ("Zoë O’Example", "9902.00004", "Horned models (horned)"))
    assert "Cy Third" in made["example2099horned"].text
    assert "$" not in muller.text
    assert "Ada Member3302" in made["crowd2099many"].text


def test_words_behind_the_prose_are_searched_and_no_excerpt(review: Review) -> None:
    record = next(r for r in explore.records(review) if "example2099imaginary" in r.path)
    shown = record.text.split()[: int(record.meta["prose"])]
    assert shown[-3:] == ["of", "Imaginary", "Results."]
    assert "9903.00011." in record.text.split()


def test_the_facets_divide_the_papers_and_count_them(review: Review) -> None:
    of = {c.id: c for c in explore.choices(review)}
    assert {c.id for c in of.values()} <= {"model", "field", "kind", *explore.RESERVED}
    for choice in of.values():
        assert len(choice.of) == len(review.all)
        assert [v.total for v in choice.values] == [sum(i in row for row in choice.of) for i in range(len(choice.values))]
        assert (*choice.shown, *choice.folded) == choice.values
    withdrawn = [p.key for p, row in zip(review.all, of["status"].of, strict=True) if of["status"].values[row[0]].id == "withdrawn"]
    assert withdrawn == ["example2099horned"]
    assert "weights" not in of, "no paper has any, so there is nothing to choose"


def test_a_facet_of_the_taxonomy_never_takes_the_name_of_something_else() -> None:
    assert [explore.facet_name(n) for n in ("model", "year", "q")] == ["model", "year-facet", "q-facet"]


def test_short_titles_are_known_whole(review: Review) -> None:
    known = explore.short(review)
    assert review.all[known["0"]].key == "zero20990"
    assert review.all[known["the milestone from elsewhere"]].key == "example2099milestone"
    assert "a winged imaginary model of dragons" not in known


def test_the_built_table_is_of_the_index_beside_it(site: Callable[[str], Path], review: Review) -> None:
    folder = site("mkdocs") / "search"
    stamp, table = (json.loads((folder / name).read_bytes()) for name in ("index.json", "facets.json"))
    entry = json.loads((folder / "pagefind-entry.json").read_bytes())
    assert stamp["parts"] == [entry["languages"]["en"]["hash"]]
    assert stamp["records"] == len(list((folder / "fragment").iterdir())) > stamp["papers"] == table["papers"] == len(review.all)
    assert table["cited"] == list(explore.cited(review))
    assert {f["id"]: f["values"] for f in table["facets"]} == {c.id: [v.id for v in c.values] for c in explore.choices(review)}
    assert all(
        tuple(f["sets"][at]) == row
        for f, c in zip(table["facets"], explore.choices(review), strict=True)
        for at, row in zip(f["of"], c.of, strict=True)
    )


def test_chapters_are_found_without_what_is_generated_into_them(site: Callable[[str], Path]) -> None:
    files = {f.relative_to(site("mkdocs")).as_posix(): f.read_bytes() for f in (site("mkdocs") / "search").rglob("*.pf_fragment")}
    chapters = {str(f["url"]): str(f["content"]) for f in fragments(files) if not str(f["url"]).startswith("/papers/")}
    assert "imagined" in chapters["/categories/horned/"]
    assert not any("mallory2099title" in text or "¶" in text for text in chapters.values())


# --- The frame ---


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
def test_every_page_has_the_search_and_none_the_themes_index(site: Callable[[str], Path], builder: str) -> None:
    for path in ("index.html", "how/index.html", "papers/zero20990/index.html", "404.html"):
        html = (site(builder) / path).read_text("utf-8")
        box = re.findall(r"<div class=.lv-search. data-find>.*?</form>", html, re.DOTALL)
        assert len(box) == 1, path
        assert 'name="q"' in box[0]
        assert len(box[0]) < 450, "every page carries this"
        assert "assets/find.js" in html
        assert 'data-md-component="search' not in html
        assert 'class="md-search"' not in html
    written = {f.relative_to(site(builder)).as_posix() for f in site(builder).rglob("*") if f.is_file()}
    assert not [p for p in written if re.search(r"search_index|(?:^|/)search\.json|lunr|workers/", p)]


@pytest.mark.parametrize(
    ("own", "derived"),
    [
        (None, ["search"]),
        ([], ["search"]),
        (["tags"], ["search", "tags"]),
        ([{"search": {"lang": "en"}}], [{"search": {"lang": "en"}}]),
        ({"material/search": {}}, [{"material/search": {}}]),
    ],
)
def test_the_header_has_a_place_for_the_search_whatever_plugins_a_review_has(own: object, derived: list[object]) -> None:
    config = shells.configuration(Path(__file__).parent / "data/review") | {"plugins": own}
    assert shells.derived(config, "")["plugins"] == derived


def test_browsers_are_told_of_the_search_where_the_address_is_known(site: Callable[[str], Path]) -> None:
    text = (site("mkdocs") / "opensearch.xml").read_text("utf-8")
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    root = ElementTree.fromstring(text)
    (url,) = (u.get("template") for u in root.findall("o:Url", space) if u.get("type") == "text/html")
    assert url == "https://example.org/review/papers/?q={searchTerms}"
    assert len(root.findtext("o:ShortName", "", space)) <= 16
    assert root.findtext("o:LongName", "", space) == "A fabricated review"
    assert '<link rel="search" type="application/opensearchdescription+xml"' in (site("mkdocs") / "index.html").read_text("utf-8")
    assert not list(opensearch.files(Site(name="Nowhere")))


def test_names_and_descriptions_keep_to_what_opensearch_allows() -> None:
    ((_, data),) = opensearch.files(Site(name="A & B " * 30, url="https://example.org/", description="<x>" * 1000))
    root = ElementTree.fromstring(data)
    texts = {element.tag.rpartition("}")[2]: element.text or "" for element in root}
    assert (len(texts["ShortName"]) <= 16, len(texts["LongName"]) <= 48, len(texts["Description"]) <= 1024) == (True, True, True)


# --- In a browser ---


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[Path], str]]:
    """Serve a folder on loopback, until the module is done."""
    servers: dict[Path, ThreadingHTTPServer] = {}

    def serve(folder: Path) -> str:
        if folder not in servers:
            server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: _Quiet(*a, directory=str(folder)))
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            servers[folder] = server
        return f"http://127.0.0.1:{servers[folder].server_address[1]}/"

    yield serve
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A new page that fails the test at its end when anything in it complained."""
    contexts, complaints = [], []

    def heard(text: str) -> None:
        if "Transition was aborted" not in text:  # Chromium says so of a page that is left before it stands
            complaints.append(text)

    def open_(**options: object) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: heard(f"{m.text} {m.location}") if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda e: heard(str(e)))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def address(site: Callable[[str], Path], served: Callable[[Path], str]) -> str:
    return served(site("mkdocs"))


def until(page: Page, selector: str, *, count: int | None = None, text: str = "") -> None:
    """Wait for so many elements, or for a text in one; `page.wait_for_function` is stopped by the site's policy."""
    expect = pytest.importorskip("playwright.sync_api").expect
    seen = page.locator(selector)
    if count is None:
        expect(seen).to_contain_text(text, timeout=20_000)
    else:
        expect(seen).to_have_count(count, timeout=20_000)


def found(page: Page) -> list[str]:
    """Keys of what is listed, once the list stands."""
    until(page, "#found-count", text="paper")
    return [str(li.get_attribute("data-key")) for li in page.locator("#found > li").all()]


def asked(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


@pytest.mark.browser
def test_what_is_typed_is_found_marked_counted_and_kept_in_the_address(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}papers/")
    assert page.locator("#browse").is_visible()
    page.locator(FIELD).press_sequentially("winged drag", delay=20)
    until(page, "#found-count", text="“winged drag”")
    assert found(page)[0] in {"example2099winged", "example2099imaginary"}
    assert page.locator("#found mark").first.inner_text() == "winged"
    assert re.fullmatch(r"\d+ papers for “winged drag”", page.locator("#found-count").inner_text())
    assert asked(page) == [("q", "winged drag")]
    assert not page.locator("#browse").is_visible()
    page.go_back()
    page.locator("#browse").wait_for()
    assert (page.locator(FIELD).input_value(), page.locator("#found > li").count()) == ("", 0)
    page.go_forward()
    page.locator(HITS).first.wait_for()
    assert page.locator(FIELD).input_value() == "winged drag"


@pytest.mark.browser
def test_nothing_is_loaded_before_somebody_asks(address: str, opened: Callable[..., Page]) -> None:
    page, wanted = opened(), []
    page.on("request", lambda r: wanted.append(urlsplit(r.url).path))
    for path in ("papers/", "how/", "papers/zero20990/"):
        page.goto(address + path, wait_until="networkidle")
    assert not [path for path in wanted if path.startswith("/search/")]
    assert not [path for path in wanted if path.endswith("header.js")]


@pytest.mark.browser
def test_facets_narrow_count_and_can_be_taken_back(address: str, opened: Callable[..., Page], review: Review) -> None:
    page = opened()
    page.goto(f"{address}papers/")
    page.get_by_role("checkbox", name="Withdrawn").check()
    page.locator(HITS).first.wait_for()
    assert found(page) == ["example2099horned"]
    assert asked(page) == [("status", "withdrawn")]
    page.get_by_role("checkbox", name="Without a notice").check()
    page.locator(HITS).nth(1).wait_for()
    everything = [p.key for p in review.all if not p.background]
    assert found(page) == everything, "the newest first"
    winged = page.locator("#facets label", has_text="Winged models")
    expected = sum("winged" in review.filed[key] for key in everything)
    assert winged.locator(".lv-n").inner_text() == str(expected)
    winged.locator("input").check()
    until(page, "#found > li", count=expected)
    assert found(page) == [key for key in everything if "winged" in review.filed[key]]
    page.go_back()
    until(page, "#found > li", count=len(everything))
    assert not winged.locator("input").is_checked()
    page.get_by_role("button", name="Clear all").click()
    page.locator("#browse").wait_for()
    assert asked(page) == []


@pytest.mark.browser
def test_an_address_brings_back_words_filters_and_order(address: str, opened: Callable[..., Page], review: Review) -> None:
    page = opened()
    page.goto(f"{address}papers/?q=dragon&model=winged&sort=cited&nobody=knows&status=nothing")
    keys = found(page)
    cited = dict(zip((p.key for p in review.all), explore.cited(review), strict=True))
    assert len(keys) > 2
    assert [cited[k] for k in keys] == sorted((cited[k] for k in keys), reverse=True)
    assert all("winged" in review.filed[k] for k in keys)
    assert f"cited by {cited[keys[0]]} here" in page.locator("#found > li").first.inner_text()
    page.locator("select[name=sort]").select_option("oldest")
    page.wait_for_url("**/papers/?q=dragon&model=winged&sort=oldest")
    at = {p.key: i for i, p in enumerate(review.all)}
    until(page, f"#found > li[data-key={max(keys, key=at.__getitem__)}]:first-child", count=1)
    assert [at[k] for k in found(page)] == sorted((at[k] for k in keys), reverse=True)


@pytest.mark.browser
def test_marked_words_that_follow_each_other_stay_apart(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}papers/?q=winged+imaginary")
    key = found(page)[0]
    title = page.locator(f'#found > li[data-key="{key}"] > a')
    assert title.locator("mark").all_inner_texts()[:2] == ["winged", "imaginary"]
    assert title.inner_text().startswith("A winged imaginary model of dragons")


@pytest.mark.browser
def test_where_nothing_has_all_words_what_has_some_is_shown_and_said(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}papers/?q=withdrawn+unicorns+graphs+zzzz")
    assert set(found(page)) >= {"example2099graphs", "example2099horned"}
    assert found(page)[0] == "example2099graphs", "it has two of the words"
    assert page.locator("#found-count").inner_text().startswith("No paper has all words")
    page.goto(f"{address}papers/?q=zzzz")
    assert found(page) == []
    assert "Take away a word" in page.locator("#found-count").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("9902.00005", "zero20990"),
        ("0", "zero20990"),
        ("10.99999/example.1", "example2099winged"),
        ("Łukasz", "muller2099horned"),
        ("想像", "li2099bhth"),
    ],
)
def test_identifiers_names_and_short_titles_are_found(address: str, opened: Callable[..., Page], query: str, key: str) -> None:
    page = opened()
    page.goto(f"{address}papers/")
    page.locator(FIELD).fill(query)
    page.locator(HITS).first.wait_for()
    assert found(page)[0] == key


@pytest.mark.browser
def test_hostile_titles_stay_text_in_both_places(address: str, opened: Callable[..., Page], fabricated: Path) -> None:
    page = opened()
    titles = {p.key: p.title for p in corpus.load(fabricated / "bib").papers.values()}
    for query in ("alert", "script"):
        page.goto(f"{address}papers/?q={query}")
        for key in found(page):
            if "$" not in titles[key]:
                assert page.locator(f"#found > li[data-key={key}] > a").inner_text() == titles[key]
        page.keyboard.press("Control+k")
        assert page.evaluate("document.activeElement.name") == "q"
    page.goto(f"{address}how/")
    page.keyboard.press("/")
    page.keyboard.type("alert")
    page.locator(".md-search-result__link").first.wait_for()
    assert "</title><script>alert(1)</script>" in page.locator(".md-search-result__list").inner_text()
    assert page.locator(".md-search-result__list script, .md-search-result__list img, #found script, #found img").count() == 0


@pytest.mark.browser
def test_explore_works_by_keyboard_alone(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}papers/", wait_until="networkidle")
    page.keyboard.press("s")
    page.keyboard.type("horned")
    until(page, "#found-count", text="“horned”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelectorAll('#found > li > a')[1]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.locator("h1").wait_for()
    assert "/papers/" in page.url
    assert "q=" not in page.url


@pytest.mark.browser
def test_cards_carry_their_key_and_day_and_scripts_hear_of_them(address: str, opened: Callable[..., Page], review: Review) -> None:
    page = opened()
    page.add_init_script(
        "document.addEventListener('livre:items', () => { window.heard = document.querySelectorAll('#found > li').length })"
    )
    page.goto(f"{address}papers/?model=winged")
    keys = found(page)
    added = {p.key: p.added for p in review.all}
    assert [li.get_attribute("data-added") or "" for li in page.locator("#found > li").all()] == [added[k] for k in keys]
    assert page.evaluate("window.heard") == len(keys)


@pytest.mark.browser
def test_nothing_jumps_when_results_come(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(l => l.getEntries().forEach(e => { window.moved += e.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(f"{address}papers/?q=dragon&field=dragons")
    found(page)
    page.wait_for_timeout(200)
    assert page.evaluate("window.moved") < 0.05


@pytest.mark.browser
def test_on_a_phone_the_filters_fold_away_and_nothing_is_too_wide(address: str, opened: Callable[..., Page]) -> None:
    page = opened(viewport={"width": 390, "height": 800})
    page.goto(f"{address}papers/?q=dragon")
    found(page)
    facet = page.get_by_role("checkbox", name="Winged models")
    assert not facet.is_visible()
    page.get_by_role("button", name="Filters").click()
    assert facet.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{address}papers/zero20990/", wait_until="networkidle")
    page.get_by_role("button", name="Search").click()
    page.keyboard.type("winged")
    page.locator(".md-search-result__link").first.wait_for()
    assert page.locator(".md-search__input").is_visible()
    page.keyboard.press("Escape")
    until(page, "#__search:not(:checked)", count=1)


@pytest.mark.browser
def test_a_table_of_another_day_is_noticed_and_the_lists_stay(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.route("**/search/index.json", lambda r: r.fulfill(json={**r.fetch().json(), "records": 1}))
    page.goto(f"{address}papers/?q=dragon")
    page.get_by_text("reload the page, or use the lists below").wait_for()
    assert page.locator("#browse").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("builder", ["mkdocs", "zensical"])
@pytest.mark.parametrize("path", ["how/", "papers/zero20990/"])
def test_the_header_searches_papers_and_chapters_from_every_page(
    site: Callable[[str], Path], served: Callable[[Path], str], opened: Callable[..., Page], builder: str, path: str
) -> None:
    page = opened()
    here = served(site(builder))
    page.goto(here + path, wait_until="networkidle")
    page.keyboard.press("Control+k")
    page.keyboard.type("imagined", delay=20)
    until(page, f".lv-all[href='{here}papers/?q=imagined']", count=1)
    assert re.fullmatch(r"\d+ results?", page.locator(".md-search-result__meta").inner_text())
    links = [str(a.get_attribute("href")) for a in page.locator(".md-search-result__link").all()]
    assert any("/categories/horned/" in link for link in links)
    assert any("/papers/example2099winged/" in link for link in links)
    assert links[-1] == f"{here}papers/?q=imagined"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.href") == links[0]
    page.keyboard.press("Escape")
    until(page, "#__search:not(:checked)", count=1)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(links[0])


@pytest.mark.browser
def test_enter_in_the_header_leads_to_all_results(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}how/", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("dragon")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}papers/?q=dragon")
    assert len(found(page)) > 3


@pytest.mark.browser
def test_keys_that_are_typed_elsewhere_stay_there(address: str, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto(f"{address}why/", wait_until="networkidle")
    page.locator("#ask-id").fill("")
    page.locator("#ask-id").press_sequentially("s/s")
    assert page.locator("#ask-id").input_value() == "s/s"


@pytest.mark.browser
def test_a_page_that_is_not_there_offers_the_search(
    site: Callable[[str], Path], served: Callable[[Path], str], tmp_path: Path, opened: Callable[..., Page]
) -> None:
    page = opened()
    (tmp_path / "review").symlink_to(site("mkdocs"))  # where its address says that it is: this page's links begin at the root
    page.goto(f"{served(tmp_path)}review/404.html", wait_until="networkidle")
    page.get_by_label("Search all papers").fill("dragon")
    with page.expect_request(lambda r: r.is_navigation_request() and "papers/?q=dragon" in r.url):
        page.get_by_label("Search all papers").press("Enter")


@pytest.mark.browser
def test_without_scripts_lists_lead_everywhere_and_nothing_pretends_to_search(address: str, opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{address}how/")
    page.locator(".md-search__input").fill("dragon")
    page.locator(".md-search__input").press("Enter")
    page.wait_for_url(f"{address}papers/?q=dragon")
    assert page.locator("#browse").is_visible()
    assert page.locator("#browse .lv-items a").first.is_visible()
    assert not page.locator(FIELD).is_visible()
    assert not page.locator("#facets").is_visible()
    assert page.locator("noscript p", has_text="The search needs a script").is_visible()


def bare(folder: Path, review: Review, index: Index) -> None:
    """A folder with the search of a review and its scripts, without the pages."""
    with index:
        explore.feed(index, review, ())
        for path, data in explore.files(index, review):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    shutil.copytree(shells.THEME / "assets", folder / "assets")
    (folder / "index.html").write_text('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Bare</title></html>')


@pytest.mark.browser
def test_a_large_review_is_searched_as_one(
    tmp_path: Path, served: Callable[[Path], str], opened: Callable[..., Page], review: Review
) -> None:
    bare(tmp_path, review, Index(part=5))
    page = opened()
    page.goto(served(tmp_path))
    rows, hits = page.evaluate(
        """async () => {
            const { open, search } = await import("/assets/search/results.js")
            const paths = async (of) => (await Promise.all(of.map((one) => one.data()))).map((one) => one.raw_url.slice(1))
            return [await paths(await (await open()).all()), await paths((await search("winged")).results)]
        }"""
    )
    assert rows == [r.path for r in explore.records(review)], "in the order of the table, over all parts"
    assert {"papers/example2099winged/", "papers/quote2099href/", "papers/li2099bhth/"} <= set(hits)


# --- With real records ---


def real(count: int) -> Review:
    """A review of so many real records, with this repository's taxonomy."""
    taken = [*records("topic").items(), *records("background").items()][:count]
    papers = {}
    for number, (arxiv, c) in enumerate(taken):
        key = f"real{number:05}"
        papers[key] = Paper(
            key=key,
            shard="2025-01",
            identifiers=(Identifier("arxiv", arxiv),),
            title=c.title,
            abstract=c.abstract,
            authors=(Name(family="Example"),),
        )
    bib = Path(__file__).parents[1] / "bib"
    return Review(corpus.Corpus(papers=papers), scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"))


@pytest.mark.browser
@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not beside the checkout")
def test_exact_titles_come_first_and_three_telling_words_find_their_paper(
    tmp_path: Path, served: Callable[[Path], str], opened: Callable[..., Page]
) -> None:
    review = real(2000)
    bare(tmp_path, review, Index())
    titles = {r.path: r.meta["title"] for r in explore.records(review)}
    frequency: dict[str, int] = {}
    words = {path: sorted(set(re.findall(r"[^\W\d_]{4,}", title.lower()))) for path, title in titles.items()}
    for of in words.values():
        for word in of:
            frequency[word] = frequency.get(word, 0) + 1
    chosen = [path for path in titles if len(words[path]) >= 3][:: len(titles) // 200][:200]
    queries = [[titles[path], " ".join(sorted(words[path], key=lambda w: (frequency[w], w))[:3])] for path in chosen]
    page = opened()
    page.goto(served(tmp_path))
    ranks = page.evaluate(
        """async ([chosen, queries]) => {
            const { search } = await import("/assets/search/results.js")
            const out = []
            for (let i = 0; i < chosen.length; i++) {
                out.push(await Promise.all(queries[i].map(async (query) => {
                    const { results } = await search(query)
                    const top = await Promise.all(results.slice(0, 5).map((one) => one.data()))
                    return top.findIndex((one) => one.raw_url === `/${chosen[i]}`)
                })))
            }
            return out
        }""",
        [chosen, queries],
    )
    twins = {title for title in titles.values() if list(titles.values()).count(title) > 1}
    exact = sum(one == 0 or titles[path] in twins for path, (one, _) in zip(chosen, ranks, strict=True)) / len(chosen)
    telling = sum(three >= 0 for _, three in ranks) / len(chosen)
    assert len(chosen) == 200
    assert exact >= 0.99, exact
    assert telling >= 0.95, telling
