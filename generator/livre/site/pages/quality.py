"""How good the judgement is, as far as anybody knows: back-tests, reliability, audits, sentinels; what is not known is said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...appeal import appeal
from ...model import Page, Verdict
from ...sentinels import MEANING, Fate
from .. import charts
from .records import FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...audit import AuditFigures, Round
    from ...backtest import Backtest
    from ...card import Card, FacetCard
    from ...model import Identifier, Sampled
    from ...quality import Bin, Estimate, Proportion
    from ...sentinels import SetFigures, Traced
    from .review import Review

_ROUNDS = 12
_SIDE, _LEFT, _TOP = 240.0, 40.0, 8.0
"""The square of the reliability curve and its margins."""


def percent(share: float | None) -> str:
    """A share for people: `93.4 %`; a dash where it is not known."""
    return "–" if share is None else f"{100 * share:.1f} %"


def counted(of: Proportion | None) -> str:
    """A share with its interval and what it was counted on: `93.4 % (91.0 to 95.2; 403 of 431)`."""
    if of is None or of.value is None:
        return "–"
    return f"{percent(of.value)} ({100 * of.low:.1f} to {100 * of.high:.1f}; {of.k:,} of {of.n:,})"


def estimated(of: Estimate | None, *, share: bool = True) -> str:
    """An estimate with its interval."""
    if of is None:
        return "–"
    if share:
        return f"{percent(min(1.0, of.value))} ({100 * of.low:.1f} to {100 * min(1.0, of.high):.1f})"
    return f"{of.value:,.0f} ({of.low:,.0f} to {of.high:,.0f})"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of the reliability curve; `radius` grows with the works in it, `text` is all it says."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A reliability curve: marks from left to right, the line through them, ticks of both axes; the diagonal is perfect."""

    width: float
    height: float
    left: float
    base: float
    side: float
    marks: tuple[Mark, ...]
    line: str
    ticks: tuple[tuple[str, float, float], ...]


def curve(bins: tuple[Bin, ...]) -> Curve:
    """The geometry of a reliability curve, in user units."""
    base, most = _TOP + _SIDE, max((b.n for b in bins), default=1)
    marks = tuple(
        Mark(
            x=round(_LEFT + b.mean * _SIDE, 1),
            y=round(base - b.share * _SIDE, 1),
            radius=round(3 + 5 * (b.n / most) ** 0.5, 1),
            text=f"said {b.mean:.2f}, was {b.share:.2f}, {b.n:,} works",
        )
        for b in bins
    )
    line = "".join(f"{'L' if i else 'M'}{m.x:g} {m.y:g}" for i, m in enumerate(marks))
    ticks = tuple((f"{t / 4:.2g}", round(_LEFT + t / 4 * _SIDE, 1), round(base - t / 4 * _SIDE, 1)) for t in range(5))
    return Curve(width=_LEFT + _SIDE + 14, height=base + 40, left=_LEFT, base=base, side=_SIDE, marks=marks, line=line, ticks=ticks)


def _back(test: Backtest, title: str = "The newest", split: str = "the newest") -> dict[str, Any]:
    return {
        "title": title,
        "split": split,
        "since": test.since,
        "trained": test.trained,
        "n": test.n,
        "positive": test.positive,
        "people": test.people,
        "rows": [
            ("Precision of what is included", counted(test.precision)),
            ("Included of what belongs", counted(test.recall)),
            ("Excluded of what belongs", counted(test.missed)),
            ("Left open", "–" if test.waiting is None else f"{test.waiting:,}"),
            ("Work saved over sampling at 95 % recall", _plain(test.wss95)),
            ("Recall after reading a tenth", percent(test.recall10)),
            ("Average precision", _plain(test.average_precision)),
            ("Area under the ROC curve", _plain(test.auc)),
            ("Calibration error", _plain(test.calibration_error)),
            ("Brier score", _plain(test.brier)),
        ],
    }


def _facet(of: FacetCard, review: Review) -> dict[str, Any]:
    facets = {f.id: f.title for f in review.taxonomy.facets}
    known = review.chips
    return {
        "title": facets.get(of.facet, of.facet),
        "micro": (counted(of.micro.precision), counted(of.micro.recall), estimated(of.micro.f1)),
        "macro": _plain(of.macro),
        "whole": estimated(of.whole.f1),
        "abstained": counted(of.abstained),
        "rows": [
            (known[c].title if c in known else c, m.tp + m.fn, counted(m.precision), counted(m.recall), estimated(m.f1))
            for c, m in of.categories.items()
        ],
    }


