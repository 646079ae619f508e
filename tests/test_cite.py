"""Citations in chapters: what is one, what it becomes, and what is said of one that leads nowhere."""

from __future__ import annotations

import pytest
from markdown import Markdown

from livre.model import Identifier, Name, Paper
from livre.site import chapters, cite


def html(text: str, *extensions: str) -> str:
    return Markdown(extensions=["fenced_code", "tables", *extensions, "livre.site.cite"]).convert(text)


def paper(key: str, *families: str, date: str = "2099-01-01", **more: str) -> Paper:
    authors = tuple(Name(family=f, given="Ada") for f in families)
    return Paper(identifiers=(Identifier("arxiv", "9901.00001"),), title="T", key=key, shard="2099-01", authors=authors, date=date, **more)  # type: ignore[arg-type]


def found(text: str, *papers: str, file: str = "a.md", fragments: tuple[str, ...] = ("home",)) -> list[str]:
    one = chapters.chapter(file, text)
    return [str(p) for p in chapters.problems([one], papers=papers, fragments=fragments, categories={"llm": 1})]


def test_a_citation_becomes_an_inert_placeholder_and_a_place_for_references() -> None:
    assert html("As shown [@ada2099horn; @ben2099wing].") == (
        '<p>As shown <cite data-livre="ada2099horn; @ben2099wing"></cite>.</p>\n<h2>References</h2>\n<!-- livre:references -->'
    )


def test_a_citation_may_be_broken_over_two_lines() -> None:
    assert 'data-livre="ada2099horn; @ben2099wing"' in html("text [@ada2099horn;\n@ben2099wing]")


@pytest.mark.parametrize(
    "text",
    [
        "`[@ada2099horn]`",
        "```\n[@ada2099horn]\n```",
        "    [@ada2099horn]",
        r"\[@ada2099horn]",
        "[@ada](https://example.org/)",
        "a @ada b",
        "[ada]",
        "<!-- [@ada2099horn] -->",
    ],
)
def test_code_escapes_links_and_comments_are_no_citations(text: str) -> None:
    assert "data-livre" not in html(text)
    assert "livre:references" not in html(text)


def test_the_list_of_references_stays_where_the_author_puts_it() -> None:
    out = html("[@ada2099horn]\n\n<!-- livre:references -->\n\n## After")
    assert out.count("livre:references") == 1
    assert "<h2>References</h2>" not in out


def test_references_come_before_the_generated_end_of_a_chapter() -> None:
    out = html("[@ada2099horn]\n\nnote[^1]\n\n[^1]: f\n\n<!-- livre:category -->", "footnotes")
    places = [out.index(part) for part in ("data-livre", "References", "livre:references", "livre:category", 'class="footnote"')]
    assert places == sorted(places)


def test_a_fragment_in_the_middle_stays_in_the_middle() -> None:
    out = html("<!-- livre:home -->\n\n[@ada2099horn]")
    assert out.index("livre:home") < out.index("data-livre") < out.index("livre:references")


def test_the_heading_of_the_references_is_in_the_table_of_contents() -> None:
    md = Markdown(extensions=["toc", "livre.site.cite"])
    md.convert("# One\n\n[@ada2099horn]")
    assert "#references" in md.toc  # type: ignore[attr-defined]


def test_citations_in_tables_headings_lists_and_footnotes_are_citations() -> None:
    out = html("## H [@aaa]\n\n- l [@bbb]\n\n| t |\n|---|\n| [@ccc] |\n\nnote[^1]\n\n[^1]: f [@ddd]\n", "footnotes")
    assert sorted(cite.PLACEHOLDER.findall(out)) == ["aaa", "bbb", "ccc", "ddd"]


def test_an_unknown_key_is_named_with_file_line_and_the_nearest_known_key() -> None:
    assert found("---\ntitle: t\n---\n\ntext\n[@ada2099hron] and [@ada2099horn]", "ada2099horn") == [
        "content/a.md:6: no paper has the key 'ada2099hron'; did you mean ada2099horn? [citation]"
    ]


def test_an_unknown_key_in_code_is_no_problem_but_the_same_key_in_prose_is() -> None:
    code = "`[@nobody]` and\n\n    [@nobody]\n\n~~~ text\n[@nobody]\n~~~\n"
    assert found(code) == []
    assert [p.split(":")[1] for p in found(code + "\n[@nobody]")][-1] == "9"


@pytest.mark.parametrize("inside", ["ada2099horn, p. 3", "see", "ada2099horn; ben2099wing", "Ada2099", "a"])
def test_what_looks_like_a_citation_and_is_none_is_a_problem(inside: str) -> None:
    assert len(found(f"[@{inside}]", "ada2099horn", "ben2099wing")) == 1


def test_an_unknown_fragment_is_named_with_the_nearest_one() -> None:
    assert found("# A\n\n<!-- livre:hmoe -->") == ["content/a.md:3: livre has no fragment 'hmoe'; did you mean home? [fragment]"]


def test_a_fragment_in_a_code_block_is_text() -> None:
    assert found("````\n```\n<!-- livre:nothing -->\n```\n````\n") == []


def test_the_chapter_of_a_category_must_say_where_its_papers_go() -> None:
    assert "add a line <!-- livre:category -->" in found("# LLM", file="categories/llm.md")[0]
    assert found("<!-- livre:category -->", file="categories/llm.md") == []


def test_only_the_page_of_a_category_has_its_papers() -> None:
    assert "did you mean llm?" in found("<!-- livre:category -->", file="categories/lm.md")[0]
    assert "belongs into content/categories/" in found("<!-- livre:category -->", file="how.md")[0]


@pytest.mark.parametrize(
    ("file", "path"),
    [("index.md", ""), ("how.md", "how/"), ("categories/llm.md", "categories/llm/"), ("papers/index.md", "papers/"), ("a/README.md", "a/")],
)
def test_a_chapter_is_where_the_builder_puts_it(file: str, path: str) -> None:
    assert chapters.address(file) == path


def test_references_are_in_the_order_of_names_and_twins_get_a_letter() -> None:
    papers = {
        "z": paper("z", "Zoe"),
        "b": paper("b", "Ada", "Ben", date="2099-03"),
        "a": paper("a", "Ada", "Ben", date="2099-02"),
        "m": paper("m", "Ada", "Ben", "Cy", date=""),
        "n": paper("n", shorttitle="Nobody"),
    }
    known = cite.references(["z", "b", "a", "m", "n", "a"], papers)
    assert [(k, r.names, r.year) for k, r in known.items()] == [
        ("a", "Ada and Ben", "2099a"),
        ("b", "Ada and Ben", "2099b"),
        ("m", "Ada et al.", "n.d."),
        ("n", "Nobody", "2099"),
        ("z", "Zoe", "2099"),
    ]
