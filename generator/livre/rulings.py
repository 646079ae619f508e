"""What people decide about works, applied to the corpus: verdicts, categories and corrections.

Laws, as tests: the same ruling twice is the same as once; no identifier, key or decision ever disappears; what a
machine says of a work that a person ruled on changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from . import names
from .corpus import Corpus, history
from .entry import to_entry, to_paper
from .errors import BadData, UsageError
from .latex import encode, normal
from .merge import MACHINE, merge
from .model import CORRECTION, Candidate, Decision, Identifier, Paper, Verdict
from .plaintext import one_line
from .resolve import resolve
from .toml import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from .model import Change
    from .taxonomy import Taxonomy

PERSON = "person"
"""The criterion of a verdict that names none of the scope's."""

CORRECTABLE = ("title", "author", "date", "journaltitle", "doi", "code", "weights")
"""BibTeX fields that people may correct; `author`, `doi`, `code` and `weights` may be lists."""

LONGEST_REASON = 300
"""Characters of a reason; it is one line of the ledger and of a page."""

_LONGEST_NAME = 80
_SURE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person says of one work: a verdict (or None, only to correct it), why, and who says so.

    `criterion` is one of the scope's, or "person". `categories` are the ids for each facet that the person files,
    possibly none; `corrections` are BibTeX values by field (see `values`). Both are the person's from now on. `link` is where
    it was said, an address that stands behind the reason.
    """

    work: Identifier
    verdict: Verdict | None
    because: str
    by: str
    criterion: str = PERSON
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


def person(name: str, *, otherwise: str) -> str:
    """A name as the ledger may hold it: one line, not too long, and never one by which machines sign, which is `otherwise`."""
    name = one_line(name)[:_LONGEST_NAME].strip()
    return otherwise if not name or name.casefold() in MACHINE else name


def reason(text: str) -> str:
    """A reason as the ledger may hold it; ValueError when it is none or too long."""
    text = one_line(text)
    if not text:
        raise ValueError("a reason is missing: say in one line why")
    if len(text) > LONGEST_REASON:
        raise ValueError(f"the reason has {len(text)} characters: say it in {LONGEST_REASON} at most")
    return text


def filed(chosen: Mapping[str, Iterable[str]], taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    """Categories by facet as rulings have them: each with its parent, in the order of the taxonomy; ValueError names what is not there."""
    facets = [f.id for f in taxonomy.facets]
    out = {}
    for facet, ids in chosen.items():
        if facet not in facets:
            raise ValueError(f"there is no facet {facet!r}; {nearest(facet, facets)}")
        own = {c.id: c.parent for c in taxonomy.of(facet)}
        ids = tuple(ids)
        if wrong := next((c for c in ids if c not in own), None):
            elsewhere = taxonomy.categories.get(wrong)
            advice = f"it is a category of {elsewhere.facet!r}" if elsewhere else nearest(wrong, own)
            raise ValueError(f"there is no category {wrong!r} in {facet!r}; {advice}")
        kept = {*ids, *(own[c] for c in ids)}
        out[facet] = tuple(c for c in own if c in kept)
    return out


def values(corrections: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """Corrections as people write them, as BibTeX values; ValueError says which field cannot be so, and what to write."""
    out: dict[str, str] = {}
    for name, written in corrections.items():
        if name not in CORRECTABLE:
            raise ValueError(f"{name!r} cannot be corrected; {nearest(name, CORRECTABLE)}")
        items = (written,) if isinstance(written, str) else written
        if name in ("title", "date", "journaltitle") and len(items) != 1:
            raise ValueError(f"{name} is one text, not a list")
        if not items or not all(normal(item) for item in items):
            raise ValueError(f"{name} is empty: nothing can be taken away here, only corrected")
        match name:
            case "title" | "journaltitle":
                out[name] = encode(normal(items[0]))
            case "author":
                out[name] = encode(names.write(n for item in items for n in names.read(encode(normal(item)))))
            case "doi":
                out[name] = " ".join(_doi(item) for item in items)
            case _:
                out[name] = " ".join(item.strip() for item in items)
        _tried(name, out[name])
    return out


def _doi(text: str) -> str:
    identifier = Identifier.parse(text)
    if identifier.scheme != "doi":
        raise ValueError(f"{text!r} is the DOI of a preprint, which is known by its arXiv id: write that of the publication")
    return identifier.value


_BLANK = Paper(key="none", shard="0000-00", identifiers=(Identifier("arxiv", "9901.00001"),), title="A title")


def _tried(name: str, value: str) -> None:
    """ValueError when no paper can have this value."""
    try:
        _corrected(_BLANK, {name: value})
    except BadData as error:
        raise ValueError(error.problems[0].message.removeprefix(f"{_BLANK.key}: ")) from None


def _corrected(paper: Paper, corrections: Mapping[str, str]) -> Paper:
    """The paper with these values, which are people's from now on. A DOI is added: none that is known is lost, so it needs no keeping."""
    entry = to_entry(paper)
    fields = dict(entry.fields)
    for name, value in corrections.items():
        fields[name] = f"{fields.get('doi', '')} {value}".strip() if name == "doi" else value
    after = to_paper(replace(entry, fields=tuple(fields.items()), lines=()), paper.shard)
    fixed = (n for n in corrections if n != "doi" and n not in paper.curated)
    return replace(after, curated=(*paper.curated, *fixed))


