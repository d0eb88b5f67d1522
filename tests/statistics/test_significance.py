"""The bootstrap and its bounds against scipy and slow twins, and what must not move them."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from bench.statistics import significance
from bench.statistics.significance import detectable_drop, ends_of, examples_needed, holm, resample_means


def interval_of(
    values: NDArray[np.float64], *, resamples: int = 20_000, confidence: float = 0.95, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return resample_means(values, resamples=resamples, seed=seed).interval(confidence)


def test_the_resamples_are_rubins_bayesian_bootstrap() -> None:
    """Dirichlet weights: the moments of their means are known, and scipy draws the same quantiles."""
    values = np.random.default_rng(3).exponential(1, 40)
    found = resample_means(values[:, None], resamples=20_000).resampled[:, 0]
    assert found.mean() == pytest.approx(values.mean(), abs=5 * values.std() / np.sqrt(41 * 20_000))
    assert found.var() == pytest.approx(values.var() / 41, rel=0.05)
    theirs = stats.dirichlet(np.ones(40)).rvs(20_000, random_state=4) @ values
    tails = [0.5, 2.5, 50, 97.5, 99.5]
    assert np.percentile(found, tails) == pytest.approx(np.percentile(theirs, tails), abs=0.08 * values.std() / 6)


@pytest.mark.parametrize(("n", "lost"), [(10, 0), (60, 0), (60, 1), (200, 3), (500, 0), (500, 9)])
def test_of_two_values_the_bound_is_clopper_and_pearsons(n: int, lost: int) -> None:
    """Examples lose all or nothing: the probability of so few losses, were the true share the margin."""
    values = np.where(np.arange(n) < lost, -1.0, 0.0)[:, None]
    found = resample_means(values, resamples=20_000)
    for margin in (0.005, 0.01, 0.03, 0.1):
        p = found.p_above_lost(np.array([-margin]), np.array([-1.0]))[0]
        exact = stats.binom.cdf(lost, n, margin)
        assert p == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-4)


def test_the_bound_against_its_definition() -> None:
    """The mean of the worst value and the sorted ones, weighted by the gaps between sorted uniform draws."""
    rng = np.random.default_rng(8)
    values, worst = rng.normal(0, 0.1, 30), -0.7
    steps = np.diff(np.sort(rng.uniform(size=(40_000, 30)), axis=1), axis=1, prepend=0, append=1)
    means = steps @ np.concatenate([[worst], np.sort(values)])
    found = resample_means(values[:, None], resamples=20_000)
    for threshold in (-0.15, -0.08, -0.05, 0.0):
        p = found.p_above_lost(np.array([threshold]), np.array([worst]))[0]
        expected = (means <= threshold).mean()
        assert p == pytest.approx(expected, abs=5 * np.sqrt(expected * (1 - expected) / 13_000) + 1e-4)


@given(st.floats(-1, 0), st.floats(0, 1), st.integers(0, 5))
def test_what_may_be_lost_makes_it_harder_to_show(worst: float, more: float, seed: int) -> None:
    found = resample_means(paired(20, seed=seed), resamples=500)
    threshold = np.array([-0.05])
    assert found.p_above_lost(threshold, np.array([worst - more]))[0] >= found.p_above_lost(threshold, [worst])[0]


def test_missing_values_take_no_part() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, 50)
    with_gaps = np.full(80, np.nan)
    with_gaps[rng.choice(80, 50, replace=False)] = values
    error = values.std() / np.sqrt(50)
    for end, whole in zip(interval_of(with_gaps[:, None]), interval_of(values[:, None]), strict=True):
        assert end[0] == pytest.approx(whole[0], abs=0.1 * error)


def test_a_column_does_not_move_the_others() -> None:
    rng = np.random.default_rng(6)
    table = rng.normal(0, 1, (20, 3))
    whole = interval_of(table, resamples=500)
    gone = table.copy()
    gone[:, 1] = np.nan
    low, high = interval_of(gone, resamples=500)
    assert np.isnan([low[1], high[1]]).all()
    for column in (0, 2):
        alone = interval_of(table[:, [column]], resamples=500)
        for ends in ((low, high), whole):
            assert [end[column] for end in ends] == pytest.approx([end[0] for end in alone], abs=1e-12)


@pytest.mark.parametrize("values", [[np.nan], [1.0], [np.nan, 2.0, np.nan], [np.nan] * 4])
def test_fewer_than_two_values_have_no_interval(values: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = interval_of(np.array(values)[:, None], resamples=500)
    assert np.isnan([low[0], high[0]]).all()


def test_the_seed_decides() -> None:
    table = np.random.default_rng(7).normal(0, 1, (30, 2))
    first, again, other = (interval_of(table, resamples=500, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("block", [1, 31, 100, 31 * 7, 31 * 499])
def test_memory_does_not_move_the_numbers(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(8).normal(0, 1, (31, 4))
    table[::5, 2] = np.nan
    whole = interval_of(table, resamples=500, seed=9)
    monkeypatch.setattr(significance, "_BLOCK", block)
    # The draws are the same; the order in which a matrix product adds up is not.
    np.testing.assert_allclose(interval_of(table, resamples=500, seed=9), whole, rtol=0, atol=1e-12)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8),
    st.floats(0.5, 0.95),
    st.integers(0, 5),
)
def test_the_interval_holds_the_mean_and_students(values: list[float], confidence: float, seed: int) -> None:
    column = np.array(values)[:, None]
    low, high = interval_of(column, resamples=500, confidence=confidence, seed=seed)
    slack = 1e-9 * (1 + np.abs(column).max())
    half = stats.t.isf((1 - confidence) / 2, len(values) - 1) * stats.sem(values)
    assert low[0] <= column.mean() - half + slack
    assert high[0] >= column.mean() + half - slack
    wider = interval_of(column, resamples=500, confidence=0.96, seed=seed)
    assert wider[0][0] <= low[0] + slack
    assert high[0] <= wider[1][0] + slack


def test_where_scales_end() -> None:
    nan = np.nan
    table = np.array([[0.0, 0.3, -0.1, 2.0, nan, 1.0], [1.0, nan, 0.5, 0.0, nan, 1.0]])
    assert [ends.tolist() for ends in ends_of(table)] == [
        [0.0, 0.0, -np.inf, 0.0, 0.0, 0.0],
        [1.0, 1.0, np.inf, np.inf, 1.0, 1.0],
    ]


def paired(n: int, mean: float = 0.0, seed: int = 0, columns: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(mean, 0.1, (n, columns))


@pytest.mark.parametrize("n", [5, 12, 60, 400])
def test_means_errors_and_p_values_are_near_student(n: int) -> None:
    """For normal values the t test is right, and ours is never far from it, nor surer."""
    table = paired(n, mean=-0.02, seed=n, columns=40)
    found = resample_means(table, resamples=20_000, seed=1)
    thresholds = np.full(40, -0.01)
    theirs = stats.ttest_1samp(table, -0.01, alternative="less")
    assert found.mean == pytest.approx(table.mean(axis=0), abs=1e-12)
    assert found.standard_error == pytest.approx(stats.sem(table), rel=1e-12)
    assert found.resampled.std(axis=0) == pytest.approx(stats.sem(table) * np.sqrt((n - 1) / (n + 1)), rel=0.03)
    for p, expected in (
        (found.p_below(thresholds), theirs.pvalue),
        (found.p_above(thresholds), 1 - theirs.pvalue),
    ):
        assert np.all(p >= expected - 1e-12)
        # Few values may hide a skew: the more careful of the two counts.
        assert np.all(p <= expected + {5: 0.5, 12: 0.35, 60: 0.2, 400: 0.08}[n])
    low, high = found.interval(0.95)
    interval = stats.ttest_1samp(table, 0).confidence_interval(0.95)
    width = interval.high - interval.low
    assert np.all(low <= interval.low + 1e-12)
    assert np.all(high >= interval.high - 1e-12)
    assert np.all(high - low <= {5: 4.5, 12: 2.2, 60: 1.4, 400: 1.15}[n] * width)


def test_the_interval_covers_scipys_bootstrap() -> None:
    values = np.random.default_rng(2).exponential(1.0, 30)
    low, high = resample_means(values[:, None], resamples=20_000).interval(0.95)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=3).confidence_interval
    # Of 30 skewed values the upper end lies well outside: that is where scipy's misses.
    assert low[0] < theirs.low < values.mean() < theirs.high < high[0]
    assert high[0] - low[0] < 1.7 * (theirs.high - theirs.low)


@given(st.integers(0, 1000), st.floats(0.5, 0.98))
def test_the_interval_and_the_p_values_agree(seed: int, confidence: float) -> None:
    """A threshold outside the interval is rejected at that level, one inside isn't."""
    found = resample_means(paired(15, seed=seed), resamples=10_000, seed=seed)
    low, high = (float(end[0]) for end in found.interval(confidence))
    tail = (1 - confidence) / 2
    step = 0.02 * (high - low)
    for threshold, p in ((high + step, found.p_below), (low - step, found.p_above)):
        assert p(np.array([threshold]))[0] <= tail * 1.001
    for threshold, p in ((high - step, found.p_below), (low + step, found.p_above)):
        assert p(np.array([threshold]))[0] >= tail * 0.999


