"""Baselines: a snapshot in one self-contained JSON file, to be committed, read in a diff and merged.

Sorted, with one entry a line; values, hashes and the places of flagged claims, texts only on request.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.comparing.snapshot import Cell, CellKey, Claim, ExampleHash, Snapshot, from_run, no_garbage
from bench.errors import InputError
from bench.files import make_folder, told, write_atomically
from bench.paths import user_path
from bench.reading import read_text, strict_json
from bench.record import RUN_FILE, ScorerRecord, line, to_json
from bench.typed_json import typed
from bench.types import OPTIONAL, Role, Status

SCHEMA_VERSION = 1
_LONGEST = 255
"""Bytes that a file's name may have."""


@dataclass(frozen=True, slots=True)
class BaselineCell:
    """A line of a baseline's cells; what is empty is left out."""

    example: str
    system: str
    scorer: str
    status: Status
    values: Mapping[str, float] = field(default_factory=dict, metadata=OPTIONAL)
    claims: tuple[Claim, ...] = field(default=(), metadata=OPTIONAL)
    error: str | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline file holds."""

    schema_version: int
    run_id: str
    commit: str | None
    words: bool
    signatures: Mapping[str, str]
    scorers: Mapping[str, ScorerRecord]
    systems: Mapping[str, Role]
    examples: Mapping[str, ExampleHash]
    cells: tuple[BaselineCell, ...]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, metadata=OPTIONAL)
    """Example and system to the hash of the summary; older baselines lack them."""


def lines_of(snapshot: Snapshot, *, texts: bool = False) -> Iterator[str]:
    """A baseline file, line by line: sorted, one entry a line, no times and no paths."""
    yield "{\n"
    head: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "run_id": snapshot.run_id,
        "commit": snapshot.commit,
        "words": snapshot.words,
    }
    for key, value in sorted(head.items()):
        yield f"{json.dumps(key)}: {line(value)},\n"
    yield from _section("signatures", sorted(snapshot.signatures.items()))
    yield from _section("scorers", sorted(snapshot.scorers.items()))
    yield from _section("systems", list(snapshot.systems.items()))
    yield from _section("examples", sorted(snapshot.examples.items()))
    hashes: dict[str, dict[str, str]] = {}
    for (example, system), text in sorted(snapshot.texts.items()):
        hashes.setdefault(example, {})[system] = text
    yield from _section("texts", list(hashes.items()))
    yield '"cells": [\n'
    cells = sorted(snapshot.cells.items())
    for index, (place, cell) in enumerate(cells):
        yield f"{line(_cell_entry(place, cell, texts))}{',' if index < len(cells) - 1 else ''}\n"
    yield "]\n}\n"


def save_baseline(snapshot: Snapshot, path: Path, *, texts: bool = False) -> None:
    """Write a baseline file in one step; InputError when it can't be, or where there is a file that is no baseline."""
    _refuse_other(path)
    with told(f"{path}: can't be written"):
        make_folder(path.parent)
        # Of a link, what it points to.
        write_atomically(path.resolve(), lines_of(snapshot, texts=texts))


def _refuse_other(path: Path) -> None:
    """InputError where there is something that doesn't read as a baseline: saving one must not cost it."""
    with told(f"{path}: can't be written"):
        if not os.path.lexists(path):
            return
    try:
        if not path.is_file():
            raise InputError(f"{path}: no file")
        load_baseline(path)
    except InputError as error:
        raise InputError(f"{error}; it is not replaced: remove it first, or take another name") from None


def refuse_name(name: str) -> None:
    """InputError for what can't be a baseline's name, nor a file that ends in ``.json``."""
    path = Path(name)
    if not name.isprintable():
        raise InputError(f"{name!a}: a baseline's name can't hold control characters")
    if "/" in name and path.suffix != ".json":
        raise InputError(f"{name}: a name without '/', or a file that ends in .json")
    if name in ("", ".", "..") or path.name == ".json":
        raise InputError(f"{name!r}: a baseline needs a name, as main")
    if len(f"{path.name}.json".encode()) > _LONGEST:
        raise InputError(f"{path.name[:20]}…: a baseline's name has at most {_LONGEST - len('.json')} bytes")


