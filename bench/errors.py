"""Errors that are the user's to mend; the command line turns them into exit code 2."""

from __future__ import annotations

from bench.printable import one_line


class InputError(ValueError):
    """Bad input: a file, a field, a configuration value or an override.

    The message says what is wrong, where (file, line, field) and what to do about it.
    It is shown to the user on one line, without a traceback.
    """

    def __str__(self) -> str:
        return one_line(super().__str__())


class MissingExtra(InputError):
    """An optional package that a configuration needs is not installed; the message names the extra."""
