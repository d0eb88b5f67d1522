"""Levels against plain loops, regression on dummies, and published judgements."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.errors import InputError
from bench.statistics.correlation import COEFFICIENTS, LEVELS, Coefficient, Level, grid
from bench.statistics.levels import at_level, correlate

Floats = NDArray[np.float64]
JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"
SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
POSSIBLE = [(level, c) for level in LEVELS for c in COEFFICIENTS if (level, c) != ("partial", "kendall")]


def scipy_or_nan(coefficient: Coefficient, x: Floats, y: Floats) -> float:
    if len(x) < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        return np.nan
    return float(SCIPY[coefficient](x, y)[0])


def by_regression(values: Floats, systems: Floats) -> Floats:
    """Residuals of a least-squares fit on one dummy a system; rounding noise below 1e-12 is none."""
    dummies = (systems[:, None] == np.unique(systems)[None, :]).astype(np.float64)
    return np.round(values - dummies @ np.linalg.lstsq(dummies, values, rcond=None)[0], 12)


def by_hand(x: Floats, y: Floats, level: Level, coefficient: Coefficient) -> tuple[float, int]:
    """One pair of grids at one level, by loops over documents or systems: the value and its units."""
    there = ~(np.isnan(x) | np.isnan(y))
    if level == "summary":
        each = [scipy_or_nan(coefficient, x[d][there[d]], y[d][there[d]]) for d in range(len(x))]
        defined = [value for value in each if not np.isnan(value)]
        return (float(np.mean(defined)), len(defined)) if defined else (np.nan, 0)
    if level == "system":
        means = [
            (round(x[there[:, s], s].mean(), 12), round(y[there[:, s], s].mean(), 12))
            for s in range(x.shape[1])
            if there[:, s].any()
        ]
        sides = np.array(means).reshape(-1, 2)
        return scipy_or_nan(coefficient, sides[:, 0], sides[:, 1]), len(sides)
    flat_x, flat_y, systems = x[there], y[there], np.nonzero(there)[1]
    if level == "partial" and len(flat_x):
        flat_x, flat_y = by_regression(flat_x, systems), by_regression(flat_y, systems)
    return scipy_or_nan(coefficient, flat_x, flat_y), len(flat_x)


def random_grids(seed: int, metrics: int = 3, humans: int = 2) -> tuple[Floats, Floats]:
    """Small grids with ties, constant rows and, every other time, gaps."""
    rng = np.random.default_rng(seed)
    documents, systems = rng.integers(1, 9), rng.integers(1, 7)
    x = rng.normal(size=(documents, systems, metrics)).round(seed % 3)
    y = rng.integers(0, 4, size=(documents, systems, humans)) / 3.0
    if seed % 2:
        x[rng.random(x.shape) < 0.2] = np.nan
        y[rng.random(y.shape) < 0.1] = np.nan
    return x, y


@pytest.mark.parametrize(("level", "coefficient"), POSSIBLE)
def test_equal_to_loops(level: Level, coefficient: Coefficient) -> None:
    defined = 0
    for seed in range(30):
        x, y = random_grids(seed)
        found = correlate(x, y, level=level, coefficient=coefficient)
        for place in np.ndindex(found.value.shape):
            sides = x[:, :, place[0]], y[:, :, place[1]]
            value, n = by_hand(*sides, level, coefficient)
            assert found.value[place] == pytest.approx(value, abs=1e-9, nan_ok=True), (seed, place)
            assert found.n[place] == n
            assert float(at_level(*sides, level=level, coefficient=coefficient)[0]) == pytest.approx(
                value, abs=1e-9, nan_ok=True
            )
            defined += not np.isnan(value)
    assert defined > 60


def test_what_is_left_out_is_counted() -> None:
    x = np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [1.0, 2.0, np.nan], [3.0, 2.0, 1.0], [np.nan] * 3])[:, :, None]
    y = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [np.nan] * 3])[:, :, None]
    found = correlate(x, y, level="summary", coefficient="pearson")
    assert (found.value[0, 0], found.n[0, 0], found.left_out[0, 0]) == (pytest.approx(0.0, abs=1e-12), 2, 3)
    assert found.missing[0, 0] == 1, "a summary that isn't in the table at all is not missing"


def test_systems_without_scores_are_left_out() -> None:
    x = np.array([[1.0, 2.0, 4.0, np.nan], [2.0, 2.0, 3.0, np.nan]])[:, :, None]
    y = np.array([[1.0, 3.0, 2.0, 5.0], [1.0, 3.0, 2.0, 5.0]])[:, :, None]
    found = correlate(x, y, level="system", coefficient="spearman")
    assert (found.n[0, 0], found.left_out[0, 0], found.missing[0, 0]) == (3, 1, 2)


def test_equal_system_means_are_ties_whatever_the_order_of_sums() -> None:
    scores = np.array([0.1, 0.2, 0.3])
    x = np.stack([scores, scores[::-1], np.roll(scores, 1), scores + 0.1], axis=1)
    y = np.broadcast_to([1.0, 2.0, 3.0, 4.0], x.shape)
    assert len({float(x[:, column].mean()) for column in range(3)}) > 1, "the test tests something"
    found = correlate(x[:, :, None], y[:, :, None], level="system", coefficient="kendall")
    assert found.value[0, 0] == pytest.approx(stats.kendalltau([0, 0, 0, 1], [1, 2, 3, 4])[0], abs=1e-12)


def test_a_metric_that_only_knows_the_system_has_no_partial_correlation() -> None:
    x = np.broadcast_to([0.1, 0.7, 0.3], (5, 3))[:, :, None]
    y = np.random.default_rng(0).random((5, 3, 1))
    for coefficient in ("pearson", "spearman"):
        assert np.isnan(correlate(x, y, level="partial", coefficient=coefficient).value[0, 0])


def test_partial_kendall_is_refused() -> None:
    with pytest.raises(InputError, match="not for kendall"):
        correlate(np.ones((2, 2, 1)), np.ones((2, 2, 1)), level="partial", coefficient="kendall")


FRANK_METRICS = (
    "Bleu", "Meteor", "Rouge 1", "Rouge 2", "Rouge L", "BertScore P", "BertScore R", "BertScore F1", "BertScore P Art",
    "BertScore R Art", "BertScore F1 Art", "FEQA", "QAGS", "Dep Entail", "FactCC",
)  # fmt: skip


def frank() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    people, metrics = (JUDGEMENTS / f"frank_{name}.json" for name in ("human_annotations", "metric_outputs"))
    if not people.exists():
        pytest.skip("the judgements aren't beside the checkout")
    scored = {(row["hash"], row["model_name"]): row for row in json.loads(metrics.read_text())}
    judged = json.loads(people.read_text())
    return judged, [scored[row["hash"], row["model_name"]] for row in judged]


@pytest.mark.parametrize("dataset", [None, "cnndm", "bbc"])
@pytest.mark.parametrize("split", [None, "valid", "test"])
def test_frank_equals_regression_on_system_dummies(dataset: str | None, split: str | None) -> None:
    judged, scored = frank()
    kept = [
        index
        for index, row in enumerate(judged)
        if dataset in (None, row["dataset"]) and (split is None or str(row["split"]).startswith(split))
    ]
    assert len(kept) > 250
    systems = np.array([str(judged[index]["model_name"]) for index in kept])
    metrics = np.array([[scored[index].get(name) for name in FRANK_METRICS] for index in kept], dtype=np.float64)
    human = np.array([judged[index]["Factuality"] for index in kept], dtype=np.float64)
    laid = grid([str(judged[index]["hash"]) for index in kept], list(systems), np.column_stack([metrics, human])).values
    for coefficient in ("pearson", "spearman"):
        found = correlate(laid[:, :, :-1], laid[:, :, -1:], level="partial", coefficient=coefficient)
        for column in range(len(FRANK_METRICS)):
            there = ~(np.isnan(metrics[:, column]) | np.isnan(human))
            sides = [by_regression(side[there], systems[there]) for side in (metrics[:, column], human)]
            assert found.value[column, 0] == pytest.approx(SCIPY[coefficient](*sides)[0], abs=1e-6)
            assert found.n[column, 0] == there.sum()
            assert found.missing[column, 0] == (~there).sum()


def test_summeval_says_how_many_documents_have_a_constant_side() -> None:
    path = JUDGEMENTS / "summeval.jsonl"
    if not path.exists():
        pytest.skip("the judgements aren't beside the checkout")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    names = sorted(rows[0]["summaries"])
    consistency = np.array([[row["summaries"][name]["human"]["consistency"] for name in names] for row in rows])
    lengths = np.array([[float(len(row["summaries"][name]["text"])) for name in names] for row in rows])
    found = correlate(lengths[:, :, None], consistency[:, :, None], level="summary", coefficient="spearman")
    constant = sum(len(set(row)) == 1 for row in consistency)
    assert constant > 0
    assert (found.n[0, 0], found.left_out[0, 0]) == (100 - constant, constant)
