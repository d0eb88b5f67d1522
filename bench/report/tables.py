"""Tables of numbers with names and marks, as plain data, and their layout as Markdown and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.report.content import printable
from bench.report.markdown import escape

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell, as text. Missing is the text that says so, never an empty or a zero."""

    text: str
    best: bool = False
    """Shown bold."""
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
    """Print one table, in several parts where its columns don't fit the width."""
    from rich.text import Text

    for part in _split(sheet, console.width):
        console.print(_grid(sheet, part))
    if sheet.caption:
        console.print(Text("  " + printable(sheet.caption), "dim"), soft_wrap=True)
    console.print()


def _split(sheet: Sheet, width: int) -> Iterator[list[int]]:
    """Columns that fit beside the names, part by part."""
    names = max(len(sheet.corner), *(len(line.name) for line in sheet.lines), 0) + 2
    columns: list[int] = []
    used = names
    for index, head in enumerate(sheet.columns):
        cells = [len(e.text) + len(e.mark) + 1 for e in (line.entries[index] for line in sheet.lines)]
        wide = max(len(head), *cells, 0) + 3
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

    laid = Table(box=box.SIMPLE_HEAD, title=Text(printable(sheet.title), "bold"), title_justify="left", pad_edge=False)
    laid.add_column(Text(printable(sheet.corner)), no_wrap=True)
    for index in columns:
        laid.add_column(Text(printable(sheet.columns[index])), justify="right", no_wrap=True)
    for line in sheet.lines:
        laid.add_row(Text(printable(line.name)), *(_rich_entry(line.entries[index]) for index in columns))
    return laid


def _rich_entry(entry: Entry) -> Text:
    from rich.text import Text

    # Without colours the best needs a sign of its own, so that it is told apart in a log too.
    sign = "*" if entry.best else " "
    return Text(f"{printable(entry.text)}{printable(entry.mark)}{sign}", "bold green" if entry.best else "")
