"""The commands compare, gate and baseline as they are typed: verdicts, exit codes, files and messages."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main
from bench.comparing.baseline import find_snapshot, save_baseline
from bench.config.gate import CompareSchema, compose_compare, split_overrides
from bench.journal import HEAD

HOME = Path(__file__).parents[1]
EXAMPLE = HOME / "tests" / "fixtures" / "plugin"
REGRESSED, NOT_COMPARABLE, INCONCLUSIVE = 1, 3, 4
FAST = ("dataset=jsonl", "systems=[candidates]", "metrics=[rouge]", "checks=[numbers]")
THINGS = "bridge school harbour library theatre park clinic market station museum stadium tunnel".split()


def summary(how: str, number: int, thing: str) -> str:
    spent = 13 + 7 * number
    if how == "worse":
        return f"Some people talked about a {thing} for {spent} million."
    if how == "uneven" and number % 6 == 0:
        return f"Spend {spent} million euros, a {thing}."
    if how == "better":
        return f"It agreed to spend {spent} million euros on a new {thing}. Work begins in May."
    if how == "false" and number == 3:
        return f"It agreed to spend {spent + 1} million euros on a new {thing}."
    return f"It agreed to spend {spent} million euros on a new {thing}."


def write(path: Path, how: str = "good", things: Sequence[str] = THINGS) -> None:
    """Twelve articles of ours in any order, each with a summary as good as asked for."""
    lines = []
    for number, thing in enumerate(THINGS):
        document = (
            f"The council met late on Monday. It agreed to spend {13 + 7 * number} million euros on a new {thing}."
        )
        reference = f"It agreed to spend {13 + 7 * number} million euros on a new {thing}. Work begins in May."
        if thing in things:
            lines.append({"id": thing, "document": f"{document} Work begins in May.", "references": [reference],
                          "system": "ours", "summary": summary(how, number, thing)})  # fmt: skip
    random.Random(how).shuffle(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs of every kind (``runs/<how>``) and ``good`` as the baseline main."""
    folder = tmp_path_factory.mktemp("compare")
    here = Path.cwd()
    os.chdir(folder)
    try:
        kinds: dict[str, dict[str, Any]] = {how: {"how": how} for how in ("good", "worse", "uneven", "better", "false")}
        kinds |= {"short": {"things": THINGS[1:]}, "stemmer": {"words": ["metrics.rouge.use_stemmer=false"]},
                  "nothing": {"words": ["checks=[]"]}, "untold": {"words": ["store_texts=false"]},
                  "more": {"words": ["checks=[numbers,quotes]"]}}  # fmt: skip
        for name, kind in kinds.items():
            write(folder / f"{name}.jsonl", kind.get("how", "good"), kind.get("things", THINGS))
            words = [*FAST, f"dataset.path={name}.jsonl", f"run_dir=runs/{name}", *kind.get("words", [])]
            GlobalHydra.instance().clear()
            assert main(["run", *words]) == OK
        assert main(["baseline", "save", "main", "runs/good"]) == OK
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def cli(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> SimpleNamespace:
    """Calls the command in a folder of one's own with those runs: code, output, messages."""
    folder = tmp_path / "here"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    capsys.readouterr()

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        code = main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def refused(*words: str) -> str:
        code, out, err = call(*words)
        assert (code, out) == (BAD_INPUT, ""), (code, out, err)
        assert len(err.strip().splitlines()) == 1
        return err

    def compared(*words: str) -> tuple[int, dict[str, Any]]:
        code, out, _ = call(*words, "format=json")
        return code, json.loads(out)

    return SimpleNamespace(call=call, refused=refused, compared=compared, folder=folder)


# What is typed, and the verdict


@pytest.mark.parametrize(
    ("run", "rules", "code", "outcome"),
    [
        ("good", [], OK, "pass"),
        ("better", ["~gates.margins.numbers", "gates.alpha=0.5"], OK, "improved"),
        # Twelve new summaries, all of them better, may well hide that one in thirty is far worse.
        ("better", [], OK, "inconclusive"),
        ("worse", [], REGRESSED, "regressed"),
        ("false", ["gates.margins={rouge:{rougeL_f1:{absolute:0.5}}}"], REGRESSED, "regressed"),
        ("short", [], REGRESSED, "missing"),
        ("nothing", [], REGRESSED, "missing"),
        ("stemmer", [], NOT_COMPARABLE, "not comparable"),
        ("uneven", [], OK, "inconclusive"),
        ("uneven", ["gates.fail_on_inconclusive=true"], INCONCLUSIVE, "inconclusive"),
        ("more", [], OK, "pass"),
    ],
)
def test_each_verdict_has_its_exit_code(
    cli: SimpleNamespace, run: str, rules: list[str], code: int, outcome: str
) -> None:
    found, comparison = cli.compared("compare", "main", f"runs/{run}", *rules)
    assert (found, comparison["outcome"]) == (code, outcome)
    assert comparison["exit_code"] == code
    by_terminal, out, _ = cli.call("compare", "main", f"runs/{run}", *rules)
    assert by_terminal == code
    assert out.startswith(outcome)


def test_what_is_wrong_is_named(cli: SimpleNamespace) -> None:
    assert cli.compared("compare", "main", "runs/short")[1]["missing"] == ["example bridge"]
    assert cli.compared("compare", "main", "runs/nothing")[1]["missing"] == ["scorer numbers"]
    assert cli.compared("compare", "main", "runs/stemmer")[1]["not_comparable"] == [
        "rouge: stemmer was porter, is none"
    ]
    (claim,) = cli.compared("compare", "main", "runs/false")[1]["claims"]
    assert (claim["change"], claim["example_id"], claim["scorer"]) == ("new", "library", "numbers")
    assert "35 million euros" in claim["claim"]["text"]
    assert any("quotes" in note for note in cli.compared("compare", "main", "runs/more")[1]["notes"])
    assert any("kept no texts" in note for note in cli.compared("compare", "main", "runs/untold")[1]["notes"])


def test_a_name_can_be_many_things(cli: SimpleNamespace) -> None:
    assert cli.call("run", *FAST, "dataset.path=better.jsonl")[0] == OK
    (newest,) = (path.parent.name for path in (cli.folder / "results/runs").glob("*/run.json"))
    for names in (("main", "LATEST"), ("main", newest), ("main", newest[:15]), ("runs/good", "runs/better"),
                  ("runs/good/run.json", "runs/better"), ("results/baselines/main.json", "LATEST"),
                  (str(cli.folder / "results/baselines/main.json"), f"results/runs/{newest}")):  # fmt: skip
        found = cli.compared("compare", *names, "~gates.margins.numbers", "gates.alpha=0.5")[1]
        assert found["outcome"] == "improved", names
    assert cli.compared("compare", "LATEST", "main")[1]["outcome"] == "regressed"


def test_a_baseline_comes_before_a_folder_of_its_name(cli: SimpleNamespace) -> None:
    (cli.folder / "main").mkdir()
    assert cli.call("compare", "main", "runs/good")[0] == OK
    assert "no finished run here" in cli.refused("compare", "./main", "runs/good")


def test_options_may_stand_anywhere(cli: SimpleNamespace) -> None:
    words = [["compare", "--common", "main", "runs/short", "gates.alpha=0.01", "common=true"],
             ["compare", "main", "--common", "runs/short", "gates.alpha=0.01"],
             ["compare", "main", "runs/short", "--common", "gates.alpha=0.01"],
             ["compare", "main", "runs/short", "gates.alpha=0.01", "--common"],
             ["compare", "main", "runs/short", "gates.alpha=0.01", "common=true"]]  # fmt: skip
    found = [cli.compared(*each) for each in words]
    assert all(each == found[0] for each in found)
    assert found[0][0] == OK
    assert found[0][1]["gate"]["alpha"] == 0.01


def test_common_is_told_in_every_output(cli: SimpleNamespace) -> None:
    for form in ("terminal", "markdown", "junit", "json"):
        code, out, _ = cli.call("compare", "main", "runs/short", "--common", "--format", form)
        assert code == OK
        assert "11 examples that both have" in " ".join(out.split()), form
        _, without, _ = cli.call("compare", "main", "runs/short", "--format", form)
        assert "examples that both have" not in without
    write(cli.folder / "one.jsonl", things=THINGS[:1])
    cli.call("run", *FAST, "dataset.path=one.jsonl", "run_dir=runs/one")
    assert "share no example" in cli.refused("compare", "runs/one", "runs/short", "--common")


# Bad input


def damage(path: Path, how: str) -> None:
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    texts = {
        "truncated": text[: len(text) // 2], "empty": "", "a list": "[]", "not JSON": "main", "no version": "{}",
        "newer": json.dumps({**data, "schema_version": 99}),
        "lacks cells": json.dumps({key: value for key, value in data.items() if key != "cells"}),
        "odd cells": json.dumps({**data, "cells": 3}),
        "odd examples": json.dumps({**data, "examples": {"a": {"wrong": 1}}}),
    }  # fmt: skip
    path.write_bytes(b"\xff\xfe\x00") if how == "not text" else path.write_text(texts[how], encoding="utf-8")


DAMAGE = ("truncated", "empty", "a list", "not JSON", "no version", "newer", "lacks cells", "odd cells", "odd examples",
          "not text")  # fmt: skip


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_baseline(cli: SimpleNamespace, how: str) -> None:
    path = cli.folder / "results/baselines/main.json"
    whole = path.read_bytes()
    damage(path, how)
    message = cli.refused("compare", "main", "runs/good")
    assert message.startswith("sumbench: results/baselines/main.json: ")
    assert ("schema version 99" in message and "update sumbench" in message) == (how == "newer")
    assert cli.refused("gate", "main", *FAST, "dataset.path=good.jsonl", "run_dir=new") == message
    assert not (cli.folder / "new").exists(), "found before the run"
    assert cli.refused("baseline", "diff", "main", "runs/good") == message
    assert cli.refused("baseline", "list") == message
    path.write_bytes(whole)  # the look at all records would hold it against us


def test_no_such_baseline_names_those_there_are(cli: SimpleNamespace) -> None:
    cli.call("baseline", "save", "second", "runs/worse")
    for words in (("compare", "mian", "runs/good"), ("gate", "mian", *FAST, "dataset.path=good.jsonl"),
                  ("baseline", "diff", "mian", "runs/good")):  # fmt: skip
        message = cli.refused(*words)
        assert "mian" in message
        assert "baselines in results/baselines: main, second" in message


def test_a_run_that_is_not_finished(cli: SimpleNamespace) -> None:
    (cli.folder / "runs/good/run.json").unlink()
    for words in (("compare", "main", "runs/good"), ("baseline", "save", "main", "runs/good")):
        assert cli.refused(*words) == "sumbench: runs/good: no finished run here (run.json is missing)\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gates.alhpa=0.1"], "did you mean 'gates.alpha'"),
        (["gate.alpha=0.1"], "unknown setting 'gate.alpha'; did you mean 'gates.alpha'"),
        (["comon=true"], "did you mean 'common'"),
        (["outputs.mardown=x"], "did you mean 'outputs.markdown'"),
        (["fromat=json"], "did you mean 'format'"),
        (["gates=defualt"], "there is no gates=defualt; did you mean 'default'?"),
        (["format=pdf"], "choose from terminal, markdown, junit, json"),
        (["gates.alpha=2"], "gates.alpha=2.0: it must be between"),
        (["gates.resamples=10"], "gates.resamples=10: it must be between 10000 and"),
        (["gates.alpha=x"], "gates.alpha"),
        (["gates.new_contradictions=-1"], "gates.new_contradictions=-1: it must be 0 or more"),
        (["gates.new_claims.numbers=-2"], "gates.new_claims.numbers=-2: it must be 0 or more"),
        (
            ["gates.margins.rouge.rouge1_f1.absolute=-1"],
            "gates.margins.rouge.rouge1_f1.absolute=-1: a margin can't be negative",
        ),
        (["gates.margins.mine.value.absolute=0.1"], "gates.margins.mine"),
        (["+gates.margins.mine.value.abs=0.1"], "'gates.margins.mine.value.abs'; there are: absolute, relative"),
        (["gates.margins.rouge.rouge1_f1.absolute=much"], "rouge1_f1.absolute=much: it must be a number"),
        (["+gates.margins.mine.value=0.1"], "gates.margins.mine.value: below it must be absolute or relative"),
        (["+gates.margins.mine=0.1"], "gates.margins.mine: below it must be a value"),
        (["gates.margins=null"], "gates.margins=null"),
        (["gates.systems=[yours]"], "gates.systems: main has no system 'yours'; it has: ours"),
        (["--config-dir", "nowhere"], "--config-dir nowhere: there is no such folder"),
        (["outputs.json=runs"], "runs: can't be written"),
    ],
)
def test_what_is_typed_wrong(cli: SimpleNamespace, words: list[str], said: str) -> None:
    assert said in cli.refused("compare", "main", "runs/good", *words)
    if words[0] != "outputs.json=runs":
        assert said in cli.refused("gate", "main", *FAST, "dataset.path=good.jsonl", "run_dir=new", *words)
    if "systems" not in words[0]:
        assert not (cli.folder / "new").exists() or words[0].startswith("outputs")


