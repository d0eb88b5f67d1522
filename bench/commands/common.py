"""What the commands share: exit codes, options, the console."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bench.commands.output import styled
from bench.errors import InputError
from bench.paths import user_path
from bench.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

OK, BAD_INPUT, CRASH, STOPPED, TERMINATED = 0, 2, 70, 130, 143
"""Exit codes; 1, 3 and 4 are verdicts (and 1 a failed cell of a sweep). 70 is EX_SOFTWARE of sysexits.h."""


def as_flags(arguments: Sequence[str]) -> list[str]:
    """Hydra's spelling of options for the commands that aren't Hydra's: ``format=x`` is ``--format=x``.

    >>> as_flags(["RUN", "format=markdown"])
    ['RUN', '--format=markdown']
    """
    return [f"--{word}" if "=" in word and not word.startswith("-") and "/" not in word.split("=")[0] else word
            for word in arguments]  # fmt: skip


def path_argument(text: str) -> Path:
    """A path, for argparse."""
    try:
        return user_path(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class Parser(argparse.ArgumentParser):
    """A parser that says of a word that it doesn't know what may have been meant."""

    def error(self, message: str) -> NoReturn:
        """Leave with the usage, the message and a hint."""
        from difflib import get_close_matches

        hint = ""
        if unknown := re.fullmatch(r"unrecognized arguments: (\S+)(.*)", message):
            flags = [flag for action in self._actions for flag in action.option_strings if flag.startswith("--")]
            name, mark, value = re.fullmatch(r"\W*([\w-]*)([:= ]?)(.*)", "".join(unknown.groups())).groups()  # type: ignore
            if close := get_close_matches(f"--{name}".replace("_", "-"), flags, n=1):
                hint = f"; did you mean {close[0]}{f' {value}' if mark and value else ''}?"
        elif " --= " in f"{message} " or "ambiguous option: --=" in message:
            hint = "; no blanks around '='"
        super().error(message + hint)


def make_console(**options: Any) -> Console:
    """A console that is wide enough in logs too."""
    from rich.console import Console
    from rich.segment import Segment

    class Printing(Console):
        """Whatever is laid out, its texts are printable; the control codes are rich's own."""

        def render(self, *what: Any) -> Iterator[Segment]:
            for segment in super().render(*what):
                text, style, control = segment
                yield segment if control else Segment(printable(text), style)

    file = options.pop("file", None) or styled(sys.stderr if options.pop("stderr", False) else sys.stdout)
    console = Printing(highlight=False, file=file, **options)
    wide = console.is_terminal or "COLUMNS" in os.environ
    return console if wide else Printing(highlight=False, file=file, width=120, **options)
