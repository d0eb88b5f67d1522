"""A meta-evaluation says what scipy and a regression say, tells what it leaves out, and reproduces published tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.datasets.frank import Frank
from bench.errors import InputError
from bench.meta.evaluate import evaluate
from bench.meta.labels import choosing_rows, read_beside
from bench.meta.parts import lay_out, numbered
from bench.meta.records import ALPHA, Beside, Correlation, Meta, MetaSettings
from bench.meta.scoretable import ScoreTable, from_dataset
from bench.metrics.rouge import Rouge
from bench.report.meta import RENDERERS
from bench.report.meta_correlations import marking_test
from bench.statistics.metatests import bootstrap, bootstrap_test, draw_counts, permutation_test, williams_test
from bench.types import Candidate, Example, Pair

HOME = Path(__file__).parents[2]
JUDGEMENTS = HOME.parent / "shared" / "judgements"
QUICK = MetaSettings(resamples=200, permutations=200)
SCIPY = {
    "pearson": lambda x, y: stats.pearsonr(x, y).statistic,
    "spearman": lambda x, y: stats.spearmanr(x, y).statistic,
    "kendall": lambda x, y: stats.kendalltau(x, y).statistic,
}


def make_table(documents: int = 12, systems: int = 5, seed: int = 3, **changes: object) -> ScoreTable:
    """A metric that follows people, one that hardly does, one that runs against them; scores in steps, so with ties."""
    random = np.random.default_rng(seed)
    n = documents * systems
    human = random.integers(1, 6, size=n).astype(float)
    parts = {
        "documents": np.repeat([f"d{i}" for i in range(documents)], systems),
        "systems": np.tile([f"s{i}" for i in range(systems)], documents),
        "metrics": {
            "m.good": human + random.integers(-1, 2, size=n),
            "m.poor": human + random.integers(-9, 10, size=n),
            "m.errors": -human + random.integers(-2, 3, size=n),
        },
        "humans": {"quality": human, "good": (human > 3).astype(float)},
        "groups": {"split": np.where(np.arange(n) < n // 3, "valid", "test")},
        "lower_is_better": frozenset({"m.errors"}),
    }
    return ScoreTable(**{**parts, **changes})  # type: ignore[arg-type]


def cell(meta: Meta, metric: str, human: str, level: str, coefficient: str, part: str = "all") -> Correlation:
    wanted = (part, level, coefficient, metric, human)
    [found] = [c for c in meta.correlations if (c.part, c.level, c.coefficient, c.metric, c.human) == wanted]
    return found


@pytest.fixture(scope="module")
def table() -> ScoreTable:
    return make_table()


@pytest.fixture(scope="module")
def meta(table: ScoreTable) -> Meta:
    return evaluate(table, QUICK, source="here", signatures={"m": "m|version:1"})


# --- the numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("coefficient", sorted(SCIPY))
@pytest.mark.parametrize("metric", ["m.good", "m.poor", "m.errors"])
def test_correlations_are_scipys(table: ScoreTable, meta: Meta, metric: str, coefficient: str) -> None:
    measure, sign = SCIPY[coefficient], -1 if metric == "m.errors" else 1
    x, y = sign * table.metrics[metric], table.humans["quality"]
    assert cell(meta, metric, "quality", "pooled", coefficient).value == pytest.approx(measure(x, y), abs=1e-12)
    each = [measure(x[rows], y[rows]) for d in set(table.documents) if len(set(y[rows := table.documents == d])) > 1]
    assert cell(meta, metric, "quality", "summary", coefficient).value == pytest.approx(np.mean(each), abs=1e-12)
    means = np.array(
        [(x[rows].mean(), y[rows].mean()) for s in set(table.systems) if (rows := table.systems == s).any()]
    )
    assert cell(meta, metric, "quality", "system", coefficient).value == pytest.approx(measure(*means.T), abs=1e-12)


def residuals(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of a least-squares regression on one dummy a label."""
    dummies = (labels[:, None] == np.unique(labels)[None, :]).astype(float)
    return values - dummies @ np.linalg.lstsq(dummies, values, rcond=None)[0]


def test_partial_correlation_is_that_of_a_regressions_residuals(table: ScoreTable, meta: Meta) -> None:
    x, y = (residuals(v, table.systems) for v in (table.metrics["m.good"], table.humans["quality"]))
    assert cell(meta, "m.good", "quality", "partial", "pearson").value == pytest.approx(
        SCIPY["pearson"](x, y), abs=1e-9
    )
    assert not [c for c in meta.correlations if (c.level, c.coefficient) == ("partial", "kendall")]


def test_lower_is_better_is_turned_and_said(meta: Meta) -> None:
    assert cell(meta, "m.errors", "quality", "pooled", "pearson").value > 0.3  # type: ignore[operator]
    assert any("sign is turned: m.errors" in note for note in meta.notes)
    assert all(c.auc > 0.6 for c in meta.classifications if c.metric == "m.errors" and c.auc is not None)


