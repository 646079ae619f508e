"""/models/: what the register's pages and files say, and in a real browser how they sort, filter and find an anchor elsewhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import corpus, registry, scope, taxonomy
from livre.build import build
from livre.model import Identifier, Name, Paper
from livre.site import serve
from livre.site.pages import Review, models
from test_site_browser import CHROMIUM, PATIENCE, QUIET, Watched

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

HERE = Path(__file__).parent
HEAVIEST = 150_000
HOSTILE = "</td><script>alert(1)</script>"
ABSTRACT = (
    "We present DragonLM, a 7B-parameter language model built on LLaMA-3. The model was pre-trained on 1.2M images. "
    "It is released under the Apache 2.0 license."
)


def paper(key: str, title: str, **more: object) -> Paper:
    subject = Identifier("arxiv", f"9905.{sum(map(ord, key)) % 90_000 + 10_000}")
    who = (Name(family="Example", given="Ada"),)
    values = {"date": "2099-02-01", "added": "2099-02-15", "shard": "2099-02", "authors": who, **more}
    return Paper(identifiers=(subject,), title=title, key=key, **values)  # type: ignore[arg-type]


PAPERS = (
    paper("example2099dragonlm", "DragonLM: A Language Model for Dragons", abstract=ABSTRACT, code=("https://example.org/code",)),
    paper("example2099ember", "Ember: A Foundation Model of Fire", date="2099-01-01"),
    paper("example2099later", "A Look at DragonLM", date="2099-03-01", shard="2099-03"),
    paper("example2099hoard", "HoardBench: Counting Gold"),
    paper("example2099cave", "CaveSet: A Dataset of Caves"),
    paper("example2099hostile", "A hostile paper", shorttitle=HOSTILE),
    paper("example2099formula", "A formula", shorttitle="=1+1"),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review with names in it, and with the page for them."""
    root = tmp_path_factory.mktemp("models") / "review"
    shutil.copytree(HERE / "data" / "review", root)
    shutil.copytree(HERE.parent / "content" / "models", root / "content" / "models")
    config = root / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("  - Papers:", "  - Models: models/index.md\n  - Papers:"), "utf-8")
    old = corpus.load(root / "bib")
    new = corpus.Corpus(
        papers={**old.papers, **{p.key: p for p in PAPERS}}, candidates=old.candidates, decisions=old.decisions, nights=old.nights
    )
    for path, data in corpus.tree(new).items():
        (root / "bib" / path).parent.mkdir(exist_ok=True)
        (root / "bib" / path).write_bytes(data)
    (root / "bib" / registry.FILE).write_text(
        '[[models]]\npaper = "example2099ember"\nname = "Ember"\nparameters = "3B"\naliases = ["Emb"]\n', "utf-8"
    )
    return root


def review(root: Path, *chapters: str) -> Review:
    known = corpus.load(root / "bib")
    said = registry.load(root / "bib", known.papers)
    return Review(known, scope.load(root / "bib/scope.toml"), taxonomy.load(root / "bib/taxonomy.toml"), chapters, named=said)


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("models-site") / "site"
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
        running = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


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


def test_the_spreadsheet_says_each_value_and_where_it_comes_from(root: Path) -> None:
    files = dict(models.files(review(root, "models/")))
    rows = {row["anchor"]: row for row in csv.DictReader(io.StringIO(files[models.TABLE].decode()))}
    dragon = rows["dragonlm"]
    assert (dragon["page"], dragon["kind"], dragon["kind_from"]) == ("models/", "model", "rule: “Language Model” (title)")
    assert (dragon["parameters"], dragon["base"], dragon["training"]) == ("7B", "LLaMA-3", "1.2M images")
    assert dragon["training_from"] == "rule: “pre-trained on 1.2M images” (abstract)"
    assert (dragon["licence"], dragon["code"], dragon["named_by"]) == ("Apache 2.0", "https://example.org/code", "example2099later")
    assert (rows["ember"]["parameters"], rows["ember"]["parameters_from"], rows["ember"]["base_from"]) == ("3B", "person", "")
    assert rows["hoardbench"]["page"] == "models/benchmarks/"
    assert rows["1-1"]["name"] == "'=1+1"


def test_the_json_holds_what_is_known_and_nothing_else(root: Path) -> None:
    entries = json.loads(dict(models.files(review(root, "models/")))[models.DATA])["entries"]
    cave = next(e for e in entries if e["anchor"] == "caveset")
    assert cave == {
        "anchor": "caveset",
        "name": {"text": "CaveSet", "source": "rule", "words": "CaveSet", "where": "title"},
        "paper": "example2099cave",
        "kind": {"text": "dataset", "source": "rule", "words": "Dataset", "where": "title"},
        "page": "models/datasets/",
    }


