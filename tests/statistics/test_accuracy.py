"""Pairwise accuracy, ROC AUC and balanced accuracy against loops and SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.errors import InputError
from bench.statistics.accuracy import (
    PairLevel,
    balanced_accuracy,
    choose_threshold,
    classify,
    pairwise_accuracy,
    roc_auc,
)
from bench.statistics.metatests import OVER, Over, draws, own

Floats = NDArray[np.float64]


def count_pairs(metric: Floats, human: Floats) -> list[int]:
    """Agree, disagree, tied by the metric, by people, by both, among the rows of one vector."""
    counts = [0] * 5
    for i, j in itertools.combinations(range(len(metric)), 2):
        a, b = metric[i] - metric[j], human[i] - human[j]
        if np.isnan(a) or np.isnan(b):
            continue
        counts[4 if a == b == 0 else 3 if b == 0 else 2 if a == 0 else 0 if (a > 0) == (b > 0) else 1] += 1
    return counts


def of_grid(metric: Floats, human: Floats, level: PairLevel) -> list[int]:
    there = ~(np.isnan(metric) | np.isnan(human))
    if level == "summary":
        return list(np.sum([count_pairs(metric[d], human[d]) for d in range(len(metric))], axis=0))
    means = [
        [round(side[there[:, s], s].mean(), 12) if there[:, s].any() else np.nan for s in range(metric.shape[1])]
        for side in (metric, human)
    ]
    return count_pairs(np.array(means[0]), np.array(means[1]))


@pytest.mark.parametrize("level", ["summary", "system"])
def test_pairs_equal_a_loop(level: PairLevel) -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        shape = int(rng.integers(1, 7)), int(rng.integers(1, 7))
        metric, human = (rng.integers(0, 4, size=shape) / 3.0 for _ in range(2))
        if seed % 2:
            metric[rng.random(shape) < 0.2] = np.nan
        found = pairwise_accuracy(metric, human, level=level, resamples=5)
        counts = of_grid(metric, human, level)
        assert [found.agree, found.disagree, found.tied_metric, found.tied_human, found.tied_both] == counts
        ordered = sum(counts[:3])
        expected = (counts[0] + counts[2] / 2) / ordered if ordered else np.nan
        assert found.accuracy == pytest.approx(expected, nan_ok=True)
        assert found.pairs == sum(counts)
        with_ties = (counts[0] + counts[4]) / sum(counts) if sum(counts) else np.nan
        assert found.accuracy_with_ties == pytest.approx(with_ties, nan_ok=True)


@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize("level", ["summary", "system"])
def test_interval_is_that_of_drawn_grids(level: PairLevel, over: Over) -> None:
    """A system that is drawn twice is no pair with itself."""
    rng = np.random.default_rng(5)
    human = rng.integers(0, 5, size=(7, 6)) / 2.0
    metric = human + rng.normal(size=human.shape)
    found = pairwise_accuracy(metric, human, level=level, over=over, resamples=40, seed=2)
    ((_, v, w),) = draws(own(metric), over, 40, 2)
    drawn = []
    for index in range(40):
        rows, columns = (np.repeat(np.arange(len(c[index])), c[index].astype(int)) for c in (v, w))
        counts = of_grid(metric[rows], human[rows], level) if over == "documents" else None
        if counts is None:
            pairs = [(i, j) for i, j in itertools.combinations(range(6), 2) if i in columns and j in columns]
            counts = [0, 0, 0, 0, 0]
            for i, j in pairs:
                times = int((columns == i).sum() * (columns == j).sum())
                here = of_grid(metric[rows][:, [i, j]], human[rows][:, [i, j]], level)
                counts = [total + times * count for total, count in zip(counts, here, strict=True)]
        if sum(counts[:3]):
            drawn.append((counts[0] + counts[2] / 2) / sum(counts[:3]))
    assert [found.low, found.high] == pytest.approx(list(np.percentile(drawn, [2.5, 97.5])), abs=1e-9)


def test_without_ordered_pairs_there_is_no_accuracy() -> None:
    found = pairwise_accuracy(np.array([[1.0, 2.0]]), np.array([[3.0, 3.0]]), level="summary")
    assert np.isnan(found.accuracy)
    assert (found.tied_human, found.pairs) == (1, 1)


def test_auc_equals_scipys_u() -> None:
    for seed in range(100):
        rng = np.random.default_rng(seed)
        scores = rng.integers(0, 7, 20) / 3.0
        positive = (rng.random(20) < 0.4).astype(np.float64)
        times = rng.integers(0, 3, 20)
        expanded, labels = np.repeat(scores, times), np.repeat(positive, times)
        if len(set(labels)) < 2:
            assert np.isnan(roc_auc(scores, positive, times / 1.0))
            continue
        u = stats.mannwhitneyu(expanded[labels == 1], expanded[labels == 0]).statistic
        expected = u / ((labels == 1).sum() * (labels == 0).sum())
        assert float(roc_auc(scores, positive, times / 1.0)) == pytest.approx(expected, abs=1e-12)


def test_auc_drops_what_is_missing() -> None:
    scores = np.array([0.1, np.nan, 0.7, 0.3])
    assert float(roc_auc(scores, np.array([0.0, 1.0, 1.0, np.nan]))) == 1.0
    assert np.isnan(roc_auc(scores, np.array([1.0, 0.0, 1.0, np.nan])))


def test_threshold_is_the_best_of_all() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = rng.integers(0, 8, 15) / 3.0
        positive = (rng.random(15) < 0.5).astype(np.float64)
        threshold = choose_threshold(scores, positive)
        if len(set(positive)) < 2:
            assert np.isnan(threshold)
            continue
        chosen = float(balanced_accuracy(scores, positive, threshold))
        assert chosen == pytest.approx(
            max(float(balanced_accuracy(scores, positive, t)) for t in np.linspace(-1, 4, 501)), abs=1e-12
        )
        by_hand = np.mean([(scores[positive == 1] >= threshold).mean(), (scores[positive == 0] < threshold).mean()])
        assert chosen == pytest.approx(by_hand)


def labelled(seed: int) -> tuple[Floats, Floats, list[str], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    positive = (rng.random(120) < 0.5).astype(np.float64)
    scores = positive + rng.normal(size=120)
    return scores, positive, [f"d{index // 2}" for index in range(120)], np.arange(120) < 60


def test_the_threshold_never_sees_the_rows_it_is_tested_on() -> None:
    scores, positive, documents, chosen = labelled(1)
    found = classify(scores, positive, documents, chosen_on=chosen, tested_on=~chosen, resamples=200)
    assert found.threshold == choose_threshold(scores[chosen], positive[chosen])
    expected = balanced_accuracy(scores[~chosen], positive[~chosen], found.threshold)
    assert found.balanced_accuracy == pytest.approx(float(expected))
    assert found.low < found.balanced_accuracy < found.high
    assert found.auc_low < found.auc < found.auc_high
    assert found.auc == pytest.approx(float(roc_auc(scores, positive)))
    assert (found.positives, found.negatives) == (int(positive.sum()), int(120 - positive.sum()))
    flipped = classify(scores, np.where(chosen, positive, 1 - positive), documents, chosen_on=chosen, tested_on=~chosen)
    assert flipped.threshold == found.threshold


def test_documents_are_drawn_whole() -> None:
    """Ten copies of each row in one document say no more than the row itself."""
    scores, positive, _, chosen = labelled(2)
    once = classify(scores, positive, [str(i) for i in range(120)], chosen_on=chosen, tested_on=~chosen, resamples=400)
    copies = classify(
        np.repeat(scores, 10), np.repeat(positive, 10), [str(i) for i in range(120) for _ in range(10)],
        chosen_on=np.repeat(chosen, 10), tested_on=np.repeat(~chosen, 10), resamples=400,
    )  # fmt: skip
    assert copies.auc_high - copies.auc_low == pytest.approx(once.auc_high - once.auc_low, rel=0.25)


def test_bad_labels_and_splits_are_refused() -> None:
    scores, positive, documents, chosen = labelled(3)
    with pytest.raises(InputError, match="1 or 0"):
        classify(scores, positive * 2, documents, chosen_on=chosen, tested_on=~chosen)
    with pytest.raises(InputError, match="another split"):
        classify(scores, positive, documents, chosen_on=chosen, tested_on=chosen)


def test_a_choosing_part_with_one_label_leaves_no_threshold() -> None:
    scores, positive, documents, chosen = labelled(4)
    found = classify(scores, np.where(chosen, 1.0, positive), documents, chosen_on=chosen, tested_on=~chosen)
    assert np.isnan([found.threshold, found.balanced_accuracy, found.low]).all()
    assert 0.5 < found.auc <= 1.0
