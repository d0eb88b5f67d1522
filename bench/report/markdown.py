"""A report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.printable import printable
from bench.report.content import Offender, Report, Table, plural

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")


def markdown(report: Report) -> str:
    """The whole report as one Markdown document; user texts are escaped."""
    return "\n".join(lines(report)).rstrip() + "\n"


def lines(report: Report) -> Iterator[str]:
    """The document line by line."""
    yield f"# sumbench {escape(report.title)}"
    yield ""
    yield from (f"- {escape(fact)}" for fact in report.facts)
    for table in report.tables:
        yield ""
        yield from table_lines(table)
    if report.offenders:
        yield ""
        yield "## Claims to look at first"
        for offender in report.offenders:
            yield ""
            yield from offender_lines(offender)
        if report.offenders_left:
            yield ""
            yield f"… and {plural(report.offenders_left, 'more flagged claim')} in `scores.jsonl`."
    if report.warnings:
        yield ""
        yield f"## {plural(len(report.warnings), 'warning').capitalize()}"
        yield ""
        yield from (f"- {escape(warning)}" for warning in report.warnings)


def table_lines(table: Table) -> Iterator[str]:
    """One table; the best candidate of a column is bold."""
    yield f"## {escape(table.title)}"
    yield ""
    yield "| system | " + " | ".join(escape(column) for column in table.columns) + " |"
    yield "| --- |" + " ---: |" * len(table.columns)
    for row in table.rows:
        name = escape(row.system) + (f" _({row.note})_" if row.note else "")
        cells = (f"**{escape(cell.text)}**" if cell.best else escape(cell.text) for cell in row.cells)
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""
    yield f"_{escape(table.caption)}_"
    for note in table.notes:
        yield ""
        yield f"_{escape(note)}_"


def offender_lines(offender: Offender) -> Iterator[str]:
    """One flagged claim as a list item, each finding below it."""
    yield f"- **{escape(offender.system)}** ({escape(offender.example_id)}): {escape(offender.claim)}"
    for finding in offender.findings:
        yield f"  - {finding.label} ({escape(finding.check)}): {escape(finding.reason)}"
        yield from (f"    - document: {escape(evidence)}" for evidence in finding.evidence)


def escape(text: str) -> str:
    """Text as Markdown that shows exactly it, on one line.

    >>> escape("a|b <script> *x*")
    'a\\\\|b \\\\<script\\\\> \\\\*x\\\\*'
    """
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
