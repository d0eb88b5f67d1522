"""``sumbench run``: Hydra's own command line (overrides, -m, --cfg, completion) around one job or a sweep of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.commands.common import OK, make_console
from bench.commands.jobs import call_hydra, execute

if TYPE_CHECKING:
    from omegaconf import DictConfig

SWEEP_FLAGS = ("-m", "--multirun")


def main(arguments: Sequence[str]) -> int:
    """Run what the overrides make of the default job; returns the exit code."""
    from hydra._internal.utils import get_args_parser

    from bench.commands.typed import Typed, flags_of, refuse_mistyped
    from bench.config.lock import lock_hydra

    lock_hydra(arguments)
    refuse_mistyped(Typed("run", tuple(arguments), flags_of(get_args_parser())))
    if any(flag in arguments for flag in SWEEP_FLAGS):
        from bench.commands.sweep import sweep

        return sweep(arguments)
    call_hydra(arguments, lambda composed: run_job(composed, arguments))
    return OK


def run_job(composed: DictConfig, typed: Sequence[str]) -> None:
    """One job of ``sumbench run``: build it, run it, show its report. ``typed`` is the command line."""
    from bench.report.content import build_report
    from bench.report.terminal import show

    show(build_report(execute(composed, typed)), make_console())
