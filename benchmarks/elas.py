"""ASReview's default learner (ELAS u4) over one screening set, run by an interpreter that has `asreview` 3: no part of livre.

Reads JSON from standard input, `{"records": [[title, abstract], ...], "labels": [0, 1, ...], "priors": [[i, j], ...]}`, and
writes the order in which each pair of priors makes it ask for the records, up to the last relevant one: its own simulation,
asking for one record at a time.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import get_ai_config
from asreview.models.queriers import TopDown
from asreview.models.stoppers import IsFittable, LastRelevant
from asreview.simulation.simulate import Simulate


def order(records: pd.DataFrame, labels: pd.Series, priors: list[int]) -> list[int]:
    """The rows in the order in which they were read."""
    np.random.seed(0)  # what ASReview's own command line does with its --seed
    cycles = [ActiveLearningCycle(querier=TopDown(), stopper=IsFittable()), ActiveLearningCycle.from_meta(get_ai_config()["value"])]
    simulation = Simulate(records, labels, cycles, stopper=LastRelevant(), print_progress=False)
    simulation.label(priors)
    simulation.review()
    return [int(i) for i in simulation._results["record_id"]]


def main() -> None:
    given = json.load(sys.stdin)
    records, labels = pd.DataFrame(given["records"], columns=["title", "abstract"]), pd.Series(given["labels"])
    json.dump([order(records, labels, priors) for priors in given["priors"]], sys.stdout)


if __name__ == "__main__":
    main()
