"""Damaged records: each is refused in one clear message that names the file, and the line where there are lines."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import pipeline, record
from bench.errors import InputError


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    job = tiny.job(tmp_path_factory.mktemp("record") / "run", config={"seed": 0}, overrides=("seed=0",))
    return pipeline.run(job)


def at(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        data = data[key]
    return data


def copied(run_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "broken"
    folder.mkdir()
    for path in run_dir.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "can't be read as a run record"),
        (b'{"schema_version": 1', "can't be read as a run record"),
        (b"\xff\xfe", "can't be read as a run record"),
        (b'{"schema_version": 1, "examples": NaN}', "NaN is not a JSON number"),
        (b"[]", "no JSON object"),
        (b"7", "no JSON object"),
        (b"{}", "no schema_version"),
        (b'{"schema_version": "1"}', "no schema_version"),
        (b'{"schema_version": 2}', "schema version 2, this sumbench reads up to 1: update sumbench"),
        (b'{"schema_version": 1}', "damaged run record"),
    ],
)
def test_a_damaged_record_is_refused_by_name(run_dir: Path, tmp_path: Path, content: bytes, message: str) -> None:
    folder = copied(run_dir, tmp_path)
    (folder / "run.json").write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        record.read_record(folder)
    assert str(folder / "run.json") in str(refused.value)


def test_any_field_of_a_record_gone_is_refused(run_dir: Path, tmp_path: Path) -> None:
    folder = copied(run_dir, tmp_path)
    data = json.loads((run_dir / "run.json").read_text(encoding="utf-8"))
    for place in [(), ("scorers", "words"), ("counts", "words"), ("aggregates", 3), ("claims", 0)]:
        for key in at(data, place):
            changed = copy.deepcopy(data)
            del at(changed, place)[key]
            (folder / "run.json").write_text(json.dumps(changed), encoding="utf-8")
            with pytest.raises(InputError, match=r"run\.json: "):
                record.read_record(folder)


def test_a_folder_without_a_record_is_no_finished_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError, match=r"no finished run here \(run.json is missing\)"):
            record.read_record(folder)
    (tmp_path / "broken" / "run.json").mkdir(parents=True)
    with pytest.raises(InputError, match="can't be read"):
        record.read_record(tmp_path / "broken")


BAD_LINES = [b"", b"{", b"\xff", b"[]", b"null", b'"x"', b"{}", b'{"values": NaN}']


@pytest.mark.parametrize("bad", BAD_LINES)
@pytest.mark.parametrize("name", ["scores.jsonl", "inputs.jsonl"])
def test_a_damaged_line_is_refused_with_its_number(run_dir: Path, tmp_path: Path, name: str, bad: bytes) -> None:
    folder = copied(run_dir, tmp_path)
    lines = (folder / name).read_bytes().splitlines()
    lines[2] = bad
    (folder / name).write_bytes(b"\n".join(lines) + b"\n")
    read = record.read_scores if name == "scores.jsonl" else record.read_inputs
    with pytest.raises(InputError, match=f"{name}, line 3: not ") as refused:
        list(read(folder))
    assert str(folder) in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"seen": None}, {"seen": {"eye": 1}}, {"values": 5}, {"values": "ab"}, {"verdicts": 5}, {"verdicts": ["x"]},
        {"verdicts": [{}]}, {"verdicts": [{"claim": {"start": 5, "end": 2}, "label": "supported", "score": None,
                                           "reason": "r", "evidence": []}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_is_no_score_is_refused(run_dir: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    folder = copied(run_dir, tmp_path)
    first = json.loads((folder / "scores.jsonl").read_bytes().splitlines()[0])
    (folder / "scores.jsonl").write_text(json.dumps(first | change) + "\n")
    with pytest.raises(InputError, match=r"scores\.jsonl, line 1: not a score"):
        list(record.read_scores(folder))


def test_missing_scores_and_inputs_are_refused(tmp_path: Path) -> None:
    for read, name in ((record.read_scores, "scores.jsonl"), (record.read_inputs, "inputs.jsonl")):
        with pytest.raises(InputError, match=f"{name}: can't be read"):
            list(read(tmp_path))
