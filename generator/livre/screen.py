"""Screening rule by rule: what is harvested, and what of it is included, excluded or waits, and why."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import Decision, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .model import Candidate
    from .scope import Criterion, Evidence, Scope, Topic
    from .terms import Hit

SHOWN = 3
"""So many different words a field are named as the reason; the rest would not tell more."""
_LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic that a candidate belongs to, and the words that say so."""

    topic: str
    hits: tuple[Hit, ...]


def hits(candidate: Candidate, scope: Scope) -> list[Hit]:
    """Where the terms of the scope stand in a title and an abstract."""
    return scope.terms.find(candidate.title, "title") + scope.terms.find(candidate.abstract, "abstract")


def _in_classes(candidate: Candidate, wanted: Sequence[str]) -> bool:
    """Whether one of the work's arXiv classes is wanted; a work of which none is known is not held to it."""
    return not wanted or not candidate.classes or any(c == w or c.startswith(f"{w}.") for c in candidate.classes for w in wanted)


def _match(topic: Topic, candidate: Candidate, hits: Sequence[Hit], evidence: Evidence) -> Match | None:
    if not _in_classes(candidate, topic.classes) or weight(topic.none.among(hits), evidence) >= evidence.near:
        return None
    found = [any_of.among(hits) for any_of in topic.all]
    far = [i for i, group in enumerate(found) if weight(group, evidence) < evidence.near]
    if len(far) == 1 and topic.title_alone and not candidate.abstract:
        found[far[0]] = topic.title_alone[far[0]].among(hits)
        far = [] if found[far[0]] else far
    return None if far else Match(topic=topic.id, hits=tuple(h for group in found for h in group))


def topics(candidate: Candidate, scope: Scope, found: Sequence[Hit] | None = None) -> tuple[Match, ...]:
    """The topics that the candidate's title, abstract and classes match, in the order of the scope; `found` are its hits if known."""
    found = hits(candidate, scope) if found is None else found
    return tuple(m for t in scope.topics if (m := _match(t, candidate, found, scope.evidence)))


def words(hits: Iterable[Hit]) -> str:
    """The words found, once each, as they stand: `"skin lesions" (title), "dermoscopy" (abstract)`; at most `SHOWN` a field."""
    fields: dict[str, dict[str, str]] = {"title": {}, "abstract": {}}
    for hit in hits:
        fields[hit.field].setdefault(hit.words.lower(), f'"{hit.words[:_LONGEST_WORDS]}"')
    return ", ".join(f"{', '.join(list(found.values())[:SHOWN])} ({name})" for name, found in fields.items() if found)


@dataclass(frozen=True, slots=True)
class _Finding:
    """How far a criterion is met: the least evidence of its ORs in shares of what is enough, and the words of it."""

    criterion: Criterion
    share: float
    hits: tuple[Hit, ...]
    void: bool = False
    guess: bool = False

    @property
    def met(self) -> bool:
        return self.share >= 1 and not self.void

    @property
    def sure(self) -> float:
        """Confidence that it is met, 0 to 1: 0.75 for just enough evidence, 0.94 for twice as much, 0.6 for a guess."""
        return 0.0 if self.void else (0.6 if self.guess else 1 - 0.25**self.share)


def weight(hits: Iterable[Hit], evidence: Evidence) -> float:
    """The evidence of these hits: each counts by the field that it stands in."""
    return sum(evidence.title if h.field == "title" else evidence.abstract for h in hits)


def _finding(criterion: Criterion, candidate: Candidate, hits: Sequence[Hit], evidence: Evidence) -> _Finding:
    if criterion.status:
        return _Finding(criterion, 10.0 if candidate.status in criterion.status else 0.0, ())
    hints = criterion.hints.among(hits)
    share, found = 10.0, []
    for group in (any_of.among(hits) for any_of in criterion.all):
        beside = _beside(hints, group)
        points = weight(group, evidence) + evidence.hint * weight(beside, evidence)
        share = min(share, points / criterion.enough if group else min(points / criterion.enough, 0.5))
        found += [*group, *beside]
    if share < 1 and not candidate.abstract and (alone := criterion.title_alone.among(hits)):
        return _Finding(criterion, 1.0, tuple(alone), guess=True)
    void = weight(criterion.none.among(hits), evidence) >= criterion.enough
    return _Finding(criterion, share, tuple(dict.fromkeys(found)), void=void)


def _beside(hints: Iterable[Hit], group: Sequence[Hit]) -> list[Hit]:
    """The hints that share no word with the group, in which no two hits share one: a word is not evidence and hint at once."""
    out = []
    for hint in hints:
        at = bisect(group, (hint.field, hint.end), key=lambda h: (h.field, h.start + 1))
        if at == 0 or group[at - 1].field != hint.field or group[at - 1].end <= hint.start:
            out.append(hint)
    return out


def decide(candidate: Candidate, scope: Scope, *, on: str) -> Decision | None:
    """The verdict of the scope's rules on the day `on`, an ISO date; None when no topic matches: not even a candidate.

    Exclusion criteria come first, then the required ones, both in the order of the scope. A work
    without abstract waits when its title shows all required criteria but one: the abstract may
    show that. `score` is the confidence in the verdict, of a waiting work that of an inclusion.
    """
    found = hits(candidate, scope)
    matched = next((m for t in scope.topics if (m := _match(t, candidate, found, scope.evidence))), None)
    if not matched:
        return None

    def decision(verdict: Verdict, by: Criterion | None, score: float, why: str) -> Decision:
        return Decision(
            subject=candidate.primary,
            on=on,
            verdict=verdict,
            criterion=by.id if by else matched.topic,
            score=round(min(score, 0.99), 2),
            by="rules",
            why=why,
        )

    findings = [_finding(c, candidate, found, scope.evidence) for c in scope.criteria]
    for f in findings:
        if f.criterion.kind == "exclude" and f.met:
            return decision(Verdict.EXCLUDE, f.criterion, f.sure, f"{f.criterion.id}: {words(f.hits) or candidate.status.value}")
    required = [f for f in findings if f.criterion.kind == "require"]
    missing = [f for f in required if not f.met]
    sure = min((f.sure for f in required), default=0.0)
    if not missing:
        return decision(Verdict.INCLUDE, None, sure, "; ".join(f"{f.criterion.id}: {words(f.hits)}" for f in required))
    first = missing[0]
    shown = words(first.hits)
    why = f"{first.criterion.id}: {f'only {shown}' if shown else 'no word of it'}"
    if candidate.abstract:
        return decision(Verdict.EXCLUDE, first.criterion, 0.95 - 0.45 * min(first.share, 1), why)
    if len(missing) == 1 and len(required) > 1 and not first.void:
        return decision(Verdict.WAIT, first.criterion, sure, f"{why}; no abstract yet")
    return decision(Verdict.EXCLUDE, first.criterion, 0.5, f"{why}; no abstract")
