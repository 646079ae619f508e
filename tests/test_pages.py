"""What the generated pages say, rendered from the fabricated review; how the site is put together is tested elsewhere."""

from __future__ import annotations

import itertools
import re
import shutil
from collections import Counter
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from livre import corpus, scope, taxonomy
from livre.classify import Filing
from livre.model import Decision, Identifier, Name, Paper, Sampled, Verdict, Version
from livre.site import exports
from livre.site.pages import Measured, Review, fragments, pages
from livre.site.pages.papers import LINKED_AUTHORS, SHOWN_AUTHORS
from livre.site.render import Site, Templates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from livre.corpus import Corpus

CHAPTERS = ("", "papers/", "authors/", "categories/", "timeline/", "new/", "methods/", "why/", "categories/horned/")
TEMPLATES = Templates(Site(name="Imaginary models", url="https://example.org/review/"))


def review(root: Path, **changes: object) -> Review:
    loaded: Corpus = replace(corpus.load(root / "bib"), **changes)  # type: ignore[arg-type]
    return Review(loaded, scope.load(root / "bib/scope.toml"), taxonomy.load(root / "bib/taxonomy.toml"), CHAPTERS)


def with_paper(root: Path, paper: Paper, *decisions: Decision) -> Review:
    old = corpus.load(root / "bib")
    return review(
        root, papers={**old.papers, paper.key: paper}, decisions={**old.decisions, paper.primary: decisions} if decisions else old.decisions
    )


def rendered(of: Review) -> Mapping[str, str]:
    """Path → head and body of every page, and of every fragment under the page it stands on."""
    out = {page.path: "\n".join(TEMPLATES.parts(page)) for page in pages(of)}
    for f in fragments(of):
        path = f.path or ("" if f.name == "home" else f"{f.name}/")
        out[path] = TEMPLATES.fragment(f.name, path, f.context)
    return out


@pytest.fixture(scope="module")
def site(fabricated: Path) -> Mapping[str, str]:
    return rendered(review(fabricated))


def text(html: str) -> str:
    return " ".join(
        unescape(re.sub(r"<[^>]+>", "", re.sub(r"</?(?:p|li|h\d|ul|div|dd|dt|details|summary|tr|td|th|b|span)\b", r" \g<0>", html))).split()
    )


def one(of: Review, key: str) -> str:
    return next("\n".join(TEMPLATES.parts(p)) for p in pages(of) if p.path == f"papers/{key}/")


BASIC = Paper(
    key="basic2099",
    shard="2099-03",
    identifiers=(Identifier("arxiv", "9903.77777"),),
    title="A basic dragon",
    authors=(Name(given="Ada", family="Example"),),
    date="2099-03-07",
    categories=("dragons",),
    added="2099-03-08",
)


def test_a_paper_that_a_person_took_out_keeps_its_page_and_stands_in_no_list_and_no_figure(fabricated):
    taken = Decision(
        subject=BASIC.primary,
        on="2099-03-09",
        verdict=Verdict.EXCLUDE,
        criterion="editor",
        score=0.99,
        by="ada",
        why="A dragon is no model.",
    )
    before, after = review(fabricated), with_paper(fabricated, BASIC, taken)
    assert "Taken out of the review. A dragon is no model." in text(one(after, BASIC.key))
    assert len(after.papers) == len(before.papers)
    pages_of = rendered(after)
    told = {path for path, html in pages_of.items() if f"papers/{BASIC.key}/" in html}
    assert told <= {"new/", f"papers/{BASIC.key}/", "methods/records/exclude-people-editor/", "methods/records/month-2099-03/"}


# --- All pages -----------------------------------------------------------------------------------


def test_every_path_is_used_once(fabricated):
    paths = Counter(p.path for p in pages(review(fabricated)))
    assert max(paths.values()) == 1
    assert not set(paths) & set(CHAPTERS)


def test_every_link_leads_to_a_page_or_away(site):
    for path, html in site.items():
        root = "../" * path.count("/") or "./"
        for href in re.findall(r'href="([^"]*)"', html):
            if (
                href.startswith(("https://", "#"))
                or href.removeprefix(root).startswith(("data/", "feeds/", "assets/"))
                or href.endswith(".bib")
            ):
                continue
            assert href.startswith(root), (path, href)
            target, _, anchor = href.removeprefix(root).partition("?")[0].partition("#")
            assert target in site, (path, href)
            assert not anchor or f'id="{anchor}"' in site[target] or target in CHAPTERS, (path, href)


