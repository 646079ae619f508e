"""The whole build, with the real MkDocs and the real Zensical, over a fabricated review full of hostile text."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from livre import corpus
from livre.build import build
from livre.errors import BadData, UsageError
from livre.site import shells

REVIEW = Path(__file__).parent / "data" / "review"
BUILDERS = ["mkdocs", "zensical"]
Site = Callable[[str], Path]


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def page(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text("utf-8")


def body(html: str) -> str:
    return html[html.index("<article") : html.index("</article>")]


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, its policy, its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the review to spoil, without the crowd and its 3,303 pages."""
    shutil.copytree(REVIEW, tmp_path / "review")
    return tmp_path / "review"


def problems(root: Path, tmp_path: Path) -> list[str]:
    with pytest.raises(BadData) as caught:
        build(root, tmp_path / "site")
    assert not (tmp_path / "site").exists()
    return str(caught.value).splitlines()


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_paper_has_a_page_with_its_title_and_a_policy(site: Site, fabricated: Path, builder: str) -> None:
    for paper in corpus.load(fabricated / "bib").papers.values():
        html = page(site(builder), f"papers/{paper.key}")
        read = Reader(html)
        if "$" not in paper.title:
            assert paper.title in read.text
        assert [t for t, a in read.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
        assert sum(t == "h1" for t, _ in read.tags) == 1
        assert sum(t == "title" for t, _ in read.tags) == 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_page_has_a_policy_and_no_element_that_strangers_could_use(site: Site, builder: str) -> None:
    pages = sorted(f for f in site(builder).rglob("*.html") if not f.parent.name.startswith("ada-member"))
    assert len(pages) > 50
    for file in pages:
        html = file.read_text("utf-8")
        read = Reader(html)
        assert "default-src 'none'" in html, file
        assert "<!-- livre:" not in html, file
        assert "<!--slot" not in html, file
        for tag, attributes in read.tags:
            assert not [a for a in attributes if a.startswith("on") or a == "style"], file
            assert tag not in {"iframe", "object", "embed", "base", "style"}, file
            for name in ("src", "href", "action"):
                value = (attributes.get(name) or "").lower()
                assert not value.startswith(("javascript:", "data:text", "//")), file
                assert tag in {"a", "link"} or not value.startswith("http"), file
        hashes = len(re.findall(r"'sha256-", html))
        inline = sum(t == "script" and "src" not in a and "json" not in (a.get("type") or "") for t, a in read.tags)
        assert inline <= hashes, file


@pytest.mark.parametrize("builder", BUILDERS)
def test_hostile_text_is_shown_and_never_obeyed(site: Site, builder: str) -> None:
    html = page(site(builder), "papers/mallory2099title")
    assert "alert(1)</script>" not in html
    assert "<img" not in body(html)
    assert "</title><script>alert(1)</script>" in Reader(html).text
    assert "{{ 7*7 }}" not in html or "49" not in body(html)
    quote = Reader(page(site(builder), "papers/quote2099href"))
    assert 'href="/nowhere/" id="content" src=\'//evil.example/x.js\' is the title of a dragon' in quote.text


def test_two_builds_of_the_same_input_are_the_same_bytes(fabricated: Path, site: Site, tmp_path: Path) -> None:
    build(fabricated, tmp_path / "again", base_url="https://example.org/review/")
    first, second = tree(site("mkdocs")), tree(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [p for p in first if first[p] != second[p]] == []


def test_both_builders_give_the_same_pages_with_the_same_contents(site: Site) -> None:
    mkdocs, zensical = site("mkdocs"), site("zensical")

    def pages(folder: Path) -> set[str]:
        return {f.relative_to(folder).as_posix() for f in folder.rglob("*.html")}

    assert pages(mkdocs) == pages(zensical)
    for path in ("papers/mallory2099title", "authors/ada-example", "timeline/2099"):
        ours, theirs = (Reader(body(page(s, path))).text for s in (mkdocs, zensical))
        assert ours == theirs


@pytest.mark.parametrize("builder", BUILDERS)
def test_citations_are_authors_and_years_with_links_and_a_list(site: Site, builder: str) -> None:
    html = body(page(site(builder), "categories/horned"))
    assert '(<a href="../../papers/example2099winged/">Example and Sample, 2099a</a>)' in html
    assert '<a href="../../papers/muller2099horned/">Müller et al., 2099</a>; <a href="../../papers/zero20990/">Zero, 2099</a>' in html
    assert '<a href="../../papers/example2099milestone/">Example, 2099</a>' in html
    assert "Example and Sample, 2099b" in html
    references = html[html.index('<h2 id="references">') : html.index("</ol>", html.index('<ol class="lv-references">'))]
    assert references.count("<li ") == 6
    assert html.count("nobody2099") == 4
    assert "livre:nothing" in html


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_chapter_of_a_category_is_its_page(site: Site, builder: str) -> None:
    html = body(page(site(builder), "categories/horned"))
    assert "Horns were imagined first" in html
    assert "../../papers/mallory2099title/" in html
    assert "Horns were imagined first" not in page(site(builder), "categories/winged")


def test_a_paper_that_thousands_signed_names_them_all(site: Site) -> None:
    words = Reader(body(page(site("mkdocs"), "papers/crowd2099many"))).text
    assert {f"Ada Member{n}" for n in range(3303)} <= set(re.findall(r"Ada Member\d+", words))
    bib = (site("mkdocs") / "papers/crowd2099many/crowd2099many.bib").read_text()
    assert bib.count("Member") == 3303


@pytest.mark.parametrize("builder", BUILDERS)
def test_an_ordinary_paper_page_is_at_most_sixteen_kilobytes(site: Site, builder: str) -> None:
    assert len(page(site(builder), "papers/example2099winged").encode()) <= 16 * 1024


def test_nothing_of_the_scaffold_is_published(site: Site) -> None:
    files = tree(site("mkdocs"))
    assert not [p for p in files if "shell" in p or p.endswith((".map", ".md", ".gz", ".py"))]
    assert "404.html" in files


def test_an_address_is_in_sitemap_feed_and_robots(site: Site) -> None:
    files = tree(site("mkdocs"))
    assert b"<loc>https://example.org/review/sitemaps/1.xml</loc>" in files["sitemap.xml"]
    locations = re.findall(r"<loc>https://example\.org/review/(.*?)</loc>", files["sitemaps/1.xml"].decode())
    assert Counter(locations) == Counter(p.removesuffix("index.html") for p in files if p.endswith("index.html"))
    assert b"Sitemap: https://example.org/review/sitemap.xml" in files["robots.txt"]
    assert b'rel="self"' in files["feeds/all.atom"]


def test_without_an_address_no_address_is_made_up(copy: Path, tmp_path: Path) -> None:
    (note,) = build(copy, tmp_path / "site").notes
    assert "--base-url" in note
    files = tree(tmp_path / "site")
    assert not [p for p in files if "sitemap" in p]
    assert b"Sitemap" not in files["robots.txt"]
    assert b'rel="self"' not in files["feeds/all.atom"]
    assert b'rel="canonical"' not in files["index.html"] + files["papers/zero20990/index.html"]


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org/", "https://", "https://example.org/?q", 'https://example.org/"x', "/review/"]
)
def test_half_an_address_is_refused(copy: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="not a whole address"):
        build(copy, tmp_path / "site", base_url=address)
    file = copy / "mkdocs.yml"
    file.write_text(f"{file.read_text('utf-8')}\nsite_url: '{address}'\n", "utf-8")
    assert "site_url: " in problems(copy, tmp_path)[0]


def test_an_unknown_citation_fails_before_the_builder_runs(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shells, "run", lambda *_a, **_k: pytest.fail("the builder ran"))
    (copy / "content" / "how.md").write_text("# How\n\nText [@zero2099].\n", "utf-8")
    assert problems(copy, tmp_path) == ["content/how.md:3: no paper has the key 'zero2099'; did you mean zero20990? [citation]"]


def test_what_markdown_sees_and_the_scan_of_the_source_does_not_is_still_a_problem(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "how.md").write_text("# How\n\n```not a fence` [@nobody2099x]\n\n<!-- livre:home -->\n", "utf-8")
    assert "no paper has the key 'nobody2099x'" in " ".join(problems(copy, tmp_path))


def test_a_link_in_a_chapter_that_leads_nowhere_fails_the_build(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "how.md").write_text("# How\n\n[a paper](../papers/nobody/)\n", "utf-8")
    assert problems(copy, tmp_path) == ["content/how.md: /how/ links to /papers/nobody/, which is not part of the site [link]"]


def test_a_link_to_a_missing_file_is_reported_in_the_builders_words(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "how.md").write_text("# How\n\n[gone](gone.md)\n", "utf-8")
    (problem,) = problems(copy, tmp_path)
    assert problem.startswith("content/how.md: ")
    assert "gone.md" in problem


@pytest.mark.parametrize("text", ["On <![> graphs", "1. " * 2000])
def test_text_that_makes_the_builder_crash_is_a_problem_of_its_file(copy: Path, tmp_path: Path, text: str) -> None:
    (copy / "content" / "how.md").write_text(f"# How\n\n{text}\n", "utf-8")
    assert problems(copy, tmp_path)[0].startswith("content/how.md: Error reading page")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<script>alert(1)</script>", "no script may stand in a page"),
        ('<p style="color:red">x</p>', "use a class"),
        ('<img src="https://example.org/x.png" alt="">', "nothing is loaded from another host"),
        ("![x](https://example.org/x.png)", "nothing is loaded from another host"),
        ("[x](javascript:alert(1))", "are not followed"),
    ],
)
def test_what_the_policy_would_stop_is_a_problem_of_the_chapter(copy: Path, tmp_path: Path, text: str, said: str) -> None:
    (copy / "content" / "how.md").write_text(f"# How\n\n{text}\n", "utf-8")
    found = problems(copy, tmp_path)
    assert [p for p in found if said in p]
    assert not [p for p in found if not p.startswith("content/how.md: ")], "the gate may say it in its words too, of the same file"


