"""A release of the review: its database and its files to take away, described, with checksums, in one archive to cite.

A function of the commit: the same commit gives the same bytes. The archive stores its files uncompressed, because what a compressor
writes depends on its version. The description is a Data Package: https://datapackage.org/standard/data-package/.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from . import citable
from .names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .scope import Scope

_MEDIA = {
    "bib": "application/x-bibtex",
    "csv": "text/csv",
    "gexf": "application/xml",
    "graphml": "application/xml",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "ris": "application/x-research-info-systems",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
}
"""Ending of a file → its media type."""
_LEFT_OUT = ("inbox",)
"""Folders of bib/ that are no part of what is known."""
_EARLIEST = (1980, 1, 1)
"""The first day that a zip file can tell."""
_NAME = 40
"""Characters of the review's name in a release's, so that paths stay short."""
DECISIONS = "data/decisions.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A state of the review to cite: `day` is the ISO date of its commit, `files` are its contents by their path in the archive."""

    name: str
    day: str
    commit: str
    files: Mapping[str, bytes]

    def archive(self) -> bytes:
        """All of it as one zip file below a folder of the release's name."""
        on = date.fromisoformat(self.day)
        moment = max((on.year, on.month, on.day), _EARLIEST)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
            for path, data in self.files.items():
                entry = zipfile.ZipInfo(f"{self.name}/{path}", (*moment, 0, 0, 0))
                entry.create_system, entry.external_attr = 3, 0o100644 << 16
                packed.writestr(entry, data)
        return out.getvalue()


def database(bib: Path) -> dict[str, bytes]:
    """The database as it stands in the folder, but for what waits to be applied and what a save left behind."""
    files = {f.relative_to(bib).as_posix(): f for f in sorted(bib.rglob("*")) if f.is_file() and not f.is_symlink()}
    return {f"bib/{p}": f.read_bytes() for p, f in files.items() if PurePosixPath(p).parts[0] not in _LEFT_OUT and "/." not in f"/{p}"}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _table(data: bytes, delimiter: str) -> dict[str, Any]:
    """How a table is to be read: its columns, all of them texts, and what parts them. Lines that begin with # are remarks."""
    lines = data.decode().splitlines()
    remarks = any(line.startswith("#") for line in lines[:1])
    head = next(csv.reader((line for line in lines if not line.startswith("#")), delimiter=delimiter), [])
    dialect = ({} if delimiter == "," else {"delimiter": delimiter}) | ({"commentChar": "#"} if remarks else {})
    fields = [{"name": name, "type": "string"} for name in head]
    return {"type": "table"} | ({"dialect": dialect} if dialect else {}) | {"schema": {"fields": fields}}


def _resource(path: str, data: bytes) -> dict[str, Any]:
    suffix = PurePosixPath(path).suffix[1:]
    known: dict[str, Any] = {
        "name": slug(path.replace(".", "-").replace("/", "-")),
        "path": path,
        "bytes": len(data),
        "hash": f"sha256:{_digest(data)}",
    }
    if suffix in _MEDIA:
        known |= {"format": suffix, "mediatype": _MEDIA[suffix]} | ({} if suffix == "parquet" else {"encoding": "utf-8"})
    if suffix in {"csv", "tsv"}:
        known |= _table(data, "," if suffix == "csv" else "\t")
    return known


def _package(name: str, scope: Scope, files: Mapping[str, bytes], *, day: str, commit: str, url: str) -> bytes:
    described = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": scope.title,
        "description": scope.description,
        "version": day,
        "created": f"{day}T00:00:00Z",
        "homepage": url,
        "licenses": [{"name": citable.LICENCE, "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "contributors": [{"title": c.name, "roles": ["curator"]} | ({"path": c.url} if c.url else {}) for c in scope.curators],
        "sources": [{"title": "arXiv", "path": "https://arxiv.org"}],
        "commit": commit,
        "resources": [_resource(path, data) for path, data in files.items()],
    }
    return (json.dumps({k: v for k, v in described.items() if v}, ensure_ascii=False, indent=1) + "\n").encode()


def _readme(name: str, scope: Scope, papers: int, *, day: str, commit: str, url: str) -> bytes:
    kept = f"\nThe review goes on at <{url}>." if url else ""
    return f"""# {scope.title}

A release of a living literature review: its state of {day}, at commit `{commit}`, with {papers:,} papers.{kept}

| | |
|---|---|
| `bib/` | the database: papers, what was left out and why, every decision, citations, nights |
| `data/` | the same as BibTeX, RIS, CSL-JSON, CSV, Parquet and JSON, with the citation graph and the named models |
| `{DECISIONS}` | every decision on every work, oldest first |
| `datapackage.json` | a description of each file, as a Data Package |
| `SHA256SUMS` | the checksums: `sha256sum -c SHA256SUMS` |
| `CITATION.cff` | how to cite it |

The facts in it are in the public domain (CC0 1.0). `{name}` was written by livre from the commit alone: whoever runs
`livre snapshot` at that commit gets the same bytes.
""".encode()


def release(scope: Scope, files: Iterable[tuple[str, bytes]], *, papers: int, day: str, commit: str, url: str = "") -> Release:
    """The release of these files at a commit of this day (ISO), with its description, checksums and ways to cite it."""
    short = slug(scope.title)
    short = short if len(short) <= _NAME else short[:_NAME].rpartition("-")[0] or short[:_NAME]
    name = f"{short or 'review'}-{day}"
    held = dict(sorted(files))
    held |= {
        "README.md": _readme(name, scope, papers, day=day, commit=commit, url=url),
        citable.CFF: citable.cff(scope, version=day, day=day, commit=commit, url=url),
        citable.ZENODO: citable.zenodo(scope, version=day, day=day, url=url),
        "datapackage.json": _package(name, scope, held, day=day, commit=commit, url=url),
    }
    sums = "".join(f"{_digest(data)}  {path}\n" for path, data in sorted(held.items()))
    return Release(name=name, day=day, commit=commit, files=dict(sorted({**held, "SHA256SUMS": sums.encode()}.items())))
