"""How citations are found, how complete they are and what is made of them: a part of `/methods/`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...citations import forward
from ...link import ROUTE
from ...merge import MACHINE
from .linked import called

if TYPE_CHECKING:
    from ...model import Night
    from .review import Review

SNOWBALL = "snowball: "
"""What begins the reason of a decision on a work that citations led to."""
_MISSING = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One source of citations: what its lists hold, how many citations here it knows and nobody else, and its last run."""

    name: str
    asked: int
    answered: int
    listed: int
    known: int
    here: int
    alone: int
    last: str
    run: Night | None


def _sources(review: Review) -> list[Asked]:
    network = review.network
    known = [network.known[pair] for pair in network.graph.citations]
    here = Counter(s for of in known for s in of)
    alone = Counter(of[0] for of in known if len(of) == 1)
    shares = {s.source: s for s in network.completeness.sources}
    days = {row.source: "" for rows in network.completeness.lists.values() for row in rows}
    for row in (row for rows in network.completeness.lists.values() for row in rows):
        days[row.source] = max(days[row.source], row.asked)
    # Who cites the core is no reference list, and would stand here as a source that knows of none.
    asked = ((n.source.removeprefix(ROUTE), n) for n in review.corpus.nights if n.source.startswith(ROUTE))
    runs = {source: n for source, n in asked if not forward(source)}
    out = []
    for source in sorted({*here, *shares, *runs}):
        share = shares.get(source)
        out.append(
            Asked(
                name=called(source),
                asked=share.asked if share else 0,
                answered=share.answered if share else 0,
                listed=share.listed if share else 0,
                known=share.known if share else 0,
                here=here[source],
                alone=alone[source],
                last=days.get(source, ""),
                run=runs.get(source),
            )
        )
    return out


def _routes(review: Review) -> list[tuple[str, int]]:
    """How many counted papers came by which way, by the first decision on each."""
    out: Counter[str] = Counter()
    for paper in review.papers:
        first = review.decisions(paper)[-1:]
        if not first:
            out["without a decision on record"] += 1
        elif SNOWBALL in first[0].why:
            out["by citations"] += 1
        elif first[0].by == "import":
            out["by an import"] += 1
        elif first[0].by in MACHINE:
            out["by a topic, from a harvest"] += 1
        else:
            out["by a person's hand"] += 1
    return sorted(out.items(), key=lambda r: (-r[1], r[0]))


def context(review: Review) -> dict[str, Any]:
    """What the methods say of citations."""
    network, snowball = review.network, review.scope.snowball
    missing = network.missing(snowball)
    new = [m for m in missing if review.corpus.find([m.identifier]) is None]
    return {
        "sources": _sources(review),
        "snowball": snowball,
        "missing": new[:_MISSING],
        "missed": len(new),
        "judged": len(missing) - len(new),
        "routes": _routes(review),
        "stability": [(called(s.source), s) for s in network.stability] if len(network.stability) > 1 else [],
        "communities": len(network.communities),
    }
