"""A night in words: the message of its commit, and what the run's page shows of it.

Titles are never in it: what comes from outside is a number, a key or a line about a source, and is quoted where Markdown is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotate import quoted
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .night import Report

LISTED = 20
"""So many papers, files or problems are named one by one."""

LONGEST = 400


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _kinds(report: Report) -> dict[str, list[str]]:
    """The keys of papers by what happened to them: `added`, `updated`, `withdrawn` …"""
    kinds: dict[str, list[str]] = {}
    for change in sorted(report.changes):
        kinds.setdefault(change.kind, []).append(change.key)
    return {kind: sorted(set(keys)) for kind, keys in kinds.items()}


def _facts(report: Report) -> Iterator[str]:
    """The night in a few words each, what is nothing left out."""
    verdicts = {v: sum(n for (w, _), n in report.by_criterion().items() if w == v) for v in ("include", "exclude", "wait")}
    for verdict, said in (("include", "included"), ("exclude", "excluded"), ("wait", "waiting")):
        if verdicts[verdict]:
            yield f"{verdicts[verdict]} {said}"
    for kind, keys in _kinds(report).items():
        if kind not in {"added", "duplicate"}:
            yield f"{len(keys)} {kind}"
    if report.applied:
        yield f"{_count(len(report.applied), 'contribution')} applied"


def subject(report: Report, day: str) -> str:
    """The first line of the commit: the night, and what it brought or why it brought nothing."""
    harvests = [n for n in report.nights if n.harvest]
    if harvests and not any(n.complete for n in harvests):
        return f"Night of {day}: no complete harvest"
    facts = ", ".join(_facts(report))
    return f"Night of {day}: {facts or 'nothing new'}"


def _criteria(report: Report) -> Iterator[tuple[str, str, int]]:
    for (verdict, criterion), count in sorted(report.by_criterion().items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        yield verdict, criterion or "no criterion", count


def _some(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def message(report: Report, day: str) -> str:
    """The commit's message: what was decided by which reason, whose state changed, what was applied, how each source ended."""
    told = [f"{verdict} {count} by {criterion}" for verdict, criterion, count in _criteria(report)]
    told += [f"{kind}: {_some(keys)}" for kind, keys in _kinds(report).items() if kind not in {"added", "updated", "duplicate"}]
    told += [f"applied {path}" for path in report.applied[:LISTED]]
    told += [f"held {problem}" for problem in report.held[:LISTED]]
    parts = ([subject(report, day)], told, [f"{n.source}: {n.outcome}" for n in report.nights])
    return "\n\n".join("\n".join(one_line(line)[:LONGEST] for line in part) for part in parts if part) + "\n"


def summary(report: Report, day: str) -> str:
    """The same for the page of the run, in Markdown; whatever is not of our own words stands in code spans."""
    lines = [f"## {subject(report, day)}", "", f"The review holds {_count(report.papers, 'paper')}.", ""]
    if decided := list(_criteria(report)):
        lines += ["| decided | by | works |", "|---|---|---:|"]
        lines += [f"| {verdict} | {quoted(criterion).replace('|', '&#124;')} | {count} |" for verdict, criterion, count in decided]
        lines.append("")
    for kind, keys in _kinds(report).items():
        if kind != "duplicate":
            lines.append(f"- {kind}: {len(keys)} ({', '.join(map(quoted, keys[:LISTED]))}{' …' * (len(keys) > LISTED)})")
    lines += [f"- applied {quoted(path)}" for path in report.applied[:LISTED]]
    lines += [f"- held, and stays in the inbox: {quoted(str(problem))}" for problem in report.held[:LISTED]]
    lines += [f"- refused: {quoted(what)}" for what in report.refused[:LISTED]]
    if report.proposed:
        lines.append(f"- changed rules propose {_count(len(report.proposed), 'difference')}: see `bib/proposal.tsv`")
    lines += ["", "### Sources", "", "| source | seen | new | how it ended |", "|---|---:|---:|---|"]
    lines += [f"| {quoted(n.source)} | {n.seen} | {n.new} | {quoted(n.outcome[:LONGEST]).replace('|', '&#124;')} |" for n in report.nights]
    if not report.nights:
        lines.append("| none asked, or nothing changed | | | |")
    if report.failure:
        lines += ["", f"**Nothing was harvested**: {quoted(str(report.failure))}. The next run tries again."]
    return "\n".join([*lines, ""])