def taken_elsewhere(corpus: Corpus, paper: Candidate, corrections: Mapping[str, str]) -> str:
    """Why these corrections cannot be, because an identifier in them is another work's; '' if none is."""
    for value in corrections.get("doi", "").split():
        owner = corpus.find([identifier := Identifier.parse(value)])
        if owner and owner.primary != paper.primary:
            return f"{identifier} is {owner.primary} in this review: if both are one work, that needs a look at bib/"
    return ""


def _settled(paper: Paper, categories: Mapping[str, tuple[str, ...]], taxonomy: Taxonomy) -> Paper:
    """The paper filed by a person in these facets, and as it was in all others."""
    if not categories:
        return paper
    facet_of = {c.id: c.facet for c in taxonomy.categories.values()}
    chosen = {c for ids in categories.values() for c in ids}
    kept = {c for c in paper.categories if facet_of.get(c) not in categories}
    strays = tuple(c for c in paper.categories if c not in facet_of)
    ids = (*(c for c in facet_of if c in chosen | kept), *strays)
    return replace(paper, categories=ids, curated=tuple(dict.fromkeys([*paper.curated, *categories])))


def _held(ledger: Mapping[Identifier, tuple[Decision, ...]], record: Candidate) -> Decision | None:
    past = history(Corpus(decisions=ledger), record)
    return past[-1] if past else None


def _entered(ledger: dict[Identifier, tuple[Decision, ...]], record: Candidate, decision: Decision) -> None:
    """Put a decision at the end of what was decided on a work, whatever day its last one bears and under whichever identifier."""
    last = _held(ledger, record)
    if last and last.on >= decision.on:
        decision = replace(decision, subject=last.subject, on=last.on)
    ledger[decision.subject] = (*ledger.get(decision.subject, ()), decision)


def _decision(ruling: Ruling, subject: Identifier, on: str) -> Decision | None:
    if ruling.verdict is None:
        return None
    by, why = person(ruling.by, otherwise=""), reason(ruling.because)
    if not by:
        raise UsageError(f"{ruling.by!r} is how a machine signs, or no name: say who decides")
    why = f"{why} ({ruling.link})" if ruling.link else why
    return Decision(subject=subject, on=on, verdict=ruling.verdict, criterion=ruling.criterion, score=_SURE, by=by, why=why)


def _again(last: Decision | None, decision: Decision) -> bool:
    """Whether a decision says what its person has said already, and nothing has been said since."""
    same = last and (last.verdict, last.by) == (decision.verdict, decision.by)
    return bool(same and last and decision.criterion in (last.criterion, PERSON))


