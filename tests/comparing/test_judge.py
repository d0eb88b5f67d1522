"""From paired differences to outcomes: every outcome on made-up columns, and what must not move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from bench.comparing.comparison import Difference, Gate, Margin
from bench.comparing.judge import Column, by_inference, by_tolerance, columns_of, judge, table, worst_gains
from bench.comparing.snapshot import Cell, ExampleHash, Snapshot
from bench.record import ScorerRecord

GATE = Gate(margins={"*": Margin(0.01)}, resamples=10_000)


def one_column(
    values: Sequence[float] | NDArray[np.float64],
    *,
    higher: bool = True,
    documents: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
) -> Snapshot:
    """A snapshot of one value, whose texts count as those of any other; NaN: the cell is there, without the value."""
    names = names or [f"e{index:04}" for index in range(len(values))]
    documents = documents or [f"d{index:04}" for index in range(len(values))]
    return Snapshot(
        name="made",
        run_id="made",
        commit=None,
        signatures={"rouge": "rouge|version:1"},
        scorers={"rouge": ScorerRecord("metric", (), {"f1": higher, "length": None})},
        systems={"model": "candidate"},
        examples={
            name: ExampleHash(f"content {index:04}", document)
            for index, (name, document) in enumerate(zip(names, documents, strict=True))
        },
        cells={
            (name, "model", "rouge"): Cell("ok", {} if np.isnan(value) else {"f1": float(value)})
            for name, value in zip(names, values, strict=True)
        },
        texts={(name, "model"): "its summary" for name in names},
    )


def judged(before: Snapshot, now: Snapshot, gate: Gate = GATE, shared: Mapping[str, str] | None = None) -> Difference:
    columns = list(columns_of(before, "rouge", ["model"], gate))
    (found,) = judge(columns, before, now, shared or dict(zip(before.examples, now.examples, strict=True)), gate)
    return found


def scores(n: int, mean: float = 0.0, noise: float = 0.05, seed: int = 1) -> tuple[Snapshot, Snapshot]:
    """Two snapshots whose sample of differences has exactly this mean and standard deviation."""
    rng = np.random.default_rng(seed)
    before, difference = rng.uniform(0.3, 0.5, n), rng.standard_normal(n)
    difference = mean + noise * (difference - difference.mean()) / difference.std(ddof=1)
    return one_column(before), one_column(before + difference)


@pytest.mark.parametrize(
    ("mean", "noise", "outcome"),
    [
        (0.0, 0.0, "pass"),
        (0.0, 0.04, "pass"),
        (0.0, 0.06, "inconclusive"),
        (-0.005, 0.01, "pass"),
        (-0.009, 0.01, "inconclusive"),
        (-0.011, 0.01, "inconclusive"),
        (-0.013, 0.01, "regressed"),
        (-0.05, 0.05, "regressed"),
        (0.005, 0.01, "pass"),
        (0.013, 0.01, "improved"),
        (0.05, 0.05, "improved"),
        (0.02, 0.5, "inconclusive"),
    ],
)
def test_outcomes(mean: float, noise: float, outcome: str) -> None:
    """100 documents: the interval is 0.2 to 0.25 standard deviations to each side, the margin 0.01."""
    found = judged(*scores(100, mean, noise))
    assert found.outcome == outcome, found
    assert found.difference == pytest.approx(mean, abs=1e-12)
    assert found.method == "bootstrap"
    assert (found.n, found.documents) == (100, 100)
    half = stats.t.ppf(0.975, 99) * noise / 10
    # Student's at least; the skew that 100 values may hide widens it.
    for reach in (mean - found.low, found.high - mean):
        assert half - 1e-12 <= reach <= 1.25 * half + 1e-12


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.05, 0.5])
def test_lower_is_better_mirrors(noise: float) -> None:
    for mean in (-0.03, 0.0, 0.03):
        before, now = scores(60, mean, noise)
        upward = judged(before, now)

        def flipped(snapshot: Snapshot) -> Snapshot:
            values = [-cell.values["f1"] for cell in snapshot.cells.values()]
            return one_column(values, higher=False)

        downward = judged(flipped(before), flipped(now))
        assert downward.outcome == upward.outcome
        assert downward.p_regressed == pytest.approx(upward.p_regressed, abs=1e-12)
        assert downward.difference == pytest.approx(-upward.difference, abs=1e-12)
        assert (downward.low, downward.high) == pytest.approx((-upward.high, -upward.low), abs=1e-12)
        assert downward.detectable == pytest.approx(upward.detectable)
        assert downward.needed == upward.needed


@settings(max_examples=25)
@given(st.lists(st.floats(-0.2, 0.2), min_size=5, max_size=30), st.integers(0, 3))
def test_swapping_the_two_mirrors_the_interval(differences: list[float], seed: int) -> None:
    before = np.full(len(differences), 0.5)
    gate = replace(GATE, seed=seed, resamples=2_000)
    one, other = one_column(before), one_column(before + np.array(differences))
    there, back = judged(one, other, gate), judged(other, one, gate)
    assert back.difference == pytest.approx(-there.difference, abs=1e-12)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), abs=1e-9)
    mirror = {"improved": ("regressed",), "regressed": ("improved",)}
    # What is improved one way is regressed the other; what is regressed may have been short of improved for its spread.
    assert back.outcome in mirror.get(there.outcome, ("pass", "inconclusive"))


@settings(max_examples=15)
@given(st.permutations(range(12)))
def test_neither_order_nor_names_move_anything(order: list[int]) -> None:
    rng = np.random.default_rng(2)
    before, now = rng.uniform(0.3, 0.5, 12), rng.uniform(0.3, 0.5, 12)
    documents = [f"d{index // 2}" for index in range(12)]
    plain = judged(one_column(before, documents=documents), one_column(now, documents=documents))
    one = one_column(before, documents=documents, names=[f"x{place:02}" for place in order])
    other = one_column(now, documents=documents, names=[f"y{place:02}" for place in reversed(order)])
    pairs = list(zip(one.examples, other.examples, strict=True))
    assert judged(one, other, shared=dict(sorted(pairs))) == plain


@settings(max_examples=15)
@given(st.floats(-5, 5), st.floats(0.01, 100))
def test_shifting_and_scaling(constant: float, scale: float) -> None:
    before, now = scores(40, -0.02, 0.05)
    plain = judged(before, now)

    def changed(snapshot: Snapshot) -> Snapshot:
        return one_column([constant + scale * cell.values["f1"] for cell in snapshot.cells.values()])

    gate = replace(GATE, margins={"*": Margin(0.01 * scale)})
    found = judged(changed(before), changed(now), gate)
    assert found.outcome == plain.outcome
    assert found.p_regressed == pytest.approx(plain.p_regressed, rel=0.02)
    for name in ("difference", "low", "high", "detectable"):
        assert getattr(found, name) == pytest.approx(scale * getattr(plain, name), rel=1e-6)


def test_margins_are_absolute_relative_or_the_larger() -> None:
    before, now = scores(100, -0.02, 0.01)
    mean = np.mean([cell.values["f1"] for cell in before.cells.values()])
    for margin, size in (
        (Margin(0.03), 0.03),
        (Margin(relative=0.1), 0.1 * mean),
        (Margin(0.03, 0.02), 0.03),
        (Margin(0.001, 0.1), 0.1 * mean),
    ):
        found = judged(before, now, replace(GATE, margins={"*": margin}))
        assert found.margin == pytest.approx(size)
        assert found.outcome == "pass"
    assert judged(before, now, replace(GATE, margins={"*": Margin(relative=0.01)})).outcome == "regressed"
    # Of a mean below zero (BARTScore, say) the relative margin is still positive.
    assert Margin(relative=0.1).of(-3.0) == pytest.approx(0.3)


def test_margin_zero() -> None:
    gate = replace(GATE, margins={"*": Margin()})
    before, now = scores(30, 0.0, 0.0)
    same = judged(before, now, gate)
    assert (same.outcome, same.difference, same.needed) == ("pass", 0.0, None)
    worse = judged(*scores(30, -0.001, 0.0), gate)
    assert worse.outcome == "regressed"
    noisy = judged(*scores(30, 0.0, 0.05), gate)
    # No number of documents shows that nothing at all changed.
    assert (noisy.outcome, noisy.needed) == ("inconclusive", None)


@pytest.mark.parametrize("drop", [0.01, 0.03, 0.1])
def test_a_drop_of_exactly_the_margin_is_no_regression(drop: float) -> None:
    """0.4 - 0.39 isn't 0.01 in floating point: rounding decides nothing."""
    values = np.array([0.4, 0.7, 0.35, 0.2, 0.9, 0.31, 0.77])
    gate = replace(GATE, margins={"*": Margin(drop)})
    for n in (7, 3):
        assert judged(one_column(values[:n]), one_column(values[:n] - drop), gate).outcome == "pass"
        assert judged(one_column(values[:n] - drop), one_column(values[:n]), gate).outcome == "pass"