def test_the_same_review_gives_the_same_files(root: Path) -> None:
    assert dict(models.files(review(root, "models/"))) == dict(models.files(review(root, "models/")))


def test_a_review_without_the_chapter_has_no_register(root: Path) -> None:
    without = review(root)
    assert (list(models.pages(without)), list(models.fragments(without)), list(models.files(without))) == ([], [], [])


def test_a_name_that_two_papers_give_leads_from_one_to_the_other(root: Path) -> None:
    known = review(root, "models/")
    one = next(e for e in known.registry if e.anchor == "dragonlm")
    known.__dict__["registry"] = (*known.registry, replace(one, anchor="dragonlm-2", paper="example2099later"))
    rows = {r.entry.anchor: r.twins for r in next(models.fragments(known)).context["rows"]}
    assert rows == {"dragonlm": ("example2099later",), "dragonlm-2": ("example2099dragonlm",), "ember": ()}


def test_a_long_register_is_cut_into_pages_of_about_one_length(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PER_PAGE", 1)
    known = review(root, "models/")
    parts = models.parts(known)
    assert [(p.path, [e.anchor for e in p.entries]) for p in parts if p.kind == "model"] == [
        ("models/", ["dragonlm"]),
        ("models/models_2/", ["ember"]),
    ]
    assert sorted(e.anchor for p in parts for e in p.entries) == sorted(e.anchor for e in known.registry)
    assert [p.path for p in models.pages(known)] == [p.path for p in parts[1:]]


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "id"]


@pytest.mark.browser
def test_every_value_shows_its_source_and_nothing_hostile_runs(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(java_script_enabled=False)
    seen.page.goto(f"{address}models/")
    row = seen.page.locator("#dragonlm").inner_text()
    for said in ("“Language Model”, title", "LLaMA-3 “built on LLaMA-3”, abstract", "7B “7B-parameter”, abstract", "Apache 2.0"):
        assert said in row
    assert "3B person" in seen.page.locator("#ember").inner_text()
    assert "also Emb" in seen.page.locator("#ember").inner_text()
    assert seen.page.locator("#models-tools").is_hidden()
    assert seen.page.get_by_role("link", name="models.csv").get_attribute("href") == "../data/models.csv"
    seen.page.goto(f"{address}models/unsaid/")
    assert HOSTILE in seen.page.locator("table").inner_text()
    assert seen.page.locator("tbody script").count() == 0
    assert seen.complaints == []


@pytest.mark.browser
def test_it_sorts_filters_and_counts(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(viewport={"width": 390, "height": 900}, color_scheme="dark")
    seen.page.goto(f"{address}models/")
    names = seen.page.locator("tbody th > a")
    assert names.all_inner_texts() == ["DragonLM", "Ember"]
    seen.page.get_by_role("button", name="Name").click()
    assert names.all_inner_texts() == ["Ember", "DragonLM"]
    seen.page.get_by_role("button", name="First paper").click()
    assert names.all_inner_texts() == ["Ember", "DragonLM"]
    assert seen.page.locator("th[aria-sort]").all_inner_texts() == ["First paper"]
    seen.page.get_by_label("Filter").fill("llama")
    assert seen.page.locator("tbody tr:visible").count() == 1
    assert seen.page.locator("#models-count").inner_text() == "1 of 2 entries; the other parts are above"
    seen.page.get_by_label("Filter").fill("")
    seen.page.get_by_label("with weights").check()
    assert seen.page.locator("#models-count").inner_text() == "None of 2 entries; the other parts are above"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert seen.complaints == []


@pytest.mark.browser
def test_an_anchor_of_another_page_leads_there(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.goto(f"{address}models/#hoardbench")
    seen.page.wait_for_url(f"{address}models/benchmarks/#hoardbench")
    seen.page.goto(f"{address}models/#nothing-of-this-name")
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.url == f"{address}models/#nothing-of-this-name"
    assert seen.complaints == []


@pytest.mark.browser
def test_ids_are_unique_on_every_page_and_a_page_is_light(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    for path in ("models/", "models/datasets/", "models/benchmarks/", "models/unsaid/"):
        answer = seen.page.goto(address + path)
        assert answer
        text = answer.text()
        ids = _Ids()
        ids.feed(text)
        assert len(ids.found) == len(set(ids.found)), path
        assert len(text.encode()) < HEAVIEST, path
