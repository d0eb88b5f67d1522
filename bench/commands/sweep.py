"""``sumbench run -m``: a sweep of jobs with one ledger; what is done is not run again."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.common import OK, make_console
from bench.errors import InputError
from bench.paths import user_path

if TYPE_CHECKING:
    from omegaconf import DictConfig

FAILED = 1


def sweep(arguments: Sequence[str]) -> int:
    """Run every cell that isn't done, then show one table over all; 1 when a cell failed."""
    from bench.commands.jobs import call_hydra, execute, task_overrides, typed_overrides
    from bench.files import make_folder, only_one, told
    from bench.report.sweep import show_sweep
    from bench.sweep import LOCK_FILE, Ledger, open_ledger, sweep_id, write_ledger

    typed = [word for word in typed_overrides(arguments) if not word.startswith("hydra.")]
    results = results_dir(typed)
    folder = results / "sweeps" / sweep_id(arguments)
    ledger: Ledger | None = None

    def cell(composed: DictConfig) -> None:
        nonlocal ledger
        if ledger is None:
            with told(f"{folder}: can't write the sweep's ledger"):
                make_folder(folder)
                alone.enter_context(only_one(folder / LOCK_FILE, f"{folder}: this sweep is running right now"))
            ledger = open_ledger(folder, typed, combinations(typed), results / "runs")
            write_ledger(folder, ledger)
        index = ledger.index_of([word for word in task_overrides() if not word.startswith("hydra.")])
        if ledger.cells[index].state == "done":
            return
        try:
            run = execute(composed, arguments, Path(ledger.cells[index].folder))
            ledger = ledger.with_cell(index, state="done", folder=str(run), reason=None)
        except InputError as error:
            ledger = ledger.with_cell(index, state="failed", reason=str(error))
        except Exception as error:
            # A bug in one cell must not cost the others; it is shown in full and stays in the ledger.
            traceback.print_exc()
            ledger = ledger.with_cell(index, state="failed", reason=f"{type(error).__name__}: {error}")
        write_ledger(folder, ledger)

    # In quotes of Hydra's own, for a folder with blanks in its name.
    quoted = str(folder).replace("\\", "\\\\").replace("'", "\\'")
    with ExitStack() as alone:
        call_hydra([*arguments, f"hydra.sweep.dir='{quoted}'"], cell)
    if ledger is None:
        # Hydra only showed something (--cfg, --info).
        return OK
    show_sweep(ledger, folder, make_console())
    return FAILED if any(cell.state == "failed" for cell in ledger.cells) else OK


def combinations(typed: Sequence[str]) -> list[list[str]]:
    """The overrides of every cell, in Hydra's own order: the last swept value changes fastest."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser

    # With its loader, which knows the options that glob(*) means.
    loader = GlobalHydra.instance().config_loader() if GlobalHydra.instance().is_initialized() else None
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(overrides=list(typed))
    return [list(cell) for batch in BasicSweeper.split_arguments(parsed, max_batch_size=None) for cell in batch]


def results_dir(typed: Sequence[str]) -> Path:
    """Where the sweep's ledger goes: the results folder that was typed, or the default one."""
    named = [word.partition("=")[2] for word in typed if word.startswith("results_dir=")]
    return user_path(named[-1] if named else "results", "results_dir")