@pytest.mark.parametrize("words", [["compare"], ["compare", "main"], ["gate"], ["baseline"], ["baseline", "save", "x"],
                                   ["baseline", "diff", "main"], ["baseline", "keep"]])  # fmt: skip
def test_what_is_left_out_shows_the_usage(cli: SimpleNamespace, words: list[str]) -> None:
    code, out, err = cli.call(*words)
    assert (code, out) == (BAD_INPUT, "")
    assert err.startswith(f"usage: sumbench {words[0]}")


# Rules


def test_a_margin_can_be_changed(cli: SimpleNamespace) -> None:
    margins = ("gates.margins.rouge.rouge1_f1.absolute=0.9", "gates.margins={rouge:{rouge1_f1:{absolute:0.02}}}")
    found = [
        {d["value"]: d["outcome"] for d in cli.compared("compare", "main", "runs/worse", margin)[1]["differences"]}
        for margin in margins
    ]
    assert [each["rouge1_f1"] for each in found] == ["pass", "regressed"]
    assert found[0]["rouge2_f1"] == "regressed"
    assert cli.compared("compare", "main", "runs/worse", "gates.margins.rouge.rouge1_f1.absolute=0.02")[1]["gate"][
        "margins"]["rouge.rouge1_f1"] == {"absolute": 0.02, "relative": 0.0}  # fmt: skip


