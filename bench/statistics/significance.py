"""Statistics over arrays of scores: pure functions, missing values as NaN."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4_000_000
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
    resampled = resample_means(values, resamples=resamples, seed=seed)
    tail = 100.0 * (1.0 - confidence) / 2.0
    low, high = np.percentile(resampled.resampled, [tail, 100.0 - tail], axis=0)
    enough = resampled.clusters >= 2
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


_MOST_UNITS = 4_000
"""More clusters than this are resampled in so many random groups: as exact as can be seen, and far faster."""
_FEWEST_BEYOND = 10
"""With fewer resamples than this beyond a threshold, their share says little about so small a probability."""


@dataclass(frozen=True, slots=True)
class ResampledMeans:
    """The means of several columns (of paired differences, say) and their bootstrap distribution.

    Tests and intervals are the more careful of two. The bootstrap, its percentiles expanded to the
    width of Student's t (Hesterberg 2015, "What Teachers Should Know About the Bootstrap", section
    5.3), knows skewed values. Student's t knows what the bootstrap misjudges: if 8 of 100 examples
    changed, all for the worse, 1 resample in 4,000 misses them all, but 1 coin in 256 falls so; and
    it has no smallest p-value, so that many values can be corrected for.
    """

    mean: NDArray[np.float64]
    """(columns,): mean over examples; NaN where there is no value."""
    standard_error: NDArray[np.float64]
    """(columns,): of the mean, clusters taken as the independent units; NaN with fewer than two."""
    clusters: NDArray[np.int64]
    """(columns,): independent units with at least one value."""
    resampled: NDArray[np.float64]
    """(resamples, columns): means of the resamples."""

    def p_below(self, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """One-sided p-values: small where the true mean lies below the threshold. NaN below two clusters."""
        return self._p((self.resampled >= threshold).sum(axis=0), threshold - self.mean)

    def p_above(self, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """One-sided p-values: small where the true mean lies above the threshold. NaN below two clusters."""
        return self._p((self.resampled <= threshold).sum(axis=0), self.mean - threshold)

    def _p(self, beyond: NDArray[np.int64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy import stats

        n = np.maximum(self.clusters, 2)
        share = np.minimum((1.0 + beyond) / (len(self.resampled) + 1.0), 1 - 1e-12)
        expanded = stats.t.cdf(stats.norm.ppf(share) * np.sqrt((n - 1) / n), n - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            # Without any variance the mean is beyond the threshold for sure, or not at all.
            student = stats.t.sf(np.nan_to_num(distance / self.standard_error, nan=0.0), n - 1)
        p = np.maximum(student, np.where(beyond >= _FEWEST_BEYOND, expanded, 0.0))
        return np.where(self.clusters >= 2, p, np.nan)

    def interval(self, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The interval of each mean, at each end the wider of the two: it agrees with the p-values."""
        from scipy import stats

        low, high = np.full(len(self.mean), np.nan), np.full(len(self.mean), np.nan)
        for column in np.flatnonzero(self.clusters >= 2):
            n = self.clusters[column]
            student = stats.t.ppf((1 - confidence) / 2, n - 1)
            tail = stats.norm.cdf(student * np.sqrt(n / (n - 1)))
            ends = np.quantile(self.resampled[:, column], [tail, 1 - tail])
            low[column] = min(ends[0], self.mean[column] + student * self.standard_error[column])
            high[column] = max(ends[1], self.mean[column] - student * self.standard_error[column])
        return low, high


