"""``sumbench run``: Hydra's own command line (overrides, -m, --cfg, completion) around one job."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.commands.common import BAD_INPUT, OK, make_console, reader_gone
from bench.errors import InputError

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main(arguments: Sequence[str]) -> int:
    """Run what the overrides make of the default job; returns the exit code."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from bench import config
    from bench.lock import lock_hydra

    # Hydra prints and swallows exceptions unless told not to; ours become exit codes.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    lock_hydra(arguments)
    config.register()
    running = False

    def job(composed: DictConfig) -> None:
        nonlocal running
        running = True
        run_job(composed, arguments)
        running = False

    before, sys.argv = sys.argv, ["sumbench run", *arguments]
    try:
        hydra.main(version_base="1.3", config_path="pkg://bench.conf", config_name="run")(job)()
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        if running:
            raise
        # Hydra has plain ValueErrors too for what is typed wrong.
        raise InputError(config.explain(error, config.default_config())) from None
    finally:
        sys.argv = before
    return OK


def run_job(composed: DictConfig, typed: Sequence[str]) -> None:
    """One job of ``sumbench run``: build it, run it, show its report. ``typed`` is the command line."""
    from hydra.core.hydra_config import HydraConfig

    from bench import pipeline
    from bench.config import build_job
    from bench.report.content import build_report
    from bench.report.progress import ProgressBar
    from bench.report.terminal import show

    overrides = list(HydraConfig.get().overrides.task)
    try:
        with ProgressBar(make_console(stderr=True)) as progress:
            folder = pipeline.run(build_job(composed, overrides, typed), progress)
    except InputError as error:
        # Hydra would wrap an exception in a message of its own; it lets an exit through.
        print(f"sumbench: {error}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None
    except pipeline.Interrupted as stop:
        kept = [word for word in overrides if not word.startswith("run_dir=")]
        again = shlex.join(["sumbench", "run", *kept, f"run_dir={stop.folder}"])
        raise KeyboardInterrupt(f"{stop}; they are kept. To go on: {again}") from None
    try:
        show(build_report(folder), make_console())
    except BrokenPipeError:
        raise SystemExit(reader_gone()) from None
