"""Measuring what livre does by itself: on the ledger of a review, or on records that somebody else has labelled.

On the ledger it is what the last night would say of itself (the card), with audits, sentinels and works that are here twice. On a CSV with
yes and no, screening is learned from a part and judged on the rest, in the order of time and at random; on a CSV with categories,
the review's own filing is compared with them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from . import audit, labelled, lessons, relevance, sentinels
from .backtest import ALL, Backtest, Judged, backtest
from .card import Card, FacetCard, FilingCard, ScreeningCard
from .classify import classify
from .confusion import FilingFigures, evaluate_filing
from .filing import Filer, Unfiled
from .latex import plain
from .learn import Document
from .model import Candidate, Identifier, Verdict
from .names import clean
from .quality import Confusion, Proportion, recall_at, wss
from .simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from .audit import AuditFigures
    from .corpus import Corpus
    from .labelled import Labelled, Record
    from .model import Decision, Problem, Sampled
    from .recall import Recapture
    from .relevance import Screener, Untrained
    from .scope import Scope
    from .sentinels import SentinelSet, SetFigures
    from .taxonomy import Taxonomy

SEEDS = 5
"""So many pairs of first works start the simulations, always the same ones."""
DATED = 0.9
"""Without dates of so large a share of a labelled file there is no temporal split."""
FEWEST = 5
"""A labelled file needs so many works that belong and so many that do not: from fewer nothing is learned."""


def card(corpus: Corpus, taxonomy: Taxonomy, screening: Screener | Untrained, filing: Filer | Unfiled, *, on: str) -> Card:
    """What was learned on the day `on` (ISO), and how good it is."""
    return Card(on=on, screening=_screening(screening), filing=_filing(corpus, taxonomy, filing))


def _screening(screening: Screener | Untrained) -> ScreeningCard:
    if isinstance(screening, relevance.Untrained):
        return ScreeningCard(reason=screening.reason)
    temporal, *topics = screening.backtests
    return ScreeningCard(
        included=screening.included,
        excluded=screening.excluded,
        people=screening.people,
        contradictions=screening.disputed,
        thresholds=tuple(line for topic, line in sorted(screening.lines.items()) if topic != ALL),
        temporal=temporal,
        by_people=screening.by_people,
        topics=tuple(topics),
        random=screening.random,
    )


def _filing(corpus: Corpus, taxonomy: Taxonomy, filing: Filer | Unfiled) -> FilingCard:
    people = contradictions = 0
    for paper in corpus.papers.values():
        if held := lessons.held_by_people(paper, taxonomy):
            rules = {f.category for f in classify(paper, taxonomy)}
            of = {facet: {c.id for c in taxonomy.of(facet)} for facet in held}
            people += 1
            contradictions += any(rules & ids and rules & ids != ids.intersection(paper.categories) for ids in of.values())
    if isinstance(filing, Unfiled):
        return FilingCard(people=people, contradictions=contradictions, reason=filing.reason)
    facets = tuple(facet_card(facet, figures) for facet, figures in filing.figures.items())
    return FilingCard(trained=filing.examples, people=people, contradictions=contradictions, facets=facets)


def facet_card(facet: str, figures: FilingFigures) -> FacetCard:
    """The figures of a facet as the card has them."""
    return FacetCard(
        facet=facet,
        categories=figures.filed,
        micro=figures.micro,
        macro=figures.macro,
        whole=figures.micro_whole,
        abstained=figures.abstained,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLedger:
    """What the ledger says of the review's own judgement; `twice` are works that share their title and first author with another.

    `recapture` is None while there are no citations to go by.
    """

    card: Card
    audit: AuditFigures
    sentinels: tuple[SetFigures, ...]
    twice: Proportion
    recapture: Recapture | None = None


def ledger(
    corpus: Corpus,
    scope: Scope,
    found: Card,
    *,
    audits: Iterable[Sampled],
    sets: Iterable[SentinelSet],
    on: str,
    recapture: Recapture | None = None,
) -> OfLedger:
    """Everything that the files under bib/ say of the review's judgement, on the day `on`."""
    return OfLedger(
        card=found,
        audit=audit.figures(audits, corpus, on),
        sentinels=sentinels.measure(sets, corpus, scope),
        twice=twice(corpus),
        recapture=recapture,
    )


