"""The watch over the nights, against a GitHub on loopback: schedules kept alive, missed nights started, one issue and never two."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from github_server import TOKEN, GithubServer
from livre import bare, forge, freshness, heartbeat, scope, watch
from livre.errors import CannotWrite, Malformed, Unavailable, UsageError
from livre.ledger import dumps_nights
from livre.model import Night
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENGINE = Path(__file__).parents[1] / "generator"
TUESDAY = "2025-04-01"
OAI = {"source": "oai", "watermark": TUESDAY}


@pytest.fixture
def github() -> Iterator[GithubServer]:
    with GithubServer() as server:
        server.runs = [{"created_at": f"{TUESDAY}T06:31:00Z"}]
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "bib" / "nights").mkdir(parents=True)
    (tmp_path / "bib" / "scope.toml").write_text(SCOPE)
    (tmp_path / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    return tmp_path


@pytest.fixture
def look(root: Path, github: GithubServer) -> Callable[..., tuple[list[str], Exception | None]]:
    """Watches once at a time given, with these nights on record; what it says, and what failed."""

    def once(now: str, *nights: Night) -> tuple[list[str], Exception | None]:
        (root / "bib" / "nights" / "2025.tsv").write_text(dumps_nights(nights))
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "ada-example/skin", "GITHUB_API_URL": github.url, "LIVRE_NOW": now}
        lines, _, failure = bare.run(["watch", "main"], root, environment)
        return lines, failure

    return once


def complete(day: str) -> Night:
    return Night(night=day, source="oai", at=f"{day}T06:31:00Z", watermark=day)


def states(github: GithubServer) -> list[str]:
    return [issue["state"] for issue in github.issues]


def test_a_fresh_review_needs_nothing_but_schedules_that_stay_alive(look, github) -> None:
    said, failure = look(f"{TUESDAY}T20:41:00+00:00", complete(TUESDAY))
    assert said == [f"last complete harvest: {TUESDAY}T06:31:00Z; the review is fresh"]
    assert failure is None
    assert (github.issues, github.dispatched) == ([], [])
    assert [path for method, path in github.log if method == "PUT"] == [
        f"/repos/ada-example/skin/actions/workflows/{name}/enable" for name in ("nightly.yml", "watch.yml")
    ]


def test_a_schedule_that_github_disabled_is_enabled_and_one_that_a_person_disabled_is_not(look, github) -> None:
    github.workflows = {"nightly.yml": "disabled_inactivity", "watch.yml": "disabled_manually"}
    said, _ = look(f"{TUESDAY}T20:41:00+00:00", complete(TUESDAY))
    assert said[1:] == ["nightly.yml was disabled_inactivity and is enabled again", "watch.yml was disabled by a person and is left alone"]
    assert github.workflows == {"nightly.yml": "active", "watch.yml": "disabled_manually"}


def test_a_night_that_never_began_is_started_once(look, github) -> None:
    github.runs = [{"created_at": "2025-03-31T06:31:00Z"}]
    said, _ = look(f"{TUESDAY}T20:41:00+00:00", complete("2025-03-31"))
    assert (said[1:], github.dispatched) == (["no run of tonight has begun: one was started"], ["main"])
    github.runs.insert(0, {"created_at": f"{TUESDAY}T20:41:10Z"})
    look(f"{TUESDAY}T20:50:00+00:00", complete("2025-03-31"))
    assert github.dispatched == ["main"]


def test_one_issue_is_open_while_the_review_is_stale_and_none_when_it_is_fresh_again(look, github) -> None:
    for day in ("2025-04-04", "2025-04-07", "2025-04-08", "2025-04-09"):
        look(f"{day}T20:41:00+00:00", complete(TUESDAY))
    assert states(github) == ["open"]
    (issue,) = github.issues
    assert issue["labels"] == [watch.LABEL]
    assert f"{TUESDAY}T06:31:00Z" in issue["body"]
    said, _ = look("2025-04-10T20:41:00+00:00", complete("2025-04-10"))
    assert (states(github), said[1:]) == (["closed"], ["issue 1 is closed"])
    assert github.comments == [(1, "A harvest was complete at 2025-04-10T06:31:00Z: the review is fresh again.")]
    look("2025-04-11T20:41:00+00:00", complete("2025-04-11"))
    assert len(github.comments) == 1
    look("2025-04-30T20:41:00+00:00", complete("2025-04-11"))
    assert states(github) == ["closed", "open"]


@pytest.mark.parametrize(("now", "stale"), [("2025-04-04T06:30:00+00:00", False), ("2025-04-04T06:32:00+00:00", True)])
def test_it_is_stale_from_the_hour_on_at_which_the_sites_badge_turns_red(look, github, now: str, stale: bool) -> None:
    look(now, complete(TUESDAY))
    assert len(github.issues) == stale


def test_a_weekend_alone_makes_nothing_stale(look, github) -> None:
    look("2025-04-07T20:41:00+00:00", complete("2025-04-03"))
    assert github.issues == []


def test_a_failed_night_is_no_harvest_and_neither_is_what_people_brought(look, github) -> None:
    failed = Night(night="2025-04-08", source="oai", at="2025-04-08T06:31:00Z", outcome="incomplete: fabricated")
    brought = Night(night="2025-04-08", source="inbox", at="2025-04-08T09:00:00Z")
    look("2025-04-08T20:41:00+00:00", complete(TUESDAY), failed, brought)
    assert states(github) == ["open"]


def test_issues_that_were_opened_twice_become_one(look, github) -> None:
    for _ in range(3):
        github.issue("stale", watch.LABEL)
    github.issue("a question")
    look("2025-04-09T20:41:00+00:00", complete(TUESDAY))
    assert states(github) == ["open", "closed", "closed", "open"]
    assert github.issues[1]["state_reason"] == "not_planned"
    look("2025-04-10T20:41:00+00:00", complete("2025-04-10"))
    assert states(github) == ["closed", "closed", "closed", "open"]


def test_a_duty_that_is_refused_stops_no_other(look, github) -> None:
    github.denied = {"/actions"}
    said, failure = look("2025-04-09T20:41:00+00:00", complete(TUESDAY))
    assert isinstance(failure, CannotWrite)
    assert "may do" in str(failure)
    assert states(github) == ["open"]
    assert any("issue 1 is open" in line for line in said)


def test_an_answer_that_is_none_of_githubs_is_told(look, github) -> None:
    github.workflows["nightly.yml"] = 7  # type: ignore[assignment]
    _, failure = look(f"{TUESDAY}T20:41:00+00:00", complete(TUESDAY))
    assert isinstance(failure, Malformed)


def test_a_review_that_was_never_harvested_is_called_out_of_date(look, github) -> None:
    look(f"{TUESDAY}T20:41:00+00:00")
    assert "no time yet" in github.issues[0]["body"]


def test_what_is_no_answer_is_an_error_in_one_line(github) -> None:
    ask = forge.Forge(repository="ada-example/skin", token=TOKEN, base=github.url)
    github.broken = 1
    with pytest.raises(Unavailable, match="502"):
        ask("GET", "/issues")
    with pytest.raises(CannotWrite, match="404"):
        ask("GET", "/nothing")
    with pytest.raises(CannotWrite, match="401"):
        forge.Forge(repository="ada-example/skin", token="wrong", base=github.url)("GET", "/issues")
    for repository in ("ada", "ada/../skin", "a/b?c"):
        with pytest.raises(UsageError):
            forge.Forge(repository=repository, token=TOKEN, base=github.url)
    with pytest.raises(UsageError):
        forge.Forge(repository="a/b", token=TOKEN, base="file:///etc")


def test_the_watch_and_the_site_mean_the_same_by_stale(tmp_path: Path, root: Path) -> None:
    assert heartbeat.pulse(root).stale_after == scope.load(root / "bib" / "scope.toml").stale_after * 24
    (root / "bib" / "scope.toml").write_text(SCOPE + "\n[freshness]\nstale_after = 9\n")
    assert heartbeat.pulse(root).stale_after == scope.load(root / "bib" / "scope.toml").stale_after * 24 == 9 * 24
    assert tomllib.loads(SCOPE).get("freshness") is None
    (root / "bib" / "scope.toml").write_text("not = [toml")
    with pytest.raises(UsageError, match=r"scope\.toml"):
        heartbeat.pulse(root)
    assert freshness.counted(freshness.parsed("2025-04-04T00:00:00Z"), freshness.parsed("2025-04-07T00:00:00Z")) == 24


def test_records_older_than_the_time_of_their_lines_are_read_too(root: Path) -> None:
    (root / "bib" / "nights" / "2025.tsv").write_text("night\tsource\toutcome\n2025-04-01\toai\tcomplete\nbroken line\n")
    assert heartbeat.done(heartbeat.nights(root / "bib"), TUESDAY)
    assert heartbeat.pulse(root).harvested == "2025-04-01T00:00:00Z"


@pytest.mark.parametrize("line", ["9999-99-99\toai\t\tcomplete", "soon\toai\t\tcomplete", f"{TUESDAY}\toai\tsoon\tcomplete"])
def test_a_line_that_no_calendar_has_is_left_to_the_check_and_stops_no_watch(root: Path, line: str) -> None:
    (root / "bib" / "nights" / "2025.tsv").write_text(f"night\tsource\tat\toutcome\n2025-03-31\toai\t\tcomplete\n{line}\n")
    pulse = heartbeat.pulse(root)
    assert pulse.harvested == "2025-03-31T00:00:00Z"
    assert not pulse.stale(freshness.parsed(f"{TUESDAY}T20:41:00Z"))


def test_as_a_program_it_says_what_is_wrong_in_one_line(root: Path, github: GithubServer) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ENGINE),
        "GITHUB_REPOSITORY": "ada-example/skin",
        "GITHUB_API_URL": github.url,
    }
    for more, code, said in [({}, 2, "GITHUB_TOKEN is not set"), ({"GITHUB_TOKEN": "wrong"}, 73, "401")]:
        command = [sys.executable, "-S", "-m", "livre.bare", "watch", "main"]
        done = subprocess.run(command, cwd=root, env={**environment, **more}, capture_output=True, text=True, check=False)
        assert (done.returncode, said in done.stderr, len(done.stderr.splitlines())) == (code, True, 1), done.stderr
