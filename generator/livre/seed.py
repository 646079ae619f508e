"""The files of a new review: those that its maintainer owns from then on, and those that stay livre's and are renewed by upgrades.

What begins as the maintainer's lies in `seed/yours/`, what stays livre's in `seed/tool/`; the workflows are those of the reference review,
and with them comes the part of the engine that runs without anything installed, in the jobs that hold a token which may write.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from . import citable, plan
from .appeal import quoted
from .errors import BrokenInvariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import Plan
    from .scope import Scope

ENGINE = Path(__file__).parent
_SEED = ENGINE / "seed"
_HOSTED = (_SEED / "github", ENGINE.parents[1] / ".github")
"""Where the workflows lie: beside the installed package, or in the repository that it is developed in."""
_KINDS = ("methods", "datasets", "benchmarks", "evaluations", "surveys")
"""The ids of the categories that every new review begins with."""
_DOTTED = {"gitignore": ".gitignore"}
_HOLE = re.compile(r"%%([a-z-]+)%%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """A file of a new review; an upgrade may renew it where it is livre's (`tool`), and never where it is the maintainer's."""

    path: str
    data: bytes
    tool: bool


def _filled(text: str, values: dict[str, str]) -> str:
    return _HOLE.sub(lambda m: values[m[1]], text)


def _values(of: Plan) -> dict[str, str]:
    return {
        "quoted-title": quoted(of.title),
        "quoted-description": quoted(of.description),
        "escaped-description": quoted(escape(of.description)),
        "quoted-language": quoted(of.language),
        "quoted-curator": quoted(of.curator),
        "quoted-since": quoted(of.since),
        "markdown-title": plan.marked_down(of.title),
        "markdown-description": plan.marked_down(of.description),
        "sets": f"[{', '.join(map(quoted, of.sets))}]",
        "repository": f"repository = {quoted(of.repository)}\n" if of.repository else "",
        "site-url": f"site_url: {quoted(of.address)}\n" if of.address else "",
        "topics": plan.topics(of),
        "criteria": plan.criteria(of),
        "categories": plan.categories(of, _KINDS),
        "requirement": of.requirement,
    }


def _under(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        path = file.relative_to(folder).as_posix()
        yield _DOTTED.get(path, path), file.read_bytes()


def _imported(source: str, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The modules of livre that a module imports when it runs, as paths below the package."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*package[: len(package) - node.level + 1], *(node.module.split(".") if node.module else ()))
            yield base
            yield from ((*base, alias.name) for alias in node.names)


def bare(entry: str = "bare") -> Iterator[str]:
    """The files of the engine that `python3 -m livre.bare` needs, below the package, sorted."""
    found: set[str] = {"__init__.py"}
    todo: list[tuple[str, ...]] = [(entry,)]
    while todo:
        module = todo.pop()
        path = "/".join(module) + ".py"
        if path in found or not (ENGINE / path).is_file():
            continue
        found.add(path)
        todo += _imported((ENGINE / path).read_text("utf-8"), module[:-1])
    yield from sorted(found)


def hosted() -> Iterator[tuple[str, bytes]]:
    """What GitHub runs: the workflows, the issue form; a review tests itself where the reference review tests the engine as well."""
    folder = next((f for f in _HOSTED if (f / "workflows").is_dir()), None)
    if folder is None:
        raise BrokenInvariant("this installation of livre lacks its workflows; install it again")
    for path, data in _under(folder):
        if path == "workflows/ci.yml":
            text = data.decode().replace("run: make test", "run: make check build").replace("make test", "make check build")
            data = text.replace("Lint, types, the corpus, all tests", "Check the review, build the site").encode()
        yield f".github/{path}", data


def tool() -> Iterator[Seeded]:
    """The files that stay livre's."""
    for path, data in (*_under(_SEED / "tool"), *hosted(), *((f"generator/livre/{p}", (ENGINE / p).read_bytes()) for p in bare())):
        yield Seeded(path=path, data=data, tool=True)


def yours(of: Plan) -> Iterator[Seeded]:
    """The files that are the maintainer's from the first day on."""
    values = _values(of)
    for path, data in _under(_SEED / "yours"):
        yield Seeded(path=path, data=_filled(data.decode(), values).encode(), tool=False)


def pages() -> Iterator[tuple[str, bytes]]:
    """The maintainer's pages that say nothing about a particular review: those that a later version may bring."""
    yield from ((path, data) for path, data in _under(_SEED / "yours") if path.startswith("content/") and b"%%" not in data)


def cited(scope: Scope, url: str) -> Iterator[Seeded]:
    """How the review is to be cited, once its scope can be read."""
    yield Seeded(path=citable.CFF, data=citable.cff(scope, url=url), tool=False)
    yield Seeded(path=citable.ZENODO, data=citable.zenodo(scope, url=url), tool=False)
