"""The inbox: what a contribution may be, what is refused and where, and what takes effect."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from livre import bibtex, inbox, intake, taxonomy
from livre.appeal import ACTIONS, contribution
from livre.corpus import Corpus, history, load, tree
from livre.errors import SourceError, Unavailable
from livre.model import Candidate, Decision, Identifier, Problem, Verdict
from livre.save import save, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
terms = ["language model*"]

[[categories]]
id = "vlm"
facet = "model"
title = "Of images too"
definition = "Models of text and images."
terms = ["vision-language model*"]
"""
ON = "2099-05-01"
REVIEW = Path(__file__).parents[1] / "bib"
GOOD = contribution(Identifier("arxiv", "9901.00002"), "include", reason="it is about skin", chosen={"model": ["llm"]})
BIB = "@article{anything,\n  title = {A title that nobody trusts},\n  eprint = {9901.00002},\n  author = {Mallory Example},\n}\n"

PAPER = strategies.paper(1)
WAITING = Candidate(identifiers=(Identifier("arxiv", "9901.00002"),), title="A fabricated candidate", date="2099-01-01")
UNKNOWN = replace(WAITING, identifiers=(Identifier("arxiv", "9901.00009"), Identifier("doi", "10.9999/9")), title="Seen by nobody yet")
CORPUS = Corpus(
    papers={PAPER.key: PAPER},
    candidates={WAITING.primary: WAITING},
    decisions={
        r.primary: (Decision(subject=r.primary, on="2099-04-01", verdict=v, criterion="subject", score=0.6, by="rules", why="a word"),)
        for r, v in ((PAPER, Verdict.INCLUDE), (WAITING, Verdict.WAIT))
    },
)


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    (tmp_path / "bib" / "inbox").mkdir(parents=True)
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    return tmp_path / "bib"


@pytest.fixture
def read(bib: Path) -> Callable[..., tuple[tuple[inbox.Contribution, ...], tuple[Problem, ...]]]:
    """Puts these files into the inbox and reads it."""

    def put(**files: str | bytes) -> tuple[tuple[inbox.Contribution, ...], tuple[Problem, ...]]:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            (bib / "inbox" / name.replace("_", ".")).write_bytes(data)
        return inbox.read(bib, taxonomy.load(bib / "taxonomy.toml"))

    return put


def told(problems: Iterable[Problem]) -> list[str]:
    return [str(p) for p in problems]


# --- Reading ---


def test_an_inbox_that_is_not_there_or_empty_has_nothing(bib, read):
    assert read() == ((), ())
    (bib / "inbox" / ".gitkeep").touch()
    assert read() == ((), ())
    shutil.rmtree(bib / "inbox")
    assert read() == ((), ())


def test_a_contribution_is_read_whole(read):
    (one,), problems = read(a_toml=GOOD + 'title = "Better & best"\n')
    assert problems == ()
    assert (one.path, one.line, one.work, one.action) == ("bib/inbox/a.toml", 1, WAITING.primary, "include")
    assert (one.reason, one.categories, one.corrections) == ("it is about skin", {"model": ("llm",)}, {"title": "Better \\& best"})


