"""How far a run is, where there is no terminal."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from bench.report.progress import ProgressBar


class Clock:
    """Seconds that go on when they are told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_says_how_far_it_is() -> None:
    clock = Clock()
    progress = ProgressBar(Console(file=io.StringIO()), clock=clock)
    clock.now += 30
    assert progress.line() == "reading texts and loading models, after 30 s"
    progress(0, 4000)
    clock.now += 30
    assert progress.line() == "0 of 4,000 cells (0 %) after 1 min 0 s"
    progress(1000, 4000)
    clock.now += 30
    assert progress.line() == "1,000 of 4,000 cells (25 %) after 1 min 30 s, about 3 min 0 s left"
    progress(4000, 4000)
    assert progress.line() == "4,000 of 4,000 cells (100 %) after 1 min 30 s"


@pytest.mark.parametrize(("terminal", "ci", "lines"), [(False, "", True), (True, "1", True), (True, "", False)])
def test_lines_come_however_long_a_scorer_takes(
    terminal: bool, ci: str, lines: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    file = io.StringIO()
    progress = ProgressBar(Console(file=file, force_terminal=terminal), every=0.01)
    # Before the first line could come, so that each has the same to say.
    progress(1, 3)
    with progress:
        end = time.monotonic() + (60 if lines else 0.2)
        while file.getvalue().count("\n") < 3 and time.monotonic() < end:
            time.sleep(0.01)
    found = file.getvalue().splitlines()
    assert all(re.match(r"sumbench: 1 of 3 cells \(33 %\) after \d+ s", line) for line in found if lines)
    assert (len(found) >= 3) == lines
    time.sleep(0.05)
    assert file.getvalue().splitlines() == found, "nothing comes after the end"


def test_a_quick_run_says_nothing_of_it(tmp_path: Path) -> None:
    line = {"id": "a", "document": "One two.", "references": ["One."], "system": "s", "summary": "Two."}
    (tmp_path / "data.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    words = ("dataset=jsonl", "dataset.path=data.jsonl", "metrics=[rouge]", "checks=[]", "systems=[candidates]")
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench", "run", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    quick = time.monotonic() - start < 30
    assert (done.returncode, done.stderr if quick else "") == (0, "")
