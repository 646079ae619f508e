"""What the corpus adds up to: per month, per category, per author; pure functions over papers.

Background papers are the caller's to leave out. Months are `2025-03`; a paper that knows only
its year counts in the year and in no month, and one without a date counts in neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..names import author_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..model import Name, Paper

CROWD = 100
"""A paper of more authors than this says nothing of who works with whom."""
_MONTH, _YEAR = 7, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Everyone who writes the name this way; `names` most used first."""

    id: str
    names: tuple[Name, ...]
    papers: tuple[Paper, ...]

    @property
    def name(self) -> Name:
        """The form that is used most, the longest of several."""
        return self.names[0]


def newest(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """By date of the first version, newest first; papers of one day by key."""
    return tuple(sorted(sorted(papers, key=lambda p: p.key), key=lambda p: p.date, reverse=True))


def month(paper: Paper) -> str:
    """The month of the first version, or '' when it is not known."""
    return paper.date[:_MONTH] if len(paper.date) >= _MONTH else ""


def months(first: str, last: str) -> tuple[str, ...]:
    """Every month from the first to the last, both included; none when they are the wrong way round."""
    start, end = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last))
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, end + 1))


def by_month(papers: Iterable[Paper]) -> Mapping[str, tuple[Paper, ...]]:
    """The papers of each month that has any, in the order given."""
    out: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        if at := month(paper):
            out[at].append(paper)
    return {m: tuple(of) for m, of in out.items()}


def by_year(papers: Iterable[Paper]) -> Mapping[str, tuple[Paper, ...]]:
    """The papers of each year that has any, in the order given; years newest first."""
    out: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.date:
            out[paper.date[:_YEAR]].append(paper)
    return {y: tuple(out[y]) for y in sorted(out, reverse=True)}


def series(papers: Iterable[Paper], over: Sequence[str], lane: Callable[[Paper], str]) -> Mapping[str, tuple[int, ...]]:
    """How many papers each lane has in each of the given months or years; every paper counts once."""
    width = len(over[0]) if over else _MONTH
    at = {m: i for i, m in enumerate(over)}
    out: dict[str, list[int]] = {}
    for paper in papers:
        if (i := at.get(paper.date[:width])) is not None:
            out.setdefault(lane(paper), [0] * len(over))[i] += 1
    return {name: tuple(row) for name, row in out.items()}


def monthly(papers: Iterable[Paper], over: Sequence[str]) -> tuple[int, ...]:
    """How many papers each of the given months or years has."""
    return series(papers, over, lambda _: "").get("", (0,) * len(over))


def trend(values: Sequence[int], *, window: int = 3) -> tuple[int, int]:
    """Papers in the last `window` months and in as many before them; the caller leaves out a month that is not over."""
    return sum(values[-window:]), sum(values[-2 * window : -window])


def together(
    papers: Iterable[Paper], rows: Sequence[str], columns: Sequence[str], member: Callable[[Paper], Iterable[str]]
) -> Counter[tuple[str, str]]:
    """How many papers lie in both a row's and a column's category; a paper of several counts in each cell."""
    wanted_rows, wanted_columns = frozenset(rows), frozenset(columns)
    out: Counter[tuple[str, str]] = Counter()
    for paper in papers:
        of = frozenset(member(paper))
        for row in of & wanted_rows:
            for column in of & wanted_columns:
                out[row, column] += 1
    return out


def as_written(_paper: Paper, name: Name) -> str:
    """Who an author is as far as a name says."""
    return author_id(name)


def authors(papers: Iterable[Paper], identify: Callable[[Paper, Name], str] = as_written) -> Mapping[str, Author]:
    """The authors of these papers by id, ids in alphabetical order; each one's papers once, in the order given."""
    names: defaultdict[str, dict[Name, int]] = defaultdict(dict)
    of: defaultdict[str, dict[str, Paper]] = defaultdict(dict)
    for paper in papers:
        for name in paper.authors:
            who = identify(paper, name)
            forms = names[who]
            forms[name] = forms.get(name, 0) + 1
            of[who][paper.key] = paper
    return {who: Author(id=who, names=_ranked(names[who]), papers=tuple(of[who].values())) for who in sorted(names)}


def _ranked(forms: Mapping[Name, int]) -> tuple[Name, ...]:
    """Most used first; of equals the longest."""
    if len(forms) == 1:
        return tuple(forms)
    return tuple(sorted(forms, key=lambda n: (-forms[n], -len(str(n)), str(n))))


def coauthors(author: Author, identify: Callable[[Paper, Name], str] = as_written) -> Counter[str]:
    """How many papers each other author shares with this one; papers of a `CROWD` are left out."""
    out: Counter[str] = Counter()
    for paper in author.papers:
        if len(paper.authors) <= CROWD:
            out.update({identify(paper, n) for n in paper.authors} - {author.id})
    return out
