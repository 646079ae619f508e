"""Learned screening: what the decisions so far say of works that nobody has decided on.

A linear support vector machine (Joachims 1998) over the words of title and abstract, the arXiv classes and how far the rules of the
scope are met, trained anew every night on what the ledger held before that day. Probabilities come from works that
the model had not seen (Platt 1999); the thresholds from a temporal split: train on the past, judge the newest.

What the model itself decided never teaches, so that nothing feeds on itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import screen
from .backtest import ALL, Backtest, Judged, Line, backtest, lines
from .corpus import history, shard_of
from .latex import plain
from .learn import Document, Model, Space, Unlearnable, balanced, calibrate, fit
from .merge import MACHINE
from .model import CORRECTION, Candidate, Paper, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .corpus import Corpus
    from .model import Decision, Identifier
    from .scope import Criterion, Scope
    from .terms import Hit

PERSON = 5.0
"""How many decisions of a machine one of a person counts for."""
LEAST = 50
"""So many included and so many excluded works are needed to learn from."""
MOST = 6_000
"""So many examples teach, people's and then the newest, half of them included: more make the night longer and the model no better."""
WORDS = 6
"""So many words are given as the reasons of a judgement."""
_SILENT = frozenset({"queue", "no-topic"})  # criteria under which a machine decides without looking at what a work says
_COST = 0.5
_BATCH = 5_000  # so many works are held as vectors at a time
_FOLDS = 3
_NEWEST = 4  # the newest quarter is judged unseen
_FULL = 2.0  # twice the evidence that is enough says all that evidence can


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A decided work that teaches; `on` is the date of the work. `disputed` when people decided it both ways: the last time counts."""

    record: Candidate
    include: bool
    weight: float
    on: str
    topic: str
    person: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Untrained:
    """Why nothing was learned: rules decide alone."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How likely a work belongs, the thresholds of its topic (None is never), and the words that speak for and against it, with how far."""

    probability: float
    include_at: float | None
    exclude_below: float | None
    words: tuple[tuple[str, float], ...]


def _taught(record: Candidate, past: Sequence[Decision], silent: frozenset[str]) -> tuple[bool, bool, bool] | None:
    """Whether the work belongs, whether a person said so, and whether people said both; None when the decisions teach nothing."""
    past = [d for d in past if d.criterion != CORRECTION]
    people = [d for d in past if d.by not in MACHINE]
    if not past:
        return None
    if people:
        said = {d.verdict for d in people} - {Verdict.WAIT}
        last = people[-1]
        return None if last.verdict is Verdict.WAIT else (last.verdict is Verdict.INCLUDE, True, len(said) > 1)
    last = past[-1]
    if last.verdict is Verdict.WAIT or last.by == "model" or last.criterion in silent or not record.abstract:
        return None
    return last.verdict is Verdict.INCLUDE, False, False


def examples(corpus: Corpus, scope: Scope, *, held: frozenset[Identifier], before: str) -> tuple[Example, ...]:
    """What was decided before the day `before` (ISO) and teaches, oldest work first; none that has an identifier in `held`.

    A machine's decision teaches when it looked at an abstract and at what that says, a person's always.
    """
    silent = _SILENT | {c.id for c in scope.criteria if c.status}
    found: list[tuple[str, Candidate, str, tuple[bool, bool, bool]]] = []
    for record in (*corpus.papers.values(), *corpus.candidates.values()):
        past = [d for d in history(corpus, record) if d.on < before]
        if not past or (isinstance(record, Paper) and record.background) or not held.isdisjoint(record.identifiers):
            continue
        if taught := _taught(record, past, silent):
            found.append((record.date or shard_of(record), record, past[-1].criterion, taught))
    found.sort(key=lambda f: (f[0], f[1].primary))
    topics = {t.id for t in scope.topics}
    out = []
    for i in _newest([(include, person) for *_, (include, person, _) in found]):
        on, record, criterion, (include, person, disputed) = found[i]
        topic = criterion if criterion in topics else next((m.topic for m in screen.topics(record, scope)), ALL)
        weight = PERSON if person else 1.0
        out.append(Example(record=record, include=include, weight=weight, on=on, topic=topic, person=person, disputed=disputed))
    return tuple(out)


