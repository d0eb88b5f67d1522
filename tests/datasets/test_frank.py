from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.cli import BAD_INPUT, main
from bench.datasets.frank import Frank
from bench.errors import InputError
from bench.meta.scoretable import ScoreTable, from_dataset

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"
JUDGED: dict[str, Any] = {
    "hash": "a", "model_name": "bart", "dataset": "bbc", "Factuality": 0.5, "RelE": 1.0, "Flip_RelE": 0.25,
    "split": "test",
}  # fmt: skip
SCORED: dict[str, Any] = {
    "hash": "a",
    "model_name": "bart",
    "dataset": "bbc",
    "Rouge 1": 0.25,
    "QAGS": None,
    "split": "test",
}


def write_frank(folder: Path, annotations: list[Any], metrics: list[Any]) -> Path:
    """The two files under their published names; each object begins on a line of its own."""
    for name, objects in (
        ("human_annotations.json", annotations),
        ("baseline_factuality_metrics_outputs.json", metrics),
    ):
        (folder / name).write_text("[\n" + ",\n".join(map(json.dumps, objects)) + "\n]\n")
    return folder / "human_annotations.json"


def read_frank(path: Path, **options: Any) -> ScoreTable:
    table = from_dataset(Frank(path=path, **options))
    assert table is not None
    return table


def test_both_files_become_a_table(tmp_path: Path) -> None:
    path = write_frank(
        tmp_path,
        [JUDGED, JUDGED | {"model_name": "pgn", "Factuality": None}],
        [SCORED | {"model_name": "pgn", "QAGS": 1}, SCORED],
    )
    table = read_frank(path)
    assert table.documents.tolist() == ["a", "a"]
    assert table.systems.tolist() == ["bart", "pgn"]
    np.testing.assert_equal(dict(table.metrics), {"Rouge 1": [0.25, 0.25], "QAGS": [math.nan, 1.0]})
    np.testing.assert_equal(dict(table.humans), {"Factuality": [0.5, math.nan], "RelE": [1.0, 1.0]})
    assert {name: labels.tolist() for name, labels in table.groups.items()} == {
        "split": ["test", "test"],
        "dataset": ["bbc", "bbc"],
    }
    assert table.notes == (
        "human_annotations.json: left out Flip_RelE (set dataset.flipped=true to read them)",
    )  # fmt: skip
    assert read_frank(tmp_path).systems.tolist() == ["bart", "pgn"], "the folder will do"
    flipped = read_frank(path, flipped=True)
    assert list(flipped.humans) == ["Factuality", "RelE", "Flip_RelE"]
    assert flipped.notes == ()


def test_summaries_of_one_file_only_are_counted(tmp_path: Path) -> None:
    path = write_frank(
        tmp_path, [JUDGED | {"hash": "b"}, JUDGED], [SCORED, SCORED | {"hash": "c"}, SCORED | {"hash": "d"}]
    )
    table = read_frank(path, flipped=True)
    assert table.documents.tolist() == ["a"]
    outputs = tmp_path / "baseline_factuality_metrics_outputs.json"
    assert table.notes == (
        f"left out for want of metric scores: 1 ({path}, line 2)",
        f"left out for want of human annotations: 2 ({outputs}, line 3, {outputs}, line 4)",
        f"{outputs.name}: left out QAGS (no numbers)",
    )


def test_fields_without_numbers_are_left_out_and_told(tmp_path: Path) -> None:
    path = write_frank(tmp_path, [JUDGED | {"summary": "Text.", "summary_sentences": ["Text."]}], [SCORED])
    table = read_frank(path, flipped=True)
    assert list(table.humans) == ["Factuality", "RelE", "Flip_RelE"]
    assert table.notes[0] == "human_annotations.json: left out summary, summary_sentences (no numbers)"


