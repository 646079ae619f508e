"""What people really send, and what they should not: entries as six tools write them are accepted, each way to break one is refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre import inbox
from livre.errors import BadData
from livre.model import Identifier
from livre.taxonomy import load as load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livre.taxonomy import Taxonomy

REVIEW = Path(__file__).parent / "data" / "review"
DATA = Path(__file__).parents[1] / "../shared/data"
ACCEPTED, REFUSED = 200, 150

STYLES = {
    "arXiv": "@misc{{{key},\n      title={{{title}}}, \n      author={{{author}}},\n      year={{{year}}},\n      eprint={{{arxiv}}},\n"
    "      archivePrefix={{arXiv}},\n      primaryClass={{cs.CV}},\n      url={{https://arxiv.org/abs/{arxiv}}}, \n}}\n",
    "DBLP": "@article{{DBLP:journals/corr/abs-{arxiv},\n  author       = {{{author}}},\n  title        = {{{title}}},\n"
    "  journal      = {{CoRR}},\n  volume       = {{abs/{arxiv}}},\n  year         = {{{year}}},\n"
    "  url          = {{https://doi.org/10.48550/arXiv.{arxiv}}},\n  doi          = {{10.48550/ARXIV.{arxiv}}},\n"
    "  eprinttype   = {{arXiv}},\n  eprint       = {{{arxiv}}},\n  timestamp    = {{Mon, 03 Mar 2025 21:27:36 +0100}},\n"
    "  bibsource    = {{dblp computer science bibliography, https://dblp.org}}\n}}\n",
    "Google Scholar": "@article{{{key},\n  title={{{title}}},\n  author={{{author}}},\n"
    "  journal={{arXiv preprint arXiv:{arxiv}}},\n  year={{{year}}}\n}}\n",
    "Zotero": "\n@misc{{{key},\n\ttitle = {{{title}}},\n\turl = {{http://arxiv.org/abs/{arxiv}}},\n\tdoi = {{10.48550/arXiv.{arxiv}}},\n"
    "\turldate = {{2025-03-14}},\n\tpublisher = {{arXiv}},\n\tauthor = {{{author}}},\n\tmonth = mar,\n\tyear = {{{year}}},\n"
    "\tnote = {{arXiv:{arxiv} [cs]}},\n\tkeywords = {{Computer Science - Computer Vision}},\n}}\n",
    "Semantic Scholar": "@article{{{key},\n title = {{{title}}},\n author = {{{author}}},\n journal = {{ArXiv}},\n"
    " volume = {{abs/{arxiv}}},\n year = {{{year}}},\n doi = {{10.48550/arXiv.{arxiv}}}\n}}\n",
    "by hand": '@misc{{{key}, title = "{title}", author = "{author}", year = {year}, eprint = "{arxiv}", archiveprefix = "arXiv" }}\n',
}
"""How tools write an entry."""


def fabricated() -> Iterator[dict[str, str]]:
    """Works that do not exist."""
    titles = (
        "A fabricated paper on skin", "Skin {GPT}: a paper that nobody wrote", "Über Haut & \\textit{Schuppen}",
        "On $\\alpha$-skin and 90\\% of it",
        "Fabricated: a survey (part II)", "What is “skin”? 皮肤 кожа",
    )  # fmt: skip
    for number in range(40):
        year = str(2090 + number % 9)
        yield {
            "key": f"example{year}skin{number}",
            "title": f"{titles[number % len(titles)]} {number}",
            "author": "Example, Ada and Sample, Ben and van der Third, Cy" if number % 2 else "Ada Example and Ben Sample and others",
            "year": year,
            "arxiv": f"{year[2:]}0{1 + number % 9}.{10000 + number}",
        }


BREAK: dict[str, Callable[[str], str]] = {
    "cut in the middle": lambda t: t[: len(t) // 2],
    "cut before its end": lambda t: t.rstrip()[:-1],
    "an open brace in the title": lambda t: re.sub(r"(title\s*=\s*[{\"])", r"\1{", t, count=1),
    "@string": lambda t: '@string{x = "y"}\n' + t,
    "@preamble": lambda t: t + '@preamble{"\\input{x}"}\n',
    "@comment": lambda t: "@comment{x}\n" + t,
    "words around": lambda t: "Dear curators, please add this.\n\n" + t,
    "a percent comment": lambda t: "% added by me\n" + t,
    "values joined": lambda t: re.sub(r"year\s*=\s*[{]?\d+[}]?", 'year = "20" # "99"', t, count=1),
    "an abbreviation": lambda t: re.sub(r"year\s*=\s*[{]?\d+[}]?", "year = thisyear", t, count=1),
    "a field twice": lambda t: t.replace("{", "{x, year = {2099}, year = {2098},\n note = {", 1).replace(",", "},", 1),
    "no identifier": lambda t: "@misc{x, title = {A title and nothing else}}\n",
    "a control character": lambda t: t.replace("itle", "itle\x07", 1),
    "a bidirectional mark": lambda t: t.replace("kin", "k\u202ein", 1).replace("Haut", "Ha\u202eut", 1).replace("urvey", "u\u202ervey", 1),
    "a NUL": lambda t: t + "\x00",
    "a value too long": lambda t: t.replace("@", "@misc{long, note = {" + "x" * 30_000 + "}}\n@", 1),
    "braces too deep": lambda t: t.replace("@", "@misc{deep, note = {" + "{" * 30 + "}" * 30 + "}}\n@", 1),
    "a key too long": lambda t: t.replace("{", "{" + "k" * 300, 1),
    "a brace after a backslash": lambda t: re.sub(r"(author\s*=\s*[{\"])", r"\1\\} ", t, count=1),
    "round brackets": lambda t: t.rstrip().replace("{", "(", 1)[:-1] + ")\n",
    "no key": lambda t: re.sub(r"(@\w+\{)[^,]*,", r"\1", t, count=1),
    "no comma": lambda t: t.replace(",\n", "\n", 2).replace(", title", " title", 1),
    "an equals sign too many": lambda t: re.sub(r"(title\s*=)", r"\1=", t, count=1),
    "a hundred and one of them": lambda t: "".join(t.replace("{", f"{{n{n}x", 1) for n in range(101)),
    "nothing": lambda t: "",
    "HTML": lambda t: f"<html><pre>{t}</pre></html>",
}
"""Ways to break an entry."""


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(REVIEW / "bib" / "taxonomy.toml")


def read(text: str, folder: Path, taxonomy: Taxonomy) -> tuple[inbox.Contribution, ...]:
    path = folder / "a.bib"
    path.write_bytes(text.encode())
    return inbox.one(path, "bib/inbox/a.bib", taxonomy)


def refusal(text: str, folder: Path, taxonomy: Taxonomy, what: str) -> None:
    """Each problem names the file, a line that is there, and what to do."""
    with pytest.raises(BadData) as refused:
        pytest.fail(f"accepted: {what}, {read(text, folder, taxonomy)}")
    for problem in refused.value.problems:
        assert problem.path == "bib/inbox/a.bib"
        assert 0 <= problem.line <= text.count("\n") + 1
        assert problem.line or problem.code in {"inbox-large", "inbox-ambiguous", "import-entry", "inbox", "import-kind"}, (what, problem)
        assert len(problem.message) > 20
        assert problem.message.isprintable()


def test_entries_as_tools_write_them_are_accepted(tmp_path: Path, taxonomy: Taxonomy) -> None:
    number = 0
    for work in fabricated():
        for style, form in STYLES.items():
            (one,) = read(form.format(**work), tmp_path, taxonomy)
            assert one.work == Identifier("arxiv", work["arxiv"]), style
            assert one.line >= 1
            number += 1
    assert number >= ACCEPTED


def test_each_way_to_break_an_entry_is_refused_with_file_line_and_advice(tmp_path: Path, taxonomy: Taxonomy) -> None:
    number = 0
    works = list(fabricated())
    for n, (what, spoil) in enumerate(BREAK.items()):
        for style, form in STYLES.items():
            text = form.format(**works[n])
            spoiled = spoil(text)
            assert spoiled != text, (what, style)
            refusal(spoiled, tmp_path, taxonomy, f"{what}, {style}")
            number += 1
    assert number >= REFUSED


# --- real entries -----------------------------------------------------------------------------------------


def _corpus() -> Iterator[str]:
    """Real works as tools write them, every fifteenth of the corpus."""
    with (DATA / "corpus" / "arxiv-2025-2026.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    styles = list(STYLES.values())
    for n, row in enumerate(rows[::15]):
        name = row.get("arxiv_id") or row["id"]
        authors = " and ".join(a.strip() for a in row["authors"].split(";"))
        title = re.sub(r"([&%#_])", r"\\\1", row["title"]) if "$" not in row["title"] and "\\" not in row["title"] else row["title"]
        yield styles[n % 5].format(key=f"real{n}", title=title, author=authors, year="2025", arxiv=name)


def _written() -> Iterator[str]:
    """Entries with an identifier from files that people and tools wrote, as they stand there."""
    for file in sorted((DATA / "bib").rglob("*.bib")):
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        for m in re.finditer(r"^@(?!string|preamble|comment)[a-z]+\{[^@]*?^\}", text, re.MULTILINE | re.IGNORECASE | re.DOTALL):
            found = re.search(r"^\s*(?:doi|eprint)\s*=\s*[{\"](?:10\.\d{4,}/|\d{4}\.\d{4,5})", m[0], re.MULTILINE | re.IGNORECASE)
            if found and not re.search(r"=\s*[A-Za-z]|\\[{}]|#", m[0]):
                yield m[0] + "\n"


@pytest.mark.data
def test_real_entries_are_accepted_and_broken_ones_refused(tmp_path: Path, taxonomy: Taxonomy) -> None:
    if not DATA.is_dir():
        pytest.skip("the real entries are not here")
    real = [*_corpus(), *_written()]
    assert len(real) >= ACCEPTED
    failed = []
    for text in real:
        try:
            assert len(read(text, tmp_path, taxonomy)) == 1
        except BadData as error:
            failed.append((str(error), text))
    assert failed == []
    broken = [
        (spoil(text), what, text) for n, (what, spoil) in enumerate(BREAK.items()) for text in real[n::29][:8] if what != "no identifier"
    ]
    changed = [(spoiled, what) for spoiled, what, text in broken if spoiled != text]
    assert len(changed) >= REFUSED
    for spoiled, what in changed:
        refusal(spoiled, tmp_path, taxonomy, what)


@pytest.mark.data
def test_files_that_are_nasty_on_purpose_are_read_or_refused_and_never_an_error(tmp_path: Path, taxonomy: Taxonomy) -> None:
    if not DATA.is_dir():
        pytest.skip("the real entries are not here")
    files = sorted((DATA / "bib").rglob("*.bib"))
    refused = []
    for file in files:
        path = tmp_path / "a.bib"
        path.write_bytes(file.read_bytes())
        try:
            inbox.one(path, "bib/inbox/a.bib", taxonomy)
        except BadData as error:
            refused.append(error.problems)
    assert len(files) >= 100
    assert len(files) / 2 < len(refused) < len(files)
    assert all(p.path == "bib/inbox/a.bib" and p.message for problems in refused for p in problems)
