"""The end of a review: said in one file, on every page, in every feed; the nights stop, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from livre import retirement
from livre.build import build
from livre.cli import main
from livre.errors import UsageError
from livre.plaintext import one_line
from repository import begin, git

REVIEW = Path(__file__).parent / "data" / "review"
NIGHTLY = """\
# The night.
name: Night
on:
  schedule:
    - cron: "17 6 * * *" # early

    - cron: "43 11 * * *"
  workflow_dispatch:
    inputs:
      again:
        type: boolean

jobs:
  night:
    runs-on: ubuntu-24.04
"""
BECAUSE = 'The "field" has moved on & <b>nobody</b> follows it'


@pytest.fixture
def review(tmp_path: Path) -> Path:
    root = tmp_path / "review"
    shutil.copytree(REVIEW, root)
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / ".github" / "workflows" / "nightly.yml").write_text(NIGHTLY)
    (root / ".github" / "workflows" / "ci.yml").write_text("name: CI\non: [push]\n")
    (root / ".gitignore").write_text("build/\n.livre/\n")
    begin(root)
    return root


def livre(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], env={"LIVRE_NOW": "2099-06-07T06:17:00+00:00"})


def retire(root: Path, *more: str) -> Result:
    return livre(root, "retire", "--because", BECAUSE, "--successor", "https://example.org/next/", *more)


def test_a_workflow_loses_its_schedule_and_nothing_else() -> None:
    without = retirement.unscheduled(NIGHTLY)
    assert yaml.safe_load(without) == {k: v for k, v in yaml.safe_load(NIGHTLY).items() if k is not True} | {
        True: {"workflow_dispatch": {"inputs": {"again": {"type": "boolean"}}}}
    }
    assert [line for line in NIGHTLY.splitlines() if line not in without.splitlines()] == [
        "  schedule:",
        '    - cron: "17 6 * * *" # early',
        '    - cron: "43 11 * * *"',
    ]
    assert retirement.unscheduled(without) == without


@given(because=st.text().filter(one_line), successor=st.sampled_from(["", "https://example.org/a?b=c"]))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, because: str, successor: str) -> None:
    bib = tmp_path_factory.mktemp("bib")
    said = retirement.retirement("2099-06-07", because, successor)
    (bib / retirement.FILE).write_bytes(retirement.dumps(said))
    assert retirement.load(bib) == retirement.Retirement(on=said.on, because=one_line(because), successor=successor)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("on = 'soon'\nbecause = 'x'\n", 1),
        ("on = '2099-01-01'\n", 0),
        ("on = '2099-01-01'\nbecause = 'x'\nsuccessor = 'javascript:alert(1)'\n", 3),
        ("on = '2099-01-01'\nbecause = 'x'\nwho = 'me'\n", 3),
    ],
)
def test_a_file_that_says_what_cannot_be_is_named_with_its_line(review: Path, text: str, line: int) -> None:
    (review / "bib" / retirement.FILE).write_text(text)
    done = livre(review, "check")
    assert done.exit_code == 1
    assert f"bib/retired.toml:{line}" in done.output if line else "bib/retired.toml" in done.output


def test_retiring_needs_a_reason_and_a_whole_address() -> None:
    with pytest.raises(UsageError, match="--because"):
        retirement.retirement("2099-06-07", " ")
    with pytest.raises(UsageError, match="whole address"):
        retirement.retirement("2099-06-07", "x", "elsewhere")


def test_a_dry_run_tells_what_would_happen_and_leaves_everything(review: Path) -> None:
    done = retire(review, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "would take the schedule out of .github/workflows/nightly.yml" in done.output
    assert not git(review, "status", "--porcelain")


def test_a_retirement_that_broke_off_can_be_done_again(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow that cannot be written: the review has not ended, since a second try would decline."""
    known = Path.write_text

    def refused(path: Path, *words: str) -> int:
        if path.suffix == ".yml":
            raise PermissionError(13, "Permission denied", str(path))
        return known(path, *words)

    monkeypatch.setattr(Path, "write_text", refused)
    assert retire(review).exit_code == 73
    assert not (review / "bib" / retirement.FILE).exists()


def test_a_retired_review_says_so_everywhere_and_no_night_runs(review: Path, tmp_path: Path) -> None:
    before = {f: f.read_bytes() for f in (review / "bib").rglob("*") if f.is_file()}
    done = retire(review)
    assert done.exit_code == 0, done.output
    assert {f: f.read_bytes() for f in before} == before
    assert "schedule:" not in (review / ".github" / "workflows" / "nightly.yml").read_text()
    assert list((review / "build" / "snapshot").glob("*.zip"))
    assert livre(review, "check").exit_code == 0
    night = livre(review, "update")
    assert night.exit_code == 2
    assert "retired on 2099-06-07" in night.output
    assert retire(review).exit_code == 2

    site = tmp_path / "site"
    build(review, site, base_url="https://example.org/review/")
    for page in ("index.html", "how/index.html", "papers/muller2099horned/index.html"):
        html = (site / page).read_text()
        assert "This review ended on 7 June 2099" in html, page
        assert "has moved on &amp; &lt;b&gt;nobody&lt;/b&gt; follows it" in html
        assert 'href="https://example.org/next/"' in html
        assert "renewed nightly" not in html
    status = json.loads((site / "data" / "status.json").read_text())
    assert status["retired"] == {"on": "2099-06-07", "because": BECAUSE, "successor": "https://example.org/next/"}
    assert json.loads((site / "feeds" / "all.json").read_text())["expired"] is True
    assert "ended" in (site / "data" / "badge.svg").read_text()
