"""Finding runs on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.errors import InputError
from bench.record import RUN_FILE

_SECOND = len("20240516T093000")


def finished_runs(results_dir: Path) -> Iterator[Path]:
    """Folders of the finished runs below ``results_dir/runs``, oldest first (by start, whatever the folder's name)."""
    folders = (path.parent for path in (results_dir / "runs").glob(f"*/{RUN_FILE}"))
    yield from sorted(folders, key=lambda folder: (*_began(folder), folder.name))


def run_id(folder: Path) -> str:
    """The run id that a folder's record states; the folder's name where it states none.

    The cells of a sweep lie in folders of other names.
    """
    stated = _read(folder).get("run_id")
    return stated if isinstance(stated, str) else folder.name


def _began(folder: Path) -> tuple[str, str, str]:
    """Sort key: when a run began. Its id begins with the second; the record has the microsecond."""
    provenance = _read(folder).get("provenance")
    started = provenance.get("started") if isinstance(provenance, dict) else None
    name = run_id(folder)
    return name[:_SECOND], started if isinstance(started, str) else "", name


def _read(folder: Path) -> dict[str, Any]:
    """A folder's record, or nothing: a damaged one is told when it is read as one; here it only needs a place."""
    try:
        read = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def find_run(name: str, results_dir: Path) -> Path:
    """The folder of a run given as a path, a run id (or the unique beginning of one) or ``LATEST``."""
    direct = Path(name).expanduser()
    if direct.name == RUN_FILE:
        direct = direct.parent
    if direct.is_dir():
        return direct
    runs = list(finished_runs(results_dir))
    if name == "LATEST":
        if not runs:
            raise InputError(f"LATEST: there is no finished run in {results_dir / 'runs'}")
        return runs[-1]
    found = (
        [run for run in runs if run.name == name]
        or [run for run in runs if run.name.startswith(name)]
        or [run for run in runs if run_id(run).startswith(name)]
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{name}: several runs begin so: {', '.join(run.name for run in found[:5])}")
    newest = f"; the newest there is {runs[-1].name}" if runs else ""
    raise InputError(f"{name}: neither a folder nor a run in {results_dir / 'runs'}{newest}")
