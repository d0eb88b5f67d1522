"""The whole flow on a tiny run: nothing silent, nothing half-written, the same bytes for the same inputs."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import pipeline, record
from bench.errors import InputError
from bench.scorer import Scorer, Undefined, signature
from bench.types import Candidate, Example, Pair, Score, Seen


def read(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def cells(folder: Path) -> dict[tuple[str, str, str], Score]:
    return {(s.example_id, s.system, s.scorer): s for s in record.read_scores(folder)}


GONE_WRONG = "RuntimeError: went wrong (traceback: errors.log)"


class Moody(Scorer):
    """Raises on one text, is undefined on another, saw a part of a third, lacks a value of a fourth."""

    name = "moody"
    higher_is_better: Mapping[str, bool | None] = {"x": True, "y": True}

    def signature(self) -> str:
        return signature("moody", version=1)

    def warnings(self) -> Sequence[str]:
        return ["falls back on guessing"]

    def score_pair(self, pair: Pair) -> Score:
        number = int(pair.example.id[1:])
        if number == 0:
            raise RuntimeError("went wrong")
        if number == 1:
            return self.undefined(pair, "too short")
        if number == 2:
            return self.ok(pair, {"x": 0.25, "y": 1}, seen=Seen(candidate=1.0, reference=0.42199, document=0.5))
        return self.ok(pair, {"x": 0.75}, seen=Seen(candidate=1.0), absent="no second reference")


def test_every_cell_is_there_once_and_sorted(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    assert folder == tmp_path / "run"
    keys = [(s.example_id, s.system, s.scorer) for s in record.read_scores(folder)]
    assert keys == sorted(keys)
    assert set(keys) == {
        (f"e{i}", system, scorer)
        for i in range(4)
        for system in ("alpha", "beta", "first")
        for scorer in ("words", "found")
    }
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.yaml", "inputs.jsonl", "overrides.yaml", "run.json", "scores.jsonl",
    ]  # fmt: skip


def test_the_record_says_what_was_run(tmp_path: Path, tiny: SimpleNamespace) -> None:
    job = tiny.job(tmp_path / "run", config={"seed": 5, "metrics": {"words": {}}}, overrides=("seed=5",), seed=5)
    data = read(pipeline.run(job))
    assert data["systems"] == {"alpha": "candidate", "beta": "candidate", "first": "floor"}
    assert data["signatures"] == {"words": "words|version:1", "found": "found|version:1"}
    assert data["scorers"]["words"] == {
        "kind": "metric", "headline": ["share", "count"], "higher_is_better": {"count": None, "share": True},
    }  # fmt: skip
    assert data["scorers"]["found"]["kind"] == "check"
    assert data["scorers"]["found"]["headline"] == ["unsupported"], "no headline: all values"
    assert data["counts"]["found"] == {"ok": 12, "undefined": 0, "error": 0}
    assert (data["examples"], data["overrides"], data["config"]["seed"]) == (4, ["seed=5"], 5)
    assert data["provenance"]["seed"] == 5
    assert data["provenance"]["scorers"] == {"words": {"backend": "none"}, "found": {}}
    assert set(data["provenance"]["seconds"]) == {"read", "summarize", "prepare", "score", "aggregate", "write"}
    assert data["warnings"] == []
    for name, content in (("config.yaml", {"seed": 5, "metrics": {"words": {}}}), ("overrides.yaml", ["seed=5"])):
        assert json.loads((tmp_path / "run" / name).read_text()) == content


def test_the_numbers_are_those_of_the_scorers(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    examples = {example.id: example for example in tiny.examples()}
    for (example_id, system, scorer), score in cells(folder).items():
        if system == "first":
            continue
        example = examples[example_id]
        [candidate] = [c for c in example.candidates if c.system == system]
        assert (tiny.Words() if scorer == "words" else tiny.Found()).score([Pair(example, candidate)]) == [score]
    mean = next(a["mean"] for a in read(folder)["aggregates"] if (a["system"], a["value"]) == ("beta", "share"))
    shares = [s.values["share"] for key, s in cells(folder).items() if key[1:] == ("beta", "words")]
    assert mean == pytest.approx(sum(shares) / 4)


def test_same_inputs_same_bytes(tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pipeline.run(tiny.job(tmp_path / "a"))
    shuffled = tiny.examples()
    random.Random(4).shuffle(shuffled)
    others = [pipeline.run(tiny.job(tmp_path / "b")), pipeline.run(tiny.job(tmp_path / "c", dataset=shuffled))]
    monkeypatch.setattr(pipeline, "_CHUNK", 1)
    others.append(pipeline.run(tiny.job(tmp_path / "d", dataset=shuffled[::-1], systems=[tiny.First(), tiny.Given()])))
    for other in others:
        for name in ("scores.jsonl", "inputs.jsonl"):
            assert (other / name).read_bytes() == (first / name).read_bytes()
        ours, theirs = read(first), read(other)
        for data in (ours, theirs):
            del data["run_id"], data["provenance"]["seconds"]
            del data["provenance"]["started"], data["provenance"]["finished"]
        assert ours == theirs, "the intervals too are those of the same examples, whatever their order"


def test_all_that_may_differ_is_in_the_provenance(tmp_path: Path, tiny: SimpleNamespace) -> None:
    runs = [read(pipeline.run(tiny.job(tmp_path / name))) for name in "ab"]
    assert {key for key in runs[0] if runs[0][key] != runs[1][key]} <= {"run_id", "provenance"}
    assert runs[0]["run_id"] != runs[1]["run_id"]


def test_the_data_hash_is_that_of_the_texts(tmp_path: Path, tiny: SimpleNamespace) -> None:
    def data_hash(name: str, **changes: Any) -> str:
        return read(pipeline.run(tiny.job(tmp_path / name, **changes)))["provenance"]["data_hash"]

    one = data_hash("a")
    assert data_hash("b", metrics=[], dataset=tiny.examples()[::-1]) == one
    changed = tiny.examples()
    changed[2] = replace(changed[2], document=changed[2].document + " ")
    assert data_hash("c", dataset=changed) != one


def test_failures_are_cells_and_warnings(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", metrics=[Moody()], checks=[], limit=4, systems=[tiny.Given()]))
    data, by_cell = read(folder), cells(folder)
    assert data["counts"] == {"moody": {"ok": 4, "undefined": 2, "error": 2}}
    failed = by_cell["e0", "alpha", "moody"]
    assert (failed.status, failed.values, failed.error) == ("error", {}, GONE_WRONG)
    of = {(a["system"], a["value"]): a for a in data["aggregates"]}
    assert (of["beta", "x"]["mean"], of["beta", "x"]["n_ok"], of["beta", "x"]["n_total"]) == (0.5, 2, 4)
    assert (of["beta", "y"]["mean"], of["beta", "y"]["n_ok"], of["beta", "y"]["ci_low"]) == (1.0, 1, None)
    assert data["warnings"] == [
        "limit=4: the first examples only; the dataset may hold more",
        "moody: falls back on guessing",
        f"moody: 2 of 8 cells error; e0/alpha: {GONE_WRONG}",
        "moody: 2 of 8 cells undefined; e1/alpha: too short",
        "moody: 2 of 8 cells have a note; e3/alpha: no second reference",
        "moody: 2 of 8 cells saw only a part of the reference (the least: 42.1%)",
        "moody: 2 of 8 cells saw only a part of the document (the least: 50%)",
    ]


class Relying(Scorer):
    """Reads a value that isn't there."""

    name = "relying"
    needs = ("moody",)
    higher_is_better: Mapping[str, bool | None] = {"x": True}

    def signature(self) -> str:
        return signature("relying", version=1)

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        return self.ok(pair, {"x": scores["moody"].values["x"]})


