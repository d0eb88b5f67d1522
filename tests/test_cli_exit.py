"""The exit code says what a command found, whoever reads its output, and a crash says nothing of the kind."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, COMMANDS, CRASH, OK, main

Command = Callable[..., tuple[int, str, str]]
REGRESSED = 1
FAST = ("metrics=[rouge]", "checks=[quotes]", "resamples=100", "dataset=jsonl")
OURS = "systems=[candidates]"
GOOD, WORSE = "The old town talks ended on Friday.", "Nothing of the kind."
EVERY = {
    "run": (("run", *FAST, OURS, "dataset.path=good.jsonl"), "bench.pipeline.run"),
    "sweep": (("run", "-m", *FAST, OURS, "dataset.path=good.jsonl", "seed=1,2"), "bench.sweep.open_ledger"),
    "report": (("report", "good"), "bench.report.content.build_report"),
    "explain": (("explain", "good"), "bench.report.explain_content.explain_run"),
    "list": (("list",), "bench.catalogue.options"),
    "compare": (("compare", "good", "worse"), "bench.comparing.compare.compare"),
    "systems": (("compare", "good", "--systems"), "bench.comparing.ranking.rank_systems"),
    "gate": (("gate", "good", *FAST, OURS, "dataset.path=worse.jsonl"), "bench.pipeline.run"),
    "baseline": (("baseline", "save", "x", "good"), "bench.comparing.baseline.save_baseline"),
    "baseline diff": (("baseline", "diff", "base", "worse"), "bench.comparing.compare.compare"),
    "baseline list": (("baseline", "list"), "bench.comparing.baseline.load_baseline"),
    "history": (("history",), "bench.history.read_history"),
    "meta": (("meta", "run=good", "resamples=0"), "bench.meta.evaluate.evaluate"),
    "selfcheck": (("selfcheck", *FAST, "dataset.path=good.jsonl", "base=reference"), "bench.pipeline.run"),
    "calibrate": (("calibrate", "graded", "human=relevance", "least=6"), "bench.meta.calibrate.calibrate"),
}
"""Each command as it is typed, and what of it breaks."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs over twelve documents, the second clearly worse; the first is the baseline ``base`` too."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in (("good", GOOD), ("worse", WORSE)):
            lines = [
                {
                    "id": f"e{n}", "document": f"{GOOD} It was day {n}.", "references": [GOOD], "system": system,
                    "summary": f"{text} {n}", "human": {"relevance": n},
                }
                for n in range(12) for system in ("s", "t")
            ]  # fmt: skip
            Path(f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            GlobalHydra.instance().clear()
            assert main(["run", *FAST, OURS, f"dataset.path={name}.jsonl", f"run_dir={name}"]) == OK
        assert main(["baseline", "save", "base", "good"]) == OK
        GlobalHydra.instance().clear()
        graded = ("metrics=[]", "checks=[support]", "dataset=jsonl", OURS, "dataset.path=good.jsonl", "run_dir=graded")
        assert main(["run", *graded]) == OK
    return folder


@pytest.fixture
def sumbench(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Calls the command beside the two runs; what it writes goes elsewhere."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    shutil.copytree(home / "good", tmp_path / "results/runs/good")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        capsys.readouterr()
        code = main(words)
        return (code, *capsys.readouterr())

    return call


def broken(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def test_every_command_is_here() -> None:
    assert {words[0] for words, _ in EVERY.values()} == set(COMMANDS)


@pytest.mark.parametrize("name", EVERY)
def test_without_the_planted_error_it_does_its_work(name: str, sumbench: Command) -> None:
    """The control of the tests below."""
    code, out, err = sumbench(*EVERY[name][0])
    assert code == (REGRESSED if name in ("compare", "gate") else OK), err
    assert out


@pytest.mark.parametrize("error", [ValueError("a bug"), SystemExit(1)], ids=repr)
@pytest.mark.parametrize("name", EVERY)
def test_a_crash_is_no_verdict(
    name: str, error: BaseException, sumbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, part = EVERY[name]
    monkeypatch.setattr(part, broken(error))
    code, out, err = sumbench(*words)
    assert (code, out) == (CRASH, "")
    assert err.startswith("Traceback (most recent call last):")
    assert "in fail" in err
    *_, what, request = err.splitlines()
    assert what.startswith(type(error).__name__)
    assert "report it" in request


@pytest.mark.parametrize("name", EVERY)
def test_what_the_machine_refuses_is_a_line(name: str, sumbench: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words, part = EVERY[name]
    for error, told in (
        (OSError(errno.EIO, os.strerror(errno.EIO), "x.json"), "x.json: Input/output error"),
        (MemoryError(), "out of memory"),
    ):
        monkeypatch.setattr(part, broken(error))
        code, out, err = sumbench(*words)
        assert (code, out) == (BAD_INPUT, "")
        assert err.startswith(f"sumbench: {told}")
        assert len(err.splitlines()) == 1


def test_of_an_endless_recursion_only_the_end_is_shown(sumbench: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(number: int) -> int:
        return even(number + 1)

    def even(number: int) -> int:
        return odd(number + 1)

    monkeypatch.setattr("bench.catalogue.options", lambda _: odd(1))
    code, _, err = sumbench("list")
    assert code == CRASH
    assert "RecursionError" in err
    assert len(err.splitlines()) < 100


def test_a_crash_in_one_cell_of_a_sweep_costs_no_other(sumbench: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import pipeline

    whole = pipeline.run

    def sometimes(job: pipeline.Job, progress: pipeline.Progress) -> Path:
        if job.seed == 1:
            raise ValueError("a bug")
        return whole(job, progress)

    monkeypatch.setattr("bench.pipeline.run", sometimes)
    code, _, err = sumbench(*EVERY["sweep"][0])
    assert code == 1
    assert "ValueError: a bug" in err
    assert len(list(Path("results/runs").glob("sweep-*/run.json"))) == 1


@pytest.fixture
def left() -> Iterator[TextIO]:
    """A pipe whose reader has left before anything is printed."""
    read, write = os.pipe()
    os.close(read)
    with open(write, "w", encoding="utf-8") as stream:  # noqa: PTH123  a number, not a path
        yield stream


@pytest.mark.parametrize("name", EVERY)
def test_a_reader_that_leaves_changes_no_verdict(
    name: str, left: TextIO, sumbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", left)
    code, _, err = sumbench(*EVERY[name][0])
    assert code == (REGRESSED if name in ("compare", "gate") else OK), err
    assert "rror" not in err


def test_files_and_annotations_are_written_for_a_reader_that_has_left(
    left: TextIO, sumbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = {name: f"out/gate.{name}" for name in ("markdown", "junit", "json")}
    words = (*EVERY["compare"][0], *(f"outputs.{name}={path}" for name, path in outputs.items()))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", left)
        patch.setenv("GITHUB_ACTIONS", "true")
        code, _, err = sumbench(*words)
    assert code == REGRESSED
    assert "::error title=sumbench%3A regressed::" in err
    for name, path in outputs.items():
        assert Path(path).read_text(encoding="utf-8") == sumbench(*EVERY["compare"][0], f"format={name}")[1]


def test_both_streams_may_be_left(sumbench: Command, tmp_path: Path) -> None:
    line = f"{sys.executable} -m bench compare good worse 2>&1 | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == REGRESSED
    assert done.stdout.startswith("regressed")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_told(sumbench: Command, tmp_path: Path) -> None:
    for words, code in ((("list",), BAD_INPUT), (EVERY["compare"][0], REGRESSED)):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "bench", *words], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
                timeout=120,
            )  # fmt: skip
        assert done.returncode == code
        assert done.stderr == "sumbench: not everything could be printed: No space left on device\n"


def test_a_stream_without_our_characters_shows_their_numbers(sumbench: Command, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "list"], cwd=tmp_path, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (OK, b"")
    assert b"dataset.root=\\u2026" in done.stdout
