"""What changed rules or a newly trained model would decide and file otherwise: computed, shown, and only then applied.

A rule that is edited never rewrites the review in silence. A night compares what holds with what would be decided
today; a few differences are applied at once, more of them are written down for people to look at.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .corpus import history
from .errors import BadData
from .merge import CURATED, MACHINE, merge
from .model import CORRECTION, Decision, Identifier, Paper, Problem, Verdict
from .plaintext import contents, decode, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from .corpus import Corpus
    from .judgement import Review
    from .model import Candidate, Change, Night

PATH = "proposal.tsv"
"""The file under bib/ that holds what is proposed and not yet applied; not there when nothing is."""

EVERY = timedelta(days=7)
"""How often everything is judged again though no rule changed, because the model has learned."""

_COLUMNS = ("kind", "paper", "before", "after", "because")
_KINDS = {"drop": "dropped", "add": "added", "move": "moved"}
_PERSONAL = frozenset({"import", "background"})
_JUDGED = frozenset({"title", "abstract", "classes"})
_RULES = re.compile(r"rules ([0-9a-f]{12})")


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Proposed:
    """One difference: a paper to `drop`, a work to `add`, or a paper to file otherwise (`move`), before and after, and why."""

    kind: str
    paper: Identifier
    before: str
    after: str
    because: str


def digest(bib: Path) -> str:
    """Which rules are in force: twelve hexadecimal digits over scope and taxonomy as written."""
    return hashlib.sha256(b"\0".join((bib / name).read_bytes() for name in ("scope.toml", "taxonomy.toml"))).hexdigest()[:12]


def due(nights: Iterable[Night], rules: str, on: str) -> bool:
    """Whether everything is to be judged again on the day `on` (ISO date): other rules than last time, or `EVERY` over."""
    judged = _judged(nights)
    return judged is None or judged[1] != rules or judged[0] <= (date.fromisoformat(on) - EVERY).isoformat()


def changed(nights: Iterable[Night], rules: str) -> bool:
    """Whether other rules are in force than when everything was judged last."""
    judged = _judged(nights)
    return judged is not None and judged[1] != rules


def _judged(nights: Iterable[Night]) -> tuple[str, str] | None:
    """The night in which everything was judged last, and the digest of its rules."""
    return max(((n.night, m[1]) for n in nights if n.source == "judgement" and (m := _RULES.search(n.outcome))), default=None)


def vouched(corpus: Corpus, proposed: Iterable[Proposed]) -> frozenset[Identifier]:
    """Papers that people have corrected: who corrects a paper wants it here, and may take from it the words for which it is here.

    Not those that changed rules have `proposed` to drop: that waits for people, and is theirs to apply.
    """

    def corrected(paper: Paper) -> bool:
        fixed = {CURATED.get(name, name) for name in paper.curated} & _JUDGED
        return bool(fixed) or any(d.criterion == CORRECTION and d.by not in MACHINE for d in history(corpus, paper))

    dropped = {p.paper for p in proposed if p.kind == "drop"}
    return frozenset(p.primary for p in corpus.papers.values() if p.primary not in dropped and corrected(p))


def counted(proposed: Iterable[Proposed]) -> str:
    """The differences in words: `drop 4, add 9, move 31`."""
    of = Counter(p.kind for p in proposed)
    return ", ".join(f"{kind} {of[kind]}" for kind in _KINDS)


def _machines(corpus: Corpus, record: Candidate) -> Decision | None:
    """The decision that holds, if a machine took it for a reason of its own; an import's word is the importer's."""
    past = [d for d in history(corpus, record) if d.criterion != CORRECTION]  # who corrects a record does not judge it
    held = past[-1] if past else None
    if held is None or held.by not in MACHINE or (held.by == "import" and held.criterion in _PERSONAL):
        return None
    return held


def differences(
    corpus: Corpus, review: Review, *, stay: frozenset[Identifier] = frozenset()
) -> tuple[tuple[Proposed, ...], dict[Identifier, Decision], dict[str, tuple[str, ...]]]:
    """What would be decided and filed otherwise today, with the decisions by work and the categories by paper that would do it.

    Works that people decided on, and facets that they filed, are left alone. A paper that would only wait stays, as do those of `stay`.
    """
    pairs = [(r, d) for r in (*corpus.papers.values(), *corpus.candidates.values()) if (d := _machines(corpus, r))]
    proposed: list[Proposed] = []
    decisions: dict[Identifier, Decision] = {}
    for (record, held), fresh in zip(pairs, review.all_fresh([r for r, _ in pairs]), strict=True):
        kind, decision = _verdict(record, held, fresh, review.on)
        if decision and not (kind == "drop" and record.primary in stay):
            decisions[record.primary] = decision
            told = f"{decision.verdict} ({decision.criterion})"
            before = f"{held.verdict} ({held.criterion})"
            proposed.append(Proposed(kind=kind, paper=record.primary, before=before, after=told, because=decision.why))
    categories: dict[str, tuple[str, ...]] = {}
    kept = [p for p in corpus.papers.values() if p.primary not in decisions]
    for paper, fresh_ones in zip(kept, review.file_each((p, p) for p in kept), strict=True):
        if fresh_ones != paper.categories:
            categories[paper.key] = fresh_ones
            gone, come = (set(a) - set(b) for a, b in ((paper.categories, fresh_ones), (fresh_ones, paper.categories)))
            said = [f"{sign}{c}" for sign, of in (("-", gone), ("+", come)) for c in sorted(of)]
            proposed.append(
                Proposed(
                    kind="move",
                    paper=paper.primary,
                    before=", ".join(paper.categories),
                    after=", ".join(fresh_ones),
                    because=" ".join(said) or "another order",
                )
            )
    return tuple(sorted(proposed)), decisions, categories


def _verdict(record: Candidate, held: Decision, fresh: Decision | None, on: str) -> tuple[str, Decision | None]:
    """What would become of a work, and the decision that would do it; none where nothing would."""
    if isinstance(record, Paper) and held.verdict is Verdict.INCLUDE:
        if fresh is None:
            why = "no topic of the scope matches any more"
            return "drop", replace(held, on=on, verdict=Verdict.EXCLUDE, criterion="no-topic", score=0.99, by="rules", why=why)
        return "drop", fresh if fresh.verdict is Verdict.EXCLUDE else None
    if held.verdict is Verdict.EXCLUDE and fresh and fresh.verdict is Verdict.INCLUDE:
        return "add", fresh
    return "", None


def standing(proposed: Iterable[Proposed], corpus: Corpus) -> tuple[Proposed, ...]:
    """What of it can still be applied: nothing of works that people have decided on or filed since, or that changed otherwise."""

    def holds(p: Proposed) -> bool:
        record = corpus.find([p.paper])
        if p.kind == "move":
            return isinstance(record, Paper) and one_line(", ".join(record.categories)) == p.before
        held = _machines(corpus, record) if record else None
        return held is not None and one_line(f"{held.verdict} ({held.criterion})") == p.before

    return tuple(p for p in proposed if holds(p))


def waiting(corpus: Corpus, review: Review) -> dict[Identifier, Decision]:
    """What is decided today of the works that waited until now."""
    pairs = [(c, d) for c in corpus.candidates.values() if (d := _machines(corpus, c)) and d.verdict is Verdict.WAIT]
    judged = zip(pairs, review.all_fresh([c for c, _ in pairs]), strict=True)
    return {c.primary: d for (c, _), d in judged if d and d.verdict is not Verdict.WAIT}


def apply(
    corpus: Corpus, review: Review, decisions: dict[Identifier, Decision], categories: dict[str, tuple[str, ...]]
) -> tuple[Corpus, tuple[Change, ...]]:
    """The corpus with these machine's decisions and categories."""
    ledger = dict(corpus.decisions)
    papers = {k: replace(p, categories=categories[k]) if k in categories else p for k, p in corpus.papers.items()}
    for paper in corpus.papers.values():
        if decision := decisions.get(paper.primary):
            past = history(corpus, paper)
            decision = replace(decision, on=max([decision.on, *(d.on for d in past[-1:])]))
            ledger[paper.primary] = (*ledger.get(paper.primary, ()), decision)
    corpus = replace(corpus, papers=papers, decisions=ledger)
    called = [c for c in corpus.candidates.values() if c.primary in decisions]
    return merge(corpus, called, judge=lambda c, _stored, _last: decisions.get(c.primary), file=review.file, on=review.on)


