"""sumbench from Python: frames with the documented columns, and one metric on one pair."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import bench
from bench import pipeline
from bench.datasets.sample import Sample
from bench.errors import InputError
from bench.metrics.rouge import Rouge
from bench.text import sentences
from bench.types import Candidate


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> bench.Run:
    examples = tiny.examples()
    examples[1] = replace(examples[1], candidates=(examples[1].candidates[0], Candidate("e1", "beta", " ")))
    return bench.load(pipeline.run(tiny.job(tmp_path_factory.mktemp("api") / "run", dataset=examples)))


def test_values_have_a_row_a_value(loaded: bench.Run) -> None:
    frame = loaded.values()
    assert list(frame.columns) == ["example_id", "system", "scorer", "status", "value", "number", "error"]
    by_cell = {(score.example_id, score.system, score.scorer): score for score in loaded.scores}
    assert len(by_cell) == 24
    for row in frame.itertuples():
        score = by_cell[row.example_id, row.system, row.scorer]
        assert row.status == score.status
        if score.status == "ok":
            assert row.number == score.values[row.value]
    assert len(frame) == sum(max(1, len(score.values)) for score in by_cell.values())
    assert frame["number"].dtype == "float64"


def test_a_cell_without_values_is_one_row_with_its_reason(loaded: bench.Run) -> None:
    frame = loaded.values()
    rows = frame[(frame.example_id == "e1") & (frame.system == "beta")]
    assert sorted(rows.scorer) == ["found", "words"]
    assert list(rows.status) == ["undefined"] * 2
    assert rows.number.isna().all()
    assert rows.value.isna().all()
    assert set(rows.error) == {"the candidate has no words", "the candidate is empty"}
    # Missing is never zero: pandas leaves it out of means.
    shares = frame[(frame.value == "share") & (frame.system == "beta")].number
    assert len(shares) == 3
    [mean] = loaded.aggregates().query("system == 'beta' and value == 'share'")["mean"]
    assert shares.mean() == pytest.approx(mean)


def test_verdicts_have_their_texts(loaded: bench.Run) -> None:
    frame = loaded.verdicts()
    assert list(frame.columns) == [
        "example_id", "system", "scorer", "start", "end", "claim", "label", "score", "reason", "evidence",
    ]  # fmt: skip
    assert len(frame) == sum(len(score.verdicts) for score in loaded.scores) > 10
    for (example_id, system), rows in frame.groupby(["example_id", "system"]):
        line = loaded.inputs[example_id]
        text = line["candidates"][system]["text"]
        assert list(rows.claim) == sentences(text)
        for row in rows.itertuples():
            assert text[row.start : row.end] == row.claim
            assert all(evidence in line["document"] for evidence in row.evidence)
            assert all(evidence in row.claim for evidence in row.evidence), "this check's evidence is the claim's words"


def test_aggregates_are_the_records(loaded: bench.Run) -> None:
    frame = loaded.aggregates()
    assert list(frame.columns) == [
        "system", "scorer", "value", "mean", "ci_low", "ci_high", "n_ok", "n_total", "higher_is_better",
    ]  # fmt: skip
    assert len(frame) == len(loaded.record.aggregates) == 3 * 3
    assert list(frame["mean"]) == [a.mean for a in loaded.record.aggregates]
    assert (frame.ci_low <= frame.ci_high).all()


def test_without_texts_the_frames_have_none(tmp_path: Path, tiny: SimpleNamespace) -> None:
    run = bench.load(pipeline.run(tiny.job(tmp_path / "run", store_texts=False)))
    frame = run.verdicts()
    assert len(frame)
    assert frame.claim.isna().all()
    assert frame.evidence.isna().all()
    assert len(run.values()) == 36


def test_frames_of_a_run_without_checks_are_empty_and_have_columns(tmp_path: Path, tiny: SimpleNamespace) -> None:
    run = bench.load(pipeline.run(tiny.job(tmp_path / "run", checks=[])))
    assert len(run.verdicts()) == 0
    assert "evidence" in run.verdicts().columns


def test_a_missing_candidate_is_a_row(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = tiny.examples()
    examples[0] = replace(examples[0], candidates=examples[0].candidates[:1])
    run = bench.load(pipeline.run(tiny.job(tmp_path / "run", dataset=examples)))
    rows = run.values().query("example_id == 'e0' and system == 'beta'")
    assert set(rows.error) == {"beta has no candidate for this example"}
    assert len(run.verdicts().query("example_id == 'e0' and system == 'beta'")) == 0


def test_load_finds_runs_by_folder_and_name(loaded: bench.Run, tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(None, results_dir=tmp_path))
    for name in (folder, str(folder), folder.name, folder.name[:-2], "LATEST", folder / "run.json"):
        assert bench.load(name, results_dir=tmp_path).record.run_id == folder.name
    with pytest.raises(InputError, match="neither a folder nor a run"):
        bench.load("nothing", results_dir=tmp_path)
    with pytest.raises(InputError, match="no finished run here"):
        bench.load(tmp_path)


def test_run_takes_the_overrides_of_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = bench.run(
        "metrics=[rouge]", "checks=[]", "systems=[candidates]", f"run_dir={tmp_path / 'run'}", "resamples=100"
    )
    assert run.folder == tmp_path / "run"
    assert isinstance(run.values(), pd.DataFrame)
    assert run.record.overrides[0] == "metrics=[rouge]"
    assert set(run.record.scorers) == {"rouge"}
    assert capfd.readouterr() == ("", ""), "nothing is printed"
    [example] = Sample()
    values = run.values().set_index(["system", "value"]).number
    pair = bench.pair(example.candidates[0].text, reference=example.references)
    for name, value in Rouge().score([pair])[0].values.items():
        assert values[example.candidates[0].system, name] == value


@pytest.mark.parametrize("override", ["limti=3", "limit=abc", "metrics=[roug]", "limit=0", "x y"])
def test_run_refuses_bad_overrides(override: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        bench.run("metrics=[rouge]", "checks=[]", f"run_dir={tmp_path / 'run'}", override)
    assert not (tmp_path / "run").exists()


def test_one_pair_without_any_config() -> None:
    pair = bench.pair("Talks ended.", document="Long talks ended.")
    assert pair.example.references == ("Long talks ended.",)
    assert bench.pair("x", document="d", reference="r").example.references == ("r",)
    assert bench.pair("x", document="d", reference=["r", "s"]).example.references == ("r", "s")
    [score] = Rouge(types=("rouge1",)).score([pair])
    assert (score.values["rouge1_precision"], score.values["rouge1_recall"]) == (1.0, pytest.approx(2 / 3))
    assert not math.isnan(score.values["rouge1_f1"])


def test_the_package_names_what_it_has() -> None:
    assert {name for name in bench.__all__ if not name.startswith("_")} == {"Run", "load", "pair", "run"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = bench.nothing
