"""Statistics over arrays of scores: pure functions, missing values as NaN."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4_000_000
"""Weights held in memory at once (numbers, not bytes)."""


_MOST_UNITS = 4_000
"""More clusters than this are resampled in so many random groups: as exact as can be seen, and far faster."""
_FEWEST_BEYOND = 10
"""With fewer resamples than this beyond a threshold, their share says little about so small a probability."""


_REACH = 10.0
"""How far beyond the largest value seen another one may lie, times the number of values; see ``ResampledMeans``."""


@dataclass(frozen=True, slots=True)
class ResampledMeans:
    """The means of several columns (of paired differences, say) and their Bayesian bootstrap (Rubin 1981).

    Each resample weighs the clusters with draws of an exponential distribution, and so one more that
    wasn't seen. Where the unseen one takes the worst value there is, the quantiles of such means are
    the bound of Gaffke (2005) and of Learned-Miller and Thomas (2020, "A New Confidence Interval for the
    Mean of a Bounded Random Variable"): for two values that of Clopper and Pearson, exactly; for others
    no distribution is known where it fails, though that isn't proven. ``p_above_lost`` asks so.

    The tests and intervals know no worst value. Their unseen cluster lies beyond the extreme one seen:
    by the distance from there to the mean, times 10/n, times a draw of an exponential distribution. Ten,
    so that tests keep their level for exponential differences from n = 10 on (``benchmarks/gate_simulation.py``).
    At each end the more careful of that and of Student's t counts. Student's t knows what resamples
    misjudge: if 8 of 100 examples changed, all for the worse, 1 resample in 4,000 misses them all, but
    1 coin in 256 falls so; and it has no smallest p-value, so that many values can be corrected for.
    """

    mean: NDArray[np.float64]
    """(columns,): mean over examples; NaN where there is no value."""
    standard_error: NDArray[np.float64]
    """(columns,): of the mean, clusters taken as the independent units; NaN with fewer than two."""
    clusters: NDArray[np.int64]
    """(columns,): independent units with at least one value."""
    least: NDArray[np.float64]
    """(columns,): the lowest mean of a cluster; NaN where there is none."""
    most: NDArray[np.float64]
    """(columns,): the highest."""
    resampled: NDArray[np.float64]
    """(resamples, columns): means of the resamples, without the unseen cluster."""
    unseen: NDArray[np.float64]
    """(resamples, columns): its share of the weight, 0 to 1."""
    beyond: NDArray[np.float64]
    """(resamples,): how far it lies beyond those seen, as drawn."""

    def p_below(self, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """One-sided p-values: small where the true mean lies below the threshold. NaN below two clusters."""
        beyond = [(self._with_unseen(self.most, k) >= threshold[k]).sum() for k in range(len(threshold))]
        return self._p(np.array(beyond), threshold - self.mean)

    def p_above(self, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """One-sided p-values: small where the true mean lies above the threshold. NaN below two clusters."""
        beyond = [(self._with_unseen(self.least, k) <= threshold[k]).sum() for k in range(len(threshold))]
        return self._p(np.array(beyond), self.mean - threshold)

    def p_above_lost(self, threshold: NDArray[np.float64], worst: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same where an unseen cluster may lie as low as ``worst``, however rarely. NaN below two clusters.

        Of n examples that all lie above the threshold by as much, p is (1 - m / r)^n: m is the distance from
        the threshold to them, r that from ``worst``.
        """
        lost = self.resampled + self.unseen * (worst - self.resampled)
        p = (1.0 + (lost <= threshold).sum(axis=0)) / (len(lost) + 1.0)
        return np.where(self.clusters >= 2, p, np.nan)

    def _with_unseen(self, extreme: NDArray[np.float64], column: int) -> NDArray[np.float64]:
        reach = _REACH / max(1, self.clusters[column]) * self.beyond
        value = extreme[column] + reach * (extreme[column] - self.mean[column])
        found = self.resampled[:, column]
        return np.asarray(found + self.unseen[:, column] * (value - found))

    def _p(self, beyond: NDArray[np.int64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy import stats

        n = np.maximum(self.clusters, 2)
        share = (1.0 + beyond) / (len(self.resampled) + 1.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            # Without any variance the mean is beyond the threshold for sure, or not at all.
            student = stats.t.sf(np.nan_to_num(distance / self.standard_error, nan=0.0), n - 1)
        p = np.maximum(student, np.where(beyond >= _FEWEST_BEYOND, share, 0.0))
        return np.where(self.clusters >= 2, p, np.nan)

    def interval(self, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The interval of each mean, at each end the wider of the two: it agrees with the p-values."""
        tail = (1 - confidence) / 2
        return self.mean - self._reach(self.least, -1, tail), self.mean + self.reach_above(tail)

    def reach_above(self, tail: float) -> NDArray[np.float64]:
        """How far above each mean the true one may lie, one-sided with this probability of error."""
        return self._reach(self.most, 1, tail)

    def _reach(self, extreme: NDArray[np.float64], sign: int, tail: float) -> NDArray[np.float64]:
        from scipy import stats

        reach = np.asarray(stats.t.isf(tail, np.maximum(self.clusters, 2) - 1) * self.standard_error)
        # As in a test: further out so few resamples say nothing, and Student's t alone is asked.
        edge = min(0.5, max(tail, _FEWEST_BEYOND / len(self.resampled)))
        for column in np.flatnonzero(self.clusters >= 2).tolist():
            distance = sign * (self._with_unseen(extreme, column) - self.mean[column])
            reach[column] = max(reach[column], np.quantile(distance, 1 - edge))
        return reach


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
        size = counts.sum(axis=0) / units
        residuals = sums - mean * counts
        error = np.sqrt(units / (units - 1.0) * (residuals**2).sum(axis=0)) / counts.sum(axis=0)
        least = np.where(units > 0, np.where(counts > 0, sums / counts, np.inf).min(axis=0, initial=np.inf), np.nan)
        most = np.where(units > 0, np.where(counts > 0, sums / counts, -np.inf).max(axis=0, initial=-np.inf), np.nan)
    if len(sums) > _MOST_UNITS:
        rows = np.random.default_rng([seed, 1]).permutation(len(sums)) % _MOST_UNITS
        residuals, counts = (_group(array, rows, _MOST_UNITS) for array in (residuals, counts))
    means, unseen, beyond = _resample(residuals, counts, np.nan_to_num(size), resamples, seed)
    return ResampledMeans(mean, np.where(units >= 2, error, np.nan), units, least, most, means + mean, unseen, beyond)


def ends_of(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the scale of each column seems to end: (lowest, highest), infinite where it doesn't seem to.

    No scorer says so itself. What was never below 0 is taken to end there, and what was never outside 0 to 1
    (ROUGE, similarities, shares) to end at both. Shape (examples, columns), NaN where a value is missing.

    >>> [ends.tolist() for ends in ends_of(np.array([[0.2, 3.0, -1.0], [1.0, 0.0, 0.5]]))]
    [[0.0, 0.0, -inf], [1.0, inf, inf]]
    """
    least, most = (extreme(values, axis=0, initial=0.0) for extreme in (np.fmin.reduce, np.fmax.reduce))
    return np.where(least < 0, -np.inf, 0.0), np.where((least < 0) | (most > 1), np.inf, 1.0)


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


def examples_needed(
    standard_error: float, clusters: int, margin: float, alpha: float, power: float, lost: float = 0.0
) -> int:
    """How many documents a system that didn't change needs to be shown to be within the margin.

    ``alpha`` is the one-sided level, ``lost`` the most that a document may lose (``p_above_lost``). Source:
    the normal approximation with the small-sample term of Guenther (1981), "Sample Size Formulas for Normal
    Theory T Tests"; the share of the documents that may lose so much unseen, -ln(alpha) / n, comes on top.

    >>> examples_needed(0.01, 100, 0.02, 0.025, 0.8)
    199
    """
    from scipy import stats

    normal = float(stats.norm.ppf(1 - alpha))
    # margin = noise / √n + rare / n
    noise = (normal + float(stats.norm.ppf(power))) * standard_error * math.sqrt(clusters)
    rare = -math.log(alpha) * lost
    root = (noise + math.sqrt(noise**2 + 4 * margin * rare)) / (2 * margin)
    return math.ceil(root**2 + normal**2 / 2)


def _group(array: NDArray[np.float64], rows: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """Sum the rows of each group: (groups, columns)."""
    summed = np.empty((groups, array.shape[1]))
    for index, column in enumerate(array.T):
        summed[:, index] = np.bincount(rows, weights=column, minlength=groups)
    return summed


def _resample(
    residuals: NDArray[np.float64], counts: NDArray[np.float64], size: NDArray[np.float64], resamples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Means of resampled residuals, the unseen cluster's share of the weight, and how far it lies beyond.

    ``size``: (columns,), examples in a cluster on average. The block size doesn't move the numbers.
    """
    units, columns = residuals.shape
    generator, others = np.random.default_rng(seed), np.random.default_rng([seed, 2])
    weight, beyond = others.standard_exponential((2, resamples))
    stacked = np.concatenate([residuals, counts], axis=1)
    means, unseen = np.empty((resamples, columns)), np.empty((resamples, columns))
    block = max(1, _BLOCK // max(1, units))
    for start in range(0, resamples, block):
        part = slice(start, min(start + block, resamples))
        totals = generator.standard_exponential((part.stop - start, units)) @ stacked
        mine = weight[part, None] * size
        with np.errstate(invalid="ignore", divide="ignore"):
            # A column without values has no mean: 0, as good as any.
            means[part] = np.nan_to_num(totals[:, :columns] / totals[:, columns:], nan=0.0, posinf=0.0, neginf=0.0)
            unseen[part] = np.nan_to_num(mine / (mine + totals[:, columns:]))
    return means, unseen, beyond
