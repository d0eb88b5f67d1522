"""``sumbench selfcheck`` as it is typed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main

Command = Callable[..., tuple[int, str, str]]
SHARED = Path(__file__).parents[2] / "shared"
LINES = [
    {
        "id": "bridge",
        "document": "Maria Keller opened a bridge in Rotterdam. It cost 45 million euros. Thomas Brandt designed it.",
        "references": ["Maria Keller opened a bridge. It cost 45 million euros.", "Rotterdam has a new bridge."],
        "summaries": {"mine": "A bridge was opened in Rotterdam."},
    },
    {
        "id": "ban",
        "document": "Leeds banned cars on 3 May. Helen Morris signed the order. Peter Walsh sued the council.",
        "references": ["Leeds banned cars. Helen Morris signed it.", "Peter Walsh sued the council of Leeds."],
        "summaries": {"mine": "Leeds has banned cars."},
    },
]
FAST = ("dataset=jsonl", "dataset.path=data.jsonl", "metrics=[rouge]", "checks=[numbers]", "resamples=100")


@pytest.fixture
def sumbench_selfcheck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls the command in a folder with a small data set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    Path("data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        code = main(["selfcheck", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def test_a_self_check_is_a_recorded_run(sumbench_selfcheck: Command) -> None:
    code, out, _ = sumbench_selfcheck(*FAST, "outputs.csv=out/table.csv", "outputs.json=out/table.json")
    assert code == OK
    for words in ("base: reference", "rouge.rouge1_f1", "errors of fact", "errors of form", "by how much", "numbers"):
        assert words in out
    [folder] = Path("results/selfcheck/runs").iterdir()
    assert not Path("results/runs").exists(), "the history of other runs is left alone"
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["config"]["selfcheck"]["base"] == "auto"
    assert set(record["systems"]) >= {"base", "damage:number", "damage:foreign"}
    assert list(record["config"]["systems"]) == ["candidates"]
    # The number that was changed stands in the record, and the check of numbers saw it.
    inputs = [json.loads(line) for line in (folder / "inputs.jsonl").read_text(encoding="utf-8").splitlines()]
    damage = next(line for line in inputs if line["id"] == "bridge")["candidates"]["damage:number"]
    [change] = damage["metadata"]["damage"]["changes"]
    assert change["was"] == "45"
    assert damage["text"][slice(*change["after"])] == change["now"] != "45"
    table = list(csv.DictReader(Path("out/table.csv").read_text(encoding="utf-8").splitlines()))
    row = next(row for row in table if (row["table"], row["scorer"], row["kind"]) == ("claims", "numbers", "number"))
    assert (row["hits"], row["counted"], row["applied"], row["tried"]) == ("1", "1", "1", "2")
    assert json.loads(Path("out/table.json").read_text(encoding="utf-8"))["base"] == "reference"


def test_an_earlier_one_is_shown_again_without_scoring(sumbench_selfcheck: Command) -> None:
    _, first, _ = sumbench_selfcheck(*FAST, "format=markdown")
    code, again, _ = sumbench_selfcheck("run=LATEST", "format=markdown")
    assert (code, again) == (OK, first)
    assert len(list(Path("results/selfcheck/runs").iterdir())) == 1
    code, _, err = sumbench_selfcheck("run=LATEST", "limit=1")
    assert code == BAD_INPUT
    assert "nothing is scored with run=" in err


def test_twice_gives_the_same(sumbench_selfcheck: Command) -> None:
    for name in ("one", "two"):
        code, _, _ = sumbench_selfcheck(*FAST, f"run_dir={name}", f"outputs.csv={name}.csv")
        assert code == OK
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert Path("one/scores.jsonl").read_bytes() == Path("two/scores.jsonl").read_bytes()


def test_base_kinds_limit_and_values(sumbench_selfcheck: Command) -> None:
    code, out, _ = sumbench_selfcheck(
        *FAST, "base=mine", "kinds=[boilerplate,foreign]", "headline=false", "limit=1", "seed=3"
    )
    assert code == OK
    assert "1 document; base: mine; seed 3" in out
    assert "rouge.rouge1_precision" in out
    assert "foreign: a sentence of another document; 0 of 1 (1 × no other document has a sentence to paste)" in out
    assert "negation" not in out
    assert "limit=1: the first examples only" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("base=thine",), "base=thine: example 'bridge' has no summary by that system (there: mine)"),
        (("kinds=[numbr]",), "there is no such kind of damage; did you mean 'number'?"),
        (("systems=[lead]",), "choose the good summary with base="),
        (("bse=mine",), "unknown setting 'bse'; did you mean 'base'?"),
        (("format=latex",), "format=latex: choose from terminal, markdown, csv, json"),
        (("store_texts=false",), "a self-check needs the texts"),
        (("run=NONE",), "NONE: neither a folder nor a run"),
        (("metrics=[]", "checks=[]"), "nothing to do"),
    ],
)
def test_what_is_typed_wrong(sumbench_selfcheck: Command, words: tuple[str, ...], message: str) -> None:
    given = words if words[0].startswith("run=") else (*FAST, *words)
    code, out, err = sumbench_selfcheck(*given)
    assert (code, out) == (BAD_INPUT, "")
    assert message in err


def test_another_run_can_not_be_shown_as_one(sumbench_selfcheck: Command) -> None:
    GlobalHydra.instance().clear()
    assert main(["run", *FAST, "run_dir=plain"]) == OK
    code, _, err = sumbench_selfcheck("run=plain")
    assert code == BAD_INPUT
    assert "not a run of sumbench selfcheck" in err


def test_the_sample_works_without_anything(sumbench_selfcheck: Command) -> None:
    code, out, _ = sumbench_selfcheck("metrics=[rouge]", "checks=[quotes]", "resamples=100")
    assert code == OK
    assert "1 document; base: document-lead" in out
    assert "there is no other document to take a name from" in out


@pytest.mark.slow
def test_summeval_references(sumbench_selfcheck: Command) -> None:
    """The check made for numbers sees changed numbers, and nothing but copies keeps ROUGE-1 when shuffled."""
    path = SHARED / "judgements" / "summeval.jsonl"
    if not path.exists():
        pytest.skip("the human judgements aren't here")
    code, _, _ = sumbench_selfcheck(
        "dataset=jsonl", f"dataset.path={path}", "metrics=[rouge]", "checks=[numbers,quotes]", "limit=30",
        "outputs.csv=table.csv",
    )  # fmt: skip
    assert code == OK
    of = {
        (row["table"], row["scorer"], row["value"], row["kind"]): row
        for row in csv.DictReader(Path("table.csv").read_text(encoding="utf-8").splitlines())
    }
    assert float(of["claims", "numbers", "", "number"]["share"]) >= 0.9
    assert float(of["claims", "quotes", "", "quote"]["share"]) >= 0.9
    assert of["values", "rouge", "rouge1_f1", "shuffle"]["hits"] == "0"
    assert float(of["values", "rouge", "rouge1_f1", "repeat"]["share"]) > 0.9
