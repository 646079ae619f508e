"""Scope, taxonomy and what was learned, as the two functions that merge asks for: what to decide, and where to file.

The rules come first: a work that matches no topic, meets an exclusion criterion, or has no abstract is theirs
alone. Of the others the learned screener has the last word where it can keep what the scope asks of it, and says
nothing where it cannot. A machine's decision stays until the work itself changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .filing import Filer
from .merge import MACHINE, merge, refile
from .model import Decision, Verdict
from .resolve import resolve
from .scope import load as load_scope
from .screen import decide, topics
from .taxonomy import load as load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .classify import Filing
    from .corpus import Corpus
    from .model import Candidate, Change, Identifier, Paper
    from .relevance import Judgement, Screener
    from .scope import Scope
    from .taxonomy import Taxonomy

LEARNED = "relevance"
"""The criterion of what the learned screener excludes, or lets wait."""


class Review:
    """What the review would do with a work on the day `on` (ISO date); without a screener and a filer, by its rules alone."""

    def __init__(
        self,
        bib: Path,
        on: str,
        *,
        screener: Screener | None = None,
        filer: Filer | None = None,
        rules: tuple[Scope, Taxonomy] | None = None,
    ) -> None:
        """The `rules` are read from `bib` when nobody has read them yet."""
        self.scope, self.taxonomy = rules or (load_scope(bib / "scope.toml"), load_taxonomy(bib / "taxonomy.toml"))
        self.on = on
        self.screener, self.filer = screener, filer or Filer(taxonomy=self.taxonomy)
        self.facet_of = {c.id: c.facet for c in self.taxonomy.categories.values()}
        self.told: dict[Identifier, tuple[Filing, ...]] = {}
        """What was filed through this review, with words and scores, by primary identifier."""
        self._hard = {c.id for c in self.scope.criteria if c.kind == "exclude"}

    def judge(self, candidate: Candidate, stored: Candidate | None = None, last: Decision | None = None) -> Decision | None:
        """What holds of a candidate; None when no topic matches. What a machine decided on just these facts stands."""
        if stored and last and last.by in MACHINE and _same(candidate, stored):
            return last
        return self.fresh(candidate)

    def fresh(self, candidate: Candidate) -> Decision | None:
        """What the rules and the screener say, whatever was decided before."""
        return next(iter(self.all_fresh([candidate])))

    def all_fresh(self, candidates: Iterable[Candidate]) -> tuple[Decision | None, ...]:
        """`fresh` of many at once, which is much faster."""
        works = tuple(candidates)
        ruled = [decide(c, self.scope, on=self.on) for c in works]
        if not self.screener:
            return tuple(ruled)
        open_ = [i for i, (c, d) in enumerate(zip(works, ruled, strict=True)) if d and c.abstract and d.criterion not in self._hard]
        for i, judged in zip(open_, self.screener.judge([works[i] for i in open_]), strict=True):
            decision = ruled[i]
            assert decision
            ruled[i] = self._learned(works[i], decision, judged)
        return tuple(ruled)

    def _learned(self, candidate: Candidate, ruled: Decision, judged: Judgement) -> Decision:
        """The rules' decision, unless the screener is sure enough to say something else, or knows that it is not sure."""
        p = judged.probability
        words = ", ".join(f"{'+' if weight > 0 else '−'}{word}" for word, weight in judged.words)
        shown = f"model {p:.2f}{f' ({words})' if words else ''}"
        if judged.include_at is not None and p >= judged.include_at:
            verdict, criterion, score = Verdict.INCLUDE, topics(candidate, self.scope)[0].topic, p
        elif judged.exclude_below is not None and p < judged.exclude_below:
            verdict, criterion, score = Verdict.EXCLUDE, LEARNED, 1 - p
        elif judged.include_at is None or judged.exclude_below is None:
            return replace(ruled, why=f"{ruled.why}; {shown}")
        else:
            verdict, criterion, score = Verdict.WAIT, LEARNED, p
        if verdict is ruled.verdict:
            return replace(ruled, why=f"{ruled.why}; {shown}", score=round(min(score, 0.99), 2))
        return replace(
            ruled, verdict=verdict, criterion=criterion, score=round(min(score, 0.99), 2), by="model", why=f"{shown}; {ruled.why}"
        )

    def file(self, record: Candidate, filed: Paper | None) -> tuple[str, ...]:
        """The categories that rules and model give, beside those that people filed."""
        return next(self.file_each([(record, filed)]))

    def file_each(self, records: Iterable[tuple[Candidate, Paper | None]]) -> Iterator[tuple[str, ...]]:
        """`file` of many at once, which is much faster."""
        pairs = tuple(records)
        found = self.filer.file_each((record, filed.categories if filed else None) for record, filed in pairs)
        for (record, filed), filings in zip(pairs, found, strict=True):
            self.told[record.primary] = filings
            fresh = tuple(f.category for f in filings)
            yield refile(filed, fresh, self.facet_of) if filed else fresh

    def merge(self, corpus: Corpus, candidates: Iterable[Candidate]) -> tuple[Corpus, tuple[Change, ...]]:
        """Resolve, judge, file and merge candidates."""
        return merge(corpus, resolve(candidates), judge=self.judge, file=self.file, on=self.on)


def _same(candidate: Candidate, stored: Candidate) -> bool:
    """Whether nothing changed that a decision rests on."""
    return (candidate.title, candidate.abstract, candidate.classes, candidate.status) == (
        stored.title,
        stored.abstract,
        stored.classes,
        stored.status,
    )
