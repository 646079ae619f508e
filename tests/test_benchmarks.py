"""The benchmarks run and count what they say they count; how fast anything is decides no test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_build_is_measured_beside_its_peers(tmp_path):
    out = tmp_path / "bench.json"
    command = [sys.executable, ROOT / "benchmarks" / "build.py", "--papers", "60,120", "--material", "3,6", "--rounds", "1", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(out.read_text())
    assert set(report["livre"]) == {"60", "120"}
    assert set(report["material"]) == {"3", "6"}
    for papers, measured in report["livre"].items():
        assert measured["pages"] > int(papers)
        assert {"load", "render", "write"} <= set(measured["steps, seconds"])
    assert all(m["peak memory, MiB"] > 0 for way in ("livre", "material") for m in report[way].values())
    assert any("extrapolated" in name for name in report["ratios"])
