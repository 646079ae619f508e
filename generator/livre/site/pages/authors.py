"""A page per author, an index by letter, and the people with most papers.

An author is everyone who writes a name the same way, unless `authors.toml` knows better. Who has one paper here has a page in the bare
frame, for that is all there is to say. The ids are `names.author_id`: letters,
digits and hyphens. The pages of the index have an underscore in their address, so no author
can ever claim one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ...analyse import counts
from ...model import Page
from ...names import slug
from .. import bare
from .timeline import stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...model import Paper
    from .review import Review

_COAUTHORS, _CATEGORIES, _MOST = 12, 6, 90
_PER_PAGE = 600
_CHARTED = 3
"""So many papers or more are drawn over the years."""


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


def called(who: str, review: Review) -> str:
    """The name of an author: the one that people gave, or the form that is used most."""
    person = review.kept.identities.persons.get(who)
    return person.name if person else str(review.authors[who].name) if who in review.authors else who


def _author(author: counts.Author, review: Review) -> dict[str, Any]:
    others = counts.coauthors(author, review.who)
    filed = Counter(c for p in author.papers for c in review.filed[p.key])
    ranked = sorted(others.items(), key=lambda o: (-o[1], o[0]))[:_COAUTHORS] if others else []
    known = review.kept.identities
    name = called(author.id, review)
    drawn = author.papers if len(author.papers) >= _CHARTED else ()
    return {
        "name": name,
        "person": known.persons.get(author.id),
        "parted": [(who, called(who, review)) for who in known.parted(author.id) if who in review.authors],
        "names": [str(n) for n in author.names if str(n) != name],
        "papers": review.list(author.papers),
        "coauthors": [(called(who, review), who, n) for who, n in ranked],
        "categories": [(review.chips[c], n) for c, n in filed.most_common(_CATEGORIES)],
        **_over_time(drawn, review),
    }


def _over_time(papers: Sequence[Paper], review: Review) -> dict[str, Any]:
    """The counted papers by year and lane, as a chart and as its table; no chart where fewer than two years are known."""
    papers = [p for p in papers if not p.background]  # a year of background papers alone has no page
    years = sorted({p.date[:4] for p in papers if p.date})
    if len(years) < 2:  # noqa: PLR2004 - one column shows no course
        return {"chart": None, "legend": (), "table": None}
    over = tuple(f"{y:04d}" for y in range(int(years[0]), int(years[-1]) + 1))
    return {"chart": review.chart(papers, over, height=150), "legend": review.legend(papers), "table": stacked(over, papers, review)}


def _single(author: counts.Author, review: Review, letters: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {"name": str(author.name), "papers": review.list(author.papers), "letter": letters[author.id], "persons": ()}


def _former(review: Review) -> Iterator[Page]:
    """The addresses of names that people have joined to others, or shared out: they lead on."""
    known = review.kept.identities
    forms = known.everywhere.keys() | {form for _, form in known.on_paper}
    for form in sorted(forms - review.authors.keys()):
        persons = [(who, called(who, review)) for who in known.parted(form) if who in review.authors]
        if persons:
            context = {"name": ", ".join(sorted({name for _, name in persons})), "papers": (), "letter": ("", ""), "persons": persons}
            yield Page(path=f"authors/{form}/", template="name.html", family=bare.FAMILY, context=context)


def pages(review: Review) -> Iterator[Page]:
    """`/authors/<id>/` for everyone, and the pages of the index."""
    letters = index(review)
    places = {
        who: (piece_span, path)
        for letter, names in letters.items()
        for path, piece_span, piece in _pieces(letter, names)
        for _, who, _ in piece
    }
    for author in review.authors.values():
        path = f"authors/{author.id}/"
        if len(author.papers) == 1 and author.id not in review.kept.identities.persons:
            yield Page(path=path, template="name.html", family=bare.FAMILY, context=_single(author, review, places))
        else:
            yield Page(path=path, template="author.html", family="authors", context=_author(author, review))
    yield from _former(review)
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
        "most": [(called(a.id, review), a.id, n) for a, n in most],
    }
