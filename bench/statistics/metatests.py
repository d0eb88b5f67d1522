"""How sure a correlation is, and whether two metrics differ: bootstrap, permutation and Williams' test.

Source of the resampling schemes: Deutsch, Dror and Roth (2021), "A Statistical Analysis of
Summarization Evaluation Metrics Using Resampling Methods", sections 4 (bootstrap) and 5 (permutation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.statistics.correlation import Coefficient, Floats, Level
from bench.statistics.exchanged import exchanged
from bench.statistics.levels import at_level, check, correlate
from bench.statistics.reweighted import reweighted

Over = Literal["documents", "systems", "both"]
"""What is drawn anew or swapped: to speak about other documents, other systems, or both."""
OVER: tuple[Over, ...] = ("documents", "systems", "both")
_CELLS = 2_000_000
"""Numbers held at once by one step of a computation."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Which document each row of a grid is of, and which system each column: they are drawn and swapped whole.

    A grid has several rows (or columns) of a document (or system) where a system has several summaries of it.
    """

    documents: NDArray[np.int64]
    """(rows,) from 0"""
    systems: NDArray[np.int64]
    """(columns,) from 0"""

    @property
    def counts(self) -> tuple[int, int]:
        """How many documents and systems there are."""
        return int(self.documents.max(initial=-1)) + 1, int(self.systems.max(initial=-1)) + 1


def own(grid: Floats) -> Owners:
    """Every row a document, every column a system."""
    return Owners(*(np.arange(size, dtype=np.int64) for size in grid.shape[:2]))


@dataclass(frozen=True, slots=True)
class Intervals:
    """Bootstrap intervals of correlations; arrays (metrics, humans)."""

    low: Floats
    """NaN where there are fewer than two units to draw, or no resample has a value."""
    high: Floats
    resampled: Floats
    """(resamples, metrics, humans); NaN where a resample has no value, which takes no part."""
    undefined: NDArray[np.int64]
    """Resamples without a value."""


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """Whether one metric agrees better with people than another."""

    method: str
    """``bootstrap``, ``permutation`` or ``williams``."""
    difference: float
    """First less second coefficient, both on the summaries that have all three scores; NaN where undefined."""
    p: float
    """Two-sided; NaN where the test can't be done."""
    low: float
    """Interval of the difference (bootstrap only, else NaN)."""
    high: float
    n: int
    """Units: documents, systems or summaries."""
    undefined: int
    """Resamples or permutations that had no value and took no part."""
    statistic: float
    """Student's t (Williams only, else NaN)."""


