"""Correlations of two metrics that exchange some of their scores: what a permutation test needs.

A document whose scores all change metric exchanges its two coefficients, so that at summary level only
the exchange of systems has to be worked out. Sums over what is exchanged are linear in the 0s and 1s
that say where, so that they come out of matrix products; see ``bench.statistics.reweighted``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.statistics.correlation import LEAST, Coefficient, Floats, Level, centred_ranks, ratio
from bench.statistics.levels import at_level
from bench.statistics.reweighted import places, spread

Bools = NDArray[np.bool_]
_CELLS = 2_000_000
"""Numbers held at once by one step of a computation."""


def exchanged(
    first: Floats,
    second: Floats,
    human: Floats,
    documents: Bools,
    systems: Bools,
    *,
    level: Level,
    coefficient: Coefficient,
) -> Floats:
    """Difference of two metrics' coefficients after each exchange of scores.

    Args:
        first: shape (documents, systems), on the same scale as ``second``; NaN where any of the three is.
        second: likewise.
        human: likewise.
        documents: shape (permutations, documents): whose scores change metric.
        systems: shape (permutations, systems): likewise; a summary chosen twice stays.

    Returns:
        Shape (permutations,): first less second coefficient, NaN where undefined.
    """
    if level == "summary":
        return _of_documents(first, second, human, documents, systems, coefficient)
    there = ~np.isnan(human)
    found = np.empty(len(documents))
    step = len(found) if (level, coefficient) == ("pooled", "kendall") else max(1, _CELLS // max(1, human.size))
    for start in range(0, len(found), step):
        part = slice(start, start + step)
        swap = documents[part, :, None] ^ systems[part, None, :]
        if (level, coefficient) == ("pooled", "kendall"):
            found[part] = _pooled_kendall(first[there], second[there], human[there], swap[:, there])
            continue
        sides = np.where(swap, second, first), np.where(swap, first, second)
        values = [at_level(side, human, level=level, coefficient=coefficient)[0] for side in sides]
        found[part] = values[0] - values[1]
    return found


def _of_documents(
    first: Floats, second: Floats, human: Floats, documents: Bools, systems: Bools, coefficient: Coefficient
) -> Floats:
    """Summary level: the two means over documents, each over those where it is defined."""
    there = ~np.isnan(human)
    x, y, z = (np.where(there, side, 0.0) for side in (first, second, human))
    patterns, which = np.unique(systems, axis=0, return_inverse=True)
    found = np.empty((2, len(systems)))
    enough = np.where(there.sum(axis=1) >= LEAST, 1.0, np.nan)
    step = max(1, _CELLS // max(1, human.size))
    for start in range(0, len(patterns), step):
        c = patterns[start : start + step].astype(np.float64)
        each = [_PAIRS[coefficient](a, b, z, there, c) * enough for a, b in ((x, y), (y, x))]
        rows = np.flatnonzero((which >= start) & (which < start + step))
        places_of = which[rows] - start
        for side in (0, 1):
            values = np.where(documents[rows], each[1 - side][places_of], each[side][places_of])
            defined = ~np.isnan(values)
            with np.errstate(invalid="ignore", divide="ignore"):
                found[side, rows] = np.where(defined, values, 0.0).sum(axis=1) / defined.sum(axis=1)
    return np.asarray(found[0] - found[1])


def _pearson(x: Floats, y: Floats, z: Floats, there: Bools, c: Floats) -> Floats:
    """Of each document, with y's scores in place of x's where c is 1: (patterns, documents)."""
    n = np.maximum(there.sum(axis=1), 1)

    def centred(side: Floats, mean: Floats) -> Floats:
        return np.where(there, side - mean[:, None], 0.0)

    def sums(of_x: Floats, of_y: Floats) -> Floats:
        return np.asarray(of_x.sum(axis=1) + c @ (of_y - of_x).T)

    rank = places(np.concatenate([x, y], axis=1)[:, :, None], None, 1)[:, :, 0]
    rank_x, rank_y = (np.where(there, side, 0.0) for side in np.split(rank, 2, axis=1))
    middle = (x + y).sum(axis=1) / (2 * n)
    x, y, z = centred(x, middle), centred(y, middle), centred(z, z.sum(axis=1) / n)
    varies = spread(sums(rank_x, rank_y), sums(rank_x**2, rank_y**2), n)
    own = np.where(varies, sums(x * x, y * y) - sums(x, y) ** 2 / n, 0.0)
    rank_z = centred_ranks(z, there.astype(np.float64))
    own_z = np.where((rank_z != 0).any(axis=1), (z * z).sum(axis=1), 0.0)
    return ratio(sums(x * z, y * z), own, own_z)


def _spearman(x: Floats, y: Floats, z: Floats, there: Bools, c: Floats) -> Floats:
    both = there[:, :, None] & there[:, None, :]
    rank_z = centred_ranks(z, there.astype(np.float64))

    def ranks(side: Floats) -> Floats:
        """This side's scores among the exchanged ones: (patterns, documents, systems)."""
        below_x, below_y = (np.sign(side[:, :, None] - other[:, None, :]) * both for other in (x, y))
        added: Floats = c @ (below_y - below_x).reshape(-1, c.shape[1]).T
        return np.asarray((below_x.sum(axis=2) + added.reshape(len(c), *x.shape)) / 2.0)

    of = np.where(c[:, None, :] > 0, ranks(y), ranks(x))
    return ratio((of * rank_z).sum(axis=2), (of * of).sum(axis=2), (rank_z * rank_z).sum(axis=1))


