"""The bootstrap against scipy's, its coverage by simulation, and what must not move it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench import significance
from bench.significance import bootstrap_means


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_agrees_with_scipy(confidence: float) -> None:
    rng, resamples = np.random.default_rng(3), 20_000
    table = np.column_stack([rng.normal(5, 2, 40), rng.exponential(1, 40)])
    low, high = bootstrap_means(table, resamples=resamples, confidence=confidence, seed=1)
    theirs = stats.bootstrap(
        (table,), np.mean, axis=0, n_resamples=resamples, confidence_level=confidence, method="percentile", rng=2
    ).confidence_interval
    # Both ends are quantiles of random draws: five standard errors of the difference of two such quantiles.
    tail = (1 - confidence) / 2
    error = np.sqrt(2 * tail * (1 - tail) / resamples) / stats.norm.pdf(stats.norm.ppf(tail))
    allowed = 5 * error * table.std(axis=0) / np.sqrt(len(table))
    assert np.all(np.abs(low - theirs.low) < allowed)
    assert np.all(np.abs(high - theirs.high) < allowed)


def test_agrees_with_every_resample_there_is() -> None:
    """Of three values there are 27 resamples: the quantiles of their means are known."""
    values = np.array([0.0, 1.0, 5.0])
    every = np.array([(a + b + c) / 3 for a in values for b in values for c in values])
    low, high = bootstrap_means(values[:, None], resamples=50_000, confidence=0.8, seed=5)
    expected = np.percentile(np.repeat(every, 2000), [10, 90])
    assert [low[0], high[0]] == pytest.approx(expected, abs=1e-12)


def test_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    # 1,000 experiments are 1,000 columns: the rows of all are resampled together, each column is valid by itself.
    table = rng.normal(0.3, 1.0, (60, 1000))
    low, high = bootstrap_means(table, resamples=1000, confidence=0.9, seed=4)
    covered = np.mean((low <= 0.3) & (high >= 0.3))
    # The percentile interval is a little narrow for 60 examples: 0.89 expected; 4 standard errors are 0.04.
    assert 0.84 < covered < 0.93


def test_missing_values_take_no_part() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, 50)
    with_gaps = np.full(80, np.nan)
    with_gaps[rng.choice(80, 50, replace=False)] = values
    low, high = bootstrap_means(with_gaps[:, None], resamples=20_000)
    low_whole, high_whole = bootstrap_means(values[:, None], resamples=20_000)
    error = values.std() / np.sqrt(50)
    # The number of values in a resample varies, which widens the interval by a percent or two.
    assert low[0] == pytest.approx(low_whole[0], abs=0.15 * error)
    assert high[0] == pytest.approx(high_whole[0], abs=0.15 * error)


def test_a_column_does_not_move_the_others() -> None:
    rng = np.random.default_rng(6)
    table = rng.normal(0, 1, (20, 3))
    whole = bootstrap_means(table, resamples=500)
    gone = table.copy()
    gone[:, 1] = np.nan
    low, high = bootstrap_means(gone, resamples=500)
    assert np.isnan([low[1], high[1]]).all()
    for column in (0, 2):
        alone = bootstrap_means(table[:, [column]], resamples=500)
        for ends in ((low, high), whole):
            assert [end[column] for end in ends] == pytest.approx([end[0] for end in alone], abs=1e-12)


@pytest.mark.parametrize("values", [[np.nan], [1.0], [np.nan, 2.0, np.nan], [np.nan] * 4])
def test_fewer_than_two_values_have_no_interval(values: list[float]) -> None:
    low, high = bootstrap_means(np.array(values)[:, None], resamples=100)
    assert np.isnan([low[0], high[0]]).all()


def test_two_values_among_many_have_one_and_nothing_is_printed() -> None:
    column = np.full(40, np.nan)
    column[[3, 30]] = 1.0, 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = bootstrap_means(column[:, None], resamples=2000)
    assert (low[0], high[0]) == (1.0, 2.0)


def test_the_seed_decides() -> None:
    table = np.random.default_rng(7).normal(0, 1, (30, 2))
    first, again, other = (bootstrap_means(table, resamples=300, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("block", [1, 31, 100, 31 * 7, 31 * 299])
def test_memory_does_not_move_the_numbers(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(8).normal(0, 1, (31, 4))
    table[::5, 2] = np.nan
    whole = bootstrap_means(table, resamples=300, seed=9)
    monkeypatch.setattr(significance, "_BLOCK", block)
    # The draws are the same; the order in which a matrix product adds up is not.
    np.testing.assert_allclose(bootstrap_means(table, resamples=300, seed=9), whole, rtol=0, atol=1e-12)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8),
    st.floats(0.5, 0.99),
    st.integers(0, 5),
)
def test_the_interval_lies_within_the_values(values: list[float], confidence: float, seed: int) -> None:
    column = np.array(values)[:, None]
    low, high = bootstrap_means(column, resamples=100, confidence=confidence, seed=seed)
    slack = 1e-9 * (1 + np.abs(column).max())
    assert column.min() - slack <= low[0] <= high[0] <= column.max() + slack
    wider = bootstrap_means(column, resamples=100, confidence=0.995, seed=seed)
    assert wider[0][0] <= low[0]
    assert high[0] <= wider[1][0]