def slow_cluster_bootstrap(
    values: NDArray[np.float64], clusters: list[str], resamples: int, seed: int
) -> NDArray[np.float64]:
    """The same in the plainest way: draw documents, put their values together, take the mean."""
    rng = np.random.default_rng(seed)
    names = sorted(set(clusters))
    by_cluster = {name: [v for v, c in zip(values, clusters, strict=True) if c == name and v == v] for name in names}
    means = []
    for _ in range(resamples):
        drawn = [value for name in rng.choice(names, len(names)) for value in by_cluster[name]]
        means.append(np.mean(drawn))
    return np.array(means)


def test_clusters_against_a_slow_twin() -> None:
    rng = np.random.default_rng(7)
    clusters = [f"d{index}" for index in range(25) for _ in range(1 + index % 4)]
    shared = {name: rng.normal(0, 1) for name in dict.fromkeys(clusters)}
    values = np.array([shared[name] + rng.normal(0, 0.3) for name in clusters])
    values[::9] = np.nan
    found = resample_means(values[:, None], clusters, resamples=20_000, seed=3)
    slow = slow_cluster_bootstrap(values, clusters, 6000, seed=4)
    present = ~np.isnan(values)
    assert found.mean[0] == pytest.approx(values[present].mean())
    assert found.clusters[0] == len({c for c, here in zip(clusters, present, strict=True) if here})
    assert found.resampled.std() == pytest.approx(slow.std(), rel=0.04)
    tails = [2.5, 25, 50, 75, 97.5]
    assert np.percentile(found.resampled, tails) == pytest.approx(np.percentile(slow, tails), abs=0.06 * slow.std())
    # The linearised standard error, from its formula, one cluster at a time.
    squares = 0.0
    for name in sorted(set(clusters)):
        mine = [v - values[present].mean() for v, c in zip(values, clusters, strict=True) if c == name and v == v]
        squares += sum(mine) ** 2
    groups = found.clusters[0]
    expected = np.sqrt(groups / (groups - 1) * squares) / present.sum()
    assert found.standard_error[0] == pytest.approx(expected, rel=1e-12)
    assert found.standard_error[0] == pytest.approx(slow.std(), rel=0.12)
    # Taken one by one the values would look far surer than they are.
    assert resample_means(values[:, None]).standard_error[0] < 0.8 * expected


