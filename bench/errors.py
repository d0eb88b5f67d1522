"""Errors that are the user's to mend; the command line turns them into exit code 2."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input: a file, a field, a configuration value or an override.

    The message says what is wrong, where (file, line, field) and what to do about it.
    It is shown to the user as it is, without a traceback.
    """


class MissingExtra(InputError):
    """An optional package that a configuration needs is not installed; the message names the extra."""
