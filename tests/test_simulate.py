"""Active learning in simulation: what belongs is found early, the same way every time."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from judgement import DATA
from livre.learn import Document, Unlearnable
from livre.quality import wss
from livre.simulate import priors, simulate

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "screening.py"


def fabricate(n: int) -> tuple[list[Document], list[bool]]:
    """Of so many works one in ten is about dragons."""
    draw = random.Random(0)
    labels = [i % 10 == 0 for i in range(n)]
    words = {True: ["dragon", "fire", "wings"], False: ["map", "river", "sheet"]}
    shared = ["cave", "dark", "woods", "old", "tale", "long"]
    return [
        Document(title=f"Tale {i}", abstract=" ".join(draw.choice(words[label] + 3 * shared) for _ in range(25)))
        for i, label in enumerate(labels)
    ], labels


def test_what_belongs_is_read_early():
    documents, labels = fabricate(200)
    order = simulate(documents, labels, seed=1)
    assert sorted(order) == list(range(200))
    assert [labels[i] for i in order[:2]] == [True, False]
    saved = wss([labels[i] for i in order])
    assert saved is not None
    assert saved > 0.6


def test_the_same_seed_gives_the_same_order_and_another_one_another():
    documents, labels = fabricate(60)
    assert simulate(documents, labels, seed=3) == simulate(documents, labels, seed=3)
    assert simulate(documents, labels, seed=3)[:2] == priors(labels, 3)
    assert len({simulate(documents, labels, seed=seed)[:2] for seed in range(6)}) > 1


def test_the_first_two_may_be_given():
    documents, labels = fabricate(40)
    assert simulate(documents, labels, first=(10, 7))[:2] == (10, 7)


def test_labels_of_what_is_unread_are_not_looked_at():
    documents, labels = fabricate(60)
    order = simulate(documents, labels, first=(0, 1))
    last = max(n for n, i in enumerate(order) if labels[i])
    other = list(labels)
    unread = order[last:]
    for i in unread:
        other[i] = not labels[i]
    assert simulate(documents, other, first=(0, 1))[:last] == order[:last]


@pytest.mark.parametrize("labels", [[True] * 3, [False] * 3, []])
def test_a_set_of_one_class_cannot_be_simulated(labels):
    with pytest.raises(Unlearnable, match="needs some of both"):
        simulate([Document(title=f"Tale {i}") for i in range(len(labels))], labels)


def test_works_without_a_word_cannot_be_told_apart():
    with pytest.raises(Unlearnable, match="no word"):
        simulate([Document(title="")] * 4, [True, False, True, False])


def test_hostile_works_are_read_like_any():
    documents, labels = fabricate(40)
    documents[3] = Document(title="", abstract="")
    documents[4] = Document(title="Long", abstract="dragon " * 15_000)
    documents[5] = documents[6]
    assert sorted(simulate(documents, labels, seed=2)) == list(range(40))


def write(path: Path, n: int) -> None:
    documents, labels = fabricate(n)
    rows = [f'"{d.title}","{d.abstract}",{2000 + i // 20},{int(label)}' for i, (d, label) in enumerate(zip(documents, labels, strict=True))]
    path.write_text("\n".join(["title,abstract,year,label_included", *rows]) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_the_benchmark_reports_simulation_and_both_splits(tmp_path: Path):
    write(tmp_path / "Example_2099.csv", 200)
    command = [sys.executable, BENCHMARK, "--sets", tmp_path, "--seeds", "2", "--out", tmp_path / "out.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    row = json.loads((tmp_path / "out.json").read_text())["screening"]["sets"]["Example_2099"]
    assert (row["works"], row["belong"]) == (200, 20)
    assert row["livre"]["WSS@95"] > 0.6
    assert {"random", "temporal"} == set(row["one training"])
    assert row["one training"]["temporal"]["since"] == "2007"
    assert "ELAS u4" not in row


@pytest.mark.slow
def test_the_benchmark_times_a_night(tmp_path: Path):
    command = [sys.executable, BENCHMARK, "--night", "--papers", "100", "--candidates", "200", "--out", tmp_path / "out.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    night = json.loads((tmp_path / "out.json").read_text())["night"]
    assert night["taught by"] == 300
    assert all(night[f"{step}, seconds"] > 0 for step in ("training", "judging all 200 candidates"))


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside this checkout")
def test_two_thirds_of_the_reading_of_a_small_real_review_are_saved(tmp_path: Path):
    out = tmp_path / "out.json"
    command = [sys.executable, BENCHMARK, "--sets", DATA / "screening", "--only", "Cohen_2006_ADHD", "--seeds", "1", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    assert json.loads(out.read_text())["screening"]["mean"]["livre"]["WSS@95"] >= 0.65
