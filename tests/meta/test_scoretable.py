from __future__ import annotations

import json
import math
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench import pipeline
from bench.datasets.judged import JudgedSummary
from bench.datasets.qags import Qags
from bench.errors import InputError
from bench.meta.scoretable import ScoreTable, from_dataset, from_judged, from_run
from bench.types import Candidate, Example

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"


# --- the table


def test_columns_need_a_place_for_every_row() -> None:
    documents, systems = np.array(["d", "d"]), np.array(["a", "b"])
    two, three = np.zeros(2), np.zeros(3)
    with pytest.raises(ValueError, match=r"'coherence' has shape \(3,\), but there are 2 rows"):
        ScoreTable(documents, systems, {"m": two}, {"coherence": three})
    with pytest.raises(ValueError, match=r"'split' has shape"):
        ScoreTable(documents, systems, {"m": two}, {}, groups={"split": np.array(["x"])})
    with pytest.raises(ValueError, match=r"ratings of 'c' need the shape \(units, annotators\)"):
        ScoreTable(documents, systems, {"m": two}, {}, ratings={"c": three})
    with pytest.raises(ValueError, match=r"\['n'\], which are no metric columns"):
        ScoreTable(documents, systems, {"m": two}, {}, lower_is_better=frozenset("n"))


def test_rows_can_be_chosen() -> None:
    table = ScoreTable(
        np.array(["d", "e", "f"]), np.array(["a", "a", "b"]), {"m": np.array([1.0, 2.0, 3.0])},
        {"c": np.array([4.0, np.nan, 6.0])}, {"split": np.array(["v", "t", "v"])}, {"c": np.ones((5, 3))},
        frozenset("m"), ("noted",),
    )  # fmt: skip
    valid = table.where(table.groups["split"] == "v")
    assert (valid.documents.tolist(), valid.systems.tolist()) == (["d", "f"], ["a", "b"])
    assert (valid.metrics["m"].tolist(), valid.humans["c"].tolist()) == ([1.0, 3.0], [4.0, 6.0])
    assert (valid.groups["split"].tolist(), valid.ratings["c"].shape) == (["v", "v"], (5, 3))
    assert (valid.lower_is_better, valid.notes, len(valid)) == (frozenset("m"), ("noted",), 2)


# --- from a run


def judged_examples(tiny: SimpleNamespace) -> list[Example]:
    """Four examples of which the first two share a document; alpha judged in all, beta in two."""
    examples = tiny.examples()
    examples[1] = replace(examples[1], document=examples[0].document)
    judged = []
    for number, example in enumerate(examples):
        human: dict[str, dict[str, Any]] = {
            "alpha": {"human": {"c": float(number), "f": 1.0}, "ratings": {"c": [[number, None], [1, 2]]}},
            "beta": {"human": {"c": 2.5}, "ratings": {"c": [[3, 2, 1]]}} if number > 1 else {},
        }
        candidates = [replace(each, metadata=human[each.system]) for each in example.candidates]
        judged.append(replace(example, candidates=tuple(candidates)))
    return judged