def test_the_tracebacks_of_failed_cells_are_in_the_log(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", metrics=[Moody()], checks=[Relying()], systems=[tiny.Given()]))
    log = (folder / "errors.log").read_text(encoding="utf-8")
    heads = [line for line in log.splitlines() if line.startswith("--- ")]
    failed = sorted(cell for cell, score in cells(folder).items() if score.status == "error")
    assert sorted(heads) == sorted(f"--- {scorer}, {example}, {system}" for example, system, scorer in failed)
    assert {scorer for _, _, scorer in failed} == {"moody", "relying"}
    for score in cells(folder).values():
        assert ("errors.log" in (score.error or "")) == (score.status == "error")
    assert 'raise RuntimeError("went wrong")' in log
    assert "in score_pair" in log
    assert "KeyError: 'x'" in log
    assert "errors.log" not in read(folder)["files"]


class Adding(Scorer):
    """One more than the scorer that it needs has; undefined without it, where it makes do."""

    higher_is_better: Mapping[str, bool | None] = {"x": True}

    def __init__(self, name: str, need: str, *, needs_all: bool = True) -> None:
        self.name, self.needs, self.needs_all = name, (need,), needs_all

    def signature(self) -> str:
        return signature(self.name, version=1)

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        assert set(scores) <= set(self.needs)
        if not scores:
            raise Undefined(f"without {self.needs[0]}")
        [score] = scores.values()
        return self.ok(pair, {"x": 1 + score.values["x"]})


def test_scorers_rest_on_others_whatever_their_order(tmp_path: Path, tiny: SimpleNamespace) -> None:
    moody, first, second = Moody(), Adding("first", "moody"), Adding("second", "first")
    folder = pipeline.run(
        tiny.job(tmp_path / "run", metrics=[second, moody], checks=[first, Adding("alone", "gone", needs_all=False)])
    )
    of = cells(folder)
    known = [key for key, score in of.items() if score.scorer == "moody" and "x" in score.values]
    assert known
    for example, system, _ in known:
        x = of[example, system, "moody"].values["x"]
        assert [of[example, system, name].values["x"] for name in ("first", "second")] == [x + 1, x + 2]
    assert {score.error for score in of.values() if score.scorer == "alone"} == {"without gone"}


def test_scorers_that_need_one_another_are_refused(tmp_path: Path, tiny: SimpleNamespace) -> None:
    job = tiny.job(tmp_path / "run", metrics=[Adding("a", "b"), Adding("b", "a")], checks=[])
    with pytest.raises(InputError, match=r"need one another: (a → b → a|b → a → b)"):
        pipeline.run(job)
    with pytest.raises(InputError, match=r"^second needs first, which this run doesn't have$"):
        pipeline.run(tiny.job(tmp_path / "run", metrics=[Adding("second", "first")]))
    assert not (tmp_path / "run").exists()


def test_what_rests_on_others_is_scored_again_when_a_run_is_taken_up(tmp_path: Path, tiny: SimpleNamespace) -> None:
    def job() -> pipeline.Job:
        return tiny.job(
            tmp_path / "run", metrics=[Adding("second", "first"), Adding("first", "moody")], checks=[Moody()]
        )

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise Stopped

    whole = pipeline.run(replace(job(), run_dir=tmp_path / "whole"))
    with pytest.raises(Stopped):
        pipeline.run(job(), stop)
    assert not (tmp_path / "run" / "run.json").exists()
    again = pipeline.run(job())
    assert (again / "scores.jsonl").read_bytes() == (whole / "scores.jsonl").read_bytes()


def test_a_run_without_failures_has_no_log(tmp_path: Path, tiny: SimpleNamespace) -> None:
    assert not (pipeline.run(tiny.job(tmp_path / "run")) / "errors.log").exists()


def test_a_run_that_is_taken_up_adds_to_the_log(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "aggregate", stop)
        with pytest.raises(pipeline.Interrupted):
            pipeline.run(tiny.job(folder, metrics=[Moody()]))
    first = (folder / "errors.log").read_text(encoding="utf-8")
    pipeline.run(tiny.job(folder, metrics=[Moody()]))
    assert (folder / "errors.log").read_text(encoding="utf-8") == 2 * first, "failed cells are tried again"


def test_a_log_shows_what_steers(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = [replace(tiny.examples()[0], id="e0\x1b[2J\n")]
    examples = [replace(e, candidates=tuple(replace(c, example_id=e.id) for c in e.candidates)) for e in examples]

    class Odd(Moody):
        def score_pair(self, pair: Pair) -> Score:
            raise RuntimeError(f"odd \x1b[31m \ud83d {pair.example.id}")

    folder = pipeline.run(tiny.job(tmp_path / "run", metrics=[Odd()], checks=[], dataset=examples))
    log = (folder / "errors.log").read_bytes().decode("utf-8")
    assert "--- moody, e0␛[2J␊, alpha\n" in log
    assert "RuntimeError: odd ␛[31m � e0␛[2J" in log


def test_a_missing_candidate_is_undefined_and_counted(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = tiny.examples()
    examples[2] = replace(examples[2], candidates=examples[2].candidates[:1])
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=examples))
    data, by_cell = read(folder), cells(folder)
    assert len(by_cell) == 24
    for scorer in ("words", "found"):
        score = by_cell["e2", "beta", scorer]
        assert (score.status, score.values) == ("undefined", {})
        assert score.error == "beta has no candidate for this example"
        assert data["counts"][scorer] == {"ok": 11, "undefined": 1, "error": 0}
    [row] = [a for a in data["aggregates"] if (a["system"], a["value"]) == ("beta", "share")]
    assert (row["n_ok"], row["n_total"]) == (3, 4)
    assert data["warnings"][0] == "1 (example, system) cells have no candidate; they count as undefined"
    assert "beta" not in list(record.read_inputs(folder))[2]["candidates"]


def test_an_empty_candidate_is_no_zero(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = [Example("e", "Doc.", ("Doc.",), (Candidate("e", "empty", " "), Candidate("e", "full", "Doc.")))]
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=examples))
    by_cell = cells(folder)
    assert by_cell["e", "empty", "words"].error == "the candidate has no words"
    assert {a["mean"] for a in read(folder)["aggregates"] if a["system"] == "empty"} == {None}


