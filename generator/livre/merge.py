"""Put judged candidates into the corpus: the only place where a paper is born or changes.

Laws, as tests: `merge(merge(c, x), x) == merge(c, x)`; the order of candidates does not matter but
for citation keys that clash; no key and no identifier ever disappears; what people curated stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from .corpus import shard_of
from .model import Candidate, Change, Decision, Identifier, Paper, Status, Verdict
from .names import citation_key
from .resolve import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .corpus import Corpus

Judge = Callable[[Candidate, Candidate | None, Decision | None], Decision | None]
"""A verdict on a candidate, given what was stored of it before and the decision that holds."""

MACHINE = frozenset({"rules", "import", "model"})
"""Who decides without being a person; anybody else's decision is only ever changed by a person."""

CURATED = {
    "author": "authors",
    "eprintclass": "classes",
    "crosslists": "classes",
    "journaltitle": "journal",
    "keywords": "categories",
    "role": "background",
    "eprint": "identifiers",
    "doi": "identifiers",
}
"""BibTeX fields whose attribute has another name."""

_FACTS = tuple(f.name for f in fields(Candidate))


def _facts(record: Candidate) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _FACTS}


def _updated(paper: Paper, candidate: Candidate) -> Paper:
    """The paper with newer facts, except for what people curated."""
    joined = join(Candidate(**_facts(paper)), candidate)
    fixed = {CURATED.get(name, name) for name in paper.curated}
    return replace(paper, **{n: v for n, v in _facts(joined).items() if n not in fixed or n == "source"})


class _Desk:
    """The corpus while it is being changed; lives for one call of `merge`."""

    def __init__(self, corpus: Corpus, file: Callable[[Candidate, Paper | None], tuple[str, ...]], on: str) -> None:
        self.papers = dict(corpus.papers)
        self.candidates = dict(corpus.candidates)
        self.decisions = dict(corpus.decisions)
        self.owner: dict[Identifier, str | Identifier] = {
            **{i: c.primary for c in self.candidates.values() for i in c.identifiers},
            **{i: p.key for p in self.papers.values() for i in p.identifiers},
        }
        self.file, self.on = file, on
        self.changes: set[Change] = set()

    def own(self, record: Candidate, owner: str | Identifier) -> None:
        self.owner.update(dict.fromkeys(record.identifiers, owner))

    def held(self, record: Candidate) -> Decision | None:
        """The decision that holds of a work."""
        # Of decisions of one day under several identifiers the last one holds, as in `corpus.history`.
        rows = [d for i in reversed(record.identifiers) for d in self.decisions.get(i, ())[-1:]]
        return max(rows, key=lambda d: d.on, default=None)

    def decide(self, record: Candidate, decision: Decision | None) -> Verdict | None:
        """Add a decision unless it says again what holds, or a machine would overrule a person; the verdict that holds."""
        last = self.held(record)
        again = last and decision and (last.verdict, last.criterion) == (decision.verdict, decision.criterion)
        overruled = last and decision and last.by not in MACHINE and decision.by in MACHINE
        if decision is None or again or overruled:
            return last.verdict if last else None
        if last:  # after a clock that was ahead: the ledger is ordered by day, and what is decided now must come last in it
            subject = last.subject if last.on >= decision.on else decision.subject
            decision = replace(decision, subject=subject, on=max(decision.on, last.on))
        self.decisions[decision.subject] = (*self.decisions.get(decision.subject, ()), decision)
        return decision.verdict

    def update(self, paper: Paper, candidate: Candidate) -> None:
        after = _updated(paper, candidate)
        if (after.title, after.abstract) != (paper.title, paper.abstract):
            after = replace(after, categories=self.file(after, after))
        if after == paper:
            return
        self.papers[paper.key] = after
        self.own(after, paper.key)
        changed = tuple(f.name for f in fields(after) if getattr(after, f.name) != getattr(paper, f.name))
        kind = after.status.value if after.status not in (paper.status, Status.CURRENT) else "updated"
        self.changes.add(Change(kind=kind, key=paper.key, fields=changed))

    def include(self, candidate: Candidate, shard: str) -> None:
        key = citation_key(candidate.authors, candidate.date, candidate.title, self.papers)
        paper = Paper(**_facts(candidate), key=key, shard=shard, added=self.on)
        paper = replace(paper, categories=self.file(paper, None))
        self.papers[key] = paper
        self.candidates.pop(candidate.primary, None)
        self.own(paper, key)
        self.changes.add(Change(kind="added", key=key))

    def disown(self, candidate: Candidate) -> tuple[Candidate, str | Identifier | None]:
        """The candidate without identifiers that another work owns, and the owner of the rest."""
        owners = {i: self.owner[i] for i in candidate.identifiers if i in self.owner}
        first = next(iter(owners.values()), None)
        if first is None:
            return candidate, None
        found = self.papers[first] if isinstance(first, str) else self.candidates[first]
        both = {i.value for i in (*found.identifiers, *candidate.identifiers) if i.scheme == "arxiv"}
        strangers = {i for i, o in owners.items() if o != first} | (set(owners) if len(both) > 1 else set())
        if not strangers:
            return candidate, first
        rest = replace(candidate, identifiers=tuple(i for i in candidate.identifiers if i not in strangers))
        papers = sorted({o for o in owners.values() if isinstance(o, str)})
        if len(papers) > 1:
            self.changes.add(Change(kind="duplicate", key=papers[0], fields=tuple(papers[1:])))
        return rest, first if len(both) <= 1 else None


def merge(
    corpus: Corpus,
    candidates: Iterable[Candidate],
    *,
    judge: Judge,
    file: Callable[[Candidate, Paper | None], tuple[str, ...]],
    on: str,
) -> tuple[Corpus, tuple[Change, ...]]:
    """Judge and merge resolved candidates on the day `on` (ISO date).

    `judge` is given a candidate with all that is known of it, what was stored of it before and the decision that
    holds, and says what holds now, None when it matches no topic; `file` gives the categories of a record, `Paper`
    being what people may have filed already.
    """
    desk = _Desk(corpus, file, on)
    for incoming in candidates:
        candidate, owner = desk.disown(incoming)
        if isinstance(owner, str):
            desk.update(desk.papers[owner], candidate)
            continue
        stored = desk.candidates.get(owner) if owner else None
        whole = join(stored, candidate) if stored else candidate
        decision = judge(whole, stored, desk.held(whole))
        if decision is None and stored is None:
            continue
        if stored and stored.primary != whole.primary:  # it was known by its DOI and now has an arXiv id
            desk.candidates.pop(stored.primary)
        if desk.decide(whole, decision) is Verdict.INCLUDE:
            desk.include(whole, shard_of(stored or whole))
        else:
            desk.candidates[whole.primary] = whole
            desk.own(whole, whole.primary)
    after = replace(corpus, papers=desk.papers, candidates=desk.candidates, decisions=desk.decisions)
    return after, tuple(sorted(desk.changes))


def refile(paper: Paper, filed: Iterable[str], facet_of: Mapping[str, str]) -> tuple[str, ...]:
    """New categories for a paper, keeping the facets that people filed.

    `filed` comes from the rules in canonical order, `facet_of` maps category id to facet id.
    """
    if "keywords" in paper.curated:
        return paper.categories
    held = {facet for facet in facet_of.values() if facet in paper.curated}
    kept = [c for c in paper.categories if facet_of.get(c) in held]
    fresh = [c for c in filed if facet_of.get(c) not in held]
    order = list(facet_of)
    return tuple(sorted({*kept, *fresh}, key=lambda c: (order.index(c) if c in facet_of else len(order), c)))
