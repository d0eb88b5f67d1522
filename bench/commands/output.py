"""Standard output and error whose readers may leave: what is printed then is lost, what was found stays."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast


class Output:
    """A text stream that never raises an OSError: from the first one on, what is written to it is dropped.

    A command's exit code says what it found. That must not depend on whether somebody reads to the end
    (``sumbench gate main | head -1``) or the disk that a log goes to is full.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._left = False
        self.error: OSError | None = None
        """Why something is missing from the output; ``None`` also where the reader has left: it wants no more."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or drop what nobody can get; returns the number of characters either way."""
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
