"""What the documents say is there, is there. Run as a program (`make docs`), it writes docs/cli.md and docs/checks.md."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml

from livre.cli import main
from livre.codes import CODES

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "cli.md"
CHECKS = ROOT / "docs" / "checks.md"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
TARGETS = dict(re.findall(r"^([a-z]+):.*?(?:## (.*))?$", (ROOT / "Makefile").read_text(), re.MULTILINE))

HEAD = """# Command line

Written by `make docs` from the commands' own `--help`; a test keeps it current.
"""
ENVIRONMENT = """
## Environment

A night needs none of them. Keys for the sources of citations, each optional; what is blank counts as unset:

| variable | what it is for |
|---|---|
| `OPENALEX_API_KEY` | OpenAlex: a larger budget for a day |
| `OPENCITATIONS_TOKEN` | OpenCitations: a token, so that they can tell who asks |
| `CROSSREF_MAILTO` | Crossref: an address to reach you at, for their "polite pool" |
| `S2_API_KEY` | Semantic Scholar, which is asked with `--source s2` only |

For summaries by a machine, which are off unless somebody names one (see [Summaries](summaries.md)):

| variable | what it is for |
|---|---|
| `LIVRE_SUMMARY` | the base URL of an API that speaks OpenAI's protocol, on this machine or behind https |
| `LIVRE_SUMMARY_MODEL` | the model to ask there |
| `LIVRE_SUMMARY_KEY` | its key, if it wants one; never written anywhere |

In workflows only, where GitHub gives it to the jobs that open a pull request or watch over the schedule:

| variable | what it is for |
|---|---|
| `GITHUB_TOKEN` | the token of the job; no command reads it, only `python3 -m livre.bare` |

For tests, mirrors and replays:

| variable | what it sets |
|---|---|
| `LIVRE_ARXIV_API`, `LIVRE_ARXIV_OAI`, `LIVRE_ARXIV_SRC` | base URLs of arXiv's API, of its OAI-PMH service and of its e-prints |
| `LIVRE_OPENALEX`, `LIVRE_OPENCITATIONS`, `LIVRE_CROSSREF`, `LIVRE_S2` | base URLs of the other sources of citations |
| `LIVRE_DELAY` | seconds between two requests, 3 if unset; less is refused for arXiv's own hosts |
| `LIVRE_NOW` | the time that counts as now, as `2026-07-02T04:00:00+00:00` |
| `SOURCE_DATE_EPOCH` | the time that the site's builder writes where it writes one, in seconds since 1970; 0 if unset |
"""


BORN_LATER = ("bib/authors.toml", "bib/inbox/", "bib/filings/", "bib/summaries/", "bib/proposal.tsv", "bib/models.toml", "bib/retired.toml")
"""What is there only while something is in it."""
BEGUN = set(re.findall(r"^([a-z]+):", (ROOT / "generator/livre/seed/tool/Makefile").read_text(), re.MULTILINE))
"""The targets of a review that `livre init` begins, which docs/start.md is about."""
COMMANDS: list[tuple[str, click.Command]] = [("livre", main), *((f"livre {name}", command) for name, command in main.commands.items())]


def reference() -> str:
    """docs/cli.md: the help of every command, as a terminal of 100 columns shows it, and the environment."""
    parts = [HEAD]
    parent = click.Context(main, info_name="livre", terminal_width=100, **main.context_settings)
    for name, command in COMMANDS:
        context = parent if command is main else click.Context(command, info_name=command.name, parent=parent)
        parts.append(f"\n## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join([*parts, ENVIRONMENT])


CHECKS_HEAD = """# What a check can find

Every problem has a file, a line where there is one, and a code in square brackets at the end of its line. `livre check` finds most of
them, `livre check --format json` says the same to a program, `--format github` to a pull request. Written by `make docs` from
`generator/livre/codes.py`; a test keeps it current.

