"""Communities: papers that cite each other more than the rest, found by Louvain and kept stable while the review grows.

A build knows only the repository, so stability comes from the way they are found: communities are those of the papers
from before a given day, and later papers join the community they are most linked to. New papers move no old one, and
only when that day moves (say with the year) are communities found anew. A community is called by its most cited paper,
which hardly changes, and titled by the words that tell it from the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .graph import louvain
from .words import telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..model import Paper
    from .graph import CitationGraph

SMALLEST = 5
"""Fewer papers than this are no community."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Papers that are linked more with each other than with the rest.

    `id` is the key of the member that most others cite, of those that it was found from; `words` tell it from the others,
    most telling first; `members` are in order of citations from within, most first. `inside` counts the citations among
    them, `across` those between a member and a paper elsewhere.
    """

    id: str
    words: tuple[str, ...]
    members: tuple[str, ...]
    inside: int
    across: int


def communities(
    graph: CitationGraph, papers: Iterable[Paper], *, until: str = "", seed: int = 0, resolution: float = 1.0, smallest: int = SMALLEST
) -> tuple[Community, ...]:
    """The communities of the graph, largest first; papers without a citation, or in too small a group, are in none.

    Papers dated on or after `until` ('' for no such day), or not at all, join what the others form.
    """
    old = {i for i, date in enumerate(graph.dates) if not until or date < until[: len(date)]}
    arcs = graph.arcs
    found = louvain(((i, j) for i, j in arcs if i in old and j in old), seed=seed, resolution=resolution)
    of = {i: n for n, members in enumerate(m for m in found if len(m) >= smallest) for i in members}
    _join(graph, of, sorted((i for i in range(len(graph)) if i not in old), key=lambda i: (graph.dates[i], i)))
    groups: dict[int, list[int]] = {}
    for i in sorted(of):
        groups.setdefault(of[i], []).append(i)
    titles = {p.key: p.title for p in papers}
    words = telling([[titles.get(graph.keys[i], "") for i in members] for members in groups.values()])
    inside, across, cited, named = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for i, j in arcs:
        one, other = of.get(i), of.get(j)
        if one is not None and one == other:
            inside[one] += 1
            cited[j] += 1
            named[j] += i in old and j in old
        else:
            across.update(n for n in (one, other) if n is not None)
    out = []
    for (n, members), telling_words in zip(groups.items(), words, strict=True):
        ranked = sorted(members, key=lambda i: (-cited[i], graph.dates[i] or "~", i))
        first = min((i for i in members if i in old), key=lambda i: (-named[i], graph.dates[i] or "~", i))
        keys = tuple(graph.keys[i] for i in ranked)
        out.append(Community(id=graph.keys[first], words=telling_words, members=keys, inside=inside[n], across=across[n]))
    return tuple(sorted(out, key=lambda c: (-len(c.members), c.id)))


def _join(graph: CitationGraph, of: dict[int, int], new: Sequence[int]) -> None:
    """Put each new paper, oldest first, where most of its links lead, of equals the larger; again for those linked to new ones only."""
    sizes = Counter(of.values())
    while new:
        left = []
        for i in new:
            near = Counter(of[j] for j in (*graph.references[i], *graph.cited_by[i]) if j in of)
            if near:
                of[i] = max(near, key=lambda n: (near[n], sizes[n], -n))
            else:
                left.append(i)
        if len(left) == len(new):
            return
        new = left


def renamed(new: Iterable[Community], old: Mapping[str, str]) -> Mapping[str, str]:
    """What each new community was called: its id to the old id that it shares most papers with, each old one given once.

    `old` maps keys to ids, as `assigned` says. Where nothing overlaps by more than a half of either, a community keeps its own id.
    """
    sizes = Counter(old.values())
    pairs = []
    for community in new:
        shared = Counter(old[k] for k in community.members if k in old)
        pairs += [(n / (len(community.members) + sizes[name] - n), community.id, name) for name, n in shared.items()]
    out: dict[str, str] = {}
    for overlap, id_, name in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if overlap > 1 / 3 and id_ not in out and name not in out.values():
            out[id_] = name
    return {c.id: out.get(c.id, c.id) for c in new}


def assigned(communities: Iterable[Community]) -> Mapping[str, str]:
    """The id of the community of each paper that has one."""
    return {key: c.id for c in communities for key in c.members}
