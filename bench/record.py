"""What a run leaves behind: records to strict JSON and back.

``run.json`` holds one RunRecord, ``scores.jsonl`` one Score a line sorted by (example, system,
scorer), ``inputs.jsonl`` the texts that the spans point into. The first has the SHA-256 of the
others. JSON Schemas of them ship in ``bench/data``, made from the types (``bench.schemas``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from bench.errors import InputError
from bench.files import digest_of
from bench.printable import json_printable
from bench.reading import check_file, read_text, strict_json, unfit
from bench.typed_json import from_line, typed
from bench.types import OPTIONAL, Aggregate, Candidate, Example, Natural, Role, Score

SCHEMA_VERSION = 2

RUN_FILE = "run.json"
SCORES_FILE = "scores.jsonl"
INPUTS_FILE = "inputs.jsonl"
CONFIG_FILE = "config.yaml"
OVERRIDES_FILE = "overrides.yaml"
JOURNAL_FILE = "journal.jsonl"
ERRORS_FILE = "errors.log"
RUN_FILES = (RUN_FILE, SCORES_FILE, INPUTS_FILE, CONFIG_FILE, OVERRIDES_FILE, JOURNAL_FILE, ERRORS_FILE)
"""All names that a run writes in its folder; the journal is gone when it has finished, the log is there only where a
cell failed."""

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ScorerRecord:
    """How to read one scorer's values."""

    kind: Literal["metric", "check", "combination"]
    """``combination``: a scorer that puts the checks' verdicts together."""
    headline: tuple[str, ...]
    """The values that tables show first."""
    higher_is_better: Mapping[str, bool | None]
    """Every value that the scorer can give, and which direction is better (``None``: neither)."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many cells of one scorer ended how."""

    ok: Natural
    undefined: Natural
    error: Natural


@dataclass(frozen=True, slots=True)
class ClaimCount:
    """One system's claims, over all examples, as one check or all checks together judged them."""

    system: str
    scorer: str
    """The check's name, or ``any``: a claim counts as flagged when at least one check flags it."""
    claims: Natural
    supported: Natural
    unsupported: Natural
    contradicted: Natural
    unchecked: Natural


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One finished run: everything that reports, comparisons and gates read."""

    run_id: str
    status: Literal["finished"]
    examples: Natural
    """Number of examples scored."""
    config: Mapping[str, Any]
    """The resolved configuration."""
    overrides: tuple[str, ...]
    """What the command line changed."""
    provenance: Mapping[str, Any]
    """Versions, hashes, machine and times: all that may differ between two runs of the same inputs."""
    signatures: Mapping[str, str]
    """Scorer name to the recipe of its numbers."""
    scorers: Mapping[str, ScorerRecord]
    systems: Mapping[str, Role]
    counts: Mapping[str, Count]
    """Scorer name to the number of cells that are ok, undefined or failed."""
    aggregates: tuple[Aggregate, ...]
    claims: tuple[ClaimCount, ...]
    warnings: tuple[str, ...]
    """What a reader should know before trusting the numbers."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of the files beside the record, by name; empty where an older sumbench wrote it."""
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class InputCandidate:
    """A summary in a line of ``inputs.jsonl``; hashes only where no texts were kept."""

    hash: str
    text: str = field(default="", metadata=OPTIONAL)
    metadata: Mapping[str, Any] = field(default_factory=dict, metadata=OPTIONAL)


@dataclass(frozen=True, slots=True)
class InputLine:
    """A line of ``inputs.jsonl``: an example with its candidates; hashes only where no texts were kept."""

    id: str
    hash: str
    """Of document, references and date."""
    candidates: Mapping[str, InputCandidate]
    document_hash: str = field(default="", metadata=OPTIONAL)
    document: str = field(default="", metadata=OPTIONAL)
    references: tuple[str, ...] = field(default=(), metadata=OPTIONAL)
    metadata: Mapping[str, Any] = field(default_factory=dict, metadata=OPTIONAL)


def to_json(value: Any) -> Any:
    """Records to plain JSON values; mappings and tuples become dicts and lists."""
    import msgspec

    return msgspec.to_builtins(value, str_keys=True, enc_hook=_plain)


def _plain(value: Any) -> Any:
    """What isn't one of Python's own types, but as good as one."""
    if isinstance(value, str | float):
        return str(value) if isinstance(value, str) else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def line(value: Any) -> str:
    """One strict JSON line (no NaN, sorted keys), without the newline.

    >>> line({"b": "习", "a": (1.5, None)})
    '{"a":[1.5,null],"b":"习"}'
    """
    return _dumps(value, separators=(",", ":"))


def page(value: Any) -> str:
    """One strict JSON document for people too: indented, sorted keys, a newline at the end; nothing in it steers."""
    return json_printable(_dumps(value, indent=2)) + "\n"


