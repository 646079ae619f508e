"""The register of named models, datasets and benchmarks: what rules find in the papers, as people corrected it.

Two papers that use one name stay two entries, each with its own anchor, until a person joins them: a name alone is no
evidence that two things are one. `bib/models.toml` is the file for people:

    [[models]]                     # corrects what the rules found, or adds what they missed
    paper = "singhal2022large"     # the paper that introduces it, by key
    name = "Med-PaLM"              # as it is shown
    found = "MedPaLM"              # what a rule calls it, where that is something else
    aliases = ["Med PaLM"]
    kind = "model"                 # model, dataset or benchmark
    base = "PaLM"
    parameters = "540B"            # also: training, licence

    [[wrong]]                      # takes a name away
    paper = "example2024study"
    name = "STUDY"
    because = "the name of the clinical trial"
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from . import toml
from .latex import normal, plain
from .names import slug
from .naming import LONGEST, Named, by_ending, looks_named, named
from .traits import Trait, Traits, traits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from .classify import Filing
    from .model import Paper
    from .taxonomy import Taxonomy

FILE = "models.toml"
RESERVED = frozenset({"content", "downloads", "limits", *(f"models-{n}" for n in ("tools", "find", "code", "weights", "count", "table"))})
"""Anchors that the pages of the register need for themselves."""
_UNLIKELY = re.compile(r"[a-z].*[A-Z]|[A-Z]{2}.*[a-z]|\d")
"""What no word of a sentence looks like, be it in capitals: only such a name is looked for in other papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known, and from where: a `person`, a `rule` with the words it read and where they stand, or nobody ('')."""

    text: str = ""
    source: Literal["person", "rule", ""] = ""
    words: str = ""
    where: str = ""


NOTHING = Value()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A named thing: its anchor, its names, what is known of it, and the keys of its first paper and of those that name it later.

    `code` and `weights` are those of the first paper. `modality` and `domains` hold ids of categories, one Value each.
    """

    anchor: str
    name: Value
    paper: str
    kind: Value = NOTHING
    aliases: tuple[str, ...] = ()
    modality: tuple[Value, ...] = ()
    base: Value = NOTHING
    parameters: Value = NOTHING
    training: Value = NOTHING
    domains: tuple[Value, ...] = ()
    code: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    licence: Value = NOTHING
    later: tuple[str, ...] = ()


class _Correction(toml.Table, frozen=True, kw_only=True):
    paper: toml.Text
    name: toml.Text
    found: toml.Text | None = None
    aliases: tuple[toml.Text, ...] = ()
    kind: Literal["model", "dataset", "benchmark", ""] = ""
    base: toml.Text | None = None
    parameters: toml.Text | None = None
    training: toml.Text | None = None
    licence: toml.Text | None = None


class _Wrong(toml.Table, frozen=True, kw_only=True):
    paper: toml.Text
    name: toml.Text
    because: toml.Text


class Corrections(toml.Table, frozen=True, kw_only=True):
    """What people say in `bib/models.toml`."""

    models: tuple[_Correction, ...] = ()
    wrong: tuple[_Wrong, ...] = ()


NONE = Corrections()


def load(bib: Path, papers: Collection[str]) -> Corrections:
    """The corrections of a review whose papers have these keys; none where there is no file. BadData says file, line and what to do."""
    path = bib / FILE
    if not path.exists():
        return NONE
    shown = f"bib/{FILE}"
    file, locate = toml.read(path, Corrections, shown=shown)
    wrong = toml.Faults(shown, locate, "models")
    seen: set[tuple[str, str]] = set()
    entries: list[tuple[str, int, _Correction | _Wrong]] = [("models", i, c) for i, c in enumerate(file.models)]
    entries += [("wrong", i, w) for i, w in enumerate(file.wrong)]
    for table, i, one in entries:
        if one.paper not in papers:
            wrong(f"no paper has the key {one.paper!r}; {toml.nearest(one.paper, papers)}", table, i, "paper")
        found = (one.found if isinstance(one, _Correction) else None) or one.name
        if (one.paper, found.casefold()) in seen:
            wrong(f"{found!r} of {one.paper} stands in this file twice; keep one of the two", table, i, "name")
        seen.add((one.paper, found.casefold()))
        for f in one.__struct_fields__:
            value = getattr(one, f)
            for text in value if isinstance(value, tuple) else (value or "",):
                if normal(text) != text:
                    wrong(f"{f} has invisible or unbalanced characters, or spaces around it: write plain text", table, i, f)
        if len(one.name) > LONGEST * 2:
            wrong(f"the name is too long: at most {LONGEST * 2} characters", table, i, "name")
    wrong.refuse()
    return file


def _rule(trait: Trait | None) -> Value:
    return Value(text=trait.value, source="rule", words=trait.words, where=trait.where) if trait else NOTHING


def _filed(paper: Paper, facet: str, filings: Mapping[str, Filing], taxonomy: Taxonomy) -> tuple[Value, ...]:
    """The categories of a paper in a facet: a person's where people filed it, else with the words that speak for them."""
    own = [c for c in paper.categories if c in taxonomy.categories and taxonomy.categories[c].facet == facet]
    if {facet, "keywords"} & set(paper.curated):
        return tuple(Value(text=c, source="person") for c in own)
    told = [(c, filings[c]) for c in own if c in filings]
    return tuple(Value(text=c, source="rule", words=f.words[0] if f.words else "", where="text") for c, f in told if f.source == "rule")


