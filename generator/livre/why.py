"""Why a work is in, out, waiting or unknown: the answer for one, and the compact index that answers for all without a server.

The index is 256 files. That of an identifier, written as `arxiv:2503.02104` or `doi:10.1000/182` (`Identifier`: no version, DOI in
lower case), is named by two hexadecimal digits, which a page computes so:

    let h = 0x811c9dc5                                     // FNV-1a, 32 bits
    for (const byte of new TextEncoder().encode(identifier)) h = Math.imul(h ^ byte, 0x01000193) >>> 0
    const shard = ((h >>> 24 ^ h >>> 16 ^ h >>> 8 ^ h) & 0xff).toString(16).padStart(2, "0")

Each is an object from identifier to row. A row is a list: the work's key if it is a paper, else ""; its title; and its decisions, the
one that holds first, each `[verdict, criterion, score, by, on, why]`. A row that is a string is another name of the same work, to be
looked up again. All 256 are there even when empty, so that an identifier that is in none has never been seen, and a file that does
not come is a fault.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .appeal import Appeal, appeal
from .classify import Filing, classify
from .corpus import decision_shard, history
from .errors import UsageError
from .model import Decision, Identifier, Paper, Verdict
from .plaintext import one_line
from .recognise import recognise
from .screen import decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .corpus import Corpus
    from .scope import Scope
    from .taxonomy import Taxonomy

STATES = {Verdict.INCLUDE: "included", Verdict.EXCLUDE: "excluded", Verdict.WAIT: "waiting"}
"""What a verdict makes of a work."""

UNSEEN = "never seen"
"""What a work is of which nothing is known."""

OWN_CRITERIA = {
    "person": "a person's judgement",
    "correction": "a person corrected what is said of it",
    "import": "the person who imported it",
    "background": "a milestone from outside the scope",
    "no-topic": "no topic of the scope matches",
    "relevance": "what was learned from earlier decisions",
    "queue": "more was waiting than may wait",
}
"""Criteria that no scope has, in words."""

Row = str | list[Any]
"""A line of the index: another identifier, or key, title and decisions."""


def shard(identifier: Identifier) -> str:
    """The file of the index that an identifier is in: two hexadecimal digits, FNV-1a folded to a byte."""
    h = 0x811C9DC5
    for byte in str(identifier).encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{(h >> 24 ^ h >> 16 ^ h >> 8 ^ h) & 0xFF:02x}"


def index(corpus: Corpus) -> Iterator[tuple[str, dict[str, Row]]]:
    """The 256 files of the index by name, as JSON values; see above."""
    shards: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for record in (*corpus.papers.values(), *corpus.candidates.values()):
        past = [[d.verdict.value, d.criterion, d.score, d.by, d.on, d.why] for d in history(corpus, record)[::-1]]
        shards[shard(record.primary)][str(record.primary)] = [record.key if isinstance(record, Paper) else "", record.title, past]
        for other in record.identifiers[1:]:
            shards[shard(other)][str(other)] = str(record.primary)
    for number in range(256):
        rows = shards[f"{number:02x}"]
        yield f"{number:02x}", {identifier: rows[identifier] for identifier in sorted(rows)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of one work. `held` is the decision that holds and `rule` its criterion in words; `earlier` are newest first.

    `now` is what rules and model would say today where that is something else. `filed` are the paper's categories with their
    evidence; `facts` say of a work that was never seen how that can be; `appeals` are what would change the answer.
    """

    identifier: Identifier
    state: str
    key: str = ""
    title: str = ""
    held: Decision | None = None
    rule: str = ""
    earlier: tuple[Decision, ...] = ()
    now: Decision | None = None
    filed: tuple[Filing, ...] = ()
    facts: tuple[str, ...] = ()
    appeals: tuple[tuple[str, Appeal], ...] = ()


def named(corpus: Corpus, text: str) -> Identifier:
    """The identifier that somebody means: an arXiv id, a DOI, the address of either, or a paper's key; UsageError for anything else."""
    if paper := corpus.papers.get(text.strip()):
        return paper.primary
    try:
        return recognise(text)
    except ValueError as error:
        raise UsageError(f"{error}, nor the key of a paper; write 2503.02104 or 10.1000/182") from None


def criterion(name: str, scope: Scope) -> str:
    """A criterion in words, as far as the scope knows it."""
    topics = {t.id: f"topic “{t.title}”" for t in scope.topics}
    own = {c.id: f"{c.title}: {c.text}" for c in scope.criteria}
    return {**OWN_CRITERIA, **topics, **own}.get(name, name)


def _filed(paper: Paper, fresh: Sequence[Filing], taxonomy: Taxonomy) -> Iterator[Filing]:
    """The categories that a paper has, each with what speaks for it today: a person, words, or only that it was filed so before."""
    of = {f.category: f for f in fresh}
    for category in paper.categories:
        known = taxonomy.categories.get(category)
        if "keywords" in paper.curated or (known and known.facet in paper.curated):
            yield Filing(category=category, score=1.0, words=(), source="person")
        else:
            yield of.get(category, Filing(category=category, score=0.0, words=()))


