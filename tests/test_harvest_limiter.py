"""One request at a time, each a while after the last, whoever asks."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

from arxiv_server import ArxivServer
from clock import Clock
from livre.errors import CannotWrite, Unavailable, UsageError
from livre.harvest.limiter import Limiter, cache
from livre.lock import held

ASK = """
import sys
from pathlib import Path
from livre.harvest.transport import Transport
with Transport(delay=0.1, user_agent="livre-test", folder=Path(sys.argv[2])) as transport:
    for _ in range(4):
        transport.get(sys.argv[1], {"search_query": "ti:none"})
"""


def test_four_processes_at_once_never_ask_too_soon_nor_two_at_a_time(tmp_path):
    with ArxivServer() as server:
        asking = [subprocess.Popen([sys.executable, "-c", ASK, server.api, tmp_path]) for _ in range(4)]
        assert [p.wait() for p in asking] == [0, 0, 0, 0]
    assert len(server.log) == 16
    assert min(b.at - a.at for a, b in pairwise(server.log)) >= 0.1
    assert max(a.busy for a in server.log) == 1


def turns(limiter, *hosts):
    for host in hosts:
        with limiter.turn(host):
            pass
    return len(hosts)


def test_the_next_turn_waits_for_what_is_left_of_the_delay(tmp_path):
    clock = Clock()
    limiter = Limiter(3, folder=tmp_path, clock=clock, sleep=clock.sleep)
    turns(limiter, "mirror.example")
    clock.now += 1
    turns(limiter, "mirror.example")
    assert clock.naps == [2]


def test_the_delay_counts_from_the_end_of_a_request(tmp_path):
    clock = Clock()
    limiter = Limiter(3, folder=tmp_path, clock=clock, sleep=clock.sleep)
    with limiter.turn("mirror.example"):
        clock.now += 60
    turns(limiter, "mirror.example")
    assert clock.naps == [3]


def test_all_hosts_of_arxiv_share_one_turn_and_others_do_not(tmp_path):
    clock = Clock()
    limiter = Limiter(3, folder=tmp_path, clock=clock, sleep=clock.sleep)
    turns(limiter, "export.arxiv.org", "mirror.example", "oaipmh.arxiv.org", "ARXIV.org.")
    assert clock.naps == [3, 3]


def test_a_time_from_before_the_last_boot_is_ignored(tmp_path):
    before, after = Clock(now=900_000), Clock(now=20)
    turns(Limiter(3, folder=tmp_path, clock=before, sleep=before.sleep), "mirror.example")
    turns(Limiter(3, folder=tmp_path, clock=after, sleep=after.sleep), "mirror.example")
    assert after.naps == []


def test_a_broken_record_of_the_last_turn_counts_as_just_now(tmp_path):
    clock = Clock()
    (tmp_path / "mirror.example.last").write_text("12.")
    (tmp_path / "mirror.example.last").write_bytes(b"\xff")
    turns(Limiter(3, folder=tmp_path, clock=clock, sleep=clock.sleep), "mirror.example")
    assert clock.naps == [3]


def test_a_request_that_fails_counts_like_any_other(tmp_path):
    clock = Clock()
    limiter = Limiter(3, folder=tmp_path, clock=clock, sleep=clock.sleep)
    with pytest.raises(KeyError), limiter.turn("mirror.example"):
        raise KeyError
    turns(limiter, "mirror.example")
    assert clock.naps == [3]


@pytest.mark.parametrize("host", ["arxiv.org", "export.arxiv.org", "OAIPMH.arXiv.org", "export.arxiv.org."])
def test_less_than_three_seconds_is_refused_for_arxiv(tmp_path, host):
    with pytest.raises(UsageError, match="LIVRE_DELAY"):
        turns(Limiter(2.9, folder=tmp_path), host)


def test_less_than_three_seconds_is_fine_for_a_name_that_only_looks_like_arxiv(tmp_path):
    assert turns(Limiter(0, folder=tmp_path), "notarxiv.org", "arxiv.org.mirror.example") == 2


@pytest.mark.parametrize("delay", [-1, float("nan"), float("inf")])
def test_a_delay_that_makes_no_sense_is_refused(delay):
    with pytest.raises(UsageError):
        Limiter(delay)


def test_a_turn_that_is_never_given_up_is_an_unavailable_source(tmp_path):
    with held(tmp_path / "mirror.example.lock", timeout=0), pytest.raises(Unavailable, match="no turn"):
        turns(Limiter(0, folder=tmp_path, patience=0), "mirror.example")


def test_a_cache_that_cannot_be_written_is_said_to_be_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotWrite):
        turns(Limiter(0, folder=tmp_path / "file"), "mirror.example")


def test_the_cache_is_where_the_user_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache() == tmp_path / "livre"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache() == tmp_path / ".cache" / "livre"