def _card(card: Card, review: Review) -> dict[str, Any]:
    topics = {"": "All topics"} | {t.id: t.title for t in review.scope.topics}
    found = card.screening
    tests = (
        (found.temporal, "The newest", "the newest"),
        (found.by_people, "Decided by people", "those of them that people decided"),
        (found.random, "At random", "works at random"),
    )
    levels = card.screening.thresholds
    bins = card.screening.temporal.curve if card.screening.temporal else ()
    return {
        "on": charts.spoken(card.on),
        "screening": card.screening,
        "thresholds": [(topics.get(t.topic, t.topic), _level(t.include_at), _level(t.exclude_below), t.reason) for t in levels],
        "tests": [_back(t, title, split) for t, title, split in tests if t],
        "labels": found.labels,
        "topics": [(topics.get(t.topic, t.topic), _back(t)) for t in card.screening.topics],
        "curve": curve(bins) if bins else None,
        "bins": [(f"{b.low:.1f} to {b.high:.1f}", f"{b.n:,}", f"{b.mean:.2f}", f"{b.share:.2f}") for b in bins],
        "filing": card.filing,
        "facets": [_facet(f, review) for f in card.filing.facets],
    }


def _level(threshold: float | None) -> str:
    return "never" if threshold is None else f"{threshold:.2f}"


def _round(of: Round) -> dict[str, Any]:
    return {
        "audit": of.audit,
        "drawn": of.included.drawn + of.excluded.drawn,
        "answered": of.included.answered + of.excluded.answered,
        "precision": counted(of.precision),
        "false_exclusion": counted(of.false_exclusion),
    }


def _audit(figures: AuditFigures | None, review: Review) -> dict[str, Any] | None:
    if figures is None or not figures.rounds:
        return None
    open_ = sorted(review.measured.open, key=lambda s: s.audit, reverse=True)
    return {
        "year": _round(figures.year),
        "agreement": estimated(figures.agreement),
        "answered": charts.spoken(figures.answered) if figures.answered else "",
        "unaudited": charts.spoken(figures.unaudited) if figures.unaudited else "",
        "rounds": [_round(r) for r in figures.rounds[::-1][:_ROUNDS]],
        "open": [(charts.spoken(day), [_question(s, review) for s in of]) for day, of in groupby(open_, key=lambda s: s.audit)],
        "total": len(open_),
    }


def _question(sampled: Sampled, review: Review) -> dict[str, Any]:
    record = review.corpus.find([sampled.subject])
    return {
        "title": record.title if record else str(sampled.subject),
        "name": str(sampled.subject),
        "url": sampled.subject.url,
        "verdict": "included" if sampled.verdict is Verdict.INCLUDE else "excluded",
        "include": ask(sampled.subject, "include", record.title if record else "", review),
        "exclude": ask(sampled.subject, "exclude", record.title if record else "", review),
    }


def ask(subject: Identifier, action: str, title: str, review: Review) -> str:
    """The address at which a contribution can be sent, '' when the review has none."""
    return appeal(subject, action, repository=review.scope.repository, title=title).url


def _set(of: SetFigures, review: Review) -> dict[str, Any]:
    rules = review.rules
    return {
        "id": of.set.id,
        "set": of.set,
        "href": f"methods/sentinels/{of.set.id}/",
        "present": counted(of.present),
        "harvested": counted(of.harvested),
        "causes": [(MEANING[f], n, f"methods/sentinels/{of.set.id}/#{f.value}") for f, n in of.fates if f is not Fate.INCLUDED],
        "excluded_by": [(rules[c][0] if c in rules else c, n) for c, n in of.excluded_by],
    }


def context(review: Review) -> dict[str, Any]:
    """What stands on `/methods/` under how good it is."""
    measured = review.measured
    recapture = measured.recapture
    return {
        "card": _card(measured.card, review) if measured.card else None,
        "audit": _audit(measured.audit, review),
        "sets": [_set(s, review) for s in measured.sentinels],
        "recapture": recapture,
        "total": estimated(recapture.total, share=False) if recapture else "",
        "recall": estimated(recapture.recall) if recapture else "",
        "overlap": counted(recapture.overlap) if recapture else "",
    }


def _work(traced: Traced, review: Review) -> dict[str, Any]:
    first = traced.work.identifiers[0]
    criterion = review.rules[traced.criterion][0] if traced.criterion in review.rules else traced.criterion
    return {
        "key": traced.key,
        "title": traced.work.title,
        "note": traced.work.note,
        "names": [(str(i), i.url) for i in traced.work.identifiers],
        "id": str(first),
        "criterion": criterion,
    }


def pages(review: Review) -> Iterator[Page]:
    """`/methods/sentinels/<set>/`: every work of a set and what became of it."""
    for of in review.measured.sentinels:
        groups = [(f, MEANING[f], [_work(t, review) for t in of.works if t.fate is f]) for f, _ in of.fates]
        yield Page(
            path=f"methods/sentinels/{of.set.id}/",
            template="sentinels.html",
            family=FAMILY,
            context={**_set(of, review), "groups": groups, "why": "why/" in review.chapters},
        )
