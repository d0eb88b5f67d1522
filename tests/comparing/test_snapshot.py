"""Snapshots of runs and baseline files: nothing is lost on the way, and nothing damaged gets in."""

from __future__ import annotations

import gc
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import pipeline
from bench.comparing.baseline import SCHEMA_VERSION, lines_of, load_baseline, save_baseline
from bench.comparing.compare import compare
from bench.comparing.comparison import Gate, Margin
from bench.comparing.snapshot import Cell, Claim, ExampleHash, Snapshot, claim_hash, from_run
from bench.errors import InputError
from bench.record import SCORES_FILE, ScorerRecord, read_scores
from bench.scorer import Scorer, signature
from bench.types import Pair, Score

GATE = Gate(margins={"*": Margin(0.01)}, new_claims={"*": 0}, resamples=10_000)


class Shy(Scorer):
    """Undefined on the first example, an error on the second."""

    name = "shy"
    higher_is_better = {"x": True}

    def signature(self) -> str:
        return signature("shy", version=1)

    def score_pair(self, pair: Pair) -> Score:
        if pair.example.id == "e1":
            raise RuntimeError("went wrong")
        return self.undefined(pair, "too shy") if pair.example.id == "e0" else self.ok(pair, {"x": 1 / 3})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    return pipeline.run(tiny.job(tmp_path_factory.mktemp("snapshot") / "run", metrics=[tiny.Words(), Shy()]))


@pytest.fixture
def baseline(folder: Path, tmp_path: Path) -> Path:
    save_baseline(from_run(folder), tmp_path / "main.json")
    return tmp_path / "main.json"


def bare(snapshot: Snapshot) -> Snapshot:
    """Without what a baseline leaves out: the run's name in the comparison and the claims' texts."""
    cells = {
        key: replace(
            cell,
            values=dict(cell.values),
            claims=tuple(replace(claim, text=None, reason=None, evidence=()) for claim in cell.claims),
        )
        for key, cell in snapshot.cells.items()
    }
    return replace(snapshot, name="main", cells=cells)


def test_a_snapshot_holds_every_cell(folder: Path) -> None:
    snapshot = from_run(folder)
    scores = {(score.example_id, score.system, score.scorer): score for score in read_scores(folder)}
    assert snapshot.cells.keys() == scores.keys()
    assert {cell.status for cell in snapshot.cells.values()} == {"ok", "undefined", "error"}
    texts = {data["id"]: data for data in map(json.loads, (folder / "inputs.jsonl").open(encoding="utf-8"))}
    claims = 0
    for key, score in scores.items():
        cell, inputs = snapshot.cells[key], texts[score.example_id]
        assert (cell.status, dict(cell.values), cell.error) == (score.status, dict(score.values), score.error)
        flagged = [verdict for verdict in score.verdicts if verdict.label in ("unsupported", "contradicted")]
        assert [(claim.label, claim.start, claim.end) for claim in cell.claims] == [
            (verdict.label, verdict.claim.start, verdict.claim.end) for verdict in flagged
        ]
        for claim, verdict in zip(cell.claims, flagged, strict=True):
            claims += 1
            assert claim.text == inputs["candidates"][score.system]["text"][verdict.claim.slice]
            assert claim.reason == verdict.reason
            assert claim.evidence == tuple(inputs["document"][span.slice] for span in verdict.evidence)
    assert claims > 3
    assert {name: hashes.content for name, hashes in snapshot.examples.items()} == {
        name: data["hash"] for name, data in texts.items()
    }


def test_a_baseline_comes_back_as_it_was(folder: Path, baseline: Path, tmp_path: Path) -> None:
    snapshot = from_run(folder)
    assert load_baseline(baseline) == bare(snapshot)
    found = compare(load_baseline(baseline), snapshot, GATE)
    assert (found.outcome, found.exit_code) == ("pass", 0)
    save_baseline(snapshot, tmp_path / "texts.json", texts=True)
    assert load_baseline(tmp_path / "texts.json") == replace(snapshot, name="texts")


