"""A night against the local arXiv, within this process: the routes of the command line, with a clock and a patience of one's own."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from livre import night, queries
from livre.harvest import api, oai
from livre.harvest.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from arxiv_server import ArxivServer
    from livre.harvest import Batch
    from livre.model import Identifier
    from livre.scope import Scope


class Arxiv:
    """The doors to a local server; what they say while they wait is in `told`."""

    def __init__(self, server: ArxivServer, folder: Path, *, tries: int = 3, seed: int = 1) -> None:
        self.server = server
        self.told: list[str] = []
        self.door = Transport(
            delay=0,
            user_agent="tests",
            folder=folder,
            tries=tries,
            read=5,
            sleep=lambda _: None,
            rng=random.Random(seed),
            tell=self.told.append,
        )
        self.today = ""

    def by_oai(self, scope: Scope, since: str, until: str) -> Iterator[Batch]:
        return oai.harvest(self.door, self.server.oai, scope.harvest.sets, since, until, today=self.today)

    def by_api(self, scope: Scope, since: str, until: str) -> Iterator[Batch]:
        for topic in scope.topics:
            for query in queries.queries(topic):
                yield from api.search(self.door, self.server.api, query, since, until)

    def listed(self, scope: Scope, since: str, until: str) -> frozenset[Identifier]:
        return oai.identifiers(self.door, self.server.oai, scope.harvest.sets, since, until)

    def lookup(self, ids: Sequence[str]) -> Iterator[Batch]:
        return api.lookup(self.door, self.server.api, ids)

    def probe(self, away: bool) -> None:
        self.door.probe(only=away)

    def night(self, bib: Path, at: str, **options: Any) -> night.Report:
        """One night at the time `at` (UTC, `2099-01-02T06:17:00Z`); the server's time is not touched."""
        self.today = at[: len("2099-01-02")]
        routes = [
            night.Route(name="oai", batches=self.by_oai, listed=self.listed, probe=self.probe),
            night.Route(name="api", batches=self.by_api, probe=self.probe),
        ]
        return night.run(bib, routes=routes, lookup=self.lookup, on=self.today, at=lambda: at, **options)
