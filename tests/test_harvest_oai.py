"""A harvest by OAI-PMH is whole or an error, whatever the server does."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from arxiv_dialect import oai_page, oai_record, record
from arxiv_server import Answer, ArxivServer, body, manner, status
from clock import Clock
from livre.errors import Incomplete, Malformed, SourceError, Throttled, Unavailable
from livre.harvest import oai
from livre.harvest.transport import Rejected, Transport
from livre.model import Identifier, Name, Source, Status, Version

NOW = "2025-04-01T06:17:00Z"


@pytest.fixture
def server():
    with ArxivServer([record(n) for n in range(1, 26)], page=10, news=False) as running:
        yield running


@pytest.fixture
def door(tmp_path, request):
    clock = Clock()
    read = 0.5 if "stall" in request.node.name else 30
    with Transport(delay=0, user_agent="livre-test", folder=tmp_path, clock=clock, sleep=clock.sleep, read=read, tries=3) as transport:
        yield transport


def harvested(door, server, *sets, since="2025-03-01", until=""):
    """Ids, refusals and watermark of a harvest that ends well."""
    batches = list(oai.harvest(door, server.oai, sets or ("cs",), since, until))
    assert [b.watermark for b in batches[:-1]] == [""] * (len(batches) - 1)
    ids = [c.identifier("arxiv") for b in batches for c in b.candidates]
    return ids, [r for b in batches for r in b.refused], batches[-1].watermark


ALL = [f"9901.{n:05d}" for n in range(1, 26)]


def test_all_pages_are_harvested_and_the_watermark_is_the_servers_day(server, door):
    assert harvested(door, server) == (ALL, [], "2025-04-01")
    first, *rest = [a.query for a in server.log]
    assert first == {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": "cs", "from": "2025-03-01"}
    assert [set(q) for q in rest] == [{"verb", "resumptionToken"}] * 2


def test_a_window_is_asked_for_by_the_day_of_change(server, door):
    server.records += [record(30, datestamp="2025-03-10"), record(31, datestamp="2025-03-20"), record(32, datestamp="2025-05-01")]
    assert harvested(door, server, since="2025-03-05", until="2025-03-15")[0] == ["9901.00030"]
    assert harvested(door, server, since="2025-03-05")[0] == ["9901.00030", "9901.00031"]


def test_several_days_are_paged_as_arxiv_pages_them(server, door):
    server.records = [record(n, datestamp=f"2025-03-{4 + n // 7:02d}") for n in range(1, 26)]
    assert sorted(harvested(door, server)[0]) == ALL


def test_a_paper_in_two_sets_comes_twice(server, door):
    server.records = [record(1, categories="cs.CV eess.IV"), record(2, categories="eess.IV"), record(3, categories="hep-th")]
    assert harvested(door, server, "cs", "eess:eess:IV")[0] == ["9901.00001", "9901.00001", "9901.00002"]
    assert harvested(door, server, "physics:hep-th")[0] == ["9901.00003"]
    assert len(harvested(door, server, "")[0]) == 3


def test_nothing_new_is_a_complete_harvest(server, door):
    assert harvested(door, server, since="2025-03-30") == ([], [], "2025-04-01")


def test_a_long_silence_is_believed_when_other_sets_have_news(server, door):
    assert harvested(door, server, "math", "stat") == ([], [], "2025-04-01")
    assert [a.query.get("set") for a in server.log] == ["math", "stat", None]


@pytest.mark.parametrize("sets", [("cs", "math"), ("",)])
def test_a_long_silence_of_all_arxiv_is_a_failure(server, door, sets):
    server.news = True
    server.always = error("noRecordsMatch")
    with pytest.raises(Incomplete, match="nothing at all has changed from 2025-03-01 to 2025-04-01"):
        harvested(door, server, *sets)


def test_the_watermark_is_the_earliest_of_the_lists_first_pages(server, door):
    days = iter(["2025-04-01T23:59:58Z", "2025-04-02T00:00:01Z", "2025-04-02T00:00:05Z", "2025-03-31T12:00:00Z", "2025-04-02T00:00:09Z"])

    def midnight(_):
        server.now = next(days, "2025-04-02T00:00:10Z")

    server.before = midnight
    assert harvested(door, server, "cs", "math")[2] == "2025-03-31"


def test_all_facts_of_a_record_are_taken():
    raw = record(
        1,
        title="Sk\\'in  on\n  $\\mathcal{L}_2$ & more",
        authors="J\\'er\\^ome Example (1 and 2), B. Sample Jr., for the ABC Collaboration ((1) A, (2) B)",
        abstract="Two\nlines. Code at https://github.com/ada/example.",
        categories="cs.CV cs.AI eess.IV",
        versions=["2025-02-27T23:30:00Z", "2025-03-04T10:00:00Z"],
        datestamp="2025-03-06",
        comments="9 pages; weights: https://huggingface.co/ada/example",
        journal_ref="J. Fabr. 1 (2025) 2",
        doi="10.1000/One 10.1000/two",
    )
    (found,) = oai.read(oai_page(f"<ListRecords>{oai_record(raw)}</ListRecords>", NOW), what="it").candidates
    assert [str(i) for i in found.identifiers] == ["arxiv:9901.00001", "doi:10.1000/one", "doi:10.1000/two"]
    assert found.title == "Skín on $\\mathcal{L}_2$ & more"
    assert found.authors == (
        Name(family="Example", given="Jérôme"),
        Name(family="Sample", given="B.", suffix="Jr."),
        Name(family="ABC Collaboration"),
    )
    assert found.date == "2025-02-27"
    assert found.versions == (Version(number=1, on="2025-02-27"), Version(number=2, on="2025-03-04"))
    assert found.classes == ("cs.CV", "cs.AI", "eess.IV")
    assert (found.journal, found.comment) == ("J. Fabr. 1 (2025) 2", "9 pages; weights: https://huggingface.co/ada/example")
    assert (found.code, found.weights) == (("https://github.com/ada/example",), ("https://huggingface.co/ada/example",))
    assert found.abstract == "Two lines. Code at https://github.com/ada/example."
    assert (found.status, found.source) == (Status.CURRENT, Source(version=2, stamp="2025-03-06", route="oai"))
    assert found.extra == ()


def test_a_version_that_is_a_withdrawal_is_a_status(server, door):
    server.records = [record(1, withdrawn=True, versions=["2025-03-04T10:00:00Z", "2025-03-05T10:00:00Z"])]
    (batch, _) = oai.harvest(door, server.oai, ["cs"], "2025-03-01")
    assert batch.candidates[0].status is Status.WITHDRAWN


def test_a_paper_that_came_back_is_no_longer_withdrawn():
    gone = oai_record(record(1, withdrawn=True))
    back = gone.replace("</version>", '</version><version version="v2"><date>Wed, 05 Mar 2025 10:00:00 GMT</date></version>')
    assert oai.read(oai_page(f"<ListRecords>{back}</ListRecords>", NOW), what="it").candidates[0].status is Status.CURRENT


def test_a_deleted_record_is_reported_and_nothing_else(server, door):
    server.records[3]["deleted"] = True
    ids, refused, _ = harvested(door, server)
    assert len(ids) == 24
    assert refused == ["arXiv:9901.00004: deleted at the source; kept here"]


def spoilt(old, new):
    """Records of which the third is broken by replacing `old`."""
    good = [oai_record(record(n)) for n in range(1, 41)]
    assert old in good[2]
    good[2] = good[2].replace(old, new, 1)
    return oai_page(f"<ListRecords>{''.join(good)}</ListRecords>", NOW)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<title>Example 3: a fabricated paper on skin</title>", "", "no title"),
        ("<title>Example", "<title><b>Example</b>", "markup inside <title>"),
        ("<authors>Ada Example, Ben Sample</authors>", "<authors>(Institute)</authors>", "no author"),
        ("Tue, 04 Mar 2025 10:00:00 GMT", "yesterday", "date 'yesterday' of version 1 is none"),
        ("Tue, 04 Mar 2025 10:00:00 GMT", "Tue, 04 Mar 1925 10:00:00 GMT", "impossible"),
        ("Tue, 04 Mar 2025 10:00:00 GMT", f"Tue, 04 Mar {'9' * 30} 10:00:00 GMT", "is none"),
        ('version="v1"', 'version="vX"', "version 'vX' is none"),
        ("<id>9901.00003</id>", "<id>9901.00004</id>", "calls itself arXiv:9901.00004"),
        ("<id>9901.00003</id>", "", "is no arXiv id"),
        ("<abstract>", "<abstract>twice</abstract><abstract>", "has 2 <abstract>"),
        ("http://arxiv.org/OAI/arXivRaw/", "http://www.openarchives.org/OAI/2.0/oai_dc/", "not in arXivRaw"),
        ("<metadata>", "<about/><metadata><x/>", "no metadata"),
    ],
)
def test_a_record_that_breaks_the_rules_is_refused_by_name_and_alone(old, new, why):
    page = oai.read(spoilt(old, new), what="it")
    assert len(page.candidates) == 39
    (refused,) = page.refused
    assert refused.startswith("arXiv:9901.00003: ")
    assert why in refused


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<identifier>oai:arXiv.org:9901.00003</identifier>", ""),
        ("oai:arXiv.org:9901.00003", "oai:elsewhere:3"),
        ("<datestamp>2025-03-04</datestamp>", ""),
        ("<datestamp>2025-03-04</datestamp>", "<datestamp>soon</datestamp>"),
        ("<header>", "<heading>"),
    ],
)
def test_a_record_without_identity_spoils_the_page(old, new):
    page = spoilt(old, new).replace(b"<heading>", b"<heading/><x>").replace(b"</header>", b"</x>", 0)
    with pytest.raises(Malformed):
        oai.read(page, what="it")


def test_too_many_broken_records_spoil_the_page():
    broken = [oai_record(record(n, title="" if n <= 6 else "Fine")) for n in range(1, 101)]
    with pytest.raises(Malformed, match="6 of 100 records"):
        oai.read(oai_page(f"<ListRecords>{''.join(broken)}</ListRecords>", NOW), what="it")
    few = oai.read(oai_page(f"<ListRecords>{''.join(broken[1:])}</ListRecords>", NOW), what="it")
    assert (len(few.candidates), len(few.refused)) == (94, 5)


def error(code):
    return body(lambda _: oai_page(f"<error code='{code}'>why not</error>", NOW))


def keeping(change):
    """A fault on resumed pages only."""
    return lambda answer, query: change(answer, query) if "resumptionToken" in query else answer


def no_token(answer, _):
    return replace(answer, body=answer.body.split(b"<resumptionToken")[0] + b"</ListRecords></OAI-PMH>")


def same_token(answer, _):
    token = b"<resumptionToken>verb%3DListRecords%26metadataPrefix%3DarXivRaw%26skip%3D1</resumptionToken>"
    return replace(answer, body=answer.body.split(b"<resumptionToken")[0] + token + b"</ListRecords></OAI-PMH>")


def endless(answer, query):
    """The first page again and again, each time with a token never seen before."""
    records = "".join(oai_record(record(n)) for n in range(1, 11))
    return Answer(body=oai_page(f"<ListRecords>{records}<resumptionToken>{next(NUMBERS)}</resumptionToken></ListRecords>", NOW))


NUMBERS = count()
HTML = body(lambda _: b"<!DOCTYPE html><html><body>Maintenance</body></html>")
FAULTS = {
    "HTML on a later page": (keeping(HTML), Malformed),
    "HTML at once": (HTML, Malformed),
    "plain text": (body(lambda _: b"Rate exceeded."), Malformed),
    "empty body": (body(lambda _: b""), Malformed),
    "cut before the token": (keeping(body(lambda b: b[: b.index(b"<resumptionToken")])), Malformed),
    "cut in a record": (body(lambda b: b[: len(b) // 2]), Malformed),
    "no token element on a resumed page": (keeping(no_token), Incomplete),
    "the same token again": (same_token, Incomplete),
    "the same page again": (endless, Incomplete),
    "expired token": (keeping(error("badResumptionToken")), Incomplete),
    "no records after a token": (keeping(error("noRecordsMatch")), Incomplete),
    "bad argument": (error("badArgument"), Rejected),
    "unknown format": (error("cannotDisseminateFormat"), Rejected),
    "an error of its own": (error("outOfCheese"), Rejected),
    "neither records nor error": (body(lambda _: oai_page("", NOW)), Malformed),
    "an empty list": (body(lambda _: oai_page("<ListRecords/>", NOW)), Malformed),
    "no response date": (body(lambda b: b.replace(b"responseDate", b"date")), Malformed),
    "a feed of something else": (body(lambda _: b"<rss/>"), Malformed),
    "billion laughs": (body(lambda b: b'<!DOCTYPE a [<!ENTITY a "ha">]>' + b.split(b"?>")[1]), Malformed),
    "Latin-1 byte": (body(lambda b: b.replace(b"fabricated", b"fabr\xedcated")), Malformed),
    "control character": (body(lambda b: b.replace(b"fabricated", b"fabr\x08cated")), Malformed),
    "503": (status(503), Throttled),
    "500": (status(500), Unavailable),
    "short body": (manner("short"), Unavailable),
    "broken chunk": (manner("chunk"), Unavailable),
    "stall": (manner("stall"), Unavailable),
    "404": (status(404), Rejected),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_is_a_typed_error(server, door, name):
    server.always, expected = FAULTS[name]
    with pytest.raises(expected):
        harvested(door, server)
    assert len(server.log) <= 12


@pytest.mark.parametrize("name", [n for n, (_, e) in FAULTS.items() if e is not Rejected])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_fault_that_passes_costs_nothing_but_requests(server, door, name, at):
    server.faults.extend([None] * at + [FAULTS[name][0]])
    assert set(harvested(door, server)[0]) == set(ALL)


def test_a_list_without_an_end_is_given_up(server, door, monkeypatch):
    monkeypatch.setattr(oai, "MOST_PAGES", 4)
    server.page = 2
    with pytest.raises(Incomplete, match="does not end within 4 pages"):
        harvested(door, server)


WHOLE = oai_page(f"<ListRecords>{oai_record(record(1))}{oai_record(record(2))}</ListRecords>", NOW)


def test_an_answer_cut_at_any_byte_is_an_error():
    for at in range(len(WHOLE)):
        with pytest.raises(SourceError):
            oai.read(WHOLE[:at], what="it")


def test_what_one_harvest_misses_the_next_overlapping_one_finds(server, door):
    server.records = [record(n, datestamp=f"2025-03-{4 + n // 7:02d}") for n in range(1, 26)]

    def edit(number):
        """A record that was already served moves to the end of the list, so that an offset points one too far."""
        if number == 2:
            server.records[7]["datestamp"] = "2025-03-25"

    server.before = edit
    first = set(harvested(door, server)[0])
    missed = set(ALL) - first
    assert missed, "the simulated server no longer skips a record; this test must show that it does"
    assert set(harvested(door, server)[0]) == set(ALL)


def test_progress_tells_how_many_records_each_page_brought(server, door):
    told = []
    list(oai.harvest(door, server.oai, ["cs"], "2025-03-01", progress=told.append))
    assert told == [10, 10, 5]


def test_records_of_the_structured_format_are_read_too():
    facts = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>9901.00001</id><created>2025-03-04</created><authors>
      <author><keyname>Example</keyname><forenames>Ada</forenames><suffix>Jr</suffix><affiliation>A</affiliation></author>
      <author><keyname>ABC Collaboration</keyname></author></authors><title>Fabricated</title><categories>cs.CL</categories></arXiv>"""
    raw = oai_record(record(1))
    entry = raw[: raw.index("<arXivRaw")] + facts + raw[raw.index("</metadata>") :]
    (found,) = oai.read(oai_page(f"<GetRecord>{entry}</GetRecord>", NOW), what="it").candidates
    assert found.authors == (Name(family="Example", given="Ada", suffix="Jr"), Name(family="ABC Collaboration"))
    assert (found.identifiers, found.date, found.versions) == ((Identifier.parse("9901.00001"),), "2025-03-04", ())
