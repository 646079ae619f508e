"""The few identities that a machine cannot guess, as people write them in `bib/authors.toml`: who writes several names, who shares one.

Without an entry an author is everyone who writes a name the same way, and the site says so; only an entry can claim a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import names, toml
from .latex import encode, normal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .model import Name, Paper

FILE = "authors.toml"
"""Where they are, under bib/."""
_ORCID = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")


class Person(toml.Table, frozen=True, kw_only=True):
    """One person: the id of the page, the name on it, the ORCID, the forms of the name, and the papers, if not all that bear them."""

    id: toml.Slug
    name: toml.Text
    names: tuple[toml.Text, ...] = ()
    orcid: str = ""
    papers: tuple[toml.Text, ...] = ()


class _File(toml.Table, frozen=True, kw_only=True):
    authors: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Persons by id; who writes a form (by its id), everywhere or on one paper."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    everywhere: Mapping[str, str] = field(default_factory=dict)
    on_paper: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, paper: Paper, form: str) -> str:
        """The id of the author who writes the name with this id on this paper."""
        return self.on_paper.get((paper.key, form)) or self.everywhere.get(form, form)

    def parted(self, form: str) -> tuple[str, ...]:
        """The persons who write the name with this id, where people said so."""
        told = {who for (_, one), who in self.on_paper.items() if one == form} | {self.everywhere.get(form, form)}
        return tuple(sorted(told - {form}))


NOBODY = Identities()


def orcid(text: str) -> str:
    """An ORCID in its one form; ValueError when it is none: the last sign is a checksum (ISO 7064 MOD 11-2)."""
    text = text.strip().removeprefix("https://orcid.org/")
    total = 0
    for digit in text[:-1].replace("-", "") if _ORCID.fullmatch(text) else "":
        total = (total + int(digit)) * 2
    if not total or "0123456789X"[(12 - total % 11) % 11] != text[-1]:
        raise ValueError(f"{text!r} is no ORCID: write one such as 0000-0002-1825-0097, whose last sign fits the others")
    return text


def _form(text: str) -> Name:
    """A name as people write it, `Given Family` or `Family, Given`; ValueError when it is not one name."""
    found = names.read(encode(normal(text)))
    if len(found) != 1:
        raise ValueError(f"{text!r} is not one name: write Family, Given")
    return found[0]


def load(bib: Path, papers: Collection[str]) -> Identities:
    """The identities of a review whose papers have these keys; none where there is no file. BadData says file, line and what to do."""
    if not (bib / FILE).exists():
        return NOBODY
    shown = f"bib/{FILE}"
    file, locate = toml.read(bib / FILE, _File, shown=shown)
    wrong = toml.Faults(shown, locate, "authors")
    wrong.unique((p.id for p in file.authors), "authors")
    everywhere: dict[str, str] = {}
    on_paper: dict[tuple[str, str], str] = {}
    for i, person in enumerate(file.authors):
        for key in person.papers:
            if key not in papers:
                wrong(f"no paper has the key {key!r}; {toml.nearest(key, papers)}", "authors", i, "papers")
        try:
            forms = [names.author_id(_form(text)) for text in (person.name, *person.names)]
            if person.orcid:
                orcid(person.orcid)
        except ValueError as error:
            wrong(str(error), "authors", i)
            continue
        for form in dict.fromkeys(forms):
            others = {on_paper.setdefault((key, form), person.id) for key in person.papers}
            if not person.papers:
                others.add(everywhere.setdefault(form, person.id))
            for other in sorted(others - {person.id}):
                wrong(f"{person.id!r} and {other!r} both write {form!r}: say on which papers each does", "authors", i)
    wrong.refuse()
    return Identities(persons={p.id: p for p in file.authors}, everywhere=everywhere, on_paper=on_paper)
