"""A release to cite: the same bytes for the same commit, described, with checksums, and valid where an archive reads it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from livre import citable, publish, scope, snapshot
from livre.build import build
from livre.cli import main
from livre.errors import BadData, CannotWrite, UsageError
from repository import DAY, begin, git

if TYPE_CHECKING:
    from livre.snapshot import Release

HERE = Path(__file__).parents[1]
_ZENODO = {
    "upload_type", "publication_date", "title", "creators", "description", "access_right", "license", "keywords", "version",
    "related_identifiers", "communities", "grants", "notes", "language",
}  # fmt: skip
"""Words that Zenodo knows in .zenodo.json, as far as a review needs any (https://developers.zenodo.org)."""


@pytest.fixture(scope="module")
def review(fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("snapshot") / "review"
    shutil.copytree(fabricated, root)
    (root / "bib" / "inbox").mkdir()
    (root / "bib" / "inbox" / "later.toml").write_text('paper = "arXiv:9901.00009"\naction = "include"\nreason = "later"\n')
    begin(root)
    return root


@pytest.fixture(scope="module")
def release(review: Path) -> Release:
    return publish.state(review, base_url="https://example.org/review/")


def test_the_same_commit_gives_the_same_bytes_wherever_it_is_checked_out(review: Path, release: Release, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(review), "elsewhere")
    again = publish.state(tmp_path / "elsewhere", base_url="https://example.org/review/")
    assert again.archive() == release.archive()
    assert release.day == DAY
    assert release.commit == git(review, "rev-parse", "HEAD").strip()


def test_every_file_is_there_with_its_checksum_and_its_description(release: Release) -> None:
    packed = zipfile.ZipFile(io.BytesIO(release.archive()))
    files = {n.removeprefix(f"{release.name}/"): packed.read(n) for n in packed.namelist()}
    assert files == dict(release.files)
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())  # type: ignore[arg-type]
    assert sums == {p: hashlib.sha256(d).hexdigest() for p, d in files.items() if p != "SHA256SUMS"}
    package = json.loads(files["datapackage.json"])
    described = {r["path"]: r for r in package["resources"]}
    assert described.keys() == {p for p in files if p.startswith(("bib/", "data/"))}
    for path, resource in described.items():
        assert (resource["bytes"], resource["hash"]) == (len(files[path]), f"sha256:{sums[path]}")
        assert resource["name"] == resource["name"].lower()
        assert not set(resource["name"]) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len({r["name"] for r in package["resources"]}) == len(package["resources"])
    assert {
        "bib/scope.toml",
        "bib/papers/2099-01.bib",
        "data/papers.parquet",
        "data/citations.csv",
        "data/decisions.csv",
    } <= described.keys()
    assert not [p for p in files if "inbox" in p]


def test_a_described_table_has_the_columns_that_are_described(release: Release) -> None:
    package = json.loads(release.files["datapackage.json"])
    tables = [r for r in package["resources"] if r.get("type") == "table"]
    assert {r["format"] for r in tables} == {"csv", "tsv"}
    for table in tables:
        text = release.files[table["path"]].decode()
        remark = table.get("dialect", {}).get("commentChar", "\0")
        lines = (line for line in text.splitlines() if not line.startswith(remark))
        head, *rows = csv.reader(lines, delimiter=table.get("dialect", {}).get("delimiter", ","))
        assert [f["name"] for f in table["schema"]["fields"]] == head
        assert not [row for row in rows if len(row) != len(head)], table["path"]


def test_every_decision_of_the_ledger_is_in_the_table_of_decisions(review: Path, release: Release) -> None:
    ledger = [line for f in sorted((review / "bib" / "decisions").glob("*.tsv")) for line in f.read_text().splitlines()[1:]]
    rows = list(csv.reader(io.StringIO(release.files["data/decisions.csv"].decode(), newline="")))
    assert sorted("\t".join(row) for row in rows[1:]) == sorted(ledger)


def validated(path: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_citation_cff_is_valid_in_a_release_and_in_this_repository(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "CITATION.cff"
    file.write_bytes(release.files["CITATION.cff"])
    assert not validated(file)
    assert not validated(HERE / "CITATION.cff")
    file.write_text(file.read_text().replace("authors:", "writers:"))
    assert "authors" in validated(file), "the schema is asked"


def zenodo_faults(said: dict[str, object]) -> list[str]:
    """What Zenodo would refuse a release for, as far as a review can say it."""
    faults = [f"unknown word {k}" for k in said if k not in _ZENODO]
    faults += [f"no {k}" for k in ("title", "description", "creators", "license", "upload_type") if not said.get(k)]
    creators = said.get("creators")
    assert isinstance(creators, list)
    faults += [f"creator {c}" for c in creators if not c.get("name") or set(c) - {"name", "affiliation", "orcid"}]
    if said.get("license") != "cc0-1.0":
        faults.append("Zenodo's ids of licences are in lower case")
    return faults


def test_zenodo_json_says_what_zenodo_asks_for_and_nothing_it_does_not_know(release: Release) -> None:
    assert not zenodo_faults(json.loads(release.files[".zenodo.json"]))
    assert not zenodo_faults(json.loads((HERE / ".zenodo.json").read_text()))


@given(title=st.text(min_size=1), about=st.text(min_size=1), name=st.text(min_size=1))
def test_any_words_of_a_scope_make_a_citation_that_can_be_read_again(fabricated: Path, title: str, about: str, name: str) -> None:
    known = scope.load(fabricated / "bib" / "scope.toml")
    changed = replace(known, title=title, description=about, curators=(scope.Curator(name=name),))
    read = yaml.safe_load(citable.cff(changed).decode())
    assert (read["title"], read["abstract"], read["authors"]) == (title, about, [{"name": name}])


@pytest.mark.parametrize(("title", "name"), [("X" * 60, "x" * 40), ("!!!", "review"), ("Dragons " * 9, "dragons-" * 4 + "dragons")])
def test_a_release_has_a_name_whatever_the_review_is_called(fabricated: Path, title: str, name: str) -> None:
    known = replace(scope.load(fabricated / "bib" / "scope.toml"), title=title)
    assert snapshot.release(known, [], papers=0, day="2099-06-07", commit="0" * 40).name == f"{name}-2099-06-07"


def test_what_is_in_no_commit_is_no_release(review: Path, tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(review, root)
    with (root / "content" / "how.md").open("a") as file:
        file.write("\nchanged\n")
    with pytest.raises(UsageError, match="commit them first"):
        publish.state(root)


def test_a_zenodo_json_that_would_be_refused_in_silence_is_refused_aloud(review: Path, tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(review, root)
    (root / ".zenodo.json").write_text('{"title": "x",\n}')
    with pytest.raises(BadData, match=r"\.zenodo\.json:2: .*without telling"):
        publish.state(root)
    (root / ".zenodo.json").write_text('{"title": "x"}')
    with pytest.raises(BadData, match="add description, creators"):
        publish.state(root)


def test_the_command_writes_a_folder_and_an_archive_and_says_so(review: Path, release: Release, tmp_path: Path) -> None:
    arguments = ["--root", str(review), "snapshot", "--base-url", "https://example.org/review/", "--output", str(tmp_path / "out")]
    dry = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert dry.exit_code == 0
    assert not (tmp_path / "out").exists()
    for _ in range(2):
        done = CliRunner().invoke(main, [*arguments, "--json"])
        assert done.exit_code == 0, done.output
        folder, archive = map(Path, json.loads(done.stdout)["written"])
        assert archive.read_bytes() == release.archive()
        assert (folder / "CITATION.cff").read_bytes() == release.files["CITATION.cff"]
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [folder.name, archive.name]


def test_a_place_that_cannot_be_written_is_named(release: Release, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="file"):
        publish.write(release, tmp_path / "file")


def test_the_front_page_says_how_to_cite_the_very_state_that_it_shows(review: Path, release: Release, tmp_path: Path) -> None:
    build(review, tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text()
    assert home.count(f"commit {release.commit[:12]}") == 2, "in words and as BibTeX"
    assert json.loads((tmp_path / "site" / "data" / "status.json").read_text())["commit"] == release.commit
