"""The wheel: what is in it, and that it runs from an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
PARTS = ("bench", "conf", "tests", "pyproject.toml", "setup.py", "README.md", "LICENSE")


def ships(folder: str, pattern: str) -> set[str]:
    return {str(path.relative_to(HOME)) for path in (HOME / folder).rglob(pattern) if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network from a copy of the checkout, so that no build folder is left in it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    # Old runs among the fixtures would be held to the schema of today's (conftest.py), as if a test had written them.
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info", "version-*")
    for part in PARTS:
        if (HOME / part).is_dir():
            shutil.copytree(HOME / part, source / part, ignore=ignore)
        else:
            shutil.copy(HOME / part, source)
    # The build backend itself: what pip calls, without pip's isolated environment, which needs the network.
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(target)!r})"
    done = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked, which is all that installing a pure Python wheel does."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def python(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "160"}
    command = [sys.executable, "-P", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_the_wheel_holds_all_code_and_data_and_no_test(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    configs = {f"bench/{name}" for name in ships("conf", "*.yaml") | ships("conf", "*.py")}
    kinds = ("*.py", "*.json", "*.html", "*.txt", "*.safetensors")
    wanted = {name for kind in kinds for name in ships("bench", kind)} | configs | {"bench/py.typed"}
    assert wanted <= names, sorted(wanted - names)
    for name in ("bench/conf/run.yaml", "bench/conf/dataset/sample.yaml", "bench/data/sample.json",
                 "bench/data/run.schema.json", "bench/data/score.schema.json", "bench/data/comparison.schema.json",
                 "bench/data/history.html", "bench/perturb/__init__.py"):  # fmt: skip
        assert name in names
    rest = {name for name in names - wanted if ".dist-info/" not in name}
    assert not rest, sorted(rest)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_names_its_command_and_its_licence(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    assert "sumbench = bench.cli:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    metadata = (info / "METADATA").read_text(encoding="utf-8")
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Dist: hydra-core" in metadata


def test_the_wheel_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = python(installed, tmp_path, "-c", "import bench, bench.conf; print(bench.__file__, bench.conf.__file__)")
    assert all(path.startswith(str(installed)) for path in where.stdout.split()), "it is the wheel that runs"
    done = python(installed, tmp_path, "-m", "bench", "run", "metrics=[rouge]", "checks=[]", "run_dir=out")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"out", "results"}, "results: a pointer to the run"
    assert json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["status"] == "finished"
    done = python(installed, tmp_path, "-m", "bench", "list")
    assert (done.returncode, done.stderr) == (0, "")
    for path in (HOME / "conf").glob("*/*.yaml"):
        assert f" {path.stem} " in done.stdout
