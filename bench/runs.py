"""Finding runs on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.errors import InputError
from bench.record import RUN_FILE


def finished_runs(results_dir: Path) -> Iterator[Path]:
    """Folders of the finished runs below ``results_dir/runs``, oldest first (by run id, whatever the folder's name)."""
    folders = (path.parent for path in (results_dir / "runs").glob(f"*/{RUN_FILE}"))
    yield from sorted(folders, key=lambda folder: (run_id(folder), folder.name))


def run_id(folder: Path) -> str:
    """The run id that a folder's record states, which begins with the time; the folder's name where it states none.

    The cells of a sweep lie in folders of other names.
    """
    try:
        stated = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))["run_id"]
    except (OSError, ValueError, KeyError, TypeError):
        # A damaged record is told when it is read as one; here it only needs a place in the order.
        return folder.name
    return stated if isinstance(stated, str) else folder.name


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