def test_no_page_carries_styles_or_scripts_of_its_own(site):
    own = r"<script (?:type=\"module\" )?src=\"[./]+assets/[\w./-]+\.js\"(?: defer| type=\"module\")?>"
    data = r"<script type=\"application/(?:(?:ld|vnd\.citationstyles\.csl)\+)?json\""
    for html in site.values():
        assert not re.search(rf"<[a-z][^<>]* style=|<style|(?!{own}|{data})<script|<[a-z][^<>]* on[a-z]+=\"", html)


def test_ids_are_unique_on_a_page(site):
    for html in site.values():
        assert max(Counter(re.findall(r' id="([^"]+)"', html)).values(), default=1) == 1


def test_the_same_review_gives_the_same_pages(fabricated, site):
    assert rendered(review(fabricated)) == site


def test_headings_step_down_one_level_at_a_time(site):
    for path, html in site.items():
        levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", html)]
        levels = levels if levels[:1] == [1] else [1, *levels]
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), path


def test_an_empty_review_has_pages_that_say_so(fabricated):
    empty = rendered(review(fabricated, papers={}, candidates={}, decisions={}, nights=()))
    assert "No night has run yet" in empty["new/"]
    assert "No paper has a date yet" in empty["timeline/"]
    assert not [p for p in empty if p.startswith(("papers/", "authors/")) and p not in CHAPTERS]


# --- A paper -------------------------------------------------------------------------------------


def test_a_paper_without_abstract_says_that_none_was_fetched(fabricated):
    html = one(with_paper(fabricated, BASIC), "basic2099")
    assert "Not fetched yet. It stands on arXiv" in text(html)
    journal = replace(BASIC, identifiers=(Identifier("doi", "10.9999/basic"),))
    assert "gives none" in text(one(with_paper(fabricated, journal), "basic2099"))


def test_only_known_links_are_shown_and_the_pdf_says_where_it_opens(fabricated):
    html = one(with_paper(fabricated, replace(BASIC, code=("https://example.org/code", "javascript:alert(1)"))), "basic2099")
    assert '<a href="https://arxiv.org/pdf/9903.77777">PDF<small>arxiv.org</small></a>' in html
    assert '<a href="https://example.org/code">Code<small>example.org</small></a>' in html
    assert 'href="https://doi.org' not in html
    assert "javascript:" not in html


def test_a_withdrawn_paper_says_so_and_offers_no_pdf(site):
    html = site["papers/example2099horned/"]
    assert "Withdrawn." in text(html)
    assert "arxiv.org/pdf" not in html
    assert "withdrawn" in site["categories/horned/"]


def test_each_category_gives_the_words_that_filed_it_or_the_person(fabricated, site):
    assert "“dragons”" in text(site["papers/example2099winged/"])
    by_hand = one(with_paper(fabricated, replace(BASIC, curated=("keywords",))), "basic2099")
    assert "filed by a person" in text(by_hand)
    earlier = one(with_paper(fabricated, replace(BASIC, title="No beast is named")), "basic2099")
    assert "kept from an earlier filing" in text(earlier)


def test_the_main_category_is_the_one_with_most_evidence_or_the_first_that_people_chose(fabricated):
    both = replace(BASIC, title="Winged, winged: a winged and a horned dragon", categories=("horned", "winged", "dragons"))
    assert with_paper(fabricated, both).main["basic2099"] == "winged"
    assert with_paper(fabricated, replace(both, curated=("model",))).main["basic2099"] == "horned"


def test_every_decision_is_shown_the_last_one_first(fabricated):
    def decision(on: str, verdict: Verdict, by: str, why: str) -> Decision:
        return Decision(subject=BASIC.primary, on=on, verdict=verdict, criterion="model", score=0.5, by=by, why=why)

    first, last = (
        decision("2099-03-08", Verdict.WAIT, "rules", "no word"),
        decision("2099-03-09", Verdict.INCLUDE, "Ada <b>", "read it & liked it"),
    )
    shown = text(one(with_paper(fabricated, BASIC, first, last), "basic2099"))
    assert (
        "Included on 2099-03-09 by Ada <b>, confidence 0.50. An imaginary model. The work is about an imaginary model. read it & liked it"
        in shown
    )
    assert "1 earlier decision Left waiting on 2099-03-08 by the rules" in shown


