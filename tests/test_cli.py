"""The other commands as a maintainer types them: import, fmt, check, and what a mistake gets."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from livre import corpus, folders
from livre.cli import main
from livre.model import Verdict
from test_night import SCOPE, TAXONOMY, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOREIGN = r"""
@string{jf = "Journal of Fabrication"}
@article{whatever,
  title = "Fabricated {SKIN} of Example",
  author = "Example, Ada and Ben Sample",
  journal = jf, year = 2024, month = mar,
  doi = "10.9999/skin.1",
}
@misc{cooking, title={On cooking}, author={Example, Ada}, eprint={9901.00002}, archiveprefix={arXiv}, year=1999}
@misc{old, title={An older milestone}, author={Example, Ada}, eprint={9901.00003}, archiveprefix={arXiv}, year=1999,
  role = {background}, milestone = {the first of its fabricated kind}, shorttitle = {OLD}}
@book{noid, title={Nothing names this}, year=2001}
"""


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """A new review with a chapter, and a foreign library beside it."""
    (tmp_path / "bib").mkdir()
    (tmp_path / "bib" / "scope.toml").write_text(SCOPE)
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Skin\n\nFabricated.\n")
    for family in folders.SHELLS:
        (tmp_path / "content" / family).mkdir(parents=True)
        (tmp_path / "content" / family / "shell.md").write_text("---\ntemplate: shell.html\nsearch: {exclude: true}\n---\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: Skin\ntheme: material\n")
    (tmp_path / "library.bib").write_text(FOREIGN)
    return tmp_path


@pytest.fixture
def livre(review: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command on the review."""
    monkeypatch.setenv("LIVRE_NOW", "2025-04-01T06:17:00+00:00")
    return lambda *words: CliRunner().invoke(main, ["--root", str(review), *words], catch_exceptions=False)


def test_import_screens_every_entry_and_names_what_it_leaves_out(review: Path, livre: Callable[..., Result]) -> None:
    done = livre("import", str(review / "library.bib"))
    assert done.exit_code == 0, done.output
    held = corpus.load(review / "bib")
    assert sorted(held.papers) == ["example1999older", "example2024fabricated"]
    assert held.papers["example2024fabricated"].journal == "Journal of Fabrication"
    (old,) = (p for p in held.papers.values() if p.background)
    assert (old.milestone, old.shorttitle) == ("the first of its fabricated kind", "OLD")
    assert [str(i) for i in held.candidates] == ["arxiv:9901.00002"]
    assert "left out: " in done.output
    assert "noid" in done.output


