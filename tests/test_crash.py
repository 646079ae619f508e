"""A whole night, killed or refused by the disk at every step that touches it, is made good by the next run, byte for byte.

Every night here is `livre update` in a process of its own, against the local arXiv: harvest, inbox, citations of nobody, audit, card. The
nightly profile kills at random moments five hundred times more.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from arxiv_dialect import record
from arxiv_server import ArxivServer
from disk import STEPS
from livre import save
from livre.cli import main
from livre.errors import LivreError
from livre.save import recover
from test_night import SCOPE, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NIGHTLY = settings.get_current_profile_name() == "nightly"
RANDOM_KILLS = 500 if NIGHTLY else 12
ON = "2025-04-02T06:17:00+00:00"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")


@pytest.fixture(scope="module")
def arxiv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArxivServer]:
    with ArxivServer([record(n) for n in (1, 2, 3)]) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIVRE_ARXIV_OAI", server.oai)
        patch.setenv("LIVRE_ARXIV_API", server.api)
        patch.setenv("LIVRE_DELAY", "0")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield server


@pytest.fixture(scope="module")
def before(arxiv: ArxivServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review after its first night, with a contribution waiting and news at arXiv."""
    root = tmp_path_factory.mktemp("before") / "review"
    (root / "bib" / "inbox").mkdir(parents=True)
    (root / "bib" / "scope.toml").write_text(SCOPE)
    (root / "bib" / "taxonomy.toml").write_text(TAXONOMY)
    assert forked(root, on="2025-04-01T06:17:00+00:00") == 0
    (root / "bib" / "inbox" / "one.toml").write_text('paper = "9901.00001"\naction = "exclude"\nreason = "Fabricated."\n')
    versions = ["2025-03-04T10:00:00Z", "2025-04-02T01:00:00Z"]
    arxiv.records[1] = record(2, title="Renamed: skin again", versions=versions)
    arxiv.records += [record(n, id=f"9902.{n:05}", datestamp="2025-04-02") for n in (4, 5, 6)]
    arxiv.now = "2025-04-02T06:17:00Z"
    return root


def forked(root: Path, *, on: str = ON, prepare: Callable[[], None] = lambda: None) -> int:
    """Run a night in a child process; its exit code, or the signal that killed it as a negative number."""
    if (child := os.fork()) == 0:
        code = 70
        try:
            os.environ["LIVRE_NOW"] = on
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            prepare()
            code = main.main(["--root", str(root), "update", "--link", "0"], standalone_mode=False) or 0
        except LivreError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Failing:
    """`os` for one process: at step number `at` it does what `fault` says; `seen` counts the steps."""

    def __init__(self, at: int, fault: Callable[[], None]) -> None:
        self.at, self.fault, self.seen = at, fault, 0

    def __getattr__(self, name: str) -> Any:
        if name not in STEPS:
            return getattr(os, name)

        def step(*arguments: Any) -> Any:
            self.seen += 1
            if self.seen == self.at:
                if name == "write":
                    os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                self.fault()
            return getattr(os, name)(*arguments)

        return step


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refusing(code: int) -> Callable[[], None]:
    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    return refuse


def look(root: Path) -> dict[str, bytes]:
    bib = root / "bib"
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def whole(before: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a night leaves that nobody disturbs."""
    root = tmp_path_factory.mktemp("whole") / "review"
    shutil.copytree(before, root)
    assert forked(root) == 0
    assert forked(root, on=ON) == 0
    return look(root)


@pytest.fixture(scope="module")
def steps(before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the night takes that touch the disk."""
    root = tmp_path_factory.mktemp("count") / "review"
    shutil.copytree(before, root)
    told = root / "steps"

    def prepare() -> None:
        disk = Failing(0, die)
        save.os = disk  # type: ignore[assignment]
        end = os._exit

        def tell(code: int) -> None:
            told.write_text(str(disk.seen))
            end(code)

        os._exit = tell  # type: ignore[assignment]

    assert forked(root, prepare=prepare) == 0
    return int(told.read_text())


FAULTS: dict[str, tuple[Callable[[], None], set[int]]] = {
    "SIGKILL": (die, {-9}),
    "ENOSPC": (refusing(errno.ENOSPC), {0, 73}),
    "EIO": (refusing(errno.EIO), {0, 73}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_night_that_ends_at_any_step_is_finished_by_the_next_run(
    fault: str, before: Path, whole: dict[str, bytes], steps: int, tmp_path: Path
) -> None:
    print(f"{steps} steps")
    assert steps > 40
    act, codes = FAULTS[fault]
    # Killed at every step; the disk's refusals at every step by the nightly profile, at every fifth here (test_save.py has them all).
    for step in range(1, steps + 1, 1 if NIGHTLY or fault == "SIGKILL" else 5):
        root = tmp_path / f"{step}"
        shutil.copytree(before, root)
        code = forked(root, prepare=lambda step=step: setattr(save, "os", Failing(step, act)))  # type: ignore[misc]
        assert code in codes, (fault, step, code)
        again = forked(root)
        assert again == 0, (fault, step, again)
        assert look(root) == whole, (fault, step)
        shutil.rmtree(root)


def test_a_night_killed_at_a_random_moment_is_finished_by_the_next_run(before: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    chance = random.Random(20250402)
    started = time.monotonic()
    shutil.copytree(before, tmp_path / "timed")
    assert forked(tmp_path / "timed") == 0
    usual = time.monotonic() - started
    for number in range(RANDOM_KILLS):
        root = tmp_path / f"{number}"
        shutil.copytree(before, root)
        moment = chance.uniform(0, usual)

        def prepare(moment: float = moment) -> None:
            signal.setitimer(signal.ITIMER_REAL, max(moment, 0.001))
            signal.signal(signal.SIGALRM, lambda *_: die())

        assert forked(root, prepare=prepare) in {0, -9}
        recover(root / "bib")
        assert forked(root) == 0
        assert look(root) == whole, moment
        shutil.rmtree(root)


def test_the_command_itself_killed_by_the_system_is_finished_by_the_next_run(before: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from livre.cli import main; main()", "--root", str(tmp_path / "review"), "update", "--link", "0"]
    shutil.copytree(before, tmp_path / "review")
    environment = {**os.environ, "LIVRE_NOW": ON}
    for seconds in (0.2, 2.0, 2.6):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.kill()
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    assert look(tmp_path / "review") == whole


def test_of_two_nights_at_once_one_works_and_the_other_says_so(before: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(100 if NIGHTLY else 10):
        root = tmp_path / f"{number}"
        shutil.copytree(before, root)
        children = []
        for _ in range(2):
            if (child := os.fork()) == 0:
                os._exit(forked(root))
            children.append(child)
            time.sleep(chance.uniform(0, 0.3))
        codes = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
        assert codes in ([0, 73], [0, 0]), "the second came too early, or after the first had ended"
        assert look(root) == whole
        shutil.rmtree(root)
