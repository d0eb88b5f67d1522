"""The history of runs on the disk: order, breaks, gaps, damaged files, steps at the right run, speed."""

from __future__ import annotations

import builtins
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench import pipeline
from bench.cli import main
from bench.errors import InputError, MissingExtra
from bench.history import History, read_history
from bench.record import INPUTS_FILE, RUN_FILE, SCORES_FILE, RunRecord, ScorerRecord, line, page, read_record
from bench.statistics.trends import Trend
from bench.types import Aggregate, Score

PORTER, PLAIN = "rouge|version:1|stemmer:porter", "rouge|version:1|stemmer:none"
Means = Mapping[str, Mapping[str, float | None]]


def record(number: int, means: Means, signature: str = PORTER, **provenance: Any) -> RunRecord:
    """A valid record; ``means`` are by system and value."""
    started = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    values = list(dict.fromkeys(value for of in means.values() for value in of))
    return RunRecord(
        run_id=f"run{number:04}",
        status="finished",
        examples=10,
        config={},
        overrides=(),
        provenance={
            "commit": f"{number:040x}", "dirty": False, "packages": {}, "machine": {}, "data_hash": "0" * 64,
            "scorers": {}, "seed": 0, "started": started.isoformat(), "finished": started.isoformat(), "seconds": {},
            "cells_resumed": 0, **provenance,
        },
        signatures={"rouge": signature},
        scorers={"rouge": ScorerRecord("metric", tuple(values[:1]), dict.fromkeys(values, True))},
        systems={system: "floor" if system == "floor" else "candidate" for system in means},
        counts={},
        aggregates=tuple(
            Aggregate(system, "rouge", value, mean, None if mean is None else mean - 0.01,
                      None if mean is None else mean + 0.01, 0 if mean is None else 10, 10, True)
            for system, of in means.items() for value, mean in of.items()
        ),
        claims=(),
        warnings=(),
    )  # fmt: skip


def write(folder: Path, run: RunRecord, examples: Sequence[str] = ("a", "b")) -> Path:
    folder.mkdir(parents=True)
    (folder / RUN_FILE).write_text(page(run), encoding="utf-8")
    lines = [line({"id": e, "hash": e, "candidates": {}, "document": "é" * 50}) + "\n" for e in examples]
    (folder / INPUTS_FILE).write_text("".join(lines), encoding="utf-8")
    return folder / RUN_FILE


def write_series(root: Path, means: Sequence[float | None], **more: Any) -> None:
    for number, mean in enumerate(means):
        write(root / "runs" / f"r{number}", record(number, {"ours": {"f1": mean}}, **more))


def means_of(history: History) -> list[list[float | None]]:
    return [[point.mean for point in series.points] for series in history.series]


def test_runs_come_in_the_order_of_time_whatever_their_folders(tmp_path: Path) -> None:
    write(tmp_path / "runs" / "z", record(1, {"ours": {"f1": 0.1}}))
    write(tmp_path / "runs" / "sweep" / "deep" / "0", record(3, {"ours": {"f1": 0.3}}))
    # The same moment as the first one's, plus half an hour, in another time zone.
    elsewhere = datetime(2026, 1, 1, 1, 30, tzinfo=UTC).astimezone(timezone(timedelta(hours=-9)))
    write(tmp_path / "runs" / "[a] *?", record(2, {"ours": {"f1": 0.2}}, started=elsewhere.isoformat()))
    history = read_history(tmp_path)
    assert [run.id for run in history.runs] == ["run0001", "run0002", "run0003"]
    assert means_of(history) == [[0.1, 0.2, 0.3]]
    assert history.runs[1].path == tmp_path / "runs" / "[a] *?" / RUN_FILE
    assert history.runs[1].commit == f"{2:040x}"
    assert history.warnings == ()
    assert [run.id for run in read_history(tmp_path, last=2).runs] == ["run0002", "run0003"]


