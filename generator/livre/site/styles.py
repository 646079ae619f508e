"""A paper as a line of a reference list, in the two styles that medicine asks for.

APA: Publication Manual of the American Psychological Association, 7th edition, chapters 9 and 10. Vancouver: Citing Medicine, 2nd
edition, of the National Library of Medicine, preprints as PubMed prints them. Plain text, so without italics; titles and journals as
they are written, since nobody can give a title back its sentence case, nor a journal its abbreviation, without guessing.
Pages let assets/cite.js write them, from the same facts, so that each weighs less; here they are written for crowds, whose facts
are not all in the page, and as the measure of the script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..latex import plain
from .csl import printed

if TYPE_CHECKING:
    from ..model import Name, Paper

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_APA_MOST, _VANCOUVER_MOST = 20, 6
_ENDS = (".", "?", "!", "…")


def _ended(text: str) -> str:
    """The text with a full stop, unless it ends with a sign that ends a sentence."""
    return text if text.endswith(_ENDS) else f"{text}."


def _doi(paper: Paper) -> str:
    """What names the work for ever: its DOI, arXiv's own for a preprint."""
    return paper.identifier("doi") or f"10.48550/arXiv.{paper.identifier('arxiv')}"


def _initials(given: str) -> str:
    """`Jean-Paul A` as APA has it: `J.-P. A.`"""
    return " ".join("-".join(f"{part[0].upper()}." for part in piece.split("-") if part) for piece in given.replace(".", ". ").split())


def _apa_name(name: Name) -> str:
    return plain(", ".join(part for part in (name.family, _initials(name.given), name.suffix) if part))


def _apa_names(names: tuple[Name, ...]) -> str:
    """All of up to twenty; of more, nineteen and the last."""
    of = [_apa_name(name) for name in names]
    if len(of) > _APA_MOST:
        return f"{', '.join(of[: _APA_MOST - 1])}, . . . {of[-1]}"
    if len(of) < 2:  # noqa: PLR2004 - one needs no ampersand
        return "".join(of)
    return f"{', '.join(of[:-1])}, & {of[-1]}"


def apa(paper: Paper) -> str:
    """The reference in APA style; a work without authors begins with its title."""
    names, title, when = _apa_names(paper.authors), plain(paper.title), f"({paper.date[:4] or 'n.d.'})."
    own = printed(paper)
    volume = own.get("volume", "") + (f"({own['issue']})" if "issue" in own and "volume" in own else "")
    pages = own.get("page", "").replace("-", "\N{EN DASH}")
    where = ", ".join(part for part in (plain(paper.journal), volume, pages) if part) if paper.journal else ""
    where = where or ("arXiv" if paper.identifier("arxiv") else "")
    head = f"{_ended(names)} {when} {_ended(title)}" if names else f"{_ended(title)} {when}"
    return " ".join(part for part in (head, _ended(where) if where else "", f"https://doi.org/{_doi(paper)}") if part)


def _vancouver_name(name: Name) -> str:
    """`Halpern SD`; at most two initials, the suffix last and without its full stop."""
    letters = "".join(part[0].upper() for part in re.split(r"[\s.-]+", name.given) if part)[:2]
    return plain(" ".join(part for part in (name.family, letters, name.suffix.rstrip(".")) if part))


def _vancouver_date(date: str) -> str:
    """`2002 Jul 25`, as far as it is known."""
    year, month, day = (*date.split("-"), "", "")[:3]
    return " ".join(part for part in (year, _MONTHS[int(month) - 1][:3] if month else "", day.lstrip("0")) if part)


def vancouver(paper: Paper) -> str:
    """The reference in Vancouver style, with the first six authors of more."""
    names = [_vancouver_name(name) for name in paper.authors]
    who = ", ".join([*names[:_VANCOUVER_MOST], *(["et al"] if len(names) > _VANCOUVER_MOST else [])])
    arxiv, own = paper.identifier("arxiv"), printed(paper)
    when = _vancouver_date(paper.date)
    if paper.journal:
        place = own.get("volume", "") + (f"({own['issue']})" if "issue" in own and "volume" in own else "")
        pages = f":{own['page']}" if "page" in own else ""
        where = f"{_ended(plain(paper.journal))} {when}{f';{place}' if place else ''}{pages}."
    elif arxiv:
        where = f"arXiv [Preprint]. {when}{':' if when else ''}arXiv:{arxiv}."
    else:
        where = f"{when}." if when else ""
    return " ".join(part for part in (_ended(who) if who else "", _ended(plain(paper.title)), where, f"doi: {_doi(paper)}.") if part)
