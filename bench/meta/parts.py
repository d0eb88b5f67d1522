"""The parts of a table that are evaluated: chosen columns, groups of rows, laid out as grids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from bench.datasets.judged import NUMBERED
from bench.errors import InputError
from bench.meta.records import Level, MetaSettings, Unit
from bench.meta.scoretable import ScoreTable
from bench.statistics.correlation import LEAST, Floats, grid, merge_ties
from bench.statistics.metatests import Owners

ALL = "all"


@dataclass(frozen=True, slots=True)
class Layout:
    """A part's scores as a grid; metrics are turned so that higher is better."""

    metrics: Floats
    """(rows, columns, metrics)"""
    humans: Floats
    """(rows, columns, humans)"""
    owners: Owners
    """Which document each row belongs to, and which system each column."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of the table, laid out by document and system.

    The two layouts are the same grid unless a system has several summaries of a document.
    """

    name: str
    table: ScoreTable
    wide: Layout
    """A row a document; a system has as many columns as it has summaries of one."""
    tall: Layout
    """A column a system; a document has as many rows as a system has summaries of it."""

    def at(self, level: Level) -> Layout:
        """The layout in which a level is computed: a document's summaries side by side, or a system's below."""
        roomy = self.wide.metrics.size > 2 * self.tall.metrics.size
        return self.tall if level in ("system", "partial") or (level == "pooled" and roomy) else self.wide

    @property
    def systems(self) -> int:
        """How many there are."""
        return int(self.tall.metrics.shape[1])


def chosen(table: ScoreTable, settings: MetaSettings) -> ScoreTable:
    """The columns that the patterns choose, ties made; a pattern that finds none is an InputError."""
    metrics = _matching("metric", settings.metrics, table.metrics)
    humans = _matching("dimension", settings.humans, table.humans)
    if settings.compare not in ("best", "all", "none", *metrics):
        raise InputError(
            f"compare={settings.compare}: neither best, all or none nor a metric; there are: {', '.join(metrics)}"
        )
    return replace(
        table,
        metrics={name: merge_ties(table.metrics[name]) for name in metrics},
        humans={name: merge_ties(table.humans[name]) for name in humans},
        ratings={name: answers for name, answers in table.ratings.items() if name in humans},
        lower_is_better=table.lower_is_better & set(metrics),
    )


def _matching(what: str, patterns: Sequence[str], names: Mapping[str, object]) -> list[str]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"{what}={pattern}: no {what} is called so; there are: {', '.join(names)}")
    return [name for name in names if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)]


def numbered(table: ScoreTable) -> ScoreTable:
    """The table without its systems' names: they only number the summaries of a document."""
    return replace(table, systems=np.array([NUMBERED] * len(table), dtype=np.str_))


def only_numbered(table: ScoreTable) -> bool:
    """Whether there are no systems."""
    return set(table.systems.tolist()) == {NUMBERED}


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
    scores = np.column_stack([*metrics, *table.humans.values()])
    documents, systems = (_places(labels.tolist()) for labels in (table.documents, table.systems))
    times = _times(zip(documents, systems, strict=True))

    def layout(rows: Sequence[tuple[int, int]], columns: Sequence[tuple[int, int]]) -> Layout:
        laid = grid([str(row) for row in rows], [str(column) for column in columns], scores).values
        owners = (np.array([owner for owner, _ in dict.fromkeys(each)], dtype=np.int64) for each in (rows, columns))
        return Layout(laid[:, :, : len(metrics)], laid[:, :, len(metrics) :], Owners(*owners))

    once = [0] * len(times)
    wide = layout([*zip(documents, once, strict=True)], [*zip(systems, times, strict=True)])
    tall = wide if not any(times) else layout(
        [*zip(documents, times, strict=True)], [*zip(systems, once, strict=True)]
    )  # fmt: skip
    return Part(name, table, wide, tall)


def _places(labels: Sequence[str]) -> list[int]:
    """The place of each label among the distinct ones, in order of first appearance."""
    places = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    return [places[label] for label in labels]


def _times(cells: Iterable[tuple[int, int]]) -> list[int]:
    """How often each cell was there before."""
    seen: Counter[tuple[int, int]] = Counter()
    times = []
    for cell in cells:
        times.append(seen[cell])
        seen[cell] += 1
    return times


def out_of_reach(part: Part, level: Level) -> str:
    """Why a level can't be computed at all; empty when it can."""
    systems, most = part.systems, summaries_of_a_document(part)
    if level == "summary" and most < LEAST:
        have = "one judged summary" if most == 1 else f"{most} judged summaries"
        return f"no document has more than {have}, a coefficient needs {LEAST}"
    if level in ("system", "partial") and only_numbered(part.table):
        return "the summaries are only numbered, there are no systems"
    if level == "system" and systems < LEAST:
        are = "there is one system" if systems == 1 else f"there are {systems} systems"
        return f"{are}, a coefficient needs {LEAST}"
    if level == "partial" and systems < 2:
        return "there is one system, nothing to control for: see pooled"
    if level == "pooled" and len(part.table) < LEAST:
        return f"there are {len(part.table)} summaries, a coefficient needs {LEAST}"
    return ""


def summaries_of_a_document(part: Part) -> int:
    """How many judged summaries a document has at most."""
    return int((~np.isnan(part.wide.humans).all(axis=2)).sum(axis=1).max(initial=0))


def unit(part: Part, settings: MetaSettings) -> Unit:
    """What intervals and tests draw anew."""
    if settings.resample == "auto":
        return "both" if part.systems > 1 else "documents"
    units: tuple[Unit, ...] = ("documents", "systems", "both")
    return next(each for each in units if each == settings.resample)


def best_of(values: Floats, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The highest of some metrics' values (NaN: none) with its ties within 1e-12, shape (metrics,).

    None where all are alike, and none where they rest on different ``rows``, shape (metrics, rows): those aren't
    compared.

    >>> same = np.ones((2, 5), dtype=np.bool_)
    >>> best_of(np.array([0.1, 0.2]), same).tolist(), best_of(np.array([0.2, 0.2]), same).tolist()
    ([False, True], [False, False])
    """
    known = ~np.isnan(values)
    best = known & (values >= np.max(values, where=known, initial=-np.inf) - 1e-12)
    if best.sum() == known.sum() or (rows[known] != rows[known][:1]).any():
        best[:] = False
    return np.asarray(best)


def number(value: float) -> float | None:
    """A float of the records: ``None`` for NaN."""
    return None if np.isnan(value) else float(value)
