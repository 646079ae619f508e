"""The main path: the chains of citations through which most of a literature's knowledge has flowed.

Every citation is weighed by its search path count: how many of the ways from a work that cites nothing here to one that
nothing here cites lead through it (Hummon and Doreian 1989; counted without listing the ways as Batagelj 2003 does,
arXiv:cs/0309023). The global path is the way with the greatest sum; the key routes begin at the heaviest citations, so
that none of these is missed (Liu and Lu 2012). Knowledge flows from the cited to the citing. A graph with
circles has no such count, so they are condensed first (`graph.condensed`): a circle that is left is one stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .graph import CitationGraph, Condensed

ROUTES = 10
"""How many of the heaviest citations the key routes begin at."""
_MOST_TIES = 3
_EXACT = Context(prec=100, Emax=10**17, Emin=-(10**17))
"""Counts double with every fork: they are exact up to a hundred digits, and beyond have a hundred digits."""

Arc = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Stop:
    """One station: a paper, or the papers of a circle, by key. `routes` are the key routes through it, heaviest first (1, 2, …)."""

    keys: tuple[str, ...]
    date: str
    routes: tuple[int, ...]
    main: bool


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Step:
    """One citation on the way, from the cited stop to the citing one, as positions in `stops`.

    `count` is the search path count, `share` the part of all ways that lead through it, from 0 to 1.
    """

    cited: int
    citing: int
    count: Decimal
    share: float
    routes: tuple[int, ...]
    main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MainPath:
    """The global main path and the key routes together: `stops` in time's direction, each before all that build on it.

    `path` are the stops of the global main path, in order; `ways` is how many ways there are from sources to sinks.
    """

    stops: tuple[Stop, ...] = ()
    steps: tuple[Step, ...] = ()
    path: tuple[int, ...] = ()
    ways: Decimal = Decimal(0)


def path_counts(condensed: Condensed) -> tuple[Mapping[Arc, Decimal], Decimal]:
    """The search path count of every arc (earlier, later), and of how many ways there are in all; isolated groups are no way."""
    with localcontext(_EXACT):
        size = len(condensed.members)
        down, up = [Decimal(1)] * size, [Decimal(1)] * size
        for i in range(size):
            if condensed.earlier[i]:
                down[i] = sum(sorted(down[j] for j in condensed.earlier[i]), Decimal(0))
        for i in reversed(range(size)):
            if condensed.later[i]:
                up[i] = sum(sorted(up[j] for j in condensed.later[i]), Decimal(0))
        counts = {(i, j): down[i] * up[j] for i in range(size) for j in condensed.later[i]}
        ways = sum(sorted(up[i] for i in range(size) if condensed.later[i] and not condensed.earlier[i]), Decimal(0))
    return counts, ways


def local(condensed: Condensed, counts: Mapping[Arc, Decimal]) -> tuple[Arc, ...]:
    """The priority-first search of Hummon and Doreian: from the heaviest first step always on along the heaviest, all of several equals."""
    starts = [arc for arc in counts if not condensed.earlier[arc[0]]]
    todo, found = _heaviest(starts, counts), set[Arc]()
    while todo:
        arc = todo.pop()
        if arc not in found:
            found.add(arc)
            todo += _heaviest([(arc[1], j) for j in condensed.later[arc[1]]], counts)
    return tuple(sorted(found))


def _heaviest(arcs: Sequence[Arc], counts: Mapping[Arc, Decimal]) -> list[Arc]:
    most = max((counts[a] for a in arcs), default=None)
    return [a for a in arcs if counts[a] == most]


@dataclass(frozen=True, slots=True)
class _Ways:
    """For every group the sum of the heaviest way to a source and to a sink, and the neighbour through which it leads (-1 at the end)."""

    back: tuple[int, ...]
    on: tuple[int, ...]
    total: tuple[Decimal, ...]

    @classmethod
    def of(cls, condensed: Condensed, counts: Mapping[Arc, Decimal]) -> _Ways:
        size = len(condensed.members)
        before, after = [Decimal(0)] * size, [Decimal(0)] * size
        back, on = [-1] * size, [-1] * size
        with localcontext(_EXACT):
            for i in range(size):
                for j in condensed.earlier[i]:
                    if back[i] < 0 or before[j] + counts[j, i] > before[i]:
                        before[i], back[i] = before[j] + counts[j, i], j
            for i in reversed(range(size)):
                for j in condensed.later[i]:
                    if on[i] < 0 or after[j] + counts[i, j] > after[i]:
                        after[i], on[i] = after[j] + counts[i, j], j
            total = tuple(a + b for a, b in zip(before, after, strict=True))
        return cls(tuple(back), tuple(on), total)

    def through(self, *groups: int) -> tuple[int, ...]:
        """The heaviest way, as groups, that leads through this one, or through these two neighbours."""
        before, after = [groups[0]], [groups[-1]]
        while (i := self.back[before[-1]]) >= 0:
            before.append(i)
        while (i := self.on[after[-1]]) >= 0:
            after.append(i)
        return (*reversed(before), *(after if len(groups) > 1 else after[1:]))


def key_routes(condensed: Condensed, counts: Mapping[Arc, Decimal], routes: int = ROUTES) -> tuple[tuple[Arc, tuple[int, ...]], ...]:
    """Each of the heaviest arcs with the heaviest way through it, as groups.

    Arcs as heavy as the last of them are there too, but never more than three times `routes`.
    """
    ranked = sorted(counts, key=lambda a: (-counts[a], a))
    least = counts[ranked[routes - 1]] if 0 < routes <= len(ranked) else None
    keys = [a for n, a in enumerate(ranked[: routes * _MOST_TIES]) if n < routes or counts[a] == least]
    ways = _Ways.of(condensed, counts)
    return tuple((arc, ways.through(*arc)) for arc in keys)


def heaviest_way(condensed: Condensed, counts: Mapping[Arc, Decimal]) -> tuple[int, ...]:
    """The global main path, as groups: of all ways the one whose counts add up to most; the first of several."""
    if not counts:
        return ()
    ways = _Ways.of(condensed, counts)
    return ways.through(max(range(len(ways.total)), key=lambda i: (ways.total[i], -i)))


def main_path(graph: CitationGraph, condensed: Condensed, *, routes: int = ROUTES) -> MainPath:
    """The main path of a graph and of its condensation (`graph.condensed`); empty where nothing cites anything."""
    counts, ways = path_counts(condensed)
    path = heaviest_way(condensed, counts)
    on: dict[Arc, list[int]] = {arc: [] for arc in pairwise(path)}
    for number, (_, way) in enumerate(key_routes(condensed, counts, routes), 1):
        for arc in pairwise(way):
            on.setdefault(arc, []).append(number)
    through: dict[int, set[int]] = {}
    for (i, j), numbers in on.items():
        through.setdefault(i, set()).update(numbers)
        through.setdefault(j, set()).update(numbers)
    stops = sorted(through)
    at = {group: n for n, group in enumerate(stops)}
    main, chain = frozenset(path), frozenset(pairwise(path))
    with localcontext(_EXACT):
        steps = tuple(
            Step(
                cited=at[i],
                citing=at[j],
                count=counts[i, j],
                share=float(counts[i, j] / ways),
                routes=tuple(on[i, j]),
                main=(i, j) in chain,
            )
            for i, j in sorted(on)
        )
    return MainPath(
        stops=tuple(_stop(graph, condensed.members[g], through[g], main=g in main) for g in stops),
        steps=steps,
        path=tuple(at[g] for g in path),
        ways=ways,
    )


def _stop(graph: CitationGraph, members: Iterable[int], routes: Iterable[int], *, main: bool) -> Stop:
    of = sorted((graph.dates[i], graph.keys[i]) for i in members)
    return Stop(keys=tuple(k for _, k in of), date=of[0][0], routes=tuple(sorted(routes)), main=main)
