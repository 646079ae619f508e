"""Communities of fabricated papers: found, named, and stable when papers are added."""

from __future__ import annotations

import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from digraphs import digraphs, paper
from livre.analyse.communities import Community, assigned, communities, renamed
from livre.analyse.graph import CitationGraph, louvain
from livre.analyse.words import telling

if TYPE_CHECKING:
    from livre.model import Paper

LANES = {"d": "dragon", "g": "griffin", "u": "unicorn"}


def corpus(size: int = 12) -> tuple[list[Paper], list[tuple[str, str]]]:
    """Three circles of papers about three beasts, all citing their own kind and few others; the first of each is cited by all."""
    papers = [
        paper(f"{k}{n:02}", f"2097-{n % 12 + 1:02}", title=f"The {beast} in view {n}") for k, beast in LANES.items() for n in range(size)
    ]
    citations = [(f"{k}{b:02}", f"{k}{a:02}") for k in LANES for a, b in combinations(range(size), 2) if a == 0 or (a + b) % 3 == 0]
    return papers, [*citations, ("d05", "g00"), ("g05", "u00"), ("u05", "d00")]


def found(papers, citations, **more) -> tuple[Community, ...]:
    return communities(CitationGraph.of(papers, citations), papers, **more)


def test_communities_are_called_by_their_most_cited_paper_and_told_by_their_words():
    groups = found(*corpus())
    assert [c.id for c in groups] == ["d00", "g00", "u00"]
    assert [c.words for c in groups] == [("dragon",), ("griffin",), ("unicorn",)]
    assert all(len(c.members) == 12 and c.members[0] == c.id for c in groups)
    assert all(c.across == 2 and c.inside > 20 for c in groups)


def test_papers_without_citations_and_groups_of_few_are_in_no_community():
    papers, citations = corpus()
    papers += [paper("alone"), *(paper(f"few{n}") for n in range(4))]
    groups = found(papers, [*citations, *((f"few{a}", f"few{b}") for a, b in combinations(range(4), 2)), ("alone", "alone")])
    assert {c.id for c in groups} == {"d00", "g00", "u00"}
    assert "alone" not in assigned(groups)
    assert "few0" not in assigned(groups)


def test_new_papers_join_and_move_no_old_one():
    papers, citations = corpus()
    before = assigned(found(papers, citations, until="2099-01-01"))
    draw = random.Random(1)
    new = [paper(f"n{n:02}", f"2099-{n % 12 + 1:02}-02") for n in range(40)]
    links = [(p.key, draw.choice([*papers, *papers[1:3] * 20]).key) for p in new for _ in range(3)]
    after = assigned(found([*papers, *new], [*citations, *links], until="2099-01-01"))
    assert {k: after[k] for k in before} == before
    assert {p.key for p in new} <= after.keys()


def test_a_new_paper_joins_where_most_of_its_links_lead_even_through_another_new_one():
    papers, citations = corpus()
    new = [paper("n0", "2099-02"), paper("n1", "2099-01"), paper("n2", "2099-01")]
    links = [("n0", "g01"), ("n0", "g02"), ("n0", "d01"), ("n1", "n0"), ("n2", "n2")]
    of = assigned(found([*papers, *new], [*citations, *links], until="2099-01-01"))
    assert of["n0"] == of["n1"] == "g00"
    assert "n2" not in of


def test_a_community_keeps_the_name_it_had_where_most_of_it_stays():
    papers, citations = corpus()
    old = {"d00": "was-dragons", **{f"d{n:02}": "was-dragons" for n in range(9)}, **{f"g{n:02}": "was-griffins" for n in range(3)}}
    groups = found(papers, citations)
    assert renamed(groups, old) == {"d00": "was-dragons", "g00": "g00", "u00": "u00"}
    assert renamed(groups, assigned(groups)) == {c.id: c.id for c in groups}


def test_an_old_name_is_given_once():
    one, other = (Community(id=i, words=(), members=(i, i + "x"), inside=1, across=0) for i in "ab")
    assert renamed((one, other), {"a": "old", "ax": "old", "b": "old", "bx": "old"}) == {"a": "old", "b": "b"}


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([], ()),
        ([[]], ((),)),
        ([["the of and", "the of and"]], ((),)),
        ([["Black holes again", "A black hole"], ["The lattice", "lattice gauge", "black box"]], (("black hole",), ("lattice",))),
        ([["Galaxies", "Galaxy", "Galaxy"], ["other words", "words"]], (("galaxy",), ("word",))),
        ([["$\\mathcal{N}=2$ skin-lesion", "skin lesion skin"], ["nothing of it"]], (("skin lesion",), ())),
    ],
)
def test_telling_words_need_two_titles_and_repeat_nothing(groups, words):
    told = telling(groups)
    assert len(told) == len(words)
    for of, expected in zip(told, words, strict=True):
        assert [w.replace("-", " ").removesuffix("s") for w in of][: len(expected)] == list(expected)
        assert bool(of) == bool(expected)


def test_louvain_finds_nothing_in_nothing_and_weighs_what_comes_twice():
    assert louvain([], seed=0) == ()
    two = [(0, 1), (1, 0), (2, 3), (3, 2), (1, 2)]
    assert louvain(two, seed=0) == ((0, 1), (2, 3))


@given(digraphs(most=12))
def test_every_paper_is_in_one_community_at_most_and_order_changes_nothing(drawn):
    papers, citations = drawn
    groups = found(papers, citations, smallest=2, until="2098-06-15")
    members = [key for c in groups for key in c.members]
    assert len(members) == len(set(members))
    assert all(c.id in c.members for c in groups)
    assert sum(c.inside for c in groups) <= len({(a, b) for a, b in citations if a != b})
    assert found(papers[::-1], citations[::-1], smallest=2, until="2098-06-15") == groups
