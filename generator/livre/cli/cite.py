"""The command that asks who cites whom."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .. import refresh, tell
from ..errors import UsageError
from .shell import instant, main, sources_of, today


@main.command("link")
@click.option(
    "--source",
    "names",
    metavar="NAME",
    multiple=True,
    help="eprint, openalex, opencitations, opencitations:citing, crossref, or s2 to compare with only.  [default: all but s2]",
)
@click.option(
    "--budget", type=click.IntRange(0), default=100, show_default=True, help="Papers that each source is asked for today, at most."
)
@click.option(
    "--import",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Adopt edges from a CSV file with the columns citing_id and cited_id; ask no source.",
)
@click.option("--dry-run", is_flag=True, help="Say which papers would be asked for; ask nothing, write nothing.")
@click.option("--force", is_flag=True, help="Delete even more than one in fifty edges of a source: a person has looked at it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def link_command(
    root: Path, names: tuple[str, ...], budget: int, files: tuple[Path, ...], *, dry_run: bool, force: bool, as_json: bool
) -> None:
    """Refresh who cites whom, the newest and most cited papers first.

    What a source does not say any more is kept until it has been absent three times, a week or more apart.

    \b
    Examples:
      livre link                                  a hundred papers from each source
      livre link --source openalex --budget 2000
      livre link --import edges.csv               edges that somebody has read
    """
    if files and names:
        raise UsageError("--import reads files and asks no source: leave --source out")
    bib, on = root / "bib", today()
    said: dict[str, Any]
    if files:
        merged, paths = refresh.adopt(bib, files, on=on, dry_run=dry_run)
        said = {"added": dict(merged.added), "files": list(paths)}
        text = [f"{merged.added.get('import', 0)} edges adopted"]
    elif dry_run:
        plan = refresh.plan(bib, sources_of(bib, names), on=on, budget=budget)
        said = {"would_ask": {name: list(keys) for name, keys in plan.items()}}
        text = [f"{name}: {len(keys)} papers would be asked for, first {', '.join(keys[:3]) or 'none'}" for name, keys in plan.items()]
    else:
        with tell.Teller(quiet=as_json) as progress:
            linked, paths = refresh.run(
                bib, sources_of(bib, names), on=on, budget=budget, again=bool(names), force=force, at=instant, progress=progress
            )
        said = {"sources": [asdict(r) | {"outcome": r.outcome} for r in linked.reports], "files": list(paths)}
        text = [line for r in linked.reports for line in refresh.lines(r)]
    if as_json:
        click.echo(json.dumps(said, indent=2, ensure_ascii=False, default=str))
    else:
        for line in text:
            tell.say(line)
