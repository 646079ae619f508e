"""More ways in which arXiv's two servers may fail, and a cut at every byte of what they send: never a quiet loss.

With those of test_harvest_api.py (41) and test_harvest_oai.py (27) there are sixty faults of the one and forty-five of the other.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from arxiv_dialect import atom_entry, atom_error, atom_page, oai_page, oai_record, record
from arxiv_server import Answer, ArxivServer, Fault, body, manner, status
from clock import Clock
from livre.errors import Incomplete, Malformed, SourceError, Throttled, Unavailable
from livre.harvest import api, atom, oai
from livre.harvest.transport import Rejected, Transport
from test_harvest_api import LOSING
from test_harvest_oai import FAULTS

NOW = "2025-04-01T06:17:00Z"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(api, "PAGE", 10)
    with ArxivServer([record(n, versions=[f"2025-03-{n:02d}T10:00:00Z"]) for n in range(1, 26)], page=10, news=False) as running:
        yield running


@pytest.fixture
def door(tmp_path):
    clock = Clock()
    with Transport(delay=0, user_agent="livre-test", folder=tmp_path, clock=clock, sleep=clock.sleep, read=5, tries=3) as transport:
        yield transport


def later(fault: Fault) -> Fault:
    """A fault of every page but the first."""
    return lambda answer, query: fault(answer, query) if "resumptionToken" in query or query.get("start", "0") != "0" else answer


def encoded(name: str) -> Fault:
    return lambda answer, _: replace(answer, headers={"Content-Encoding": name})


def swapped(old: bytes, new: bytes) -> Fault:
    return body(lambda b: b.replace(old, new, 1))


EITHER: dict[str, tuple[Fault, type[SourceError]]] = {
    "406": (status(406), Throttled),
    "502": (status(502), Unavailable),
    "410": (status(410), Rejected),
    "204": (status(204), Malformed),
    "403 on a later page": (later(status(403)), Throttled),
    "a pause of a year": (status(429, retry_after="31536000"), Throttled),
    "a pause that is none": (status(503, retry_after="soon"), Throttled),
    "a move to another host": (status(302, location="http://elsewhere.example/"), Unavailable),
    "a move in circles": (status(302, location="/oai"), Unavailable),
    "a move to nowhere": (status(301), Malformed),
    "JSON": (body(lambda _: b'{"error": "down"}'), Malformed),
    "two documents": (body(lambda b: b + b.partition(b"?>")[2]), Malformed),
    "a document type": (body(lambda b: b.replace(b"?>", b"?><!DOCTYPE x>", 1)), Malformed),
    "a NUL": (swapped(b"fabricated", b"fabri\x00ated"), Malformed),
    "half a surrogate": (swapped(b"fabricated", b"fabr\xed\xa0\x80ated"), Malformed),
    "deflate that is none": (encoded("deflate"), Malformed),
    "gzip that is none, later": (later(encoded("gzip")), Malformed),
    "a reset on a later page": (later(manner("reset")), Unavailable),
}
API = {
    "an entry fewer on a later page": (later(body(lambda b: re.sub(rb"<entry>.*?</entry>", b"", b, count=1))), Incomplete),
    **EITHER,
}
OAI = {
    **EITHER,
}


def test_there_are_sixty_faults_of_the_one_and_forty_five_of_the_other():
    assert len(LOSING) + len(API) == 60
    assert len(FAULTS) + len(OAI) == 45


@pytest.mark.parametrize("name", API)
def test_a_fault_of_the_api_that_stays_is_a_typed_error(server, door, name):
    server.always, expected = API[name]
    with pytest.raises(expected):
        list(api.search(door, server.api, "ti:fabricated", "2025-03-01"))
    assert len(server.log) <= 12


@pytest.mark.parametrize("name", OAI)
def test_a_fault_of_oai_that_stays_is_a_typed_error(server, door, name):
    server.always, expected = OAI[name]
    with pytest.raises(expected):
        list(oai.harvest(door, server.oai, ["cs"], "2025-03-01"))
    assert len(server.log) <= 12


@pytest.mark.parametrize("name", OAI)
def test_a_fault_of_the_list_of_identifiers_is_a_typed_error_or_the_whole_list(server, door, name):
    server.page = 10
    server.always = OAI[name][0]
    try:
        listed = oai.identifiers(door, server.oai, ["cs"], "2025-03-01")
    except SourceError:
        return
    assert {i.value for i in listed} == {r["id"] for r in server.records}


RECORDS = [record(n) for n in range(1, 7)]
PAGES = {
    "atom": (atom_page(map(atom_entry, RECORDS), 6, 0, 10, NOW), lambda page: atom.read(page, what="a feed")),
    "oai": (
        oai_page(f"<ListRecords>{''.join(map(oai_record, RECORDS))}<resumptionToken/></ListRecords>", NOW),
        lambda page: oai.read(page, what="a list"),
    ),
    "atom error": (atom_error("query is too long", NOW), lambda page: atom.read(page, what="a feed")),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_that_is_cut_at_any_byte_is_an_error(kind):
    page, read = PAGES[kind]
    assert len(page) > 600
    for at in range(len(page)):
        with pytest.raises(SourceError):
            read(page[:at])


@pytest.mark.parametrize("at", range(0, 4000, 400))
def test_a_feed_that_is_cut_on_its_way_is_asked_for_again(server, door, at):
    def cut(answer: Answer, _: dict[str, str]) -> Answer:
        return replace(answer, body=answer.body[:at])

    server.faults.extend([cut, None, None, None, None, None])
    batches = list(oai.harvest(door, server.oai, ["cs"], "2025-03-01"))
    assert sum(len(b.candidates) for b in batches) == 25
