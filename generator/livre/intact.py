"""Whether bib/ is what git has, or what people and livre made of it: a file that was cut, flipped or emptied is not taken for an edit.

A line that is gone from the end of a ledger leaves a ledger that reads well, so the form of a file cannot tell. What is committed
can: only files that differ from it are looked at, so that on a fresh checkout this costs one question to git. Without git, or in a
file that was never committed, the form is all there is.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from . import revisions
from .corpus import SHOWN
from .errors import BadData, UsageError
from .model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS: Final = {"decisions": 7, "audits": 4, "nights": 2, "references": 2, "citations": 3}
"""Ledgers whose rows stay: how many cells name a row. Of nights and lists only the name stays, for livre itself writes the rest anew."""
SHRINKING: Final = ("candidates/", "inbox/", "proposal.tsv", *(f"{folder}/" for folder in ROWS))
"""What may end earlier than it did: works leave the candidates when they are included, and of ledgers the rows are counted."""
TAKEN_BACK: Final = frozenset({"status", "crosslists"})
"""Fields that a newer record of the source may be without: a withdrawn work that came back, a cross-list that was given up."""
_ABSENCES: Final = 2
"""An edge that was absent so often may be gone the next time."""


def _rows(folder: str, data: bytes) -> Counter[str]:
    """The rows of a ledger by the cells that name them; those that may go are left out."""
    cells = [line.split("\t") for line in data.decode(errors="replace").split("\n")[1:] if line]
    if folder == "citations":
        cells = [row for row in cells if len(row[-1].split()) < _ABSENCES]
    return Counter(" ".join(row[: ROWS[folder]]) for row in cells)


def _keys(data: bytes) -> Counter[str]:
    """The entries of a .bib by their keys."""
    lines = (line for line in data.decode(errors="replace").split("\n") if line.startswith("@"))
    return Counter(line.partition("{")[2].rstrip(", \r") for line in lines)


def _fields(data: bytes) -> dict[str, dict[str, str]]:
    """The fields of each entry of a .bib, by name."""
    entries = [block.split("\n") for block in data.decode(errors="replace").split("\n@")]
    return {
        lines[0].partition("{")[2].rstrip(", \r"): {line.partition("=")[0].strip(): line for line in lines[1:] if "=" in line}
        for lines in entries
    }


def _one_bit(old: bytes, new: bytes, *, digits: bool) -> bool:
    """Whether they differ in one bit, which hardly an edit does; a digit for a digit counts only with `digits`."""
    if len(old) != len(new):
        return False
    different = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    if len(different) != 1 or (different[0][0] ^ different[0][1]).bit_count() != 1:
        return False
    return digits or not bytes(different[0]).isdigit()


def _form(path: str, old: bytes, new: bytes | None, *, may_go: frozenset[str]) -> str:
    """What a file under bib/ has suffered since it was committed that its bytes alone tell, or ''. None is a file that is gone.

    `may_go` are fields that livre itself may have taken out of an entry.
    """
    shrinking = path.startswith(SHRINKING)
    if new is None:
        return "" if shrinking else "it is gone"
    if not shrinking and old.startswith(new) and len(new) < len(old):
        return "it ends too early" if new else "it is empty"
    if path.endswith(".bib"):
        now = _fields(new)
        for key, was in _fields(old).items():
            entry = now.get(key, was)
            told = TAKEN_BACK if entry.get("source") != was.get("source") else frozenset[str]()
            if gone := was.keys() - entry.keys() - may_go - told:
                return f"{key} has lost its field {min(gone)}"
    return "one bit of it is another" if _one_bit(old, new, digits=not path.endswith(".toml")) else ""


def _problems(root: Path) -> Iterator[Problem]:
    changes = [d for d in revisions.since(root, "HEAD").deltas if d.path.startswith(SHOWN)]
    blobs = revisions.contents(root, (d.blob for d in changes if d.blob))
    before = {d.path.removeprefix(SHOWN): blobs[d.blob] for d in changes if d.blob}
    after = {d.path.removeprefix(SHOWN): (root / d.path).read_bytes() for d in changes if d.after}
    # Who files a paper anew may leave it without a category, and has then written in one of these ledgers too.
    may_go = frozenset({"keywords"} if any(path.startswith(("nights/", "decisions/")) for path in after) else ())
    found = {path: said for path, old in before.items() if (said := _form(path, old, after.get(path), may_go=may_go))}
    for folder in (*ROWS, "papers"):
        # Rows and entries may move from file to file of their folder, but never out of it.
        count = _keys if folder == "papers" else partial(_rows, folder)
        old, new = ({p: count(d) for p, d in side.items() if p.startswith(f"{folder}/")} for side in (before, after))
        lost = sum(old.values(), Counter[str]()) - sum(new.values(), Counter[str]())
        for path, rows in old.items():
            if gone := rows & lost:
                found[path] = f"{gone.total()} of what it held is gone, first {min(gone)[:120]!r}"
    for path, said in sorted(found.items()):
        restore = f"restore it with `git restore {SHOWN}{path}`, or commit it first if it is meant"
        yield Problem(SHOWN + path, 0, "not-intact", f"{said}, as git has it otherwise: {restore}")


def prove(bib: Path) -> None:
    """Raise BadData when files under bib/ have lost something that git has; nothing where git does not know this review."""
    try:
        problems = tuple(_problems(bib.parent))
    except UsageError:
        return
    if problems:
        raise BadData(problems)
