"""Who an author is: nobody but a name, unless people say so in bib/authors.toml; and the pages that follow."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from livre import corpus, identities, scope, taxonomy
from livre.errors import BadData
from livre.identities import NOBODY, orcid
from livre.model import Identifier, Name, Paper
from livre.site.pages import Kept, Review, pages
from livre.site.render import Site, Templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADA, SHORT, WEI = Name(given="Ada", family="Imagined"), Name(given="A.", family="Imagined"), Name(given="Wei", family="Fabricated")
TOML = """\
[[authors]]
id = "ada-imagined"
name = "Ada Imagined"
orcid = "0000-0002-1825-0097"
names = ["Imagined, A."]

[[authors]]
id = "wei-fabricated-of-dragons"
name = "Wei Fabricated"
papers = ["one2099"]
"""


def paper(number: int, key: str, *authors: Name, date: str = "2099-01-01") -> Paper:
    return Paper(
        key=key,
        shard=date[:7],
        identifiers=(Identifier("arxiv", f"9901.7000{number}"),),
        title=f"Paper {number}",
        authors=authors,
        date=date,
        categories=("dragons",),
    )


PAPERS = {
    p.key: p
    for p in (
        paper(1, "one2099", ADA, WEI),
        paper(2, "two2099", SHORT, WEI, date="2098-01-01"),
        paper(3, "three2099", ADA, WEI, date="2097-02"),
        paper(4, "four2099", Name(given="Uno", family="Once")),
    )
}


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "authors.toml").write_text(text, "utf-8")
    return tmp_path


def rendered(fabricated: Path, known: identities.Identities) -> dict[str, str]:
    loaded = replace(corpus.load(fabricated / "bib"), papers=PAPERS, candidates={}, decisions={}, nights=())
    review = Review(
        loaded,
        scope.load(fabricated / "bib/scope.toml"),
        taxonomy.load(fabricated / "bib/taxonomy.toml"),
        kept=Kept(identities=known),
    )
    templates = Templates(Site(name="Imaginary models"))
    return {p.path: "\n".join(templates.parts(p)) for p in pages(review) if p.path.startswith(("authors/", "papers/"))}


def test_without_a_file_nobody_is_claimed(tmp_path: Path, fabricated: Path) -> None:
    assert identities.load(tmp_path, PAPERS) is NOBODY
    site = rendered(fabricated, NOBODY)
    for who in ("ada-imagined", "a-imagined", "wei-fabricated"):
        said = site[f"authors/{who}/"]
        assert "two people of one name share this page" in said or "nothing says which person of that name it was" in said
        assert "orcid" not in said


def test_people_join_two_forms_and_part_two_persons(tmp_path: Path, fabricated: Path) -> None:
    site = rendered(fabricated, identities.load(written(tmp_path, TOML), PAPERS))
    ada = site["authors/ada-imagined/"]
    assert re.findall(r'href="[./]+papers/(\w+)/"', ada) == ["one2099", "two2099", "three2099"]
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in ada
    assert "A. Imagined" in ada
    assert "one person’s" in ada
    assert "3 papers" in ada
    assert 'href="../../authors/ada-imagined/"' in site["authors/a-imagined/"]
    dragons = site["authors/wei-fabricated-of-dragons/"]
    assert re.findall(r'href="[./]+papers/(\w+)/"', dragons) == ["one2099"]
    rest = site["authors/wei-fabricated/"]
    assert re.findall(r'href="[./]+papers/(\w+)/"', rest) == ["two2099", "three2099"]
    assert 'Others who write this name: <a href="../../authors/wei-fabricated-of-dragons/">' in rest
    assert 'href="../../authors/wei-fabricated-of-dragons/">Wei Fabricated' in site["papers/one2099/"]
    assert 'href="../../authors/wei-fabricated/">Wei Fabricated' in site["papers/two2099/"]


def test_the_years_of_an_author_are_drawn_and_told_as_a_table(fabricated: Path) -> None:
    wei = rendered(fabricated, NOBODY)["authors/wei-fabricated/"]
    assert 'id="over-time"' in wei
    assert [re.sub("<[^>]+>", " ", row).split()[0] for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", wei)] == [
        "2099",
        "2098",
        "2097",
    ]
    assert 'id="over-time"' not in rendered(fabricated, NOBODY)["authors/uno-once/"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TOML.replace("0097", "0098"), "is no ORCID"),
        (TOML.replace("one2099", "nope2099"), "no paper has the key 'nope2099'"),
        (TOML.replace("ada-imagined", "wei-fabricated-of-dragons"), "is taken by an earlier one"),
        (TOML + '[[authors]]\nid = "other"\nname = "A. Imagined"\n', "say on which papers each does"),
        (TOML.replace("Imagined, A.", "Imagined, A. and Sample, Ben"), "is not one name"),
        (TOML.replace("orcid", "orkid"), "orkid"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadData) as error:
        identities.load(written(tmp_path, text), PAPERS)
    assert problem in str(error.value)
    assert re.search(r"bib/authors\.toml:\d+: ", str(error.value))


@pytest.mark.parametrize("text", ["0000-0002-1825-0097", "https://orcid.org/0000-0002-9079-593X", " 0000-0001-5109-3700 "])
def test_an_orcid_has_one_form(text: str) -> None:
    assert orcid(text) == text.strip().removeprefix("https://orcid.org/")


@pytest.mark.parametrize(
    "text", ["", "0000-0002-1825-0096", "0000000218250097", "0000-0002-1825-009x", "https://example.org/0000-0002-1825-0097"]
)
def test_what_is_no_orcid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ORCID"):
        orcid(text)


def test_an_author_of_a_single_paper_has_a_page_of_a_quarter_of_the_weight(site: Callable[[str], Path]) -> None:
    built = site("mkdocs")
    single = next(f for f in sorted((built / "authors").glob("*/index.html")) if b"One paper here is signed" in f.read_bytes())
    assert single.stat().st_size < 2600
    assert b"Content-Security-Policy" in single.read_bytes()[:200]
    assert single.read_bytes().count(b"<script") == 1, "freshness alone"
