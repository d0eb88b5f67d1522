"""Bad input, through the command: exit code 2, one clear message, and nothing that looks finished."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main

FAST = ("metrics=[rouge]", "checks=[]", "run_dir=out")
GOOD = {"id": "a", "document": "One two.", "references": ["One."], "system": "s", "summary": "Two."}
MANY = {"id": "a", "document": "One two.", "references": ["One."], "summaries": {"s": "Two."}}


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the command, which must refuse; gives its one message. Nothing in the folder may look finished."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")

    def call(*words: str) -> str:
        GlobalHydra.instance().clear()
        before = set(tmp_path.rglob("run.json"))
        code = main(["run", *words])
        out, err = capsys.readouterr()
        assert (code, out) == (BAD_INPUT, "")
        assert "Traceback" not in err
        assert len(err.strip().splitlines()) == 1
        assert err.strip().startswith("sumbench: ")
        assert set(tmp_path.rglob("run.json")) == before
        return err.strip().removeprefix("sumbench: ")

    return call


def write_lines(path: Path, *lines: object) -> None:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def without(line: dict[str, object], *fields: str, **changes: object) -> dict[str, object]:
    return {key: value for key, value in {**line, **changes}.items() if key not in fields}


BAD_LINES = {
    "malformed JSON": ([GOOD, '{"id": "b",'], ["data.jsonl", "2"]),
    "not an object": ([GOOD, "[1, 2]"], ["data.jsonl", "2", "object"]),
    "not a number": ([GOOD, '{"id": NaN}'], ["data.jsonl", "2", "NaN"]),
    "no id": ([without(GOOD, "id")], ["data.jsonl", "1", "'id'"]),
    "no document": ([without(GOOD, "document")], ["data.jsonl", "1", "'document'"]),
    "a misspelt field": ([without(GOOD, "document", docment="One.")], ["1", "'document'", "Did you mean 'docment'?"]),
    "no references": ([without(GOOD, "references")], ["1", "'references'", "dataset.reference=document"]),
    "references: []": ([{**GOOD, "references": []}], ["1", "'references'"]),
    "no system": ([without(GOOD, "system")], ["1", "'system'"]),
    "no summary": ([without(GOOD, "summary")], ["1", "'summary'"]),
    "no summaries in it": ([{**MANY, "summaries": {}}], ["1", "'summaries'"]),
    "an empty candidate": ([{**GOOD, "summary": " \n"}], ["1", "'summary'", "'s'", "empty"]),
    "an empty candidate of many": ([{**MANY, "summaries": {"s": "Two.", "t": ""}}], ["1", "summaries.t", "empty"]),
    "an empty reference": ([{**GOOD, "references": ["One.", ""]}], ["1", "references[1]", "empty"]),
    "an empty document": ([{**GOOD, "document": ""}], ["1", "'document'", "empty"]),
    "a document that is a number": ([{**GOOD, "document": 5}], ["1", "'document'", "text"]),
    "a system twice": ([GOOD, GOOD], ["2", "'s'", "'a'"]),
    "an id twice": ([MANY, {**MANY, "summaries": {"t": "One."}}], ["2", "'a'", "duplicate id"]),
    "two forms": ([GOOD, {**MANY, "id": "b"}], ["2", "'system'"]),
    "two documents": ([GOOD, {**GOOD, "document": "Other.", "system": "t"}], ["2", "'document'", "'a'"]),
    "an empty file": ([], ["data.jsonl"]),
}


@pytest.mark.parametrize("what", BAD_LINES)
def test_a_bad_line_is_named_by_file_line_and_field(what: str, refused: Callable[..., str], tmp_path: Path) -> None:
    lines, named = BAD_LINES[what]
    write_lines(tmp_path / "data.jsonl", *lines)
    message = refused("dataset=jsonl", "dataset.path=data.jsonl", *FAST)
    assert [word for word in named if word not in message] == [], message
    assert not (tmp_path / "out").exists(), "nothing is written before all input has been read"


def test_the_same_lines_in_order_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.chdir(tmp_path)
    for name, line in (("good", GOOD), ("many", MANY)):
        write_lines(tmp_path / "data.jsonl", line)
        GlobalHydra.instance().clear()
        assert main(["run", "dataset=jsonl", "dataset.path=data.jsonl", *FAST[:2], f"run_dir={name}"]) == OK


NO_TEXTS = {
    "latin.jsonl": '{}\n{"id": "é"}\n'.encode("latin-1"),
    "cut.jsonl.gz": gzip.compress(b"{}" * 99)[:-9],
    "plain.jsonl.gz": b"{}\n",
}


@pytest.mark.parametrize("name", NO_TEXTS)
def test_a_file_that_is_no_text(name: str, refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(NO_TEXTS[name])
    assert name in refused("dataset=jsonl", f"dataset.path={name}", *FAST)


@pytest.mark.parametrize("path", ["nothing.jsonl", "nothing-*.jsonl", "folder", "[data.jsonl,nothing.jsonl]"])
def test_a_missing_file(path: str, refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    write_lines(tmp_path / "data.jsonl", GOOD)
    message = refused("dataset=jsonl", f"dataset.path={path}", *FAST)
    assert path.strip("[]").split(",")[-1] in message


def test_a_missing_file_gets_the_nearest_name(refused: Callable[..., str], tmp_path: Path) -> None:
    write_lines(tmp_path / "summeval.jsonl", GOOD)
    assert "summeval.jsonl" in refused("dataset=jsonl", "dataset.path=sumeval.jsonl", *FAST)


FOLDERS = {
    "no folder": ({}, "story", ["texts"]),
    "an empty folder": ({"texts/": b""}, "story", ["texts", ".txt"]),
    "no such reference": ({"texts/story.txt": b"One.", "texts/b.txt": b"Two."}, "storry",
                          ["storry", "Did you mean 'story'?"]),
    "no candidate": ({"texts/story.txt": b"One."}, "story", ["texts", "no candidates"]),
    "an empty candidate": ({"texts/story.txt": b"One.", "texts/b.txt": b" \n"}, "story", ["b.txt", "empty"]),
    "an empty reference": ({"texts/story.txt": b"", "texts/b.txt": b"Two."}, "story", ["story.txt", "empty"]),
    "not UTF-8": ({"texts/story.txt": b"One.", "texts/b.txt": b"caf\xe9\n"}, "story", ["b.txt", "UTF-8"]),
    "a system twice": ({"texts/story.txt": b"One.", "texts/b.txt": b"Two.", "texts/b.TXT": b"Two."}, "story",
                       ["b.TXT"]),
    "files and sub-folders": ({"texts/story.txt": b"One.", "texts/b/c.txt": b"Two."}, "story",
                              ["texts", "sub-folders"]),
    "a file for a folder": ({"texts": b"One."}, "story", ["texts", "is a file"]),
}  # fmt: skip


@pytest.mark.parametrize("what", FOLDERS)
def test_a_bad_folder_is_named(what: str, refused: Callable[..., str], tmp_path: Path) -> None:
    files, reference, named = FOLDERS[what]
    for name, data in files.items():
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            pytest.skip("this file system does not tell upper from lower case")
        path.write_bytes(data)
    message = refused("dataset=folder", "dataset.root=texts", f"dataset.reference={reference}", *FAST)
    assert [word for word in named if word not in message] == [], message


def test_a_finished_run_is_not_overwritten(
    refused: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("systems=[lead]", *FAST)
    assert main(["run", *words]) == OK
    capsys.readouterr()
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    message = refused(*words)
    assert "run_dir=out" in message
    assert "finished run" in message
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize("run_dir", ["file", "file/below", "file/far/below"])
def test_an_unwritable_run_dir(run_dir: str, refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    message = refused("systems=[lead]", *FAST[:2], f"run_dir={run_dir}")
    assert f"run_dir={run_dir}" in message
    assert (tmp_path / "file").read_text(encoding="utf-8") == "a file"


def test_no_candidate_anywhere(refused: Callable[..., str]) -> None:
    assert "no candidate" in refused(*FAST, "systems=[]")


def test_two_systems_of_one_name(refused: Callable[..., str], tmp_path: Path) -> None:
    write_lines(tmp_path / "data.jsonl", {**GOOD, "system": "lead-3"})
    message = refused("dataset=jsonl", "dataset.path=data.jsonl", *FAST, "systems=[candidates,lead]")
    assert "'lead-3'" in message


def test_two_metrics_of_one_name(refused: Callable[..., str]) -> None:
    assert "'rouge'" in refused("metrics=[rouge,rouge_hf]", *FAST[1:], "metrics.rouge_hf.name=rouge")


def test_a_system_that_is_not_there(refused: Callable[..., str]) -> None:
    assert "fathful" in refused(*FAST, "systems.candidates.only=[fathful]")


MODELS = {
    "no folder": {},
    "an empty folder": {"model/": b""},
    "a folder of something else": {"model/notes.txt": b"no model"},
    "a configuration alone": {"model/config.json": b'{"model_type": "bert"}'},
    "a broken configuration": {"model/config.json": b"{", "model/model.safetensors": b""},
    "pickled weights": {"model/config.json": b'{"model_type": "bert"}', "model/pytorch_model.bin": b"\x80\x04."},
    "a file": {"model": b"no model"},
}


@pytest.mark.parametrize("what", MODELS)
def test_a_model_folder_that_is_none(what: str, refused: Callable[..., str], tmp_path: Path) -> None:
    for name, data in MODELS[what].items():
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir()
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    folder = tmp_path / "model"
    message = refused(
        "metrics=[bertscore]", *FAST[1:], "encoder=huggingface", f"encoder.name={folder}", "encoder.layer=1"
    )
    assert str(folder) in message
    assert not (tmp_path / "out").exists()
