"""Scores of metrics beside human judgements, one row a summary: what a meta-evaluation reads.

From a finished run, from a dataset that publishes both, or from a plain table.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.datasets.judged import JudgedDataset, JudgedSummary
from bench.datasets.reading import nearest
from bench.datasets.table import GROUPS, read_table
from bench.errors import InputError
from bench.record import INPUTS_FILE, RunRecord, read_inputs, read_record, read_scores

Texts = NDArray[np.str_]
Numbers = NDArray[np.float64]

_HOW_TO_JUDGE = (
    "Human scores travel in the dataset: for dataset=jsonl, write a summary as "
    '{"text": …, "human": {"coherence": 4.0}}; dataset=summeval and dataset=qags read published ones.'
)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Metric scores beside human judgements: one row a summary (n of them).

    >>> import numpy as np
    >>> table = ScoreTable(np.array(["d1", "d1"]), np.array(["a", "b"]), {"m.f1": np.array([0.5, np.nan])},
    ...                    {"coherence": np.array([4.0, 2.0])})
    >>> len(table), table.where(table.systems == "b").humans["coherence"]
    (2, array([2.]))
    """

    documents: Texts
    """(n,) document id: the cluster. Two rows may have the same document and system."""
    systems: Texts
    """(n,) name of the system that wrote the summary."""
    metrics: Mapping[str, Numbers]
    """Column, as ``rouge.rouge1_f1``, to its (n,) scores as the metric gave them; NaN: missing."""
    humans: Mapping[str, Numbers]
    """Dimension, as ``coherence``, to its (n,) human scores; NaN: missing; higher is better."""
    groups: Mapping[str, Texts] = field(default_factory=dict)
    """Optional (n,) labels of the rows: ``split``, ``dataset``; empty text: no label."""
    ratings: Mapping[str, Numbers] = field(default_factory=dict)
    """Optional answers behind the human scores: dimension to (units, annotators); NaN: not asked.

    A unit is what was judged: a summary, or a sentence of one. Columns are places in the list of
    answers, not persons.
    """
    lower_is_better: frozenset[str] = frozenset()
    """Metric columns where lower is better; their numbers are not turned."""
    notes: tuple[str, ...] = ()
    """What was left out, for the reader."""
    rated: Mapping[str, Texts] = field(default_factory=dict)
    """Optional (units,) document of each unit of the ratings; absent: each unit has one of its own."""

    def __post_init__(self) -> None:
        n = len(self.documents)
        for name, column in {"systems": self.systems, **self.metrics, **self.humans, **self.groups}.items():
            if column.shape != (n,):
                raise ValueError(f"column {name!r} has shape {column.shape}, but there are {n} rows")
        for name, answers in self.ratings.items():
            if answers.ndim != 2:
                raise ValueError(f"the ratings of {name!r} need the shape (units, annotators), not {answers.shape}")
            if name in self.rated and self.rated[name].shape != answers.shape[:1]:
                raise ValueError(f"the ratings of {name!r} have {len(answers)} units, but {self.rated[name].shape}")
        if unknown := self.lower_is_better - self.metrics.keys():
            raise ValueError(f"lower is better in {sorted(unknown)}, which are no metric columns")

    def __len__(self) -> int:
        return len(self.documents)

    def where(self, rows: NDArray[np.bool_]) -> ScoreTable:
        """The table's rows where the (n,) mask is true. The ratings have other units and stay whole."""
        return replace(
            self,
            documents=self.documents[rows],
            systems=self.systems[rows],
            metrics={name: column[rows] for name, column in self.metrics.items()},
            humans={name: column[rows] for name, column in self.humans.items()},
            groups={name: column[rows] for name, column in self.groups.items()},
        )


