"""What the candidates of a run are compared by, value by value: their means over the examples that all of them have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.record import RunRecord, read_scores
from bench.statistics.shared import FEWEST, shared_rows
from bench.types import Aggregate

ValueName = tuple[str, str]
"""Scorer and value."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One value's comparison."""

    means: Mapping[str, float]
    """Of the candidates that have the value, over the shared examples; empty where these are too few."""
    shared: int
    """Examples with a value of every candidate that has any."""
    total: int
    """Examples in the run."""
    alike: bool
    """Whether no candidate has other examples besides: then the means shown are the means compared."""


def bases(folder: Path, run: RunRecord) -> dict[ValueName, Basis]:
    """The basis of every headline value with a direction; the scores are read only where a candidate lacks some."""
    found: dict[ValueName, list[Aggregate]] = {}
    for one in run.aggregates:
        headline = one.value in run.scorers[one.scorer].headline and one.higher_is_better is not None
        if headline and run.systems[one.system] == "candidate":
            found.setdefault((one.scorer, one.value), []).append(one)
    scored = {name: [one for one in column if one.n_ok] for name, column in found.items()}
    whole = {name for name, column in scored.items() if all(one.n_ok == one.n_total for one in column)}
    gaps = {name: [one.system for one in column] for name, column in scored.items() if name not in whole}
    return {
        name: Basis({o.system: o.mean for o in column if o.mean is not None}, run.examples, run.examples, alike=True)
        for name, column in scored.items()
        if name in whole
    } | read_bases(folder, gaps, run.examples)


def read_bases(folder: Path, wanted: Mapping[ValueName, list[str]], total: int) -> dict[ValueName, Basis]:
    """The basis of each wanted value of these systems, from ``scores.jsonl``."""
    scorers = {scorer for scorer, _ in wanted}
    numbers: dict[ValueName, dict[str, dict[str, float]]] = {name: {} for name in wanted}
    for score in read_scores(folder) if wanted else ():
        if score.scorer in scorers:
            for value, number in score.values.items():
                if score.system in wanted.get((score.scorer, value), ()):
                    numbers[score.scorer, value].setdefault(score.example_id, {})[score.system] = number
    return {name: basis(numbers[name], systems, total) for name, systems in wanted.items()}


def basis(numbers: Mapping[str, Mapping[str, float]], systems: list[str], total: int) -> Basis:
    """One value's basis from its numbers by example and system.

    >>> basis({"e1": {"a": 1.0, "b": 2.0}, "e2": {"a": 0.0, "b": 3.0}, "e3": {"a": 9.0}}, ["a", "b"], 3)
    Basis(means={'a': 0.5, 'b': 2.5}, shared=2, total=3, alike=False)
    """
    table = np.array([[row.get(system, np.nan) for system in systems] for row in numbers.values()])
    table = table.reshape(len(numbers), len(systems))
    rows = shared_rows(table)
    count, alike = int(rows.sum()), bool(rows.sum() == len(numbers))
    enough = count >= FEWEST or (alike and count > 0)
    means = dict(zip(systems, map(float, table[rows].mean(axis=0)), strict=True)) if enough else {}
    return Basis(means, count, total, alike)