def test_limit_takes_the_first_and_reads_no_further(tmp_path: Path, tiny: SimpleNamespace) -> None:
    def endless() -> Iterator[Example]:
        for number, example in enumerate(tiny.examples(4)):
            assert number < 2, "it read on"
            yield example

    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=endless(), limit=2))
    assert read(folder)["examples"] == 2
    assert {key[0] for key in cells(folder)} == {"e0", "e1"}
    assert read(folder)["warnings"] == ["limit=2: the first examples only; the dataset may hold more"]


def test_a_limit_beyond_the_data_left_nothing_out_and_says_nothing(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", limit=20))
    assert read(folder)["examples"] < 20
    assert read(folder)["warnings"] == []


def test_store_texts_false_keeps_no_text(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", store_texts=False))
    text = (folder / "inputs.jsonl").read_text()
    for example in tiny.examples():
        for part in (example.document, *(candidate.text for candidate in example.candidates)):
            assert part not in text
            assert record.text_hash(part) in text or part == example.document
        assert record.example_hash(example) in text


def test_scorers_see_the_corpus_first(tmp_path: Path, tiny: SimpleNamespace) -> None:
    class Learner(tiny.Words):
        def prepare(self, pairs: Sequence[Pair]) -> None:
            assert not self.asked
            self.version = len(pairs)

    data = read(pipeline.run(tiny.job(tmp_path / "run", metrics=[Learner()])))
    assert data["signatures"]["words"] == "words|version:12"


def test_progress_counts_to_the_end(tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_CHUNK", 1)
    seen: list[tuple[int, int]] = []
    pipeline.run(tiny.job(tmp_path / "run"), lambda done, total: seen.append((done, total)))
    assert seen == [(done, 24) for done in range(0, 25, 3)]


def test_chunks_keep_an_example_together(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, _, _ = pipeline.summarize(tiny.examples(7), [tiny.Given(), tiny.First()])
    for size in (1, 2, 3, 4, 10, 1000):
        monkeypatch.setattr(pipeline, "_CHUNK", size)
        chunks = list(pipeline.chunks(pairs))
        assert [pair for chunk in chunks for pair in chunk] == pairs
        ids = [{pair.example.id for pair in chunk} for chunk in chunks]
        assert sum(map(len, ids)) == 7, "no example is in two chunks"
