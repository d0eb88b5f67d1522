"""The ledger of a sweep: every cell pending, done or failed with its reason, in one file.

The ledger is found again by what was typed, so that the same command goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bench.errors import InputError
from bench.files import make_folder, told, write_atomically
from bench.reading import read_text, strict_json
from bench.record import RUN_FILE, line, page, read_record, text_hash
from bench.typed_json import typed

SCHEMA_VERSION = 1
LEDGER_FILE = "ledger.json"
LOCK_FILE = "lock"

State = Literal["pending", "done", "failed"]


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One combination of a sweep's values."""

    overrides: tuple[str, ...]
    """What makes this cell: all overrides, fixed and swept."""
    state: State
    folder: str
    """Where its run's files are, or will be."""
    reason: str | None = None
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All cells of one sweep, in the order in which they run."""

    typed: tuple[str, ...]
    """The overrides as they were typed, sweeps unexpanded."""
    cells: tuple[SweepCell, ...]
    schema_version: int = SCHEMA_VERSION

    def with_cell(self, index: int, **changes: Any) -> Ledger:
        """The ledger with one cell changed."""
        cells = list(self.cells)
        cells[index] = replace(cells[index], **changes)
        return replace(self, cells=tuple(cells))

    def index_of(self, overrides: Sequence[str]) -> int:
        """The place of the cell with these overrides, in whatever order they stand."""
        wanted = sorted(overrides)
        return next(index for index, cell in enumerate(self.cells) if sorted(cell.overrides) == wanted)

    def swept(self) -> tuple[str, ...]:
        """The settings that differ between cells, by name.

        >>> cells = [SweepCell(("a=1", "b=2"), "pending", "x"), SweepCell(("a=1", "b=3"), "pending", "y")]
        >>> Ledger(("a=1", "b=2,3"), tuple(cells)).swept()
        ('b',)
        """
        names = dict.fromkeys(word.partition("=")[0] for cell in self.cells for word in cell.overrides)
        return tuple(name for name in names if len({value_of(cell, name) for cell in self.cells}) > 1)


def value_of(cell: SweepCell, name: str) -> str | None:
    """What a cell sets a setting to; ``None`` where it doesn't."""
    return next((word.partition("=")[2] for word in cell.overrides if word.partition("=")[0] == name), None)


def sweep_id(typed: Iterable[str]) -> str:
    """Name of a sweep: the same for the same overrides in any order; 12 hex digits."""
    return text_hash(*sorted(typed))[:12]


def open_ledger(folder: Path, typed: Sequence[str], combinations: Sequence[Sequence[str]], runs: Path) -> Ledger:
    """A new ledger of these combinations, or the one that is there, without cells whose runs have gone.

    A cell that is done stays done only while its record exists; all others are pending or failed.
    """
    known = {}
    if (folder / LEDGER_FILE).exists():
        known = {tuple(sorted(cell.overrides)): cell for cell in read_ledger(folder).cells}
    cells = []
    for number, overrides in enumerate(combinations):
        fresh = SweepCell(tuple(overrides), "pending", str(runs / f"sweep-{folder.name}-{number}"))
        cell = known.get(tuple(sorted(overrides)), fresh)
        if cell.state == "done" and not (Path(cell.folder) / RUN_FILE).exists():
            cell = replace(cell, state="pending")
        cells.append(cell)
    return Ledger(tuple(typed), tuple(cells))


def already_done(folder: Path, overrides: Sequence[str], config: Mapping[str, Any]) -> bool:
    """Whether a folder holds the finished run of a cell: it was killed before the ledger could be told."""
    if not (folder / RUN_FILE).is_file():
        return False
    record = read_record(folder)
    return sorted(record.overrides) == sorted(overrides) and record.config == json.loads(line(config))


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Write the ledger in one step; InputError when it can't be written."""
    with told(f"{folder}: can't write the sweep's ledger"):
        make_folder(folder)
        write_atomically(folder / LEDGER_FILE, [page(ledger)])


def read_ledger(folder: Path) -> Ledger:
    """The ledger of a sweep's folder; InputError when it is missing or damaged."""
    path = folder / LEDGER_FILE
    try:
        data = strict_json(read_text(path))
        version = data.get("schema_version") if isinstance(data, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise InputError(f"{path}: written by a newer sumbench: update sumbench")
        return typed(data, Ledger)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: damaged ledger ({error}); remove it to start the sweep anew") from None
