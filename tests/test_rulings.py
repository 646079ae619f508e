"""What people decide, applied to a corpus: it beats the machine, it is kept, and nothing is lost by it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from livre import corpus as corpora
from livre import merge, taxonomy
from livre.corpus import Corpus, history
from livre.errors import UsageError
from livre.guard import guard
from livre.model import Candidate, Decision, Identifier, Name, Paper, Verdict
from livre.rulings import Ruling, filed, person, reason, rule, values

if TYPE_CHECKING:
    from collections.abc import Callable

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
terms = ["language model*"]

[[categories]]
id = "vlm"
facet = "model"
title = "Of images too"
definition = "Models of text and images."
parent = "llm"
terms = ["vision-language model*"]

[[categories]]
id = "skin"
facet = "domain"
title = "Skin"
definition = "Skin."
terms = ["skin"]
"""
ON = "2099-05-01"
PAPER = strategies.paper(1, categories=("skin",))
WAITING = Candidate(
    identifiers=(Identifier("arxiv", "9901.00002"),), title="A fabricated candidate", authors=(Name(family="Example"),), date="2099-01-01"
)
CORPUS = Corpus(
    papers={PAPER.key: PAPER},
    candidates={WAITING.primary: WAITING},
    decisions={
        r.primary: (Decision(subject=r.primary, on="2099-04-01", verdict=v, criterion="subject", score=0.6, by="rules", why="a word"),)
        for r, v in ((PAPER, Verdict.INCLUDE), (WAITING, Verdict.WAIT))
    },
)


@pytest.fixture(scope="module")
def categories(tmp_path_factory: pytest.TempPathFactory) -> taxonomy.Taxonomy:
    path = tmp_path_factory.mktemp("bib") / "taxonomy.toml"
    path.write_text(TAXONOMY)
    return taxonomy.load(path)


@pytest.fixture(scope="module")
def ruled(categories: taxonomy.Taxonomy) -> Callable[..., Corpus]:
    """The corpus after rulings; categories come out as they are, or as `llm`."""

    def file(_record: Candidate, filed: Paper | None) -> tuple[str, ...]:
        return filed.categories if filed else ("llm",)

    def apply(before: Corpus, *said: Ruling, on: str = ON, **more: Any) -> Corpus:
        return rule(before, said, file=file, taxonomy=categories, on=on, **more)[0]

    return apply


def ruling(work: Candidate | str, verdict: Verdict | None, **more: Any) -> Ruling:
    identifier = Identifier.parse(work) if isinstance(work, str) else work.primary
    return Ruling(work=identifier, verdict=verdict, **({"because": "I have read it", "by": "Ada Example"} | more))


def test_a_candidate_that_a_person_includes_becomes_a_paper_at_once(ruled):
    after = ruled(CORPUS, ruling(WAITING, Verdict.INCLUDE))
    (born,) = (p for k, p in after.papers.items() if k not in CORPUS.papers)
    assert (born.primary, born.categories, born.added) == (WAITING.primary, ("llm",), ON)
    assert after.candidates == {}
    last = history(after, born)[-1]
    assert (last.verdict, last.criterion, last.by, last.why, last.on, last.score) == (
        Verdict.INCLUDE,
        "person",
        "Ada Example",
        "I have read it",
        ON,
        1.0,
    )


def test_a_paper_that_a_person_excludes_keeps_its_key_and_its_file(ruled):
    after = ruled(CORPUS, ruling(PAPER, Verdict.EXCLUDE, criterion="robots"))
    assert after.papers == CORPUS.papers
    assert [(d.verdict, d.criterion) for d in history(after, PAPER)] == [(Verdict.INCLUDE, "subject"), (Verdict.EXCLUDE, "robots")]
    guard(CORPUS, after, on=ON)


def test_a_waiting_work_that_a_person_excludes_stays_a_candidate(ruled):
    after = ruled(CORPUS, ruling(WAITING, Verdict.EXCLUDE))
    assert after.candidates == CORPUS.candidates
    assert history(after, WAITING)[-1].verdict is Verdict.EXCLUDE


def test_a_person_who_says_what_the_machine_said_is_on_record_all_the_same(ruled):
    after = ruled(CORPUS, ruling(PAPER, Verdict.INCLUDE, criterion="subject"))
    assert [d.by for d in history(after, PAPER)] == ["rules", "Ada Example"]


def test_the_same_again_by_the_same_person_changes_nothing_and_another_person_is_added(ruled):
    said = ruling(PAPER, Verdict.EXCLUDE, criterion="robots")
    once = ruled(CORPUS, said)
    assert ruled(once, said, on="2099-06-01") == once
    assert ruled(once, replace(said, criterion="person", because="still")) == once
    other = ruled(once, replace(said, by="Bob Example", verdict=Verdict.INCLUDE))
    assert [d.by for d in history(other, PAPER)] == ["rules", "Ada Example", "Bob Example"]
    back = ruled(other, said)
    assert [d.by for d in history(back, PAPER)] == ["rules", "Ada Example", "Bob Example", "Ada Example"]


