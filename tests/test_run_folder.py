"""A run's folder: nothing that isn't ours is touched there, and what was begun is taken up."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import pipeline
from bench.cli import main
from bench.errors import InputError
from bench.journal import HEAD, Journal
from bench.record import RUN_FILES

HEADED = HEAD.encode()


def contents(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, links as what they point to."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("content", [b"", b"mine\n", HEADED[:9], HEADED[:-1]], ids=["empty", "text", "part", "no end"])
@pytest.mark.parametrize("name", RUN_FILES)
def test_a_file_of_ours_by_name_is_not_ours(tmp_path: Path, tiny: SimpleNamespace, name: str, content: bytes) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match="finished run" if name == "run.json" else f"{name} is there already"):
        pipeline.run(tiny.job(folder))
    assert contents(folder) == {name: content}
    if name not in ("run.json", "journal.jsonl"):
        (folder / "journal.jsonl").write_bytes(b"my own journal\n")
        with pytest.raises(InputError, match="already, and isn't"):
            pipeline.run(tiny.job(folder))
        assert contents(folder) == {name: content, "journal.jsonl": b"my own journal\n"}


@pytest.mark.parametrize("begun", [False, True], ids=["new", "taken up"])
@pytest.mark.parametrize("name", RUN_FILES)
def test_nothing_is_written_through_a_link(tmp_path: Path, tiny: SimpleNamespace, name: str, begun: bool) -> None:
    folder, mine = tmp_path / "broken", tmp_path / "mine"
    folder.mkdir()
    mine.write_bytes(HEADED)
    if begun and name != "journal.jsonl":
        (folder / "journal.jsonl").write_bytes(HEADED)
    for target in (mine, tmp_path / "nowhere"):
        (folder / name).symlink_to(target)
        before = contents(tmp_path)
        with pytest.raises(InputError, match=f"{name} is a symbolic link there"):
            pipeline.run(tiny.job(folder))
        assert contents(tmp_path) == before
        (folder / name).unlink()


def test_no_pipe_is_waited_for(tmp_path: Path, tiny: SimpleNamespace) -> None:
    (tmp_path / "broken").mkdir()
    os.mkfifo(tmp_path / "broken" / "journal.jsonl")
    with pytest.raises(InputError, match=r"journal\.jsonl is there already"):
        pipeline.run(tiny.job(tmp_path / "broken"))


def test_other_files_are_no_hindrance_and_stay(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = tmp_path / "mine"
    (folder / "sub").mkdir(parents=True)
    for name in ("data.jsonl", "notes.txt", "sub/run.json", ".hidden"):
        (folder / name).write_text("mine" if name != "sub/run.json" else "{}")
    before = contents(folder)
    pipeline.run(tiny.job(folder))
    (folder / "sub" / "run.json").unlink()  # no record: the look at all records would hold it against us
    after = contents(folder)
    assert {name: data for name, data in after.items() if name in before} == {
        name: data for name, data in before.items() if name != "sub/run.json"
    }


def test_the_data_set_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``inputs.jsonl`` is what people call a data set, too."""
    folder = tmp_path / "broken"
    folder.mkdir()
    data = folder / "inputs.jsonl"
    data.write_text(
        json.dumps({"id": "a", "document": "Talks ended.", "reference": "Talks.", "summaries": {"s": "Talks."}}) + "\n"
    )
    before = contents(tmp_path)
    words = ["dataset=jsonl", f"dataset.path={data}", "dataset.reference=document", "metrics=[rouge]", "checks=[]"]
    for link in (None, tmp_path / "link"):
        if link:
            link.symlink_to(folder)
        assert main(["run", *words, f"run_dir={link or folder}"]) == 2
        error = capsys.readouterr().err
        assert "inputs.jsonl is there already" in error
        assert error.count("\n") == 1
        assert {name: data for name, data in contents(tmp_path).items() if name != "link"} == before


def test_an_unfinished_run_is_taken_up_and_a_finished_one_left_alone(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    with Journal(folder):
        pass
    assert contents(folder) == {"journal.jsonl": HEADED}
    pipeline.run(tiny.job(folder))
    done = contents(folder)
    assert "journal.jsonl" not in done
    # It was killed just before it removed its journal: that is done now, and it stays finished.
    (folder / "journal.jsonl").write_bytes(HEADED)
    with pytest.raises(InputError, match="a finished run is already there"):
        pipeline.run(tiny.job(folder))
    assert contents(folder) == done


def test_where_nobody_may_write(tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("a file")
    file.write_text("mine")
    for folder in (file, file / "run", Path("x" * 300), Path("/proc/run")):
        with pytest.raises(InputError, match="can't write there: ") as refused:
            pipeline.run(tiny.job(folder))
        assert "\n" not in str(refused.value)
    assert file.read_text() == "mine"
    if os.geteuid():
        Path("locked").mkdir(mode=0o500)
        with pytest.raises(InputError, match="can't write there: Permission denied"):
            pipeline.run(tiny.job(Path("locked")))


def test_a_home_folder_is_meant_by_its_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["run", "metrics=[rouge]", "checks=[]", "systems=[candidates]", "limit=1", 'run_dir="~/out/run"']) == 0
    assert (tmp_path / "out" / "run" / "run.json").is_file()


def test_an_empty_name_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in ``run_dir=$OUT`` where OUT isn't set: it would mean the folder where it is typed."""
    monkeypatch.chdir(tmp_path)
    for word in ("run_dir=", 'run_dir=""', "results_dir=", 'results_dir=""'):
        assert main(["run", "metrics=[rouge]", "checks=[]", "systems=[candidates]", word]) == 2
        message = capsys.readouterr().err
        assert message.startswith(f"sumbench: {word.partition('=')[0]}=")
        # Hydra reads the first as null, which that setting may be.
        assert ("a value is missing" if word == "run_dir=" else "names no folder") in message
    assert list(tmp_path.iterdir()) == []
