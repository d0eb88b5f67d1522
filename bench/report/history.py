"""The history in the terminal: a line a value, then where something lasting happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.report.content import plural, printable, show_signed
from bench.report.history_content import (
    ASCII_BLOCKS,
    BLOCKS,
    METHOD,
    breaks,
    ends,
    findings,
    judgement,
    sparkline,
    summary,
    value_or_dash,
)

if TYPE_CHECKING:
    from bench.history import History, Series

_COLOURS = {"better": "green", "worse": "red", "": ""}


def show(history: History, console: Console) -> None:
    """Print a history. Names are never read as markup, and signs that the console lacks are replaced."""
    shown = worth_a_line(history.series)
    console.print(fit(summary(history), console, "bold"))
    console.print(lines(shown, console))
    left = len(history.series) - len(shown)
    if left:
        singles = plural(left, "older value of a single run", "older values of a single run")
        console.print(fit(f"  {singles} with another recipe or other examples left out here", console, "dim"))
    found = [(series, line) for series in history.series for line in findings(series, history.runs)]
    console.print(fit("lasting changes" if found else "no lasting change found", console, "bold"))
    for series, line in found:
        console.print(fit(f"  {name(series)} of {series.system}: {line}", console), soft_wrap=True)
    for change in breaks(history):
        console.print(fit(f"  {change}", console, "dim"), soft_wrap=True)
    console.print(fit(f"  {METHOD}", console, "dim"), soft_wrap=True)
    if history.warnings:
        console.print(fit(plural(len(history.warnings), "warning"), console, "bold yellow"))
    for warning in history.warnings:
        console.print(fit(f"  {warning}", console), soft_wrap=True)


def worth_a_line(every: Sequence[Series]) -> list[Series]:
    """The newest series of each value, and older ones with more than one run."""
    newest = {(series.system, series.scorer, series.value): series for series in every}
    return [
        series
        for series in every
        if len(series.points) > 1 or newest[series.system, series.scorer, series.value] is series
    ]


def lines(shown: Sequence[Series], console: Console) -> Table:
    """The table: each series' trend, first and last value, difference and number of runs."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("system", "value", "trend"):
        table.add_column(column, no_wrap=True)
    for column in ("first", "last", "change", "runs"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("")
    blocks = ASCII_BLOCKS if console.options.ascii_only else BLOCKS
    for series in shown:
        first, last = ends(series)
        change = None if first is None or last is None or len(series.points) < 2 else last - first
        marks = [plural(len(series.trend.steps), "step")] if series.trend.steps else []
        marks += ["drift"] if series.trend.drift else []
        marks += ["after a break"] if series.change else []
        table.add_row(
            fit(series.system, console),
            fit(name(series), console),
            Text(sparkline([point.mean for point in series.points], blocks)),
            fit(value_or_dash(first), console),
            fit(value_or_dash(last), console),
            fit(
                "" if change is None else show_signed(change),
                console,
                _COLOURS[judgement(change or 0.0, series.higher_is_better)],
            ),
            str(len(series.points)),
            ", ".join(marks),
        )
    return table


def name(series: Series) -> str:
    """``scorer.value``."""
    return f"{series.scorer}.{series.value}"


def fit(text: str, console: Console, style: str = "") -> Text:
    """Text as it is, without markup and control characters; signs that the console can't write become ``?``."""
    known = printable(text).encode(console.encoding, "replace").decode(console.encoding)
    return Text(known, style)
