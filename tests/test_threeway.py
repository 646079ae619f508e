"""A night and a person's push are joined: neither loses anything, and the person has the last word."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livre.corpus import Corpus, parse, tree
from livre.errors import BrokenInvariant
from livre.model import Candidate, Decision, Identifier, Night, Paper, Verdict
from livre.threeway import join
from strategies import LAWS, paper

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = "2099-03-04"


def waiting(number: int, **facts: object) -> Candidate:
    base: dict[str, object] = {"identifiers": (Identifier("arxiv", f"9903.{number:05}"),), "title": f"Waiting example {number}"}
    return Candidate(**{**base, **facts})  # type: ignore[arg-type]


def said(of: Candidate, verdict: Verdict, *, by: str = "rules", on: str = DAY) -> Decision:
    return Decision(subject=of.primary, on=on, verdict=verdict, criterion="topic", score=0.9, by=by, why="Fabricated.")


def corpus(*records: Candidate, decisions: tuple[Decision, ...] = (), nights: tuple[Night, ...] = ()) -> Corpus:
    rows: dict[Identifier, tuple[Decision, ...]] = {}
    for one in decisions:
        rows[one.subject] = (*rows.get(one.subject, ()), one)
    return Corpus(
        papers={r.key: r for r in records if isinstance(r, Paper)},
        candidates={r.primary: r for r in records if not isinstance(r, Paper)},
        decisions=rows,
        nights=tuple(sorted(nights)),
    )


def files(of: Corpus) -> dict[str, bytes]:
    return tree(of)


def joined(base: Corpus, night: Corpus, person: Corpus) -> tuple[Corpus, tuple[str, ...]]:
    made = join(files(base), night=files(night), person=files(person))
    return parse(made.files.items()), made.conflicts


ONE, TWO = paper(1), paper(2)
BASE = corpus(
    ONE, TWO, waiting(1), decisions=(said(ONE, Verdict.INCLUDE, on="2099-01-01"), said(waiting(1), Verdict.WAIT, on="2099-01-01"))
)


def test_different_fields_of_one_paper_are_both_kept() -> None:
    night = replace(BASE, papers={**BASE.papers, ONE.key: replace(ONE, abstract="Now known.")})
    person = replace(BASE, papers={**BASE.papers, ONE.key: replace(ONE, title="As a person writes it", curated=("title",))})
    both, conflicts = joined(BASE, night, person)
    assert (both.papers[ONE.key].abstract, both.papers[ONE.key].title) == ("Now known.", "As a person writes it")
    assert not conflicts


def test_where_both_changed_a_field_the_persons_stays_and_is_named() -> None:
    night = replace(BASE, papers={**BASE.papers, ONE.key: replace(ONE, title="As the source has it")})
    person = replace(BASE, papers={**BASE.papers, ONE.key: replace(ONE, title="As a person writes it")})
    both, conflicts = joined(BASE, night, person)
    assert both.papers[ONE.key].title == "As a person writes it"
    assert conflicts == (f"{ONE.primary}, title: the night and a person changed it; the person's stays",)


def test_what_the_night_includes_is_in_with_what_a_person_added() -> None:
    night = corpus(*BASE.papers.values(), *BASE.candidates.values(), paper(3))
    person = corpus(*BASE.papers.values(), *BASE.candidates.values(), paper(4))
    both, conflicts = joined(BASE, night, person)
    assert sorted(both.papers) == sorted([*BASE.papers, paper(3).key, paper(4).key])
    assert not conflicts


def test_two_works_with_one_key_keep_both_and_the_one_people_have_seen_keeps_the_key() -> None:
    mine, its = paper(3, title="Skin one"), replace(paper(4, title="Skin two"), key=paper(3).key)
    both, conflicts = joined(BASE, corpus(*BASE.papers.values(), its), corpus(*BASE.papers.values(), *BASE.candidates.values(), mine))
    assert both.papers[mine.key].title == "Skin one"
    assert {p.primary for p in both.papers.values()} >= {mine.primary, its.primary}
    assert len(conflicts) == 1
    assert "is another paper's by now" in conflicts[0]


def test_one_work_that_both_found_is_one_work() -> None:
    night = corpus(ONE, TWO, *BASE.candidates.values(), replace(paper(3, abstract="Fabricated."), key="night2099"))
    person = corpus(ONE, TWO, *BASE.candidates.values(), replace(paper(3, abstract=""), key="person2099"))
    both, _ = joined(BASE, night, person)
    assert "night2099" not in both.papers
    assert both.papers["person2099"].abstract == "Fabricated."


def test_a_persons_decision_holds_over_the_nights_of_the_same_day() -> None:
    included = paper(9, identifiers=waiting(1).identifiers, title=waiting(1).title)
    night = corpus(
        ONE, TWO, included, decisions=(*BASE.decisions[ONE.primary], *BASE.decisions[waiting(1).primary], said(included, Verdict.INCLUDE))
    )
    no = said(waiting(1), Verdict.EXCLUDE, by="ada")
    person = replace(BASE, decisions={**BASE.decisions, no.subject: (*BASE.decisions[no.subject], no)})
    both, _ = joined(BASE, night, person)
    assert [(d.verdict, d.by) for d in both.decisions[no.subject]] == [
        (Verdict.WAIT, "rules"),
        (Verdict.INCLUDE, "rules"),
        (Verdict.EXCLUDE, "ada"),
    ]
    assert included.key in both.papers
    assert not both.candidates


def test_what_a_person_removed_stays_removed_and_is_named_if_the_night_had_changed_it() -> None:
    person = corpus(TWO, *BASE.candidates.values(), decisions=BASE.decisions[waiting(1).primary])
    assert joined(BASE, BASE, person) == (person, ())
    night = replace(BASE, papers={**BASE.papers, ONE.key: replace(ONE, abstract="Now known.")})
    both, conflicts = joined(BASE, night, person)
    assert ONE.key not in both.papers
    assert conflicts == (f"{ONE.primary}: a person removed it, and the night had changed it; it stays removed",)


def test_of_two_records_of_one_night_the_complete_and_later_one_is_kept() -> None:
    failed = Night(night=DAY, source="oai", outcome="incomplete: no answer", at=f"{DAY}T11:43:00Z")
    early, late = (Night(night=DAY, source="oai", seen=n, at=f"{DAY}T{n:02}:17:00Z") for n in (6, 7))
    for night, person, kept in ((failed, early, early), (early, failed, early), (early, late, late), (late, early, late)):
        both, _ = joined(BASE, replace(BASE, nights=(night,)), replace(BASE, nights=(person,)))
        assert both.nights == (kept,)


EDGES = "citing\tcited\tsource\tfirst\tlast\tabsent\n"
EDGE = "arxiv:9901.00001\tarxiv:9901.0000{n}\teprint\t2099-01-01\t{last}\t\n"


def test_edges_of_both_are_kept_and_of_one_edge_what_is_newer() -> None:
    path = "citations/2099-01.tsv"
    base = {path: (EDGES + EDGE.format(n=2, last="2099-01-01")).encode()}
    night = {path: (EDGES + EDGE.format(n=2, last=DAY) + EDGE.format(n=3, last=DAY)).encode()}
    person = {path: (EDGES + EDGE.format(n=2, last="2099-02-01") + EDGE.format(n=4, last=DAY)).encode()}
    made = join(base, night=night, person=person)
    assert made.files[path].decode() == EDGES + "".join(EDGE.format(n=n, last=DAY) for n in (2, 3, 4))


INBOX = {"inbox/one.toml": b'paper = "9901.00001"\n', "scope.toml": b'title = "A"\n'}


@pytest.mark.parametrize(
    ("night", "person", "left", "conflicts"),
    [
        ({"inbox/one.toml": None}, {}, {"scope.toml": b'title = "A"\n'}, 0),
        ({"inbox/one.toml": None}, {"inbox/two.toml": b"two"}, {"inbox/two.toml": b"two", "scope.toml": b'title = "A"\n'}, 0),
        ({"inbox/one.toml": None}, {"inbox/one.toml": b"else"}, {"inbox/one.toml": b"else", "scope.toml": b'title = "A"\n'}, 1),
        ({}, {"scope.toml": b'title = "B"\n'}, {"inbox/one.toml": INBOX["inbox/one.toml"], "scope.toml": b'title = "B"\n'}, 0),
        ({"evaluation.json": b"1"}, {"evaluation.json": b"2"}, {**INBOX, "evaluation.json": b"2"}, 1),
        ({"proposal.tsv": b"1"}, {"scope.toml": None}, {"inbox/one.toml": INBOX["inbox/one.toml"], "proposal.tsv": b"1"}, 0),
    ],
)  # fmt: skip
def test_other_files_are_joined_whole(
    night: Mapping[str, bytes | None], person: Mapping[str, bytes | None], left: dict[str, bytes], conflicts: int
) -> None:
    sides = [{p: d for p, d in {**INBOX, **changes}.items() if d is not None} for changes in (night, person)]
    made = join(INBOX, night=sides[0], person=sides[1])
    assert made.files == left
    assert len(made.conflicts) == conflicts
    after = dict(sides[1])
    for path, data in made.changes(sides[1]).items():
        if data is None:
            del after[path]
        else:
            after[path] = data
    assert after == left


def test_a_side_that_cannot_be_read_is_refused_whole() -> None:
    with pytest.raises(BrokenInvariant, match=r"papers/2099-01\.bib:1: .*nothing was written"):
        join({}, night={}, person={"papers/2099-01.bib": b"@article{x,\n  title = {"})


# Laws

JOINS = settings(LAWS, max_examples=LAWS.max_examples // 10)
_numbers = st.lists(st.integers(1, 6), unique=True, max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Corpus, Corpus, Corpus]:
    """A base, and two corpora that came of it by adding works, decisions and lines, and by changing fields."""
    base = corpus(*(paper(n) for n in draw(_numbers)), *(waiting(n) for n in draw(_numbers)))

    def grown(name: str, day: str) -> Corpus:
        papers, candidates = dict(base.papers), dict(base.candidates)
        for number in draw(_numbers):
            one = paper(number)
            here = papers.get(one.key, one)
            papers[one.key] = replace(here, **{draw(st.sampled_from(["abstract", "comment", "journal"])): f"{name} {number}"})
        for number in draw(_numbers):
            one = waiting(number)
            if draw(st.booleans()) and one.primary in candidates:
                del candidates[one.primary]
                included = paper(number, identifiers=one.identifiers, title=one.title, key=f"included2099n{number}")
                papers[included.key] = included
            elif not any(one.primary in p.identifiers for p in papers.values()):
                candidates[one.primary] = one
        records = [*papers.values(), *candidates.values()]
        rows = tuple(said(r, draw(st.sampled_from(Verdict)), by=name, on=day) for r in records if draw(st.booleans()))
        return corpus(*records, decisions=rows, nights=(Night(night=day, source=name),))

    return base, grown("rules", DAY), grown("ada", draw(st.sampled_from([DAY, "2099-03-05"])))


@JOINS
@given(histories())
def test_nothing_of_either_side_is_lost(three: tuple[Corpus, Corpus, Corpus]) -> None:
    base, night, person = three
    both, _ = joined(base, night, person)
    for side in (night, person):
        assert {i for r in (*side.papers.values(), *side.candidates.values()) for i in r.identifiers} <= {
            i for r in (*both.papers.values(), *both.candidates.values()) for i in r.identifiers
        }
        assert side.papers.keys() <= both.papers.keys()
        assert set(side.nights) <= set(both.nights)
        for subject, rows in side.decisions.items():
            assert not Counter(rows) - Counter(both.decisions[subject])
    for key, one in person.papers.items():
        changed = {n for n in ("abstract", "comment", "journal") if key in base.papers and getattr(one, n) != getattr(base.papers[key], n)}
        assert all(getattr(both.papers[key], n) == getattr(one, n) for n in changed)


@JOINS
@given(histories())
def test_a_side_that_changed_nothing_gives_way_and_joining_again_changes_nothing(three: tuple[Corpus, Corpus, Corpus]) -> None:
    base, night, person = three
    assert joined(base, night, base) == (parse(files(night).items()), ())
    assert joined(base, base, person) == (parse(files(person).items()), ())
    both = joined(base, night, person)[0]
    assert joined(person, both, person)[0] == both
    assert joined(night, night, both)[0] == both
