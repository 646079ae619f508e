"""What every command shares: the group, errors in one line, the clock, and the doors to the sources."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from .. import __version__, breaker, facts, night, queries, refresh, scope, tell
from ..citations import crossref
from ..errors import BadData, CannotWrite, LivreError, SourceError, UsageError
from ..harvest import api, feed, oai, record, transport, works

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..harvest import Batch
    from ..link import Source
    from ..model import Identifier
    from ..scope import Scope


ORDER = (
    "update",
    "build",
    "serve",
    "check",
    "fmt",
    "add",
    "decide",
    "screen",
    "why",
    "import",
    "link",
    "evaluate",
    "snapshot",
    "retire",
    "init",
    "push",
    "bundle",
    "unbundle",
)
"""The commands in the order of a maintainer's day."""


class Commands(click.Group):
    """Commands in the order of a maintainer's day, and errors in one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadData as error:
            for problem in error.problems:
                tell.complain(str(problem))
            tell.complain(f"{len(error.problems)} problem{'s' * (len(error.problems) != 1)}; nothing was written")
            ctx.exit(error.exit_code)
        except LivreError as error:
            again = "; nothing was taken from it: try again later" if isinstance(error, SourceError) else ""
            tell.complain(f"livre: {error}{again}")
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.filename is None:
                raise
            advice = "let this user read and write the review" if isinstance(error, PermissionError) else "see to that, and run again"
            tell.complain(f"livre: {error.filename}: {error.strerror}; {advice}")
            ctx.exit(CannotWrite.exit_code)


def now() -> datetime:
    """The time in UTC that counts as now: LIVRE_NOW if set, else the clock's."""
    text = os.environ.get("LIVRE_NOW", "")
    try:
        return record.sane(datetime.fromisoformat(text) if text else datetime.now(UTC))
    except ValueError:
        raise UsageError(f"LIVRE_NOW is {text!r}; write an ISO time such as 2026-07-02T06:17:00+00:00") from None


def today() -> str:
    """The day in UTC that counts as today."""
    return now().date().isoformat()


def instant() -> str:
    """The time that counts as now, as the record of nights has it."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


def delay() -> float:
    text = os.environ.get("LIVRE_DELAY", "3")
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"LIVRE_DELAY is {text!r}; write seconds, such as 3") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="livre %(version)s")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    show_default="here",
    help="The review: the folder that holds bib/, content/ and mkdocs.yml.",
)
@click.pass_context
def main(ctx: click.Context, root: Path) -> None:
    """Keep a living literature review: harvest, screen, file, and build its site.

    \b
    Exit codes: 0 done, 1 problems found, 2 usage, 65 bad data (file and line),
    70 a broken invariant, 73 cannot write, 75 a source is unavailable: try again.
    """
    ctx.obj = root.resolve()


def agent_of(bib: Path) -> str:
    """Who asks, and where that review is kept if its scope tells."""
    home = scope.load(bib / "scope.toml").repository if (bib / "scope.toml").is_file() else ""
    return f"livre/{__version__} (+{home})" if home else f"livre/{__version__}"


def arxiv_door(bib: Path, limits: Mapping[str, Any] = MappingProxyType({})) -> tuple[transport.Transport, str, str]:
    """The door to arXiv with the two addresses behind it; it says who asks, and where that review is kept if its scope tells."""
    oai_base = os.environ.get("LIVRE_ARXIV_OAI", oai.BASE)
    api_base = os.environ.get("LIVRE_ARXIV_API", api.BASE)
    return transport.Transport(delay=delay(), user_agent=agent_of(bib), **limits), oai_base, api_base


def ask_of(bib: Path, limits: Mapping[str, Any] = MappingProxyType({})) -> facts.Ask:
    """What arXiv and Crossref know of works that somebody names; `limits` are of the door to arXiv, as in `Transport`."""
    door, _, base = arxiv_door(bib, limits)
    other = transport.Transport(delay=min(delay(), crossref.DELAY), user_agent=agent_of(bib), **refresh.PATIENCE)
    house, mailto = os.environ.get("LIVRE_CROSSREF", "").strip() or crossref.BASE, os.environ.get("CROSSREF_MAILTO", "").strip()
    return facts.ask(lambda ids: api.lookup(door, base, ids), lambda dois: works.lookup(other, house, dois, mailto=mailto))


def routes_of(bib: Path, source: str | None) -> tuple[list[night.Route], Callable[[Sequence[str]], Iterable[Batch]] | None]:
    """The routes that --source names, and the abstract look-up unless the source is a file."""
    if source is not None and source not in {"oai", "api"}:
        path = Path(source)
        if not path.is_file():
            raise UsageError(f"--source {source!r}: neither oai, api, inbox nor a file that exists")

        def replay(_scope: Scope, _since: str, _until: str) -> Iterable[Batch]:
            return feed.read(path)

        return [night.Route(name="feed", batches=replay)], None
    door, oai_base, api_base = arxiv_door(bib)

    def by_oai(scope: Scope, since: str, until: str) -> Iterable[Batch]:
        return oai.harvest(door, oai_base, scope.harvest.sets, since, until, today=today())

    def listed(scope: Scope, since: str, until: str) -> frozenset[Identifier]:
        return oai.identifiers(door, oai_base, scope.harvest.sets, since, until)

    def probe(away: bool) -> None:
        door.probe(only=away)

    def by_api(scope: Scope, since: str, until: str) -> Iterable[Batch]:
        for topic in scope.topics:
            for query in queries.queries(topic):
                yield from api.search(door, api_base, query, since, until)

    routes = [
        night.Route(name="oai", batches=by_oai, listed=listed, probe=probe),
        night.Route(name="api", batches=by_api, probe=probe),
    ]
    chosen = [r for r in routes if source in {None, r.name}]
    return chosen, lambda ids: api.lookup(door, api_base, ids)


def sources_of(bib: Path, names: Iterable[str] = ()) -> list[Source]:
    """The sources of reference lists that --source names, by default all whose edges may be kept; each has its own door."""
    away = breaker.away(breaker.read(bib), today())
    return refresh.sources(names, agent=agent_of(bib), delay=delay(), environment=os.environ, away=away, tell=tell.complain)
