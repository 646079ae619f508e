"""The taxonomy: ids are URLs and unique, facets and parents exist, and every mistake has a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import scope, taxonomy
from livre.errors import BadData

if TYPE_CHECKING:
    from livre.taxonomy import Taxonomy

REFERENCE = Path(__file__).parents[1] / "bib"

SMALL = """\
[[facets]]
id = "beast"
title = "Beasts"
definition = "Who."

[[facets]]
id = "place"
title = "Places"
definition = "Where."
share = 0.5

[terms]
fire = ["fire*", "!fire brigade"]

[[categories]]
id = "caves"
facet = "place"
title = "Caves"
definition = "Dark places."
terms = ["cave*"]

[[categories]]
id = "dragons"
facet = "beast"
title = "Dragons"
definition = "Large ones."
strong = ["dragon*"]
weak = ["@fire"]

[[categories]]
id = "wyrms"
facet = "beast"
title = "Wyrms"
definition = "Dragons without legs."
parent = "dragons"
aliases = ["worm"]
all = [["legless"], ["dragon*"]]
none = ["lizard"]
"""


def load(tmp_path: Path, text: str) -> Taxonomy:
    (tmp_path / "taxonomy.toml").write_text(text)
    return taxonomy.load(tmp_path / "taxonomy.toml")


def test_categories_stand_in_the_order_of_the_facets(tmp_path: Path):
    small = load(tmp_path, SMALL)
    assert list(small.categories) == ["dragons", "wyrms", "caves"]
    assert [c.id for c in small.of("beast")] == ["dragons", "wyrms"]
    assert small.categories["wyrms"].parent == "dragons"
    assert small.categories["dragons"].weights == {"dragon*": 3.0, "fire*": 1 / 3}
    assert small.categories["dragons"].veto == {"fire brigade"}


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ('facet = "place"', 'facet = "places"', 17, "no facet 'places'; did you mean 'place'?"),
        ('parent = "dragons"', 'parent = "dragon"', 35, "no category 'dragon'; did you mean 'dragons'?"),
        ('parent = "dragons"', 'parent = "caves"', 35, "is of another facet"),
        ('parent = "dragons"', 'parent = "wyrms"', 35, "it is this category, or has a parent itself"),
        ('id = "wyrms"', 'id = "caves"', 31, "the id 'caves' is taken"),
        ('id = "place"', 'id = "beast"', 7, "the id 'beast' is taken"),
        ('id = "caves"', 'id = "Caves"', 16, "expected lower-case letters, digits and single hyphens"),
        ('terms = ["cave*"]', "", 15, "nothing can be filed under 'caves'"),
        ('terms = ["cave*"]', 'terms = ["cave*", "c*"]', 20, "two letters"),
        ('weak = ["@fire"]', 'weak = ["@fir"]', 28, "no group 'fir' in [terms]; did you mean @fire?"),
        ("strong =", "stong =", 27, "unknown key 'stong'; did you mean 'strong'?"),
        ("share = 0.5", "share = 5", 10, "share: expected a number <= 1.0"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(tmp_path: Path, old: str, new: str, line: int, complaint: str):
    assert old in SMALL
    with pytest.raises(BadData) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))
    found = str(caught.value).splitlines()
    assert any(f.startswith(f"bib/taxonomy.toml:{line}: ") and complaint in f for f in found), found


def test_a_taxonomy_without_anything_is_refused(tmp_path: Path):
    with pytest.raises(BadData, match="at least one"):
        load(tmp_path, "facets = []\ncategories = []\n")


def test_the_reference_taxonomy_has_what_the_review_promises():
    reference = taxonomy.load(REFERENCE / "taxonomy.toml")
    assert [f.id for f in reference.facets] == ["model", "domain", "task", "kind"]
    assert {"llm", "vision", "vlm", "lmm", "sequence", "molecule"} <= {c.id for c in reference.of("model")}
    assert {"dermatology", "radiology", "pathology", "ophthalmology", "medical-imaging", "computational-biology", "drug-discovery"} <= {
        c.id for c in reference.of("domain")
    }
    assert {"clinical-informatics", "public-health", "general-medicine"} <= {c.id for c in reference.of("domain")}
    assert {"models", "datasets", "benchmarks", "evaluations", "applications", "surveys", "perspectives"} == {
        c.id for c in reference.of("kind")
    }
    assert not {f.id for f in reference.facets} & set(reference.categories)
    assert not {c.id for c in scope.load(REFERENCE / "scope.toml").criteria} & {t.id for t in scope.load(REFERENCE / "scope.toml").topics}
