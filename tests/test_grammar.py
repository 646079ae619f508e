"""Strangers' BibTeX: what is refused and where, and that what is accepted means one thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from livre import bibtex, grammar

GOOD = "@misc{x,\n  title = {A title},\n  eprint = {9901.00001},\n}\n"
DATA = Path(__file__).parents[1] / "../shared/data/bib"


def told(text: str) -> list[tuple[int, str]]:
    return [(p.line, p.code) for p in grammar.problems(text, path="bib/inbox/a.bib")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD,
        GOOD + GOOD.replace("{x", "{y"),
        GOOD + GOOD,
        '@Article{x, author = "A {"} B and C", month = Mar, year = 1999 }',
        "@misc{x}",
        "@misc{doi:10.9999/a-b_c.d, title={{{Braces}} {\\'e}}}",
        f"@misc{{x, abstract = {{{'a' * grammar.LONGEST_VALUE}}}}}",
    ],
)
def test_plain_entries_are_accepted(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@string{jf = "Journal"}\n', [(1, "inbox-macro")]),
        (GOOD + '@PREAMBLE{"\\write18{rm}"}', [(5, "inbox-macro")]),
        (GOOD + "@comment{x}", [(5, "inbox-comment")]),
        ("% a remark\n" + GOOD, [(1, "inbox-comment")]),
        (GOOD + "\n\nand then", [(7, "inbox-comment")]),
        ('@misc{x,\n title = "a" # "b"}', [(2, "inbox-join")]),
        ("@misc{x,\n title = {a} # jan}", [(2, "inbox-join")]),
        ("@misc{x,\n journal = jf}", [(2, "inbox-macro")]),
        ("@misc{x,\n title = {a},\n Title = {b}}", [(3, "inbox-repeated")]),
        (f"@misc{{x,\n a = {'{' * 22}{'}' * 22}}}", [(2, "inbox-deep")]),
        (f"@misc{{x,\n a = {{{'a' * 20_001}}}}}", [(2, "inbox-long")]),
        (f"@misc{{{'k' * 201},}}", [(1, "inbox-long")]),
        ("@misc{x" + "".join(f",\n f{n} = {{}}" for n in range(61)) + "}", [(62, "inbox-long")]),
        ("@misc(x, title = {a})", [(1, "inbox-syntax")]),
        ("@misc{x, title = {a} eprint = {9901.00001}}", [(1, "inbox-syntax")]),
        ("@misc{x,\n title = {a", [(2, "inbox-syntax")]),
        ('@misc{x, title = "a } b"}', [(1, "inbox-syntax")]),
        ("@misc{x, title = }", [(1, "inbox-syntax")]),
        ("@misc{x, = {a}}", [(1, "inbox-syntax")]),
        ("@misc{, title = {a}}", [(1, "inbox-syntax")]),
        ("@misc{x,, title = {a}}", [(1, "inbox-syntax")]),
        ("@misc x", [(1, "inbox-syntax")]),
        ("@1{x}", [(1, "inbox-comment")]),
        ("@", [(1, "inbox-comment")]),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@misc{x, title = {a \\{ b}}, eprint = {9901.00001}}",
        "@misc{x, title = {a\n@misc{y, eprint = {9901.00002}}\n}}",
        "@misc{x, title = {a \\} b}, eprint = {9901.00001}, note = {\\{}}",
    ],
)
def test_what_two_parsers_read_differently_is_refused(text: str) -> None:
    assert [code for _, code in told(text)] in (["inbox-ambiguous"], ["inbox-syntax"])


_PIECES = st.sampled_from(["@misc{x,", "title = ", "{", "}", '"', ",", "#", "\n", GOOD])


@given(st.lists(strategies.raw_texts | _PIECES, max_size=8).map("".join))
def test_whatever_is_accepted_means_the_same_to_both_parsers(text: str) -> None:
    if not told(text):
        entries, problems = bibtex.foreign_entries(text, path="x")
        assert not problems
        assert all(not re.search(r"(?i)@(string|preamble|comment)\b", e.kind) for e in entries)
        assert bibtex.foreign_entries(" ".join(text.splitlines()), path="x")[1] == ()


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not there")
def test_hundreds_of_real_entries_are_plain() -> None:
    found = accepted = 0
    for file in sorted(DATA.rglob("*.bib")):
        for entry in re.findall(r"(?ms)^@(?:article|misc|inproceedings)\s*\{.*?^\}", file.read_text("utf-8", "replace"), re.IGNORECASE)[
            :60
        ]:
            found += 1
            accepted += not told(entry)
    assert found > 200
    assert accepted > 0.9 * found
