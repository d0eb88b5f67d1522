"""How well metrics agree with people: correlation coefficients, and the levels at which they are taken.

Scores lie in grids of shape (documents, systems, columns), NaN where there is none. Missing values
are dropped pairwise and counted. Where a side is constant the coefficient is undefined: NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError

Floats = NDArray[np.float64]
Coefficient = Literal["pearson", "spearman", "kendall"]
Level = Literal["summary", "system", "pooled", "partial"]
COEFFICIENTS: tuple[Coefficient, ...] = ("pearson", "spearman", "kendall")
LEVELS: tuple[Level, ...] = ("summary", "system", "pooled", "partial")

LEAST = 3
"""Fewer units than this have no correlation: two points always lie on a line."""
_CELLS = 4_000_000
"""Numbers held at once by one step of a computation."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns of scores laid out by document and system."""

    documents: tuple[str, ...]
    """In the order of their first row."""
    systems: tuple[str, ...]
    values: Floats
    """(documents, systems, columns); NaN where the table has no row or no value."""


def grid(documents: Sequence[str], systems: Sequence[str], columns: Floats) -> Grid:
    """Lay out a table of one row a summary.

    Args:
        documents: document of each of the n rows.
        systems: system of each row.
        columns: shape (n, columns); NaN marks a missing value.

    Raises:
        InputError: two rows are for the same document and system.

    >>> grid(["d", "d"], ["a", "b"], np.array([[1.0], [2.0]])).values[0, :, 0].tolist()
    [1.0, 2.0]
    """
    document_index = {name: index for index, name in enumerate(dict.fromkeys(str(d) for d in documents))}
    system_index = {name: index for index, name in enumerate(dict.fromkeys(str(s) for s in systems))}
    rows = np.array([document_index[str(name)] for name in documents], dtype=np.int64)
    places = np.array([system_index[str(name)] for name in systems], dtype=np.int64)
    cells, counts = np.unique(rows * len(system_index) + places, return_counts=True)
    if (counts > 1).any():
        row, place = divmod(int(cells[counts > 1][0]), len(system_index))
        raise InputError(
            f"the table has {counts.max()} rows for document {list(document_index)[row]!r} and system "
            f"{list(system_index)[place]!r}: keep one row a summary"
        )
    values = np.full((len(document_index), len(system_index), columns.shape[1]), np.nan)
    values[rows, places] = columns
    return Grid(tuple(document_index), tuple(system_index), values)


def pearson(x: Floats, y: Floats, weights: Floats | None = None) -> Floats:
    """Pearson's r along the last axis; the leading axes broadcast.

    Args:
        x: shape (..., n); NaN marks a missing value, which is dropped together with its partner.
        y: likewise.
        weights: how often each unit counts (a resample draws some twice); ``None``: once.

    Returns:
        Shape (...), in -1 to 1; NaN where a side is constant or fewer than three units are left.

    >>> round(float(pearson(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]))), 6)
    0.5
    """
    x, y, w = aligned(x, y, weights)
    defined = _varies(x, w) & _varies(y, w) & (w.sum(axis=-1) >= LEAST)
    return np.where(defined, _cosine(_centred(x, w), _centred(y, w), w), np.nan)


def spearman(x: Floats, y: Floats, weights: Floats | None = None) -> Floats:
    """Spearman's rho along the last axis: Pearson's r of the mean ranks; see ``pearson``.

    >>> round(float(spearman(np.array([1.0, 2.0, 9.0]), np.array([1.0, 3.0, 2.0]))), 6)
    0.5
    """
    x, y, w = aligned(x, y, weights)
    enough = w.sum(axis=-1) >= LEAST
    return np.where(enough, _cosine(centred_ranks(x, w), centred_ranks(y, w), w), np.nan)


