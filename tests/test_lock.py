"""The lock: one holder over all processes, named to those who wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from livre.errors import CannotWrite
from livre.lock import Taken, held

HOLDER = """
import sys
from pathlib import Path
from livre.lock import held
with held(Path(sys.argv[1]), timeout=5):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_holder_is_told_who_the_first_is(tmp_path):
    path = tmp_path / "folder" / "it.lock"
    with held(path, timeout=0), pytest.raises(Taken, match=f"process {os.getpid()}"), held(path, timeout=0):
        pytest.fail("held twice")
    with held(path, timeout=0):
        pass


def test_the_lock_of_a_process_that_is_killed_is_free_again(tmp_path):
    path = tmp_path / "it.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Taken, match=f"process {holder.pid}"), held(path, timeout=0):
            pytest.fail("held twice")
        holder.kill()
        holder.wait()
        with held(path, timeout=5):
            pass


def test_an_error_in_the_block_passes_and_frees_the_lock(tmp_path):
    path = tmp_path / "it.lock"
    with pytest.raises(OSError, match="mine"), held(path, timeout=0):
        raise OSError("mine")
    with held(path, timeout=0):
        pass


def test_a_lock_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotWrite, match="cannot be locked"), held(tmp_path / "file" / "it.lock", timeout=0):
        pytest.fail("held")


def test_a_lock_file_with_strange_content_does_not_matter(tmp_path):
    path = tmp_path / "it.lock"
    path.write_bytes(b"\xff not a number")
    with held(path, timeout=0):
        assert path.read_text() == f"{os.getpid()}\n"
