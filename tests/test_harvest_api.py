"""The real `arxiv` package against a server with every fault under which it is known to lose papers.

The rows are those of a table of injected faults: as installed, the package ends quietly with papers
missing under a third of them and hangs under one. Here each ends in all papers, or in a typed error.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import arxiv
import pytest

from arxiv_dialect import atom_entry, atom_error, atom_page, record
from arxiv_server import Answer, ArxivServer, body, manner, status
from clock import Clock
from livre.errors import Incomplete, Malformed, SourceError, Throttled, Unavailable
from livre.harvest import api
from livre.harvest.transport import Rejected, Transport
from livre.model import Name, Source, Version

ALL = [f"9901.{n:05d}" for n in range(1, 26)]
NOW = "2025-04-01T06:17:00Z"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(api, "PAGE", 10)
    with ArxivServer([record(n, versions=[f"2025-03-{n:02d}T10:00:00Z"]) for n in range(1, 26)], news=False) as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(tmp_path, clock, request):
    read = 0.5 if "stall" in request.node.name else 30
    with Transport(delay=0, user_agent="livre-test", folder=tmp_path, clock=clock, sleep=clock.sleep, read=read, tries=3) as transport:
        yield transport


def searched(door, server, query="ti:fabricated", since="2025-03-01", until=""):
    """Ids, refusals and watermark of a search that ends well."""
    batches = list(api.search(door, server.api, query, since, until))
    assert [b.watermark for b in batches[:-1]] == [""] * (len(batches) - 1)
    return [c.identifier("arxiv") for b in batches for c in b.candidates], [r for b in batches for r in b.refused], batches[-1].watermark


def test_a_search_brings_all_pages_in_the_order_of_submission(server, door):
    assert searched(door, server) == (ALL, [], "2025-04-01")
    asked = [a.query for a in server.log]
    assert [q["start"] for q in asked] == ["0", "10", "20"]
    assert {(q["sortBy"], q["sortOrder"], q["max_results"]) for q in asked} == {("submittedDate", "ascending", "10")}
    assert {a.headers["user-agent"] for a in server.log} == {"livre-test"}


def test_pages_are_small_and_queries_are_too():
    assert api.PAGE <= 200
    assert api.LARGEST <= 1000
    assert api.IDS <= 100


def test_a_search_keeps_to_its_query_and_window(server, door):
    server.records += [record(30, title="On something else", versions=["2025-03-10T10:00:00Z"])]
    assert searched(door, server, "ti:fabricated", "2025-03-10", "2025-03-12")[0] == ALL[9:12]
    assert searched(door, server, "ti:skin OR ti:something", "2025-03-10", "2025-03-10")[0] == ["9901.00010", "9901.00030"]
    assert searched(door, server, "", "2025-03-24")[0] == ALL[23:]


def only(start, fault):
    """A fault of one page."""
    return lambda answer, query: fault(answer, query) if query["start"] == str(start) else answer


def later(fault):
    return lambda answer, query: fault(answer, query) if query["start"] != "0" else answer


def total(number):
    text = f"<opensearch:totalResults>{number}</opensearch:totalResults>".encode()
    return body(lambda b: re.sub(rb"<opensearch:totalResults>\d+</opensearch:totalResults>", text if number is not None else b"", b))


def empty(number):
    return body(lambda _: atom_page([], number, 0, 10, NOW))


def swap(old, new):
    """A fault that replaces bytes, once in each page."""
    return body(lambda b: b.replace(old, new, 1))


def cut_in_last_summary(answer, _):
    return replace(answer, body=answer.body[: answer.body.rindex(b"</summary>") - 5])


def no_gzip(answer, _):
    return replace(answer, headers={"Content-Encoding": "gzip"})


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
LOSING = {
    "first page empty, total 0": (empty(0), Incomplete),
    "first page empty, total 25": (empty(25), Incomplete),
    "later page empty": (later(empty(25)), Incomplete),
    "later page empty, total 0": (later(empty(0)), Incomplete),
    "Rate exceeded with 200": (body(lambda _: b"Rate exceeded."), Malformed),
    "HTML with 200": (body(lambda _: b"<html><body>Service unavailable</body></html>"), Malformed),
    "HTML on a later page": (later(body(lambda _: b"<!doctype html><p>Oops")), Malformed),
    "empty body": (body(lambda _: b""), Malformed),
    "bad gzip": (no_gzip, Malformed),
    "total 0 with entries": (total(0), Incomplete),
    "total missing": (total(None), Incomplete),
    "total no number": (total("many"), Malformed),
    "total too small": (total(15), Incomplete),
    "total too small on a later page": (later(total(15)), Incomplete),
    "total too large": (total(35), Incomplete),
    "total changes": (only(20, total(26)), Incomplete),
    "last page cut in its last summary": (only(20, cut_in_last_summary), Malformed),
    "unescaped &": (swap(b"a fabricated", b"a & b"), Malformed),
    "unescaped <": (swap(b"a fabricated", b"a <b> c"), Malformed),
    "&nbsp;": (swap(b"a fabricated", b"a&nbsp;b"), Malformed),
    "Latin-1 byte": (swap(b"fabricated", b"caf\xe9"), Malformed),
    "control character": (swap(b"fabricated", b"fabr\x0bcated"), Malformed),
    "error feed with 200": (body(lambda _: atom_error("query is too long", NOW)), Rejected),
    "error feed with 400": (status(400, atom_error("query is too long", NOW)), Rejected),
    "billion laughs": (swap(b"<feed", LAUGHS + b"<feed"), Malformed),
    "text of 11 MB": (swap(b"fabricated", b"x" * 11_000_000), Malformed),
    "short body": (manner("short"), Unavailable),
    "broken chunk": (manner("chunk"), Unavailable),
    "stall": (manner("stall"), Unavailable),
    "reset": (manner("reset"), Unavailable),
    "429": (status(429), Throttled),
    "503": (status(503), Throttled),
    "403": (status(403), Throttled),
    "400": (status(400), Rejected),
    "the first page again": (lambda a, q: a if q["start"] == "0" else replace(a, body=FIRST_PAGE), Incomplete),
    "the first page again, renumbered": (lambda a, q: a if q["start"] == "0" else replace(a, body=renumbered(q["start"])), Incomplete),
    "an entry twice": (later(body(lambda b: re.sub(rb"(<entry>.*?</entry>)<entry>.*?</entry>", rb"\1\1", b, count=1))), Incomplete),
    "an entry without id": (swap(b"<id>http://arxiv.org/abs/9901.00003v1</id>", b""), Malformed),
    "an entry of somebody else": (swap(b"http://arxiv.org/abs/9901.00003v1", b"http://elsewhere.example/3"), Malformed),
    "another start": (later(body(lambda b: b.replace(b"<opensearch:startIndex>10", b"<opensearch:startIndex>0"))), Incomplete),
    "something else": (body(lambda _: b"<rss/>"), Malformed),
}
FIRST_PAGE = atom_page([atom_entry(record(n)) for n in range(1, 11)], 25, 0, 10, NOW)


def renumbered(start):
    return FIRST_PAGE.replace(b"<opensearch:startIndex>0", f"<opensearch:startIndex>{start}".encode())


@pytest.mark.parametrize("name", LOSING)
def test_a_fault_that_stays_is_a_typed_error(server, door, name):
    server.always, expected = LOSING[name]
    with pytest.raises(expected):
        searched(door, server)
    assert len(server.log) <= 12


@pytest.mark.parametrize("name", [n for n, (_, e) in LOSING.items() if e is not Rejected and n != "403"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_fault_that_passes_costs_nothing_but_requests(server, door, name, at):
    server.faults.extend([None] * at + [LOSING[name][0]])
    assert searched(door, server) == (ALL, [], "2025-04-01")


def test_the_error_feed_says_what_is_wrong(server, door):
    server.always = status(400, atom_error("incorrect id format for abc", NOW))
    with pytest.raises(Rejected, match="incorrect id format for abc"):
        searched(door, server)


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_obeyed(server, door, clock, code):
    server.faults.append(status(code, retry_after="60"))
    assert searched(door, server)[0] == ALL
    assert clock.naps == [60]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"<updated>2025-03-05T10:00:00Z</updated>", b"", "no <updated>"),
        (b"<updated>2025-03-05T10:00:00Z</updated>", b"<updated>yesterday</updated>", "the date 'yesterday' is none"),
        (b"<published>2025-03-05T10:00:00Z</published>", b"<published>2025-02-30T10:00:00Z</published>", "is none"),
        (b"<published>2025-03-05T10:00:00Z</published>", b"", "no <published>"),
        (b"<published>2025-03-05T10:00:00Z</published>", b"<published>0001-01-01T00:00:00+23:59</published>", "impossible"),
        (b"<title>Example 5: a fabricated paper on skin</title>", b"<title> </title>", "no title"),
        (b"<title>Example 5:", b"<title><i>Example</i> 5:", "markup inside <title>"),
        (b"<title>Example 5: a", b"<title>Example</title><title>5: a", "has 2 <title>"),
        (b"Fabricated abstract number 5.", b"Half <b>of</b> it", "markup inside <summary>"),
    ],
)
def test_one_poisoned_entry_is_refused_by_name_and_the_others_come(server, door, old, new, why):
    server.always = body(lambda b: b.replace(old, new))
    ids, refused, watermark = searched(door, server)
    assert ids == [i for i in ALL if i != "9901.00005"]
    assert watermark == "2025-04-01"
    (line,) = refused
    assert line.startswith("arXiv:9901.00005: ")
    assert why in line


def test_an_entry_without_names_of_authors_is_refused_by_name(server, door):
    server.records[4]["authors"] = ["(none)", ""]
    ids, refused, _ = searched(door, server)
    assert len(ids) == 24
    assert refused == ["arXiv:9901.00005: no author"]


def test_many_poisoned_entries_spoil_the_page(server, door):
    server.always = body(lambda b: re.sub(rb"<published>.*?</published>", b"", b))
    with pytest.raises(Malformed, match="10 of 10 records"):
        searched(door, server)


@pytest.mark.parametrize("change", ["announcement", "removal"])
def test_a_list_that_shifts_between_pages_is_read_again(server, door, change):
    def shift(number):
        if number == 2 and change == "announcement":
            server.records.append(record(40, versions=["2025-03-02T09:00:00Z"]))
        elif number == 2:
            del server.records[0]

    server.before = shift
    ids, _, _ = searched(door, server)
    assert sorted(ids) == sorted(r["id"] for r in server.records)


def test_a_list_that_never_stands_still_is_an_error(server, door):
    server.before = lambda number: server.records.append(record(40 + number, versions=["2025-03-02T09:00:00Z"]))
    with pytest.raises(Incomplete):
        searched(door, server)


def test_a_wall_clock_that_steps_back_is_not_waited_for(server, door, monkeypatch):
    class Backwards(datetime):
        """An hour earlier at each look."""

        at = datetime(2025, 11, 2, 12)  # noqa: DTZ001 - the package's clock knows no zone

        @classmethod
        def now(cls, tz=None):
            cls.at -= timedelta(hours=1)
            return cls.at

    monkeypatch.setattr(arxiv, "datetime", Backwards)
    monkeypatch.setattr(arxiv.time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s by the wall clock"))
    assert searched(door, server)[0] == ALL


def test_nothing_found_is_believed_when_arxiv_knows_of_other_papers(server, door):
    assert searched(door, server, "ti:unheard") == ([], [], "2025-04-01")


def test_a_large_result_is_fetched_in_windows_that_add_up(server, door, monkeypatch):
    monkeypatch.setattr(api, "LARGEST", 20)
    start = datetime(2025, 3, 1, tzinfo=UTC)
    server.records = [record(n, versions=[(start + timedelta(hours=n)).isoformat()]) for n in range(1, 241)]
    ids, _, watermark = searched(door, server)
    assert ids == [f"9901.{n:05d}" for n in range(1, 241)]
    assert watermark == "2025-04-01"


def test_papers_of_one_minute_are_not_split_for_ever(server, door, monkeypatch):
    monkeypatch.setattr(api, "LARGEST", 4)
    server.records = [record(n, versions=["2025-03-04T10:00:30Z"]) for n in range(1, 31)]
    assert len(searched(door, server)[0]) == 30
    assert len(server.log) < 200


def test_windows_that_do_not_add_up_are_incomplete(server, door, monkeypatch):
    monkeypatch.setattr(api, "LARGEST", 20)

    def forgetful(answer, query):
        """Knows all papers until the list is split, and half of them then."""
        return answer if "209912310000" in query["search_query"] else empty(0)(answer, query)

    server.always = forgetful
    with pytest.raises(Incomplete, match="promised 25 results"):
        searched(door, server)


def looked_up(door, server, *ids):
    return list(api.lookup(door, server.api, ids))


def test_papers_are_looked_up_a_hundred_at_a_time(server, door):
    server.records = [record(n) for n in range(1, 251)]
    batches = looked_up(door, server, *(r["id"] for r in server.records))
    assert [len(b.candidates) for b in batches] == [100, 100, 50]
    assert {len(a.query["id_list"].split(",")) for a in server.log} <= {100, 50}
    assert {b.watermark for b in batches} == {""}


def test_ids_that_arxiv_does_not_know_are_reported(server, door):
    (batch,) = looked_up(door, server, "9901.00001", "9901.99999", "hep-th/9901001")
    assert [c.identifier("arxiv") for c in batch.candidates] == ["9901.00001"]
    assert batch.refused == ("arXiv:9901.99999: not known to arXiv", "arXiv:hep-th/9901001: not known to arXiv")


def test_what_is_no_id_is_reported_and_not_asked_for(server, door):
    assert looked_up(door, server, "abc")[0].refused == ("abc: 'abc' is no arXiv id",)
    assert not server.log


def test_an_id_dropped_once_is_asked_for_again(server, door):
    server.faults.append(lambda a, _: Answer(body=atom_page([atom_entry(server.records[1])], 1, 0, 10, NOW)))
    (batch,) = looked_up(door, server, "arXiv:9901.00001v3", "arxiv:9901.00002", "9901.00001")
    assert sorted(c.identifier("arxiv") for c in batch.candidates) == ["9901.00001", "9901.00002"]
    assert batch.refused == ()


def test_knowing_none_of_many_is_a_failure(server, door):
    server.always = empty(0)
    with pytest.raises(Incomplete, match="none of 25"):
        looked_up(door, server, *ALL)


def test_a_paper_that_was_not_asked_for_is_a_failure(server, door):
    server.always = lambda a, _: Answer(body=atom_page([atom_entry(server.records[1])], 1, 0, 10, NOW))
    with pytest.raises(Incomplete, match=r"9901\.00002, which was not asked for"):
        looked_up(door, server, "9901.00001")


def test_batches_before_a_failure_stand(server, door):
    server.records = [record(n) for n in range(1, 251)]
    batches = api.lookup(door, server.api, [r["id"] for r in server.records])
    assert len(next(batches).candidates) == 100
    server.always = status(403)
    with pytest.raises(Throttled):
        next(batches)


class Canned:
    """A transport of one answer, for the thousands of answers that need no server."""

    def __init__(self, answer):
        self.answer = answer

    def get(self, url):
        return self.answer


SMALL = atom_page([atom_entry(record(n)) for n in (1, 2)], 2, 0, 10, NOW)


@pytest.mark.parametrize("part", range(4))
def test_a_feed_cut_at_any_byte_is_an_error(part):
    quarter = len(SMALL) // 4 + 1
    for at in range(part * quarter, min(len(SMALL), (part + 1) * quarter)):
        with pytest.raises(SourceError):
            list(api.lookup(Canned(SMALL[:at]), "http://canned.example", ["9901.00001", "9901.00002"]))
    assert len(next(api.lookup(Canned(SMALL), "http://canned.example", ["9901.00001", "9901.00002"])).candidates) == 2


def test_all_facts_of_a_result_are_taken(server, door):
    server.records = [
        record(
            1,
            title="Sk\\'in & more",
            authors=["J\\'er\\^ome Example", "B. Sample Jr."],
            versions=["2025-02-27T23:30:00Z", "2025-03-01T00:00:00Z", "2025-03-04T10:00:00Z"],
            comments="9 pages",
            journal_ref="J. Fabr. 1",
            doi="10.1000/One",
        )
    ]
    (batch,) = looked_up(door, server, "9901.00001")
    (found,) = batch.candidates
    assert found.title == "Skín & more"
    assert found.authors == (Name(family="Example", given="Jérôme"), Name(family="Sample", given="B.", suffix="Jr."))
    assert [str(i) for i in found.identifiers] == ["arxiv:9901.00001", "doi:10.1000/one"]
    assert (found.date, found.versions) == ("2025-02-27", (Version(number=1, on="2025-02-27"), Version(number=3, on="2025-03-04")))
    assert (found.classes, found.journal, found.comment) == (("cs.CL", "cs.AI"), "J. Fabr. 1", "9 pages")
    assert found.source == Source(version=3, stamp="2025-03-04", route="api")