def test_a_run_becomes_a_table(tiny: SimpleNamespace, tmp_path: Path) -> None:
    examples = judged_examples(tiny)
    # A candidate without words: the metric is undefined for it.
    broken = replace(examples[3].candidates[0], text="…")
    examples[3] = replace(examples[3], candidates=(broken, examples[3].candidates[1]))
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=examples))
    table = from_run(folder)
    assert list(zip(table.documents.tolist(), table.systems.tolist(), strict=True)) == [
        ("e0", "alpha"), ("e0", "alpha"), ("e2", "alpha"), ("e2", "beta"), ("e3", "alpha"), ("e3", "beta"),
    ]  # fmt: skip
    np.testing.assert_equal(table.humans["c"], [0, 1, 2, 2.5, 3, 2.5])
    np.testing.assert_equal(table.humans["f"], [1, 1, 1, math.nan, 1, math.nan])
    assert list(table.metrics) == ["words.count", "words.share", "found.unsupported"]
    assert table.lower_is_better == {"found.unsupported"}
    documents = {example.id: example.document for example in examples}
    halves = ["odd" if int(sha256(documents[row].encode()).hexdigest(), 16) % 2 else "even" for row in table.documents]
    assert table.groups["half"].tolist() == halves
    np.testing.assert_equal(table.ratings["c"], [
        [0, math.nan, math.nan], [1, 2, math.nan], [1, math.nan, math.nan], [1, 2, math.nan],
        [2, math.nan, math.nan], [1, 2, math.nan], [3, 2, 1],
        [3, math.nan, math.nan], [1, 2, math.nan], [3, 2, 1],
    ])  # fmt: skip
    assert sorted(table.notes) == [
        "beta: 2 summaries without human scores, left out",
        "first: 4 summaries without human scores, left out",
    ]
    # The scores as they stand in the file, read without our own reader.
    written = {}
    for line in (folder / "scores.jsonl").read_text(encoding="utf-8").splitlines():
        score = json.loads(line)
        for name, value in score["values"].items():
            written[score["example_id"], score["system"], f"{score['scorer']}.{name}"] = value
    rows = [("e0", "alpha"), ("e1", "alpha"), ("e2", "alpha"), ("e2", "beta"), ("e3", "alpha"), ("e3", "beta")]
    for name, column in table.metrics.items():
        np.testing.assert_equal(column, [written.get((*row, name), math.nan) for row in rows])
    assert np.isnan(table.metrics["words.share"]).tolist() == [False] * 4 + [True, False]


def test_several_runs_are_one_table(tiny: SimpleNamespace, tmp_path: Path) -> None:
    """The same document is one cluster in both; what only one of them has is missing in the other, never zero."""
    examples = judged_examples(tiny)
    other = [replace(example, document=f"Another: {example.document}") for example in examples[2:]]
    one = pipeline.run(tiny.job(tmp_path / "one", dataset=examples))
    two = pipeline.run(tiny.job(tmp_path / "two", dataset=[*examples[:2], *other], checks=[]))
    first, second, table = from_run(one), from_run(two), from_run(one, two)
    assert table.groups["run"].tolist() == ["one"] * 6 + ["two"] * 6
    assert table.documents.tolist() == [
        "one/e0", "one/e0", "one/e2", "one/e2", "one/e3", "one/e3",
        "one/e0", "one/e0", "two/e2", "two/e2", "two/e3", "two/e3",
    ]  # fmt: skip
    for name in ("words.count", "words.share"):
        np.testing.assert_equal(table.metrics[name], np.concatenate([first.metrics[name], second.metrics[name]]))
    np.testing.assert_equal(table.metrics["found.unsupported"][6:], [math.nan] * 6)
    assert table.lower_is_better == {"found.unsupported"}
    np.testing.assert_equal(table.humans["c"], np.tile(first.humans["c"], 2))
    assert table.groups["half"].tolist() == [*first.groups["half"], *second.groups["half"]]
    np.testing.assert_equal(table.ratings["c"], np.tile(first.ratings["c"], (2, 1)))
    with pytest.raises(InputError, match="duplicate"):
        from_run(one, one)
    elsewhere = pipeline.run(tiny.job(tmp_path / "elsewhere" / "one", dataset=other))
    assert set(from_run(one, elsewhere).groups["run"]) == {str(one), str(elsewhere)}


def test_runs_with_other_recipes_are_no_table(tiny: SimpleNamespace, tmp_path: Path) -> None:
    from bench.metrics.rouge import Rouge

    runs = [
        pipeline.run(tiny.job(tmp_path / f"{stem}", dataset=judged_examples(tiny), metrics=[Rouge(use_stemmer=stem)]))
        for stem in (True, False)
    ]
    with pytest.raises(InputError, match=r"rouge has one recipe in \S+True, .*porter.* another in \S+False"):
        from_run(*runs)


def test_a_run_without_human_scores(tiny: SimpleNamespace, tmp_path: Path) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    with pytest.raises(InputError, match="no candidate of this run has a human score") as caught:
        from_run(folder)
    assert "dataset=jsonl" in str(caught.value)
    with pytest.raises(InputError, match="no finished run here"):
        from_run(tmp_path)


