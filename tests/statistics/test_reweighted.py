"""The matrix products against resamples that are really drawn, row by row."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.statistics.correlation import COEFFICIENTS, LEVELS, Coefficient, Level
from bench.statistics.levels import at_level
from bench.statistics.metatests import OVER, bootstrap
from bench.statistics.reweighted import reweighted

Floats = NDArray[np.float64]
POSSIBLE = [(level, c) for level in LEVELS for c in COEFFICIENTS if (level, c) != ("partial", "kendall")]
SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}


def some_grids(seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Metrics and humans, some with gaps of their own, and seven weightings of documents and systems."""
    rng = np.random.default_rng(seed)
    documents, systems = int(rng.integers(1, 9)), int(rng.integers(1, 7))
    x = rng.normal(size=(documents, systems, 5)).round(seed % 3)
    y = rng.integers(0, 4, size=(documents, systems, 3)) / 3.0
    if seed % 2:
        x[rng.random(x.shape) < 0.2] = np.nan
        y[rng.random(y.shape) < 0.1] = np.nan
        x[:, :, 1] = np.where(np.isnan(x[:, :, 0]), np.nan, rng.normal(size=(documents, systems)))
    v = rng.multinomial(documents, np.ones(documents) / documents, size=7).astype(np.float64)
    w = rng.multinomial(systems, np.ones(systems) / systems, size=7).astype(np.float64)
    return x, y, v, w


@pytest.mark.parametrize(("level", "coefficient"), POSSIBLE)
def test_equal_to_one_pair_at_a_time(level: Level, coefficient: Coefficient) -> None:
    defined = 0
    for seed in range(12):
        x, y, v, w = some_grids(seed)
        value, units = reweighted(x, y, v, w, level=level, coefficient=coefficient)
        for metric, human in np.ndindex(5, 3):
            expected, n, _ = at_level(
                x[:, :, metric], y[:, :, human], level=level, coefficient=coefficient, documents=v, systems=w
            )
            np.testing.assert_allclose(value[:, metric, human], expected, atol=1e-10)
            np.testing.assert_array_equal(units[:, metric, human], n)
            defined += int((~np.isnan(expected)).sum())
    assert defined > 200


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_summary_level_equals_scipy_on_drawn_rows(coefficient: Coefficient) -> None:
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(6, 9, 2)), rng.integers(0, 5, size=(6, 9, 2)) / 2.0
    documents, systems = rng.integers(0, 6, 6), rng.integers(0, 9, 9)
    value, _ = reweighted(
        x, y, np.bincount(documents, minlength=6)[None] / 1.0, np.bincount(systems, minlength=9)[None] / 1.0,
        level="summary", coefficient=coefficient,
    )  # fmt: skip
    for metric, human in np.ndindex(2, 2):
        each = [SCIPY[coefficient](x[d, systems, metric], y[d, systems, human])[0] for d in documents]
        assert value[0, metric, human] == pytest.approx(np.mean(each), abs=1e-12)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_pooled_equals_scipy_on_drawn_rows(coefficient: Coefficient) -> None:
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(6, 5, 2)), rng.integers(0, 5, size=(6, 5, 2)) / 2.0
    documents, systems = rng.integers(0, 6, 6), rng.integers(0, 5, 5)
    value, units = reweighted(
        x, y, np.bincount(documents, minlength=6)[None] / 1.0, np.bincount(systems, minlength=5)[None] / 1.0,
        level="pooled", coefficient=coefficient,
    )  # fmt: skip
    rows = np.ix_(documents, systems)
    for metric, human in np.ndindex(2, 2):
        expected = SCIPY[coefficient](x[:, :, metric][rows].ravel(), y[:, :, human][rows].ravel())[0]
        assert value[0, metric, human] == pytest.approx(expected, abs=1e-12)
    assert (units == 30).all()


@pytest.mark.parametrize(("level", "coefficient"), POSSIBLE)
def test_block_size_moves_nothing(level: Level, coefficient: Coefficient, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, v, w = some_grids(3)
    whole, _ = reweighted(x, y, v, w, level=level, coefficient=coefficient)
    monkeypatch.setattr("bench.statistics.reweighted._CELLS", 60)
    np.testing.assert_allclose(reweighted(x, y, v, w, level=level, coefficient=coefficient)[0], whole, atol=1e-13)


def test_a_drawn_constant_side_is_undefined_exactly() -> None:
    """Two thirds are not whole numbers: their variance as a difference of sums would be rounding noise."""
    x = np.array([[1 / 3, 1 / 3, 1 / 3, 0.9]])[:, :, None]
    y = np.array([[0.1, 0.2, 0.4, 0.8]])[:, :, None]
    v, w = np.ones((1, 1)), np.array([[2.0, 1.0, 1.0, 0.0]])
    for level, coefficient in POSSIBLE:
        value, _ = reweighted(x, y, v, w, level=level, coefficient=coefficient)
        assert np.isnan(value[0, 0, 0]), (level, coefficient)


@pytest.mark.slow
def test_summeval_with_thirty_metrics_takes_under_a_minute() -> None:
    """All levels and coefficients, 1,000 resamples of documents and systems; processor time, not that of others."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 16, 30)), rng.integers(3, 16, size=(100, 16, 4)) / 3.0
    start = time.process_time()
    for level, coefficient in POSSIBLE:
        found = bootstrap(x, y, level=level, coefficient=coefficient, over="both", resamples=1000)
        assert (found.low < found.high).all()
    assert time.process_time() - start < 60.0


@pytest.mark.parametrize("over", OVER)
def test_intervals_lie_around_the_value(over: str) -> None:
    rng = np.random.default_rng(1)
    human = rng.normal(size=(30, 8, 1))
    metric = human + rng.normal(size=human.shape)
    for level, coefficient in POSSIBLE:
        found = bootstrap(metric, human, level=level, coefficient=coefficient, over=over, resamples=200, seed=3)  # type: ignore[arg-type]
        value = at_level(metric[:, :, 0], human[:, :, 0], level=level, coefficient=coefficient)[0]
        assert found.low[0, 0] < value < found.high[0, 0]