def resample_means(
    values: NDArray[np.float64],
    clusters: Sequence[Hashable] | None = None,
    *,
    resamples: int = 20_000,
    seed: int = 0,
) -> ResampledMeans:
    """Bootstrap the mean of each column, whole clusters (documents) resampled together.

    Args:
        values: shape (examples, columns), values or paired differences of them; NaN where one is missing.
        clusters: the independent unit of each example; ``None``: every example is one.
        resamples: number of bootstrap samples.
        seed: the same seed gives the same distribution.

    Examples of one document move together, so that ten summaries of one document don't count as
    ten documents. More than 4,000 clusters are put into 4,000 groups at random, which are resampled
    whole: the spread of the resamples then varies by about 1 % (Wolter 2007, "Introduction to Variance
    Estimation", chapter 2, the random groups method). The standard error is that of all clusters.

    >>> found = resample_means(np.array([[0.1], [0.2], [0.3]]), resamples=1000)
    >>> round(float(found.mean[0]), 3), int(found.clusters[0])
    (0.2, 3)
    """
    present = ~np.isnan(values)
    sums, counts = np.where(present, values, 0.0), present.astype(np.float64)
    if clusters is not None:
        index_of = {cluster: index for index, cluster in enumerate(dict.fromkeys(clusters))}
        rows = np.array([index_of[cluster] for cluster in clusters], dtype=np.int64)
        sums, counts = (_group(array, rows, len(index_of)) for array in (sums, counts))
    units = (counts > 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.sum(axis=0) / counts.sum(axis=0)
        residuals = sums - mean * counts
        error = np.sqrt(units / (units - 1.0) * (residuals**2).sum(axis=0)) / counts.sum(axis=0)
    if len(sums) > _MOST_UNITS:
        rows = np.random.default_rng([seed, 1]).permutation(len(sums)) % _MOST_UNITS
        residuals, counts = (_group(array, rows, _MOST_UNITS) for array in (residuals, counts))
    means = _resample(residuals, counts, resamples, seed) + mean
    return ResampledMeans(mean, np.where(units >= 2, error, np.nan), units, means)


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's step-down adjustment: an adjusted p-value at or below alpha is significant among all of them.

    NaN stays NaN and takes no part. Source: Holm (1979), "A Simple Sequentially Rejective Multiple
    Test Procedure".

    >>> [round(float(p), 4) for p in holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def detectable_drop(standard_error: float, clusters: int, margin: float, alpha: float, power: float) -> float:
    """The smallest true drop that a test against the margin shows with this power.

    ``alpha`` is the one-sided level of the test after correction. Source: the noncentral t
    distribution of the one-sided t test, e.g. Cohen (1988), "Statistical Power Analysis", chapter 2.

    >>> round(detectable_drop(0.01, 100, 0.02, 0.025, 0.8), 4)
    0.0483
    """
    return margin + _detectable_effect(clusters - 1, alpha, power) * standard_error


@cache
def _detectable_effect(freedom: int, alpha: float, power: float) -> float:
    """The same in standard errors: the noncentrality at which t exceeds its critical value so often.

    Given the estimated standard error, t exceeds it with a normal probability; the mean of that over
    quantiles of the estimate (chi) is the power. SciPy's own inverse doesn't end for extreme levels.
    """
    from scipy import optimize, special, stats

    critical = stats.t.isf(alpha, freedom)
    estimates = np.sqrt(stats.chi2.ppf((np.arange(2000) + 0.5) / 2000, freedom) / freedom)

    def excess(effect: float) -> float:
        return float(special.ndtr(effect - critical * estimates).mean() - power)

    return float(optimize.brentq(excess, -10.0, critical * estimates[-1] + 10.0))


def examples_needed(standard_error: float, clusters: int, margin: float, alpha: float, power: float) -> int:
    """How many documents a system that didn't change needs to be shown to be within the margin.

    ``alpha`` is the one-sided level. Source: the normal approximation with the small-sample term of
    Guenther (1981), "Sample Size Formulas for Normal Theory T Tests".

    >>> examples_needed(0.01, 100, 0.02, 0.025, 0.8)
    199
    """
    from scipy import stats

    normal = float(stats.norm.ppf(1 - alpha))
    effect = normal + float(stats.norm.ppf(power))
    return math.ceil(clusters * (effect * standard_error / margin) ** 2 + normal**2 / 2)


def _group(array: NDArray[np.float64], rows: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """Sum the rows of each group: (groups, columns)."""
    summed = np.empty((groups, array.shape[1]))
    for index, column in enumerate(array.T):
        summed[:, index] = np.bincount(rows, weights=column, minlength=groups)
    return summed


def _resample(
    residuals: NDArray[np.float64], counts: NDArray[np.float64], resamples: int, seed: int
) -> NDArray[np.float64]:
    """Means of resampled residuals, (resamples, columns). The block size doesn't move them."""
    units, columns = residuals.shape
    generator = np.random.default_rng(seed)
    stacked = np.concatenate([residuals, counts], axis=1)
    means = np.empty((resamples, columns))
    block = max(1, _BLOCK // units)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        totals = _resampling_counts(generator, size, units) @ stacked
        with np.errstate(invalid="ignore", divide="ignore"):
            # A resample that happens to miss a column altogether has no mean: taken as its centre, 0.
            means[start : start + size] = np.nan_to_num(
                totals[:, :columns] / totals[:, columns:], nan=0.0, posinf=0.0, neginf=0.0
            )
    return means


def _resampling_counts(generator: np.random.Generator, size: int, units: int) -> NDArray[np.float64]:
    """How often each unit is drawn in each of ``size`` resamples: (size, units), rows adding up to units."""
    draws = generator.integers(0, units, size=(size, units))
    cells = draws + np.arange(size)[:, None] * units
    return np.bincount(cells.ravel(), minlength=size * units).reshape(size, units).astype(np.float64)
