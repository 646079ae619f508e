"""Facts of published works by their DOI, as Crossref tells them: what is taken, what stays away, and what is no answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from api_server import RECORDED, ApiServer, anything, door
from arxiv_server import status
from livre import facts
from livre.entry import to_candidate, to_entry
from livre.errors import Malformed, SourceError, Throttled, Unavailable
from livre.harvest import Batch, works
from livre.model import Candidate, Identifier, Name, Source, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOI = Identifier("doi", "10.9999/example.1")
PATH = "/works/10.9999%2Fexample.1"
WORK: dict[str, Any] = {
    "DOI": "10.9999/Example.1",
    "type": "journal-article",
    "title": ["A fabricated study of <i>skin</i> &amp; bone"],
    "author": [
        {"given": "Ada", "family": "Example", "sequence": "first", "affiliation": []},
        {"given": "Bob", "family": "van Other", "suffix": "Jr."},
        {"name": "The Fabricated Consortium"},
        {"given": "Solo"},
        {},
    ],
    "published": {"date-parts": [[2099, 3, 4]]},
    "issued": {"date-parts": [[2099, 5]]},
    "container-title": ["Journal of Examples", "J. Ex."],
    "abstract": "<jats:p>A publisher's own words.</jats:p>",
    "relation": {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.9901.00001", "asserted-by": "subject"}]},
    "updated-by": [{"DOI": "10.9999/notice", "type": "correction"}],
    "deposited": {"date-parts": [[2099, 6, 1]], "date-time": "2099-06-01T10:00:00Z", "timestamp": 1},
    "reference": [],
}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with ApiServer() as running:
        yield running


def asked(server: ApiServer, folder: Any, *dois: Identifier) -> list[Candidate]:
    return list(works.lookup(door(folder), server.url, dois or [DOI]))


def test_facts_are_taken_and_the_publishers_words_stay_away(server, tmp_path):
    server.put(PATH, {"status": "ok", "message": WORK})
    assert asked(server, tmp_path) == [
        Candidate(
            identifiers=(Identifier("arxiv", "9901.00001"), DOI),
            title="A fabricated study of skin & bone",
            authors=(
                Name(given="Ada", family="Example"),
                Name(given="Bob", family="van Other", suffix="Jr."),
                Name(family="The Fabricated Consortium"),
                Name(family="Solo"),
            ),
            date="2099-03-04",
            journal="Journal of Examples",
            source=Source(stamp="2099-06-01", route="crossref"),
        )
    ]


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"published": None}, "date", "2099-05"),
        ({"published": None, "issued": {"date-parts": [[None]]}}, "date", ""),
        ({"published": {"date-parts": [[2099, 2, 31]]}}, "date", "2099-02"),
        ({"published": {"date-parts": []}, "issued": {}}, "date", ""),
        ({"type": "proceedings-article"}, "kind", "inproceedings"),
        ({"type": "posted-content"}, "kind", "misc"),
        ({"type": "something-new"}, "kind", "article"),
        ({"container-title": []}, "journal", ""),
        ({"updated-by": [{"type": "retraction"}]}, "status", Status.RETRACTED),
        ({"relation": {}}, "identifiers", (DOI,)),
        ({"relation": {"is-preprint-of": [{"id": "10.9999/other", "id-type": "doi"}]}}, "identifiers", (DOI,)),
        ({"DOI": "10.9999/renamed", "relation": {}}, "identifiers", (DOI, Identifier("doi", "10.9999/renamed"))),
        ({"deposited": None}, "source", Source(route="crossref")),
    ],
)
def test_each_fact_as_far_as_it_is_known(change, name, value):
    found = works.candidate({**WORK, **change}, DOI)
    assert found
    assert getattr(found, name) == value


def test_what_has_no_title_is_no_work_and_what_is_not_known_is_passed_over(server, tmp_path):
    other = Identifier("doi", "10.9999/none")
    server.put(PATH, {"message": {**WORK, "title": []}})
    assert asked(server, tmp_path, DOI, other) == []
    assert [a.path for a in server.log] == [PATH, "/works/10.9999%2Fnone"]


@pytest.mark.parametrize("change", [{"author": {}}, {"author": ["Ada"]}, {"relation": []}, {"DOI": 3}, {"updated-by": "x"}, {"type": 1}])
def test_what_is_not_of_crossrefs_shape_is_no_answer(change):
    with pytest.raises(Malformed):
        works.candidate({**WORK, **change}, DOI)


@given(anything)
def test_any_json_is_a_work_or_a_typed_error(value):
    for name in WORK:
        try:
            found = works.candidate({**WORK, name: value}, DOI)
        except Malformed:
            continue
        assert found is None or to_candidate(to_entry(found)) == found


def test_too_many_questions_end_the_asking(server, tmp_path):
    server.put(PATH, {"message": WORK}, x_rate_limit_limit="1", x_rate_limit_interval="60s")
    with pytest.raises(Throttled):
        asked(server, tmp_path)


def test_every_recorded_work_of_crossref_is_read():
    folder = RECORDED / "crossref"
    if not folder.is_dir():
        pytest.skip("the recorded answers are not here")
    read = 0
    for file in sorted(folder.glob("*.json")):
        try:
            answer = json.loads(file.read_bytes())
        except ValueError:
            continue
        message = answer.get("message") if isinstance(answer, dict) else None
        if isinstance(message, dict):
            for work in message.get("items", [message]) if isinstance(message.get("items", []), list) else []:
                if isinstance(work, dict) and work.get("title"):
                    found = works.candidate(work, DOI)
                    assert found
                    assert to_candidate(to_entry(found)) == found
                    read += 1
    assert read > 50


# --- Both sources ---


ONE, TWO = Identifier("arxiv", "9901.00001"), Identifier("arxiv", "9901.00002")


def preprint(identifier: Identifier) -> Candidate:
    return Candidate(identifiers=(identifier,), title=f"A fabricated preprint {identifier.value}")


def test_arxiv_is_asked_of_its_own_and_of_the_preprints_behind_dois():
    seen: list[list[str]] = []

    def arxiv(ids: Sequence[str]) -> Iterator[Batch]:
        seen.append(list(ids))
        yield Batch(candidates=tuple(preprint(Identifier("arxiv", i)) for i in ids))

    def crossref(dois: Sequence[Identifier]) -> Iterator[Candidate]:
        assert list(dois) == [DOI]
        yield Candidate(identifiers=(ONE, DOI), title="Published")

    found = list(facts.ask(arxiv, crossref)([TWO, DOI]))
    assert seen == [["9901.00002"], ["9901.00001"]]
    assert [c.identifiers for c in found] == [(TWO,), (ONE, DOI), (ONE,)]


def test_one_source_that_fails_does_not_keep_the_other_from_being_asked():
    def broken(_: object) -> Iterator[Any]:
        raise Unavailable("no answer")
        yield

    got: list[Candidate] = []
    with pytest.raises(SourceError):
        got.extend(facts.ask(broken, lambda dois: [Candidate(identifiers=(d,), title="Published") for d in dois])([TWO, DOI]))
    assert [c.identifiers for c in got] == [(DOI,)]


def test_a_server_in_trouble_is_a_source_error(server, tmp_path):
    server.always = status(500)
    with pytest.raises(SourceError):
        asked(server, tmp_path)