def test_background_is_marked_and_counted_nowhere(fabricated, site):
    assert "background: not counted" in text(site["papers/example2099milestone/"])
    of = review(fabricated)
    assert f"{len(of.corpus.papers) - 1} papers" in text(site[""])
    assert "example2099milestone" not in {p.key for papers in of.by_category.values() for p in papers}
    assert "Wings" in site["timeline/"]


def test_authors_of_background_alone_are_named_and_not_counted(fabricated):
    outsider = replace(BASIC, authors=(Name(given="Otto", family="Outsider"),), background=True)
    of = with_paper(fabricated, outsider)
    shown = rendered(of)
    assert len(of.authors) == len(of.counted_authors) + 1
    assert f"{len(of.counted_authors):,} authors" in text(shown[""])
    assert "1 of them on background papers only" in text(shown["authors/"])


def test_a_paper_without_a_model_is_not_called_unfiled(fabricated):
    of = with_paper(fabricated, replace(BASIC, categories=("dragons",)))
    assert "No model category" in text(rendered(of)["timeline/"])


def test_no_table_is_left_to_the_theme_whose_own_scroller_no_key_can_reach(site):
    assert [path for path, html in site.items() if "<table>" in html] == []


def test_no_element_for_a_time_is_empty(site):
    assert [path for path, html in site.items() if "<time></time>" in html] == []


def test_the_citation_shown_is_the_one_downloaded_less_the_abstract(fabricated, site):
    of = review(fabricated)
    for paper in of.all:
        shown = re.search(r'<pre[^>]*id="bibtex"[^>]*>(.*?)</pre>', site[f"papers/{paper.key}/"], re.DOTALL)
        assert shown
        entry = unescape(shown[1])
        if len(paper.authors) < LINKED_AUTHORS:
            assert entry == exports.text(exports.to_public(paper, abstract=False))
        else:
            assert " and others}," in entry


def test_three_thousand_authors_are_named_without_thousands_of_links(site):
    html = site["papers/crowd2099many/"]
    assert html.count("Member") >= 3303
    assert html.count("authors/ada-member") == 0
    assert "and 3,283 others" in text(html)
    assert "vnd.citationstyles.csl+json" not in html
    assert len(html) < 120_000


def test_a_long_author_list_is_folded_and_keeps_its_links(fabricated):
    people = tuple(Name(given="Ada", family=f"Member{chr(65 + i // 26)}{chr(97 + i % 26)}") for i in range(SHOWN_AUTHORS * 3))
    html = one(with_paper(fabricated, replace(BASIC, authors=people)), "basic2099")
    assert html.count('<a href="../../authors/ada-member') == len(people)
    assert f"The other {2 * SHOWN_AUTHORS} authors" in text(html)


def test_versions_lead_to_each_of_them(fabricated):
    html = one(
        with_paper(fabricated, replace(BASIC, versions=(Version(number=1, on="2099-03-07"), Version(number=3, on="2099-04-01")))),
        "basic2099",
    )
    assert "v3, 1 April 2099" in text(html)
    assert "https://arxiv.org/abs/9903.77777v1" in html


def test_neighbours_are_the_newer_and_the_older_paper_of_the_main_category(fabricated, site):
    of = review(fabricated)
    lane = [p.key for p in of.papers if of.main[p.key] == "winged"]
    html = site[f"papers/{lane[1]}/"]
    assert f'href="../../papers/{lane[0]}/" rel="prev"' in html
    assert f'href="../../papers/{lane[2]}/" rel="next"' in html


def test_reference_managers_find_title_authors_date_and_identifiers(site):
    head = site["papers/example2099winged/"]
    assert '<meta name="citation_title" property="og:title" content="A winged imaginary model of dragons">' in head
    assert '<meta name="citation_author" content="Ben Sample">' in head
    assert '<meta name="citation_publication_date" content="2099/01/04">' in head
    assert '<meta name="citation_arxiv_id" content="9901.00001">' in head
    assert '<meta name="citation_doi" content="10.99999/example.1">' in head