def twice(corpus: Corpus) -> Proportion:
    """Papers that may be here twice: those whose title and first author's family name another one has too."""
    same = Counter((clean(p.title).lower(), p.authors[0].family.lower()) for p in corpus.papers.values() if p.authors)
    return Proportion(k=sum(n for n in same.values() if n > 1), n=len(corpus.papers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Reading a labelled file from one work of each side, once for each seed, in the order that the learning so far asks for.

    The mean work saved at 95 % recall and the mean recall after a tenth, without the two works that were given; `wss95_each` by seed.
    """

    seeds: int
    wss95: float
    recall10: float
    wss95_each: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfScreening:
    """Screening learned from a part of a labelled file and judged on the rest, `n` works of which `positive` belong.

    `temporal` judges the newest, `random` every third after learning from the others, `simulation` reads them one by one; None
    where the labels do not allow it, and `reasons` say why. `review` is what the review itself would include of the file
    (`screener` the ranking of its own model), having learned from none of it.
    """

    path: str
    column: str
    n: int
    positive: int
    left_out: int
    contradictions: int
    temporal: Backtest | None
    random: Backtest | None
    simulation: Simulation | None
    review: Confusion | None = None
    screener: Backtest | None = None
    reasons: tuple[str, ...] = ()


def screening(
    table: Labelled,
    *,
    precision: float,
    missed: float,
    seeds: int = SEEDS,
    corpus: Corpus | None = None,
    decide: Callable[[Sequence[Candidate]], Sequence[Decision | None]] | None = None,
    screener: Screener | Untrained | None = None,
) -> tuple[OfScreening, tuple[Problem, ...]]:
    """Learn from yes and no and judge both ways, with what could not be used of the file.

    Abstracts that the file lacks are taken from the `corpus`. `decide` and `screener` are the review's own; they must not have learned
    from works of the file (`named`). With 0 `seeds` nothing is simulated, which takes longest.
    """
    rows, notes = labelled.screened(table)
    works, labels = [_candidate(record, corpus) for record, _ in rows], [yes for _, yes in rows]
    dated = sum(bool(w.date) for w in works)
    when = [w.date if dated >= DATED * len(works) else "" for w in works]
    taught = [
        relevance.Example(record=w, include=yes, weight=1.0, on=on, topic=ALL, person=True)
        for w, yes, on in zip(works, labels, when, strict=True)
    ]
    positive = sum(labels)
    temporal = random = simulation = None
    reasons: list[str] = []
    if min(positive, len(rows) - positive) < FEWEST:
        reasons.append(f"{positive} of {len(rows)} works belong; with fewer than {FEWEST} on either side nothing is learned")
    elif isinstance(learned := relevance.train(taught, topics=(), precision=precision, missed=missed, least=FEWEST), relevance.Untrained):
        reasons.append(learned.reason)
    else:
        temporal, random = learned.backtests[0], learned.random
        if not temporal.n:
            reasons.append(
                f"no temporal split: {dated} of {len(works)} works have a date{', and the older are all of one side' * any(when)}"
            )
            temporal = None
        simulation = _simulated(works, labels, seeds) if seeds else None
    said = [d is not None and d.verdict is Verdict.INCLUDE for d in decide(works)] if decide else []
    return OfScreening(
        path=table.path,
        column=table.column,
        n=len(rows),
        positive=positive,
        left_out=len(table.records) - len(rows) + sum(p.code == "labelled-nothing" for p in table.notes),
        contradictions=table.contradictions,
        temporal=temporal,
        random=random,
        simulation=simulation,
        review=Confusion.of(said, labels) if decide else None,
        screener=_own(screener, works, labels) if isinstance(screener, relevance.Screener) else None,
        reasons=tuple(reasons),
    ), (*table.notes, *notes)


def named(table: Labelled) -> frozenset[Identifier]:
    """The works that a labelled file names, which nothing that is measured on it may have learned from."""
    return frozenset(r.identifier for r in table.records if r.identifier)


def _simulated(works: Sequence[Candidate], labels: Sequence[bool], seeds: int) -> Simulation:
    documents = [Document(title=plain(w.title), abstract=plain(w.abstract)) for w in works]
    orders = [[labels[i] for i in simulate(documents, labels, seed=seed)[2:]] for seed in range(seeds)]
    saved = tuple(w for order in orders if (w := wss(order)) is not None)
    return Simulation(seeds=seeds, wss95=fmean(saved), recall10=fmean(recall_at(order) or 0.0 for order in orders), wss95_each=saved)


def _own(screener: Screener, works: Sequence[Candidate], labels: Sequence[bool]) -> Backtest:
    judged = [
        Judged(topic=ALL, probability=j.probability, include=yes, person=True) for j, yes in zip(screener.judge(works), labels, strict=True)
    ]
    return backtest(judged, {ALL: screener.lines[ALL]}, split="labelled", trained=screener.included + screener.excluded)


def _candidate(record: Record, corpus: Corpus | None = None) -> Candidate:
    identifier = record.identifier or Identifier("row", f"{record.line:07}")
    known = corpus.find([identifier]) if corpus else None
    return Candidate(
        identifiers=(identifier,),
        title=record.title or (known.title if known else ""),
        abstract=record.abstract or (known.abstract if known else ""),
        classes=known.classes if known else (),
        date=record.date,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFiling:
    """The review's filing against categories that others gave, facet by facet.

    `several` rows name more than one category of a facet, as where lists contradict each other; `contradictions` are rows whose title
    another row labels otherwise.
    """

    path: str
    column: str
    n: int
    left_out: int
    contradictions: int
    several: int
    facets: tuple[FacetCard, ...]


def filing(
    table: Labelled, filer: Filer, corpus: Corpus | None = None, means: Mapping[str, Collection[str]] | None = None
) -> tuple[OfFiling, tuple[Problem, ...]]:
    """File the records of a labelled file and compare, in the facets that its labels name; for `means`, see `labelled.filed`."""
    taxonomy = filer.taxonomy
    rows, notes = labelled.filed(table, taxonomy, means)
    said = [frozenset(f.category for f in filed) for filed in filer.file_each((_candidate(record, corpus), None) for record, _ in rows)]
    true = [labelled.truth(named, filed, taxonomy) for (_, named), filed in zip(rows, said, strict=True)]
    facets, several = [], 0
    for facet in taxonomy.facets:
        ids = {c.id for c in taxonomy.of(facet.id)}
        at = [i for i, asked in enumerate(true) if asked & ids]
        several += sum(sum(not option.isdisjoint(ids) for option in rows[i][1]) > 1 for i in at)
        if at:
            figures = evaluate_filing([true[i] for i in at], [said[i] & ids for i in at], [c.id for c in taxonomy.of(facet.id)])
            facets.append(facet_card(facet.id, figures))
    return OfFiling(
        path=table.path,
        column=table.column,
        n=len(rows),
        left_out=len(table.records) - len(rows) + sum(p.code == "labelled-nothing" for p in table.notes),
        contradictions=table.contradictions,
        several=several,
        facets=tuple(facets),
    ), (*table.notes, *notes)
