"""A configuration that somebody shares reads no environment, and is plain YAML of an ordinary size."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main
from bench.config.yaml_files import check_yaml
from bench.errors import InputError

TOLD = "kept-to-ourselves-7431"
FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]")
EXPERIMENT = "# @package _global_\n"
METRIC = "# @package metrics.x\n_target_: bench.metrics.rouge.Rouge\n"

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command with files of ``further`` (name to text); gives the exit code and all that was printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", TOLD)

    def run(files: dict[str, str], *words: str) -> tuple[int, str]:
        for name, text in files.items():
            path = tmp_path / "further" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        GlobalHydra.instance().clear()
        code = main([words[0], *(("--config-dir", "further") if files else ()), *words[1:]])
        return code, "".join(capsys.readouterr())

    return run


def written(folder: Path) -> str:
    """All names and contents below a folder, but for the shared configuration itself."""
    files = [path for path in folder.rglob("*") if "further" not in path.parts]
    return "\n".join(f"{path}\n{path.read_text(encoding='utf-8') if path.is_file() else ''}" for path in files)


WAYS = {
    "a value": ({"metrics/x": METRIC + "name: ${oc.env:TOKEN}\n"}, ["metrics=[x]"]),
    "with a default": ({"metrics/x": METRIC + "name: ${oc.env:TOKEN,none}\n"}, ["metrics=[x]"]),
    "a name put together": (
        {"metrics/x": METRIC + "name: '${oc.env:${metrics.x.language}KEN}'\nlanguage: TO\n"}, ["metrics=[x]"],
    ),
    "through another setting": (
        {"experiment/e": EXPERIMENT + "encoder: {a: '${oc.env:TOKEN}'}\nmetrics: {rouge: {name: '${encoder.a}'}}\n"},
        ["experiment=e"],
    ),
    "oc.select": ({"metrics/x": METRIC + "name: '${oc.select:nothing,${oc.env:TOKEN}}'\n"}, ["metrics=[x]"]),
    "oc.decode": ({"metrics/x": METRIC + "name: '${oc.decode:${oc.env:TOKEN}}'\n"}, ["metrics=[x]"]),
    "oc.create": ({"metrics/x": METRIC + "types: '${oc.create:[\"${oc.env:TOKEN}\"]}'\n"}, ["metrics=[x]"]),
    "--cfg --resolve": (
        {"metrics/x": METRIC + "name: ${oc.env:TOKEN}\n"}, ["metrics=[x]", "--cfg", "job", "--resolve"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_file_reads_no_environment(way: str, call: Call, tmp_path: Path) -> None:
    files, words = WAYS[way]
    code, printed = call(files, "run", *FAST, *words, "run_dir=out")
    assert (code, "oc.env" in printed) == (BAD_INPUT, True), printed
    assert TOLD not in printed + written(tmp_path)
    assert len(printed.splitlines()) == 1


def test_rules_of_a_gate_read_no_environment(call: Call, tmp_path: Path) -> None:
    code, printed = call({"gates/g": "# @package gates\nsystems: ['${oc.env:TOKEN}']\n"}, "gate", "sample", "gates=g")
    assert (code, "oc.env:TOKEN" in printed) == (BAD_INPUT, True)
    assert TOLD not in printed + written(tmp_path)


def test_what_is_typed_is_read_and_kept_unresolved(call: Call, tmp_path: Path) -> None:
    line = {"id": "a", "document": "One two.", "references": ["One."], "system": "s", "summary": "Two."}
    (tmp_path / f"{TOLD}.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    typed = "dataset.path=${oc.env:TOKEN}.jsonl"
    code, printed = call({}, "run", *FAST, "dataset=jsonl", typed, "run_dir=out")
    assert code == OK, printed
    assert TOLD not in printed
    for path in (tmp_path / "out").iterdir():
        assert TOLD not in path.read_text(encoding="utf-8"), path
    record = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))
    assert record["config"]["dataset"]["path"] == "${oc.env:TOKEN}.jsonl"
    assert typed in record["overrides"]


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
NO_CONFIGURATIONS = {
    "code": ("name: !!python/object/apply:os.system ['touch mark']\n", "line 3", "refused"),
    "a Python path": ("name: !!python/object/apply:pathlib.Path [a]\n", "line 3", "refused"),
    "bytes": ("name: !!binary aGVsbG8=\n", "line 3", "refused"),
    "a tag of somebody's": ("name: !mine a\n", "line 3", "refused"),
    "an alias bomb": (BOMB, "line", "too large"),
    "an alias of itself": ("name: &a [*a]\n", "line 3", "*a"),
    "an unknown alias": ("name: *a\n", "x.yaml", "a"),
    "too deep": ("name: " + "[" * 5000 + "]" * 5000 + "\n", "line 3", "nested too deeply"),
    "broken": ("name: [a\n", "x.yaml", "line"),
    "a key twice": ("name: a\nname: b\n", "line", "duplicate key name"),
    "a NUL": ("name: a\0b\n", "x.yaml", "not a configuration"),
}


@pytest.mark.parametrize("what", NO_CONFIGURATIONS)
def test_no_configuration_is_one_line(what: str, call: Call, tmp_path: Path) -> None:
    text, *told = NO_CONFIGURATIONS[what]
    code, printed = call({"metrics/x": METRIC + text}, "run", *FAST, "metrics=[x]", "run_dir=out")
    assert (code, len(printed.splitlines())) == (BAD_INPUT, 1), printed
    assert [word for word in told if word not in printed] == [], printed
    assert not (tmp_path / "mark").exists()
    assert not (tmp_path / "out").exists()


def test_ordinary_anchors_and_tags_are_plain(tmp_path: Path) -> None:
    """The control."""
    check_yaml("a: &a {b: 1}\nc: {<<: *a, d: !!str 5}\ne: [*a, *a]\n", tmp_path)
    with pytest.raises(InputError, match="too large"):
        check_yaml("".join(f"k{n}: 1\n" for n in range(20_000)), tmp_path)
