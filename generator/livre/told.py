"""An answer to a contribution in Markdown, for a job summary: what it asks, what the paper would look like, what would happen.

Words from outside stand in code spans, as in `annotate`; everything else is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotate import quoted
from .appeal import written
from .model import Paper, Verdict
from .why import criterion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .answer import Answer, Work
    from .model import Candidate, Decision
    from .scope import Scope
    from .taxonomy import Taxonomy

MOST = 20
"""Works that are shown; a change with more is told how many there are."""

_AUTHORS = 8
_ASKS = {"include": "Include", "exclude": "Exclude", "correct": "Correct"}
_SAYS = {Verdict.INCLUDE: "include it", Verdict.EXCLUDE: "exclude it", Verdict.WAIT: "let it wait for a person"}
_STATES = {Verdict.INCLUDE: "included", Verdict.EXCLUDE: "excluded", Verdict.WAIT: "waiting"}


def _authors(record: Candidate) -> str:
    shown = ", ".join(str(name) for name in record.authors[:_AUTHORS])
    more = len(record.authors) - _AUTHORS
    return f"{quoted(shown)}{f' and {more} more' if more > 0 else ''}" if shown else "nobody is named"


def _facts(work: Work, kinds: Taxonomy) -> Iterator[str]:
    """The card: the paper as it would appear, or what is known of the work."""
    record = work.paper or work.known
    if record is None:
        yield "- Nothing is known of this work yet."
        return
    yield f"- Title: {quoted(record.title)}"
    yield f"- Authors: {_authors(record)}"
    if record.date:
        yield f"- First version: {quoted(record.date)}{f', {quoted(record.classes[0])}' if record.classes else ''}"
    if work.paper:
        chosen = {c for ids in work.contribution.categories.values() for c in ids}
        named = (
            f"{quoted(kinds.categories[c].title if c in kinds.categories else c)}{' (as asked)' if c in chosen else ''}"
            for c in work.paper.categories
        )
        yield f"- Filed under: {', '.join(named) or 'no category: nothing in title and abstract speaks for one'}"


def _verdict(decision: Decision, scope: Scope) -> str:
    return f"{quoted(criterion(decision.criterion, scope))}, confidence {decision.score:.2f}: {quoted(decision.why)}"


def _standing(work: Work, scope: Scope) -> Iterator[str]:
    """What holds of the work now, and what the review would say of it by itself."""
    key = quoted(work.known.key) if isinstance(work.known, Paper) else ""
    if work.holds:
        who = f"on {quoted(work.holds.on)} by {quoted(work.holds.by)}"
        yield f"- Now: {_STATES[work.holds.verdict]}{f', as {key},' if key else ''} {who}: {_verdict(work.holds, scope)}"
    else:
        yield "- Now: it was never seen here."
    if work.known is None:
        return
    if work.judged:
        yield f"- The review by itself would {_SAYS[work.judged.verdict]}: {_verdict(work.judged, scope)}"
    else:
        yield "- The review by itself would not take it up: it matches no topic of the scope."


def _effect(work: Work) -> Iterator[str]:
    """What will change, and what speaks against it."""
    if work.alike:
        named = ", ".join(quoted(name) for name in work.alike)
        yield f"- **Look at this:** another work has the same title: {named}. It may be the same one under another identifier."
    if work.held:
        yield f"- **Nothing would change yet.** It would stay in the inbox: {quoted(work.held)}"
        return
    asked = work.contribution
    kinds = {c.kind for c in work.changes}
    if asked.action == "exclude":
        yield "- What will change: it is listed nowhere, and no figure counts it." + (" Its page stays." if work.paper else "")
    elif work.paper and "added" in kinds:
        yield f"- What will change: a new paper, {quoted(work.paper.key)}, at {quoted(f'/papers/{work.paper.key}/')}."
    elif work.paper:
        names = [*asked.categories, *asked.corrections]
        said = ", ".join(quoted(name) for name in names) or "the decision on it"
        yield f"- What will change: {said} of {quoted(work.paper.key)}; from then on no night changes it back."
    for name, value in asked.corrections.items():
        yield f"- New {quoted(name)}: {quoted(value)}"


def _works(works: Sequence[Work], scope: Scope, kinds: Taxonomy) -> Iterator[str]:
    for work in works[:MOST]:
        asked = work.contribution
        yield from (f"### {_ASKS[asked.action]} {quoted(written(asked.work))}", "")
        yield from _facts(work, kinds)
        yield f"- Reason given: {quoted(asked.reason)}"
        yield from _standing(work, scope)
        yield from _effect(work)
        yield ""
    if len(works) > MOST:
        yield from (f"And {len(works) - MOST} more works, which are not shown here.", "")


def markdown(answer: Answer, scope: Scope, kinds: Taxonomy, *, pages: Sequence[str] | None = None) -> str:
    """The answer as a job summary shows it; `pages` are the addresses in the preview, None where none was asked for."""
    lines = ["## What this change would do", ""]
    if answer.silence:
        lines += [f"**{quoted(answer.silence)}**", ""]
    lines += _works(answer.works, scope, kinds)
    if answer.edited:
        lines += ["### Papers edited by hand", ""]
        for one in answer.edited[:MOST]:
            names = ", ".join(quoted(f) for f in one.fields)
            title = answer.corpus.papers[one.key].title if one.key in answer.corpus.papers else ""
            lines.append(f"- {quoted(one.key)} ({quoted(title)}): {names or 'a new paper'}")
        lines += [f"- and {len(answer.edited) - MOST} more"] if len(answer.edited) > MOST else []
        lines.append("")
    if not answer.works and not answer.edited:
        lines += ["It contributes no work and edits no paper.", ""]
    if pages:
        lines += ["### Preview", "", "These pages are in the artifact of this run; unpack it, and serve the folder to see them:", ""]
        lines += [*(f"- {quoted(path)}" for path in pages[: 5 * MOST]), ""]
    return "\n".join([*lines, ""])
