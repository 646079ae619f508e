"""What the terminal shows: progress while something runs, and the story of a night in plain lines.

The only module that prints. Text from outside is never read as markup.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .plaintext import one_line
from .proposal import counted

if TYPE_CHECKING:
    from .night import Report

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

LISTED = 40
"""So many changed files are named."""


def say(line: str) -> None:
    """A line on standard output."""
    OUT.print(line, markup=False)


def complain(line: str) -> None:
    """One line on standard error, whatever a source or a file had to say in it."""
    ERR.print(one_line(line), markup=False, style="red")


class Teller:
    """Progress on a terminal, nothing elsewhere: the same calls either way."""

    def __init__(self, *, quiet: bool) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=ERR, transient=True, disable=quiet or not ERR.is_terminal)
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Teller:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.progress.add_task(step, total=total)
        self.progress.update(self.tasks[step], completed=done, total=total)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON values, for programs."""
    return {
        "nights": [asdict(n) for n in report.nights],
        "decisions": [{**asdict(d), "subject": str(d.subject)} for d in report.decisions],
        "changes": [asdict(c) for c in report.changes],
        "files": list(report.files),
        "refused": list(report.refused),
        "failure": str(report.failure) if report.failure else None,
        "papers": report.papers,
        "applied": list(report.applied),
        "held": [asdict(p) for p in report.held],
        "proposed": [{**asdict(p), "paper": str(p.paper)} for p in report.proposed],
    }


def night(report: Report, seconds: float, *, dry_run: bool) -> None:
    """The story of a night in plain lines."""
    for line in report.nights:
        say(f"{line.source}: {line.seen} seen, {line.matched} matched, {line.new} new, {line.updated} updated: {line.outcome}")
    for (verdict, criterion), count in sorted(report.by_criterion().items()):
        say(f"  {verdict:8} {count:5}  by {criterion}")
    for change in report.changes:
        if change.kind not in {"added", "updated"}:
            say(f"  {change.kind}: {change.key} {', '.join(change.fields)}")
    for refused in report.refused:
        say(f"  refused {refused}")
    for path in report.applied:
        say(f"  applied {path}")
    for problem in report.held:
        say(f"  held {problem}")
    if report.proposed:
        say(f"  changed rules or a newly trained model would {counted(report.proposed)}: see bib/proposal.tsv, and livre update --apply")
    verb = "would change" if dry_run else "changed"
    say(f"{_count(len(report.files), 'file')} {verb}; the corpus holds {_count(report.papers, 'paper')}; {seconds:.1f} s")
    for name in report.files[:LISTED]:
        say(f"  bib/{name}")
    if len(report.files) > LISTED:
        say(f"  and {len(report.files) - LISTED} more")