def test_intervals_hold_their_value_and_come_from_the_seed(table: ScoreTable, meta: Meta) -> None:
    for c in meta.correlations:
        assert c.low is not None
        assert c.low <= c.high  # type: ignore[operator]
        assert c.resampled == "both"
    assert RENDERERS["json"](evaluate(table, QUICK)) == RENDERERS["json"](evaluate(table, QUICK))
    other = evaluate(table, replace(QUICK, seed=1))
    assert [c.value for c in other.correlations] == [c.value for c in meta.correlations]
    assert [c.low for c in other.correlations] != [c.low for c in meta.correlations]


@pytest.mark.parametrize("unit", ["documents", "systems", "both"])
def test_tests_are_those_of_the_library(table: ScoreTable, unit: str) -> None:
    settings = replace(
        QUICK, compare="m.good", resample=unit, tests=("permutation", "bootstrap", "williams"), levels=("summary",),
        coefficients=("pearson",), humans=("quality",),
    )  # fmt: skip
    meta = evaluate(table, settings)
    x, y, h = (v.reshape(12, 5) for v in (table.metrics["m.good"], table.metrics["m.poor"], table.humans["quality"]))
    of = {"level": "summary", "coefficient": "pearson"}
    expected = {
        "permutation": permutation_test(x, y, h, **of, over=unit, permutations=200, seed=0),  # type: ignore[arg-type]
        "bootstrap": bootstrap_test(x, y, h, **of, over=unit, resamples=200, seed=0),  # type: ignore[arg-type]
        "williams": williams_test(x, y, h, **of),  # type: ignore[arg-type]
    }
    found = {d.method: d for d in meta.differences if d.second == "m.poor"}
    assert set(found) == set(expected)
    for method, test in expected.items():
        assert found[method].p == test.p, method
        assert found[method].difference == pytest.approx(test.difference, abs=1e-12)
        assert found[method].p_adjusted >= test.p
    assert found["bootstrap"].low == expected["bootstrap"].low
    assert found["williams"].over is None
    assert found["permutation"].over == unit


def test_a_metric_with_gaps_is_compared_where_both_have_scores(table: ScoreTable) -> None:
    gaps = table.metrics["m.poor"].copy()
    gaps[:7] = np.nan
    settings = replace(QUICK, compare="m.good", levels=("pooled",), coefficients=("pearson",), humans=("quality",))
    meta = evaluate(replace(table, metrics={**table.metrics, "m.poor": gaps}), settings)
    [found] = [d for d in meta.differences if (d.second, d.method) == ("m.poor", "bootstrap")]
    x, y, h = (v[7:] for v in (table.metrics["m.good"], gaps, table.humans["quality"]))
    assert found.difference == pytest.approx(stats.pearsonr(x, h).statistic - stats.pearsonr(y, h).statistic, abs=1e-12)
    assert cell(meta, "m.poor", "quality", "pooled", "pearson").left_out == 7


def test_the_best_is_marked_and_what_is_as_good_told_apart(meta: Meta) -> None:
    found = {m: cell(meta, m, "quality", "pooled", "spearman") for m in meta.metrics}
    assert [m for m in found if found[m].best] == ["m.good"]
    assert found["m.good"].p_best is None
    assert found["m.poor"].p_best < ALPHA  # type: ignore[operator]


def best_of(table: ScoreTable, metrics: dict[str, np.ndarray]) -> list[str]:
    small = replace(QUICK, levels=("pooled",), coefficients=("pearson",), humans=("quality",), resamples=0)
    found = evaluate(replace(table, metrics=metrics, lower_is_better=frozenset()), small).correlations
    return [one.metric for one in found if one.best]


def test_no_metric_is_best_on_other_summaries_or_where_all_are_alike(table: ScoreTable) -> None:
    good, poor = table.metrics["m.good"], table.metrics["m.poor"]
    some = np.where(np.arange(len(good)) % 3 == 0, np.nan, 1.0)
    assert best_of(table, {"a": good, "b": poor}) == ["a"]
    assert best_of(table, {"a": good * some, "b": poor * some}) == ["a"], "the same ones are missing"
    assert best_of(table, {"a": good * some, "b": poor}) == []
    assert best_of(table, {"a": good, "b": 2 * good + 1, "c": good / 3}) == []
    assert best_of(table, {"a": good, "b": 2 * good + 1, "c": poor}) == ["a", "b"], "rounding is no difference"