def test_a_person_decides_last_even_after_a_clock_that_was_ahead_and_under_another_identifier(ruled):
    doi = Identifier("doi", "10.9999/1")
    work = replace(PAPER, identifiers=(PAPER.primary, doi))
    late = Decision(subject=doi, on="2100-01-01", verdict=Verdict.INCLUDE, criterion="subject", score=0.6, by="rules", why="")
    before = replace(CORPUS, papers={work.key: work}, decisions={**CORPUS.decisions, doi: (late,)})
    after = ruled(before, ruling(PAPER, Verdict.EXCLUDE))
    assert (history(after, work)[-1].verdict, history(after, work)[-1].on) == (Verdict.EXCLUDE, "2100-01-01")
    assert corpora.parse(corpora.tree(after).items()).decisions == after.decisions


def test_of_several_decisions_on_one_day_the_persons_is_the_last(ruled):
    doi = Identifier("doi", "10.9999/2")
    work = replace(WAITING, identifiers=(WAITING.primary, doi))
    by = {i: Decision(subject=i, on=ON, verdict=Verdict.EXCLUDE, criterion="x", score=0.6, by="rules", why="") for i in work.identifiers}
    before = Corpus(candidates={work.primary: work}, decisions={i: (d,) for i, d in by.items()})
    after = ruled(before, ruling(WAITING, Verdict.INCLUDE))
    assert [p.primary for p in after.papers.values()] == [work.primary]
    assert history(after, work)[-1].by == "Ada Example"


def test_a_machine_does_not_overrule_a_person(ruled):
    after = ruled(CORPUS, ruling(WAITING, Verdict.EXCLUDE))
    machine = Decision(subject=WAITING.primary, on="2099-06-01", verdict=Verdict.INCLUDE, criterion="x", score=0.9, by="model", why="")
    again, _ = merge.merge(after, [WAITING], judge=lambda *_: machine, file=lambda *_: (), on="2099-06-01")
    assert again.decisions == after.decisions
    assert again.papers == after.papers


def test_the_facets_that_a_person_files_are_the_persons_and_the_others_stay(ruled, categories):
    said = ruling(PAPER, Verdict.INCLUDE, categories=filed({"model": ["vlm"]}, categories))
    after = ruled(CORPUS, said).papers[PAPER.key]
    assert after.categories == ("llm", "vlm", "skin")
    assert after.curated == ("model",)
    none = ruled(CORPUS, ruling(PAPER, None, categories={"domain": ()})).papers[PAPER.key]
    assert (none.categories, none.curated) == ((), ("domain",))


def test_a_category_can_be_set_with_the_verdict_that_makes_the_paper(ruled):
    after = ruled(CORPUS, ruling(WAITING, Verdict.INCLUDE, categories={"model": (), "domain": ("skin",)}))
    (born,) = (p for k, p in after.papers.items() if k != PAPER.key)
    assert (born.categories, born.curated) == (("skin",), ("model", "domain"))


def test_a_correction_holds_against_every_later_harvest_and_says_who_made_it(ruled):
    corrections = values({"title": "A better title", "author": ("Example, Ada", "Bob Example"), "date": "2099-02", "doi": "10.9999/X1"})
    after = ruled(CORPUS, ruling(PAPER, None, corrections=corrections))
    paper = after.papers[PAPER.key]
    assert (paper.title, [str(n) for n in paper.authors], paper.date) == ("A better title", ["Ada Example", "Bob Example"], "2099-02")
    assert [str(i) for i in paper.identifiers] == ["arxiv:9901.00001", "doi:10.9999/x1"]
    assert paper.curated == ("title", "author", "date")
    last = history(after, paper)[-1]
    assert (last.verdict, last.criterion, last.by) == (Verdict.INCLUDE, "correction", "Ada Example")
    harvested = replace(WAITING, identifiers=PAPER.identifiers, title="The old title", source=replace(PAPER.source, version=9))
    later, _ = merge.merge(after, [harvested], judge=lambda *_: None, file=lambda *_: (), on="2099-06-01")
    kept = later.papers[PAPER.key]
    assert (kept.title, kept.authors, kept.date, kept.identifiers) == (paper.title, paper.authors, paper.date, paper.identifiers)
    assert ruled(after, ruling(PAPER, None, corrections=corrections)) == after


def test_a_doi_of_another_work_is_refused(ruled):
    other = strategies.paper(3, identifiers=(Identifier("arxiv", "9901.00003"), Identifier("doi", "10.9999/3")))
    before = replace(CORPUS, papers={**CORPUS.papers, other.key: other})
    with pytest.raises(UsageError, match=r"doi:10\.9999/3 is arxiv:9901\.00003 in this review"):
        ruled(before, ruling(PAPER, None, corrections={"doi": "10.9999/3"}))


