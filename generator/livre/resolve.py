"""One work, one record: join what several answers say of the same work.

Works are joined by identifier only (arXiv id, DOI). Two records with different arXiv ids are
never joined, whatever DOI they share: part I and part II of a paper, or an extended version, do.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Candidate, Identifier

_JOINED = frozenset({"kind", "identifiers", "versions", "code", "weights", "extra", "source", "status"})


def _content(candidate: Candidate) -> tuple[str, ...]:
    """A total order over records of equal source, so that joining does not depend on who came first."""
    return tuple(str(getattr(candidate, f.name)) for f in fields(candidate))


def join(one: Candidate, other: Candidate) -> Candidate:
    """The facts of two records of one work: the newer source wins, what it does not say stays.

    Commutative and idempotent. Never loses an identifier, a version or a link.
    """
    old, new = sorted((one, other), key=lambda c: (c.source, bool(c.abstract), _content(c)))
    kept = {f.name: getattr(new, f.name) or getattr(old, f.name) for f in fields(new) if f.name not in _JOINED}
    versions = {v.number: v for v in (*old.versions, *new.versions)}
    return replace(
        new,
        **kept,
        kind=next((k for k in (new.kind, old.kind) if k != "article"), "article"),
        identifiers=tuple(sorted({*old.identifiers, *new.identifiers})),
        versions=tuple(versions[n] for n in sorted(versions)),
        code=tuple(sorted({*old.code, *new.code})),
        weights=tuple(sorted({*old.weights, *new.weights})),
        extra=tuple(sorted({**dict(old.extra), **dict(new.extra)}.items())),
    )


def _arxiv(candidate: Candidate) -> set[str]:
    return {i.value for i in candidate.identifiers if i.scheme == "arxiv"}


def resolve(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Join the records of each work, sorted by primary identifier; the order they came in does not matter.

    A DOI that two arXiv ids claim stays with the smaller id.
    """
    works: dict[Identifier, Candidate] = {}
    owner: dict[Identifier, Identifier] = {}
    for candidate in sorted(candidates, key=lambda c: (c.identifiers, c.source, _content(c))):
        work, joined = candidate, {candidate.primary}
        for identifier in candidate.identifiers:
            root = owner.get(identifier)
            if root is None or root not in works or root in joined - {candidate.primary}:
                continue
            if len(_arxiv(work) | _arxiv(works[root])) > 1:
                work = replace(work, identifiers=tuple(i for i in work.identifiers if i != identifier))
                continue
            work = join(works.pop(root), work)
            joined.add(root)
        works[work.primary] = work
        for identifier in work.identifiers:
            owner[identifier] = work.primary
    return tuple(works[root] for root in sorted(works))
