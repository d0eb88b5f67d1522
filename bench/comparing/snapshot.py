"""What two runs are compared by: values, hashes and verdicts, from a run's folder (or ``bench.comparing.baseline``)."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from sys import intern
from typing import Any, Literal, get_args

from bench.errors import InputError
from bench.record import (
    INPUTS_FILE,
    SCORES_FILE,
    ScorerRecord,
    read_inputs,
    read_record,
    read_scores,
    text_hash,
)
from bench.text import fold
from bench.types import OPTIONAL, Label, Natural, Role, Score, Status

Flagged = Literal["unsupported", "contradicted"]
FLAGGED: tuple[Label, ...] = get_args(Flagged)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a check judged, told apart by its words rather than its place."""

    hash: str
    """Of the claim's words: 16 hex digits, the same for other case, quotes and white space."""
    label: Flagged
    start: Natural
    end: Natural
    reason: str | None = field(default=None, metadata=OPTIONAL)
    text: str | None = field(default=None, metadata=OPTIONAL)
    """``None`` in a baseline without texts."""
    evidence: tuple[str, ...] = field(default=(), metadata=OPTIONAL)


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
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Example id and system to the hash of the summary: 16 hex digits; absent where it isn't known."""


def from_run(folder: Path) -> Snapshot:
    """The snapshot of a finished run's folder; InputError when it isn't one."""
    run = read_record(folder)
    cells: dict[CellKey, Cell] = {}
    flagged: dict[str, list[Score]] = {}
    examples: dict[str, ExampleHash] = {}
    texts: dict[tuple[str, str], str] = {}
    words = True
    with no_garbage():
        for score in read_scores(folder):
            # The same few names in every line: kept once.
            key = (score.example_id, intern(score.system), intern(score.scorer))
            values = dict(zip(map(intern, score.values), score.values.values(), strict=True))
            cells[key] = Cell(score.status, values, (), score.error)
            if any(verdict.label in FLAGGED for verdict in score.verdicts):
                flagged.setdefault(score.example_id, []).append(score)
        # The texts, which are large, pass by one at a time.
        for data in read_inputs(folder):
            examples[data["id"]] = ExampleHash(data["hash"], data.get("document_hash", data["hash"]))
            words = words and "document" in data
            for system, candidate in data["candidates"].items():
                texts[data["id"], intern(system)] = candidate["hash"][:16]
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
        texts=texts,
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


def _claims(score: Score, inputs: Mapping[str, Any]) -> Iterator[Claim]:
    """The flagged claims of a score."""
    candidate = inputs["candidates"].get(score.system, {})
    text, document = candidate.get("text"), inputs.get("document")
    for verdict in score.verdicts:
        if verdict.label == "supported" or verdict.label == "unchecked":
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