def from_run(*folders: Path, groups: Sequence[str] = GROUPS) -> ScoreTable:
    """The table of a finished run whose dataset carries human scores, or of several; nothing is scored again.

    One row for each candidate with a human score, in the order of ``inputs.jsonl``, labelled with the ``half``
    its document belongs to, and with the fields that ``groups`` names where the dataset has them; of several runs
    also with the ``run``, its folder's name. A cell that is undefined, failed, or of a scorer that only other runs
    have, is NaN. Examples with the same document are one cluster, in whatever run, named by the first.
    InputError when a folder is no finished run, kept no texts or has no human scores, or when two runs have
    one name for different recipes.
    """
    records = [read_record(folder) for folder in folders]
    _same_recipes(folders, records)
    alike = len({folder.name for folder in folders}) < len(folders)
    rows: list[JudgedSummary] = []
    ratings: dict[str, list[tuple[str, Sequence[float | None]]]] = {}
    without: dict[str, int] = {}
    clusters: dict[str, str] = {}
    for folder in folders:
        label = "" if len(folders) == 1 else str(folder) if alike else folder.name
        before = len(rows)
        for row, answers in _judged(folder, label, groups, clusters, without):
            rows.append(row)
            for dimension, units in answers:
                ratings.setdefault(dimension, []).extend((row.document, each) for each in units)
        if len(rows) == before:
            raise InputError(f"{folder}: no candidate of this run has a human score. {_HOW_TO_JUDGE}")
    directions = {
        f"{name}.{value}": better
        for record in records
        for name, scorer in record.scorers.items()
        for value, better in scorer.higher_is_better.items()
    }
    return from_judged(
        rows,
        columns=list(directions),
        ratings=ratings,
        lower_is_better=[column for column, better in directions.items() if better is False],
        notes=[f"{system}: {count} summaries without human scores, left out" for system, count in without.items()],
    )


def _same_recipes(folders: Sequence[Path], records: Sequence[RunRecord]) -> None:
    """InputError where a scorer's numbers of two runs don't belong into one column."""
    first: dict[str, tuple[Path, str]] = {}
    for folder, record in zip(folders, records, strict=True):
        for name, signature in record.signatures.items():
            where, known = first.setdefault(name, (folder, signature))
            if signature != known:
                raise InputError(f"{name} has one recipe in {where}, {known}, and another in {folder}, {signature}")


def _judged(
    folder: Path, label: str, groups: Sequence[str], clusters: dict[str, str], without: dict[str, int]
) -> Iterator[tuple[JudgedSummary, list[tuple[str, Sequence[Sequence[float | None]]]]]]:
    """The judged summaries of a run with the answers behind their scores.

    ``label``: what tells its examples from those of other runs, or nothing. ``clusters``, the name of each
    document by its hash, and ``without``, how many summaries of a system weren't judged, are filled.
    """
    values: dict[tuple[str, str], dict[str, float]] = {}
    for score in read_scores(folder):
        cell = values.setdefault((score.example_id, score.system), {})
        cell.update({f"{score.scorer}.{name}": value for name, value in score.values.items()})
    for number, example in enumerate(read_inputs(folder), start=1):
        name = f"{label}/{example['id']}" if label else example["id"]
        document = clusters.setdefault(example.get("document_hash", name), name)
        for system, candidate in example["candidates"].items():
            place = f"{folder / INPUTS_FILE}, line {number}, candidate {system!r}"
            if "metadata" not in candidate:
                raise InputError(
                    f"{folder}: this run kept neither texts nor human scores (store_texts=false). "
                    "Run it again with store_texts=true."
                )
            humans = _humans(candidate["metadata"].get("human"), place)
            if not humans:
                without[system] = without.get(system, 0) + 1
                continue
            cell = values.get((example["id"], system), {})
            labels = _labels({**example.get("metadata", {}), **candidate["metadata"]}, groups, place)
            labels |= {"half": half(example["document"])} | ({"run": label} if label else {})
            row = JudgedSummary(place, name, document, system, cell, humans, labels)
            yield row, list(_ratings(candidate["metadata"].get("ratings"), place))


def _labels(metadata: Mapping[str, Any], groups: Sequence[str], place: str) -> dict[str, str]:
    """The fields that say which group a summary belongs to."""
    found = {name: metadata[name] for name in groups if metadata.get(name) is not None}
    for name, label in found.items():
        if not isinstance(label, str | int):
            raise InputError(f"{place}: {name!r} must be a text or a whole number, as a label of groups.")
    return {name: str(label) for name, label in found.items()}


def half(document: str) -> str:
    """``even`` or ``odd``, by the SHA-256 of a document's text: one half to choose on, the other to report.

    >>> half("a document"), half("another document")
    ('odd', 'even')
    """
    return "odd" if hashlib.sha256(document.encode("utf-8", "surrogatepass")).digest()[-1] % 2 else "even"


def from_dataset(dataset: object) -> ScoreTable | None:
    """The table of a dataset that publishes scores beside judgements; ``None`` when it has to be scored."""
    if not isinstance(dataset, JudgedDataset):
        return None
    rows = list(dataset.judged())
    return from_judged(rows, notes=dataset.warnings())


