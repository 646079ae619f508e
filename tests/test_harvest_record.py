"""What a record's facts become: withdrawals, links, dates, categories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livre.harvest import record
from livre.harvest.links import code_and_weights
from livre.model import Identifier, Source, Status

FACTS = {
    "title": "Fabricated",
    "authors": ["Ada Example"],
    "versions": [(1, datetime(2025, 3, 4, tzinfo=UTC))],
    "source": Source(version=1, stamp="2025-03-04", route="oai"),
}


def made(**facts):
    return record.candidate(Identifier.parse("9901.00001"), **{**FACTS, **facts})


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "withdrawn by the author",
        "Withdrawn",
        "Paper withdrawn due to an error in Lemma 2",
        "12 pages, 3 figures. This paper has been withdrawn by the author due to a crucial error in equation 3",
        "The paper is being withdrawn since the proof has a gap",
        "We are withdrawing this paper",
        "This submission has been withdrawn by arXiv administrators due to inappropriate text overlap",
        "arXiv admin note: This submission has been withdrawn by arXiv administrators as the submitter had no right to it",
        "The authors have withdrawn this paper",
        "The author has decided to withdraw this version to verify some material",
        "We would like to withdraw the paper to address these concerns",
        "The ground truth contains errors and needs to be withdrawn",
        "This article has been withdrawn from arXiv",
        "This reprint has been withdrawn at the request of the publisher",
    ],
)
def test_a_comment_that_withdraws_the_paper_is_believed(comment):
    assert made(comment=comment).status is Status.WITHDRAWN


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "A study of alcohol withdrawal, 12 pages",
        "Withdrawn from EXAMPLECONF; 12 pages",
        "Submitted to EXAMPLECONF and then withdrawn from the venue",
        "A previous version of this paper was withdrawn",
        "An earlier version of this article was withdrawn because of an error in Table 2; corrected here",
        "This paper replaces arXiv:9901.00002, which has been withdrawn",
        "v1 was withdrawn by mistake",
        "We study papers withdrawn by their authors",
        "Data on withdrawn behaviour",
    ],
)
def test_a_comment_that_speaks_of_another_withdrawal_is_not(comment):
    assert made(comment=comment).status is Status.CURRENT


def test_an_abstract_withdraws_only_in_place_of_an_abstract():
    assert made(abstract="This paper has been withdrawn by the author.").status is Status.WITHDRAWN
    assert made(abstract="We detect papers. Some say: this paper has been withdrawn.").status is Status.CURRENT


@pytest.mark.parametrize(
    ("text", "code", "weights"),
    [
        ("Code: https://github.com/ada/example.", ["https://github.com/ada/example"], []),
        ("(http://www.GitHub.com/ada/example.git)", ["https://github.com/ada/example"], []),
        ("at github.com/ada/example and GITHUB.com/Ada/Example", ["https://github.com/ada/example"], []),
        (r"\url{https://gitlab.example.org/a/b_c}", ["https://gitlab.example.org/a/b_c"], []),
        ("https://codeberg.org/a/b, https://bitbucket.org/a/b", ["https://bitbucket.org/a/b", "https://codeberg.org/a/b"], []),
        ("https://huggingface.co/ada/model", [], ["https://huggingface.co/ada/model"]),
        ("https://huggingface.co/datasets/ada/data https://huggingface.co/spaces/ada/demo", [], []),
        ("Weights: https://zenodo.org/records/1", [], ["https://zenodo.org/records/1"]),
        ("Data: https://zenodo.org/records/1", [], []),
        ("https://github.com/ https://ada.github.io/x https://notgithub.com/a/b mail@github.com/a", [], []),
        ("javascript:alert(1)//github.com/a", [], []),
    ],
)
def test_links_to_code_and_weights_are_found(text, code, weights):
    assert code_and_weights(text) == (tuple(code), tuple(weights))


def test_links_come_from_abstract_and_comment_alike():
    found = made(abstract="See https://github.com/b/b", comment="https://github.com/a/a")
    assert found.code == ("https://github.com/a/a", "https://github.com/b/b")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"title": " \n"}, "no title"),
        ({"authors": ["(Institute)", ""]}, "no author"),
        ({"versions": []}, "no date"),
    ],
)
def test_a_record_without_what_a_record_needs_is_refused(facts, why):
    with pytest.raises(record.Refusal, match=why):
        made(**facts)


def test_a_paper_titled_0_is_a_paper():
    assert made(title="0").title == "0"


def test_classes_are_arxivs_alone_and_once():
    classes = ["cs.CL", "cs.AI", "cs.CL", "I.2.6; I.2.7", "68T50", "math-ph", "cond-mat.str-el", "hep-th", ""]
    assert made(classes=classes).classes == ("cs.CL", "cs.AI", "math-ph", "cond-mat.str-el", "hep-th")


def test_dois_are_split_and_arxivs_own_are_left_out():
    found = made(dois=["10.1000/One, 10.1000/two; https://doi.org/10.1000/three", "10.48550/arXiv.9901.00002", "none", ""])
    assert [str(i) for i in found.identifiers] == ["arxiv:9901.00001", "doi:10.1000/one", "doi:10.1000/three", "doi:10.1000/two"]


@pytest.mark.parametrize("text", ["", "soon", "2025-13-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2025-03-04T25:00:00Z"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(record.Refusal):
        record.instant(text)


@pytest.mark.parametrize(
    ("text", "identifier", "version"),
    [("2503.02104v2", "2503.02104", 2), ("hep-th/9901001", "hep-th/9901001", 0), ("math.GT/0309136v10", "math.GT/0309136", 10)],
)
def test_ids_are_read_with_their_version(text, identifier, version):
    assert record.arxiv_id(text) == (Identifier.parse(identifier), version)


@pytest.mark.parametrize("text", ["", "abc", "2503.02104v0", "2503.02104v", "10.1000/one", "2503.02104v1x", "../2503.02104"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(record.Refusal):
        record.arxiv_id(text)
