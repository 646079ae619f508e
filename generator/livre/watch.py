"""Watches over the nights from outside of them: keeps the schedule alive, starts a night that never began, tells people once.

A schedule on GitHub ends after sixty days without a commit, and any night of it may be dropped; a night cannot say so itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import LivreError, Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .forge import Forge
    from .heartbeat import Pulse

NIGHTLY, WATCH = "nightly.yml", "watch.yml"
LABEL = "livre-stale"
TITLE = "The review is out of date: no night has been complete for days"

BODY = """The last complete harvest ended at {harvested}; after {hours} hours without one (Saturdays and Sundays do not count) this \
issue is opened, and it is closed by itself when a night is complete again.

Where to look: the newest run of [the night]({server}/{repository}/actions/workflows/nightly.yml) says what failed, by source; \
`bib/nights/` has the record; docs/nightly.md says what to do.
"""
CLOSING = "A harvest was complete at {harvested}: the review is fresh again."
SPARE = "Another issue says the same: #{first}."


def _alive(ask: Forge) -> Iterator[str]:
    """Enable both schedules, which also begins their sixty days anew; what a person has disabled stays so."""
    for name in (NIGHTLY, WATCH):
        state = (ask("GET", f"/actions/workflows/{name}") or {}).get("state")
        if not isinstance(state, str):
            raise Malformed(f"the state of {name} is {state!r}")
        if state == "disabled_manually":
            yield f"{name} was disabled by a person and is left alone"
            continue
        ask("PUT", f"/actions/workflows/{name}/enable")
        if state != "active":
            yield f"{name} was {state} and is enabled again"


def _started(ask: Forge, now: datetime, branch: str, *, done: bool) -> Iterator[str]:
    """Start tonight's night if it is not done and no run of today has even begun."""
    if done:
        return
    runs = (ask("GET", f"/actions/workflows/{NIGHTLY}/runs?per_page=1&branch={branch}") or {}).get("workflow_runs") or []
    if any(str(run.get("created_at", ""))[:10] >= now.date().isoformat() for run in runs):
        return
    ask("POST", f"/actions/workflows/{NIGHTLY}/dispatches", {"ref": branch})
    yield "no run of tonight has begun: one was started"


def _issue(ask: Forge, pulse: Pulse, now: datetime, *, server: str, repository: str) -> Iterator[str]:
    """One open issue while the review is stale, none while it is not. Only who may write can put the label on an issue."""
    listed = ask("GET", f"/issues?state=open&labels={LABEL}&per_page=100&sort=created&direction=asc") or []
    numbers = sorted(issue["number"] for issue in listed if "pull_request" not in issue)
    stale = pulse.stale(now)
    if stale and not numbers:
        ask("POST", "/labels", {"name": LABEL, "color": "b60205", "description": "Opened and closed by watch.yml"}, accept=(422,))
        body = BODY.format(harvested=pulse.harvested or "no time yet", hours=pulse.stale_after, server=server, repository=repository)
        made = ask("POST", "/issues", {"title": TITLE, "body": body, "labels": [LABEL]})
        yield f"the review is stale: issue {made['number']} is open"
    elif stale:
        yield f"the review is stale: issue {numbers[0]} stays open"
    for number in numbers[1:] if stale else numbers:
        words = SPARE.format(first=numbers[0]) if stale else CLOSING.format(harvested=pulse.harvested)
        ask("POST", f"/issues/{number}/comments", {"body": words})
        ask("PATCH", f"/issues/{number}", {"state": "closed", "state_reason": "completed" if not stale else "not_planned"})
        yield f"issue {number} is closed"


def watch(
    ask: Forge, pulse: Pulse, *, now: datetime, done: bool, branch: str, repository: str, server: str = "https://github.com"
) -> tuple[tuple[str, ...], tuple[LivreError, ...]]:
    """Look after the nights of a repository once; what was done, in words, and what could not be: one duty failing stops no other.

    `pulse` is that of the review as it stands in the repository, `done` whether the night of today is complete.
    """
    duties = (
        _alive(ask),
        _started(ask, now, branch, done=done),
        _issue(ask, pulse, now, server=server, repository=repository),
    )
    words: list[str] = []
    failures: list[LivreError] = []
    for duty in duties:
        try:
            words.extend(duty)
        except LivreError as error:
            failures.append(error)
    return tuple(words), tuple(failures)