def _dumps(value: Any, **layout: Any) -> str:
    text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False, sort_keys=True, **layout)
    # Half a surrogate pair can't be written as UTF-8; JSON has an escape for it.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _record_from_json(data: Mapping[str, Any]) -> RunRecord:
    """A RunRecord from its JSON object, of this or an earlier schema version."""
    record = typed(migrate(data), RunRecord)
    # JSON's keys are sorted; the aggregates are listed in the order of the run, and give it back.
    return replace(
        record,
        scorers={each.scorer: record.scorers[each.scorer] for each in record.aggregates},
        systems={each.system: record.systems[each.system] for each in record.aggregates},
        files={name: record.files[name] for name in (INPUTS_FILE, SCORES_FILE) if name in record.files},
    )


def migrate(data: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a record of an earlier schema version up to date; a newer one is an InputError."""
    version = data.get("schema_version")
    if not isinstance(version, int):
        raise InputError("not a sumbench run record: it has no schema_version")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"the record has schema version {version}, this sumbench reads up to {SCHEMA_VERSION}: update sumbench"
        )
    # Before version 2 a record didn't say what the files beside it held.
    return {**({"files": {}} if version < 2 else {}), **data, "schema_version": SCHEMA_VERSION}


def input_to_json(example: Example, candidates: Iterable[Candidate], *, texts: bool = True) -> dict[str, Any]:
    """One line of ``inputs.jsonl``: an example with its candidates, and the hashes of both."""
    summaries = sorted(candidates, key=lambda candidate: candidate.system)
    data: dict[str, Any] = {
        "id": example.id,
        "hash": example_hash(example),
        "document_hash": text_hash(example.document),
        "candidates": {
            candidate.system: {
                "hash": text_hash(candidate.text),
                **({"text": candidate.text, "metadata": candidate.metadata} if texts else {}),
            }
            for candidate in summaries
        },
    }
    if texts:
        data |= {"document": example.document, "references": example.references, "metadata": example.metadata}
    return data


def text_hash(*texts: str) -> str:
    """SHA-256 over texts, each one delimited, as 64 hex digits."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(f"{len(encoded)}:".encode())
        digest.update(encoded)
    return digest.hexdigest()


def example_hash(example: Example) -> str:
    """Hash of what an example is by content: document, references and date, whatever its id or place."""
    # Relative dates are read from the article's date: with another one it is another example.
    date = example.metadata.get("date")
    return text_hash(example.document, *example.references, *([f"date {date}"] if date else []))


def read_record(folder: Path) -> RunRecord:
    """The RunRecord of a run's folder; InputError when there is none, or the files beside it aren't those it names."""
    path = folder / RUN_FILE
    if not path.exists():
        raise InputError(f"{folder}: no finished run here ({RUN_FILE} is missing)")
    try:
        data = strict_json(read_text(path))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: can't be read as a run record: {error}") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: not a sumbench run record: it holds no JSON object")
    try:
        record = _record_from_json(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (KeyError, ValueError) as error:
        what = f"there is no {error.args[0]}" if isinstance(error, KeyError) else error
        raise InputError(f"{path}: damaged run record: {what}; copy the whole folder, or run again") from None
    _check_files(folder, record)
    return record


def _check_files(folder: Path, record: RunRecord) -> None:
    """InputError when a file beside the record isn't the one it was written with."""
    for name, digest in record.files.items():
        try:
            found = digest_of(folder / name)
        except OSError as error:
            raise InputError(f"{folder / name}: can't be read: {error.strerror}; copy the whole folder") from None
        if found != digest:
            raise InputError(
                f"{folder / name}: not the file that {RUN_FILE} was written with (its SHA-256 differs): it was changed "
                "by hand, or copied in part; copy the whole folder, or run again"
            )


def read_scores(folder: Path) -> Iterator[Score]:
    """The Scores of a run's folder, in their order; InputError, with line and field, for what is none."""
    return _read_lines(folder / SCORES_FILE, lambda raw: from_line(raw, Score), "a score")


def read_inputs(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of ``inputs.jsonl`` of a run's folder."""
    return _read_lines(folder / INPUTS_FILE, _input, "an example with its candidates")


def _input(raw: bytes) -> dict[str, Any]:
    data: dict[str, Any] = strict_json(raw.decode("utf-8"), ours=True)
    typed(data, InputLine)
    for found in unfit(data):
        raise found
    return data


def _read_lines(path: Path, read: Callable[[bytes], T], what: str) -> Iterator[T]:
    if path.exists():
        check_file(path)
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                try:
                    yield read(raw)
                except ValueError as error:
                    raise InputError(
                        f"{path}, line {number}: not {what}: {error}; copy the whole folder, or run again"
                    ) from None
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from None