def test_no_accuracy_is_best_on_other_summaries_or_where_all_are_alike() -> None:
    """ROC AUC, balanced accuracy and pairwise accuracy, as the correlations above."""
    table = make_table(documents=100, systems=2)
    rng = np.random.default_rng(3)
    label = rng.integers(0, 2, len(table)).astype(float)
    good, poor = label + rng.normal(0, 0.5, len(table)), label + rng.normal(0, 5, len(table))
    some, others = (np.where(np.arange(len(table)) % 10 == place, np.nan, 1.0) for place in (0, 4))

    def found(**metrics: np.ndarray) -> tuple[list[list[str]], str]:
        small = replace(QUICK, levels=("summary",), coefficients=("pearson",), resamples=0)
        few = replace(table, metrics=metrics, humans={"label": label}, lower_is_better=frozenset())
        meta = evaluate(few, small)
        best = [
            [each.metric for each in meta.classifications if each.best_auc],
            [each.metric for each in meta.classifications if each.best],
            [each.metric for each in meta.pairwise if each.best],
        ]
        text = RENDERERS["markdown"](meta)
        lines = [line for line in text.splitlines() if "**" in line and line[:5] in {f"| {name} |" for name in metrics}]
        assert len(lines) == len({*best[0], *best[1]}) + len(best[2]), "what is bold is what is marked"
        return best, text

    assert found(a=good, b=poor)[0] == [["a"]] * 3
    assert found(a=good * some, b=poor * some)[0] == [["a"]] * 3, "the same ones are missing"
    best, text = found(a=good * some, b=poor)
    assert best == [[]] * 3
    assert text.count("No best: the metrics have scores of different summaries, or are all alike.") == 2, "a table each"
    assert found(a=good * some, b=poor * others)[0] == [[]] * 3, "as many are missing, but others"
    assert found(a=good, b=2 * good + 1)[0] == [[]] * 3
    assert found(a=good, b=2 * good + 1, c=poor)[0] == [["a", "b"]] * 3, "rounding is no difference"


def test_no_resamples_no_intervals(table: ScoreTable, meta: Meta) -> None:
    bare = evaluate(table, replace(QUICK, resamples=0))
    assert [c.value for c in bare.correlations] == [c.value for c in meta.correlations]
    everything = [*bare.correlations, *bare.pairwise]
    assert {(c.low, c.high) for c in everything} == {(None, None)}
    assert {d.method for d in bare.differences} == {"williams"}
    assert [c.auc for c in bare.classifications] == [c.auc for c in meta.classifications]


def test_recipes_of_the_metrics_shown(table: ScoreTable) -> None:
    recipes = {"m": "m|version:1", "mm": "mm|version:1"}
    assert evaluate(table, replace(QUICK, levels=("pooled",)), signatures=recipes).signatures == {"m": "m|version:1"}


def test_compare_all_and_none(table: ScoreTable) -> None:
    small = replace(QUICK, levels=("pooled",), coefficients=("pearson",), humans=("quality",), tests=("williams",))
    found = evaluate(table, replace(small, compare="all")).differences
    assert {(d.first, d.second) for d in found} == {
        ("m.good", "m.poor"), ("m.good", "m.errors"), ("m.poor", "m.errors"),
    }  # fmt: skip
    assert evaluate(table, replace(small, compare="none")).differences == ()


def test_what_is_tested_by_default(table: ScoreTable, meta: Meta) -> None:
    assert {d.method for d in meta.differences} == {"bootstrap", "williams"}
    named = replace(QUICK, compare="m.good", levels=("pooled",), humans=("quality",))
    found = evaluate(table, named)
    assert {d.method for d in found.differences} == {"bootstrap", "williams"}
    assert not any("permutation" in note for note in found.notes)


def test_the_permutation_test_marks_only_where_it_was_asked_for_alone(table: ScoreTable) -> None:
    """It calls equally good metrics different too often where systems bias them (benchmarks/meta_simulation.py)."""
    small = replace(QUICK, levels=("summary",), coefficients=("pearson",), humans=("quality",))
    three = evaluate(table, replace(small, tests=("permutation", "bootstrap", "williams")))
    assert any("calls equally good metrics different too often" in note for note in three.notes)
    by_bootstrap = {d.second: d.p_adjusted for d in three.differences if d.method == "bootstrap"}
    assert {c.metric: c.p_best for c in three.correlations if not c.best} == by_bootstrap
    assert marking_test(three) == "bootstrap"
    alone = evaluate(table, replace(small, tests=("permutation",)))
    assert marking_test(alone) == "permutation"
    assert any("calls equally good" in note for note in alone.notes)
    of_systems = evaluate(table, replace(small, tests=("permutation",), resample="systems"))
    assert not any("calls equally good" in note for note in of_systems.notes)


def test_too_few_resamples_for_any_difference_are_told(table: ScoreTable) -> None:
    metrics = {f"m{i}": table.metrics["m.poor"] + 0.1 * i * table.metrics["m.good"] for i in range(9)}
    many = replace(table, metrics=metrics, lower_is_better=frozenset())
    small = replace(QUICK, levels=("pooled",), coefficients=("pearson",), humans=("quality",))
    [note] = [note for note in evaluate(many, small).notes if "too few resamples" in note]
    needed = int(note.rpartition("resamples=")[2].split()[0])
    # The smallest p that Holm leaves of 8 tests must reach the level with that many resamples, and not before.
    assert 8 * 2 / (1 + needed) <= ALPHA < 8 * 2 / needed
    assert not any("too few" in note for note in evaluate(table, small).notes)