def test_sorted_one_entry_a_line_the_same_bytes(folder: Path, baseline: Path, tmp_path: Path) -> None:
    text = baseline.read_text(encoding="utf-8")
    snapshot = from_run(folder)
    upside_down = replace(
        snapshot,
        cells=dict(reversed(snapshot.cells.items())),
        examples=dict(reversed(snapshot.examples.items())),
        signatures=dict(reversed(snapshot.signatures.items())),
        texts=dict(reversed(snapshot.texts.items())),
    )
    assert "".join(lines_of(upside_down)) == text
    save_baseline(load_baseline(baseline), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == baseline.read_bytes()
    lines = [line for line in text.splitlines() if line.startswith('{"') and '"example"' in line]
    entries = [json.loads(line.rstrip(",")) for line in lines]
    places = [(entry["example"], entry["system"], entry["scorer"]) for entry in entries]
    assert places == sorted(snapshot.cells)
    # Four examples, the hashes of their texts, and a section's head.
    assert sum(line.startswith('"e') for line in text.splitlines()) == 4 + 4 + 1
    documents = [json.loads(line)["document"] for line in (folder / "inputs.jsonl").open(encoding="utf-8")]
    assert not any(sentence in text for document in documents for sentence in document.split(". "))
    assert str(folder.parent) not in text
    assert len(text) < 250 * (len(snapshot.cells) + len(snapshot.examples) + 10)


def test_texts_that_json_finds_hard(tmp_path: Path) -> None:
    names = ['quote"s', "back\\slash", "习近平", "line\nbreak", "half \ud83d surrogate", "\u2028", "", "</script>"]
    snapshot = Snapshot(
        name="hard",
        run_id="r",
        commit=None,
        signatures={"s": "s|v:1|x:习"},
        scorers={"s": ScorerRecord("check", ("x",), {"x": None})},
        systems=dict.fromkeys(names, "candidate"),
        examples={name: ExampleHash(name, name) for name in names},
        cells={
            (name, name, "s"): Cell("ok", {"x": 0.1 + 0.2}, (Claim("h", "unsupported", 0, 1, name, name, (name,)),))
            for name in names
        },
        texts={(name, name): "0123456789abcdef" for name in names},
    )
    save_baseline(snapshot, tmp_path / "hard.json", texts=True)
    assert load_baseline(tmp_path / "hard.json") == snapshot
    assert len((tmp_path / "hard.json").read_text(encoding="utf-8").split("\n")) == 1 + 4 + 2 * 3 + 10 * 3 + 10 + 2


@given(st.text(), st.sampled_from([str.upper, str.lower, lambda text: f" {text}\n"]))
def test_other_case_and_space_are_the_same_claim(text: str, change: Callable[[str], str]) -> None:
    if re.fullmatch(r"[\x00-\x7f]*", text):
        assert claim_hash(change(text)) == claim_hash(text)
    assert len(claim_hash(text)) == 16
    assert claim_hash(text + " not") != claim_hash(text)


def edited(path: Path, pattern: str, replacement: str) -> Path:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, lambda _: replacement, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return path


def broken(path: Path) -> Path:
    """A copy that the look at all records leaves out."""
    return Path(shutil.copy(path, path.with_name(f"broken-{path.name}")))


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (r'"schema_version": 1', '"schema_version": 2', "version 2, this sumbench reads up to 1: update sumbench"),
        (r'"schema_version": 1', '"schema_version": "1"', "it has no schema_version"),
        (r'"schema_version": 1,', "", "it has no schema_version"),
        (r'"commit": [^\n]*', "<<<<<<< ours", "not JSON"),
        (r'"run_id": [^\n]*', "", "run_id is missing"),
        (r'"x":0\.3+', f'"x":1{"0" * 25}', "].values.x is 1000"),
        (r'"x":0\.3+', '"x":"much"', '].values.x is "much"'),
        (r'"x":0\.3+', '"x":true', "].values.x is true"),
        (r'"status":"ok"', '"status":"fine"', '].status is "fine": none of ok, undefined, error'),
        (r'"label":"\w+"', '"label":"doubtful"', 'label is "doubtful": none of unsupported, contradicted'),
        (r'\n"e0": [^\n]*', "", "there is no e0"),
        (r'\n"e0": ', '\n"e1": ', "duplicate key 'e1' in one object"),
        (r'"system":"alpha"', '"system":"beta"', "two cells for e0, beta"),
        (r'"cells": \[', '"cells": {}, "others": [', "cells is {}: expected `array`"),
    ],
)  # fmt: skip
def test_a_damaged_baseline_is_refused(baseline: Path, pattern: str, replacement: str, said: str) -> None:
    with pytest.raises(InputError, match=r"main\.json") as refused:
        load_baseline(edited(broken(baseline), pattern, replacement))
    assert said in str(refused.value)


@pytest.mark.parametrize("written", ["NaN", "-Infinity", "1e999", "-1e999", "9" * 400, "9" * 5000])
def test_what_is_no_number_is_told_with_its_line_and_field(baseline: Path, written: str) -> None:
    path = edited(broken(baseline), r'"x":0\.3+', f'"x":{written}')
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, each in enumerate(lines, start=1) if f'"x":{written}' in each)
    cell = line - next(number for number, each in enumerate(lines, start=2) if each == '"cells": [')
    with pytest.raises(InputError) as refused:
        load_baseline(path)
    told = f"{written} is not a JSON number" if written[-1].isalpha() else f"the number {written[:20]}… is too large"
    assert str(refused.value).startswith(
        f"{path}: damaged baseline, not JSON: line {line}: {told} (field cells[{cell}].values.x)"
    )


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{}", '{"schema_version": 1}', '{"schema_version": 0}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json"):
        load_baseline(tmp_path / "x.json")


