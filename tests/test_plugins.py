"""A metric of the user's own: one Python file and one YAML, outside of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.types import Candidate, Example, Pair

EXAMPLE = Path(__file__).parent / "fixtures" / "plugin"
README = Path(__file__).parents[1] / "README.md"
FILES = ("my_metrics.py", "metrics/numbers_kept.yaml")


def sumbench(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command, typed in a folder. ``-P``: as the console script, it doesn't see that folder by itself."""
    command = [sys.executable, "-P", "-m", "bench", *words]
    environment = {**os.environ, "COLUMNS": "160"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's folder: the example of the README and a text of their own with its summaries."""
    path = tmp_path_factory.mktemp("mine")
    (path / "conf" / "metrics").mkdir(parents=True)
    shutil.copy(EXAMPLE / FILES[0], path)
    shutil.copy(EXAMPLE / FILES[1], path / "conf" / "metrics")
    texts = {"story": "In 2024 they signed 9 plans.", "half": "They signed 9.", "none": "They signed plans."}
    (path / "texts").mkdir()
    for name, text in texts.items():
        (path / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return path


DATA = ("dataset=folder", "dataset.root=texts", "dataset.reference=story", "systems=[candidates]")
MINE = ("--config-dir", "conf", "metrics=[rouge,numbers_kept]", "checks=[]", *DATA)


def test_the_example_is_short() -> None:
    assert sum(len((EXAMPLE / name).read_text(encoding="utf-8").splitlines()) for name in FILES) < 30


@pytest.mark.parametrize("name", FILES)
def test_the_readme_shows_the_example_word_for_word(name: str) -> None:
    assert (EXAMPLE / name).read_text(encoding="utf-8").strip() in README.read_text(encoding="utf-8")


def test_a_metric_of_ones_own_runs_through_the_command(folder: Path) -> None:
    done = sumbench(folder, "run", *MINE, "metrics.numbers_kept.digits=1", "plugins=[my_metrics]", "run_dir=out")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    record = json.loads((folder / "out/run.json").read_text(encoding="utf-8"))
    signature = "numbers_kept|version:1|digits:1"
    assert record["signatures"]["numbers_kept"] == signature
    assert record["config"]["plugins"] == ["my_metrics"]
    means = {(a["system"], a["value"]): a["mean"] for a in record["aggregates"] if a["scorer"] == "numbers_kept"}
    assert means == {("half", "kept"): 0.5, ("none", "kept"): 0.0}
    assert re.search(r"half +0\.5", done.stdout)
    assert signature in done.stdout


def test_it_is_listed(folder: Path) -> None:
    done = sumbench(folder, "list", "--config-dir", "conf")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = [line for line in done.stdout.splitlines() if line.strip().startswith("numbers_kept")]
    assert "The share of the references' numbers that the candidate keeps." in line


def test_without_its_name_on_the_command_line_it_is_refused(folder: Path) -> None:
    done = sumbench(folder, "run", *MINE, "run_dir=refused")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'plugins=[my_metrics]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "refused").exists()


def test_the_example_as_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(EXAMPLE)])
    from my_metrics import NumbersKept

    example = Example("e", "", references=("In 2024 they signed 9 plans.", "No number here."))
    pair = Pair(example, Candidate("e", "s", "In 2024."))
    assert NumbersKept().score([pair])[0].values == {"kept": 0.5}
    assert NumbersKept(digits=4).score([pair])[0].values == {"kept": 1.0}
    assert NumbersKept(digits=4).signature() != NumbersKept().signature()
    (score,) = NumbersKept(digits=5).score([pair])
    assert (score.status, score.error) == ("undefined", "the references hold no number")
    assert not score.values