def load_baseline(path: Path) -> Snapshot:
    """Read a baseline file; InputError when it is missing, damaged, or from a newer sumbench."""
    try:
        with no_garbage():
            data = strict_json(read_text(path))
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: damaged baseline, not JSON: {error}") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(version, int) or version < 1:
        raise InputError(f"{path}: not a sumbench baseline: it has no schema_version")
    if "aggregates" in data:
        raise InputError(f"{path}: a run's record, no baseline")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"{path}: the baseline has schema version {version}, this sumbench reads up to {SCHEMA_VERSION}: "
            "update sumbench"
        )
    try:
        with no_garbage():
            return _snapshot(path.stem, typed(data, Baseline))
    except ValueError as error:
        raise InputError(f"{path}: damaged baseline: {error}; remove it and save it again") from None


def find_snapshot(name: str, results_dir: Path) -> Snapshot:
    """The baseline or run that a name means: a file, a folder, a baseline's name, a run id or ``LATEST``."""
    from bench.runs import find_run

    path, baseline = user_path(name), baseline_path(name, results_dir)
    # A baseline's name comes first: the folder where this is typed may well hold something called "main".
    if "/" not in name and baseline.is_file() and path.name != RUN_FILE:
        return load_baseline(baseline)
    if path.is_file() and path.name != RUN_FILE:
        return load_baseline(path)
    try:
        return from_run(find_run(name, results_dir))
    except InputError as error:
        if path.exists():
            raise
        raise InputError(f"{error}; {known_baselines(results_dir)}") from None


def baseline_path(name: str, results_dir: Path) -> Path:
    """Where a baseline of that name lies; a name that ends in ``.json`` is the file itself."""
    return user_path(name) if name.endswith(".json") else user_path(results_dir / "baselines" / f"{name}.json")


def known_baselines(results_dir: Path) -> str:
    """The names of the baselines there are, in words."""
    folder = results_dir / "baselines"
    return f"baselines in {folder}: {', '.join(sorted(path.stem for path in folder.glob('*.json'))) or 'none'}"


def _section(name: str, entries: Sequence[tuple[str, Any]]) -> Iterator[str]:
    yield f"{json.dumps(name)}: {{\n"
    for index, (key, value) in enumerate(entries):
        yield f"{line(key)}: {line(value)}{',' if index < len(entries) - 1 else ''}\n"
    yield "},\n"


def _cell_entry(key: CellKey, cell: Cell, texts: bool) -> dict[str, Any]:
    example, system, scorer = key
    entry: dict[str, Any] = {"example": example, "system": system, "scorer": scorer, "status": cell.status}
    if cell.values:
        entry["values"] = dict(cell.values)
    if cell.claims:
        kept = ("hash", "label", "start", "end", *(("text", "reason", "evidence") if texts else ()))
        entry["claims"] = [{name: to_json(getattr(claim, name)) for name in kept} for claim in cell.claims]
    if cell.error:
        entry["error"] = cell.error
    return entry


def _snapshot(name: str, kept: Baseline) -> Snapshot:
    cells: dict[CellKey, Cell] = {}
    parts: tuple[Mapping[str, object], ...] = (kept.examples, kept.systems, kept.scorers)
    for cell in kept.cells:
        key = (cell.example, cell.system, cell.scorer)
        if key in cells:
            raise ValueError(f"two cells for {', '.join(key)}")
        for known, place in zip(parts, key, strict=True):
            if place not in known:
                raise ValueError(f"a cell for {', '.join(key)}, but there is no {place}")
        cells[key] = Cell(cell.status, cell.values, cell.claims, cell.error)
    return Snapshot(
        name=name,
        run_id=kept.run_id,
        commit=kept.commit,
        signatures=kept.signatures,
        scorers=kept.scorers,
        systems=kept.systems,
        examples=kept.examples,
        cells=cells,
        words=kept.words,
        texts={(example, system): text for example, by in kept.texts.items() for system, text in by.items()},
    )