def test_pairwise_accuracy_counts_its_ties(table: ScoreTable, meta: Meta) -> None:
    [found] = [p for p in meta.pairwise if (p.level, p.metric, p.human) == ("summary", "m.good", "quality")]
    counts = {"agree": 0, "disagree": 0, "tied_metric": 0, "tied_human": 0, "tied_both": 0}
    x, y = table.metrics["m.good"].reshape(12, 5), table.humans["quality"].reshape(12, 5)
    for d in range(12):
        for a in range(5):
            for b in range(a):
                one, two = np.sign(x[d, a] - x[d, b]), np.sign(y[d, a] - y[d, b])
                name = {(True, True): "tied_both", (True, False): "tied_metric", (False, True): "tied_human"}.get(
                    (one == 0, two == 0), "agree" if one == two else "disagree"
                )
                counts[name] += 1
    assert {name: getattr(found, name) for name in counts} == counts
    ordered = counts["agree"] + counts["disagree"] + counts["tied_metric"]
    assert found.accuracy == pytest.approx((counts["agree"] + counts["tied_metric"] / 2) / ordered)


# --- binary labels and agreement ------------------------------------------------------------------


def test_a_threshold_is_chosen_on_the_named_split_alone(table: ScoreTable, meta: Meta) -> None:
    assert {c.human for c in meta.classifications} == {"good"}
    found = {c.metric: c for c in meta.classifications if c.part == "all"}
    assert {(c.chosen_on, c.tested_on) for c in found.values()} == {("split=valid", "split=test")}
    test = table.groups["split"] == "test"
    for metric, c in found.items():
        assert c.threshold is not None
        scores, labels = table.metrics[metric][test], table.humans["good"][test] == 1
        told = scores <= c.threshold if metric == "m.errors" else scores >= c.threshold
        expected = (told[labels].mean() + (~told)[~labels].mean()) / 2
        assert c.balanced_accuracy == pytest.approx(expected, abs=1e-12)
        good, bad = (table.metrics[metric][table.humans["good"] == label] for label in (1, 0))
        area = stats.mannwhitneyu(good, bad).statistic / (len(good) * len(bad))
        assert c.auc == pytest.approx(1 - area if metric == "m.errors" else area, abs=1e-12)
    # What the testing rows say has no part in the threshold.
    turned = replace(table, humans={"good": np.where(test, 1 - table.humans["good"], table.humans["good"])})
    again = {c.metric: c.threshold for c in evaluate(turned, replace(QUICK, levels=("pooled",))).classifications}
    assert again == {metric: c.threshold for metric, c in found.items()}


def test_without_a_split_half_of_the_documents_choose(table: ScoreTable) -> None:
    rows, chosen_on, tested_on = choosing_rows(replace(table, groups={}), QUICK)
    assert (chosen_on, tested_on) == ("half of the documents, by hash", "the other half")
    assert 0 < rows.sum() < len(rows)
    for document in set(table.documents):
        assert len(set(rows[table.documents == document])) == 1, "documents stay whole"


def test_another_split_can_be_named(table: ScoreTable) -> None:
    rows, chosen_on, _ = choosing_rows(table, replace(QUICK, threshold="split=test"))
    assert chosen_on == "split=test"
    assert rows.sum() == 40
    with pytest.raises(InputError, match="threshold=fold=1: it must be column=value"):
        choosing_rows(table, replace(QUICK, threshold="fold=1"))


def test_a_part_without_choosing_rows_has_no_balanced_accuracy(table: ScoreTable) -> None:
    settings = replace(QUICK, by=("split",), levels=("pooled",), coefficients=("pearson",), threshold="split=valid")
    meta = evaluate(table, settings)
    found = [c for c in meta.classifications if c.part == "split: test"]
    assert len(found) == 3
    for c in found:
        assert (c.balanced_accuracy, c.threshold) == (None, None)
        assert "no scored summary of" in c.reason
        assert c.auc is not None


def test_agreement_is_shown_where_answers_are_given(table: ScoreTable) -> None:
    answers = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, np.nan], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    meta = evaluate(replace(table, ratings={"good": answers, "other": answers}), replace(QUICK, levels=("pooled",)))
    [found] = meta.agreement
    assert (found.human, found.scale, found.units, found.annotators, found.answers) == ("good", "nominal", 4, 3, 11)
    # By the definition: one minus the share of unlike pairs within units over that among all answers.
    within = sum(
        2 * (v[:, None] != v[None, :]).sum() / 2 / (len(v) - 1) for row in answers if len(v := row[~np.isnan(row)]) > 1
    )
    values = answers[~np.isnan(answers)]
    among = (values[:, None] != values[None, :]).sum() / (len(values) - 1)
    assert found.alpha == pytest.approx(1 - within / among)