def test_missing_values_take_no_part() -> None:
    rng = np.random.default_rng(4)
    before, now = rng.uniform(0.3, 0.5, 60), rng.uniform(0.3, 0.5, 60)
    before[3], now[7], before[11], now[11] = np.nan, np.nan, np.nan, np.nan
    found = judged(one_column(before), one_column(now))
    both = ~np.isnan(before) & ~np.isnan(now)
    assert found.n == both.sum() == 57
    assert found.baseline_mean == pytest.approx(before[both].mean())
    assert found.run_mean == pytest.approx(now[both].mean())
    assert found.difference == pytest.approx((now - before)[both].mean())
    nothing = one_column(np.full(60, np.nan))
    columns = list(columns_of(nothing, "rouge", ["model"], GATE))
    assert judge(columns, nothing, one_column(now), {name: name for name in nothing.examples}, GATE) == []


def test_values_without_direction_or_margin_are_not_gated() -> None:
    snapshot = one_column([0.1, 0.2])
    assert [column.value for column in columns_of(snapshot, "rouge", ["model"], GATE)] == ["f1"]
    assert list(columns_of(snapshot, "rouge", ["model"], Gate(margins={"other.*": Margin()}))) == []
    every = replace(GATE, fail_on_change=True)
    assert [column.value for column in columns_of(snapshot, "rouge", ["model"], every)] == ["f1", "length"]


