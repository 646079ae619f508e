"""/submit/ as a newcomer uses it: an id pasted, a duplicate recognised, the file made, checked by livre, applied by the next update."""

from __future__ import annotations

import re
import shutil
import threading
import time
import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from arxiv_dialect import record
from arxiv_server import ArxivServer
from livre import corpus, foreign, grammar, inbox, taxonomy
from livre.appeal import ACTIONS, appeal, contribution
from livre.build import build
from livre.cli import main
from livre.harvest.transport import Transport
from livre.model import Identifier
from livre.recognise import recognise
from livre.rulings import CORRECTABLE
from livre.site import serve
from pasted import BIBTEX, PASTED
from readers import reading
from test_site_browser import PATIENCE, Watched

playwright = pytest.importorskip("playwright.sync_api")
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
REVIEW = Path(__file__).parent / "data" / "review"
REPOSITORY = "https://github.com/example/review"
HOSTILE = '"\'><img src=x onerror=alert(1)>\\u202e</textarea><script>alert(1)</script> & "quotes" \\ {tex} $x$ #{7*7} \u202e\u200b'
PASTE = "arXiv id, DOI, address or BibTeX"
REASON = "It is shown with the decision"


def made(folder: Path, repository: str) -> Path:
    root = folder / "review"
    shutil.copytree(REVIEW, root)
    file = root / "bib/scope.toml"
    if repository:
        file.write_text(file.read_text("utf-8").replace('language = "en"', f'language = "en"\nrepository = "{repository}"'), "utf-8")
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("submit"), REPOSITORY)


def served(root: Path, folder: Path) -> Iterator[str]:
    with serve.Server(folder, 0) as server:
        build(root, folder, base_url=server.url)
        server.site_dir = folder.resolve()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(root, tmp_path_factory.mktemp("submit-site") / "site")