def test_a_real_run_is_a_row(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(None, results_dir=tmp_path))
    history, run = read_history(tmp_path), read_record(folder)
    assert [history.runs[0].id, history.runs[0].commit] == [run.run_id, run.provenance["commit"]]
    expected = [
        (a.system, a.scorer, a.value, run.signatures[a.scorer], a.mean, a.ci_low, a.ci_high, a.n_ok, a.n_total)
        for a in run.aggregates
        if run.systems[a.system] == "candidate" and a.value in run.scorers[a.scorer].headline
    ]
    assert [
        (s.system, s.scorer, s.value, s.signature, p.mean, p.ci_low, p.ci_high, p.n_ok, p.n_total)
        for s in history.series
        for p in s.points
    ] == expected
    assert len(expected) == 6


def test_other_signatures_and_other_examples_are_breaks(tmp_path: Path) -> None:
    for number, (signature, examples) in enumerate(
        [(PORTER, "ab"), (PORTER, "ba"), (PLAIN, "ab"), (PLAIN, "abc"), (PORTER, "ab"), (PLAIN, "xbc")]
    ):
        write(tmp_path / str(number), record(number, {"ours": {"f1": number / 10}}, signature), tuple(examples))
    history = read_history(tmp_path)
    assert means_of(history) == [[0.0, 0.1, 0.4], [0.2], [0.3], [0.5]], "the same recipe goes on where it was"
    assert [series.change for series in history.series] == [
        "", "stemmer was porter, is none", "other examples (10)", "other examples (10)",
    ]  # fmt: skip


def with_gaps(root: Path, number: int, mean: float, there: Sequence[str], scores: bool = True) -> None:
    """A run of ten examples whose mean is over those that are ``there``."""
    run = record(number, {"ours": {"f1": mean}})
    run = replace(run, aggregates=tuple(replace(one, n_ok=len(there)) for one in run.aggregates))
    folder = write(root / str(number), run).parent
    if scores:
        scored = [
            Score(e, "ours", "rouge", "ok", {"f1": mean}) if e in there
            else Score(e, "ours", "rouge", "undefined", error="none")
            for e in "abcdefghij"
        ]  # fmt: skip
        (folder / SCORES_FILE).write_text("".join(line(score) + "\n" for score in scored), encoding="utf-8")


def test_means_over_others_of_the_examples_are_shown_but_not_judged(tmp_path: Path) -> None:
    """A system that leaves out the hard examples for a while has made no step."""
    noise = np.random.default_rng(1).normal(scale=0.001, size=24)
    for number in range(24):
        easy = number >= 16
        there = "abcde" if easy else "abcdefghij"
        with_gaps(tmp_path / "gaps", number, (0.8 if easy else 0.5) + noise[number], there)
        with_gaps(tmp_path / "whole", number, (0.8 if easy else 0.5) + noise[number], "abcdefghij")
    [series] = read_history(tmp_path / "gaps").series
    assert (len(series.points), series.judged, series.aside, series.trend) == (24, 16, 8, Trend())
    [series] = read_history(tmp_path / "whole").series
    assert (series.judged, series.aside, [step.index for step in series.trend.steps]) == (24, 0, [16])


def test_as_many_examples_arent_the_same_ones(tmp_path: Path) -> None:
    for number in range(12):
        with_gaps(tmp_path / "a", number, 0.5 + number, "abcdefghi")
        with_gaps(tmp_path / "b", number, 0.5 + number, "abcdefghi" if number < 7 else "bcdefghij")
        with_gaps(tmp_path / "c", number, 0.5 + number, "abcdefghi" if number < 7 else "bcdefgh", scores=False)
    assert [read_history(tmp_path / name).series[0].judged for name in "abc"] == [12, 7, 7]


