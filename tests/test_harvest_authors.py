"""An author line and the same authors one by one are the same names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.harvest.authors import parse


def shown(line):
    return [str(n) for n in parse(line)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Example", ["Ada Example"]),
        ("Ada Example and Ben Sample", ["Ada Example", "Ben Sample"]),
        ("Ada Example, Ben Sample, and Cy Test", ["Ada Example", "Ben Sample", "Cy Test"]),
        ("Ada Example & Ben Sample", ["Ada Example", "Ben Sample"]),
        ("Ada Example (Univ. of X, Y and Z), Ben Sample (1, 2)", ["Ada Example", "Ben Sample"]),
        ("A. Example (1), B. Sample (2) ((1) Institute for A, City; (2) B)", ["A. Example", "B. Sample"]),
        ("A. Example\n  (never closed, B. Sample", ["A. Example"]),
        ("Sam Example, Jr., Ben Sample III", ["Sam Example Jr.", "Ben Sample III"]),
        ("The ABC Collaboration: A. Example, B. Sample", ["ABC Collaboration", "A. Example", "B. Sample"]),
        ("A. Example, B. Sample for the ABC Collaboration", ["A. Example", "B. Sample", "ABC Collaboration"]),
        ("A. Example (on behalf of the ABC collaboration)", ["A. Example"]),
        ("on behalf of the ABC Consortium", ["ABC Consortium"]),
        ("A. Example et al.", ["A. Example"]),
        ("A. Example, et al", ["A. Example"]),
        ("A. Example, and others", ["A. Example"]),
        ("A. Example with an appendix by B. Sample", ["A. Example", "B. Sample"]),
        ("A. Example, with an appendix by B. Sample", ["A. Example", "B. Sample"]),
        ("J.R. Example, H.-Th. Sample", ["J. R. Example", "H.-Th. Sample"]),
        ("C. -P. Example", ["C.-P. Example"]),
        (r"J\'er\^ome Ex{\"a}mple, \v{Z}. Test, A.~Sample, Mu\~noz Example", ["Jérôme Exämple", "Ž. Test", "A. Sample", "Muñoz Example"]),
        ("Ludwig van der Example", ["Ludwig van der Example"]),
        ("Ada Example$^{1,2}$, Ben Sample*, Cy Test 3", ["Ada Example", "Ben Sample", "Cy Test"]),
        ("Ada Example, MD, PhD, Ben Sample, M.D.", ["Ada Example", "Ben Sample"]),
        ("1, , ;", []),
        ("", []),
        ("孔子, Ада Пример", ["孔子", "Ада Пример"]),
    ],
)
def test_lines_as_arxiv_has_them(line, names):
    assert shown(line) == names


WORDS = st.text(st.sampled_from("abcdeéøñ"), min_size=2, max_size=8).map(str.capitalize)
NAMES = st.lists(WORDS, min_size=2, max_size=3).map(" ".join)


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_a_line_is_its_names_one_by_one(names):
    one_by_one = tuple(n for name in names for n in parse(name))
    assert parse(", ".join(names)) == one_by_one
    assert parse(", ".join(names[:-1]) + " and " + names[-1]) == one_by_one


@given(st.text(max_size=80))
def test_any_text_is_a_list_of_names(text):
    assert all(n.family for n in parse(text))


def test_three_thousand_names_are_read_in_order():
    line = ", ".join(f"Ada{'bcdefghijk'[n % 10]} Example{'abcdefghij'[n // 10 % 10]}" for n in range(3303))
    assert len(parse(line)) == 3303


@pytest.mark.parametrize("hostile", ["(" * 50_000, "for the " * 20_000, "1" * 100_000, "and " * 25_000, ", " * 50_000, "et al " * 20_000])
def test_a_hostile_line_is_no_bomb(hostile):
    started = time.process_time()
    parse(hostile)
    assert time.process_time() - started < 20
