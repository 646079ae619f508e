"""Semantic Scholar: its recorded answers, and that it is only ever compared with."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from api_server import RECORDED, ApiServer, anything, door, paper, recorded
from livre.citations import Listed, Reference
from livre.citations.answer import EMPTY, UNKNOWN
from livre.citations.semanticscholar import SemanticScholar
from livre.errors import Malformed, SourceError
from livre.model import Identifier

PATH = "/paper/batch"


@pytest.fixture
def server():
    with ApiServer() as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return SemanticScholar(door(tmp_path), base=server.url)


def test_papers_are_asked_for_together_by_their_names(server, source):
    known = {
        "referenceCount": 3,
        "references": [{"externalIds": {"DOI": "10.9999/Cited", "ArXiv": "9901.00002"}}, {"externalIds": None}, None],
    }
    server.put(PATH, [known, None])
    papers = [paper(1), paper(2, doi="10.9999/two", arxiv=False)]
    names = (Identifier("arxiv", "9901.00002"), Identifier("doi", "10.9999/cited"))
    assert list(source.ask(papers)) == [
        Listed(citing=papers[0].primary, source="s2", references=(Reference(identifiers=names), Reference()), listed=3),
        Listed(citing=papers[1].primary, source="s2", outcome=UNKNOWN),
    ]
    assert server.posted == [{"ids": ["ARXIV:9901.00001", "DOI:10.9999/two"]}]


@pytest.mark.parametrize(
    ("work", "outcome"),
    [
        ({"referenceCount": 40, "references": None}, "partial: it shows 0 of 40 references"),
        ({"referenceCount": 0, "references": []}, EMPTY),
    ],
)
def test_references_that_a_publisher_keeps_to_itself_are_counted(server, source, work, outcome):
    server.put(PATH, [work])
    assert next(source.ask([paper()])).outcome == outcome


def test_an_answer_of_another_length_is_refused(server, source):
    server.put(PATH, [None])
    with pytest.raises(Malformed, match="one by one"):
        list(source.ask([paper(1), paper(2)]))


def test_a_key_goes_into_a_header_and_a_blank_one_nowhere(server, tmp_path):
    server.put(PATH, [None])
    for key in ("secret", " "):
        list(SemanticScholar(door(tmp_path), base=server.url, key=key).ask([paper()]))
    assert [a.headers.get("x-api-key") for a in server.log] == ["secret", None]


def test_it_is_not_a_source_of_edges(source):
    assert not source.published


def test_no_answer_raises_anything_but_a_source_error(tmp_path):
    with ApiServer() as server:

        @given(anything)
        def law(answer: object) -> None:
            server.put(PATH, [answer])
            try:
                answers = list(SemanticScholar(door(tmp_path), base=server.url).ask([paper()]))
            except SourceError:
                return
            assert [a.citing for a in answers] == [paper().primary]

        law()


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_a_recorded_batch_has_a_null_for_the_paper_that_is_not_known(server, source):
    body = recorded("semanticscholar/s2py__test_get_papers_not_found_warning__00.json")
    server.put(PATH, body)
    outcomes = [x.outcome for x in source.ask([paper(n) for n in range(4)])]
    assert [o == UNKNOWN for o in outcomes] == [w is None for w in json.loads(body)]
    assert UNKNOWN in outcomes
