"""``sumbench compare RUN --systems``: every pair of systems in one run, with corrected tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument

ABOUT = "Compare every pair of systems in one run: paired permutation tests by document, Holm, groups by letters."


def main(arguments: Sequence[str]) -> int:
    """Rank the candidates of a run; always 0 where they can be compared."""
    from bench.report.ranking import FORMATS, render, show

    parser = Parser(prog="sumbench compare", description=ABOUT, allow_abbrev=False)
    parser.add_argument("run", metavar="RUN", help="a run's id or folder, a baseline, LATEST")
    parser.add_argument("--systems", action="store_true", required=True, help="compare the systems of one run")
    parser.add_argument(
        "--value", action="append", default=[], help="rouge.rouge1_f1; again for more; default: headline"
    )
    parser.add_argument(
        "--system", action="append", default=[], help="compare only these, floors and ceilings too; again for more"
    )
    parser.add_argument("--pairs", action="store_true", help="every pair too, with interval and p-values")
    parser.add_argument("--format", choices=FORMATS, default="terminal")
    parser.add_argument("--alpha", type=float, default=0.05)
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results_dir", type=path_argument, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))
    if not 0 < options.alpha < 1 or options.resamples < 100:
        parser.error("alpha lies between 0 and 1, and resamples is 100 or more")

    from bench.comparing.baseline import find_snapshot
    from bench.comparing.ranking import rank_systems

    rankings = rank_systems(
        find_snapshot(options.run, options.results_dir),
        values=options.value,
        systems=options.system,
        alpha=options.alpha,
        resamples=options.resamples,
        seed=options.seed,
    )
    if options.format == "terminal":
        show(rankings, make_console(), pairs=options.pairs)
    else:
        print(render(rankings, options.format, pairs=options.pairs), end="")
    return OK
