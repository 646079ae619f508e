"""Contributions: one small file each under bib/inbox/, read strictly.

A contribution names a work and says what is to become of it. Facts come from the source, never from whoever contributes;
a .bib brings its identifiers only. `intake` applies what is read here.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from . import foreign, grammar, plaintext, rulings, toml
from .appeal import INBOX
from .errors import BadData
from .model import Identifier, Problem, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .taxonomy import Taxonomy

LARGEST = {".toml": 16_384, ".bib": 262_144}
"""Bytes that a contribution may have, by the kind of its file."""

MOST = 1000
"""Files that one night looks at; more of them are left for the next."""

MOST_ENTRIES = 100
"""Entries that one .bib may have; a library is for `livre import`."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,98}\.(?:toml|bib)")
_LONGEST_VALUE = 2000
_MOST_ITEMS = 50
_LONGEST_MESSAGE = 400

Action = Literal["include", "exclude", "correct"]
VERDICTS: dict[Action, Verdict | None] = {"include": Verdict.INCLUDE, "exclude": Verdict.EXCLUDE, "correct": None}
"""The verdict that an action is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One work in one file: `path` from the root of the review, what is asked and why, categories by facet, corrected BibTeX values."""

    path: str
    line: int
    work: Identifier
    action: Action
    reason: str
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)


class _File(toml.Table, frozen=True, kw_only=True, rename={"chosen": "set"}):
    paper: toml.Text
    action: Action
    reason: toml.Text
    chosen: dict[str, str | tuple[str, ...]] | None = None


def _faults(file: _File, taxonomy: Taxonomy, wrong: toml.Faults) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Notes what is wrong in [set], and gives what is not."""
    chosen = file.chosen or {}
    facets = [f.id for f in taxonomy.facets]
    if chosen and file.action == "exclude":
        wrong("what is excluded is filed nowhere and needs no correction; remove [set]", "set")
    if file.action == "correct" and not chosen:
        wrong('a correction needs a [set] that says what is right, as [set] and title = "…"', "action")
    for name, value in chosen.items():
        items = (value,) if isinstance(value, str) else value
        if name not in facets and name not in rulings.CORRECTABLE:
            advice = toml.nearest(name, [*facets, *rulings.CORRECTABLE])
            wrong(f"{name!r} is neither a facet nor a field that can be corrected; {advice}", "set", name)
        elif any(True for item in items for _ in plaintext.invisible(item)):
            wrong(f"{name} has an invisible character, written as an escape: delete it", "set", name)
        elif len(items) > _MOST_ITEMS or any(len(item) > _LONGEST_VALUE for item in items):
            wrong(f"{name} is too long: at most {_MOST_ITEMS} items of {_LONGEST_VALUE} characters", "set", name)
        elif name in facets and isinstance(value, str):
            wrong(f"write a list of categories, as {name} = [{value!r}]", "set", name)
        else:
            yield name, value


def _toml(path: Path, shown: str, taxonomy: Taxonomy) -> Iterator[Contribution]:
    file, locate = toml.read(path, _File, shown=shown)
    wrong = toml.Faults(shown, locate, "inbox")
    work, why = None, ""
    try:
        work = Identifier.parse(file.paper)
    except ValueError as error:
        wrong(f'{str(error)[:_LONGEST_MESSAGE]}; write paper = "arXiv:2503.02104" or paper = "doi:10.1000/182"', "paper")
    try:
        why = rulings.reason(file.reason)
    except ValueError as error:
        wrong(str(error), "reason")
    categories: dict[str, tuple[str, ...]] = {}
    corrections: dict[str, str] = {}
    for name, value in _faults(file, taxonomy, wrong):
        try:
            if isinstance(value, str) or name in rulings.CORRECTABLE:
                corrections |= rulings.values({name: value})
            else:
                categories |= rulings.filed({name: value}, taxonomy)
        except ValueError as error:
            wrong(str(error)[:_LONGEST_MESSAGE], "set", name)
    wrong.refuse()
    assert work
    yield Contribution(
        path=shown, line=locate("paper"), work=work, action=file.action, reason=why, categories=categories, corrections=corrections
    )


def _bib(path: Path, text: str, shown: str) -> Iterator[Contribution]:
    """The works of a .bib, each to be included; an entry that is not plain, or without identifier, is a problem of the whole file."""
    if wrong := grammar.problems(text, path=shown):
        raise BadData(wrong)
    try:
        adopted, problems = foreign.read(path)
    except BadData as error:
        raise BadData(replace(p, path=shown) for p in error.problems) from None
    if problems:
        raise BadData(replace(p, path=shown) for p in problems)
    if len(adopted) > MOST_ENTRIES:
        message = f"{len(adopted)} entries; a contribution has {MOST_ENTRIES} at most: split it, or use `livre import`"
        raise BadData([Problem(shown, adopted[MOST_ENTRIES].line, "inbox-large", message)])
    for entry in adopted:
        yield Contribution(
            path=shown, line=entry.line, work=entry.candidate.primary, action="include", reason="contributed as a BibTeX entry"
        )


def one(path: Path, shown: str, taxonomy: Taxonomy) -> tuple[Contribution, ...]:
    """The contributions of one file, called `shown`; BadData says what is wrong with it and where."""
    try:
        status = path.lstat()
    except OSError as error:
        raise BadData([Problem(shown, 0, "unreadable", f"this cannot be read ({error.strerror})")]) from None
    if not stat.S_ISREG(status.st_mode):
        raise BadData([Problem(shown, 0, "inbox-file", "only files may be here, no links and no folders: remove it")])
    if not _NAME.fullmatch(path.name):
        message = "a contribution is called like arxiv-2503-02104.toml (or .bib), with letters, digits, dot, - and _ only: rename it"
        raise BadData([Problem(shown, 0, "inbox-file", message)])
    if status.st_size > LARGEST[path.suffix]:
        message = f"{status.st_size} bytes; a contribution has {LARGEST[path.suffix]} at most: split it, or use `livre import`"
        raise BadData([Problem(shown, 0, "inbox-large", message)])
    text = plaintext.decode(plaintext.contents(path, shown=shown), path=shown)
    return tuple(_toml(path, shown, taxonomy) if path.suffix == ".toml" else _bib(path, text, shown))


def read(bib: Path, taxonomy: Taxonomy) -> tuple[tuple[Contribution, ...], tuple[Problem, ...]]:
    """All contributions that wait under `bib`, in the order of their files, and what is wrong with the files that cannot be read.

    Hidden files are passed over.
    """
    folder = bib / INBOX
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return (), (Problem(f"bib/{INBOX}", 0, "inbox-file", "this must be a folder, not a file or a link"),)
    found: list[Contribution] = []
    problems: list[Problem] = []
    files = sorted(p for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []
    for path in files[:MOST]:
        try:
            found += one(path, f"bib/{INBOX}/{plaintext.one_line(path.name)}", taxonomy)
        except BadData as error:
            problems += error.problems
    if len(files) > MOST:
        problems.append(
            Problem(f"bib/{INBOX}", 0, "inbox-many", f"{len(files)} files wait; {MOST} are looked at a night, the others later")
        )
    return tuple(found), tuple(sorted(problems))