def test_of_a_bib_only_the_identifiers_are_taken(read):
    (one,), problems = read(a_bib=BIB)
    assert problems == ()
    assert one == inbox.Contribution(
        path="bib/inbox/a.bib", line=1, work=WAITING.primary, action="include", reason="contributed as a BibTeX entry"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("paper = ", "bib/inbox/a.toml:1: Invalid value"),
        ("", "the key 'paper' is missing"),
        (GOOD.replace("reason", "raeson"), "bib/inbox/a.toml:3: unknown key 'raeson'; did you mean 'reason'?"),
        (GOOD.replace("include", "inclued"), "bib/inbox/a.toml:2: 'inclued' is not allowed here; did you mean 'include'?"),
        (
            GOOD.replace("model", "modle"),
            "bib/inbox/a.toml:6: 'modle' is neither a facet nor a field that can be corrected; did you mean 'model'?",
        ),
        (GOOD.replace("llm", "llms"), "bib/inbox/a.toml:6: there is no category 'llms' in 'model'; did you mean 'llm'?"),
        (GOOD.replace('["llm"]', '"llm"'), "bib/inbox/a.toml:6: write a list of categories, as model = ['llm']"),
        (GOOD.replace('["llm"]', "3"), "expected a text in quotes or a list, got"),
        (GOOD.replace("arXiv:9901.00002", "9901"), "bib/inbox/a.toml:1: '9901' is neither an arXiv id nor a DOI; write paper ="),
        (GOOD.replace("it is about skin", " "), "bib/inbox/a.toml:3: a reason is missing"),
        (GOOD.replace("it is about skin", "x" * 400), "bib/inbox/a.toml:3: the reason has 400 characters"),
        (GOOD.replace("include", "exclude"), "bib/inbox/a.toml:5: what is excluded is filed nowhere"),
        (contribution(WAITING.primary, "correct", reason="wrong"), "bib/inbox/a.toml:2: a correction needs a [set]"),
        (GOOD + 'date = "2099-02-31"\n', "bib/inbox/a.toml:7: date = {2099-02-31}: no such date; write date ="),
        (GOOD + 'title = "a\\u202eb"\n', "bib/inbox/a.toml:7: title has an invisible character"),
        (GOOD + f'title = "{"x" * 3000}"\n', "bib/inbox/a.toml:7: title is too long"),
        (GOOD.replace("about", "a\u202ebout"), "bib/inbox/a.toml:3: an invisible character (U+202E)"),
        ("\ufeff" + GOOD, "bib/inbox/a.toml:1: a byte order mark"),
        (b"paper = '\xff'\n", "bib/inbox/a.toml:1: byte 0xff is not UTF-8"),
        (GOOD + "x" * 20_000, "bytes; a contribution has 16384 at most"),
        ("[" * 5000, "a.toml:1:"),
    ],
)
def test_what_is_wrong_with_a_contribution_is_said_with_file_and_line(read, text, message):
    found, problems = read(a_toml=text)
    assert found == ()
    assert any(message in line for line in told(problems)), told(problems)
    assert all(p.path == "bib/inbox/a.toml" for p in problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing\n", "bib/inbox/a.bib:1: text outside of entries"),
        ("\n", "there is no entry in this file"),
        (BIB + "@article{b, title = {Nameless}}\n", "bib/inbox/a.bib:6: b: left out: it has neither an arXiv id nor a DOI"),
        ("@article{b, title = {x\n", "bib/inbox/a.bib:1: what opens here is never closed"),
        (BIB.replace("title", "ti\u202etle"), "an invisible character (U+202E)"),
        ("%" * 300_000, "a contribution has 262144 at most"),
        (BIB * 101, "bib/inbox/a.bib:501: 101 entries; a contribution has 100 at most"),
    ],
)
def test_what_is_wrong_with_a_bib_is_said_with_file_and_line(read, text, message):
    found, problems = read(a_bib=text)
    assert found == ()
    assert any(message in line for line in told(problems)), told(problems)
    assert all(p.path == "bib/inbox/a.bib" for p in problems)


