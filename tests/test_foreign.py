"""Other people's libraries: read what can be read, say what is left out, crash at nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.bibtex import dumps, loads, to_candidate, to_entry
from livre.errors import BadData
from livre.foreign import Adopted, read, when
from livre.model import Name, Status
from strategies import HOSTILE, candidates

DATA = Path(__file__).parents[1] / "../shared/data"
SUITE = [p for folder in ("bib", "refs", "api-responses") if DATA.is_dir() for p in sorted((DATA / folder).rglob("*.bib"))]


@pytest.fixture
def take(tmp_path: Path):
    def from_text(text: str, suffix: str = ".bib") -> tuple[tuple[Adopted, ...], list[str]]:
        file = tmp_path / f"theirs{suffix}"
        file.write_text(text, encoding="utf-8")
        adopted, problems = read(file)
        for one in adopted:
            again = to_candidate(loads(dumps([to_entry(one.candidate)]), path="x.bib")[0])
            assert again == one.candidate, "what is adopted can be written and read"
        return adopted, [str(p).removeprefix(str(file)) for p in problems]

    return from_text


def ids(adopted: tuple[Adopted, ...]) -> list[list[str]]:
    return [[str(i) for i in a.candidate.identifiers] for a in adopted]


# BibTeX


def test_a_dialect_of_bibtex_becomes_facts(take) -> None:
    (one,), problems = take(
        """
