"""Files that no one should have to wait for: whatever lies there, one line says so, and reading ends."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench import pipeline
from bench.cli import BAD_INPUT, main
from bench.errors import InputError
from bench.reading import MOST_LEVELS, read_text, strict_json
from bench.record import INPUTS_FILE, RUN_FILE, SCORES_FILE

FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]", "run_dir=out")
DEEP = "[" * 100_000 + "]" * 100_000
GOOD = {"id": "a", "document": "One two.", "references": ["One."], "system": "s", "summary": "Two."}

Refused = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command, which must refuse on one line; gives the line."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> str:
        GlobalHydra.instance().clear()
        assert main(words) == BAD_INPUT
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1), err[:1000]
        assert len(err) < 1000
        return err

    return call


LINES = {
    "nested 100,000 deep": (f'{{"id": {DEEP}}}', "nested too deeply"),
    "deeper than can be written": (json.dumps({**GOOD, "x": json.loads("[" * 500 + "]" * 500)}), "nested too deeply"),
    "5,000 digits": (f'{{"id": {"9" * 5000}}}', "too large"),
    "1e999": ('{"id": 1e999}', "too large"),
    "a key twice": ('{"id": 1, "id": 2}', "duplicate key 'id'"),
    "half a surrogate pair": ('{"id": "\\ud800"}', "half a surrogate pair"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "not UTF-8"),
}


@pytest.mark.parametrize("what", LINES)
def test_a_line_that_no_one_should_read(what: str, refused: Refused, tmp_path: Path) -> None:
    line, told = LINES[what]
    (tmp_path / "d.jsonl").write_bytes(line if isinstance(line, bytes) else line.encode())
    message = refused("run", *FAST, "dataset=jsonl", "dataset.path=d.jsonl")
    assert told in message
    assert "d.jsonl, line 1" in message


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a folder": Path.mkdir,
}
READERS: dict[str, tuple[str, list[str]]] = {
    "a dataset": ("d.jsonl", ["run", *FAST, "dataset=jsonl", "dataset.path=[d.jsonl]"]),
    "a zipped dataset": ("d.jsonl.gz", ["run", *FAST, "dataset=jsonl", "dataset.path=[d.jsonl.gz]"]),
    "a candidate": ("t/b.txt", ["run", *FAST, "dataset=folder", "dataset.root=t", "dataset.reference=a"]),
    "a configuration": ("c/metrics/x.yaml", ["run", "--config-dir", "c", *FAST[1:], "metrics=[x]"]),
    "a record": ("broken/run.json", ["report", "broken"]),
    "a baseline": ("results/baselines/b.json", ["baseline", "list"]),
    "a table": ("t.csv", ["meta", "scores=t.csv"]),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_not_waited_for(what: str, reader: str, refused: Refused, tmp_path: Path) -> None:
    name, words = READERS[reader]
    if what == "a folder" and reader == "a candidate":
        pytest.skip("folders beside texts have a message of their own")
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "t").mkdir(exist_ok=True)
    (tmp_path / "t/a.txt").write_text("One.", encoding="utf-8")
    NO_FILES[what](path)
    refused(*words)


def test_what_a_zip_holds_has_a_limit_that_is_told(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * 3_000_000))
    monkeypatch.setenv("SUMBENCH_MAX_GIB", "0.001")
    words = ("run", *FAST, "dataset=jsonl", "dataset.path=bomb.jsonl.gz")
    message = refused(*words)
    assert "unzipped, it holds more than" in message
    assert "SUMBENCH_MAX_GIB=0.002" in message
    monkeypatch.setenv("SUMBENCH_MAX_GIB", "0.003")
    assert "is empty" in refused(*words), "read to its end"
    monkeypatch.setenv("SUMBENCH_MAX_GIB", "much")
    assert "SUMBENCH_MAX_GIB=much" in refused(*words)


def test_a_limit_holds_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert read_text(tmp_path / "a", 10) == "x" * 10
    with pytest.raises(InputError, match="more than 9 bytes"):
        read_text(tmp_path / "a", 9)


def test_depth_is_counted_to_the_level() -> None:
    assert strict_json("[" * MOST_LEVELS + "]" * MOST_LEVELS)
    assert strict_json("[" + ",".join(["[]"] * 1000) + "]")
    with pytest.raises(ValueError, match="nested too deeply"):
        strict_json("[" * (MOST_LEVELS + 1) + "]" * (MOST_LEVELS + 1))


@pytest.mark.parametrize("name", [RUN_FILE, SCORES_FILE, INPUTS_FILE])
def test_a_run_nested_without_end(name: str, refused: Refused, tiny: SimpleNamespace, tmp_path: Path) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "broken"))
    text = f'{{"schema_version": 1, "x": {DEEP}}}\n'
    (folder / name).write_text(text, encoding="utf-8")
    assert name in refused("explain", "broken")


def test_a_baseline_and_a_ledger_nested_without_end(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(DEEP, encoding="utf-8")
    assert "nested too deeply" in refused("compare", "b.json", "b.json")