def test_new_candidates_are_no_break(tmp_path: Path) -> None:
    """The data's hash changes with them: they are what is measured."""
    for number in range(3):
        write(tmp_path / str(number), record(number, {"ours": {"f1": 0.5}}, data_hash=f"{number:064}"))
    assert means_of(read_history(tmp_path)) == [[0.5, 0.5, 0.5]]


def test_trends_never_cross_a_break(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(scale=0.001, size=24)
    for number in range(24):
        recipe, mean = (PORTER, 0.5) if number < 12 else (PLAIN, 0.2)
        write(tmp_path / str(number), record(number, {"ours": {"f1": mean + noise[number]}}, recipe))
    history = read_history(tmp_path)
    assert [len(series.points) for series in history.series] == [12, 12]
    assert all(not series.trend.steps and series.trend.drift is None for series in history.series)


def test_a_lasting_step_is_found_at_its_run(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(scale=0.002, size=24)
    values = [0.5 + noise[n] - (0.02 if n >= 15 else 0) for n in range(24)]
    write_series(tmp_path, [*values[:4], None, *values[4:]])
    history = read_history(tmp_path)
    [series] = history.series
    [step] = series.trend.steps
    assert history.runs[series.points[step.index].run].id == "run0016"
    assert step.after - step.before == pytest.approx(-0.02, abs=0.003)


def test_a_missing_value_is_a_gap_and_never_zero(tmp_path: Path) -> None:
    write_series(tmp_path, [0.5, None, 0.6])
    [series] = read_history(tmp_path).series
    assert [(point.mean, point.n_ok) for point in series.points] == [(0.5, 10), (None, 0), (0.6, 10)]
    assert series.points[1].ci_low is None


def test_what_is_shown_can_be_chosen(tmp_path: Path) -> None:
    means: Means = {"ours": {"f1": 0.5, "recall": 0.6}, "theirs": {"f1": 0.4, "recall": 0.3}, "floor": {"f1": 0.1, "recall": 0.2}}  # fmt: skip # noqa: E501
    for number in range(2):
        write(tmp_path / str(number), record(number, means))

    def shown(**choice: Any) -> list[tuple[str, str]]:
        return [(series.system, series.value) for series in read_history(tmp_path, **choice).series]

    assert shown() == [("ours", "f1"), ("theirs", "f1")]
    assert shown(metric="rouge.recall") == [("ours", "recall"), ("theirs", "recall")]
    assert shown(metric="rouge", system="the*") == [("theirs", "f1"), ("theirs", "recall")]
    assert shown(metric="*.re*", system="*") == [("ours", "recall"), ("theirs", "recall"), ("floor", "recall")]
    with pytest.raises(InputError, match=r"metric=recall: no run has it; there are rouge.f1, rouge.recall"):
        shown(metric="recall")
    with pytest.raises(InputError, match="system=mine: no run has it; there are floor, ours, theirs"):
        shown(system="mine")


def test_damaged_and_foreign_files_are_named_and_left_out(tmp_path: Path) -> None:
    good = write(tmp_path / "good", record(0, {"ours": {"f1": 0.5}}))
    broken = tmp_path / "broken"
    text = good.read_text(encoding="utf-8")
    data = json.loads(text)
    contents: dict[str, tuple[bytes, str]] = {
        "bytes": (b"\xff\xfe{", "damaged, not a JSON object"),
        "cut": (text[:200].encode(), "damaged, not a JSON object"),
        "empty": (b"", "damaged, not a JSON object"),
        "foreign": (b'{"name": "something else", "aggregates": {"a": 1}}', "not a sumbench run record"),
        "list": (b"[]", "damaged, not a JSON object"),
        "newer": (line({**data, "schema_version": 99}).encode(), "from a newer sumbench (schema version 99)"),
        "no_time": (line({**data, "provenance": {}}).encode(), "damaged run record"),
        "no_values": (line({**data, "run_id": "x", "aggregates": "none"}).encode(), "damaged run record"),
        "odd_values": (
            line({**data, "run_id": "y", "aggregates": [5, {"system": "ours"}, *data["aggregates"]]}).encode(),
            "has damaged aggregates",
        ),
    }
    for name, (content, _) in contents.items():
        (broken / name).mkdir(parents=True)
        (broken / name / RUN_FILE).write_bytes(content)
    history = read_history(tmp_path)
    assert [run.id for run in history.runs] == ["run0000", "y"]
    for name, (_, reason) in contents.items():
        assert any(f"{broken / name / RUN_FILE}: {reason}" in warning for warning in history.warnings), name
    assert any("no inputs.jsonl beside the record" in warning and "y" in warning for warning in history.warnings)
    assert history.series[1].change == "examples can't be told"


def test_a_copied_run_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "a", record(0, {"ours": {"f1": 0.5}}))
    shutil.copytree(tmp_path / "a", tmp_path / "downloads" / "a")
    history = read_history(tmp_path)
    assert means_of(history) == [[0.5]]
    assert history.warnings == (f"{tmp_path}/downloads/a/run.json: a copy of {tmp_path}/a/run.json, the same run; left out",)  # fmt: skip # noqa: E501


def test_names_with_any_signs_are_kept(tmp_path: Path) -> None:
    odd = 'a."b"/~[x] \' 习'
    run = record(0, {odd: {"f1": 0.5}})
    renamed = replace(
        run,
        signatures={odd: PORTER},
        scorers={odd: run.scorers["rouge"]},
        aggregates=(replace(run.aggregates[0], scorer=odd),),
    )
    write(tmp_path / "a", renamed)
    [series] = read_history(tmp_path, metric=f"{odd}.f1", system=odd).series
    assert (series.system, series.scorer, series.signature) == (odd, odd, PORTER)


def test_no_runs_is_an_input_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="no finished run here"):
        read_history(tmp_path)
    assert main(["history", "--results_dir", str(tmp_path / "nowhere")]) == 2
    assert "no finished run here" in capsys.readouterr().err
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / RUN_FILE).write_text("{")
    with pytest.raises(InputError, match=r"no run that can be read: .*damaged"):
        read_history(tmp_path)