def kendall(x: Floats, y: Floats, weights: Floats | None = None) -> Floats:
    """Kendall's tau-b along the last axis; see ``pearson``.

    Concordant less discordant pairs, over the geometric mean of the pairs untied on either side.
    Source: Kendall (1945), "The Treatment of Ties in Ranking Problems".

    >>> round(float(kendall(np.array([1.0, 2.0, 9.0]), np.array([1.0, 3.0, 2.0]))), 6)
    0.333333
    """
    x, y, w = aligned(x, y, weights)
    shared, own_x, own_y = (np.zeros(w.shape[:-1]) for _ in range(3))
    step = max(1, _CELLS // max(1, w.size))
    for start in range(0, w.shape[-1], step):
        part = slice(start, start + step)
        across_x = np.sign(x[..., part, None] - x[..., None, :])
        across_y = np.sign(y[..., part, None] - y[..., None, :])
        pairs = w[..., part, None] * w[..., None, :]
        shared += (pairs * across_x * across_y).sum(axis=(-2, -1))
        own_x += (pairs * np.abs(across_x)).sum(axis=(-2, -1))
        own_y += (pairs * np.abs(across_y)).sum(axis=(-2, -1))
    enough = w.sum(axis=-1) >= LEAST
    return np.where(enough, ratio(shared, own_x, own_y), np.nan)


COEFFICIENT_OF = {"pearson": pearson, "spearman": spearman, "kendall": kendall}


def centred_ranks(x: Floats, weights: Floats) -> Floats:
    """Mean ranks along the last axis, less their weighted mean; a unit of weight 0 takes no part.

    Ranks are halves of whole numbers, so that nothing is rounded and a constant side is exactly 0.

    >>> centred_ranks(np.array([5.0, 1.0, 5.0]), np.ones(3)).tolist()
    [0.5, -1.0, 0.5]
    """
    x, weights = np.broadcast_arrays(x, weights)
    order = np.argsort(x, axis=-1)
    ordered = np.take_along_axis(x, order, axis=-1)
    w = np.take_along_axis(weights, order, axis=-1)
    upto = np.cumsum(w, axis=-1)
    opens = np.ones(x.shape, dtype=np.bool_)
    opens[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    closes = np.ones(x.shape, dtype=np.bool_)
    closes[..., :-1] = opens[..., 1:]
    below = np.maximum.accumulate(np.where(opens, upto - w, 0.0), axis=-1)
    reached = np.minimum.accumulate(np.where(closes, upto, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(x.shape)
    np.put_along_axis(ranks, order, (below + reached - upto[..., -1:]) / 2.0, axis=-1)
    return np.where(weights > 0, ranks, 0.0)


def settle(values: Floats, scale: Floats) -> Floats:
    """Make ties of numbers that differ by rounding alone (means and residuals, not scores as given).

    Rounded at about 1e-13 of ``scale``, the size of the scores that they were computed from, so that
    equal means of equal scores are ties whatever the order in which they were summed.

    >>> len(set(settle(np.array([0.1 + 0.2, 0.3]), np.array(1.0)).tolist()))
    1
    """
    unit = 10.0 ** (np.floor(np.log10(np.where(scale > 0, scale, 1.0))) - 13.0)
    return np.asarray(np.round(values / unit) * unit, dtype=np.float64)


def merge_ties(values: Floats) -> Floats:
    """Make ties of scores as given that differ by rounding alone: by 1e-12 of their size at most.

    The size is the largest absolute value, up to the next power of ten, so that scores from 0 to 1 are ties
    within 1e-12. A tie takes its lowest value; NaN stays.

    >>> len(set(merge_ties(np.array([0.1 + 0.2, 0.3, 0.4])).tolist()))
    2
    """
    known = np.sort(np.unique(values[~np.isnan(values)]))
    if not len(known) or not np.abs(known).max():
        return values
    within = 1e-12 * 10.0 ** np.ceil(np.log10(np.abs(known).max()))
    opens = np.concatenate([[True], np.diff(known) > within])
    lowest = known[opens][np.cumsum(opens) - 1]
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(np.isnan(values), np.nan, lowest[places])


def aligned(x: Floats, y: Floats, weights: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Broadcast, with both sides 0 and weight 0 where either is missing."""
    x, y, w = np.broadcast_arrays(x, y, 1.0 if weights is None else weights)
    present = ~(np.isnan(x) | np.isnan(y)) & (w > 0)
    return np.where(present, x, 0.0), np.where(present, y, 0.0), np.where(present, w, 0.0)


def _varies(x: Floats, w: Floats) -> NDArray[np.bool_]:
    low = np.min(x, axis=-1, where=w > 0, initial=np.inf)
    return np.asarray(np.max(x, axis=-1, where=w > 0, initial=-np.inf) > low)


def _centred(x: Floats, w: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(w > 0, x - ((w * x).sum(axis=-1) / w.sum(axis=-1))[..., None], 0.0))


def _cosine(x: Floats, y: Floats, w: Floats) -> Floats:
    return ratio((w * x * y).sum(axis=-1), (w * x * x).sum(axis=-1), (w * y * y).sum(axis=-1))


def ratio(shared: Floats, own_x: Floats, own_y: Floats) -> Floats:
    """The coefficient from its three sums; NaN where a side has nothing of its own."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = shared / (np.sqrt(own_x) * np.sqrt(own_y))
    return np.where((own_x > 0) & (own_y > 0), np.clip(found, -1.0, 1.0), np.nan)
