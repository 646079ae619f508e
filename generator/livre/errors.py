"""What can go wrong, and the exit code that says so.

    LivreError
    ├── UsageError          2   the command line asks for what does not exist
    ├── BadData            65   a file under bib/ or content/ is broken; carries Problems
    ├── BrokenInvariant    70   a law of the corpus would be broken; nothing was written
    ├── CannotWrite        73   the disk, a lock or a permission refuses
    └── SourceError        75   a source cannot be trusted tonight; try again
        ├── Unavailable         no usable answer: network, time-out, 5xx
        ├── Throttled           429, 403, 406: the source asks us to go away for a while
        ├── Malformed           an answer that is not what the protocol promises
        └── Incomplete          answers that do not add up: records are missing

A person sees one line per error; only a bug (any other exception) shows a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Problem


class LivreError(Exception):
    """Root of the errors that a person can act on; the message says what to do next."""

    exit_code: ClassVar[int] = 1


class UsageError(LivreError):
    """The command was asked for something that does not exist."""

    exit_code: ClassVar[int] = 2


class BadData(LivreError):
    """Files that cannot be read as what they should be; `problems` has at least one entry."""

    exit_code: ClassVar[int] = 65

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(p) for p in self.problems))


class BrokenInvariant(LivreError):
    """A night would break a law of the corpus; nothing was written."""

    exit_code: ClassVar[int] = 70


class CannotWrite(LivreError):
    """The file system or the writers' lock refuses."""

    exit_code: ClassVar[int] = 73


class SourceError(LivreError):
    """A source gave no answer that can be trusted; nothing is taken from it but a line for the night's record."""

    exit_code: ClassVar[int] = 75


class Unavailable(SourceError):
    """No usable answer: no connection, a time-out, a server error."""


class Throttled(SourceError):
    """The source asks us to stay away; `retry_after` is in seconds, if it said."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Malformed(SourceError):
    """An answer that is not what the protocol promises."""


class Incomplete(SourceError):
    """Answers that do not add up: records are missing or came twice."""
