"""A report for the terminal, with rich."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bench.report.content import Offender, Report, Table, plural, printable

_COLOURS = {"unsupported": "yellow", "contradicted": "red"}


def show(report: Report, console: Console) -> None:
    """Print a report. Texts from candidates and documents are never read as markup."""
    console.print(plain(report.title, "bold"))
    for fact in report.facts:
        console.print(plain(f"  {fact}", "dim"), soft_wrap=True)
    for table in report.tables:
        console.print()
        for grid in split(table, console.width):
            console.print(grid)
        console.print(plain(f"  {table.caption}", "dim"), soft_wrap=True)
    if report.offenders:
        console.print()
        console.print(Text("claims to look at first", style="bold"))
        for offender in report.offenders:
            show_offender(offender, console)
        if report.offenders_left:
            console.print(Text(f"  … and {report.offenders_left} more flagged claims in scores.jsonl", style="dim"))
    if report.warnings:
        console.print()
        console.print(Text(plural(len(report.warnings), "warning"), style="bold yellow"))
        for warning in report.warnings:
            console.print(plain(f"  • {warning}"), soft_wrap=True)


def split(table: Table, width: int) -> list[Grid]:
    """One or more grids that fit the width: columns that don't fit go to a further grid."""
    label = max(len(row.system) + len(row.note) for row in table.rows) + 4
    grids: list[Grid] = []
    columns: list[int] = []
    used = label
    for index, name in enumerate(table.columns):
        wide = max(len(name), *(len(row.cells[index].text) + 2 for row in table.rows)) + 2
        if columns and used + wide > width:
            grids.append(grid(table, columns))
            columns, used = [], label
        columns.append(index)
        used += wide
    return [*grids, grid(table, columns)]


def grid(table: Table, columns: list[int]) -> Grid:
    """Some columns of a table as a rich table; the best candidate is bold with a star."""
    laid = Grid(box=box.SIMPLE_HEAD, title=plain(table.title, "bold"), title_justify="left", pad_edge=False)
    laid.add_column("system", no_wrap=True)
    for index in columns:
        laid.add_column(plain(table.columns[index]), justify="right", no_wrap=True)
    for row in table.rows:
        name = plain(row.system, "dim" if row.note else "")
        if row.note:
            name.append(f" ({row.note})", style="dim italic")
        cells = (row.cells[index] for index in columns)
        laid.add_row(
            name, *(Text(f"{c.text} *" if c.best else f"{c.text}  ", "bold green" if c.best else "") for c in cells)
        )
    return laid


def show_offender(offender: Offender, console: Console) -> None:
    """One flagged claim: the sentence, then each finding with its evidence."""
    head = plain(f"{offender.system} ", "bold")
    head.append(plain(f"({offender.example_id}) ", "dim"))
    head.append(plain(" ".join(offender.claim.split())))
    console.print(Padding(head, (0, 0, 0, 2)))
    for finding in offender.findings:
        text = Text(f"{finding.label} ", style=_COLOURS.get(finding.label, ""))
        text.append(plain(f"[{finding.check}] ", "dim"))
        text.append(plain(finding.reason))
        console.print(Padding(text, (0, 0, 0, 6)))
        for evidence in finding.evidence:
            console.print(Padding(plain(f"document: {shorten(evidence)}", "dim"), (0, 0, 0, 8)))


def plain(text: str, style: str = "") -> Text:
    """Text that rich shows as it is: no markup, no control characters."""
    return Text(printable(text), style)


def shorten(text: str, most: int = 240) -> str:
    """A long piece of evidence, cut at a word for display; the record keeps the whole span."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
