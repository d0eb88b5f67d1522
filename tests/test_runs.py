"""Finding runs by folder, id, beginning of an id, or LATEST."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import pipeline
from bench.cli import main
from bench.errors import InputError
from bench.history import read_history
from bench.record import read_record
from bench.runs import find_run, finished_runs, run_id

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


def test_a_run_elsewhere_is_pointed_to(tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in CI, where ``run_dir=out/run`` is an artifact of the job."""
    monkeypatch.chdir(tmp_path)
    results = Path("results")
    first = pipeline.run(tiny.job(None, results_dir=results))
    second = pipeline.run(tiny.job(Path("out/run"), results_dir=results))
    name = run_id(second)
    [pointer] = (results / "runs").glob("*.json")
    assert pointer.name == f"{name}.json"
    assert json.loads(pointer.read_text()) == {"folder": "out/run"}
    for place in (results, tmp_path / "results"):
        assert [run.resolve() for run in finished_runs(place)] == [first.resolve(), second.resolve()]
        for wanted in ("LATEST", name, name[:-1]):
            assert find_run(wanted, place) == Path("out/run")
    with pytest.raises(InputError, match="neither a folder nor a run"):
        find_run("ru", results)
    assert main(["report", "LATEST"]) == 0
    assert [run.id for run in read_history(results).runs] == [run_id(first), name]
    # A project may be moved; a folder outside of it may not.
    outside = pipeline.run(tiny.job(tmp_path.parent / f"{tmp_path.name}-outside", results_dir=results))
    (tmp_path / "moved").mkdir()
    for part in ("results", "out"):
        Path(part).rename(tmp_path / "moved" / part)
    moved = Path("moved/results")
    assert list(finished_runs(moved))[1:] == [Path("moved/out/run"), outside]
    # Another run in its place is another run, and what has gone is no run.
    shutil.rmtree("moved/out")
    assert find_run("LATEST", moved) == outside
    again = pipeline.run(tiny.job(Path("moved/out/run"), results_dir=moved))
    assert list(finished_runs(moved))[1:] == [outside, again]
    assert len(read_history(moved).runs) == 3


def test_a_run_among_the_others_needs_no_pointer(tmp_path: Path, tiny: SimpleNamespace) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for place in (tmp_path / "results" / "runs" / "mine", tmp_path / "link" / "results" / "runs" / "yours"):
        pipeline.run(tiny.job(place, results_dir=tmp_path / "results"))
    assert list((tmp_path / "results" / "runs").glob("*.json")) == []
    assert len(list(finished_runs(tmp_path / "results"))) == 2
    deeper = pipeline.run(tiny.job(tmp_path / "results" / "deeper" / "run", results_dir=tmp_path / "results"))
    assert find_run("LATEST", tmp_path / "results").resolve() == deeper
    assert len(read_history(tmp_path / "results").runs) == 3, "each once"


def test_no_pointer_costs_no_run(tmp_path: Path, tiny: SimpleNamespace) -> None:
    (tmp_path / "results").write_text("a file")
    folder = pipeline.run(tiny.job(tmp_path / "run", results_dir=tmp_path / "results"))
    [warning] = read_record(folder).warnings
    assert warning.endswith("LATEST and history won't know this run")


@pytest.mark.parametrize(
    "content", ["", "[]", "7", "{}", '{"folder": 7}', '{"folder": "a\\u0000b"}', '{"folder": "/x"}']
)
def test_what_points_nowhere_is_skipped(results: Path, content: str) -> None:
    (results / "runs" / "20990101T000000-ffffff.json").write_text(content)
    assert [path.name for path in finished_runs(results)] == list(IDS)
