"""Every code that a Problem can have is documented, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "generator" / "livre"

WRAPPED = {
    "toml.py": "Faults",
    **dict.fromkeys(("entry.py", "bibtex.py", "sentinels.py"), "wrong"),
    "grammar.py": "refuse",
    "gate.py": "note",
}
"""Modules that raise problems through a function or class of their own, which takes the code."""
BUILDERS = {"mkdocs", "zensical"}
"""`site/shells.py` gives a complaint the name of the builder that complains."""
CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def literals(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def raised() -> Iterator[str]:
    """Every code that some call in the engine gives to a Problem."""
    for file in sorted(ENGINE.rglob("*.py")):
        tree = ast.parse(file.read_text())
        for node in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            name, arguments = called(node), [*node.args, *(k.value for k in node.keywords)]
            if name == "Problem":
                code = node.args[1 if isinstance(node.args[0], ast.Starred) else 2]
                if isinstance(code, ast.Constant):
                    yield str(code.value)
                else:
                    assert file.name in {*WRAPPED, "shells.py"}, f"{file.name}:{node.lineno}: a code that this test cannot read"
            elif name == "Faults":
                yield str(ast.literal_eval(node.args[2]))
            elif name in WRAPPED.values() and name == WRAPPED.get(file.name):
                own = {w for a in arguments if isinstance(a, ast.Constant) for w in [str(a.value)] if CODE.fullmatch(w)}
                yield from (f"sentinel-{w}" if file.name == "sentinels.py" else w for w in own if file.name != "entry.py" or w in CODES)
    for file in ("gate.py", "trees.py"):
        yield from re.findall(r'"(gate-[a-z]+)"', (ENGINE / "site" / file).read_text())
    yield "bib-value"  # what entry.py says where it says nothing else
    yield from re.findall(r'"(inbox-[a-z]+)"', (ENGINE / "grammar.py").read_text())
    yield from BUILDERS


def test_every_code_that_is_raised_is_documented_and_every_documented_one_raised() -> None:
    assert set(raised()) == set(CODES)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_code_says_what_it_means_how_to_mend_it_and_gives_an_example(code) -> None:
    assert CODE.fullmatch(code.name)
    assert code.means.endswith(".")
    assert code.mend.endswith(".")
    assert code.example
    assert "\n" not in code.means + code.mend + code.example
