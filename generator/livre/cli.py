"""The command line: reads arguments and the environment, calls one function, prints, sets the exit code."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__, adopt, build, check, night, queries, scope, tell
from .errors import BadData, CannotWrite, LivreError, SourceError, UsageError
from .harvest import api, feed, oai, record, transport
from .site import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .harvest import Batch
    from .scope import Scope


class Commands(click.Group):
    """Commands in the order of a maintainer's day, and errors in one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

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
        except PermissionError as error:
            tell.complain(f"livre: {error.filename}: {error.strerror}; let this user read and write the review")
            ctx.exit(CannotWrite.exit_code)


def _today() -> str:
    """The day in UTC that counts as today: that of LIVRE_NOW if set, else the clock's."""
    text = os.environ.get("LIVRE_NOW", "")
    try:
        now = datetime.fromisoformat(text) if text else datetime.now(UTC)
        return record.sane(now).date().isoformat()
    except ValueError:
        raise UsageError(f"LIVRE_NOW is {text!r}; write an ISO time such as 2026-07-02T06:17:00+00:00") from None


def _delay() -> float:
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


def _arxiv(bib: Path) -> tuple[transport.Transport, str, str]:
    """The door to arXiv with the two addresses behind it; it says who asks, and where that review is kept if its scope tells."""
    oai_base = os.environ.get("LIVRE_ARXIV_OAI", oai.BASE)
    api_base = os.environ.get("LIVRE_ARXIV_API", api.BASE)
    home = scope.load(bib / "scope.toml").repository if (bib / "scope.toml").is_file() else ""
    agent = f"livre/{__version__} (+{home})" if home else f"livre/{__version__}"
    return transport.Transport(delay=_delay(), user_agent=agent), oai_base, api_base


def _routes(bib: Path, source: str | None) -> tuple[list[night.Route], Callable[[Sequence[str]], Iterable[Batch]] | None]:
    """The routes that --source names, and the abstract look-up unless the source is a file."""
    if source is not None and source not in {"oai", "api"}:
        path = Path(source)
        if not path.is_file():
            raise UsageError(f"--source {source!r}: neither oai nor api nor a file that exists")

        def replay(_scope: Scope, _since: str, _until: str) -> Iterable[Batch]:
            return feed.read(path)

        return [night.Route(name="feed", batches=replay)], None
    door, oai_base, api_base = _arxiv(bib)

    def by_oai(scope: Scope, since: str, until: str) -> Iterable[Batch]:
        return oai.harvest(door, oai_base, scope.harvest.sets, since, until)

    def by_api(scope: Scope, since: str, until: str) -> Iterable[Batch]:
        for topic in scope.topics:
            for query in queries.queries(topic):
                yield from api.search(door, api_base, query, since, until)

    routes = [night.Route(name="oai", batches=by_oai), night.Route(name="api", batches=by_api)]
    chosen = [r for r in routes if source in {None, r.name}]
    return chosen, lambda ids: api.lookup(door, api_base, ids)


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> str:
    return value.date().isoformat() if value else ""


@main.command()
@click.option("--source", metavar="oai|api|FILE", help="Where candidates come from.  [default: oai, and api if oai fails]")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="First day of the window.  [default: last complete harvest less 7 days]",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Last day of the window.  [default: open]")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--force", is_flag=True, help="Save even an unusually large night: a person has looked at it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def update(root: Path, source: str | None, since: str, until: str, *, dry_run: bool, force: bool, as_json: bool) -> None:
    """One night: harvest, resolve, screen, file, merge, save.

    Running a finished night again changes nothing. A source that fails leaves bib/ as it was,
    but for a line in the night's record.

    \b
    Examples:
      livre update                          tonight, from arXiv
      livre update --since 2026-06-01       a longer window
      livre update --source answer.xml --dry-run
    """
    routes, lookup = _routes(root / "bib", source)
    if lookup is None and (since or until):
        raise UsageError("--since and --until are for oai and api: a file is read whole")
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}")
    started = datetime.now(UTC)
    with tell.Teller(quiet=as_json) as progress:
        report = night.run(
            root / "bib",
            routes=routes,
            lookup=lookup,
            on=_today(),
            since=since,
            until=until,
            dry_run=dry_run,
            force=force,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(tell.as_json(report), indent=2, ensure_ascii=False))
    else:
        tell.night(report, (datetime.now(UTC) - started).total_seconds(), dry_run=dry_run)
    if report.failure:
        raise report.failure


