"""What a change would do, for whoever sent it and whoever merges it: each contribution applied to a copy of the review.

Facts are looked up as a night would, the rules and the learned screener are asked what they would have said, and nothing is written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from . import corpus, inbox, intake, rounds
from .appeal import INBOX
from .brought import Bringer, brought
from .centre import centre, cites_core
from .edges import load as load_edges
from .errors import SourceError
from .model import Change, Paper
from .plaintext import one_line
from .revisions import contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .corpus import Corpus
    from .facts import Ask
    from .inbox import Contribution
    from .judgement import Review
    from .model import Candidate, Decision, Identifier
    from .revisions import ChangeSet

EDITED = "edited"
"""The kind of a change that was made by hand, in a file of papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a contribution would do to one work.

    `known` are its facts (None where nobody told them) and `holds` the decision that holds of it now; `judged` is what the review would
    say of it today by itself, None where none of its topics matches or nothing is known. `paper` is the paper as it would be, `changes`
    what becomes of it; `alike` names other works of the same title, and `held` says why nothing could be done.
    """

    contribution: Contribution
    known: Candidate | None = None
    holds: Decision | None = None
    judged: Decision | None = None
    paper: Paper | None = None
    changes: tuple[Change, ...] = ()
    alike: tuple[str, ...] = ()
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a change would do: to the works that it contributes, and to the papers that it edits itself.

    `corpus` is the review as it would be, and `emptied` the files under bib/ that would have had their effect; `silence` says why arXiv
    told nothing, where it was needed.
    """

    works: tuple[Work, ...]
    edited: tuple[Change, ...]
    corpus: Corpus
    emptied: tuple[str, ...] = ()
    silence: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers whose pages would be other than they are, by key."""
        keys = {w.paper.key for w in self.works if w.paper} | {c.key for c in self.edited}
        return tuple(self.corpus.papers[key] for key in sorted(keys) if key in self.corpus.papers)


class _Asking:
    """A look-up that remembers what it was told, and why it was told nothing; lives for one answer."""

    def __init__(self, lookup: Ask | None) -> None:
        self._lookup = lookup
        self.found: dict[Identifier, Candidate] = {}
        self.silence = ""

    def __call__(self, works: Sequence[Identifier]) -> Iterator[Candidate]:
        if self._lookup is None:
            self.silence = "arXiv was not asked, so nothing can be told of works that are new here"
            return
        try:
            for candidate in self._lookup(works):
                self.found |= dict.fromkeys(candidate.identifiers, candidate)
                yield candidate
        except SourceError as error:
            self.silence = f"arXiv could not be asked ({one_line(str(error))[:200]}); the night that applies this will ask again"
            raise


def _plain(title: str) -> str:
    """A title as far as two of the same work agree in it."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()


def _alike(known: Candidate | None, review: Corpus, titles: dict[str, list[str]]) -> tuple[str, ...]:
    """Other works that are called the same."""
    if known is None or not _plain(known.title):
        return ()
    own = review.find(known.identifiers)
    mine = {own.key if isinstance(own, Paper) else str(own.primary)} if own else {str(known.primary)}
    return tuple(name for name in titles.get(_plain(known.title), ()) if name not in mine)


def _edited(root: Path, changes: ChangeSet) -> Iterator[Change]:
    """The papers whose entries a change writes itself, with the fields that differ."""
    touched = [d for d in changes.deltas if d.path.startswith("bib/papers/") and d.path.endswith(".bib")]
    blobs = contents(root, (d.blob for d in touched))
    before = corpus.parse((d.path.removeprefix("bib/"), blobs[d.blob]) for d in touched if d.blob in blobs).papers
    after = corpus.parse((d.path.removeprefix("bib/"), (root / d.path).read_bytes()) for d in touched if d.after).papers
    for key, paper in after.items():
        if (old := before.get(key)) is None:
            yield Change(kind="added", key=key)
        elif differ := tuple(f.name for f in fields(paper) if getattr(paper, f.name) != getattr(old, f.name)):
            yield Change(kind=EDITED, key=key, fields=differ)


def _judged(review: Review, known: Candidate | None) -> Decision | None:
    return review.fresh(known) if known else None


def answer(root: Path, changes: ChangeSet, *, on: str, lookup: Ask | None) -> Answer:
    """What the change of the review at `root` would do on the day `on` (ISO date); the change must have passed `against.surface`.

    `lookup` asks arXiv for works that are not known here; None, or a SourceError of it, is told in `silence`. BadData where the review
    cannot be read as it is.
    """
    bib = root / "bib"
    before = corpus.load(bib)
    edges = load_edges(bib)
    review = rounds.learn(bib, before, on, core=cites_core(edges, centre(before, edges, before=on))).review
    touched = {d.path for d in changes.deltas if d.after}
    waiting = tuple(c for c in inbox.read(bib, review.taxonomy)[0] if c.path in touched)
    asking = _Asking(lookup)
    of = brought(root, f"bib/{INBOX}") if waiting else {}
    outcome = intake.apply(
        before,
        waiting,
        by=lambda path: of.get(path, Bringer()).name,
        lookup=asking,
        file=review.file,
        taxonomy=review.taxonomy,
        on=on,
    )
    held = {p.path: p.message for p in outcome.held}
    titles: dict[str, list[str]] = {}
    for record in (*before.papers.values(), *before.candidates.values()):
        titles.setdefault(_plain(record.title), []).append(record.key if isinstance(record, Paper) else str(record.primary))
    works = []
    for one in waiting:
        here = before.find([one.work])
        known = here or asking.found.get(one.work)
        past = corpus.history(before, here) if here else ()
        after = outcome.corpus.find(known.identifiers) if known and one.path not in held else here
        paper = after if isinstance(after, Paper) else None
        works.append(
            Work(
                contribution=one,
                known=known,
                holds=past[-1] if past else None,
                judged=_judged(review, known),
                paper=paper,
                changes=tuple(c for c in outcome.changes if paper and c.key == paper.key),
                alike=_alike(known, before, titles),
                held=held.get(one.path, ""),
            )
        )
    return Answer(
        works=tuple(works), edited=tuple(_edited(root, changes)), corpus=outcome.corpus, emptied=outcome.emptied, silence=asking.silence
    )
