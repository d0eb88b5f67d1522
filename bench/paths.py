"""A path as a person writes it, as a Path that can be asked for."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from bench.errors import InputError


def user_path(text: str | Path, setting: str = "") -> Path:
    """The path with ``~`` expanded; InputError for one that can't name a file.

    Such are: one with a NUL or half a surrogate pair, one that is longer than the file system allows, and
    ``~name`` where there is no such user. ``setting`` begins the message. Whether the file exists is not asked.

    >>> user_path("results/x").as_posix()
    'results/x'
    """
    where = f"{setting}: " if setting else ""
    shown = ascii(str(text)[:60])[1:-1] + ("…" if len(str(text)) > 60 else "")
    try:
        path = Path(text).expanduser()
        os.lstat(path)
    except RuntimeError:
        raise InputError(f"{where}{shown}: there is no such user; write ./{shown} for a file of that name") from None
    except ValueError:
        raise InputError(f"{where}{shown}: no path: it holds a character that no file's name can") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(f"{where}{shown}: too long for a path ({len(str(text))} characters)") from None
    return path
