"""The history in the terminal: a line a value, then where something lasting happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.printable import printable
from bench.report.content import plural, show_signed
from bench.report.history_content import (
    ASCII_BLOCKS,
    BLOCKS,
    METHOD,
    breaks,
    conclusion,
    ends,
    findings,
    judgement,
    set_aside,
    sparkline,
    summary,
    value_or_dash,
)
from bench.report.width import fits, say

if TYPE_CHECKING:
    from bench.history import History, Series

_COLOURS = {"better": "green", "worse": "red", "": ""}


def show(history: History, console: Console) -> None:
    """Print a history. Names are never read as markup, and signs that the console lacks are replaced."""
    shown = worth_a_line(history.series)

    def tell(text: str, style: str = "", lead: str = "  ") -> None:
        say(fit(text, console, style), console, lead=lead, soft=True)

    tell(summary(history), "bold", "")
    table = lines(shown, console)
    if fits(table, console):
        console.print(table)
    else:
        console.print()
        for series in shown:
            show_series(series, console)
        console.print()
    if left := len(history.series) - len(shown):
        singles = plural(left, "older value of a single run", "older values of a single run")
        tell(f"{singles} with another recipe or other examples left out here", "dim")
    tell(conclusion(history.series), "bold", "")
    for series in history.series:
        for line in findings(series, history.runs):
            tell(f"{name(series)} of {series.system}: {line}")
    for line in [*breaks(history), *set_aside(history.series), METHOD]:
        tell(line, "dim")
    if history.warnings:
        tell(plural(len(history.warnings), "warning"), "bold yellow", "")
    for warning in history.warnings:
        tell(warning)


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
    table.add_column("", no_wrap=True)
    blocks = ASCII_BLOCKS if console.options.ascii_only else BLOCKS
    for series in shown:
        first, last, change = numbers(series, console)
        table.add_row(
            fit(series.system, console),
            fit(name(series), console),
            Text(sparkline([point.mean for point in series.points], blocks)),
            first,
            last,
            change,
            str(len(series.points)),
            ", ".join(marks(series)),
        )
    return table


def show_series(series: Series, console: Console) -> None:
    """A line of the table in several, for a width that it doesn't fit."""
    blocks = ASCII_BLOCKS if console.options.ascii_only else BLOCKS
    first, last, change = numbers(series, console)
    say(fit(f"{series.system} {name(series)}", console), console)
    trend = sparkline([point.mean for point in series.points], blocks).strip()
    text = Text(f"{trend} ").append_text(first).append(" to ").append_text(last)
    text.append(", change ").append_text(change) if change else None
    for mark in (plural(len(series.points), "run"), *marks(series)):
        text.append(f", {mark}")
    say(text, console, lead="  ")


def numbers(series: Series, console: Console) -> tuple[Text, Text, Text]:
    """First and last value and their difference, coloured; empty where there is but one run."""
    first, last = ends(series)
    change = None if first is None or last is None or len(series.points) < 2 else last - first
    colour = _COLOURS[judgement(change or 0.0, series.higher_is_better)]
    shown = "" if change is None else show_signed(change)
    return fit(value_or_dash(first), console), fit(value_or_dash(last), console), fit(shown, console, colour)


def marks(series: Series) -> list[str]:
    """What is noteworthy about a series, in a word or two each."""
    found = [plural(len(series.trend.steps), "step")] if series.trend.steps else []
    return [*found, *(["drift"] if series.trend.drift else []), *(["after a break"] if series.change else [])]


def name(series: Series) -> str:
    """``scorer.value``."""
    return f"{series.scorer}.{series.value}"


def fit(text: str, console: Console, style: str = "") -> Text:
    """Text as it is, without markup and control characters; signs that the console can't write become ``?``."""
    known = printable(text).encode(console.encoding, "replace").decode(console.encoding)
    return Text(known, style)
