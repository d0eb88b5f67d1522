"""What is said about a history, as plain text; the terminal and the page only lay it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bench.report.content import plural, show_number, show_signed
from bench.statistics.trends import MIN_RUNS

if TYPE_CHECKING:
    from bench.history import History, Series
    from bench.history.rows import Run
    from bench.statistics.trends import Drift, Step

_FRACTION = re.compile(r"\.\d+")
BLOCKS, ASCII_BLOCKS = "▁▂▃▄▅▆▇█", "_.-=+*#@"


def sparkline(values: Sequence[float | None], blocks: str = BLOCKS, width: int = 30) -> str:
    """Values as a line of signs from the lowest to the highest; a value that is missing is a space.

    More values than ``width`` are averaged over stretches of equal length, so that none is left out.

    >>> sparkline([1.0, 2.0, None, 3.0]), sparkline([5.0, 5.0], ASCII_BLOCKS)
    ('▁▅ █', '==')
    """
    if len(values) > width:
        edges = [round(i * len(values) / width) for i in range(width + 1)]
        stretches = [[v for v in values[a:b] if v is not None] for a, b in pairwise(edges)]
        values = [sum(stretch) / len(stretch) if stretch else None for stretch in stretches]
    there = [value for value in values if value is not None]
    low, high = min(there, default=0.0), max(there, default=0.0)
    top = len(blocks) - 1
    return "".join(
        " " if value is None else blocks[round((value - low) / (high - low) * top) if high > low else top // 2]
        for value in values
    )


def ends(series: Series) -> tuple[float | None, float | None]:
    """The first and the last value there is; ``None`` where no run has any."""
    there = [point.mean for point in series.points if point.mean is not None]
    return (there[0], there[-1]) if there else (None, None)


def value_or_dash(number: float | None) -> str:
    """A number for reading; a dash where it is missing."""
    return "–" if number is None else show_number(number)


def judgement(change: float, higher_is_better: bool | None) -> str:
    """``better`` or ``worse``; empty where neither direction is."""
    return "" if higher_is_better is None or not change else "better" if (change > 0) == higher_is_better else "worse"


def run_name(run: Run) -> str:
    """A run with its commit, as far as it is known."""
    dirty = " with changes" if run.dirty else ""
    return f"{run.id} (commit {run.commit[:10]}{dirty})" if run.commit else run.id


def step_words(series: Series, step: Step, runs: Sequence[Run]) -> str:
    """Where a lasting step happened, how large it is, and how sure."""
    change = step.after - step.before
    sure = "each level repeats one value exactly" if step.p is None else f"p {show_p(step.p)}"
    said = ", ".join(filter(None, (show_signed(change), judgement(change, series.higher_is_better), sure)))
    where = run_name(runs[series.points[step.index].run])
    return f"step at run {where}: from {show_number(step.before)} to {show_number(step.after)} ({said})"


def drift_words(series: Series, drift: Drift, runs: Sequence[Run]) -> str:
    """How far the values went one way, and since when."""
    said = ", ".join(
        filter(
            None, (show_signed(drift.change), judgement(drift.change, series.higher_is_better), f"p {show_p(drift.p)}")
        )
    )
    return f"drift over {plural(len(series.points), 'run')} since {run_name(runs[series.points[0].run])}: {said}"


def show_p(p: float) -> str:
    """A p-value for reading.

    >>> show_p(0.0312), show_p(1e-9)
    ('= 0.031', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def findings(series: Series, runs: Sequence[Run]) -> list[str]:
    """What the series shows, a line each."""
    drift = [drift_words(series, series.trend.drift, runs)] if series.trend.drift else []
    return [step_words(series, step, runs) for step in series.trend.steps] + drift


def conclusion(every: Sequence[Series]) -> str:
    """Whether anything lasting happened, and whether that can be told at all.

    >>> conclusion([])
    'too few runs to judge: a lasting change shows from 8 comparable runs on'
    """
    if any(series.trend.steps or series.trend.drift for series in every):
        return "lasting changes"
    judged = [series for series in every if series.judged >= MIN_RUNS]
    if not judged:
        return f"too few runs to judge: a lasting change shows from {MIN_RUNS} comparable runs on"
    if left := len(every) - len(judged):
        return f"no lasting change in {plural(len(judged), 'value')}; {left} more with too few runs to judge"
    return "no lasting change found"


def set_aside(every: Sequence[Series]) -> list[str]:
    """The values with runs that are shown but not judged, as their means rest on others of the examples."""
    return [
        f"{series.scorer}.{series.value} of {series.system}: {plural(series.aside, 'run')} with a mean over others of "
        "the examples, shown but not judged"
        for series in every
        if series.aside
    ]


def breaks(history: History) -> list[str]:
    """Where comparable numbers end and why, each change once for all values that it concerns."""
    concerned: dict[tuple[int, str], dict[str, None]] = {}
    for series in history.series:
        if series.change:
            concerned.setdefault((series.points[0].run, series.change), {})[series.scorer] = None
    return [
        f"break at run {run_name(history.runs[run])}: {', '.join(scorers)}: {change}"
        for (run, change), scorers in sorted(concerned.items())
    ]


def to_the_second(time: str) -> str:
    """A time without fractions of a second.

    >>> to_the_second("2024-05-16T09:30:00.000123+00:00")
    '2024-05-16T09:30:00+00:00'
    """
    return _FRACTION.sub("", time)


def summary(history: History) -> str:
    """How much the history holds, in a line."""
    first, last = history.runs[0], history.runs[-1]
    return f"{plural(len(history.runs), 'run')}, from {to_the_second(first.started)} to {to_the_second(last.started)}"


METHOD = (
    "A step is a level that lasts, a drift goes one way run by run. Both are named only where they are significant at "
    "5 % over all values shown together (Holm), with at least 8 runs that differ; where fewer do, a step is a value "
    "that was repeated exactly before and is another one since. Only runs with the same signature and means "
    "over the same examples are compared."
)
"""How steps and drift are told from noise, for the reader."""
