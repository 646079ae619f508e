"""The night on machines of one's own: the script, its units and the container's file do what the page says."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from arxiv_dialect import record
from arxiv_server import ArxivServer, status
from github_runner import environment
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
HERE = ROOT / "docs" / "elsewhere"
REVIEW = ROOT / "tests" / "data" / "review"
NIGHT = HERE / "night"


def git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", root, *words], capture_output=True, text=True, check=True, env=environment(root.parent)
    ).stdout.strip()


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer([record(n) for n in (1, 2, 3)]) as server:
        yield server


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a new review; its server is beside it."""
    made = tmp_path / "made"
    shutil.copytree(REVIEW / "content", made / "content", ignore=shutil.ignore_patterns("horned.md"))
    for name, text in {
        "bib/scope.toml": SCOPE,
        "bib/taxonomy.toml": TAXONOMY,
        "content/index.md": "# Skin\n\nFabricated.\n",
        "content/how.md": "# Skin\n\nFabricated.\n",
        "mkdocs.yml": re.sub(r"  - Chapters:\n.*\n", "", (REVIEW / "mkdocs.yml").read_text()),
        ".gitignore": ".venv/\n.livre/\nbib/.saving/\n",
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "Begin")
    git(made, "clone", "-q", "--bare", str(made), str(tmp_path / "origin.git"))
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "clone"))
    (tmp_path / "clone" / ".venv").mkdir()
    (tmp_path / "clone" / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return tmp_path / "clone"


def night(clone: Path, arxiv: ArxivServer, *more: str) -> subprocess.CompletedProcess[str]:
    here = environment(
        clone.parent,
        LIVRE_ARXIV_OAI=arxiv.oai,
        LIVRE_ARXIV_API=arxiv.api,
        LIVRE_DELAY="0",
        LIVRE_NOW="2025-04-01T06:17:00+00:00",
        XDG_CACHE_HOME=str(clone.parent / "cache"),
        **dict.fromkeys(("LIVRE_OPENALEX", "LIVRE_OPENCITATIONS", "LIVRE_CROSSREF", "LIVRE_S2"), f"{arxiv.url}/nothing"),
    )
    return subprocess.run([NIGHT, str(clone), *more], capture_output=True, text=True, timeout=600, check=False, env=here)


@pytest.mark.slow
def test_the_script_updates_commits_pushes_and_builds(clone: Path, arxiv: ArxivServer, tmp_path: Path) -> None:
    done = night(clone, arxiv, str(tmp_path / "site"), "https://example.org/review/")
    assert done.returncode == 0, done.stdout + done.stderr
    origin = tmp_path / "origin.git"
    assert git(origin, "log", "-1", "--format=%an|%s", "main").startswith("Ada Example|Night of 2025-04-01: 3 included")
    assert (tmp_path / "site" / "index.html").is_file()
    assert git(clone, "status", "--short") == ""
    tip = git(origin, "rev-parse", "main")
    again = night(clone, arxiv)
    assert (again.returncode, "nothing has changed" in again.stdout, git(origin, "rev-parse", "main")) == (0, True, tip), again.stderr


@pytest.mark.slow
def test_a_source_that_fails_is_told_by_75_after_its_record_was_pushed(clone: Path, arxiv: ArxivServer, tmp_path: Path) -> None:
    arxiv.always = status(403, b"go away")
    done = night(clone, arxiv)
    assert done.returncode == 75, done.stdout + done.stderr
    assert git(tmp_path / "origin.git", "log", "-1", "--format=%s", "main") == "Night of 2025-04-01: no complete harvest"


@pytest.mark.slow
def test_what_could_not_be_pushed_is_pushed_by_the_next_night(clone: Path, arxiv: ArxivServer, tmp_path: Path) -> None:
    hook = tmp_path / "origin.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert night(clone, arxiv).returncode == 73
    hook.unlink()
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    (tmp_path / "human" / "content" / "how.md").write_text("# By a person\n")
    git(tmp_path / "human", "commit", "-q", "-a", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    done = night(clone, arxiv)
    assert done.returncode == 0, done.stdout + done.stderr
    origin = tmp_path / "origin.git"
    assert git(origin, "rev-parse", "main~1") == git(tmp_path / "human", "rev-parse", "HEAD")
    assert git(origin, "show", "main:bib/papers/2099-01.bib").count("@article{") == 3
    assert git(clone, "status", "--short") == ""


def test_the_script_is_plain_and_can_be_run() -> None:
    assert NIGHT.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", NIGHT], check=False).returncode == 0
    done = subprocess.run([NIGHT], capture_output=True, text=True, check=False)
    assert (done.returncode != 0, "name the folder of the review" in done.stderr) == (True, True)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    service = (HERE / "livre.service").read_text()
    assert "/srv/livre/review/docs/elsewhere/night" in service
    (tmp_path / "livre.service").write_text(service.replace("/srv/livre/review/docs/elsewhere/night", str(NIGHT)))
    shutil.copyfile(HERE / "livre.timer", tmp_path / "livre.timer")
    command = ["systemd-analyze", "verify", "--recursive-errors=no", tmp_path / "livre.service", tmp_path / "livre.timer"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_nights_are_at_the_same_times_everywhere() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text())
    github = {tuple(reversed(c["cron"].split()[:2])) for c in workflow[True]["schedule"]}
    timer = {tuple(m) for m in re.findall(r"^OnCalendar=\*-\*-\* (\d\d):(\d\d):00 UTC$", (HERE / "livre.timer").read_text(), re.MULTILINE)}
    assert {(f"{int(h):02}", f"{int(m):02}") for h, m in github} == timer
    assert {f"`{m} {h} * * *`" for h, m in github} <= set(re.findall(r"`[\d ]+\* \* \*`", (ROOT / "docs" / "elsewhere.md").read_text()))


def test_the_container_installs_by_hash_and_runs_without_rights() -> None:
    text = (HERE / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    steps = [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line]
    assert {word for word, _ in steps} <= {"FROM", "RUN", "WORKDIR", "ENV", "COPY", "USER", "VOLUME", "ENTRYPOINT", "CMD"}
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", dict(steps)["FROM"])
    installs = [what for word, what in steps if word == "RUN" and "pip install" in what]
    assert all("--require-hashes" in what or "--no-deps --no-build-isolation" in what for what in installs)
    assert [what for word, what in steps if word == "USER"] == ["livre"]
    assert [word for word, _ in steps].index("USER") > max(n for n, (word, _) in enumerate(steps) if word == "RUN")
    sources = [part for word, what in steps if word == "COPY" for part in what.split()[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert dict(steps)["ENTRYPOINT"] == '["night"]'


def test_gitlab_runs_the_same_script_and_lets_nobody_cancel_it() -> None:
    said = yaml.safe_load((HERE / "gitlab-ci.yml").read_text())
    assert said["default"]["interruptible"] is False
    assert {job: said[job]["resource_group"] for job in ("night", "pages")} == {"night": "arxiv", "pages": "pages"}
    assert said["night"]["script"][-2:] == ["make install", "docs/elsewhere/night ."]
    assert said["variables"]["GIT_DEPTH"] == "0"
