"""The end of a review: what `bib/retired.toml` says, and workflows that no longer start by themselves.

A review that nobody keeps any more says so on every page and in every feed, instead of looking like one that is merely quiet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import toml
from .appeal import quoted
from .errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "retired.toml"
SHOWN = f"bib/{FILE}"
WORKFLOWS = ".github/workflows"
_SCHEDULE = re.compile(r"^(?P<indent> +)schedule:[^\n]*\n(?:(?P=indent) +[^\n]*\n|(?P=indent)- [^\n]*\n|[ \t]*\n)*", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.ASCII)

_WHOLE = "write the whole address, such as https://example.org/review/"


class Retirement(toml.Table, frozen=True, kw_only=True):
    """When a review ended (an ISO day), why, in a line for readers, and the address of what goes on in its place, or ''."""

    on: toml.Day
    because: toml.Text
    successor: str = ""


def load(bib: Path) -> Retirement | None:
    """What stands in the file, or None while the review lives; BadData."""
    if not (bib / FILE).exists():
        return None
    said, locate = toml.read(bib / FILE, Retirement, shown=SHOWN)
    wrong = toml.Faults(SHOWN, locate, "retired")
    if said.successor and not _ADDRESS.fullmatch(said.successor):
        wrong(_WHOLE, "successor")
    wrong.refuse()
    return said


def retirement(on: str, because: str, successor: str = "") -> Retirement:
    """The retirement of a review on a day (ISO); UsageError says what is missing."""
    if not because.strip():
        raise UsageError("say why: --because TEXT, one line that readers will see")
    if successor and not _ADDRESS.fullmatch(successor):
        raise UsageError(f"--successor {successor!r}: {_WHOLE}")
    return Retirement(on=on, because=because, successor=successor)


def dumps(said: Retirement) -> bytes:
    """The file of a retirement."""
    successor = f"successor = {quoted(said.successor)}\n" if said.successor else ""
    return f"on = {quoted(said.on)}\nbecause = {quoted(said.because)}\n{successor}".encode()


def alive(bib: Path) -> None:
    """Go on only while the review lives; UsageError says how to bring it back."""
    if said := load(bib):
        raise UsageError(f"this review was retired on {said.on}; to go on with it, remove {SHOWN} and restore the schedules from git")


def unscheduled(text: str) -> str:
    """A workflow without its schedule; every other line stays as it is."""
    return _SCHEDULE.sub("", text)


def schedules(root: Path) -> Iterator[tuple[str, str]]:
    """(path, new text) of every workflow that a schedule starts, in order."""
    for file in sorted((root / WORKFLOWS).glob("*.y*ml")):
        text = file.read_text("utf-8")
        if (without := unscheduled(text)) != text:
            yield file.relative_to(root).as_posix(), without
