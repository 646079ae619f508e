"""What makes a release citable: CITATION.cff for people and reference managers, .zenodo.json for the archive that gives it a DOI.

CITATION.cff is YAML, and every JSON string is one of YAML's: https://citation-file-format.github.io, version 1.2.0. Zenodo refuses a
.zenodo.json with a word it does not know, and then archives nothing without telling: https://developers.zenodo.org.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .scope import Scope

CFF, ZENODO = "CITATION.cff", ".zenodo.json"
LICENCE = "CC0-1.0"
"""Of bibliographic facts, which nobody owns."""
_UNSAFE = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_MESSAGE = "If you use this review, please cite the release or the commit that you used."
_KEYWORDS = ("living literature review", "bibliography", "citation graph")


def _quoted(value: Any) -> str:
    """A JSON string that YAML reads as the same text: what it would fold or refuse is written as an escape."""
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False))


def _lines(values: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, list):
            yield f"{indent}{name}:"
            for one in value:
                if isinstance(one, dict):
                    first, *rest = _lines(one, f"{indent}    ")
                    yield f"{indent}  - {first.strip()}"
                    yield from rest
                else:
                    yield f"{indent}  - {_quoted(one)}"
        else:
            yield f"{indent}{name}: {_quoted(value)}"


def cff(scope: Scope, *, version: str = "", day: str = "", commit: str = "", url: str = "") -> bytes:
    """CITATION.cff of the review, or of one of its releases; what is '' is left out. `day` is an ISO date, `url` the site's address."""
    curators = [{"name": c.name} | ({"website": c.url} if c.url.startswith(("https://", "http://")) else {}) for c in scope.curators]
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": scope.title,
        "abstract": scope.description,
        "authors": curators or [{"name": scope.title}],
        "keywords": list(_KEYWORDS),
        "license": LICENCE,
        "version": version,
        "date-released": day,
        "commit": commit,
        "url": url,
        "repository-code": scope.repository,
    }
    return ("\n".join(_lines({name: value for name, value in values.items() if value})) + "\n").encode()


def zenodo(scope: Scope, *, version: str = "", day: str = "", url: str = "") -> bytes:
    """.zenodo.json of the review, or of one of its releases; what is '' is left out."""
    related = [
        {"identifier": address, "relation": relation, "resource_type": "other", "scheme": "url"}
        for address, relation in ((url, "isDescribedBy"), (scope.repository, "isDerivedFrom"))
        if address
    ]
    values: dict[str, Any] = {
        "upload_type": "dataset",
        "title": scope.title,
        "description": scope.description,
        "creators": [{"name": c.name} for c in scope.curators] or [{"name": scope.title}],
        "access_right": "open",
        "license": LICENCE.lower(),
        "keywords": list(_KEYWORDS),
        "version": version,
        "publication_date": day,
        "related_identifiers": related,
    }
    return (json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False, indent=2) + "\n").encode()
