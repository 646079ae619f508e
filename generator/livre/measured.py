"""The figures of an evaluation as plain lines for a terminal, one measure a line, each with its interval and what it was counted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .evaluate import OfFiling, OfLedger, OfScreening
from .sentinels import MEANING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .backtest import Backtest, Line
    from .card import Card, FacetCard
    from .quality import Confusion, Estimate, Proportion
    from .recall import Recapture

_WIDE = 34
_SPLITS = {
    "temporal": "the newest, after learning from the older",
    "random": "every third, after learning from the others",
    "labelled": "the review's own model",
}


def _row(name: str, value: str, indent: int = 1) -> str:
    return f"{'  ' * indent}{name:<{_WIDE - 2 * indent}}{value}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _share(of: Proportion | None) -> str:
    if of is None or of.value is None:
        return "–"
    return f"{of.value:.4f}  [{of.low:.4f}, {of.high:.4f}]  {of.k} of {of.n}"


def _estimate(of: Estimate | None) -> str:
    return "–" if of is None else f"{of.value:.4f}  [{of.low:.4f}, {of.high:.4f}]"


def _backtest(test: Backtest, judged: str = "") -> Iterator[str]:
    since = f", from {test.since}" if test.since else ""
    yield f"Screening, judged on {judged or _SPLITS.get(test.split, test.split)}{since}"
    yield _row("works", f"{test.n}, of which {test.positive} belong; learned from {test.trained}")
    yield _row("WSS@95", _number(test.wss95))
    yield _row("recall at 10 % screened", _number(test.recall10))
    yield _row("average precision", _number(test.average_precision))
    yield _row("ROC AUC", _number(test.auc))
    yield _row("precision of the included", _share(test.precision))
    yield _row("recall of the included", _share(test.recall))
    yield _row("belongs and was excluded", _share(test.missed))
    yield _row("left open", "–" if test.waiting is None else str(test.waiting))
    yield _row("calibration error", _number(test.calibration_error))
    yield _row("Brier score", _number(test.brier))


def _threshold(line: Line) -> str:
    ends = (("included from", line.include_at), ("excluded below", line.exclude_below))
    said = ", ".join(f"{name} {'never' if at is None else f'{at:.4f}'}" for name, at in ends)
    return f"{said}{f' ({line.reason})' if line.reason else ''}"


def _counts(counts: Confusion, indent: int = 1) -> Iterator[str]:
    yield _row("precision", _share(counts.precision), indent)
    yield _row("recall", _share(counts.recall), indent)
    yield _row("F1", _estimate(counts.f1), indent)


def _facet(facet: FacetCard) -> Iterator[str]:
    yield f"Filing, {facet.facet}"
    yield from _counts(facet.micro)
    yield _row("macro F1", _number(facet.macro))
    yield _row("left unfiled", _share(facet.abstained))
    yield _row("F1, unfiled counted as missed", _estimate(facet.whole.f1))
    for category, counts in facet.categories.items():
        if counts.tp + counts.fp + counts.fn:
            yield f"    {category}"
            yield from _counts(counts, indent=3)


def _card(card: Card) -> Iterator[str]:
    found = card.screening
    if found.reason:
        yield f"Screening by rules only: {found.reason}"
    else:
        yield f"Screening learned from {found.included} included and {found.excluded} excluded works, {found.people} of them by people"
        yield _row("people decided both ways", str(found.contradictions))
        for line in found.thresholds:
            yield _row(line.topic or "all topics", _threshold(line))
        if found.labels:
            yield f"  {found.labels}"
        if found.temporal:
            yield from _backtest(found.temporal)
        if found.by_people:
            yield from _backtest(found.by_people, "those of the newest that people decided")
        if found.random:
            yield from _backtest(found.random)
    filing = card.filing
    if filing.reason:
        yield f"Filing by rules only: {filing.reason}"
    else:
        yield f"Filing learned from {filing.trained} papers"
    yield _row("filed by people", str(filing.people))
    yield _row("of which rules say otherwise", str(filing.contradictions))
    for facet in filing.facets:
        yield from _facet(facet)


def _ledger(found: OfLedger) -> Iterator[str]:
    yield from _card(found.card)
    year = found.audit.year
    drawn = year.included.drawn + year.excluded.drawn
    yield f"Audits of twelve months: {drawn} drawn, {year.included.answered + year.excluded.answered} answered"
    if found.audit.unaudited:
        yield _row("unaudited since", found.audit.unaudited)
    yield _row("precision of the included", _share(year.precision))
    yield _row("excluded wrongly", _share(year.false_exclusion))
    yield _row("people agree", _estimate(found.audit.agreement))
    for of in found.sentinels:
        yield f"Sentinels, {of.set.id}: {of.set.title}"
        yield _row("in the review", _share(of.present))
        yield _row("of what was harvested", _share(of.harvested))
        for fate, n in of.fates:
            yield _row(fate.value, f"{n}  ({MEANING[fate]})", indent=2)
        for criterion, n in of.excluded_by:
            yield _row(f"excluded: {criterion}", str(n), indent=2)
    if found.recapture:
        yield from _recapture(found.recapture)
    yield "Works that may be here twice"
    yield _row("share title and first author", _share(found.twice))


def _recapture(found: Recapture) -> Iterator[str]:
    yield f"Two roads: topics found {found.query} works, citations {found.citation}, both {found.both}"
    if found.total is None:
        yield f"  how many there are cannot be estimated: {found.reason}"
        return
    yield _row("there are, at least", f"{found.total.value:.0f}  [{found.total.low:.0f}, {found.total.high:.0f}]")
    yield _row("recall, at best", _estimate(found.recall))


def _screening(found: OfScreening) -> Iterator[str]:
    yield f"{found.path}, {found.column}: {found.n} works, {found.positive} belong, {found.left_out} left out"
    yield _row("labelled both ways", str(found.contradictions))
    for reason in found.reasons:
        yield f"  {reason}"
    for test in (found.temporal, found.random, found.screener):
        if test:
            yield from _backtest(test)
    if found.simulation:
        of = found.simulation
        yield f"Reading one by one as the learning asks, from {of.seeds} starts"
        yield _row("WSS@95", f"{of.wss95:.4f}  ({', '.join(f'{w:.4f}' for w in of.wss95_each)})")
        yield _row("recall at 10 % screened", _number(of.recall10))
    if found.review and found.review.precision.n:
        yield "What this review would include, by its rules and what it has learned"
        yield from _counts(found.review)
    elif found.review:
        yield "This review would include none of it"


def _filing(found: OfFiling) -> Iterator[str]:
    yield f"{found.path}, {found.column}: {found.n} works, {found.left_out} left out"
    yield _row("labelled both ways", str(found.contradictions))
    yield _row("several categories in a facet", str(found.several))
    for facet in found.facets:
        yield from _facet(facet)


def lines(found: OfLedger | OfScreening | OfFiling) -> Iterator[str]:
    """The evaluation as lines of text."""
    if isinstance(found, OfLedger):
        yield from _ledger(found)
    elif isinstance(found, OfScreening):
        yield from _screening(found)
    else:
        yield from _filing(found)
