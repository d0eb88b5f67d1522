"""Means, counts and claims against brute force with the standard library."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.aggregate import aggregate, count_claims, count_statuses, join_verdicts, worst
from bench.record import ScorerRecord
from bench.statistics.significance import resample_means
from bench.types import Aggregate, Score, Span, Verdict

LABELS = ("contradicted", "unsupported", "supported", "unchecked")
SCORERS: Mapping[str, ScorerRecord] = {
    "m": ScorerRecord("metric", ("x",), {"x": True, "y": False}),
    "c": ScorerRecord("check", ("z",), {"z": None}),
}
IDS = ["e0", "e1", "e2", "e3"]
DOCUMENTS = {example: f"the document of {example}" for example in IDS}
SYSTEMS = ["s", "t"]
VALUES = {"m": ("x", "y"), "c": ("z",)}


@st.composite
def tables(draw: st.DrawFn) -> list[Score]:
    scores = []
    for example in IDS:
        for system in SYSTEMS:
            for scorer, names in VALUES.items():
                chosen = draw(st.lists(st.sampled_from(names), unique=True))
                values = {name: draw(st.floats(-1e9, 1e9)) for name in chosen}
                status = "ok" if values else draw(st.sampled_from(["undefined", "error"]))
                scores.append(Score(example, system, scorer, status, values, error="why"))
    return draw(st.permutations(scores))


@given(tables())
def test_against_brute_force(scores: list[Score]) -> None:
    rows = aggregate(
        scores, systems=SYSTEMS, scorers=SCORERS, documents=DOCUMENTS, resamples=50, confidence=0.9, seed=3
    )
    order = [(system, scorer, value) for system in SYSTEMS for scorer, names in VALUES.items() for value in names]
    assert [(row.system, row.scorer, row.value) for row in rows] == order, "every declared value, each once"
    for row in rows:
        numbers = [
            score.values[row.value]
            for score in scores
            if (score.system, score.scorer) == (row.system, row.scorer) and row.value in score.values
        ]
        assert (row.n_ok, row.n_total) == (len(numbers), 4)
        assert row.higher_is_better is SCORERS[row.scorer].higher_is_better[row.value]
        if not numbers:
            assert row.mean is None, "missing is never zero"
        else:
            exact = float(sum(map(Fraction, numbers)) / len(numbers))
            assert row.mean == pytest.approx(exact, rel=1e-15, abs=1e-300)
            assert row.mean == pytest.approx(statistics.fmean(numbers), rel=1e-12, abs=1e-300)
        assert (row.ci_low is None) == (row.ci_high is None) == (len(numbers) < 2)


@given(tables())
def test_the_order_of_the_scores_does_not_matter(scores: list[Score]) -> None:
    options = {"systems": SYSTEMS, "scorers": SCORERS, "documents": DOCUMENTS, "confidence": 0.9, "seed": 3}
    first = aggregate(scores, resamples=20, **options)  # type: ignore[arg-type]
    assert aggregate(scores[::-1], resamples=20, **options) == first  # type: ignore[arg-type]


def one_value(
    numbers: Sequence[float], documents: Mapping[str, str] | None = None, confidence: float = 0.8
) -> Aggregate:
    documents = documents or {f"e{k:03}": f"d{k:03}" for k in range(len(numbers))}
    scores = [Score(e, "s", "c", "ok", {"z": x}) for e, x in zip(documents, numbers, strict=True)]
    [row] = aggregate(
        scores, systems=["s"], scorers={"c": SCORERS["c"]}, documents=documents, resamples=500, confidence=confidence,
        seed=5,
    )  # fmt: skip
    return row


@pytest.mark.parametrize("documents", [DOCUMENTS, {"e0": "a", "e1": "a", "e2": "b", "e3": "c"}])
def test_the_interval_is_that_of_comparisons(documents: Mapping[str, str]) -> None:
    numbers = [0.4, 0.9, 0.6, 0.7]
    row = one_value(numbers, documents)
    found = resample_means(np.array(numbers)[:, None], list(documents.values()), resamples=500, seed=5)
    low, high = found.interval(0.8)
    assert (row.ci_low, row.ci_high) == (max(0, low[0]), min(1, high[0]))
    assert type(row.ci_low) is type(row.mean) is float


def test_copies_of_a_document_are_no_more_documents() -> None:
    """Ten summaries each of two articles: the interval is as wide as that of two."""
    two = one_value([0.45, 0.55])
    twenty = one_value([0.45] * 10 + [0.55] * 10, {f"e{k:02}": f"d{k // 10}" for k in range(20)})
    assert (twenty.ci_low, twenty.ci_high) == pytest.approx((two.ci_low, two.ci_high))
    assert twenty.ci_high - twenty.ci_low > 0.3  # type: ignore[operator]
    alone = one_value([0.45, 0.55], {"e0": "d", "e1": "d"})
    assert (alone.mean, alone.ci_low, alone.ci_high) == (0.5, None, None)


@pytest.mark.parametrize(
    ("numbers", "low", "high"),
    [([0.0, 0.0, 1.0], 0.0, 1.0), ([0.0, 0.0, 7.0], 0.0, math.inf), ([-1.0, 0.0, 7.0], -math.inf, math.inf)],
)
def test_the_interval_ends_where_the_scale_does(numbers: list[float], low: float, high: float) -> None:
    row = one_value(numbers, confidence=0.95)
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert (row.ci_low == low) == (low == 0)
    assert (row.ci_high == high) == (high == 1)
    assert math.copysign(1, row.ci_low) == (1 if low == 0 else -1)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_the_mean_is_exact_whatever_the_order(order: tuple[int, ...]) -> None:
    numbers = [1e16, 1.0, -1e16, 1.0]
    scores = [Score(IDS[i], "s", "c", "ok", {"z": numbers[n]}) for i, n in enumerate(order)]
    [row] = aggregate(
        scores, systems=["s"], scorers={"c": SCORERS["c"]}, documents=DOCUMENTS, resamples=9, confidence=0.8, seed=5
    )
    assert row.mean == 0.5


def test_one_example_has_a_mean_and_no_interval() -> None:
    rows = aggregate(
        [Score("e0", "s", "m", "ok", {"x": 0.5}, error="y is absent")],
        systems=["s"], scorers={"m": SCORERS["m"]}, documents={"e0": "d"}, resamples=50, confidence=0.9, seed=3,
    )  # fmt: skip
    assert [(row.mean, row.ci_low, row.ci_high, row.n_ok, row.n_total) for row in rows] == [
        (0.5, None, None, 1, 1),
        (None, None, None, 0, 1),
    ]


@given(tables())
def test_every_cell_is_counted_once(scores: list[Score]) -> None:
    counts = count_statuses(scores, [*SCORERS, "absent"])
    for scorer, count in counts.items():
        mine = Counter(score.status for score in scores if score.scorer == scorer)
        assert (count.ok, count.undefined, count.error) == (mine["ok"], mine["undefined"], mine["error"])
    assert counts["absent"].ok + counts["absent"].undefined + counts["absent"].error == 0


@given(st.lists(st.sampled_from(LABELS), max_size=5))
def test_worst_is_the_gravest(labels: list[str]) -> None:
    assert worst(labels) == (min(labels, key=LABELS.index) if labels else "unchecked")


@st.composite
def judged(draw: st.DrawFn) -> list[Score]:
    """Two checks over two examples and two systems; each judges some of three claims."""
    scores = []
    for example in IDS[:2]:
        for system in SYSTEMS:
            for check in ("names", "numbers"):
                labels = draw(st.lists(st.sampled_from([*LABELS, None]), min_size=3, max_size=3))
                verdicts = tuple(
                    Verdict(Span(10 * i, 10 * i + 5), label, None, "r") for i, label in enumerate(labels) if label
                )
                scores.append(Score(example, system, check, "ok", {"z": 0.0}, verdicts))
    return scores


@given(judged())
def test_claims_against_brute_force(scores: list[Score]) -> None:
    rows = count_claims(scores, SYSTEMS, ["names", "numbers"])
    assert [(row.system, row.scorer) for row in rows] == [
        (system, check) for system in SYSTEMS for check in ("names", "numbers", "any")
    ]
    for row in rows:
        mine = [score for score in scores if score.system == row.system]
        if row.scorer != "any":
            labels = [v.label for score in mine if score.scorer == row.scorer for v in score.verdicts]
        else:
            places = {(score.example_id, v.claim) for score in mine for v in score.verdicts}
            labels = [
                min(
                    (v.label for s in mine if s.example_id == example for v in s.verdicts if v.claim == claim),
                    key=LABELS.index,
                )
                for example, claim in places
            ]
        assert row.claims == len(labels)
        assert {label: getattr(row, label) for label in LABELS} == {label: labels.count(label) for label in LABELS}


@given(judged())
def test_all_together_say_what_the_combination_does_where_it_judged(scores: list[Score]) -> None:
    rows = {(row.system, row.scorer): row for row in count_claims(scores, SYSTEMS, ["names"], ["numbers"])}
    for system in SYSTEMS:
        labels: dict[tuple[str, Span], str] = {}
        for check in ("names", "numbers"):  # the combination last: it has the last word
            for score in scores:
                if (score.system, score.scorer) == (system, check):
                    labels.update({(score.example_id, v.claim): v.label for v in score.verdicts})
        found = rows[system, "any"]
        assert {label: getattr(found, label) for label in LABELS} == {
            label: list(labels.values()).count(label) for label in LABELS
        }
        assert (system, "numbers") not in rows


@given(judged())
def test_joined_verdicts_are_all_there_in_the_order_of_the_text(scores: list[Score]) -> None:
    joined = join_verdicts(scores)
    assert list(joined) == sorted(joined)
    assert sum(map(len, joined.values())) == sum(len(score.verdicts) for score in scores)
    for (example, system, start, end), by_check in joined.items():
        for check, verdict in by_check.items():
            assert verdict.claim == Span(start, end)
            [score] = [s for s in scores if (s.example_id, s.system, s.scorer) == (example, system, check)]
            assert verdict in score.verdicts


def test_without_checks_there_are_no_claims() -> None:
    assert count_claims([Score("e0", "s", "m", "ok", {"x": 1.0})], ["s"], []) == ()
