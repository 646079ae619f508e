"""An issue as a contribution: what the form asks, what is refused, and that no word of the issue's comes out but in its place."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from livre import inbox, petition, taxonomy
from livre.cli import main
from livre.errors import BadData
from livre.rulings import CORRECTABLE
from strategies import raw_texts
from test_inbox import TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
USER = {"login": "ada-example", "id": 7}
ASKED = ("9901.00002", "Include it", "it is about skin", "", "", "")


def body(*answers: str) -> str:
    """The body that GitHub makes of the answers to a form."""
    told = zip(petition.QUESTIONS, answers or ASKED, strict=True)
    return "\n\n".join(f"### {question}\n\n{answer or petition.NOTHING}" for question, answer in told)


def event(text: str, **more: Any) -> bytes:
    return json.dumps({"action": "labeled", "issue": {"number": 12, "title": "Paper: x", "user": USER, "body": text, **more}}).encode()


@pytest.fixture(scope="module")
def categories(tmp_path_factory: pytest.TempPathFactory) -> taxonomy.Taxonomy:
    file = tmp_path_factory.mktemp("petition") / "taxonomy.toml"
    file.write_text(TAXONOMY)
    return taxonomy.load(file)


@pytest.fixture(scope="module")
def read(categories: taxonomy.Taxonomy) -> Callable[..., petition.Petition]:
    def asked(*answers: str, **more: Any) -> petition.Petition:
        return petition.read(event(body(*answers), **more), categories)

    return asked


def test_the_form_filled_in_is_the_contribution(read):
    made = read("https://arxiv.org/abs/9901.00002v3", "Include it", "it is about skin", "llm, vlm", "Title", "Better & best")
    assert made.text == (
        'paper  = "arXiv:9901.00002"\naction = "include"\nreason = "it is about skin"\n\n'
        '[set]\nmodel = ["llm", "vlm"]\ntitle = "Better & best"\n'
    )
    assert made.as_json() == {
        "path": "bib/inbox/arxiv-9901-00002-issue-12.toml",
        "work": "arxiv-9901-00002",
        "action": "include",
        "author": "ada-example <7+ada-example@users.noreply.github.com>",
        "branch": "submit/issue-12",
        "subject": "Ask to include arxiv-9901-00002 (issue 12)",
        "text": "Closes #12.",
    }


def test_a_correction_of_several_lines_is_a_list(read):
    made = read("10.9999/Example.1", "Correct it", "a slip", "", "Authors", "Example, Ada\r\nOther, Bob\n")
    assert tomllib.loads(made.text)["set"] == {"author": ["Example, Ada", "Other, Bob"]}


def test_the_issue_by_itself_says_the_same_as_the_event(categories):
    whole = event(body())
    alone = json.dumps(json.loads(whole)["issue"]).encode()
    assert petition.read(alone, categories) == petition.read(whole, categories)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (("what?", *ASKED[1:]), "the first answer is neither an arXiv id nor a DOI"),
        (("9901.00002 9901.00003", *ASKED[1:]), "the first answer is neither"),
        ((ASKED[0], "Delete it", *ASKED[2:]), "the second answer is none of the form's choices"),
        ((*ASKED[:2], "", "", "", ""), "a reason is missing"),
        ((*ASKED[:2], "x" * 301, "", "", ""), "more than 300 characters"),
        ((*ASKED[:3], "llms", "", ""), "a category in it is none of this review"),
        ((*ASKED[:3], "", "Title", ""), "a correction needs both"),
        ((*ASKED[:3], "", "", "A title"), "a correction needs both"),
        ((*ASKED[:3], "", "Key", "x"), "a correction needs both"),
        ((*ASKED[:3], "", "Date", "2099-02-31"), "what is right cannot be the date of a paper"),
        ((*ASKED[:3], "", "Title", "x" * 3000), "what it asks for is nothing that a contribution can ask for"),
        ((ASKED[0], "Correct it", ASKED[2], "", "", ""), "a correction says what is right"),
        ((ASKED[0], "Leave it out", ASKED[2], "llm", "", ""), "what is left out is filed nowhere"),
    ],
)
def test_what_is_wrong_with_the_answers_is_said_in_our_words(read, answers, message):
    with pytest.raises(BadData) as caught:
        read(*answers)
    assert any(message in p.message for p in caught.value.problems), caught.value.problems
    assert {(p.path, p.code) for p in caught.value.problems} == {("issue", "issue")}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[]", "this is no issue"),
        (b'{"issue": 3}', "this is no issue"),
        (b'{"number": true, "body": ""}', "this is no issue"),
        (b'{"number": -1, "body": ""}', "this is no issue"),
        (b'{"number": 1}', "the issue has no text"),
        (event("I would like this paper, thank you"), "not as the form made it"),
        (event(f"before\n\n{body()}"), "not as the form made it"),
        (event(body(*ASKED[:2], "x\n\n### What should happen?\n\nLeave it out", *ASKED[3:])), "each question must stand once"),
        (event(body() + " " * petition.LARGEST), "bytes are more than an issue has"),
    ],
)
def test_what_is_no_filled_in_form_is_refused(categories, data, message):
    with pytest.raises(BadData) as caught:
        petition.read(data, categories)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "user", [None, {}, {"login": "a b", "id": 1}, {"login": "x\ny <z>", "id": 1}, {"login": "ok", "id": "1"}, {"login": "-", "id": 1}]
)
def test_a_strange_author_is_nobody(read, user):
    assert read(user=user).author == ""


SAFE = re.compile(r"[A-Za-z0-9 .:()/#-]+")


@given(
    st.tuples(
        raw_texts, st.sampled_from([*petition.ACTIONS, "x"]), raw_texts, raw_texts, st.sampled_from([*petition.FIELDS, ""]), raw_texts
    )
)
def test_nothing_of_the_issue_comes_out_but_in_its_own_place(categories, answers):
    try:
        made = petition.read(event(body("10.9999/e`$(x)'&;", *answers[1:])), categories)
    except BadData as error:
        told = " ".join(p.message for p in error.problems)
        assert not [a for a in (answers[0], answers[2], answers[5]) if len(a.strip()) > 3 and a.strip() in told]
        return
    said = made.as_json()
    assert all(SAFE.fullmatch(v) for k, v in said.items() if k != "author")
    assert set(tomllib.loads(made.text)) <= {"paper", "action", "reason", "set"}


def test_what_it_makes_the_inbox_reads(read, categories, tmp_path):
    for field in petition.FIELDS:
        right = {
            "Date": "2099-01-02",
            "DOI of the publication": "10.9999/b",
            "Code": "https://example.org/c",
            "Weights": "https://example.org/w",
        }
        made = read("9901.00002", "Correct it", 'said "so" \\ & <b>', "llm", field, right.get(field, "Example, Ada"))
        file = tmp_path / made.path.rpartition("/")[2]
        file.write_text(made.text, "utf-8")
        (one,) = inbox.one(file, made.path, categories)
        assert (str(one.work), one.action, one.reason) == ("arxiv:9901.00002", "correct", 'said "so" \\ & <b>')
        assert set(one.corrections) == {petition.FIELDS[field]}


# --- The form ---


def test_the_form_asks_what_is_read_and_offers_what_can_be_done():
    form = yaml.safe_load((FORMS / "paper.yml").read_text("utf-8"))
    asked = {item["id"]: item["attributes"] for item in form["body"] if "id" in item}
    assert tuple(a["label"] for a in asked.values()) == petition.QUESTIONS
    assert asked["action"]["options"] == list(petition.ACTIONS)
    assert asked["wrong"]["options"] == list(petition.FIELDS)
    assert tuple(petition.FIELDS.values()) == CORRECTABLE


@pytest.mark.parametrize(("file", "schema"), [("paper.yml", "github-issue-forms"), ("config.yml", "github-issue-config")])
def test_the_form_is_one_by_its_schema(file, schema):
    check = pytest.importorskip("check_jsonschema")
    with pytest.raises(SystemExit) as done:
        check.main([f"--builtin-schema=vendor.{schema}", str(FORMS / file)])
    assert done.value.code == 0


# --- The command ---


@pytest.fixture
def review(tmp_path: Path) -> Path:
    (tmp_path / "bib").mkdir()
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    return tmp_path


def test_the_command_puts_one_file_into_the_inbox_and_the_same_again(review, categories):
    for _ in range(2):
        done = CliRunner().invoke(main, ["--root", str(review), "add", "--issue", "-", "--json"], input=event(body()))
        assert done.exit_code == 0, done.output
        made = json.loads(done.stdout)
        assert [p.name for p in (review / "bib" / "inbox").iterdir()] == ["arxiv-9901-00002-issue-12.toml"]
        assert inbox.one(review / made["path"], made["path"], categories)


def test_what_cannot_be_is_exit_65_and_nothing_is_written(review):
    done = CliRunner().invoke(main, ["--root", str(review), "add", "--issue", "-"], input=event("<script>alert(1)</script>"))
    assert done.exit_code == 65
    assert "script" not in done.output
    assert not (review / "bib" / "inbox").exists()


def test_an_issue_comes_alone(review):
    done = CliRunner().invoke(main, ["--root", str(review), "add", "9901.00002", "--issue", "-"], input=event(body()))
    assert done.exit_code == 2
    assert CliRunner().invoke(main, ["--root", str(review), "add"]).exit_code == 2
