"""Why a work is in, out, waiting or unknown, told for one and indexed for all."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from livre import corpus as corpora
from livre import scope, taxonomy, why
from livre.corpus import Corpus
from livre.errors import UsageError
from livre.model import Candidate, Decision, Identifier, Night, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

REVIEW = Path(__file__).parents[1] / "bib"
NODE = shutil.which("node")

SCOPE = """\
title = "A fabricated review"
description = "Skin, seen by fabricated machines."
repository = "https://github.com/ada-example/review"

[[curators]]
name = "Ada Example"

[harvest]
sets = ["cs", "eess"]
since = "2099-03-01"

[[topics]]
id = "skin"
title = "Skin of dragons"
all = [["skin"]]

[[criteria]]
id = "robots"
kind = "exclude"
title = "No robots"
text = "Papers on robots are left out."
all = [["robot*"]]

[[criteria]]
id = "subject"
kind = "require"
title = "Skin"
text = "The paper is about skin."
all = [["skin"]]
"""
TAXONOMY = """\
[[facets]]
id = "model"
title = "Model"
definition = "What is built."

[[facets]]
id = "domain"
title = "Domain"
definition = "What it is about."

[[categories]]
id = "llm"
facet = "model"
title = "Language models"
definition = "Models of text."
strong = ["language model*"]