def from_table(
    path: Path, *, humans: Sequence[str] = (), groups: Sequence[str] = GROUPS, lower_is_better: Sequence[str] = ()
) -> ScoreTable:
    """The table of a CSV, TSV or Parquet file: see ``bench.datasets.table.read_table``.

    ``lower_is_better`` lists the metric columns where it is.
    InputError when a row or column is wrong, or an example has a system twice.
    """
    table = from_judged(read_table(path, humans=humans, groups=groups))
    if not len(table):
        raise InputError(f"{path}: has no rows below its names.")
    for column in lower_is_better:
        if column not in table.metrics:
            raise InputError(f"{path}: no metric column {column!r} (lower is better).{nearest(column, table.metrics)}")
    return replace(table, lower_is_better=frozenset(lower_is_better))


def from_judged(
    rows: Iterable[JudgedSummary],
    *,
    columns: Sequence[str] = (),
    ratings: Mapping[str, Sequence[tuple[str, Sequence[float | None]]]] | None = None,
    lower_is_better: Iterable[str] = (),
    notes: Sequence[str] = (),
) -> ScoreTable:
    """The table of rows in their order; InputError when an example has a system twice.

    ``columns``: the metric columns that come first, also those that no row has. Then, and for the
    dimensions: in order of first appearance. ``ratings``: each unit's document and answers, by dimension.
    """
    rows = list(rows)
    places: dict[tuple[str, str], str] = {}
    for row in rows:
        if earlier := places.get((row.example, row.system)):
            raise InputError(
                f"{row.place}: duplicate: {earlier} has example {row.example!r} and system {row.system!r} already."
            )
        places[row.example, row.system] = row.place
    return ScoreTable(
        documents=np.array([row.document for row in rows], dtype=np.str_),
        systems=np.array([row.system for row in rows], dtype=np.str_),
        metrics=_numbers([row.metrics for row in rows], columns),
        humans=_numbers([row.humans for row in rows]),
        groups={
            name: np.array([row.groups.get(name, "") for row in rows], dtype=np.str_)
            for name in dict.fromkeys(name for row in rows for name in row.groups)
        },
        ratings={name: _matrix([answers for _, answers in units]) for name, units in (ratings or {}).items()},
        rated={
            name: np.array([document for document, _ in units], dtype=np.str_)
            for name, units in (ratings or {}).items()
        },
        lower_is_better=frozenset(lower_is_better),
        notes=tuple(notes),
    )


def _numbers(rows: Sequence[Mapping[str, float]], first: Sequence[str] = ()) -> dict[str, Numbers]:
    names = dict.fromkeys([*first, *(name for row in rows for name in row)])
    return {name: np.array([row.get(name, math.nan) for row in rows], dtype=np.float64) for name in names}


def _matrix(units: Sequence[Sequence[float | None]]) -> Numbers:
    """(units, annotators), filled up with NaN where a unit has fewer answers."""
    matrix = np.full((len(units), max(map(len, units), default=0)), math.nan)
    for row, answers in zip(matrix, units, strict=True):
        row[: len(answers)] = [math.nan if answer is None else answer for answer in answers]
    return matrix


def _humans(human: Any, place: str) -> dict[str, float]:
    """The human scores of a candidate, without the ones that weren't given."""
    if human is None:
        return {}
    if not isinstance(human, dict):
        raise InputError(f"{place}: 'human' must be an object {{dimension: number}}.")
    for dimension, score in human.items():
        if not _is_answer(score):
            raise InputError(f"{place}: 'human.{dimension}' must be a number or null.")
    return {dimension: float(score) for dimension, score in human.items() if score is not None}


def _ratings(ratings: Any, place: str) -> Iterator[tuple[str, Sequence[Sequence[float | None]]]]:
    """The answers behind a candidate's human scores: dimension and units."""
    if ratings is None:
        return
    if not isinstance(ratings, dict):
        raise InputError(f"{place}: 'ratings' must be an object {{dimension: [[answer, …], …]}}.")
    for dimension, units in ratings.items():
        if not (
            isinstance(units, list)
            and all(isinstance(answers, list) and all(map(_is_answer, answers)) for answers in units)
        ):
            raise InputError(f"{place}: 'ratings.{dimension}' must be a list of units, each a list of numbers or null.")
        yield dimension, units


def _is_answer(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
