"""A page per author, an index by letter, and the people with most papers.

An author is everyone who writes a name the same way. The ids are `names.author_id`: letters,
digits and hyphens. The pages of the index have an underscore in their address, so no author
can ever claim one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ...analyse import counts
from ...model import Page
from ...names import slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .review import Review

_COAUTHORS, _CATEGORIES, _MOST = 12, 6, 90
_PER_PAGE = 600


def _letter(key: str) -> str:
    return key[0] if key[:1].isalpha() else "0"


def index(review: Review) -> dict[str, list[tuple[str, str, int]]]:
    """By first letter of the family (`0` for what has none): (family first, id, papers), in order."""
    keyed = []
    for author in review.authors.values():
        n = author.name
        shown = f"{n.family}, {n.given}{f', {n.suffix}' if n.suffix else ''}" if n.given else n.family
        keyed.append((slug(n.family), slug(n.given), author.id, shown, len(author.papers)))
    out: dict[str, list[tuple[str, str, int]]] = {}
    for family, _, who, shown, papers in sorted(keyed):
        out.setdefault(_letter(family), []).append((shown, who, papers))
    return {letter: out[letter] for letter in sorted(out, key=lambda x: (x == "0", x))}


def _pieces(letter: str, names: list[tuple[str, str, int]]) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """(address, first and last name in words, names) of each page that a letter needs, all about as long."""
    pages = -(-len(names) // _PER_PAGE)
    size = -(-len(names) // pages)
    out = []
    for i in range(pages):
        piece = names[i * size : (i + 1) * size]
        span = f"{piece[0][0].split(',')[0]} to {piece[-1][0].split(',')[0]}"
        out.append((f"authors/letter_{letter}{f'_{i + 1}' if i else ''}/", span, piece))
    return out


def _author(author: counts.Author, review: Review) -> dict[str, Any]:
    others = counts.coauthors(author, review.ids.__getitem__) if len(author.papers) > 1 else Counter[str]()
    filed = Counter(c for p in author.papers for c in review.filed[p.key])
    ranked = sorted(others.items(), key=lambda o: (-o[1], o[0]))[:_COAUTHORS] if others else []
    return {
        "name": str(author.name),
        "names": [str(n) for n in author.names[1:]],
        "papers": review.list(author.papers),
        "coauthors": [(str(review.authors[who].name), who, n) for who, n in ranked],
        "categories": [(review.chips[c], n) for c, n in filed.most_common(_CATEGORIES)],
    }


def pages(review: Review) -> Iterator[Page]:
    """`/authors/<id>/` for everyone, and the pages of the index."""
    for author in review.authors.values():
        yield Page(path=f"authors/{author.id}/", template="author.html", family="authors", context=_author(author, review))
    letters = index(review)
    for letter, names in letters.items():
        pieces = _pieces(letter, names)
        for path, span, piece in pieces:
            yield Page(
                path=path,
                template="letter.html",
                family="authors",
                context={
                    "letter": letter.upper(),
                    "letters": [(x.upper(), f"authors/letter_{x}/", len(of)) for x, of in letters.items()],
                    "total": len(names),
                    "pieces": [(p, s) for p, s, _ in pieces],
                    "span": span,
                    "names": piece,
                },
            )


def fragment(review: Review) -> dict[str, Any]:
    """The index at `/authors/`: the letters, and who has most papers here."""
    counted = [(a, sum(not p.background for p in a.papers)) for a in review.authors.values()]
    most = sorted(((a, n) for a, n in counted if n > 1), key=lambda x: (-x[1], x[0].id))[:_MOST]
    return {
        "total": len(review.authors),
        "background": len(review.authors) - len(review.counted_authors),
        "letters": [(x.upper(), f"authors/letter_{x}/", len(of)) for x, of in index(review).items()],
        "most": [(str(a.name), a.id, n) for a, n in most],
    }
