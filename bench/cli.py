"""The command line: ``sumbench run | report | list``."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import __version__
from bench.errors import InputError

if TYPE_CHECKING:
    from omegaconf import DictConfig
    from rich.console import Console

USAGE = f"""\
sumbench {__version__}: scores summaries, checks their facts, and logs every result to JSON

  sumbench run [OVERRIDE ...]            run the default job, or what the overrides make of it
  sumbench report RUN [format=markdown]  show an earlier run again (RUN: a folder, a run id or LATEST)
  sumbench list                          what can be chosen, and whether it can run here

Examples
  sumbench run
  sumbench run dataset=folder dataset.root=FOLDER dataset.reference=FILE
  sumbench run dataset=jsonl dataset.path=FILE 'metrics=[rouge]' checks=[] limit=20
  sumbench run -m metrics.rouge.use_stemmer=true,false
  sumbench run --cfg job                 show the configuration without running it

Exit codes: 0 success, 1 a failed gate, 2 bad input, 130 stopped by Ctrl-C.
"""

OK, BAD_INPUT, STOPPED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return OK
    if command == "--version":
        print(f"sumbench {__version__}")
        return OK
    try:
        if command not in COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(command, COMMANDS, n=1)
            raise InputError(f"there is no command {command!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
        return COMMANDS[command](rest)
    except InputError as error:
        print(f"sumbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt as stop:
        print(f"\nsumbench: {stop or 'stopped'}", file=sys.stderr)
        return STOPPED


def run(arguments: Sequence[str]) -> int:
    """``sumbench run``: Hydra's own command line (overrides, -m, --cfg, completion) around one job."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from bench import config
    from bench.lock import lock_hydra

    # Hydra prints and swallows exceptions unless told not to; ours become exit codes.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    lock_hydra(arguments)
    config.register()
    running = False

    def job(composed: DictConfig) -> None:
        nonlocal running
        running = True
        run_job(composed, arguments)
        running = False

    before, sys.argv = sys.argv, ["sumbench run", *arguments]
    try:
        hydra.main(version_base="1.3", config_path="pkg://bench.conf", config_name="run")(job)()
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        if running:
            raise
        # Hydra has plain ValueErrors too for what is typed wrong.
        raise InputError(config.explain(error, config.default_config())) from None
    finally:
        sys.argv = before
    return OK


def run_job(composed: DictConfig, typed: Sequence[str]) -> None:
    """One job of ``sumbench run``: build it, run it, show its report. ``typed`` is the command line."""
    from hydra.core.hydra_config import HydraConfig

    from bench import pipeline
    from bench.config import build_job
    from bench.report.content import build_report
    from bench.report.progress import ProgressBar
    from bench.report.terminal import show

    overrides = list(HydraConfig.get().overrides.task)
    try:
        with ProgressBar(make_console(stderr=True)) as progress:
            folder = pipeline.run(build_job(composed, overrides, typed), progress)
    except InputError as error:
        # Hydra would wrap an exception in a message of its own; it lets an exit through.
        print(f"sumbench: {error}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None
    except pipeline.Interrupted as stop:
        kept = [word for word in overrides if not word.startswith("run_dir=")]
        again = shlex.join(["sumbench", "run", *kept, f"run_dir={stop.folder}"])
        raise KeyboardInterrupt(f"{stop}; they are kept. To go on: {again}") from None
    show(build_report(folder), make_console())


def report(arguments: Sequence[str]) -> int:
    """``sumbench report``: an earlier run as a terminal report or Markdown."""
    parser = argparse.ArgumentParser(prog="sumbench report", description="Show an earlier run again.")
    parser.add_argument("run", metavar="RUN", help="a run's folder, a run id or its beginning, or LATEST")
    parser.add_argument("--format", choices=("terminal", "markdown"), default="terminal")
    parser.add_argument("--worst", type=int, default=3, metavar="K", help="flagged claims shown for each system")
    parser.add_argument("--results_dir", type=Path, default=Path("results"))
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


def list_options(arguments: Sequence[str]) -> int:
    """``sumbench list``: the options of every config group."""
    parser = argparse.ArgumentParser(prog="sumbench list", description="What can be chosen for a run.")
    parser.add_argument("--config-dir", type=Path, action="append", default=[], help="a config folder of yours")
    chosen = parser.parse_args(as_flags(arguments))

    from rich.table import Table
    from rich.text import Text

    from bench.catalogue import GROUPS, options

    console = make_console()
    if chosen.config_dir and str(Path.cwd()) not in sys.path:
        # Where `sumbench run` looks for plugins; nothing is imported here.
        sys.path.insert(0, str(Path.cwd()))
    found = list(options(chosen.config_dir))
    for group in GROUPS:
        mine = [option for option in found if option.group == group]
        if not mine:
            continue
        table = Table(box=None, title=group, title_justify="left", title_style="bold", show_header=False, pad_edge=True)
        for option in mine:
            state = Text("needs " + ", ".join(option.needs), "yellow") if option.needs else Text("ready", "green")
            table.add_row(Text(option.name), state, Text(option.about))
        console.print(table)
    return OK


def as_flags(arguments: Sequence[str]) -> list[str]:
    """Hydra's spelling of options for the commands that aren't Hydra's: ``format=x`` is ``--format=x``.

    >>> as_flags(["RUN", "format=markdown"])
    ['RUN', '--format=markdown']
    """
    return [f"--{word}" if "=" in word and not word.startswith("-") and "/" not in word.split("=")[0] else word
            for word in arguments]  # fmt: skip


def make_console(**options: Any) -> Console:
    """A console that is wide enough in logs too."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with 1; main knows better

    console = Terminal(highlight=False, **options)
    wide = console.is_terminal or "COLUMNS" in os.environ
    return console if wide else Terminal(highlight=False, width=120, **options)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"run": run, "report": report, "list": list_options}