def test_ten_megabytes_are_refused_unread(bib, read):
    with (bib / "inbox" / "a.toml").open("wb") as file:
        file.truncate(10_000_000)
    assert told(read()[1]) == [
        "bib/inbox/a.toml: 10000000 bytes; a contribution has 16384 at most: split it, or use `livre import` [inbox-large]"
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_links_folders_and_strange_names_are_refused_and_hold_up_no_file(bib, read):
    (bib / "inbox" / "link.toml").symlink_to(bib / "taxonomy.toml")
    (bib / "inbox" / "folder.toml").mkdir()
    (bib / "inbox" / "two words.toml").write_text(GOOD)
    (bib / "inbox" / "notes.md").write_text("Hello")
    found, problems = read(good_toml=GOOD)
    assert [c.path for c in found] == ["bib/inbox/good.toml"]
    assert [(p.path, p.code) for p in problems] == [
        ("bib/inbox/folder.toml", "inbox-file"),
        ("bib/inbox/link.toml", "inbox-file"),
        ("bib/inbox/notes.md", "inbox-file"),
        ("bib/inbox/two words.toml", "inbox-file"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_an_inbox_that_is_a_link_is_not_followed(bib, read, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.toml").write_text(GOOD)
    shutil.rmtree(bib / "inbox")
    (bib / "inbox").symlink_to(tmp_path / "elsewhere")
    found, (problem,) = read()
    assert found == ()
    assert problem.path == "bib/inbox"


def test_a_night_looks_at_a_thousand_files_and_says_how_many_wait(bib, read):
    for n in range(1003):
        (bib / "inbox" / f"n{n:04}.toml").write_text(GOOD)
    found, (problem,) = read()
    assert len(found) == 1000
    assert "1003 files wait" in problem.message


# --- Applying ---


def contributions(**asked: str) -> tuple[inbox.Contribution, ...]:
    """Small contributions by file: `a="include 9901.00002"`."""
    return tuple(
        inbox.Contribution(
            path=f"bib/inbox/{name}.toml",
            line=1,
            work=Identifier.parse(said.split()[1]),
            action=said.split()[0],
            reason="because",  # type: ignore[arg-type]
        )
        for name, said in asked.items()
    )


@pytest.fixture(scope="module")
def categories(tmp_path_factory: pytest.TempPathFactory) -> taxonomy.Taxonomy:
    path = tmp_path_factory.mktemp("bib") / "taxonomy.toml"
    path.write_text(TAXONOMY)
    return taxonomy.load(path)


@pytest.fixture(scope="module")
def applied(categories) -> Callable[..., intake.Outcome]:
    """The outcome of contributions that Ada brought, with a source that knows one work."""

    def apply(before: Corpus, asked: Iterable[inbox.Contribution], **more: Any) -> intake.Outcome:
        def source(works: Sequence[Identifier]) -> Iterator[Candidate]:
            return (c for c in (UNKNOWN,) if {*works} & {*c.identifiers})

        usual: dict[str, Any] = {"by": lambda path: "Ada Example", "lookup": source, "file": lambda record, filed: ()}
        return intake.apply(before, asked, taxonomy=categories, on=ON, **(usual | more))

    return apply


def test_what_is_asked_takes_effect_and_the_files_go(applied):
    outcome = applied(CORPUS, contributions(a="include 9901.00002", b="exclude 9901.00001", c="include 10.9999/9"))
    assert outcome.held == ()
    assert outcome.emptied == ("inbox/a.toml", "inbox/b.toml", "inbox/c.toml")
    assert {p.identifier("arxiv") for p in outcome.corpus.papers.values()} == {"9901.00001", "9901.00002", "9901.00009"}
    assert [c.kind for c in outcome.changes] == ["added", "added"]
    last = history(outcome.corpus, PAPER)[-1]
    assert (last.verdict, last.by, last.why) == (Verdict.EXCLUDE, "Ada Example", "because")


def test_a_work_under_any_of_its_names_is_one_work(applied):
    asked = contributions(a="include 9901.00009", b="include 10.9999/9")
    outcome = applied(CORPUS, asked)
    assert outcome.held == ()
    assert len(outcome.corpus.papers) == 2
    against = applied(CORPUS, contributions(a="include 9901.00009", b="exclude 10.9999/9"))
    assert [p.path for p in against.held] == ["bib/inbox/a.toml", "bib/inbox/b.toml"]


@pytest.mark.parametrize(
    ("lookup", "why"),
    [
        (None, "no source was asked tonight"),
        (lambda works: [], "the source that was asked does not know it"),
        (lambda works: [WAITING], "the source that was asked does not know it"),
    ],
)
def test_what_nobody_knows_stays_with_its_reason_and_holds_up_no_other(applied, lookup, why):
    outcome = applied(CORPUS, contributions(a="include 9901.00009", b="include 9901.00002"), lookup=lookup)
    (held,) = outcome.held
    assert (held.path, held.code) == ("bib/inbox/a.toml", "inbox-held")
    assert held.message.startswith(f"arxiv:9901.00009 is not known here, and {why}")
    assert outcome.emptied == ("inbox/b.toml",)


def test_a_source_is_asked_for_a_thousand_works_a_night_and_the_others_come_later(applied):
    asked = contributions(**{f"n{n:04}": f"include 9902.{n:05}" for n in range(1002)})
    outcome = applied(CORPUS, asked, lookup=lambda works: [replace(WAITING, identifiers=(w,)) for w in works])
    assert len(outcome.emptied) == 1000
    assert [p.path for p in outcome.held] == ["bib/inbox/n1000.toml", "bib/inbox/n1001.toml"]
    assert outcome.held[0].message.endswith("a source is asked for 1000 works a night: it comes later")


def test_what_a_source_said_before_it_failed_counts(applied):
    def failing(works: Sequence[Identifier]) -> Iterator[Candidate]:
        yield UNKNOWN
        raise Unavailable("no connection\nto example.org")

    outcome = applied(CORPUS, contributions(a="include 9901.00009", b="include 9901.00010"), lookup=failing)
    assert outcome.emptied == ("inbox/a.toml",)
    assert [p.message for p in outcome.held] == [
        "arxiv:9901.00010 is not known here, and the source could not be asked tonight: no connection to example.org"
    ]


def test_the_source_is_not_asked_for_what_is_known(applied):
    def never(works: Sequence[Identifier]) -> Iterator[Candidate]:
        raise SourceError("asked for nothing")

    assert applied(CORPUS, contributions(a="include 9901.00002"), lookup=never).held == ()


def test_two_files_that_contradict_each_other_are_both_held_and_name_each_other(applied):
    outcome = applied(CORPUS, contributions(a="include 9901.00002", b="exclude 9901.00002", c="exclude 9901.00001"))
    assert told(outcome.held) == [
        "bib/inbox/a.toml:1: this contradicts bib/inbox/b.toml about arxiv:9901.00002: keep one of them [inbox-held]",
        "bib/inbox/b.toml:1: this contradicts bib/inbox/a.toml about arxiv:9901.00002: keep one of them [inbox-held]",
    ]
    assert outcome.emptied == ("inbox/c.toml",)


def test_two_files_contradict_each_other_in_what_they_set_and_agree_where_it_is_the_same(applied):
    a, b = (replace(c, corrections={"title": "Better"}) for c in contributions(a="correct 9901.00001", b="correct 9901.00001"))
    assert applied(CORPUS, (a, b)).held == ()
    other = replace(b, corrections={"title": "Best"})
    assert len(applied(CORPUS, (a, other)).held) == 2
    elsewhere = replace(b, corrections={"date": "2099-03"})
    done = applied(CORPUS, (a, elsewhere))
    assert done.held == ()
    assert done.corpus.papers[PAPER.key].curated == ("title", "date")


def test_a_correction_needs_a_paper_and_may_come_with_the_file_that_makes_it_one(applied):
    mend = replace(contributions(a="correct 9901.00002")[0], categories={"model": ("llm",)})
    (held,) = applied(CORPUS, [mend]).held
    assert "only papers can be corrected" in held.message
    done = applied(CORPUS, (mend, *contributions(b="include 9901.00002")))
    assert done.held == ()
    assert {p.categories for p in done.corpus.papers.values()} == {(), ("llm",)}


def test_one_doi_is_given_to_one_work(applied):
    a, b = (replace(c, corrections={"doi": "10.9999/5"}) for c in contributions(a="correct 9901.00001", b="include 9901.00002"))
    outcome = applied(CORPUS, (a, b))
    assert [p.message[:35] for p in outcome.held] == ["doi:10.9999/5 is also that of arxiv", "doi:10.9999/5 is also that of arxiv"]
    assert applied(CORPUS, (a,)).held == ()
    of_another = replace(a, corrections={"doi": "10.9999/9"})
    known = applied(CORPUS, contributions(c="include 9901.00009")).corpus
    assert "arxiv:9901.00009" in applied(known, [of_another]).held[0].message


def test_a_file_takes_effect_whole_or_not_at_all(applied):
    first, second = contributions(a="include 9901.00002", b="include 9901.00077")
    outcome = applied(CORPUS, (first, replace(second, path=first.path, line=7)))
    assert outcome.corpus == CORPUS
    assert [(p.path, p.line) for p in outcome.held] == [("bib/inbox/a.toml", 7)]
    assert (outcome.applied, outcome.emptied) == ((), ())


@pytest.mark.parametrize(("name", "by"), [("", "inbox"), ("rules", "inbox"), ("Mallory\tExa\u202emple", "Mallory Example")])
def test_who_brought_it_is_said_and_nobody_poses_as_a_machine(applied, name, by):
    outcome = applied(CORPUS, contributions(a="exclude 9901.00001"), by=lambda path: name)
    assert history(outcome.corpus, PAPER)[-1].by == by


def test_one_file_that_fails_against_all_expectation_does_not_hold_up_the_others(applied):
    broken = replace(contributions(b="correct 9901.00001")[0], corrections={"date": "never"})
    outcome = applied(CORPUS, (*contributions(a="include 9901.00002", c="include 9901.00009"), broken))
    assert outcome.emptied == ("inbox/a.toml", "inbox/c.toml")
    assert len(outcome.corpus.papers) == 3
    assert "no such date" in outcome.held[0].message


asked = st.lists(
    st.builds(
        lambda name, n, action, title: inbox.Contribution(
            path=f"bib/inbox/{name}.toml",
            line=1,
            work=Identifier("arxiv", f"9901.0000{n}"),
            action=action,
            reason=f"because {name}",
            corrections={"title": title} if title and action == "correct" else {},
        ),
        st.sampled_from("abcdef"),
        st.integers(1, 9),
        st.sampled_from(ACTIONS),
        st.sampled_from(["", "Better", "Best"]),
    ),
    max_size=6,
    unique_by=lambda c: (c.path, c.work),
)


@given(asked, st.randoms())
def test_twice_is_once_and_the_order_of_files_does_not_matter(applied, several, random):
    one = applied(CORPUS, several)
    assert {p.path for p in one.held} | {f"bib/{path}" for path in one.emptied} == {c.path for c in several}
    mixed = list(several)
    random.shuffle(mixed)
    assert applied(CORPUS, mixed) == one
    again = applied(one.corpus, one.applied)
    assert tree(again.corpus) == tree(one.corpus)
    assert again.emptied == one.emptied


def test_what_took_effect_is_saved_together_with_the_files_that_go(bib, read, applied):
    read(a_toml=GOOD, b_toml=contribution(Identifier("arxiv", "9901.00077"), "include", reason="why not"))
    with writer(bib):
        save(bib, tree(CORPUS))
        before = load(bib)
        outcome = applied(before, read()[0])
        save(bib, tree(outcome.corpus), read=before.read, also=dict.fromkeys(outcome.emptied))
    assert [p.name for p in (bib / "inbox").iterdir()] == ["b.toml"]
    assert load(bib).papers == outcome.corpus.papers
    assert len(outcome.corpus.papers) == 2


def test_five_hundred_files_take_effect_in_one_go(applied):
    many = tuple(replace(WAITING, identifiers=(Identifier("arxiv", f"9902.{n:05}"),), title=f"Number {n}") for n in range(500))
    asked = contributions(**{f"n{n:03}": f"include 9902.{n:05}" for n in range(500)})
    outcome = applied(CORPUS, asked, lookup=lambda works: many)
    assert len(outcome.emptied) == 500
    assert len(outcome.corpus.papers) == 501


@pytest.mark.skipif(not (REVIEW / "papers").is_dir(), reason="needs the review beside the tests")
def test_every_tenth_work_of_the_real_review_can_be_contributed_either_way(tmp_path):
    shelves, real = taxonomy.load(REVIEW / "taxonomy.toml"), load(REVIEW)
    records = sorted((*real.papers.values(), *real.candidates.values()), key=lambda r: r.primary)[::10]
    assert len(records) >= 200
    for record in records:
        (tmp_path / "a.toml").write_text(contribution(record.primary, "include", title=record.title, reason=f"on {record.title}"[:300]))
        (tmp_path / "a.bib").write_text(bibtex.dumps([bibtex.to_entry(record)]))
        for name in ("a.toml", "a.bib"):
            (read,) = inbox.one(tmp_path / name, name, shelves)
            assert read.work == record.primary
