"""OpenCitations: its recorded answers of version 1, and those of version 2, which name works in more ways."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from api_server import RECORDED, ApiServer, anything, door, paper, recorded
from livre.citations import Listed, Reference
from livre.citations.answer import EMPTY, UNKNOWN
from livre.citations.opencitations import OpenCitations
from livre.errors import Malformed, SourceError
from livre.model import Identifier

PAPER = paper(doi="10.9999/citing")
PATH = "/references/doi:10.9999%2Fciting"


@pytest.fixture
def server():
    with ApiServer() as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return OpenCitations(door(tmp_path), base=server.url)


def test_a_cited_work_is_named_by_what_has_a_doi(server, source):
    rows = [
        {"oci": "1-2", "citing": "omid:br/1 doi:10.9999/citing", "cited": "omid:br/2 doi:10.9999/Cited pmid:7"},
        {"oci": "1-3", "citing": "omid:br/1 doi:10.9999/citing", "cited": "omid:br/3 doi:10.48550/arxiv.9901.00002"},
        {"oci": "1-4", "citing": "omid:br/1 doi:10.9999/citing", "cited": "omid:br/4 pmid:9"},
        None,
    ]
    server.put(PATH, rows)
    references = (Reference(identifiers=(Identifier("doi", "10.9999/cited"),)), Reference(identifiers=(Identifier("arxiv", "9901.00002"),)))
    assert list(source.ask([PAPER])) == [Listed(citing=PAPER.primary, source="opencitations", references=references, listed=4)]


def test_an_empty_list_and_an_unknown_work_prove_nothing(server, source):
    server.put(PATH, [])
    assert [x.outcome for x in source.ask([PAPER, paper(doi="10.9999/other")])] == [EMPTY, UNKNOWN]


def test_only_published_papers_are_asked_for(source):
    assert source.asks(PAPER)
    assert not source.asks(paper())


def test_a_token_goes_into_a_header_and_a_blank_one_nowhere(server, tmp_path):
    server.put(PATH, [])
    for token in (" secret ", " "):
        list(OpenCitations(door(tmp_path), base=server.url, token=token).ask([PAPER]))
    assert [a.headers.get("authorization") for a in server.log] == ["secret", None]
    assert {a.headers["accept"] for a in server.log} == {"application/json"}


def test_something_else_than_a_list_is_refused(server, source):
    server.put(PATH, {"error": "a fabricated one"})
    with pytest.raises(Malformed, match="dict where a list"):
        list(source.ask([PAPER]))


def test_no_answer_raises_anything_but_a_source_error(tmp_path):
    with ApiServer() as server:

        @given(anything)
        def law(answer: object) -> None:
            server.put(PATH, answer)
            try:
                answers = list(OpenCitations(door(tmp_path), base=server.url).ask([PAPER]))
            except SourceError:
                return
            assert [a.citing for a in answers] == [PAPER.primary]

        law()


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
@pytest.mark.parametrize(("file", "count", "old"), [("citecorp__oc_coci_refs__00", 37, 1), ("citecorp__oc_coci_refs_many_dois__01", 58, 0)])
def test_recorded_lists_are_read_whole_but_for_dois_in_the_old_serial_form(server, source, file, count, old):
    body = recorded(f"opencitations/{file}.json")
    server.put(PATH, body)
    (answer,) = source.ask([PAPER])
    assert {str(i) for r in answer.references for i in r.identifiers} == {
        f"doi:{row['cited'].lower()}" for row in json.loads(body) if "<" not in row["cited"]
    }
    assert (answer.listed, len(answer.references), answer.outcome) == (count, count - old, "complete")
