"""One question to a source that answers in JSON, read strictly: an answer of the right shape, or a typed error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar

from ..errors import Malformed, Throttled
from ..harvest.transport import Rejected
from ..model import Identifier
from . import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..harvest.transport import Transport

UNKNOWN: Final = "unknown: it does not know this work"
EMPTY: Final = "empty: it lists no references of this work"
"""Sources that have not read a list say the same as of a work without references, so this proves nothing."""

_NOT_THERE = frozenset({404, 410})
_NO_ENTRY = frozenset({401, 402})

_Kind = TypeVar("_Kind", str, int, list, dict)  # type: ignore[type-arg]  # what is in a list or an object is looked at one by one


class NotKnown(Exception):
    """The source answers, and has nothing under this name."""


def ask(
    door: Transport, url: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None, post: object = None
) -> object:
    """What the source answers. NotKnown if there is nothing under this address (HTTP 404 or 410, whatever its body), SourceErrors."""
    try:
        body = door.get(
            url,
            params,
            headers={"Accept": "application/json", **(headers or {})},
            post=json.dumps(post).encode() if post is not None else None,
        )
    except Rejected as error:
        if error.status in _NOT_THERE:
            raise NotKnown from None
        if error.status in _NO_ENTRY:
            raise Throttled(f"{error}: is the key right, and is its budget not spent?") from None
        raise
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed(f"the answer is not JSON: it begins with {body[:40]!r}") from None


def part(record: object, name: str, kind: type[_Kind]) -> _Kind | None:
    """What stands under this name in an object; None where nothing does, or null. Malformed when it is of another kind."""
    if not isinstance(record, dict):
        raise Malformed(f"{name} was looked for in {type(record).__name__}, which is no object")
    value = record.get(name)
    if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    raise Malformed(f"{name} is {type(value).__name__} where {kind.__name__} was expected")


def identifiers(texts: Iterable[str | None]) -> tuple[Identifier, ...]:
    """The identifiers among these texts, sorted, each once; what is none is passed over."""
    found = set()
    for text in texts:
        try:
            found.add(Identifier.parse(text or ""))
        except ValueError:
            continue
    return tuple(sorted(found))


def dois(names: Iterable[Identifier]) -> list[str]:
    """The DOIs of a paper: its publisher's first, whose records have more citations, then the one that arXiv gives."""
    known = list(names)
    return [i.value for i in known if i.scheme == "doi"] + [f"10.48550/arXiv.{i.value}" for i in known if i.scheme == "arxiv"]


def outcome(given: int, count: int) -> str:
    """How a source's list of `given` references ended that says it has `count`."""
    if given < count:
        return f"partial: it shows {given} of {count} references"
    return COMPLETE if count else EMPTY
