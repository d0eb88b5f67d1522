"""Lasting steps and slow drift in a series of runs: pure functions over arrays in the order of time.

The runs are the units, and the noise is that from run to run; whether one single run is worse than
another is the comparison's question, not this one's. Few false alarms matter more than early ones:
what is named here is significant after a correction over all series that are looked at together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.errors import MissingExtra
from bench.statistics.significance import holm

ALPHA = 0.05
"""Chance of any false alarm over all series of one history."""
MIN_RUNS = 8
"""Fewer runs with a value are shown, but not judged."""
MIN_SIDE = 3
"""A new level has to last so many runs."""


@dataclass(frozen=True, slots=True)
class Step:
    """The level changed at one run and stayed there."""

    index: int
    """Place in the series of the first run on the new level."""
    before: float
    """Mean of the runs between the previous step and this one."""
    after: float
    """Mean of the runs from this one on, up to the next step."""
    p: float | None
    """Holm-adjusted over all series, 0 to 1; ``None`` where both levels repeat one value exactly."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The values go one way, run by run, without a step that would explain it better."""

    change: float
    """Over all runs of the series: Theil and Sen's slope times the distance from the first run to the last."""
    p: float
    """Holm-adjusted over all series, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Trend:
    """What a series shows: steps or a drift, never both; mostly neither."""

    steps: tuple[Step, ...] = ()
    drift: Drift | None = None


def find_trends(series: Sequence[NDArray[np.float64]], *, alpha: float = ALPHA) -> list[Trend]:
    """The trend of each series of values, NaN where a run lacks one; MissingExtra without ruptures.

    A run that repeats the value before it exactly scored the same candidates again: it is no further
    observation of the noise. With at least ``MIN_RUNS`` observations steps are proposed by ``propose_steps``
    and tested by ``step_ps``, a drift by ``_drift_p``. The p-values of all series are corrected together
    (Holm), so that the chance of any false alarm is about ``alpha``. With fewer observations over as many
    runs, the system stands still but for a few changes: each one that lasts is a step (``_exact_steps``).
    """
    found = [_observations(values) for values in series]
    splits = [_confirmed_steps(x, alpha) if len(x) >= MIN_RUNS else [] for _, x in found]
    while True:
        families = [p_values(x, mine) for (_, x), mine in zip(found, splits, strict=True)]
        corrected = iter(holm(np.array([p for family in families for p in family])))
        adjusted = [[float(next(corrected)) for _ in family] for family in families]
        weak = [(mine, ps) for mine, ps in zip(splits, adjusted, strict=True) if mine and max(ps[:-1]) > alpha]
        if not weak:
            break
        # The others' p-values are new ones without the weakest step.
        for mine, ps in weak:
            del mine[int(np.argmax(ps[:-1]))]
    return [
        choose(*found[i], splits[i], adjusted[i], alpha) if adjusted[i] else Trend(_exact_steps(values))
        for i, values in enumerate(series)
    ]


def _observations(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places and values of the runs that have a value and don't just repeat the one before.

    >>> _observations(np.array([0.4, 0.4, np.nan, 0.4, 0.3]))[0].tolist()
    [0, 4]
    """
    kept = np.flatnonzero(~np.isnan(values))
    new = np.append(True, np.diff(values[kept]) != 0)[: len(kept)]
    return kept[new], values[kept][new]


def _exact_steps(values: NDArray[np.float64]) -> tuple[Step, ...]:
    """Changes from one value to another, each of them repeated exactly for at least ``MIN_SIDE`` runs.

    >>> [step.index for step in _exact_steps(np.repeat([0.4, 0.3, 0.2], [4, 1, 3]))]
    [5]
    """
    kept = np.flatnonzero(~np.isnan(values))
    if len(kept) < MIN_RUNS:
        return ()
    levels = np.split(kept, np.flatnonzero(np.diff(values[kept])) + 1)
    lasting = [(int(level[0]), float(values[level[0]])) for level in levels if len(level) >= MIN_SIDE]
    return tuple(
        Step(place, before, after, None) for (_, before), (place, after) in pairwise(lasting) if before != after
    )


def choose(
    places: NDArray[np.int64], x: NDArray[np.float64], splits: Sequence[int], adjusted: Sequence[float], alpha: float
) -> Trend:
    """The significant steps or the drift, whichever has the lower BIC; ``adjusted`` is as from ``p_values``."""
    if adjusted[-1] <= alpha and bic_of_line(x) < bic_of_steps(x, splits):
        return Trend(drift=Drift(slope(places, x) * float(places[-1] - places[0]), adjusted[-1]))
    levels = [float(part.mean()) for part in np.split(x, splits)]
    return Trend(
        steps=tuple(
            Step(int(places[split]), levels[number], levels[number + 1], adjusted[number])
            for number, split in enumerate(splits)
        )
    )


def p_values(x: NDArray[np.float64], splits: Sequence[int]) -> list[float]:
    """The p-values that one series brings into the correction: each step's, or 1 for none, then the drift's.

    None where there are too few observations.
    """
    return [*(step_ps(x, splits) or [1.0]), _drift_p(x)] if len(x) >= MIN_RUNS else []