def _unseen(identifier: Identifier, corpus: Corpus, scope: Scope) -> Iterator[str]:
    """What can be said of a work of which nothing is known."""
    nights = [n for n in corpus.nights if n.harvest and n.complete and n.source != "feed"]
    if not nights:
        yield "no harvest of arXiv was ever complete here: only what was imported or contributed is known"
        return
    first = min([n.since for n in nights if n.since] or [scope.harvest.since])
    last = max([n.watermark for n in nights if n.watermark] or [n.night for n in nights])
    yield f"no harvest since {first} brought it as a work on one of the topics ({', '.join(t.title for t in scope.topics)})"
    if identifier.scheme != "arxiv":
        yield "harvests ask arXiv: a publication is known by its DOI only where arXiv names it, so try the arXiv id"
        return
    month = decision_shard(identifier, corpus)
    if month < first[:7]:
        yield f"it is of {month}, and harvests ask for what arXiv has added or changed since {first}"
    elif month > last[:7]:
        yield f"it is of {month}, and the last complete harvest reaches to {last}"
    else:
        yield f"what was harvested and matches no topic is not kept, and only these sets of arXiv are: {', '.join(scope.harvest.sets)}"


def _appeals(identifier: Identifier, title: str, state: str, scope: Scope) -> Iterator[tuple[str, Appeal]]:
    actions = {"included": ("exclude", "correct"), "excluded": ("include",), "waiting": ("include", "exclude")}.get(state, ("include",))
    for action in actions:
        yield action, appeal(identifier, action, repository=scope.repository, title=title)


def why(
    corpus: Corpus,
    scope: Scope,
    taxonomy: Taxonomy,
    identifier: Identifier,
    *,
    now: Decision | None = None,
    filings: Sequence[Filing] | None = None,
) -> Answer:
    """The answer for any arXiv id or DOI.

    `now` is what rules and model say of it today, by default the rules alone; `filings` likewise what speaks for its categories.
    """
    record = corpus.find([identifier])
    if record is None:
        facts = tuple(_unseen(identifier, corpus, scope))
        return Answer(identifier=identifier, state=UNSEEN, facts=facts, appeals=tuple(_appeals(identifier, "", UNSEEN, scope)))
    past = history(corpus, record)[::-1]
    held = past[0] if past else None
    paper = record if isinstance(record, Paper) else None
    state = STATES[held.verdict] if held else "included" if paper else "waiting"
    now = now or decide(record, scope, on=held.on if held else "")
    differs = now and held and (now.verdict, now.criterion, now.why) != (held.verdict, held.criterion, held.why)
    return Answer(
        identifier=identifier,
        state=state,
        key=paper.key if paper else "",
        title=record.title,
        held=held,
        rule=criterion(held.criterion, scope) if held else "no decision is on record",
        earlier=past[1:],
        now=now if differs else None,
        filed=tuple(_filed(paper, classify(record, taxonomy) if filings is None else filings, taxonomy)) if paper else (),
        appeals=tuple(_appeals(record.primary, record.title, state, scope)),
    )


_BY = {"rules": "the rules", "model": "the learned screener", "import": "the import"}


def _ruling(decision: Decision) -> str:
    said = {"include": "included", "exclude": "excluded", "wait": "left waiting"}[decision.verdict]
    who = _BY.get(decision.by, decision.by or "nobody named")
    return one_line(f"{decision.on}: {said} by {who}, {decision.criterion}, {decision.score:.2f}: {decision.why}")


def text(answer: Answer) -> Iterator[str]:
    """The answer in plain lines for a terminal."""
    yield f"{answer.identifier} is {answer.state}" if answer.state != UNSEEN else f"{answer.identifier} was never seen here"
    yield from (f"  {line}" for line in (one_line(answer.title), answer.key) if line)
    yield from (f"  {fact}" for fact in answer.facts)
    if answer.held:
        yield f"criterion: {one_line(answer.rule)}"
        yield f"  {_ruling(answer.held)}"
    if answer.now:
        yield "the rules alone would say today"
        yield f"  {_ruling(answer.now)[len(answer.now.on) + 2 :]}"
    if answer.earlier:
        yield "decided before"
        yield from (f"  {_ruling(d)}" for d in answer.earlier)
    if answer.filed:
        yield "filed under"
        yield from (f"  {filing.category} {_evidence(filing)}" for filing in answer.filed)
    for action, change in answer.appeals:
        yield f"to {action} it, open" if change.url else f"to {action} it, put into {change.path}"
        yield from (f"  {line}" for line in ([change.url] if change.url else change.text.splitlines()))


def _evidence(filing: Filing) -> str:
    if filing.source == "person":
        return "by a person"
    words = ", ".join(f'"{one_line(w)}"' for w in filing.words)
    return f"by {filing.source}, {filing.score:.2f}: {words}" if words else "as before: nothing speaks for it today"


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as JSON values, for programs."""

    def said(decision: Decision) -> dict[str, Any]:
        return {**asdict(decision), "subject": str(decision.subject), "verdict": decision.verdict.value}

    return {
        "identifier": str(answer.identifier),
        "state": answer.state,
        "key": answer.key,
        "title": answer.title,
        "rule": answer.rule,
        "held": said(answer.held) if answer.held else None,
        "earlier": [said(d) for d in answer.earlier],
        "now": said(answer.now) if answer.now else None,
        "filed": [asdict(f) for f in answer.filed],
        "facts": list(answer.facts),
        "appeals": {action: asdict(change) for action, change in answer.appeals},
    }