# --- what is left out, and what is refused --------------------------------------------------------


def test_levels_that_need_several_systems_are_told() -> None:
    one = make_table(documents=20, systems=1)
    meta = evaluate(one, QUICK)
    assert {s.what: s.reason for s in meta.skipped} == {
        "summary level": "no document has more than one judged summary, a coefficient needs 3",
        "system level": "there is one system, a coefficient needs 3",
        "partial, controlling for the system": "there is one system, nothing to control for: see pooled",
    }
    assert {c.level for c in meta.correlations} == {"pooled"}
    assert {c.resampled for c in meta.correlations} == {"documents"}


def test_documents_whose_scores_are_constant_are_counted(table: ScoreTable) -> None:
    human = table.humans["quality"].copy()
    human[:10] = 3.0
    meta = evaluate(replace(table, humans={"quality": human}), replace(QUICK, levels=("summary",)))
    found = cell(meta, "m.good", "quality", "summary", "spearman")
    assert (found.used, found.left_out) == (10, 2)


def test_a_column_without_a_coefficient_says_why(table: ScoreTable) -> None:
    n = len(table)
    odd = {"m.flat": np.full(n, 2.0), "m.gone": np.full(n, np.nan), "m.good": table.metrics["m.good"]}
    humans = {"quality": table.humans["quality"], "flat": np.ones(n)}
    meta = evaluate(replace(table, metrics=odd, humans=humans, lower_is_better=frozenset()), QUICK)
    flat = cell(meta, "m.flat", "quality", "pooled", "pearson")
    assert (flat.value, flat.low, flat.reason) == (None, None, "the metric is the same for every summary")
    assert "0 summaries have both" in cell(meta, "m.gone", "quality", "pooled", "pearson").reason
    assert "people's score is the same" in cell(meta, "m.good", "flat", "pooled", "pearson").reason
    text = RENDERERS["markdown"](meta)
    assert "nan" not in text.lower()
    json.loads(RENDERERS["json"](meta), parse_constant=lambda name: pytest.fail(name))


def test_a_system_with_two_summaries_of_a_document(table: ScoreTable) -> None:
    twice = replace(table, systems=np.array(["s0", *table.systems[1:-1], "s3"]))
    meta = evaluate(twice, replace(QUICK, levels=("pooled",)))
    assert meta.documents == 12
    assert any("1 further summaries of a document by the same system" in note for note in meta.notes)
    assert cell(meta, "m.good", "quality", "pooled", "pearson").used == len(table)


def repeated(table: ScoreTable, documents: int) -> ScoreTable:
    """The same rows as so many documents, each with several summaries by every system, in another order."""
    order = np.random.default_rng(1).permutation(len(table))
    place = np.unique(table.documents, return_inverse=True)[1] % documents
    shuffled = {name: {key: column[order] for key, column in getattr(table, name).items()}
                for name in ("metrics", "humans", "groups")}  # fmt: skip
    return replace(
        table, documents=np.array([f"d{each}" for each in place])[order], systems=table.systems[order], **shuffled
    )


def test_rows_of_one_document_and_system_stay_one_document() -> None:
    """6 documents of 30 rows are no 180 documents: in no count, interval, half or level."""
    table = repeated(make_table(documents=60, systems=3), 6)
    meta = evaluate(table, replace(QUICK, compare="m.good", tests=("bootstrap", "permutation", "williams")))
    assert (meta.summaries, meta.documents, meta.systems) == (180, 6, 3)
    assert cell(meta, "m.good", "quality", "summary", "pearson").used == 6
    for coefficient, measure in SCIPY.items():
        for level, of in (("summary", table.documents), ("system", table.systems)):
            x, y = table.metrics["m.good"], table.humans["quality"]
            rows = [of == each for each in dict.fromkeys(of.tolist())]
            if level == "summary":
                expected = np.mean([measure(x[each], y[each]) for each in rows])
            else:
                expected = measure([x[each].mean() for each in rows], [y[each].mean() for each in rows])
            assert cell(meta, "m.good", "quality", level, coefficient).value == pytest.approx(expected, abs=1e-12)
        assert cell(meta, "m.good", "quality", "pooled", coefficient).value == pytest.approx(measure(x, y), abs=1e-12)
    x, y = (residuals(v, table.systems) for v in (table.metrics["m.good"], table.humans["quality"]))
    found = cell(meta, "m.good", "quality", "partial", "pearson").value
    assert found == pytest.approx(SCIPY["pearson"](x, y), abs=1e-9)


