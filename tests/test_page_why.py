"""/why/ in a real browser, over the index that is published beside it: what it answers, keeps in the address, and refuses."""

from __future__ import annotations

import json
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from livre import corpus, scope, taxonomy
from livre.build import build
from livre.model import Candidate, Decision, Identifier, Name, Verdict
from livre.site import serve
from livre.site.pages import Review, why
from livre.why import index, shard
from test_site_browser import CHROMIUM, PATIENCE, QUIET, Watched

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser
REPOSITORY = "https://github.com/example/review"
HOSTILE = "</title><img src=x onerror=alert(1)> & a title"
BOTH = (Identifier("arxiv", "9905.00001"), Identifier("doi", "10.9999/example.both"))
ODD = "10.9999/(sici)x&'%41$_[].;a+b"


def decision(subject: Identifier, on: str, verdict: Verdict, by: str, criterion: str, text: str) -> Decision:
    return Decision(subject=subject, on=on, verdict=verdict, criterion=criterion, score=0.5, by=by, why=text)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review with a home, and with a candidate of two names that was decided twice by hostile people."""
    root = tmp_path_factory.mktemp("why") / "review"
    shutil.copytree(Path(__file__).parent / "data" / "review", root)
    file = root / "bib/scope.toml"
    file.write_text(file.read_text("utf-8").replace('language = "en"', f'language = "en"\nrepository = "{REPOSITORY}"'), "utf-8")
    old = corpus.load(root / "bib")
    twice = Candidate(identifiers=BOTH, title=HOSTILE, authors=(Name(given="Ada", family="Example"),), date="2099-05-01")
    ledger = (
        decision(BOTH[0], "2099-05-02", Verdict.WAIT, "model", "relevance", "model 0.50 (+dragon, −horse)"),
        decision(BOTH[0], "2099-05-03", Verdict.EXCLUDE, "<b>ada</b>", "model", "no <script>alert(1)</script> of it"),
    )
    new = corpus.Corpus(
        papers=old.papers,
        candidates={**old.candidates, BOTH[0]: twice},
        decisions={**old.decisions, BOTH[0]: ledger},
        nights=old.nights,
    )
    for path, data in corpus.tree(new).items():
        (root / "bib" / path).parent.mkdir(exist_ok=True)
        (root / "bib" / path).write_bytes(data)
    return root


def review(root: Path) -> Review:
    return Review(corpus.load(root / "bib"), scope.load(root / "bib/scope.toml"), taxonomy.load(root / "bib/taxonomy.toml"), ("why/",))


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("why-site") / "site"
    with serve.Server(folder, 0) as server:
        build(root, folder, base_url=server.url)
        for path, data in why.files(review(root)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
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


def asked(seen: Watched, address: str, text: str) -> Locator:
    """The answer after typing a question and pressing Enter."""
    seen.page.goto(f"{address}why/")
    seen.page.get_by_label("arXiv id, DOI or address").fill(text)
    seen.page.keyboard.press("Enter")
    answer = seen.page.locator("#answer > *")
    answer.wait_for()
    return answer


def asking(answer: Locator) -> str:
    """Where the link that asks for the work leads."""
    return unquote(str(answer.get_by_role("link", name="Ask to include it").get_attribute("href")))


def test_a_paper_is_found_by_any_of_its_names_and_leads_to_its_page(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    for text in ("9901.00001", " https://arxiv.org/abs/9901.00001v3 ", "arXiv:9901.00001", "10.99999/Example.1"):
        answer = asked(seen, address, text)
        assert "Included: A winged imaginary model of dragons" in answer.inner_text()
    assert "Included on 2099-02-15 by the rules, confidence 0.90. An imaginary model. model: imaginary model <in> the title" in (
        answer.inner_text()
    )
    answer.get_by_role("link", name="Its page").click()
    seen.page.wait_for_url(f"{address}papers/example2099winged/")
    assert seen.complaints == []


def test_an_excluded_work_shows_every_decision_and_nothing_hostile_runs(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    answer = asked(seen, address, BOTH[1].value)
    said = answer.inner_text()
    assert f"Excluded: {HOSTILE}" in said
    assert "asked for as doi:10.9999/example.both" in said
    assert "Excluded on 2099-05-03 by <b>ada</b>, confidence 0.50. An imaginary model. no <script>alert(1)</script> of it" in said
    assert "Waiting, provisional on 2099-05-02 by the learned screener, score 0.50. What was learned from earlier decisions" in said
    assert answer.locator("img, script").count() == 0
    assert seen.complaints == []


def test_the_address_keeps_the_question_and_the_way_back(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    asked(seen, address, "9901.00001")
    assert seen.page.url == f"{address}why/?id=9901.00001"
    seen.page.get_by_label("arXiv id, DOI or address").fill("9903.90002")
    seen.page.get_by_role("button", name="Ask").click()
    seen.page.get_by_role("heading", name=re.compile("Waiting, provisional: ")).wait_for()
    seen.page.go_back()
    seen.page.get_by_role("heading", name=re.compile("Included: ")).wait_for()
    seen.page.goto(f"{address}why/?id=arxiv:9903.90002")
    seen.page.get_by_role("heading", name=re.compile("Waiting, provisional: ")).wait_for()
    assert seen.page.get_by_label("arXiv id, DOI or address").input_value() == "arxiv:9903.90002"
    assert seen.complaints == []


def test_what_is_no_identifier_is_said_to_be_none_and_nothing_is_fetched(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    for text in ("what?", "2503", "https://example.org/2503.02104", "__proto__", "10.9/x"):
        assert f"“{text}” is neither an arXiv id nor a DOI" in asked(seen, address, text).inner_text()
        assert seen.page.locator("#ask-id").get_attribute("aria-invalid") == "true"
    assert not [u for u in seen.asked if "data/why" in u]
    assert seen.complaints == []


def test_a_work_that_was_never_seen_can_be_asked_for(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    answer = asked(seen, address, "9907.12345")
    assert "Never seen: arXiv:9907.12345" in answer.inner_text()
    assert asking(answer) == "../submit/?id=arxiv:9907.12345&action=include"
    assert seen.page.locator("#answer").get_attribute("aria-live") == "polite"


def test_every_kind_of_identifier_is_looked_up_and_appealed_for_as_livre_does(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    for text in ("hep-th/9901002", "math.gt/9901002", ODD, "10.9999/a" + "-b" * 60, "10.48550/arXiv.9907.12345"):
        identifier = Identifier.parse(text)
        answer = asked(seen, address, text)
        assert f"Never seen: {str(identifier).replace('arxiv:', 'arXiv:')}" in answer.inner_text()
        assert [u for u in seen.asked if "data/why" in u][-1] == f"{address}data/why/{shard(identifier)}.json"
        assert asking(answer) == f"../submit/?id={identifier}&action=include"


def test_an_appeal_names_the_work_by_its_first_name(address: str, watched: Callable[..., Watched]) -> None:
    answer = asked(watched(), address, BOTH[0].value)
    assert asking(answer) == f"../submit/?id={BOTH[0]}&action=include"


def test_an_answer_that_does_not_come_is_no_answer(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.route("**/data/why/*", lambda route: route.fulfill(status=503, body="busy"))
    assert "could not be fetched (503" in asked(seen, address, "9901.00001").inner_text()


def test_without_scripts_the_page_leads_to_the_lists(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched(java_script_enabled=False)
    seen.page.goto(f"{address}why/")
    assert "looks its answers up with a script" in seen.page.locator("noscript").inner_text()
    seen.page.locator("#lists ~ ul a").first.click()
    assert "/methods/records/" in seen.page.url


@pytest.mark.parametrize(("scheme", "width", "shape"), [("light", 1280, "wide"), ("dark", 360, "narrow")])
def test_the_pages_of_judgement_fit_their_window_and_complain_of_nothing(
    address: str, watched: Callable[..., Watched], scheme: str, width: int, shape: str
) -> None:
    seen = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path, drawn in (("methods/", 1), ("methods/flow/2099-03-04/", 1), ("methods/records/exclude-rules-model/", 0)):
        seen.page.goto(address + path, wait_until="networkidle")
        assert seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1, path
        shown = seen.page.locator("svg.lv-flow:visible")
        assert shown.evaluate_all("all => all.map(e => e.classList[1])") == [f"lv-flow-{shape}"] * drawn
    assert seen.complaints == []


def test_a_box_of_the_flow_can_be_reached_and_followed_by_key(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    seen.page.goto(f"{address}methods/flow/2099-03-04/", wait_until="networkidle")
    seen.page.locator("svg.lv-flow-wide a").last.focus()
    assert seen.page.evaluate("document.activeElement.textContent").strip()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(lambda url: "/flow/" not in url or "#" in url)
    assert seen.complaints == []


def test_the_index_is_json_for_every_work_and_the_same_twice(root: Path) -> None:
    first = dict(why.files(review(root)))
    assert first == dict(why.files(review(root)))
    assert len(first) == 256
    rows = {k: v for data in first.values() for k, v in json.loads(data).items()}
    assert rows == {k: v for _, of in index(corpus.load(root / "bib")) for k, v in of.items()}
    assert all(str(i) in rows for c in corpus.load(root / "bib").candidates.values() for i in c.identifiers)
