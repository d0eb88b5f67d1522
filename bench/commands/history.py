"""``sumbench history``: every finished run, the trend of its values, and where a lasting step happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument


def main(arguments: Sequence[str]) -> int:
    """Show the history, as a page too where one is asked for; returns the exit code."""
    parser = Parser(prog="sumbench history", description="Every finished run and its trend.")
    parser.add_argument("--metric", help="scorer.value or a scorer, also a pattern; default: the headline values")
    parser.add_argument("--system", help="a system, also a pattern; default: the candidates")
    parser.add_argument("--last", type=positive, metavar="N", help="only the newest N runs")
    parser.add_argument("--html", type=path_argument, metavar="FILE", help="write the trends as a page too")
    parser.add_argument("--results_dir", type=path_argument, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))

    from bench.history import read_history
    from bench.report.history import show

    history = read_history(options.results_dir, metric=options.metric, system=options.system, last=options.last)
    if options.html:
        from bench.commands.compare import write
        from bench.report.history_html import page

        write(options.html, page(history))
    show(history, make_console())
    if options.html:
        print(f"\npage: {options.html}")
    return OK


def positive(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number