def test_what_is_not_gated_is_told(cli: SimpleNamespace) -> None:
    notes = cli.compared("compare", "main", "runs/good")[1]["notes"]
    (free,) = [note for note in notes if note.startswith("without a margin, so not gated: ")]
    assert "numbers.contradicted" in free or "rouge.rouge1_precision" in free
    (idle,) = [note for note in notes if note.startswith("margins that no value of the baseline has: ")]
    assert "bertscore.f1" in idle
    _, out, _ = cli.call("compare", "main", "runs/good")
    assert "without a margin, so not gated" in out
    none = cli.compared("compare", "main", "runs/worse", "gates.systems=[ours]", "+gates.margins.x.y.absolute=1")[1]
    assert "x.y" in " ".join(none["notes"])


def test_rules_of_ones_own(cli: SimpleNamespace) -> None:
    path = cli.folder / "con'f, x/gates/mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("# @package gates\nmargins:\n  rouge:\n    rouge1_f1: {absolute: 0.9}\n", encoding="utf-8")
    mine = ("--config-dir", "con'f, x", "gates=mine")
    code, comparison = cli.compared("compare", "main", "runs/worse", *mine)
    assert (code, [d["value"] for d in comparison["differences"]]) == (OK, ["rouge1_f1"])
    code, comparison = cli.compared("gate", "main", *FAST, "dataset.path=worse.jsonl", *mine)
    assert (code, [d["value"] for d in comparison["differences"]]) == (OK, ["rouge1_f1"])
    assert cli.call("baseline", "diff", "main", "runs/worse", *mine)[1].startswith("pass")
    assert "say the same" in cli.refused("compare", "main", "runs/good", *mine, "hydra.searchpath=[x]")


