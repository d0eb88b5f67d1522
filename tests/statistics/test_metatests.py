"""Bootstrap, permutation and Williams' test against brute force, SciPy, published examples and simulated nulls."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.statistics.correlation import Coefficient, Level
from bench.statistics.levels import at_level
from bench.statistics.metatests import (
    OVER,
    DifferenceTest,
    Over,
    bootstrap,
    bootstrap_test,
    draw_counts,
    draws,
    own,
    permutation_test,
    williams,
    williams_test,
)

Floats = NDArray[np.float64]


def judged(seed: int, documents: int = 12, systems: int = 6, gap: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Two metrics that know equally much about a human score."""
    rng = np.random.default_rng(seed)
    human = rng.normal(size=(documents, systems))
    first, second = (human + rng.normal(size=human.shape) for _ in range(2))
    for side in (first, second):
        side[rng.random(side.shape) < gap] = np.nan
    return first, second, human


def drawn_by_hand(x: Floats, y: Floats, v: Floats, w: Floats, level: Level, coefficient: Coefficient) -> float:
    """The value of a resample whose rows and columns are really repeated; partial keeps each system's name."""
    rows, columns = np.repeat(np.arange(len(v)), v.astype(int)), np.repeat(np.arange(len(w)), w.astype(int))
    return float(at_level(x[rows][:, columns], y[rows][:, columns], level=level, coefficient=coefficient)[0])


@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize(
    ("level", "coefficient"), [("summary", "kendall"), ("system", "spearman"), ("pooled", "pearson")]
)
def test_bootstrap_equals_really_drawn_grids(over: Over, level: Level, coefficient: Coefficient) -> None:
    x, _, y = judged(1, gap=0.1)
    found = bootstrap(
        x[:, :, None], y[:, :, None], level=level, coefficient=coefficient, over=over, resamples=60, seed=4
    )
    ((part, v, w),) = draws(own(x), over, 60, 4)
    expected = np.array([drawn_by_hand(x, y, v[i], w[i], level, coefficient) for i in range(60)])
    assert part == slice(0, 60)
    np.testing.assert_allclose(found.resampled[:, 0, 0], expected, atol=1e-12)
    known = expected[~np.isnan(expected)]
    assert [found.low[0, 0], found.high[0, 0]] == pytest.approx(list(np.percentile(known, [2.5, 97.5])), abs=1e-12)
    assert found.undefined[0, 0] == np.isnan(expected).sum()


def test_draws_keep_what_is_not_resampled() -> None:
    for over, kept in (("documents", 1), ("systems", 0)):
        for _, *weights in draws(own(np.ones((5, 4))), over, 20, 0):  # type: ignore[arg-type]
            assert (weights[kept] == 1).all()
            assert not (weights[1 - kept] == 1).all()
    counts = draw_counts(np.random.default_rng(0), 4000, 5)
    assert (counts.sum(axis=1) == 5).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(5), abs=0.06)


