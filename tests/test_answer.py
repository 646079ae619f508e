"""The answer on a pull request: what a change would do, and the pages it would touch, from real repositories and a local arXiv."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from arxiv_dialect import record
from arxiv_server import ArxivServer
from livre import against, answer, preview, told
from livre.appeal import contribution
from livre.cli import main
from livre.errors import UsageError
from livre.facts import ask
from livre.harvest import api as door
from livre.harvest import transport
from livre.model import Identifier, Verdict
from livre.scope import load as load_scope
from livre.taxonomy import load as load_taxonomy
from test_against import git, put
from test_against import settings as settings

if TYPE_CHECKING:
    from collections.abc import Callable

REVIEW = Path(__file__).parent / "data" / "review"
ON = "2099-05-01"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review, committed on main."""
    root = shutil.copytree(REVIEW, tmp_path_factory.mktemp("base") / "review")
    git(root.parent, "init", "-q", "-b", "main", str(root))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    return root


@pytest.fixture
def head(base: Path, tmp_path: Path) -> Path:
    """A copy of the review, on a branch of its own."""
    root = shutil.copytree(base, tmp_path / "head")
    git(root, "switch", "-q", "-c", "change")
    return root


NEW = record(
    77,
    title="A horned imaginary model of unicorns</title><script>alert(1)</script> | `x`",
    abstract="We train a horned imaginary model of unicorns.",
    authors=["Ada `@mallory` Example", "Ben Sample"],
)
TWIN = record(78, title="A winged imaginary model of dragons", abstract="An imaginary model of dragons, fabricated twice.")
OFF = record(79, title="A fabricated recipe for soup", abstract="Nothing about beasts.")


def asks(number: int, action: str = "include", **chosen: list[str] | str) -> Callable[[Path], None]:
    """A change that contributes a file about a record."""
    work = Identifier("arxiv", f"9901.{number:05d}")
    text = contribution(work, action, reason="it is `missing` <b>", chosen=chosen)
    return put(f"bib/inbox/arxiv-9901-{number:05d}.toml", text)


def commit(head: Path) -> None:
    git(head, "add", "-A")
    git(head, "commit", "-q", "-m", "change")


def answered(head: Path, *, api: str = "") -> answer.Answer:
    """What the change would do, asking a local arXiv."""
    lookup = ask(lambda ids: door.lookup(transport.Transport(delay=0, user_agent="t", tries=1), api, ids)) if api else None
    return answer.answer(head, against.surface(head, "main")[0], on=ON, lookup=lookup)


def summarised(head: Path, given: answer.Answer, pages: tuple[str, ...] | None = None) -> str:
    return told.markdown(given, load_scope(head / "bib" / "scope.toml"), load_taxonomy(head / "bib" / "taxonomy.toml"), pages=pages)


