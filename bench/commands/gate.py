"""``sumbench gate``: a run and its comparison with a baseline in one; the exit code is the verdict."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bench.commands.common import make_console
from bench.commands.compare import RULES, add_options, publish, spelled


def main(arguments: Sequence[str]) -> int:
    """Run, compare, and return the verdict as exit code (see ``bench.commands.compare``)."""
    parser = argparse.ArgumentParser(
        prog="sumbench gate", description="Run, then compare with BASELINE.", allow_abbrev=False
    )
    parser.add_argument("baseline", metavar="BASELINE", help="a baseline's name or file, a run's id or folder")
    add_options(parser)
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="of conf/run.yaml, or of conf/compare.yaml (gates.…, outputs.…)",
    )
    options = parser.parse_args(list(arguments))

    from bench import pipeline
    from bench.compare import compare
    from bench.config import build_job, compose_run_or_explain
    from bench.gate_config import compare_settings
    from bench.report.progress import ProgressBar
    from bench.snapshot import find_snapshot, from_run

    rules = [word for word in options.overrides if word.startswith(RULES)]
    overrides = [word for word in options.overrides if not word.startswith(RULES) or word.startswith("results_dir=")]
    settings = compare_settings([*spelled(options), *rules])
    # Found before the run: a baseline that can't be read should not cost one.
    baseline = find_snapshot(options.baseline, settings.results_dir)
    job = build_job(compose_run_or_explain(overrides), overrides)
    with ProgressBar(make_console(stderr=True)) as progress:
        folder = pipeline.run(job, progress)
    comparison = compare(baseline, from_run(folder), settings.gate, common_only=settings.common)
    publish(comparison, settings)
    return comparison.exit_code
