"""The scope: read whole or refused whole, and its topics as searches that arXiv understands."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from livre import queries, scope, taxonomy
from livre.errors import BadData
from livre.model import Status
from livre.queries import LONGEST_QUERY
from livre.scope import Topic
from livre.terms import NOTHING, AnyOf, Terms, expand

REFERENCE = Path(__file__).parents[1] / "bib" / "scope.toml"

SMALL = """\
title = "Dragons"
description = "A review of dragons."

[[curators]]
name = "Ada Example"

[harvest]
sets = ["cs", "q-bio"]
since = "2099-01-01"

[terms]
dragons = ["dragon*", "!dragonfruit*"]
caves = ["cave*"]

[[topics]]
id = "dragons"
title = "Dragons in caves"
all = [["@dragons", "wyrm*"], ["@caves"]]

[[criteria]]
id = "withdrawn"
kind = "exclude"
title = "Withdrawn"
text = "Withdrawn works are left out."
status = ["withdrawn"]

[[criteria]]
id = "dragon"
kind = "require"
title = "A dragon"
text = "There is a dragon."
all = [["@dragons"]]
hints = ["scales"]
"""


def load(tmp_path: Path, text: str) -> scope.Scope:
    (tmp_path / "scope.toml").write_text(text)
    return scope.load(tmp_path / "scope.toml")


def complaints(tmp_path: Path, old: str, new: str) -> list[str]:
    assert old in SMALL
    with pytest.raises(BadData) as caught:
        load(tmp_path, SMALL.replace(old, new))
    return str(caught.value).splitlines()


def topic(*every: list[str], none: tuple[str, ...] = (), classes: tuple[str, ...] = ()) -> Topic:
    return Topic(id="t", title="T", all=tuple(expand(e, {}) for e in every), none=expand(none, {}), classes=classes)


def test_a_small_scope_is_all_that_a_review_needs(tmp_path: Path):
    small = load(tmp_path, SMALL)
    assert (small.title, small.language, small.repository, small.stale_after) == ("Dragons", "en", "", 3)
    assert small.harvest.sets == ("cs", "q-bio")
    assert small.topics[0].all == (AnyOf(frozenset({"dragon*", "wyrm*"}), frozenset({"dragonfruit*"})), AnyOf(frozenset({"cave*"})))
    assert small.criteria[0].status == (Status.WITHDRAWN,)
    assert small.criteria[1].enough == small.evidence.enough
    assert small.criteria[1].none == NOTHING


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("sets = [", "set = [", 8, "unknown key 'set'; did you mean 'sets'?"),
        ('sets = ["cs", "q-bio"]', "sets = []", 8, "name at least one set of arXiv"),
        ('kind = "require"', 'kind = "required"', 29, "did you mean 'require'?"),
        ('kind = "require"', 'kind = "exclude"', 20, "needs at least one criterion with kind"),
        ('"@caves"', '"@cave"', 18, "no group 'cave' in [terms]; did you mean @caves?"),
        ('["cave*"]', '["cave**"]', 13, "'cave**' is no term"),
        ('["cave*"]', '["@caves"]', 13, "caves → caves name each other in a ring"),
        ("all = [[", "all = [[], [", 18, "an empty list can never be found"),
        ('all = [["@dragons", ', 'title_alone = [["beast"]]\nall = [["@dragons", ', 18, "2 lists in `all` need 2 here"),
        ("all = [[", 'all = [["*wyrm"], [', 18, "does not begin with a star"),
        ('all = [["@dragons", "wyrm*"], ["@caves"]]', "all = []", 18, "would match everything"),
        ('status = ["withdrawn"]', "", 20, "needs either `all` or `status`"),
        ('status = ["withdrawn"]', 'status = ["gone"]', 25, "'gone' is not allowed here"),
        ('id = "dragon"', 'id = "withdrawn"', 28, "the id 'withdrawn' is taken"),
        ('since = "2099-01-01"', 'since = "soon"', 9, "expected a day in quotes"),
        ('since = "2099-01-01"', 'since = "2099-02-31"', 9, "2099-02-31 is a day that no calendar has"),
        ('title = "Dragons"', 'title = ""', 1, "title: expected a text in quotes that is not empty"),
        ('name = "Ada Example"', "", 4, "the key 'name' is missing in curators.0; add it"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(tmp_path: Path, old: str, new: str, line: int, complaint: str):
    found = complaints(tmp_path, old, new)
    assert any(f.startswith(f"bib/scope.toml:{line}: ") and complaint in f for f in found), found


def test_all_mistakes_come_at_once(tmp_path: Path):
    found = complaints(tmp_path, 'hints = ["scales"]', 'hints = ["s*", "@nobody"]\nnone = ["(*)"]')
    assert len(found) == 3


def test_a_query_quotes_phrases_and_leaves_stems_bare():
    assert queries.query(topic(["skin lesion*", "derm", "=SAM"], ["vision-language", "x ray*"])) == (
        "(ti:SAM OR abs:SAM OR ti:derm OR abs:derm OR (ti:skin AND ti:lesion*) OR (abs:skin AND abs:lesion*))"
        ' AND ((ti:x AND ti:ray*) OR (abs:x AND abs:ray*) OR ti:"vision language" OR abs:"vision language")'
    )


def test_a_query_asks_for_classes_and_excludes_only_what_is_safe_to_exclude():
    asked = queries.query(topic(["dragon*"], none=("bearded dragon", "komodo*", "=LIZARD", "newt"), classes=("q-bio", "cs.CV")))
    assert asked == ('(ti:dragon* OR abs:dragon*) AND (cat:q-bio* OR cat:cs.CV) ANDNOT (ti:"bearded dragon" OR abs:"bearded dragon")')


def test_a_query_leaves_out_what_a_wider_term_finds_and_what_arxiv_cannot_search_for():
    asked = queries.query(topic(["large language model*", "language model*", "language models", "LLM*", "=LLMs", "*LLM"]))
    assert asked == "(ti:LLM* OR abs:LLM* OR (ti:language AND ti:model*) OR (abs:language AND abs:model*))"


def test_a_long_topic_is_cut_into_searches_that_fit_and_lose_nothing():
    left, right = [f"left{n:03}" for n in range(300)], [f"right{n:03}" for n in range(40)]
    long = topic(left, right)
    parts = queries.queries(long)
    assert len(parts) > 1
    assert all(len(quote_plus(q)) <= LONGEST_QUERY for q in parts)
    pairs = {(a, b) for q in parts for a in re.findall(r"ti:(left\d+)", q) for b in re.findall(r"ti:(right\d+)", q)}
    assert pairs == {(a, b) for a in left for b in right}
    assert queries.queries(topic(["dragon*"])) == ("(ti:dragon* OR abs:dragon*)",)


def test_the_examples_of_the_guide_are_true(tmp_path: Path):
    guide = (REFERENCE.parents[1] / "docs" / "rules.md").read_text()
    blocks = dict(re.findall(r"```toml (\w+)\n(.*?)```", guide, re.DOTALL))
    shown = load(tmp_path, blocks["scope"])
    (tmp_path / "taxonomy.toml").write_text(blocks["taxonomy"])
    assert list(taxonomy.load(tmp_path / "taxonomy.toml").categories) == ["llm", "vlm"]
    assert shown.evidence == scope.Evidence()
    for term, finds, not_finds in re.findall(r'^\| `"([^@!`]+)"` \| (.+?) \| (.+?) \|$', guide, re.MULTILINE):
        assert all(Terms([term]).find(words, "title") for words in finds.split(", ")), term
        assert not any(Terms([term]).find(words, "title") for words in not_finds.split(", ")), term


def test_the_reference_review_has_a_sound_scope():
    reference = scope.load(REFERENCE)
    assert {c.kind for c in reference.criteria} == {"require", "exclude"}
    for one in reference.topics:
        assert all(len(quote_plus(q)) <= LONGEST_QUERY for q in queries.queries(one))
        assert queries.query(one).count("(") == queries.query(one).count(")")