@pytest.mark.parametrize("systems", [1, 3])
def test_the_bootstrap_draws_repeated_documents_whole(systems: int) -> None:
    """Every resample's value is that of the rows really drawn, whatever the layout."""
    table = repeated(make_table(documents=24, systems=systems, seed=9), 4)
    part = lay_out("all", table)
    x, y = table.metrics["m.good"], table.humans["quality"]
    documents = [*dict.fromkeys(table.documents.tolist())]
    names = [*dict.fromkeys(table.systems.tolist())]
    over = "both" if systems > 1 else "documents"
    for level in ("pooled", "summary", *(("system", "partial") if systems > 1 else ())):
        layout = part.at(level)  # type: ignore[arg-type]
        found = bootstrap(
            layout.metrics[:, :, :1], layout.humans[:, :, :1], level=level, coefficient="pearson",  # type: ignore[arg-type]
            over=over, owners=layout.owners, resamples=20,
        ).resampled[:, 0, 0]  # fmt: skip
        generator = np.random.default_rng(0)
        v = draw_counts(generator, 20, len(documents))
        w = draw_counts(generator, 20, systems) if systems > 1 else np.ones((20, 1))
        for each, of_documents, of_systems in zip(found, v, w, strict=True):
            rows, clusters, drawn = [], [], []
            for place, document in enumerate(documents):
                for copy in range(int(of_documents[place])):
                    for where, system in enumerate(names):
                        for twin in range(int(of_systems[where])):
                            for row in np.flatnonzero((table.documents == document) & (table.systems == system)):
                                rows.append(row)
                                clusters.append(f"{document} {copy}")
                                drawn.append(f"{system} {twin}")
            a, b, cluster, system_of = x[rows], y[rows], np.array(clusters), np.array(drawn)
            if level == "summary":
                with np.errstate(invalid="ignore"):
                    expected = np.nanmean([np.corrcoef(a[cluster == c], b[cluster == c])[0, 1] for c in set(clusters)])
            elif level == "system":
                several = np.array([(a[system_of == s].mean(), b[system_of == s].mean()) for s in set(drawn)]).T
                # Means of the same rows, in another order, differ by rounding.
                constant = np.ptp(several, axis=1).min() < 1e-9
                expected = np.nan if constant else np.corrcoef(several)[0, 1]
            elif level == "partial":
                expected = np.corrcoef(residuals(a, system_of), residuals(b, system_of))[0, 1]
            else:
                expected = np.corrcoef(a, b)[0, 1]
            np.testing.assert_allclose(each, expected, atol=1e-9)


def test_a_document_stands_on_one_side_of_the_halves() -> None:
    table = repeated(make_table(documents=60, systems=3), 6)
    rows, _, _ = choosing_rows(replace(table, groups={}), QUICK)
    assert not set(table.documents[rows]) & set(table.documents[~rows])
    assert 0 < rows.sum() < 180


def test_one_more_document_of_the_same_rows_does_not_narrow_an_interval() -> None:
    """What is drawn is the document: the same rows written 20 times in it give the same interval."""
    table = make_table(documents=8, systems=1)
    often = replace(
        table, documents=np.tile(table.documents, 20), systems=np.tile(table.systems, 20),
        metrics={name: np.tile(column, 20) for name, column in table.metrics.items()},
        humans={name: np.tile(column, 20) for name, column in table.humans.items()}, groups={},
    )  # fmt: skip
    small = replace(QUICK, levels=("pooled",), coefficients=("pearson",), humans=("quality",), metrics=("m.good",))
    [once], [many] = (evaluate(each, small).correlations for each in (replace(table, groups={}), often))
    assert (many.low, many.high) == pytest.approx((once.low, once.high), abs=1e-9)


def test_agreement_draws_documents_whole() -> None:
    answers = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    documents = ["a", "a", "a", "b", "b", "c"]
    table = replace(
        make_table(), ratings={"quality": np.tile(answers, (20, 1))}, rated={"quality": np.array(documents * 20)}
    )
    [found] = evaluate(table, replace(QUICK, levels=("pooled",), coefficients=("pearson",))).agreement
    [once] = evaluate(
        replace(table, ratings={"quality": answers}, rated={"quality": np.array(documents)}),
        replace(QUICK, levels=("pooled",), coefficients=("pearson",)),
    ).agreement
    # 120 units of three documents say as little about other documents as 6 of them.
    assert found.high - found.low > 0.8 * (once.high - once.low)  # type: ignore[operator]


# --- pairs, ties and splits -----------------------------------------------------------------------


def test_two_summaries_a_document_have_a_pairwise_accuracy() -> None:
    """As in Rank19 (Falke et al. 2019): one correct and one wrong summary a document; a tie may count as wrong."""
    documents = np.repeat(["a", "b", "c", "d"], 2)
    scores = np.array([0.9, 0.1, 0.1 + 0.2, 0.3, 0.4, 0.6, 0.8, 0.2])
    table = ScoreTable(
        documents, np.tile(["right", "wrong"], 4), {"m": scores}, {"correct": np.tile([1.0, 0.0], 4)}
    )  # fmt: skip
    for ties, accuracy in (("half", 2.5 / 4), ("wrong", 2 / 4)):
        meta = evaluate(table, replace(QUICK, ties=ties))  # type: ignore[arg-type]
        [found] = [p for p in meta.pairwise if p.level == "summary"]
        assert (found.agree, found.disagree, found.tied_metric, found.accuracy) == (2, 1, 1, accuracy)
        assert found.low is not None
        assert any(s.what == "summary level" and "a coefficient needs 3" in s.reason for s in meta.skipped)
        assert f"its ties count as {'a half' if ties == 'half' else 'wrong'}" in RENDERERS["markdown"](meta)


