"""What the commands share: exit codes, options, the console."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

OK, BAD_INPUT, STOPPED = 0, 2, 130


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


def reader_gone() -> int:
    """Go on quietly after the reader of our output (head, less) has gone: nothing is left to say."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK
