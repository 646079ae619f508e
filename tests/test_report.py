"""A night in words: the commit's message and the run's summary, as goldens; nothing from outside becomes markup in either."""

from __future__ import annotations

from dataclasses import replace

from markdown_it import MarkdownIt

from livre import report
from livre.errors import Unavailable
from livre.model import Change, Decision, Identifier, Night, Problem, Verdict
from livre.night import Report

DAY = "2099-03-04"


def decision(number: int, verdict: str, criterion: str) -> Decision:
    work = Identifier("arxiv", f"9901.{number:05}")
    return Decision(subject=work, on=DAY, verdict=Verdict(verdict), criterion=criterion, score=1, by="rules", why="")


NIGHT = Report(
    nights=(
        Night(night=DAY, source="oai", seen=2310, matched=41, new=5, updated=2, included=3, excluded=1, waiting=1),
        Night(night=DAY, source="link:openalex", seen=20, outcome="incomplete: 503 after 4 tries"),
    ),
    decisions=(
        *(decision(n, "include", "skin") for n in (1, 2)),
        decision(3, "include", "inbox"),
        decision(4, "exclude", "robots"),
        decision(5, "wait", ""),
    ),
    changes=(
        *(Change(kind="added", key=f"example2099n{n}") for n in (1, 2, 3)),
        Change(kind="updated", key="example2098old", fields=("title",)),
        Change(kind="withdrawn", key="sample2097gone", fields=("status",)),
    ),
    files=("papers/2099-03.bib",),
    papers=1203,
    applied=("bib/inbox/one.toml",),
    held=(Problem("bib/inbox/two.toml", 1, "inbox-unknown", "arXiv does not know this"),),
)
MESSAGE = """\
Night of 2099-03-04: 3 included, 1 excluded, 1 waiting, 1 updated, 1 withdrawn, 1 contribution applied

exclude 1 by robots
include 2 by skin
include 1 by inbox
wait 1 by no criterion
withdrawn: sample2097gone
applied bib/inbox/one.toml
held bib/inbox/two.toml:1: arXiv does not know this [inbox-unknown]

oai: complete
link:openalex: incomplete: 503 after 4 tries
"""
SUMMARY = """\
## Night of 2099-03-04: 3 included, 1 excluded, 1 waiting, 1 updated, 1 withdrawn, 1 contribution applied

The review holds 1203 papers.

| decided | by | works |
|---|---|---:|
| exclude | `robots` | 1 |
| include | `skin` | 2 |
| include | `inbox` | 1 |
| wait | `no criterion` | 1 |

- added: 3 (`example2099n1`, `example2099n2`, `example2099n3`)
- updated: 1 (`example2098old`)
- withdrawn: 1 (`sample2097gone`)
- applied `bib/inbox/one.toml`
- held, and stays in the inbox: `bib/inbox/two.toml:1: arXiv does not know this [inbox-unknown]`

### Sources

| source | seen | new | how it ended |
|---|---:|---:|---|
| `oai` | 2310 | 5 | `complete` |
| `link:openalex` | 20 | 0 | `incomplete: 503 after 4 tries` |
"""
HOSTILE = "x`<img src=x onerror=alert(1)>`| a | [b](javascript:1)\n::error::y\n# h\x1b[2J\u202e @ada"


def test_the_message_tells_the_night() -> None:
    assert report.message(NIGHT, DAY) == MESSAGE


def test_the_summary_tells_the_night() -> None:
    assert report.summary(NIGHT, DAY) == SUMMARY


def test_a_quiet_night_and_one_without_a_harvest_say_so() -> None:
    quiet = Report(nights=(Night(night=DAY, source="oai", seen=7),), papers=1)
    assert report.message(quiet, DAY) == f"Night of {DAY}: nothing new\n\noai: complete\n"
    failed = Report(nights=(Night(night=DAY, source="oai", outcome="incomplete: gone"),), failure=Unavailable("gone"), papers=2)
    assert report.message(failed, DAY) == f"Night of {DAY}: no complete harvest\n\noai: incomplete: gone\n"
    assert report.summary(failed, DAY).endswith("**Nothing was harvested**: `gone`. The next run tries again.\n")
    twice = replace(failed, nights=(*failed.nights, Night(night=DAY, source="api", seen=1)))
    assert report.subject(twice, DAY) == f"Night of {DAY}: nothing new", "the second route was complete"


def test_a_night_of_thousands_is_told_in_a_few_lines() -> None:
    many = replace(
        NIGHT,
        changes=tuple(Change(kind="withdrawn", key=f"example2099n{n:04}") for n in range(5000)),
        held=NIGHT.held * 500,
        applied=NIGHT.applied * 500,
    )
    assert " and 4980 more" in report.message(many, DAY)
    assert len(report.message(many, DAY)) < 10_000
    assert len(report.summary(many, DAY)) < 10_000


def test_what_comes_from_outside_stays_text() -> None:
    night = replace(
        NIGHT,
        nights=(Night(night=DAY, source="oai", outcome=HOSTILE),),
        decisions=(decision(1, "include", HOSTILE),),
        held=(Problem(HOSTILE, 1, "x", HOSTILE),),
        refused=(HOSTILE,),
        failure=Unavailable(HOSTILE),
    )
    html = MarkdownIt("commonmark").enable("table").render(report.summary(night, DAY))
    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<h") == 2 + html.count("<hr"), "the heading of the night and that of the sources"
    assert html.count("<tr>") == 2 + 2, "no cell ends before it should"
    for text in (report.summary(night, DAY), report.message(night, DAY)):
        assert not any(line.startswith(("::", "#  h")) for line in text.splitlines())
        assert "\x1b" not in text
        assert "\u202e" not in text
