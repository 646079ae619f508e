"""What the documents say is there, is there. Run as a program (`make docs`), it writes docs/cli.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from livre.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "cli.md"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
TARGETS = dict(re.findall(r"^([a-z]+):.*?(?:## (.*))?$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands() -> Iterator[tuple[str, click.Command]]:
    yield "livre", main
    yield from ((f"livre {name}", command) for name, command in main.commands.items())


def reference() -> str:
    """docs/cli.md: the help of every command, as a terminal of 100 columns shows it."""
    head = "# Command line\n\nWritten by `make docs` from the commands' own `--help`; a test keeps it current.\n"
    parts = [head]
    for name, command in commands():
        context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
        parts.append(f"\n## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


def code(document: Path) -> str:
    """What a document shows as code: fenced blocks and inline spans."""
    text = document.read_text()
    return "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_the_command_line_reference_is_what_the_commands_say():
    assert REFERENCE.read_text() == reference(), "run `make docs`"


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_has_help(name, command):
    assert command.help
    assert command.get_short_help_str(limit=200).endswith(".") or command is main
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_the_commands_that_a_document_names_exist(document):
    targets = set(re.findall(r"^\s*make ([a-z]+)\b|^make ([a-z]+)\b", code(document), re.MULTILINE))
    assert {a or b for a, b in targets} <= set(TARGETS)
    named = set(re.findall(r"^(?:\.venv/bin/)?livre ([a-z]+)\b", code(document), re.MULTILINE))
    assert named <= set(main.commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_the_files_that_a_document_links_to_exist(document):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d != REFERENCE], ids=lambda d: d.name)
def test_the_folders_and_files_that_a_document_names_exist(document):
    names = re.findall(r"`((?:bib|content|generator|demo|tests|benchmarks|docs|requirements)/[\w./-]*)`", document.read_text())
    assert [name for name in names if not (ROOT / name).exists()] == []


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