def test_bootstrap_agrees_with_scipys() -> None:
    """Percentile interval of Pearson's r over documents with one summary each, within sampling error."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=80)
    y = x + rng.normal(size=80)
    ours = bootstrap(
        x[:, None, None], y[:, None, None], level="pooled", coefficient="pearson", over="documents", resamples=6000
    )
    scipys = stats.bootstrap(
        (x, y), lambda a, b: stats.pearsonr(a, b)[0], paired=True, vectorized=False, method="percentile",
        n_resamples=3000, rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert ours.low[0, 0] == pytest.approx(scipys.low, abs=0.015)
    assert ours.high[0, 0] == pytest.approx(scipys.high, abs=0.015)


def test_one_unit_has_no_interval() -> None:
    x, second, y = judged(0, documents=40, systems=1)
    for over in ("systems", "both"):
        found = bootstrap(x[:, :, None], y[:, :, None], level="pooled", coefficient="pearson", over=over, resamples=50)  # type: ignore[arg-type]
        assert np.isnan([found.low[0, 0], found.high[0, 0]]).all()
        assert np.isnan(bootstrap_test(x, second, y, level="pooled", coefficient="pearson", over=over, resamples=50).p)  # type: ignore[arg-type]


def exact_p(first: Floats, second: Floats, human: Floats, level: Level, coefficient: Coefficient, over: Over) -> float:
    """Every possible exchange once, on standardised scores."""
    x, y = (stats.zscore(side, axis=None) for side in (first, second))
    documents, systems = human.shape

    def difference(swap: NDArray[np.bool_]) -> float:
        sides = np.where(swap, y, x), np.where(swap, x, y)
        values = [float(at_level(side, human, level=level, coefficient=coefficient)[0]) for side in sides]
        return values[0] - values[1]

    by_document = itertools.product([False, True], repeat=documents if over != "systems" else 0)
    beyond = []
    for row in by_document:
        for column in itertools.product([False, True], repeat=systems if over != "documents" else 0):
            swap = np.zeros(human.shape, dtype=bool)
            swap ^= np.array(row, dtype=bool)[:, None] if row else False
            swap ^= np.array(column, dtype=bool)[None, :] if column else False
            beyond.append(abs(difference(swap)) >= abs(difference(np.zeros_like(swap))) - 1e-12)
    return float(np.mean(beyond))


@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize(
    ("level", "coefficient"), [("summary", "kendall"), ("system", "pearson"), ("pooled", "spearman")]
)
def test_permutation_approaches_every_exchange(over: Over, level: Level, coefficient: Coefficient) -> None:
    first, second, human = judged(4, documents=4, systems=5)
    second = second * 9 + 100  # on another scale: standardising undoes it
    expected = exact_p(first, second, human, level, coefficient, over)
    found = permutation_test(
        first, second, human, level=level, coefficient=coefficient, over=over, permutations=6000, seed=5
    )
    assert 0.02 < expected < 1.0
    assert found.p == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 6000))
    assert found.undefined == 0


def test_permutation_of_documents_equals_scipys() -> None:
    """One summary a document: SciPy exchanges paired samples and goes through all of them."""
    rng = np.random.default_rng(6)
    human = rng.normal(size=9)
    first, second = (stats.zscore(human + scale * rng.normal(size=9)) for scale in (0.5, 1.5))
    scipys = stats.permutation_test(
        (first, second), lambda a, b: stats.pearsonr(a, human)[0] - stats.pearsonr(b, human)[0],
        permutation_type="samples", vectorized=False, n_resamples=np.inf,
    ).pvalue  # fmt: skip
    found = permutation_test(
        first[:, None], second[:, None], human[:, None],
        level="pooled", coefficient="pearson", over="documents", permutations=8000,
    )  # fmt: skip
    assert found.p == pytest.approx(scipys, abs=0.02)


@pytest.mark.parametrize("test", [permutation_test, bootstrap_test, williams_test])
def test_both_ways_round_and_against_itself(test: object) -> None:
    first, second, human = judged(7, documents=30)

    def run(a: Floats, b: Floats) -> DifferenceTest:
        return test(a, b, human, level="pooled", coefficient="pearson")  # type: ignore[operator,no-any-return]

    forth, back, same = run(first, second), run(second, first), run(first, first)
    assert forth.difference == pytest.approx(-back.difference, abs=1e-12)
    assert forth.p == pytest.approx(back.p, abs=0.03)
    assert same.difference == 0.0
    assert same.p == 1.0 or np.isnan(same.p)


@pytest.mark.parametrize("test", [permutation_test, bootstrap_test, williams_test])
def test_a_real_difference_is_found(test: object) -> None:
    rng = np.random.default_rng(0)
    human = rng.normal(size=(60, 8))
    good, bad = human + 0.5 * rng.normal(size=human.shape), human + 3 * rng.normal(size=human.shape)
    found: DifferenceTest = test(good, bad, human, level="pooled", coefficient="pearson")  # type: ignore[operator]
    assert found.difference > 0.4
    assert found.p < 0.01


def test_only_summaries_with_all_three_scores_count() -> None:
    first, second, human = judged(9, gap=0.2)
    there = ~(np.isnan(first) | np.isnan(second))
    found = permutation_test(first, second, human, level="pooled", coefficient="pearson", permutations=20)
    expected = [stats.pearsonr(side[there], human[there])[0] for side in (first, second)]
    assert found.n == there.sum() < first.size
    assert found.difference == pytest.approx(expected[0] - expected[1], abs=1e-12)


def test_a_constant_metric_is_not_tested() -> None:
    first, _, human = judged(9)
    constant = np.full_like(first, 0.3)
    for found in (
        permutation_test(first, constant, human, level="pooled", coefficient="kendall", permutations=20),
        bootstrap_test(first, constant, human, level="pooled", coefficient="kendall", resamples=20),
        williams_test(first, constant, human, level="pooled", coefficient="kendall"),
    ):
        assert np.isnan([found.difference, found.p]).all()


@pytest.mark.parametrize("method", [bootstrap_test, permutation_test])
def test_same_seed_same_p(method: object) -> None:
    sides = judged(3)
    runs = [method(*sides, level="summary", coefficient="pearson", seed=seed) for seed in (1, 1, 2)]  # type: ignore[operator]
    assert runs[0] == runs[1] or np.isnan(runs[0].statistic)
    assert runs[0].p == runs[1].p
    assert runs[0].p != runs[2].p


def test_williams_published_example() -> None:
    """bruceR's manual, cor_diff: r1 = .20, r2 = .45, n = 100, rcov = .80 gives t(97) = -4.56, p = 1e-05."""
    t, p = williams(0.20, 0.45, 0.80, 100)
    assert t == pytest.approx(-4.56, abs=0.005)
    assert p == pytest.approx(1e-5, abs=0.6e-5)


