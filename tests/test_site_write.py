"""The site on disk: each path once, all or nothing, nothing left over."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from livre.errors import BadData, BrokenInvariant, CannotWrite
from livre.model import Problem
from livre.site.write import Output, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = [Output(p, p.encode(), "test") for p in ("index.html", "404.html", "assets/a.css", "papers/index.html", "papers/x/index.html")]


def nothing_wrong(_claimed: object) -> Iterator[Problem]:
    return iter(())


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    site = tmp_path / "deep" / "site"
    write([*SITE, Output("papers/old/index.html", b"old", "test")], site, nothing_wrong)
    claimed = write(SITE, site, nothing_wrong)
    assert tree(site) == {o.path: o.data for o in SITE}
    assert dict(claimed) == {o.path: "test" for o in SITE}
    assert os.listdir(site.parent) == ["site"]


def test_the_folder_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    write(SITE, tmp_path / "site", nothing_wrong)
    assert (tmp_path / "site").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "site" / "index.html").stat().st_mode & 0o444


@pytest.mark.parametrize("second", ["papers/x/index.html", "papers/X/index.html", "PAPERS/x/Index.html"])
def test_a_path_that_two_sources_claim_names_both(tmp_path: Path, second: str) -> None:
    with pytest.raises(BadData) as caught:
        write([*SITE, Output(second, b"", "content/papers/x.md")], tmp_path / "site", nothing_wrong)
    assert str(caught.value) == f"content/papers/x.md: /{second} is already made by test (as /papers/x/index.html) [path-twice]"


@pytest.mark.parametrize(
    "path",
    ["../x", "/x", "a/../b", "a//b", "a/./b", "a\\b", "a\x00b", "", "a/", "a.", "a ", "c:d", "x" * 256, "a?b", "papers/\n/index.html"],
)
def test_no_path_leaves_the_site_or_offends_a_file_system(tmp_path: Path, path: str) -> None:
    with pytest.raises(BrokenInvariant):
        write([Output(path, b"", "test")], tmp_path / "site", nothing_wrong)
    assert not list(tmp_path.iterdir())


def test_a_build_that_fails_half_way_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    def failing() -> Iterator[Output]:
        yield Output("index.html", b"new", "test")
        raise BadData([Problem("a", 1, "b", "c")])

    site = tmp_path / "site"
    write(SITE, site, nothing_wrong)
    with pytest.raises(BadData):
        write(failing(), site, nothing_wrong)
    with pytest.raises(BadData, match="no good"):
        write([Output("index.html", b"new", "test")], site, lambda _: [Problem("x", 0, "y", "no good")])
    assert tree(site) == {o.path: o.data for o in SITE}
    assert os.listdir(tmp_path) == ["site"]


def test_a_folder_that_is_not_a_site_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(CannotWrite, match="choose another --site-dir"):
        write(SITE, tmp_path, nothing_wrong)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite):
        write(SITE, tmp_path / "file", nothing_wrong)


def test_an_empty_folder_and_a_link_to_a_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(SITE, tmp_path / "link", nothing_wrong)
    write(SITE, tmp_path / "link", nothing_wrong)
    assert tree(tmp_path / "real") == {o.path: o.data for o in SITE}
    assert (tmp_path / "link").is_symlink()


def test_a_disk_that_refuses_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file where a folder should be")
    with pytest.raises(CannotWrite):
        write(SITE, tmp_path / "a" / "site", nothing_wrong)