def test_file_and_schema_agree() -> None:
    composed = compose_compare(())
    assert set(composed) == set(CompareSchema.__dataclass_fields__)
    run, rules = split_overrides(
        ["results_dir=x", "~gates.systems", "++gates.seed=1", "resamples=200", "seed=1", "hydra.x=1", "+experiment=a",
         "metrics=[rouge]", "nothing.like.it=1", "outputs={json: a}"]
    )  # fmt: skip
    assert rules == ["results_dir=x", "~gates.systems", "++gates.seed=1", "outputs={json: a}"]
    assert run == ["results_dir=x", "resamples=200", "seed=1", "hydra.x=1", "+experiment=a", "metrics=[rouge]",
                   "nothing.like.it=1"]  # fmt: skip


# Outputs


def test_outputs_are_written_besides(cli: SimpleNamespace) -> None:
    words = ("outputs.markdown=out/a/gate.md", "outputs.junit=out/gate.xml", "outputs.json=out/gate.json")
    code, out, err = cli.call("compare", "main", "runs/worse", *words)
    assert (code, err) == (REGRESSED, "")
    assert out.startswith("regressed")
    printed = {form: cli.call("compare", "main", "runs/worse", f"format={form}")[1]
               for form in ("markdown", "junit", "json")}  # fmt: skip
    files = {"markdown": "out/a/gate.md", "junit": "out/gate.xml", "json": "out/gate.json"}
    assert {form: (cli.folder / file).read_text(encoding="utf-8") for form, file in files.items()} == printed
    assert len(list(ElementTree.fromstring(printed["junit"]).iter("failure"))) >= 4  # noqa: S314  our own text
    assert "regressed" in printed["markdown"].splitlines()[0]


