"""Titles and abstracts as HTML: nothing of a stranger's becomes markup, and what is plain is left as it is."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.latex import normal
from livre.site.math import ATTRIBUTES, TAGS, formula, tex
from strategies import HOSTILE, LAWS, raw_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = {"em": set(), "strong": set(), "sup": set(), "sub": set(), "code": {"class"}}
RECORDS = Path(__file__).parents[1] / "../shared/data/records"
FORMULAS = [
    r"\text{<script>alert(1)</script>}", r'\text{<img/src="x"/onerror="alert(1)">}', r"\href{javascript:alert(1)}{x}",
    r"\mathcal{L}_2", "a^", "_", "\\",
    r"\frac{a}{b}", r"\sqrt[3]{x}", r"\begin{matrix}a&b\\c&d\end{matrix}", r"\color{red}{x}", r"\unknown{x}", "x" * 700,
    "{" * 90 + "}" * 90,
    r"\style{display:none}{x}", r"\class{md-header}{x}", r"&lt;script&gt;", r"\hspace{1em}", r"\left(\right.", r"\text{&lt;b&gt;}",
]  # fmt: skip


class Strict(HTMLParser):
    """Reads a fragment as a browser would, and objects to anything but what may be there."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS or tag in OURS, tag
        for name, value in attrs:
            if tag == "math" and name == "alttext":
                continue
            if tag in OURS:
                assert name in OURS[tag]
            else:
                assert ATTRIBUTES[name].fullmatch(value or "")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _never(self, *_: object) -> None:
        raise AssertionError("neither comments nor declarations are ours")

    handle_comment = handle_decl = handle_pi = unknown_decl = _never  # type: ignore[assignment]


@LAWS
@given(st.one_of(raw_texts, st.lists(st.sampled_from([*HOSTILE, *FORMULAS, "$"]), max_size=5).map("".join)))
def test_whatever_comes_in_only_known_elements_go_out(raw):
    assert not Strict(tex(normal(raw))).open
    assert not Strict(tex(raw.replace("\x00", ""))).open


@pytest.mark.parametrize("source", FORMULAS)
def test_a_formula_is_mathematics_or_its_own_source(source):
    out = formula(source)
    Strict(out)
    assert out.startswith(("<math", "<code", "<sub", "<sup")) or "<" not in out


@given(st.text(st.characters(codec="utf-8", exclude_characters="\\${}`'~-", exclude_categories=["Cs", "Co", "Cc"])))
def test_a_text_without_tex_says_what_it_said(text):
    assert unescape(tex(text)) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("On <![> graphs", "On &lt;![&gt; graphs"),
        ("0", "0"),
        ("improves by 10% & more_#", "improves by 10% &amp; more_#"),
        ("{BERT} for {ECG}s", "BERT for ECGs"),
        (r"\textbf{Bold} and \emph{slanted \texttt{code}}", "<strong>Bold</strong> and <em>slanted <code>code</code></em>"),
        (r"\textbf{never closed", r"\textbf{never closed"),
        ("``quoted'' -- and --- dashed", "“quoted” – and — dashed"),
        (r"costs \$5, not $5$", "costs $5, not 5"),
        (r"a gain of $12.5\%$", "a gain of 12.5%"),
        (r"a gain of $\textbf{16.3\%}$ by $\text{SAM <3}$", "a gain of <strong>16.3%</strong> by SAM &lt;3"),
        ("R2Gen$^2$ and CO$_{2}$", "R2Gen<sup>2</sup> and CO<sub>2</sub>"),
        (r"\href{https://example.org}{here}\cite{x}", "here"),
        (r"5\textless6, \alpha-helix, \ldots", "5&lt;6, α-helix, …"),
        (r"an \authorsown macro", r"an \authorsown macro"),
        (r"a \lbrace{} and a \{set\}", "a { and a {set}"),
    ],
)
def test_tex_that_only_styles_a_text_is_obeyed_or_dropped(text, html):
    assert tex(normal(text)) == html


def test_a_formula_is_mathml_that_keeps_its_source_for_those_who_copy():
    out = tex(r"the loss $\mathcal{L}_2$ and $$x^2$$ and \(y_1\)")
    assert out.count("<math ") == 3
    assert r'alttext="\mathcal{L}_2"' in out
    assert "ℒ" in out


def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written():
    assert tex(r"$\unknown{x}$") == r'<code class="lv-tex">\unknown{x}</code>'


def _records() -> Iterator[str]:
    for name in ("topic", "background"):
        with gzip.open(RECORDS / f"{name}.jsonl.gz", "rt") as lines:
            for line in islice(lines, 2500):
                record = json.loads(line)
                yield normal(record["title"])
                yield normal(record["abstract"] or "")


@pytest.mark.data
@pytest.mark.skipif(not RECORDS.exists(), reason="needs the real data beside the checkout")
def test_real_titles_and_abstracts_come_out_readable():
    formulas = fallbacks = 0
    for text in _records():
        out = tex(text)
        Strict(out)
        formulas += out.count("<math ")
        fallbacks += out.count('class="lv-tex"')
        assert len(re.sub(r"<[^>]+>", "", out)) > 0.6 * len(text) - 20
    assert formulas > 300
    assert fallbacks <= 0.02 * formulas
