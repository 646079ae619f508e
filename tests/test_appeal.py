"""The prefilled contribution: what it says, where its link leads, and that no title gets out of it."""

from __future__ import annotations

import tomllib
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.appeal import ACTIONS, appeal, contribution
from livre.model import Identifier
from livre.plaintext import one_line
from strategies import identifiers, raw_texts

WORK = Identifier("arxiv", "9901.00001")
GITHUB = "https://github.com/ada-example/review"


def test_the_text_is_the_contribution_as_documented():
    chosen = {"model": ["llm"], "title": "A title"}
    text = contribution(WORK, "include", title="A fabricated title", reason="it is about skin", chosen=chosen)
    assert text == (
        "# A fabricated title\n"
        'paper  = "arXiv:9901.00001"\n'
        'action = "include"\n'
        'reason = "it is about skin"\n'
        "\n"
        "[set]\n"
        'model = ["llm"]\n'
        'title = "A title"\n'
    )


def test_without_a_reason_the_text_asks_for_one_and_leaves_it_empty():
    text = contribution(WORK, "exclude")
    assert 'reason = ""  # say in one line why, between the quotes' in text
    assert tomllib.loads(text)["reason"] == ""


def test_a_correction_says_where_to_write_what_is_right():
    text = contribution(WORK, "correct", reason="a slip")
    assert text.endswith('\n[set]\n# title = "what is right"\n')
    assert tomllib.loads(text)["set"] == {}


def test_on_github_the_link_opens_a_new_file_filled_in():
    made = appeal(WORK, "include", repository=GITHUB, title="A & B = C?")
    parts = urlsplit(made.url)
    assert (parts.netloc, parts.path) == ("github.com", "/ada-example/review/new/main")
    assert parse_qs(parts.query) == {"filename": ["bib/inbox/arxiv-9901-00001.toml"], "value": [made.text]}


def test_on_gitlab_the_link_opens_its_equivalent_in_any_group():
    made = appeal(WORK, "exclude", repository="https://gitlab.com/group/sub/review", branch="living/2099")
    parts = urlsplit(made.url)
    assert (parts.netloc, parts.path) == ("gitlab.com", "/group/sub/review/-/new/living/2099")
    assert parse_qs(parts.query) == {"file_name": ["bib/inbox/arxiv-9901-00001.toml"], "content": [made.text]}


@pytest.mark.parametrize(
    "repository",
    ["", "https://example.org/a/b", "http://github.com/a/b", "javascript:alert(1)//github.com/a/b", "https://github.com.example.org/a/b",
     "https://github.com/a", "https://github.com/a/b?x=", "https://github.com/a/b#", "https://github.com/a/b\n"],
)  # fmt: skip
def test_where_no_host_is_known_there_is_no_link_and_the_text_is_there_to_copy(repository):
    made = appeal(WORK, "include", repository=repository)
    assert made.url == ""
    assert made.text.startswith('paper  = "arXiv:9901.00001"')


def test_an_address_for_git_is_the_same_repository():
    assert appeal(WORK, "include", repository=f"{GITHUB}.git").url == appeal(WORK, "include", repository=f"{GITHUB}/").url


sets = st.dictionaries(raw_texts.filter(bool), st.lists(raw_texts), max_size=2)


@given(identifiers, st.sampled_from(ACTIONS), raw_texts, raw_texts, sets)
def test_no_text_from_outside_breaks_out_of_its_place(identifier, action, title, reason, chosen):
    made = appeal(identifier, action, repository=GITHUB, title=title, reason=reason, chosen=chosen)
    said = tomllib.loads(made.text)
    assert Identifier.parse(said["paper"]) == identifier
    assert (said["action"], said["reason"]) == (action, one_line(reason))
    assert set(said) <= {"paper", "action", "reason", "set"}
    assert {tuple(v) for v in said.get("set", {}).values()} <= {tuple(map(one_line, v)) for v in chosen.values()}
    assert set(made.url) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?&=%")
    assert parse_qs(urlsplit(made.url).query)["value"] == [made.text]
