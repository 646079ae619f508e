"""The commands that look after the files."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import against, annotate, answer, check, form, scope, taxonomy, tell
from .. import preview as previews
from ..errors import BadData, UsageError
from ..model import Problem
from ..site import gate
from ..told import markdown
from .shell import ask_of, main, today

if TYPE_CHECKING:
    from collections.abc import Iterable

BRIEF = {"tries": 2, "total": 45.0, "budget": 60.0}
"""What a check may wait for arXiv, as in `Transport`: the night asks again."""


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
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--ask", is_flag=True, help="With --against: ask arXiv about contributed works that are not known here.")
@click.option(
    "--preview",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --against: build the pages that the change touches into this empty folder.",
)
@click.option(
    "--site",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Look at a built site instead, as the end of a build does.",
)
@click.pass_obj
def check_command(
    root: Path, paths: tuple[Path, ...], ref: str | None, format_: str, preview: Path | None, site: Path | None, *, as_json: bool, ask: bool
) -> None:
    """Find what is wrong in bib/ and content/, with file and line. PATHS limit the report.

    Every code is explained in docs/checks.md. With --format github, problems are annotations, and a summary of them goes to the
    file that GITHUB_STEP_SUMMARY names; with --against, also what the change would do. An arXiv that cannot be asked is no problem.

    \b
    Examples:
      livre check --against main
      livre check --against main --format github --ask --preview build/preview
      livre check --site build/site
    """
    if (ask or preview) and not ref:
        raise UsageError("--ask and --preview are about a change: name the commit that it is against, as --against main")
    if site and (ref or paths):
        raise UsageError("--site looks at a built site and at nothing else: leave the other options out")
    if preview:
        previews.empty(preview)

    def find(review: Path) -> Iterable[Problem]:
        return check.whole(review) if ref is None else against.judge(review, ref)

    found = tuple(gate.folder(site)) if site else tuple(check.check(root, tuple(str(p) for p in paths), find=find))
    wanted = ask or preview or format_ == "github"
    problems, said = _answered(root, ref, found, ask=ask, folder=preview) if ref and wanted else (found, "")
    if as_json or format_ == "json":
        click.echo(json.dumps([asdict(p) for p in problems], indent=2, ensure_ascii=False))
    elif format_ == "github":
        for line in annotate.commands(problems):
            click.echo(line)
        if summary := os.environ.get("GITHUB_STEP_SUMMARY", ""):
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(annotate.summary(problems) + said)
    else:
        for problem in problems:
            tell.say(str(problem))
        for line in said.splitlines():
            tell.say(line)
        tell.say(f"{len(problems)} problem{'s' * (len(problems) != 1)}")
    sys.exit(1 if problems else 0)


def _answered(root: Path, ref: str, found: tuple[Problem, ...], *, ask: bool, folder: Path | None) -> tuple[tuple[Problem, ...], str]:
    """The problems with those that only a build finds, and what the change would do in Markdown; '' where it cannot be read."""
    changes, unsafe = against.surface(root, ref)
    if not against.readable(unsafe):
        return found, ""
    bib = root / "bib"
    try:
        told = answer.answer(root, changes, on=today(), lookup=ask_of(bib, BRIEF) if ask else None)
        rules, kinds = scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml")
        if not told.silence:  # what its night would hold is better mended now
            found = (*found, *(Problem(w.contribution.path, w.contribution.line, "inbox-held", w.held) for w in told.works if w.held))
    except BadData as error:
        return tuple(sorted({*found, *error.problems})), ""
    try:
        pages = previews.preview(root, ref, changes, told, folder) if folder else None
    except BadData as error:
        return tuple(sorted({*found, *error.problems})), markdown(told, rules, kinds)
    return found, markdown(told, rules, kinds, pages=pages)


@main.command("fmt")
@click.option("--check", "only_check", is_flag=True, help="Name the files that are not canonical; write nothing.")
@click.pass_obj
def fmt_command(root: Path, *, only_check: bool) -> None:
    """Bring bib/ into its canonical form."""
    changed = form.canonize(root / "bib", dry_run=only_check)
    for name in changed:
        tell.say(f"{'not canonical' if only_check else 'formatted'}: bib/{name}")
    sys.exit(1 if only_check and changed else 0)
