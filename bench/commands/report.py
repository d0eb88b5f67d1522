"""``sumbench report``: an earlier run as a terminal report or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument


def main(arguments: Sequence[str]) -> int:
    """Show a run again; returns the exit code."""
    parser = Parser(prog="sumbench report", description="Show an earlier run again.")
    parser.add_argument("run", metavar="RUN", help="a run's folder, a run id or its beginning, or LATEST")
    parser.add_argument("--format", choices=("terminal", "markdown"), default="terminal")
    parser.add_argument("--worst", type=int, default=3, metavar="K", help="flagged claims shown for each system")
    parser.add_argument("--results_dir", type=path_argument, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))

    from bench.report.content import build_report
    from bench.report.markdown import markdown
    from bench.report.terminal import show
    from bench.runs import find_run

    built = build_report(find_run(options.run, options.results_dir), offenders_per_system=options.worst)
    if options.format == "markdown":
        print(markdown(built), end="")
    else:
        show(built, make_console())
    return OK
