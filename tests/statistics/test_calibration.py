"""Probabilities of claims from labels of summaries, against scikit-learn, brute force and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from bench.statistics.calibration import Bags, calibration_error, fit, log_loss, log_probabilities


def some(claims: int = 300, seed: int = 0) -> Bags:
    draw = np.random.default_rng(seed)
    features = np.column_stack([np.ones(claims), draw.normal(size=(claims, 2))])
    chance = 1 / (1 + np.exp(-features @ [0.5, 1.0, -2.0]))
    return Bags(features, np.arange(claims), (draw.random(claims) < chance).astype(np.float64))


def test_with_a_claim_a_summary_it_is_logistic_regression() -> None:
    bags = some()
    found = fit([bags], prior=np.zeros(3), pull=np.zeros(3))
    theirs = LogisticRegression(C=np.inf, tol=1e-8, fit_intercept=False).fit(bags.features, bags.labels).coef_[0]
    assert found == pytest.approx(theirs, abs=1e-3)


def test_a_summary_is_as_probable_as_all_of_its_claims_together() -> None:
    bags = Bags(np.array([[0.0], [1.0], [2.0]]), np.array([0, 0, 1]), np.array([1.0, 0.0]))
    weights = np.array([1.0])
    singly = 1 / (1 + np.exp(-np.array([0.0, 1.0, 2.0])))
    expected = [singly[0] * singly[1], singly[2]]
    assert np.exp(log_probabilities(bags, weights)) == pytest.approx(expected)
    assert log_loss(log_probabilities(bags, weights), bags.labels) == pytest.approx(
        -(np.log(expected[0]) + np.log(1 - expected[1])) / 2
    )


def test_labels_of_summaries_say_what_their_claims_are_worth() -> None:
    """Claims drawn with known weights, several a summary: the fit finds the weights."""
    draw = np.random.default_rng(1)
    owners = np.repeat(np.arange(4000), 3)
    features = np.column_stack([np.ones(len(owners)), draw.normal(size=len(owners))])
    right = draw.random(len(owners)) < 1 / (1 + np.exp(-features @ [2.0, 1.5]))
    labels = np.bincount(owners, right) == 3
    found = fit([Bags(features, owners, labels.astype(np.float64))], prior=np.zeros(2), pull=np.zeros(2))
    assert found == pytest.approx([2.0, 1.5], abs=0.2)


def test_a_kind_of_text_counts_alike_however_large_it_is() -> None:
    one, other = some(60), some(600, seed=3)
    twice = Bags(np.concatenate([one.features] * 2), np.arange(120), np.concatenate([one.labels] * 2))
    plain, doubled = (fit([each, other], prior=np.zeros(3), pull=np.zeros(3)) for each in (one, twice))
    assert plain == pytest.approx(doubled, abs=1e-3)


def test_a_pull_holds_a_weight_at_its_prior() -> None:
    prior = np.array([0.1, 0.2, 0.3])
    assert fit([some()], prior=prior, pull=np.full(3, 1e6)) == pytest.approx(prior, abs=1e-3)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_the_error_lies_between_that_of_one_bin_and_that_of_each(answers: list[tuple[float, bool]]) -> None:
    chances = np.array([chance for chance, _ in answers])
    labels = np.array([float(label) for _, label in answers])
    found = calibration_error(chances, labels)
    # The mean error of all as one bin is the least, each on its own the most that bins can show.
    assert abs(chances.mean() - labels.mean()) - 1e-9 <= found <= np.abs(chances - labels).mean() + 1e-9


def test_a_probability_that_comes_true_as_often_as_it_says_has_no_error() -> None:
    chances = np.repeat([0.2, 0.6], 10)
    labels = np.array([1.0] * 2 + [0.0] * 8 + [1.0] * 6 + [0.0] * 4)
    assert calibration_error(chances, labels) == pytest.approx(0)
    assert calibration_error(1 - chances, labels) == pytest.approx((0.6 + 0.2) / 2)
    assert np.isnan(calibration_error(np.zeros(0), np.zeros(0)))
