"""The parts of a table that are evaluated: chosen columns, groups of rows, laid out as grids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import combinations, product

import numpy as np

from bench.errors import InputError
from bench.meta.records import Level, MetaSettings, Unit
from bench.meta.scoretable import ScoreTable
from bench.statistics.correlation import LEAST, Floats, grid

ALL = "all"


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of the table, laid out by document and system; metrics are turned so that higher is better."""

    name: str
    table: ScoreTable
    metrics: Floats
    """(documents, systems, metrics)"""
    humans: Floats
    """(documents, systems, humans)"""


def chosen(table: ScoreTable, settings: MetaSettings) -> ScoreTable:
    """The columns that the patterns choose; a pattern that finds none is an InputError."""
    metrics = _matching("metric", settings.metrics, table.metrics)
    humans = _matching("dimension", settings.humans, table.humans)
    if settings.compare not in ("best", "all", "none", *metrics):
        raise InputError(
            f"compare={settings.compare}: neither best, all or none nor a metric; there are: {', '.join(metrics)}"
        )
    return replace(
        table,
        metrics={name: table.metrics[name] for name in metrics},
        humans={name: table.humans[name] for name in humans},
        ratings={name: answers for name, answers in table.ratings.items() if name in humans},
        lower_is_better=table.lower_is_better & set(metrics),
    )


def _matching(what: str, patterns: Sequence[str], names: Mapping[str, object]) -> list[str]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"{what}={pattern}: no {what} is called so; there are: {', '.join(names)}")
    return [name for name in names if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)]


def one_row_a_cell(table: ScoreTable) -> tuple[ScoreTable, int]:
    """A document that a system summarised several times becomes several documents; and how many were added."""
    seen: dict[tuple[str, str], int] = {}
    documents = []
    for document, system in zip(table.documents.tolist(), table.systems.tolist(), strict=True):
        seen[document, system] = time = seen.get((document, system), 0) + 1
        documents.append(document if time == 1 else f"{document} ({time})")
    added = sum(time - 1 for time in seen.values())
    return (replace(table, documents=np.array(documents, dtype=np.str_)), added) if added else (table, 0)


def split(table: ScoreTable, by: Sequence[str]) -> Iterator[tuple[str, ScoreTable]]:
    """The whole table, then its rows by each group's values and by their combinations."""
    for column in by:
        if column not in table.groups:
            there = f"there are: {', '.join(table.groups)}" if table.groups else "this table has none"
            raise InputError(f"by={column}: no column of groups is called so; {there}")
    yield ALL, table
    for size in range(1, len(by) + 1):
        for columns in combinations(by, size):
            for values in product(*(sorted(set(table.groups[column].tolist())) for column in columns)):
                rows = np.ones(len(table), dtype=np.bool_)
                for column, value in zip(columns, values, strict=True):
                    rows &= table.groups[column] == value
                if rows.any():
                    name = ", ".join(
                        f"{column}: {value or 'none'}" for column, value in zip(columns, values, strict=True)
                    )
                    yield name, table.where(rows)


def lay_out(name: str, table: ScoreTable) -> Part:
    """A part's scores as grids, with the sign turned where lower is better."""
    signs = [-1.0 if column in table.lower_is_better else 1.0 for column in table.metrics]
    metrics = [sign * column for sign, column in zip(signs, table.metrics.values(), strict=True)]
    columns = np.column_stack([*metrics, *table.humans.values()])
    values = grid(table.documents.tolist(), table.systems.tolist(), columns).values
    return Part(name, table, values[:, :, : len(metrics)], values[:, :, len(metrics) :])


def out_of_reach(part: Part, level: Level) -> str:
    """Why a level can't be computed at all; empty when it can."""
    systems = part.metrics.shape[1]
    most = int((~np.isnan(part.humans).all(axis=2)).sum(axis=1).max(initial=0))
    if level == "summary" and most < LEAST:
        have = "one judged summary" if most == 1 else f"{most} judged summaries"
        return f"no document has more than {have}, a coefficient needs {LEAST}"
    if level == "system" and systems < LEAST:
        are = "there is one system" if systems == 1 else f"there are {systems} systems"
        return f"{are}, a coefficient needs {LEAST}"
    if level == "partial" and systems < 2:
        return "there is one system, nothing to control for: see pooled"
    if level == "pooled" and len(part.table) < LEAST:
        return f"there are {len(part.table)} summaries, a coefficient needs {LEAST}"
    return ""


def unit(part: Part, settings: MetaSettings) -> Unit:
    """What intervals and tests draw anew."""
    if settings.resample == "auto":
        return "both" if part.metrics.shape[1] > 1 else "documents"
    units: tuple[Unit, ...] = ("documents", "systems", "both")
    return next(each for each in units if each == settings.resample)


def number(value: float) -> float | None:
    """A float of the records: ``None`` for NaN."""
    return None if np.isnan(value) else float(value)
