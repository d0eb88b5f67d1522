"""How well decisions at a threshold tell summaries of one label from those of the other, row by weighted row."""

from __future__ import annotations

import numpy as np

from bench.statistics.correlation import Floats


def balanced_accuracy_and_f1(told: Floats, positive: Floats, weights: Floats) -> Floats:
    """Balanced accuracy, and the F1 of the positive label.

    Args:
        told: shape (n,): 1 where the row is told to be positive, 0 where not; NaN: not told, left out.
        positive: shape (n,): its label, 1 or 0; NaN: none, left out.
        weights: shape (resamples, n): how often each row counts.

    Returns:
        Shape (resamples, 2), 0 to 1. Balanced accuracy (the mean of the shares of positives and of negatives
        that are told) is NaN where a label doesn't occur; F1 is NaN without positives, told or true.

    >>> balanced_accuracy_and_f1(np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0]), np.ones((1, 3))).tolist()
    [[0.25, 0.5]]
    """
    there = ~(np.isnan(told) | np.isnan(positive))
    yes, good = told[there] == 1, positive[there] == 1
    hit, missed, wrong, right = ((weights[:, there] * kind).sum(axis=1) for kind in (
        yes & good, ~yes & good, yes & ~good, ~yes & ~good))  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        accuracy = (hit / (hit + missed) + right / (right + wrong)) / 2
        f1 = 2 * hit / (2 * hit + missed + wrong)
    return np.stack([accuracy, f1], axis=1)