def test_import_with_trust_includes_what_the_rules_would_not_and_says_why(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", "--trust", "chosen by hand", str(review / "library.bib"))
    held = corpus.load(review / "bib")
    (cooking,) = (p for p in held.papers.values() if p.title == "On cooking")
    decision = held.decisions[cooking.primary][-1]
    assert (decision.verdict, decision.criterion, decision.by, decision.why) == (Verdict.INCLUDE, "import", "import", "chosen by hand")


def test_importing_twice_changes_nothing(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    once = files(review)
    assert "0 files changed" in livre("import", str(review / "library.bib")).output
    assert files(review) == once


def test_an_import_is_held_to_the_laws_of_a_night(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    next((review / "bib" / "papers").glob("2024-*.bib")).write_text("")
    before = files(review)
    (review / "more.bib").write_text("@misc{more, title={More skin}, author={Example, Ada}, doi={10.9999/more}, year=2024}")
    done = livre("import", "--force", str(review / "more.bib"))
    assert done.exit_code == 70, done.output
    assert "doi:10.9999/skin.1" in done.output
    assert files(review) == before


def test_fmt_writes_the_canonical_form_and_fmt_check_only_names_it(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    path = next((review / "bib" / "papers").glob("2024-*.bib"))
    canonical = path.read_text()
    path.write_text(canonical.replace("  title        = {", "  title = {").replace("}\n", "}\n", 1))
    assert livre("fmt", "--check").exit_code == 1
    assert path.read_text() != canonical
    assert livre("fmt").exit_code == 0
    assert path.read_text() == canonical
    assert livre("fmt", "--check").exit_code == 0


def test_check_finds_nothing_in_a_sound_review(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    done = livre("check")
    assert done.output == "0 problems\n"
    assert done.exit_code == 0


def test_check_finds_unknown_categories_strays_form_and_unknown_citations(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    path = next((review / "bib" / "papers").glob("2024-*.bib"))
    path.write_text(path.read_text().replace("  added", "  keywords     = {llms},\n  added"))
    (review / "bib" / "papers" / "2099-01.bib").unlink()
    (review / "content" / "index.md").write_text("# Skin\n\nSee [@example2024fabricate].\n")
    done = livre("check", "--format", "json")
    found = {(p["path"], p["code"], p["line"]) for p in json.loads(done.output)}
    assert done.exit_code == 1
    assert ("bib/decisions/2099-01.tsv", "stray-decision", 0) in found
    assert ("content/index.md", "citation", 3) in found
    (category,) = (p for p in json.loads(done.output) if p["code"] == "unknown-category")
    assert "did you mean 'llm'?" in category["message"]
    assert category["line"] == 1 + path.read_text().splitlines().index("  keywords     = {llms},")


def test_check_reads_the_register_of_models(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    (review / "bib" / "models.toml").write_text('[[models]]\npaper = "nobody2024nothing"\nname = "Nothing"\nkind = "model"\n')
    done = livre("check")
    assert done.exit_code == 1
    assert "bib/models.toml:2: " in done.output
    assert "[models]" in done.output


def test_check_reads_all_broken_files_at_once_and_can_be_limited(review: Path, livre: Callable[..., Result]) -> None:
    (review / "bib" / "papers").mkdir()
    (review / "bib" / "papers" / "2024-03.bib").write_text("@article{a,\n  title = {A\n")
    (review / "bib" / "scope.toml").write_text("title = \n")
    whole = livre("check")
    assert "bib/papers/2024-03.bib:1: " in whole.output
    assert "bib/scope.toml:1: " in whole.output
    assert "scope.toml" not in livre("check", "bib/papers").output


def test_a_bad_clock_or_delay_is_a_usage_error(livre: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    for never in ("yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        monkeypatch.setenv("LIVRE_NOW", never)
        assert livre("update", "--source", "oai").exit_code == 2
    monkeypatch.setenv("LIVRE_NOW", "2025-04-01")
    monkeypatch.setenv("LIVRE_DELAY", "soon")
    assert livre("update", "--source", "oai").exit_code == 2


def test_arxiv_itself_is_never_asked_faster_than_it_allows(livre: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVRE_DELAY", "1")
    monkeypatch.setenv("LIVRE_ARXIV_OAI", "https://oaipmh.arxiv.org/oai")
    done = livre("update", "--source", "oai")
    assert done.exit_code == 2, done.output
    assert "LIVRE_DELAY" in done.output


def test_days_that_nobody_would_ask_for_are_a_usage_error(review: Path, livre: Callable[..., Result]) -> None:
    (review / "night.atom").write_text("")
    assert livre("update", "--source", str(review / "night.atom"), "--since", "2025-03-01").exit_code == 2
    assert livre("update", "--since", "2025-03-02", "--until", "2025-03-01").exit_code == 2
    assert livre("update", "--source", "").exit_code == 2


def test_a_file_that_a_night_cannot_read_is_one_line_and_only_the_record_says_so(review: Path, livre: Callable[..., Result]) -> None:
    (review / "night.xml").write_text(
        "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><responseDate>2025-04-01T00:00:00Z</responseDate>"
        "<error code='idDoesNotExist'>No\n  such\nitem</error></OAI-PMH>"
    )
    before = files(review)
    done = livre("update", "--source", str(review / "night.xml"))
    assert done.exit_code == 75
    assert len(done.stderr.splitlines()) == 1
    assert "try again" in done.stderr
    after = files(review)
    assert {n for n in after if after[n] != before.get(n)} == {"nights/2025.tsv"}
    assert str(review).encode() not in after["nights/2025.tsv"]


def test_a_message_that_has_no_place_is_one_line_and_not_a_problem_that_was_found(review: Path, livre: Callable[..., Result]) -> None:
    done = livre("update", "--source", "inbox", "--message", str(review / "nowhere" / "night.txt"))
    assert done.exit_code == 73
    assert re.fullmatch(r"livre: .*night\.txt: No such file or directory; see to that, and run again\n", done.stderr)


@pytest.mark.parametrize("name", ["bib/scope.toml", "bib/taxonomy.toml", "mkdocs.yml"])
def test_a_folder_where_a_file_should_be_is_a_problem_like_any_other(review: Path, livre: Callable[..., Result], name: str) -> None:
    (review / name).unlink()
    (review / name).mkdir()
    done = livre("check")
    assert done.exit_code == 1
    assert f"{name}: " in done.output
    assert livre("build").exit_code == 65


def test_a_review_without_content_or_shells_is_told_what_to_make(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    (review / "content" / "papers" / "shell.md").unlink()
    assert "content/papers/shell.md: not there; make it, " in livre("build").output
    shutil.rmtree(review / "content")
    done = livre("build")
    assert done.exit_code == 65
    assert "content: there is no such folder" in done.output


def test_check_refuses_a_path_in_which_there_is_nothing(
    review: Path, livre: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (review / "bib" / "scope.toml").unlink()
    assert "bib/scope.toml: " in livre("check", "bib/scope.toml").output
    assert "bib/scope.toml: " in livre("check", str(review / "bib")).output
    assert livre("check", "bib/paperz").exit_code == 2
    assert livre("check", "/").exit_code == 2
    monkeypatch.chdir(review / "bib")
    assert livre("check", "./taxonomy.toml").output == "0 problems\n"
    assert livre("check", "content/index.md").output == "0 problems\n"


def test_check_names_what_curated_would_not_keep(review: Path, livre: Callable[..., Result]) -> None:
    livre("import", str(review / "library.bib"))
    path = next((review / "bib" / "papers").glob("2024-*.bib"))
    for curated, wrong in (("titel, model", "did you mean 'title'?"), ("title, model", "")):
        text = path.read_text().partition("  curated ")[0].removesuffix("}\n")
        path.write_text(f"{text}  curated      = {{{curated}}},\n}}\n")
        done = livre("check")
        assert done.exit_code == bool(wrong), done.output
        assert wrong in done.output


def test_a_source_that_is_no_file_is_a_usage_error(livre: Callable[..., Result]) -> None:
    done = livre("update", "--source", "nowhere.atom")
    assert done.exit_code == 2
    assert "nowhere.atom" in done.output


def test_a_folder_without_a_review_says_what_is_missing(tmp_path: Path, livre: Callable[..., Result]) -> None:
    shutil.rmtree(tmp_path / "bib")
    done = livre("update")
    assert done.exit_code == 73
    assert "bib" in done.output
