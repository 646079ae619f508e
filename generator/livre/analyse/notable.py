"""Which papers stand out by their measures, each with its reason in words: milestones, rising papers, bridges, and the core."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .measures import Measures

HIGH = 0.9
"""A milestone stands above so many of its peers."""
BRIDGE = 0.62
"""From this participation on a paper connects fields rather than lying in one (the connectors of Guimerà and Amaral 2005)."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Notable:
    """A paper that stands out in its field, and why, as the end of a sentence that begins with its title."""

    field: str
    year: str
    key: str
    why: str


def milestones(
    measures: Iterable[Measures], years: Mapping[str, str], *, title: Callable[[str], str] = str, citations: int = 3, most: int = 3
) -> tuple[Notable, ...]:
    """At most so many papers of each field and year, the highest standing first, each cited often enough to be judged.

    `years` maps keys to years; `title` says a field in words.
    """
    fit = [m for m in measures if m.standing is not None and m.standing >= HIGH and m.citations >= citations and years.get(m.key)]
    groups: dict[tuple[str, str], list[Measures]] = {}
    for m in sorted(fit, key=lambda m: (-(m.standing or 0), -m.citations, m.key)):
        groups.setdefault((m.field, years[m.key]), []).append(m)
    return tuple(
        Notable(field=field, year=year, key=m.key, why=f"cited by {m.citations} papers here, {_above(m, title)}")
        for (field, year), of in sorted(groups.items())
        for m in of[:most]
    )


def rising(measures: Iterable[Measures], years: Mapping[str, str], *, citations: int = 3, most: int = 10) -> tuple[Notable, ...]:
    """The papers of each field that are cited more than in the year before, the fastest first."""
    fit = [m for m in measures if m.recent >= citations and m.recent > m.before]
    groups: dict[str, list[Measures]] = {}
    for m in sorted(fit, key=lambda m: (-m.velocity, -m.recent, m.key)):
        groups.setdefault(m.field, []).append(m)
    return tuple(
        Notable(
            field=field,
            year=years.get(m.key, ""),
            key=m.key,
            why=f"{m.recent} citations in the last twelve months, {m.before or 'none'} in the twelve before ({m.velocity:.1f} a month)",
        )
        for field, of in sorted(groups.items())
        for m in of[:most]
    )


def bridges(
    measures: Iterable[Measures], years: Mapping[str, str], *, title: Callable[[str], str] = str, links: int = 5, most: int = 10
) -> tuple[Notable, ...]:
    """The papers of each field whose citations and references spread over several, the most linked first."""
    fit = [m for m in measures if m.participation >= BRIDGE and m.citations + m.references >= links]
    groups: dict[str, list[Measures]] = {}
    for m in sorted(fit, key=lambda m: (-(m.citations + m.references), -m.participation, m.key)):
        groups.setdefault(m.field, []).append(m)
    return tuple(
        Notable(
            field=field,
            year=years.get(m.key, ""),
            key=m.key,
            why=f"cites and is cited in {len(m.fields)} categories: " + ", ".join(f"{title(f)} ({n})" for f, n in m.fields[:3] if f),
        )
        for field, of in sorted(groups.items())
        for m in of[:most]
    )


def core(measures: Iterable[Measures], *, share: float = 0.05, citations: int = 3) -> frozenset[str]:
    """The papers that others build on: the first `share` of the corpus by PageRank, each cited at least so often here."""
    every = tuple(measures)
    ranked = sorted(every, key=lambda m: (-m.pagerank, m.key))
    return frozenset(m.key for m in ranked[: max(1, round(len(every) * share))] if m.citations >= citations)


def _above(m: Measures, title: Callable[[str], str]) -> str:
    """How it stands among its peers."""
    where = f" in {title(m.field)}" if m.field else ""
    share = math.floor(100 * (m.standing or 0))
    return f"its PageRank above that of {'all' if m.standing == 1 else f'{share} % of the'} {m.peers} papers nearest in time{where}"
