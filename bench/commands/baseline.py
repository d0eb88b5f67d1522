"""``sumbench baseline``: keep a run as a baseline on purpose, or see what that would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, as_flags, make_console


def main(arguments: Sequence[str]) -> int:
    """Save a baseline, show what an update would change, or list the baselines; returns the exit code."""
    parser = argparse.ArgumentParser(prog="sumbench baseline", description="Records to compare with, kept on purpose.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (("save", "keep RUN as the baseline NAME"), ("diff", "what saving RUN as NAME would change")):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("name", metavar="NAME", help="the baseline's name, or a file")
        command.add_argument("run", metavar="RUN", help="a run's folder, a run id or LATEST")
        command.add_argument("--results_dir", type=Path, default=Path("results"))
        if name == "save":
            command.add_argument("--texts", action="store_true", help="keep the flagged claims' words and evidence too")
    command = commands.add_parser("list", help="the baselines there are", description="The baselines there are.")
    command.add_argument("--results_dir", type=Path, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))
    return {"save": save, "diff": diff, "list": list_baselines}[options.command](options)


def save(options: argparse.Namespace) -> int:
    """Write the baseline file of a run."""
    from bench.runs import find_run
    from bench.snapshot import baseline_path, from_run, save_baseline

    snapshot = from_run(find_run(options.run, options.results_dir))
    path = baseline_path(options.name, options.results_dir)
    existed = path.exists()
    save_baseline(snapshot, path, texts=options.texts)
    print(f"{'updated' if existed else 'saved'} {path}: run {snapshot.run_id}, {len(snapshot.cells)} cells")
    return OK


def diff(options: argparse.Namespace) -> int:
    """Show what an update of the baseline would change; always exits with 0 where both can be read."""
    from bench.compare import compare
    from bench.gate_config import compare_settings
    from bench.report.comparison import show
    from bench.runs import find_run
    from bench.snapshot import baseline_path, from_run, load_baseline

    run = from_run(find_run(options.run, options.results_dir))
    baseline = load_baseline(baseline_path(options.name, options.results_dir))
    show(compare(baseline, run, compare_settings([]).gate), make_console())
    return OK


def list_baselines(options: argparse.Namespace) -> int:
    """One line a baseline."""
    from bench.snapshot import load_baseline

    paths = sorted((options.results_dir / "baselines").glob("*.json"))
    for path in paths:
        snapshot = load_baseline(path)
        commit = f", commit {snapshot.commit[:10]}" if snapshot.commit else ""
        size = f"{len(snapshot.examples)} examples, {path.stat().st_size} bytes"
        print(f"{path.stem}: run {snapshot.run_id}{commit}, {size}")
    if not paths:
        print(f"no baselines in {options.results_dir / 'baselines'}")
    return OK
