"""``sumbench compare``: two runs or baselines, a verdict a value, and an exit code."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.commands.common import make_console

if TYPE_CHECKING:
    from bench.comparison import Comparison
    from bench.gate_config import CompareSettings

RULES = ("gates=", "gates.", "~gates.", "+gates.", "common=", "format=", "outputs.", "results_dir=")
"""What overrides of ``compare.yaml`` begin with."""


def main(arguments: Sequence[str]) -> int:
    """Compare two runs; returns 0 pass or improved, 1 regressed or missing, 3 not comparable, 4 inconclusive."""
    parser = argparse.ArgumentParser(prog="sumbench compare", description="Is RUN worse than BASELINE?")
    parser.add_argument("baseline", metavar="BASELINE", help="a baseline's name or file, a run's id or folder, LATEST")
    parser.add_argument("run", metavar="RUN", help="likewise")
    add_options(parser)
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="of conf/compare.yaml, as gates.alpha=0.01")
    options = parser.parse_args(list(arguments))

    from bench.compare import compare
    from bench.gate_config import compare_settings
    from bench.snapshot import find_snapshot

    settings = compare_settings([*spelled(options), *options.overrides])
    baseline = find_snapshot(options.baseline, settings.results_dir)
    run = find_snapshot(options.run, settings.results_dir)
    comparison = compare(baseline, run, settings.gate, common_only=settings.common)
    publish(comparison, settings)
    return comparison.exit_code


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that are a flag as well as an override."""
    parser.add_argument("--common", action="store_true", help="compare only the examples that both have")
    parser.add_argument("--format", help="what is printed: terminal, markdown, junit, json")


def spelled(options: argparse.Namespace) -> list[str]:
    """The flags as overrides."""
    return ["common=true"] * options.common + ([f"format={options.format}"] if options.format else [])


def publish(comparison: Comparison, settings: CompareSettings) -> None:
    """Print a comparison and write its files; annotations too where GitHub runs it."""
    from bench.report.comparison import RENDERERS, show
    from bench.report.github import annotations

    for name, path in settings.outputs.items():
        write(path, RENDERERS[name](comparison))
    if settings.format == "terminal":
        show(comparison, make_console())
    else:
        print(RENDERERS[settings.format](comparison), end="")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        print(annotations(comparison), end="")


def write(path: os.PathLike[str], text: str) -> None:
    """Write one output file; InputError when it can't be."""
    from pathlib import Path

    from bench.errors import InputError
    from bench.record import write_atomically

    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, [text])
    except OSError as error:
        raise InputError(f"{target}: can't be written: {error.strerror}") from None
