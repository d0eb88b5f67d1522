"""Tables of numbers with names and marks, as plain data, and their layout as Markdown and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.printable import printable
from bench.report.markdown import escape

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text


BOLD, SIGN = "Bold:", "*"
"""How captions call the best entries, and what a terminal, which may have no colours, puts behind them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell, as text. Missing is the text that says so, never an empty or a zero."""

    text: str
    best: bool = False
    """Shown bold, and with a sign in the terminal."""
    mark: str = ""
    """Letters or a sign shown raised after the text; the caption says what it means."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name and a cell a column."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the first column holds names, the others hold numbers."""

    title: str
    corner: str
    """Head of the column of names."""
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    caption: str


def as_markdown(sheet: Sheet, *, heading: str = "##") -> Iterator[str]:
    """The lines of one table as Markdown; user texts are escaped, the best of a column is bold."""
    yield f"{heading} {escape(sheet.title)}"
    yield ""
    yield f"| {escape(sheet.corner)} | " + " | ".join(escape(column) for column in sheet.columns) + " |"
    yield "| --- |" + " ---: |" * len(sheet.columns)
    for line in sheet.lines:
        yield f"| {escape(line.name)} | " + " | ".join(_markdown_entry(entry) for entry in line.entries) + " |"
    if sheet.caption:
        yield ""
        yield f"_{escape(sheet.caption)}_"


def _markdown_entry(entry: Entry) -> str:
    text = f"**{escape(entry.text)}**" if entry.best else escape(entry.text)
    return text + (f" {escape(entry.mark)}" if entry.mark else "")


def show_sheet(sheet: Sheet, console: Console) -> None:
    """Print one table, in several parts where its columns don't fit the width; a list where not even one does."""
    from rich.text import Text

    from bench.report.width import say

    say(Text(printable(sheet.title), "bold"), console)
    names, columns = _widths(sheet)
    if names + max(columns, default=0) > console.width:
        console.print()
        _show_list(sheet, console)
    else:
        for part in _split(names, columns, console.width):
            console.print(_grid(sheet, part))
    if sheet.caption:
        caption = sheet.caption.replace(BOLD, f"{SIGN}:")
        say(Text(printable(caption), "dim"), console, lead="  ", soft=True)
    console.print()


def _widths(sheet: Sheet) -> tuple[int, list[int]]:
    """Cells that the names and each column take, rules and margins included."""
    from rich.cells import cell_len

    names = max(cell_len(printable(text)) for text in (sheet.corner, *(line.name for line in sheet.lines)))
    texts = [
        (head, *(f"{entry.text}{entry.mark}  " for entry in (line.entries[index] for line in sheet.lines)))
        for index, head in enumerate(sheet.columns)
    ]
    return names + 2, [max(cell_len(printable(text)) for text in column) + 3 for column in texts]


def _split(names: int, widths: Sequence[int], width: int) -> Iterator[list[int]]:
    """Columns that fit beside the names, part by part."""
    columns: list[int] = []
    used = names
    for index, wide in enumerate(widths):
        if columns and used + wide > width:
            yield columns
            columns, used = [], names
        columns.append(index)
        used += wide
    yield columns


def _grid(sheet: Sheet, columns: Sequence[int]) -> RichTable:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    laid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    laid.add_column(Text(printable(sheet.corner)), no_wrap=True)
    for index in columns:
        laid.add_column(Text(printable(sheet.columns[index])), justify="right", no_wrap=True)
    for line in sheet.lines:
        laid.add_row(Text(printable(line.name)), *(_rich_entry(line.entries[index]) for index in columns))
    return laid


def _show_list(sheet: Sheet, console: Console) -> None:
    """A line of the table as a name with its cells below it, for a width that has no room for both."""
    from rich.text import Text

    from bench.report.width import say

    for line in sheet.lines:
        say(Text(printable(line.name)), console)
        for head, entry in zip(sheet.columns, line.entries, strict=True):
            say(Text(f"{printable(head)}: ").append_text(_rich_entry(entry)), console, lead="  ")
        console.print()


def _rich_entry(entry: Entry) -> Text:
    from rich.text import Text

    # Without colours the best needs a sign of its own, so that it is told apart in a log too.
    sign = f" {SIGN}" if entry.best else "  "
    return Text(f"{printable(entry.text)}{printable(entry.mark)}{sign}", "bold green" if entry.best else "")