[[categories]]
id = "skin"
facet = "domain"
title = "Skin"
definition = "Skin."
strong = ["skin"]
"""
HARVEST = Night(night="2099-05-01", source="oai", since="2099-03-01", watermark="2099-05-01", seen=9)


def decision(
    subject: Identifier, verdict: Verdict, criterion: str, *, by: str = "rules", on: str = "2099-04-01", why: str = "a word"
) -> Decision:
    return Decision(subject=subject, on=on, verdict=verdict, criterion=criterion, score=0.75, by=by, why=why)


IN = strategies.paper(
    1, title="A language model of skin", identifiers=(Identifier("arxiv", "9901.00001"), Identifier("doi", "10.9999/1")),
    categories=("llm", "skin"), curated=("domain",),
)  # fmt: skip
OUT = Candidate(identifiers=(Identifier("arxiv", "9903.00002"),), title="Robot skin", date="2099-03-02")
WAITS = Candidate(identifiers=(Identifier("arxiv", "9903.00003"),), title="Perhaps", date="2099-03-03")
CORPUS = Corpus(
    papers={IN.key: IN},
    candidates={OUT.primary: OUT, WAITS.primary: WAITS},
    decisions={
        IN.primary: (
            decision(IN.primary, Verdict.EXCLUDE, "subject", why="subject: no word of it"),
            decision(IN.primary, Verdict.INCLUDE, "person", by="Ada Example", on="2099-04-02", why="it is about skin"),
        ),
        OUT.primary: (decision(OUT.primary, Verdict.EXCLUDE, "robots", why='robots: "Robot" (title)'),),
        WAITS.primary: (decision(WAITS.primary, Verdict.WAIT, "relevance", by="model", why="model 0.60"),),
    },
    nights=(HARVEST,),
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., why.Answer]:
    bib = tmp_path_factory.mktemp("bib")
    (bib / "scope.toml").write_text(SCOPE)
    (bib / "taxonomy.toml").write_text(TAXONOMY)
    rules, shelves = scope.load(bib / "scope.toml"), taxonomy.load(bib / "taxonomy.toml")

    def answer(text: str, corpus: Corpus = CORPUS, **more: Decision) -> why.Answer:
        return why.why(corpus, rules, shelves, why.named(corpus, text), **more)

    return answer


@pytest.mark.parametrize("text", ["9901.00001v3", "https://arxiv.org/abs/9901.00001", "https://doi.org/10.9999/1", IN.key])
def test_a_work_is_found_by_any_of_its_names(ask, text):
    assert ask(text).key == IN.key


def test_what_is_none_of_these_is_a_slip_of_the_command_line(ask):
    with pytest.raises(UsageError, match="neither an arXiv id nor a DOI, nor the key of a paper"):
        ask("no-such-key")


def test_a_paper_that_a_person_included_shows_who_and_what_the_rules_say(ask):
    assert list(why.text(ask("9901.00001")))[:11] == [
        "arxiv:9901.00001 is included",
        "  A language model of skin",
        "  example2099n1",
        "criterion: a person's judgement",
        "  2099-04-02: included by Ada Example, person, 0.75: it is about skin",
        "the rules alone would say today",
        '  included by the rules, skin, 0.75: subject: "skin" (title)',
        "decided before",
        "  2099-04-01: excluded by the rules, subject, 0.75: subject: no word of it",
        "filed under",
        '  llm by rule, 0.98: "language model"',
    ]


def test_each_category_says_whose_it_is(ask):
    assert [(f.category, f.source) for f in ask("9901.00001").filed] == [("llm", "rule"), ("skin", "person")]


def test_a_category_for_which_nothing_speaks_any_more_says_so(ask):
    moved = replace(IN, title="A title", curated=())
    filed = ask("9901.00001", replace(CORPUS, papers={IN.key: moved})).filed
    assert [(f.category, f.words) for f in filed] == [("llm", ()), ("skin", ())]


def test_an_excluded_work_shows_the_criterion_in_words_and_how_to_appeal(ask):
    answer = ask("9903.00002")
    assert (answer.state, answer.rule, answer.key) == ("excluded", "No robots: Papers on robots are left out.", "")
    ((action, change),) = answer.appeals
    assert action == "include"
    assert change.url.startswith("https://github.com/ada-example/review/new/main?filename=bib%2Finbox%2Farxiv-9903-00002.toml&value=")


def test_a_waiting_work_may_be_asked_for_either_way(ask):
    answer = ask("9903.00003")
    assert (answer.state, answer.rule) == ("waiting", "what was learned from earlier decisions")
    assert [action for action, _ in answer.appeals] == ["include", "exclude"]


def test_what_is_decided_afresh_can_come_from_the_caller(ask):
    fresh = decision(WAITS.primary, Verdict.INCLUDE, "skin", by="model", why="model 0.99 (+skin)")
    assert ask("9903.00003", now=fresh).now == fresh


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("9904.00009", "what was harvested and matches no topic is not kept, and only these sets of arXiv are: cs, eess"),
        ("9812.00009", "it is of 2098-12, and harvests ask for what arXiv has added or changed since 2099-03-01"),
        ("9906.00009", "it is of 2099-06, and the last complete harvest reaches to 2099-05-01"),
        ("10.9999/unknown", "harvests ask arXiv: a publication is known by its DOI only where arXiv names it, so try the arXiv id"),
    ],
)
def test_of_a_work_never_seen_it_is_said_how_that_can_be(ask, text, fact):
    answer = ask(text)
    assert answer.state == "never seen"
    assert answer.facts == ("no harvest since 2099-03-01 brought it as a work on one of the topics (Skin of dragons)", fact)
    assert [action for action, _ in answer.appeals] == ["include"]
    assert next(why.text(answer)).endswith("was never seen here")


def test_before_the_first_harvest_nothing_is_claimed(ask):
    failed = replace(HARVEST, outcome="incomplete: no connection")
    answer = ask("9904.00009", replace(CORPUS, nights=(failed,)))
    assert answer.facts == ("no harvest of arXiv was ever complete here: only what was imported or contributed is known",)


def test_for_programs_the_answer_is_json(ask):
    for text in ("9901.00001", "9903.00002", "10.9999/unknown"):
        answer = ask(text)
        said = json.loads(json.dumps(why.as_json(answer)))
        assert (said["identifier"], said["state"]) == (str(answer.identifier), answer.state)
        assert set(said) == {"identifier", "state", "key", "title", "rule", "held", "earlier", "now", "filed", "facts", "appeals"}


def test_no_line_for_the_terminal_holds_an_escape(ask):
    evil = "\x1b[31mred\u202e\nnew line"
    record = replace(OUT, title=f"Skin {evil}")
    ledger = {OUT.primary: (decision(OUT.primary, Verdict.EXCLUDE, evil, by=evil, why=evil),)}
    lines = list(why.text(ask("9903.00002", Corpus(candidates={OUT.primary: record}, decisions=ledger))))
    assert all(line.isprintable() for line in lines)


# --- The index ---


def test_a_row_of_the_index_is_key_title_and_decisions_and_another_name_points_to_it():
    rows = {identifier: row for _, part in why.index(CORPUS) for identifier, row in part.items()}
    assert rows["doi:10.9999/1"] == "arxiv:9901.00001"
    assert rows["arxiv:9901.00001"] == [
        "example2099n1",
        "A language model of skin",
        [
            ["include", "person", 0.75, "Ada Example", "2099-04-02", "it is about skin"],
            ["exclude", "subject", 0.75, "rules", "2099-04-01", "subject: no word of it"],
        ],
    ]
    assert rows["arxiv:9903.00003"][:2] == ["", "Perhaps"]


@settings(max_examples=30)
@given(strategies.corpora())
def test_every_identifier_is_in_its_own_file_once_and_every_file_is_there(corpus):
    index = dict(why.index(corpus))
    assert sorted(index) == [f"{n:02x}" for n in range(256)]
    placed = {identifier: name for name, rows in index.items() for identifier in rows}
    known = {i for r in (*corpus.papers.values(), *corpus.candidates.values()) for i in r.identifiers}
    assert placed == {str(i): why.shard(i) for i in known}
    assert json.loads(json.dumps(index)) == index


@pytest.mark.skipif(not NODE, reason="needs node to run what the page runs")
@settings(max_examples=5)
@given(st.lists(strategies.identifiers, min_size=1, max_size=200))
def test_a_page_finds_the_same_file_by_the_script_in_the_docstring(identifiers):
    assert why.__doc__
    rule = "\n".join(re.findall(r"^    (.+)$", why.__doc__, re.MULTILINE))
    names = [str(i) for i in identifiers]
    script = f"console.log(JSON.stringify({json.dumps(names)}.map((identifier) => {{ {rule}\nreturn shard }})))"
    done = subprocess.run([str(NODE), "-e", script], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [why.shard(i) for i in identifiers]


@pytest.mark.skipif(not REVIEW.is_dir(), reason="needs the review beside the tests")
def test_the_files_of_a_hundred_thousand_works_are_small_and_alike():
    real = corpora.load(REVIEW)
    records = [*real.papers.values(), *real.candidates.values()]
    size = [len(json.dumps([r.title, [d.why for d in corpora.history(real, r)]])) for r in records]
    row = sum(size) / len(size)
    per_file: dict[str, int] = {}
    for number in range(100_000):
        name = why.shard(Identifier("arxiv", f"{20 + number % 7}{1 + number % 12:02}.{number // 7:05}"))
        per_file[name] = per_file.get(name, 0) + 1
    assert len(per_file) == 256
    assert max(per_file.values()) < 1.6 * min(per_file.values())
    everything = json.dumps([rows for _, rows in why.index(real)], ensure_ascii=False).encode()
    ratio = len(gzip.compress(everything)) / len(everything)
    assert max(per_file.values()) * (row + 120) * ratio < 50_000
