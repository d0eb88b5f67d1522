"""Every experiment that ships runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from bench.cli import OK, main
from bench.config import compose_run

EXPERIMENTS = sorted((Path(__file__).parents[1] / "conf" / "experiment").glob("*.yaml"))


def test_there_are_experiments() -> None:
    assert "smoke" in [path.stem for path in EXPERIMENTS]


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_an_experiment_is_a_small_diff_that_says_what_it_is_for(path: Path) -> None:
    first, second, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first == "# @package _global_"
    assert re.fullmatch(r"# \w.+", second)
    assert 0 < len(rest) < 30
    composed, default = compose_run([f"experiment={path.stem}"]), compose_run(())
    assert OmegaConf.to_container(composed) != OmegaConf.to_container(default), "an experiment changes something"


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_an_experiment_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    GlobalHydra.instance().clear()
    assert main(["run", f"experiment={path.stem}", "limit=2", "run_dir=out"]) == OK
    record = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert record["status"] == "finished"
    wanted = compose_run([f"experiment={path.stem}"])
    assert set(record["signatures"]) == {*wanted.metrics, *wanted.checks}
    assert sum(counts.get("ok", 0) for counts in record["counts"].values()) > 0
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert all(signature in out for signature in record["signatures"].values())


def test_smoke_loads_no_model() -> None:
    smoke = compose_run(["experiment=smoke"])
    built = OmegaConf.to_yaml(OmegaConf.masked_copy(smoke, ["metrics", "checks", "dataset", "systems"]))
    assert "encoder" not in built
    assert "spacy" not in built
