"""One table over all cells of a sweep, the failed ones too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.printable import printable
from bench.record import RunRecord, read_record
from bench.report.content import plural, show_aggregate
from bench.report.tables import Entry, Line, Sheet, show_sheet
from bench.sweep import Ledger, SweepCell, value_of

if TYPE_CHECKING:
    from rich.console import Console


def sheet(ledger: Ledger) -> Sheet:
    """Rows: a cell and candidate system each; columns: the headline values that aren't alike in all finished cells."""
    records = {index: read_record(Path(cell.folder)) for index, cell in enumerate(ledger.cells) if cell.state == "done"}
    every = tuple(dict.fromkeys(name for record in records.values() for name in headline(record)))
    columns = tuple(moving([*records.values()], every)) or every
    lines = []
    for index, cell in enumerate(ledger.cells):
        name = cell_name(cell, ledger.swept())
        record = records.get(index)
        if record is None:
            lines.append(Line(f"{name}: {cell.state}", tuple(Entry("–") for _ in columns)))
            continue
        systems = [system for system, role in record.systems.items() if role == "candidate"]
        for system in systems:
            lines.append(Line(f"{name}  {system}", tuple(entries(record, system, columns))))
    done = sum(cell.state == "done" for cell in ledger.cells)
    caption = f"{done} of {plural(len(ledger.cells), 'cell')} done"
    if alike := [name for name in every if name not in columns]:
        caption += f"; the same in each: {', '.join(alike)}"
    return Sheet("sweep", "cell and system", columns, tuple(lines), caption)


def moving(records: Sequence[RunRecord], columns: Sequence[str]) -> Iterator[str]:
    """The columns in which some candidate's value differs between records, or that a record lacks."""
    found: dict[tuple[str, str], list[float | None]] = {}
    for record in records:
        for a in record.aggregates:
            if record.systems[a.system] == "candidate":
                found.setdefault((f"{a.scorer}.{a.value}", a.system), []).append(a.mean)
    still = {name for name, _ in found}
    still -= {name for (name, _), means in found.items() if len(means) < len(records) or len({*means}) > 1}
    yield from (column for column in columns if column not in still)


def headline(record: RunRecord) -> Iterator[str]:
    """The values shown first of each scorer, as ``scorer.value``."""
    for scorer, how in record.scorers.items():
        yield from (f"{scorer}.{value}" for value in how.headline if how.higher_is_better[value] is not None)


def signature_lines(ledger: Ledger) -> Iterator[str]:
    """The recipes of the numbers; where cells differ in one, which cells: their numbers aren't comparable."""
    cells: dict[str, list[str]] = {}
    done = [cell for cell in ledger.cells if cell.state == "done"]
    for cell in done:
        for signature in read_record(Path(cell.folder)).signatures.values():
            cells.setdefault(signature, []).append(cell_name(cell, ledger.swept()))
    for signature, names in cells.items():
        yield signature if len(names) == len(done) else f"{signature}  ({'; '.join(names)})"


def entries(record: RunRecord, system: str, columns: Sequence[str]) -> Iterator[Entry]:
    """One system's values in one cell; a dash where the cell didn't compute one."""
    of = {f"{a.scorer}.{a.value}": a for a in record.aggregates if a.system == system}
    for column in columns:
        yield Entry(show_aggregate(of[column]) if column in of else "–")


def cell_name(cell: SweepCell, swept: Sequence[str]) -> str:
    """A cell by what is swept; a setting by its last name where that is enough.

    >>> cell_name(SweepCell(("limit=1", "metrics.rouge.use_stemmer=true"), "done", "x"), ["metrics.rouge.use_stemmer"])
    'use_stemmer=true'
    """
    last = [name.rpartition(".")[2] for name in swept]
    short = [part if last.count(part) == 1 else name for name, part in zip(swept, last, strict=True)]
    named = zip(short, swept, strict=True)
    return " ".join(f"{part}={value_of(cell, name)}" for part, name in named) or "the only cell"


def show_sweep(ledger: Ledger, folder: Path, console: Console) -> None:
    """Print the table, then each failure with its reason."""
    from rich.text import Text

    from bench.report.width import say

    show_sheet(sheet(ledger), console)
    for line in signature_lines(ledger):
        say(Text(printable(line), "dim"), console, lead="  ", soft=True)
    failed = [cell for cell in ledger.cells if cell.state == "failed"]
    for cell in failed:
        text = Text("failed ", style="red")
        text.append(printable(f"{cell_name(cell, ledger.swept())}: {cell.reason}"))
        say(text, console, soft=True)
    say(Text(f"ledger: {folder}", "dim"), console, soft=True)
    if any(cell.state != "done" for cell in ledger.cells):
        say(Text("The same command again runs only what is not done."), console)
