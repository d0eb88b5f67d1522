"""How often tests between metrics are wrong: two metrics that agree equally well with people, and system biases.

Prints the Markdown table of ``docs/meta.md``. ``--quick`` takes seconds and is for the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.statistics.correlation import Coefficient, Level
from bench.statistics.metatests import DifferenceTest, Over, bootstrap_test, permutation_test, williams_test

ALPHA = 0.05
DOCUMENTS, SYSTEMS = 50, 12
BIASES = (0.0, 0.5, 1.0)
"""Standard deviations of what a metric gives each system for nothing, in those of people's scores within a system."""
LEVELS: tuple[Level, ...] = ("summary", "system", "pooled", "partial")
TESTS = ("permutation, both", "permutation, documents", "permutation, systems", "bootstrap, both", "Williams")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Study:
    """Scores of one simulated study: (documents, systems) each."""

    first: Floats
    second: Floats
    human: Floats


def study(rng: np.random.Generator, bias: float) -> Study:
    """Two metrics drawn alike, so that neither is better: people's score, a bias for each system, and noise.

    People's score: how good the system is (0.5 standard deviations), how hard the document (0.5), and the
    summary (1). Each metric sees it with noise of its own (1) and likes each system too much or too little.
    """
    human = (
        rng.normal(0, 0.5, (1, SYSTEMS)) + rng.normal(0, 0.5, (DOCUMENTS, 1)) + rng.normal(0, 1, (DOCUMENTS, SYSTEMS))
    )
    first, second = (
        human + rng.normal(0, bias, (1, SYSTEMS)) + rng.normal(0, 1, (DOCUMENTS, SYSTEMS)) for _ in range(2)
    )
    return Study(first, second, human)


def tested(name: str, scores: Study, level: Level, coefficient: Coefficient, resamples: int) -> DifferenceTest:
    """One test of one study."""
    grids = scores.first, scores.second, scores.human
    if name == "Williams":
        return williams_test(*grids, level=level, coefficient=coefficient)
    method, _, of = name.partition(", ")
    over: Over = "both" if of == "both" else "documents" if of == "documents" else "systems"
    if method == "permutation":
        return permutation_test(*grids, level=level, coefficient=coefficient, over=over, permutations=resamples)
    return bootstrap_test(*grids, level=level, coefficient=coefficient, over=over, resamples=resamples)


def shares(
    bias: float, level: Level, coefficient: Coefficient, *, studies: int, resamples: int, seed: int = 0
) -> dict[str, float]:
    """Share of the studies in which each test calls the two metrics different at .05: it should be .05 at most."""
    rng = np.random.default_rng([seed, round(10 * bias)])
    found = dict.fromkeys(TESTS, 0)
    for _ in range(studies):
        scores = study(rng, bias)
        for name in TESTS:
            found[name] += tested(name, scores, level, coefficient, resamples).p <= ALPHA
    return {name: count / studies for name, count in found.items()}


def table(coefficient: Coefficient, studies: int, resamples: int) -> Iterator[str]:
    """The table, a line a level and bias."""
    yield f"| level | bias | {' | '.join(TESTS)} |"
    yield f"| --- | ---: |{' ---: |' * len(TESTS)}"
    for level in LEVELS:
        for bias in BIASES:
            found = shares(bias, level, coefficient, studies=studies, resamples=resamples)
            yield f"| {level} | {bias:g} | {' | '.join(f'{100 * found[name]:.1f} %' for name in TESTS)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="40 studies")
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--coefficient", choices=("pearson", "spearman"), default="pearson")
    options = parser.parse_args()
    studies, resamples = (40, 100) if options.quick else (options.studies, 200)
    for line in table(options.coefficient, studies, resamples):
        print(line, flush=True)


if __name__ == "__main__":
    main()
