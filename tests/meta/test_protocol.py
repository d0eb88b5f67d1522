"""SummaC's protocol says what scikit-learn says, and chooses no threshold on rows that it reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.errors import InputError
from bench.meta.evaluate import evaluate
from bench.meta.records import MEAN, Decision, Meta, MetaSettings
from bench.meta.scoretable import ScoreTable
from bench.report.meta import RENDERERS

SETTINGS = MetaSettings(protocol="summac", resamples=200)


def make_table(seed: int = 0, documents: int = 60, each: int = 4) -> ScoreTable:
    """Three sets whose scores lie on scales of their own; a good metric, a poor one and one where lower is better."""
    rng = np.random.default_rng(seed)
    n = documents * each
    label = rng.integers(0, 2, n).astype(float)
    place = np.repeat(np.arange(documents), each)
    scale = np.array([0.0, 3.0, -2.0])[place % 3]
    return ScoreTable(
        documents=np.array([f"d{p}" for p in place]),
        systems=np.array(["summaries"] * n),
        metrics={
            "good": np.round(label + scale + rng.normal(0, 0.7, n), 1),
            "poor": label + scale + rng.normal(0, 5, n),
            "errors": -label + scale + rng.normal(0, 0.7, n),
        },
        humans={"consistent": label},
        groups={
            "dataset": np.array(["A", "B", "C"])[place % 3],
            "split": np.where(place < documents // 2, "val", "test"),
        },
        lower_is_better=frozenset({"errors"}),
    )  # fmt: skip


def of(meta: Meta, metric: str, name: str, mode: str, measure: str) -> Decision:
    wanted = (metric, name, mode, measure)
    [found] = [d for d in meta.decisions if (d.metric, d.set, d.thresholds, d.measure) == wanted]
    return found


@pytest.fixture(scope="module")
def table() -> ScoreTable:
    return make_table()


@pytest.fixture(scope="module")
def meta(table: ScoreTable) -> Meta:
    return evaluate(table, SETTINGS)


def by_hand(table: ScoreTable, metric: str, mode: str) -> dict[str, tuple[float, float]]:
    """Balanced accuracy and F1 of each set, by trying every threshold with scikit-learn on the development rows."""
    sklearn = pytest.importorskip("sklearn.metrics")
    scores = table.metrics[metric] * (-1 if metric == "errors" else 1)
    labels, sets, dev = table.humans["consistent"], table.groups["dataset"], table.groups["split"] == "val"

    def choose(rows: np.ndarray) -> float:
        values = np.unique(scores[rows])
        tried = [values[0], *((values[1:] + values[:-1]) / 2)]
        return max(tried, key=lambda t: (sklearn.balanced_accuracy_score(labels[rows], scores[rows] >= t), -t))

    found = {}
    for name in "ABC":
        threshold = choose(dev & (sets == name) if mode == "set" else dev)
        rows = ~dev & (sets == name)
        told = scores[rows] >= threshold
        found[name] = (
            float(sklearn.balanced_accuracy_score(labels[rows], told)), float(sklearn.f1_score(labels[rows], told)),
        )  # fmt: skip
    return found


@pytest.mark.parametrize("mode", ["set", "one"])
@pytest.mark.parametrize("metric", ["good", "poor", "errors"])
def test_the_measures_are_scikit_learns(table: ScoreTable, meta: Meta, metric: str, mode: str) -> None:
    expected = by_hand(table, metric, mode)
    for index, measure in enumerate(("balanced_accuracy", "f1")):
        for name, values in expected.items():
            assert of(meta, metric, name, mode, measure).value == pytest.approx(values[index], abs=1e-12)
        mean = of(meta, metric, MEAN, mode, measure)
        assert mean.value == pytest.approx(np.mean([values[index] for values in expected.values()]), abs=1e-12)
        assert mean.low < mean.value < mean.high  # type: ignore[operator]
        assert (mean.summaries, mean.documents) == (120, 30)


def test_reported_rows_have_no_part_in_a_threshold(table: ScoreTable, meta: Meta) -> None:
    test = table.groups["split"] == "test"
    label = table.humans["consistent"]
    turned = replace(table, humans={"consistent": np.where(test, 1 - label, label)})
    again = evaluate(turned, SETTINGS)
    assert [d.threshold for d in again.decisions] == [d.threshold for d in meta.decisions]
    assert [d.value for d in again.decisions] != [d.value for d in meta.decisions]


def test_intervals_draw_documents_whole(table: ScoreTable, meta: Meta) -> None:
    """The same rows written ten times in each document say no more about other documents; as new ones they would."""
    often = ScoreTable(
        np.tile(table.documents, 10), np.tile(table.systems, 10),
        *({name: np.tile(column, 10) for name, column in each.items()}
          for each in (table.metrics, table.humans, table.groups)),
        lower_is_better=table.lower_is_better,
    )  # fmt: skip
    once = of(meta, "poor", MEAN, "set", "balanced_accuracy")
    whole = of(evaluate(often, SETTINGS), "poor", MEAN, "set", "balanced_accuracy")
    assert (whole.low, whole.high) == pytest.approx((once.low, once.high), abs=1e-9)
    assert whole.documents == 30
    apart = evaluate(replace(often, documents=np.array([f"row {n}" for n in range(len(often))])), SETTINGS)
    narrow = of(apart, "poor", MEAN, "set", "balanced_accuracy")
    assert narrow.high - narrow.low < 0.7 * (whole.high - whole.low)  # type: ignore[operator]


def test_metrics_are_tested_against_the_best_mean(meta: Meta) -> None:
    tests = [t for t in meta.decision_tests if (t.thresholds, t.measure) == ("set", "balanced_accuracy")]
    assert len(tests) == 2
    means = {m: of(meta, m, MEAN, "set", "balanced_accuracy") for m in meta.metrics}
    best = max(means, key=lambda m: means[m].value)  # type: ignore[arg-type,return-value]
    assert {t.first for t in tests} == {best}
    assert [m for m in means if means[m].best] == [best]
    for test in tests:
        gap = means[best].value - means[test.second].value  # type: ignore[operator]
        assert test.difference == pytest.approx(gap, abs=1e-12)
        assert means[test.second].p_best == test.p_adjusted >= test.p
    assert means["poor"].p_best < 0.05  # type: ignore[operator]


def test_a_pair_is_tested_where_both_have_scores(table: ScoreTable) -> None:
    gaps = table.metrics["poor"].copy()
    gaps[-9:] = np.nan
    lacking = replace(table, metrics={**table.metrics, "poor": gaps})
    meta = evaluate(lacking, replace(SETTINGS, compare="poor"))
    kept = np.arange(len(table)) < len(table) - 9
    rows = evaluate(lacking.where(kept), replace(SETTINGS, compare="poor"))
    assert of(meta, "poor", MEAN, "set", "f1").left_out == 9
    gap = of(rows, "poor", MEAN, "set", "f1").value - of(rows, "good", MEAN, "set", "f1").value  # type: ignore[operator]
    [test] = [t for t in meta.decision_tests if (t.second, t.thresholds, t.measure) == ("good", "set", "f1")]
    assert test.difference == pytest.approx(gap, abs=1e-12)


@pytest.mark.parametrize("where", ["val", "test"])
def test_no_metric_is_best_on_other_rows(table: ScoreTable, where: str) -> None:
    """A gap in set B: nothing is best there and on average; where the rows are the same, the best stays."""
    gap = np.flatnonzero((table.groups["dataset"] == "B") & (table.groups["split"] == where))[0]
    lacking = table.metrics["poor"].copy()
    lacking[gap] = np.nan
    meta = evaluate(replace(table, metrics={**table.metrics, "poor": lacking}), SETTINGS)
    best = {d.set for d in meta.decisions if d.best and d.thresholds == "set"}
    assert best == {"A", "C"}
    # One threshold for all sets is chosen on the development rows of all.
    assert {d.set for d in meta.decisions if d.best and d.thresholds == "one"} == (set() if where == "val" else best)
    assert meta.decision_tests == ()
    assert "No best of B, mean: the metrics have scores of different summaries" in RENDERERS["markdown"](meta)
    same = evaluate(replace(table, metrics={n: np.where(np.isnan(lacking), np.nan, c)
                                            for n, c in table.metrics.items()}), SETTINGS)  # fmt: skip
    assert {d.set for d in same.decisions if d.best} == {"A", "B", "C", MEAN}


def test_a_set_without_development_rows_has_no_value(table: ScoreTable) -> None:
    lacking = table.where(~((table.groups["dataset"] == "B") & (table.groups["split"] == "val")))
    meta = evaluate(lacking, SETTINGS)
    assert of(meta, "good", "B", "set", "balanced_accuracy").value is None
    assert of(meta, "good", MEAN, "set", "balanced_accuracy").reason == "no value for B"
    assert of(meta, "good", "B", "one", "balanced_accuracy").value is not None
    text = RENDERERS["markdown"](meta)
    assert "No value: a label is missing to choose or to test." in text
    assert "nan" not in text.lower()


def test_without_a_split_halves_of_the_documents(table: ScoreTable) -> None:
    meta = evaluate(replace(table, groups={"dataset": table.groups["dataset"]}), SETTINGS)
    [note] = [note for note in meta.notes if "thresholds chosen" in note]
    assert note.endswith("on half of the documents, by hash, reported on the other half")
    twice = replace(table, documents=np.array(["d"] * len(table)))
    assert any("1 documents stand on both sides" in note for note in evaluate(twice, SETTINGS).notes)


def test_scores_from_a_number_on_count_as_one(table: ScoreTable, meta: Meta) -> None:
    graded = replace(table, humans={"consistent": np.where(table.humans["consistent"] == 1, 4.5, 2.0)})
    assert evaluate(graded, replace(SETTINGS, positive=4.0)).decisions == meta.decisions
    with pytest.raises(InputError, match="no human dimension is 1 or 0; there are: consistent"):
        evaluate(graded, SETTINGS)
    with pytest.raises(InputError, match="sets=x: no column of groups is called so; there are: dataset, split"):
        evaluate(table, replace(SETTINGS, sets="x"))


def test_every_format_shows_it(meta: Meta, table: ScoreTable) -> None:
    text = RENDERERS["markdown"](meta)
    for title in (
        "Balanced accuracy of consistent, a threshold a set", "F1 of consistent, one threshold for all sets",
        "Thresholds for consistent",
    ):  # fmt: skip
        assert f"## {title}" in text
    assert "| metric | A | B | C | mean |" in text
    assert "Pearson" not in text
    assert "difference of f1, one threshold" in RENDERERS["csv"](meta)
    assert "Differences of the means" in RENDERERS["latex"](evaluate(table, replace(SETTINGS, compare="all")))
