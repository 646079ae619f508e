"""Thousands of hostile strings through every sink of a real site: none lives in Chromium, none is lost, and the build ends well.

Each string is a title, an abstract, an author, a venue, a note, a link, a reason and (many at once) a category, and so it also stands in
lists, feeds, downloads, pictures and data for machines.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from hostile import strings
from livre import bibtex, build, corpus, names
from livre.entry import url
from livre.latex import normal, plain
from livre.model import Decision, Identifier, Name, Paper, Source, Verdict
from livre.plaintext import one_line
from livre.site import gate, serve
from livre.site.math import tex
from test_site_browser import CHROMIUM, PATIENCE, Watched
from test_site_browser import browser as browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
REVIEW = Path(__file__).parent / "data" / "review"
LEAST = 5000
TOGETHER = 250
"""Papers on one page for the browser."""
LIVELY = re.compile(r"""[\\${}~`]|''|--""")
"""What `math.tex` reads as TeX."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SHELVES = 40


def marked(name: str, number: int, text: str) -> str:
    """A text between words by which it can be found again."""
    return normal(f"{name}{number}q {text} {name}{number}z")


def sentence(text: str) -> str:
    """A text as a ledger or a TOML file can hold it."""
    return one_line(text) or "nothing"


def paper(number: int, text: str) -> Paper:
    word = names.clean(text) or "Nobody"
    try:
        address = url(f"https://example.org/{text}")
    except ValueError:
        address = ""
    return Paper(
        key=f"hostile2099n{number}",
        shard=f"2099-{number % 12 + 1:02}",
        identifiers=(Identifier("arxiv", f"99{number % 12 + 1:02}.{number:05}"),),
        title=normal(text) or "Nothing",
        authors=(Name(family=word, given=f"N{number}"),),
        date=f"2099-{number % 12 + 1:02}-01",
        journal=marked("venue", number, text),
        comment=marked("note", number, text),
        abstract=marked("abstract", number, text),
        milestone=marked("mile", number, text),
        code=(address,) if address and not address.endswith("/") else (),
        source=Source(version=1, stamp="2099-01-01", route="oai"),
        categories=("horned", f"shelf-{number % SHELVES}"),
        added="2099-12-02",
    )


def shelf(number: int, texts: tuple[str, ...]) -> str:
    """A category whose title and definition are hostile."""
    title, words = (json.dumps(normal(sentence(" ".join(t)))[:400]) for t in (texts[:3], texts[3:60]))
    return f'\n[[categories]]\nid = "shelf-{number}"\nfacet = "field"\ntitle = {title}\ndefinition = {words}\nterms = ["shelf {number}"]\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The site of hostile papers; `slots` are the head and the body of each page, by its file."""

    site: Path
    texts: tuple[str, ...]
    papers: tuple[Paper, ...]
    slots: dict[str, tuple[str, str]]

    def slot(self, paper: Paper) -> tuple[str, str]:
        return self.slots[f"papers/{paper.key}/index.html"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A review of more than five thousand hostile papers, built; the gate has passed it, and shows what went through."""
    folder = tmp_path_factory.mktemp("hostile")
    root = shutil.copytree(REVIEW, folder / "review")
    texts = strings()
    papers = tuple(paper(n, t) for n, t in enumerate(texts))
    old = corpus.load(root / "bib")
    said = {p.primary: (reason(p, n, t),) for n, (p, t) in enumerate(zip(papers, texts, strict=True))}
    new = corpus.Corpus(
        papers={**old.papers, **{p.key: p for p in papers}},
        candidates=old.candidates,
        decisions={**old.decisions, **said},
        nights=old.nights,
    )
    for path, data in corpus.tree(new).items():
        (root / "bib" / path).write_bytes(data)
    with (root / "bib" / "taxonomy.toml").open("a") as file:
        file.writelines(shelf(n, texts[n * 100 : n * 100 + 100]) for n in range(SHELVES))
    slots: dict[str, tuple[str, str]] = {}

    class Recording(gate.Gate):
        def slots(self, file: str, head: str, body: str, where: str) -> None:
            slots[file] = head, body
            super().slots(file, head, body, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "Gate", Recording)
        build.build(root, folder / "site", base_url="https://example.org/review/")
    return Built(site=folder / "site", texts=texts, papers=papers, slots=slots)


def reason(of: Paper, number: int, text: str) -> Decision:
    why = sentence(f"why{number}q {text} why{number}z")
    return Decision(subject=of.primary, on="2099-12-02", verdict=Verdict.INCLUDE, criterion="model", score=0.9, by="rules", why=why)


def words(html: str) -> str:
    """What a reader reads of a piece of HTML, on one line."""
    return " ".join((LexborHTMLParser(f"<!doctype html><body><p>{html}</p>").body.text()).split())  # type: ignore[union-attr]


def test_there_are_thousands_and_the_gate_passed_every_page(built: Built) -> None:
    assert len(set(built.texts)) >= LEAST
    assert len({p.title for p in built.papers}) >= LEAST
    assert len(built.slots) >= LEAST


def test_no_text_is_lost_from_any_sink_of_a_page(built: Built) -> None:
    """Title, author, venue, note, abstract, milestone and reason, all on the page of their paper and nothing of them elsewhere in it."""
    lost = []
    for number, one in enumerate(built.papers):
        tree = LexborHTMLParser(f"<!doctype html><body>{built.slot(one)[1]}")
        text = " ".join(tree.body.text().split())  # type: ignore[union-attr]
        heading = tree.css_first("h1")
        assert heading is not None
        sinks = {
            "title": words(tex(one.title)) in " ".join(heading.text().split()),
            "author": " ".join(str(one.authors[0]).split()) in text,
            **{name: words(tex(value)) in text for name, value in _texts(one).items()},
            "reason": " ".join(reason(one, number, built.texts[number]).why.split()) in text,
        }
        lost += [(number, name) for name, there in sinks.items() if not there]
    assert lost == []


def _texts(one: Paper) -> dict[str, str]:
    return {"venue": one.journal, "note": one.comment, "abstract": one.abstract, "milestone": one.milestone}


def test_plain_texts_are_told_as_they_are_and_make_no_element(built: Built) -> None:
    plain_ones = [(p, built.slot(p)[1]) for p in built.papers if not LIVELY.search(p.title)]
    assert len(plain_ones) > LEAST / 2
    for one, body in plain_ones:
        heading = LexborHTMLParser(f"<!doctype html><body>{body}").css_first("h1")
        assert heading is not None
        assert heading.text(deep=True).strip() == one.title
        assert [n.tag for n in heading.iter()] == []


def test_heads_hold_the_same_elements_whatever_the_texts(built: Built) -> None:
    """Title, meta and the data for machines: no node more, none less, and the data can be read."""
    shapes = set()
    for one in built.papers:
        head, _ = built.slot(one)
        tree = LexborHTMLParser(f"<!doctype html><html><head>{head}</head><body>end</body></html>")
        assert tree.body is not None
        assert tree.body.text() == "end"
        shapes.add(tuple(sorted({n.tag for n in tree.css("head > *")})))
        assert (tree.css_first("title").text() or "").startswith(plain(one.title)[:60].strip()[:20])  # type: ignore[union-attr]
        for script in tree.css("script[type]"):
            assert json.loads(script.text())
    assert len(shapes) == 1


# --- downloads, feeds, pictures ------------------------------------------------------------------------


def test_the_tables_hold_every_title_and_no_formula(built: Built) -> None:
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO((built.site / "data" / "papers.csv").read_text("utf-8-sig"), newline=""))}
    assert len(rows) >= len(built.papers)
    for one in built.papers:
        cell = rows[one.key]["title"]
        assert cell.removeprefix("'") == plain(one.title).removeprefix("'")
    for table in built.site.glob("data/**/*.csv"):
        for row in csv.reader(io.StringIO(table.read_text("utf-8-sig"), newline="")):
            assert not [c for c in row if c.startswith(FORMULA) and not re.fullmatch(r"-?[0-9.]+", c)]


def test_json_and_bibtex_hold_what_the_model_holds(built: Built) -> None:
    rows = {row["key"]: row for row in json.loads((built.site / "data" / "papers.json").read_text())["papers"]}
    every = {e.key: e for e in bibtex.loads((built.site / "data" / "papers.bib").read_text(), path="papers.bib")}
    single = "\n".join((built.site / "papers" / p.key / f"{p.key}.bib").read_text() for p in built.papers)
    alone = {e.key: e for e in bibtex.loads(single, path="one.bib")}
    for one in built.papers:
        assert rows[one.key]["title"] in (one.title, plain(one.title))
        for entry in (every[one.key], alone[one.key]):
            assert dict(entry.fields)["title"] == dict(bibtex.to_entry(one).fields)["title"]
    assert len(every) >= len(built.papers) == len(alone)


def test_feeds_and_graphs_are_xml_that_holds_the_titles(built: Built) -> None:
    titles = {plain(p.title) for p in built.papers} | {p.title for p in built.papers}
    found = 0
    for feed in built.site.glob("feeds/*.atom"):
        for title in ElementTree.parse(feed).iterfind("{*}entry/{*}title"):
            found += (title.text or "") in titles
    assert found
    for file in (
        *built.site.glob("data/*.graphml"),
        *built.site.glob("data/*.gexf"),
        *built.site.rglob("*.svg"),
        *built.site.glob("data/oai/*.xml"),
    ):
        ElementTree.parse(file)
    for file in (*built.site.glob("feeds/*.json"), *built.site.glob("data/**/*.json")):
        json.loads(file.read_text())


def test_no_text_names_a_file_or_an_address_that_is_not_safe(built: Built) -> None:
    for file in built.site.rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", file.name), file
    taken: set[str] = set()
    for text, one in zip(built.texts, built.papers, strict=True):
        key = names.citation_key((Name(family=names.clean(text) or "Nobody"),), "2099", one.title, taken)
        taken.add(key)
        assert re.fullmatch(names.KEY, key)
        assert not names.DEVICES.fullmatch(key)
    assert len(taken) == len(built.papers)


# --- Chromium ------------------------------------------------------------------------------------------

SEEN = """() => ({
  nodes: ["iframe", "object", "embed", "base", "style", "template", "video", "marquee", "x"]
    .map(n => document.querySelectorAll(`article ${n}`).length).reduce((a, b) => a + b),
  events: [...document.querySelectorAll("*")].filter(e => e.getAttributeNames().some(n => n.startsWith("on"))).length,
  addresses: [...document.querySelectorAll("[href], [src], [action]")].map(e => new URL(
    e.getAttribute("href") ?? e.getAttribute("src") ?? e.getAttribute("action"), location).protocol),
  headings: [...document.querySelectorAll("section[data-n] > h1")].map(e => [e.textContent, e.childElementCount]),
  lost: [...document.querySelectorAll("section[data-n]")].filter(e => e.parentElement.tagName !== "ARTICLE").length,
  data: [...document.querySelectorAll("script[type='application/ld+json']")].filter(e => JSON.parse(e.textContent)).length,
})"""


@pytest.fixture(scope="module")
def pages(built: Built) -> tuple[str, ...]:
    """Addresses of pages that hold many papers each, in the frame and under the policy of one paper's page, without scripts of ours."""
    first = built.papers[0]
    head, body = built.slot(first)
    whole = (built.site / "papers" / first.key / "index.html").read_text("utf-8")
    top, _, rest = whole.partition(head)
    middle, _, bottom = rest.partition(body)
    made = []
    for start in range(0, len(built.papers), TOGETHER):
        some = [built.slot(p) for p in built.papers[start : start + TOGETHER]]
        heads = "".join(h for h, _ in some)
        hidden = " hidden" if start else ""  # drawn once is enough: what could run is looked for, and laying out takes the time
        bodies = "".join(f'<section data-n="{start + n}"{hidden}>{b}</section>' for n, (_, b) in enumerate(some))
        folder = built.site / "papers" / f"together-{start}"
        folder.mkdir()
        page = f"{top}{heads}{middle}{bodies}{bottom}"
        (folder / "index.html").write_text(re.sub(r'<script [^<>"]*src="[^"]*"[^<>]*></script>', "", page), "utf-8")
        made.append(f"papers/together-{start}/")
    return tuple(made)


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    with serve.Server(built.site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def test_none_lives_in_chromium_and_none_is_lost(browser: Browser, built: Built, pages: tuple[str, ...], address: str) -> None:
    assert CHROMIUM
    context = browser.new_context()
    context.set_default_timeout(3 * PATIENCE)
    watched = Watched(context.new_page())
    number = 0
    for path in pages:
        watched.page.goto(f"{address}{path}", wait_until="load")
        seen = watched.page.evaluate(SEEN)
        assert (seen["nodes"], seen["events"], seen["lost"]) == (0, 0, 0), path
        assert set(seen["addresses"]) <= {"http:", "https:", "mailto:"}
        some = built.papers[number : number + TOGETHER]
        assert seen["data"] == len(seen["headings"]) == len(some)
        for one, (text, elements) in zip(some, seen["headings"], strict=True):
            assert " ".join(text.split()) == words(tex(one.title)), one.key
            assert elements == 0 or LIVELY.search(one.title), one.key
        number += len(some)
    for path in (
        "",
        "papers/",
        "categories/",
        "categories/shelf-0/",
        "timeline/2099/",
        "authors/",
        "new/",
        "methods/",
        "why/?id=9901.00012",
    ):
        watched.page.goto(f"{address}{path}", wait_until="load")
        seen = watched.page.evaluate(SEEN)
        assert (seen["nodes"], seen["events"]) == (0, 0), path
    assert number == len(built.papers)
    assert [c for c in watched.complaints if "GL Driver" not in c] == []
    assert {u.split("/")[2] for u in watched.asked if u.startswith("http")} == {address.split("/")[2]}
    context.close()