def propose_steps(x: NDArray[np.float64]) -> list[int]:
    """Where the level may have changed: the exact least-squares segmentation, by ruptures.

    PELT (Killick et al. 2012) with squared error and segments of at least ``MIN_SIDE`` runs. A step has to
    gain 3 σ² ln n, the leading term of the modified BIC (Zhang and Siegmund 2007). σ comes from the
    differences of neighbours, by their median absolute deviation: steps don't widen it.
    """
    try:
        import ruptures
    except ImportError:
        raise MissingExtra("history needs ruptures: pip install 'sumbench[history]'") from None
    sigma = noise(x)
    if len(x) < 2 * MIN_SIDE or sigma == 0:
        return []
    signal = ((tame(x) - x.mean()) / sigma).reshape(-1, 1)
    # The linear kernel's cost is the squared error; this is ruptures' compiled form of PELT.
    search = ruptures.KernelCPD(kernel="linear", min_size=MIN_SIDE).fit(signal)
    return [int(end) for end in search.predict(pen=3.0 * math.log(len(x)))[:-1]]


def tame(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values without their outliers: at most three σ from the median of the five runs around each.

    One or two odd runs in a row are no level. σ is that of ``noise``.

    >>> tame(np.array([1.0, 2.0, 1.0, 90.0, 1.0, 2.0, 1.0, 2.0])).max().round(1)
    np.float64(8.3)
    """
    around = np.lib.stride_tricks.sliding_window_view(np.pad(x, 2, mode="reflect"), 5)
    middle = np.median(around, axis=1)
    reach = 3.0 * noise(x)
    return np.clip(x, middle - reach, middle + reach)


def noise(x: NDArray[np.float64]) -> float:
    """Standard deviation from run to run; where most neighbours are equal, by all differences instead.

    >>> noise(np.array([1.0, 1.0, 1.0, 1.0]))
    0.0
    """
    differences = np.diff(x)
    if not len(differences):
        return 0.0
    # 0.6745: the median absolute deviation of a standard normal variable.
    robust = float(np.median(np.abs(differences - np.median(differences)))) / 0.6745 / math.sqrt(2)
    # Equal values differ by rounding at times; that is no noise.
    if robust > _rounding(x):
        return robust
    return float(np.sqrt(np.mean(differences**2) / 2))


def _confirmed_steps(x: NDArray[np.float64], alpha: float) -> list[int]:
    """Proposed steps without the weakest ones: one after the other is dropped until all are significant."""
    splits = propose_steps(x)
    while splits:
        ps = step_ps(x, splits)
        weakest = int(np.argmax(ps))
        if ps[weakest] <= alpha:
            break
        del splits[weakest]
    return splits


def step_ps(x: NDArray[np.float64], splits: Sequence[int]) -> list[float]:
    """Two-sided p-value of each step, between its neighbours or the ends of the series.

    Student's t between the levels on the two sides; the noise is that around all levels of the series, so
    that a quiet stretch is no evidence by itself. Times the number of places where the step, and the steps next
    to it, could have been found (Bonferroni; Worsley 1979): having searched isn't evidence either.

    >>> step_ps(np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]), [4])
    [1.0]
    >>> step_ps(np.array([1.0, 1.1, 1.0, 1.1, 3.0, 3.1, 3.0, 3.1]), [4])[0] < 0.001
    True
    """
    from scipy import stats

    parts = np.split(x, splits)
    freedom = len(x) - len(parts)
    # Values that differ by rounding alone don't differ.
    variance = max(sum(float(((part - part.mean()) ** 2).sum()) for part in parts) / freedom, _rounding(x) ** 2)
    places = len(x) - 2 * MIN_SIDE + 1
    ps = []
    for number, (left, right) in enumerate(pairwise(parts)):
        searched = 1 + (number > 0) + (number < len(splits) - 1)
        t = abs(float(left.mean() - right.mean())) / math.sqrt(variance * (1 / len(left) + 1 / len(right)))
        ps.append(min(1.0, places**searched * 2.0 * float(stats.t.sf(t, freedom))))
    return ps


def _drift_p(x: NDArray[np.float64]) -> float:
    """Two-sided p-value of Mann and Kendall's test for a monotone trend (Mann 1945).

    >>> _drift_p(np.arange(10.0)) < 0.001, _drift_p(np.ones(10))
    (True, 1.0)
    """
    from scipy import stats

    if np.ptp(x) == 0:
        return 1.0
    return float(stats.kendalltau(np.arange(len(x)), x).pvalue)


def slope(places: NDArray[np.int64], x: NDArray[np.float64]) -> float:
    """Theil and Sen's slope: the median of the slopes between all pairs of runs (Sen 1968)."""
    from scipy import stats

    return float(stats.theilslopes(x, places).slope)


def bic_of_line(x: NDArray[np.float64]) -> float:
    """Bayesian information criterion of a straight line through the values."""
    places = np.arange(len(x), dtype=np.float64)
    rest = x - np.polyval(np.polyfit(places, x, 1), places)
    return _bic(x, rest, 2)


def bic_of_steps(x: NDArray[np.float64], splits: Sequence[int]) -> float:
    """Bayesian information criterion of constant levels between the steps: each step costs a place and a level."""
    rest = np.concatenate([part - part.mean() for part in np.split(x, splits)])
    return _bic(x, rest, 1 + 2 * len(splits))


def _bic(x: NDArray[np.float64], rest: NDArray[np.float64], parameters: int) -> float:
    # Below the rounding of the values a fit is perfect, and no better one can be told from it.
    squares = max(float((rest**2).sum()), _rounding(x) ** 2)
    return len(x) * math.log(squares / len(x)) + parameters * math.log(len(x))


def _rounding(x: NDArray[np.float64]) -> float:
    return max(1e-12 * float(np.abs(x).max()), 1e-300)
