"""Crossref: the references that its recorded works have, and the rate that it sets."""

from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given

from api_server import RECORDED, ApiServer, anything, door, paper, recorded
from arxiv_server import Answer, status
from clock import Clock
from livre.citations import Listed, Reference
from livre.citations.answer import EMPTY, UNKNOWN
from livre.citations.crossref import Crossref
from livre.errors import Malformed, SourceError, Throttled
from livre.harvest.transport import Transport
from livre.model import Identifier

PAPER = paper(doi="10.9999/citing")
PATH = "/works/10.9999%2Fciting"


def work(*references: object, count: int | None = None) -> dict[str, object]:
    return {"status": "ok", "message": {"reference": list(references), "reference-count": len(references) if count is None else count}}


@pytest.fixture
def server():
    with ApiServer() as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return Crossref(door(tmp_path), base=server.url)


def test_a_reference_is_named_by_its_doi_else_by_what_its_text_says(server, source):
    text = "Example, A. A fabricated paper. Preprint at https://arxiv.org/abs/2108.07258 (2021)."
    server.put(
        PATH,
        work(
            {"key": "1", "DOI": "10.9999/Cited", "author": "Example", "year": "2099", "article-title": "A title & more"},
            {"key": "2", "unstructured": text},
            {"key": "3", "volume-title": "A book"},
            None,
        ),
    )
    assert list(source.ask([PAPER])) == [
        Listed(
            citing=PAPER.primary,
            source="crossref",
            references=(
                Reference(identifiers=(Identifier("doi", "10.9999/cited"),), title="A title & more", text="Example. 2099. A title & more"),
                Reference(identifiers=(Identifier("arxiv", "2108.07258"),), text=text),
                Reference(title="A book", text="A book"),
            ),
            listed=4,
        )
    ]


@pytest.mark.parametrize(
    ("answer", "outcome", "listed"),
    [
        (work(count=36), "partial: it shows 0 of 36 references", 36),
        (work({"key": "1"}, count=3), "partial: it shows 1 of 3 references", 3),
        (work(), EMPTY, 0),
        ({"message": {"author": None, "issued": {"date-parts": [[None]]}}}, EMPTY, 0),
    ],
)
def test_a_list_that_is_not_shown_is_not_complete(server, source, answer, outcome, listed):
    server.put(PATH, answer)
    assert [(x.outcome, x.listed) for x in source.ask([PAPER])] == [(outcome, listed)]


def test_only_published_papers_are_asked_for(source):
    assert source.asks(PAPER)
    assert not source.asks(paper())


def test_the_polite_pool_is_asked_when_there_is_an_address(server, tmp_path):
    for mailto in ("ada@example.org", " "):
        assert next(Crossref(door(tmp_path), base=server.url, mailto=mailto).ask([PAPER])).outcome == UNKNOWN
    assert [a.query for a in server.log] == [{"mailto": "ada@example.org"}, {}]


def test_a_doi_that_is_another_ones_alias_is_followed(server, source):
    server.faults.append(lambda _answer, _query: Answer(status=301, headers={"Location": "/works/10.9999%2Fnew"}))
    server.put("/works/10.9999%2Fnew", work({"DOI": "10.9999/cited"}))
    assert next(source.ask([PAPER])).listed == 1


def test_the_rate_in_the_headers_is_kept(server, tmp_path):
    clock = Clock()
    slow = Transport(delay=0, user_agent="livre/0", folder=tmp_path, clock=clock, sleep=clock.sleep)
    server.put(PATH, work(), x_rate_limit_limit="2", x_rate_limit_interval="5s")
    list(Crossref(slow, base=server.url).ask([PAPER] * 3))
    assert clock.naps == [2.5, 2.5]


def test_a_rate_that_would_take_all_night_is_left_alone(server, source):
    server.put(PATH, work({"DOI": "10.9999/cited"}), x_rate_limit_limit="1", x_rate_limit_interval="3600s")
    answers = source.ask([PAPER, PAPER])
    assert next(answers).listed == 1
    with pytest.raises(Throttled, match="3600 s"):
        next(answers)


def test_something_else_than_a_work_is_refused(server, source):
    server.put(PATH, {"status": "failed"})
    with pytest.raises(Malformed, match="without a message"):
        list(source.ask([PAPER]))


def test_no_answer_raises_anything_but_a_source_error(tmp_path):
    with ApiServer() as server:

        @given(anything)
        def law(answer: object) -> None:
            server.put(PATH, {"message": answer})
            try:
                answers = list(Crossref(door(tmp_path), base=server.url).ask([PAPER]))
            except SourceError:
                return
            assert [a.citing for a in answers] == [PAPER.primary]
            assert all(a.listed >= len(a.references) for a in answers)

        law()


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_every_recorded_work_is_read_with_every_doi_that_it_has(server, source):
    with (RECORDED / "index.csv").open(newline="", encoding="utf-8") as index:
        files = [
            row["file"] for row in csv.DictReader(index) if row["note"].startswith("reference=") and row["file"].startswith("crossref/")
        ]
    dois = preprints = 0
    for file in files:
        message = json.loads(recorded(file))["message"]
        server.put(PATH, recorded(file))
        (answer,) = source.ask([PAPER])
        given = message.get("reference", [])
        assert len(answer.references) == len(given)
        assert answer.listed == max(len(given), message["reference-count"])
        for entry, reference in zip(given, answer.references, strict=True):
            if "DOI" in entry and "<" not in entry["DOI"]:
                dois += 1
                assert reference.identifiers
            preprints += any(i.scheme == "arxiv" for i in reference.identifiers)
    assert len(files) >= 10
    assert dois > 200
    assert preprints > 10


@pytest.mark.data
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_the_recorded_404_is_an_unknown_work(server, source):
    server.always = status(404, recorded("crossref/paperqa__test_bulk_doi_search__11.txt"), content_type="application/json")
    assert [x.outcome for x in source.ask([PAPER])] == [UNKNOWN]
