"""Damaged records: each is refused in one clear message that names the file, and the line where there are lines."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import pipeline, record
from bench.cli import main
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
        (b'{"schema_version": 3}', "schema version 3, this sumbench reads up to 2: update sumbench"),
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


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("systems", "alpha"), "pilot", 'systems.alpha is "pilot": none of candidate, floor, ceiling'),
        (("scorers", "words", "kind"), "toy", 'scorers.words.kind is "toy": none of metric, check, combination'),
        (("aggregates", 1, "mean"), "0.5", 'aggregates[1].mean is "0.5": expected `number | null`, got `str`'),
        (("aggregates", 1, "scorer"), "nobody", "there is no nobody"),
        (("counts", "words", "ok"), -1, "counts.words.ok is -1: expected `int` >= 0"),
        (("warnings",), "none", 'warnings is "none": expected `array`, got `str`'),
        (("claims", 0, "more"), 1, "claims[0].more: there is no such field"),
    ],
)
def test_what_no_record_holds_is_refused_with_its_place(
    run_dir: Path, tmp_path: Path, place: tuple[Any, ...], value: Any, said: str
) -> None:
    folder = copied(run_dir, tmp_path)
    data = json.loads((run_dir / "run.json").read_text(encoding="utf-8"))
    at(data, place[:-1])[place[-1]] = value
    (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        record.read_record(folder)
    what = f"{folder / 'run.json'}: damaged run record: {said}; copy the whole folder, or run again"
    assert str(refused.value) == what


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


def edit(path: Path) -> None:
    """One digit, as by hand: everything can still be read."""
    data = path.read_bytes()
    place = next(n for n in range(len(data) - 1, 0, -1) if data[n : n + 1].isdigit())
    path.write_bytes(data[:place] + (b"1" if data[place : place + 1] != b"1" else b"2") + data[place + 1 :])


def cut(path: Path) -> None:
    """A copy that stopped at the end of a line."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


COMMANDS = {
    "report": ["report", "RUN"],
    "explain": ["explain", "RUN"],
    "compare": ["compare", "RUN", "RUN"],
    "systems": ["compare", "RUN", "--systems"],
    "baseline save": ["baseline", "save", "NEW", "RUN"],
    "baseline diff": ["baseline", "diff", "BASELINE", "RUN"],
    "gate": ["gate", "RUN", "metrics=[rouge]", "checks=[]", "systems=[candidates]", "run_dir=UNUSED"],
    "meta": ["meta", "run=RUN"],
    "selfcheck": ["selfcheck", "run=RUN"],
}


