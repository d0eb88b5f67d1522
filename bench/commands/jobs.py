"""What ``run`` and its sweeps share: Hydra's command line, and one job from configuration to folder."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.common import make_console
from bench.commands.typed import overrides_last
from bench.errors import InputError

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from bench.pipeline import Job


def call_hydra(arguments: Sequence[str], job: Callable[[DictConfig], None]) -> None:
    """Let Hydra read the command line and call the job; InputError for what it refuses."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from bench import config

    # Hydra prints and swallows exceptions unless told not to; ours become exit codes.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    config.register()
    failed: list[Exception] = []

    def watched(composed: DictConfig) -> None:
        # Hydra would add words of its own to an exception of ours, and take it for one of its.
        try:
            if not failed:
                refuse_folders()
                job(composed)
        except Exception as error:
            failed.append(error)

    before, sys.argv = sys.argv, ["sumbench run", *overrides_last(arguments)]
    try:
        with config.guarded(arguments):
            hydra.main(version_base="1.3", config_path="pkg://bench.conf", config_name="run")(watched)()
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        # Hydra has plain ValueErrors too for what is typed wrong.
        raise InputError(config.explain(error)) from None
    finally:
        sys.argv = before
    if failed:
        raise failed[0]


def refuse_folders() -> None:
    """InputError where a file sends Hydra's own output elsewhere: what is typed was refused before."""
    from hydra.core.hydra_config import HydraConfig

    from bench.config.lock import instead_of

    own = HydraConfig.get()
    given = {"run.dir": own.run.dir != ".", "job.chdir": own.job.chdir, "output_subdir": own.output_subdir}
    for name, odd in given.items():
        if odd:
            raise InputError(f"hydra.{name} in a file: refused, {instead_of(name)}")


def execute(composed: DictConfig, typed: Sequence[str], run_dir: Path | None = None) -> Path:
    """Build and run one job with a progress bar; returns its folder (``run_dir`` where the job names none)."""
    from dataclasses import replace

    from bench import pipeline
    from bench.config import build_job
    from bench.report.progress import ProgressBar
    from bench.sweep import already_done

    overrides = task_overrides()
    job = build_job(composed, overrides, typed)
    if run_dir is not None and already_done(folder := job.run_dir or run_dir, overrides, job.config):
        return folder
    try:
        with ProgressBar(make_console(stderr=True)) as progress:
            return pipeline.run(replace(job, run_dir=job.run_dir or run_dir), progress)
    except pipeline.Interrupted as stop:
        if run_dir is not None:
            raise KeyboardInterrupt(f"{stop}; they are kept. The same command again goes on") from None
        kept = [word for word in overrides if not word.startswith("run_dir=")]
        again = shlex.join(["sumbench", "run", *kept, f"run_dir={stop.folder}"])
        raise KeyboardInterrupt(f"{stop}; they are kept. To go on: {again}") from None


def run_first(job: Job, again: str = "") -> Path:
    """The folder of a run that another command needs, made with a progress bar.

    ``again``: what to type, before the run's folder, where it is stopped; empty: the same words.
    """
    from bench import pipeline
    from bench.report.progress import ProgressBar

    try:
        with ProgressBar(make_console(stderr=True)) as progress:
            return pipeline.run(job, progress)
    except pipeline.Interrupted as stop:
        going_on = f"run_dir={shlex.quote(str(stop.folder))}"
        raise KeyboardInterrupt(
            f"{stop}; they are kept: {' '.join(filter(None, (again, going_on)))} goes on with them"
        ) from None


def task_overrides() -> list[str]:
    """The overrides of the job that Hydra is running, as they were typed."""
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    # As plain values: reading one item after the other would resolve what they refer to, secrets too.
    words = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
    return [str(word) for word in words or ()]


def typed_overrides(arguments: Sequence[str]) -> list[str]:
    """The overrides among the words of a command line: neither flags nor their values (``--config-dir .``)."""
    from hydra._internal.utils import get_args_parser

    return list(get_args_parser().parse_known_args(overrides_last(arguments))[0].overrides)
