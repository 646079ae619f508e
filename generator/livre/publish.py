"""Write a release of the review beside it: the folder to look into, and the archive to hand over."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import citable, corpus, edges, git, ledger, registry, scope, snapshot, taxonomy
from .centre import centre, recaptured
from .errors import BadData, CannotWrite, UsageError
from .model import Problem
from .site import exports, shells
from .site.pages import Review, downloads, measured
from .site.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .corpus import Corpus
    from .snapshot import Release

_UNCOMMITTED = "a release is of a commit, and bib/, content/ or mkdocs.yml hold changes that are in none: commit them first"


def _decisions(known: Corpus) -> bytes:
    """Every decision as CSV, in the order and with the columns of the ledger."""
    head, *rows = ledger.dumps_decisions(d for of in known.decisions.values() for d in of).splitlines()
    return table(head.split("\t"), (row.split("\t") for row in rows))


def _wrong(root: Path) -> Iterator[Problem]:
    """What keeps an archive from taking the release, and would do so in silence."""
    if not (file := root / citable.ZENODO).is_file():
        return
    try:
        said = json.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        line = getattr(error, "lineno", 0)
        yield Problem(citable.ZENODO, line, "release", f"this is not JSON ({error}); Zenodo would refuse the release without telling")
        return
    lacking = [k for k in ("title", "description", "creators", "license", "upload_type") if not (isinstance(said, dict) and said.get(k))]
    if lacking:
        yield Problem(citable.ZENODO, 0, "release", f"add {', '.join(lacking)}; Zenodo would refuse the release without telling")


def state(root: Path, *, base_url: str = "") -> Release:
    """The release of the commit that the review at `root` is at. UsageError where its files are in no commit; BadData, CannotWrite."""
    if not (commit := git.commit(root)):
        raise UsageError(_UNCOMMITTED)
    if found := tuple(_wrong(root)):
        raise BadData(found)
    bib = root / "bib"
    site = shells.site(shells.configuration(root), base_url)
    known, about, citations = corpus.load(bib), scope.load(bib / "scope.toml"), edges.load(bib)
    figures = measured.load(bib, known, about, recaptured(known, centre(known, citations), about.snowball))
    review = Review(
        known,
        about,
        taxonomy.load(bib / "taxonomy.toml"),
        measured=figures,
        edges=citations,
        named=registry.load(bib, known.papers),
    )
    data = {path: file for path, file in downloads(review, site) if path != exports.SCHEMA_FILE}
    files = {**snapshot.database(bib), **data, snapshot.DECISIONS: _decisions(known)}
    return snapshot.release(about, files.items(), papers=len(review.papers), day=git.committed(root), commit=commit, url=site.url)


def write(release: Release, output: Path) -> tuple[Path, Path]:
    """Put the release below `output` as a folder and as an archive, which replace those of the same name; CannotWrite."""
    folder, archive = output / release.name, output / f"{release.name}.zip"
    try:
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".livre-", dir=output) as work:
            made = Path(work) / release.name
            for path, data in release.files.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(data)
            packed = Path(work) / archive.name
            packed.write_bytes(release.archive())
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(made, folder)
            os.replace(packed, archive)
    except OSError as error:
        raise CannotWrite(f"{error.filename or output}: {error.strerror}") from None
    return folder, archive