@pytest.fixture
def livre(head: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, str]]:
    """Runs `livre check --against main` with these words; the result, and the job summary."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("LIVRE_NOW", f"{ON}T06:17:00+00:00")
    monkeypatch.setenv("LIVRE_DELAY", "0")
    monkeypatch.setenv("LIVRE_CROSSREF", "http://127.0.0.1:9/")

    def run(*words: str) -> tuple[Result, str]:
        summary.write_text("")
        done = CliRunner().invoke(main, ["--root", str(head), "check", "--against", "main", *words], catch_exceptions=False)
        return done, summary.read_text()

    return run


def test_a_new_work_is_shown_as_it_would_appear_with_verdict_and_reasons(head: Path) -> None:
    asks(77, model=["horned"])(head)
    commit(head)
    with ArxivServer([NEW]) as server:
        (work,) = answered(head, api=server.api).works
    assert work.paper
    assert work.known
    assert (work.paper.title, work.paper.categories) == (work.known.title, ("horned", "unicorns"))
    assert (work.judged and work.judged.verdict, work.holds, work.held) == (Verdict.INCLUDE, None, "")
    assert [c.kind for c in work.changes] == ["added"]


def test_the_summary_tells_all_of_it_and_words_from_outside_stay_words(head: Path) -> None:
    asks(77, model=["horned"])(head)
    with ArxivServer([NEW]) as server:
        text = summarised(head, answered(head, api=server.api), ("papers/x/",))
    for line in (
        "### Include `arXiv:9901.00077`",
        "- Filed under: `Horned models` (as asked), `Unicorns`",
        "- Now: it was never seen here.",
        "- The review by itself would include it: `topic “Imaginary models of fabulous beasts”`, confidence ",
        "- What will change: a new paper, `",
        "- `papers/x/`",
    ):
        assert line in text
    tokens = [c for t in MarkdownIt("js-default").enable("table").parse(text) for c in t.children or ()]
    assert {t.type for t in tokens} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    outside = "".join(t.content for t in tokens if t.type == "text")
    assert not re.search(r"script|mallory|missing|horned imaginary", outside)
    assert any("</title><script>alert(1)</script> | `x`" in t.content for t in tokens if t.type == "code_inline")


def test_another_work_of_the_same_title_is_pointed_out(head: Path) -> None:
    asks(78)(head)
    with ArxivServer([TWIN]) as server:
        given = answered(head, api=server.api)
    assert given.works[0].alike == ("example2099winged",)
    assert "another work has the same title: `example2099winged`" in summarised(head, given)


def test_what_the_review_would_not_take_up_is_told_and_still_done(head: Path) -> None:
    asks(79)(head)
    with ArxivServer([OFF]) as server:
        given = answered(head, api=server.api)
    assert given.works[0].judged is None
    assert given.works[0].paper
    assert "matches no topic of the scope" in summarised(head, given)


def test_without_arxiv_the_answer_says_so(head: Path) -> None:
    asks(77)(head)
    for api, said in (("", "arXiv was not asked"), ("http://127.0.0.1:9/", "arXiv could not be asked")):
        given = answered(head, api=api)
        assert said in given.silence
        assert given.works[0].known is None
        text = summarised(head, given)
        assert given.silence[:20] in text
        assert "Nothing is known of this work yet" in text
        assert "It would stay in the inbox" in text


def test_what_arxiv_does_not_know_is_told(head: Path) -> None:
    asks(80)(head)
    with ArxivServer([NEW]) as server:
        given = answered(head, api=server.api)
    assert not given.silence
    assert "does not know it" in given.works[0].held


def test_exclusions_and_corrections_say_what_becomes_of_the_paper(head: Path) -> None:
    asks(2, "exclude")(head)
    asks(3, "correct", title="A better title", model=["winged"])(head)
    given = answered(head)
    out, mended = given.works
    assert (out.holds and out.holds.verdict, out.paper and out.paper.key) == (Verdict.INCLUDE, "example2099graphs")
    assert mended.paper
    assert mended.paper.title == "A better title"
    text = summarised(head, given)
    assert "it is listed nowhere, and no figure counts it. Its page stays." in text
    assert "- New `title`: `A better title`" in text
    assert "from then on no night changes it back" in text
    assert not given.silence


def test_papers_edited_by_hand_are_named_with_their_fields(head: Path) -> None:
    file = head / "bib" / "papers" / "2099-03.bib"
    file.write_text(file.read_text().replace("{The milestone from elsewhere}", "{The milestone from there}"))
    given = answered(head)
    assert [(c.kind, c.key, c.fields) for c in given.edited] == [("edited", "example2099milestone", ("title",))]
    assert [p.key for p in given.papers] == ["example2099milestone"]
    assert "- `example2099milestone` (`The milestone from there`): `title`" in summarised(head, given)


# --- the whole command, with the preview --------------------------------------------------------------


def test_the_command_answers_and_builds_the_touched_pages(
    head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks(77, model=["horned"])(head)
    commit(head)
    folder = tmp_path / "preview"
    with ArxivServer([NEW]) as server:
        monkeypatch.setenv("LIVRE_ARXIV_API", server.api)
        done, summary = livre("--format", "github", "--ask", "--preview", str(folder))
    assert (done.exit_code, done.output) == (0, "0 problems\n")
    assert summary.startswith("## livre check\n\nNothing is wrong.\n")
    (key,) = re.findall(r"a new paper, `([a-z0-9-]+)`", summary)
    assert f"- `papers/{key}/`\n- `categories/horned/`\n- `categories/unicorns/`\n" in summary
    page = (folder / "papers" / key / "index.html").read_text()
    assert "&lt;/title&gt;&lt;script&gt;alert(1)" in page
    assert key in (folder / "categories" / "horned" / "index.html").read_text()
    assert (folder / "assets" / "livre.css").is_file()
    assert {p.name for p in (folder / "papers").iterdir()} == {key}
    checked = CliRunner().invoke(main, ["check", "--site", str(folder)], catch_exceptions=False)
    assert (checked.exit_code, checked.output) == (0, "0 problems\n")
    assert git(head, "status", "--porcelain") == ""


def test_nothing_but_bib_is_taken_from_the_change(head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    config = (head / "mkdocs.yml").read_text()
    put("hooks.py", f"open({str(ran)!r}, 'w').write('x')\n")(head)
    put("owned.py", f"open({str(ran)!r}, 'w').write('x')\n")(head)
    put("mkdocs.yml", config.replace("site_name: A fabricated", "site_name: A hijacked") + "  - owned\nhooks: [hooks.py]\n")(head)
    put("content/index.md", "# Spam [@nobody2099]\n\n--8<-- '/etc/passwd'\n")(head)
    put("content/papers/shell.md", "---\ntemplate: evil.html\n---\n")(head)
    asks(1, "correct", title="A better title")(head)
    commit(head)
    folder = tmp_path / "preview"
    done, _ = livre("--preview", str(folder), "--json")
    found = {(p["path"], p["code"]) for p in json.loads(done.output)}
    assert done.exit_code == 1
    assert {("mkdocs.yml", "change-path"), ("hooks.py", "change-path"), ("owned.py", "change-path")} <= found
    assert not ran.exists()
    page = (folder / "papers" / "example2099winged" / "index.html").read_text()
    assert "A better title" in page
    assert "hijacked" not in page
    assert "Spam" not in (folder / "index.html").read_text()


def test_a_change_that_is_not_safe_is_neither_answered_nor_built(
    head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path
) -> None:
    asks(77)(head)
    (head / "bib" / "inbox" / "link.toml").symlink_to("/etc/passwd")
    commit(head)
    done, summary = livre("--format", "github", "--preview", str(tmp_path / "preview"))
    assert done.exit_code == 1
    assert "change-mode" in summary
    assert "What this change would do" not in summary
    assert not (tmp_path / "preview").exists()


def test_a_review_that_cannot_be_built_is_told_as_problems_beside_the_answer(
    head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path
) -> None:
    asks(1, "correct", title="A better title")(head)
    file = head / "bib" / "taxonomy.toml"
    file.write_text(file.read_text().replace('"horned"', '"antlered"'))
    done, _ = livre("--format", "github", "--preview", str(tmp_path / "preview"))
    assert done.exit_code == 1
    assert not (tmp_path / "preview").exists()


@pytest.mark.parametrize(
    "words",
    [("check", "--ask"), ("check", "--preview", "x"), ("check", "--site", "nowhere"), ("check", "--site", ".", "--against", "main")],
)
def test_a_slip_of_the_command_line_is_exit_code_2(words: tuple[str, ...], head: Path) -> None:
    assert CliRunner().invoke(main, ["--root", str(head), *words], catch_exceptions=False).exit_code == 2


def test_what_touches_no_paper_has_no_preview(head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path) -> None:
    put("content/how.md", (head / "content" / "how.md").read_text() + "\nMore.\n")(head)
    done, summary = livre("--format", "github", "--preview", str(tmp_path / "preview"))
    assert done.exit_code == 0
    assert "It contributes no work and edits no paper." in summary
    assert not (tmp_path / "preview").exists()


def test_what_arxiv_does_not_know_is_a_problem_of_the_file(
    head: Path, livre: Callable[..., tuple[Result, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asks(80)(head)
    with ArxivServer([NEW]) as server:
        monkeypatch.setenv("LIVRE_ARXIV_API", server.api)
        done, _ = livre("--json", "--ask")
    (problem,) = json.loads(done.output)
    assert (done.exit_code, problem["path"], problem["code"]) == (1, "bib/inbox/arxiv-9901-00080.toml", "inbox-held")
    monkeypatch.setenv("LIVRE_ARXIV_API", "http://127.0.0.1:9/")
    assert livre("--json", "--ask")[0].exit_code == 0


def test_a_preview_is_put_into_an_empty_folder_only(head: Path, livre: Callable[..., tuple[Result, str]], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    for folder in ("full", "link", "full/mine.txt"):
        assert livre("--preview", str(tmp_path / folder))[0].exit_code == 2
    with pytest.raises(UsageError):
        preview.empty(tmp_path / "full")
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"