def bootstrap(
    metrics: Floats,
    humans: Floats,
    *,
    level: Level,
    coefficient: Coefficient,
    over: Over = "both",
    owners: Owners | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Intervals:
    """Percentile intervals of every metric's correlation with every human dimension.

    Args:
        metrics: shape (documents, systems, metrics), NaN where missing.
        humans: shape (documents, systems, humans).
        over: what is drawn with replacement; rows and columns of the grid move whole.
        owners: the documents of the rows and the systems of the columns; ``None``: each is one of its own.
        confidence: coverage of the intervals, between 0 and 1.
        seed: the same seed gives the same intervals; all columns share their resamples.
    """
    check(level, coefficient)
    owners = owners or own(metrics)
    resampled = np.full((resamples, metrics.shape[2], humans.shape[2]), np.nan)
    for part, v, w in draws(owners, over, resamples, seed):
        resampled[part], _ = reweighted(metrics, humans, v, w, level=level, coefficient=coefficient)
    ends = np.empty((2, *resampled.shape[1:]))
    for place in np.ndindex(resampled.shape[1:]):
        ends[:, *place] = percentiles(resampled[:, *place], confidence, *owners.counts, over)
    return Intervals(ends[0], ends[1], resampled, np.isnan(resampled).sum(axis=0))


def bootstrap_test(
    first: Floats,
    second: Floats,
    human: Floats,
    *,
    level: Level,
    coefficient: Coefficient,
    over: Over = "both",
    owners: Owners | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> DifferenceTest:
    """Bootstrap the difference of two metrics' correlations with one human dimension.

    Args:
        first: shape (documents, systems), NaN where missing; ``second`` and ``human`` likewise.

    The p-value is twice the smaller share of resampled differences on either side of 0.
    """
    pair, human, difference, n = _prepared(first, second, human, level, coefficient)
    around = bootstrap(
        pair,
        human[:, :, None],
        level=level,
        coefficient=coefficient,
        over=over,
        owners=owners,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    drawn = around.resampled[:, 0, 0] - around.resampled[:, 1, 0]
    return bootstrap_outcome(difference, drawn, *(owners or own(human)).counts, over, confidence, n)


def bootstrap_outcome(
    difference: float, drawn: Floats, documents: int, systems: int, over: Over, confidence: float, n: int = 0
) -> DifferenceTest:
    """What the bootstrap says of an observed difference, from the resampled ones (NaN: without a value)."""
    low, high = percentiles(drawn, confidence, documents, systems, over)
    known = drawn[~np.isnan(drawn)]
    sides = 1.0 + float(min((known <= 0).sum(), (known >= 0).sum()))
    p = np.nan if np.isnan(low) else min(1.0, 2.0 * sides / (1.0 + len(known)))
    return DifferenceTest("bootstrap", difference, p, low, high, n, len(drawn) - len(known), np.nan)


def permutation_test(
    first: Floats,
    second: Floats,
    human: Floats,
    *,
    level: Level,
    coefficient: Coefficient,
    over: Over = "both",
    owners: Owners | None = None,
    permutations: int = 1000,
    seed: int = 0,
) -> DifferenceTest:
    """Paired permutation of two metrics' scores: PERM-INPUTS, PERM-SYSTEMS and PERM-BOTH.

    Both metrics are standardised; then all scores of a document (``documents``), of a system
    (``systems``), or of systems first and documents next (``both``) change metric with probability ½.
    The p-value is the share of permutations whose difference is at least as large either way,
    the observed one among them (Phipson and Smyth 2010).

    Where systems bias the metrics (one likes a system's long sentences, the other doesn't), swapping the
    documents spreads each bias over both metrics, so that permuted differences are too small: the test calls
    equally good metrics different far too often (``benchmarks/meta_simulation.py``). Only ``systems`` keeps
    each bias whole.

    Args:
        first: shape (documents, systems), NaN where missing; ``second`` and ``human`` likewise.
    """
    pair, human, difference, n = _prepared(first, second, human, level, coefficient)
    x, y = (_standardised(pair[:, :, index]) for index in (0, 1))
    generator = np.random.default_rng(seed)
    owners = owners or own(human)
    documents, systems = (
        generator.integers(0, 2, size=(permutations, units), dtype=np.int8) > 0
        if over != kept
        else np.zeros((permutations, units), dtype=np.bool_)
        for units, kept in zip(owners.counts, ("systems", "documents"), strict=True)
    )
    swapped = documents[:, owners.documents], systems[:, owners.systems]
    drawn = exchanged(x, y, human, *swapped, level=level, coefficient=coefficient)
    known = drawn[~np.isnan(drawn)]
    # Sums in another order differ in their last bits: equal differences count as equal.
    beyond = (np.abs(known) >= abs(difference) - 1e-12).sum()
    p = float(1 + beyond) / (1 + len(known)) if not np.isnan(difference) else np.nan
    return DifferenceTest("permutation", difference, p, np.nan, np.nan, n, permutations - len(known), np.nan)


def williams_test(
    first: Floats, second: Floats, human: Floats, *, level: Level, coefficient: Coefficient
) -> DifferenceTest:
    """Williams' test of two metrics' correlations with one human dimension.

    n is the number of systems (system level), of summaries (pooled and partial), or at summary level
    the largest number of systems that any document has, as Deutsch, Dror and Roth take it.

    Args:
        first: shape (documents, systems), NaN where missing; ``second`` and ``human`` likewise.
    """
    pair, human, difference, n = _prepared(first, second, human, level, coefficient)
    with_first, with_second = (
        float(at_level(pair[:, :, index], human, level=level, coefficient=coefficient)[0]) for index in (0, 1)
    )
    between = float(at_level(pair[:, :, 0], pair[:, :, 1], level=level, coefficient=coefficient)[0])
    size = int((~np.isnan(human)).sum(axis=1).max(initial=0)) if level == "summary" else n
    t, p = williams(with_first, with_second, between, size)
    return DifferenceTest("williams", difference, p, np.nan, np.nan, size, 0, t)


def williams(first: float, second: float, between: float, n: int) -> tuple[float, float]:
    """Williams' t for two correlations that share a variable, and its two-sided p-value.

    Args:
        first: correlation of the first metric with people, -1 to 1.
        second: of the second metric.
        between: of the two metrics with each other.
        n: number of units.

    Returns:
        t with n - 3 degrees of freedom, positive where the first is larger, and p; NaN where n is below 4
        or the three correlations leave nothing to compare.

    Source: Williams (1959), "Regression Analysis", as given by Graham and Baldwin (2014),
    "Testing for Significance of Increased Correlation with Human Judgment", section 3.

    >>> t, p = williams(0.5, 0.4, 0.1, 103)
    >>> round(t, 2), round(p, 2)
    (0.89, 0.37)
    """
    from scipy import stats

    if n < 4 or np.isnan([first, second, between]).any():
        return np.nan, np.nan
    determinant = 1 - first**2 - second**2 - between**2 + 2 * first * second * between
    spread = 2 * max(determinant, 0.0) * (n - 1) / (n - 3) + (first + second) ** 2 / 4 * (1 - between) ** 3
    if spread <= 0 or between <= -1:
        return np.nan, np.nan
    t = (first - second) * float(np.sqrt((n - 1) * (1 + between) / spread))
    return t, float(2 * stats.t.sf(abs(t), n - 3))


def draws(owners: Owners, over: Over, resamples: int, seed: int) -> Iterator[tuple[slice, Floats, Floats]]:
    """How often each row and column counts, by what owns it, in blocks: (resamples, rows), (resamples, columns)."""
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS // max(1, len(owners.documents) * len(owners.systems)))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        v, w = (
            np.ones((size, units)) if over == kept else draw_counts(generator, size, units)
            for units, kept in zip(owners.counts, ("systems", "documents"), strict=True)
        )
        yield slice(start, start + size), v[:, owners.documents], w[:, owners.systems]


def draw_counts(generator: np.random.Generator, size: int, units: int) -> Floats:
    """How often each unit is drawn with replacement in each of ``size`` resamples: (size, units)."""
    chosen = generator.integers(0, units, size=(size, units)) + np.arange(size)[:, None] * units
    return np.bincount(chosen.ravel(), minlength=size * units).reshape(size, units).astype(np.float64)


def percentiles(drawn: Floats, confidence: float, documents: int, systems: int, over: Over) -> tuple[float, float]:
    """Percentile interval of resampled values, NaN left aside; NaN where there is but one unit to draw."""
    units = {"documents": documents, "systems": systems, "both": min(documents, systems)}[over]
    known = drawn[~np.isnan(drawn)]
    if units < 2 or not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, [50.0 * (1.0 - confidence), 50.0 * (1.0 + confidence)])
    return float(low), float(high)


def _prepared(
    first: Floats, second: Floats, human: Floats, level: Level, coefficient: Coefficient
) -> tuple[Floats, Floats, float, int]:
    """Both metrics and the judgement where all three are there; the observed difference and the units."""
    there = ~(np.isnan(first) | np.isnan(second) | np.isnan(human))
    pair = np.where(there[:, :, None], np.stack([first, second], axis=2), np.nan)
    human = np.where(there, human, np.nan)
    found = correlate(pair, human[:, :, None], level=level, coefficient=coefficient)
    return pair, human, float(found.value[0, 0] - found.value[1, 0]), int(found.n[:, 0].min())


def _standardised(scores: Floats) -> Floats:
    known = scores[~np.isnan(scores)]
    spread = float(known.std()) if known.size else 0.0
    return (scores - known.mean()) / spread if spread > 0 else scores
