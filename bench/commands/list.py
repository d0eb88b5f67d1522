"""``sumbench list``: the options of every config group."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument


def main(arguments: Sequence[str]) -> int:
    """List what can be chosen; returns the exit code."""
    parser = Parser(prog="sumbench list", description="What can be chosen for a run.")
    parser.add_argument(
        "--config-dir",
        "-cd",
        type=path_argument,
        action="append",
        default=[],
        metavar="DIR",
        help="a config folder of yours",
    )
    chosen = parser.parse_args(as_flags(arguments))

    from rich.text import Text

    from bench.catalogue import GROUPS, options
    from bench.errors import InputError
    from bench.report.width import say

    for folder in chosen.config_dir:
        if not folder.is_dir():
            raise InputError(f"--config-dir {folder}: there is no such folder")
    console = make_console()
    if chosen.config_dir and str(Path.cwd()) not in sys.path:
        # Where `sumbench run` looks for plugins; nothing is imported here.
        sys.path.insert(0, str(Path.cwd()))
    found = list(options(chosen.config_dir))
    for group in GROUPS:
        mine = [option for option in found if option.group == group]
        if not mine:
            continue
        console.print(Text(group, "bold"))
        names = max(len(option.name) for option in mine)
        for option in mine:
            state = Text("needs " + ", ".join(option.needs), "yellow") if option.needs else Text("ready", "green")
            text = Text().append_text(state).append(f"  {option.about}")
            say(text, console, lead=f"  {option.name:{names}}  ")
    return OK
