"""OpenAlex: what its recorded answers say, and what it costs to ask."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from api_server import RECORDED, ApiServer, anything, door, paper, recorded
from livre.citations import Listed, Reference
from livre.citations.answer import EMPTY, UNKNOWN
from livre.citations.openalex import OpenAlex
from livre.errors import Malformed, SourceError, Throttled
from livre.model import Identifier

ARXIV = Identifier("arxiv", "9901.00002")
DOI = Identifier("doi", "10.9999/cited")


def address(doi: str) -> str:
    return f"/works/https://doi.org/{doi.replace('/', '%2F')}"


def work(number: int, *references: int, **more: object) -> dict[str, object]:
    listed = [f"https://openalex.org/W{n}" for n in references]
    return {"id": f"https://openalex.org/W{number}", "doi": None, "referenced_works": listed, **more}


@pytest.fixture
def server():
    with ApiServer() as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return OpenAlex(door(tmp_path), base=server.url)


def test_a_preprint_is_looked_up_by_arxivs_doi_and_its_references_by_their_ids(server, source):
    server.put(address("10.48550/arXiv.9901.00001"), work(1, 2, 3, 4))
    server.put("/works", {"results": [work(2, doi="https://doi.org/10.9999/Cited", display_name="One"), work(3, display_name="Two")]})
    assert list(source.ask([paper()])) == [
        Listed(
            citing=paper().primary,
            source="openalex",
            references=(Reference(identifiers=(DOI,), title="One"), Reference(title="Two"), Reference()),
            listed=3,
            outcome="complete; 1 of these works it does not know any more",
        )
    ]
    assert server.log[1].query["filter"] == "openalex:W2|W3|W4"


def test_a_cited_preprint_that_was_published_has_both_names(server, source):
    places = [None, {"landing_page_url": "https://arxiv.org/abs/9901.00002v3"}, {"landing_page_url": "https://example.org/9901.00009"}]
    server.put(address("10.48550/arXiv.9901.00001"), work(1, 2))
    server.put("/works", {"results": [work(2, doi="https://doi.org/10.9999/cited", locations=places)]})
    assert next(source.ask([paper()])).references == (Reference(identifiers=(ARXIV, DOI)),)


def test_the_published_record_is_asked_first_and_the_preprints_when_that_lists_nothing(server, source):
    server.put(address("10.9999/published"), work(9))
    server.put(address("10.48550/arXiv.9901.00001"), work(1, 2))
    server.put("/works", {"results": [work(2, doi="10.9999/cited")]})
    assert next(source.ask([paper(doi="10.9999/published")])).references == (Reference(identifiers=(DOI,)),)
    assert [a.path for a in server.log] == [address("10.9999/published"), address("10.48550/arXiv.9901.00001"), "/works"]


def test_a_work_that_is_not_there_and_one_without_references_prove_nothing(server, source):
    server.put(address("10.48550/arXiv.9901.00002"), work(1))
    assert [x.outcome for x in source.ask([paper(1), paper(2)])] == [UNKNOWN, EMPTY]


def test_the_references_of_many_papers_are_looked_up_together_and_once(server, source):
    for n in range(1, 11):
        server.put(address(f"10.48550/arXiv.9901.{n:05d}"), work(n, *range(100, 130), 200 + n))
    server.put("/works", {"results": []})
    papers = [paper(n) for n in range(1, 11)]
    assert [x.listed for x in source.ask(papers)] == [31] * 10
    assert [a.path for a in server.log].count("/works") == 1
    list(source.ask(papers[:1]))
    assert [a.path for a in server.log].count("/works") == 1


def test_a_hundred_references_take_one_list(server, source):
    server.put(address("10.48550/arXiv.9901.00001"), work(1, *range(2, 253)))
    server.put("/works", {"results": []})
    assert next(source.ask([paper()])).listed == 251
    assert [len(a.query["filter"].split("|")) for a in server.log[1:]] == [100, 100, 51]


def test_a_key_goes_into_a_header_and_a_blank_one_nowhere(server, tmp_path):
    server.put(address("10.48550/arXiv.9901.00001"), work(1))
    for key in (" secret\n", "  ", ""):
        list(OpenAlex(door(tmp_path), base=server.url, key=key).ask([paper()]))
    assert [a.headers.get("authorization") for a in server.log] == ["Bearer secret", None, None]
    assert all("secret" not in str(a.query) for a in server.log)


def test_when_the_days_budget_is_spent_no_list_is_asked_for(server, source):
    server.put(address("10.48550/arXiv.9901.00001"), work(1, 2), x_ratelimit_remaining_usd="0.0005", x_ratelimit_cost_usd="0.001")
    with pytest.raises(Throttled, match=r"0\.0005 dollars"):
        list(source.ask([paper()]))
    assert len(server.log) == 1


def test_what_came_before_a_failure_is_given(server, source):
    server.put(address("10.48550/arXiv.9901.00001"), work(1, 2))
    server.put(address("10.48550/arXiv.9901.00002"), {"id": "nothing of the kind"})
    server.put("/works", {"results": []})
    answers = source.ask([paper(1), paper(2), paper(3)])
    assert next(answers).citing == paper(1).primary
    with pytest.raises(Malformed, match="no id"):
        next(answers)


def test_every_paper_can_be_asked_for(source):
    assert source.asks(paper())
    assert source.asks(paper(doi="10.9999/x", arxiv=False))


def test_no_answer_raises_anything_but_a_source_error(tmp_path):
    with ApiServer() as server:

        @given(first=anything, second=anything)
        def law(first: object, second: object) -> None:
            server.put(address("10.48550/arXiv.9901.00001"), first)
            server.put("/works", second)
            try:
                answers = list(OpenAlex(door(tmp_path), base=server.url).ask([paper()]))
            except SourceError:
                return
            assert [a.citing for a in answers] == [paper().primary]
            assert all(a.listed >= len(a.references) for a in answers)

        law()


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
@pytest.mark.parametrize(("file", "listed"), [(0, 59), (1, 36), (2, 1), (3, 42), (4, 73)])
def test_recorded_works_have_the_references_that_they_list(server, source, file, listed):
    body = recorded(f"openalex/paperqa__test_doi_search_paper_attributes{file}___02.json")
    said = json.loads(body)
    server.put(address("10.48550/arXiv.9901.00001"), body)
    server.put("/works", {"results": [said]})
    answer = next(source.ask([paper()]))
    assert (answer.listed, len(answer.references), answer.complete) == (listed, listed, True)


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_a_recorded_list_of_works_gives_their_names(server, source):
    body = recorded("openalex/paperqa__test_title_search_paper_attributes2___03.json")
    results = json.loads(body)["results"]
    server.put(address("10.48550/arXiv.9901.00001"), work(1) | {"referenced_works": [r["id"] for r in results]})
    server.put("/works", body)
    names = {str(i) for r in next(source.ask([paper()])).references for i in r.identifiers}
    assert "arxiv:2304.05376" in names
    assert any(name.startswith("doi:") for name in names)
