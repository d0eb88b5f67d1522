"""Reading text files with errors that name the file and the place."""

from __future__ import annotations

import difflib
import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

from bench.errors import InputError


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that ends an error message: the known name that looks most like this one, if any does.

    >>> nearest("docment", ["id", "document"])
    " Did you mean 'document'?"
    >>> nearest("xyz", ["id", "document"])
    ''
    """
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def listing(names: Iterable[str], most: int = 5) -> str:
    """Names for a message, the long tail counted.

    >>> listing(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def newlines(text: str) -> str:
    r"""The text with ``\r\n`` as ``\n``, otherwise untouched; every offset refers to this form.

    >>> newlines("one\r\ntwo\rthree\u2028four")
    'one\ntwo\rthree\u2028four'
    """
    return text.replace("\r\n", "\n")


def is_text(value: str) -> bool:
    r"""Whether a string can be written as UTF-8: it can't when it holds half a surrogate pair.

    >>> is_text("naïve 🙂"), is_text("\ud83d")
    (True, False)
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def read_text(path: Path) -> str:
    """A UTF-8 file, unzipped if its name ends in ``.gz``, without a byte order mark, otherwise unchanged.

    Raises InputError if the file is missing, unreadable, not a file, damaged or not UTF-8.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder, but a file is needed here.")
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is not an ordinary file.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file.{_nearest_file(path)}") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror or error}).") from None
    if path.suffix.lower() == ".gz":
        data = _unzip(data, path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        unzipped = " of the unzipped content" if path.suffix.lower() == ".gz" else ""
        raise InputError(
            f"{path}, line {line}: not UTF-8: byte 0x{data[error.start]:02x} at byte offset {error.start}{unzipped} "
            f"({error.reason}). Save the file as UTF-8."
        ) from None
    return text.removeprefix("\ufeff")


def _unzip(data: bytes, path: Path) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not a whole gzip file ({error}). Make it again, or unzip it yourself.") from None


def _nearest_file(path: Path) -> str:
    try:
        return nearest(path.name, sorted(entry.name for entry in path.parent.iterdir()))
    except OSError:
        return f" The folder {path.parent} doesn't exist or can't be read."
