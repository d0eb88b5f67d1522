"""The JSON Schemas that ship with sumbench: they are what the types say, closed, and all there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bench import pipeline
from bench.checks.calibration import CALIBRATION, calibration_json, read_calibration
from bench.comparing.baseline import from_run, save_baseline
from bench.comparing.ranking import rank_systems
from bench.meta.calibrate import Figures, Refit
from bench.record import line
from bench.report.calibrate import as_json
from bench.report.ranking import render
from bench.schemas import DOCUMENTS, FOLDER, schema, texts
from bench.sweep import Ledger, SweepCell


def test_the_files_are_what_the_types_give() -> None:
    for path, text in texts().items():
        assert path.read_text(encoding="utf-8") == text, "run `make schemas`"
    assert set(FOLDER.glob("*.schema.json")) == set(texts())


def test_another_type_gives_another_schema() -> None:
    assert schema(replace(DOCUMENTS["ledger"], kind=SweepCell)) != schema(DOCUMENTS["ledger"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_object_is_closed(name: str, validator: Callable[[str], Any]) -> None:
    shipped = validator(name).schema
    Draft202012Validator.check_schema(shipped)
    for node in shipped["$defs"].values():
        assert node["additionalProperties"] is False
        assert node["required"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> dict[str, Any]:
    """A small document of each kind whose own tests don't look at the schema."""
    folder = pipeline.run(tiny.job(tmp_path_factory.mktemp("schemas") / "run"))
    [pointer] = (folder.parent / "results" / "runs").glob("*.json")
    snapshot = from_run(folder)
    save_baseline(snapshot, folder.parent / "main.json", texts=True)
    fitted, _ = read_calibration(CALIBRATION)
    figures = Figures(**{field.name: 0.5 for field in fields(Figures)})
    ledger = Ledger(("seed=0,1",), (SweepCell(("seed=0",), "failed", "runs/0", "no memory"),))
    return {
        "baseline": json.loads((folder.parent / "main.json").read_text(encoding="utf-8")),
        "input": json.loads((folder / "inputs.jsonl").read_text(encoding="utf-8").splitlines()[0]),
        "ranking": json.loads(render(rank_systems(snapshot, resamples=50), "json")),
        "ledger": json.loads(line(ledger)),
        "pointer": json.loads(pointer.read_text(encoding="utf-8")),
        "calibration": json.loads(calibration_json(fitted)),
        "refit": json.loads(as_json(Refit(fitted, fitted, 9, 6, 3, figures, figures))),
    }


@pytest.mark.parametrize("name", ["baseline", "input", "ranking", "ledger", "calibration", "refit", "pointer"])
def test_what_is_written_fits_and_nothing_else(
    written: dict[str, Any], name: str, validator: Callable[[str], Any]
) -> None:
    fits = validator(name)
    fits.validate(written[name])
    assert not fits.is_valid({**written[name], "more": 1})
    for key in fits.schema["$defs"][DOCUMENTS[name].kind.__name__]["required"]:
        assert not fits.is_valid({k: v for k, v in written[name].items() if k != key}), key
        assert not fits.is_valid({**written[name], key: b"neither text nor number"}), key
