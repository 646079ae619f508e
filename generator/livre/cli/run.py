"""The commands that bring works into the review."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from .. import adopt, delivery, night, retirement, runner, summary, tell
from .. import report as words
from ..appeal import INBOX
from ..errors import UsageError
from .shell import agent_of, ask_of, instant, main, routes_of, sources_of, today


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> str:
    return value.date().isoformat() if value else ""


@main.command()
@click.option("--source", metavar="oai|api|inbox|FILE", help="Where candidates come from.  [default: oai, and api if oai fails]")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="First day of the window.  [default: last complete harvest less 7 days]",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Last day of the window.  [default: open]")
@click.option(
    "--link",
    "budget",
    type=click.IntRange(0),
    default=night.BUDGET,
    show_default=True,
    help="Papers whose reference lists each source of citations is asked for; 0 asks none, and a FILE asks none.",
)
@click.option("--apply", is_flag=True, help="Decide and file anew all that changed rules propose, however much it is.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--force", is_flag=True, help="Save even an unusually large night: a person has looked at it.")
@click.option("--message", type=click.Path(path_type=Path, dir_okay=False), help="Write a commit message that tells the night into a file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def update(
    root: Path,
    source: str | None,
    since: str,
    until: str,
    budget: int,
    *,
    apply: bool,
    dry_run: bool,
    force: bool,
    message: Path | None,
    as_json: bool,
) -> None:
    """One night: harvest, screen, file, apply the inbox, follow citations, save.

    Running a finished night again changes nothing. Of a harvest that fails nothing is taken but a line
    for the night's record; the inbox and citations do not wait for it.

    \b
    Examples:
      livre update                          tonight, from arXiv
      livre update --since 2026-06-01       a longer window
      livre update --source answer.xml --dry-run
      livre update --source inbox           what was contributed, and nothing else
    """
    retirement.alive(root / "bib")
    only = source == INBOX
    routes, lookup = ([], None) if only else routes_of(root / "bib", source)
    if lookup is None and (since or until):
        raise UsageError("--since and --until are for oai and api: a file is read whole")
    if only and apply:
        raise UsageError("--apply is for a night: --source inbox applies what was contributed, and nothing else")
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}")
    started = datetime.now(UTC)
    with tell.Teller(quiet=as_json) as progress:
        report = (
            _received(root / "bib", dry_run=dry_run)
            if only
            else night.run(
                root / "bib",
                routes=routes,
                lookup=lookup,
                ask=ask_of(root / "bib") if lookup else None,
                sources=sources_of(root / "bib") if budget and lookup else (),
                budget=budget,
                summaries=summary.endpoint(os.environ, agent=agent_of(root / "bib")) if lookup else None,
                apply=apply,
                on=today(),
                since=since,
                until=until,
                dry_run=dry_run,
                force=force,
                at=instant,
                progress=progress,
            )
        )
    if as_json:
        click.echo(json.dumps(tell.as_json(report), indent=2, ensure_ascii=False))
    else:
        tell.night(report, (datetime.now(UTC) - started).total_seconds(), dry_run=dry_run)
    if message:
        message.write_text(words.message(report, today()), encoding="utf-8")
    runner.summary(os.environ, words.summary(report, today()))
    if report.failure:
        raise report.failure


def _received(bib: Path, *, dry_run: bool) -> night.Report:
    """The report of an update that only applies the inbox."""
    done = delivery.receive(bib, ask=ask_of(bib), on=today(), at=instant, dry_run=dry_run)
    return night.Report(
        nights=done.nights,
        decisions=done.decisions,
        changes=done.changes,
        files=done.files,
        applied=done.applied,
        held=done.held,
        papers=done.papers,
    )


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
    on = today()
    started = datetime.now(UTC)
    report, problems = adopt.adopt(root / "bib", files, on=on, trust=trust, dry_run=dry_run, force=force, at=instant())
    for problem in problems:
        tell.complain(f"left out: {problem}")
    tell.night(report, (datetime.now(UTC) - started).total_seconds(), dry_run=dry_run)