def test_copies_of_a_document_count_once() -> None:
    values = paired(30, seed=8)
    once = resample_means(values, [str(index) for index in range(30)], resamples=4000)
    ten = resample_means(np.repeat(values, 10, axis=0), [str(index) for index in range(30) for _ in range(10)],
                         resamples=4000)  # fmt: skip
    assert ten.standard_error == pytest.approx(once.standard_error)
    assert ten.clusters == once.clusters == 30
    np.testing.assert_allclose(ten.resampled, once.resampled, atol=1e-12)


def test_more_clusters_than_are_resampled() -> None:
    """Above 4,000 clusters the resamples come from random groups: mean, error and count are of all."""
    rng = np.random.default_rng(9)
    values = rng.exponential(1.0, (9001, 3))
    values[:50, 1] = np.nan
    found = resample_means(values, resamples=4000)
    assert found.mean == pytest.approx(np.nanmean(values, axis=0))
    assert found.standard_error == pytest.approx(stats.sem(values, nan_policy="omit"), rel=1e-3)
    assert list(found.clusters) == [9001, 8951, 9001]
    assert found.resampled.std(axis=0) == pytest.approx(found.standard_error, rel=0.06)
    assert abs(found.resampled.mean(axis=0) - found.mean).max() < 0.1 * found.standard_error.max()


