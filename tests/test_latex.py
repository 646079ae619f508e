"""Text: one normal form, and a lossless way into BibTeX values and out."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre import latex
from livre.bibtex import fault
from livre.latex import decode, encode, normal, plain
from strategies import HOSTILE, LAWS, raw_texts, texts

anything = st.one_of(raw_texts, st.text(max_size=30), st.text(alphabet="\\{}$&%#_ a'\"`^c", max_size=30))


@LAWS
@given(anything)
def test_the_normal_form_of_a_normal_form_is_itself(raw: str) -> None:
    assert normal(normal(raw)) == normal(raw)


@LAWS
@given(anything)
def test_a_normal_text_is_decoded_as_it_was_encoded(raw: str) -> None:
    text = normal(raw)
    assert decode(encode(text)) == text


@LAWS
@given(anything)
def test_an_encoded_text_can_stand_between_the_braces_of_a_field(raw: str) -> None:
    assert fault(encode(normal(raw))) == ""


@given(anything)
def test_a_normal_text_is_one_visible_line(raw: str) -> None:
    text = normal(raw)
    assert text == " ".join(text.split())
    assert not any(latex._invisible(c) for c in text)


@given(anything)
def test_what_is_settled_at_a_glance_is_settled(raw: str) -> None:
    for text in (raw, normal(raw)):
        if latex._settled(text):
            assert latex._once(text) == text


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Z"], exclude_characters="\\{}$"),
        max_size=20,
    )
)
def test_visible_text_without_tex_loses_no_character(text: str) -> None:
    assert plain(normal(text)) == normal(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("  two  spaces\nand\ta tab ", "two spaces and a tab"),
        ("Caf\\'e, caf\\'{e}, caf{\\'e}", "Café, café, caf{é}"),
        ("Erd\\H{o}s and Fran\\c{c}ois and \\v Smid", "Erdős and François and Šmid"),
        ('na\\"{\\i}ve', "naïve"),
        ("Stra\\ss e, \\O{}re, \\L\\'od\\'z", "Straße, Øre, Łódź"),
        ("R\\&D at 5\\%, \\#1, a\\_b", "R&D at 5%, #1, a_b"),
        ("cost of \\$5", "cost of \\$5"),
        ("cost of $5", "cost of \\$5"),
        ("$\\mathcal{L}_2$ and $x$", "$\\mathcal{L}_2$ and $x$"),
        ("a 50% rise $50%$", "a 50% rise $50\\%$"),
        ("one } and {two", "one \\rbrace{} and \\lbrace{}two"),
        ("\\{set\\}", "\\{set\\}"),
        ("ends in a backslash\\", "ends in a backslash"),
        ("e\u0301", "é"),
        ("On <![> graphs", "On <![> graphs"),
        ("</title><script>", "</title><script>"),
        ("0", "0"),
        ("\ufeff\u202eevil\u202c\x00", "evil"),
        ("क्\u200dष", "क्\u200dष"),
        ("new \U0001fae9 signs", "new \U0001fae9 signs"),
        ("\ufffe\ufdd0", ""),
    ],
)
def test_raw_text_becomes_normal(raw: str, meant: str) -> None:
    assert normal(raw) == meant


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$\\mathcal{L}_2$", "L2"),
        ("{BERT} at 5%", "BERT at 5%"),
        ("$\\alpha$-helix", "alpha-helix"),
        ("\\{set\\} \\lbrace{}x", "{set} {x"),
        ("cost \\$5", "cost $5"),
        ("10 $\\times$ 10", "10 x 10"),
        ("a_b #1 & c", "a_b #1 & c"),
        ("\\textbf{bold} word", "bold word"),
        ("", ""),
    ],
)
def test_plain_text_has_no_tex(text: str, read: str) -> None:
    assert plain(text) == read


def test_signs_are_escaped_outside_of_mathematics_only() -> None:
    assert encode("R&D of 5% #1 a_b $x_1$") == "R\\&D of 5\\% \\#1 a\\_b $x_1$"


@given(texts)
def test_plain_text_is_never_longer_than_it_was(text: str) -> None:
    assert len(plain(text)) <= len(text)


@pytest.mark.parametrize(
    "raw", ["{" * 20_000, "}" * 20_000, "$" * 20_001, "\\" * 20_000, "\\'" * 10_000, "{\\" * 10_000, "a " * 50_000, "\u0301" * 20_000]
)
def test_an_attack_on_the_tables_ends(raw: str) -> None:
    start = time.process_time()
    assert normal(normal(raw)) == normal(raw)
    print(f"{raw[:2]!r} × {len(raw)}: {time.process_time() - start:.2f} s")


@pytest.mark.parametrize("raw", HOSTILE)
def test_every_hostile_text_survives_twice(raw: str) -> None:
    assert decode(encode(normal(raw + raw))) == normal(raw + raw)
