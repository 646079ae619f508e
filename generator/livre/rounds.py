"""What the review does of itself every night: learn, judge again what is due, bound the queue, draw the audit, keep the card."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from . import audit, card, evaluate, filed, filing, lessons, proposal, relevance, sentinels
from .judgement import Review
from .merge import merge
from .model import Identifier, Night
from .scope import load as load_scope
from .tally import record, tally
from .taxonomy import load as load_taxonomy
from .waiting import overflow, queue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .corpus import Corpus
    from .model import Candidate, Change
    from .proposal import Proposed


UNCHANGED = "nothing to change"
"""What the record of nights says when everything was judged again and comes out as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A review with what it learned from what was decided before today, or why it learned nothing."""

    review: Review
    screening: relevance.Screener | relevance.Untrained
    filing: filing.Filer | filing.Unfiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of a night's rounds; `files` are other files under bib/ and their bytes, None for one that goes."""

    corpus: Corpus
    changes: tuple[Change, ...] = ()
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    proposed: tuple[Proposed, ...] = ()


def learn(
    bib: Path,
    corpus: Corpus,
    on: str,
    *,
    until: str = "",
    core: Callable[[Candidate], float] | None = None,
    apart: frozenset[Identifier] = frozenset(),
) -> Learned:
    """The review on the day `on`, trained on what was decided before that day or before `until` (ISO dates).

    A night that learns from the days before learns the same when it is run again.

    Sentinels teach nothing, nor do works kept `apart`.
    """
    scope, taxonomy = load_scope(bib / "scope.toml"), load_taxonomy(bib / "taxonomy.toml")
    held = sentinels.held(sentinels.load(bib)) | apart
    screening = relevance.train(
        relevance.examples(corpus, scope, held=held, before=until or on),
        topics=[t.id for t in scope.topics],
        precision=scope.screening.precision,
        missed=scope.screening.missed,
        scope=scope,
        core=core,
    )
    filer = filing.train(lessons.examples(corpus, taxonomy, held=held, before=until or on), taxonomy)
    review = Review(
        bib,
        on,
        screener=screening if isinstance(screening, relevance.Screener) else None,
        filer=filer if isinstance(filer, filing.Filer) else None,
        rules=(scope, taxonomy),
    )
    return Learned(review=review, screening=screening, filing=filer)


def _judged_again(corpus: Corpus, review: Review, *, everything: bool, stay: frozenset[Identifier]) -> tuple[Round, str]:
    """What waited decided as it would be today, and the differences that other rules and the model make applied if few, else proposed.

    The papers of `stay` are not dropped. Also what the record of nights says of it.
    """
    decisions = proposal.waiting(corpus, review)
    proposed, changed, categories = proposal.differences(corpus, review, stay=stay)
    few = everything or len(proposed) <= review.scope.screening.apply
    if few:
        decisions |= changed
    after, changes = proposal.apply(corpus, review, decisions, categories if few else {})
    said = f"{'applied' if few else 'proposed'}: {proposal.counted(proposed)}" if proposed else UNCHANGED
    files = {proposal.PATH: None if few else proposal.dumps(proposed)}
    return Round(corpus=after, changes=changes, files=files, proposed=() if few else proposed), said


def _bounded(corpus: Corpus, review: Review) -> tuple[Corpus, tuple[Change, ...]]:
    """What waits beyond the bound of the queue decided."""
    fallen = {d.subject: d for d in overflow(corpus, review.scope.screening.queue, on=review.on)}
    beyond = [w.candidate for w in queue(corpus) if w.decision.subject in fallen]
    return merge(corpus, beyond, judge=lambda _c, _stored, last: fallen.get(last.subject) if last else None, file=review.file, on=review.on)


def close(corpus: Corpus, learned: Learned, bib: Path, *, apply: bool) -> Round:
    """End a night: judge everything again if that is due or asked for (`apply`), bound the queue, draw the audit, write the card."""
    review = learned.review
    rules = proposal.digest(bib)
    proposed = proposal.standing(proposal.load(bib), corpus)
    made, said = Round(corpus=corpus, proposed=proposed, files={proposal.PATH: proposal.dumps(proposed)}), ""
    if apply or proposal.due(corpus.nights, rules, review.on):
        stay = frozenset[Identifier]() if proposal.changed(corpus.nights, rules) else proposal.vouched(corpus, proposed)
        made, said = _judged_again(corpus, review, everything=apply, stay=stay)
    after, changes = _bounded(made.corpus, review)
    if said or after != made.corpus:
        blank = Night(night=review.on, source="judgement", seen=len(corpus.papers) + len(corpus.candidates))
        line = tally(blank, corpus, after, (*made.changes, *changes))
        earlier = next(
            (n.outcome for n in after.nights if (n.night, n.source) == (line.night, line.source)), "complete; the queue was bounded"
        )
        if said and not (said == UNCHANGED and f"rules {rules};" in earlier):  # what an earlier run of this night did is still what it did
            earlier = f"complete; rules {rules}; {said}"
        line = replace(line, outcome=earlier)
        after = replace(after, nights=record(after.nights, line, changed=True))
    audits = audit.load(bib)
    files = {**made.files, **audit.tree((*audits, *audit.draw(after, audits, review.scope, review.on)))}
    told = filed.load(bib)
    files |= filed.changes(told, filed.kept(told, after, review.told, on=review.on), after)
    known = card.load(bib)
    if known is None or known.on < review.on:
        new = evaluate.card(corpus, review.taxonomy, learned.screening, learned.filing, on=review.on)
        if known is None or card.dumps(replace(known, on=new.on)) != card.dumps(new):
            files[card.CARD] = card.dumps(new)
    files = {path: data for path, data in files.items() if data != ((bib / path).read_bytes() if (bib / path).exists() else None)}
    return Round(corpus=after, changes=(*made.changes, *changes), files=files, proposed=made.proposed)
