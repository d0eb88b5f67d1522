"""``sumbench gate``: a run and its comparison with a baseline in one; the exit code is the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from bench.commands.common import make_console
from bench.commands.compare import add_options, make_parser, publish, read_settings
from bench.commands.typed import parse_settings

EXAMPLES = """
examples:
  sumbench gate main
      the default run against the baseline called main
  sumbench gate main dataset=jsonl dataset.path=FILE run_dir=out/run
      your summaries; the run is kept in out/run
  sumbench gate main experiment=smoke gates.fail_on_inconclusive=true
      what can't be told fails the build too
  sumbench gate main --config-dir conf gates=mine outputs.markdown=gate.md
      rules of yours, conf/gates/mine.yaml; a comment for a pull request

"""


def main(arguments: Sequence[str]) -> int:
    """Run, compare, and return the verdict as exit code (see ``bench.commands.compare``)."""
    parser = make_parser("gate", "Run, then compare with BASELINE; the exit code is the verdict.", EXAMPLES)
    parser.add_argument("baseline", metavar="BASELINE", help="a baseline's name or file, a run's id or folder")
    add_options(parser)
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="of conf/run.yaml (dataset.path=…, plugins=…), or of conf/compare.yaml (gates.…, common=, format=, "
        "outputs.…)",
    )
    options = parse_settings(parser, arguments, "gate", 1)

    from bench import pipeline
    from bench.comparing.baseline import find_snapshot
    from bench.comparing.compare import compare
    from bench.comparing.snapshot import from_run
    from bench.config import build_job, compose_run_or_explain
    from bench.config.gate import split_overrides
    from bench.report.progress import ProgressBar

    overrides, rules = split_overrides(options.overrides)
    settings = read_settings(options, rules)
    # Found before the run: a baseline that can't be read should not cost one.
    baseline = find_snapshot(options.baseline, settings.results_dir)
    job = build_job(compose_run_or_explain(overrides, options.config_dir), overrides)
    try:
        with ProgressBar(make_console(stderr=True)) as progress:
            folder = pipeline.run(job, progress)
    except pipeline.Interrupted as stop:
        raise KeyboardInterrupt(f"{stop}; they are kept: run_dir={stop.folder} goes on with them") from None
    comparison = compare(baseline, from_run(folder), settings.gate, common_only=settings.common)
    publish(comparison, settings)
    return comparison.exit_code
