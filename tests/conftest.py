"""Fixtures that more than one file of tests needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from livre import corpus
from livre.build import build
from livre.model import Identifier, Name, Paper, Source

if TYPE_CHECKING:
    from collections.abc import Callable

# How long an example takes, or takes to make, decides nothing. What else holds where this runs (hypothesis knows CI) stays as it is;
# `pytest --hypothesis-profile nightly` tries many more examples of each law.
for _profile in ("suite", "nightly"):
    _here = settings.get_profile(settings.get_current_profile_name())
    settings.register_profile(_profile, _here, deadline=None, suppress_health_check=[*_here.suppress_health_check, HealthCheck.too_slow])
settings.load_profile("suite")

for _told in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):  # what the tests do is not the story of the job that runs them
    os.environ.pop(_told, None)

REVIEW = Path(__file__).parent / "data" / "review"
CROWD = 3303


@pytest.fixture(scope="session")
def fabricated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fabricated review, with one more paper that 3,303 people signed."""
    root = tmp_path_factory.mktemp("review") / "review"
    shutil.copytree(REVIEW, root)
    crowd = Paper(
        key="crowd2099many",
        shard="2099-04",
        identifiers=(Identifier("arxiv", "9904.00001"),),
        title="A dragon that many looked at",
        authors=tuple(Name(family=f"Member{n}", given="Ada") for n in range(CROWD)),
        date="2099-04-01",
        added="2099-04-02",
        source=Source(version=1, stamp="2099-04-01", route="oai"),
        categories=("dragons",),
    )
    old = corpus.load(root / "bib")
    new = corpus.Corpus(papers={**old.papers, crowd.key: crowd}, candidates=old.candidates, decisions=old.decisions, nights=old.nights)
    for path, data in corpus.tree(new).items():
        (root / "bib" / path).write_bytes(data)
    return root


@pytest.fixture(scope="session")
def site(fabricated: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The built site of the fabricated review, by builder; each is built once."""
    built: dict[str, Path] = {}

    def by(builder: str) -> Path:
        if builder not in built:
            built[builder] = tmp_path_factory.mktemp(builder) / "site"
            build(fabricated, built[builder], builder=builder, base_url="https://example.org/review/")
        return built[builder]

    return by
