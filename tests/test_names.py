"""Names of people, citation keys and slugs."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre import latex, names
from livre.model import Name
from livre.names import author_id, citation_key, clean, from_display, read, read_one, slug, write
from strategies import HOSTILE, LAWS, people, raw_texts, texts


@LAWS
@given(st.lists(people(), max_size=4).map(tuple))
def test_names_are_read_back_as_they_were_written(some: tuple[Name, ...]) -> None:
    assert read(write(some)) == some
    assert read(latex.encode(write(some))) == some


@given(raw_texts)
def test_a_clean_name_has_no_tex_and_is_clean(raw: str) -> None:
    assert not set(clean(raw)) & set("\\${}")
    assert clean(clean(raw)) == clean(raw)


@given(raw_texts)
def test_any_text_is_a_name_or_a_value_error(raw: str) -> None:
    for how in (from_display, read_one):
        try:
            name = how(raw)
        except ValueError:
            continue
        assert name.family


@pytest.mark.parametrize(
    ("text", "family", "given", "suffix"),
    [
        ("Ada Example", "Example", "Ada", ""),
        ("Ludwig van Example", "van Example", "Ludwig", ""),
        ("Ada B. de la Example Jr.", "de la Example", "Ada B.", "Jr."),
        ("Ada Example III", "Example", "Ada", "III"),
        ("Example", "Example", "", ""),
        ("The Fabricated Collaboration", "The Fabricated Collaboration", "", ""),
        ("Van Example", "Example", "Van", ""),
        ("José Ejemplo", "Ejemplo", "José", ""),
        ("例 太郎", "太郎", "例", ""),
    ],
)
def test_names_in_speaking_order(text: str, family: str, given: str, suffix: str) -> None:
    assert from_display(text) == Name(family=family, given=given, suffix=suffix)


@pytest.mark.parametrize(
    ("text", "family", "given", "suffix"),
    [
        ("Example, Ada", "Example", "Ada", ""),
        ("van Example, Ada B.", "van Example", "Ada B.", ""),
        ("Example, Jr., Ada", "Example", "Ada", "Jr."),
        ("{The Fabricated, and Other, Team}", "The Fabricated, and Other, Team", "", ""),
        ("Ada Example", "Example", "Ada", ""),
        ("Ex{\\'a}mple, Ada", "Exámple", "Ada", ""),
        ("Example,", "Example", "", ""),
        ("O'Example, A.~B.", "O'Example", "A. B.", ""),
    ],
)
def test_names_in_bibtex(text: str, family: str, given: str, suffix: str) -> None:
    assert read_one(text) == Name(family=family, given=given, suffix=suffix)


@pytest.mark.parametrize("text", ["", ",", ", Ada", "{}", "{\\}", "$", "\u200b"])
def test_nothing_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        read_one(text)


def test_and_separates_only_where_it_stands_alone_outside_braces() -> None:
    assert [n.family for n in read("Anderson, A and {Sand and Sea} and Brandand, B\n  and\tCandy, C")] == [
        "Anderson",
        "Sand and Sea",
        "Brandand",
        "Candy",
    ]
    assert read("") == ()


def test_three_thousand_names_are_read() -> None:
    assert len(read(" and ".join(f"Example{n}, Ada" for n in range(3303)))) == 3303


@pytest.mark.parametrize(
    ("family", "title", "taken", "key"),
    [
        ("Liu", "A foundation model for nothing", set(), "liu2099foundation"),
        ("Liu", "A foundation model for nothing", {"liu2099foundation"}, "liu2099model"),
        ("Liu", "A foundation", {"liu2099foundation"}, "liu2099foundation-2"),
        ("Müller-Lüdenscheidt", "Über $\\alpha$-helices", set(), "mullerludenscheidt2099uber"),
        ("例", "0", set(), "li20990"),
        ("O'Neil", "On the", set(), "oneil2099on"),
    ],
)
def test_a_citation_key_is_family_year_and_a_telling_word(family: str, title: str, taken: set[str], key: str) -> None:
    assert citation_key((Name(family=family),), "2099-01-02", title, taken) == key


@LAWS
@given(st.lists(people(), max_size=2).map(tuple), st.sampled_from(["2099-01-02", "2099", ""]), texts)
def test_keys_are_safe_and_clashes_are_resolved_for_ever(authors: tuple[Name, ...], date: str, title: str) -> None:
    taken: set[str] = set()
    for _ in range(4):
        key = citation_key(authors, date, title, taken)
        assert names.KEY.fullmatch(key)
        assert key not in taken
        taken.add(key)


def test_a_thousand_clashes_are_still_different_keys() -> None:
    taken: set[str] = set()
    for _ in range(1000):
        taken.add(citation_key((Name(family="Example"),), "2099", "Title", taken))
    assert len(taken) == 1000
    assert len(list(islice(sorted(taken), 3))) == 3


@given(raw_texts)
def test_slugs_and_ids_are_safe_in_addresses_and_on_file_systems(raw: str) -> None:
    assert names.KEY.fullmatch(f"xxx{slug(raw)}"[:64])
    assert author_id(Name(family=clean(raw) or "x"))


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_names_never_crash(raw: str) -> None:
    family = clean(raw)
    if family:
        assert read(write([Name(family=family, given="A")])) == (Name(family=family, given="A"),)
