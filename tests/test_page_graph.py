"""The graph's pages: what they say of the citations of the fabricated review, and what a real browser makes of the map."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import threading
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from livre import corpus, edges, scope, taxonomy
from livre.build import build
from livre.edges import Edges
from livre.model import Citation, Identifier, Name, Paper, ReferenceList
from livre.site import graphs, rails, serve
from livre.site.pages import Review, fragments, pages
from livre.site.render import Site, Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CHAPTERS = ("", "papers/", "timeline/", "methods/", "why/", "graph/", "graph/main-path/")
TEMPLATES = Templates(Site(name="Imaginary models"))
GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", *GL]
DRIVER = "GL Driver Message"
"""What Chromium says about its own software in place of a graphics card."""


def review(root: Path, known: Edges | None = None, chapters: tuple[str, ...] = CHAPTERS) -> Review:
    bib = root / "bib"
    found = edges.load(bib) if known is None else known
    return Review(corpus.load(bib), scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"), chapters, edges=found)


def rendered(of: Review, path: str) -> str:
    for page in pages(of):
        if page.path == path:
            return TEMPLATES.parts(page)[1]
    return "".join(TEMPLATES.fragment(f.name, path, f.context) for f in fragments(of) if f.path == path or f"{f.name}/" == path)


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def files(of: Review) -> Mapping[str, bytes]:
    return dict(graphs.files(of.network, of.lanes, main=of.main, filed=of.filed, categories=tuple(of.taxonomy.categories)))


def chain(length: int, *, whole: bool = True) -> tuple[Mapping[str, Paper], Edges]:
    """Fabricated papers, each citing the one before."""
    ids = [Identifier("arxiv", f"98{n // 12:02}.{n:05}") for n in range(length)]
    papers = {
        f"example{n}": Paper(
            key=f"example{n}",
            shard="2098-01",
            identifiers=(i,),
            title=f"Imaginary step {n}",
            authors=(Name(family=f"Family{n}", given="Ada"),),
            date=f"20{70 + n}-03-04",
            categories=("horned",),
        )
        for n, i in enumerate(ids)
    }
    one = {b: (Citation(citing=b, cited=a, source="eprint", first="2099-01-01", last="2099-01-02"),) for a, b in itertools.pairwise(ids)}
    lists = {
        i: (ReferenceList(citing=i, source="eprint", asked="2099-01-02", listed=1, known=1, outcome="complete"),) for i in ids if whole
    }
    return papers, Edges(citations=one, lists=lists)


def chained(root: Path, length: int, *, whole: bool = True) -> Review:
    papers, known = chain(length, whole=whole)
    bib = root / "bib"
    of = replace(corpus.load(bib), papers=papers, candidates={}, decisions={}, nights=())
    return Review(of, scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"), CHAPTERS, edges=known)


# --- /graph/ ---------------------------------------------------------------------------------------


def test_the_table_ranks_papers_by_their_citations_here(fabricated):
    html = rendered(review(fabricated), "graph/")
    rows = re.findall(r'<tr data-y="(\d*)" data-c="([\d ]*)">.*?papers/([a-z0-9-]+)/.*?</td><td>(\d+)</td><td>(\d+)</td>', html)
    assert [(key, int(cited), int(cites)) for _, _, key, cited, cites in rows][:2] == [
        ("example2099winged", 4, 1),
        ("muller2099horned", 2, 2),
    ]
    assert [int(n) for *_, n, _ in rows] == sorted((int(n) for *_, n, _ in rows), reverse=True)
    assert "12 citations between 10 of 13 papers" in text(html)


def test_a_citation_by_two_sources_and_two_identifiers_counts_once(fabricated):
    html = rendered(review(fabricated), "papers/example2099winged/")
    assert re.search(r"Cited here by 4\b", text(html))


def test_titles_of_strangers_are_text_in_the_table_and_in_the_reading_list(fabricated):
    of = review(fabricated)
    for path in ("graph/", "graph/main-path/"):
        html = rendered(of, path)
        assert "<script>" not in html
        assert not re.search(r"<[a-z][^<>]* on[a-z]+=|<[a-z][^<>]* style=", html)


def test_a_review_without_citations_says_so_and_draws_no_main_path(fabricated):
    of = review(fabricated, Edges())
    assert "No citations are known yet. No reference list has been asked for." in text(rendered(of, "graph/"))
    assert "<table" not in rendered(of, "graph/")
    path = rendered(of, "graph/main-path/")
    assert "Without citations there is no main path." in text(path)
    assert "<svg" not in path


def test_a_review_without_the_chapters_has_no_link_to_them(fabricated):
    of = review(fabricated, chapters=("", "papers/", "timeline/", "methods/"))
    assert not [f for f in fragments(of) if f.name in {"graph", "main-path"}]
    assert not [p.path for p in pages(of) if "graph/" in TEMPLATES.parts(p)[1]]
    assert "graph/" not in TEMPLATES.fragment("methods", "methods/", next(f.context for f in fragments(of) if f.name == "methods"))


# --- The main path ---------------------------------------------------------------------------------


def test_the_main_path_is_a_drawing_and_a_reading_list_in_order(fabricated):
    html = rendered(chained(fabricated, 6), "graph/main-path/")
    listed = re.findall(r'papers/(example\d)/">Imaginary', html)
    assert listed == [f"example{n}" for n in range(6)]
    drawing = html[html.index("<svg") : html.index("</svg>") + 6]
    ET.fromstring(drawing)
    assert drawing.count('class="lv-way"') == 5
    assert "builds on Family0 2070 (100 % of all ways)" in text(html)
    assert "6 papers on the main path, 0 beside it" in text(html)


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_a_chain_of_fewer_than_four_is_no_main_path(fabricated, length):
    assert "<svg" not in rendered(chained(fabricated, length), "graph/main-path/")


def test_few_linked_papers_make_no_main_path_and_the_page_says_how_few(fabricated):
    papers, known = chain(4)
    alone = {
        f"alone{n}": replace(papers["example0"], key=f"alone{n}", identifiers=(Identifier("arxiv", f"9812.{n:05}"),)) for n in range(20)
    }
    bib = fabricated / "bib"
    of = replace(corpus.load(bib), papers={**papers, **alone}, candidates={}, decisions={}, nights=())
    html = rendered(
        Review(of, scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"), CHAPTERS, edges=known), "graph/main-path/"
    )
    assert "<svg" not in html
    assert "3 citations between 4 of 24 papers are known" in text(html)
    assert "Too few citations are known for a main path." in text(html)


def test_no_two_stops_share_a_place_and_every_line_ends_at_its_stops(fabricated):
    path = review(fabricated).network.path
    drawn = rails.rails(path)
    assert len(set(drawn.dots)) == len(path.stops)
    for step, line in zip(path.steps, drawn.lines, strict=True):
        start, end = drawn.dots[step.cited], drawn.dots[step.citing]
        assert line.path.startswith(f"M{start[0]:g} {start[1]:g}")
        assert line.path.endswith(f"{end[1]:g}")


# --- Papers, categories, time, methods ---------------------------------------------------------------


def test_a_paper_says_how_much_of_its_references_is_known_by_source(fabricated):
    said = text(rendered(review(fabricated), "papers/muller2099horned/"))
    assert "20 references listed, 15 with an identifier, 2 in this review; from the reference list in its arXiv source, asked on" in said
    assert "Cites in this review 2" in said


def test_a_list_that_did_not_come_says_why_in_words_that_are_no_markup(fabricated):
    html = rendered(review(fabricated), "papers/zero20990/")
    assert "gave no references: no source: &lt;b&gt;a PDF&lt;/b&gt; alone." in html
    assert "from OpenAlex, asked on 11 March 2099; partial: fabricated." in text(html)


def test_a_paper_that_nobody_asked_about_says_so(fabricated):
    assert "Its references have not been asked for yet." in text(rendered(review(fabricated, Edges()), "papers/zero20990/"))


def test_a_paper_names_similar_ones_with_the_reason(fabricated):
    html = rendered(review(fabricated), "papers/example2099graphs/")
    similar = html[html.index('id="similar"') :]
    assert re.search(r"cites (?:one|\d+) of the same works|cited together", text(similar))
    words = rendered(review(fabricated, Edges()), "papers/muller2099horned/")
    assert "cites one" not in words


def test_counts_below_the_threshold_of_completeness_are_called_lower_bounds(fabricated):
    whole = text(rendered(chained(fabricated, 6), "papers/example3/"))
    partly = text(rendered(chained(fabricated, 6, whole=False), "papers/example3/"))
    assert "Cited here 1 time" in whole
    assert "Cited here at least 1 time" in partly
    assert "lower bounds" in partly
    assert "lower bounds" not in whole


def test_a_long_list_of_citations_leads_to_the_map(fabricated):
    papers, _ = chain(40)
    ids = [p.primary for p in papers.values()]
    star = Edges(
        citations={i: (Citation(citing=i, cited=ids[0], source="eprint", first="2099-01-01", last="2099-01-01"),) for i in ids[1:]}
    )
    bib = fabricated / "bib"
    of = replace(corpus.load(bib), papers=papers, candidates={}, decisions={}, nights=())
    html = rendered(
        Review(of, scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml"), CHAPTERS, edges=star), "papers/example0/"
    )
    linked = html[html.index('id="cited-by"') : html.index("The 6 most cited of 39")]
    assert linked.count("<li>") == 6
    assert '<a href="../../graph/?paper=example0">on the map</a>' in html


def test_a_category_names_its_most_central_papers(fabricated):
    html = rendered(review(fabricated), "categories/winged/")
    assert "Most central" in html
    assert "papers/example2099winged/" in html[html.index("Most central") :]


def test_milestones_by_the_measures_say_why_and_keep_what_people_said(fabricated):
    of = chained(fabricated, 30)
    papers = of.corpus.papers
    ids = [p.primary for p in papers.values()]
    star = Edges(
        citations={i: (Citation(citing=i, cited=ids[9], source="eprint", first="2099-01-01", last="2099-01-01"),) for i in ids[10:]}
    )
    dated = {
        k: replace(p, date=f"2098-01-{n + 1:02}", milestone="Chosen by a person." * (n == 9)) for n, (k, p) in enumerate(papers.items())
    }
    made = Review(replace(of.corpus, papers=dated), of.scope, of.taxonomy, CHAPTERS, edges=star)
    said = text(rendered(made, "timeline/"))
    assert "Chosen by a person. By the measures: cited by 20 papers here, its PageRank above that of all" in said


def test_the_methods_give_sources_completeness_and_what_is_missed(fabricated):
    of = review(fabricated)
    html = TEMPLATES.fragment("methods", "methods/", next(f.context for f in fragments(of) if f.name == "methods"))
    said = text(html)
    assert 'id="citations"' in html
    assert re.search(r"the reference list in its arXiv source 9 8 68 51", said)
    assert "What becomes of the ranking by PageRank without each source" in said
    assert "None is waiting to be looked up" in said


# --- Downloads ---------------------------------------------------------------------------------------


def test_the_citations_can_be_taken_away_with_their_sources(fabricated):
    rows = list(csv.DictReader(io.StringIO(files(review(fabricated))[graphs.CITATIONS].decode())))
    assert len(rows) == 12
    assert {
        "citing": "example2099graphs",
        "cited": "example2099winged",
        "citing_id": "arxiv:9901.00002",
        "cited_id": "arxiv:9901.00001",
        "sources": "eprint; openalex",
        "first": "2099-03-10",
        "last": "2099-03-12",
    } in rows


def test_no_cell_of_a_download_is_a_formula(fabricated):
    of = chained(fabricated, 5)
    hostile = {k: replace(p, title=t) for (k, p), t in zip(of.corpus.papers.items(), ["=1+1", "+1", "-1", "@A1", "\tx"], strict=True)}
    made = Review(replace(of.corpus, papers=hostile), of.scope, of.taxonomy, CHAPTERS, edges=of.edges)
    rows = list(csv.DictReader(io.StringIO(files(made)[graphs.NODES].decode())))
    assert [r["title"] for r in rows][:4] == ["'=1+1", "'+1", "'-1", "'@A1"]
    assert not [c for r in rows for c in r.values() if c.startswith(("=", "+", "-", "@", "\t"))]


def test_graphml_and_gexf_hold_every_paper_and_citation(fabricated):
    of = review(fabricated)
    made = files(of)
    papers, arcs = len(of.network.papers), len(of.network.graph.arcs)
    for path in (graphs.GRAPHML, graphs.GEXF):
        tree = ET.fromstring(made[path])
        tags = [e.tag.rpartition("}")[2] for e in tree.iter()]
        assert (tags.count("node"), tags.count("edge")) == (papers, arcs)


def test_the_drawing_gives_back_every_citation_of_papers_with_a_date(fabricated):
    of = review(fabricated)
    data = json.loads(files(of)[graphs.DRAWING])
    keys, found = data["keys"], set()
    for i, differences in enumerate(data["references"]):
        at = 0
        for d in differences:
            at += d
            found.add((keys[i], keys[at]))
    assert found == set(of.network.graph.citations)
    assert keys == sorted(p.key for p in of.network.papers if p.date)
    columns = ("titles", "by", "months", "x", "y", "lane", "categories", "references")
    assert {len(data[c]) for c in columns} == {len(keys)}


def test_the_same_review_gives_the_same_files(fabricated):
    assert files(review(fabricated)) == files(review(fabricated))


def test_an_empty_review_has_files_too(fabricated):
    made = files(chained(fabricated, 0))
    assert json.loads(made[graphs.DRAWING])["keys"] == []
    assert made[graphs.CITATIONS].decode().splitlines() == ["citing,cited,citing_id,cited_id,sources,first,last"]


# --- In a browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module")
def address(fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("graph") / "review"
    shutil.copytree(fabricated, root)
    crowd = root / "bib" / "papers" / "2099-04.bib"  # whose 3,303 authors would only take time here
    crowd.unlink()
    with serve.Server(root.parent / "site", 0) as server:
        build(root, root.parent / "site", base_url=server.url)
        server.site_dir = (root.parent / "site").resolve()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    contexts = []

    def open_(**options: object) -> tuple[Page, list[str]]:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda m: complaints.append(m.text) if DRIVER not in m.text else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("dialog", lambda d: complaints.append(d.message))
        page.add_init_script("document.addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective, e.blockedURI))")
        page.goto(f"{address}graph/", wait_until="networkidle")
        page.mouse.move(5, 5)
        return page, complaints

    yield open_
    for context in contexts:
        context.close()


def drawn(page: Page) -> Page:
    page.wait_for_selector("#map[data-state=drawn]")
    return page


def camera(page: Page) -> tuple[float, float, float]:
    page.wait_for_timeout(350)
    state = page.evaluate("(() => { const { x, y, ratio } = drawn.sigma.getCamera(); return [x, y, ratio] })()")
    return state[0], state[1], state[2]


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_map_pans_zooms_finds_filters_and_opens_without_a_complaint(opened, address, scheme, width):
    page, complaints = opened(viewport={"width": width, "height": 900}, color_scheme=scheme)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    page.locator("#map-all").click()
    before = camera(page)
    page.locator("#map-in").click()
    zoomed = camera(page)
    assert zoomed[2] < before[2]
    page.locator("#map").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert camera(page)[0] > zoomed[0]
    page.locator("#map-all").click()
    assert camera(page) == pytest.approx(before)
    page.locator("#map-find").fill("horn")
    page.locator("#map-found button").first.click()
    assert page.locator("#map-panel a").first.is_visible()
    page.locator("#map-find").fill("")
    page.locator("#map-category").select_option(label="Horned models")
    assert re.match(r"[1-9] of 1\d papers shown", page.locator("#map-count").inner_text())
    shown = page.locator("#papers-table tbody tr:visible").count()
    assert 0 < shown < page.locator("#papers-table tbody tr").count()
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("drawn.data.keys[drawn.focus]")
    assert page.locator("#map-said").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}papers/{focused}/")
    assert complaints == []


@pytest.mark.browser
def test_the_arrows_lead_through_time_and_lanes_and_escape_lets_go(opened):
    page, complaints = opened()
    drawn(page).locator("#map").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("drawn.data.keys[drawn.focus]") == "example2099winged"
    x = page.evaluate("drawn.data.x[drawn.focus]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("drawn.data.x[drawn.focus]") >= x
    lane = page.evaluate("drawn.data.lane[drawn.focus]")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("drawn.data.lane[drawn.focus]") != lane
    page.keyboard.press("Escape")
    assert page.evaluate("drawn.focus") == -1
    assert complaints == []


@pytest.mark.browser
def test_the_pointer_shows_a_neighbourhood_and_a_click_opens_the_paper(opened, address):
    page, complaints = opened(viewport={"width": 1280, "height": 900})
    drawn(page)
    camera(page)
    at = page.evaluate(
        "(() => { const i = drawn.at.get('example2099winged'), r = map.getBoundingClientRect(),"
        " p = drawn.sigma.graphToViewport({ x: drawn.data.x[i], y: -drawn.data.y[i] }); return [r.x + p.x, r.y + p.y] })()"
    )
    page.mouse.move(at[0] - 30, at[1] - 30)
    page.mouse.move(*at)
    page.wait_for_selector("#map[data-focus=example2099winged]")
    assert "lv-focus" in (page.locator("#map").get_attribute("class") or "")
    page.mouse.click(*at)
    page.wait_for_url(f"{address}papers/example2099winged/")
    assert complaints == []


@pytest.mark.browser
def test_until_somebody_moves_a_still_picture_stands_there_and_no_library_is_loaded(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}graph/", wait_until="networkidle")
    assert page.locator("#map .lv-still path").count() >= 2
    assert page.evaluate("typeof Sigma") == "undefined"
    page.keyboard.press("Tab")
    drawn(page)
    assert page.locator("#map .lv-still").count() == 0
    context.close()


def test_every_dated_paper_is_a_dot_of_the_still_picture(fabricated):
    known = review(fabricated)
    dots = graphs.still(known.network, known.lanes, main=known.main)
    assert sum(path.count("h0") for _, path in dots) == sum(bool(p.date) for p in known.network.papers)
    assert all(0 <= int(n) <= graphs.STILL for _, path in dots for n in re.findall(r"\d+(?=[ h])", path))


@pytest.mark.browser
def test_an_address_can_ask_for_a_paper(opened, address):
    page, complaints = opened()
    page.goto(f"{address}graph/?paper=zero20990")
    page.wait_for_selector("#map[data-focus=zero20990]")
    assert page.locator("#map-panel a[href='../papers/zero20990/']").is_visible()
    page.goto(f"{address}graph/?paper=%3Cscript%3E")
    assert drawn(page).evaluate("drawn.focus") == -1
    assert complaints == []


@pytest.mark.browser
def test_the_map_follows_a_change_of_the_colours(opened):
    page, complaints = opened(color_scheme="light")
    before = drawn(page).evaluate("drawn.colour[1]")
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    page.wait_for_timeout(200)
    assert page.evaluate("drawn.colour[1]") != before
    assert complaints == []


@pytest.mark.browser
def test_columns_of_the_table_sort_by_key_and_by_pointer(opened):
    page, _ = opened()
    head = page.locator("#papers-table th button", has_text="Cites")
    head.focus()
    page.keyboard.press("Enter")
    values = [int(v) for v in page.locator("#papers-table tbody tr td:nth-child(5)").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    head.click()
    values = [int(v) for v in page.locator("#papers-table tbody tr td:nth-child(5)").all_inner_texts()]
    assert values == sorted(values)
    assert page.locator("#papers-table th[aria-sort]").count() == 1


@pytest.mark.browser
def test_without_scripts_the_table_holds_the_same(opened):
    page, _ = opened(java_script_enabled=False)
    assert page.locator("#papers-table tbody tr").count() >= 10
    assert not page.locator("#map").is_visible()
    assert not page.locator("#map-tools").is_visible()
    assert "needs JavaScript" in page.locator("noscript").first.inner_text()


@pytest.mark.browser
def test_without_webgl_the_page_says_so_and_keeps_its_table(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{address}graph/", wait_until="networkidle")
    page.keyboard.press("Tab")
    page.wait_for_selector("#map[data-state=failed]", state="attached")
    assert "has no WebGL" in page.locator("#map-count").inner_text()
    assert page.locator("#papers-table").is_visible()
    assert page.evaluate("typeof Sigma") == "undefined"
    context.close()
