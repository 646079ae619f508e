"""The paper that a reference means by its title: the right one, or none."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgement import DATA, records
from livre.citations import Reference
from livre.citations.match import Titles
from livre.citations.named import identifiers
from livre.latex import normal, plain
from livre.model import Candidate, Identifier, Name
from livre.names import from_display

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = pytest.mark.skipif(not (DATA / "citations").is_dir(), reason="the real reference strings are not here")


def work(title: str, number: int = 1, *, family: str = "Exämple", date: str = "2095-03-01") -> Candidate:
    authors = (Name(family=family, given="Ada"),) if family else ()
    return Candidate(identifiers=(Identifier("arxiv", f"9901.{number:05d}"),), title=normal(title), authors=authors, date=date)


DRAGONS = work("A Pre-trained Model of Small {D}ragons: What It Sees")
ZERO = work("Zero-Shot Dragons?", 2)
TITLES = Titles.of([DRAGONS, ZERO, work("On $\\alpha$-dragons and their many teeth", 3, family="van der Ex"), work("Dragons", 4)])


def found(text: str, title: str = "") -> str:
    return getattr(TITLES.find(Reference(title=title, text=text)), "value", "")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A. Exämple, “A pretrained model of small dragons: what it sees,” J. Ex., 2095.", ""),
        ("Example, A.: A pre-trained model of small dragons: What it sees. J. Ex. (2095)", ""),
        ("Ada Example. 2095. A Pre-Trained Model of Small Dragons: What it Sees. In Ex.", ""),
        ("A. Example, A pre trained model of small dragons — what it sees, J. Ex. 7 (2096) 26.", ""),
        (
            "Ada Example and Bea Other. A Pretrained Model of Small Dragons: What it sees. J. Ex.",
            "A Pretrained Model of Small Dragons: What it sees",
        ),
        ("A pre-trained model of small dragons: what it sees", "A pre-trained model of small dragons: what it sees"),
        ("", "A pre-trained model of small dragons: what it sees"),
        ("Example, Doe. A pre-trained model of small dragons: What it sees. 2097", "Something else that was marked"),
    ],
    ids=["IEEE", "LNCS", "ACL", "physics", "marked", "title alone", "without text", "marked wrongly"],
)
def test_a_title_is_found_in_every_style(text, title):
    assert found(text, title) == "9901.00001"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A. Example. … sees, part II. 2095.", "A pre-trained model of small dragons: what it sees, part II"),
        ("A. Example. A pre-trained model of small dragons. 2095.", ""),
        ("A. Example. Imagining a pre-trained model of small dragons: what it sees. 2095.", ""),
        ("A. Example. Why a pre-trained model of small dragons: what it sees. 2095.", ""),
        ("A. Example. A pre-trained model of small dragons: what it sees at night. 2095.", ""),
        ("A. Example. A pre-trained model of small dragons: what it sees: a survey. 2095.", ""),
        ("A. Example. A pre-trained model of smaller dragons: what it sees. 2095.", ""),
        ("A. Other. A pre-trained model of small dragons: what it sees. 2095.", ""),
        ("A. Examples. A pre-trained model of small dragons: what it sees. 2095.", ""),
        ("A. Example. A pre-trained model of small dragons: what it sees. 2085.", ""),
        ("A. Example. A pre-trained model of small dragons: what it sees. 2098.", ""),
        ("A. Example. Dragons. 2095.", "Dragons"),
        ("A. Example. Zero-shot dragons. 2095.", ""),
        ("", "Zero-shot dragons?"),
        ("", ""),
        ("…", "???"),
    ],
    ids=[
        "a sequel", "without its end", "within a longer word", "a longer beginning", "a longer end", "a subtitle", "another word",
        "another author", "half an author", "too early", "too late", "one word", "too short to be found", "too short alone", "nothing",
        "no letters",
    ],
)  # fmt: skip
def test_a_doubt_is_no_match(text, title):
    assert not found(text, title)


def test_a_short_title_counts_where_it_is_marked_and_its_author_named():
    assert found("A. Example. Zero-shot dragons? 2095.", "Zero-shot dragons?") == "9901.00002"


def test_formulas_and_particles_are_letters():
    assert found("J. van der Ex, On α-dragons and their many teeth, J. Ex. 1 (2095).") == ""
    assert found("J. van der Ex, On alpha-dragons and their many teeth, J. Ex. 1 (2095).") == "9901.00003"


def test_of_two_works_of_one_title_the_author_tells_and_else_nothing():
    one, two, three = (work("A survey of small green dragons", n, family=f) for n, f in ((1, "Example"), (2, "Other"), (3, "Other")))
    text = "{}, A survey of small green dragons, J. Ex. (2095)."
    assert Titles.of([one, two]).find(Reference(text=text.format("B. Other"))) == two.primary
    assert Titles.of([one, two, three]).find(Reference(text=text.format("B. Other"))) is None
    assert Titles.of([one, two]).find(Reference(text=text.format("A. Example, B. Other"))) is None


def test_two_works_in_one_reference_are_a_doubt():
    other = work("An entirely different book of dragons", 5)
    text = "A. Example, A pre-trained model of small dragons: what it sees, J. Ex.; An entirely different book of dragons, J. Ex."
    assert Titles.of([DRAGONS, other]).find(Reference(text=text)) is None


def test_what_is_not_known_of_a_paper_cannot_speak_against_it():
    unknown = work("A pre-trained model of small dragons: what it sees", family="", date="")
    assert Titles.of([unknown]).find(Reference(text="Anyone. A pre-trained model of small dragons: what it sees. 1999")) == unknown.primary


STYLES: dict[str, Callable[[str, str], str]] = {
    "plain": lambda who, what: f"Ada {who} and Bea Other. {what}. J. Ex., 31:26-27, 2095.",
    "IEEE": lambda who, what: f"A. {who} and B. Other, “{what},” J. Ex., vol. 31, 2095.",
    "LNCS": lambda who, what: f"{who}, A., Other, B.: {what}. J. Ex. 31, 26-27 (2095)",
    "ACL": lambda who, what: f"Ada {who} and Bea Other. 2095. {what}. In Ex.",
    "AMS": lambda who, what: f"A. {who} and B. Other, {what}, J. Ex. 31 (2095), no. 2, 26-27.",
}


@given(st.text(min_size=1, max_size=200), st.text(max_size=40))
def test_whatever_a_reference_says_there_is_an_answer(text, title):
    assert TITLES.find(Reference(text=text, title=title)) in {None, *(Identifier("arxiv", f"9901.{n:05d}") for n in range(1, 5))}


@given(st.permutations([DRAGONS, ZERO, *(work(f"The dragons of island number {n}", 10 + n) for n in range(4))]))
def test_the_order_of_the_corpus_does_not_matter(papers):
    titles = Titles.of(papers)
    for paper in papers[:3]:
        assert titles.find(Reference(text=STYLES["ACL"]("Example", plain(paper.title)), title=plain(paper.title))) == paper.primary


@pytest.mark.data
@HERE
@pytest.mark.parametrize("style", STYLES)
def test_real_titles_are_found_in_every_style_and_never_as_another(style):
    """1,470 titles; the second half of the corpus is asked for too, and is not in it."""
    papers = [replace(p, authors=(Name(family="Example", given="Ada"),), date="2095-01-01") for p in records("topic").values()]
    half = len(papers) // 2
    titles = Titles.of(papers[:half])
    texts = [Reference(text=STYLES[style]("Example", plain(p.title))) for p in papers]
    hits = [titles.find(reference) for reference in texts]
    twins = {p.title.lower() for p in papers[:half]}
    right = sum(hit == p.primary for hit, p in zip(hits[:half], papers[:half], strict=True))
    wrong = [p.title for hit, p in zip(hits, papers, strict=True) if hit not in {None, p.primary} and p.title.lower() not in twins]
    assert wrong == []
    assert right / half >= 0.97


def _paperscape() -> list[Candidate]:
    with gzip.open(DATA / "citations/paperscape_1991-1996_nodes.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    papers = []
    for row in rows:
        first = row["authors"].partition(",")[0].replace(".", ". ").strip()
        authors = (from_display(first),) if first else ()
        papers.append(
            Candidate(identifiers=(Identifier.parse(row["arxiv_id"]),), title=normal(row["title"]), authors=authors, date=row["year_file"])
        )
    return papers


@pytest.mark.data
@HERE
def test_real_references_mean_the_right_one_of_fifty_thousand_papers():
    """1,786 references of 2022 against the arXiv of 1991 to 1996, few of which they cite: ten do by title, and each was looked at."""
    with gzip.open(DATA / "citations/unarxive_sample_references.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    titles = Titles.of(_paperscape())
    verified = {"alg-geom/9608011", "alg-geom/9608032", "math/9207212"}  # by hand: their references print no id
    right = 0
    for row in rows:
        text = " ".join(row["raw_reference"].split())
        if hit := titles.find(Reference(text=text)):
            known = {row["arxiv_id_resolved"], *(i.value for i in identifiers(text))}
            assert hit.value in known | verified
            right += 1
    assert right == 10


@pytest.mark.data
@HERE
def test_what_real_references_print_is_found_and_nothing_else():
    """Against unarXive's own links and matches: arXiv ids 162 of 162 printed; DOIs 59 of 59, and two where unarXive resolved to another."""
    with gzip.open(DATA / "citations/unarxive_sample_references.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    agree = found = printed = missed = 0
    for row in rows:
        text = " ".join(row["raw_reference"].split())
        ours = set(identifiers(text))
        theirs = {Identifier.parse(t) for t in (row["arxiv_id_resolved"], row["doi"], *row["arxiv_ids_in_links"].split("|")) if t}
        for scheme in ("arxiv", "doi"):
            mine, known = ({i for i in ids if i.scheme == scheme} for ids in (ours, theirs))
            if known:
                agree, found = agree + len(mine & known), found + len(mine)
            there = {i for i in known if i.value in text.lower()}
            printed, missed = printed + len(there), missed + len(there - mine)
        assert all(i.value.rpartition("/")[2] in text.lower() for i in ours)
    assert (agree, found) == (221, 223)
    assert (printed, missed) == (221, 0)
