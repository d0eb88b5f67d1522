"""How often the history cries wolf, and what it sees: simulated series of runs.

    python benchmarks/history_simulation.py [SERIES]

Prints, for runs whose values are noise alone, the share of series and of whole histories in which
anything is flagged; for injected steps, how often one is found and how close; for a slow drift below
each gate's margin, how often it is found. Seeded: the same figures at each run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.statistics.trends import Trend, find_trends

Noise = Callable[[np.random.Generator, int, int], NDArray[np.float64]]
"""A generator, a number of series and a number of runs to values of shape (series, runs), of variance 1."""


def normal(generator: np.random.Generator, series: int, runs: int) -> NDArray[np.float64]:
    """Independent normal noise."""
    return generator.standard_normal((series, runs))


def heavy(generator: np.random.Generator, series: int, runs: int) -> NDArray[np.float64]:
    """Student's t with three degrees of freedom: outliers now and then."""
    return generator.standard_t(3, (series, runs)) / np.sqrt(3)


def repeated(generator: np.random.Generator, series: int, runs: int) -> NDArray[np.float64]:
    """Every second run repeats the one before it: the same candidates scored again."""
    return np.repeat(generator.standard_normal((series, (runs + 1) // 2)), 2, axis=1)[:, :runs]


def dependent(generator: np.random.Generator, series: int, runs: int) -> NDArray[np.float64]:
    """Each run's noise keeps 0.3 of the one before it."""
    values = generator.standard_normal((series, runs))
    for run in range(1, runs):
        values[:, run] = 0.3 * values[:, run - 1] + np.sqrt(1 - 0.09) * values[:, run]
    return values


def flagged(trend: Trend) -> bool:
    """Whether anything is named."""
    return bool(trend.steps) or trend.drift is not None


def false_alarms(noise: Noise, runs: int, series: int, together: int, seed: int = 0) -> tuple[float, float]:
    """Share of series flagged, and share of histories of ``together`` series with any flag."""
    values = noise(np.random.default_rng(seed), series * together, runs).reshape(series, together, runs)
    found = [[flagged(trend) for trend in find_trends(list(history))] for history in values]
    return float(np.mean(found)), float(np.mean(np.any(found, axis=1)))


def step_power(size: float, runs: int, series: int, together: int = 1, seed: int = 0) -> tuple[float, float]:
    """Share of series in which a step in the middle is found, and of those within two runs of its place.

    ``size`` is in standard deviations of the noise; the other series looked at ``together`` are noise.
    """
    values = normal(np.random.default_rng(seed), series * together, runs).reshape(series, together, runs)
    values[:, 0, runs // 2 :] -= size
    trends = [find_trends(list(history))[0] for history in values]
    near = [any(abs(step.index - runs // 2) <= 2 for step in trend.steps) for trend in trends]
    return float(np.mean([flagged(trend) for trend in trends])), float(np.mean(near))


def drift_power(noise: float, runs: int, series: int, together: int = 1, seed: int = 0) -> tuple[float, float]:
    """Share of series in which runs that are each 0.3 margins lower are flagged, and are called a drift.

    ``noise`` is the standard deviation from run to run, in margins.
    """
    values = normal(np.random.default_rng(seed), series * together, runs).reshape(series, together, runs) * noise
    values[:, 0] -= 0.3 * np.arange(runs)
    trends = [find_trends(list(history))[0] for history in values]
    return float(np.mean([flagged(t) for t in trends])), float(np.mean([t.drift is not None for t in trends]))


def main(series: int = 2000) -> None:
    """Print all figures."""
    print(f"false alarms, {series} simulated series or {series // 20} histories of 20 series")
    print("noise      runs  series alone flagged  histories of 20 with any flag")
    for noise in (normal, heavy, repeated, dependent):
        for runs in (10, 30, 100):
            alone, _ = false_alarms(noise, runs, series, 1)
            _, together = false_alarms(noise, runs, series // 20, 20, seed=1)
            print(f"{noise.__name__:10} {runs:4}  {alone:20.1%}  {together:29.1%}")
    print("\na step in the middle: share of series flagged, and found within two runs of its place")
    print("size  runs  looked at alone     among 20 series")
    for size in (1.0, 2.0, 3.0, 5.0):
        for runs in (10, 20, 30, 60):
            cells = [step_power(size, runs, series // 5, together) for together in (1, 20)]
            print(f"{size:2.0f} sd  {runs:4}  " + "     ".join(f"{seen:6.1%} {near:6.1%}" for seen, near in cells))
    print("\neach run 0.3 margins lower: share of series flagged, and called a drift")
    print("noise in margins  runs  looked at alone     among 20 series")
    for sd in (0.1, 0.3, 0.5, 1.0):
        for runs in (10, 15, 20):
            cells = [drift_power(sd, runs, series // 5, together) for together in (1, 20)]
            print(f"{sd:16.1f}  {runs:4}  " + "     ".join(f"{seen:6.1%} {drift:6.1%}" for seen, drift in cells))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
