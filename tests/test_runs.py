"""Finding runs by folder, id, beginning of an id, or LATEST."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.errors import InputError
from bench.runs import find_run, finished_runs

IDS = ("20240501T100000-aaaaaa", "20240501T100000-bbbbbb", "20240502T090000-000000")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    # Empty records: "broken" keeps them from being held against the schema.
    root = tmp_path / "broken results"
    for name in reversed(IDS):
        (root / "runs" / name).mkdir(parents=True)
        (root / "runs" / name / "run.json").write_text("{}")
    (root / "runs" / "20250101T000000-ffffff").mkdir()
    (root / "runs" / "20250101T000000-ffffff" / "journal.jsonl").write_text("")
    return root


def test_only_finished_runs_oldest_first(results: Path) -> None:
    assert [path.name for path in finished_runs(results)] == list(IDS)
    assert list(finished_runs(results / "absent")) == []


def test_found(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = results / "runs"
    for name, expected in {
        IDS[0]: IDS[0],
        "20240502": IDS[2],
        "20240501T100000-b": IDS[1],
        "LATEST": IDS[2],
        str(runs / IDS[1]): IDS[1],
        str(runs / IDS[1] / "run.json"): IDS[1],
    }.items():
        assert find_run(name, results) == runs / expected
    monkeypatch.setenv("HOME", str(results))
    assert find_run(f"~/runs/{IDS[0]}", results) == runs / IDS[0]
    monkeypatch.chdir(runs)
    assert find_run(IDS[0], Path("elsewhere")) == Path(IDS[0])


def test_a_whole_id_beats_the_beginning_of_another(results: Path) -> None:
    (results / "runs" / "20240502T090000-000000x").mkdir()
    (results / "runs" / "20240502T090000-000000x" / "run.json").write_text("{}")
    assert find_run(IDS[2], results).name == IDS[2]


def test_not_found(results: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"several runs begin so: {IDS[0]}, {IDS[1]}$"):
        find_run("20240501", results)
    with pytest.raises(InputError, match=f"neither a folder nor a run in .*; the newest there is {IDS[2]}"):
        find_run("2023", results)
    with pytest.raises(InputError, match=r"neither a folder nor a run in [^;]*$"):
        find_run("2023", tmp_path / "empty")
    with pytest.raises(InputError, match="LATEST: there is no finished run in"):
        find_run("LATEST", tmp_path / "empty")


def test_the_cells_of_a_sweep_are_ordered_by_their_time_not_their_name(results: Path) -> None:
    early, late = "20240501T110000-cccccc", "20240503T080000-dddddd"
    for folder, stated in (("sweep-f00d-0", early), ("sweep-f00d-1", late)):
        (results / "runs" / folder).mkdir()
        (results / "runs" / folder / "run.json").write_text(f'{{"run_id": "{stated}"}}')
    order = [path.name for path in finished_runs(results)]
    assert order == [IDS[0], IDS[1], "sweep-f00d-0", IDS[2], "sweep-f00d-1"]
    assert find_run("LATEST", results).name == "sweep-f00d-1"
    assert find_run(early, results).name == "sweep-f00d-0"
    (results / "runs" / "sweep-f00d-1" / "run.json").write_text(f'{{"run_id": "{IDS[1]}x"}}')
    assert find_run("LATEST", results).name == IDS[2]


def test_runs_of_one_second_are_ordered_by_the_microsecond(results: Path) -> None:
    second = "20240504T120000"
    for digits, began in (("ffffff", ".000001"), ("000000", ".000002"), ("888888", "")):
        (results / "runs" / f"{second}-{digits}").mkdir()
        record = {"run_id": f"{second}-{digits}", "provenance": {"started": f"2024-05-04T12:00:00{began}+00:00"}}
        (results / "runs" / f"{second}-{digits}" / "run.json").write_text(json.dumps(record))
    # Records of before had whole seconds only: they come first.
    assert [path.name[-6:] for path in finished_runs(results)][-3:] == ["888888", "ffffff", "000000"]
    assert find_run("LATEST", results).name == f"{second}-000000"
