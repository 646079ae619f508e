"""Labelled records of others: what they say is read, what cannot be used is told with its row, and only what is no table is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from livre.errors import BadData
from livre.labelled import Labelled, filed, loads, read, screened, truth
from livre.taxonomy import load as load_taxonomy
from strategies import LAWS, raw_texts

if TYPE_CHECKING:
    from livre.model import Problem

OFTEN = settings(LAWS, max_examples=LAWS.max_examples // 5)

TAXONOMY = load_taxonomy(Path(__file__).parent / "data" / "review" / "bib" / "taxonomy.toml")
SOME = next(iter(TAXONOMY.categories.values()))


def table(text: str, column: str = "label") -> Labelled:
    return loads(text, column, path="dragons.csv")


def test_a_row_says_its_line_its_facts_and_its_label() -> None:
    found = table('Title,abstract,year,label\nA dragon,"with, a\ncomma",1998.0,1\nNo dragon,,2001-02-03,no\n')
    assert [(r.line, r.title, r.abstract, r.date, r.label) for r in found.records] == [
        (2, "A dragon", "with, a comma", "1998", "1"),
        (4, "No dragon", "", "2001-02-03", "no"),
    ]
    assert found.binary
    assert [(r.line, yes) for r, yes in screened(found)[0]] == [(2, True), (4, False)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "dragons.csv:1: there is no column 'label' in this table: it is empty"),
        ("name,label\nA dragon,1\n", "dragons.csv:1: there is no column 'title' in this table: there are name, label"),
        ("title,verdict\nA dragon,1\n", "dragons.csv:1: there is no column 'label' in this table: there are title, verdict"),
        ("title,label,label\nA dragon,1,0\n", "dragons.csv:1: there are 2 columns 'label': rename all but one"),
        ("title,label\nA dragon, large,1\n", "dragons.csv:2: 3 cells instead of 2: a comma is missing or too many"),
        ('title,label\nA dragon,1\n"A dragon,1\n', "dragons.csv:3: this row is no CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_file_and_row(text: str, message: str) -> None:
    with pytest.raises(BadData) as error:
        table(text)
    assert str(error.value).startswith(message)


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "dragons.csv").write_bytes(b"title,label\nA dragon,1\nA drag\xffn,0\n")
    with pytest.raises(BadData, match=r"^dragons\.csv:3: byte 0xff is not UTF-8"):
        read(tmp_path / "dragons.csv", "label")
    with pytest.raises(BadData, match=r"^nowhere\.csv: this cannot be read"):
        read(tmp_path / "nowhere.csv", "label")


def test_a_byte_order_mark_and_invisible_characters_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dragons.csv").write_text("\ufefftitle,label\nA \x01dragon,1\n", encoding="utf-8")
    assert read(tmp_path / "dragons.csv", "label").records[0].title == "A dragon"


def test_a_row_without_label_is_left_out_and_one_without_words_is_kept_and_both_are_told() -> None:
    found = table("title,abstract,label\nA dragon,,\n,,0\n,only an abstract,1\n")
    assert [(r.line, r.abstract) for r in found.records] == [(3, ""), (4, "only an abstract")]
    assert [str(n) for n in found.notes] == [
        "dragons.csv:2: no label in 'label': left out [labelled-nothing]",
        "dragons.csv:3: neither title nor abstract: judged by nothing [labelled-empty]",
    ]


def test_a_label_that_is_neither_yes_nor_no_is_left_out_and_told() -> None:
    kept, notes = screened(table("title,label\nA dragon,yes\nHalf a dragon,borderline\nNo dragon,0\n"))
    assert [yes for _, yes in kept] == [True, False]
    assert [str(n) for n in notes] == ["dragons.csv:3: label is 'borderline', neither yes nor no: left out [labelled-label]"]


def test_labels_that_contradict_are_counted() -> None:
    assert table("title,label\nA dragon,1\na  DRAGON,0\nA dragon,1\nNo dragon,0\nNo dragon,0\n,1\n,0\n").contradictions == 3


def test_categories_are_found_by_id_title_and_alias_and_what_is_none_is_told() -> None:
    names = [SOME.id, SOME.title.upper(), *(a for a in SOME.aliases[:1])]
    rows = "".join(f"A dragon,{name}|unheard of\n" for name in names)
    found = table(f"title,label\n{rows}")
    assert not found.binary
    kept, notes = filed(found, TAXONOMY)
    assert [named for _, named in kept] == [(frozenset({SOME.id}),)] * len(names)
    assert (
        str(notes[0])
        == f"dragons.csv:2: label is '{SOME.id}|unheard of': 'unheard of' is no category of the taxonomy, passed over [labelled-label]"
    )


def test_a_name_may_mean_any_of_several_categories() -> None:
    found = table("title,label\nA dragon,horned\nA dragon,beast\nA dragon,Beast|dragons\n")
    kept, notes = filed(found, TAXONOMY, {"Beast": ("winged", "horned")})
    assert notes == ()
    horned, beast, both = (named for _, named in kept)
    assert truth(horned, {"winged"}, TAXONOMY) == {"horned"}
    assert truth(beast, {"winged", "dragons"}, TAXONOMY) == {"winged"}
    assert truth(beast, (), TAXONOMY) == {"horned"}  # the first in the taxonomy, and it is missed
    assert truth(both, {"horned", "winged"}, TAXONOMY) == {"horned", "winged", "dragons"}
    with pytest.raises(BadData, match="'feathered' is no category of the taxonomy; nothing can mean it"):
        filed(found, TAXONOMY, {"beast": ("feathered",)})


def test_parents_of_what_is_named_are_asked_for_too() -> None:
    parented = replace(TAXONOMY, categories={**TAXONOMY.categories, "horned": replace(TAXONOMY.categories["horned"], parent="winged")})
    assert truth((frozenset({"horned"}),), (), parented) == {"horned", "winged"}


def test_a_column_of_something_else_is_refused() -> None:
    with pytest.raises(BadData, match="holds neither yes and no nor categories of the taxonomy"):
        filed(table("title,label\nA dragon,large\nA dragon,small\n"), TAXONOMY)


def test_an_abstract_of_100_kilobytes_is_read() -> None:
    assert len(table(f"title,abstract,label\nA dragon,{'dragon ' * 15_000},1\n").records[0].abstract) > 100_000


@OFTEN
@given(raw_texts, raw_texts)
def test_no_text_is_a_crash(head: str, row: str) -> None:
    text = f"title,label{head}\n{row},1\n"
    try:
        told: tuple[Problem, ...] = table(text).notes
    except BadData as error:
        told = error.problems
    assert all(p.path == "dragons.csv" and p.line > 0 for p in told)
