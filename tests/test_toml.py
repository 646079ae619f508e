"""TOML for people: what they write wrong is named with file, line, key and what to do."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.errors import BadData
from livre.toml import Day, Faults, Slug, Table, Text, read

if TYPE_CHECKING:
    from pathlib import Path


class Dragon(Table, frozen=True, kw_only=True):
    name: Slug
    kind: Literal["fire", "ice"] = "fire"
    teeth: int = 0
    seen: Day = "2099-01-01"


class Cave(Table, frozen=True, kw_only=True):
    title: Text
    depth: float = 1.0
    dragons: tuple[Dragon, ...] = ()
    words: tuple[tuple[Text, ...], ...] = ()


def cave(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "cave.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def complaints(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(BadData) as caught:
        read(cave(tmp_path, text), Cave, shown="bib/cave.toml")
    return str(caught.value).splitlines()


def test_a_right_file_is_read_and_its_keys_are_found_again(tmp_path: Path):
    text = 'title = "Ada\'s cave"\n\n[[dragons]]\nname = "smoky"\n\n# another\n[[dragons]]\nname = "frosty"\nkind = "ice"\n'
    found, locate = read(cave(tmp_path, text), Cave, shown="bib/cave.toml")
    assert [d.name for d in found.dragons] == ["smoky", "frosty"]
    assert (locate("title"), locate("dragons", 0, "name"), locate("dragons", 1, "kind")) == (1, 4, 9)
    assert locate("dragons", 1, "teeth") == locate("dragons", 1) == 7
    assert locate("depth") == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title = 'x'\ndepht = 2\n", "bib/cave.toml:2: unknown key 'depht'; did you mean 'depth'? [toml-key]"),
        ("title = 7\n", "bib/cave.toml:1: title: expected a text in quotes, got a whole number [toml-value]"),
        ("\ntitle = ''\n", "bib/cave.toml:2: title: expected a text in quotes that is not empty [toml-value]"),
        ("depth = 2\n", "bib/cave.toml:1: the key 'title' is missing in the file; add it [toml-value]"),
        (
            "title = 'x'\n[[dragons]]\nteeth = 3\n",
            "bib/cave.toml:2: the key 'name' is missing in dragons.0; add it [toml-value]",
        ),
        (
            "title = 'x'\n[[dragons]]\nname = 'Smoky One'\n",
            "bib/cave.toml:3: dragons.0.name: expected lower-case letters, digits and single hyphens [toml-value]",
        ),
        (
            "title = 'x'\n[[dragons]]\nname = 'smoky'\nkind = 'fir'\n",
            "bib/cave.toml:4: 'fir' is not allowed here; did you mean 'fire'? [toml-key]",
        ),
        (
            "title = 'x'\n[[dragons]]\nname = 'smoky'\nseen = 2099-02-03\n",
            "bib/cave.toml:4: dragons.0.seen: expected a text in quotes, got a date without quotes [toml-value]",
        ),
        (
            "title = 'x'\n[[dragons]]\nname = 'smoky'\nseen = 'May'\n",
            'bib/cave.toml:4: dragons.0.seen: expected a day in quotes, as "2026-06-15" [toml-value]',
        ),
        ("title = 'x'\nwords = [\n  ['a'],\n  ['b', 3],\n]\n", "bib/cave.toml:4: words.1.1: expected a text in quotes, got a whole number"),
        ("title = 'x'\ntitle = 'y'\n", "bib/cave.toml:2: Cannot overwrite a value (column 12) [toml-syntax]"),
        ("title = 'x\n", "bib/cave.toml:1: "),
        ("title = [\n'x',\n", "bib/cave.toml:2: "),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_key_and_advice(tmp_path: Path, text: str, complaint: str):
    found = complaints(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_all_unknown_keys_are_named_at_once(tmp_path: Path):
    found = complaints(tmp_path, "titel = 'x'\n[[dragons]]\nname = 'smoky'\ntooth = 3\n")
    assert [line.split(":")[1] for line in found] == ["1", "4"]


def test_what_is_no_text_is_named(tmp_path: Path):
    assert complaints(tmp_path, b"title = 'x'\ndepth = \xff\n") == [
        "bib/cave.toml:2: byte 0xff is no UTF-8; save the file as UTF-8 [toml-syntax]"
    ]
    assert complaints(tmp_path, b"\xef\xbb\xbftitle = 'x'\n") == [
        "bib/cave.toml:1: a byte order mark may not be here; save the file as UTF-8 without one [toml-syntax]"
    ]
    with pytest.raises(BadData, match=r"^bib/none.toml: this file is missing"):
        read(tmp_path / "none.toml", Cave, shown="bib/none.toml")


def test_absurd_nesting_is_refused_and_does_not_crash(tmp_path: Path):
    found = complaints(tmp_path, "title = " + "[" * 100_000)
    assert "nested too deep" in found[0]


def test_faults_come_together_and_once(tmp_path: Path):
    _, locate = read(cave(tmp_path, "title = 'x'\n[[dragons]]\nname = 'smoky'\n[[dragons]]\nname = 'smoky'\n"), Cave, shown="c.toml")
    wrong = Faults("c.toml", locate, "cave")
    wrong.refuse()
    wrong.unique(["smoky", "smoky"], "dragons")
    wrong("too dark", "title")
    wrong("too dark", "title")
    with pytest.raises(BadData) as caught:
        wrong.refuse()
    assert str(caught.value).splitlines() == [
        "c.toml:1: too dark [cave]",
        "c.toml:4: the id 'smoky' is taken by an earlier one; choose another [cave]",
    ]


keys = st.sampled_from(["a", "b-c", "d_1", '"e f"', "'g.h'"])
values = st.recursive(
    st.sampled_from(["1", "1.5", "true", "'x # ]'", '"y\\" ["', '"""\n[z]\n"""', "'''\n'q' ]'''", "2099-01-01 10:00:00"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n  # c ]\n" + "".join(f"  {i},\n" for i in items) + "]"),
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(keys, inner, max_size=2).map(lambda d: "{ " + ", ".join(f"{k} = {v}" for k, v in d.items()) + " }"),
    ),
    max_leaves=6,
)  # fmt: skip


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path] * bool(path) + [p for k, v in inner for p in paths(v, (*path, k))]


@given(
    st.dictionaries(keys, values, max_size=3),
    st.lists(
        st.tuples(st.sampled_from(["[t]", "[t.u]", "[[many]]", "[[many.more]]"]), st.dictionaries(keys, values, max_size=2)), max_size=5
    ),
)
def test_every_key_and_item_of_any_file_has_the_line_where_it_is_written(top: dict[str, str], tables: list[tuple[str, dict[str, str]]]):
    from livre.toml import _Scan

    lines = [f"{k} = {v}" for k, v in top.items()]
    for head, table in tables:
        lines += ["", head, *(f"{k} = {v}" for k, v in table.items())]
    text = "\n".join(lines) + "\n"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    scan = _Scan(text)
    assert set(paths(data)) <= set(scan.lines)
    written = text.split("\n")
    for path in paths(data):
        line = written[scan(*path) - 1]
        if isinstance(path[-1], str):
            assert path[-1] in line