def test_a_file_that_claims_the_address_of_a_paper_names_both(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "papers" / "zero20990.md").write_text("# Mine\n", "utf-8")
    (problem,) = problems(copy, tmp_path)
    assert "/papers/zero20990/index.html is already made by content/papers/zero20990.md" in problem


def test_a_family_without_its_shell_says_which_file_is_missing(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "authors" / "shell.md").unlink()
    (said,) = problems(copy, tmp_path)
    assert said.startswith("content/authors/shell.md: not there; make it, ")


def test_a_shell_without_its_template_is_no_shell(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "papers" / "shell.md").write_text("# A chapter\n", "utf-8")
    assert "lacks its slots" in problems(copy, tmp_path)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("site_name:", "sitename:"), "mkdocs.yml:1: needs at least site_name"),
        (("name: material", "name: readthedocs"), "the pages are made for material"),
        (("- navigation.top", "- navigation.instant"), "navigation.instant"),
        (("language: en", "language: !!python/name:os.system"), "without tags that run code"),
        (("font: false", "font: [false"), "mkdocs.yml:"),
    ],
)
def test_a_configuration_that_cannot_work_says_why(copy: Path, tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = copy / "mkdocs.yml"
    file.write_text(file.read_text("utf-8").replace(*change), "utf-8")
    assert said in problems(copy, tmp_path)[0]


def test_a_font_is_never_loaded_whatever_the_configuration_says(copy: Path, tmp_path: Path) -> None:
    file = copy / "mkdocs.yml"
    file.write_text(file.read_text("utf-8").replace("font: false", "font: {text: Roboto}"), "utf-8")
    build(copy, tmp_path / "site")
    assert "fonts.g" not in page(tmp_path / "site", "")


def test_a_link_on_disk_is_not_published(copy: Path, tmp_path: Path) -> None:
    (copy / "content" / "secret.txt").symlink_to("/etc/hostname")
    assert problems(copy, tmp_path) == ["content/secret.txt: a link could publish any file; put the file itself here [link]"]


def test_the_reviews_own_overrides_and_files_come_through(copy: Path, tmp_path: Path) -> None:
    (copy / "overrides" / "partials").mkdir(parents=True)
    (copy / "overrides" / "partials" / "copyright.html").write_text("<p>Copied by hand</p>")
    (copy / "content" / "own.txt").write_text("mine")
    file = copy / "mkdocs.yml"
    file.write_text(file.read_text("utf-8").replace("font: false", "font: false\n  custom_dir: overrides"), "utf-8")
    build(copy, tmp_path / "site")
    assert "Copied by hand" in page(tmp_path / "site", "papers/zero20990")
    assert (tmp_path / "site" / "own.txt").read_text() == "mine"


def test_a_builder_that_hangs_is_ended(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    with pytest.raises(BadData, match="did not end within 0 s"):
        shells.run(copy, tmp_path / "work", timeout=0.05)


def test_a_builder_that_is_not_there_is_a_usage_error(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pip install nosuchbuilder"):
        shells.run(copy, tmp_path, builder="nosuchbuilder")


def test_a_broken_corpus_stops_the_build_with_file_and_line(copy: Path, tmp_path: Path) -> None:
    file = next((copy / "bib" / "papers").glob("*.bib"))
    file.write_text(file.read_text("utf-8") + "@article{broken,\n", "utf-8")
    assert re.match(r"bib/papers/\S+\.bib:\d+: ", problems(copy, tmp_path)[0])
