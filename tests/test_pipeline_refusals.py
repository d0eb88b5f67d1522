"""What a run refuses, and what it leaves behind when it doesn't reach its end: nothing that looks finished."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import pipeline
from bench.errors import InputError
from bench.types import Candidate, Example, Pair, Score


def read(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def refused(job: pipeline.Job, message: str) -> None:
    with pytest.raises(InputError, match=message):
        pipeline.run(job)
    if job.run_dir is not None:
        assert not (job.run_dir / "run.json").exists()


def test_bad_inputs_are_refused(tmp_path: Path, tiny: SimpleNamespace) -> None:
    def job(**changes: Any) -> pipeline.Job:
        return tiny.job(tmp_path / "run", **changes)

    examples = tiny.examples()
    refused(job(dataset=[]), "no examples")
    refused(job(dataset=[*examples, examples[1]]), "two examples with the id 'e1'")
    refused(job(limit=0), "limit=0: it must be 1 or more")
    refused(job(limit=-3), "limit=-3")
    refused(job(systems=[]), "no candidate to score")
    refused(job(systems=[tiny.First(), tiny.First()]), "'first' for example 'e0'")
    twice = replace(examples[3], candidates=examples[3].candidates * 2)
    refused(job(dataset=[*examples[:3], twice]), "'alpha' for example 'e3'")
    named = replace(examples[0], candidates=(Candidate("e0", "first", "x"),))
    refused(job(dataset=[named]), "'first' for example 'e0'")
    refused(job(metrics=[tiny.Words(), tiny.Words()]), "two metrics or checks are called 'words'; .*name=")
    refused(job(metrics=[tiny.Words(name="found")]), "called 'found'")
    assert not (tmp_path / "run").exists(), "nothing was begun"


def test_two_of_a_kind_with_names_run(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", metrics=[tiny.Words(), tiny.Words(name="more", version=2)]))
    assert read(folder)["signatures"]["more"] == "words|version:2"


def test_a_finished_run_is_left_alone(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="a finished run is already there; name another folder or remove it"):
        pipeline.run(tiny.job(folder))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_an_unwritable_run_dir_is_refused(tmp_path: Path, tiny: SimpleNamespace) -> None:
    (tmp_path / "file").write_text("")
    for run_dir in (tmp_path / "file" / "run", tmp_path / "file", tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match="can't write there"):
            pipeline.run(tiny.job(run_dir))


def test_a_folder_that_is_refused_is_refused_before_anything_is_read(tmp_path: Path, tiny: SimpleNamespace) -> None:
    def untouched() -> Iterator[Example]:
        raise AssertionError("it was read")
        yield

    pipeline.run(tiny.job(tmp_path / "run"))
    with pytest.raises(InputError, match="a finished run is already there"):
        pipeline.run(tiny.job(tmp_path / "run", dataset=untouched()))


def test_without_a_run_dir_the_run_gets_its_own(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folders = [pipeline.run(tiny.job(None, results_dir=tmp_path / "results")) for _ in range(2)]
    for folder in folders:
        assert folder == tmp_path / "results" / "runs" / read(folder)["run_id"]
    assert len(set(folders)) == 2


@pytest.mark.parametrize("step", ["score_all", "aggregate", "count_claims", "gather_warnings"])
def test_a_crash_leaves_no_finished_run(
    tmp_path: Path, tiny: SimpleNamespace, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, crash)
        with pytest.raises(RuntimeError, match="crash"):
            pipeline.run(tiny.job(tmp_path / "run"))
    assert not (tmp_path / "run" / "run.json").exists()
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    assert read(folder)["provenance"]["cells_resumed"] == (0 if step == "score_all" else 24)


def test_run_json_is_written_after_all_others(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = pipeline.write_atomically

    def spy(path: Path, lines: Any) -> str:
        written.append(path.name)
        return write(path, lines)

    monkeypatch.setattr(pipeline, "write_atomically", spy)
    pipeline.run(tiny.job(tmp_path / "run"))
    assert written[-1] == "run.json"
    assert sorted(written) == ["config.yaml", "inputs.jsonl", "overrides.yaml", "run.json", "scores.jsonl"]


def test_an_input_error_of_a_scorer_ends_the_run(tmp_path: Path, tiny: SimpleNamespace) -> None:
    class NoModel(tiny.Words):
        def score_pair(self, pair: Pair) -> Score:
            raise InputError("no model here")

    refused(tiny.job(tmp_path / "run", metrics=[NoModel()]), "no model here")