% a comment, and a macro
@string{jfab = "Journal of " # {Fabrication}}
@InProceedings{Example:2099,
  Author = "Ada Example and Beispiel, Jr., Bob and {The Team} and others",
  TITLE = {A {F}abricated \\& Title},
  journal = jfab, year = 2099, month = feb, volume = 3,
  doi = {https://doi.org/10.9999/ABC}, archivePrefix = "arXiv", eprint = {9901.00001v2}, primaryClass = {cs.CV},
  url = {https://example.org/a b}, abstract = {It is $x$.},
  file = {:/home/ada/secret.pdf:PDF}, keywords = {my tag}, annote = {private}, comment = {private}, mendeley-tags = {x}
}"""
    )
    c = one.candidate
    assert problems == []
    assert (c.kind, c.title, c.date, c.journal) == ("inproceedings", "A {F}abricated & Title", "2099-02", "Journal of Fabrication")
    assert c.authors == (Name(family="Example", given="Ada"), Name(family="Beispiel", given="Bob", suffix="Jr."), Name(family="The Team"))
    assert ids((one,)) == [["arxiv:9901.00001", "doi:10.9999/abc"]]
    assert (c.classes, c.url, c.abstract, c.extra) == (("cs.CV",), "https://example.org/a%20b", "It is $x$.", (("volume", "3"),))
    assert one.line == 4


def test_our_own_fields_are_read(take) -> None:
    (one,), problems = take(
        """@article{x, title = {Fabricated}, author = {Example, Ada}, date = {2099-01-02}, eprint = {9901.00001}, eprinttype = {arxiv},
  eprintclass = {cs.CV}, crosslists = {cs.AI, 68T07}, shorttitle = {FabNet}, milestone = {first of its kind}, role = {background},
  code = {https://example.org/code javascript:alert(1)}, weights = {https://example.org/w}, curated = {title, model}, status = {withdrawn},
  doi = {10.9999/a 10.9999/b}}"""
    )
    assert (one.shorttitle, one.milestone, one.background, one.curated) == ("FabNet", "first of its kind", True, ("title", "model"))
    c = one.candidate
    assert (c.code, c.weights, c.classes, c.status) == (
        ("https://example.org/code",),
        ("https://example.org/w",),
        ("cs.CV", "cs.AI"),
        Status.WITHDRAWN,
    )
    assert ids((one,)) == [["arxiv:9901.00001", "doi:10.9999/a", "doi:10.9999/b"]]
    assert problems == [":1: x: this url is left out: an address starts with https:// or http:// and names a host [import-entry]"]


@given(candidates)
def test_what_we_write_we_adopt(one) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ours.bib"
        file.write_text(dumps([to_entry(one)]), encoding="utf-8")
        adopted, _ = read(file)
    (again,) = adopted
    assert again.candidate.identifiers == one.identifiers
    assert (again.candidate.title, again.candidate.abstract, again.candidate.authors) == (one.title, one.abstract, one.authors)
    assert (again.candidate.date, again.candidate.classes, again.candidate.code) == (one.date, one.classes, one.code)


@pytest.mark.parametrize(
    ("field", "identifiers"),
    [
        ("eprint = {9901.00001}", ["arxiv:9901.00001"]),
        ("eprint = {arXiv:9901.00001v3}", ["arxiv:9901.00001"]),
        ("eprint = {hep-th/9901001}, archiveprefix = {arXiv}", ["arxiv:hep-th/9901001"]),
        ("url = {https://arxiv.org/abs/9901.00001}", ["arxiv:9901.00001"]),
        ("url = {http://arxiv.org/pdf/9901.00001v2.pdf}", ["arxiv:9901.00001"]),
        ("url = {https://doi.org/10.9999/x}", ["doi:10.9999/x"]),
        ("doi = {10.48550/arXiv.9901.00001}", ["arxiv:9901.00001"]),
        ("doi = {10.9999/a\\_b}", ["doi:10.9999/a_b"]),
        ("journal = {arXiv preprint arXiv:9901.00001}", ["arxiv:9901.00001"]),
        ("journal = {CoRR}, volume = {abs/9901.00001}", ["arxiv:9901.00001"]),
        ("note = {arXiv: 9901.00001 [cs]}", ["arxiv:9901.00001"]),
        ("howpublished = {\\url{https://arxiv.org/abs/9901.00001}}", ["arxiv:9901.00001"]),
        ("eprint = {9901.00001}, note = {extends arXiv:9901.00002}", ["arxiv:9901.00001"]),
        ("eprint = {hal-01234}, eprinttype = {hal}, doi = {10.9999/x}", ["doi:10.9999/x"]),
        ("number = {arXiv:9901.00001}", ["arxiv:9901.00001"]),
    ],
)
def test_identifiers_are_found_where_people_put_them(take, field: str, identifiers: list[str]) -> None:
    adopted, _ = take(f"@misc{{x, title = {{T}}, {field}}}")
    assert ids(adopted) == [identifiers]
    assert adopted[0].candidate.journal == ""


def test_what_is_left_out_is_said_with_its_line(take) -> None:
    adopted, problems = take(
        "@misc{good, title = {T}, eprint = {9901.00001}}\n"
        "@misc{noid, title = {Fabricated}}\n"
        "@misc{notitle, eprint = {9901.00002}}\n"
        "@misc{comma, title = {T} eprint = {9901.00003}}\n"
        "@misc{open, title = {T\n"
        "@misc{last, title = {T}, doi = {10.9999/x}}\n"
    )
    assert ids(adopted) == [["arxiv:9901.00001"], ["doi:10.9999/x"]]
    assert sorted(p.split(" [")[0].split(": left")[0].split(" and is")[0] for p in problems) == [
        ":2: noid",
        ":3: notitle",
        ":4: comma",
        ":5: an entry cannot be read",
    ]


def test_two_entries_of_one_key_are_both_read_and_the_first_of_two_fields_counts(take) -> None:
    adopted, _ = take("@misc{x, title = {A}, title = {B}, eprint = {9901.00001}}\n@misc{x, title = {C}, eprint = {9901.00002}}")
    assert [a.candidate.title for a in adopted] == ["A", "C"]


def test_macros_cannot_explode(take) -> None:
    bomb = '@string{a0 = "0123456789"}\n' + "".join(f"@string{{a{n} = {' # '.join([f'a{n - 1}'] * 10)}}}\n" for n in range(1, 12))
    adopted, problems = take(bomb + "@misc{x, title = a11, eprint = {9901.00001}}\n@misc{y, title = {T}, eprint = {9901.00002}}")
    assert ids(adopted)[-1] == ["arxiv:9901.00002"]
    assert any("more than 200000 characters" in p for p in problems)


@pytest.mark.parametrize(
    ("year", "month", "date"),
    [
        ("2099", "", "2099"),
        ("2099", "jan", "2099-01"),
        ("2099", "December", "2099-12"),
        ("2099", "3", "2099-03"),
        ("2099", "{\\em May}", "2099"),
        ("2099", "13", "2099"),
        ("2099-02-30", "", "2099-02"),
        ("2099-01-02", "jun", "2099-01-02"),
        ("2099/1/2/", "", "2099-01-02"),
        ("1988/1992", "", "1988"),
        ("2004-10~", "", "2004-10"),
        ("in press", "", ""),
        ("", "jan", ""),
    ],
)
def test_dates_are_known_as_far_as_they_are_known(year: str, month: str, date: str) -> None:
    assert when(year, month) == date


# RIS and CSL-JSON


RIS = """TY  - CONF
ID  - one
TI  - A fabricated title: with 5% & $x$
AU  - Example, Ada
AU  - Beispiel, Bob, Jr.
PY  - 2099
DA  - 2099/01/02/
DO  - 10.9999/ABC
UR  - https://arxiv.org/abs/9901.00001
T2  - Proceedings of Fabrication
AB  - It is.
L1  - file:///home/ada/secret.pdf
KW  - private
ER  -

TY  - JOUR
TI  - Nothing to hold on to
ER  -
"""


def test_ris_becomes_facts(take) -> None:
    (one,), problems = take(RIS, ".ris")
    c = one.candidate
    assert c.title == "A fabricated title: with 5% & $x$"
    assert (c.kind, c.title, c.date, c.abstract) == (
        "inproceedings",
        "A fabricated title: with 5% & $x$",
        "2099-01-02",
        "It is.",
    )
    assert c.authors == (Name(family="Example", given="Ada"), Name(family="Beispiel", given="Bob", suffix="Jr."))
    assert (c.journal, c.url, c.extra) == ("Proceedings of Fabrication", "", ())
    assert ids((one,)) == [["arxiv:9901.00001", "doi:10.9999/abc"]]
    assert problems == [":16: Nothing to hold on to: left out: it has neither an arXiv id nor a DOI [import-entry]"]


CSL = {
    "id": "one",
    "type": "paper-conference",
    "title": "A <i>fabricated</i> title</title><script>",
    "author": [
        {"family": "Example", "given": "Ada", "suffix": "Jr."},
        {"family": "Beispiel", "non-dropping-particle": "van der", "given": "Bob"},
        {"literal": "The Team"},
        {},
        None,
    ],
    "issued": {"date-parts": [[2099, "1", 2]]},
    "DOI": "10.9999/ABC",
    "number": "arXiv:9901.00001",
    "container-title": "arXiv",
    "URL": "https://example.org/x",
    "note": "private",
}


def test_csl_json_becomes_facts(take) -> None:
    (one,), problems = take(json.dumps([CSL]), ".json")
    c = one.candidate
    assert problems == []
    assert (c.kind, c.title, c.date, c.url) == (
        "inproceedings",
        "A fabricated title</title><script>",
        "2099-01-02",
        "https://example.org/x",
    )
    assert [str(a) for a in c.authors] == ["Ada Example Jr.", "Bob van der Beispiel", "The Team"]
    assert ids((one,)) == [["arxiv:9901.00001", "doi:10.9999/abc"]]


@pytest.mark.parametrize(
    "issued", [None, [], {}, {"date-parts": [[None]]}, {"date-parts": []}, {"date-parts": [[]]}, {"date-parts": 5}, "2099", {"raw": 3}]
)
def test_a_date_that_is_none_is_left_empty(take, issued: object) -> None:
    (one,), _ = take(json.dumps([{**CSL, "issued": issued}]), ".json")
    assert one.candidate.date == ""


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(HOSTILE)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*CSL, "date-parts", "raw", "family", "given"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_facts_problems_or_bad_data(value: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "theirs.json"
        file.write_text(json.dumps([value, {**CSL, "title": value}, {**CSL, "author": value, "issued": value}]), encoding="utf-8")
        adopted, _ = read(file)
        for one in adopted:
            to_entry(one.candidate)
        file.write_text(json.dumps(value), encoding="utf-8")
        try:
            read(file)
        except BadData as error:
            assert error.problems  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.json", b"{"),
        ("x.json", b"3"),
        ("x.json", b"[" * 100_000),
        ("x.json", b'{"items": 3}'),
        ("x.ris", b"\xff"),
        ("x.bib", b"\xff@misc{x, title = {T}}"),
        ("x.bib", "@misc{x, title = {é}}".encode("latin-1")),
        ("x.pdf", b"%PDF"),
        ("x", b""),
    ],
)
def test_a_file_that_is_something_else_is_bad_data(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(BadData, match=name.replace(".", r"\.")):
        read(file)


def test_a_missing_file_is_bad_data(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="cannot be read"):
        read(tmp_path / "nowhere.bib")


@given(st.one_of(st.text(max_size=60), st.text(alphabet="TYAUERID  -\n10.9/", max_size=80)))
def test_any_text_is_ris_or_bad_data(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "theirs.ris"
        file.write_text(f"TY  - JOUR\nTI  - T\n{text}\nDO  - 10.9999/x\nER  - \n", encoding="utf-8", errors="replace")
        try:
            adopted, _ = read(file)
        except BadData:
            return
    for one in adopted:
        assert to_candidate(to_entry(one.candidate)) == one.candidate


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_fields_become_candidates_that_can_be_written(take, raw: str) -> None:
    entry = {
        **CSL,
        "title": f"T {raw}",
        "abstract": raw,
        "container-title": raw,
        "URL": raw,
        "author": [{"family": f"X{raw}", "given": raw}],
    }
    (one,), _ = take(json.dumps([entry]), ".json")
    assert one.candidate.title.startswith("T")


@pytest.mark.parametrize(
    "text", ["@a{" * 20_000, "{" * 50_000, "@misc{x, title = " + "{" * 20_000, '@misc{x, title = "' + '"' * 20_000, "@string{" * 5_000]
)
def test_an_attack_ends(take, text: str) -> None:
    adopted, _ = take(text)
    assert adopted == ()


@pytest.mark.data
@pytest.mark.skipif(not SUITE, reason="needs the data beside the checkout")
def test_the_real_and_nasty_files_are_read_or_refused(take) -> None:
    adopted, refused = 0, []
    for file in SUITE:
        try:
            found, problems = read(file)
        except BadData:
            refused.append(file.name)
            continue
        adopted += len(found)
        assert all(p.path == str(file) and p.message for p in problems)
        for one in found:
            assert to_candidate(loads(dumps([to_entry(one.candidate)]), path="x.bib")[0]) == one.candidate
    assert sorted(refused) == ["encoding1.bib", "encoding3.bib", "encoding4.bib", "gbk_test.bib"], "the ones that are not UTF-8"
    assert adopted > 40


@pytest.mark.data
@pytest.mark.skipif(not SUITE, reason="needs the data beside the checkout")
@pytest.mark.parametrize("file", SUITE, ids=lambda p: p.name)
def test_a_foreign_file_among_ours_is_entries_or_bad_data_with_lines(file: Path) -> None:
    text = file.read_bytes().decode("utf-8", errors="replace")
    try:
        entries = loads(text, path=file.name)
    except BadData as error:
        assert all(1 <= p.line <= text.count("\n") + 1 for p in error.problems)  # noqa: PT017
    else:
        assert dumps(loads(dumps(entries), path=file.name)) == dumps(entries)


def test_an_entry_that_does_not_end_and_a_file_without_entries_are_said(tmp_path: Path) -> None:
    path = tmp_path / "cut.ris"
    path.write_text("TY  - JOUR\nTI  - Skin\nDO  - 10.9999/a\nER  - \nTY  - JOUR\nTI  - Cut\nDO  - 10.9999/b\n")
    adopted, problems = read(path)
    assert len(adopted) == 1
    assert [(p.line, "1 of 2 entries left out" in p.message) for p in problems] == [(5, True)]
    for name in ("empty.bib", "empty.ris", "garbage.ris"):
        (tmp_path / name).write_text("nothing here\n" if name.startswith("garbage") else "")
        assert [p.message for p in read(tmp_path / name)[1]] == ["there is no entry in this file"]
