"""What a job tells the runner that it runs on: values for later steps, and a summary for people. Elsewhere nobody is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUT = "GITHUB_OUTPUT"
SUMMARY = "GITHUB_STEP_SUMMARY"
_NAME = re.compile(r"[a-z][a-z-]*")
_VALUE = re.compile(r"[A-Za-z0-9_.:/-]*")


def output(environment: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Add values to the file that `GITHUB_OUTPUT` names, if any; UsageError for a value that is more than a plain word.

    What steps read can become part of a command or of a file's name: nothing but words of ours goes there.
    """
    for name, value in values.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise UsageError(f"{name}={value[:80]!r} is no plain word, and is not told to later steps")
    if path := environment.get(OUTPUT, ""):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())


def summary(environment: Mapping[str, str], text: str) -> None:
    """Add Markdown to the file that `GITHUB_STEP_SUMMARY` names, if any."""
    if path := environment.get(SUMMARY, ""):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
