"""Metrics as deciders: which of two summaries or systems is better, and which summaries are good.

Missing values are NaN and dropped pairwise. What can't be computed is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError
from bench.statistics.correlation import Floats, aligned, centred_ranks, merge_ties
from bench.statistics.levels import means
from bench.statistics.metatests import Over, Owners, draw_counts, draws, own, percentiles

PairLevel = Literal["summary", "system"]
Ties = Literal["half", "wrong"]
"""What a pair counts for that people order and the metric doesn't."""


@dataclass(frozen=True, slots=True)
class PairwiseAccuracy:
    """How often a metric orders two summaries of one document, or two systems, as people do."""

    accuracy: float
    """Over the pairs that people order: 0 to 1, chance 0.5 where a metric's tie is a half; NaN without such pairs."""
    low: float
    """Bootstrap interval; NaN where there is none."""
    high: float
    agree: int
    disagree: int
    tied_metric: int
    """People order them, the metric doesn't."""
    tied_human: int
    """The metric orders them, people don't."""
    tied_both: int

    @property
    def pairs(self) -> int:
        """All pairs with both scores."""
        return self.agree + self.disagree + self.tied_metric + self.tied_human + self.tied_both

    @property
    def accuracy_with_ties(self) -> float:
        """Over all pairs, a tie right where people tie too (Deutsch, Foster and Freitag 2023, "Ties Matter")."""
        return (self.agree + self.tied_both) / self.pairs if self.pairs else np.nan