def test_duckdb_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(tmp_path, [0.5])
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"pip install 'sumbench\[history\]'"):
        read_history(tmp_path)


def test_five_hundred_runs_are_read(tmp_path: Path) -> None:
    # Called broken, so that they aren't all held against the schema once more at the end of the session.
    root = tmp_path / "broken"
    generator = np.random.default_rng(0)
    for number in range(500):
        means: Means = {
            system: {f"v{v}": float(x) for v, x in enumerate(generator.normal(size=6))} for system in ("a", "b", "c")
        }
        write(root / str(number), record(number, means))
    history = read_history(root, metric="*", system="*")
    assert [len(series.points) for series in history.series] == [500] * 18


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_series(tmp_path, [0.5, 0.6])
    page_file = tmp_path / "out" / "history.html"
    assert main(["history", f"results_dir={tmp_path}", "metric=rouge.f1", "last=2", "--html", str(page_file)]) == 0
    shown = capsys.readouterr().out
    assert "rouge.f1" in shown
    assert "+0.1000" in shown
    assert page_file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["history", "last=0", f"results_dir={tmp_path}"]) == 2


def test_changed_inputs_are_told(tmp_path: Path, tiny: SimpleNamespace) -> None:
    """The examples tell which runs are comparable: they must be those of the record."""
    first, second = (pipeline.run(tiny.job(tmp_path / "runs" / name, results_dir=tmp_path)) for name in "ab")
    data = (second / INPUTS_FILE).read_bytes()
    (second / INPUTS_FILE).write_bytes(data[: data[:-1].rindex(b"\n") + 1])
    history = read_history(tmp_path)
    assert [run.path.parent for run in history.runs] == [first]
    assert history.warnings == (
        f"{second / RUN_FILE}: the inputs.jsonl beside it isn't the one it was written with; left out",
    )