def dumps(proposed: Sequence[Proposed]) -> bytes | None:
    """The file of what is proposed, None when nothing is."""
    if not proposed:
        return None
    rows = ("\t".join(one_line(str(getattr(p, name))) for name in _COLUMNS) for p in sorted(proposed))
    return "\n".join(["\t".join(_COLUMNS), *rows, ""]).encode()


def loads(text: str, *, path: str = f"bib/{PATH}") -> Iterator[Proposed]:
    """What a file proposes; BadData names the first line that proposes nothing."""
    lines = text.split("\n")
    if lines[0].split("\t") != list(_COLUMNS) or lines[-1]:
        raise BadData(
            [Problem(path, 1, "proposal", f"the columns must be {' '.join(_COLUMNS)}: the next night writes this file anew, delete it")]
        )
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split("\t")
        try:
            row = dict(zip(_COLUMNS, cells, strict=True))
            if row["kind"] not in _KINDS:
                raise ValueError(f"{row['kind']!r} is none of {', '.join(_KINDS)}")
            yield Proposed(**row | {"paper": Identifier.parse(row["paper"])})  # type: ignore[arg-type]
        except ValueError as error:
            raise BadData([Problem(path, number, "proposal", f"{error}: delete this file, a night writes it anew")]) from None


def load(bib: Path) -> tuple[Proposed, ...]:
    """What is proposed in `bib` and waits for people."""
    path = bib / PATH
    return tuple(loads(decode(contents(path, shown=f"bib/{PATH}"), path=f"bib/{PATH}"))) if path.exists() else ()