def test_scores_that_differ_by_rounding_are_ties_everywhere(table: ScoreTable) -> None:
    jitter = np.random.default_rng(0).uniform(0, 4e-13, size=len(table))
    shaken = replace(
        table,
        metrics={name: column + jitter for name, column in table.metrics.items()},
        humans={"quality": table.humans["quality"] + jitter, "good": table.humans["good"]},
    )
    # Residuals and means are new numbers: their ties are settled elsewhere.
    settings = replace(QUICK, resamples=0, levels=("summary", "pooled"))
    given, found = (evaluate(each, settings) for each in (table, shaken))
    for one, other in zip(given.correlations, found.correlations, strict=True):
        assert other.value == pytest.approx(one.value, abs=1e-9)
    assert [(p.agree, p.tied_metric, p.tied_human) for p in found.pairwise] == [
        (p.agree, p.tied_metric, p.tied_human) for p in given.pairwise
    ]
    assert [c.auc for c in found.classifications] == [c.auc for c in given.classifications]


@pytest.mark.parametrize("name", ["val", "dev", "validation", "valid", "Development"])
def test_every_name_of_the_development_split(table: ScoreTable, name: str) -> None:
    named = replace(table, groups={"split": np.where(table.groups["split"] == "valid", name, "test")})
    rows, chosen_on, tested_on = choosing_rows(named, QUICK)
    assert (chosen_on, tested_on) == (f"split={name}", "split=test")
    assert rows.tolist() == (table.groups["split"] == "valid").tolist()
    assert choosing_rows(named, replace(QUICK, threshold="split=dev"))[0].tolist() == rows.tolist()


def test_two_names_of_the_development_split_are_one(table: ScoreTable) -> None:
    n = np.arange(len(table))
    mixed = replace(table, groups={"split": np.where(n < 10, "val", np.where(n < 20, "dev", "test"))})
    rows, chosen_on, _ = choosing_rows(mixed, QUICK)
    assert (chosen_on, rows.sum()) == ("split=dev|val", 20)


def test_summaries_that_are_only_numbered_have_no_systems(table: ScoreTable) -> None:
    meta = evaluate(numbered(table), QUICK)
    assert (meta.systems, meta.documents) == (0, 12)
    assert {s.what: s.reason for s in meta.skipped} == dict.fromkeys(
        ("system level", "partial, controlling for the system"),
        "the summaries are only numbered, there are no systems",
    )
    assert {c.resampled for c in meta.correlations} == {"documents"}
    with_names = evaluate(table, replace(QUICK, resample="documents"))
    mine, theirs = (
        [c.value for c in each.correlations if c.level in ("summary", "pooled")] for each in (meta, with_names)
    )
    assert mine == pytest.approx(theirs, abs=1e-12)
    assert "60 summaries of 12 documents, only numbered" in RENDERERS["markdown"](meta)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": ("rouge*",)}, r"metric=rouge\*: no metric is called so; there are: m\.good, m\.poor, m\.errors"),
        ({"humans": ("x",)}, "dimension=x: no dimension is called so; there are: quality, good"),
        ({"by": ("fold",)}, "by=fold: no column of groups is called so; there are: split"),
        ({"compare": "m.best"}, r"compare=m\.best: neither best, all or none nor a metric"),
    ],
)
def test_settings_that_do_not_fit_are_refused(table: ScoreTable, change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(table, replace(QUICK, **change))


def test_parts_by_group(table: ScoreTable) -> None:
    both = replace(table, groups={**table.groups, "half": np.where(np.arange(60) % 2 == 0, "a", "b")})
    meta = evaluate(both, replace(QUICK, by=("split", "half"), levels=("pooled",), coefficients=("pearson",)))
    assert meta.parts == (
        "all", "split: test", "split: valid", "half: a", "half: b",
        "split: test, half: a", "split: test, half: b", "split: valid, half: a", "split: valid, half: b",
    )  # fmt: skip
    rows = (both.groups["split"] == "valid") & (both.groups["half"] == "b")
    expected = stats.pearsonr(both.metrics["m.good"][rows], both.humans["quality"][rows]).statistic
    found = cell(meta, "m.good", "quality", "pooled", "pearson", "split: valid, half: b")
    assert found.value == pytest.approx(expected, abs=1e-12)


# --- published figures ----------------------------------------------------------------------------


def test_published_figures_stand_beside_ours(table: ScoreTable) -> None:
    figures = (
        Beside("P", "pooled", "pearson", "m.good", "quality", 0.9, None),
        Beside("P", "pooled", "pearson", "m.gone", "quality", 0.9, None),
        Beside("P", "system", "pearson", "m.good", "quality", 0.9, None),
        Beside("P", "pooled", "pearson", "m.good", "gone", 0.9, None),
    )
    meta = evaluate(table, replace(QUICK, levels=("pooled",)), published=figures)
    first, *others = meta.beside
    assert first.ours == cell(meta, "m.good", "quality", "pooled", "pearson").value
    assert [b.reason for b in others] == [
        "no such metric here", "not computed here", "no such human dimension here",
    ]  # fmt: skip
    assert all(b.ours is None for b in others)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "the first line must be source,level"),
        ("", "the first line must be source,level"),
        ("source,level,coefficient,metric,human,value\nP,doc,pearson,m,h,0.1\n", "line 2: level 'doc' is none of"),
        ("source,level,coefficient,metric,human,value\nP,pooled,r,m,h,0.1\n", "line 2: coefficient 'r' is none of"),
        (
            "source,level,coefficient,metric,human,value\n\nP,pooled,pearson,m,h,x\n",
            "line 3: value 'x' is not a number",
        ),
        ("source,level,coefficient,metric,human,value\nP,pooled,pearson,m,h,nan\n", "is no correlation"),
        ("source,level,coefficient,metric,human,value\nP,pooled\n", "line 2: has 2 cells"),
    ],
)
def test_bad_published_figures_are_named_by_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_beside(path)


