"""What is wrong with a change: the working tree judged against a commit, reading only what differs and an index of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from . import bibtex, change, check, corpus, edges, folders, inbox, plaintext, revisions, sentinels, taxonomy
from .compare import SIGNED, Known, compare
from .errors import BadData, UsageError
from .model import Candidate, Citation, Decision, Identifier, Paper, Problem, ReferenceList
from .site import chapters, shells
from .site.render import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from .inbox import Contribution
    from .taxonomy import Taxonomy

    Row = TypeVar("Row", Citation, ReferenceList)

RULES = frozenset({"bib/scope.toml", "bib/taxonomy.toml", "bib/authors.toml", "bib/models.toml"})
"""After a change of these everything has to be looked at again."""

IMPORTED = "import"
"""The source of edges that people bring."""


class _Sides:
    """The files that differ, as they were and as they are; lives for one call of `judge`."""

    def __init__(self, root: Path, changes: revisions.ChangeSet) -> None:
        self.root, self.bib = root, root / "bib"
        self.touched = frozenset(d.path for d in changes.deltas)
        read = [d for d in changes.deltas if change.OPEN.fullmatch(d.path)]
        blobs = revisions.contents(root, (d.blob for d in read if change.READ.fullmatch(d.path)))
        self.before = {d.path.removeprefix("bib/"): blobs[d.blob] for d in read if d.blob in blobs}
        self.after = {d.path.removeprefix("bib/"): (root / d.path).read_bytes() for d in read if d.after}
        self._entries: dict[str, dict[str, bibtex.Entry]] = {}

    def line(self, record: Candidate, name: str) -> int:
        """The line of a field of a record as it is now, or of its entry."""
        path = f"{'papers' if isinstance(record, Paper) else 'candidates'}/{corpus.shard_of(record)}.bib"
        if path not in self._entries:
            text = self.after.get(path, b"").decode()
            self._entries[path] = {e.key: e for e in bibtex.loads(text, path=path)}
        entry = self._entries[path].get(bibtex.to_entry(record).key)
        return dict(zip((n for n, _ in entry.fields), entry.lines, strict=True)).get(name, entry.line) if entry else 0

    def place(self, subject: Identifier, decision: Decision | None) -> tuple[str, int]:
        """The file and line of a decision on a work."""
        for side in (self.after, self.before):
            for path in (p for p in side if p.startswith("decisions/")):
                for number, line in enumerate(side[path].decode().split("\n"), 1):
                    cells = line.split("\t")
                    if cells[0] == str(subject) and (decision is None or cells[1:3] == [decision.on, decision.verdict.value]):
                        return f"bib/{path}", number if side is self.after else 0
        return "bib/decisions", 0

    def known(self) -> Known:
        """The index of what did not change; BadData when one of these files is no text."""
        known = Known()
        for path in corpus.listing(self.bib, []):
            if path not in self.after and not path.startswith("nights/"):
                known.read(path, plaintext.decode(plaintext.contents(self.bib / path, shown=f"bib/{path}"), path=f"bib/{path}"))
        return known


def _texts(sides: _Sides) -> Iterator[Problem]:
    """Files that are no text."""
    for path, data in sides.after.items():
        named = path if path.startswith("content/") else f"bib/{path}"
        if b"\x00" in data:
            yield Problem(named, 0, "change-binary", "this is no text, and only text is contributed: take it out, or ask a maintainer")
        elif path.startswith("content/"):
            try:
                plaintext.decode(data, path=named)
            except BadData as error:
                yield from error.problems


def _parsed(files: Mapping[str, bytes]) -> corpus.Corpus:
    return corpus.parse(
        (p, d) for p, d in sorted(files.items()) if (f := corpus.FOLDERS.get(p.partition("/")[0])) and f.fullmatch(p.partition("/")[2])
    )


def _records(sides: _Sides, kinds: Taxonomy, known: Known, ref: str) -> Iterator[Problem]:
    """The corpus' files that differ; `known` learns what they hold now."""
    strays: list[Problem] = []
    list(corpus.listing(sides.bib, strays))
    yield from (p for p in strays if p.path in sides.touched)
    try:
        before = _parsed(sides.before)
    except BadData as error:
        raise UsageError(f"what stands at {ref} cannot be read, so nothing can be judged by it: {error.problems[0]}") from None
    try:
        after = _parsed(sides.after)
    except BadData as error:
        yield from error.problems
        return
    yield from compare(
        before, after, known=known, facets={c.id: c.facet for c in kinds.categories.values()}, line=sides.line, place=sides.place
    )
    for path in after.read:
        if corpus.canonical(path, sides.after[path]) != sides.after[path]:
            yield Problem(f"bib/{path}", 0, "not-canonical", "not in canonical form: run livre fmt")
    yield from check.unknown_categories(after.papers, kinds.categories, sides.line)
    yield from check.unknown_curated(after.papers, [f.id for f in kinds.facets], sides.line)
    for record in (*after.papers.values(), *after.candidates.values()):
        for identifier in record.identifiers:
            known.own(str(identifier), record.key if isinstance(record, Paper) else str(record.primary))
    known.papers.update(after.papers)
    for subject, rows in after.decisions.items():
        known.decisions.setdefault(str(subject), []).extend((d.on, d.verdict.value, d.by) for d in rows)


