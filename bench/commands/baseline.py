"""``sumbench baseline``: keep a run as a baseline on purpose, or see what that would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, path_argument
from bench.commands.compare import add_options, make_parser, publish, read_settings
from bench.commands.typed import parse_settings

EXAMPLES = """\
examples:
  sumbench baseline save main LATEST
      keep the newest run as results/baselines/main.json
  sumbench baseline diff main LATEST
      what that would change
  sumbench baseline list
      the baselines there are
"""


def main(arguments: Sequence[str]) -> int:
    """Save a baseline, show what an update would change, or list the baselines; returns the exit code."""
    parser = Parser(
        prog="sumbench baseline",
        description="Baselines: runs to compare with, kept on purpose in RESULTS_DIR/baselines.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="save | diff | list")
    about = "Keep RUN as the baseline NAME, in a small sorted file to commit."
    command = commands.add_parser("save", help="keep RUN as the baseline NAME", description=about)
    command.add_argument("name", metavar="NAME", help="the baseline's name, or a .json file")
    command.add_argument("run", metavar="RUN", help="a run's folder, a run id or LATEST")
    command.add_argument("--texts", action="store_true", help="keep the flagged claims' words and evidence too")
    command.add_argument("--results_dir", type=path_argument, default=Path("results"))
    commands.add_parser("diff", help="what saving RUN as NAME would change (baseline diff --help)", add_help=False)
    command = commands.add_parser("list", help="the baselines there are", description="The baselines there are.")
    command.add_argument("--results_dir", type=path_argument, default=Path("results"))
    if arguments and arguments[0] == "diff":
        return diff(arguments[1:])
    options = parser.parse_args(as_flags(arguments))
    return save(options) if options.command == "save" else list_baselines(options)


def save(options: argparse.Namespace) -> int:
    """Write the baseline file of a run."""
    from bench.comparing.baseline import baseline_path, refuse_name, save_baseline
    from bench.comparing.snapshot import from_run
    from bench.runs import find_run

    refuse_name(options.name)
    snapshot = from_run(find_run(options.run, options.results_dir))
    path = baseline_path(options.name, options.results_dir)
    existed = path.exists()
    save_baseline(snapshot, path, texts=options.texts)
    print(f"{'updated' if existed else 'saved'} {path}: run {snapshot.run_id}, {len(snapshot.cells)} cells")
    if not snapshot.words:
        print("the run kept no texts (store_texts=false): claims can't be compared with this baseline")
    return OK


def diff(arguments: Sequence[str]) -> int:
    """Show what an update of the baseline would change; always exits with 0 where both can be read."""
    parser = make_parser("baseline diff", "What saving RUN as the baseline NAME would change; exits with 0.", "")
    parser.epilog = "examples:\n  sumbench baseline diff main LATEST gates=exact    every number that would move"
    parser.add_argument("name", metavar="NAME", help="the baseline's name, or its file")
    parser.add_argument("run", metavar="RUN", help="a run's folder, a run id or LATEST")
    add_options(parser)
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="of conf/compare.yaml, as gates=exact")
    options = parse_settings(parser, arguments, "baseline", 2)

    from bench.comparing.baseline import baseline_path, known_baselines, load_baseline
    from bench.comparing.compare import compare
    from bench.comparing.snapshot import from_run
    from bench.errors import InputError
    from bench.runs import find_run

    settings = read_settings(options, options.overrides)
    path = baseline_path(options.name, settings.results_dir)
    if not path.is_file():
        raise InputError(f"{options.name}: there is no baseline {path}; {known_baselines(settings.results_dir)}")
    run = from_run(find_run(options.run, settings.results_dir))
    publish(compare(load_baseline(path), run, settings.gate, common_only=settings.common), settings)
    return OK


def list_baselines(options: argparse.Namespace) -> int:
    """One line a baseline."""
    from bench.comparing.baseline import load_baseline
    from bench.printable import one_line
    from bench.report.content import plural

    paths = sorted((options.results_dir / "baselines").glob("*.json"))
    for path in paths:
        snapshot = load_baseline(path)
        commit = f", commit {snapshot.commit[:10]}" if snapshot.commit else ""
        size = f"{plural(len(snapshot.examples), 'example')}, {path.stat().st_size:,} bytes"
        print(one_line(f"{path.stem}: run {snapshot.run_id}{commit}, {size}"))
    if not paths:
        print(f"no baselines in {options.results_dir / 'baselines'}")
    return OK
