"""What a pull request shows of problems: no text from outside is a command, a mention, a link or markup there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import strategies
from livre import annotate
from livre.cli import main
from livre.model import Problem
from livre.plaintext import one_line
from test_inbox import TAXONOMY

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "::error::owned", "\n::set-output name=x::y", "%0A::warning::x", "a\r\nb", "a,line=1", "x:y", "::add-mask::a",
    "<img src=x onerror=alert(1)>", "</code><script>alert(1)</script>", "[a](javascript:alert(1))", "![a](https://example.org/x.png)",
    "@everyone", "#1", "GH-1", "https://example.org/", "www.example.org", "a@example.org", "`", "``", "```", "````\n", "` `", "`a", "a`",
    "| a | b |", "\\|", "\\`", "\\", "- [ ] task", "# heading", "    code", "~~~", "<!--", "-->", "&lt;b&gt;", "&#60;b&#62;", "$x$",
    "$$\\href{javascript:alert(1)}{x}$$",
    "[^1]", "[x]: https://example.org/", "*a* _b_ ~~c~~", "\u202eabc", "\x1b[31m", "\x00", ":smile:",
    "${{ github.token }}", "$(id)", "`id`",
)  # fmt: skip

problems = st.builds(
    Problem,
    st.sampled_from(HOSTILE) | strategies.raw_texts,
    st.integers(0, 9),
    st.sampled_from(["inbox", "change-path"]),
    st.sampled_from(HOSTILE) | strategies.raw_texts,
)
COMMAND = re.compile(r"::error file=([^:,\r\n]*)(?:,line=(\d+))?,title=([a-z-]+)::([^\r\n]*)")


def decoded(text: str) -> str:
    """As the runner decodes the data and properties of a command."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


@given(problems)
def test_a_problem_is_one_command_and_nothing_of_it_is_lost(problem: Problem) -> None:
    line, count = annotate.commands([problem])
    assert count == "1 problem"
    assert (m := COMMAND.fullmatch(line))
    assert decoded(m[1]) == one_line(problem.path)
    assert decoded(m[4]) == one_line(problem.message)
    assert (int(m[2] or 0), m[3]) == (problem.line, problem.code)


@given(st.lists(problems, min_size=1, max_size=4))
def test_in_the_summary_everything_from_outside_is_a_code_span(found: list[Problem]) -> None:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = markdown.parse(annotate.summary(found))
    assert {t.type for t in tokens} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    }  # fmt: skip
    inline = [t for t in tokens if t.type == "inline"]
    children = [c for t in inline for c in t.children or ()]
    assert {c.type for c in children} <= {"text", "code_inline"}
    listed = [[c.content.strip() for c in t.children or () if c.type == "code_inline"] for t in inline if t.content.startswith("In ")]
    said = [[f"{p.path}:{p.line}" if p.line else p.path, p.message, p.code] for p in found]
    assert listed == [[one_line(text) for text in row] for row in said]


def test_the_summary_says_what_to_do_once_for_each_code() -> None:
    text = annotate.summary([Problem("a", 1, "inbox-join", "x"), Problem("b", 0, "inbox-join", "y"), Problem("c", 0, "never", "z")])
    assert text.count("Write one value between braces.") == 1
    assert "(2)" in text
    assert "3 problems to mend." in text


def test_a_long_list_is_cut_and_says_so() -> None:
    many = [Problem(f"p{n}", 0, "inbox", "x" * 5000) for n in range(150)]
    *told, last = annotate.commands(many)
    assert len(told) == 100
    assert last.startswith("150 problems; the other 50")
    text = annotate.summary(many)
    assert "And 50 more" in text
    assert len(text) < 150_000


def test_nothing_wrong_is_said_too() -> None:
    assert list(annotate.commands([])) == ["0 problems"]
    assert "Nothing is wrong." in annotate.summary([])


@pytest.mark.parametrize("format_", ["github", "json", "text"])
def test_check_writes_annotations_and_adds_to_the_summary_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    (tmp_path / "bib" / "inbox").mkdir(parents=True)
    (tmp_path / "bib" / "inbox" / "a%,b::error::c.txt").touch()
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    (tmp_path / "summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    done = CliRunner().invoke(main, ["--root", str(tmp_path), "check", "--format", format_])
    assert done.exit_code == 1
    summary = (tmp_path / "summary.md").read_text()
    if format_ == "github":
        assert summary.startswith("before\n## livre check\n")
        assert all(COMMAND.fullmatch(line) for line in done.output.splitlines()[:-1])
        assert "::error file=bib/inbox/a%25%2Cb%3A%3Aerror%3A%3Ac.txt,title=inbox-file::" in done.output
    else:
        assert summary == "before\n"
        assert format_ == "text" or {p["code"] for p in json.loads(done.output)} >= {"missing"}