def _of_paper(paper: Paper) -> Iterator[tuple[Value, Named | None, bool]]:
    """The names of one paper, with what the rules say of each, and whether it is the only one. A person's short title comes first."""
    found = named(paper.title, paper.abstract)
    short = plain(paper.shorttitle)
    known = next((n for n in found if n.name.casefold() == short.casefold()), None)
    if short and not known:
        # The title's own name is what the person called otherwise.
        found = tuple(n for n in found if n.where == "abstract")
    if short:
        yield Value(text=short, source="person"), known or by_ending(short), len(found) <= 1
    for n in found:
        if n is not known:
            yield (
                Value(text=n.name, source="rule", words=n.name, where="title" if n.where == "name" else n.where),
                n,
                len(found) == 1 and not short,
            )


def _entry(paper: Paper, name: Value, n: Named | None, *, alone: bool) -> Registered:
    of = traits(n, paper.title, paper.abstract, paper.comment, alone=alone) if n else Traits()
    return Registered(
        anchor="",
        name=name,
        paper=paper.key,
        kind=Value(text=n.kind, source="rule", words=n.words, where=n.where) if n else NOTHING,
        base=_rule(of.base),
        parameters=_rule(of.parameters),
        training=_rule(of.training),
        licence=_rule(of.licence),
        code=paper.code,
        weights=paper.weights,
    )


def _said(entry: Registered, c: _Correction) -> Registered:
    """An entry as a person corrected it: what they say nothing of stays."""
    by_hand = {f: Value(text=v, source="person") for f in ("kind", "base", "parameters", "training", "licence") if (v := getattr(c, f))}
    return replace(entry, name=Value(text=c.name, source="person"), aliases=c.aliases, **by_hand)  # type: ignore[arg-type]


def _corrected(entries: Mapping[str, list[Registered]], papers: Mapping[str, Paper], said: Corrections) -> Iterator[Registered]:
    wrong = {(w.paper, w.name.casefold()) for w in said.wrong}
    by_hand = {(c.paper, (c.found or c.name).casefold()): c for c in said.models}
    for key, of in entries.items():
        for entry in of:
            at = key, entry.name.text.casefold()
            if c := by_hand.pop(at, None):
                yield _said(entry, c)
            elif at not in wrong:
                yield entry
    for c in by_hand.values():
        if c.paper in papers:
            yield _said(_entry(papers[c.paper], NOTHING, None, alone=True), c)


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w+]+(?:[-.'][\w+]+)*", text)


def _namings(entries: Sequence[Registered], papers: Iterable[Paper]) -> Mapping[str, list[str]]:
    """The papers that name an entry, by anchor: its exact words, where only one entry has the name and it can be no common word."""
    ways: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for entry in entries:
        for name in (entry.name.text, *entry.aliases):
            if _UNLIKELY.search(name) and looks_named(name) and (tokens := tuple(_tokens(name))):
                ways[tokens].add(entry.anchor)
    first: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for tokens, anchors in ways.items():
        if len(anchors) == 1:
            first[tokens[0]].append((tokens, next(iter(anchors))))
    out: defaultdict[str, list[str]] = defaultdict(list)
    for paper in papers:
        text = _tokens(f"{plain(paper.title)} . {plain(paper.abstract)}")
        near = [(i, *way) for i, token in enumerate(text) if token in first for way in first[token]]
        for anchor in sorted({anchor for i, tokens, anchor in near if tuple(text[i : i + len(tokens)]) == tokens}):
            out[anchor].append(paper.key)
    return out


def registry(
    papers: Iterable[Paper],
    taxonomy: Taxonomy,
    filings: Callable[[Paper], Mapping[str, Filing]],
    corrections: Corrections = NONE,
) -> tuple[Registered, ...]:
    """Every named thing of these papers, by name.

    `filings` gives what speaks for the categories of a paper. The first facet of the taxonomy is the modality, the second
    the domains. Two things whose names give one anchor get a number, that of the paper that came first goes without.
    """
    known = {p.key: p for p in sorted(papers, key=lambda p: (p.added or "9999", p.date or "9999", p.key))}
    found = {key: [_entry(p, name, n, alone=alone) for name, n, alone in _of_paper(p)] for key, p in known.items()}
    facets = [f.id for f in taxonomy.facets]
    order = {key: i for i, key in enumerate(known)}
    taken = set(RESERVED)
    entries = []
    for entry in sorted(_corrected(found, known, corrections), key=lambda e: (order[e.paper], e.name.text)):
        base = slug(entry.name.text) or "named"
        anchor, n = base, 1
        while anchor in taken:
            n += 1
            anchor = f"{base}-{n}"
        taken.add(anchor)
        paper = known[entry.paper]
        told = filings(paper)
        modality = _filed(paper, facets[0], told, taxonomy) if facets and entry.kind.text == "model" else ()
        domains = _filed(paper, facets[1], told, taxonomy) if len(facets) > 1 else ()
        entries.append(replace(entry, anchor=anchor, modality=modality, domains=domains))
    later = _namings(entries, known.values())
    entries = [replace(e, later=tuple(k for k in later.get(e.anchor, ()) if k != e.paper)) for e in entries]
    return tuple(sorted(entries, key=lambda e: (e.name.text.casefold(), e.anchor)))
