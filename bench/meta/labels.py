"""Binary labels, annotators' agreement and published figures: what stands beside the correlations."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError
from bench.meta.parts import ALL, Part, best_of, number
from bench.meta.records import (
    COEFFICIENTS,
    LEVELS,
    Agreement,
    Beside,
    Classification,
    Correlation,
    MetaSettings,
)
from bench.meta.scoretable import ScoreTable
from bench.reading import read_text
from bench.statistics.accuracy import classify
from bench.statistics.alpha import Scale, krippendorff
from bench.statistics.correlation import Floats

_DEVELOPMENT = ("valid", "validation", "val", "dev", "development")
"""Values of a ``split`` column, in any case, whose rows are there to choose a threshold on."""


def binary_labels(part: Part, settings: MetaSettings) -> Iterator[Classification]:
    """ROC AUC and balanced accuracy for every dimension whose scores are 0 or 1."""
    table = part.table
    signs = {metric: -1.0 if metric in table.lower_is_better else 1.0 for metric in table.metrics}
    for human, labels in table.humans.items():
        if set(labels[~np.isnan(labels)].tolist()) != {0.0, 1.0}:
            continue
        choosing, chosen_on, tested_on = choosing_rows(table, settings)
        found = {
            metric: classify(
                signs[metric] * scores,
                labels,
                table.documents.tolist(),
                chosen_on=choosing,
                tested_on=~choosing,
                resamples=settings.resamples,
                confidence=settings.confidence,
                seed=settings.seed,
            )
            for metric, scores in table.metrics.items()
        }
        rows = ~np.isnan(np.stack([*table.metrics.values()])) & ~np.isnan(labels)
        best_auc = best_of(np.array([each.auc for each in found.values()]), rows)
        best = best_of(np.array([each.balanced_accuracy for each in found.values()]), rows)
        for place, (metric, each) in enumerate(found.items()):
            accuracy, scores = number(each.balanced_accuracy), table.metrics[metric]
            yield Classification(
                part=part.name,
                metric=metric,
                human=human,
                auc=number(each.auc),
                auc_low=number(each.auc_low),
                auc_high=number(each.auc_high),
                balanced_accuracy=accuracy,
                low=number(each.low),
                high=number(each.high),
                threshold=number(signs[metric] * each.threshold),
                chosen_on=chosen_on,
                tested_on=tested_on,
                positives=each.positives,
                negatives=each.negatives,
                reason="" if accuracy is not None else _why(scores, labels, choosing, chosen_on, tested_on),
                best_auc=bool(best_auc[place]),
                best=bool(best[place]),
            )


def _why(scores: Floats, labels: Floats, choosing: NDArray[np.bool_], chosen_on: str, tested_on: str) -> str:
    there = ~(np.isnan(scores) | np.isnan(labels))
    for rows, name in ((choosing, chosen_on), (~choosing, tested_on)):
        if missing := {0.0, 1.0} - set(labels[there & rows].tolist()):
            what = " and ".join(f"{label:g}" for label in sorted(missing))
            return f"no balanced accuracy, as no scored summary of {name} has the label {what}"
    return "no balanced accuracy"


def choosing_rows(table: ScoreTable, settings: MetaSettings) -> tuple[NDArray[np.bool_], str, str]:
    """The rows that a threshold is chosen on; their name, and the name of the others.

    ``val``, ``dev``, ``validation`` … all mean the development split, in the table and in the setting.
    """
    column, _, value = settings.threshold.partition("=")
    if settings.threshold:
        if column not in table.groups:
            raise InputError(f"threshold={settings.threshold}: it must be column=value of a column of groups")
    elif "split" in table.groups:
        column = "split"
    if column:
        there = sorted(set(table.groups[column].tolist()))
        chosen = [label for label in there if label == value]
        if not chosen and (not value or value.casefold() in _DEVELOPMENT):
            chosen = [label for label in there if label.casefold() in _DEVELOPMENT]
        others = [label for label in there if label not in chosen]
        if value or (chosen and others):
            rows = np.isin(table.groups[column], chosen)
            return rows, f"{column}={'|'.join(chosen) or value}", f"{column}={'|'.join(others)}"
    half = np.array([int(hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest(), 16) % 2 == 0
                     for document in table.documents.tolist()], dtype=np.bool_)  # fmt: skip
    return half, "half of the documents, by hash", "the other half"


def agreements(table: ScoreTable, settings: MetaSettings) -> Iterator[Agreement]:
    """Krippendorff's alpha of every dimension whose single answers are known."""
    for human, answers in table.ratings.items():
        scale = _scale_of(answers)
        found = krippendorff(
            answers,
            table.rated[human].tolist() if human in table.rated else None,
            scale=scale,
            resamples=settings.resamples,
            confidence=settings.confidence,
            seed=settings.seed,
        )
        yield Agreement(
            human=human,
            scale=scale,
            alpha=number(found.value),
            low=number(found.low),
            high=number(found.high),
            units=found.units,
            annotators=answers.shape[1],
            answers=found.answers,
        )


