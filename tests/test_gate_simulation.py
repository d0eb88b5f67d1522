"""The simulations of docs/gate.md in small: no false alarms, power as reported; and a comparison of larger runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

from bench.comparing.comparison import Gate
from bench.config.gate import compare_settings

HOME = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("gate_simulation")


@pytest.fixture(scope="module")
def gate() -> Gate:
    return replace(compare_settings(()).gate, resamples=10_000)


def test_the_margins_are_the_default_ones(script: ModuleType, gate: Gate) -> None:
    names = [("rouge", "rougeL_f1")] * script.ROUGE + [("bertscore", "f1")] * script.EMBEDDING
    names += [("numbers", "supported_share")] * script.SHARE
    assert list(script.MARGINS) == [gate.margin(*name).absolute for name in names]
    assert script.VALUES == 30


def test_copies_are_noisy_discrete_and_correlated(script: ModuleType) -> None:
    rng = np.random.default_rng(1)
    level, claims = rng.standard_normal((400, 5, 1)), rng.integers(3, 7, (400, 5, 1))
    one, other = (script.noisy_copy(rng, level, claims) for _ in range(2))
    assert one.shape == (400, 5, 30)
    difference = other - one
    assert abs(difference.mean(axis=(0, 1))).max() < 0.01
    assert 0.08 < difference[..., 0].std() < 0.11
    assert 0.4 < np.corrcoef(difference[..., 0].ravel(), difference[..., 11].ravel())[0, 1] < 0.6
    shares = one[..., -1]
    assert 0.8 < (shares == 1).mean() < 0.98
    assert 0.01 < 1 - shares.mean() < 0.06


def test_equal_systems_raise_no_alarm_and_drops_are_shown(script: ModuleType, gate: Gate) -> None:
    count = 40
    tally = script.simulate(count, 50, gate)
    for margin in ("default", "0"):
        assert sum(n for (name, _), n in tally.outcomes.items() if name == margin) == count
        # At most 5 % are expected.
        assert tally.outcomes[margin, "regressed"] <= stats.binom.ppf(0.999, count, 0.05)
        assert tally.plain[margin] > 0.5 * count
    for where in ("one", "all"):
        assert tally.drops["0", 0.05, where] > tally.drops["0", 0.01, where]
        assert tally.drops["0", 0.05, where] >= tally.drops["default", 0.05, where]
    assert tally.drops["0", 0.05, "all"] > 0.6 * count
    reported = {name: float(np.mean(drops)) for name, drops in tally.detectable.items()}
    assert reported["default"] - reported["0"] == pytest.approx(0.01)
    shown = script.inject_detectable(count, 50, gate, reported)
    assert all(0.6 < share < 0.95 for share in shown.values()), shown


def test_summeval(script: ModuleType, gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    if not script.SUMMEVAL.exists():
        pytest.skip("the judgements aren't beside the checkout")
    script.print_summeval(gate, most=3)
    shown = capsys.readouterr().out
    assert "100 documents: 3 of 3 systems pass against themselves" in shown
    assert "| worse |" in shown


def test_the_doc_shows_what_the_script_prints(script: ModuleType) -> None:
    """Every table's head in docs/gate.md is one that the script prints, and the numbers keep the promise."""
    text = (HOME / "docs" / "gate.md").read_text(encoding="utf-8")
    source = (HOME / "benchmarks" / "gate_simulation.py").read_text(encoding="utf-8")
    assert "python benchmarks/gate_simulation.py" in text
    head = (
        "| documents | margin | falsely regressed | plain rule: falsely regressed | pass or improved | inconclusive |"
    )
    assert head in text
    assert head in source
    rows = [line for line in text.split(head)[1].splitlines()[2:8] if line.startswith("| ")]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == ["20", "20", "100", "100", "1,000", "1,000"]
    assert all(float(row.split(" | ")[2].rstrip(" %")) <= 5 for row in rows)


def test_comparing_larger_runs(tmp_path: Path, benchmark: Callable[[str], ModuleType]) -> None:
    """The scale benchmark in small: its runs are read, compared and pass."""
    scale = benchmark("compare_scale")
    for seed, name in ((1, "before"), (2, "now")):
        scale.write_run(tmp_path / name, 300, seed)
    seconds, peak, shown = scale.measure(tmp_path / "before", tmp_path / "now")
    assert sum(map(len, scale.SCORERS.values())) == 20
    assert 0 < seconds < 120
    assert 0 < peak < 2
    assert "pass" in shown


def allowed(count: int, level: float) -> float:
    """The share that a test of this level exceeds once in a thousand such simulations."""
    return float(stats.binom.ppf(0.999, count, level)) / count


def test_rare_large_losses_are_no_pass_and_skewed_gains_no_regression(script: ModuleType, gate: Gate) -> None:
    shapes = {shape.name: shape for shape in script.SHAPES}
    rare = script.at_the_margin(shapes["2 % lose 0.5"], 20, 120, gate)
    assert rare["pass"] == 0
    assert rare["t: pass"] > 0.5
    skewed = script.at_the_margin(shapes["exponential gains"], 10, 240, gate)
    assert skewed["regressed"] <= allowed(240, gate.alpha / 2)
    assert skewed["t: regressed"] > 0.04


@pytest.mark.parametrize("name", ["ROUGE", "ROUGE, 10 examples a document", "share of 4 claims"])
def test_the_intervals_of_a_run_cover_also_of_few_documents(script: ModuleType, name: str) -> None:
    for documents in (2, 5):
        assert script.coverage(name, documents, 300, 1000) >= 1 - allowed(300, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("documents", [10, 50, 200])
def test_every_shape_keeps_its_level(script: ModuleType, gate: Gate, documents: int) -> None:
    most = allowed(480, gate.alpha / 2)
    for shape in script.SHAPES:
        assert abs(shape.draw(np.random.default_rng(1), 4000, 50).mean() + shape.margin) < 0.001
        found = script.at_the_margin(shape, documents, 480, gate)
        assert found["pass"] <= most, shape
        assert found["regressed"] <= most, shape


@pytest.mark.slow
def test_the_intervals_of_a_run_cover(script: ModuleType) -> None:
    for name in script.SCORES:
        # Two equal counts say nothing of how counts vary.
        for documents in (2, 3, 5, 10, 50)[2 * (name == "count") :]:
            assert script.coverage(name, documents, 1000, 10_000) >= 1 - allowed(1000, 0.05), (name, documents)


def test_the_tables_at_the_margin_keep_the_promise(script: ModuleType) -> None:
    """As docs/gate.md shows them: each shape of differences, in both tables, in every size."""
    text = (HOME / "docs" / "gate.md").read_text(encoding="utf-8")
    heads = [f"The true drop is the margin, 1,000 simulations: falsely {name}" for name in ("pass", "regressed")]
    for head, more in zip(heads, (0, 1), strict=True):
        rows = [line.strip("| ").split(" | ") for line in text.split(head)[1].split("\n\n")[1].splitlines()[2:]]
        assert [row[0] for row in rows][: len(script.SHAPES)] == [shape.name for shape in script.SHAPES]
        assert len(rows) == len(script.SHAPES) + more
        for row in rows[: len(script.SHAPES)]:
            assert len(row) == 1 + len(script.EDGES)
            assert all(float(cell.split(" %")[0]) / 100 <= allowed(1000, 0.025) for cell in row[1:]), row
