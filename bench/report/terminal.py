"""A report for the terminal, with rich."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bench.printable import printable
from bench.report.content import Offender, Report, Table, plural
from bench.report.tables import Entry, Line, Sheet, show_sheet
from bench.report.width import say

_COLOURS = {"unsupported": "yellow", "contradicted": "red"}


def show(report: Report, console: Console) -> None:
    """Print a report. Texts from candidates and documents are never read as markup."""
    say(plain(report.title, "bold"), console)
    for fact in report.facts:
        say(plain(fact, "dim"), console, lead="  ", soft=True)
    console.print()
    for table in report.tables:
        show_sheet(as_sheet(table), console)
    if report.offenders:
        say(Text("claims to look at first", style="bold"), console)
        for offender in report.offenders:
            show_offender(offender, console)
        if report.offenders_left:
            left = f"… and {plural(report.offenders_left, 'more flagged claim')} in scores.jsonl"
            say(Text(left, style="dim"), console, lead="  ")
    if report.warnings:
        if report.offenders:
            console.print()
        say(Text(plural(len(report.warnings), "warning"), style="bold yellow"), console)
        for warning in report.warnings:
            say(plain(warning), console, lead="  • ", soft=True)


def as_sheet(table: Table) -> Sheet:
    """A run's table as the one that terminals show."""
    lines = tuple(
        Line(f"{row.system} ({row.note})" if row.note else row.system, tuple(Entry(c.text, c.best) for c in row.cells))
        for row in table.rows
    )
    return Sheet(table.title, "system", table.columns, lines, "\n".join([table.caption, *table.notes]))


def show_offender(offender: Offender, console: Console) -> None:
    """One flagged claim: the sentence, then each finding with its evidence."""
    head = plain(f"{offender.system} ", "bold")
    head.append(plain(f"({offender.example_id}) ", "dim"))
    head.append(plain(" ".join(offender.claim.split())))
    say(head, console, lead="  ")
    for finding in offender.findings:
        text = Text(f"{finding.label} ", style=_COLOURS.get(finding.label, ""))
        text.append(plain(f"[{finding.check}] ", "dim"))
        text.append(plain(finding.reason))
        say(text, console, lead=" " * 6)
        for evidence in finding.evidence:
            say(plain(f"document: {shorten(evidence)}", "dim"), console, lead=" " * 8)


def plain(text: str, style: str = "") -> Text:
    """Text that rich shows as it is: no markup, no control characters."""
    return Text(printable(text), style)


def shorten(text: str, most: int = 240) -> str:
    """A long piece of evidence, cut at a word for display; the record keeps the whole span."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
