"""What is wrong in a review: every file of bib/ and content/ read, and read together.

Validators yield Problems; the command line prints them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from . import bibtex, corpus, folders, form, identities, inbox, registry, retirement, scope, taxonomy
from .errors import BadData, UsageError
from .model import Paper, Problem
from .site import chapters, shells
from .site.render import Templates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from .corpus import Corpus

    T = TypeVar("T")


def _read(problems: list[Problem], load: Callable[[], T]) -> T | None:
    """What `load` returns, or None and its problems."""
    try:
        return load()
    except BadData as error:
        problems += error.problems
        return None


def _line(bib: Path, paper: Paper, name: str) -> int:
    """The line of a field of a paper, or of its entry."""
    path = f"papers/{paper.shard}.bib"
    (entry,) = (e for e in bibtex.loads((bib / path).read_text("utf-8"), path=path) if e.key == paper.key)
    return dict(zip((n for n, _ in entry.fields), entry.lines, strict=True)).get(name, entry.line)


Line = Callable[[Paper, str], int]
"""The line of a field of a paper."""


def unknown_categories(papers: Mapping[str, Paper], known: Collection[str], line: Line) -> Iterator[Problem]:
    """Papers filed under what the taxonomy does not have."""
    for paper in papers.values():
        for category in paper.categories:
            if category not in known:
                close = get_close_matches(category, known, 1)
                advice = f"did you mean {close[0]!r}?" if close else "add it to bib/taxonomy.toml or take it away"
                yield Problem(
                    f"bib/papers/{paper.shard}.bib",
                    line(paper, "keywords"),
                    "unknown-category",
                    f"{paper.key}: there is no category {category!r}; {advice}",
                )


def unknown_curated(papers: Mapping[str, Paper], facets: Collection[str], line: Line) -> Iterator[Problem]:
    """Papers whose `curated` names what is neither a field nor a facet: the edit that it was meant for would not be kept."""
    names = (*bibtex.FIELDS, *facets)
    for paper in papers.values():
        for name in paper.curated:
            if name not in names and name not in dict(paper.extra):
                close = get_close_matches(name, names, 1)
                advice = f"did you mean {close[0]!r}?" if close else f"write a field's name, or one of {', '.join(facets)}"
                message = f"{paper.key}: {name!r} in curated is neither a field nor a facet, and keeps nothing; {advice}"
                yield Problem(f"bib/papers/{paper.shard}.bib", line(paper, "curated"), "unknown-curated", message)


def unexplained(review: Corpus) -> Iterator[Problem]:
    """Papers and candidates that no decision explains, and decisions about nothing."""
    known = {i for r in (*review.papers.values(), *review.candidates.values()) for i in r.identifiers}
    for subject in review.decisions:
        if subject not in known:
            path = f"bib/decisions/{corpus.decision_shard(subject, review)}.tsv"
            yield Problem(path, 0, "stray-decision", f"a decision on {subject}, which is neither a paper nor a candidate: mend its id")
    for paper in review.papers.values():
        if not corpus.history(review, paper):
            yield Problem(f"bib/papers/{paper.shard}.bib", 0, "no-decision", f"{paper.key}: no decision says why it is here")
    for candidate in review.candidates.values():
        if not corpus.history(review, candidate):
            path = f"bib/candidates/{corpus.shard_of(candidate)}.bib"
            yield Problem(path, 0, "no-decision", f"{candidate.primary}: no decision says why it is not a paper")


def whole(root: Path) -> Iterator[Problem]:
    """Every problem of the review at `root`, in no order."""
    bib = root / "bib"
    problems: list[Problem] = []
    review = _read(problems, lambda: corpus.load(bib))
    kinds = _read(problems, lambda: taxonomy.load(bib / "taxonomy.toml"))
    _read(problems, lambda: scope.load(bib / "scope.toml"))
    if review is not None:
        _read(problems, lambda: registry.load(bib, review.papers))
        _read(problems, lambda: identities.load(bib, review.papers))
    _read(problems, lambda: retirement.load(bib))
    yield from (p if p.path.startswith("bib/") else replace(p, path=f"bib/{p.path}") for p in problems)
    if kinds is not None:
        yield from inbox.read(bib, kinds)[1]
    broken = tuple(form.problems(bib))
    yield from broken
    if review is not None:
        for path in form.differing(bib) if not broken else corpus.fmt(bib):
            yield Problem(f"bib/{path}", 0, "not-canonical", "not in canonical form: run livre fmt")
        yield from unexplained(review)
    if review is not None and kinds is not None:
        yield from unknown_categories(review.papers, kinds.categories, partial(_line, bib))
        yield from unknown_curated(review.papers, [f.id for f in kinds.facets], partial(_line, bib))
    yield from folders.problems(root)
    try:
        config = shells.configuration(root)
        prose = chapters.read(root)
    except BadData as error:
        yield from error.problems
        return
    yield from chapters.broken(prose, root / "content")
    if review is not None and kinds is not None:
        yield from chapters.problems(
            prose,
            papers=review.papers,
            fragments=Templates(shells.site(config, "")).fragments,
            categories=kinds.categories,
            extensions=config.get("markdown_extensions") or (),
        )


def check(root: Path, paths: Sequence[str] = (), *, find: Callable[[Path], Iterable[Problem]] = whole) -> Iterator[Problem]:
    """Every problem that `find` finds in the review at `root`, once and sorted; only those in `paths` (from the root or from here), if any.

    UsageError for a path in which there is nothing, not even a problem: its silence would look like health.
    """
    found = sorted(set(find(root)))
    inside = {path: [p for p in found if _within(p.path, _named(root, path))] for path in paths}
    for path, problems in inside.items():
        if not problems and not (root / _named(root, path)).exists():
            raise UsageError(f"{path}: there is no such file or folder in {root}")
    yield from (p for p in found if not inside or any(p in problems for problems in inside.values()))


def _within(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _named(root: Path, path: str) -> str:
    """A path as problems name it, from the root."""
    there, here = Path(os.path.abspath(root / path)), Path(os.path.abspath(path))
    if not there.exists() and here.exists() and here.is_relative_to(root):
        there = here
    if not there.is_relative_to(root):
        raise UsageError(f"{path} is not in the review at {root}")
    return there.relative_to(root).as_posix()
