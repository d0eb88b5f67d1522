"""JSON Schemas of all JSON that a command writes, made from the types of the records: ``make schemas``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from bench import data, record, sweep
from bench.checks.calibration import Calibration
from bench.comparing.baseline import SCHEMA_VERSION as BASELINE_VERSION
from bench.comparing.baseline import Baseline
from bench.comparing.comparison import Comparison
from bench.comparing.ranking import Rankings
from bench.files import write_atomically
from bench.meta.calibrate import Refit
from bench.meta.records import Meta
from bench.provenance import Provenance
from bench.report import comparison, meta, selfcheck
from bench.runs import Pointer
from bench.selfcheck.records import SelfCheck
from bench.typed_json import closed, closed_hint
from bench.types import Limits, Score

Sha256 = Annotated[str, Limits(pattern="^[0-9a-f]{64}$")]
FOLDER = Path(data.__file__).parent

_OK_HAS_VALUES = {
    "if": {"properties": {"status": {"const": "ok"}}},
    "then": {"properties": {"values": {"minProperties": 1}}},
    "else": {"properties": {"values": {"maxProperties": 0}, "error": {"type": "string", "minLength": 1}}},
}
"""What no type says: a Score has values, or a reason why not."""


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of JSON that a command writes."""

    title: str
    kind: type
    also: Mapping[str, Any] = field(default_factory=dict)
    """Fields that stand beside those of the type, or are narrower where they are written than where they are read."""
    rules: Mapping[str, Any] = field(default_factory=dict)
    """What no type says, in the words of JSON Schema."""


DOCUMENTS: Mapping[str, Document] = {
    "run": Document(
        "sumbench run record: run.json",
        record.RunRecord,
        {
            "schema_version": Literal[record.SCHEMA_VERSION],
            "provenance": Provenance,
            "files": Mapping[Literal[record.INPUTS_FILE, record.SCORES_FILE], Sha256],  # type: ignore[valid-type]
        },
    ),
    "score": Document("sumbench score: one line of scores.jsonl", Score, rules=_OK_HAS_VALUES),
    "input": Document("sumbench input: one line of inputs.jsonl", record.InputLine),
    "baseline": Document("sumbench baseline", Baseline, {"schema_version": Literal[BASELINE_VERSION]}),
    "comparison": Document(
        "sumbench comparison: compare and gate with format=json",
        Comparison,
        {"schema_version": Literal[comparison.SCHEMA_VERSION], "verdict": str},
    ),
    "ranking": Document("sumbench ranking: compare --systems with format=json", Rankings),
    "meta": Document(
        "sumbench meta-evaluation: meta with format=json", Meta, {"schema_version": Literal[meta.SCHEMA_VERSION]}
    ),
    "selfcheck": Document(
        "sumbench self-check: selfcheck with format=json",
        SelfCheck,
        {"schema_version": Literal[selfcheck.SCHEMA_VERSION]},
    ),
    "pointer": Document("sumbench pointer to a run elsewhere: results/runs/<run_id>.json", Pointer),
    "refit": Document("sumbench calibration to labels: calibrate with format=json", Refit),
    "calibration": Document("sumbench calibration: calibrate with output=FILE", Calibration),
    "ledger": Document(
        "sumbench ledger of a sweep: ledger.json", sweep.Ledger, {"schema_version": Literal[sweep.SCHEMA_VERSION]}
    ),
}


def schema(document: Document) -> dict[str, Any]:
    """The JSON Schema of a document; its own object, and each that is in it, under ``$defs``."""
    import msgspec

    name, base = document.kind.__name__, closed(document.kind, reading=False)
    kind = msgspec.defstruct(
        name,
        [(key, closed_hint(hint, reading=False)) for key, hint in document.also.items()],
        bases=(base,),
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": base.__doc__},
    )
    [top], parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    parts[name] |= document.rules
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": document.title, **top, "$defs": parts}


def texts() -> dict[Path, str]:
    """Each schema's file and what belongs into it."""
    return {
        FOLDER / f"{name}.schema.json": json.dumps(schema(document), indent=2, ensure_ascii=False) + "\n"
        for name, document in DOCUMENTS.items()
    }


if __name__ == "__main__":
    for path, text in texts().items():
        write_atomically(path, [text])
