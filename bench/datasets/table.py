"""Plain tables of metric scores beside human judgements: CSV, TSV or Parquet, one row a summary."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.datasets.judged import JudgedSummary
from bench.datasets.reading import listing, nearest
from bench.errors import InputError, MissingExtra
from bench.reading import check_file, read_text

PREFIX = "human."
"""Marks a column of human scores; the rest of its name is the dimension."""
_KEYS = ("system", "example", "document")
GROUPS = ("split", "dataset")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column of a table is for, by its place."""

    keys: Mapping[str, int]
    metrics: Mapping[str, int]
    humans: Mapping[str, int]
    groups: Mapping[str, int]


def read_table(path: Path, *, humans: Sequence[str] = (), groups: Sequence[str] = GROUPS) -> Iterator[JudgedSummary]:
    """The rows of ``.csv``, ``.tsv`` (either may end in ``.gz``) or ``.parquet``.

    Columns: ``system``; ``example`` or ``document`` or both (examples of one document are one cluster);
    human scores, either named in ``humans`` or beginning with ``human.``; labels named in ``groups``; every
    other column is a metric. An empty cell, ``nan`` or NULL is missing, never zero.

    InputError names the row's line (in Parquet: the row, counted from 1) and the column.
    """
    suffix = "".join(path.suffixes[-2:]).lower().removesuffix(".gz").rpartition(".")[2]
    if suffix == "parquet":
        names, rows = _parquet(path)
    elif suffix in ("csv", "tsv"):
        names, rows = _csv(path, "\t" if suffix == "tsv" else ",")
    else:
        raise InputError(f"{path}: the name must end in .csv, .tsv or .parquet, to tell what kind of table it is.")
    columns = _columns(path, names, humans, groups)
    return (_row(place, cells, columns) for place, cells in rows)


def _csv(path: Path, delimiter: str) -> tuple[list[str], Iterator[tuple[str, Sequence[Any]]]]:
    """The names of the columns, and each row that isn't blank with its place."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), delimiter=delimiter, strict=True)

    def rows() -> Iterator[tuple[str, list[str]]]:
        while True:
            place = f"{path}, line {reader.line_num + 1}"
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise InputError(f"{place}: malformed table: {error}.") from None
            if cells is None:
                return
            if cells:
                yield place, cells

    found = rows()
    _, names = next(found, ("", None))
    if names is None:
        raise InputError(f"{path}: is empty; the first line must name the columns.")
    width = len(names)

    def checked() -> Iterator[tuple[str, Sequence[Any]]]:
        for place, cells in found:
            if len(cells) != width:
                raise InputError(f"{place}: has {len(cells)} cells, but there are {width} columns.")
            yield place, cells

    return names, checked()


def _parquet(path: Path) -> tuple[list[str], Iterator[tuple[str, Sequence[Any]]]]:
    try:
        import duckdb
    except ImportError:
        raise MissingExtra(
            f"{path}: reading Parquet needs DuckDB: pip install 'sumbench[history]', or write the table as CSV."
        ) from None
    check_file(path)
    with duckdb.connect(":memory:") as database:
        try:
            # A file may have * or [ in its name, which DuckDB would take for a pattern.
            result = database.execute("SELECT * FROM read_parquet(?)", [re.sub(r"([*?\[])", r"[\1]", str(path))])
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
        except duckdb.Error as error:
            raise InputError(f"{path}: can't be read as Parquet: {error}") from None
    return names, ((f"{path}, row {number}", cells) for number, cells in enumerate(rows, start=1))


def _refuse_odd_names(path: Path, names: Sequence[str]) -> None:
    """InputError for columns without a name, or with one and the same."""
    for index, name in enumerate(names):
        if not name.strip():
            raise InputError(f"{path}: column {index + 1} has no name. Name it, or remove it (an index, perhaps).")
        if name in names[:index]:
            raise InputError(f"{path}: two columns are called {name!r}.")


def _columns(path: Path, names: Sequence[str], humans: Iterable[str], groups: Iterable[str]) -> Columns:
    _refuse_odd_names(path, names)
    places = {name: index for index, name in enumerate(names)}
    for name in humans:
        if name not in places:
            raise InputError(f"{path}: no column {name!r} of human scores.{nearest(name, names)}")
    keys = {name: places[name] for name in _KEYS if name in places}
    if "system" not in keys or len(keys) == 1:
        lacking = "'system'" if "system" not in keys else "'example' or 'document'"
        raise InputError(f"{path}: no column {lacking}; there are: {listing(names, most=10)}.")
    judged = {
        name.removeprefix(PREFIX): places[name]
        for name in names
        if name in set(humans) or (name.startswith(PREFIX) and name != PREFIX)
    }
    for name in humans:
        if not name.startswith(PREFIX) and PREFIX + name in places:
            raise InputError(f"{path}: columns {name!r} and {PREFIX + name!r} are the same dimension; keep one.")
    labels = {name: places[name] for name in groups if name in places and name not in keys}
    used = {*keys.values(), *judged.values(), *labels.values()}
    metrics = {name: index for name, index in places.items() if index not in used}
    if not judged:
        raise InputError(f"{path}: no column of human scores. Let their names begin with {PREFIX!r}, or list them.")
    if not metrics:
        raise InputError(f"{path}: no column of metric scores; there are: {listing(names, most=10)}.")
    return Columns(keys, metrics, judged, labels)


def _row(place: str, cells: Sequence[Any], columns: Columns) -> JudgedSummary:
    keys = {name: _label(place, name, cells[index]) for name, index in columns.keys.items()}
    for name, label in keys.items():
        if not label:
            raise InputError(f"{place}, column {name!r}: is empty.")
    example = keys.get("example", keys.get("document", ""))
    return JudgedSummary(
        place=place,
        example=example,
        document=keys.get("document", example),
        system=keys["system"],
        metrics={name: _number(place, name, cells[index]) for name, index in columns.metrics.items()},
        humans={name: _number(place, name, cells[index]) for name, index in columns.humans.items()},
        groups={name: _label(place, name, cells[index]) for name, index in columns.groups.items()},
    )


def _label(place: str, column: str, cell: object) -> str:
    if cell is None or isinstance(cell, str):
        return (cell or "").strip()
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    raise InputError(f"{place}, column {column!r}: must be a text or a whole number, not {cell!r}.")


def _number(place: str, column: str, cell: Any) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        cell = cell.strip()
        if cell.lower() in ("", "nan"):
            return math.nan
        if not _NUMBER.fullmatch(cell):
            raise InputError(
                f"{place}, column {column!r}: {cell[:40]!r} is not a number. Leave the cell empty where there is none."
            )
    elif isinstance(cell, bool) or not hasattr(cell, "__float__"):
        raise InputError(f"{place}, column {column!r}: must be a number, not {cell!r}.")
    if math.isinf(number := float(cell)):
        raise InputError(f"{place}, column {column!r}: must be finite, not {cell!r}.")
    return number
