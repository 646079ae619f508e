"""Every way in which a request can end, against a real server."""

from __future__ import annotations

import random
import zlib

import pytest

from arxiv_server import Answer, ArxivServer, body, manner, status
from clock import Clock
from livre.errors import Malformed, SourceError, Throttled, Unavailable, UsageError
from livre.harvest.transport import LONGEST_PAUSE, Rejected, Transport


@pytest.fixture
def server():
    with ArxivServer() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(tmp_path, clock):
    def make(**options):
        settings = {"delay": 1, "user_agent": "livre/0 (+https://example.org)", "folder": tmp_path, "rng": random.Random(1), **options}
        return Transport(clock=clock, sleep=clock.sleep, **settings)

    return make


def test_a_good_answer_is_its_decoded_body(server, door):
    server.faults.extend([None, manner("gzip")])
    plain, packed = (door().get(server.api, {"search_query": "ti:none"}) for _ in range(2))
    assert plain == packed
    assert plain.startswith(b"<?xml")


def test_a_request_looks_like_a_browser_with_a_name_and_an_address(server, door):
    door().get(server.api)
    sent = server.log[0].headers
    assert sent["user-agent"] == "livre/0 (+https://example.org)"
    assert sent["accept"] == "application/atom+xml, text/xml;q=0.9, */*;q=0.5"
    assert {"accept-encoding", "accept-language"} <= set(sent)


def test_requests_keep_their_distance(server, door, clock):
    transport = door(delay=3)
    for _ in range(3):
        transport.get(server.api)
    assert clock.naps == [3, 3]


@pytest.mark.parametrize(
    "fault",
    [status(500), status(503), status(429), status(406), *map(manner, ["reset", "short", "chunk", "stall"])],
    ids=["500", "503", "429", "406", "reset", "short", "broken chunk", "stall"],
)
def test_what_passes_is_asked_for_again(server, door, fault):
    server.faults.append(fault)
    assert door(read=1).get(server.api).startswith(b"<?xml")
    assert len(server.log) == 2


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (status(500), Unavailable, "HTTP 500"),
        (status(504), Unavailable, "HTTP 504"),
        (status(503), Throttled, "HTTP 503"),
        (status(429), Throttled, "HTTP 429"),
        (status(406), Throttled, "HTTP 406"),
        (manner("reset"), Unavailable, "broke off"),
        (manner("short"), Unavailable, "broke off"),
        (manner("chunk"), Unavailable, "broke off"),
        (manner("stall"), Unavailable, "stopped answering"),
        (lambda a, _: Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}), Malformed, "decompressed"),
    ],
    ids=["500", "504", "503", "429", "406", "reset", "short", "chunk", "stall", "gzip"],
)
def test_what_does_not_pass_is_a_typed_error_after_the_last_try(server, door, fault, error, says):
    server.always = fault
    with pytest.raises(error, match=says):
        door(tries=3, read=0.1).get(server.api)
    assert len(server.log) == 3


@pytest.mark.parametrize("code", [400, 401, 404, 410])
def test_a_request_that_is_refused_is_not_repeated(server, door, code):
    server.always = status(code, b"why not")
    with pytest.raises(Rejected, match=f"HTTP {code}") as error:
        door().get(server.api)
    assert error.value.body == b"why not"
    assert len(server.log) == 1


def test_after_a_403_nothing_is_asked_again(server, door):
    server.always = status(403)
    with pytest.raises(Throttled):
        door().get(server.api)
    assert len(server.log) == 1


@pytest.mark.parametrize("code", [204, 206, 304])
def test_a_status_that_is_no_answer_is_malformed(server, door, code):
    server.always = status(code)
    with pytest.raises(Malformed):
        door().get(server.api)
    assert len(server.log) == 1


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"retry_after": "60"}, 60),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "Sun, 22 Nov 2026 10:01:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 90),
        ({"retry_after": "Sun, 22 Nov 2026 09:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0),
        ({"retry_after": "soon"}, 0),
    ],
)
def test_retry_after_is_obeyed_in_seconds_and_as_a_date(server, door, clock, headers, least):
    server.faults.append(status(503, **headers))
    door().get(server.api)
    assert max(least, 0.5) <= clock.naps[0] <= max(least, 2)


