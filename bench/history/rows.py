"""What the files of all runs hold, read with SQL over the files themselves; no second store."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import InputError, MissingExtra
from bench.files import digest_of
from bench.record import INPUTS_FILE, RUN_FILE, SCHEMA_VERSION, SCORES_FILE
from bench.runs import pointed

if TYPE_CHECKING:
    import duckdb

_FILES = """
CREATE TEMP TABLE files AS
WITH texts AS (SELECT filename AS path, try(decode(content)) AS text FROM read_blob($paths))
SELECT path, try_cast(text AS JSON) AS run FROM texts
"""

_RUNS = """
SELECT
    path,
    coalesce(json_type(run) = 'OBJECT', false) AS readable,
    try_cast(run->>'schema_version' AS INTEGER) AS version,
    run->>'run_id' AS id,
    run->'provenance'->>'started' AS started,
    run->'provenance'->>'commit' AS commit,
    try_cast(run->'provenance'->>'dirty' AS BOOLEAN) AS dirty,
    run->'files'->>'inputs.jsonl' AS inputs,
    coalesce(json_type(run->'aggregates') = 'ARRAY', false)
        AND try_cast(run->'provenance'->>'started' AS TIMESTAMPTZ) IS NOT NULL AS whole
FROM files
ORDER BY try_cast(run->'provenance'->>'started' AS TIMESTAMPTZ), id, path
"""

_VALUES = """
WITH unfolded AS (
    SELECT
        path,
        json_transform(run->'signatures', '"MAP(VARCHAR, VARCHAR)"') AS signatures,
        json_transform(run->'scorers', '"MAP(VARCHAR, JSON)"') AS scorers,
        json_transform(run->'systems', '"MAP(VARCHAR, VARCHAR)"') AS roles,
        unnest(json_transform(run->'aggregates', '[{
            "system": "VARCHAR", "scorer": "VARCHAR", "value": "VARCHAR", "mean": "DOUBLE", "ci_low": "DOUBLE",
            "ci_high": "DOUBLE", "n_ok": "BIGINT", "n_total": "BIGINT", "higher_is_better": "BOOLEAN"
        }]')) AS a
    FROM files
    WHERE list_contains($chosen, path)
)
SELECT
    path, a.system, a.scorer, a.value, a.n_ok, a.n_total, a.higher_is_better,
    a.mean, a.ci_low, a.ci_high,
    coalesce(isfinite(a.mean), true) AND coalesce(isfinite(a.ci_low), true) AND coalesce(isfinite(a.ci_high), true)
        AS finite,
    signatures[a.scorer] AS signature,
    roles[a.system] AS role,
    coalesce(list_contains(json_transform(scorers[a.scorer]->'headline', '["VARCHAR"]'), a.value), false) AS headline
FROM unfolded
"""

_NEEDED = ("system", "scorer", "value", "signature", "n_ok", "n_total")

_EXAMPLES = """
SELECT filename AS path, md5(string_agg(hash, ' ' ORDER BY hash)) AS examples, count(*) FILTER (hash IS NULL) AS damaged
FROM read_json(
    $paths, format = 'newline_delimited', columns = {'hash': 'VARCHAR'}, filename = true, ignore_errors = true,
    maximum_object_size = 268435456
)
GROUP BY filename
"""

_HAD = """
SELECT path, system, scorer, value, md5(string_agg(example_id, chr(31) ORDER BY example_id)) AS had
FROM (
    SELECT filename AS path, system, scorer, example_id, unnest(map_keys("values")) AS value
    FROM read_json(
        $paths, format = 'newline_delimited', filename = true, ignore_errors = true, maximum_object_size = 268435456,
        columns = {'system': 'VARCHAR', 'scorer': 'VARCHAR', 'example_id': 'VARCHAR', 'values': 'MAP(VARCHAR, DOUBLE)'}
    )
)
GROUP BY ALL
"""

Row = Mapping[str, Any]
"""A row of a query, by column."""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: a row of the history."""

    id: str
    started: str
    """ISO 8601, as the record has it."""
    commit: str | None
    dirty: bool | None
    path: Path
    """Its ``run.json``."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the files of the chosen runs hold."""

    runs: tuple[Run, ...]
    """Oldest first."""
    values: list[Row]
    """The aggregates of each run."""
    examples: Mapping[str, str]
    """By path of the record: which examples the run scored, as one hash; empty where that can't be told."""
    had: Mapping[tuple[str, ...], str]
    """By path, system, scorer and value: which examples a value rests on that some lack, as one hash."""
    warnings: tuple[str, ...]


