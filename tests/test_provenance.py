"""Where numbers come from, in checkouts made for the test."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pytest

import bench
from bench import provenance


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_commit_and_changes(tmp_path: Path) -> None:
    assert provenance.git_state(tmp_path) == {"commit": None, "dirty": None}
    git(tmp_path, "init", "-q")
    assert provenance.git_state(tmp_path) == {"commit": None, "dirty": None}, "no commit yet"
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "one")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert provenance.git_state(tmp_path) == {"commit": commit, "dirty": False}
    (tmp_path / "a").write_text("2")
    assert provenance.git_state(tmp_path) == {"commit": commit, "dirty": True}
    (tmp_path / "sub").mkdir()
    assert provenance.git_state(tmp_path / "sub")["commit"] == commit


def test_without_git_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.git_state(Path(__file__).parent) == {"commit": None, "dirty": None}


def test_versions_are_those_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = provenance.package_versions()
    assert list(versions) == list(provenance.PACKAGES)
    assert versions["numpy"] == numpy.__version__
    assert versions["sumbench"] == bench.__version__ == importlib.metadata.version("sumbench")
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-package", "numpy"))
    assert provenance.package_versions() == {"no-such-package": None, "numpy": versions["numpy"]}


def test_the_machine_is_described() -> None:
    machine = provenance.machine()
    assert machine["python"] == platform.python_version()
    assert machine["cores"] >= 1
    assert machine["command"] == Path(sys.argv[0]).name
    assert platform.node() not in [text for text in map(str, machine.values()) if text], "no name of the machine"


def test_stages_add_up_even_when_they_fail() -> None:
    clock, begun = provenance.Stopwatch(), time.perf_counter()
    for _ in range(2):
        with clock.stage("sleep"):
            time.sleep(0.02)
    with pytest.raises(ValueError, match="x"), clock.stage("fail"):
        raise ValueError("x")
    assert 0.04 <= clock.seconds["sleep"] <= time.perf_counter() - begun
    assert set(clock.seconds) == {"sleep", "fail"}
