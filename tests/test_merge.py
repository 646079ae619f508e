"""What a merge does to the corpus: papers are born, grow newer, and are never lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from livre.corpus import Corpus
from livre.merge import merge, refile
from livre.model import Candidate, Change, Decision, Identifier, Name, Paper, Source, Status, Verdict, Version
from livre.resolve import resolve

ADA = (Name(family="Example", given="Ada"),)
FACETS = {"llm": "model", "vision": "model", "skin": "domain", "eye": "domain"}


def record(*ids: str, title: str = "Fabricated lesions", version: int = 1, **facts: object) -> Candidate:
    source = Source(version=version, stamp=f"2025-0{version}-01", route="oai")
    identifiers = tuple(sorted({Identifier.parse(i) for i in ids}))
    return Candidate(identifiers=identifiers, title=title, authors=ADA, date="2025-01-01", source=source, **facts)  # type: ignore[arg-type]


def judge(candidate: Candidate, _stored: Candidate | None = None, _last: Decision | None = None) -> Decision | None:
    """`lesions` in the title is in, `robots` is out, anything else is off topic."""
    words = candidate.title.lower()
    if "lesions" not in words and "robots" not in words:
        return None
    verdict = Verdict.INCLUDE if "lesions" in words else Verdict.EXCLUDE
    return Decision(subject=candidate.primary, on="2025-03-01", verdict=verdict, criterion="c", score=0.9, by="rules", why="w")


def file(candidate: Candidate, filed: Paper | None) -> tuple[str, ...]:
    fresh = ("llm",) if "language" in candidate.title.lower() else ("vision",)
    return refile(filed, fresh, FACETS) if filed else fresh


def put(corpus: Corpus, *candidates: Candidate) -> tuple[Corpus, tuple[Change, ...]]:
    return merge(corpus, resolve(candidates), judge=judge, file=file, on="2025-03-01")


def test_an_included_candidate_becomes_a_paper_with_key_shard_categories_and_day() -> None:
    after, changes = put(Corpus(), record("2503.00001"))
    assert after.papers["example2025fabricated"].shard == "2025-03"
    assert after.papers["example2025fabricated"].categories == ("vision",)
    assert after.papers["example2025fabricated"].added == "2025-03-01"
    assert changes == (Change(kind="added", key="example2025fabricated"),)


def test_what_is_excluded_is_remembered_and_what_matches_no_topic_is_not() -> None:
    after, changes = put(Corpus(), record("2503.00001", title="Robots"), record("2503.00002", title="Cooking"))
    assert [str(i) for i in after.candidates] == ["arxiv:2503.00001"]
    assert not after.papers
    assert not changes


def test_a_new_version_updates_in_place_and_the_key_stays() -> None:
    before, _ = put(Corpus(), record("2503.00001"))
    newer = record("2503.00001", title="Renamed lesions of language", version=2, versions=(Version(number=2, on="2025-02-01"),))
    after, changes = put(before, newer)
    paper = after.papers["example2025fabricated"]
    assert paper.title == "Renamed lesions of language"
    assert paper.categories == ("llm",)
    assert changes[0].kind == "updated"


def test_a_withdrawn_paper_stays_with_that_status() -> None:
    before, _ = put(Corpus(), record("2503.00001"))
    after, changes = put(before, record("2503.00001", version=2, status=Status.WITHDRAWN))
    assert after.papers["example2025fabricated"].status is Status.WITHDRAWN
    assert changes[0].kind == "withdrawn"


def test_a_paper_whose_new_title_is_off_topic_stays() -> None:
    before, _ = put(Corpus(), record("2503.00001"))
    after, _ = put(before, record("2503.00001", title="Cooking", version=2))
    assert after.papers["example2025fabricated"].title == "Cooking"


def test_curated_fields_and_facets_belong_to_people() -> None:
    before, _ = put(Corpus(), record("2503.00001"))
    paper = replace(before.papers["example2025fabricated"], title="Mended lesions", categories=("llm", "skin"), curated=("model", "title"))
    before = replace(before, papers={paper.key: paper})
    after, _ = put(before, record("2503.00001", title="Other lesions", abstract="New.", version=2))
    assert after.papers[paper.key].title == "Mended lesions"
    assert after.papers[paper.key].categories == ("llm",)
    assert after.papers[paper.key].abstract == "New."


def test_a_person_who_excluded_a_paper_is_not_overruled() -> None:
    person = Decision(
        subject=Identifier("arxiv", "2503.00001"),
        on="2025-01-01",
        verdict=Verdict.EXCLUDE,
        criterion="off-topic",
        score=1,
        by="ada",
        why="no",
    )
    before = Corpus(candidates={person.subject: record("2503.00001")}, decisions={person.subject: (person,)})
    after, _ = put(before, record("2503.00001", version=2))
    assert not after.papers
    assert after.decisions[person.subject] == (person,)


def test_a_candidate_is_judged_again_once_its_facts_are_complete() -> None:
    before, _ = put(Corpus(), record("2503.00001", title="Robots"))
    after, _ = put(before, record("2503.00001", title="Robots and lesions", version=2))
    assert list(after.papers) == ["example2025robots"]
    assert not after.candidates
    assert [d.verdict for d in after.decisions[Identifier("arxiv", "2503.00001")]] == [Verdict.EXCLUDE, Verdict.INCLUDE]


def test_after_a_clock_that_was_ahead_the_newest_decision_is_still_the_last() -> None:
    before, _ = put(Corpus(), record("2503.00001", title="Robots"))
    (row,) = before.decisions[Identifier("arxiv", "2503.00001")]
    ahead = replace(before, decisions={row.subject: (replace(row, on="2099-01-01"),)})
    after, _ = put(ahead, record("2503.00001", title="Robots and lesions", version=2))
    assert [(d.on, d.verdict) for d in after.decisions[row.subject]] == [("2099-01-01", Verdict.EXCLUDE), ("2099-01-01", Verdict.INCLUDE)]


def test_a_published_version_joins_its_preprint_and_both_identifiers_stay() -> None:
    before, _ = put(Corpus(), record("10.9999/a"))
    after, _ = put(before, record("2503.00001", "10.9999/a", version=2))
    (paper,) = after.papers.values()
    assert [str(i) for i in paper.identifiers] == ["arxiv:2503.00001", "doi:10.9999/a"]
    assert paper.shard == "2025-01"


def test_a_record_that_joins_two_papers_keeps_both_and_says_so() -> None:
    before, _ = put(Corpus(), record("2503.00001"), record("10.9999/a", title="Other lesions"))
    after, changes = put(before, record("2503.00001", "10.9999/a", version=2))
    assert len(after.papers) == 2
    assert {c.kind for c in changes} == {"duplicate", "updated"}


def test_clashing_keys_take_the_next_title_word() -> None:
    after, _ = put(Corpus(), record("2503.00001"), record("2503.00002"), record("2503.00003"))
    assert list(after.papers) == ["example2025fabricated", "example2025lesions", "example2025fabricated-2"]


IDS = ["2503.00001", "2503.00002", "2503.00003", "10.9999/a"]
RECORDS = st.builds(
    lambda i, j, t, v, s: record(i, j, title=t, version=v, status=s),
    st.sampled_from(IDS),
    st.sampled_from(["10.9999/a", "10.9999/b"]),
    st.sampled_from(["Lesions", "More lesions", "Robots", "Cooking", "Language of lesions"]),
    st.integers(1, 3),
    st.sampled_from([Status.CURRENT, Status.WITHDRAWN]),
)


@given(st.lists(RECORDS, max_size=6))
def test_merging_again_changes_nothing(candidates: list[Candidate]) -> None:
    once, _ = put(Corpus(), *candidates)
    twice, changes = put(once, *candidates)
    assert twice == once
    assert not [c for c in changes if c.kind != "duplicate"]


@given(st.lists(RECORDS, max_size=5), st.lists(RECORDS, max_size=5))
def test_no_key_and_no_identifier_ever_disappears(first: list[Candidate], second: list[Candidate]) -> None:
    before, _ = put(Corpus(), *first)
    after, _ = put(before, *second)
    assert set(before.papers) <= set(after.papers)
    for key, paper in before.papers.items():
        assert set(paper.identifiers) <= set(after.papers[key].identifiers)
    known = {i for c in (*before.papers.values(), *before.candidates.values()) for i in c.identifiers}
    assert known <= {i for c in (*after.papers.values(), *after.candidates.values()) for i in c.identifiers}


def test_days_in_any_order_end_in_the_same_corpus() -> None:
    days = [
        [record("2503.00001", title="Lesions of skin")],
        [record("2503.00002", title="Robots")],
        [record("2503.00001", title="Renamed lesions of skin", version=2), record("2503.00003", title="Many lesions")],
    ]
    ends = []
    for order in permutations(days):
        corpus = Corpus()
        for day in order:
            corpus, _ = put(corpus, *day)
        ends.append(corpus)
    facts = [sorted((str(p.primary), p.title, p.categories) for p in c.papers.values()) for c in ends]
    assert all(f == facts[0] for f in facts)
    assert all(c.candidates == ends[0].candidates for c in ends)