def rule(
    corpus: Corpus,
    rulings: Collection[Ruling],
    *,
    found: Iterable[Candidate] = (),
    file: Callable[[Candidate, Paper | None], tuple[str, ...]],
    taxonomy: Taxonomy,
    on: str,
) -> tuple[Corpus, tuple[Change, ...]]:
    """The corpus after these rulings on the day `on` (ISO date), and what became of papers.

    `found` are what a source said of works that were not known. A candidate that is included becomes a paper; a paper
    that is excluded keeps its key and its page, and is listed nowhere. The same again by the same person changes
    nothing, anybody else's word is added. UsageError names a work that is neither known nor found, a correction of
    what is no paper, and a person who signs as a machine.
    """
    rulings = sorted(rulings, key=lambda r: (r.work, r.verdict is None))
    corpus, admitted = _admitted(corpus, rulings, found, file, on)
    ledger = dict(corpus.decisions)
    for ruling in rulings:
        record = corpus.find([ruling.work])
        if record is None:
            raise UsageError(f"{ruling.work} is not known here; `livre add {ruling.work} --because WHY` asks the source for it")
        decision = _decision(ruling, record.primary, on)
        if decision and not _again(_held(ledger, record), decision):
            _entered(ledger, record, decision)
    called = {c.primary: c for r in rulings if (c := corpus.find([r.work])) and not isinstance(c, Paper)}
    last = {work: (held,) for work, c in called.items() if (held := _held(ledger, c))}  # of several on one day only history knows the last
    corpus, changes = merge(replace(corpus, decisions=last), called.values(), judge=lambda *_: None, file=file, on=on)
    corpus = replace(corpus, decisions=ledger)
    return _mended(corpus, rulings, file, taxonomy, on), tuple(sorted({*admitted, *changes}))


def _admitted(
    corpus: Corpus,
    rulings: Iterable[Ruling],
    found: Iterable[Candidate],
    file: Callable[[Candidate, Paper | None], tuple[str, ...]],
    on: str,
) -> tuple[Corpus, tuple[Change, ...]]:
    """The corpus with the works that were found, by the first verdict on each."""
    first: dict[Identifier, Ruling] = {}
    for ruling in rulings:
        if ruling.verdict:
            first.setdefault(ruling.work, ruling)

    def judge(candidate: Candidate, *known: object) -> Decision | None:
        ruling = next((first[i] for i in candidate.identifiers if i in first), None)
        return _decision(ruling, candidate.primary, on) if ruling and not any(known) else None

    return merge(corpus, resolve(found), judge=judge, file=file, on=on)


def _mended(
    corpus: Corpus,
    rulings: Iterable[Ruling],
    file: Callable[[Candidate, Paper | None], tuple[str, ...]],
    taxonomy: Taxonomy,
    on: str,
) -> Corpus:
    """The corpus with the categories and corrections of these rulings, and a line in the ledger for each that only corrects."""
    papers, ledger = dict(corpus.papers), dict(corpus.decisions)
    for ruling in rulings:
        record = corpus.find([ruling.work])
        if not isinstance(record, Paper):
            if ruling.verdict is None or ruling.corrections:
                raise UsageError(f"{ruling.work} is no paper of this review, and only papers can be corrected; include it first")
            continue
        before = papers[record.key]
        if taken := taken_elsewhere(corpus, record, ruling.corrections):
            raise UsageError(taken)
        after = _corrected(before, ruling.corrections) if ruling.corrections else before
        if (after.title, after.abstract) != (before.title, before.abstract):
            after = replace(after, categories=file(after, after))
        after = _settled(after, ruling.categories, taxonomy)
        if after == before:
            continue
        papers[record.key] = after
        if ruling.verdict is None:
            last = _held(ledger, after)
            verdict = last.verdict if last else Verdict.INCLUDE
            decision = _decision(replace(ruling, verdict=verdict, criterion=CORRECTION), after.primary, on)
            assert decision
            _entered(ledger, after, decision)
    return replace(corpus, papers=papers, decisions=ledger)
