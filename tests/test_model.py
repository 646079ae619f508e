"""Identifiers and the other nouns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.model import ARXIV_CLASS, DATE, Candidate, Identifier, Name, Problem, Source
from strategies import identifiers, raw_texts


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2503.02104", "arxiv:2503.02104"),
        ("2503.02104v3", "arxiv:2503.02104"),
        ("arXiv:2503.02104v12", "arxiv:2503.02104"),
        (" https://arxiv.org/abs/2503.02104v1 ", "arxiv:2503.02104"),
        ("http://export.arxiv.org/pdf/2503.02104.pdf", "arxiv:2503.02104"),
        ("https://arxiv.org/html/2503.02104v2", "arxiv:2503.02104"),
        ("10.48550/arXiv.2503.02104", "arxiv:2503.02104"),
        ("https://doi.org/10.48550/ARXIV.2503.02104", "arxiv:2503.02104"),
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("HEP-TH/9901001v2", "arxiv:hep-th/9901001"),
        ("math.gt/0309136", "arxiv:math.GT/0309136"),
        ("0704.0001", "arxiv:0704.0001"),
        ("10.1056/AIoa2400640", "doi:10.1056/aioa2400640"),
        ("doi:10.1056/AIoa2400640", "doi:10.1056/aioa2400640"),
        ("https://dx.doi.org/10.1000/a(b);c-d#e", "doi:10.1000/a(b);c-d#e"),
    ],
)
def test_identifiers_have_one_form(text: str, identifier: str) -> None:
    assert str(Identifier.parse(text)) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2503",
        "2503.021",
        "2503.021045",
        "10.1/x",
        "10.1000/",
        "10.1000/a b",
        "10.1000/a{b}",
        "10.1000/a\\",
        "10.1000/a<b",
        'x10.1000/"',
        "10.1000/é",
        "٢٥٠٣.٠٢١٠٤",
        "10.1000/a\u202eb",
        "https://example.org/2503.02104",
        "arxiv:",
        "../../etc",
        "2503.02104\x00",
    ],
)
def test_what_is_no_identifier_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        Identifier.parse(text)


@given(identifiers)
def test_parsing_is_idempotent(one: Identifier) -> None:
    assert Identifier.parse(str(one)) == one == Identifier.parse(one.value)


@given(st.one_of(raw_texts, st.text(alphabet="arxiv:10./25vdo", max_size=20)))
def test_whatever_parses_has_a_stable_form_without_white_space_braces_or_backslashes(raw: str) -> None:
    try:
        one = Identifier.parse(raw)
    except ValueError:
        return
    assert Identifier.parse(one.value) == one
    assert not set(one.value) & set(' \t\n{}\\"<>')
    assert one.value.isascii()


def test_an_arxiv_id_comes_before_a_doi_and_has_an_address() -> None:
    one, other = Identifier.parse("9901.00001"), Identifier.parse("10.9999/x")
    record = Candidate(identifiers=tuple(sorted([other, one])), title="x")
    assert record.primary == one
    assert record.identifier("doi") == "10.9999/x"
    assert record.identifier("isbn") == ""
    assert (one.url, other.url) == ("https://arxiv.org/abs/9901.00001", "https://doi.org/10.9999/x")


def test_arxiv_categories_are_told_from_the_classes_that_come_with_them() -> None:
    for good in ("cs.CV", "eess.IV", "hep-th", "physics.med-ph", "cond-mat.mtrl-sci", "q-bio.QM", "math.AG", "cmp-lg"):
        assert ARXIV_CLASS.fullmatch(good)
    for bad in ("68T07", "I.2.7", "J.3;", "(Primary)", "imaging", "cs", "and", "92C55,", "L01.224"):
        assert not ARXIV_CLASS.fullmatch(bad)


def test_dates_are_iso_and_ascii() -> None:
    assert [bool(DATE.fullmatch(d)) for d in ("2023", "2023-04", "2023-04-12", "23", "2023-13", "2023-04-32", "٢٠٢٣")] == [True] * 3 + [
        False
    ] * 4


def test_a_name_needs_a_family_and_a_suffix_a_given_name() -> None:
    for parts in ({"family": ""}, {"family": "Example", "suffix": "Jr."}):
        with pytest.raises(ValueError, match="a name needs"):
            Name(**parts)
    assert str(Name(family="Example", given="Ada", suffix="Jr.")) == "Ada Example Jr."


def test_a_newer_source_is_greater() -> None:
    order = [
        Source(),
        Source(route="oai"),
        Source(stamp="2099-01-01", route="api"),
        Source(version=1),
        Source(version=2, stamp="2098-01-01"),
    ]
    assert sorted({*order}) == order


def test_a_problem_says_where_and_what_and_one_without_a_line_does_too() -> None:
    assert str(Problem("bib/x.bib", 3, "bib-key", "what to do")) == "bib/x.bib:3: what to do [bib-key]"
    assert str(Problem("bib/x.bib", 0, "bib-key", "what to do")) == "bib/x.bib: what to do [bib-key]"


def test_the_address_of_a_doi_is_encoded_where_a_browser_would_cut_it() -> None:
    assert Identifier("doi", "10.9999/(a)#b?c%d").url == "https://doi.org/10.9999/(a)%23b%3Fc%25d"
    assert Identifier("doi", "10.1056/aioa2400640").url == "https://doi.org/10.1056/aioa2400640"
