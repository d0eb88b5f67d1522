"""What two runs are compared by: values, hashes and verdicts, from a run's folder or a baseline file.

A baseline is a snapshot in one self-contained JSON file, sorted and with one entry a line, so that
it can be committed, read in a diff and merged.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from sys import intern
from typing import Any, get_args

from bench.errors import InputError
from bench.record import (
    INPUTS_FILE,
    RUN_FILE,
    SCORES_FILE,
    ScorerRecord,
    line,
    read_cells,
    read_inputs,
    read_record,
    score_from_json,
    text_hash,
    to_json,
    write_atomically,
)
from bench.text import fold
from bench.types import Label, Role, Score, Status

SCHEMA_VERSION = 1
FLAGGED: tuple[Label, ...] = ("unsupported", "contradicted")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a check judged, told apart by its words rather than its place."""

    hash: str
    """Of the claim's words: 16 hex digits, the same for other case, quotes and white space."""
    label: Label
    start: int
    end: int
    reason: str | None = None
    text: str | None = None
    """``None`` in a baseline without texts."""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One scorer's result for one candidate."""

    status: Status
    values: Mapping[str, float]
    claims: tuple[Claim, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ExampleHash:
    """What an example is by content."""

    content: str
    """Of document and references."""
    document: str
    """Of the document: examples that share it are one cluster. May equal ``content``."""


CellKey = tuple[str, str, str]
"""Example id, system, scorer."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything about a run that a comparison reads."""

    name: str
    """What it is called in a comparison: the baseline's name or the run's id."""
    run_id: str
    commit: str | None
    signatures: Mapping[str, str]
    scorers: Mapping[str, ScorerRecord]
    systems: Mapping[str, Role]
    examples: Mapping[str, ExampleHash]
    cells: Mapping[CellKey, Cell]
    words: bool = True
    """Whether claims are told apart by their words; not when the run kept no texts."""


def from_run(folder: Path) -> Snapshot:
    """The snapshot of a finished run's folder; InputError when it isn't one."""
    run = read_record(folder)
    cells: dict[CellKey, Cell] = {}
    flagged: dict[str, list[Score]] = {}
    examples: dict[str, ExampleHash] = {}
    words = True
    with no_garbage():
        for key, cell, score in read_cells(folder, _cell):
            cells[key] = cell
            if score is not None:
                flagged.setdefault(score.example_id, []).append(score)
        # The texts, which are large, pass by one at a time.
        for data in read_inputs(folder):
            try:
                examples[data["id"]] = ExampleHash(data["hash"], data.get("document_hash", data["hash"]))
            except KeyError:
                raise InputError(f"{folder / INPUTS_FILE}: example {data['id']} has no hash") from None
            words = words and "document" in data
            for score in flagged.get(data["id"], ()):
                key = (score.example_id, score.system, score.scorer)
                cells[key] = replace(cells[key], claims=tuple(_claims(score, data)))
    if unknown := sorted({example for example, _, _ in cells} - examples.keys()):
        raise InputError(f"{folder / SCORES_FILE}: example {unknown[0]} is not in {INPUTS_FILE}")
    return Snapshot(
        name=run.run_id,
        run_id=run.run_id,
        commit=run.provenance.get("commit"),
        signatures=run.signatures,
        scorers=run.scorers,
        systems=run.systems,
        examples=examples,
        cells=cells,
        words=words,
    )


@contextmanager
def no_garbage() -> Iterator[None]:
    """Don't look for garbage while millions of small objects are made that all stay: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def claim_hash(text: str) -> str:
    """Hash of a claim's words.

    >>> claim_hash("Xi  said “no”.") == claim_hash('xi said "No".')
    True
    """
    return text_hash(" ".join(fold(text).split()))[:16]


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
    yield '"cells": [\n'
    cells = sorted(snapshot.cells.items())
    for index, (place, cell) in enumerate(cells):
        yield f"{line(_cell_entry(place, cell, texts))}{',' if index < len(cells) - 1 else ''}\n"
    yield "]\n}\n"


def save_baseline(snapshot: Snapshot, path: Path, *, texts: bool = False) -> None:
    """Write a baseline file in one step; InputError when it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lines_of(snapshot, texts=texts))
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None


