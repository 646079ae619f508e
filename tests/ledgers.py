"""A fabricated ledger to learn from: imaginary models of fabulous beasts, in words that no language has.

Always the same one. Works of either side share most of their words, so that a learner has to find the few that tell; what a
category is called stands in half of its titles only.
"""

from __future__ import annotations

import csv
import io
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from livre.corpus import Corpus
from livre.model import Candidate, Decision, Identifier, Paper, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYLLABLES = ("bla", "dro", "fni", "gru", "kwe", "lumo", "mib", "norp", "pli", "quo", "rusk", "shna", "tova", "vor", "wib", "zel")
BEFORE = "2099-12-01"
"""The day before which everything was decided."""


class Work(NamedTuple):
    """What is so, whatever anybody has decided."""

    candidate: Candidate
    include: bool
    kind: str


def _words(random: Random, n: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < n:
        found["".join(random.choices(_SYLLABLES, k=3))] = None
    return list(found)


def works(n: int, seed: str = "dragons") -> Iterator[Work]:
    """Works of eleven months, half of them included, in the order of their days; another seed gives others in the same language."""
    random = Random("the language of dragons")
    common, yes, no, horned, winged = (_words(random, count) for count in (400, 60, 60, 40, 40))
    random = Random(seed)
    for number in range(n):
        include, horns = random.random() < 0.5, random.random() < 0.4
        kind, beast = "horned" if horns else "winged", random.choice(["dragon", "unicorn"])
        day = f"2099-{1 + 11 * number // n:02}-{1 + 27 * (11 * number % n) // n:02}"
        text = random.choices(common, k=40) + random.choices(yes if include else no, k=4) + random.choices(no if include else yes, k=1)
        text += random.choices(horned if horns else winged, k=10) + random.choices(winged if horns else horned, k=1)
        random.shuffle(text)
        title = f"An imaginary model of a {f'{kind} ' if random.random() < 0.5 else ''}{beast}, {' '.join(text[:12])}"
        subject = Identifier("arxiv", f"99{day[5:7]}.{number:05}")
        yield Work(Candidate(identifiers=(subject,), title=title, abstract=" ".join(text), date=day), include, kind)


def ledger(n: int = 2400, every: int = 4) -> Corpus:
    """What was decided about these works, always rightly: by a person, who filed them too, of `every` fourth, by rules of the others."""
    papers, candidates, decisions = {}, {}, {}
    for number, (work, include, kind) in enumerate(works(n)):
        verdict, by = Verdict.INCLUDE if include else Verdict.EXCLUDE, "Ada Example" if number % every == 0 else "rules"
        decision = Decision(subject=work.primary, on=work.date, verdict=verdict, criterion="beasts", score=0.9, by=by, why="fabricated")
        decisions[work.primary] = (decision,)
        if include:
            facts = {"identifiers": work.identifiers, "title": work.title, "abstract": work.abstract, "date": work.date}
            key = f"example{number}"
            filed = {"categories": (kind,), "curated": ("model",)} if number % every == 0 else {}
            papers[key] = Paper(key=key, shard=work.date[:7], added=work.date, **facts, **filed)  # type: ignore[arg-type]
        else:
            candidates[work.primary] = work
    return Corpus(papers=papers, candidates=candidates, decisions=decisions)


def table(n: int, seed: str = "strangers", *, dates: bool = True) -> str:
    """Works as a CSV with the columns arxiv_id, title, abstract, date, included, kind."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["arxiv_id", "title", "abstract", "date", "included", "kind"])
    for work, include, kind in works(n, seed):
        rows.writerow([work.primary.value, work.title, work.abstract, work.date if dates else "", int(include), kind])
    return out.getvalue()
