"""What lies in the inbox when the site is built: who asks for what, and why it was not applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ... import delivery, inbox, taxonomy
from ...appeal import INBOX
from ...plaintext import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from ...corpus import Corpus
    from ...model import Night, Problem

_SHOWN = 100
_WISHES = {"include": "to be included", "exclude": "to be left out", "correct": "to be corrected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file of the inbox: what it asks for ('' if it cannot be read), and why it could not be applied so far, or ''."""

    path: str
    works: tuple[tuple[str, str], ...] = ()
    wish: str = ""
    reason: str = ""
    held: str = ""


def load(bib: Path) -> tuple[Waiting, ...]:
    """Every file that waits under `bib`, in order. BadData for a taxonomy that cannot be read."""
    folder = bib / INBOX
    if not folder.is_dir() or not any(folder.glob("[!.]*")):
        return ()
    found, broken = inbox.read(bib, taxonomy.load(bib / "taxonomy.toml"))
    files: dict[str, Waiting] = {}
    for one in found:
        before = files.get(one.path, Waiting(path=one.path))
        works = (*before.works, (str(one.work), one.work.url))
        files[one.path] = Waiting(path=one.path, works=works, wish=_WISHES[one.action], reason=one.reason)
    files |= {p.path: Waiting(path=one_line(p.path), held=_said(p)) for p in broken}
    return tuple(files[path] for path in sorted(files))


def _said(problem: Problem) -> str:
    return f"line {problem.line}: {problem.message}" if problem.line else problem.message


def short(night: Night) -> str:
    """How a night ended, without the reasons of every file that was held."""
    return night.outcome.partition(" held: ")[0] + " held" * (" held: " in night.outcome)


def context(waiting: tuple[Waiting, ...], corpus: Corpus) -> dict[str, Any]:
    """What stands on `/new/` under contributions: the files, each with the reason that the last night gave."""
    nights = [n for n in corpus.nights if n.source == delivery.SOURCE]
    held = delivery.held(nights[-1]) if nights else {}
    return {"files": [(w, w.held or held.get(w.path, "")) for w in waiting[:_SHOWN]], "more": max(0, len(waiting) - _SHOWN)}