def test_the_table_against_one_look_up_at_a_time() -> None:
    rng = np.random.default_rng(5)
    snapshot = one_column(rng.uniform(size=6))
    systems, scorers, values = ("a", "b"), ("x", "y"), ("u", "v", "w")
    cells = {
        (example, system, scorer): Cell("ok", {value: float(rng.uniform()) for value in values if rng.uniform() < 0.7})
        for example in snapshot.examples
        for system in systems
        for scorer in scorers
        if rng.uniform() < 0.8
    }
    snapshot = replace(snapshot, cells=cells)
    columns = [
        Column(system, scorer, value, Margin(), True) for value in values for system in systems for scorer in scorers
    ]
    examples = [*snapshot.examples, "unknown"]
    found = table(snapshot, columns, examples)
    for row, example in enumerate(examples):
        for index, column in enumerate(columns):
            cell = cells.get((example, column.system, column.scorer))
            expected = np.nan if cell is None else cell.values.get(column.value, np.nan)
            assert np.array_equal(found[row, index], expected, equal_nan=True)


@pytest.mark.parametrize(
    ("gain", "outcome"), [(0.0, "pass"), (-0.01, "pass"), (-0.0101, "regressed"), (0.01, "pass"), (0.0101, "improved")]
)
def test_few_documents_have_a_plain_tolerance(gain: float, outcome: str) -> None:
    assert by_tolerance(gain, 0.01, 1)[0] == outcome
    found = judged(one_column([0.4] * 4), one_column([0.4 + gain] * 4))
    assert (found.outcome, found.method, found.low, found.p_regressed) == (outcome, "tolerance", None, None)
    assert "4 documents allow no inference" in found.reason
    # Twenty summaries of one document are one document.
    found = judged(one_column([0.4] * 20, documents=["d"] * 20), one_column([0.4 + gain] * 20, documents=["d"] * 20))
    assert (found.outcome, found.method, found.n, found.documents) == (outcome, "tolerance", 20, 1)
    assert "1 document allows no inference" in found.reason


def test_every_value_makes_the_others_harder_to_show() -> None:
    """A drop that one value alone shows is inconclusive among a hundred that didn't change."""
    before, now = scores(100, -0.013, 0.01)
    assert judged(before, now).outcome == "regressed"
    names = [f"v{index}" for index in range(100)]

    def widened(snapshot: Snapshot, other: Snapshot) -> Snapshot:
        return replace(
            snapshot,
            scorers={"rouge": ScorerRecord("metric", (), dict.fromkeys(["f1", *names], True))},
            cells={
                key: Cell("ok", {**cell.values, **dict.fromkeys(names, other.cells[key].values["f1"])})
                for key, cell in snapshot.cells.items()
            },
        )

    wide = widened(before, before), widened(now, before)
    columns = list(columns_of(wide[0], "rouge", ["model"], GATE))
    found = {each.value: each for each in judge(columns, *wide, {name: name for name in before.examples}, GATE)}
    assert found["f1"].outcome == "inconclusive"
    assert found["f1"].reason == "below the margin, but not for sure among so many values"
    assert found["f1"].high < -0.01
    assert {found[name].outcome for name in names} == {"pass"}
    # The interval is each value's own; what can be detected knows of the others.
    alone = judged(before, now)
    assert (found["f1"].low, found["f1"].high) == pytest.approx((alone.low, alone.high))
    assert found["f1"].detectable > alone.detectable


