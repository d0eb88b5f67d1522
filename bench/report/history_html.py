"""The history as one self-contained page: a chart a value, drawn as SVG, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from bench.printable import printable
from bench.report.content import show_number, show_signed
from bench.report.history_content import (
    METHOD,
    breaks,
    conclusion,
    findings,
    judgement,
    run_name,
    set_aside,
    show_p,
    summary,
    to_the_second,
)

if TYPE_CHECKING:
    from bench.history import History, Point, Series
    from bench.history.rows import Run

WIDTH, HEIGHT = 900, 220
"""Of a chart, in its own units."""
LEFT, RIGHT, TOP, BOTTOM = 60, 15, 24, 24
"""Margins around the points."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One run's value: a dot with its interval."""

    x: float
    y: float
    low: float | None
    high: float | None
    partial: bool
    """Whether some examples lack the value."""
    about: str


@dataclass(frozen=True, slots=True)
class Line:
    """A vertical line (a step, a break) or a level, with words."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One value of one system over all runs: everything is in the chart's own units."""

    title: str
    findings: tuple[str, ...]
    marks: tuple[Mark, ...]
    paths: tuple[str, ...]
    """Points of lines between runs that follow each other and are comparable."""
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    """Heights with their numbers."""
    signatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """From runs and values to places in the chart."""

    runs: int
    low: float
    high: float

    def x(self, run: float) -> float:
        """Place of a run, by its number."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (run + 0.5) / self.runs, 2)

    def y(self, value: float) -> float:
        """Height of a value: the highest is on top."""
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low), 2)


def page(history: History) -> str:
    """The whole page. Names and signatures are escaped by the template."""
    from jinja2 import Environment, StrictUndefined

    def show(value: Any) -> Any:
        return printable(value) if type(value) is str else value

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=show
    )
    template = environment.from_string(files("bench.data").joinpath("history.html").read_text(encoding="utf-8"))
    return template.render(
        summary=summary(history),
        conclusion=conclusion(history.series),
        method=METHOD,
        breaks=[*breaks(history), *set_aside(history.series)],
        warnings=history.warnings,
        charts=list(charts(history)),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
        top=TOP,
        bottom=BOTTOM,
    )


def charts(history: History) -> Iterator[Chart]:
    """A chart for each value of each system; its series share it, with a break between them."""
    for (system, scorer, value), group in groupby(history.series, key=lambda s: (s.system, s.scorer, s.value)):
        series = list(group)
        scale = fit(series, len(history.runs))
        yield Chart(
            title=f"{scorer}.{value} of {system}",
            findings=tuple(line for one in series for line in findings(one, history.runs)),
            marks=tuple(mark for one in series for mark in marks(one, history.runs, scale)),
            paths=tuple(path for one in series for path in paths(one.points, scale)),
            lines=(*break_lines(series, scale), *(line for one in series for line in trend_lines(one, scale))),
            ticks=tuple((scale.y(tick), show_number(tick)) for tick in ticks(scale)),
            signatures=tuple(dict.fromkeys(one.signature for one in series)),
        )


def fit(series: Sequence[Series], runs: int) -> Scale:
    """A scale that holds all values and intervals, with a little room."""
    points = [point for one in series for point in one.points]
    shown = [number for p in points for number in (p.mean, p.ci_low, p.ci_high) if number is not None]
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return Scale(runs, low - room, high + room)


def ticks(scale: Scale) -> list[float]:
    """Four values over the height, from the bottom to the top."""
    return [scale.low + (scale.high - scale.low) * part for part in (0.05, 0.35, 0.65, 0.95)]


def marks(series: Series, runs: Sequence[Run], scale: Scale) -> Iterator[Mark]:
    """The dots of a series; a run without the value has none."""
    for point in series.points:
        if point.mean is None:
            continue
        run = runs[point.run]
        interval = ""
        if point.ci_low is not None and point.ci_high is not None:
            interval = f" [{show_number(point.ci_low)}, {show_number(point.ci_high)}]"
        yield Mark(
            x=scale.x(point.run),
            y=scale.y(point.mean),
            low=None if point.ci_low is None else scale.y(point.ci_low),
            high=None if point.ci_high is None else scale.y(point.ci_high),
            partial=point.n_ok < point.n_total,
            about=f"{show_number(point.mean)}{interval}, {point.n_ok} of {point.n_total} examples\n"
            f"run {run_name(run)}\n{to_the_second(run.started)}",
        )


def paths(points: Sequence[Point], scale: Scale) -> Iterator[str]:
    """Lines between neighbours; a missing value is a gap in them."""
    for there, stretch in groupby(points, key=lambda point: point.mean is not None):
        if there:
            yield " ".join(f"{scale.x(p.run)},{scale.y(p.mean)}" for p in stretch if p.mean is not None)


def break_lines(series: Sequence[Series], scale: Scale) -> Iterator[Line]:
    """A vertical line where a series begins that can't be compared with the one before it."""
    for one in series:
        if one.change:
            x = scale.x(one.points[0].run - 0.5)
            yield Line(x, TOP, x, HEIGHT - BOTTOM, "break", f"break: {one.change}")


def trend_lines(series: Series, scale: Scale) -> Iterator[Line]:
    """The steps with the levels around them, or the line of the drift."""
    points, steps = series.points, series.trend.steps
    for step in steps:
        x = scale.x(points[step.index].run - 0.5)
        about = f"step: {show_signed(step.after - step.before)}"
        kind = judgement(step.after - step.before, series.higher_is_better) or "neither"
        yield Line(x, TOP, x, HEIGHT - BOTTOM, kind, about)
    edges = [0, *(step.index for step in steps), len(points)]
    levels = [steps[0].before, *(step.after for step in steps)] if steps else []
    for level, (begin, end) in zip(levels, pairwise(edges), strict=False):
        left, right = scale.x(points[begin].run), scale.x(points[end - 1].run)
        yield Line(left, scale.y(level), right, scale.y(level), "level", f"level {show_number(level)}")
    drift, means = series.trend.drift, [point.mean for point in points if point.mean is not None]
    if drift:
        middle = sorted(means)[len(means) // 2]
        y1, y2 = scale.y(middle - drift.change / 2), scale.y(middle + drift.change / 2)
        about = f"drift: {show_signed(drift.change)}, p {show_p(drift.p)}"
        kind = judgement(drift.change, series.higher_is_better) or "neither"
        yield Line(scale.x(points[0].run), y1, scale.x(points[-1].run), y2, kind, about)