@given(
    st.lists(st.floats(-1, 1).map(lambda x: round(x, 6)), min_size=2, max_size=12),
    st.floats(-10, 10),
    st.floats(0.01, 50),
)
def test_shifting_scaling_and_mirroring(values: list[float], shift: float, scale: float) -> None:
    column = np.array(values)[:, None]
    plain = resample_means(column, resamples=500)
    other = resample_means(shift + scale * column, resamples=500)
    size = 1e-9 * (1 + abs(shift) + scale)
    assert other.mean == pytest.approx(shift + scale * plain.mean, abs=size)
    assert other.standard_error == pytest.approx(scale * plain.standard_error, abs=size)
    np.testing.assert_allclose(other.resampled, shift + scale * plain.resampled, atol=size)
    mirrored = resample_means(-column, resamples=500)
    np.testing.assert_allclose(mirrored.resampled, -plain.resampled, atol=1e-12)
    low, high = plain.interval(0.9)
    assert [-end[0] for end in reversed(mirrored.interval(0.9))] == pytest.approx([low[0], high[0]], abs=1e-9)
    assert mirrored.p_above(np.array([0.3])) == pytest.approx(plain.p_below(np.array([-0.3])), abs=1e-9)


def test_no_variance_is_certain() -> None:
    found = resample_means(np.full((8, 1), -0.05), resamples=1000)
    assert found.standard_error[0] < 1e-15
    for threshold, below, above in ((-0.04, 0.0, 1.0), (-0.06, 1.0, 0.0)):
        assert found.p_below(np.array([threshold]))[0] == pytest.approx(below, abs=1e-9)
        assert found.p_above(np.array([threshold]))[0] == pytest.approx(above, abs=1e-9)
    same = resample_means(np.zeros((8, 1)), resamples=1000)
    assert same.p_below(np.zeros(1))[0] > 0.5
    assert same.p_above(np.zeros(1))[0] > 0.5
    assert [end[0] for end in same.interval(0.95)] == [0.0, 0.0]


