"""What is wrong in a review: every file of bib/ and content/ read, and read together.

Validators yield Problems; the command line prints them.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from . import bibtex, corpus, scope, taxonomy
from .errors import BadData
from .model import Decision, Paper, Problem, Verdict
from .site import chapters, shells
from .site.render import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path
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


def _lines(bib: Path, path: str) -> Mapping[str, int]:
    """The line of each entry's keywords field, or of the entry, by key."""
    entries = bibtex.loads((bib / path).read_text("utf-8"), path=path)
    return {e.key: dict(zip((n for n, _ in e.fields), e.lines, strict=True)).get("keywords", e.line) for e in entries}


def unknown_categories(papers: Mapping[str, Paper], known: Collection[str], line: Callable[[Paper], int]) -> Iterator[Problem]:
    """Papers filed under what the taxonomy does not have."""
    for paper in papers.values():
        for category in paper.categories:
            if category not in known:
                close = get_close_matches(category, known, 1)
                advice = f"did you mean {close[0]!r}?" if close else "add it to bib/taxonomy.toml or take it away"
                yield Problem(
                    f"bib/papers/{paper.shard}.bib",
                    line(paper),
                    "unknown-category",
                    f"{paper.key}: there is no category {category!r}; {advice}",
                )


def _holds(rows: Sequence[Decision]) -> Verdict | None:
    return rows[-1].verdict if rows else None


def unexplained(review: Corpus) -> Iterator[Problem]:
    """Papers and candidates that no decision explains, and decisions about nothing."""
    known = {i for r in (*review.papers.values(), *review.candidates.values()) for i in r.identifiers}
    for subject in review.decisions:
        if subject not in known:
            yield Problem("bib/decisions", 0, "stray-decision", f"a decision on {subject}, which is neither a paper nor a candidate")
    for paper in review.papers.values():
        if not any(i in review.decisions for i in paper.identifiers):
            yield Problem(f"bib/papers/{paper.shard}.bib", 0, "no-decision", f"{paper.key}: no decision says why it is here")
    for candidate in review.candidates.values():
        holds = [_holds(review.decisions.get(i, ())) for i in candidate.identifiers]
        if not any(holds) or Verdict.INCLUDE in holds:
            path = f"bib/candidates/{corpus.shard_of(candidate)}.bib"
            yield Problem(path, 0, "no-decision", f"{candidate.primary}: no decision says why it is not a paper")


def _all(root: Path) -> Iterator[Problem]:
    bib = root / "bib"
    problems: list[Problem] = []
    review = _read(problems, lambda: corpus.load(bib))
    kinds = _read(problems, lambda: taxonomy.load(bib / "taxonomy.toml"))
    _read(problems, lambda: scope.load(bib / "scope.toml"))
    yield from (p if p.path.startswith("bib/") else replace(p, path=f"bib/{p.path}") for p in problems)
    if review is not None:
        for path in corpus.fmt(bib):
            yield Problem(f"bib/{path}", 0, "not-canonical", "not in canonical form: run livre fmt")
        yield from unexplained(review)
    if review is not None and kinds is not None:
        yield from unknown_categories(review.papers, kinds.categories, lambda p: _lines(bib, f"papers/{p.shard}.bib").get(p.key, 0))
    try:
        config = shells.configuration(root)
        prose = chapters.read(root)
    except BadData as error:
        yield from error.problems
        return
    if review is not None and kinds is not None:
        yield from chapters.problems(
            prose,
            papers=review.papers,
            fragments=Templates(shells.site(config, "")).fragments,
            categories=kinds.categories,
            extensions=config.get("markdown_extensions") or (),
        )


def check(root: Path, paths: Sequence[str] = ()) -> Iterator[Problem]:
    """Every problem of the review at `root`, sorted; only those in `paths` (files or folders from the root), if any."""
    wanted = tuple(p.rstrip("/") for p in paths)
    for problem in sorted(set(_all(root))):
        if not wanted or any(problem.path == w or problem.path.startswith(f"{w}/") for w in wanted):
            yield problem
