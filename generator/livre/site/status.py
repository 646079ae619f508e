"""How fresh the review is, as pages and programs are told: the line of every page, `/data/status.json`, `/data/badge.svg`.

None of them says that a review is up to date: a file cannot know when it is read. The line computes it in the reader's browser, a
program from the fields of status.json, and the badge, an image that runs nothing, states the day of the last complete harvest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from . import charts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..freshness import Freshness
    from .render import Site

STATUS, BADGE = "data/status.json", "data/badge.svg"
SCHEMA = 1
_DAY = len("2099-01-02")
_LABEL, _WIDTH, _HEIGHT, _LETTER, _MARGIN = "harvested", 66, 20, 6.6, 8
_UNDATED = "T00:00:00Z"
"""How an instant ends of which only the day is known."""


def spoken(fresh: Freshness) -> str:
    """The instant that age is counted from, as a person says it; '' where there is none."""
    if not fresh.since:
        return ""
    day = charts.spoken(fresh.since[:_DAY])
    return day if fresh.since.endswith(_UNDATED) else f"{day}, {fresh.since[_DAY + 1 : _DAY + 6]} UTC"


def context(fresh: Freshness, *, linked: bool) -> dict[str, Any]:
    """What `fragments/freshness.html` says; `linked` where it may lead to `/new/`."""
    over = charts.spoken(fresh.retired.on) if fresh.retired else ""
    newest = charts.spoken(fresh.newest) if fresh.newest else ""
    return {"fresh": fresh, "said": spoken(fresh), "newest": newest, "linked": linked, "over": over}


def status(fresh: Freshness, site: Site, commit: str) -> bytes:
    """The review's state for programs, as docs/data.md has it; `commit` is '' where none is known."""
    known = {
        "schema": SCHEMA,
        "review": site.name,
        "harvested": fresh.harvested,
        "imported": fresh.imported,
        "newest": fresh.newest,
        "added": fresh.added,
        "papers": fresh.papers,
        "commit": commit,
        "retired": {n: v for n in ("on", "because", "successor") if (v := getattr(fresh.retired, n, ""))},
        "rhythm": "" if fresh.retired else "nightly",
        "late_after_hours": fresh.late,
        "stale_after_hours": fresh.stale,
        "not_counted": ["Saturday", "Sunday"],
        "sources": [
            {n: v for n in ("source", "night", "at", "complete", "outcome") if (v := getattr(one, n)) != ""} for one in fresh.sources
        ],
    }
    return (json.dumps({n: v for n, v in known.items() if v not in ("", {})}, ensure_ascii=False, indent=2) + "\n").encode()


def badge(fresh: Freshness) -> bytes:
    """A picture for READMEs that says on which day a harvest was last complete, and nothing about today."""
    said = charts.spoken(fresh.harvested[:_DAY]) if fresh.harvested else "not yet"
    said = f"ended {charts.spoken(fresh.retired.on)}" if fresh.retired else said
    right = round(len(said) * _LETTER) + 2 * _MARGIN
    width = _WIDTH + right
    title = escape(f"{_LABEL}: {said}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<rect width="{width}" height="{_HEIGHT}" rx="3" fill="#17508f"/>'
        f'<path d="M3 0h{_WIDTH - 3}v{_HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#33363c"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{_WIDTH / 2:g}" y="14" textLength="{_WIDTH - 12}">{_LABEL}</text>'
        f'<text x="{_WIDTH + right / 2:g}" y="14" textLength="{right - 2 * _MARGIN}">{escape(said)}</text></g></svg>\n'
    ).encode()


def files(fresh: Freshness, site: Site, commit: str = "") -> Iterator[tuple[str, bytes]]:
    """Each file by its path."""
    yield STATUS, status(fresh, site, commit)
    yield BADGE, badge(fresh)