def _rows(sides: _Sides, folder: str, load: Callable[..., tuple[Row, ...]]) -> Iterator[Problem]:
    """Edges or reference lists: none goes, and those that come were brought by people."""
    old: dict[Row, str] = {}
    new: dict[Row, str] = {}
    for path, data in sides.before.items():
        if path.startswith(folder):
            old |= dict.fromkeys(load(data.decode(), path=f"bib/{path}"), f"bib/{path}")
    for path, data in sides.after.items():
        if path.startswith(folder):
            try:
                new |= dict.fromkeys(load(plaintext.decode(data, path=f"bib/{path}"), path=f"bib/{path}"), f"bib/{path}")
                if edges.canonical(path, data) != data:
                    yield Problem(f"bib/{path}", 0, "not-canonical", "not in canonical form: run livre fmt")
            except BadData as error:
                yield from error.problems
                return
    for row in sorted(old.keys() - new.keys(), key=repr):
        message = f"{row.citing}: what {row.source} told would be lost or edited: restore every line; nights keep it up to date"
        yield Problem(old[row], 0, "change-history", message)
    for row in sorted(new.keys() - old.keys(), key=repr):
        if row.source != IMPORTED:
            message = f"{row.citing}: {row.source} did not tell this to you: bring edges that you have read by `livre link --import`"
            yield Problem(new[row], 0, "change-history", message)


def _said(one: Contribution, other: Contribution) -> bool:
    """Whether two contributions to one work speak of the same thing."""
    fields = {*one.categories, *one.corrections} & {*other.categories, *other.corrections}
    return bool(fields) if "correct" in (one.action, other.action) else True


def _contributions(sides: _Sides, kinds: Taxonomy, known: Known) -> Iterator[Problem]:
    """What is wrong with the contributions of this change, and what they ask for in vain."""
    waiting, problems = inbox.read(sides.bib, kinds)
    yield from (p for p in problems if p.path in sides.touched or p.path == "bib/inbox")
    works: dict[str, list[Contribution]] = {}
    for one in waiting:
        works.setdefault(known.owners.get(str(one.work), str(one.work)), []).append(one)
    for work, asked in works.items():
        key, _, verdict, by = known.last(str(asked[0].work))
        for one in (c for c in asked if c.path in sides.touched):
            settled = verdict == one.action and (one.action == "include" or by not in SIGNED)
            if settled and (key in known.papers or one.action == "exclude"):
                advice = 'to correct it, write action = "correct"' if one.action == "include" else "a person has said so already"
                message = f"{one.work} is {key or work}, and {verdict}d already: nothing needs doing; {advice}"
                yield Problem(one.path, one.line, "change-duplicate", message)
            if others := sorted({(o.path, o.line) for o in asked if (o.path, o.line) != (one.path, one.line) and _said(one, o)}):
                where = f"{others[0][0]}:{others[0][1]}"
                yield Problem(one.path, one.line, "change-duplicate", f"{one.work} is also asked for in {where}: keep one of them")


def _prose(sides: _Sides, kinds: Taxonomy, known: Known) -> Iterator[Problem]:
    try:
        config = shells.configuration(sides.root)
        own = shells.CONFIG not in sides.touched  # what a change makes of it is not obeyed
        prose = [c for c in chapters.read(sides.root) if c.file in sides.touched]
        yield from chapters.broken(prose, sides.root / "content")
        yield from (p for p in folders.problems(sides.root) if p.path in sides.touched)
        yield from chapters.problems(
            prose,
            papers=known.papers,
            fragments=Templates(shells.site(config, "")).fragments,
            categories=kinds.categories,
            extensions=(config.get("markdown_extensions") or ()) if own else (),
        )
    except BadData as error:
        yield from error.problems


def surface(root: Path, ref: str) -> tuple[revisions.ChangeSet, tuple[Problem, ...]]:
    """What the working tree at `root` changes against the commit `ref`, and what is wrong with it by paths, modes and sizes alone.

    UsageError where there is no such commit, or it cannot be read.
    """
    changes = revisions.since(root, ref)
    before = revisions.sizes(root, (d.blob for d in changes.deltas))
    plain = [d for d in changes.deltas if d.after == change.FILE and not d.path.startswith("../")]
    grown = {d.path: (root / d.path).lstat().st_size - before.get(d.blob, 0) for d in plain}
    return changes, change.gate(changes.deltas, changes.paths, grown)


def readable(found: Iterable[Problem]) -> bool:
    """Whether the files of a change may be read, by what `surface` found."""
    return not any(p.code in change.UNSAFE for p in found)


def judge(root: Path, ref: str) -> Iterator[Problem]:
    """What is wrong with what the working tree at `root` changes against the commit `ref`, in no order.

    The paths, modes and sizes are judged first; where they are not safe, the files are not read. UsageError as `surface`.
    """
    changes, found = surface(root, ref)
    yield from found
    if not readable(found):
        return
    sides = _Sides(root, changes)
    broken = tuple(_texts(sides))
    yield from broken
    if broken:
        return
    if RULES & sides.touched:
        yield from check.whole(root)
    try:
        kinds = taxonomy.load(root / "bib" / "taxonomy.toml")
    except BadData as error:
        yield from error.problems
        return
    known = sides.known()
    yield from _records(sides, kinds, known, ref)
    yield from _rows(sides, "citations/", edges.loads_citations)
    yield from _rows(sides, "references/", edges.loads_lists)
    if any(path.startswith("sentinels/") for path in sides.after):
        yield from (p for p in sentinels.problems(sides.bib) if p.path in sides.touched)
    if any(path.startswith("inbox/") for path in sides.after):
        yield from _contributions(sides, kinds, known)
    if any(path.startswith("content/") for path in sides.touched):
        yield from _prose(sides, kinds, known)
