"""Real records and their hand labels, for the tests that measure judgement; absent on most machines."""

from __future__ import annotations

import csv
import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livre.latex import normal
from livre.model import Candidate, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATA = Path(__file__).parents[1] / "../shared/data"
REVIEW = Path(__file__).parents[1] / "bib"
NIGHT_BEGINS = "2026-06-15"


def candidate(title: str, abstract: str = "", *, number: str = "9901.00001", classes: tuple[str, ...] = ()) -> Candidate:
    """A candidate as a source would give it."""
    return Candidate(identifiers=(Identifier("arxiv", number),), title=normal(title), abstract=normal(abstract), classes=classes)


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / "records" / name, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


@cache
def records(name: str) -> Mapping[str, Candidate]:
    """The records of one file by arXiv id, abstracts included."""
    return {
        r["arxiv_id"]: candidate(r["title"], r["abstract"] or "", number=r["arxiv_id"], classes=tuple(r["categories"] or ()))
        for r in _lines(f"{name}.jsonl.gz")
    }


def labelled(name: str) -> list[tuple[dict[str, str], Candidate]]:
    """The rows of a file of labels, each with its record."""
    known = {**records("background"), **records("topic")}
    return [(row, known[row["arxiv_id"]]) for row in table(f"labels/{name}.csv")]
