"""What /methods/, its lists and /new/ say of how the review judges, rendered from the fabricated review and fabricated figures."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import audit, card, corpus, proposal, recall, scope, sentinels, taxonomy
from livre.analyse.flow import Period, flow
from livre.backtest import Backtest, Line
from livre.card import Card, FacetCard, FilingCard, ScreeningCard
from livre.model import Candidate, Decision, Identifier, Name, Night, Sampled, Verdict
from livre.proposal import Proposed
from livre.quality import Bin, Confusion, Proportion, reliability
from livre.site.pages import Measured, Review, measured, methods, new, records, why
from livre.site.pages import flow as flows
from livre.site.pages.quality import counted, curve
from livre.site.prisma import Box, Row, Stage, narrow, wide
from livre.site.render import Site, Templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livre.corpus import Corpus

CHAPTERS = ("", "papers/", "authors/", "categories/", "timeline/", "new/", "methods/", "why/")
TEMPLATES = Templates(Site(name="Imaginary models"))
ADA = Name(given="Ada", family="Example")
FRAGMENTS = {"methods": methods, "new": new, "why": why}
REPOSITORY = "https://github.com/example/review"


def review(root: Path, own: Measured | None = None, repository: str = "", **changes: object) -> Review:
    loaded: Corpus = replace(corpus.load(root / "bib"), **changes)  # type: ignore[arg-type]
    about = replace(scope.load(root / "bib/scope.toml"), repository=repository)
    return Review(loaded, about, taxonomy.load(root / "bib/taxonomy.toml"), CHAPTERS, own or Measured())


def rendered(of: Review) -> Mapping[str, str]:
    """Path → HTML of what this file is about."""
    own = itertools.chain.from_iterable(module.pages(of) for module in (flows, records, methods))
    shown = ((name, TEMPLATES.fragment(name, f"{name}/", module.fragment(of))) for name, module in FRAGMENTS.items())
    return {p.path: "\n".join(TEMPLATES.parts(p)) for p in own} | {f"{name}/": html for name, html in shown}


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def work(number: int) -> Candidate:
    return Candidate(
        identifiers=(Identifier("arxiv", f"9905.{number:05}"),), title=f"A fabricated work {number}", authors=(ADA,), date="2099-05-01"
    )


def decision(number: int, on: str, verdict: Verdict, *, by: str = "rules", criterion: str = "model", score: float = 0.5) -> Decision:
    return Decision(subject=work(number).primary, on=on, verdict=verdict, criterion=criterion, score=score, by=by, why="a reason <b>&</b>")


def judged(root: Path, *rows: Decision, **options: object) -> Review:
    """The fabricated review with more candidates and decisions."""
    old = corpus.load(root / "bib")
    ledger = dict(old.decisions)
    for row in rows:
        ledger[row.subject] = (*ledger.get(row.subject, ()), row)
    numbers = {int(row.subject.value[5:]) for row in rows}
    candidates = {**old.candidates, **{work(n).primary: work(n) for n in sorted(numbers)}}
    return review(root, decisions=ledger, candidates=candidates, **options)  # type: ignore[arg-type]


# --- The flow of records -------------------------------------------------------------------------


def test_every_box_leads_to_a_list_that_is_there(fabricated: Path) -> None:
    site = rendered(judged(fabricated, decision(1, "2099-05-02", Verdict.WAIT), decision(1, "2099-05-03", Verdict.EXCLUDE, by="Ada <b>")))
    ids = {path: set(re.findall(r' id="([^"]+)"', html)) for path, html in site.items()}
    links = 0
    for path, html in site.items():
        for href in re.findall(r'<a href="(\.\./[^"]*|\./[^"]*)"', html):
            target, _, anchor = href.removeprefix("../" * path.count("/")).partition("#")
            if target.startswith("methods/"):
                links += 1
                assert target in site, (path, href)
                assert not anchor or anchor in ids[target], (path, href)
    assert links > 100


def test_a_night_that_only_fetched_abstracts_has_its_flow_as_well(fabricated: Path) -> None:
    night = Night(night="2099-06-01", source="abstracts", seen=7, matched=7)
    site = rendered(review(fabricated, nights=(*corpus.load(fabricated / "bib").nights, night)))
    assert 'href="../methods/flow/2099-06-01/"' in site["methods/"]
    assert "0 records identified" in site["methods/flow/2099-06-01/"]
    assert "Nothing was decided." in site["methods/flow/2099-06-01/"]


def test_a_list_holds_the_records_that_its_box_counts(fabricated: Path) -> None:
    of = judged(fabricated, *(decision(n, "2099-05-02", Verdict.EXCLUDE) for n in range(1, 8)))
    site = rendered(of)
    for group, n in flow(of.journal, Period()).excluded.items():
        html = site[f"methods/records/{group.slug}/"]
        assert html.count("<li>") == n
        assert f"{n} work{'s stand' if n > 1 else ' stands'} here today." in text(html)


def test_a_long_list_has_pages_and_a_night_leads_into_the_middle_of_it(fabricated: Path) -> None:
    rows = [decision(n, f"2099-05-{2 + n // 200:02}", Verdict.EXCLUDE) for n in range(600)]
    site = rendered(judged(fabricated, *rows))
    pieces = [site[f"methods/records/exclude-rules-model{s}/"] for s in ("", "_2", "_3")]
    assert sum(html.count("<li>") for html in pieces) >= 600
    assert 'id="d2099-05-02"' in pieces[1]
    assert 'href="../../../methods/records/exclude-rules-model_2/#d2099-05-02"' in site["methods/flow/2099-05-02/"]
    assert "continued" in pieces[2]


def test_what_was_decided_otherwise_later_stays_in_its_list_and_says_so(fabricated: Path) -> None:
    site = rendered(judged(fabricated, decision(1, "2099-05-02", Verdict.WAIT), decision(1, "2099-05-03", Verdict.EXCLUDE, by="ada")))
    shown = text(site["methods/records/wait-rules-model/"])
    assert "1 more was decided otherwise later, and is marked" in shown
    assert "A fabricated work 1 excluded on 2099-05-03" in shown
    assert "decided by ada" in text(site["methods/records/exclude-people-model/"])


def test_the_flow_of_a_night_begins_with_the_version_before_it(fabricated: Path) -> None:
    of = review(fabricated)
    site = rendered(of)
    last = flow(of.journal, Period(id="2099-03-04"))
    shown = text(site["methods/flow/2099-03-04/"])
    assert f"The review went from {last.before} to {last.after} works." in shown
    assert f"In the review before {last.before}" in shown
    assert 'rel="next"' in site["methods/flow/2099-03-04/"]


def test_the_whole_flow_ends_with_as_many_papers_as_the_front_page_counts(fabricated: Path) -> None:
    of = review(fabricated)
    assert f"papers, counted everywhere {len(of.papers)}" in text(rendered(of)["methods/"])


def test_the_diagrams_are_named_described_and_well_formed(fabricated: Path) -> None:
    for path, html in rendered(review(fabricated)).items():
        for svg in re.findall(r"<svg class=\"lv-flow.*?</svg>", html, re.DOTALL):
            root = ET.fromstring(svg)
            assert root[0].tag == "title", path
            assert root[1].tag == "desc", path
            assert root.attrib["aria-labelledby"] == root[0].attrib["id"]
            assert all("".join(a.itertext()).strip() for a in root.iter("a"))


def test_who_corrects_a_record_has_not_judged_it(fabricated: Path) -> None:
    of = review(fabricated)
    subject, past = next((s, p) for s, p in sorted(of.corpus.decisions.items()) if p[-1].by == "rules" and p[-1].verdict is Verdict.INCLUDE)

    def told(criterion: str) -> str:
        said = Decision(
            subject=subject, on="2099-12-01", verdict=Verdict.INCLUDE, criterion=criterion, score=1.0, by="Ada Example", why="so"
        )
        found = text(rendered(review(fabricated, decisions={**of.corpus.decisions, subject: (*past, said)}))["methods/"])
        return "".join(re.findall(r"(\d+) of the works stand where people put them since", found))

    before = "".join(re.findall(r"(\d+) of the works stand where people put them since", text(rendered(of)["methods/"])))
    assert told("correction") == before
    assert int(told("person")) == int(before or 0) + 1


def test_the_night_that_imported_is_named_so(fabricated: Path) -> None:
    night = replace(corpus.load(fabricated / "bib").nights[0], source="import", seen=9, matched=9)
    assert "identified by import 9" in text(rendered(review(fabricated, nights=(night,)))["methods/"])


def test_no_box_is_drawn_over_another_and_no_label_runs_out_of_its_box() -> None:
    rows = tuple(Row(label=" ".join(["reasonably"] * n), count=10**n) for n in range(1, 6))
    stages = [
        Stage(main=Box(label="One", count=1, rows=rows), sides=(Box(label="Side", count=2, rows=rows), Box(label="Other", count=0)))
    ] * 3
    for diagram in (wide(stages), narrow(stages)):
        for i, a in enumerate(diagram.boxes):
            assert a.x >= 0
            assert a.x + a.width <= diagram.width
            assert a.y + a.height <= diagram.height
            assert all(a.y <= line.top and line.top + line.height <= a.y + a.height for line in a.lines)
            for b in diagram.boxes[i + 1 :]:
                apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
                assert apart
    assert narrow(stages).width <= 328


# --- The protocol --------------------------------------------------------------------------------


def test_the_protocol_says_what_is_asked_of_screening_and_of_audits(fabricated: Path) -> None:
    shown = text(rendered(review(fabricated))["methods/"])
    for said in ("at least 95 % should belong", "at most 2 % may be excluded", "at most 50 works wait", "up to 25 differences"):
        assert said in shown
    assert "every 7 days 20 of the machine's decisions are drawn at random" in shown
    assert "a work that 8 papers of the review cite, or that cites 5 core papers" in shown


def test_a_long_list_of_words_stands_once_and_is_named_elsewhere(fabricated: Path) -> None:
    of = review(fabricated)
    words = replace(of.scope.criteria[0].all[0], terms=frozenset(f"word{n}" for n in range(40)))
    of.scope = replace(of.scope, criteria=tuple(replace(c, all=(words,)) for c in of.scope.criteria * 2))
    html = rendered(of)["methods/"]
    assert html.count("<code>word7</code>") == 1
    assert html.count("the 40 words of") == 2
    assert 'id="words-1"' in html


def test_the_words_of_every_category_stand_with_their_weight(fabricated: Path) -> None:
    of = review(fabricated)
    site = rendered(of)
    for facet in of.taxonomy.facets:
        html = site[f"methods/rules/{facet.id}/"]
        for category in of.taxonomy.of(facet.id):
            assert f'id="{category.id}"' in html
            assert all(f"<code>{term}</code>" in html for term in category.weights)


def test_the_page_of_the_real_review_is_no_heavier_than_it_may_be() -> None:
    root = Path(__file__).parents[1]
    html = TEMPLATES.fragment("methods", "methods/", methods.fragment(review(root)))
    assert len(html.encode()) < 130_000  # the frame takes the rest of 150 KB


# --- How good it is ------------------------------------------------------------------------------

TEST = Backtest(
    topic="",
    split="temporal",
    since="2099-03-01",
    until="2099-04-01",
    trained=300,
    n=100,
    positive=40,
    people=5,
    auc=0.953,
    average_precision=0.91,
    wss95=None,
    recall10=0.25,
    precision=Proportion(k=38, n=40),
    recall=Proportion(k=38, n=40),
    missed=Proportion(k=1, n=40),
    waiting=7,
    brier=0.08,
    calibration_error=0.03,
    curve=reliability([0.05, 0.1, 0.55, 0.95, 0.97], [False, False, True, True, True]),
)
CARD = Card(
    on="2099-04-02",
    screening=ScreeningCard(
        included=200,
        excluded=100,
        people=12,
        contradictions=3,
        thresholds=(Line(topic="beasts", include_at=0.83, exclude_below=None, reason="too few labels"),),
        temporal=TEST,
        by_people=replace(TEST, n=5, precision=Proportion(k=3, n=4)),
        topics=(replace(TEST, topic="beasts"),),
        random=replace(TEST, split="random", since=""),
    ),
    filing=FilingCard(
        trained=250,
        people=4,
        facets=(
            FacetCard(
                facet="model",
                categories={"horned": Confusion(tp=9, fp=1, fn=1, tn=30)},
                micro=Confusion(tp=9, fp=1, fn=1, tn=30),
                macro=0.9,
                whole=Confusion(tp=9, fp=1, fn=4, tn=30),
                abstained=Proportion(k=6, n=50),
            ),
        ),
    ),
)


def test_without_a_card_the_page_says_rules_only(fabricated: Path) -> None:
    shown = text(rendered(review(fabricated))["methods/"])
    assert "Rules only: nothing has been learned or tested yet." in shown
    assert "they are unaudited" in shown
    assert "recall is unknown" in shown


def test_an_untrained_card_gives_its_reason(fabricated: Path) -> None:
    untrained = Card(
        on="2099-04-02", screening=ScreeningCard(reason="only one class was ever decided"), filing=FilingCard(reason="no labels")
    )
    shown = text(rendered(review(fabricated, Measured(card=untrained)))["methods/"])
    assert "Rules only: only one class was ever decided." in shown
    assert "Rules only: no labels." in shown


def test_the_card_is_shown_with_its_intervals_and_what_is_missing_as_a_dash(fabricated: Path) -> None:
    html = rendered(review(fabricated, Measured(card=CARD)))["methods/"]
    shown = text(html)
    assert "On 2 April 2099: 200 included and 100 excluded works to learn from, 12 of them decided by people" in shown
    assert "Measure The newest Decided by people At random" in shown
    assert "Precision of what is included 95.0 % (83.5 to 98.6; 38 of 40) 75.0 % (30.1 to 95.4; 3 of 4) 95.0 %" in shown
    assert "Work saved over sampling at 95 % recall – – –" in shown
    assert "And on those of them that people decided: 5 works since 2099-03-01 , 40 of which belong" in shown
    assert "Whose word it is: Of the newest works people decided 5, and the review's own rules decided the other 95" in shown
    assert "Imaginary models of fabulous beasts 0.83 never too few labels" in shown
    assert "12.0 % (5.6 to 23.8; 6 of 50)" in shown
    assert "The newest, topic by topic" in shown


def test_the_reliability_curve_and_its_table_say_the_same(fabricated: Path) -> None:
    html = rendered(review(fabricated, Measured(card=CARD)))["methods/"]
    for b in TEST.curve:
        assert f"said {b.mean:.2f}, was {b.share:.2f}, {b.n} works" in html
        assert f"<td>{b.mean:.2f}</td><td>{b.share:.2f}</td>" in html


def test_a_reliable_probability_lies_on_the_diagonal_and_every_mark_in_the_square() -> None:
    drawn = curve(tuple(Bin(low=i / 10, high=(i + 1) / 10, mean=i / 10, share=i / 10, n=i + 1) for i in range(11)))
    for mark in drawn.marks:
        assert mark.x - drawn.left == pytest.approx(drawn.base - mark.y, abs=0.1)
        assert drawn.left <= mark.x <= drawn.left + drawn.side
        assert drawn.base - drawn.side <= mark.y <= drawn.base


def test_a_share_of_nothing_is_a_dash() -> None:
    assert counted(Proportion(k=0, n=0)) == "–"
    assert counted(None) == "–"


def sets(of: Review) -> tuple[sentinels.SetFigures, ...]:
    paper = of.papers[0]
    rows = f"{paper.primary.value},{paper.title[:5]}\n9902.90001,A candidate that was left out\n10.9999/elsewhere,An example chapter\n"
    head = "# title: A fabricated list\n# description: By nobody.\n# source: https://example.org\npaper,title\n"
    made, problems = sentinels.parse(head + rows, path="bib/sentinels/fabricated.csv")
    assert not problems
    return sentinels.measure((made,), of.corpus, of.scope)


def test_a_sentinel_set_says_what_is_here_and_why_the_rest_is_not(fabricated: Path) -> None:
    plain = review(fabricated)
    site = rendered(review(fabricated, Measured(sentinels=sets(plain))))
    assert "33.3 % (6.1 to 79.2; 1 of 3)" in text(site["methods/"])
    assert 'href="../methods/sentinels/fabricated/#not-on-arxiv"' in site["methods/"]
    html = site["methods/sentinels/fabricated/"]
    assert f"papers/{plain.papers[0].key}/" in html
    assert "An example chapter" in text(html)
    assert "An imaginary model" in text(html)


@pytest.mark.parametrize(("common", "said"), [(8, "at best, since well-known works are found by both"), (2, "only 2 found by both roads")])
def test_capture_and_recapture_is_told_or_why_not(fabricated: Path, common: int, said: str) -> None:
    ids = [Identifier("arxiv", f"9901.{n:05}") for n in range(40)]
    figures = recall.recapture(ids[:20], ids[20 - common : 40 - common])
    assert said in text(rendered(review(fabricated, Measured(recapture=figures)))["methods/"])


def audited(root: Path, *answers: Decision) -> Review:
    drawn = tuple(Sampled(audit="2099-05-10", subject=work(n).primary, verdict=Verdict.EXCLUDE, of=30) for n in (1, 2))
    plain = judged(root, decision(1, "2099-05-02", Verdict.EXCLUDE), decision(2, "2099-05-02", Verdict.EXCLUDE), *answers)
    known = plain.corpus
    own = Measured(audit=audit.figures(drawn, known, "2099-05-20"), samples=drawn, open=audit.questions(drawn, known))
    return review(root, own, REPOSITORY, decisions=known.decisions, candidates=known.candidates)


def test_an_audit_that_nobody_answered_is_said_to_be_none_and_asks(fabricated: Path) -> None:
    html = rendered(audited(fabricated))["methods/"]
    assert "Unaudited since 10 May 2099." in text(html)
    assert "2 open questions" in text(html)
    assert html.count("https://github.com/example/review/new/main?filename=bib%2Finbox%2F") == 4


def test_an_answered_audit_gives_its_figures_and_asks_for_the_rest(fabricated: Path) -> None:
    shown = text(rendered(audited(fabricated, decision(1, "2099-05-12", Verdict.INCLUDE, by="ada", criterion="person")))["methods/"])
    assert "Unaudited" not in shown
    assert "Wrongly excluded 100.0 % (20.7 to 100.0; 1 of 1)" in shown
    assert "1 open question Drawn on 10 May 2099" in shown


# --- What is new ---------------------------------------------------------------------------------


def test_no_more_wait_on_the_page_than_may_and_the_likeliest_come_first(fabricated: Path) -> None:
    rows = [decision(n, "2099-05-02", Verdict.WAIT, by="model", criterion="relevance", score=n / 100) for n in range(1, 71)]
    of = judged(fabricated, *rows, repository=REPOSITORY)
    html = rendered(of)["new/"]
    queue = html[html.index('id="waiting"') : html.index("</ol>")]
    assert queue.count("provisional</span>") == of.scope.screening.queue == 50
    assert "21 more do today" in text(queue)
    assert queue.index("A fabricated work 70<") < queue.index("A fabricated work 69<")
    assert "probability 0.70 · What was learned from earlier decisions · a reason <b>&</b>" in text(queue)
    assert queue.count(">include</a>") == 50


def test_nothing_waits_is_said(fabricated: Path) -> None:
    assert "Nothing waits." in text(rendered(review(fabricated, candidates={}))["new/"])


def test_a_proposal_is_told_on_both_pages_and_none_on_neither(fabricated: Path) -> None:
    of = review(fabricated)
    first, second = of.papers[:2]
    rows = (
        Proposed(kind="drop", paper=first.primary, before="include (beasts)", after="exclude (model)", because="no <b>word</b> of it"),
        Proposed(kind="move", paper=second.primary, before="horned", after="winged", because="-horned, +winged"),
    )
    site = rendered(review(fabricated, Measured(proposal=rows)))
    for path in ("methods/", "new/"):
        assert "would drop 1, add 0, move 1" in text(site[path])
        assert "include (beasts) → exclude (model) · no <b>word</b> of it" in text(site[path])
        assert "Proposed, and not applied" not in rendered(of)[path]


def test_what_a_day_does_not_list_is_found_in_the_lists(fabricated: Path) -> None:
    html = rendered(judged(fabricated, *(decision(n, "2099-05-02", Verdict.EXCLUDE) for n in range(100))))["new/"]
    assert 'And 60 more: <a href="../methods/records/exclude-rules-model/#d2099-05-02">list 1</a>.' in html


def test_hostile_words_of_a_ledger_are_shown_and_never_obeyed(fabricated: Path) -> None:
    evil = decision(1, "2099-05-02", Verdict.EXCLUDE, by='<img src=x onerror="alert(1)">', criterion="<script>alert(1)</script>")
    for path, html in rendered(judged(fabricated, evil)).items():
        assert not re.search(r"<script(?! src)|<img|<b>&amp;", html), path


def test_an_empty_review_says_that_nothing_was_decided(fabricated: Path) -> None:
    site = rendered(review(fabricated, papers={}, candidates={}, decisions={}, nights=()))
    assert "Nothing has been decided yet." in text(site["methods/"])
    assert "No night has run yet." in text(site["methods/"])
    assert not [p for p in site if p.startswith(("methods/flow/", "methods/records/"))]


# --- All of it from the disk ---------------------------------------------------------------------


def test_what_was_measured_is_read_from_beside_the_corpus_without_a_clock(fabricated: Path, tmp_path: Path) -> None:
    of = review(fabricated)
    assert measured.load(tmp_path, of.corpus, of.scope) == replace(Measured(), audit=audit.figures((), of.corpus, "2099-03-05"))
    drawn = Sampled(audit="2099-05-10", subject=of.papers[0].primary, verdict=Verdict.INCLUDE, of=9)
    rows = (Proposed(kind="move", paper=of.papers[1].primary, before="horned", after="winged", because="-horned, +winged"),)
    head = "# title: A fabricated list\n# description: By nobody.\n# source: https://example.org\npaper,title\n"
    files = {
        **audit.tree((drawn,)),
        proposal.PATH: proposal.dumps(rows) or b"",
        card.CARD: card.dumps(CARD),
        "sentinels/fabricated.csv": f"{head}9902.90001,A title\n".encode(),
    }
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    found = measured.load(tmp_path, of.corpus, of.scope)
    assert (found.samples, found.open, found.proposal) == ((drawn,), (drawn,), rows)
    assert found.card is not None
    assert found.card.screening.people == CARD.screening.people
    assert found.audit is not None
    assert found.audit.unaudited == "2099-05-10"
    assert [s.set.id for s in found.sentinels] == ["fabricated"]
    assert "Unaudited since 10 May 2099." in text(rendered(review(fabricated, found))["methods/"])