def _kendall(x: Floats, y: Floats, z: Floats, there: Bools, c: Floats) -> Floats:
    i, j = np.triu_indices(x.shape[1], 1)
    both = there[:, i] & there[:, j]
    of_z = np.sign(z[:, i] - z[:, j]) * both
    shared, own = np.zeros((2, len(c), len(x)))
    for a, kept in ((x, 1.0 - c), (y, c)):
        for b, also_kept in ((x, 1.0 - c), (y, c)):
            order = np.sign(a[:, i] - b[:, j]) * both
            pairs = kept[:, i] * also_kept[:, j]
            shared += pairs @ (order * of_z).T
            own += pairs @ np.abs(order).T
    return ratio(shared, own, np.abs(of_z).sum(axis=1))


_PAIRS: dict[Coefficient, Callable[[Floats, Floats, Floats, Bools, Floats], Floats]] = {
    "pearson": _pearson,
    "spearman": _spearman,
    "kendall": _kendall,
}


def _pooled_kendall(x: Floats, y: Floats, z: Floats, swap: Bools) -> Floats:
    """Both metrics' tau-b over n summaries under each exchange; their difference, (permutations,)."""
    moved = swap.astype(np.float32)
    kept = 1.0 - moved
    shared = np.zeros((2, len(swap)))
    step = max(1, _CELLS // max(1, len(z), len(swap)))
    for start in range(0, len(z), step):
        part = slice(start, start + step)
        # Signs and counts are whole numbers far below 2**24: single precision is exact.
        of_z = np.sign(z[part, None] - z[None, :]).astype(np.float32)
        within_x, within_y, across, back = (
            np.sign(a[part, None] - b[None, :]).astype(np.float32) * of_z for a, b in ((x, x), (y, y), (x, y), (y, x))
        )
        stay, go = kept[:, part], moved[:, part]
        shared[0] += _sum(stay @ within_x + go @ back, kept) + _sum(stay @ across + go @ within_y, moved)
        shared[1] += _sum(stay @ within_y + go @ across, kept) + _sum(stay @ back + go @ within_x, moved)
    own_z = float(len(z)) ** 2 - (np.unique(z, return_counts=True)[1] ** 2.0).sum() if len(z) else 0.0
    own = [_untied(np.where(swap, b, a)) for a, b in ((x, y), (y, x))]
    values = [ratio(total, mine, np.asarray(own_z)) for total, mine in zip(shared, own, strict=True)]
    return np.where(len(z) >= LEAST, values[0] - values[1], np.nan)


def _sum(counts: NDArray[np.float32], where: NDArray[np.float32]) -> Floats:
    return np.asarray((counts * where).sum(axis=1, dtype=np.float64))


def _untied(values: Floats) -> Floats:
    """Ordered pairs along the last axis that are not tied."""
    n = values.shape[-1]
    ordered = np.sort(values, axis=-1)
    opens = np.ones(ordered.shape, dtype=np.bool_)
    opens[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    # A pair is counted at each place once for every member of its tie group: sum of squares of group sizes.
    since = np.arange(n) - np.maximum.accumulate(np.where(opens, np.arange(n), 0), axis=-1)
    return np.asarray(float(n) ** 2 - (2.0 * since + 1.0).sum(axis=-1))
