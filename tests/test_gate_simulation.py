"""The simulations of docs/gate.md in small: no false alarms, power as reported; and a comparison of larger runs."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

from bench.comparing.comparison import Gate
from bench.config.gate import compare_settings

HOME = Path(__file__).parents[1]


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HOME / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    # Dataclasses look their module up.
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("gate_simulation")


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
    count = 60
    tally = script.simulate(count, 50, gate)
    for margin in ("default", "0"):
        assert sum(n for (name, _), n in tally.outcomes.items() if name == margin) == count
        # At most 5 % are expected: seven or more of 60 would happen once in 40 such tests.
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


def test_comparing_larger_runs(tmp_path: Path) -> None:
    """The scale benchmark in small: its runs are read, compared and pass."""
    scale = load_script("compare_scale")
    for seed, name in ((1, "before"), (2, "now")):
        scale.write_run(tmp_path / name, 300, seed)
    seconds, peak, shown = scale.measure(tmp_path / "before", tmp_path / "now")
    assert sum(map(len, scale.SCORERS.values())) == 20
    assert 0 < seconds < 120
    assert 0 < peak < 2
    assert "pass" in shown
