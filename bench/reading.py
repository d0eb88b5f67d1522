"""Reading text files, and JSON in them, with errors that name the file and the place.

Whatever lies in a file, reading it ends: it is an ordinary file, of a size that is limited, also once it is
unzipped; its JSON is strict and not too deep. Everything else is an InputError.
"""

from __future__ import annotations

import difflib
import gzip
import json
import math
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bench.errors import InputError

LIMIT = "SUMBENCH_MAX_GIB"
"""The environment variable with the most GiB that a file may hold, unzipped where it is a ``.gz``."""
_DEFAULT = 2.0
_GIB = 1 << 30
_PIECE = 1 << 20
MOST_LEVELS = 100
"""How deep JSON may be nested: what is deeper could be read, but not written again."""


def read_text(path: Path, most: int | None = None) -> str:
    """A UTF-8 file, unzipped if its name ends in ``.gz``, without a byte order mark, otherwise unchanged.

    Raises InputError if the file is missing, unreadable, not a file, damaged, not UTF-8 or larger than
    ``most`` bytes (``None``: ``SUMBENCH_MAX_GIB``, 2 without it).
    """
    data = read_bytes(path, most)
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


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """The bytes of an ordinary file, unzipped if its name ends in ``.gz``; InputError as in ``read_text``."""
    most = limit() if most is None else most
    check_file(path)
    zipped = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path) if zipped else path.open("rb") as file:
            data = bytearray()
            while piece := file.read(min(_PIECE, most + 1 - len(data))):
                data += piece
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not a whole gzip file ({error}). Make it again, or unzip it yourself.") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror or error}).") from None
    if len(data) > most:
        raise InputError(f"{path}: {'unzipped, it ' if zipped else ''}holds more than {_size(most)}.{_advice(most)}")
    return bytes(data)


def check_file(path: Path) -> None:
    """InputError unless there is an ordinary file: a pipe or a device would be waited for, or never end."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder, but a file is needed here.")
    if path.is_symlink() and not path.exists():
        raise InputError(f"{path}: no such file; it is a symbolic link to nothing.")
    if not path.exists():
        raise InputError(f"{path}: no such file.{_nearest_file(path)}")
    if not path.is_file():
        raise InputError(f"{path}: is not an ordinary file.")


def limit() -> int:
    """The most bytes that a file may hold; InputError where the setting is no number."""
    given = os.environ.get(LIMIT, "")
    try:
        most = float(given or _DEFAULT)
    except ValueError:
        most = math.nan
    if not 0 < most < 1e6:
        raise InputError(f"{LIMIT}={given}: it must be a number of GiB above 0")
    return int(most * _GIB)


def _size(most: int) -> str:
    return f"{most / _GIB:g} GiB" if most >= _GIB / 100 else f"{most} bytes"


def _advice(most: int) -> str:
    return f" Split it, or set {LIMIT}={2 * most / _GIB:g}." if most == limit() else ""


def _nearest_file(path: Path) -> str:
    try:
        found = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), n=1)
    except OSError:
        return f" The folder {path.parent} doesn't exist or can't be read."
    return f" Did you mean {found[0]!r}?" if found else ""


def strict_json(text: str, *, ours: bool = False) -> Any:
    """The value of a JSON text; ValueError, with the reason, for everything that isn't strict JSON.

    Stricter than Python's own reader: no NaN or Infinity, no number too large for a float, no key
    twice in an object, nothing nested deeper than ``MOST_LEVELS``.

    ``ours``: as for ``raw_decode``.

    >>> strict_json('{"a": [1, 2.5, null]}')
    {'a': [1, 2.5, None]}
    """
    try:
        value, end = raw_decode(text, len(text) - len(text.lstrip(" \t\r\n")), ours=ours)
    except NoNumber as error:
        raise ValueError(f"{_line_of(text, error.word)}{error}") from None
    if rest := text[end:].strip(" \t\r\n"):
        raise ValueError(f"more than one value: {rest[:20]!r}")
    return value


class NoNumber(ValueError):
    """A number that isn't JSON's, or that no float can hold."""

    def __init__(self, place: str, word: str) -> None:
        field = f" (field {place[:200]})" if place else ""
        told = f"the number {word[:20]}… is too large{field}"
        if word.lstrip("-")[0].isalpha():
            told = f"{word} is not a JSON number{field}; leave it out, or write null where that may stand"
        super().__init__(told)
        self.word = word


def raw_decode(text: str, start: int = 0, *, ours: bool = False) -> tuple[Any, int]:
    """As ``strict_json`` for the value at ``start``, and where it ends.

    ``ours``: of a file that we wrote, where looking for repeated keys and at each number isn't worth the time: one
    that is too large for a float comes as infinite, for ``unfit`` and others to find.
    """
    try:
        value, end = (_OURS if ours else _STRICT).raw_decode(text, start)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError:
        raise
    except ValueError:
        if not ours:
            raise
        # A number that is none: reading it the slow way tells where it stands.
        return raw_decode(text, start)
    # Counting is cheap, and most texts have too few brackets to be deep.
    opening = text.count("[", start, end) + text.count("{", start, end)
    if opening > MOST_LEVELS and _levels(value) > MOST_LEVELS:
        raise ValueError(f"nested too deeply: more than {MOST_LEVELS} levels")
    if not ours:
        for found in unfit(value):
            raise found
    return value, end


def unfit(value: Any, place: str = "") -> Iterator[NoNumber]:
    """What is wrong with each number in a JSON value that no float can hold."""
    if isinstance(value, _Unfit):
        yield NoNumber(place, value.word)
    elif isinstance(value, float) and not math.isfinite(value):
        yield NoNumber(place, "-Infinity" if value < 0 else "Infinity")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unfit(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unfit(item, f"{place}[{index}]")


def _line_of(text: str, word: str) -> str:
    """The line of a text in which a number stands; empty where there is but one."""
    found = next((token for token in _TOKENS.finditer(text) if token.group() == word), None)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    return f"line {line}: " if found and "\n" in text.rstrip() else ""


def _levels(value: Any) -> int:
    """How deep a value is nested; 0 for a number or a text."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Stands for a number that can't be held."""

    word: str


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(digits: str) -> float | _Unfit:
    number = float(digits)
    return number if math.isfinite(number) else _Unfit(digits)


def _whole(digits: str) -> int | _Unfit:
    return int(digits) if math.isfinite(float(digits)) else _Unfit(digits)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"duplicate key {twin!r} in one object")
    return values


_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"|-?(?:NaN|Infinity|\d[\d.eE+-]*+)', re.DOTALL)
_OURS = json.JSONDecoder(parse_constant=_refuse)
_STRICT = json.JSONDecoder(parse_constant=_Unfit, parse_float=_finite, parse_int=_whole, object_pairs_hook=_no_twins)
