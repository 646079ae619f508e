"""`livre link`: load the review, ask the sources or adopt a file, save; and which sources there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from . import edges, plaintext, union
from .centre import centre
from .citations import crossref, eprint, forward, openalex, opencitations, semanticscholar
from .citations.match import Titles
from .corpus import load, tree
from .errors import UsageError
from .harvest.transport import Transport
from .intact import prove
from .link import ROUTE, Linked, Report, Source, allowed, due, link
from .save import save, writer
from .tally import stamped
from .whom import central

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from .corpus import Corpus
    from .edges import Edges
    from .model import Night
    from .union import Merged

KEPT: Final = ("eprint", "openalex", "opencitations", opencitations.Citing.name, "crossref")
"""The sources whose edges are kept, in the order in which they are asked; the one with `CITING` is asked who cites the core."""
COMPARED: Final = "s2"
"""The source that is only compared with, when somebody asks for it."""
PATIENCE: Final[Mapping[str, Any]] = {"read": 30.0, "total": 60.0, "tries": 3, "budget": 180.0, "size": 30_000_000}
"""What one source may cost a night beyond its questions: seconds and bytes, as in `Transport`."""
FILES: Final[Mapping[str, Any]] = {"total": 300.0, "size": 50_000_000}
"""What of this is different for e-prints, which are files of many megabytes."""


def sources(
    names: Iterable[str],
    *,
    agent: str,
    delay: float,
    environment: Mapping[str, str],
    patience: Mapping[str, Any] = PATIENCE,
    away: Collection[str] = (),
    tell: Callable[[str], None] = lambda line: None,
) -> list[Source]:
    """The sources of these names, by default all that are kept, each with a door of its own.

    `delay` are the seconds between two questions to arXiv, and the most between those to others. The environment has
    addresses and keys: `LIVRE_ARXIV_SRC`, `LIVRE_OPENALEX`, `LIVRE_OPENCITATIONS`, `LIVRE_CROSSREF`, `LIVRE_S2`;
    `OPENALEX_API_KEY`, `OPENCITATIONS_TOKEN`, `CROSSREF_MAILTO`, `S2_API_KEY`. UsageError for another name.
    A source that is `away` (see `breaker`) is not asked twice; `tell` is given a line before each pause after a failure.
    """

    def door(pause: float) -> Transport:
        return Transport(delay=min(delay, pause), user_agent=agent, tell=tell, **patience)

    def told(name: str, default: str = "") -> str:
        return environment.get(name, "").strip() or default

    def index(kind: Callable[..., Source]) -> Source:
        return kind(door(opencitations.DELAY), base=told("LIVRE_OPENCITATIONS", opencitations.BASE), token=told("OPENCITATIONS_TOKEN"))

    made: dict[str, Callable[[], Source]] = {
        "eprint": lambda: eprint.EPrint(
            Transport(delay=delay, user_agent=agent, tell=tell, **{**patience, **FILES}), base=told("LIVRE_ARXIV_SRC", eprint.BASE)
        ),
        "openalex": lambda: openalex.OpenAlex(
            door(openalex.DELAY), base=told("LIVRE_OPENALEX", openalex.BASE), key=told("OPENALEX_API_KEY")
        ),
        "opencitations": lambda: index(opencitations.OpenCitations),
        opencitations.Citing.name: lambda: index(opencitations.Citing),
        "crossref": lambda: crossref.Crossref(
            door(crossref.DELAY), base=told("LIVRE_CROSSREF", crossref.BASE), mailto=told("CROSSREF_MAILTO")
        ),
        COMPARED: lambda: semanticscholar.SemanticScholar(
            door(semanticscholar.DELAY), base=told("LIVRE_S2", semanticscholar.BASE), key=told("S2_API_KEY")
        ),
    }
    wanted = tuple(dict.fromkeys(names)) or KEPT
    if strangers := [name for name in wanted if name not in made]:
        raise UsageError(f"--source {strangers[0]!r}: the sources of reference lists are {', '.join(made)}")
    usual, chosen = patience, []
    for name in wanted:
        patience = {**usual, "tries": 1} if ROUTE + name in away else usual
        chosen.append(made[name]())
    return chosen


def recorded(nights: Iterable[Night], lines: Iterable[Night]) -> tuple[Night, ...]:
    """The record of nights with these lines; what a source was asked for earlier on the same day is added."""
    table = {(n.night, n.source): n for n in nights}
    for line in lines:
        past = table.get((line.night, line.source))
        sums = {n: getattr(past, n) + getattr(line, n) for n in ("seen", "matched", "new", "updated")} if past else {}
        table[line.night, line.source] = replace(line, **sums)
    return tuple(sorted(table.values()))


def ask(
    corpus: Corpus,
    before: Edges,
    chosen: Sequence[Source],
    *,
    on: str,
    budget: int,
    again: bool = False,
    force: bool = False,
    progress: Callable[[str, int], None] = lambda step, done: None,
) -> tuple[Linked, Corpus, dict[str, bytes | None]]:
    """Ask the sources (see `link.link`): what came of it, the corpus with its record of nights, and the files of edges that change."""
    match = Titles.of(corpus.papers.values()).find
    chosen = central(chosen, centre(corpus, before, before=on))
    linked = link(corpus, before, chosen, on=on, budget=budget, match=match, again=again, force=force, progress=progress)
    after = replace(corpus, nights=recorded(corpus.nights, linked.nights))
    return linked, after, edges.changes(before, linked.edges, corpus)


def run(
    bib: Path,
    chosen: Sequence[Source],
    *,
    on: str,
    budget: int,
    again: bool = False,
    force: bool = False,
    at: Callable[[], str] = lambda: "",
    progress: Callable[[str, int], None] = lambda step, done: None,
) -> tuple[Linked, tuple[str, ...]]:
    """Ask the sources and save what they say, all or nothing; the files that changed. Raises BadData, BrokenInvariant, CannotWrite.

    `at` gives the time (UTC, ISO) that the lines of the record bear.
    """
    with writer(bib):
        prove(bib)
        corpus = load(bib)
        linked, after, also = ask(corpus, edges.load(bib), chosen, on=on, budget=budget, again=again, force=force, progress=progress)
        after = replace(after, nights=stamped(corpus.nights, after.nights, at()))
        return linked, save(bib, tree(after), read=corpus.read, also=also)


def adopt(bib: Path, files: Iterable[Path], *, on: str, dry_run: bool = False) -> tuple[Merged, tuple[str, ...]]:
    """Adopt CSV files of edges (see `union.adopt`) and save; the files that changed, or would. Raises as `run` does."""
    with writer(bib):
        prove(bib)
        corpus, before = load(bib), edges.load(bib)
        merged = union.adopt(before, [(str(f), plaintext.contents(f, shown=str(f))) for f in files], corpus, on)
        also = edges.changes(before, merged.edges, corpus)
        return merged, save(bib, tree(corpus), read=corpus.read, also=also, dry_run=dry_run)


def plan(bib: Path, chosen: Iterable[Source], *, on: str, budget: int) -> dict[str, tuple[str, ...]]:
    """The citation keys of the papers that each source would be asked for, the most urgent first."""
    corpus, known = load(bib), edges.load(bib)
    whom = central(chosen, centre(corpus, known, before=on))
    return {source.name: tuple(paper.key for paper in due(corpus, known, source, on)[: allowed(source, budget)]) for source in whom}


def lines(report: Report) -> Iterator[str]:
    """What came of a source, for the terminal."""
    answers = "are cited, by {} works" if forward(report.source) else "have a list: {} references"
    yield (
        f"{report.source}: {report.asked} papers asked for, {report.answered} {answers.format(report.listed)}, "
        f"{report.known} with an identifier; edges: {report.added} new, {report.changed} changed, {report.deleted} gone"
    )
    if report.outcome != "complete":
        yield f"  {report.outcome}"
    if (c := report.compared) is not None:
        yield (
            f"  of {c.papers} papers with edges here it has {c.both + c.missing} references with an identifier, {c.both} of them "
            f"are edges here ({c.share:.0%}); {c.extra} edges it has not"
        )