def test_williams_equals_psych() -> None:
    """p-values of psych's r.test 2.2 on NumPy's legacy seed 12, as the tests of nlpstats give them."""
    legacy = np.random.RandomState(12)
    first, second, human = (legacy.random_sample((9, 5)) for _ in range(3))
    r = [abs(stats.pearsonr(a.ravel(), b.ravel())[0]) for a, b in ((first, human), (second, human), (first, second))]
    assert williams(*r, 45)[1] == pytest.approx(0.5433956, abs=1e-5)
    first, second, human = (legacy.random_sample((9, 5)).mean(axis=1) for _ in range(3))
    r = [abs(stats.spearmanr(a, b)[0]) for a, b in ((first, human), (second, human), (first, second))]
    assert williams(*r, 9)[1] == pytest.approx(0.9317423, abs=1e-5)


def test_williams_equals_the_determinant_form() -> None:
    """Steiger (1980), equation 7: with the determinant of the correlation matrix, taken by linear algebra."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        n = int(rng.integers(5, 60))
        r = np.corrcoef(rng.normal(size=(3, n)) + rng.normal(size=n))
        mean = (r[0, 1] + r[0, 2]) / 2
        below = 2 * (n - 1) / (n - 3) * np.linalg.det(r) + mean**2 * (1 - r[1, 2]) ** 3
        expected = (r[0, 1] - r[0, 2]) * np.sqrt((n - 1) * (1 + r[1, 2]) / below)
        t, p = williams(r[0, 1], r[0, 2], r[1, 2], n)
        assert t == pytest.approx(expected, abs=1e-9)
        assert p == pytest.approx(2 * (1 - stats.t(n - 3).cdf(abs(expected))), abs=1e-9)


def test_williams_needs_four_units_and_three_correlations() -> None:
    assert np.isnan(williams(0.5, 0.4, 0.1, 3)).all()
    assert np.isnan(williams(0.5, np.nan, 0.1, 30)).all()
    assert np.isnan(williams(0.5, 0.5, 1.0, 30)).all()


@pytest.mark.parametrize(("level", "n"), [("pooled", 72), ("system", 6), ("summary", 6), ("partial", 72)])
def test_williams_units(level: Level, n: int) -> None:
    first, second, human = judged(4)
    assert williams_test(first, second, human, level=level, coefficient="pearson").n == n


def false_positives(seed_of: int, run: object, *, system_effects: float, trials: int) -> float:
    """Share of simulated pairs of equally good metrics that a test calls different at 5 %."""
    found = 0
    for trial in range(trials):
        rng = np.random.default_rng([seed_of, trial])
        human = rng.normal(size=(25, 8)) + rng.normal(size=8)
        sides = [human + rng.normal(size=human.shape) + system_effects * rng.normal(size=8) for _ in range(2)]
        found += run(*sides, human, trial).p <= 0.05  # type: ignore[operator]
    return found / trials


@pytest.mark.slow
@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize(
    ("level", "coefficient"), [("summary", "spearman"), ("system", "pearson"), ("pooled", "pearson")]
)
def test_permutation_keeps_its_level(over: Over, level: Level, coefficient: Coefficient) -> None:
    """Exact where the two metrics are exchangeable: 400 simulations at 5 %, three standard errors either way."""

    def run(first: Floats, second: Floats, human: Floats, seed: int) -> DifferenceTest:
        return permutation_test(
            first, second, human, level=level, coefficient=coefficient, over=over, permutations=199, seed=seed
        )

    assert false_positives(1, run, system_effects=0.0, trials=400) == pytest.approx(0.05, abs=0.033)


@pytest.mark.slow
def test_what_is_exchanged_matters() -> None:
    """Where a metric favours some systems, only exchanging systems keeps the level: documents alone find too much."""

    def run_over(over: Over) -> float:
        def run(first: Floats, second: Floats, human: Floats, seed: int) -> DifferenceTest:
            return permutation_test(
                first, second, human, level="system", coefficient="pearson", over=over, permutations=199, seed=seed
            )

        return false_positives(2, run, system_effects=1.0, trials=300)

    assert run_over("systems") == pytest.approx(0.05, abs=0.038)
    assert run_over("documents") > 0.2


@pytest.mark.slow
@pytest.mark.parametrize(("level", "coefficient"), [("summary", "pearson"), ("pooled", "pearson")])
def test_bootstrap_keeps_its_level(level: Level, coefficient: Coefficient) -> None:
    """The percentile interval is no exact test: never more than 5 % and three standard errors."""

    def run(first: Floats, second: Floats, human: Floats, seed: int) -> DifferenceTest:
        return bootstrap_test(
            first, second, human, level=level, coefficient=coefficient, over="documents", resamples=299, seed=seed
        )

    assert false_positives(3, run, system_effects=0.0, trials=300) < 0.088


@pytest.mark.slow
def test_williams_keeps_its_level() -> None:
    """Independent summaries of one joint distribution, as the test supposes."""
    trials, found = 2000, 0
    for trial in range(trials):
        rng = np.random.default_rng([4, trial])
        human = rng.normal(size=(40, 1))
        first, second = (human + rng.normal(size=human.shape) for _ in range(2))
        found += williams_test(first, second, human, level="pooled", coefficient="pearson").p <= 0.05
    assert found / trials == pytest.approx(0.05, abs=0.015)