def test_many_values_leave_a_large_drop_visible() -> None:
    """The bootstrap alone has a smallest p-value, 1 in 20,001: five documents and thirty values would be blind."""
    rng = np.random.default_rng(6)
    values = [f"v{index}" for index in range(30)]
    names = [f"e{index}" for index in range(6)]

    def made(drop: float) -> Snapshot:
        plain = one_column(np.zeros(6), names=names)
        cells = {
            (name, "model", "rouge"): Cell("ok", {v: 0.5 - drop + rng.normal(0, 0.005) for v in values})
            for name in names
        }
        return replace(plain, scorers={"rouge": ScorerRecord("metric", (), dict.fromkeys(values, True))}, cells=cells)

    before, now = made(0), made(0.2)
    columns = list(columns_of(before, "rouge", ["model"], GATE))
    found = judge(columns, before, now, {name: name for name in names}, GATE)
    assert [each.outcome for each in found] == ["regressed"] * 30
    assert all(each.detectable < 0.1 for each in found)


def test_needed_is_for_want_of_documents_only() -> None:
    found = judged(*scores(50, 0.0, 0.1))
    assert found.outcome == "inconclusive"
    assert found.needed == pytest.approx(50 * ((1.96 + 0.8416) * 0.1 / np.sqrt(50) / 0.01) ** 2 + 1.92, abs=1)
    # Here 100 documents were enough to show that nothing changed: something did.
    found = judged(*scores(100, -0.009, 0.01))
    assert (found.outcome, found.needed) == ("inconclusive", None)


@given(
    st.floats(-0.2, 0.2),
    st.floats(0, 0.2),
    st.floats(0, 0.1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([0.005, 0.025]),
)
def test_outcomes_never_contradict_the_interval(
    low: float, width: float, margin: float, p_regressed: float, p_improved: float, p_lost: float, level: float
) -> None:
    outcome, reason = by_inference(low, low + width, margin, p_regressed, p_improved, p_lost, level)
    assert reason
    if outcome in ("pass", "improved"):
        assert low >= -margin - 1e-12
        assert p_regressed > level
        assert p_lost <= level
    assert (outcome == "regressed") == (p_regressed <= level)


@pytest.mark.parametrize(("documents", "outcome"), [(20, "inconclusive"), (180, "inconclusive"), (250, "pass")])
def test_losses_too_rare_to_be_seen(documents: int, outcome: str) -> None:
    """Were 2 % of the summaries to lose all they have, 0.5 each, none among 20 would be seen in two of three runs."""
    plain = one_column([0.5] * documents)
    rewritten = replace(plain, texts=dict.fromkeys(plain.texts, "written anew"))
    found = judged(plain, rewritten)
    assert (found.outcome, found.difference, found.low, found.high) == (outcome, 0.0, 0.0, 0.0)
    # Values that all stayed as they were say nothing of how much they vary, and so of no drop that would have shown.
    assert found.detectable is None
    assert (0.98**documents > 0.025) == (outcome == "inconclusive")
    if outcome == "inconclusive":
        assert found.reason == "too few documents to rule out rare large losses"
        assert found.needed is not None
        assert 0.98**found.needed < 0.025 < 0.98 ** (0.95 * found.needed)
    # What is word for word the same lost nothing; what isn't known may have.
    assert judged(plain, plain).outcome == "pass"
    assert judged(replace(plain, texts={}), plain).outcome == outcome
    assert judged(plain, replace(plain, texts={})).outcome == outcome
    one = replace(plain, texts={**plain.texts, ("e0000", "model"): "written anew"})
    assert judged(plain, one).outcome == outcome


def test_as_many_documents_as_needed_pass() -> None:
    """Four times in five, were nothing changed: with noise, and with what can't be seen on top."""
    rng = np.random.default_rng(3)

    def made(count: int) -> tuple[Snapshot, Snapshot]:
        before = one_column(rng.uniform(0.2, 0.5, count))
        now = [cell.values["f1"] + rng.normal(0, 0.08) for cell in before.cells.values()]
        return before, replace(one_column(now), texts={})

    needed = judged(*made(60)).needed
    assert needed is not None
    passed = sum(judged(*made(needed)).outcome == "pass" for _ in range(30))
    assert passed >= stats.binom.ppf(0.001, 30, 0.8)


@given(st.lists(st.tuples(st.floats(-2, 3) | st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6), st.booleans())
def test_the_worst_gain_against_one_look_at_a_time(pairs: list[tuple[float, float]], higher: bool) -> None:
    before, now = ([pair[side] for pair in pairs] for side in (0, 1))
    direction = 1.0 if higher else -1.0
    found = worst_gains(np.array(before)[:, None], np.array(now)[:, None], np.array([direction]))[0]
    seen = [*before, *now]
    if higher:
        worst = min(seen) if min(seen) < 0 else 0.0
        expected = worst - max(before)
    else:
        worst = max(seen) if min(seen) < 0 or max(seen) > 1 else 1.0
        expected = min(before) - worst
    assert found == pytest.approx(min(0.0, expected))
    assert all(found <= (n - b) * direction + 1e-12 for b in before for n in now)