def test_a_run_without_texts_kept_no_judgements(tiny: SimpleNamespace, tmp_path: Path) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=judged_examples(tiny), store_texts=False))
    with pytest.raises(InputError, match="store_texts=true"):
        from_run(folder)


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"human": 3}, "'human' must be an object"),
        ({"human": {"c": "good"}}, "'human.c' must be a number or null"),
        ({"human": {"c": True}}, "'human.c' must be a number or null"),
        ({"human": {"c": 1}, "ratings": []}, "'ratings' must be an object"),
        ({"human": {"c": 1}, "ratings": {"c": [1, 2]}}, "'ratings.c' must be a list of units"),
        ({"human": {"c": 1}, "ratings": {"c": [["x"]]}}, "'ratings.c' must be a list of units"),
    ],
)
def test_judgements_of_a_wrong_type_are_named(
    tiny: SimpleNamespace, tmp_path: Path, metadata: dict[str, Any], says: str
) -> None:
    [first, second, *_] = judged_examples(tiny)
    wrong = (replace(second.candidates[0], metadata=metadata), *second.candidates[1:])
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=[first, replace(second, candidates=wrong)]))
    with pytest.raises(InputError) as caught:
        from_run(folder)
    assert str(caught.value).startswith(f"{folder / 'inputs.jsonl'}, line 2, candidate 'alpha': ")
    assert says in str(caught.value)


def test_a_score_of_null_is_none(tiny: SimpleNamespace, tmp_path: Path) -> None:
    example = Example("e", "Talks ended.", ("Talks ended.",), (
        Candidate("e", "alpha", "Talks ended.", {"human": {"c": None, "f": 1}}),
        Candidate("e", "beta", "Talks ended.", {"human": {"c": None}}),
    ))  # fmt: skip
    table = from_run(pipeline.run(tiny.job(tmp_path / "run", dataset=[example])))
    assert (table.systems.tolist(), {name: column.tolist() for name, column in table.humans.items()}) == (
        ["alpha"], {"f": [1.0]},
    )  # fmt: skip


def test_published_judgements_come_through_a_run(tiny: SimpleNamespace, tmp_path: Path) -> None:
    path = JUDGEMENTS / "qags_cnn_original.jsonl"
    if not path.exists():
        pytest.skip("no shared judgements here")
    dataset = Qags(path=path)
    table = from_run(pipeline.run(tiny.job(tmp_path / "run", dataset=dataset, systems=[tiny.Given()], checks=[])))
    given = {e.id: e.candidates[0].metadata for e in dataset}
    assert len(table) == 235
    assert dict(zip(table.documents.tolist(), table.humans["factual"].tolist(), strict=True)) == {
        id_: metadata["human"]["factual"] for id_, metadata in given.items()
    }
    assert table.ratings["factual"].shape == (714, 3)
    assert np.nansum(table.ratings["factual"]) == path.read_text(encoding="utf-8").count('"response": "yes"')
    assert table.notes == ()


# --- from a dataset, and from rows


def test_a_dataset_to_be_scored_has_no_table() -> None:
    assert from_dataset([]) is None
    assert from_dataset(Qags(path="x")) is None


def row(example: str = "e", system: str = "s", place: str = "line 1", **metrics: float) -> JudgedSummary:
    return JudgedSummary(place, example, example, system, metrics, {"c": 1.0})


def test_an_example_has_a_system_once() -> None:
    rows = [row(), row(system="t"), row(place="line 3")]
    with pytest.raises(InputError, match="line 3: duplicate: line 1 has example 'e' and system 's' already"):
        from_judged(rows)


def test_columns_that_some_rows_lack() -> None:
    table = from_judged([row(a=1.0), row("f", b=2.0)], columns=["z", "b"])
    assert list(table.metrics) == ["z", "b", "a"]
    np.testing.assert_equal([*table.metrics.values()], [[math.nan] * 2, [math.nan, 2], [1, math.nan]])
