"""Scores beside human judgements to correlations, intervals and tests: the whole of a meta-evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.meta.differences import few_resamples, level_differences, marked, unsafe
from bench.meta.labels import agreements, beside, binary_labels
from bench.meta.parts import (
    ALL,
    Part,
    best_of,
    chosen,
    lay_out,
    number,
    only_numbered,
    out_of_reach,
    split,
    summaries_of_a_document,
    unit,
)
from bench.meta.protocol import decide
from bench.meta.records import (
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
)
from bench.meta.scoretable import ScoreTable
from bench.statistics.accuracy import pairwise_accuracy
from bench.statistics.correlation import LEAST
from bench.statistics.levels import correlate
from bench.statistics.metatests import Intervals, bootstrap


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
    cells = len(set(zip(table.documents.tolist(), table.systems.tolist(), strict=True)))
    if cells < len(table) and not only_numbered(table):
        notes.append(f"{len(table) - cells} further summaries of a document by the same system: they stay with it")
    skipped: list[Skipped] = []
    meta = Meta(
        source=source,
        summaries=len(table),
        documents=len(set(table.documents)),
        systems=0 if only_numbered(table) else len(set(table.systems)),
        metrics=tuple(table.metrics),
        humans=tuple(table.humans),
        parts=(),
        signatures={
            name: recipe
            for name, recipe in (signatures or {}).items()
            if any(metric.startswith(f"{name}.") for metric in table.metrics)
        },
        settings=settings,
    )
    if settings.protocol:
        decisions, tests, note = decide(table, settings)
        agreed = tuple(agreements(table, settings))
        return replace(
            meta, parts=(ALL,), decisions=decisions, decision_tests=tests, agreement=agreed, notes=(*notes, note)
        )
    parts = [lay_out(name, part) for name, part in split(table, settings.by)]
    correlations: list[Correlation] = []
    differences: list[Difference] = []
    pairwise: list[PairwiseAccuracy] = []
    classifications: list[Classification] = []
    for part in parts:
        for level in settings.levels:
            pairwise += accuracies(part, level, settings)
            if reason := out_of_reach(part, level):
                skipped.append(Skipped(part.name, LEVEL_NAMES[level], reason))
                continue
            for coefficient in settings.coefficients:
                if level == "partial" and coefficient == "kendall":
                    continue
                found, around = _level_correlations(part, level, coefficient, settings)
                between = list(level_differences(part, found, around, settings))
                correlations += marked(found, between)
                differences += between
        classifications += binary_labels(part, settings)
    notes += [note for note in (few_resamples(differences, settings), unsafe(differences)) if note]
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


def _level_correlations(
    part: Part, level: Level, coefficient: Coefficient, settings: MetaSettings
) -> tuple[list[Correlation], Intervals | None]:
    """Every metric with every dimension at one level, the best of each column marked; and its bootstrap, if any."""
    over, layout = unit(part, settings), part.at(level)
    found = correlate(layout.metrics, layout.humans, level=level, coefficient=coefficient)
    around = (
        bootstrap(
            layout.metrics,
            layout.humans,
            level=level,
            coefficient=coefficient,
            over=over,
            owners=layout.owners,
            resamples=settings.resamples,
            confidence=settings.confidence,
            seed=settings.seed,
        )
        if settings.resamples
        else None
    )
    best = _best_of_columns(part, found.value)
    cells = []
    for row, metric in enumerate(part.table.metrics):
        for column, human in enumerate(part.table.humans):
            value = number(found.value[row, column])
            missing = int(found.missing[row, column])
            low, high = (None, None) if around is None else (
                number(around.low[row, column]), number(around.high[row, column]))  # fmt: skip
            cells.append(
                Correlation(
                    part=part.name,
                    level=level,
                    coefficient=coefficient,
                    metric=metric,
                    human=human,
                    value=value,
                    reason="" if value is not None else _why_undefined(part, row, column),
                    low=low,
                    high=high,
                    resampled=over if low is not None else None,
                    used=int(found.n[row, column]),
                    left_out=int(found.left_out[row, column]) if level in ("summary", "system") else missing,
                    missing=missing,
                    best=bool(best[row, column]),
                )
            )
    return cells, around


def _best_of_columns(part: Part, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The highest of each column among values that rest on the same summaries, shape (metrics, humans)."""
    scored = ~np.isnan(np.stack([*part.table.metrics.values()]))
    columns = (
        best_of(values[:, column], scored & ~np.isnan(human)) for column, human in enumerate(part.table.humans.values())
    )
    return np.stack([*columns], axis=1)


def _why_undefined(part: Part, row: int, column: int) -> str:
    """Why a coefficient has no value."""
    x, y = part.wide.metrics[:, :, row].ravel(), part.wide.humans[:, :, column].ravel()
    there = ~(np.isnan(x) | np.isnan(y))
    if there.sum() < LEAST:
        return f"{int(there.sum())} summaries have both scores, {LEAST} are needed"
    if len(set(x[there].tolist())) == 1:
        return "the metric is the same for every summary"
    if len(set(y[there].tolist())) == 1:
        return "people's score is the same for every summary"
    return "one side is constant wherever a coefficient would be taken"


def accuracies(part: Part, level: Level, settings: MetaSettings) -> Iterator[PairwiseAccuracy]:
    """Pairwise accuracy of every metric with every dimension, at the two levels that may have pairs."""
    of_pairs = {"summary": summaries_of_a_document(part), "system": part.systems}
    if of_pairs.get(level, 0) < 2:
        return
    layout = part.at(level)
    found = {
        (row, column): pairwise_accuracy(
            layout.metrics[:, :, row],
            layout.humans[:, :, column],
            level="summary" if level == "summary" else "system",
            over=unit(part, settings),
            owners=layout.owners,
            ties=settings.ties,
            resamples=settings.resamples,
            confidence=settings.confidence,
            seed=settings.seed,
        )
        for row in range(len(part.table.metrics))
        for column in range(len(part.table.humans))
    }
    shape = len(part.table.metrics), len(part.table.humans)
    best = _best_of_columns(part, np.array([each.accuracy for each in found.values()]).reshape(shape))
    for row, metric in enumerate(part.table.metrics):
        for column, human in enumerate(part.table.humans):
            each = found[row, column]
            yield PairwiseAccuracy(
                part=part.name,
                level=level,
                metric=metric,
                human=human,
                accuracy=number(each.accuracy),
                low=number(each.low),
                high=number(each.high),
                pairs=each.pairs,
                agree=each.agree,
                disagree=each.disagree,
                tied_metric=each.tied_metric,
                tied_human=each.tied_human,
                tied_both=each.tied_both,
                best=bool(best[row, column]),
            )
