"""Many simulated harvests of a list that moves while it is read, on a source with faults: after two nights nothing is lost.

The list is arXiv's: pages by offset over an order that every change disturbs, so that a record can be skipped and no page shows it.
Everything is real but the network: the answers are `arxiv_server`'s, the nights are livre's. A thousand simulations under
the nightly profile, twenty-four in the suite.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import settings

from arxiv_dialect import Record, record
from arxiv_server import Answer, ArxivServer, Fault, body
from livre import corpus, night
from livre.errors import Throttled, Unavailable
from livre.harvest import api, oai
from livre.harvest.transport import Rejected, Transport
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIMULATIONS = 500 if settings.get_current_profile_name() == "nightly" else 12
"""Of each of two kinds."""
FIRST = date(2025, 3, 4)
"""When the review begins, a Tuesday; its first night is a week later."""
WORKS, PAGE = 20, 3
"""So few that all of them may come in one night: more than 25 that were missed wait until the guard has seen some days go by."""
MOST = 60
"""Runs until a night is whole; faults as rare as here take a few."""


def _without(pattern: bytes) -> Fault:
    return body(lambda whole: re.sub(pattern, b"", whole, count=1, flags=re.DOTALL))


_UNTOLD = _without(rb"<resumptionToken.*?</resumptionToken>")
LOUD: list[Fault] = [
    body(lambda _: b""), body(lambda _: b"<!doctype html><html><body>Sorry</body></html>"), body(lambda _: b"Rate exceeded."),
    body(lambda whole: whole[: len(whole) // 2]), body(lambda whole: whole.replace(b"</record>", b"", 1).replace(b"</entry>", b"", 1)),
    body(lambda whole: re.sub(rb"(<resumptionToken[^>]*>)[^<]+", rb"\1stale", whole)), _without(rb"<responseDate>.*?</responseDate>"),
    body(lambda whole: re.sub(rb"<header>.*?</header>", b"", whole, count=1, flags=re.DOTALL)),
]  # fmt: skip
QUIET: list[Fault] = [
    lambda answer, query: _without(rb"<record>.*?</record>")(answer, query) if answer.body.count(b"<record>") > 1 else answer,
    lambda answer, query: _UNTOLD(answer, query) if query.get("verb") == "ListRecords" else answer,
]
"""A record fewer, and a first page that says that it is the only one: no single harvest can know these from the truth."""


class Source(Transport):
    """arXiv without a network in between: between two requests the list moves, and a request may fail."""

    def __init__(self, server: ArxivServer, chance: random.Random, folder: Path) -> None:
        super().__init__(delay=0, user_agent="tests", folder=folder)
        self.server, self.chance = server, chance
        self.edits, self.rate = chance.choice([0.1, 0.5, 1.0]), chance.choice([0.03, 0.06, 0.1])
        self.still = False
        """Whether the list stays as it is while it is read, and no fault is a quiet one."""
        self.done: Counter[str] = Counter()

    def edit(self) -> None:
        """Somebody replaces a paper, whether it has been served yet or not."""
        at = self.chance.randrange(len(self.server.records))
        one = self.server.records[at]
        day = self.server.now[:10]
        self.server.records[at] = {**one, "versions": [*one["versions"], f"{day}T09:00:00Z"], "datestamp": day}

    def get(self, url: str, params: Mapping[str, str] | None = None, **_: Any) -> bytes:
        parts = urlsplit(url)
        query = dict(params or parse_qsl(parts.query))
        self.server.page = PAGE if "ListIdentifiers" not in query.get("verb", "") else 20_000  # arXiv's own size: that list is one page
        answer: Answer = self.server.answer(parts.path, query)
        if answer.status != 200:
            raise Rejected(f"HTTP {answer.status}", status=answer.status, body=answer.body)
        if not self.still and self.chance.random() < self.edits:
            self.edit()
            self.done["edits"] += 1
        if self.chance.random() < self.rate:
            self.done["faults"] += 1
            if self.chance.random() < 0.2:
                raise self.chance.choice([Unavailable, Throttled])("fabricated")
            return self.chance.choice(LOUD if self.still else [*LOUD, *QUIET])(answer, query).body
        return answer.body


def versions(server: ArxivServer) -> dict[str, int]:
    """What the source has now: the number of versions of each work."""
    return {one["id"]: len(one["versions"]) for one in server.records}


def held(bib: Path) -> dict[str, int]:
    return {p.identifier("arxiv"): p.source.version for p in corpus.load(bib).papers.values()}


def behind(bib: Path, there: dict[str, int]) -> set[str]:
    """What the review does not have, or only as it was before."""
    here = held(bib)
    return {name for name, number in there.items() if here.get(name, 0) < number}


def live(bib: Path, source: Source, day: date, wanted: str) -> dict[str, int]:
    """Nights on one day until the record says that `wanted` is complete; what the source had when the last of them began."""
    server = source.server
    route = night.Route(
        name="oai",
        batches=lambda scope, since, until: oai.harvest(source, server.oai, scope.harvest.sets, since, until, today=day.isoformat()),
        listed=lambda scope, since, until: oai.identifiers(source, server.oai, scope.harvest.sets, since, until),
    )
    server.now = f"{day}T06:17:00Z"
    for _ in range(MOST):
        there = versions(server)
        report = night.run(
            bib,
            routes=[route],
            lookup=lambda ids: api.lookup(source, server.api, ids),
            on=day.isoformat(),
            at=lambda: server.now,
        )
        source.done["nights"] += 1
        source.done["nights that failed"] += report.failure is not None
        if any(n.complete for n in corpus.load(bib).nights if (n.night, n.source) == (day.isoformat(), wanted)):
            return there
    raise AssertionError(f"no night was whole in {MOST} runs")


def simulate(seed: int, bib: Path, server: ArxivServer, *, later: int) -> Counter[str]:
    """Two nights, `later` days apart; the second one loses nothing, or AssertionError names the seed."""
    chance = random.Random(seed)
    bib.mkdir(parents=True)
    (bib / "scope.toml").write_text(SCOPE.replace('"cs", "eess"', '"cs"').replace("2025-03-01", FIRST.isoformat()))
    (bib / "taxonomy.toml").write_text(TAXONOMY)
    days = [FIRST + timedelta(days=chance.randrange(7)) for _ in range(WORKS)]
    server.records = [record(n, versions=[f"{day}T10:00:00Z"]) for n, day in enumerate(days, 1)]
    source = Source(server, chance, bib.parent / "doors")
    first = FIRST + timedelta(days=7)
    there = live(bib, source, first, "oai")
    source.done["records that the first harvest missed"] = len(behind(bib, there))
    new: list[Record] = [record(WORKS + n, versions=[f"{first}T15:00:00Z"]) for n in range(1, chance.randrange(2, 8))]
    server.records += new
    source.still = later == 1
    there = live(bib, source, first + timedelta(days=later), "oai" if later == 1 else "reconcile")
    lost = behind(bib, there)
    assert not lost, f"seed {seed}: {sorted(lost)}"
    return source.done


@pytest.mark.slow
@pytest.mark.parametrize(("later", "what"), [(1, "a still list the next day"), (7, "a moving one, and the weekly look back")])
def test_what_one_harvest_missed_is_there_after_the_second(later: int, what: str, tmp_path: Path) -> None:
    done: Counter[str] = Counter()
    with ArxivServer(page=PAGE, news=False) as server:
        for seed in range(SIMULATIONS):
            done += simulate(seed, tmp_path / str(seed) / "bib", server, later=later)
    print(f"\n{SIMULATIONS} simulations, {what}: {dict(done)}")
    least = {"faults": 10, "edits": 30, "records that the first harvest missed": 3}
    assert not {name: done[name] for name, many in least.items() if done[name] < many}, "nothing went wrong: this proves nothing"
