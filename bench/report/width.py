"""Text and tables for a terminal of any width: lines end between words, and no word or number is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WORD = re.compile(r"\S+")


def say(text: Text, console: Console, *, lead: str = "", soft: bool = False) -> None:
    """Print a text in lines that fit the width; a word that is longer than a line has one for itself, whole.

    Args:
        text: may hold line breaks.
        console: where to.
        lead: before the first line; the others are indented as far.
        soft: leave lines uncut where nobody looks at a terminal, so that a log can be searched.
    """
    room = None if soft and not console.is_terminal else console.width - cell_len(lead)
    for number, line in enumerate(wrapped(text, room)):
        before = Text(" " * cell_len(lead) if number and line else "" if number else lead)
        console.print(before.append_text(line), soft_wrap=True)


def wrapped(text: Text, room: int | None) -> Iterator[Text]:
    """The lines of a text, each of at most ``room`` cells unless a word is longer; ``None``: as it is.

    >>> [line.plain for line in wrapped(Text("one two incomprehensible x"), 9)]
    ['one two', 'incomprehensible', 'x']
    """
    for line in text.split(allow_blank=True):
        start, cuts = 0, []
        for word in _WORD.finditer(line.plain) if room is not None else ():
            if line.plain[start : word.start()].strip() and cell_len(line.plain[start : word.end()]) > (room or 0):
                start = word.start()
                cuts.append(start)
        for part in line.divide(cuts):
            part.rstrip()
            yield part


def fits(table: Table, console: Console) -> bool:
    """Whether a table of columns that don't wrap has room."""
    return console.measure(table, options=console.options.update_width(100_000)).maximum <= console.width
