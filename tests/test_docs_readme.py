"""What the README shows of a run is what the run prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.cli import main
from bench.commands.common import OK

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_readme_shows_what_make_run_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"^```\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    shown = next(block for block in blocks if block.startswith("rouge\n"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["run"]) == OK
    printed = iter([line.strip() for line in capsys.readouterr().out.splitlines()])
    # Shortened: in the same order, with lines left out between.
    assert [line for line in shown.splitlines() if line.strip() and line.strip() not in printed] == []