@pytest.mark.parametrize("asked", ["3600", "9" * 400, "Sun, 22 Nov 2099 10:00:00 GMT"])
def test_a_source_that_asks_for_a_long_pause_is_left_alone_at_once(server, door, clock, asked):
    server.always = status(429, retry_after=asked)
    with pytest.raises(Throttled) as error:
        door().get(server.api)
    assert error.value.retry_after > LONGEST_PAUSE
    assert (len(server.log), clock.naps) == (1, [])


def test_pauses_grow_and_are_not_the_same_for_everyone(server, door, clock):
    server.always = status(500)
    with pytest.raises(Unavailable):
        door(delay=3).get(server.api)
    assert len(clock.naps) == 5
    assert all(3 * 2**n * 0.5 <= nap <= 3 * 2**n for n, nap in enumerate(clock.naps, 1))


def test_failures_of_one_transport_share_one_budget(server, door, clock):
    server.always = status(500)
    transport = door(delay=30, budget=100)
    for _ in range(3):
        with pytest.raises(Unavailable):
            transport.get(server.api)
    assert len(server.log) == 4
    assert sum(clock.naps) <= 100 + 2 * 30


@pytest.mark.parametrize("slow", ["trickle", "trickle-headers"])
def test_a_server_that_trickles_is_cut_off(server, door, slow):
    server.always = manner(slow)
    with pytest.raises(Unavailable, match=r"had not finished its answer after 0\.2 s"):
        door(total=0.2, tries=2).get(server.api)


def test_a_trickled_body_without_a_length_is_not_taken_for_whole(server, door):
    server.always = lambda answer, _: Answer(body=answer.body, headers={"Content-Length": ""}, manner="trickle")
    with pytest.raises(Unavailable):
        door(total=0.2, tries=1).get(server.api)


def test_a_body_that_is_too_large_is_malformed_and_not_asked_for_again(server, door):
    server.always = body(lambda _: b"x" * 2000)
    with pytest.raises(Malformed, match="more than"):
        door(size=1000).get(server.api)
    assert len(server.log) == 1


def test_a_body_that_grows_when_unpacked_is_stopped(server, door):
    packed = zlib.compressobj(wbits=31)
    bomb = packed.compress(bytes(20_000_000)) + packed.flush()
    server.always = lambda *_: Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Malformed, match="more than"):
        door(size=1_000_000).get(server.api)


def test_a_redirect_on_the_host_is_followed(server, door):
    server.faults.append(status(301, location="/api/query?search_query=ti:moved"))
    assert b"<feed" in door().get(f"{server.url}/old")
    assert [a.path for a in server.log] == ["/old", "/api/query"]


@pytest.mark.parametrize(
    "to",
    ["http://localhost/", "https://elsewhere.example/", "//elsewhere.example", "file:///etc/passwd", "ftp://127.0.0.1/", "http://[", ""],
)
def test_a_redirect_elsewhere_is_not(server, door, to):
    server.always = status(302, location=to)
    with pytest.raises(SourceError):
        door().get(server.api)
    assert len(server.log) <= 6


def test_redirects_in_circles_end(server, door):
    server.always = status(302, location="/api/query")
    with pytest.raises(Unavailable, match="circles"):
        door().get(server.api)
    assert len(server.log) == 6


def test_nobody_there_is_unavailable(door):
    with ArxivServer() as gone:
        pass
    with pytest.raises(Unavailable, match="cannot be reached"):
        door(tries=2).get(gone.api)


@pytest.mark.parametrize(
    "url", ["", "arxiv", "file:///etc/passwd", "ftp://x.example/", "https://", "http://[::1", "http://x.example:port/"]
)
def test_what_is_no_address_is_a_usage_error(door, url):
    with pytest.raises(UsageError):
        door().get(url)


@pytest.mark.parametrize("url", ["https://export.arxiv.org/api/query", "http://ARXIV.org/", "https://oaipmh.arxiv.org/oai"])
def test_arxiv_is_not_asked_faster_than_it_allows(door, url):
    with pytest.raises(UsageError, match="3 seconds"):
        door(delay=1).get(url)
