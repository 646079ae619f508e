"""Everything that somebody can get wrong in a review, noun by noun: found with file, line and code, and told what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from livre import check, folders
from livre.appeal import contribution
from livre.cli import main
from livre.codes import CODES
from livre.model import Identifier
from test_against import edit, gone, link, put

if TYPE_CHECKING:
    from collections.abc import Callable

REVIEW = Path(__file__).parent / "data" / "review"
PAPERS, DECIDED = "bib/papers/2099-01.bib", "bib/decisions/2099-01.tsv"
ASKED = contribution(Identifier("arxiv", "9901.00099"), "include", reason="it is missing")
FILED = contribution(Identifier("arxiv", "9901.00099"), "include", reason="it is missing", chosen={"model": ["hornd"]})
ENTRY = "@misc{{x, title = {{A title}}, eprint = {{9901.00099}}{}}}\n"
ESCAPES = "\x1b[31m"


@pytest.fixture
def review(tmp_path: Path) -> Path:
    return shutil.copytree(REVIEW, tmp_path / "review")


WRONG: dict[str, tuple[Callable[[Path], None], str, str, int]] = {
    "a brace too few": (edit(PAPERS, "{On <![> graphs of unicorns}", "{On <![> graphs"), "bib-syntax", PAPERS, 1),
    "text between entries": (lambda root: put(PAPERS, "% to do\n" + (root / PAPERS).read_text())(root), "bib-comment", PAPERS, 1),
    "a macro": (lambda root: put(PAPERS, '@string{a = "b"}\n' + (root / PAPERS).read_text())(root), "bib-macro", PAPERS, 1),
    "an unknown key of a contribution": (put("bib/inbox/a.toml", ASKED.replace("reason", "raeson")), "toml-key", "bib/inbox/a.toml", 3),
    "an unknown category of a contribution": (put("bib/inbox/a.toml", FILED), "inbox", "bib/inbox/a.toml", 6),
    "an unknown category of a paper": (edit(PAPERS, "{horned, unicorns}", "{hornd, unicorns}"), "unknown-category", PAPERS, 9),
    "an identifier that is none": (put("bib/inbox/a.toml", ASKED.replace("9901.00099", "99")), "inbox", "bib/inbox/a.toml", 1),
    "an identifier of two papers": (edit(PAPERS, "{9901.00001}", "{9901.00002}"), "corpus-duplicate", PAPERS, 14),
    "@string in a contribution": (put("bib/inbox/a.bib", '@string{a = "b"}\n' + ENTRY.format("")), "inbox-macro", "bib/inbox/a.bib", 1),
    "@preamble in a contribution": (put("bib/inbox/a.bib", ENTRY.format("") + '@preamble{"b"}\n'), "inbox-macro", "bib/inbox/a.bib", 2),
    "@comment in a contribution": (put("bib/inbox/a.bib", "@comment{x}\n" + ENTRY.format("")), "inbox-comment", "bib/inbox/a.bib", 1),
    "values joined": (put("bib/inbox/a.bib", ENTRY.format(',\n note = "a" # "b"')), "inbox-join", "bib/inbox/a.bib", 2),
    "a value too long": (put("bib/inbox/a.bib", ENTRY.format(f",\n note = {{{'x' * 30_000}}}")), "inbox-long", "bib/inbox/a.bib", 2),
    "braces too deep": (put("bib/inbox/a.bib", ENTRY.format(f",\n note = {{{'{' * 40}{'}' * 40}}}")), "inbox-deep", "bib/inbox/a.bib", 2),
    "a control character": (put("bib/inbox/a.toml", ASKED.replace("missing", ESCAPES)), "text-invisible", "bib/inbox/a.toml", 3),
    "a bidirectional mark": (edit(PAPERS, "graphs", "gra\u202ephs"), "text-invisible", PAPERS, 2),
    "a mark written as an escape": (
        put("bib/inbox/a.toml", FILED.replace('model = ["hornd"]', 'title = "it\\u202e is"')),
        "inbox",
        "bib/inbox/a.toml",
        6,
    ),
    "what two parsers read differently": (
        put("bib/inbox/a.bib", "@misc{x, title = {a \\{ b}}, eprint = {9901.00099}}\n"),
        "inbox-ambiguous",
        "bib/inbox/a.bib",
        1,
    ),
    "a file of another form": (edit(PAPERS, "  title        =", "  title ="), "not-canonical", PAPERS, 0),
    "a file that does not belong": (put("bib/papers/new.bib", ""), "corpus-file", "bib/papers/new.bib", 0),
    "a name that does not belong": (put("bib/inbox/my paper.txt", ""), "inbox-file", "bib/inbox/my paper.txt", 0),
    "a paper deleted": (
        lambda root: put("bib/papers/1999-01.bib", "")(root),
        "stray-decision",
        "bib/decisions/1999-01.tsv",
        0,
    ),
    "a ledger cut": (lambda root: put(DECIDED, (root / DECIDED).read_text()[:-9])(root), "ledger-end", DECIDED, 4),
    "a link as a contribution": (link("bib/inbox/a.toml", "/etc/passwd"), "inbox-file", "bib/inbox/a.toml", 0),
    "a link as a sentinel set": (link("bib/sentinels/a.csv", "/etc/passwd"), "link", "bib/sentinels/a.csv", 0),
    "a link as a file of papers": (link("bib/papers/2099-09.bib", "2099-01.bib"), "link", "bib/papers/2099-09.bib", 0),
    "a link as a chapter": (link("content/a.md", "/etc/passwd"), "link", "content/a.md", 0),
    "a link as a folder of chapters": (link("content/a", "/etc"), "link", "content/a", 0),
    "twins": (put("content/HOW.md", "# How\n"), "change-twin", "content/HOW.md", 0),
    "a binary as a chapter": (put("content/a.md", b"# A\n\x00"), "change-binary", "content/a.md", 0),
    "a shell that is missing": (gone("content/papers/shell.md"), "shell", "content/papers/shell.md", 0),
    "a shell deeper down that is missing": (gone("content/methods/records/shell.md"), "shell", "content/methods/records/shell.md", 0),
    "a link to a chapter that is not there": (
        put("content/a.md", "# A\n\n[b](how.md)\n[c](hwo.md#x).\n"),
        "link",
        "content/a.md",
        4,
    ),
    "a picture that is not there": (put("content/a.md", "# A\n\n![b](pictures/b.png)\n"), "link", "content/a.md", 3),
    "a link out of content/": (put("content/a.md", "# A\n\n[b]: ../bib/inbox/b.md\n"), "link", "content/a.md", 3),
    "a citation of nothing": (put("content/a.md", "# A\n\n[@example2099wingd]\n"), "citation", "content/a.md", 3),
    "no configuration": (gone("mkdocs.yml"), "config", "mkdocs.yml", 0),
    "code in the configuration": (lambda root: put("mkdocs.yml", "site_name: !!python/name:os.system\n")(root), "config", "mkdocs.yml", 1),
}
"""What somebody did, the code it is found by, and where."""


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found_with_file_line_and_advice(review: Path, what: str) -> None:
    change, code, path, line = WRONG[what]
    (review / "bib" / "inbox").mkdir(exist_ok=True)
    (review / "bib" / "sentinels").mkdir(exist_ok=True)
    change(review)
    found = [p for p in check.whole(review) if (p.path, p.code) == (path, code)]
    assert found, sorted(check.whole(review))
    assert line in {p.line for p in found}
    assert all(p.message.isprintable() and len(p.message) > 10 for p in found)
    assert code in CODES


def test_the_nearest_name_is_told(review: Path) -> None:
    put("content/a.md", "# A\n\n[a](hwo.md) [@example2099wingd]\n")(review)
    edit(PAPERS, "{horned, unicorns}", "{hornd, unicorns}")(review)
    said = " ".join(p.message for p in check.whole(review))
    assert all(name in said for name in ("did you mean how.md?", "did you mean example2099winged?", "did you mean 'horned'?"))


def test_a_review_without_faults_has_none(review: Path) -> None:
    put("content/a.md", "# A\n\n[b](how.md) [c](papers/index.md#x) `[d](nothing.md)` [e](../papers/) <!-- [f](no.md) -->\n\n    x\n")(
        review
    )
    assert tuple(check.whole(review)) == ()
    assert tuple(folders.problems(review)) == ()


def test_json_is_for_programs(review: Path) -> None:
    edit(PAPERS, "{horned, unicorns}", "{hornd, unicorns}")(review)
    check_ = ["--root", str(review), "check"]
    outputs = [CliRunner().invoke(main, [*check_, *words], catch_exceptions=False) for words in (["--json"], ["--format", "json"])]
    assert [o.exit_code for o in outputs] == [1, 1]
    assert outputs[0].output == outputs[1].output
    (problem,) = json.loads(outputs[0].output)
    assert (problem["path"], problem["line"], problem["code"]) == (PAPERS, 9, "unknown-category")
