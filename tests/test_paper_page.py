"""The page of a paper, built and looked at in Chromium: the rich one has all there is to say, the worst ones read well and run nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from signposting import find_signposting_html

from livre import corpus, summary
from livre.build import build
from livre.latex import normal, plain
from livre.model import CORRECTION, Decision, Identifier, Name, Paper, Source, Status, Verdict, Version
from livre.site import csl, metadata, serve, styles
from livre.summary import Summary

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 20_000
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover=alert(3) x='</title></script><svg/onload=alert(4)>"
ADA, BEN = Name(given="Ada", family="Example"), Name(given="Ben", family="Sample")
ABSTRACT = normal(
    r"Dragons are rare, and their scales are hard to read. We present DragonNet, a model that reads the scales of dragons. "
    r"The model reads scales in images of dragons, with $p < 0.05$. Weather was fine on most days. "
    r"It was tested on 40 dragons (e.g. horned ones). DragonNet reads scales of dragons better than \textbf{knights}. "
    "Tea is served at noon."
)


def paper(number: int, key: str, **facts: Any) -> Paper:
    own: dict[str, Any] = {
        "identifiers": (Identifier("arxiv", f"9903.8000{number}"),),
        "title": "A dragon",
        "authors": (ADA, BEN),
        "date": "2099-03-05",
        "added": "2099-03-06",
        "categories": ("dragons", "horned"),
        "source": Source(version=2, stamp="2099-03-20", route="oai"),
    }
    return Paper(**{**own, **facts}, key=key, shard="2099-03")


PAPERS = {
    p.key: p
    for p in (
        paper(
            1,
            "rich2099",
            identifiers=(Identifier("arxiv", "9903.80001"), Identifier("doi", "10.9999/rich")),
            title=normal(r"M\"uller's $\alpha$-dragon"),
            abstract=ABSTRACT,
            versions=(Version(number=1, on="2099-03-05"), Version(number=2, on="2099-03-20")),
            journal="Journal of Imaginary Results",
            comment="Data: https://huggingface.co/datasets/imaginary/scales",
            code=("https://github.com/imaginary/dragons",),
            weights=("https://huggingface.co/imaginary/dragon",),
            extra=(("html", "https://example.org/rich.html"), ("number", "3"), ("pages", "1--9"), ("volume", "8")),
            curated=("title",),
        ),
        paper(
            2,
            "broken2099",
            title=normal(r"A $\frac{1}{\undefined{x}$ \textbf{dragon \begin{a}"),
            abstract=normal(r"$\begin{array} & x_{_{_}} \\$ $$ {"),
        ),
        paper(3, "long2099", title=f"{'A long dragon ' * 28}{'w' * 208}", authors=(Name(family="W" * 200),)),
        paper(
            4,
            "rtl2099",
            title="تنين له قرن (LLM)",
            abstract="هذا تنين. وهذا آخر (GPT-4).",
            authors=(Name(family="عالم", given="ليلى"), ADA),
        ),
        paper(
            5, "cjk2099", title="一条有角的龙的想象模型", authors=(Name(family="李", given="想"),), abstract="龙很少见。我们提出一个模型。"
        ),
        paper(6, "year2099", date="2099", source=Source(), categories=(), authors=()),
        paper(7, "gone2099", date="", status=Status.RETRACTED, added=""),
        paper(
            8,
            "evil2099",
            title=EVIL,
            shorttitle=EVIL,
            abstract=normal(f"{EVIL} [click](javascript:alert(5)) {{{{ 7*7 }}}} {{% raw %}} <!-- -->"),
            journal=EVIL,
            comment=EVIL,
            milestone=EVIL,
            authors=(Name(family=EVIL, given=EVIL, suffix=EVIL), BEN),
            code=("https://example.org/%22onclick='alert(7)'",),
            url="https://example.org/?a=%3Cb%3E&c='d",
            extra=(("html", "javascript:alert(8)"), ("pages", EVIL), ("volume", EVIL)),
        ),
    )
}


@pytest.fixture(scope="module")
def root(fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review with these papers, a repository at a forge, a machine's summary, a person's correction, and a history."""
    folder = tmp_path_factory.mktemp("pages") / "review"
    shutil.copytree(fabricated, folder)
    old = corpus.load(folder / "bib")
    why = f"A person says so. {EVIL}"
    decisions = {
        p.primary: (
            Decision(subject=p.primary, on="2099-03-06", verdict=Verdict.INCLUDE, criterion="model", score=0.9, by="rules", why=why),
            Decision(
                subject=p.primary, on="2099-03-07", verdict=Verdict.INCLUDE, criterion=CORRECTION, score=1.0, by=f"ben {EVIL}"[:80], why=why
            ),
        )
        for p in PAPERS.values()
    }
    new = replace(old, papers={**old.papers, **PAPERS}, decisions={**old.decisions, **decisions})
    for path, data in corpus.tree(new).items():
        (folder / "bib" / path).write_bytes(data)
    told = [
        Summary(paper=p.primary, model=f"m {EVIL}", on="2099-03-08", digest=summary.digest(p), text=f"In short. {EVIL}")
        for p in (PAPERS["rich2099"], PAPERS["evil2099"])
    ]
    (folder / "bib" / summary.FOLDER).mkdir()
    (folder / "bib" / summary.FOLDER / "2099-03.tsv").write_text(summary.dumps(told), "utf-8")
    scope = folder / "bib" / "scope.toml"
    scope.write_text(
        scope.read_text("utf-8").replace('language = "en"', 'language = "en"\nrepository = "https://github.com/ada/review"', 1), "utf-8"
    )
    identity = {
        f"GIT_{a}_{b}": v
        for a in ("AUTHOR", "COMMITTER")
        for b, v in (("NAME", "Ro <i>bot"), ("EMAIL", "r@example.org"), ("DATE", "2099-03-09T00:00:00Z"))
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for command in (["init", "-q"], ["add", "."], ["-c", "commit.gpgsign=false", "commit", "-q", "-m", "all"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env={**clean, **identity})
    return folder


@pytest.fixture(scope="module")
def built(root: Path) -> Path:
    site = root.parent / "site"
    build(root, site, base_url="https://example.org/review/")
    return site


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    folder = root.parent / "served"
    with serve.Server(folder, 0) as server:
        build(root, folder, base_url=server.url)
        server.site_dir = folder.resolve()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail("the browser tests need Chromium: apt-get install chromium, or run pytest -m 'not browser'")
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page that fails its test by anything that is logged, thrown, asked, or answered with an error."""
    opened = []

    def open_(**options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        one, said = context.new_page(), list[str]()
        one.on("console", lambda m: said.append(m.text) if m.type in {"error", "warning"} and "GL Driver" not in m.text else None)
        one.on("pageerror", lambda e: said.append(str(e)))
        one.on("dialog", lambda d: said.append(d.message))  # it stays open, and whatever waits for the page says so too
        one.on("response", lambda r: said.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        opened.append((context, said))
        return one

    yield open_
    for context, said in opened:
        context.close()
        assert said == []


def html(site: Path, key: str) -> str:
    return (site / "papers" / key / "index.html").read_text("utf-8")


def test_the_rich_page_says_all_there_is_to_say(address: str, page: Callable[..., Page]) -> None:
    one = page(viewport={"width": 1280, "height": 900})
    one.goto(f"{address}papers/rich2099/", wait_until="networkidle")
    assert one.locator("h1 math").count() == 1
    assert one.locator("h1").inner_text().startswith("Müller's")
    names, values = one.locator(".lv-facts dt").all_inner_texts(), one.locator(".lv-facts dd").all_inner_texts()
    facts = dict(zip(names, values, strict=True))
    assert facts["First version"] == "5 March 2099"
    assert facts["Latest version"] == "v2, 20 March 2099"
    assert facts["Published in"] == "Journal of Imaginary Results"
    assert facts["Added here"] == "6 March 2099"
    assert one.locator(".lv-links a").evaluate_all("all => all.map(a => [a.firstChild.textContent, a.href])") == [
        ["arXiv:9903.80001", "https://arxiv.org/abs/9903.80001"],
        ["PDF", "https://arxiv.org/pdf/9903.80001"],
        ["doi:10.9999/rich", "https://doi.org/10.9999/rich"],
        ["HTML", "https://example.org/rich.html"],
        ["Code", "https://github.com/imaginary/dragons"],
        ["Weights", "https://huggingface.co/imaginary/dragon"],
        ["Data", "https://huggingface.co/datasets/imaginary/scales"],
        ["Cite", f"{address}papers/rich2099/#cite"],
    ]
    assert one.locator(".lv-links a", has_text="PDF").locator("small").inner_text() == "arxiv.org"
    assert one.locator(".lv-versions a").evaluate_all("all => all.map(a => a.href)") == [
        "https://arxiv.org/abs/9903.80001v2",
        "https://arxiv.org/abs/9903.80001v1",
    ]
    assert one.locator(".lv-around a[rel]").count() >= 1
    assert one.locator("h1").evaluate("h => [h.dataset.key, h.dataset.added]") == ["rich2099", "2099-03-06"]


def test_key_sentences_are_marked_in_the_abstract_and_called_what_they_are(address: str, page: Callable[..., Page]) -> None:
    one = page()
    one.goto(f"{address}papers/rich2099/", wait_until="networkidle")
    first, second = one.locator(".lv-abstract mark").all_inner_texts()
    assert first == "We present DragonNet, a model that reads the scales of dragons."
    assert second.startswith("The model reads scales in images of dragons, with")
    assert one.locator("mark math").count() == 1
    assert one.locator(".lv-abstract math").count() == 1
    assert "found by TextRank, by no person" in one.locator("main").inner_text()
    one.goto(f"{address}papers/cjk2099/", wait_until="networkidle")
    assert one.locator("mark").count() == 0
    assert "TextRank" not in one.locator("main").inner_text()


def test_a_summary_is_called_a_machines_and_is_text(address: str, page: Callable[..., Page]) -> None:
    one = page()
    one.goto(f"{address}papers/rich2099/", wait_until="networkidle")
    said = one.locator(".lv-summary").inner_text()
    assert said.startswith("Written by a machine (m <script>")
    assert "8 March 2099): In short. <script>alert(1)" in said
    one.goto(f"{address}papers/year2099/", wait_until="networkidle")
    assert one.locator(".lv-summary").count() == 0


def test_the_ways_to_correct_and_discuss_lead_to_this_paper(built: Path) -> None:
    rich = html(built, "rich2099")
    assert 'href="../../submit/?id=arxiv:9903.80001&amp;action=correct"' in rich
    searched, begun = re.findall(r'href="(https://github\.com/ada/review/discussions[^"]*)"', rich)
    assert parse_qs(urlsplit(searched.replace("&amp;", "&")).query)["discussions_q"] == ["in:title rich2099"]
    asked = parse_qs(urlsplit(begun.replace("&amp;", "&")).query)
    assert asked["title"][0].endswith("[rich2099]")
    assert asked["body"] == ["https://arxiv.org/abs/9903.80001\n"]
    assert len(re.findall(r'href="(https://github\.com/ada/review/discussions/new[^"]*)"', html(built, "evil2099"))) == 1


def test_the_record_tells_of_every_field_where_it_comes_from_and_who_changed_it(
    address: str, root: Path, page: Callable[..., Page]
) -> None:
    one = page()
    one.goto(f"{address}papers/rich2099/", wait_until="networkidle")
    one.get_by_role("link", name="The record, field by field").click()
    one.wait_for_url("**/methods/records/month-2099-03/#r-rich2099")
    record = one.locator("section", has=one.locator("#r-rich2099"))
    rows = {r[0]: r for r in record.locator("tbody tr").evaluate_all("all => all.map(r => [...r.cells].map(c => c.innerText))")}
    source = (root / "bib/papers/2099-03.bib").read_text("utf-8").partition("@article{rich2099,\n")[2].partition("\n}\n")[0]
    assert list(rows) == [line.split("=")[0].strip() for line in source.splitlines()]
    assert rows["doi"][1] == "10.9999/rich"
    assert rows["title"][2].startswith("a person, for good")
    assert rows["abstract"][2] == "arXiv, by OAI-PMH, v2, as of 2099-03-20"
    assert "Ro ibot" in record.inner_text()
    assert record.locator("a[href^='https://github.com/ada/review/commit/']").count() == 1
    fix = record.get_by_role("link", name="Correct date of rich2099").get_attribute("href")
    assert fix == "../../../submit/?id=arxiv:9903.80001&action=correct&field=date"
    assert record.locator(".lv-brief li").count() == 2
    assert "Corrected by ben" in record.inner_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_whatever_a_record_holds_its_page_reads_well_and_loses_nothing(
    address: str, page: Callable[..., Page], scheme: str, width: int
) -> None:
    one = page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for key, p in PAPERS.items():
        one.goto(f"{address}papers/{key}/", wait_until="networkidle")
        overflow = one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 1, f"{key} is {overflow} px wider than a window of {width}"
        assert one.locator("h1").count() == 1
        assert (
            one.locator("main script:not([src]):not([type='application/vnd.citationstyles.csl+json'])").evaluate_all(
                "all => all.map(s => s.textContent).filter(t => t.includes('alert'))"
            )
            == []
        )
        assert one.locator("main [onerror], main [onload], main [onmouseover], main [onclick], main img, main svg[onload]").count() == 0
        assert one.locator("main a[href]").evaluate_all("all => all.filter(a => !/^https?:/.test(a.href)).length") == 0
        if "$" not in p.title:
            assert one.locator("h1").inner_text() == p.title.strip()
        assert one.title().startswith(plain(p.title)[:40])
    one.goto(f"{address}methods/records/month-2099-03/", wait_until="networkidle")
    assert one.locator("main img").count() == 0
    assert one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    assert one.locator("#r-evil2099").inner_text() == plain(EVIL)


def test_formulas_that_cannot_be_read_stand_as_they_were_written(address: str, page: Callable[..., Page]) -> None:
    one = page()
    one.goto(f"{address}papers/broken2099/", wait_until="networkidle")
    assert "undefined" in one.locator("h1").inner_text()
    assert "dragon" in one.locator("h1").inner_text()
    assert "x_{_{_}}" in one.locator(".lv-abstract").inner_text()


def test_scripts_of_both_directions_keep_their_order(address: str, page: Callable[..., Page]) -> None:
    one = page()
    one.goto(f"{address}papers/rtl2099/", wait_until="networkidle")
    assert one.locator("h1").evaluate("h => getComputedStyle(h).direction") == "rtl"
    assert one.locator(".lv-abstract").evaluate("p => getComputedStyle(p).direction") == "rtl"
    assert one.locator(".lv-authors").evaluate("p => getComputedStyle(p).direction") == "ltr"
    isolated = one.locator(".lv-authors :is(a, bdi)").evaluate_all("all => all.map(e => getComputedStyle(e).unicodeBidi)")
    assert len(isolated) == 2
    assert set(isolated) == {"isolate"}
    one.goto(f"{address}papers/cjk2099/", wait_until="networkidle")
    assert one.locator("h1").inner_text() == "一条有角的龙的想象模型"
    assert one.locator("h1").evaluate("h => getComputedStyle(h).direction") == "ltr"


def test_what_is_not_known_is_said_to_be_unknown(built: Path) -> None:
    year = html(built, "year2099")
    assert "No author is known to this review." in year
    assert "<dd>2099</dd>" in year
    assert "Not fetched yet." in year
    assert "No category" in year
    assert 'content="2099"' in year
    gone = html(built, "gone2099")
    assert "<dd>unknown date</dd>" in gone
    assert "Retracted." in gone
    assert "citation_publication_date" not in gone
    assert "Added here" not in gone


def test_three_thousand_authors_are_one_click_away_and_all_there(address: str, page: Callable[..., Page]) -> None:
    one = page(viewport={"width": 390, "height": 844})
    one.goto(f"{address}papers/crowd2099many/", wait_until="networkidle")
    assert not one.get_by_text("Member3302").first.is_visible()
    one.get_by_text("The other 3,283 authors").click()
    assert one.get_by_text("Member3302").first.is_visible()
    names = one.locator(".lv-authors").all_inner_texts()
    assert len(re.findall(r"Member\d+", " ".join(names))) == 3303
    assert one.locator("#apa").inner_text().endswith("https://doi.org/10.48550/arXiv.9904.00001")


def test_the_script_cites_in_the_words_of_the_engine(address: str, root: Path, page: Callable[..., Page]) -> None:
    one = page()
    known: Mapping[str, Paper] = corpus.load(root / "bib").papers
    for key, p in known.items():
        one.goto(f"{address}papers/{key}/")
        assert one.locator("#apa").text_content() == styles.apa(p), key
        assert one.locator("#vancouver").text_content() == styles.vancouver(p), key


def test_a_signposting_client_reads_the_page(address: str, root: Path) -> None:
    known = corpus.load(root / "bib").papers
    for key in ("rich2099", "evil2099", "gone2099"):
        found = find_signposting_html(f"{address}papers/{key}/")
        assert found.citeAs
        assert found.citeAs.target == metadata.cite_as(known[key])
        assert {t.target for t in found.types} == {"https://schema.org/AboutPage", "https://schema.org/ScholarlyArticle"}
        assert [d.target for d in found.describedBy] == [f"{address}papers/{key}/{key}.bib"]
        (told,) = found.linksets
        month = json.loads((root.parent / "served" / told.target.removeprefix(address)).read_text("utf-8"))["linkset"]
        (own,) = (c for c in month if c["anchor"] == f"{address}papers/{key}/")
        assert [link["href"] for link in own["cite-as"]] == [found.citeAs.target]
        assert [link["href"] for link in own["describedby"]] == [d.target for d in found.describedBy]


def test_the_facts_for_machines_are_those_of_the_record(built: Path) -> None:
    rich = html(built, "rich2099")
    (held,) = re.findall(r'<script type="application/vnd\.citationstyles\.csl\+json" id="csl">(.*?)</script>', rich)
    assert json.loads(held) == csl.item(PAPERS["rich2099"], abstract=False)
    for name, content in (
        ("citation_pdf_url", "https://arxiv.org/pdf/9903.80001"),
        ("citation_doi", "10.9999/rich"),
        ("citation_volume", "8"),
        ("citation_journal_title", "Journal of Imaginary Results"),
    ):
        assert f'<meta name="{name}" content="{content}">' in rich
    assert '<meta property="og:image" content="https://example.org/review/assets/card.png">' in rich


def test_without_scripts_a_narrow_page_is_read_cited_and_left(address: str, page: Callable[..., Page]) -> None:
    one = page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    one.goto(f"{address}papers/rich2099/")
    assert one.locator(".lv-abstract mark").count() == 2
    assert one.locator("#bibtex").is_visible()
    assert one.get_by_role("link", name="Download rich2099.bib").is_visible()
    one.get_by_role("link", name="Timeline", exact=True).click()
    one.wait_for_url(f"{address}timeline/")


def test_the_drawer_of_a_narrow_page_holds_what_the_tabs_hold(address: str, page: Callable[..., Page]) -> None:
    one = page(viewport={"width": 390, "height": 844})
    one.goto(f"{address}papers/rich2099/", wait_until="networkidle")
    assert not one.locator(".md-tabs").is_visible()
    one.locator(".lv-menu").click()
    drawer = one.locator(".md-sidebar--primary a.md-nav__link")
    assert drawer.all_inner_texts() == [t.strip() for t in one.locator(".md-tabs__link").all_text_contents()]
    drawer.filter(has_text="Timeline").click()
    one.wait_for_url(f"{address}timeline/")
