"""The README's first command: the bundled night, replayed without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from livre import corpus
from livre.harvest import feed
from livre.model import ARXIV_ID

ROOT = Path(__file__).parents[1]
NIGHT = ROOT / "demo" / "night.atom"
ENTRIES = 141


@pytest.fixture(scope="module")
def candidates():
    return [c for batch in feed.read(NIGHT) for c in batch.candidates]


def test_the_bundled_night_parses_to_all_its_entries(candidates):
    assert len(candidates) == ENTRIES
    assert len({c.primary for c in candidates}) == ENTRIES
    assert not [refused for batch in feed.read(NIGHT) for refused in batch.refused]


def test_every_bundled_entry_has_the_facts_and_no_abstract(candidates):
    for candidate in candidates:
        assert ARXIV_ID.fullmatch(candidate.identifier("arxiv"))
        assert candidate.title
        assert candidate.authors
        assert candidate.classes
        assert "2026-06-15" <= candidate.date <= "2026-07-01"
        assert not candidate.abstract


def test_links_to_code_survive_the_feed(candidates):
    assert sum(bool(c.code) for c in candidates) == NIGHT.read_text().count('rel="code"')


@pytest.mark.slow
def test_the_demo_still_has_news_when_real_nights_have_brought_its_papers(tmp_path):
    """Its copy forgets them: what a night added, `forget` takes away again, byte for byte."""

    def files() -> dict[str, bytes]:
        return {path: (tmp_path / "bib" / path).read_bytes() for path in corpus.listing(tmp_path / "bib", [])}

    def forget() -> None:
        command = [sys.executable, ROOT / "demo" / "forget.py", tmp_path / "bib", NIGHT, "2026-11-23"]
        subprocess.run(command, check=True)

    shutil.copytree(ROOT / "bib", tmp_path / "bib")
    forget()
    before = files()
    environment = os.environ | {"LIVRE_NOW": "2026-11-23T04:00:00+00:00"}
    command = [Path(sys.executable).with_name("livre"), "--root", tmp_path, "update", "--source", NIGHT]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert files() != before
    forget()
    assert files() == before


@pytest.mark.slow
def test_the_demo_works_without_a_network_and_leaves_the_review_as_it_was(tmp_path):
    """In a copy of the checkout, with every address but loopback unreachable to Python's HTTP clients."""
    for name in ("bib", "content", "demo"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    before = {p: p.read_bytes() for p in sorted((tmp_path / "bib").rglob("*")) if p.is_file()}
    nowhere = "http://127.0.0.1:9"
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SERVE": "no",
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "ALL_PROXY": nowhere,
    }
    done = subprocess.run(["sh", "demo/run"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ENTRIES} seen" in done.stdout
    assert "include" in done.stdout
    assert {p: p.read_bytes() for p in sorted((tmp_path / "bib").rglob("*")) if p.is_file()} == before
    site = tmp_path / "build" / "demo" / "site"
    changed = [
        p
        for p in (tmp_path / "build/demo/review/bib").rglob("*.bib")
        if before.get(tmp_path / p.relative_to(tmp_path / "build/demo/review")) != p.read_bytes()
    ]
    assert changed
    for page in ("index.html", "papers/index.html", "new/index.html", "timeline/index.html"):
        assert (site / page).stat().st_size