`livre check --against main` judges a change as a contribution: the working tree against the commit where it parted from `main`. It may
touch `bib/` (but not what only nights write), the chapters in `content/`, and nothing else; of what is there, nothing may go, and what
sources tell changes only with the field's name in `curated`. Only what differs is read, so it takes a second or two however
large the review is. For a maintainer's own change of other files, `livre check bib content --against main` leaves them out.

With `--format github` the job summary also says what the change would do: the paper as it would appear, what the review by itself
would say of it and why, works of the same title, what would become of it. `--ask` asks arXiv and Crossref for works that are new
here; where they do not answer, that is told, and is no problem. `--preview DIR` builds the pages that the change touches, with the
configuration, chapters and theme of the commit it is against; of the change itself only plain files in `bib/` are read.

`livre check --site DIR` looks at every page of a built site as a browser reads it, as the end of each build does: only elements,
attributes and addresses of a list, no script but the theme's, the one policy on every page.
"""


def checks() -> str:
    """docs/checks.md: every code in its group, what it means, how to mend it, and an example."""
    parts, group = [CHECKS_HEAD], ""

    def cell(text: str) -> str:
        return re.sub(r"([|<>*_\[\]])", r"\\\1", text)

    for code in CODES.values():
        if code.group != group:
            group = code.group
            parts.append(f"\n## {group}\n\n| code | what it means | what to do | an example |\n|---|---|---|---|\n")
        parts.append(f"| `{code.name}` | {cell(code.means)} | {cell(code.mend)} | {cell(code.example)} |\n")
    return "".join(parts)


def code(document: Path) -> str:
    """What a document shows as code: fenced blocks and inline spans."""
    text = document.read_text()
    return "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_the_command_line_reference_is_what_the_commands_say():
    assert REFERENCE.read_text() == reference(), "run `make docs`"


def test_the_page_of_the_checks_is_what_the_engine_can_find():
    assert CHECKS.read_text() == checks(), "run `make docs`"


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_has_help(name, command):
    assert command.help
    assert command.get_short_help_str(limit=200).endswith(".") or command is main
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help, f"{name} {parameter.name}"


def test_every_variable_that_the_engine_reads_is_documented():
    engine = "".join(f.read_text() for f in (ROOT / "generator" / "livre").rglob("*.py"))
    name = re.compile(r"\b(?:LIVRE_[A-Z0-9_]+|SOURCE_DATE_EPOCH|[A-Z0-9]+_(?:API_KEY|TOKEN|MAILTO))\b")
    assert set(name.findall(engine)) == set(name.findall(ENVIRONMENT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_the_commands_that_a_document_names_exist(document):
    targets = set(re.findall(r"^\s*make ([a-z]+)\b|^make ([a-z]+)\b", code(document), re.MULTILINE))
    assert {a or b for a, b in targets} <= (BEGUN if document.name == "start.md" else set(TARGETS))
    named = set(re.findall(r"^(?:\.venv/bin/)?livre ([a-z]+)\b", code(document), re.MULTILINE))
    assert named <= set(main.commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_the_files_that_a_document_links_to_exist(document):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d not in (REFERENCE, CHECKS)], ids=lambda d: d.name)
def test_the_folders_and_files_that_a_document_names_exist(document):
    names = re.findall(r"`((?:bib|content|generator|demo|tests|benchmarks|docs|requirements)/[\w./-]*)`", document.read_text())
    assert [name for name in names if not name.startswith(BORN_LATER) and not (ROOT / name).exists()] == []


def test_the_two_commands_of_the_readme_are_there():
    assert {"demo", "test"} <= set(re.findall(r"^make (\w+)", code(ROOT / "README.md"), re.MULTILINE))


def test_make_says_what_each_target_does():
    assert [name for name, what in TARGETS.items() if not what] == []


def test_the_citation_is_of_livre_and_names_no_person():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "title", "message", "authors"} <= set(citation)
    assert citation["authors"] == [{"name": "The livre maintainers"}]
    assert citation["license"] == "MIT"


if __name__ == "__main__":
    REFERENCE.write_text(reference())
    CHECKS.write_text(checks())
