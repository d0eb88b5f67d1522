"""SummaC's and LLM-AggreFact's protocol: decisions over several sets, their mean, and tests between metrics.

A threshold is chosen by balanced accuracy on the development rows alone: one for each set (Laban et al. 2022,
"SummaC", TACL 10), or one for all sets (Tang et al. 2024, "MiniCheck"). Intervals and tests draw the documents
of each set's testing rows anew; the thresholds stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError
from bench.meta.labels import choosing_rows
from bench.meta.parts import ALL, best_of, number
from bench.meta.records import MEAN, MEASURES, Decision, DecisionTest, MetaSettings, Thresholds
from bench.meta.scoretable import ScoreTable
from bench.statistics.accuracy import choose_threshold
from bench.statistics.correlation import Floats
from bench.statistics.decisions import balanced_accuracy_and_f1
from bench.statistics.metatests import bootstrap_outcome, draw_counts, percentiles
from bench.statistics.significance import holm

Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TrialSet:
    """One set: the rows that choose its threshold, those that test it, and how often each is drawn."""

    name: str
    choosing: Rows
    testing: Rows
    weights: Floats
    """(resamples, testing rows)"""
    documents: int
    """Of the testing rows."""


def decide(table: ScoreTable, settings: MetaSettings) -> tuple[tuple[Decision, ...], tuple[DecisionTest, ...], str]:
    """Every metric on every set and on average, the tests between metrics, and a note on the rows."""
    labels = {name: column for name, column in _binarised(table, settings).items()
              if set(column[~np.isnan(column)].tolist()) == {0.0, 1.0}}  # fmt: skip
    if not labels:
        raise InputError(
            f"protocol=summac: no human dimension is 1 or 0; there are: {', '.join(table.humans)}. "
            "positive=4 takes scores from 4 on for 1"
        )
    sets, note = _trial_sets(table, settings)
    decisions: list[Decision] = []
    tests: list[DecisionTest] = []
    for human, positive in labels.items():
        for mode in ("set", "one"):
            found = {metric: told(table, metric, positive, sets, mode) for metric in table.metrics}
            cells = [cell for metric in table.metrics
                     for cell in accuracies(human, metric, mode, *found[metric], positive, sets, settings)]  # fmt: skip
            cells = list(_with_best(cells, table, positive, sets, mode))
            told_of = {metric: yes for metric, (yes, _) in found.items()}
            between = list(differences(human, mode, cells, told_of, positive, sets, settings))
            decisions += marked(cells, between)
            tests += between
    return tuple(decisions), tuple(tests), note


def _binarised(table: ScoreTable, settings: MetaSettings) -> dict[str, Floats]:
    """The human scores, those from ``positive`` on as 1 and others as 0 where it is set."""
    least = settings.positive
    if least is None:
        return dict(table.humans)
    return {name: np.where(np.isnan(column), np.nan, column >= least) for name, column in table.humans.items()}


def _trial_sets(table: ScoreTable, settings: MetaSettings) -> tuple[list[TrialSet], str]:
    """The sets of a table by the column that names them, and what chose and what tested."""
    column = settings.sets or next((name for name in ("dataset", "file", "run") if name in table.groups), "")
    if column and column not in table.groups:
        raise InputError(f"sets={column}: no column of groups is called so; there are: {', '.join(table.groups)}")
    names = table.groups[column] if column else np.full(len(table), ALL)
    choosing, chosen_on, tested_on = choosing_rows(table, settings)
    generator = np.random.default_rng(settings.seed)
    sets = []
    for name in sorted(set(names.tolist())):
        testing = (names == name) & ~choosing
        units, clusters = np.unique(table.documents[testing], return_inverse=True)
        weights = np.zeros((settings.resamples, len(clusters)))
        if len(units):
            weights = draw_counts(generator, settings.resamples, len(units))[:, clusters]
        sets.append(TrialSet(name or "none", (names == name) & choosing, testing, weights, len(units)))
    note = f"thresholds chosen by balanced accuracy on {chosen_on}, reported on {tested_on}"
    shared = set(table.documents[choosing].tolist()) & set(table.documents[~choosing].tolist())
    return sets, note + (f"; {len(shared)} documents stand on both sides" if shared else "")


def told(
    table: ScoreTable, metric: str, positive: Floats, sets: Sequence[TrialSet], mode: Thresholds
) -> tuple[Floats, dict[str, float]]:
    """Where the metric tells a row of any set to be positive (1, 0; NaN: no score), and each set's threshold."""
    sign = -1.0 if metric in table.lower_is_better else 1.0
    scores = sign * table.metrics[metric]
    there = ~(np.isnan(scores) | np.isnan(positive))
    yes, thresholds = np.full(len(table), np.nan), {}
    everywhere = np.logical_or.reduce([each.choosing for each in sets])
    for each in sets:
        rows = there & (each.choosing if mode == "set" else everywhere)
        threshold = choose_threshold(scores[rows], positive[rows])
        thresholds[each.name] = sign * threshold
        if not np.isnan(threshold):
            yes[each.testing] = np.where(np.isnan(scores), np.nan, scores >= threshold)[each.testing]
    return yes, thresholds


