"""Sweeps: one ledger, nothing done twice, failures shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import main
from bench.errors import InputError
from bench.sweep import LEDGER_FILE, Ledger, SweepCell, open_ledger, read_ledger, sweep_id, write_ledger

FAST = ["metrics=[rouge]", "checks=[]", "systems=[candidates]"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def ledger_of(folder: Path) -> tuple[Path, Ledger]:
    (path,) = (folder / "results" / "sweeps").glob(f"*/{LEDGER_FILE}")
    return path.parent, read_ledger(path.parent)


def test_failed_cells_cost_no_other_and_are_shown(here, capsys):
    words = ["run", "-m", "metrics.rouge.references=max,nope,mean", *FAST]
    assert main(words) == 1
    out = capsys.readouterr().out
    _, ledger = ledger_of(here)
    assert [cell.state for cell in ledger.cells] == ["done", "failed", "done"]
    assert "'nope' is not known" in (ledger.cells[1].reason or "")
    assert "references=nope: failed" in out
    assert "2 of 3 cells done" in out
    assert "references=mean  faithful" in out


def test_a_value_that_no_cell_moves_is_named_below_the_table(here, capsys):
    fast = [*FAST[1:], "metrics=[rouge,rouge_hf]"]
    assert main(["run", "-m", "metrics.rouge.use_stemmer=true,false", *fast]) == 0
    table, caption = capsys.readouterr().out.split("2 of 2 cells done")
    assert "rouge.rouge1_f1" in table
    assert "rouge_hf.rouge1_f1" not in table
    assert caption.startswith("; the same in each: rouge_hf.rouge1_f1, ")
    # Where nothing moves, that is what the table shows.
    assert main(["run", "-m", "seed=1,2", *fast]) == 0
    table, caption = capsys.readouterr().out.split("2 of 2 cells done")
    assert "rouge_hf.rouge1_f1" in table
    assert "the same in each" not in caption


def test_the_same_command_again_runs_only_what_is_not_done(here, capsys, monkeypatch):
    words = ["run", "-m", "metrics.rouge.use_stemmer=true,false", *FAST]
    assert main(words) == 0
    folder, ledger = ledger_of(here)
    before = {cell.folder: (Path(cell.folder) / "run.json").read_bytes() for cell in ledger.cells}
    shutil.rmtree(ledger.cells[1].folder)
    ran = []
    from bench import pipeline

    run = pipeline.run
    monkeypatch.setattr(pipeline, "run", lambda job, progress: ran.append(job.run_dir) or run(job, progress))
    assert main(words) == 0
    assert ran == [Path(ledger.cells[1].folder)]
    assert (Path(ledger.cells[0].folder) / "run.json").read_bytes() == before[ledger.cells[0].folder]
    assert [cell.state for cell in read_ledger(folder).cells] == ["done", "done"]


def test_a_bug_in_one_cell_is_a_reason(here, capsys, monkeypatch):
    from bench import pipeline

    run = pipeline.run

    def buggy(job, progress):
        if job.seed == 1:
            raise ZeroDivisionError("a bug")
        return run(job, progress)

    monkeypatch.setattr(pipeline, "run", buggy)
    assert main(["run", "-m", "seed=0,1,2", *FAST]) == 1
    _, ledger = ledger_of(here)
    assert [cell.reason for cell in ledger.cells] == [None, "ZeroDivisionError: a bug", None]
    assert "Traceback" in capsys.readouterr().err


def test_all_cells_are_in_the_ledger_before_the_first_ends(here, monkeypatch):
    from bench import pipeline

    seen = []

    def stop(job, progress):
        seen.append(ledger_of(here)[1])
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "run", stop)
    assert main(["run", "-m", "seed=0,1", "limit=1,null", *FAST]) == 130
    assert [cell.state for cell in seen[0].cells] == ["pending"] * 4
    assert seen[0].swept() == ("seed", "limit")


def test_a_ledger_there_and_back(tmp_path):
    ledger = Ledger(("a=1,2",), (SweepCell(("a=1",), "done", "x"), SweepCell(("a=2",), "failed", "y", "why")))
    write_ledger(tmp_path, ledger)
    assert read_ledger(tmp_path) == ledger
    again = open_ledger(tmp_path, ledger.typed, [["a=1"], ["a=2"], ["a=3"]], tmp_path / "runs")
    # The run of the first has gone: its record isn't there.
    assert [cell.state for cell in again.cells] == ["pending", "failed", "pending"]


CELL = '{"overrides": ["a=1"], "state": "fine", "folder": "x", "reason": null}'


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ('{"schema_version": 1}', "typed is missing"),
        ('{"schema_version": 99}', "newer"),
        (f'{{"schema_version": 1, "typed": ["a=1"], "cells": [{CELL}]}}', 'cells[0].state is "fine": none of pending'),
    ],
)
def test_a_damaged_ledger_is_told(tmp_path, damage, said):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / LEDGER_FILE).write_text(damage, encoding="utf-8")
    with pytest.raises(InputError, match=LEDGER_FILE) as refused:
        read_ledger(folder)
    assert said in str(refused.value)


def test_the_name_depends_on_what_is_typed_alone():
    assert sweep_id(["a=1", "b=2"]) == sweep_id(["b=2", "a=1"]) != sweep_id(["a=1", "b=3"])


def test_the_ledger_is_strict_json(here):
    assert main(["run", "-m", "seed=0,1", *FAST]) == 0
    folder, _ = ledger_of(here)
    data = json.loads((folder / LEDGER_FILE).read_text(encoding="utf-8"), parse_constant=lambda name: pytest.fail(name))
    assert set(data) == {"schema_version", "typed", "cells"}


def test_a_cell_that_ended_before_the_ledger_was_told_is_done(here, capsys, monkeypatch):
    """Killed in between, it used to be failed for ever: there was a finished run already."""
    words = ["run", "-m", "seed=0,1", *FAST]
    from bench.commands import jobs

    execute = jobs.execute

    def killed(*arguments):
        execute(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "execute", killed)
        assert main(words) == 130
    folder, ledger = ledger_of(here)
    assert [cell.state for cell in ledger.cells] == ["pending", "pending"]
    before = (Path(ledger.cells[0].folder) / "run.json").read_bytes()
    assert main(words) == 0
    assert [cell.state for cell in read_ledger(folder).cells] == ["done", "done"]
    assert (Path(ledger.cells[0].folder) / "run.json").read_bytes() == before

    # Another cell's record, or a damaged one, is no such thing.
    first, second = (Path(cell.folder) for cell in ledger.cells)
    shutil.rmtree(first)
    shutil.copytree(second, first)
    (folder / LEDGER_FILE).unlink()
    assert main(words) == 1
    assert "a finished run is already there" in (read_ledger(folder).cells[0].reason or "")
    shutil.rmtree(first)
    shutil.copytree(second, first, dirs_exist_ok=True)
    (first / "scores.jsonl").write_text("")
    assert main(words) == 1
    assert "its SHA-256 differs" in (read_ledger(folder).cells[0].reason or "")
    shutil.rmtree(first)
    assert main(words) == 0


def test_two_of_the_same_sweep_do_not_mix(here, capsys, monkeypatch):
    from bench.commands import jobs

    execute, codes = jobs.execute, []

    def meanwhile(*arguments):
        if not codes:
            codes.append(None)
            environment = {**os.environ, "COLUMNS": "200"}
            done = subprocess.run(
                [sys.executable, "-m", "bench", *words], env=environment, capture_output=True, text=True
            )
            codes.append((done.returncode, done.stderr))
        return execute(*arguments)

    words = ["run", "-m", "seed=0,1", *FAST]
    monkeypatch.setattr(jobs, "execute", meanwhile)
    assert main(words) == 0
    code, error = codes[1]
    assert code == 2
    assert "this sweep is running right now" in error
    assert [cell.state for cell in ledger_of(here)[1].cells] == ["done", "done"]
