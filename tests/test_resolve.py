"""One work, one record: joining by identifier."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.model import Candidate, Identifier, Name, Source, Status, Version
from livre.resolve import join, resolve

ADA = (Name(family="Example", given="Ada"),)


def record(*ids: str, title: str = "A fabricated paper", **facts: object) -> Candidate:
    return Candidate(identifiers=tuple(sorted({Identifier.parse(i) for i in ids})), title=title, authors=ADA, **facts)  # type: ignore[arg-type]


def test_records_that_share_an_identifier_become_one_with_all_identifiers() -> None:
    (one,) = resolve([record("9901.00001", "10.9999/a"), record("10.9999/a", "10.9999/b"), record("10.48550/arXiv.9901.00001v2")])
    assert [str(i) for i in one.identifiers] == ["arxiv:9901.00001", "doi:10.9999/a", "doi:10.9999/b"]


def test_two_arxiv_ids_stay_two_works_whatever_doi_they_share() -> None:
    works = resolve([record("9901.00002", "10.9999/a"), record("9901.00001", "10.9999/a")])
    assert [[str(i) for i in w.identifiers] for w in works] == [["arxiv:9901.00001", "doi:10.9999/a"], ["arxiv:9901.00002"]]


def test_the_newer_version_wins_and_what_it_does_not_say_stays() -> None:
    old = record("9901.00001", title="Old title", abstract="Known.", journal="", source=Source(version=1, stamp="2025-01-01", route="oai"))
    new = record("9901.00001", title="New title", journal="J. Fabricated", source=Source(version=2, stamp="2025-02-01", route="oai"))
    both = join(old, new)
    assert (both.title, both.abstract, both.journal, both.source.version) == ("New title", "Known.", "J. Fabricated", 2)


def test_a_withdrawal_is_a_status_and_a_restored_paper_loses_it() -> None:
    v1 = record("9901.00001", source=Source(version=1, route="oai"))
    v2 = replace(v1, status=Status.WITHDRAWN, source=Source(version=2, route="oai"))
    v3 = replace(v1, source=Source(version=3, route="oai"))
    assert join(v1, v2).status is Status.WITHDRAWN
    assert join(join(v1, v2), v3).status is Status.CURRENT


def test_versions_from_several_answers_add_up() -> None:
    a = record("9901.00001", versions=(Version(number=1, on="2025-01-01"), Version(number=3, on="2025-03-01")))
    b = record("9901.00001", versions=(Version(number=2, on="2025-02-01"),))
    assert [v.number for v in join(a, b).versions] == [1, 2, 3]


RECORDS = st.builds(
    record,
    st.sampled_from(["9901.00001", "9901.00002", "10.9999/a"]),
    st.sampled_from(["9901.00001", "10.9999/a", "10.9999/b"]),
    title=st.sampled_from(["One", "Two"]),
    abstract=st.sampled_from(["", "Text"]),
    source=st.builds(Source, version=st.integers(0, 3), stamp=st.sampled_from(["", "2025-01-01"]), route=st.sampled_from(["api", "oai"])),
).filter(lambda c: sum(i.scheme == "arxiv" for i in c.identifiers) < 2)


@given(RECORDS, RECORDS)
def test_joining_does_not_care_who_comes_first_and_is_idempotent(a: Candidate, b: Candidate) -> None:
    assert join(a, b) == join(b, a)
    assert join(join(a, b), a).identifiers == join(a, b).identifiers
    assert join(a, a) == a


@pytest.mark.parametrize("size", [3])
@given(records=st.lists(RECORDS, min_size=3, max_size=3))
def test_the_order_of_answers_does_not_matter(size: int, records: list[Candidate]) -> None:
    results = {resolve(order) for order in permutations(records, size)}
    assert len(results) == 1


@given(st.lists(RECORDS, max_size=6))
def test_no_identifier_is_lost_and_each_belongs_to_one_work(records: list[Candidate]) -> None:
    works = resolve(records)
    found = [i for w in works for i in w.identifiers]
    assert set(found) == {i for r in records for i in r.identifiers}
    assert len(found) == len(set(found))


def test_the_real_kind_of_an_entry_outlives_the_default() -> None:
    a, b = record("9901.00001", kind="inproceedings"), record("9901.00001", source=Source(version=2, route="oai"))
    assert join(a, b).kind == "inproceedings"