@pytest.mark.parametrize(
    ("annotations", "metrics", "says"),
    [
        ([JUDGED, {"hash": "b"}], [SCORED], "{path}, line 3: missing field 'model_name'"),
        ([JUDGED, JUDGED], [SCORED], "{path}, line 3: duplicate: {path}, line 2 has hash 'a' and model 'bart' already"),
        ([JUDGED], [SCORED, SCORED], "{outputs}, line 3: duplicate"),
        ([JUDGED, 5], [SCORED], "{path}, line 3: not a JSON object"),
        ([JUDGED], [SCORED | {"split": "valid"}], "{outputs}, line 2: split is 'valid', but 'test' in {path}"),
        ([JUDGED | {"RelE": True}], [SCORED], "{path}, line 2: field 'RelE' must be a number or null, not true"),
        (
            [JUDGED, JUDGED | {"hash": "b", "RelE": "1.0"}], [SCORED, SCORED | {"hash": "b"}],
            "{path}, line 3: field 'RelE' must be a number or null, not a text",
        ),
        ([{k: JUDGED[k] for k in ("hash", "model_name")}], [SCORED], "{path}, line 2: missing field 'Factuality'"),
        ([JUDGED | {"Factuality": "high"}], [SCORED], "{path}, line 2: field 'Factuality' must be a number or null"),
        ([JUDGED], [SCORED | {"hash": "z"}], "have no summary (hash, model_name) in common"),
        ([], [SCORED], "{path}: is empty"),
    ],
)  # fmt: skip
def test_bad_entries_are_named(tmp_path: Path, annotations: list[Any], metrics: list[Any], says: str) -> None:
    path = write_frank(tmp_path, annotations, metrics)
    with pytest.raises(InputError) as caught:
        from_dataset(Frank(path=path))
    outputs = tmp_path / "baseline_factuality_metrics_outputs.json"
    assert says.replace("{path}", str(path)).replace("{outputs}", str(outputs)) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"hash": "a"}', "not a JSON array"),
        ("", "not a JSON array"),
        ("[", "malformed JSON"),
        ('[{"hash": "a", "model_name": "m", "Factuality": 1}', "line 1: after this object, a comma or the end"),
        ('[{"hash": "a", "model_name": "m"},\n]', "line 2: malformed JSON"),
        ('[{"hash": "a", "model_name": "m"}] x', "something follows the end of the list: 'x'"),
        (
            '[\n\n{"hash": "a",\n "model_name": "m",\n "Factuality": NaN}]',
            "line 3: malformed JSON: NaN is not a JSON number (field Factuality)",
        ),
        ('[\n\n{"hash": "a",\n "model_name" "m"}]', "line 3: malformed JSON on line 4"),
        ('[{"hash": "a", "hash": "b"}]', "line 1: malformed JSON: duplicate key 'hash'"),
        ('[{"hash": "\\ud83d", "model_name": "m"}]', "line 1: field 'hash' holds half a surrogate pair"),
    ],
)
def test_damaged_files(tmp_path: Path, text: str, says: str) -> None:
    path = write_frank(tmp_path, [JUDGED], [SCORED])
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        from_dataset(Frank(path=path))
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds 0 files \*human_annotations\.json"):
        from_dataset(Frank(path=tmp_path))
    path = write_frank(tmp_path, [JUDGED], [SCORED])
    with pytest.raises(InputError, match=r"none\.json: no such file"):
        from_dataset(Frank(path=path, metrics=tmp_path / "none.json"))
    (tmp_path / "baseline_factuality_metrics_outputs.json").unlink()
    with pytest.raises(
        InputError, match=r"no baseline_factuality_metrics_outputs\.json or metric_outputs\.json beside"
    ):
        from_dataset(Frank(path=path))


def test_a_run_has_nothing_to_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_frank(tmp_path, [JUDGED], [SCORED])
    with pytest.raises(InputError, match="no texts, so there is nothing to score"):
        iter(Frank(path=path))
    words = ("run", "dataset=frank", f"dataset.path={path}", "metrics=[rouge]", "checks=[]", f"results_dir={tmp_path}")
    assert main(words) == BAD_INPUT
    assert "there is nothing to score" in capsys.readouterr().err


def test_the_published_files_as_pandas_reads_them() -> None:
    if not (JUDGEMENTS / "frank_human_annotations.json").exists():
        pytest.skip("no shared judgements here")
    table = read_frank(JUDGEMENTS / "frank_human_annotations.json", flipped=True)
    annotations = pd.read_json(JUDGEMENTS / "frank_human_annotations.json")
    outputs = pd.read_json(JUDGEMENTS / "frank_metric_outputs.json").drop(columns=["dataset", "split"])
    both = annotations.merge(outputs, on=["hash", "model_name"], validate="one_to_one")
    assert len(table) == len(both) == 2246
    assert table.documents.tolist() == both["hash"].astype(str).tolist()
    assert table.systems.tolist() == both["model_name"].tolist()
    for columns in (table.metrics, table.humans):
        for name, column in columns.items():
            # pandas reads decimals less exactly than Python does.
            np.testing.assert_allclose(column, both[name].to_numpy(dtype=float), rtol=1e-13, err_msg=name)
    for name, labels in table.groups.items():
        assert labels.tolist() == both[name].tolist()
    assert {*table.metrics, *table.humans, *table.groups, "hash", "model_name"} == set(both.columns)
    # Figures of the authors' description of their data.
    assert len(set(table.systems.tolist())) == 9
    valid = table.where(table.groups["split"] == "valid")
    assert (len(valid), len(set(valid.documents.tolist()))) == (671, 149)
    assert np.isnan(table.metrics["Dep Entail"]).sum() == 83
    assert table.notes == ()