@pytest.fixture(scope="module")
def homeless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of a review that does not say where it is kept."""
    yield from served(made(tmp_path_factory.mktemp("nowhere"), ""), tmp_path_factory.mktemp("nowhere-site") / "site")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with reading() as running:
        yield running


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


def shelves(root: Path) -> taxonomy.Taxonomy:
    return taxonomy.load(root / "bib/taxonomy.toml")


def read(text: str, root: Path, folder: Path) -> inbox.Contribution:
    """The contribution as livre reads it from a file with this text."""
    file = folder / "made.toml"
    file.write_bytes(text.encode())
    (one,) = inbox.one(file, "bib/inbox/made.toml", shelves(root))
    return one


def ready(page: Page) -> str:
    """The text of the contribution, once it is there."""
    page.locator("#s-made").wait_for()
    return str(page.locator("#s-text").text_content())


# --- One truth in two languages ---


def test_both_recognisers_read_everything_that_people_paste_alike(address: str, watched: Callable[..., Watched], tmp_path: Path) -> None:
    for text, name in PASTED:
        try:
            assert str(recognise(text)) == name
        except ValueError:
            assert not name, text
    for text, name in BIBTEX:
        if name:  # what the page refuses livre may still read
            assert not grammar.problems(text, path="x.bib")
            (tmp_path / "x.bib").write_text(text, "utf-8")
            (adopted,), _ = foreign.read(tmp_path / "x.bib")
            assert str(adopted.candidate.primary) == name
    page = watched().page
    page.goto(f"{address}submit/")
    told = page.evaluate(
        """async ([pasted, entries, at]) => {
            const { recognise } = await import(`${at}assets/submit/identifier.js`)
            const { fromBibtex } = await import(`${at}assets/submit/bibtex.js`)
            const read = (text) => { try { return fromBibtex(text) } catch (error) { return error.message ? "" : "no reason" } }
            return [pasted.map(recognise), entries.map(read)]
        }""",
        [[t for t, _ in PASTED], [t for t, _ in BIBTEX], address],
    )
    assert dict(zip([t for t, _ in PASTED], told[0], strict=True)) == dict(PASTED)
    assert dict(zip([t for t, _ in BIBTEX], told[1], strict=True)) == dict(BIBTEX)


def test_both_write_the_same_contribution_and_the_same_address(address: str, watched: Callable[..., Watched]) -> None:
    works = ["9901.00001", "math.GT/9901001", "10.9999/(sici)x&'%41$_[].;a+b", "10.9999/a" + "-b" * 60]
    texts = [
        "",
        "plain",
        HOSTILE,
        "a\nb\tc\x1fd\x85e\u2028f\ufeffg\u200ch",
        "é ÀÉ 漢字 🦄 \ue000 \udbff",
        "x" * 400,
        "'''\"\"\"",
        "\x7f\\n",
    ]
    cases: list[tuple[str, str, str, str, list[list[Any]]]] = []
    for i, text in enumerate(texts):
        sets: list[list[Any]] = [[], [["model", ["horned", text]], ["title", text]], [["field", []], ["a b", text]]]
        cases += [(works[i % len(works)], action, text, texts[i - 1], s) for action in ACTIONS for s in sets]
    page = watched().page
    page.goto(f"{address}submit/")
    told = page.evaluate(
        """async ([cases, at, repositories]) => {
            const { recognise } = await import(`${at}assets/submit/identifier.js`)
            const { address, contribution, filename } = await import(`${at}assets/submit/contribution.js`)
            const out = []
            for (const [work, action, title, reason, chosen] of cases) {
                const name = recognise(work)
                const text = contribution(name, action, { title, reason, chosen })
                const path = await filename(name)
                out.push([text, path, ...repositories.map((one) => address(one, path, text))])
            }
            return out
        }""",
        [cases, address, [REPOSITORY + ".git", "https://gitlab.example.org/group/sub/review", "https://example.org/x/y"]],
    )
    for (work, action, title, reason, chosen), (text, path, github, gitlab, nowhere) in zip(cases, told, strict=True):
        of = Identifier.parse(work)
        wanted = appeal(of, action, repository=REPOSITORY, title=title, reason=reason, chosen=dict(chosen))
        assert (text, path, github) == (wanted.text, wanted.path, wanted.url)
        elsewhere = appeal(
            of, action, repository="https://gitlab.example.org/group/sub/review", title=title, reason=reason, chosen=dict(chosen)
        )
        assert (gitlab, nowhere) == (elsewhere.url, "")
        assert contribution(of, action, title=title, reason=reason, chosen=dict(chosen)) == text


# --- The journey ---


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    news = record(
        77,
        id="9907.00077",
        title="An imaginary model of unicorns",
        abstract="Horned.",
        categories="cs.CV",
        versions=["2099-03-04T10:00:00Z"],
    )
    with ArxivServer([news], now="2099-03-05T06:17:00Z") as server:
        yield server


def test_a_newcomer_asks_for_a_paper_and_the_next_update_has_it(
    address: str, root: Path, watched: Callable[..., Watched], arxiv: ArxivServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = watched(accept_downloads=True)
    page = seen.page
    started = time.monotonic()
    page.goto(f"{address}submit/")
    page.get_by_label(PASTE).fill("https://arxiv.org/abs/9901.00001v2")
    page.get_by_text("Already included:").wait_for()
    assert page.get_by_label("Include it.").is_hidden()
    assert page.get_by_role("link", name="Its page").get_attribute("href") == "../papers/example2099winged/"
    page.get_by_label(PASTE).fill("https://arxiv.org/pdf/9907.00077v1.pdf")
    page.get_by_text("Not known here yet:").wait_for()
    assert page.get_by_label("Include it.").is_checked()
    page.get_by_text("Models", exact=False).locator("visible=true").first.click()
    page.get_by_label("Horned models").check()
    assert page.get_by_text("Say in one line why.").is_visible()
    page.get_by_label(REASON).fill('it is "about" unicorns')
    text = ready(page)
    assert text == ('paper  = "arXiv:9907.00077"\naction = "include"\nreason = "it is \\"about\\" unicorns"\n\n[set]\nmodel = ["horned"]\n')
    link = urlsplit(str(page.get_by_role("link", name="Open it on GitHub").get_attribute("href")))
    assert (link.netloc, link.path) == ("github.com", "/example/review/new/main")
    assert parse_qs(link.query) == {"filename": ["bib/inbox/arxiv-9907-00077.toml"], "value": [text]}
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "arxiv-9907-00077.toml"
    assert time.monotonic() - started < 60  # the whole of it, which the issue gives a minute
    assert seen.complaints == []

    review = tmp_path / "review"
    shutil.copytree(root, review)
    (review / "bib/inbox").mkdir()
    file = review / "bib/inbox" / download.value.suggested_filename
    download.value.save_as(file)
    assert file.read_text("utf-8") == text
    for name, value in (
        ("LIVRE_ARXIV_OAI", arxiv.oai),
        ("LIVRE_ARXIV_API", arxiv.api),
        ("LIVRE_CROSSREF", f"{arxiv.url}/nothing"),
        ("LIVRE_DELAY", "0"),
        ("LIVRE_NOW", "2099-03-05T06:17:00+00:00"),
        ("XDG_CACHE_HOME", str(tmp_path / "cache")),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("livre.cli.shell.transport.Transport", partial(Transport, tries=2, sleep=lambda seconds: None))
    run = partial(CliRunner().invoke, main, catch_exceptions=False)
    checked = run(["--root", str(review), "check", "bib/inbox"])
    assert checked.exit_code == 0, checked.output
    done = run(["--root", str(review), "update", "--source", "inbox"])
    assert done.exit_code == 0, done.output
    (paper,) = (p for p in corpus.load(review / "bib").papers.values() if p.identifier("arxiv") == "9907.00077")
    assert (paper.title, paper.categories[:1], "model" in paper.curated) == ("An imaginary model of unicorns", ("horned",), True)
    assert not file.exists()


def test_a_duplicate_under_any_name_is_recognised_at_once(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    for text in ("10.99999/Example.1", "@article{x, title={Any}, doi={10.99999/example.1}}", "arXiv:9901.00001v1 [cs.CV] 1 Jan 2099"):
        seen.page.goto(f"{address}submit/")
        seen.page.get_by_label(PASTE).fill(text)
        seen.page.get_by_text("Already included: A winged imaginary model of dragons").wait_for()
    seen.page.get_by_label(PASTE).fill("9903.90002")
    seen.page.get_by_text("Waiting, provisional:").wait_for()
    assert seen.page.get_by_label("Include it.").is_visible()
    assert seen.page.get_by_label("Correct it.").is_hidden()
    assert seen.complaints == []


def test_what_is_no_identifier_is_refused_in_words(address: str, watched: Callable[..., Watched]) -> None:
    page = watched().page
    page.goto(f"{address}submit/")
    for text, words in (
        ("what?", "“what?” is neither an arXiv id nor a DOI"),
        ("@misc{a, title={A}}", "The entry names no work"),
        ("@string{a = {b}}", "@string, @preamble and @comment are not read"),
        ("@misc{a, eprint={9901.00001}} @misc{b, eprint={9901.00002}}", "more than one entry"),
    ):
        page.get_by_label(PASTE).fill(text)
        page.get_by_text(words).wait_for()
        assert page.get_by_label(PASTE).get_attribute("aria-invalid") == "true"
        assert page.locator("#s-rest").is_hidden()


def test_an_index_that_does_not_come_is_no_answer(address: str, watched: Callable[..., Watched]) -> None:
    page = watched().page
    page.route("**/data/why/*", lambda route: route.fulfill(status=503, body="busy"))
    page.goto(f"{address}submit/?id=9901.00001")
    page.get_by_text("could not be looked up (503").wait_for()
    assert page.locator("#s-rest").is_hidden()


# --- Prefilled ---


def test_a_correction_begins_with_what_is_there_and_asks_for_what_is_wrong(
    address: str, root: Path, watched: Callable[..., Watched], tmp_path: Path
) -> None:
    seen = watched()
    page = seen.page
    page.goto(f"{address}submit/?id=arxiv:9901.00001&action=correct&field=title&field=model")
    page.get_by_text("Already included:").wait_for()
    title = page.get_by_label("Title", exact=True)
    playwright.expect(title).to_have_value("A winged imaginary model of dragons")
    assert page.get_by_label("Winged models").is_checked()
    page.get_by_label(REASON).fill("a slip")
    page.get_by_text("Change under 2 what is wrong").wait_for()
    title.fill("A winged & imaginary model")
    made = read(ready(page), root, tmp_path)
    assert (made.action, made.reason, made.categories, made.corrections) == (
        "correct",
        "a slip",
        {},
        {"title": "A winged \\& imaginary model"},
    )
    page.get_by_label("None of these").first.check()
    playwright.expect(page.locator("#s-text")).to_contain_text("model = []")
    assert not page.get_by_label("Winged models").is_checked()
    assert read(ready(page), root, tmp_path).categories == {"model": ()}
    assert seen.complaints == []


def test_every_field_can_be_corrected_as_livre_reads_it(address: str, root: Path, watched: Callable[..., Watched], tmp_path: Path) -> None:
    right = {
        "title": "Better & “best” 100 % {of} $x_1$",
        "author": "Example, Ada\nThe Fabricated Group",
        "date": "2099-02-28",
        "journaltitle": "Journal of Examples",
        "doi": "https://doi.org/10.9999/NEW",
        "code": "https://example.org/code\nhttps://example.org/more",
        "weights": "http://example.org/w?x=1#y",
    }
    assert tuple(right) == CORRECTABLE
    page = watched().page
    for name, value in right.items():
        page.goto(f"{address}submit/?{urlencode({'id': '9901.00001', 'action': 'correct', 'field': name, 'value': value})}")
        page.get_by_label(REASON).fill("wrong so far")
        assert set(read(ready(page), root, tmp_path).corrections) == {name}
    for name, value, words in (
        ("date", "2099-02-31", "The date is written"),
        ("date", "March", "The date is written"),
        ("doi", "10.48550/arXiv.9901.00001", "a preprint’s"),
        ("doi", "x", "is not a DOI"),
        ("code", "javascript:alert(1)", "begins with https://"),
        ("title", "{}", "empty but for signs"),
        ("author", "A, B, C, D", "is not written like"),
        ("author", "\n".join(f"Example, A{n}" for n in range(51)), "At most 50 lines"),
        ("journaltitle", "x" * 2001, "2000 characters at most"),
    ):
        page.goto(f"{address}submit/?{urlencode({'id': '9901.00001', 'action': 'correct', 'field': name, 'value': value})}")
        page.get_by_label(REASON).fill("wrong so far")
        page.locator("#s-missing").get_by_text(words).wait_for()
        assert page.locator("#s-made").is_hidden()


def test_hostile_addresses_stay_text(address: str, root: Path, watched: Callable[..., Watched], tmp_path: Path) -> None:
    seen = watched()
    page = seen.page
    page.goto(f"{address}submit/?id={quote(HOSTILE)}&action={quote(HOSTILE)}&field={quote(HOSTILE)}&value={quote(HOSTILE)}")
    page.get_by_text("is neither an arXiv id nor a DOI").wait_for()
    values = [("id", "9901.00001"), ("action", "correct"), ("field", "title"), ("value", HOSTILE), ("field", "__proto__"), ("value", "x")]
    page.goto(f"{address}submit/?{urlencode(values)}")
    page.get_by_label(REASON).fill(HOSTILE.replace("\n", " ")[:250])
    text = ready(page)
    assert set(tomllib.loads(text)) == {"paper", "action", "reason", "set"}
    assert tomllib.loads(text)["set"].keys() == {"title"}
    assert read(text, root, tmp_path).action == "correct"
    assert page.locator("#submit img, #submit script").count() == 0
    assert seen.complaints == []


def test_pages_lead_here_with_the_work_and_the_wish(address: str, watched: Callable[..., Watched]) -> None:
    page = watched().page
    page.goto(f"{address}why/?id=9901.00001")
    page.get_by_role("link", name="Suggest a correction").click()
    page.get_by_text("Already included:").wait_for()
    assert page.get_by_label("Correct it.").is_checked()
    page.goto(f"{address}why/?id=9907.12345")
    page.get_by_role("link", name="Ask to include it").click()
    page.get_by_text("Not known here yet:").wait_for()
    assert page.get_by_label("Include it.").is_checked()


# --- Where it cannot be sent by an address ---


def test_what_is_too_long_for_an_address_is_said_to_be(address: str, watched: Callable[..., Watched]) -> None:
    page = watched().page
    many = "\n".join(f"https://example.org/{n}/{'é' * 100}" for n in range(20))
    page.goto(f"{address}submit/?{urlencode({'id': '9901.00001', 'action': 'correct', 'field': 'code', 'value': many})}")
    page.get_by_label(REASON).fill("all of them")
    ready(page)
    assert page.locator("#s-open").is_hidden()
    assert "too long for an address: GitHub would refuse it. Download the file" in page.locator("#s-next").inner_text()
    assert page.get_by_role("link", name="Download").is_visible()


def test_without_a_repository_the_file_is_there_to_be_sent(homeless: str, watched: Callable[..., Watched]) -> None:
    page = watched().page
    page.goto(f"{homeless}submit/?id=9907.00077")
    page.get_by_label(REASON).fill("about unicorns")
    ready(page)
    assert page.locator("#s-open").is_hidden()
    assert "Send the file to the curators of this review" in page.locator("#s-next").inner_text()
    assert page.get_by_role("button", name="Copy").is_visible()


def test_without_a_script_it_says_what_to_do(address: str, watched: Callable[..., Watched], root: Path, tmp_path: Path) -> None:
    seen = watched(java_script_enabled=False)
    seen.page.goto(f"{address}submit/")
    assert seen.page.locator("#submit").is_hidden()
    assert "it is one small text file" in seen.page.locator("noscript").inner_text()
    example = str(seen.page.locator(".lv-example").text_content())
    assert read(example, root, tmp_path).action == "include"
    link = str(seen.page.get_by_role("link", name="Open this example as a new file").get_attribute("href"))
    assert parse_qs(urlsplit(link).query)["value"] == [example]
    form = seen.page.get_by_role("link", name=re.compile("form in the issue tracker")).get_attribute("href")
    assert form == f"{REPOSITORY}/issues/new?template=paper.yml"


# --- Keys, windows, colours ---


def test_everything_can_be_done_by_key(address: str, watched: Callable[..., Watched]) -> None:
    seen = watched()
    page = seen.page
    page.goto(f"{address}submit/")
    page.locator("#s-paper").focus()
    page.keyboard.type("9907.00077")
    page.get_by_text("Not known here yet:").wait_for()
    page.keyboard.press("Tab")  # the link to the work
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("Leave it out.").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("no unicorn")
    assert 'action = "exclude"' in ready(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "s-open"
    assert seen.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 360)])
def test_it_fits_its_window(address: str, watched: Callable[..., Watched], scheme: str, width: int) -> None:
    seen = watched(viewport={"width": width, "height": 800}, color_scheme=scheme)
    seen.page.goto(f"{address}submit/?id=9901.00001&action=correct&field=title&value={'long' * 60}")
    seen.page.get_by_label(REASON).fill("word" * 60)
    ready(seen.page)
    assert seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    assert not [u for u in seen.asked if not u.startswith((address, "blob:"))]
    assert seen.complaints == []
