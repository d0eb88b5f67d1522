"""Scores beside human judgements to correlations, intervals and tests: the whole of a meta-evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from bench.accuracy import pairwise_accuracy
from bench.correlation import LEAST
from bench.levels import correlate
from bench.meta_labels import agreements, beside, binary_labels
from bench.meta_parts import ALL, Part, chosen, lay_out, number, one_row_a_cell, out_of_reach, split, unit
from bench.meta_records import (
    LEVEL_NAMES,
    Beside,
    Classification,
    Coefficient,
    Correlation,
    Difference,
    Level,
    Meta,
    MetaSettings,
    PairwiseAccuracy,
    Skipped,
    Unit,
)
from bench.metatests import DifferenceTest, bootstrap, permutation_test, williams_test
from bench.scoretable import ScoreTable
from bench.significance import holm


def evaluate(
    table: ScoreTable,
    settings: MetaSettings,
    *,
    source: str = "",
    signatures: Mapping[str, str] | None = None,
    published: Sequence[Beside] = (),
) -> Meta:
    """Hold every metric against every human dimension; InputError where the settings don't fit the table."""
    table = chosen(table, settings)
    notes = [*table.notes]
    if turned := sorted(table.lower_is_better):
        notes.append(f"lower is better, so the sign is turned: {', '.join(turned)}")
    table, repeated = one_row_a_cell(table)
    if repeated:
        notes.append(f"{repeated} further summaries of a document by the same system count as one more document each")
    skipped: list[Skipped] = []
    meta = Meta(
        source=source,
        summaries=len(table),
        documents=len(set(table.documents)),
        systems=len(set(table.systems)),
        metrics=tuple(table.metrics),
        humans=tuple(table.humans),
        parts=(),
        signatures=dict(signatures or {}),
        settings=settings,
    )
    parts = [lay_out(name, part) for name, part in split(table, settings.by)]
    correlations: list[Correlation] = []
    differences: list[Difference] = []
    pairwise: list[PairwiseAccuracy] = []
    classifications: list[Classification] = []
    for part in parts:
        for level in settings.levels:
            if reason := out_of_reach(part, level):
                skipped.append(Skipped(part.name, LEVEL_NAMES[level], reason))
                continue
            for coefficient in settings.coefficients:
                if level == "partial" and coefficient == "kendall":
                    continue
                found = level_correlations(part, level, coefficient, settings)
                tests = level_differences(part, found, settings)
                correlations += marked(found, tests)
                differences += tests
            pairwise += accuracies(part, level, settings)
        classifications += binary_labels(part, settings)
    if "partial" in settings.levels and settings.coefficients == ("kendall",):
        skipped.append(Skipped(ALL, LEVEL_NAMES["partial"], "it has no definition for Kendall's tau"))
    return replace(
        meta,
        parts=tuple(part.name for part in parts),
        correlations=tuple(correlations),
        differences=tuple(differences),
        pairwise=tuple(pairwise),
        classifications=tuple(classifications),
        agreement=tuple(agreements(table, settings)),
        beside=tuple(beside(each, correlations) for each in published),
        skipped=tuple(skipped),
        notes=tuple(notes),
    )


def level_correlations(part: Part, level: Level, coefficient: Coefficient, settings: MetaSettings) -> list[Correlation]:
    """Every metric with every dimension at one level, with intervals; the best of each column is marked."""
    over = unit(part, settings)
    found = correlate(part.metrics, part.humans, level=level, coefficient=coefficient)
    around = bootstrap(
        part.metrics,
        part.humans,
        level=level,
        coefficient=coefficient,
        over=over,
        resamples=settings.resamples,
        confidence=settings.confidence,
        seed=settings.seed,
    )
    best = np.max(found.value, axis=0, where=~np.isnan(found.value), initial=-np.inf)
    cells = []
    for row, metric in enumerate(part.table.metrics):
        for column, human in enumerate(part.table.humans):
            value = number(found.value[row, column])
            missing = int(found.missing[row, column])
            cells.append(
                Correlation(
                    part=part.name,
                    level=level,
                    coefficient=coefficient,
                    metric=metric,
                    human=human,
                    value=value,
                    reason="" if value is not None else why_undefined(part, row, column),
                    low=number(around.low[row, column]),
                    high=number(around.high[row, column]),
                    resampled=over if number(around.low[row, column]) is not None else None,
                    used=int(found.n[row, column]),
                    left_out=int(found.left_out[row, column]) if level in ("summary", "system") else missing,
                    missing=missing,
                    best=value is not None and len(part.table.metrics) > 1 and value == best[column],
                )
            )
    return cells