def _scale_of(answers: Floats) -> Scale:
    """Two answers: nominal; a few whole numbers (a Likert scale): ordinal; otherwise interval.

    >>> [_scale_of(np.array([answers])) for answers in ([0.0, 1.0], [1.0, 5.0, 3.0], [0.25, 1.0, 2.0])]
    ['nominal', 'ordinal', 'interval']
    """
    values = np.unique(answers[~np.isnan(answers)])
    if len(values) <= 2:
        return "nominal"
    return "ordinal" if len(values) <= 11 and (values == np.round(values)).all() else "interval"


def beside(figure: Beside, cells: Sequence[Correlation]) -> Beside:
    """A published figure with ours, or with the reason why there is none."""
    metrics = {cell.metric for cell in cells}
    humans = {cell.human for cell in cells}
    if figure.metric not in metrics:
        return replace(figure, reason="no such metric here")
    if figure.human not in humans:
        return replace(figure, reason="no such human dimension here")
    for cell in cells:
        if (cell.part, cell.level, cell.coefficient, cell.metric, cell.human) == (
            ALL, figure.level, figure.coefficient, figure.metric, figure.human,
        ):  # fmt: skip
            return replace(figure, ours=cell.value, low=cell.low, high=cell.high, reason=cell.reason)
    return replace(figure, reason="not computed here")


COLUMNS = ("source", "level", "coefficient", "metric", "human", "value")


def read_beside(path: Path) -> tuple[Beside, ...]:
    """Published figures from a CSV with the columns source, level, coefficient, metric, human, value."""
    reader = csv.reader(read_text(path).splitlines(), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: malformed table: {error}") from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise InputError(f"{path}: the first line must be {','.join(COLUMNS)}")
    return tuple(_figure(f"{path}, line {number_}", row) for number_, row in enumerate(rows[1:], start=2) if row)


def _figure(place: str, row: Sequence[str]) -> Beside:
    if len(row) != len(COLUMNS):
        raise InputError(f"{place}: has {len(row)} cells, but there are {len(COLUMNS)} columns")
    cells: Mapping[str, str] = dict(zip(COLUMNS, row, strict=True))
    level = next((each for each in LEVELS if each == cells["level"]), None)
    coefficient = next((each for each in COEFFICIENTS if each == cells["coefficient"]), None)
    if level is None:
        raise InputError(f"{place}: level {cells['level']!r} is none of {', '.join(LEVELS)}")
    if coefficient is None:
        raise InputError(f"{place}: coefficient {cells['coefficient']!r} is none of {', '.join(COEFFICIENTS)}")
    try:
        value = float(cells["value"])
    except ValueError:
        raise InputError(f"{place}: value {cells['value']!r} is not a number") from None
    if not -1 <= value <= 1:
        raise InputError(f"{place}: value {value} is no correlation, which is between -1 and 1")
    return Beside(cells["source"], level, coefficient, cells["metric"], cells["human"], value, None)
