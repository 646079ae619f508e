"""The corpus to take away in other people's formats, and references in the two styles of medicine."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from arro3.io import read_parquet
from hypothesis import given
from hypothesis import strategies as st

from livre import foreign, latex, names
from livre.model import Identifier, Name, Paper, Status, Version
from livre.site import csl, exports, ris, styles, table
from livre.site.render import Site

HERE = Site(name="A & B", url="https://example.org/review/")
TITLES = {"llm": "Language models"}
ADA = Name(family="Example", given="Ada Bea")


def paper(number: int = 1, **more: Any) -> Paper:
    facts: dict[str, Any] = {
        "identifiers": (Identifier("arxiv", f"9901.{number:05}"),),
        "title": f"Paper {number}",
        "authors": (ADA, Name(family="The Imaginary Collaboration")),
        "date": "2099-01-02",
        "key": f"example2099n{number}",
        "shard": "2099-01",
        "added": "2099-02-03",
        "categories": ("llm",),
        "classes": ("cs.CV",),
        "abstract": "Of nothing.",
    }
    return Paper(**(facts | more))


def files(*papers: Paper, site: Site = HERE) -> dict[str, bytes]:
    return dict(exports.files(papers, filed={p.key: p.categories for p in papers}, titles=TITLES, site=site))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


ARTICLE = paper(
    2,
    identifiers=(Identifier("doi", "10.99999/b"),),
    journal="Imaginary Results",
    extra=(("number", "3"), ("pages", "207--217"), ("volume", "8")),
    status=Status.RETRACTED,
    background=True,
)


@pytest.mark.parametrize("name", [exports.RIS, exports.CSL])
@given(title=st.text(min_size=1), display=st.text(), date=st.sampled_from(["2099-01-02", "2099-01", "2099", ""]))
def test_any_paper_is_read_again_from_what_was_taken_away(
    tmp_path_factory: pytest.TempPathFactory, name: str, title: str, display: str, date: str
) -> None:
    title = latex.normal(title)
    who = names.from_display(display) if names.clean(display) else ADA
    one = paper(title=title if latex.normal(latex.plain(title)) else "0", authors=(who,), date=date)
    file = tmp_path_factory.getbasetemp() / name.rpartition("/")[2]
    file.write_bytes(files(one)[name])
    (adopted,), problems = foreign.read(file)
    assert not problems
    assert adopted.candidate.identifiers == one.identifiers
    assert adopted.candidate.date == date


def test_an_article_keeps_its_journal_pages_and_identifier_in_every_format(tmp_path: Path) -> None:
    out = files(ARTICLE)
    assert csl.item(ARTICLE, abstract=False) == {
        "id": "example2099n2",
        "type": "article-journal",
        "title": "Paper 2",
        "author": [{"family": "Example", "given": "Ada Bea"}, {"literal": "The Imaginary Collaboration"}],
        "issued": {"date-parts": [[2099, 1, 2]]},
        "container-title": "Imaginary Results",
        "volume": "8",
        "issue": "3",
        "page": "207-217",
        "DOI": "10.99999/b",
        "URL": "https://doi.org/10.99999/b",
        "status": "retracted",
    }
    assert out[exports.RIS].decode().split("\n", 1)[1].splitlines() == [
        "TY  - JOUR",
        "ID  - example2099n2",
        "TI  - Paper 2",
        "AU  - Example, Ada Bea",
        "AU  - The Imaginary Collaboration",
        "PY  - 2099",
        "DA  - 2099/01/02/",
        "JO  - Imaginary Results",
        "VL  - 8",
        "IS  - 3",
        "SP  - 207",
        "EP  - 217",
        "DO  - 10.99999/b",
        "UR  - https://doi.org/10.99999/b",
        "KW  - Language models",
        "N1  - Retracted",
        "ER  - ",
    ]


def test_a_preprint_says_so() -> None:
    one = csl.item(paper(), abstract=True)
    assert (one["type"], one["genre"], one["publisher"], one["number"]) == ("article", "preprint", "arXiv", "arXiv:9901.00001")
    assert one["abstract"] == "Of nothing."
    assert ris.record(paper(), {}, abstract=True)["type_of_reference"] == "UNPB"


def test_every_kind_of_work_has_a_type_in_ris() -> None:
    kinds = ("article", "inproceedings", "book", "thesis", "report", "incollection", "online")
    assert {ris.TYPES[csl.kind(paper(kind=k))] for k in kinds} == {"UNPB", "CPAPER", "BOOK", "THES", "RPRT", "CHAP", "GEN"}


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(“https://evil.example”)"])
def test_no_cell_of_the_table_begins_like_a_formula(title: str) -> None:
    (row,) = rows(files(paper(title=title))[exports.TABLE])
    assert row["title"] == f"'{title}"


@given(st.text())
def test_a_cell_never_begins_like_a_formula(text: str) -> None:
    assert not table.cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_table_has_a_row_a_paper_with_absolute_addresses() -> None:
    first, second = rows(files(ARTICLE, paper(1, code=("https://example.org/a", "https://example.org/b")))[exports.TABLE])
    assert list(first)[:4] == ["key", "title", "authors", "date"]
    assert first["authors"] == "Example, Ada Bea; The Imaginary Collaboration"
    assert first["page"] == "https://example.org/review/papers/example2099n1/"
    assert first["code"] == "https://example.org/a https://example.org/b"
    assert (first["arxiv"], first["doi"], first["background"]) == ("9901.00001", "", "")
    assert (second["doi"], second["status"], second["background"]) == ("10.99999/b", "retracted", "yes")


def test_the_json_says_what_docs_data_says() -> None:
    one = paper(title="The $x^2$ dragon", versions=(Version(number=1, on="2099-01-02"), Version(number=2, on="")))
    out = files(one, ARTICLE, paper(3, shard="2098-12"))
    whole = json.loads(out[exports.JSON])
    assert (whole["schema"], whole["review"]) == (1, "A & B")
    assert whole["parts"] == ["data/papers/2098-12.json", "data/papers/2099-01.json"]
    first = whole["papers"][0]
    assert (first["title"], first["title_tex"]) == ("The x2 dragon", "The $x^2$ dragon")
    assert first["versions"] == [{"number": 1, "date": "2099-01-02"}, {"number": 2}]
    assert "abstract" not in first
    part = json.loads(out["data/papers/2099-01.json"])
    assert [p["key"] for p in part["papers"]] == ["example2099n1", "example2099n2"]
    assert part["papers"][0] == first | {"abstract": "Of nothing."}
    document = (Path(__file__).parents[1] / "docs" / "data.md").read_text()
    fields = set().union(*(p.keys() for p in part["papers"])) | {"milestone", "comment", "short_title"}
    assert not [f for f in [*fields, *rows(out[exports.TABLE])[0]] if f"`{f}`" not in document]


def test_the_files_do_not_depend_on_the_order_of_the_papers() -> None:
    assert files(paper(1), ARTICLE) == files(ARTICLE, paper(1))


def test_a_corpus_of_nothing_is_files_of_nothing() -> None:
    out = files()
    assert json.loads(out[exports.JSON])["papers"] == []
    assert json.loads(out[exports.CSL]) == []
    assert rows(out[exports.TABLE]) == []


# The works below are the examples of the manuals themselves: APA 7 on apastyle.apa.org ("Journal article references", "Preprint article
# references"), and Citing Medicine as ICMJE's sample references quote it.

GRADY = paper(
    identifiers=(Identifier("doi", "10.1037/ppm0000185"),),
    title="Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States",
    authors=tuple(
        Name(family=f, given=g) for f, g in (("Grady", "J. S."), ("Her", "M."), ("Moreno", "G."), ("Perez", "C."), ("Yelinek", "J."))
    ),
    date="2019",
    journal="Psychology of Popular Media Culture",
    extra=(("number", "3"), ("pages", "207--217"), ("volume", "8")),
)
HALPERN = paper(
    identifiers=(Identifier("doi", "10.1056/nejmsb020632"),),
    title="Solid-organ transplantation in HIV-infected patients",
    authors=(
        Name(family="Halpern", given="Scott D."),
        Name(family="Ubel", given="Peter A."),
        Name(family="Caplan", given="Arthur L."),
    ),
    date="2002-07-25",
    journal="N Engl J Med",
    extra=(("number", "4"), ("pages", "284-7"), ("volume", "347")),
)


def test_apa_is_as_the_manual_has_it() -> None:
    assert styles.apa(GRADY) == (
        "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A comparison of storybooks that "
        "represent ethnic and racial groups in the United States. Psychology of Popular Media Culture, 8(3), 207–217. "
        "https://doi.org/10.1037/ppm0000185"
    )


def test_vancouver_is_as_the_manual_has_it() -> None:
    assert styles.vancouver(HALPERN) == (
        "Halpern SD, Ubel PA, Caplan AL. Solid-organ transplantation in HIV-infected patients. N Engl J Med. 2002 Jul 25;347(4):284-7. "
        "doi: 10.1056/nejmsb020632."
    )


def test_a_preprint_names_arxiv_in_both_styles() -> None:
    one = paper(title="Do dragons dream?", authors=(Name(family="Example", given="Jean-Paul A", suffix="Jr."),))
    assert styles.apa(one) == "Example, J.-P. A., Jr. (2099). Do dragons dream? arXiv. https://doi.org/10.48550/arXiv.9901.00001"
    assert styles.vancouver(one) == (
        "Example JP Jr. Do dragons dream? arXiv [Preprint]. 2099 Jan 2:arXiv:9901.00001. doi: 10.48550/arXiv.9901.00001."
    )


def test_a_crowd_is_cut_as_each_style_cuts_it() -> None:
    crowd = tuple(Name(family=f"N{n}", given="A") for n in range(3303))
    assert styles.apa(paper(authors=crowd)).startswith("N0, A., ")
    assert "N18, A., . . . N3302, A. (2099)." in styles.apa(paper(authors=crowd))
    assert "N18, A., & N19, A. (2099)." in styles.apa(paper(authors=crowd[:20]))
    assert styles.vancouver(paper(authors=crowd)).startswith("N0 A, N1 A, N2 A, N3 A, N4 A, N5 A, et al. Paper 1.")
    assert "N5 A. Paper 1." in styles.vancouver(paper(authors=crowd[:6]))


def test_without_authors_the_title_comes_first_and_without_a_date_there_is_none() -> None:
    one = paper(authors=(), date="")
    assert styles.apa(one) == "Paper 1. (n.d.). arXiv. https://doi.org/10.48550/arXiv.9901.00001"
    assert styles.vancouver(one).startswith("Paper 1. arXiv [Preprint]. arXiv:9901.00001.")
    assert styles.vancouver(paper(date="2099-03")).endswith("2099 Mar:arXiv:9901.00001. doi: 10.48550/arXiv.9901.00001.")


@given(title=st.text(min_size=1), family=st.text(min_size=1), given=st.text(), suffix=st.text())
def test_a_reference_can_be_made_of_any_name(title: str, family: str, given: str, suffix: str) -> None:
    family, given, suffix = (names.clean(x) for x in (family, given, suffix))
    one = paper(title=latex.normal(title) or "0", authors=(Name(family=family or "0", given=given, suffix=suffix if given else ""),))
    assert "(2099)" in styles.apa(one)
    assert "arXiv:9901.00001" in styles.vancouver(one)


def test_the_parquet_file_holds_the_table_with_lists_as_lists() -> None:
    written = files(ARTICLE, paper(1, title="Über $x<y$", code=("https://example.org/a", "https://example.org/b")))
    table = read_parquet(io.BytesIO(written[exports.PARQUET])).read_all()
    assert table.column_names == list(rows(written[exports.TABLE])[0])
    first, second = (dict(zip(table.column_names, row, strict=True)) for row in zip(*(c.to_pylist() for c in table.columns), strict=True))
    assert (first["title"], first["code"], first["doi"]) == ("Über x<y", ["https://example.org/a", "https://example.org/b"], None)
    assert (second["authors"], second["background"]) == (["Example, Ada Bea", "The Imaginary Collaboration"], True)


def test_a_review_without_papers_has_a_parquet_file_with_the_same_columns() -> None:
    empty, full = (read_parquet(io.BytesIO(files(*of)[exports.PARQUET])).read_all().schema for of in ((), (ARTICLE,)))
    assert [(f.name, f.type) for f in empty] == [(f.name, f.type) for f in full]


def test_the_json_files_obey_the_published_schema() -> None:
    out = files(
        ARTICLE, paper(1, title="The $x^2$ dragon", versions=(Version(number=1, on="2099-01-02"),)), paper(3, shard="2098-12", date="2098")
    )
    schema = json.loads(out[exports.SCHEMA_FILE])
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for path in (exports.JSON, "data/papers/2098-12.json", "data/papers/2099-01.json"):
        document = json.loads(out[path])
        assert not list(validator.iter_errors(document)), path
        assert document["$schema"] == f"{HERE.url}{exports.SCHEMA_FILE}"
        del document["papers"][0]["key"]
        assert list(validator.iter_errors(document)), "a paper without a key is no paper"