@pytest.mark.parametrize("column", [[np.nan] * 4, [np.nan, 1.0, np.nan, np.nan]])
def test_fewer_than_two_clusters_say_nothing(column: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = resample_means(np.array([column, [0.1, 0.2, 0.4, 0.3]]).T, resamples=500)
        p, (low, high) = found.p_below(np.zeros(2)), found.interval(0.9)
    assert np.isnan([p[0], low[0], high[0], found.standard_error[0]]).all()
    assert np.isfinite([p[1], low[1], high[1], found.standard_error[1]]).all()


@pytest.mark.parametrize("changed", [6, 8, 10, 14])
def test_few_changed_examples_are_not_oversold(changed: int) -> None:
    """All for the worse by chance: 1 in 2**changed, as often as coins fall so. The bootstrap alone says e**-changed."""
    values = np.zeros((200, 1))
    values[:changed] = -0.5
    found = resample_means(values, resamples=20_000)
    p = found.p_below(np.zeros(1))[0]
    sign_test = 0.5**changed
    assert 0.4 * sign_test < p < 3 * sign_test
    assert (found.resampled >= 0).mean() < 0.4 * sign_test


def test_a_large_drop_is_shown_among_many_values() -> None:
    """No p-value has a floor: the share of 20,000 resamples alone would end at 1 in 20,001."""
    p = resample_means(paired(200, mean=-0.05, seed=3), resamples=20_000).p_below(np.zeros(1))[0]
    assert p == pytest.approx(stats.ttest_1samp(paired(200, mean=-0.05, seed=3), 0, alternative="less").pvalue[0])
    assert p < 1e-8


@given(st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), max_size=12))
def test_holm_against_its_definition(p_values: list[float]) -> None:
    adjusted = holm(np.array(p_values))
    known = [index for index, p in enumerate(p_values) if p == p]
    for index, p in enumerate(p_values):
        if p != p:
            assert np.isnan(adjusted[index])
            continue
        # The step-down procedure itself: rejected at alpha while all smaller ones are.
        smaller = sorted(p_values[other] for other in known)
        rank = smaller.index(p)
        expected = min(1.0, max((len(known) - step) * smaller[step] for step in range(rank + 1)))
        assert adjusted[index] == pytest.approx(expected)
        assert adjusted[index] >= p


def test_holm_against_statsmodels() -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p_values = np.random.default_rng(1).uniform(size=50) ** 3
    assert holm(p_values) == pytest.approx(multitest.multipletests(p_values, method="holm")[1])


def test_holm_keeps_its_promise() -> None:
    """Over 30 true hypotheses, at least one is rejected in 5 % of the cases."""
    p_values = np.random.default_rng(2).uniform(size=(4000, 30))
    wrong = np.mean([(holm(row) <= 0.05).any() for row in p_values])
    assert wrong == pytest.approx(1 - (1 - 0.05 / 30) ** 30, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


@pytest.mark.parametrize(("n", "tests"), [(6, 1), (20, 30), (100, 1), (100, 30)])
def test_the_detectable_drop_against_simulated_t_tests(n: int, tests: int) -> None:
    alpha, margin, spread = 0.025 / tests, 0.01, 0.1
    drop = detectable_drop(spread / np.sqrt(n), n, margin, alpha, 0.8)
    values = np.random.default_rng(n).normal(-drop, spread, (n, 20_000))
    shown = np.mean(stats.ttest_1samp(values, -margin, alternative="less").pvalue <= alpha)
    assert shown == pytest.approx(0.8, abs=0.013)


@pytest.mark.parametrize("n", [2, 5, 30, 4000])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_detectable_drop_against_scipys_noncentral_t(n: int, power: float) -> None:
    effect = detectable_drop(1.0, n, 0.0, 0.01, power)
    assert stats.nct.sf(stats.t.isf(0.01, n - 1), n - 1, effect) == pytest.approx(power, abs=2e-3)


def test_the_detectable_drop_at_extreme_levels_is_finite() -> None:
    for n in (2, 3, 100_000):
        for power in (0.05, 0.9999):
            assert np.isfinite(detectable_drop(1.0, n, 0.0, 1e-9, power))


@pytest.mark.parametrize("margin", [0.02, 0.05, 0.1])
def test_documents_needed_against_simulated_t_tests(margin: float) -> None:
    spread, pilot = 0.1, 50
    needed = examples_needed(spread / np.sqrt(pilot), pilot, margin, 0.025, 0.8)
    values = np.random.default_rng(needed).normal(0, spread, (needed, 20_000))
    within = np.mean(stats.ttest_1samp(values, -margin, alternative="greater").pvalue <= 0.025)
    # One document more or less is up to 3 % of power where few are needed.
    assert 0.785 <= within <= 0.835