@pytest.mark.parametrize("damage", [edit, cut, Path.unlink], ids=["edited", "cut", "gone"])
@pytest.mark.parametrize("name", ["scores.jsonl", "inputs.jsonl"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_changed_file_is_told_by_every_command(
    run_dir: Path, tmp_path: Path, command: str, name: str, damage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(run_dir, tmp_path)
    main(["baseline", "save", str(tmp_path / "whole.json"), str(run_dir)])
    capsys.readouterr()
    damage(folder / name)
    places = {
        "RUN": str(folder), "run=RUN": f"run={folder}", "NEW": str(tmp_path / "new.json"),
        "BASELINE": str(tmp_path / "whole.json"), "run_dir=UNUSED": f"run_dir={tmp_path / 'unused'}",
    }  # fmt: skip
    assert main([places.get(word, word) for word in COMMANDS[command]]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert str(folder / name) in error
    assert "copy the whole folder" in error
    assert not (tmp_path / "new.json").exists()
    assert not (tmp_path / "unused").exists(), "told before the run"


NO_NUMBERS = {
    "1e999": "1e999…",
    "-1e999": "-1e999…",
    "9" * 400: f"{'9' * 20}…",
    "9" * 5000: f"the number {'9' * 20}… is too large",
    "NaN": "NaN is not a JSON number",
    "-Infinity": "-Infinity is not a JSON number",
    "1" + "0" * 25: f"1{'0' * 19}…",
    '"0.5"': '"0.5"',
    "null": "null",
    "true": "true",
    "[]": "[]",
}
NUMBERS = {
    "values.share": ("words", ("values", "share")),
    "seen.candidate": ("words", ("seen", "candidate")),
    "verdicts[0].score": ("found", ("verdicts", 0, "score")),
    "verdicts[0]": ("found", ("verdicts", 0, "claim", "end")),
}


def with_number(folder: Path, field: str, written: str) -> int:
    """Put a number into a field of a line of the scores, as it is written; returns the line's number."""
    scorer, place = NUMBERS[field]
    lines = (folder / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if json.loads(line)["scorer"] == scorer)
    data = json.loads(lines[number])
    at(data, place[:-1])[place[-1]] = "HERE"
    lines[number] = json.dumps(data).replace('"HERE"', written)
    (folder / "scores.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return number + 1


@pytest.mark.parametrize("written", NO_NUMBERS, ids=lambda written: written[:20])
@pytest.mark.parametrize("field", NUMBERS)
def test_what_is_no_number_is_told_with_its_file_line_and_field(
    run_dir: Path, tmp_path: Path, field: str, written: str
) -> None:
    if written == "null" and field not in ("values.share", "verdicts[0]"):
        return  # it may be missing
    folder = copied(run_dir, tmp_path)
    line = with_number(folder, field, written)
    with pytest.raises(InputError) as refused:
        list(record.read_scores(folder))
    message = str(refused.value)
    assert message.startswith(f"{folder / 'scores.jsonl'}, line {line}: ")
    assert NO_NUMBERS[written] in message
    assert field in message
    assert "\n" not in message
    assert len(message) < len(str(folder)) + 250


@pytest.mark.parametrize("written", ["1e999", "NaN", "1" + "0" * 25, '"0.5"'])
@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("meta", "selfcheck")])
def test_what_is_no_number_is_told_by_every_command(
    run_dir: Path, tmp_path: Path, tiny: SimpleNamespace, command: str, written: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """In a record of before, which doesn't know the sums of the files beside it."""
    main(["baseline", "save", str(tmp_path / "whole.json"), str(run_dir)])
    folder = copied(run_dir, tmp_path)
    tiny.unseal(folder)
    line = with_number(folder, "values.share", written)
    capsys.readouterr()
    places = {
        "RUN": str(folder), "NEW": str(tmp_path / "new.json"), "BASELINE": str(tmp_path / "whole.json"),
        "run_dir=UNUSED": f"run_dir={tmp_path / 'unused'}",
    }  # fmt: skip
    assert main([places.get(word, word) for word in COMMANDS[command]]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert f"scores.jsonl, line {line}: " in error
    assert "values.share" in error


@pytest.mark.parametrize("written", ["1e999", "NaN", "9" * 400])
def test_what_is_no_number_in_a_record_is_told_with_its_line(
    run_dir: Path, tmp_path: Path, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(run_dir, tmp_path)
    path = folder / "run.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if '"mean": ' in line)
    lines[number] = f'"mean": {written},'
    # The same number in a text is none.
    lines.insert(1, f'"note": "{written} \\\\\\" {written}",')
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=rf"run record: line {number + 2}: .*\(field aggregates\[0\]\.mean\)"):
        record.read_record(folder)
    capsys.readouterr()
    assert main(["history", f"results_dir={folder}"]) == 0
    assert "has damaged aggregates; those are left out" in " ".join("".join(capsys.readouterr()).split())


def test_records_of_version_1_say_nothing_of_their_files_and_load() -> None:
    old = Path(__file__).parent / "fixtures" / "runs" / "version-1"
    assert json.loads((old / "run.json").read_text())["schema_version"] == 1
    read = record.read_record(old)
    assert (read.schema_version, read.files) == (record.SCHEMA_VERSION, {})
    assert len(list(record.read_scores(old))) == 24
    assert main(["report", str(old)]) == 0
    assert main(["compare", str(old), str(old), "gates=exact"]) == 0


def test_a_record_names_only_files_of_its_own(run_dir: Path, tmp_path: Path) -> None:
    """A record from elsewhere must not make us read what it likes."""
    folder = copied(run_dir, tmp_path)
    data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    data["files"]["../../../dev/zero"] = "0" * 64
    (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    assert set(record.read_record(folder).files) == {"inputs.jsonl", "scores.jsonl"}
