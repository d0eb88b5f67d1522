"""The values of every finished run over time, and where they changed.

Two runs of a value are comparable when the signature of its scorer and the examples (documents and
references, by content) are the same. Each stretch of comparable runs is a ``Series`` of its own; no
trend crosses a break.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.comparing.compare import signature_difference
from bench.errors import InputError
from bench.history.rows import Row, Run, read_files
from bench.statistics.trends import Trend, find_trends

_Name = tuple[str, str, str]
_Key = tuple[str, str, str, str, str]
"""System, scorer, value, signature, hash of the examples: what comparable numbers share."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value in one run."""

    run: int
    """Index into ``History.runs``."""
    mean: float | None
    """``None``: the run has the value, but no example that it could be computed for."""
    ci_low: float | None
    ci_high: float | None
    n_ok: int
    n_total: int


@dataclass(frozen=True, slots=True)
class Series:
    """One value of one system over the runs that are comparable with one another, in the order of time."""

    system: str
    scorer: str
    value: str
    higher_is_better: bool | None
    signature: str
    change: str
    """What differs from the series of the same value that began before this one; empty for the first."""
    points: tuple[Point, ...]
    trend: Trend
    """Its steps count in ``points``."""
    judged: int
    """Runs that the trend rests on: those whose means are over the same of the examples, the largest such group."""

    @property
    def aside(self) -> int:
        """Runs with a mean over others of the examples: shown, not judged."""
        return sum(point.mean is not None for point in self.points) - self.judged


@dataclass(frozen=True, slots=True)
class History:
    """All that a view of the history is made from."""

    runs: tuple[Run, ...]
    """Oldest first."""
    series: tuple[Series, ...]
    """By system, scorer and value; several of one value in the order in which they began."""
    warnings: tuple[str, ...]


def read_history(
    results_dir: Path, *, metric: str | None = None, system: str | None = None, last: int | None = None
) -> History:
    """The history of all finished runs below a folder.

    Args:
        results_dir: every ``run.json`` below it, at any depth, is a run; and those that it has pointers to.
        metric: pattern of ``scorer.value``, or of the scorer; ``None``: the headline values.
        system: pattern of the systems; ``None``: the candidates.
        last: only the newest so many runs.

    Raises InputError when there is no run, or nothing that matches; MissingExtra without DuckDB or ruptures.
    """
    found = read_files(results_dir, last)
    series = _make_series(_choose_values(found.values, metric, system), found.runs, found.examples, found.had)
    return History(found.runs, tuple(series), found.warnings)


def _choose_values(values: Sequence[Row], metric: str | None, system: str | None) -> list[Row]:
    """The values that were asked for; InputError with what there is when nothing matches."""
    chosen = [
        row
        for row in values
        if (row["headline"] if metric is None else named(metric, row["scorer"], f"{row['scorer']}.{row['value']}"))
    ]
    if not chosen:
        there = ", ".join(sorted({f"{row['scorer']}.{row['value']}" for row in values}))
        raise InputError(f"metric={metric or 'headline values'}: no run has it; there are {there or 'no values'}")
    kept = [row for row in chosen if (row["role"] == "candidate" if system is None else named(system, row["system"]))]
    if not kept:
        there = ", ".join(sorted({row["system"] for row in chosen}))
        raise InputError(f"system={system or 'candidates'}: no run has it; there are {there}")
    return kept


def named(pattern: str, *names: str) -> bool:
    """Whether any of the names matches, or is the pattern itself."""
    return any(name == pattern or fnmatchcase(name, pattern) for name in names)


def _make_series(
    values: Sequence[Row], runs: Sequence[Run], examples: Mapping[str, str], had: Mapping[tuple[str, ...], str]
) -> list[Series]:
    """Comparable values together, in the order of time; the trends of all of them corrected together."""
    index = {str(run.path): number for number, run in enumerate(runs)}
    groups: dict[_Key, list[Row]] = {}
    for row in sorted(values, key=lambda row: index[row["path"]]):
        recipe = (row["signature"], examples[row["path"]])
        groups.setdefault((row["system"], row["scorer"], row["value"], *recipe), []).append(row)
    means = [_judged_means(group, had) for group in groups.values()]
    before: dict[_Name, _Key] = {}
    made = []
    for (key, group), trend, judged in zip(groups.items(), find_trends(means), means, strict=True):
        change = _what_changed(before.get(key[:3]), key, group[0]["n_total"])
        before[key[:3]] = key
        points = tuple(
            Point(index[r["path"]], r["mean"], r["ci_low"], r["ci_high"], r["n_ok"], r["n_total"]) for r in group
        )
        made.append(Series(*key[:3], group[-1]["higher_is_better"], key[3], change, points, trend, count(judged)))
    # As the newest run that has a value lists it.
    newest = sorted(values, key=lambda row: -index[row["path"]])
    place = {name: n for n, name in enumerate(dict.fromkeys((r["system"], r["scorer"], r["value"]) for r in newest))}
    return sorted(made, key=lambda series: place[series.system, series.scorer, series.value])


def _judged_means(group: Sequence[Row], had: Mapping[tuple[str, ...], str]) -> NDArray[np.float64]:
    """The means of one value run by run; NaN where it is missing or rests on others of the examples than most do."""

    def basis(row: Row) -> str:
        whole = row["n_ok"] == row["n_total"]
        # Without the scores only the number of examples is known.
        key = (row["path"], row["system"], row["scorer"], row["value"])
        return "" if whole else had.get(key, f"{row['n_ok']} of {row['n_total']}")

    there = Counter(basis(row) for row in group if row["mean"] is not None)
    most = max(there, key=lambda name: there[name], default="")
    return np.array([np.nan if r["mean"] is None or basis(r) != most else r["mean"] for r in group], dtype=np.float64)


def count(means: NDArray[np.float64]) -> int:
    """How many there are."""
    return int((~np.isnan(means)).sum())


def _what_changed(before: _Key | None, now: _Key, examples: int) -> str:
    """Why a series can't go on from the one before it, in words; empty where there is none."""
    if before is None:
        return ""
    parts = [signature_difference(before[3], now[3])] if before[3] != now[3] else []
    if before[4] != now[4]:
        parts.append(f"other examples ({examples})" if before[4] and now[4] else "examples can't be told")
    return "; ".join(parts)