def load_baseline(path: Path) -> Snapshot:
    """Read a baseline file; InputError when it is missing, damaged, or from a newer sumbench."""
    try:
        with no_garbage():
            data = json.loads(
                path.read_text(encoding="utf-8"), parse_constant=_refuse, object_pairs_hook=_without_repetition
            )
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: damaged baseline, not JSON: {error}") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(version, int) or version < 1:
        raise InputError(f"{path}: not a sumbench baseline: it has no schema_version")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"{path}: the baseline has schema version {version}, this sumbench reads up to {SCHEMA_VERSION}: "
            "update sumbench"
        )
    try:
        return _from_json(path.stem, data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else error
        raise InputError(f"{path}: damaged baseline: {what}; save it again") from None


def find_snapshot(name: str, results_dir: Path) -> Snapshot:
    """The baseline or run that a name means: a file, a folder, a baseline's name, a run id or ``LATEST``."""
    from bench.runs import find_run

    path, baseline = Path(name).expanduser(), baseline_path(name, results_dir)
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
    return Path(name).expanduser() if name.endswith(".json") else results_dir / "baselines" / f"{name}.json"


def known_baselines(results_dir: Path) -> str:
    """The names of the baselines there are, in words."""
    folder = results_dir / "baselines"
    return f"baselines in {folder}: {', '.join(sorted(path.stem for path in folder.glob('*.json'))) or 'none'}"


def _cell(data: Mapping[str, Any]) -> tuple[CellKey, Cell, Score | None]:
    """A cell from its line in ``scores.jsonl``, without claims; the Score only where some are flagged."""
    # The same few names in every line: kept once.
    key = (data["example_id"], intern(data["system"]), intern(data["scorer"]))
    values = dict(zip(map(intern, data["values"]), data["values"].values(), strict=True))
    flagged = data["verdicts"] and any(verdict["label"] in FLAGGED for verdict in data["verdicts"])
    cell = Cell(data["status"], values, (), data["error"])
    return key, cell, score_from_json(data) if flagged else None


def _claims(score: Score, inputs: Mapping[str, Any]) -> Iterator[Claim]:
    """The flagged claims of a score."""
    candidate = inputs["candidates"].get(score.system, {})
    text, document = candidate.get("text"), inputs.get("document")
    for verdict in score.verdicts:
        if verdict.label not in FLAGGED:
            continue
        words = None if text is None else text[verdict.claim.slice]
        # Without texts a claim is told apart by its candidate and place.
        place = f"{candidate.get('hash')}:{verdict.claim.start}:{verdict.claim.end}"
        yield Claim(
            hash=claim_hash(words) if words is not None else text_hash(place)[:16],
            label=verdict.label,
            start=verdict.claim.start,
            end=verdict.claim.end,
            reason=verdict.reason,
            text=words,
            evidence=() if document is None else tuple(document[span.slice] for span in verdict.evidence),
        )


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


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a merge that kept both sides may leave a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


def _from_json(name: str, data: Mapping[str, Any]) -> Snapshot:
    scorers = {
        scorer: ScorerRecord(**{**record, "headline": tuple(record["headline"])})
        for scorer, record in data["scorers"].items()
    }
    systems: dict[str, Role] = dict(data["systems"])
    examples = {example: ExampleHash(**hashes) for example, hashes in data["examples"].items()}
    if not isinstance(data["cells"], list):
        raise TypeError("the cells are no list")
    cells: dict[CellKey, Cell] = {}
    for entry in data["cells"]:
        key = (entry["example"], entry["system"], entry["scorer"])
        if key in cells:
            raise ValueError(f"two cells for {', '.join(key)}")
        parts: tuple[Mapping[str, object], ...] = (examples, systems, scorers)
        for known, place in zip(parts, key, strict=True):
            if place not in known:
                raise ValueError(f"a cell for {', '.join(key)}, but there is no {place}")
        cells[key] = _baseline_cell(entry)
    return Snapshot(
        name=name,
        run_id=data["run_id"],
        commit=data["commit"],
        signatures=dict(data["signatures"]),
        scorers=scorers,
        systems=systems,
        examples=examples,
        cells=cells,
        words=data["words"],
    )


def _baseline_cell(entry: Mapping[str, Any]) -> Cell:
    values = entry.get("values", {})
    for value, number in values.items():
        if type(number) not in (int, float):
            raise TypeError(f"{value} is {number!r}, not a number")
    if entry["status"] not in get_args(Status):
        raise ValueError(f"status {entry['status']!r}")
    claims = [Claim(**{**claim, "evidence": tuple(claim.get("evidence", ()))}) for claim in entry.get("claims", ())]
    for claim in claims:
        if claim.label not in FLAGGED:
            raise ValueError(f"a claim's label {claim.label!r}")
    return Cell(status=entry["status"], values=values, claims=tuple(claims), error=entry.get("error"))
