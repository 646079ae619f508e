"""What is installed is what the locks name, by hash, from whatever registry the machine uses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("run", "test")}
PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[\w.+!]+)(?: ; (?P<marker>[^\\]+?))? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


def normalised(requirement: str) -> str:
    match = re.match(r"[\w.-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def pins(lock: str) -> set[tuple[str, str]]:
    return {(m["name"], m["version"]) for m in PIN.finditer(LOCKS[lock])}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_with_its_hashes(lock):
    body = "".join(line for line in LOCKS[lock].splitlines(keepends=True) if not line.startswith("#"))
    assert pins(lock)
    assert not PIN.sub("", body)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_no_folder_of_a_machine(lock):
    assert not re.findall(r"https?:|file:|--index|--extra-index|--find-links|@ |(?<![\w.-])/\w+", LOCKS[lock])


@pytest.mark.parametrize(("lock", "extras"), [("run", []), ("test", ["test"])])
def test_a_lock_holds_everything_that_the_project_asks_for(lock, extras):
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    asked += [r for extra in extras for r in PROJECT["project"]["optional-dependencies"][extra]]
    assert {normalised(r) for r in asked} <= {name for name, _ in pins(lock)}


def test_the_test_lock_is_the_run_lock_and_more():
    assert pins("run") < pins("test")


def test_an_exact_version_in_the_project_is_the_one_locked():
    everything = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["test"]]
    exact = {normalised(r): r.partition("==")[2] for r in everything if "==" in r}
    locked = dict(pins("test"))
    assert exact == {name: locked[name] for name in exact}
