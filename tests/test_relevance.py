"""Learned screening: from whom it learns, when it dares to act, and how good it is on real works."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from judgement import DATA, REVIEW, candidate, labelled, records, table
from livre import scope
from livre.corpus import Corpus, shard_of
from livre.model import Candidate, Decision, Identifier, Paper, Verdict
from livre.quality import roc_auc
from livre.relevance import LEAST, MOST, PERSON, Example, Judgement, Screener, Untrained, evidence, examples, train
from livre.screen import hits
from test_screen import SCOPE

TODAY = "2099-06-01"


@pytest.fixture(scope="module")
def dragons(tmp_path_factory: pytest.TempPathFactory) -> scope.Scope:
    path = tmp_path_factory.mktemp("scope") / "scope.toml"
    path.write_text(SCOPE)
    return scope.load(path)


def decided(number: str, *said: tuple[str, Verdict, str, str], title: str = "A dragon in a cave", abstract: str = "Dark fire.") -> Corpus:
    """A corpus of one candidate with these decisions: (on, verdict, criterion, by)."""
    work = candidate(title, abstract, number=number)
    rows = tuple(
        Decision(subject=work.primary, on=on, verdict=verdict, criterion=criterion, score=0.9, by=by, why="fabricated")
        for on, verdict, criterion, by in said
    )
    return Corpus(candidates={work.primary: work}, decisions={work.primary: rows})


def taught(corpus: Corpus, of: scope.Scope, *, held: frozenset[Identifier] = frozenset(), before: str = TODAY) -> list[tuple[bool, float]]:
    return [(e.include, e.weight) for e in examples(corpus, of, held=held, before=before)]


IN, OUT, WAIT = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.WAIT


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([("2099-01-02", OUT, "song", "rules")], [(False, 1.0)]),
        ([("2099-01-02", IN, "dragons", "rules")], [(True, 1.0)]),
        ([("2099-01-02", OUT, "song", "Ada Example")], [(False, PERSON)]),
        ([("2099-01-02", OUT, "song", "Ada Example"), ("2099-01-03", IN, "dragons", "rules")], [(False, PERSON)]),
        ([("2099-01-02", OUT, "song", "Ada Example"), ("2099-01-03", IN, "dragons", "Bo Example")], [(True, PERSON)]),
        ([("2099-01-02", IN, "dragons", "rules"), ("2099-01-03", WAIT, "song", "rules")], []),
        ([("2099-01-02", WAIT, "song", "Ada Example")], []),
        ([("2099-01-02", OUT, "queue", "rules")], []),
        ([("2099-01-02", OUT, "no-topic", "rules")], []),
        ([("2099-01-02", OUT, "withdrawn", "rules")], []),
        ([("2099-01-02", OUT, "relevance", "model")], []),
        ([("2099-01-02", OUT, "queue", "Ada Example")], [(False, PERSON)]),
        ([(TODAY, OUT, "song", "rules")], []),
        ([("2099-01-02", OUT, "song", "rules"), (TODAY, IN, "dragons", "Ada Example")], [(False, 1.0)]),
    ],
)
def test_who_teaches_what(said, expected, dragons: scope.Scope):
    assert taught(decided("9901.00001", *said), dragons) == expected


def test_a_title_alone_teaches_only_when_a_person_judged_it(dragons: scope.Scope):
    assert taught(decided("9901.00001", ("2099-01-02", OUT, "song", "rules"), abstract=""), dragons) == []
    assert taught(decided("9901.00001", ("2099-01-02", OUT, "song", "Ada Example"), abstract=""), dragons) == [(False, PERSON)]


def test_sentinels_and_background_teach_nothing(dragons: scope.Scope):
    corpus = decided("9901.00001", ("2099-01-02", IN, "dragons", "rules"))
    (work,) = corpus.candidates.values()
    assert taught(corpus, dragons, held=frozenset(work.identifiers)) == []
    facts = {
        "identifiers": work.identifiers,
        "title": work.title,
        "abstract": work.abstract,
        "key": "example2099dragon",
        "shard": "2099-01",
    }
    for background in (True, False):
        paper = Paper(**facts, background=background)
        assert len(taught(replace(corpus, candidates={}, papers={paper.key: paper}), dragons)) == (not background)


def test_people_who_contradict_each_other_are_counted_and_the_last_one_holds(dragons: scope.Scope):
    corpus = decided("9901.00001", ("2099-01-02", IN, "dragons", "Ada Example"), ("2099-01-03", OUT, "song", "Bo Example"))
    (example,) = examples(corpus, dragons, held=frozenset(), before=TODAY)
    assert (example.include, example.disputed) == (False, True)
    (example,) = examples(corpus, dragons, held=frozenset(), before="2099-01-03")
    assert (example.include, example.disputed) == (True, False)


def test_the_topic_is_that_of_the_decision_or_of_the_rules(dragons: scope.Scope):
    by_decision = decided("9901.00001", ("2099-01-02", IN, "maps", "rules"))
    by_rules = decided("9901.00001", ("2099-01-02", OUT, "song", "rules"), title="Dragons of dark caves")
    none = decided("9901.00001", ("2099-01-02", OUT, "song", "rules"), title="Nothing of the kind", abstract="At all.")
    assert [examples(c, dragons, held=frozenset(), before=TODAY)[0].topic for c in (by_decision, by_rules, none)] == ["maps", "dragons", ""]


def test_of_a_great_ledger_the_newest_teach_and_everything_that_people_decided(dragons: scope.Scope):
    works = [candidate(f"Work {n}", "Abstract.", number=f"99{1 + n // 99_999:02}.{n:05}") for n in range(MOST + 50)]
    corpus = Corpus(
        candidates={w.primary: w for w in works},
        decisions={
            w.primary: (
                Decision(
                    subject=w.primary, on="2099-01-02", verdict=IN if n % 10 else OUT, criterion="maps" if n % 10 else "song", score=0.9,
                    by="Ada Example" if n < 5 else "rules", why="fabricated",
                ),
            )
            for n, w in enumerate(works)
        },
    )  # fmt: skip
    found = examples(corpus, dragons, held=frozenset(), before=TODAY)
    assert len(found) == MOST
    assert sum(e.person for e in found) == 5
    assert sum(not e.include for e in found) == len(works) // 10, "there are few of these, so all of them teach"
    assert works[-1] in [e.record for e in found]
    assert works[6] not in [e.record for e in found]


def test_how_far_the_rules_are_met_grows_with_the_evidence(dragons: scope.Scope):
    little, much, none = (
        evidence(hits(candidate(title, abstract), dragons), dragons)
        for title, abstract in (("A beast", "dragon cave"), ("Dragons in caves", "a dragon's cave"), ("Bread", "and butter"))
    )
    required = [f"rule {c.id}" for c in dragons.criteria if c.kind == "require" and c.all]
    assert all(0 <= of[name] <= 1 for of in (little, much, none) for name in of)
    assert all(none[name] <= little[name] <= much[name] for name in (*required, "all rules"))
    assert none["all rules"] == 0 < much["all rules"]


# --- training --------------------------------------------------------------------------------------


def fabricate(n: int, *, noise: int = 0, people: int = 0) -> list[Example]:
    """So many works of either side, one a day; each `noise`th label is wrong, each `people`th by a person."""
    draw = random.Random(0)
    sides = {True: ["dragon", "fire", "scales", "wings"], False: ["map", "sheet", "scale", "river"]}
    out = []
    for i in range(2 * n):
        include = i % 2 == 0
        shared = ["cave", "dark", "woods", "old", "long", "tale", "of", "the"]
        words = [draw.choice(sides[include] + shared) for _ in range(30)]
        work = candidate(f"Tale {i}", " ".join(words), number=f"9901.{i:05}")
        wrong, person = bool(noise) and i % noise == 0, bool(people) and i % people == 0
        on = f"20{i // 360 + 10}-{i // 30 % 12 + 1:02}-{i % 30 + 1:02}"
        topic = "dragons" if include else "maps"
        weight = PERSON if person else 1.0
        out.append(Example(record=work, include=include is not wrong, weight=weight, on=on, topic=topic, person=person))
    return out


def learned(taught: list[Example]) -> Screener:
    screener = train(taught, topics=["dragons", "maps"], precision=0.95, missed=0.02)
    assert isinstance(screener, Screener)
    return screener


DRAGON, MAP = candidate("A dragon of fire", "With wings."), candidate("A map sheet", "Of a river.")


@pytest.fixture(scope="module")
def good() -> Screener:
    return learned(fabricate(700, people=7))


def test_what_is_learned_is_told_apart(good: Screener):
    dragon, map_ = good.judge([DRAGON, MAP])
    assert dragon.probability > 0.9
    assert map_.probability < 0.1
    assert dict(dragon.words)["dragon"] > 0 > dict(map_.words)["map"]
    assert good.judge([]) == ()


def test_thresholds_come_from_the_newest_works(good: Screener):
    (overall, of_dragons, of_maps) = good.backtests
    assert (overall.split, overall.trained, overall.n) == ("temporal", 1050, 350)
    assert (overall.since, overall.until) == (fabricate(700)[1050].on, fabricate(700)[1399].on)
    assert (overall.positive, of_dragons.positive, of_maps.positive) == (175, 175, 0)
    assert overall.auc is not None
    assert overall.auc > 0.99
    assert good.lines[""].include_at is not None
    assert good.lines[""].exclude_below is not None
    assert good.lines["maps"].include_at == good.lines[""].include_at, "too few of its own"
    assert good.lines["maps"].reason.startswith("175 works judged unseen, of which 0 belong")
    assert good.judge([DRAGON])[0].include_at == good.lines[""].include_at


def test_what_people_decided_is_counted_and_tested_apart(good: Screener):
    assert (good.included, good.excluded, good.people, good.disputed) == (700, 700, 200, 0)
    assert good.by_people is not None
    assert good.by_people.n == good.by_people.people == good.backtests[0].people == 50
    assert learned(fabricate(60)).by_people is None


def test_one_persons_word_counts_for_several_of_the_machines():
    """Half as many griffins are included by people as are excluded by the machine, and all of them look alike."""
    taught = fabricate(200)
    for i in range(240):
        person = i % 3 == 0
        work = candidate(f"Griffin {i}", "A griffin with a beak, in the old dark woods.", number=f"9902.{i:05}")
        on, weight = taught[i].on, PERSON if person else 1.0
        taught.append(Example(record=work, include=person, weight=weight, on=on, topic="", person=person))
    griffin = candidate("A griffin", "A griffin with a beak.")
    heard, alike = (learned(of).judge([griffin])[0] for of in (taught, [replace(e, weight=1.0) for e in taught]))
    assert heard.probability > 0.6 > 0.5 > alike.probability
    assert dict(heard.words)["griffin"] > 0 > dict(alike.words)["griffin"]


def test_a_random_split_is_reported_beside_the_temporal_one(good: Screener):
    assert (good.random.split, good.random.n) == ("random", 1400)
    assert good.random.calibration_error is not None
    assert good.random.calibration_error < 0.05


def test_with_few_works_the_model_judges_but_does_not_act():
    screener = learned(fabricate(60))
    (judged,) = screener.judge([DRAGON])
    assert judged.probability > 0.5
    assert (judged.include_at, judged.exclude_below) == (None, None)
    assert "do not show" in screener.lines[""].reason


def test_labels_without_sense_allow_no_threshold():
    draw = random.Random(1)
    screener = learned([replace(e, include=draw.random() < 0.5) for e in fabricate(300)])
    assert screener.lines[""].include_at is None
    assert screener.lines[""].exclude_below is None
    assert 0.3 < screener.judge([DRAGON])[0].probability < 0.7


def test_the_past_of_one_class_allows_no_threshold():
    works = [e for n, e in enumerate(fabricate(150)) if not e.include or n < 100]
    screener = learned([replace(e, on="2099-02-01" if e.include else "2099-01-01") for e in works])
    assert screener.backtests[0].n == 0
    assert screener.lines[""].include_at is None


def test_works_of_one_day_allow_no_threshold():
    screener = learned([replace(e, on="2099-01-01") for e in fabricate(100)])
    assert screener.backtests[0].n == 0
    assert screener.judge([DRAGON])[0].include_at is None


@pytest.mark.parametrize(
    ("works", "reason"),
    [
        ([], f"0 included works with an abstract; needs {LEAST}; 0 excluded works with an abstract; needs {LEAST}"),
        ([e for e in fabricate(60) if e.include], f"0 excluded works with an abstract; needs {LEAST}"),
        ([e for n, e in enumerate(fabricate(60)) if e.include or n < 82], "41 excluded works with an abstract; needs 50"),
        ([replace(e, record=replace(e.record, title="!", abstract="?")) for e in fabricate(60)],
         "120 decided works teach nothing: these works have no word to learn from"),
    ],
)  # fmt: skip
def test_what_is_not_enough_to_learn_from_is_said(works, reason):
    assert train(works, topics=[], precision=0.95, missed=0.02) == Untrained(reason=reason)


def test_an_empty_ledger_teaches_nothing(dragons: scope.Scope):
    assert examples(Corpus(), dragons, held=frozenset(), before=TODAY) == ()


def test_nights_in_any_order_learn_the_same():
    works = fabricate(80, noise=9)
    one, other = learned(works), learned(works[::-1])
    assert one.judge([DRAGON, MAP]) == other.judge([DRAGON, MAP])
    assert (one.lines, one.backtests, one.random) == (other.lines, other.backtests, other.random)


def test_hostile_works_are_learned_from_and_judged(dragons: scope.Scope):
    works = fabricate(60)
    identifier = (Identifier.parse("9901.99999"),)
    hostile = [
        Candidate(identifiers=identifier, title=""),
        Candidate(identifiers=identifier, title="The of and", abstract="of the and"),
        Candidate(identifiers=identifier, title="Long", abstract="dragon " * 15_000),
        Candidate(identifiers=identifier, title="\u202e\x00$\\", abstract="x" * 100_000),
    ]
    shown = [replace(works[n], record=h) for n, h in enumerate(hostile)]
    screener = train([*shown, *works[4:]], topics=["dragons"], precision=0.95, missed=0.02, scope=dragons)
    assert isinstance(screener, Screener)
    assert all(0 < j.probability < 1 for j in screener.judge(hostile))
    assert screener.judge(hostile)[2].probability > 0.5


def test_citations_of_core_papers_are_learned_from_when_known():
    works = [replace(e, record=replace(e.record, title="Same", abstract="Words.")) for e in fabricate(100)]
    core = {e.record.primary: float(e.include) for e in works}
    screener = train(works, topics=[], precision=0.95, missed=0.02, core=lambda c: core[c.primary])
    assert isinstance(screener, Screener)
    first, second = screener.judge([works[0].record, works[1].record])
    assert first.probability > 0.9 > 0.1 > second.probability
    assert first.words[0][0] == "cites core papers"


# --- real works ------------------------------------------------------------------------------------

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside this checkout")
NEGATIVES = 6_000
LABELS = ("relevance", "dermatology", "papers")


@cache
def real() -> Screener:
    """Trained on the works of the topic against a sample of the background, without any that has a label."""
    held = {row["arxiv_id"] for name in LABELS for row in table(f"labels/{name}.csv")}
    sides = {of: [c for i, c in sorted(records(of).items()) if i not in held] for of in ("topic", "background")}
    sides["background"] = random.Random(0).sample(sides["background"], NEGATIVES)
    works = [Example(record=c, include=of == "topic", weight=1.0, on=shard_of(c), topic="") for of, found in sides.items() for c in found]
    asked = scope.load(REVIEW / "scope.toml")
    screener = train(works, topics=[], precision=asked.screening.precision, missed=asked.screening.missed, scope=asked)
    assert isinstance(screener, Screener)
    return screener


def _verdict(judged: Judgement) -> str:
    if judged.include_at is not None and judged.probability >= judged.include_at:
        return "include"
    return "exclude" if judged.exclude_below is not None and judged.probability < judged.exclude_below else "wait"


@needs_data
@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["relevance", "dermatology"])
def test_labelled_works_are_ranked_and_included_as_the_annotator_did(name: str):
    rows = labelled(name)
    judged = real().judge([work for _, work in rows])
    sure = [(row["in_scope"] == "yes", j.probability) for (row, _), j in zip(rows, judged, strict=True) if row["in_scope"] != "borderline"]
    auc = roc_auc([p for _, p in sure], [label for label, _ in sure])
    got = Counter((row["in_scope"], _verdict(j)) for (row, _), j in zip(rows, judged, strict=True))
    print(f"{name}: AUC {auc:.4f} over {len(sure)}, borderline left out; {dict(got)}; {real().lines['']}")
    assert auc is not None
    assert auc >= 0.95
    assert got["yes", "include"] > 0
    assert got["yes", "include"] / (got["yes", "include"] + got["no", "include"]) >= 0.95
    assert got["yes", "exclude"] <= 0.02 * sum(n for (label, _), n in got.items() if label == "yes")


@needs_data
@pytest.mark.data
@pytest.mark.slow
def test_the_newest_real_works_are_judged_as_well_as_was_asked():
    (overall, *_) = real().backtests
    print(overall)
    assert overall.auc is not None
    assert overall.auc >= 0.98
    assert overall.precision is not None
    assert overall.precision.k / overall.precision.n >= 0.95
    assert overall.missed is not None
    assert overall.missed.k / overall.missed.n <= 0.02
    assert overall.calibration_error is not None
    assert overall.calibration_error <= 0.05
