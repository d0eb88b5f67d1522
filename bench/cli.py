"""The command line: finds the command, and turns its errors into messages and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module

from bench import __version__
from bench.commands.common import BAD_INPUT, CRASH, OK, STOPPED, TERMINATED
from bench.commands.output import outputs
from bench.commands.stopping import terminated_like_stopped
from bench.errors import InputError

COMMANDS = (
    "run",
    "report",
    "explain",
    "list",
    "compare",
    "gate",
    "baseline",
    "history",
    "meta",
    "selfcheck",
    "calibrate",
)
"""Each a module of ``bench.commands``, imported when it is asked for."""

USAGE = f"""\
sumbench {__version__}: scores summaries, checks their facts, logs it all to JSON

  sumbench run [OVERRIDE ...]            the default job, or as overridden
  sumbench report RUN                    an earlier run again
  sumbench explain RUN                   each claim: is it in the document?
  sumbench list                          what can be chosen; can it run here?
  sumbench baseline save NAME RUN        keep a run (or: baseline diff, list)
  sumbench compare BASELINE RUN          is it worse? a verdict a value
  sumbench gate BASELINE [OVERRIDE ...]  run, compare; the code is the verdict
  sumbench history                       trends of all runs, lasting steps
  sumbench meta [SETTING ...]            do the metrics agree with people?
  sumbench selfcheck [OVERRIDE ...]      what notices summaries made worse?
  sumbench calibrate LABELS              consistency, fitted to your labels

RUN is a folder, a run's id or its beginning, or LATEST. Each has a --help.

Examples
  sumbench run
  sumbench run dataset=folder dataset.root=FOLDER dataset.reference=FILE
  sumbench run dataset=jsonl dataset.path=FILE 'metrics=[rouge]' limit=20
  sumbench run -m metrics.rouge.use_stemmer=true,false
  sumbench run --cfg job                 the configuration, without a run
  sumbench report LATEST format=markdown
  sumbench explain LATEST --output page.html

Tab completion: eval "$(sumbench --completion bash)" in ~/.bashrc (or zsh)

Exit codes: 0 success or pass, 1 regressed or missing, 2 bad input,
3 not comparable, 4 inconclusive (only where the gate says that it fails the
build), 70 a crash of sumbench itself, 130 stopped by Ctrl-C, 143 by SIGTERM.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, whoever reads its output and however far.

    ``arguments``: for programs that call it, whose SIGTERM is not answered here; ``None``: those of the process.
    """
    stopping = terminated_like_stopped() if arguments is None else nullcontext(list[int]())
    with outputs() as lost, stopping as received:
        code = answer(list(sys.argv[1:] if arguments is None else arguments))
    if lost:
        print(f"sumbench: not everything could be printed: {lost[0].strerror}", file=sys.stderr)
    return TERMINATED if received and code == STOPPED else code or (BAD_INPUT if lost else OK)


def _done(arguments: list[str]) -> int:
    """The exit code of one command that ends by itself."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if command == "help" and rest and rest[0] in COMMANDS:
        command, rest = rest[0], ["--help"]
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return OK
    if command == "--version":
        print(f"sumbench {__version__}")
        return OK
    if command in ("--completion", "--complete"):
        return completion(command, rest)
    if command not in COMMANDS:
        raise InputError(f"there is no command {command!r}{instead_of(arguments)}")
    return int(import_module(f"bench.commands.{command}").main(rest))


def answer(arguments: list[str]) -> int:
    """The exit code of one command; what goes wrong becomes a message."""
    try:
        return _done(arguments)
    except InputError as error:
        print(f"sumbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt as stop:
        print(f"\nsumbench: {stop or 'stopped'}", file=sys.stderr)
        return STOPPED
    except (OSError, MemoryError) as error:
        print(f"sumbench: {_from_the_system(error)}", file=sys.stderr)
        return BAD_INPUT
    except SystemExit as stop:
        # Parsers of command lines leave so; from anywhere else it is no answer.
        code = OK if stop.code is None else stop.code
        return int(code) if code in (OK, BAD_INPUT) else crashed(stop)
    except Exception as error:
        return crashed(error)


def completion(command: str, rest: Sequence[str]) -> int:
    """Print a shell's script, or what could stand at the end of a line, one a line."""
    from bench.commands.completion import SCRIPTS, complete

    if command == "--complete":
        print("\n".join(complete(rest[0] if rest else "", COMMANDS)))
        return OK
    if len(rest) != 1 or rest[0] not in SCRIPTS:
        raise InputError(f"--completion: name a shell: {', '.join(SCRIPTS)}")
    print(SCRIPTS[rest[0]], end="")
    return OK


def instead_of(arguments: Sequence[str]) -> str:
    """What to type in the place of a command that isn't one.

    >>> instead_of(["rnu"]), instead_of(["limit=3"]), instead_of(["version"])
    ("; did you mean 'run'?", '; type sumbench run limit=3', "; did you mean '--version'?")
    """
    import shlex
    from difflib import get_close_matches
    from pathlib import Path

    word = arguments[0]
    if word.lstrip("-") in ("version", "V"):
        return "; did you mean '--version'?"
    # --run is near a command, --limit a setting that looks like one.
    close = get_close_matches(word.lower().strip("-."), COMMANDS, n=1, cutoff=0.9 if word.startswith("-") else 0.6)
    if close and "=" not in word:
        return f"; did you mean {close[0]!r}?"
    if "=" in word or word.startswith(("-", "–", "—")) or Path(word).exists():
        return f"; type sumbench run {shlex.join(arguments)}"
    return "; sumbench --help lists them"


def _from_the_system(error: OSError | MemoryError) -> str:
    """What the machine refused, in a line.

    >>> _from_the_system(FileNotFoundError(2, "No such file or directory", "x"))
    'x: No such file or directory'
    """
    if isinstance(error, MemoryError):
        return "out of memory: score fewer examples at once (limit=…) or fewer metrics and checks"
    named = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return f"{' -> '.join(named)}{': ' if named else ''}{error.strerror or error or type(error).__name__}"


def crashed(error: BaseException) -> int:
    """Show a bug of ours whole, with a code that no verdict has."""
    import traceback

    # Of a recursion without end, the calls where it ended.
    traceback.print_exception(error, limit=-20 if isinstance(error, RecursionError) else None)
    print(
        f"sumbench: this is a bug in sumbench {__version__}, not a verdict; please report it with the lines above",
        file=sys.stderr,
    )
    return CRASH