def _newest(sides: Sequence[tuple[bool, bool]]) -> list[int]:
    """Which of these (include, person), oldest first, are among the `MOST` that teach."""
    people = {i for i, (_, person) in enumerate(sides) if person}
    of = {side: [i for i, (include, person) in enumerate(sides) if include is side and not person] for side in (True, False)}
    room = max(MOST - len(people), 0)
    half = min(len(of[True]), max(room // 2, room - len(of[False])))
    rest = min(len(of[False]), room - half)
    return sorted({*people, *of[True][len(of[True]) - half :], *of[False][len(of[False]) - rest :]})


def _met(criterion: Criterion, hits: Sequence[Hit], scope: Scope) -> float:
    """How far a work meets a criterion, 0 to 1: half of it for just enough evidence."""
    if screen.weight(criterion.none.among(hits), scope.evidence) >= criterion.enough:
        return 0.0
    hints = scope.evidence.hint * screen.weight(criterion.hints.among(hits), scope.evidence)
    least = min((w + hints if (w := screen.weight(any_of.among(hits), scope.evidence)) else 0.0) for any_of in criterion.all)
    return min(least / criterion.enough, _FULL) / _FULL


def evidence(hits: Sequence[Hit], scope: Scope) -> dict[str, float]:
    """How far the scope's rules are met, each from 0 to 1, and the least of the required ones: a linear model knows no "and"."""
    met = {c: _met(c, hits, scope) for c in scope.criteria if c.all}
    required = [share for c, share in met.items() if c.kind == "require"]
    return {**{f"rule {c.id}": share for c, share in met.items()}, **({"all rules": min(required)} if required else {})}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Reader:
    """What the model gets to know of a work, and the first topic that it matches."""

    scope: Scope | None
    core: Callable[[Candidate], float] | None

    def __call__(self, record: Candidate) -> tuple[Document, str]:
        extra, topic = {}, ALL
        if self.scope:
            hits = screen.hits(record, self.scope)
            extra = evidence(hits, self.scope)
            topic = next((m.topic for m in screen.topics(record, self.scope, hits)), ALL)
        if self.core:
            extra["cites core papers"] = self.core(record)
        return Document(title=plain(record.title), abstract=plain(record.abstract), classes=record.classes, extra=extra), topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Screener:
    """What was learned from so many included and excluded works, how many of them by people and how many disputed, and how good it is.

    `lines` holds the thresholds of every topic, '' being all together; `backtests` those on the newest works, all topics together first,
    then topic by topic; `by_people` that on what people decided among these, the only one that does not ask how well rules are imitated;
    `random` that on works picked at random, which is easier.
    """

    included: int
    excluded: int
    people: int
    disputed: int
    lines: Mapping[str, Line]
    backtests: tuple[Backtest, ...]
    by_people: Backtest | None
    random: Backtest
    reader: _Reader = field(repr=False)
    model: Model = field(repr=False)
    probability: Callable[[float], float] = field(repr=False)

    def judge(self, records: Sequence[Candidate]) -> tuple[Judgement, ...]:
        """What the model says of each record, many at once being much faster."""
        return tuple(j for at in range(0, len(records), _BATCH) for j in self._judge(records[at : at + _BATCH]))

    def _judge(self, records: Sequence[Candidate]) -> Iterator[Judgement]:
        read = [self.reader(r) for r in records]
        model = self.model.over([document for document, _ in read])
        for row, ((_, topic), score) in enumerate(zip(read, model.scores(range(len(read))), strict=True)):
            yield Judgement(
                probability=self.probability(score),
                include_at=self.lines.get(topic, self.lines[ALL]).include_at,
                exclude_below=self.lines.get(topic, self.lines[ALL]).exclude_below,
                words=model.words(row, WORDS),
            )


_Tested = tuple[dict[str, Line], tuple[Backtest, ...], Backtest | None]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lesson:
    """Examples, oldest first, in one space."""

    examples: tuple[Example, ...]
    space: Space

    def fit(self, rows: Sequence[int], known: Model | None = None) -> Model:
        taught = [self.examples[i] for i in rows]
        labels, weights = [e.include for e in taught], [e.weight for e in taught]
        return fit(self.space, rows, labels, balanced(labels, weights), cost=_COST, known=known)

    def learned(self, rows: Sequence[int]) -> tuple[Model, Callable[[float], float], dict[int, float]]:
        """A model of these rows, its probabilities, and those of each row by a model that had not seen it."""
        model = self.fit(rows)
        unseen: dict[int, float] = {}
        for fold in range(_FOLDS):
            test = rows[fold::_FOLDS]
            unseen |= zip(test, self.fit([i for n, i in enumerate(rows) if n % _FOLDS != fold], known=model).scores(test), strict=True)
        of = [self.examples[i] for i in unseen]
        probability = calibrate(list(unseen.values()), [e.include for e in of], [e.weight for e in of])
        return model, probability, {i: probability(score) for i, score in unseen.items()}

    def judged(self, said: Mapping[int, float]) -> list[Judged]:
        return [
            Judged(topic=e.topic, probability=p, include=e.include, person=e.person) for i, p in said.items() for e in (self.examples[i],)
        ]

    def parted(self) -> tuple[list[int], list[int]]:
        """The past, and the newest quarter; works of one day are never parted."""
        day = self.examples[-(len(self.examples) // _NEWEST)].on
        past = [i for i, e in enumerate(self.examples) if e.on < day]
        return past, list(range(len(past), len(self.examples)))


def train(
    taught: Sequence[Example],
    *,
    topics: Sequence[str],
    precision: float,
    missed: float,
    least: int = LEAST,
    scope: Scope | None = None,
    core: Callable[[Candidate], float] | None = None,
) -> Screener | Untrained:
    """Learn from decided works, in any order. With the `scope`, how far its rules are met is learned from as well.

    Thresholds are drawn, for each of the `topics`, so that a share of `precision` of the included belongs and a share of `missed` of what
    belongs is excluded. Of either side `least` are needed. `core` gives the share of core papers that a work cites, 0 to 1.
    """
    works = sorted(taught, key=lambda e: (e.on, e.record.primary))
    sides = {side: sum(e.include is include for e in works) for side, include in (("included", True), ("excluded", False))}
    if few := [f"{n} {side} works with an abstract; needs {least}" for side, n in sides.items() if n < least]:
        return Untrained(reason="; ".join(few))
    reader = _Reader(scope=scope, core=core)
    lesson = _Lesson(examples=tuple(works), space=Space.of([reader(e.record)[0] for e in works]))
    try:
        model, probability, unseen = lesson.learned(range(len(works)))
        drawn, tests, by_people = _tested(lesson, topics, precision=precision, missed=missed)
    except Unlearnable as e:
        return Untrained(reason=f"{len(works)} decided works teach nothing: {e}")
    return Screener(
        **sides,
        people=sum(e.person for e in works),
        disputed=sum(e.disputed for e in works),
        lines=drawn,
        backtests=tests,
        by_people=by_people,
        random=backtest(lesson.judged(unseen), drawn, split="random", trained=len(works) - len(works) // _FOLDS),
        reader=reader,
        model=model,
        probability=probability,
    )


def _tested(lesson: _Lesson, topics: Sequence[str], *, precision: float, missed: float) -> _Tested:
    """The thresholds that the newest works allow a model of the past, and how it did on them."""
    past, newest = lesson.parted()
    try:
        model, probability, _ = lesson.learned(past)
        said = [probability(score) for score in model.scores(newest)]
    except Unlearnable:  # all of the past is of one class, or of one day: nothing can be said, so nothing is done by the model alone
        newest, said = [], []
    judged = lesson.judged(dict(zip(newest, said, strict=True)))
    drawn = lines(judged, topics, precision=precision, missed=missed)
    since, until = (lesson.examples[newest[at]].on if newest else "" for at in (0, -1))

    def tested(topic: str, of: Sequence[Judged]) -> Backtest:
        return backtest(of, drawn, split="temporal", topic=topic, trained=len(past), since=since, until=until)

    people = [j for j in judged if j.person]
    tests = (tested(ALL, judged), *(tested(t, [j for j in judged if j.topic == t]) for t in topics))
    return drawn, tests, tested(ALL, people) if people else None
