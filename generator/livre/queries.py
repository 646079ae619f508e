"""A topic as arXiv's API is asked for it: `search_query` strings that fit into a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from .terms import either, searched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .scope import Topic

LONGEST_QUERY = 6_000
"""Characters as they stand in a URL; servers tend to refuse a request line of more than 8,000."""


def _search(lists: Iterable[Iterable[str]], topic: Topic) -> str:
    """A search for one term of each list, in the classes of the topic, without what it excludes."""
    parts = [f"({either(terms)})" for terms in lists]
    if topic.classes:
        parts.append(f"({' OR '.join(f'cat:{c}' if '.' in c else f'cat:{c}*' for c in topic.classes)})")
    out = " AND ".join(parts)
    none = either(sorted(t for t in topic.none.terms if " " in t and "*" not in t and not t.startswith("=")))
    return f"{out} ANDNOT ({none})" if none else out


def query(topic: Topic) -> str:
    """A topic as a `search_query` of arXiv's API, for back-fill.

    It finds at least what the topic matches here, and more, for arXiv knows no case and counts no
    evidence; what comes back is matched again. Terms that begin with a star cannot be searched for.
    Only phrases of whole words are excluded there (ANDNOT): anything else would take too much away.
    """
    return _search(map(searched, topic.all), topic)


def queries(topic: Topic) -> tuple[str, ...]:
    """`query`, cut into searches of at most `LONGEST_QUERY` by halving the longest OR as often as it takes."""

    def cut(lists: list[list[str]]) -> Iterator[str]:
        whole = _search(lists, topic)
        at = max(range(len(lists)), key=lambda i: len(either(lists[i])))
        if len(quote_plus(whole)) <= LONGEST_QUERY or len(lists[at]) == 1:
            yield whole
            return
        middle = len(lists[at]) // 2
        for half in (lists[at][:middle], lists[at][middle:]):
            yield from cut([*lists[:at], half, *lists[at + 1 :]])

    return tuple(cut([searched(any_of) for any_of in topic.all]))
