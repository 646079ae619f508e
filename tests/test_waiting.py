"""The queue: ranked, never longer than the scope allows, and never silent about what falls out of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livre.corpus import Corpus
from livre.merge import merge
from livre.model import Candidate, Decision, Identifier, Verdict
from livre.waiting import overflow, queue


def candidate(number: int, date: str = "2025-03-01") -> Candidate:
    return Candidate(identifiers=(Identifier("arxiv", f"9901.{number:05}"),), title=f"Fabricated work {number}", date=date)


def wait(work: Candidate, score: float, by: str = "model") -> Decision:
    return Decision(
        subject=work.primary, on="2025-03-01", verdict=Verdict.WAIT, criterion="relevance", score=score, by=by, why="fabricated"
    )


def waiting(*scores: float, by: str = "model") -> Corpus:
    works = [candidate(n) for n in range(len(scores))]
    decisions = {w.primary: (wait(w, s, by),) for w, s in zip(works, scores, strict=True)}
    return Corpus(candidates={w.primary: w for w in works}, decisions=decisions)


def settle(corpus: Corpus, most: int) -> Corpus:
    fallen = {d.subject: d for d in overflow(corpus, most, on="2025-03-02")}
    works = [c for c in corpus.candidates.values() if c.primary in fallen]
    return merge(corpus, works, judge=lambda c, _stored, _last: fallen.get(c.primary), file=lambda _c, _p: (), on="2025-03-02")[0]


def test_the_likeliest_come_first_and_of_equals_the_newest() -> None:
    old, new, best = candidate(1, "2025-01"), candidate(2, "2025-02-03"), candidate(3, "2024")
    decisions = {w.primary: (wait(w, s),) for w, s in ((old, 0.4), (new, 0.4), (best, 0.6))}
    held = Corpus(candidates={w.primary: w for w in (old, new, best)}, decisions=decisions)
    assert [w.candidate for w in queue(held)] == [best, new, old]


def test_what_is_decided_no_longer_waits() -> None:
    held = waiting(0.5, 0.6)
    decided = wait(candidate(1), 0.9)
    held.decisions[decided.subject] += (Decision(**{f: getattr(decided, f) for f in decided.__slots__} | {"verdict": Verdict.EXCLUDE}),)  # type: ignore[index]
    assert [str(w.candidate.primary) for w in queue(held)] == ["arxiv:9901.00000"]


def test_what_falls_out_is_decided_as_is_likelier_and_says_its_rank() -> None:
    fallen = list(overflow(waiting(0.9, 0.7, 0.3), 1, on="2025-03-02"))
    assert [(d.verdict, d.criterion, d.score, d.by, d.on) for d in fallen] == [
        (Verdict.INCLUDE, "queue", 0.7, "model", "2025-03-02"),
        (Verdict.EXCLUDE, "queue", 0.7, "model", "2025-03-02"),
    ]
    assert fallen[0].why == "rank 2 of the 1 that may wait, with 0.70; fabricated"


def test_a_score_of_the_rules_is_no_probability_so_what_they_let_wait_falls_out_excluded() -> None:
    assert [d.verdict for d in overflow(waiting(0.9, 0.8, by="rules"), 1, on="2025-03-02")] == [Verdict.EXCLUDE]


@given(st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), max_size=12), st.integers(0, 6))
def test_the_queue_never_exceeds_its_bound_and_loses_nobody(scores: list[float], most: int) -> None:
    before = waiting(*scores)
    after = settle(before, most)
    assert len(queue(after)) == min(most, len(scores))
    assert {i for r in (*after.papers.values(), *after.candidates.values()) for i in r.identifiers} == set(before.candidates)
    assert all(after.decisions[i][0] == before.decisions[i][0] for i in before.decisions)
    assert settle(after, most) == after
