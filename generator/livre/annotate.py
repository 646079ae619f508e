"""Problems where a pull request shows them: annotations beside the lines, and a summary in Markdown.

Nothing that comes from outside can become markup or a command here: in commands it is percent-encoded as the runner decodes it, in the
summary it stands in code spans, in lines of a list that begin with words of ours.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .codes import CODES
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Problem

MOST = 100
"""Problems that are told; a step shows ten annotations, and a summary may have 1 MiB."""

LONGEST = 1000
"""Characters of one message."""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _visible(text: str) -> str:
    return one_line(text)[:LONGEST]


def commands(problems: Sequence[Problem]) -> Iterator[str]:
    """A workflow command for each problem (GitHub, "Workflow commands", `::error`), and a last line that says how many there are."""
    for problem in problems[:MOST]:
        line = f",line={problem.line}" if problem.line else ""
        yield f"::error file={_property(_visible(problem.path))}{line},title={_property(problem.code)}::{_data(_visible(problem.message))}"
    more = f"; the other {len(problems) - MOST} are listed by livre check" if len(problems) > MOST else ""
    yield f"{len(problems)} problem{'s' * (len(problems) != 1)}{more}"


def quoted(text: str) -> str:
    """The text on one line as a code span, in which Markdown, HTML, mentions and links mean nothing; longer backticks hold shorter ones."""
    text = _visible(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text[:1] in {"", "`", " "} or text[-1:] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def summary(problems: Sequence[Problem]) -> str:
    """What a job summary says: each problem in words, and once for each code what it means and what to do."""
    if not problems:
        return "## livre check\n\nNothing is wrong.\n"
    lines = ["## livre check", "", f"{len(problems)} problem{'s' * (len(problems) != 1)} to mend.", ""]
    for problem in problems[:MOST]:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        lines.append(f"- In {quoted(where)}: {quoted(problem.message)}, {quoted(problem.code)}")
    if len(problems) > MOST:
        lines += ["", f"And {len(problems) - MOST} more: run `livre check` to see all."]
    lines += ["", "### What to do", ""]
    for name, count in Counter(p.code for p in problems).most_common():
        if code := CODES.get(name):
            lines.append(f"- {quoted(name)} ({count}): {code.means} {code.mend}")
    return "\n".join([*lines, "", ""])
