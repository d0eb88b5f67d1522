"""Steps and drift: found where they are, rarely where there are none; against brute force and scipy."""

from __future__ import annotations

import builtins
import math
import sys
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.errors import MissingExtra
from bench.statistics.trends import (
    MIN_SIDE,
    Trend,
    bic_of_line,
    bic_of_steps,
    find_trends,
    propose_steps,
    step_ps,
    tame,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from history_simulation import drift_power, false_alarms, normal, repeated, step_power


def noise(runs: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(seed).standard_normal(runs)


@pytest.mark.parametrize(("runs", "together"), [(30, 1), (30, 10), (10, 5)])
def test_noise_alone_is_flagged_in_at_most_five_percent(runs: int, together: int) -> None:
    """Of single series, and of whole histories of several."""
    alone, any_of = false_alarms(normal, runs, 100 if together > 1 else 300, together)
    assert alone <= 0.05
    assert any_of <= 0.05


def test_runs_that_repeat_the_one_before_are_no_evidence() -> None:
    assert false_alarms(repeated, 30, 200, 1)[0] <= 0.06


def test_what_is_seen() -> None:
    """A step of two standard deviations in 30 runs; ten runs each 0.3 margins lower, in noise of as much."""
    assert step_power(2.0, 30, 100)[0] >= 0.9
    assert step_power(3.0, 20, 40, together=20)[0] >= 0.8
    assert drift_power(0.3, 10, 100)[0] >= 0.95
    assert drift_power(0.3, 10, 40, together=20)[0] >= 0.85


def test_a_step_is_named_where_it_is() -> None:
    x = np.concatenate([noise(15), noise(15, 1) - 6.0])
    [trend] = find_trends([x])
    [step] = trend.steps
    assert step.index == 15
    assert step.before == pytest.approx(x[:15].mean())
    assert step.after == pytest.approx(x[15:].mean())
    assert step.p is not None
    assert step.p < 1e-6
    assert trend.drift is None


def test_two_steps_are_told_apart() -> None:
    [trend] = find_trends([np.concatenate([noise(15), noise(12, 1) - 6.0, noise(13, 2)])])
    assert [step.index for step in trend.steps] == [15, 27]


def test_missing_values_are_gaps() -> None:
    """They move the place of the step in the series, and nothing else."""
    x = np.concatenate([noise(15), noise(15, 1) - 6.0])
    [[before], [after]] = (find_trends([y])[0].steps for y in (x, np.insert(x, [3, 3, 20], np.nan)))
    assert (after.before, after.after, after.p) == (before.before, before.after, before.p)
    assert after.index == before.index + 2


def test_a_line_is_a_drift_and_not_steps() -> None:
    [trend] = find_trends([noise(20) * 0.3 - 0.3 * np.arange(20)])
    assert trend.steps == ()
    assert trend.drift is not None
    assert trend.drift.change == pytest.approx(-0.3 * 19, abs=0.8)


def test_one_or_two_odd_runs_are_no_level() -> None:
    x = noise(30)
    x[[10, 11]] += 12.0
    assert find_trends([x]) == [Trend()]
    assert tame(x).max() < x.max() / 2


def test_a_system_that_stands_still_steps_where_it_changes() -> None:
    values = np.repeat([0.4, 0.35, 0.3, 0.3], [5, 1, 4, 2])
    [trend] = find_trends([values])
    assert [(step.index, step.before, step.after, step.p) for step in trend.steps] == [(6, 0.4, 0.3, None)]
    assert find_trends([np.repeat([0.4, 0.3], [10, 2])]) == [Trend()], "two runs don't last"


@pytest.mark.parametrize("values", [[], [1.0], [0.5] * 40, [math.nan] * 20, [0.0, 1.0] * 3])
def test_short_flat_and_empty_series_show_nothing(values: list[float]) -> None:
    assert find_trends([np.array(values)]) == [Trend()]
    assert find_trends([]) == []


def test_other_series_raise_the_bar() -> None:
    """Holm: the same series is flagged alone, and not among hundreds of others."""
    x = np.concatenate([noise(8, 3), noise(8, 4) - 2.6])
    assert find_trends([x])[0] != Trend()
    assert find_trends([x, *(noise(16, seed) for seed in range(5, 400))])[0] == Trend()


def test_size_and_place_of_the_numbers_dont_matter() -> None:
    x = np.concatenate([noise(15), noise(15, 1) - 3.0])
    for scale, shift in ((1e-6, 0.4), (1e6, -5e5), (-1.0, 0.0)):
        assert [s.index for s in find_trends([x * scale + shift])[0].steps] == [
            s.index for s in find_trends([x])[0].steps
        ]


def test_the_segmentation_is_the_best_one() -> None:
    """Against all segmentations into up to three parts, of series short enough to try them."""
    for seed in range(5):
        x = noise(14, seed)
        x[9:] += 5.0
        tamed, sigma2 = tame(x), _sigma(x) ** 2
        places = range(MIN_SIDE, len(x) - MIN_SIDE + 1)
        every = [c for k in range(3) for c in combinations(places, k) if all(b - a >= MIN_SIDE for a, b in pairwise(c))]

        def cost(splits: tuple[int, ...]) -> float:
            parts = np.split(tamed, splits)  # noqa: B023
            squares = sum(float(((p - p.mean()) ** 2).sum()) for p in parts)
            return squares / sigma2 + 3 * math.log(len(x)) * len(splits)  # noqa: B023

        assert tuple(propose_steps(x)) == min(every, key=cost)


def _sigma(x: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    from scipy import stats

    return float(stats.median_abs_deviation(np.diff(x), scale="normal")) / math.sqrt(2)


def test_the_test_of_a_step_is_students() -> None:
    from scipy import stats

    x = noise(20)
    x[12:] += 2.0
    expected = stats.ttest_ind(x[:12], x[12:]).pvalue * (20 - 2 * MIN_SIDE + 1)
    assert step_ps(x, [12]) == pytest.approx([expected], rel=1e-9)


def test_bic_is_the_likelihoods() -> None:
    x = noise(30)
    x[10:] += 1.0
    levels = np.repeat([x[:10].mean(), x[10:].mean()], [10, 20])
    sd = math.sqrt(np.mean((x - levels) ** 2))
    likelihood = -0.5 * 30 * (math.log(2 * math.pi * sd**2) + 1)
    constant = 30 * (math.log(2 * math.pi) + 1)
    assert bic_of_steps(x, [10]) == pytest.approx(-2 * likelihood + 3 * math.log(30) - constant)
    x[10:] += 3.0
    assert bic_of_steps(x, [10]) < bic_of_steps(x, [])
    assert bic_of_line(np.arange(30.0)) < bic_of_steps(np.arange(30.0), [15])


def test_ruptures_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name == "ruptures":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"pip install 'sumbench\[history\]'"):
        find_trends([noise(20)])
