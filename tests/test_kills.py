"""Killed, met by a second writer, or failed by the disk at each step of a run: the same bytes, or visibly unfinished.

The runs are those of ``fixtures/kills.py``, in a process of its own. By default every seventh place
of each way is tried; the slow tests try them all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "fixtures" / "kills.py"
HOWS = ("kill", "second", "second, then kill", "ENOSPC once", "ENOSPC lasting", "EIO once", "EIO lasting")
KILLED = -9


def disturbed(how: str, folder: Path, every: int) -> tuple[list[str], list[dict[str, Any]]]:
    """The steps of a run, and what became of each disturbance."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), how, str(folder), str(every)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    first, *reports = map(json.loads, done.stdout.splitlines())
    return first["steps"], reports


@pytest.mark.parametrize(
    ("how", "every"),
    [(how, 7) for how in HOWS] + [pytest.param(how, 1, marks=pytest.mark.slow) for how in HOWS],
)
def test_whatever_happens_the_end_is_that_of_an_undisturbed_run(tmp_path: Path, how: str, every: int) -> None:
    steps, reports = disturbed(how, tmp_path, every)
    # Names, contents and folders: config, overrides, journal, inputs, scores, record and pointer.
    assert steps.count("replace") == 6
    assert steps.count("link") == 1
    assert steps.count("fsync") > 15
    places = len(steps) * (1 if how.startswith("E") else 2)
    assert len(reports) == len(range(len(how) % every, places, every))
    for report in reports:
        # ``left`` and ``end`` were looked at there: finished with the same bytes, or visibly unfinished.
        assert report["end"] == "finished", report
        assert report["more"] == [], report
        assert report["latest"] or (report["warned"] and how.startswith("E")), report
        assert report["again"] == (2 if report["left"] == "finished" else 0), report
        assert all("\n" not in line and "run_dir=" in line for line in report["said"]), report
        codes = (report["code"], report["second"])
        if how == "second":
            assert sorted(codes, key=str) in ([0, 2], [0, None]), report
        elif how.startswith("E"):
            assert report["code"] in (0, 2), report
            assert report["code"] == 0 or "can't write there: " in report["said"][0], report
            assert report["code"] == 2 or report["left"] == "finished", report
        else:
            # A step that raises (a folder's parent isn't there yet) has no after.
            assert report["code"] in (KILLED, 0, 2), report
        # What the disk no longer lets be removed stays until something is written there again.
        assert report["leftovers"] == [] or how == "EIO lasting", report
