"""The page where a reader makes a contribution: what can be asked, filed and corrected, for a form that a script fills in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...appeal import contribution, opened
from ...model import Identifier
from ...rulings import CORRECTABLE, LONGEST_REASON
from .why import FOLDER

if TYPE_CHECKING:
    from .review import Review

PATH = "submit/"
"""Where the page is; other pages lead there with `?id=…&action=…&field=…&value=…`."""

_FIELDS = {
    "title": ("Title", "", False),
    "author": ("Authors", "One a line, as Family, Given", True),
    "date": ("Date", "2025-03-14, 2025-03 or 2025", False),
    "journaltitle": ("Published in", "Journal or conference", False),
    "doi": ("DOI of the publication", "It is added; none that is known goes", True),
    "code": ("Code", "Addresses, one a line", True),
    "weights": ("Weights", "Addresses, one a line", True),
}
"""Field → what it is called, how it is written, and whether it may have several lines."""

_EXAMPLE = "arxiv-2507-05020.toml"


def fragment(review: Review) -> dict[str, Any]:
    """What stands at `/submit/`."""
    scope, taxonomy = review.scope, review.taxonomy
    first = taxonomy.facets[0].id
    chosen = {first: [c.id for c in taxonomy.of(first)[:1]]}
    example = contribution(Identifier("arxiv", "2507.05020"), "include", reason="say here in one line why", chosen=chosen)
    new_file = opened(f"bib/inbox/{_EXAMPLE}", example, repository=scope.repository)
    home = scope.repository.rstrip("/").removesuffix(".git")
    return {
        "folder": FOLDER,
        "repository": scope.repository,
        "facets": [(f, [(c, c.parent) for c in taxonomy.of(f.id)]) for f in taxonomy.facets],
        "fields": [(name, *_FIELDS[name]) for name in CORRECTABLE],
        "longest": LONGEST_REASON,
        "name": _EXAMPLE,
        "example": example,
        "new_file": new_file,
        "issue": f"{home}/issues/new?template=paper.yml" if new_file.startswith("https://github.com/") else "",
        "why": "why/" in review.chapters,
    }
