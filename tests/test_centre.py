"""The core of a review as its citations show it, and what screening and recall make of it."""

from __future__ import annotations

from livre.centre import by_query, centre, cites_core, missed, recaptured
from livre.corpus import Corpus
from livre.edges import Edges
from livre.model import Candidate, Citation, Decision, Identifier, Night, Paper, Verdict
from livre.scope import Snowball

SNOW = Snowball(cited_by=3, citing=2)


def identifier(number: int) -> Identifier:
    return Identifier("arxiv", f"9901.{number:05}")


def paper(number: int, added: str = "2025-03-01") -> Paper:
    return Paper(
        identifiers=(identifier(number),),
        title=f"Fabricated {number}",
        key=f"example{number}",
        shard="2099-01",
        date="2025-01-01",
        added=added,
    )


def edges(*pairs: tuple[int, int]) -> Edges:
    rows: dict[Identifier, tuple[Citation, ...]] = {}
    for one, other in sorted(pairs):
        row = Citation(citing=identifier(one), cited=identifier(other), source="fabricated", first="2025-03-01", last="2025-03-01")
        rows[row.citing] = (*rows.get(row.citing, ()), row)
    return Edges(citations=rows, lists={})


def corpus(count: int, **parts: object) -> Corpus:
    return Corpus(papers={p.key: p for p in map(paper, range(1, count + 1))}, **parts)  # type: ignore[arg-type]


STAR = edges(*((n, 1) for n in range(2, 22)), (30, 1), (31, 2))
"""Twenty papers that cite the first; two works outside that cite the first and the second."""


def test_the_core_is_what_others_build_on_and_papers_of_today_are_not_looked_at() -> None:
    held = corpus(21)
    assert centre(held, STAR).core == {"example1"}
    assert centre(held, STAR, before="2025-03-01").papers == ()
    assert centre(held, edges()).core == frozenset()


def test_a_work_that_cites_the_core_is_worth_a_share_of_what_is_full() -> None:
    held = corpus(21)
    share = cites_core(STAR, centre(held, STAR))
    assert share is not None
    outside = [Candidate(identifiers=(identifier(n),), title="Fabricated") for n in (30, 31)]
    assert [share(c) for c in outside] == [0.2, 0.0]
    assert cites_core(edges(), centre(held, edges())) is None


def test_what_many_papers_cite_is_missed_until_it_is_known() -> None:
    held, links = corpus(5), edges((1, 50), (2, 50), (3, 50), (1, 51), (2, 51))
    (found,) = missed(held, links, centre(held, links), SNOW)
    assert (found.identifier, found.route) == (identifier(50), "backward")
    known = Candidate(identifiers=(identifier(50),), title="Fabricated")
    assert missed(corpus(5, candidates={known.primary: known}), links, centre(held, links), SNOW) == ()


def decided(number: int, on: str, why: str = "fabricated") -> dict[Identifier, tuple[Decision, ...]]:
    row = Decision(subject=identifier(number), on=on, verdict=Verdict.INCLUDE, criterion="c", score=0.9, by="rules", why=why)
    return {row.subject: (row,)}


def test_queries_found_what_a_harvest_brought_and_neither_an_import_nor_a_citation() -> None:
    nights = (
        Night(night="2025-03-01", source="import"),
        Night(night="2025-03-02", source="oai"),
        Night(night="2025-03-02", source="snowball"),
    )
    decisions = decided(1, "2025-03-01") | decided(2, "2025-03-02") | decided(3, "2025-03-02", "snowball: cited by 9 papers of this review")
    assert by_query(corpus(3, nights=nights, decisions=decisions)) == {"example2"}


def test_two_roads_give_an_estimate_only_where_they_meet_often_enough() -> None:
    held = corpus(21)
    found = recaptured(held, centre(held, STAR), SNOW)
    assert found.total is None
    assert found.reason
