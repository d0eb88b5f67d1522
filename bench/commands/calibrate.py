"""``sumbench calibrate``: the probability of ``consistency``, fitted to labels of yours."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument
from bench.commands.jobs import run_first
from bench.paths import user_path

EXAMPLES = """\
examples:
  sumbench calibrate LATEST human=consistent output=mine.json
      a finished run with the checks, whose data set carries judgements
  sumbench calibrate labels.jsonl human=consistency least=4 output=mine.json
      a JSONL data set with judgements: it is run first

A summary is written as {"text": ..., "human": {"consistent": 1}}; 20 labels are
the least, 50 of many documents are better. Then:
  sumbench run checks.consistency.calibration=mine.json
"""


def main(arguments: Sequence[str]) -> int:
    """Fit, say what was gained, and write the calibration; returns the exit code."""
    parser = Parser(
        prog="sumbench calibrate",
        description="Fit the probability of consistency to your own labels.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("labels", metavar="LABELS", help="a run (folder, id or LATEST), or a JSONL data set")
    parser.add_argument("--human", required=True, metavar="NAME", help="the judgement, as the data set calls it")
    parser.add_argument(
        "--least", type=float, default=1.0, metavar="X", help="the value from which on a summary is consistent (1)"
    )
    parser.add_argument("--output", type=path_argument, metavar="FILE", help="the calibration; without it none is kept")
    parser.add_argument("--format", choices=("terminal", "markdown", "json"), default="terminal")
    parser.add_argument("--results_dir", type=path_argument, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))

    from bench.checks.calibration import calibration_json, read_calibration
    from bench.files import told, write_atomically
    from bench.meta.calibrate import calibrate
    from bench.report.calibrate import RENDERERS, show
    from bench.runs import find_run

    if options.output is not None and options.output.exists():
        # Only what reads as a calibration is replaced.
        read_calibration(options.output)
    data = user_path(options.labels)
    folder = score(data, options.results_dir) if data.is_file() else find_run(options.labels, options.results_dir)
    fitted = calibrate(folder, options.human, options.least)
    if options.output is not None:
        with told(f"{options.output} can't be written"):
            write_atomically(options.output, [calibration_json(fitted.calibration)])
    if options.format == "terminal":
        show(fitted, make_console())
    else:
        print(RENDERERS[options.format](fitted), end="")
    if options.output is not None:
        print(f"written; to use it: sumbench run checks.consistency.calibration={options.output}", file=sys.stderr)
    return OK


def score(data: Path, results_dir: Path) -> Path:
    """The checks over the summaries of a data set: the run's folder."""
    from bench.config import build_job, compose_run_or_explain

    # No metric, so that references play no part: the data set may have none.
    words = ["dataset=jsonl", "dataset.reference=document", "metrics=[]", "systems=[candidates]"]
    words += [f"{name}={quoted(path)}" for name, path in (("dataset.path", data), ("results_dir", results_dir))]
    folder = run_first(build_job(compose_run_or_explain(words), words), shlex.join(["sumbench", "run", *words]))
    print(f"scored; to calibrate again without scoring: sumbench calibrate {folder} …", file=sys.stderr)
    return folder


def quoted(path: Path) -> str:
    """A path as a value that Hydra takes, whatever signs it has."""
    return "'" + str(path).replace("'", "\\'") + "'"
