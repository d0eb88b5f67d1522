"""A probability for every claim from labels of whole summaries, and how far a probability can be trusted.

A summary is right when each of its claims is: its probability is the product of theirs. So a logistic regression of
claims can be fitted to labels of summaries (a "noisy and", as in multiple-instance learning).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST = 1e-9
"""Below this probability a mistake costs no more."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Summaries of one kind, each with the features of its claims."""

    features: Floats
    """(claims, k); a constant is one of them where there is an intercept."""
    owners: NDArray[np.int64]
    """(claims,): the summary of each claim, 0 to n - 1; every summary has one at least."""
    labels: Floats
    """(n,): 1 where people call the summary consistent, else 0."""


def log_probabilities(bags: Bags, weights: Floats) -> Floats:
    """The logarithm of each summary's probability: (n,)."""
    logs = -np.logaddexp(0, -bags.features @ weights)
    return np.bincount(bags.owners, logs, minlength=len(bags.labels)).astype(np.float64)


def log_loss(logs: Floats, labels: Floats) -> float:
    """Mean negative logarithm of what was thought of what came true, in nats, from logarithms of probabilities (n,)."""
    against = np.log(np.maximum(_LEAST, -np.expm1(logs)))
    return float(-np.where(labels > 0, logs, against).mean())


def fit(kinds: Sequence[Bags], *, prior: Floats, pull: Floats) -> Floats:
    """Weights (k,) with the least log loss; every kind of text counts alike, however many summaries it has.

    ``pull`` (k,): how strongly each weight is held at its ``prior``: ``pull · (weight - prior)²`` is added.

    >>> bags = Bags(np.ones((4, 1)), np.arange(4), np.array([1.0, 1.0, 1.0, 0.0]))
    >>> round(float(1 / (1 + np.exp(-fit([bags], prior=np.zeros(1), pull=np.zeros(1))[0]))), 3)
    0.75
    """
    from scipy.optimize import minimize

    def loss(weights: Floats) -> float:
        losses = [log_loss(log_probabilities(bags, weights), bags.labels) for bags in kinds]
        return float(np.mean(losses) + (pull * (weights - prior) ** 2).sum())

    return np.asarray(minimize(loss, prior, method="BFGS").x, dtype=np.float64)


def calibration_error(probabilities: Floats, labels: Floats, bins: int = 10) -> float:
    """Expected calibration error, 0 to 1: how far the mean probability is from the share that came true.

    Bins hold equally many (Nixon et al. 2019, "Measuring Calibration in Deep Learning", adaptive bins); with n
    summaries at most n / 10 bins, as fewer than ten say little. NaN without any.

    >>> round(calibration_error(np.full(40, 0.6), np.array([1.0] * 20 + [0.0] * 20), bins=1), 3)
    0.1
    """
    if not len(labels):
        return np.nan
    order = np.argsort(probabilities, kind="stable")
    parts = np.array_split(order, max(1, min(bins, len(labels) // 10)))
    gaps = [abs(probabilities[part].mean() - labels[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(labels))
