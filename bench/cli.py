"""The command line: finds the command, and turns its errors into messages and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from bench import __version__
from bench.commands.common import BAD_INPUT, OK, STOPPED, reader_gone
from bench.errors import InputError

COMMANDS = ("run", "report", "explain", "list", "compare", "gate", "baseline", "history", "meta", "selfcheck")
"""Each a module of ``bench.commands``, imported when it is asked for."""

USAGE = f"""\
sumbench {__version__}: scores summaries, checks their facts, and logs every result to JSON

  sumbench run [OVERRIDE ...]            run the default job, or what the overrides make of it
  sumbench report RUN [format=markdown]  show an earlier run again (RUN: a folder, a run id or LATEST)
  sumbench explain RUN [--output FILE]   claim by claim: is it in the document, and where? (also as a page)
  sumbench list                          what can be chosen, and whether it can run here
  sumbench baseline save NAME RUN        keep a run as a baseline (baseline diff: what that would change)
  sumbench compare BASELINE RUN          is the run worse? a verdict a value, as a test
  sumbench gate BASELINE [OVERRIDE ...]  run and compare in one; the exit code is the verdict
  sumbench history                       every finished run, its trend, and where a lasting step happened
  sumbench meta [SETTING ...]            how well do the metrics agree with people? (meta --help)
  sumbench selfcheck [OVERRIDE ...]      make good summaries worse on purpose: which metrics and checks notice?

Examples
  sumbench run
  sumbench run dataset=folder dataset.root=FOLDER dataset.reference=FILE
  sumbench run dataset=jsonl dataset.path=FILE 'metrics=[rouge]' checks=[] limit=20
  sumbench run -m metrics.rouge.use_stemmer=true,false
  sumbench run --cfg job                 show the configuration without running it

Exit codes: 0 success or pass, 1 regressed or missing, 2 bad input, 3 not comparable, 4 inconclusive (only where
the gate says that it fails the build), 130 stopped by Ctrl-C.
"""


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
        return int(import_module(f"bench.commands.{command}").main(rest))
    except InputError as error:
        print(f"sumbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except BrokenPipeError:
        return reader_gone()
    except KeyboardInterrupt as stop:
        print(f"\nsumbench: {stop or 'stopped'}", file=sys.stderr)
        return STOPPED
