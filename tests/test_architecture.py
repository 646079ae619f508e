"""The architecture as ARCHITECTURE.md draws it, checked against the imports that are there."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "generator" / "livre"
DOCUMENT = (ROOT / "ARCHITECTURE.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LONGEST = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "scripts", "tools"}


class Module(NamedTuple):
    """A module of the engine: `name` is `site/render`, a package's own is `site`, the root's ''."""

    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(), str(self.path))


def name_of(path: Path) -> str:
    return path.relative_to(ENGINE).with_suffix("").as_posix().removesuffix("__init__").rstrip("/")


MODULES = [Module(name_of(p), p) for p in sorted(ENGINE.rglob("*.py"))]
ROOMS = {m.name for m in MODULES}


def rows() -> list[list[str]]:
    block = re.search(r"```rows\n(.*?)```", DOCUMENT, re.DOTALL)
    assert block, "ARCHITECTURE.md has no ```rows block"
    return [line.split(" · ") for line in block[1].splitlines()]


def dependencies() -> dict[str, tuple[set[str], list[str]]]:
    """Distribution → what may be imported of it, and the rooms that do; a package stands for its modules."""
    table = re.findall(r"^\| ([a-z][\w-]*) \| (.+?) \| ?(\S*(?: · \S+)*) ?\| .+ \|$", DOCUMENT, re.MULTILINE)
    return {name: (set(re.findall(r"`(\w+)`", imports)), rooms.split(" · ")) for name, imports, rooms in table if name != "distribution"}


def imported(module: Module) -> Iterator[tuple[str, int]]:
    """Everything a module imports, as (absolute dotted name, line); type-only imports count too."""
    package = ["livre", *module.path.relative_to(ENGINE).parts[:-1]]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])]) if node.level else node.module or ""
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def room_of(dotted: str) -> str:
    """The room behind a dotted name of the engine: the longest prefix that is a module."""
    parts = dotted.split(".")[1:]
    while parts and "/".join(parts) not in ROOMS:
        parts.pop()
    return "/".join(parts)


def third_party(module: Module) -> set[str]:
    tops = {dotted.partition(".")[0] for dotted, _ in imported(module)}
    return tops - sys.stdlib_module_names - {"livre"}


def requirement(line: str) -> str:
    match = re.match(r"[\w.-]+", line)
    assert match
    return match[0]


def test_every_module_has_a_place_in_the_rows_and_every_place_a_module():
    placed = [name for row in rows() for name in row]
    assert sorted(placed) == sorted(ROOMS - {""})


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name or "livre")
def test_a_module_imports_only_from_the_rows_above(module):
    height = {name: i for i, row in enumerate(rows()) for name in row}
    wrong = [
        f"line {line}: {room}"
        for dotted, line in imported(module)
        if dotted.partition(".")[0] == "livre" and (room := room_of(dotted)) and (not module.name or height[room] >= height[module.name])
    ]
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name or "livre")
def test_imports_within_the_engine_are_relative(module):
    absolute = [
        n.lineno
        for n in ast.walk(module.tree)
        if (isinstance(n, ast.ImportFrom) and not n.level and (n.module or "").partition(".")[0] == "livre")
        or (isinstance(n, ast.Import) and any(a.name.partition(".")[0] == "livre" for a in n.names))
    ]
    assert not absolute


def test_each_third_party_library_is_imported_in_its_own_room():
    found = {(library, m.name) for m in MODULES for library in third_party(m)}
    documented = {(library, room) for libraries, rooms in dependencies().values() for library in libraries for room in rooms}
    strangers = {(library, name) for library, name in found if not {(library, name), (library, name.partition("/")[0])} & documented}
    unused = {
        (library, room) for library, room in documented if not {n for of, n in found if of == library and (n + "/").startswith(room + "/")}
    }
    assert not strangers
    assert not unused


def test_mkdocs_is_run_and_never_imported():
    assert not {m.name for m in MODULES for library in third_party(m) if library in {"mkdocs", "material", "zensical"}}


def test_the_dependencies_of_the_project_and_those_documented_are_the_same():
    runtime = {requirement(r) for r in PROJECT["project"]["dependencies"]}
    assert set(dependencies()) == runtime


def test_what_a_dependency_brings_is_named_as_it_is_imported():
    for name, (libraries, _) in dependencies().items():
        files = {str(f).partition("/")[0].removesuffix(".py") for f in distribution(name).files or ()}
        assert not libraries or libraries & files, f"{name} brings none of {libraries}"


def test_each_tool_for_the_work_on_the_engine_has_its_reason():
    tools = {requirement(r) for r in [*PROJECT["project"]["optional-dependencies"]["test"], *PROJECT["build-system"]["requires"]]}
    table = DOCUMENT.partition("For the work on livre itself")[2]
    cells = re.findall(r"^\| ([a-z][\w, -]*) \| .+ \|$", table, re.MULTILINE)
    assert {name for cell in cells for name in cell.split(", ")} - {"distribution"} == tools


@pytest.mark.parametrize("module", [m for m in MODULES if m.name.partition("/")[0] != "cli"], ids=lambda m: m.name or "livre")
def test_only_the_command_line_prints(module):
    prints = [n.lineno for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"]
    assert not prints


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name or "livre")
def test_a_module_is_short_and_named_for_what_it_does(module):
    assert len(module.path.read_text().splitlines()) <= LONGEST
    assert not VAGUE & set(module.name.split("/"))


def test_the_page_on_architecture_is_one_page():
    assert len(DOCUMENT.splitlines()) <= 160
