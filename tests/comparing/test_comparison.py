"""The records of a comparison: margins by pattern, the gravest outcome, exit codes."""

from __future__ import annotations

from itertools import permutations
from typing import get_args

import pytest

from bench.comparing.comparison import EXIT_CODES, Gate, Margin, Outcome, worst

OUTCOMES = get_args(Outcome)


def test_every_outcome_has_an_exit_code() -> None:
    assert set(EXIT_CODES) == set(OUTCOMES)
    assert EXIT_CODES == {
        "pass": 0, "improved": 0, "regressed": 1, "missing": 1, "not comparable": 3, "inconclusive": 4,
    }  # fmt: skip


def test_the_gravest_outcome_whatever_the_order() -> None:
    order = ("regressed", "missing", "not comparable", "inconclusive", "improved", "pass")
    assert set(order) == set(OUTCOMES)
    for pair in permutations(OUTCOMES, 2):
        assert worst(pair) == min(pair, key=order.index)
    assert worst([]) == "pass"
    assert worst(["pass", "pass"]) == "pass"


def test_the_first_pattern_that_matches_counts() -> None:
    gate = Gate(margins={"rouge.rougeL_f1": Margin(0.02), "rouge.*_f1": Margin(0.01), "*.f1": Margin(0.005)})
    assert gate.margin("rouge", "rougeL_f1") == Margin(0.02)
    assert gate.margin("rouge", "rouge1_f1") == Margin(0.01)
    assert gate.margin("bertscore", "f1") == Margin(0.005)
    assert gate.margin("rouge", "rouge1_recall") is None
    assert gate.margin("ROUGE", "rouge1_f1") is None
    claims = Gate(margins={}, new_claims={"numbers": 2, "n*": 0})
    assert [claims.allowed(check) for check in ("numbers", "nli", "quotes")] == [2, 0, None]


@pytest.mark.parametrize(
    ("margin", "mean", "size"),
    [(Margin(), 5.0, 0), (Margin(0.1), 5.0, 0.1), (Margin(0.1, 0.1), 5.0, 0.5), (Margin(0.1, 0.1), -5.0, 0.5),
     (Margin(0.1, 0.1), 0.0, 0.1)],
)  # fmt: skip
def test_margins(margin: Margin, mean: float, size: float) -> None:
    assert margin.of(mean) == pytest.approx(size)