def measured(yes: Floats, positive: Floats, sets: Sequence[TrialSet]) -> tuple[Floats, Floats]:
    """Both measures of each set and, last, of their mean: (sets + 1, 2), and resampled (resamples, sets + 1, 2)."""
    values, drawn = [], []
    for each in sets:
        mine = yes[each.testing], positive[each.testing]
        values.append(balanced_accuracy_and_f1(*mine, np.ones((1, len(mine[0]))))[0])
        # One document says nothing about others.
        resampled = balanced_accuracy_and_f1(*mine, each.weights)
        drawn.append(resampled if each.documents > 1 else np.full_like(resampled, np.nan))
    value, resampled = np.stack(values), np.stack(drawn, axis=1)
    return (
        np.concatenate([value, value.mean(axis=0, keepdims=True)]),
        np.concatenate([resampled, resampled.mean(axis=1, keepdims=True)], axis=1),
    )


def accuracies(
    human: str,
    metric: str,
    mode: Thresholds,
    yes: Floats,
    thresholds: dict[str, float],
    positive: Floats,
    sets: Sequence[TrialSet],
    settings: MetaSettings,
) -> Iterator[Decision]:
    """One metric on each set and on average."""
    value, drawn = measured(yes, positive, sets)
    known = ~(np.isnan(yes) | np.isnan(positive))
    lacking = [each.name for each, row in zip(sets, value, strict=False) if np.isnan(row[0])]
    for place, name in enumerate([*(each.name for each in sets), MEAN]):
        rows = [each for each in sets if name in (each.name, MEAN)]
        judged = sum(int((~np.isnan(positive[each.testing])).sum()) for each in rows)
        used = sum(int((known & each.testing).sum()) for each in rows)
        for index, measure in enumerate(MEASURES):
            low, high = percentiles(drawn[:, place, index], settings.confidence, 2, 1, "documents")
            mine = number(value[place, index])
            why = f"no value for {', '.join(lacking)}" if name == MEAN else "a label is missing to choose or to test"
            yield Decision(
                human=human,
                thresholds=mode,
                measure=measure,
                metric=metric,
                set=name,
                value=mine,
                low=number(low),
                high=number(high),
                threshold=None if name == MEAN else number(thresholds[name]),
                summaries=used,
                documents=sum(each.documents for each in rows),
                left_out=judged - used,
                reason="" if mine is not None else why,
            )


def differences(
    human: str,
    mode: Thresholds,
    cells: Sequence[Decision],
    told_of: dict[str, Floats],
    positive: Floats,
    sets: Sequence[TrialSet],
    settings: MetaSettings,
) -> Iterator[DecisionTest]:
    """Paired bootstrap tests of the means, on the rows that both metrics tell; Holm within a measure."""
    for index, measure in enumerate(MEASURES):
        means = {cell.metric: cell for cell in cells
                 if (cell.measure, cell.set) == (measure, MEAN) and cell.value is not None}  # fmt: skip
        tests = []
        for first, second in pairs(means, settings.compare) if settings.resamples else ():
            both = ~(np.isnan(told_of[first]) | np.isnan(told_of[second]))
            (one, drawn), (other, drawn_other) = (
                measured(np.where(both, told_of[name], np.nan), positive, sets) for name in (first, second)
            )
            apart = drawn[:, -1, index] - drawn_other[:, -1, index]
            gap = float(one[-1, index] - other[-1, index])
            test = bootstrap_outcome(gap, apart, 2, 1, "documents", settings.confidence)
            if not np.isnan(test.p):
                tests.append((first, second, test))
        adjusted = holm(np.array([test.p for *_, test in tests]))
        for (first, second, test), p in zip(tests, adjusted, strict=True):
            yield DecisionTest(
                human, mode, measure, first, second, test.difference, test.low, test.high, test.p, float(p)
            )


def pairs(means: dict[str, Decision], compare: str) -> list[tuple[str, str]]:
    """Which metrics are tested against which: the best (the first of several) with all, all, one with all, or none."""
    if compare == "all":
        return list(combinations(means, 2))
    if compare == "none" or not means:
        return []
    first = next((name for name, cell in means.items() if cell.best), "") if compare == "best" else compare
    return [(first, second) for second in means if second != first] if first in means else []


def _with_best(
    cells: Sequence[Decision], table: ScoreTable, positive: Floats, sets: Sequence[TrialSet], mode: Thresholds
) -> Iterator[Decision]:
    """The cells, the best of each column marked among metrics with scores of the same rows."""
    scored = ~np.isnan(np.stack([*table.metrics.values()])) & ~np.isnan(positive)
    everywhere = np.logical_or.reduce([each.choosing for each in sets])
    rows = {each.name: each.testing | (each.choosing if mode == "set" else everywhere) for each in sets}
    rows[MEAN] = np.logical_or.reduce([*rows.values()])
    best: dict[tuple[str, str, str], bool] = {}
    for measure in MEASURES:
        for name, mine in rows.items():
            column = {cell.metric: cell.value for cell in cells if (cell.measure, cell.set) == (measure, name)}
            values = np.array([np.nan if value is None else value for value in column.values()])
            for metric, top in zip(column, best_of(values, scored[:, mine]), strict=True):
                best[measure, name, metric] = bool(top)
    for cell in cells:
        yield replace(cell, best=best[cell.measure, cell.set, cell.metric])


def marked(cells: Sequence[Decision], tests: Sequence[DecisionTest]) -> Iterator[Decision]:
    """The cells, of the means with how sure their distance from the best is."""
    tops = {(cell.measure, cell.metric) for cell in cells if cell.set == MEAN and cell.best}
    p = {}
    for test in tests:
        for mine, other in ((test.first, test.second), (test.second, test.first)):
            if (test.measure, other) in tops:
                p[test.measure, mine] = test.p_adjusted
    for cell in cells:
        sure = p.get((cell.measure, cell.metric)) if cell.set == MEAN and not cell.best else None
        yield replace(cell, p_best=sure)