def read_rows(name: str) -> list[dict]:
    path = JUDGEMENTS / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("the human judgements are not beside the checkout")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def scored(rows: list[dict], *, with_references: bool) -> ScoreTable:
    """A table of the preset's F1 values, scored here."""
    rouge = Rouge(
        types=("rouge1", "rouge2", "rougeLsum"), use_stemmer=True, sentences="spaced-period", references="mean",
        name="rouge_bartscore",
    )  # fmt: skip
    cells = [(row, system, summary) for row in rows for system, summary in row["summaries"].items()]
    pairs = [
        Pair(
            Example(row["id"], row["document"], tuple(row["references"] if with_references else [row["document"]])),
            Candidate(row["id"], system, summary["text"]),
        )
        for row, system, summary in cells
    ]
    scores = rouge.score(pairs)
    return ScoreTable(
        documents=np.array([row["id"] for row, _, _ in cells]),
        systems=np.array([system for _, system, _ in cells]),
        metrics={
            f"rouge_bartscore.{value}": np.array([score.values[value] for score in scores])
            for value in ("rouge1_f1", "rouge2_f1", "rougeLsum_f1")
        },
        humans={
            dimension: np.array([summary["human"][dimension] for _, _, summary in cells])
            for dimension in cells[0][2]["human"]
        },
    )


@pytest.mark.parametrize(
    ("name", "file", "with_references", "cells"),
    [
        ("summeval", "bartscore_rouge_summeval.csv", True, 12),
        ("qags_cnn", "bartscore_rouge_qags.csv", False, 3),
    ],
)
def test_bartscores_rouge_rows(name: str, file: str, with_references: bool, cells: int) -> None:
    figures = read_beside(HOME / "docs" / "published" / file)
    assert len(figures) == cells
    table = scored(read_rows(name), with_references=with_references)
    levels = tuple({figure.level for figure in figures})
    meta = evaluate(table, replace(QUICK, levels=levels, compare="none"), published=figures)
    for b in meta.beside:
        assert b.ours == pytest.approx(b.published, abs=0.005), (b.metric, b.human)


def test_franks_partial_correlations_equal_a_regressions() -> None:
    if not (path := JUDGEMENTS / "frank_human_annotations.json").is_file():
        pytest.skip("the human judgements are not beside the checkout")
    table = from_dataset(Frank(path=path))
    assert table is not None
    settings = replace(
        QUICK, levels=("partial",), humans=("Factuality",), by=("dataset", "split"), resamples=100, compare="none"
    )
    meta = evaluate(table, settings)
    assert len(meta.parts) == 9
    assert len(meta.correlations) == 9 * len(table.metrics) * 2
    for found in meta.correlations:
        rows = ~np.isnan(table.metrics[found.metric])
        for label in found.part.split(", ") if found.part != "all" else ():
            column, _, value = label.partition(": ")
            rows &= table.groups[column] == value
        x, y = (
            # Residuals that differ by rounding alone are ties.
            np.round(residuals(values[rows], table.systems[rows]), 12)
            for values in (table.metrics[found.metric], table.humans["Factuality"])
        )
        assert found.value == pytest.approx(SCIPY[found.coefficient](x, y), abs=1e-6), found
        assert (found.used, found.left_out) == (rows.sum(), found.missing)
