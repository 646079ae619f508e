"""A year of nights against the local arXiv, with everything going wrong that does: in the end every paper is where it should be.

Real records where they are beside the checkout, else fabricated ones. An oracle that knows nothing of livre says what should be in:
a topic is one word, and a person's last word holds. The nightly profile lives ten years, one after the other.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from arxiv_dialect import Record, record
from arxiv_server import Answer, ArxivServer, Fault, body, manner, status
from disk import Disk, Killed
from judgement import DATA
from livre import corpus, save
from livre.latex import normal
from livre.model import Status, Verdict
from nightly import Arxiv

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(1, 11) if settings.get_current_profile_name() == "nightly" else range(1, 2)
FIRST = date(2025, 3, 18)
NIGHTS = 365
QUIET = 9
"""Nights after them in which nothing fails, so that all has come that was announced."""
WORD = "medical"
WORKS = {"topic": 420, "background": 180}
"""How many real works of each file."""
FABRICATED = 420
TAXONOMY = """\
[[facets]]
id = "model"
title = "Model"
definition = "What is built."

[[categories]]
id = "llm"
facet = "model"
title = "Language models"
definition = "Models of text."
strong = ["language model*"]
"""
SCOPE = f"""\
title = "A year"
description = "A year of nights, for the tests."
curators = [{{ name = "Ada Example" }}]

[harvest]
sets = ["cs"]
since = "{FIRST - timedelta(days=30)}"

[evidence]
abstract = 4.0

[[topics]]
id = "topic"
title = "The topic"
all = [["{WORD}"]]