# --- Lists and people ----------------------------------------------------------------------------


def test_authors_have_their_papers_newest_first_and_share_a_page_only_by_name(site):
    html = site["authors/ada-example/"]
    found = re.findall(r"papers/([a-z0-9]+)/", html)
    assert found.index("example2099imaginary") < found.index("example2099winged")
    assert "two people of one name share this page" in text(html)
    assert "Ben Sample 3" in text(html)


def test_every_author_stands_in_the_index_once(fabricated, site):
    of = review(fabricated)
    listed = Counter(
        who for path, html in site.items() if path.startswith("authors/letter_") for who in re.findall(r'authors/([a-z0-9-]+)/"', html)
    )
    assert set(listed) == set(of.authors)
    assert set(listed.values()) == {1}
    assert sum(path.startswith("authors/letter_m") for path in site) > 1


def test_a_category_shows_its_papers_its_neighbours_and_what_it_means(site):
    html = site["categories/dragons/"]
    assert "Lizards with wings." in text(html)
    assert 'id="with-winged"' in html
    assert "Imaginary models with wings" not in html
    assert "Horses with a horn & a <mane>." in text(site["categories/unicorns/"])


def test_a_category_with_a_chapter_gives_a_fragment_and_no_page(fabricated):
    of = review(fabricated)
    assert "categories/horned/" not in {p.path for p in pages(of)}
    assert [f.path for f in fragments(of) if f.name == "category"] == ["categories/horned/"]


def test_the_chart_of_a_month_is_also_a_table(site):
    assert re.search(r"March 2099 .*", text(site["timeline/"]))
    assert '<th scope="row">March 2099</th>' in site["timeline/"]
    assert "(not over yet)" in site["timeline/"]


def test_a_year_lists_its_months_and_what_knows_only_its_year(fabricated):
    vague = replace(BASIC, date="2099")
    html = rendered(with_paper(fabricated, vague))["timeline/2099/"]
    assert "Only the year is known" in text(html)
    assert 'href="../../timeline/2099-03/"' in html


# --- Nights and methods --------------------------------------------------------------------------


def test_each_night_has_an_anchor_and_a_failed_one_says_so(site):
    html = site["new/"]
    assert re.findall(r'<h2 id="([0-9][^"]+)"', html) == ["2099-03-05", "2099-03-04", "2099-02-15"]
    assert "oai failed: Unavailable: the source hung up" in text(html)
    assert "The last night in which every source answered in full: 4 March 2099." in text(html)


def test_what_was_left_out_is_listed_with_its_reason(site):
    shown = text(site["new/"])
    assert "Not included 1 A candidate that was left out" in shown
    assert "no imaginary model" in shown


def test_a_day_of_thousands_of_decisions_lists_some_and_counts_all(fabricated):
    many = {
        Identifier("arxiv", f"9905.{i:05}"): (
            Decision(
                subject=Identifier("arxiv", f"9905.{i:05}"),
                on="2099-05-01",
                verdict=Verdict.EXCLUDE,
                criterion="model",
                score=0.5,
                by="rules",
                why="none",
            ),
        )
        for i in range(3000)
    }
    html = rendered(review(fabricated, decisions=many))["new/"]
    assert "Not included 3,000" in text(html)
    assert html.count("arxiv.org/abs/9905.") < 600
    assert "And 2,9" in text(html)


def test_the_methods_are_those_in_force(fabricated, site):
    of, shown = review(fabricated), text(site["methods/"])
    for topic in of.scope.topics:
        assert topic.title in shown
    for criterion in of.scope.criteria:
        assert criterion.text in shown
        assert all(t in shown for any_of in criterion.all for t in any_of.terms)
    for category in of.taxonomy.categories.values():
        assert category.definition in shown
    for night in of.corpus.nights:
        assert night.outcome in shown


def test_home_says_what_the_last_nights_added_and_how_the_review_is_cited_without_asking_a_clock(site):
    shown = text(site[""])
    assert "4 March 2099: 4 added" in shown
    assert "Ada Example (2099). A fabricated review [Living literature review]. State of 1 April 2099." in shown


