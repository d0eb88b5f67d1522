"""Krippendorff's alpha: how far annotators agree, as the ceiling for any metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.statistics.correlation import Floats
from bench.statistics.metatests import draw_counts, percentiles

Scale = Literal["nominal", "ordinal", "interval"]
SCALES: tuple[Scale, ...] = ("nominal", "ordinal", "interval")


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha of one dimension."""

    value: float
    """1 full agreement, 0 what chance gives, below 0 less; NaN where no two answers of a unit can be
    compared, or all answers are the same (there is nothing to tell apart)."""
    low: float
    """Bootstrap interval over units, those of a document drawn together; NaN where there is none."""
    high: float
    units: int
    """Units with at least two answers; the others say nothing about agreement."""
    answers: int
    """Answers in these units."""


def krippendorff(
    ratings: Floats,
    documents: Sequence[str] | None = None,
    *,
    scale: Scale = "interval",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Alpha:
    """Krippendorff's alpha with a bootstrap interval.

    Args:
        ratings: shape (units, annotators), NaN where an annotator wasn't asked.
        documents: document of each unit, which the interval draws whole; ``None``: each has one of its own.
        scale: which answers count as near: ``nominal`` (same or not), ``ordinal`` (by rank),
            ``interval`` (by squared difference).

    Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability".

    >>> round(krippendorff(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 2.0]]), resamples=100).value, 4)
    0.7059
    """
    enough = (~np.isnan(ratings)).sum(axis=1) >= 2
    ratings = ratings[enough]
    values, found = np.unique(ratings[~np.isnan(ratings)], return_inverse=True)
    if not len(values):
        return Alpha(np.nan, np.nan, np.nan, 0, 0)
    counts = np.zeros((len(ratings), len(values)))
    np.add.at(counts, (np.nonzero(~np.isnan(ratings))[0], found), 1.0)
    clusters = np.arange(len(counts))
    if documents is not None:
        _, clusters = np.unique(np.asarray(documents, dtype=np.str_)[enough], return_inverse=True)
    drawn_units = int(clusters.max()) + 1
    generator = np.random.default_rng(seed)
    value = _alpha(np.ones((1, len(counts))), counts, values, scale)[0]
    drawn = np.full(resamples, np.nan)
    step = max(1, 2_000_000 // max(len(counts), len(values) ** 2))
    for start in range(0, resamples, step):
        part = slice(start, min(start + step, resamples))
        weights = draw_counts(generator, part.stop - start, drawn_units)[:, clusters]
        drawn[part] = _alpha(weights, counts, values, scale)
    low, high = percentiles(drawn, confidence, drawn_units, 1, "documents")
    return Alpha(float(value), low, high, len(counts), int(counts.sum()))


def _alpha(weights: Floats, counts: Floats, values: Floats, scale: Scale) -> Floats:
    """Alpha of each row of unit weights (resamples, units), from answer counts (units, values)."""
    answers = counts.sum(axis=1)
    totals = weights @ counts
    total = totals.sum(axis=1)
    distances = _distances(totals, values, scale)
    expected = np.einsum(
        "rc,rck,rk->r", totals, np.broadcast_to(distances, (len(totals), *distances.shape[1:])), totals
    )
    scaled = counts / (answers - 1)[:, None]
    if len(distances) == 1:
        observed = weights @ np.einsum("uc,ck,uk->u", scaled, distances[0], counts)
    else:
        coincidences = np.einsum("ru,uc,uk->rck", weights, scaled, counts, optimize=True)
        observed = (coincidences * distances).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, 1.0 - (total - 1) * observed / expected, np.nan))


def _distances(totals: Floats, values: Floats, scale: Scale) -> Floats:
    """Squared distance of any two answers: (1 or resamples, values, values)."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))[None]
    if scale == "interval":
        return np.asarray((values[:, None] - values[None, :]) ** 2)[None]
    # Ordinal: the answers from the one to the other, the two ends counting half.
    middle = np.cumsum(totals, axis=1) - totals / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)
