"""The levels at which metrics are correlated with people.

- ``summary``: a coefficient for each document over its systems, then the mean over documents
  (Louis and Nenkova 2013, "Automatically Assessing Machine Summary Content Without a Gold Standard");
- ``system``: a mean for each system over documents, then one coefficient over systems;
- ``pooled``: one coefficient over all summaries;
- ``partial``: pooled, with each system's mean taken off both sides first, which is the same as
  regression on system dummies. Both Pearson and Spearman are taken of these residuals, as FRANK does
  (Pagnoni et al. 2021, "Understanding Factuality in Abstractive Summarization with FRANK", section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError
from bench.statistics.correlation import COEFFICIENT_OF, Coefficient, Floats, Level, settle
from bench.statistics.reweighted import reweighted


@dataclass(frozen=True, slots=True)
class Correlations:
    """Every metric against every human dimension, at one level; all arrays (metrics, humans)."""

    value: Floats
    """NaN where undefined."""
    n: NDArray[np.int64]
    """What each value rests on: documents (summary level), systems (system level) or summaries."""
    left_out: NDArray[np.int64]
    """Documents whose coefficient is undefined (a side constant, fewer than three systems); systems without scores."""
    missing: NDArray[np.int64]
    """Summaries dropped because one of the two scores isn't there."""


def correlate(metrics: Floats, humans: Floats, *, level: Level, coefficient: Coefficient) -> Correlations:
    """Correlate metrics with human judgements.

    Args:
        metrics: shape (documents, systems, metrics), NaN where missing; higher is better.
        humans: shape (documents, systems, humans).

    Raises:
        InputError: partial correlation by Kendall's tau, which has no such definition.

    >>> scores = np.array([[[1.0], [2.0], [3.0]], [[1.0], [3.0], [2.0]], [[1.0], [1.0], [1.0]]])
    >>> humans = np.broadcast_to(np.array([[1.0], [2.0], [3.0]]), (3, 3, 1))
    >>> found = correlate(scores, humans, level="summary", coefficient="pearson")
    >>> round(float(found.value[0, 0]), 6), int(found.n[0, 0]), int(found.left_out[0, 0])
    (0.75, 2, 1)
    """
    check(level, coefficient)
    documents, systems = metrics.shape[:2]
    once = np.ones((1, documents)), np.ones((1, systems))
    value, units = reweighted(metrics, humans, *once, level=level, coefficient=coefficient)
    known = ~np.isnan(metrics).all(axis=2) | ~np.isnan(humans).all(axis=2)
    there = ~np.isnan(metrics)[:, :, :, None] & ~np.isnan(humans)[:, :, None, :]
    n = units[0].astype(np.int64)
    total = {"summary": documents, "system": systems}.get(level)
    left_out = np.zeros_like(n) if total is None else total - n
    return Correlations(value[0], n, left_out, known.sum() - there.sum(axis=(0, 1)))


def at_level(
    x: Floats,
    y: Floats,
    *,
    level: Level,
    coefficient: Coefficient,
    documents: Floats | None = None,
    systems: Floats | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Correlate grids, one pair or many at once.

    Args:
        x: shape (..., documents, systems), NaN where missing; leading axes broadcast.
        y: likewise.
        documents: shape (..., documents), how often each is drawn; ``None``: once.
        systems: shape (..., systems), likewise.

    Returns:
        Three arrays of shape (...): the value, the units that it rests on, and the units left out.
    """
    check(level, coefficient)
    x, y = np.broadcast_arrays(x, y)
    v = np.ones(x.shape[-2]) if documents is None else documents
    w = np.ones(x.shape[-1]) if systems is None else systems
    measure = COEFFICIENT_OF[coefficient]
    if level == "summary":
        each = measure(x, y, w[..., None, :])
        defined = ~np.isnan(each) & (v > 0)
        weights = np.where(defined, v, 0.0)
        n = weights.sum(axis=-1)
        mean = _quotient((weights * np.where(defined, each, 0.0)).sum(axis=-1), n)
        return mean, n, np.broadcast_to(v, each.shape).sum(axis=-1) - n
    there = ~(np.isnan(x) | np.isnan(y))
    cells = np.where(there, v[..., :, None] * np.ones(x.shape[-1]), 0.0)
    x, y = np.where(there, x, 0.0), np.where(there, y, 0.0)
    if level == "system":
        weights = np.where(cells.sum(axis=-2) > 0, w, 0.0)
        n = weights.sum(axis=-1)
        value = measure(means(x, cells), means(y, cells), weights)
        return value, n, np.broadcast_to(w, weights.shape).sum(axis=-1) - n
    if level == "partial":
        x, y = _residuals(x, cells), _residuals(y, cells)
    weights = cells * w[..., None, :]
    shape = (*np.broadcast_shapes(x.shape, weights.shape)[:-2], -1)
    flat = [np.broadcast_to(a, np.broadcast_shapes(x.shape, weights.shape)).reshape(shape) for a in (x, y, weights)]
    n = flat[2].sum(axis=-1)
    return measure(*flat), n, np.zeros(n.shape)


def check(level: Level, coefficient: Coefficient) -> None:
    """Refuse the one combination that has no definition."""
    if level == "partial" and coefficient == "kendall":
        raise InputError(
            "partial correlation is defined for pearson and spearman, not for kendall: "
            "choose another level or coefficient"
        )


def means(x: Floats, cells: Floats) -> Floats:
    """Mean of each system over its documents, NaN where it has none; equal means are ties."""
    return settle(_quotient((x * cells).sum(axis=-2), cells.sum(axis=-2)), _scale(x)[..., 0, :])


def _residuals(x: Floats, cells: Floats) -> Floats:
    """What is left of each summary's score when its system's mean is taken off."""
    means = _quotient((x * cells).sum(axis=-2), cells.sum(axis=-2))
    return settle(np.where(cells > 0, x - means[..., None, :], 0.0), _scale(x))


def _scale(x: Floats) -> Floats:
    return np.asarray(np.max(np.abs(x), axis=(-2, -1), keepdims=True, initial=0.0))


def _quotient(sums: Floats, counts: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(counts > 0, sums / counts, np.nan))
