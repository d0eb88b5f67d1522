"""A path that can't name a file is one clear message, whatever setting or command it is given to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, main
from bench.errors import InputError
from bench.paths import user_path

FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]")
NO_PATHS = {
    "a NUL": ("a\0b", "no file's name"),
    "half a surrogate pair": ("a\ud800b", "no file's name"),
    "5,000 characters": ("x" * 5000, "too long for a path (5000 characters)"),
    "5,000 characters in folders": ("x/" * 2500, "too long for a path (5000 characters)"),
    "a user who isn't there": ("~nobody7/x", "there is no such user"),
}
SETTINGS: dict[str, Callable[[str], list[str]]] = {
    "run_dir": lambda path: ["run", *FAST, f'run_dir="{path}"'],
    "results_dir": lambda path: ["run", *FAST, f'results_dir="{path}"'],
    "--config-dir of gate": lambda path: ["gate", "main", "--config-dir", path],
    "--config-dir of list": lambda path: ["list", "--config-dir", path],
    "dataset.path": lambda path: ["run", *FAST, "dataset=jsonl", f'dataset.path="{path}"'],
    "dataset.path of frank": lambda path: ["meta", "dataset=frank", f'dataset.path="{path}"'],
    "dataset.path of qags": lambda path: ["run", *FAST, "dataset=qags", f'dataset.path="{path}"'],
    "dataset.path of summeval": lambda path: ["run", *FAST, "dataset=summeval", f'dataset.path="{path}"'],
    "dataset.root": lambda path: ["run", *FAST, "dataset=folder", f'dataset.root="{path}"', "dataset.reference=a"],
    "RUN": lambda path: ["report", path],
    "RUN of compare": lambda path: ["compare", path, path],
    "RUN of explain": lambda path: ["explain", path],
    "BASELINE": lambda path: ["gate", path, *FAST],
    "--output": lambda path: ["explain", "LATEST", "--output", path],
    "--html": lambda path: ["history", "--html", path],
    "outputs": lambda path: ["compare", "a", "b", f'outputs.markdown="{path}"'],
    "scores": lambda path: ["meta", f'scores="{path}"'],
    "beside": lambda path: ["meta", "run=LATEST", f'beside="{path}"'],
    "run of selfcheck": lambda path: ["selfcheck", f'run="{path}"'],
    "outputs of selfcheck": lambda path: ["selfcheck", "run=LATEST", f'outputs.csv="{path}"'],
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("what", NO_PATHS)
def test_no_path_is_one_message(
    setting: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path, told = NO_PATHS[what]
    GlobalHydra.instance().clear()
    assert main(SETTINGS[setting](path)) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err.splitlines()[-1]
    assert len(err.splitlines()[-1]) < 300
    # What argparse refuses comes after its line of usage.
    assert err.startswith("usage: ") or len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_longest_path_that_a_file_system_takes(tmp_path: Path) -> None:
    """The control: what is a path is given back as it is."""
    name = "x" * 255
    (tmp_path / name).write_text("", encoding="utf-8")
    assert user_path(str(tmp_path / name)) == tmp_path / name
    with pytest.raises(InputError, match="too long"):
        user_path(tmp_path / ("x" * 256))


def test_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_path("~/a") == tmp_path / "a"
    assert user_path("b~") == Path("b~")