def why_undefined(part: Part, row: int, column: int) -> str:
    """Why a coefficient has no value."""
    x, y = part.metrics[:, :, row].ravel(), part.humans[:, :, column].ravel()
    there = ~(np.isnan(x) | np.isnan(y))
    if there.sum() < LEAST:
        return f"{int(there.sum())} summaries have both scores, {LEAST} are needed"
    if len(set(x[there].tolist())) == 1:
        return "the metric is the same for every summary"
    if len(set(y[there].tolist())) == 1:
        return "people's score is the same for every summary"
    return "one side is constant wherever a coefficient would be taken"


def level_differences(part: Part, cells: Sequence[Correlation], settings: MetaSettings) -> list[Difference]:
    """Tests between metrics in every column, Holm-corrected by method within the column."""
    names = list(part.table.metrics)
    found: list[Difference] = []
    for column, human in enumerate(part.table.humans):
        mine = {cell.metric: cell for cell in cells if cell.human == human and cell.value is not None}
        for method in ("permutation", "williams"):
            tests = {
                (first, second): tested(
                    part, names.index(first), names.index(second), column, mine[first], method, settings
                )
                for first, second in pairs_to_test(mine, settings.compare)
            }
            tests = {pair: test for pair, test in tests.items() if not np.isnan(test.p)}
            adjusted = holm(np.array([test.p for test in tests.values()]))
            found += [
                Difference(
                    part=part.name,
                    level=mine[first].level,
                    coefficient=mine[first].coefficient,
                    human=human,
                    first=first,
                    second=second,
                    difference=test.difference,
                    method=method_name(method, unit(part, settings)),
                    p=test.p,
                    p_adjusted=float(p),
                )
                for ((first, second), test), p in zip(tests.items(), adjusted, strict=True)
            ]
    return found


def pairs_to_test(cells: Mapping[str, Correlation], compare: str) -> list[tuple[str, str]]:
    """Which metrics are tested against which."""
    if compare == "none" or not cells:
        return []
    if compare == "all":
        return list(combinations(cells, 2))
    first = next((name for name, cell in cells.items() if cell.best), "") if compare == "best" else compare
    return [(first, second) for second in cells if second != first] if first in cells else []


def tested(
    part: Part, first: int, second: int, column: int, cell: Correlation, method: str, settings: MetaSettings
) -> DifferenceTest:
    """One test of two metrics' difference."""
    grids = part.metrics[:, :, first], part.metrics[:, :, second], part.humans[:, :, column]
    if method == "williams":
        return williams_test(*grids, level=cell.level, coefficient=cell.coefficient)
    return permutation_test(
        *grids,
        level=cell.level,
        coefficient=cell.coefficient,
        over=unit(part, settings),
        permutations=settings.permutations,
        seed=settings.seed,
    )


def method_name(method: str, over: Unit) -> str:
    """A test's name for the reader."""
    units = "documents and systems" if over == "both" else over
    return "Williams" if method == "williams" else f"permutation of {units}"


def marked(cells: Sequence[Correlation], tests: Sequence[Difference]) -> list[Correlation]:
    """The cells with the p-value of their difference from the best of the column, where it was tested."""
    best = {cell.human: cell.metric for cell in reversed(cells) if cell.best}
    p = {}
    for test in tests:
        if test.method == "Williams" or best.get(test.human) not in (test.first, test.second):
            continue
        other = test.second if test.first == best[test.human] else test.first
        p[test.human, other] = test.p_adjusted
    return [replace(cell, p_best=None if cell.best else p.get((cell.human, cell.metric))) for cell in cells]


def accuracies(part: Part, level: Level, settings: MetaSettings) -> Iterator[PairwiseAccuracy]:
    """Pairwise accuracy of every metric with every dimension, at the two levels that have pairs."""
    if level not in ("summary", "system"):
        return
    for row, metric in enumerate(part.table.metrics):
        for column, human in enumerate(part.table.humans):
            found = pairwise_accuracy(
                part.metrics[:, :, row],
                part.humans[:, :, column],
                level="summary" if level == "summary" else "system",
                over=unit(part, settings),
                resamples=settings.resamples,
                confidence=settings.confidence,
                seed=settings.seed,
            )
            yield PairwiseAccuracy(
                part=part.name,
                level=level,
                metric=metric,
                human=human,
                accuracy=number(found.accuracy),
                low=number(found.low),
                high=number(found.high),
                pairs=found.pairs,
                agree=found.agree,
                disagree=found.disagree,
                tied_metric=found.tied_metric,
                tied_human=found.tied_human,
                tied_both=found.tied_both,
            )