def read_files(results_dir: Path, last: int | None) -> Found:
    """The newest ``last`` runs below a folder (all with ``None``); InputError for none, MissingExtra without DuckDB."""
    paths = sorted(map(str, _every_record(results_dir)))
    if not paths:
        raise InputError(f"{results_dir}: no finished run here (no {RUN_FILE} at any depth)")
    with connect() as connection:
        connection.execute(_FILES, {"paths": [glob.escape(path) for path in paths]})
        runs, warnings = _sort_out(rows(connection, _RUNS))
        if not runs:
            raise InputError(f"{results_dir}: no run that can be read: {'; '.join(warnings)}")
        runs = runs[-last:] if last else runs
        found = rows(connection, _VALUES, {"chosen": [str(run.path) for run in runs]})
        examples, lacking = read_examples(connection, runs)
        had = _read_had(connection, found)
    whole = [row for row in found if _is_whole(row)]
    damaged = sorted({row["path"] for row in found if not _is_whole(row)})
    warnings += [f"{path}: has damaged aggregates; those are left out" for path in damaged]
    return Found(runs, whole, examples, had, (*warnings, *lacking))


def _is_whole(row: Row) -> bool:
    """Whether an aggregate has all that it needs, and no number that a float can't hold."""
    return row["finite"] and all(row[name] is not None for name in _NEEDED)


def _every_record(results_dir: Path) -> Iterator[Path]:
    """The ``run.json`` of every run below a folder or pointed to from there, each once."""
    seen = set()
    for path in (*results_dir.rglob(RUN_FILE), *(folder / RUN_FILE for folder in pointed(results_dir))):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield path


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that loads nothing from elsewhere; MissingExtra without DuckDB."""
    try:
        import duckdb
    except ImportError:
        raise MissingExtra("history needs duckdb: pip install 'sumbench[history]'") from None
    offline: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    return duckdb.connect(":memory:", config=offline)


def rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of a query, each as a dict."""
    result = connection.execute(query, parameters)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _sort_out(found: Iterable[Row]) -> tuple[tuple[Run, ...], list[str]]:
    """The runs that can be read, each once; and a line for every file that can't be, or is a copy."""
    runs: dict[str, Run] = {}
    warnings = []
    for row in found:
        path, version = row["path"], row["version"]
        if not row["readable"]:
            warnings.append(f"{path}: damaged, not a JSON object; left out")
        elif version is None:
            warnings.append(f"{path}: not a sumbench run record (it has no schema_version); left out")
        elif version > SCHEMA_VERSION:
            warnings.append(f"{path}: from a newer sumbench (schema version {version}); left out")
        elif not row["whole"] or row["id"] is None:
            warnings.append(f"{path}: damaged run record (run_id, provenance.started or aggregates); left out")
        elif row["id"] in runs:
            warnings.append(f"{path}: a copy of {runs[row['id']].path}, the same run; left out")
        elif _other_inputs(Path(path), row["inputs"]):
            warnings.append(f"{path}: the {INPUTS_FILE} beside it isn't the one it was written with; left out")
        else:
            runs[row["id"]] = Run(row["id"], row["started"], row["commit"], row["dirty"], Path(path))
    return tuple(runs.values()), warnings


def _other_inputs(path: Path, digest: str | None) -> bool:
    """Whether the inputs beside a record are others than it names; not where there are none, or it names none."""
    beside = path.with_name(INPUTS_FILE)
    return digest is not None and beside.is_file() and digest_of(beside) != digest


def read_examples(connection: duckdb.DuckDBPyConnection, runs: Sequence[Run]) -> tuple[dict[str, str], list[str]]:
    """Which examples each run scored, as one hash of their contents; runs without the file of them share an empty one.

    ``provenance.data_hash`` won't do: it holds the candidates too, which are what changes.
    """
    beside = {str(run.path.with_name(INPUTS_FILE)): run for run in runs}
    there = [path for path in beside if Path(path).is_file()]
    found = rows(connection, _EXAMPLES, {"paths": [glob.escape(path) for path in there]}) if there else []
    hashes = {row["path"]: row["examples"] for row in found}
    warnings = [f"{row['path']}: {row['damaged']} damaged lines" for row in found if row["damaged"]]
    lacking = [run.id for path, run in beside.items() if path not in hashes]
    if lacking:
        names = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
        warnings.append(f"no {INPUTS_FILE} beside the record, so the examples can't be told: {names}")
    return {str(run.path): hashes.get(path, "") for path, run in beside.items()}, sorted(warnings)


def _read_had(connection: duckdb.DuckDBPyConnection, found: Iterable[Row]) -> dict[tuple[str, ...], str]:
    """Which examples a value rests on that some lack, by path, system, scorer and value: a hash of their ids."""
    partial = sorted({row["path"] for row in found if (row["n_ok"] or 0) < (row["n_total"] or 0)})
    beside = {str(Path(path).with_name(SCORES_FILE)): path for path in partial}
    there = [glob.escape(path) for path in beside if Path(path).is_file()]
    told = rows(connection, _HAD, {"paths": there}) if there else []
    return {(beside[row["path"]], row["system"], row["scorer"], row["value"]): row["had"] for row in told}