def pairwise_accuracy(
    metric: Floats,
    human: Floats,
    *,
    level: PairLevel,
    over: Over = "both",
    owners: Owners | None = None,
    ties: Ties = "half",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> PairwiseAccuracy:
    """Count ordered pairs of summaries of the same document, or of systems by their means.

    Args:
        metric: shape (documents, systems), NaN where missing; higher is better.
        human: likewise.
        over: what the interval's bootstrap draws anew.
        owners: the documents of the rows and the systems of the columns; ``None``: each is one of its own.
        ties: a metric's tie of a pair that people order counts as a half, or as wrong (Falke et al. 2019,
            "Ranking Generated Summaries by Correctness", whose pairs are two summaries of a document).

    Scores within 1e-12 of their size are ties.

    >>> scores = np.array([[1.0, 2.0, 2.0]])
    >>> found = pairwise_accuracy(scores, np.array([[1.0, 2.0, 3.0]]), level="summary")
    >>> found.agree, found.tied_metric, round(found.accuracy, 4)
    (2, 1, 0.8333)
    """
    metric, human, owners = merge_ties(metric), merge_ties(human), owners or own(metric)
    documents, systems = metric.shape
    once = np.ones((1, documents)), np.ones((1, systems))
    counts = _pair_counts(metric, human, level, *once)[0]
    drawn = np.full(resamples, np.nan)
    for part, v, w in draws(owners, over, resamples, seed):
        drawn[part] = _accuracy(_pair_counts(metric, human, level, v, w), ties)
    low, high = percentiles(drawn, confidence, *owners.counts, over)
    return PairwiseAccuracy(float(_accuracy(counts, ties)), low, high, *(int(count) for count in counts))


def roc_auc(scores: Floats, positive: Floats, weights: Floats | None = None) -> Floats:
    """Area under the ROC curve along the last axis: the chance that a positive scores above a negative.

    Args:
        scores: shape (..., n), NaN where missing; ties count as a half.
        positive: 1 or 0 (NaN where there is no label), shape (..., n).
        weights: how often each counts; ``None``: once.

    Returns:
        Shape (...), 0 to 1; NaN where one of the labels doesn't occur.

    Source: Hanley and McNeil (1982), "The Meaning and Use of the Area under a ROC Curve".

    >>> float(roc_auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])))
    0.875
    """
    x, labels, w = aligned(scores, positive, weights)
    good = (w * labels).sum(axis=-1)
    bad = w.sum(axis=-1) - good
    with np.errstate(invalid="ignore", divide="ignore"):
        area = 0.5 + (w * labels * centred_ranks(x, w)).sum(axis=-1) / (good * bad)
    return np.asarray(np.where((good > 0) & (bad > 0), area, np.nan))


@dataclass(frozen=True, slots=True)
class Classification:
    """How well a metric tells summaries with one binary label from those with the other."""

    auc: float
    """Over all rows, 0 to 1, chance 0.5."""
    auc_low: float
    auc_high: float
    threshold: float
    """A score at or above it counts as positive; chosen on the choosing rows alone."""
    balanced_accuracy: float
    """Mean of the shares of positives and of negatives that are told, on the testing rows alone; chance 0.5."""
    low: float
    """Its bootstrap interval over documents of the testing rows, the threshold kept."""
    high: float
    positives: int
    negatives: int


def classify(
    scores: Floats,
    positive: Floats,
    documents: Sequence[str],
    *,
    chosen_on: NDArray[np.bool_],
    tested_on: NDArray[np.bool_],
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Classification:
    """AUC over all rows, and balanced accuracy at a threshold that the testing rows had no part in.

    Args:
        scores: shape (n,), higher is better, NaN where missing.
        positive: shape (n,), 1 or 0, NaN where there is no label.
        documents: document of each row; intervals draw whole documents.
        chosen_on: rows on which the threshold is chosen, shape (n,).
        tested_on: rows on which it is tested; none of the former.

    Raises:
        InputError: a label that is neither 1 nor 0, or a row in both parts.
    """
    if not np.isin(positive[~np.isnan(positive)], (0.0, 1.0)).all():
        raise InputError("ROC AUC needs labels that are 1 or 0")
    if (chosen_on & tested_on).any():
        raise InputError("the threshold is chosen on rows that it is tested on: choose another split")
    there = ~(np.isnan(scores) | np.isnan(positive))
    threshold = choose_threshold(scores[there & chosen_on], positive[there & chosen_on])
    _, clusters = np.unique(np.asarray(documents, dtype=np.str_), return_inverse=True)
    units = int(clusters.max(initial=-1)) + 1
    generator = np.random.default_rng(seed)
    areas, accuracies = np.full(resamples, np.nan), np.full(resamples, np.nan)
    step = max(1, 2_000_000 // max(1, len(scores)))
    for start in range(0, resamples, step):
        part = slice(start, min(start + step, resamples))
        weights = draw_counts(generator, part.stop - start, units)[:, clusters]
        areas[part] = roc_auc(scores, positive, weights)
        accuracies[part] = balanced_accuracy(scores, positive, threshold, weights * tested_on)
    auc_low, auc_high = percentiles(areas, confidence, units, 1, "documents")
    tested = len(set(clusters[there & tested_on]))
    low, high = percentiles(accuracies, confidence, tested, 1, "documents")
    return Classification(
        auc=float(roc_auc(scores, positive)),
        auc_low=auc_low,
        auc_high=auc_high,
        threshold=threshold,
        balanced_accuracy=float(balanced_accuracy(scores, positive, threshold, tested_on.astype(np.float64))),
        low=low,
        high=high,
        positives=int((positive[there] == 1).sum()),
        negatives=int((positive[there] == 0).sum()),
    )


def balanced_accuracy(scores: Floats, positive: Floats, threshold: float, weights: Floats | None = None) -> Floats:
    """Mean of sensitivity and specificity along the last axis, at or above the threshold being positive.

    >>> float(balanced_accuracy(np.array([0.1, 0.4, 0.6]), np.array([0.0, 1.0, 1.0]), 0.5))
    0.75
    """
    x, labels, w = aligned(scores, positive, weights)
    good, bad = (w * labels).sum(axis=-1), (w * (1 - labels)).sum(axis=-1)
    above = x >= threshold
    with np.errstate(invalid="ignore", divide="ignore"):
        found = ((w * labels * above).sum(axis=-1) / good + (w * (1 - labels) * ~above).sum(axis=-1) / bad) / 2
    return np.asarray(np.where((good > 0) & (bad > 0) & ~np.isnan(threshold), found, np.nan))


def choose_threshold(scores: Floats, positive: Floats) -> float:
    """The threshold with the highest balanced accuracy: halfway between two neighbouring scores.

    The lowest of several equally good ones. NaN where one of the labels doesn't occur.

    >>> choose_threshold(np.array([0.1, 0.3, 0.5]), np.array([0.0, 0.0, 1.0]))
    0.4
    """
    good, bad = (positive == 1).sum(), (positive == 0).sum()
    if not good or not bad:
        return np.nan
    values, place = np.unique(scores, return_inverse=True)
    goods = np.bincount(place, weights=positive == 1, minlength=len(values))
    bads = np.bincount(place, weights=positive == 0, minlength=len(values))
    kept = (good - np.concatenate([[0], np.cumsum(goods)[:-1]])) / good
    told = np.concatenate([[0], np.cumsum(bads)[:-1]]) / bad
    best = int(np.argmax(kept + told))
    return float(values[0] if best == 0 else (values[best - 1] + values[best]) / 2)


def _pair_counts(metric: Floats, human: Floats, level: PairLevel, v: Floats, w: Floats) -> Floats:
    """Agree, disagree, tied by the metric, by people, by both: (resamples, 5); a system is no pair with itself."""
    if level == "system":
        there = ~(np.isnan(metric) | np.isnan(human))
        cells = v[:, :, None] * there
        metric, human = (means(np.where(there, x, 0.0), cells) for x in (metric, human))
    first, second = np.triu_indices(metric.shape[1], 1)
    by_metric, by_human = (np.sign(x[:, first] - x[:, second]) for x in (metric, human))
    known = ~(np.isnan(by_metric) | np.isnan(by_human))
    kinds = (
        known & (by_metric * by_human > 0),
        known & (by_metric * by_human < 0),
        known & (by_metric == 0) & (by_human != 0),
        known & (by_metric != 0) & (by_human == 0),
        known & (by_metric == 0) & (by_human == 0),
    )
    pairs = w[:, first] * w[:, second]
    if level == "system":
        return np.stack([(kind * pairs).sum(axis=1) for kind in kinds], axis=1)
    return np.stack([((v @ kind) * pairs).sum(axis=1) for kind in kinds], axis=1)


def _accuracy(counts: Floats, ties: Ties) -> Floats:
    agree, disagree, tied = counts[..., 0], counts[..., 1], counts[..., 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((agree + (tied / 2 if ties == "half" else 0.0)) / (agree + disagree + tied))
