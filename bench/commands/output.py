"""Standard output and error, where everything that is printed leaves.

Their readers may leave too: what is printed then is lost, what was found stays. And they may act on what they
read (a terminal on escapes, a build server on commands): no text of others makes them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from bench.printable import no_commands, printable

_COULD_BECOME_A_COMMAND = re.compile(r"[ \t]*:?")


class Output:
    """A text stream on which characters that steer are visible and no line is a build server's command.

    It never raises an OSError: from the first one on, what is written to it is dropped.

    A command's exit code says what it found. That must not depend on whether somebody reads to the end
    (``sumbench gate main | head -1``) or the disk that a log goes to is full.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._left = False
        self._begun = ""
        """What is on the line already, while that could still become a command."""
        self.error: OSError | None = None
        """Why something is missing from the output; ``None`` also where the reader has left: it wants no more."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text from anywhere, or drop it; returns the number of characters either way."""
        return self.write_styled(printable(text))

    def write_styled(self, text: str) -> int:
        """Write a text that has been made printable, with colours of our own in it."""
        first, newline, rest = text.partition("\n")
        before = self._begun
        whole = no_commands(before + first)
        # What has been written can't be changed any more, but what follows can.
        first = whole[len(before) :] if whole.startswith(before) else f"\\{first}"
        line = rest.rpartition("\n")[2] if newline else before + first
        self._begun = line if _COULD_BECOME_A_COMMAND.fullmatch(line) else "…"
        self.write_as_it_is(first + newline + no_commands(rest))
        return len(text)

    def write_as_it_is(self, text: str) -> int:
        """Write our own commands for a build server, whole lines: the only ones that may be read as such."""
        if not self._left:
            try:
                self._stream.write(text)
            except OSError as error:
                self._leave(error)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write them one after the other."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand on what was written so far."""
        if not self._left:
            try:
                self._stream.flush()
            except OSError as error:
                self._leave(error)

    def _leave(self, error: OSError) -> None:
        self._left = True
        self.error = None if isinstance(error, BrokenPipeError) else error
        # What is still in Python's buffer goes nowhere, or the interpreter's own last flush would fail.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


class Styled:
    """An Output for what lays texts out itself: rich, which makes them printable and adds colours."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def __getattr__(self, name: str) -> Any:
        return getattr(self._output, name)

    def write(self, text: str) -> int:
        """Write a text with colours in it."""
        return self._output.write_styled(text)


def styled(stream: TextIO) -> TextIO:
    """The stream for texts with colours of our own in them."""
    return cast(TextIO, Styled(stream)) if isinstance(stream, Output) else stream


def print_commands(text: str, stream: TextIO) -> None:
    """Print commands of our own for a build server, whole lines."""
    if isinstance(stream, Output):
        stream.write_as_it_is(text)
    else:
        stream.write(text)
    stream.flush()


@contextmanager
def outputs() -> Iterator[list[OSError]]:
    """Put an Output in the place of both streams; the list is filled at the end with what kept them from writing."""
    lost: list[OSError] = []
    before = sys.stdout, sys.stderr
    wrapped = [stream if stream is None else Output(stream) for stream in before]
    for stream in before:
        if hasattr(stream, "reconfigure"):
            # A character that the stream's encoding lacks is shown by its number.
            stream.reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = cast(list[TextIO], wrapped)
    try:
        yield lost
    finally:
        sys.stdout, sys.stderr = before
        for output in wrapped:
            if output is not None:
                output.flush()
                lost += [output.error] if output.error else []