@main.command("build")
@click.option("--site-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the site goes.  [default: build/site]")
@click.option("--base-url", default="", help="The site's public address, for feeds and sitemaps.  [default: site_url in mkdocs.yml]")
@click.option(
    "--builder",
    type=click.Choice(["mkdocs", "zensical"]),
    default="mkdocs",
    show_default=True,
    help="Who renders the chapters and the frame.",
)
@click.pass_obj
def build_command(root: Path, site_dir: Path | None, base_url: str, builder: str) -> None:
    """Build the site: a pure function of bib/, content/ and the engine.

    \b
    Examples:
      livre build --base-url https://example.org/review/
      livre --root ../another-review build
    """
    with tell.Teller(quiet=False) as progress:
        report = build.build(root, site_dir or root / "build" / "site", base_url=base_url, builder=builder, progress=progress)
    for step, seconds in report.seconds.items():
        tell.say(f"  {step:10} {seconds:6.2f} s")
    for note in report.notes:
        tell.say(f"  {note}")
    tell.say(f"{report.pages} pages in {sum(report.seconds.values()):.1f} s: {site_dir or root / 'build' / 'site'}")


@main.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--site-dir", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Only serve this built site; build and watch nothing."
)
@click.pass_obj
def serve_command(root: Path, port: int, site_dir: Path | None) -> None:
    """Build, serve on 127.0.0.1, and build again whenever a file changes."""

    if site_dir:
        serve.serve_static(site_dir, port=port, say=tell.say)
    else:
        serve.serve(root, port=port, say=tell.say)


@main.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How problems are printed."
)
@click.pass_obj
def check_command(root: Path, paths: tuple[Path, ...], format_: str) -> None:
    """Find what is wrong in bib/ and content/, with file and line. PATHS limit the report."""
    problems = tuple(check.check(root, tuple(str(p) for p in paths)))
    if format_ == "json":
        click.echo(json.dumps([asdict(p) for p in problems], indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            tell.say(str(problem))
        tell.say(f"{len(problems)} problem{'s' * (len(problems) != 1)}")
    sys.exit(1 if problems else 0)


@main.command("fmt")
@click.option("--check", "only_check", is_flag=True, help="Name the files that are not canonical; write nothing.")
@click.pass_obj
def fmt_command(root: Path, *, only_check: bool) -> None:
    """Bring bib/ into its canonical form."""
    changed = adopt.canonize(root / "bib", dry_run=only_check)
    for name in changed:
        tell.say(f"{'not canonical' if only_check else 'formatted'}: bib/{name}")
    sys.exit(1 if only_check and changed else 0)


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--trust", metavar="REASON", default="", help="Include every entry, for this reason, where the criteria do not.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--force", is_flag=True, help="Save even an unusually large import: a person has looked at it.")
@click.pass_obj
def import_command(root: Path, files: tuple[Path, ...], trust: str, *, dry_run: bool, force: bool) -> None:
    """Adopt .bib, .ris or CSL-JSON files: another review, Zotero, JabRef.

    Entries are screened and filed like any candidate. FILES are only ever read.

    \b
    Examples:
      livre import library.bib zotero.json
      livre import --trust "chosen by the editors" classics.ris
    """
    on = _today()
    started = datetime.now(UTC)
    report, problems = adopt.adopt(root / "bib", files, on=on, trust=trust, dry_run=dry_run, force=force)
    for problem in problems:
        tell.complain(f"left out: {problem}")
    tell.night(report, (datetime.now(UTC) - started).total_seconds(), dry_run=dry_run)
