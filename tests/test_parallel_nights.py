"""Four reviews of one user have their night at the same time: arXiv is asked by one of them at once, and never too soon.

Four real processes on four clones; each says in its User-Agent whose it is. The server's log is the proof.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from arxiv_dialect import record
from arxiv_server import ArxivServer, status
from github_runner import environment
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from pathlib import Path

    from arxiv_server import Answer

DELAY = 0.15
"""Seconds between two requests here, for the three that arXiv asks for."""
FORKS = ["one", "two", "three", "four"]
UPDATE = "from livre.cli import main; main()"


@pytest.fixture
def clones(tmp_path: Path) -> list[Path]:
    """Four forks of one review, with a contribution that makes each night ask the API too."""
    made = tmp_path / "made"
    for name, text in {
        "bib/scope.toml": SCOPE,
        "bib/taxonomy.toml": TAXONOMY,
        "bib/inbox/cooking.toml": 'paper = "arXiv:9901.00005"\naction = "include"\nreason = "Fabricated."\n',
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    here = environment(tmp_path)
    subprocess.run(["git", "-C", made, "init", "-q"], check=True, env=here)
    subprocess.run(["git", "-C", made, "add", "-A"], check=True, env=here)
    subprocess.run(["git", "-C", made, "commit", "-q", "-m", "Begin"], check=True, env=here)
    for name in FORKS:
        subprocess.run(["git", "clone", "-q", made, tmp_path / name], check=True, env=here)
        (tmp_path / name / "bib" / "scope.toml").write_text(f'repository = "https://example.org/{name}"\n{SCOPE}')
    return [tmp_path / name for name in FORKS]


@pytest.mark.slow
def test_four_nights_at_once_share_one_connection_and_one_pace(clones: list[Path], tmp_path: Path) -> None:
    everybody = threading.Event()

    def until_all_are_at_work(answer: Answer, _query: dict[str, str]) -> Answer:
        while not all((c / ".livre" / "bib.lock").exists() for c in clones):
            if everybody.wait(0.02):
                break
        return answer

    with ArxivServer([record(n) for n in range(1, 5)] + [record(5, title="On cooking", abstract="Fabricated.")], page=2) as server:
        here = environment(
            tmp_path,
            LIVRE_ARXIV_OAI=server.oai,
            LIVRE_ARXIV_API=server.api,
            LIVRE_DELAY=str(DELAY),
            LIVRE_NOW="2025-04-01T06:17:00+00:00",
            XDG_CACHE_HOME=str(tmp_path / "cache"),
        )
        # The first answer waits until all four are in their nights; two requests fail and are made again.
        server.faults.extend([until_all_are_at_work, None, status(500), None, None, status(503)])
        nights = [
            subprocess.Popen(
                [sys.executable, "-c", UPDATE, "--root", clone, "update", "--link", "0"],
                env=here,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for clone in clones
        ]
        try:
            said = [n.communicate(timeout=120)[0] for n in nights]
        finally:
            everybody.set()
            for night in nights:
                night.kill()
    assert [n.returncode for n in nights] == [0] * 4, "\n".join(said)
    assert max(a.busy for a in server.log) == 1
    gaps = [b.at - a.at for a, b in pairwise(server.log)]
    assert min(gaps) >= DELAY, sorted(gaps)[:3]
    by = [a.headers["user-agent"].rpartition("/")[2].rstrip(")") for a in server.log]
    assert {name: by.count(name) >= 5 for name in FORKS} == dict.fromkeys(FORKS, True), by
    assert {a.path for a in server.log} == {"/oai", "/api/query"}
    first, *others = [{p.name: p.read_bytes() for p in sorted((c / "bib" / "papers").iterdir())} for c in clones]
    assert first
    assert others == [first] * 3
