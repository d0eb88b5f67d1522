"""Krippendorff's alpha against its author's worked example and a count of all pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.statistics.alpha import SCALES, Scale, krippendorff

Floats = NDArray[np.float64]
NO = np.nan
WORKED_EXAMPLE = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3],
        [NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO],
    ]
).T
"""Krippendorff (2011), section C: four observers, twelve units."""


@pytest.mark.parametrize(("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_published_example(scale: Scale, published: float) -> None:
    found = krippendorff(WORKED_EXAMPLE, scale=scale, resamples=300)
    assert found.value == pytest.approx(published, abs=0.0006)
    assert (found.units, found.answers) == (11, 40)
    assert found.low < found.value < found.high


def by_pairs(ratings: Floats, scale: Scale) -> float:
    """Disagreement of all pairs of answers of a unit over that of all pairs of answers whatever."""
    units = [unit[~np.isnan(unit)] for unit in ratings]
    units = [unit for unit in units if len(unit) > 1]
    answers = np.concatenate(units) if units else np.array([])

    def distance(a: float, b: float) -> float:
        if scale == "nominal":
            return float(a != b)
        if scale == "interval":
            return (a - b) ** 2
        low, high = min(a, b), max(a, b)
        between = ((answers >= low) & (answers <= high)).sum()
        return float(between - ((answers == low).sum() + (answers == high).sum()) / 2) ** 2

    observed = sum(distance(a, b) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2))
    expected = sum(distance(a, b) for a, b in itertools.permutations(answers, 2))
    return 1 - (len(answers) - 1) * observed / expected if expected else np.nan


def random_ratings(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 4, size=(8, 3)) * 1.5 + rng.integers(0, 2, size=(8, 1))
    ratings[rng.random(ratings.shape) < 0.2] = np.nan
    return ratings


@pytest.mark.parametrize("scale", SCALES)
def test_equal_to_all_pairs(scale: Scale) -> None:
    for seed in range(40):
        ratings = random_ratings(seed)
        found = krippendorff(ratings, scale=scale, resamples=2)
        assert found.value == pytest.approx(by_pairs(ratings, scale), abs=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_interval_is_that_of_drawn_units(scale: Scale, monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = random_ratings(1)
    ratings = ratings[(~np.isnan(ratings)).sum(axis=1) > 1]
    fixed = np.random.default_rng(0).multinomial(len(ratings), np.ones(len(ratings)) / len(ratings), size=50)
    monkeypatch.setattr("bench.statistics.alpha.draw_counts", lambda *_: fixed.astype(np.float64))
    found = krippendorff(ratings, scale=scale, resamples=50)
    drawn = np.array([by_pairs(np.repeat(ratings, times, axis=0), scale) for times in fixed])
    expected = np.percentile(drawn[~np.isnan(drawn)], [2.5, 97.5])
    assert [found.low, found.high] == pytest.approx(list(expected), abs=1e-9)


def test_full_agreement_and_none() -> None:
    full = np.repeat(np.arange(5.0)[:, None], 3, axis=1)
    assert krippendorff(full).value == 1.0
    noise = np.random.default_rng(0).integers(0, 5, size=(4000, 3)) / 1.0
    assert krippendorff(noise, resamples=10).value == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize(
    "ratings",
    [np.full((4, 2), 3.0), np.array([[1.0, np.nan], [np.nan, 2.0]]), np.full((3, 2), np.nan), np.empty((0, 3))],
    ids=["all the same", "no two answers", "nothing asked", "no units"],
)
def test_undefined_is_never_zero(ratings: Floats) -> None:
    found = krippendorff(ratings, resamples=10)
    assert np.isnan([found.value, found.low, found.high]).all()


def test_ordinal_knows_order_alone() -> None:
    ratings = random_ratings(2)
    assert krippendorff(np.exp(ratings), scale="ordinal", resamples=5).value == pytest.approx(
        krippendorff(ratings, scale="ordinal", resamples=5).value, abs=1e-12
    )