def test_a_truncated_baseline_is_refused(baseline: Path) -> None:
    data = baseline.read_bytes().rstrip()
    for length in range(0, len(data), max(1, len(data) // 40)):
        baseline.write_bytes(data[:length])
        with pytest.raises(InputError, match=r"main\.json"):
            load_baseline(baseline)
    baseline.write_bytes(b"\xff\xfe" + data)
    with pytest.raises(InputError, match=r"main\.json"):
        load_baseline(baseline)


def test_two_branches_merge(baseline: Path, tmp_path: Path) -> None:
    """Two branches changed different entries: git merges them; where both changed one, it isn't read by mistake."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    ours, theirs, both = (shutil.copy(baseline, tmp_path / f"{name}.json") for name in ("ours", "theirs", "both"))
    cells = sorted(load_baseline(baseline).cells)

    def change(path: Path, place: tuple[str, str, str], number: str) -> None:
        example, system, scorer = place
        edited(path, f'"example":"{example}","scorer":"{scorer}","status":"(ok|error|undefined)"',
               f'"example":"{example}","scorer":"{scorer}","status":"ok","error":"{number}"')  # fmt: skip
        assert system

    first, last = cells[0], next(cell for cell in reversed(cells) if cell[1] == "alpha")
    change(ours, first, "ours")
    change(theirs, last, "theirs")
    change(both, first, "both")

    def merge(one: Path, other: Path) -> tuple[int, Path]:
        command = ["git", "merge-file", "-p", str(one), str(baseline), str(other)]
        done = subprocess.run(command, capture_output=True, check=False)
        (tmp_path / "merged.json").write_bytes(done.stdout)
        return done.returncode, tmp_path / "merged.json"

    conflicts, merged = merge(ours, theirs)
    assert conflicts == 0
    found = load_baseline(merged)
    assert (found.cells[first].error, found.cells[last].error) == ("ours", "theirs")
    conflicts, merged = merge(ours, both)
    assert conflicts == 1
    with pytest.raises(InputError, match="not JSON"):
        load_baseline(merged)


def copied(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target))


def test_a_damaged_run_is_refused(folder: Path, tmp_path: Path, tiny: SimpleNamespace) -> None:
    def broken(name: str, file: str, change: Callable[[list[dict[str, Any]]], Iterator[dict[str, Any]]]) -> Path:
        target = copied(folder, tmp_path / f"broken-{name}")
        tiny.unseal(target)
        lines = [json.loads(line) for line in (target / file).open(encoding="utf-8")]
        (target / file).write_text("".join(json.dumps(line) + "\n" for line in change(lines)), encoding="utf-8")
        return target

    with pytest.raises(InputError, match=r"example e0 is not in inputs\.jsonl"):
        from_run(broken("inputs", "inputs.jsonl", lambda lines: iter(lines[1:])))
    with pytest.raises(InputError, match=r"inputs\.jsonl, line 1: not an example with its candidates: hash is missing"):
        from_run(broken("hash", "inputs.jsonl", lambda lines: ({"id": x["id"], "candidates": {}} for x in lines)))
    with pytest.raises(InputError, match=r"line 1: not a score"):
        from_run(broken("cell", SCORES_FILE, lambda lines: ({"example_id": "e0"} for _ in lines)))
    target = copied(folder, tmp_path / "broken-gone")
    (target / SCORES_FILE).unlink()
    with pytest.raises(InputError, match=r"scores\.jsonl"):
        from_run(target)


def test_the_garbage_collector_is_left_as_it_was(folder: Path, tmp_path: Path) -> None:
    assert gc.isenabled()
    from_run(folder)
    assert gc.isenabled()
    with pytest.raises(InputError):
        load_baseline(tmp_path / "none.json")
    assert gc.isenabled()
    gc.disable()
    try:
        from_run(folder)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_runs_without_texts(tmp_path: Path, tiny: SimpleNamespace) -> None:
    with_texts = from_run(pipeline.run(tiny.job(tmp_path / "with")))
    without = from_run(pipeline.run(tiny.job(tmp_path / "without", store_texts=False)))
    assert (with_texts.words, without.words) == (True, False)
    assert with_texts.examples == without.examples
    assert {claim.text for cell in without.cells.values() for claim in cell.claims} == {None}
    assert compare(with_texts, without, GATE).claims == ()


def test_the_schema_version_is_the_one_that_is_written(baseline: Path) -> None:
    assert json.loads(baseline.read_text(encoding="utf-8"))["schema_version"] == SCHEMA_VERSION