def test_annotations_only_where_github_runs_it(cli: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "::error" not in "".join(cli.call("compare", "main", "runs/worse")[1:])
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    _, out, err = cli.call("compare", "main", "runs/worse")
    assert "::error file=results/baselines/main.json,title=sumbench%3A regressed::" in out + err
    code, comparison = cli.compared("compare", "main", "runs/worse")
    assert (code, comparison["outcome"]) == (REGRESSED, "regressed"), "what is printed stays whole"


def test_a_flag_that_is_none_is_told_in_a_line(cli: SimpleNamespace) -> None:
    assert "there is no flag --wurst" in cli.refused("compare", "main", "runs/good", "--wurst")
    assert "type sumbench run -m" in cli.refused("gate", "main", "-m")


# The gate


def test_gate_is_run_and_compare_in_one(cli: SimpleNamespace) -> None:
    words = ("dataset.path=worse.jsonl", "run_dir=new", "gates.seed=3", "outputs.json=out/gate.json")
    code, out, _ = cli.call("gate", "main", *FAST, *words)
    assert code == REGRESSED
    assert out.startswith("regressed")
    comparison = json.loads((cli.folder / "out/gate.json").read_text(encoding="utf-8"))
    again, same = cli.compared("compare", "main", "new", "gates.seed=3")
    assert (again, same) == (code, comparison)
    overrides = json.loads((cli.folder / "new/overrides.yaml").read_text(encoding="utf-8"))
    assert overrides == [*FAST, *words[:2]], "the rules are no part of the run"


def test_gate_finds_baseline_and_puts_runs_in_results_dir(cli: SimpleNamespace) -> None:
    (cli.folder / "results").rename(cli.folder / "elsewhere")
    code, *_ = cli.call("gate", "main", *FAST, "dataset.path=good.jsonl", "results_dir=elsewhere")
    assert code == OK
    assert len(list((cli.folder / "elsewhere/runs").glob("*/run.json"))) == 1
    assert not (cli.folder / "results").exists()


def test_gate_with_a_wrong_setting_of_the_run(cli: SimpleNamespace) -> None:
    assert "did you mean 'limit'" in cli.refused("gate", "main", "limti=3")
    assert "did you mean 'rouge'" in cli.refused("gate", "main", "metrics=[roug]")
    assert "no.jsonl" in cli.refused("gate", "main", *FAST, "dataset.path=no.jsonl")
    (cli.folder / "good").mkdir()
    assert "a finished run is already there" in cli.refused(
        "gate", "main", *FAST, "dataset.path=good.jsonl", "run_dir=runs/good"
    )


def test_a_metric_of_ones_own_is_gated(cli: SimpleNamespace) -> None:
    shutil.copy(EXAMPLE / "my_metrics.py", cli.folder)
    (cli.folder / "conf/metrics").mkdir(parents=True)
    shutil.copy(EXAMPLE / "metrics/numbers_kept.yaml", cli.folder / "conf/metrics")
    mine = ("--config-dir", "conf", *FAST[:2], "metrics=[numbers_kept]", "checks=[]")

    def sumbench(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "bench", *words]
        return subprocess.run(command, cwd=cli.folder, capture_output=True, text=True, timeout=300)

    typed = "plugins=[my_metrics]"
    done = sumbench("run", *mine, "dataset.path=good.jsonl", typed, "run_dir=runs/kept")
    assert done.returncode == OK, done.stderr
    assert sumbench("baseline", "save", "kept", "runs/kept").returncode == OK
    margin = "+gates.margins.numbers_kept.kept.absolute=0.05"
    for name, code in (("good", OK), ("false", INCONCLUSIVE)):
        rules = (margin, "gates.fail_on_inconclusive=true", "format=json")
        done = sumbench("gate", "kept", *mine, f"dataset.path={name}.jsonl", typed, *rules)
        assert done.returncode == code, done.stdout + done.stderr
        (difference,) = json.loads(done.stdout)["differences"]
        assert (difference["scorer"], difference["value"]) == ("numbers_kept", "kept")
    done = sumbench("gate", "kept", *mine, "dataset.path=good.jsonl")
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert "'plugins=[my_metrics]'" in done.stderr


MARK = "from pathlib import Path\nPath({mark!r}).write_text('imported')\ndef touch(*_, **__): ...\n"
SHARED_FILES = {
    "a metric": ("metrics/x", "# @package metrics.x\n_target_: payload.touch\n", ["metrics=[x]"]),
    "plugins in a file": (
        "experiment/x", "# @package _global_\nplugins: [payload]\nmetrics: {x: {_target_: payload.touch}}\n",
        ["+experiment=x"],
    ),
    "Hydra's callbacks": (
        "experiment/x", "# @package _global_\nhydra: {callbacks: {x: {_target_: payload.touch}}}\n", ["experiment=x"],
    ),
    "the job's logging": (
        "experiment/x",
        "# @package _global_\nhydra: {job_logging: {version: 1, root: {level: INFO}, "
        "formatters: {f: {(): payload.touch}}}}\n",
        ["experiment=x"],
    ),
    "Hydra's callbacks in rules": (
        "gates/x", "# @package _global_\nhydra: {callbacks: {x: {_target_: payload.touch}}}\n", ["gates=x"],
    ),
    "a target in rules": (
        "gates/x", "# @package gates\nmargins: {rouge: {rouge1_f1: {_target_: payload.touch}}}\n", ["gates=x"],
    ),
    "typed into Hydra's part": (
        "gates/x", "# @package gates\n", ["++hydra.callbacks.x._target_=payload.touch"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", SHARED_FILES)
def test_a_shared_file_builds_nothing_through_the_gate(
    cli: SimpleNamespace, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, text, words = SHARED_FILES[way]
    (cli.folder / f"conf/{name}.yaml").parent.mkdir(parents=True)
    (cli.folder / f"conf/{name}.yaml").write_text(text, encoding="utf-8")
    (cli.folder / "modules").mkdir()
    (cli.folder / "modules/payload.py").write_text(MARK.format(mark=str(cli.folder / "mark")), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(cli.folder / "modules"), *sys.path])
    monkeypatch.delitem(sys.modules, "payload", raising=False)
    cli.refused("gate", "main", *FAST, "dataset.path=good.jsonl", "--config-dir", "conf", *words)
    if "gates" in name:
        cli.refused("compare", "main", "runs/good", "--config-dir", "conf", *words)
    assert not (cli.folder / "mark").exists()
    __import__("payload")
    assert (cli.folder / "mark").exists(), "the control"


# Baselines


def test_save_diff_list(cli: SimpleNamespace) -> None:
    path = cli.folder / "results/baselines/main.json"
    before = path.read_bytes()
    code, out, _ = cli.call("baseline", "diff", "main", "runs/worse")
    assert (code, out.splitlines()[0].split()[0]) == (OK, "regressed:"), "it shows, it doesn't judge"
    assert path.read_bytes() == before
    code, out, _ = cli.call("baseline", "save", "main", "runs/worse")
    assert code == OK
    assert out.startswith("updated results/baselines/main.json: run ")
    assert cli.call("compare", "main", "runs/worse")[0] == OK
    code, out, _ = cli.call("baseline", "save", "main", "runs/good")
    assert path.read_bytes() == before, "the same run gives the same bytes"
    code, out, _ = cli.call("baseline", "save", "other", "runs/good", "results_dir=fresh")
    assert out.startswith("saved fresh/baselines/other.json")
    code, out, _ = cli.call("baseline", "list")
    assert code == OK
    assert [line.split(":")[0] for line in out.splitlines()] == ["main"]
    assert "12 examples" in out
    assert cli.call("baseline", "list", "results_dir=nowhere")[1] == "no baselines in nowhere/baselines\n"


def test_save_to_a_file_and_names_that_are_none(cli: SimpleNamespace) -> None:
    assert cli.call("baseline", "save", "kept/here.json", "runs/good")[0] == OK
    assert cli.call("compare", "kept/here.json", "runs/good")[0] == OK
    assert "a name without '/'" in cli.refused("baseline", "save", "../up", "runs/good")
    assert "can't be written" in cli.refused("baseline", "save", "runs/good/run.json/x.json", "runs/good")


def test_texts_only_on_request(cli: SimpleNamespace) -> None:
    cli.call("baseline", "save", "main", "runs/false")
    path = cli.folder / "results/baselines/main.json"
    assert "million" not in path.read_text(encoding="utf-8")
    cli.call("baseline", "save", "main", "runs/false", "--texts")
    assert "35 million euros" in path.read_text(encoding="utf-8")
    _, out, _ = cli.call("baseline", "save", "untold", "runs/untold")
    assert "kept no texts" in out


# Every change counts


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def cell(data: dict[str, Any], system: str, scorer: str) -> dict[str, Any]:
    return next(each for each in data["cells"] if (each["system"], each["scorer"]) == (system, scorer))


def move(system: str, scorer: str, value: str, by: float) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        values = cell(data, system, scorer)["values"]
        values[value] += by

    return change


def swap_claim(data: dict[str, Any]) -> None:
    cell(data, "wire_rewrite", "entities")["claims"][0]["hash"] = "0" * 16


def add_scorer(data: dict[str, Any]) -> None:
    data["scorers"]["new"] = {"kind": "metric", "headline": ["x"], "higher_is_better": {"x": True}}
    data["signatures"]["new"] = "new|version:1"


def add_value(data: dict[str, Any]) -> None:
    data["scorers"]["rouge"]["higher_is_better"]["rougeX"] = True


def gain_value(data: dict[str, Any]) -> None:
    """A check that found nothing to judge finds something now."""
    values = cell(data, "lead-3", "quotes")["values"]
    assert "supported_share" not in values
    values["supported_share"] = 1.0


CHANGES = {
    "better": move("faithful", "rouge", "rougeL_f1", 2e-6),
    "worse": move("faithful", "rouge", "rougeL_f1", -2e-6),
    "a value without direction": move("faithful", "extractiveness", "density", 1e-5),
    "a floor": move("lead-3", "rouge", "rouge2_recall", 1e-5),
    "a ceiling": move("oracle-3", "bertscore", "f1", -2e-4),
    "a model's number": move("scraped", "support", "support", 2e-4),
    "a count": move("wire_rewrite", "numbers", "unsupported", 1),
    "another claim": swap_claim,
    "a new scorer": add_scorer,
    "a new value": add_value,
    "a value that was absent": gain_value,
}
KEPT = {
    "nothing": move("faithful", "rouge", "rougeL_f1", 0.0),
    "rounding": move("faithful", "rouge", "rougeL_f1", 5e-7),
    "a model's last bits": move("faithful", "bertscore", "f1", -5e-5),
}


@pytest.mark.parametrize("what", [*CHANGES, *KEPT])
def test_any_number_of_the_sample_that_moves_is_seen(cli: SimpleNamespace, what: str) -> None:
    """The harness's own baseline with the rules ``exact``, as .ci/run gates it: a change fails either way."""
    sample = HOME / "results/baselines/sample.json"
    other = cli.folder / "other.json"
    shutil.copy(sample, other)
    changed(other, (CHANGES | KEPT)[what])
    code, comparison = cli.compared("compare", str(sample), "other.json", "gates=exact")
    assert code == (REGRESSED if what in CHANGES else OK), comparison["verdict"]
    outcomes = [d["outcome"] for d in comparison["differences"]]
    assert len(outcomes) > 300
    assert outcomes.count("regressed") <= 1
    if what not in ("another claim", "a new scorer", "a new value", "a value that was absent", *KEPT):
        assert outcomes.count("regressed") == 1
    # A value without a direction is shown too.
    for form in ("terminal", "markdown", "junit") if what == "a value without direction" else ():
        code, out, _ = cli.call("compare", str(sample), "other.json", "gates=exact", f"format={form}")
        assert code == REGRESSED
        assert "density" in out


def test_the_sample_baseline_is_what_save_writes(tmp_path: Path) -> None:
    """Sorted, an entry a line, without texts: as the command left it."""
    sample = HOME / "results/baselines/sample.json"
    save_baseline(find_snapshot(str(sample), tmp_path), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == sample.read_bytes()
    assert set(find_snapshot(str(sample), tmp_path).systems.values()) == {"candidate", "floor", "ceiling"}


@pytest.mark.slow
def test_the_sample_still_gives_its_baseline(tmp_path: Path) -> None:
    words = ["gate", "sample", "gates=exact", f"run_dir={tmp_path / 'run'}"]
    done = subprocess.run([sys.executable, "-m", "bench", *words], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == OK, done.stdout + done.stderr


# Help


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["compare"], ["BASELINE", "RUN", "--common", "--format", "--config-dir", "LATEST", "exit codes: 0 pass",
                       "1 regressed or missing", "3 not comparable", "4 inconclusive", "outputs.junit="]),
        (["gate"], ["BASELINE", "OVERRIDE", "conf/compare.yaml", "plugins=", "exit codes: 0 pass", "run_dir="]),
        (["baseline"], ["save", "diff", "list", "results/baselines/main.json"]),
        (["baseline", "save"], ["NAME", "RUN", "--texts", "commit"]),
        (["baseline", "diff"], ["NAME", "RUN", "gates=exact", "exits with 0"]),
        (["baseline", "list"], ["--results_dir"]),
    ],
)  # fmt: skip
def test_help(cli: SimpleNamespace, words: list[str], shown: list[str]) -> None:
    code, out, err = cli.call(*words, "--help")
    assert (code, err) == (OK, "")
    assert out.startswith(f"usage: sumbench {' '.join(words)}")
    assert [each for each in shown if each not in out] == []


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from bench.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    for command in ("compare", "gate", "baseline"):
        done = subprocess.run([sys.executable, "-c", code, command, "--help"], capture_output=True, text=True)
        assert not {"hydra", "numpy", "rich", "torch"} & set(done.stderr.split()), command


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a\0b", "a\nb", "\x1b[31m", "x" * 300, "é" * 126, ".json", "a/b", "x" * 300 + ".json", "out/.json"],
)
def test_what_is_no_name_of_a_baseline_is_one_line(cli: SimpleNamespace, name: str) -> None:
    before = sorted(cli.folder.rglob("*"))
    message = cli.refused("baseline", "save", name, "runs/good")
    assert message.startswith("sumbench: ")
    assert message.strip().isprintable()
    assert sorted(cli.folder.rglob("*")) == before


def test_saving_a_baseline_replaces_nothing_but_a_baseline(cli: SimpleNamespace) -> None:
    cli.call("baseline", "save", "good.json", "runs/good")
    Path("folder.json").mkdir()
    Path("text.json").write_text("mine", encoding="utf-8")
    Path("object.json").write_text('{"schema_version": 1, "mine": true}', encoding="utf-8")
    Path("newer.json").write_text('{"schema_version": 99}', encoding="utf-8")
    Path("merge.json").write_text("<<<<<<< ours\n" + Path("good.json").read_text(encoding="utf-8"), encoding="utf-8")
    Path("gone.json").symlink_to("nowhere")
    os.mkfifo("pipe.json")
    names = ("runs/good/run.json", "text.json", "object.json", "newer.json", "merge.json")
    before = {name: Path(name).read_bytes() for name in names}
    for name in (*names, "folder.json", "gone.json", "pipe.json"):
        message = cli.refused("baseline", "save", name, "runs/good")
        assert name in message
        assert "it is not replaced: remove it first, or take another name" in message
        assert ("a run's record, no baseline" in message) == (name == "runs/good/run.json")
    assert {name: Path(name).read_bytes() for name in before} == before
    Path("link.json").symlink_to("good.json")
    assert cli.call("baseline", "save", "link.json", "runs/worse")[0] == OK
    assert Path("link.json").is_symlink()
    assert find_snapshot("good.json", Path("results")).run_id == find_snapshot("runs/worse", Path("results")).run_id


def test_no_output_replaces_a_file_of_a_run(cli: SimpleNamespace) -> None:
    """What was named is written over, but not what a run is made of."""
    shutil.copytree("runs/good", "broken")
    (Path("broken") / "run.json").unlink()
    (Path("broken") / "journal.jsonl").write_text(HEAD, encoding="utf-8")
    Path("a-link").symlink_to("runs/good/scores.jsonl")
    for name in ("runs/good/run.json", "runs/good/inputs.jsonl", "runs/good/config.yaml", "a-link",
                 "broken/scores.jsonl", "broken/journal.jsonl"):  # fmt: skip
        before = Path(name).read_bytes()
        for words in (
            ("compare", "main", "runs/good", f"outputs.json={name}"),
            ("explain", "runs/good", "--output", name),
            ("history", "--results_dir=runs", "--html", name),
        ):
            assert "is a file of a run, which is not replaced" in cli.refused(*words)
        assert Path(name).read_bytes() == before
    Path("out").mkdir()
    for name in ("out/run.json", "out/mine.json", "runs/good/mine.json"):
        for _ in range(2):
            assert cli.call("compare", "main", "runs/good", f"outputs.json={name}")[0] == OK
        Path(name).rename("elsewhere.json")
