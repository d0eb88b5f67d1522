"""Coefficients against SciPy, on random data with ties, gaps and repeats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from bench.errors import InputError
from bench.statistics.correlation import centred_ranks, grid, kendall, pearson, settle, spearman

Floats = NDArray[np.float64]
TWINS = [(pearson, stats.pearsonr), (spearman, stats.spearmanr), (kendall, stats.kendalltau)]
coefficients = pytest.mark.parametrize(("ours", "scipy_says"), TWINS, ids=["pearson", "spearman", "kendall"])


def random_sides(seed: int, gaps: bool) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 30))
    x, y = rng.integers(0, 6, n) / 3.0, rng.normal(size=n).round(int(rng.integers(0, 3)))
    if gaps:
        x[rng.random(n) < 0.2] = np.nan
        y[rng.random(n) < 0.2] = np.nan
    return x, y


def twin(scipy_says: Callable[..., tuple[float, float]], x: Floats, y: Floats) -> float:
    """SciPy's value of the complete pairs; NaN where it is undefined or there are fewer than three."""
    there = ~(np.isnan(x) | np.isnan(y))
    x, y = x[there], y[there]
    if len(x) < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        return np.nan
    return scipy_says(x, y)[0]


@coefficients
@pytest.mark.parametrize("gaps", [False, True])
def test_equal_to_scipy(
    ours: Callable[..., Floats], scipy_says: Callable[..., tuple[float, float]], gaps: bool
) -> None:
    undefined = 0
    for seed in range(200):
        x, y = random_sides(seed, gaps)
        expected = twin(scipy_says, x, y)
        undefined += int(np.isnan(expected))
        assert ours(x, y) == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert undefined < 100


@coefficients
def test_a_weight_is_a_repetition(ours: Callable[..., Floats], scipy_says: Callable[..., tuple[float, float]]) -> None:
    for seed in range(200):
        x, y = random_sides(seed, gaps=True)
        times = np.random.default_rng(seed + 1).integers(0, 4, len(x))
        expected = twin(scipy_says, np.repeat(x, times), np.repeat(y, times))
        assert ours(x, y, times.astype(np.float64)) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@coefficients
def test_leading_axes_broadcast(ours: Callable[..., Floats], scipy_says: Callable[..., tuple[float, float]]) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(4, 1, 9)), rng.normal(size=(3, 9))
    found = ours(x, y)
    assert found.shape == (4, 3)
    for place in np.ndindex(4, 3):
        assert found[place] == pytest.approx(scipy_says(x[place[0], 0], y[place[1]])[0], abs=1e-12)


@coefficients
@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.1, 0.1, 0.1, 0.1], [1.0, 2.0, 3.0, 4.0]),
        ([1.0, 2.0, 3.0, 4.0], [0.3, 0.3, 0.3, 0.3]),
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0, np.nan, 3.0], [1.0, 2.0, 3.0, np.nan]),
        ([np.nan] * 4, [1.0, 2.0, 3.0, 4.0]),
    ],
    ids=["constant", "constant people", "two", "two after dropping", "nothing"],
)
def test_undefined_is_never_zero(
    ours: Callable[..., Floats], scipy_says: Callable[..., tuple[float, float]], x: list[float], y: list[float]
) -> None:
    assert np.isnan(ours(np.array(x), np.array(y)))


def test_kendall_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 9, 101) / 1.0, rng.normal(size=101)
    monkeypatch.setattr("bench.statistics.correlation._CELLS", 700)
    assert kendall(x, y) == pytest.approx(stats.kendalltau(x, y)[0], abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, 8, elements=st.integers(-5, 5)), arrays(np.float64, 8, elements=st.integers(-5, 5)))
def test_properties(x: Floats, y: Floats) -> None:
    for ours, _ in TWINS:
        found = float(ours(x, y))
        assert float(ours(y, x)) == pytest.approx(found, abs=1e-12, nan_ok=True)
        assert float(ours(-x, y)) == pytest.approx(-found, abs=1e-12, nan_ok=True)
        assert np.isnan(found) or -1.0 <= found <= 1.0
    for by_rank in (spearman, kendall):
        assert float(by_rank(np.exp(x), y)) == pytest.approx(float(by_rank(x, y)), abs=1e-12, nan_ok=True)


def test_ranks_are_scipys_less_their_mean() -> None:
    rng = np.random.default_rng(4)
    x = rng.integers(0, 5, size=(3, 12)).astype(np.float64)
    assert np.array_equal(centred_ranks(x, np.ones(12)), stats.rankdata(x, axis=1) - 6.5)


def test_settling_makes_ties_of_rounding_noise_alone() -> None:
    values = np.array([1 / 3, 1 / 3 + 1e-16, 1 / 3 + 1e-9])
    settled = settle(values, np.array(1.0))
    assert settled[0] == settled[1] != settled[2]
    assert settled == pytest.approx(values, abs=1e-12)


def test_grid() -> None:
    found = grid(["d2", "d1", "d2"], ["a", "a", "b"], np.array([[1.0, 4.0], [2.0, np.nan], [3.0, 6.0]]))
    assert (found.documents, found.systems) == (("d2", "d1"), ("a", "b"))
    assert np.array_equal(found.values[:, :, 0], [[1.0, 3.0], [2.0, np.nan]], equal_nan=True)
    assert np.array_equal(found.values[:, :, 1], [[4.0, 6.0], [np.nan, np.nan]], equal_nan=True)


def test_grid_refuses_two_rows_for_one_summary() -> None:
    with pytest.raises(InputError, match=r"2 rows for document 'd' and system 'b'"):
        grid(["d", "d", "d"], ["a", "b", "b"], np.ones((3, 1)))
