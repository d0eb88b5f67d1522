"""Finding runs on the disk, also those that were told to write elsewhere (``run_dir``): a small file points to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import InputError
from bench.files import make_folder, write_atomically
from bench.journal import is_unfinished
from bench.paths import user_path
from bench.reading import read_text, strict_json
from bench.record import RUN_FILE, RUN_FILES, page

_SECOND = len("20240516T093000")


@dataclass(frozen=True, slots=True)
class Pointer:
    """What ``results/runs/<run_id>.json`` holds of a run elsewhere."""

    folder: str


def finished_runs(results_dir: Path) -> Iterator[Path]:
    """Folders of the finished runs in ``results_dir/runs`` or pointed to from there, oldest first (by their start)."""
    inside = [path.parent for path in (results_dir / "runs").glob(f"*/{RUN_FILE}")]
    yield from sorted([*inside, *pointed(results_dir)], key=lambda folder: (*_began(folder), folder.name))


def point_to(folder: Path, run_id: str, results_dir: Path) -> None:
    """Leave a pointer ``results_dir/runs/<run_id>.json`` to a run's folder, unless it lies right there; raises OSError.

    Within the folder that holds ``results_dir`` its path is relative: a project can be moved.
    """
    runs, target = results_dir / "runs", folder.resolve()
    if target.parent == runs.resolve():
        return
    home = results_dir.absolute().parent.resolve()
    named = target.relative_to(home) if target.is_relative_to(home) else target
    make_folder(runs)
    write_atomically(runs / f"{run_id}.json", [page(Pointer(named.as_posix()))])


def pointed(results_dir: Path) -> Iterator[Path]:
    """Folders that the pointers of a results folder name; not those that have gone, or hold another run by now."""
    home = results_dir.absolute().parent.resolve()
    for path in sorted((results_dir / "runs").glob("*.json")):
        folder = _read(path).get("folder")
        if isinstance(folder, str) and _read(home / folder / RUN_FILE).get("run_id") == path.stem:
            target, here = home / folder, Path.cwd()
            yield target.relative_to(here) if target.is_relative_to(here) else target


def is_run_file(path: Path) -> bool:
    """Whether a path is a file of a run, finished or not, that nothing else may replace."""
    whole = path.resolve()
    return whole.name in RUN_FILES and ("run_id" in _read(whole.parent / RUN_FILE) or is_unfinished(whole.parent))


def run_id(folder: Path) -> str:
    """The run id that a folder's record states; the folder's name where it states none.

    The cells of a sweep lie in folders of other names, and so do runs with a ``run_dir``.
    """
    stated = _read(folder / RUN_FILE).get("run_id")
    return stated if isinstance(stated, str) else folder.name


def _began(folder: Path) -> tuple[str, str, str]:
    """Sort key: when a run began. Its id begins with the second; the record has the microsecond."""
    provenance = _read(folder / RUN_FILE).get("provenance")
    started = provenance.get("started") if isinstance(provenance, dict) else None
    name = run_id(folder)
    return name[:_SECOND], started if isinstance(started, str) else "", name


def _read(path: Path) -> dict[str, Any]:
    """A JSON object, or nothing: a damaged record is told when it is read as one; here it only needs a place."""
    try:
        read = strict_json(read_text(path), ours=True)
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def find_run(name: str, results_dir: Path) -> Path:
    """The folder of a run given as a path, a run id (or the unique beginning of one) or ``LATEST``."""
    direct = user_path(name)
    if direct.name == RUN_FILE:
        direct = direct.parent
    if direct.is_dir():
        return direct
    runs = list(finished_runs(results_dir))
    if name == "LATEST":
        if not runs:
            raise InputError(f"LATEST: there is no finished run in {results_dir / 'runs'}")
        return runs[-1]
    # A folder elsewhere is called as its owner likes: it is known by its run's id.
    inside = [run for run in runs if run.parent == results_dir / "runs"]
    found = (
        [run for run in inside if run.name == name]
        or [run for run in inside if run.name.startswith(name)]
        or [run for run in runs if run_id(run).startswith(name)]
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{name}: several runs begin so: {', '.join(map(run_id, found[:5]))}")
    newest = f"; the newest there is {run_id(runs[-1])}" if runs else ""
    raise InputError(f"{name}: neither a folder nor a run in {results_dir / 'runs'}{newest}")
