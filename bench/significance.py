"""Statistics over arrays of scores: pure functions, missing values as NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 20_000_000
"""Resampling counts held in memory at once (numbers, not bytes)."""


def bootstrap_means(
    values: NDArray[np.float64], *, resamples: int = 10_000, confidence: float = 0.95, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile bootstrap interval of each column's mean, rows resampled together.

    Args:
        values: shape (examples, columns); NaN marks a missing value, which takes no part in the mean.
        resamples: number of bootstrap samples.
        confidence: coverage of the interval, between 0 and 1.
        seed: the same seed gives the same interval.

    Returns:
        Two arrays of shape (columns,): lower and upper ends. NaN where a column has fewer than two values.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    >>> low, high = bootstrap_means(np.array([[1.0], [2.0], [3.0]]), resamples=2000)
    >>> bool(1.0 <= low[0] <= 2.0 <= high[0] <= 3.0)
    True
    """
    examples, columns = values.shape
    present = ~np.isnan(values)
    enough = present.sum(axis=0) >= 2
    low, high = np.full(columns, np.nan), np.full(columns, np.nan)
    if not enough.any():
        return low, high
    filled = np.where(present, values, 0.0)[:, enough]
    weights = present[:, enough].astype(np.float64)
    generator = np.random.default_rng(seed)
    means = np.empty((resamples, filled.shape[1]))
    block = max(1, _BLOCK // examples)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        draws = generator.integers(0, examples, size=(size, examples))
        cells = draws + np.arange(size)[:, None] * examples
        counts = np.bincount(cells.ravel(), minlength=size * examples).reshape(size, examples).astype(np.float64)
        totals = counts @ weights
        with np.errstate(invalid="ignore", divide="ignore"):
            # A resample that happens to hold none of a column's values has no mean: NaN, left out below.
            means[start : start + size] = (counts @ filled) / totals
    tail = 100.0 * (1.0 - confidence) / 2.0
    low[enough], high[enough] = np.nanpercentile(means, [tail, 100.0 - tail], axis=0)
    return low, high