[[criteria]]
id = "subject"
kind = "require"
title = "The topic"
text = "Its word is there."
all = [["{WORD}"]]
"""


def _matters(one: Record) -> bool:
    """Whether the topic is in a record, as somebody would say who never saw livre."""
    text = f"{normal(one['title'])} {normal(one['abstract'])}".lower()
    return re.search(rf"(?<![\w]){WORD}(?![\w])", text) is not None


def _records(chance: random.Random) -> list[tuple[date, Record]]:
    """Works with the day of their announcement, real ones where they are."""
    found: list[tuple[date, Record]] = []
    for name, many in WORKS.items() if DATA.exists() else ():
        here: list[tuple[date, Record]] = []
        with gzip.open(DATA / "records" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                day = one["extra"].get("first_listed") or ""
                if one["authors"] and one["abstract"] and FIRST.isoformat() <= day < (FIRST + timedelta(days=NIGHTS + QUIET)).isoformat():
                    facts = {k: one[k] for k in ("title", "authors", "abstract")}
                    here.append((date.fromisoformat(day), record(0, **facts, id=one["arxiv_id"], comments="")))
        found += chance.sample(here, min(many, len(here)))
    if found:
        return sorted({one["id"]: (day, one) for day, one in found}.values(), key=lambda pair: (pair[0], pair[1]["id"]))
    for number in range(FABRICATED):
        day = FIRST + timedelta(days=number * (NIGHTS + QUIET) // FABRICATED)
        about = f"{WORD} images" if number % 2 else "cooking"
        found.append((day, record(number, id=f"99{day:%m}.{number:05}", title=f"Fabricated work {number} on {about}", comments="")))
    return found


@dataclass
class World:
    """arXiv over a year: what happens on which day; `today` brings it to pass."""

    chance: random.Random
    events: dict[date, list[Record]] = field(default_factory=dict)
    works: dict[str, Record] = field(default_factory=dict)

    def plan(self) -> None:
        for day, one in _records(self.chance):
            held = self.chance.randrange(25) if self.chance.random() < 0.1 else 0
            now = {
                **one,
                "categories": "cs.CL cs.AI",
                "versions": [f"{day - timedelta(days=held)}T10:00:00Z"],
                "datestamp": day.isoformat(),
            }
            if self.chance.random() < 0.05:  # cross-listed into our set long after it came
                now["categories"] = "q-bio.QM"
            self._at(day, now)
            later = day
            if now["categories"] == "q-bio.QM":
                later += timedelta(days=self.chance.randrange(10, 120))
                now = {**now, "categories": "q-bio.QM cs.LG", "datestamp": later.isoformat()}
                self._at(later, now)
            if self.chance.random() < 0.2:
                later += timedelta(days=self.chance.randrange(3, 90))
                versions = [*now["versions"], f"{later}T09:00:00Z"]
                now = {**now, "versions": versions, "title": f"{now['title']}: revised", "datestamp": later.isoformat()}
                self._at(later, now)
            if self.chance.random() < 0.04:
                later += timedelta(days=self.chance.randrange(3, 60))
                gone = {"withdrawn": True, "comments": "This paper has been withdrawn by the authors"}
                now = {**now, **gone, "versions": [*now["versions"], f"{later}T09:00:00Z"], "datestamp": later.isoformat()}
                self._at(later, now)

    def _at(self, day: date, one: Record) -> None:
        if day < FIRST + timedelta(days=NIGHTS + QUIET):
            self.events.setdefault(day, []).append(one)

    def pass_day(self, day: date) -> None:
        self.works |= {one["id"]: one for one in self.events.get(day, [])}


def _skip(answer: Answer, query: dict[str, str]) -> Answer:
    """A page without its first record, as paging by offset does it; only a list of identifiers or the next night can know."""
    text = answer.body.decode()
    if query.get("verb") != "ListRecords" or text.count("<record>") < 2:
        return answer
    head, _, rest = text.partition("<record>")
    return replace(answer, body=(head + rest.partition("</record>")[2]).encode())


FAULTS: list[Fault] = [
    status(503), status(500), status(429, b"", retry_after="1"), body(lambda _: b""), body(lambda whole: whole[: len(whole) * 2 // 3]),
    body(lambda _: b"<!doctype html><html><body>Sorry</body></html>"), body(lambda _: b"Rate exceeded."),
    body(lambda whole: whole.replace(b"</record>", b"", 1).replace(b"</entry>", b"", 1)), manner("reset"), manner("short"), manner("chunk"),
    status(403), status(302, b"", location="http://example.org/"),
]  # fmt: skip


@dataclass
class Year:
    """One year of a review: what was done to it, and what a person wants."""

    seed: int
    root: Path
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    excluded: set[str] = field(default_factory=set)
    included: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def bib(self) -> Path:
        return self.root / "bib"

    def fault(self, answer: Answer, query: dict[str, str]) -> Answer:
        if self.chance.random() >= 0.3:
            return answer
        self.done["requests that failed"] += 1
        if self.chance.random() < 0.1:
            self.done["records skipped"] += 1
            return _skip(answer, query)
        return self.chance.choice(FAULTS)(answer, query)

    def contribute(self, world: World, day: date) -> None:
        """A person excludes a paper, asks for one that the topic does not know, or corrects a title; about once a week."""
        ids = sorted(world.works)
        if not ids or self.chance.random() >= 0.15:
            return
        action = self.chance.choice(["exclude", "include", "correct"])
        here = sorted(p.identifier("arxiv") for p in corpus.load(self.bib).papers.values())
        name = self.chance.choice(here if here and action == "correct" else ids)
        if name in self.excluded | self.included | self.titles.keys():
            return
        more = ""
        if action == "correct":
            self.titles[name] = f"As a person writes it ({name})"
            more = f'[set]\ntitle = "{self.titles[name]}"\n'
        else:
            (self.excluded if action == "exclude" else self.included).add(name)
        text = f'paper = "arXiv:{name}"\naction = "{action}"\nreason = "Fabricated, on {day}."\n{more}'
        (self.bib / "inbox").mkdir(exist_ok=True)
        (self.bib / "inbox" / f"{name}.toml").write_text(text)
        self.done[f"contributions: {action}"] += 1

    def night(self, arxiv: Arxiv, at: str) -> bool:
        """A night that may be killed at a step of its save, and is then run again; whether its harvest was believed."""
        if self.chance.random() < 0.1:
            save.os = Disk(self.bib, self.chance.randrange(1, 60), _kill)  # type: ignore[assignment]
            try:
                arxiv.night(self.bib, at)
            except Killed:
                self.done["kills"] += 1
            finally:
                save.os = os
        report = arxiv.night(self.bib, at)
        self.done["nights"] += 1
        self.done["nights that failed"] += report.failure is not None
        return report.failure is None

    def commit(self, message: str) -> None:
        _git(self.root, "add", "-A", "bib")
        _git(self.root, "commit", "-q", "--allow-empty", "-m", message)


def _kill(step: str) -> None:
    raise Killed


def _git(root: Path, *arguments: str) -> str:
    options = ("-c", "user.name=night", "-c", "user.email=night@example.org", "-c", "commit.gpgsign=false", "-c", "gc.auto=0")
    return subprocess.run(["git", "-C", str(root), *options, *arguments], check=True, capture_output=True, text=True).stdout


def live(root: Path, seed: int) -> tuple[Year, World]:
    """Let a year go by."""
    chance = random.Random(seed)
    year, world = Year(seed=seed, root=root, chance=chance), World(chance=chance)
    world.plan()
    year.bib.mkdir(parents=True)
    (year.bib / "scope.toml").write_text(SCOPE)
    (year.bib / "taxonomy.toml").write_text(TAXONOMY)
    _git(root, "init", "-q")
    gap = 0
    with ArxivServer() as server:
        arxiv = Arxiv(server, root / "doors", tries=3, seed=seed)
        for number in range(NIGHTS + QUIET):
            day = FIRST + timedelta(days=number)
            last = number >= NIGHTS
            world.pass_day(day)
            if last:
                server.always = None
            else:
                server.always = year.fault
                year.contribute(world, day)
            gap = gap - 1 if gap else chance.randrange(1, 21) if chance.random() < 0.02 else 0
            if gap and not last:
                year.done["nights that never ran"] += 1
                continue
            server.records = list(world.works.values())
            # Our clock is wrong by a day now and then; the source's is not.
            here = day + timedelta(days=chance.choice([-1, 1])) if chance.random() < 0.02 and not last else day
            for hour in ("06:17", "11:43", "17:29"):
                server.now = f"{day}T{hour}:00Z"
                if year.night(arxiv, f"{here}T{hour}:00Z"):
                    break
            if number % 7 == 0 or last:
                year.commit(f"Night of {day}")
    return year, world


def facts(bib: Path) -> dict[str, bytes]:
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_year_of_faults_the_corpus_is_what_the_oracle_says(seed: int, tmp_path: Path) -> None:
    year, world = live(tmp_path / "review", seed)
    held = corpus.load(year.bib)
    papers = {p.identifier("arxiv"): p for p in held.papers.values()}
    ours = {name: one for name, one in world.works.items() if "cs." in one["categories"]}
    wanted = ({name for name, one in ours.items() if _matters(one)} | year.included) - year.excluded
    assert wanted <= papers.keys(), sorted(wanted - papers.keys())
    decided = {name: corpus.history(held, paper)[-1] for name, paper in papers.items()}
    # The API, which is asked where OAI-PMH fails, knows no sets: it may bring what is on the topic and not yet in one of ours.
    beside = {name for name, one in world.works.items() if name not in ours and _matters(one)}
    assert {name for name, d in decided.items() if d.verdict is Verdict.INCLUDE} - beside == wanted - beside
    for name in wanted & ours.keys():
        paper, one = papers[name], ours[name]
        assert paper.title == year.titles.get(name, normal(one["title"])), name
        assert [v.on for v in paper.versions] == [v[:10] for v in one["versions"]], name
        assert (paper.status is Status.WITHDRAWN) == bool(one.get("withdrawn")), name
        assert paper.classes == tuple(one["categories"].split()), name
    assert not [f for f in (year.bib / "inbox").iterdir() if f.stem in world.works]
    _git(year.root, "gc", "-q", "--aggressive")
    size = int(re.findall(r"size-pack: (\d+)", _git(year.root, "count-objects", "-v"))[0])
    print(f"\nseed {seed}: {len(papers)} papers; {dict(year.done)}; git holds {size} KiB")
    assert size < 4_000, "KiB of git"
    least = {"requests that failed": 100, "nights that never ran": 10, "kills": 5, "nights that failed": 3}
    assert not {what: year.done[what] for what, many in least.items() if year.done[what] < many}, "nothing went wrong: this proves nothing"


def test_the_same_year_twice_is_the_same_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_soak.NIGHTS", 40)
    digests = []
    for number in (1, 2):
        year, _ = live(tmp_path / str(number), 11)
        digests.append({path: hashlib.sha256(data).hexdigest() for path, data in facts(year.bib).items()})
    assert digests[0] == digests[1]