def test_a_work_that_nobody_knows_is_named_with_what_to_do(ruled):
    with pytest.raises(UsageError, match=r"arxiv:9901\.00009 is not known here; `livre add arxiv:9901\.00009 --because WHY`"):
        ruled(CORPUS, ruling("9901.00009", Verdict.INCLUDE))


def test_a_work_that_the_source_knows_is_taken_in_by_the_verdict_on_it(ruled):
    found = replace(WAITING, identifiers=(Identifier("arxiv", "9901.00009"), Identifier("doi", "10.9999/9")))
    by_doi = ruling("10.9999/9", Verdict.INCLUDE)
    after = ruled(CORPUS, by_doi, found=[found])
    assert {p.primary for p in after.papers.values()} == {PAPER.primary, found.primary}
    assert [d.by for d in history(after, found)] == ["Ada Example"]
    assert ruled(after, by_doi, found=[found]) == after
    out = ruled(CORPUS, replace(by_doi, verdict=Verdict.EXCLUDE), found=[found])
    assert found.primary in out.candidates
    assert history(out, found)[-1].verdict is Verdict.EXCLUDE


def test_what_a_source_says_beside_what_was_asked_is_left_out(ruled):
    found = [replace(WAITING, identifiers=(Identifier("arxiv", f"9901.0001{n}"),)) for n in range(3)]
    after = ruled(CORPUS, ruling("9901.00011", Verdict.INCLUDE), found=found)
    assert {p.primary.value for p in after.papers.values()} == {"9901.00001", "9901.00011"}
    assert set(after.candidates) == {WAITING.primary}


def test_only_papers_are_corrected(ruled):
    with pytest.raises(UsageError, match="no paper of this review"):
        ruled(CORPUS, ruling(WAITING, None, corrections={"title": "Better"}))


@pytest.mark.parametrize("name", ["rules", "Model", "import", "", "\u202e"])
def test_no_person_signs_as_a_machine(ruled, name):
    with pytest.raises(UsageError, match="say who decides"):
        ruled(CORPUS, ruling(PAPER, Verdict.EXCLUDE, by=name))
    assert person(name, otherwise="inbox") == "inbox"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"modle": ["llm"]}, "there is no facet 'modle'; did you mean 'model'?"),
        ({"model": ["llms"]}, "there is no category 'llms' in 'model'; did you mean 'llm'?"),
        ({"model": ["skin"]}, "there is no category 'skin' in 'model'; it is a category of 'domain'"),
    ],
)
def test_a_category_that_is_not_there_is_answered_with_the_nearest(categories, chosen, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        filed(chosen, categories)


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        ({"titel": "x"}, "did you mean 'title'"),
        ({"title": ("a", "b")}, "title is one text"),
        ({"title": " \u202e "}, "title is empty"),
        ({"author": ()}, "author is empty"),
        ({"date": "2099-13"}, "no such date"),
        ({"doi": "9901.00001"}, "the DOI of a preprint"),
        ({"doi": "10.48550/arXiv.9901.00001"}, "the DOI of a preprint"),
        ({"doi": "ten"}, "neither an arXiv id nor a DOI"),
        ({"code": "javascript:alert(1)"}, "https://"),
    ],
)
def test_a_correction_that_cannot_be_says_why(corrections, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        values(corrections)


def test_a_reason_is_one_line_and_neither_nothing_nor_a_novel():
    assert reason(" two\n\tlines \u202e") == "two lines"
    for text in ("", "\n", "x" * 301):
        with pytest.raises(ValueError, match="reason"):
            reason(text)


hostile_values = st.fixed_dictionaries(
    {},
    optional={"title": strategies.raw_texts, "author": st.lists(strategies.raw_texts, max_size=2).map(tuple), "code": strategies.raw_texts},
)


@given(strategies.corpora(), hostile_values, strategies.raw_texts, st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE]), st.data())
def test_rulings_lose_nothing_are_the_same_twice_and_read_back(ruled, corpus, corrections, because, verdict, data):
    works = sorted({i for r in (*corpus.papers.values(), *corpus.candidates.values()) for i in r.identifiers})
    if not works:
        return
    try:
        mended = values(corrections)
    except ValueError:
        mended = {}
    said = ruling(str(data.draw(st.sampled_from(works))), verdict, because=f"because {because}"[:300])
    said = replace(said, corrections=mended if verdict is Verdict.INCLUDE else {})
    before = replace(corpus, decisions={s: rows for s, rows in corpus.decisions.items() if corpus.find([s])})
    after = ruled(before, said)
    guard(before, after, on=ON, attended=True)
    record = after.find([said.work])
    assert record
    assert history(after, record)[-1].verdict is verdict
    assert isinstance(record, Paper) or verdict is Verdict.EXCLUDE
    assert ruled(after, said) == after
    again = corpora.parse(corpora.tree(after).items())
    assert (again.papers, again.candidates, again.decisions) == (after.papers, after.candidates, after.decisions)
