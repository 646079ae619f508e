"""The commands that look after the files."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import against, annotate, check, form, tell
from .shell import main

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Problem


@main.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--against", "ref", metavar="REF", help="Judge only what changed since this commit, as a contribution.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    show_default=True,
    help="How problems are printed.",
)
@click.pass_obj
def check_command(root: Path, paths: tuple[Path, ...], ref: str | None, format_: str) -> None:
    """Find what is wrong in bib/ and content/, with file and line. PATHS limit the report.

    Every code is explained in docs/checks.md. With --format github, problems are annotations, and a summary of them goes to the
    file that GITHUB_STEP_SUMMARY names.
    """

    def find(review: Path) -> Iterable[Problem]:
        return check.whole(review) if ref is None else against.judge(review, ref)

    problems = tuple(check.check(root, tuple(str(p) for p in paths), find=find))
    if format_ == "json":
        click.echo(json.dumps([asdict(p) for p in problems], indent=2, ensure_ascii=False))
    elif format_ == "github":
        for line in annotate.commands(problems):
            click.echo(line)
        if summary := os.environ.get("GITHUB_STEP_SUMMARY", ""):
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(annotate.summary(problems))
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
    changed = form.canonize(root / "bib", dry_run=only_check)
    for name in changed:
        tell.say(f"{'not canonical' if only_check else 'formatted'}: bib/{name}")
    sys.exit(1 if only_check and changed else 0)