def test_the_timeline_zooms_into_a_year_and_a_month_and_out_again(site):
    assert '<a href="./timeline/2099/">2099</a>' in site["timeline/"].replace("../", "./")
    year, month = site["timeline/2099/"], site["timeline/2099-03/"]
    assert '<a href="../../timeline/">All years</a>' in year
    assert '<a href="../../timeline/2099/" aria-current="page">2099</a>' in year
    assert re.search(r'<a href="../../papers/example2099milestone/" class="lv-mark[^>]*><title>Wings', year)
    assert '<text x="13" y="12">Jan</text>' in year.replace("13.0", "13")
    assert '<a href="../../timeline/2099-03/" aria-current="page">March 2099</a>' in month


def test_home_leads_to_milestones_only_where_there_are_some(fabricated, tmp_path):
    shutil.copytree(fabricated, tmp_path, dirs_exist_ok=True)
    for file in [*tmp_path.glob("bib/**/*.bib"), tmp_path / "bib/taxonomy.toml"]:
        file.write_text(file.read_text().replace("winged", "surveys"))
    with_some = review(tmp_path)
    assert 'href="./timeline/#milestones"' in rendered(with_some)[""]
    none = {key: replace(paper, milestone="") for key, paper in with_some.corpus.papers.items()}
    home = rendered(review(tmp_path, papers=none))[""]
    assert "All surveys" in home
    assert "#milestones" not in home


def test_a_cell_of_the_matrix_opens_the_papers_of_both_categories(site):
    assert re.search(r'<a href="./papers/\?model=winged&amp;field=dragons" aria-label="(\d+): Winged models, Dragons">\1</a>', site[""])


# --- Why is this here? ---------------------------------------------------------------------------

HELD = Decision(
    subject=BASIC.primary, on="2099-03-08", verdict=Verdict.INCLUDE, criterion="model", score=0.75, by="rules", why="model: a word"
)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "automatic"),
        ({"by": "model", "criterion": "relevance"}, "automatic"),
        ({"by": "import", "criterion": "import"}, "taken over at the import"),
        ({"by": "Ada Example", "criterion": "person"}, "confirmed by a person"),
        ({"by": "Ada Example", "criterion": "person", "verdict": Verdict.EXCLUDE}, "by a person"),
        ({"verdict": Verdict.WAIT}, "provisional"),
    ],
)
def test_a_paper_says_in_a_word_how_settled_its_place_is(fabricated, changes, word):
    html = one(with_paper(fabricated, BASIC, replace(HELD, **changes)), BASIC.key)
    assert f'Why is this here? <span class="lv-tag">{word}</span></h2>' in html


def test_a_paper_offers_to_object_where_a_contribution_can_be_sent_and_else_where_it_is_explained(fabricated):
    of = with_paper(fabricated, BASIC, HELD)
    assert '<a href="../../why/?id=arxiv%3A9903.77777">Object to this</a>' in one(of, BASIC.key)
    of.scope = replace(of.scope, repository="https://github.com/example/review")
    address = '<a href="https://github.com/example/review/new/main?filename=bib%2Finbox%2Farxiv-9903-77777.toml&amp;value='
    assert address in one(of, BASIC.key)
    assert ">Ask to take it out</a>" in one(of, BASIC.key)


def test_a_paper_that_an_audit_drew_says_whether_anybody_answered(fabricated):
    of = with_paper(fabricated, BASIC, HELD)
    drawn = Sampled(audit="2099-03-10", subject=BASIC.primary, verdict=Verdict.INCLUDE, of=9)
    of.measured = Measured(samples=(drawn,), open=(drawn,))
    assert "Drawn for the audit of 2099-03-10: nobody has answered yet." in text(one(of, BASIC.key))
    of.measured = Measured(samples=(drawn,))
    assert "Drawn for the audit of 2099-03-10: a person has answered." in text(one(of, BASIC.key))
    assert "audit" not in text(one(of, "example2099winged"))


def test_each_category_says_whether_a_rule_or_what_was_learned_filed_it(fabricated):
    of = with_paper(fabricated, replace(BASIC, categories=("dragons",)))
    assert "by rule: “dragon”" in text(one(of, BASIC.key))
    filings = dict(of.filings[BASIC.key])
    filings["dragons"] = Filing(category="dragons", score=0.8, words=("wing", "fire"), source="model")
    of.filings = {**of.filings, BASIC.key: filings}
    assert "by what was learned: “wing”, “fire” 0.80" in text(one(of, BASIC.key))
