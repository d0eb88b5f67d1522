"""The English that lies in ``bench/data/english``: patterns by kind and mode, words, and the hash of it all.

A file of patterns has sections: ``[parts]`` with lines ``name = pattern``, what ``<name>`` stands for in the file's
other lines, and ``[kind, mode]`` with a pattern a line. Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

_SECTION = re.compile(r"\[(?P<kind>[^,\]]+)(?:, (?P<mode>[^,\]]+))?\]")
_PART = re.compile(r"<([a-z_]+)>")
_FILES = files("bench.data") / "english"


@cache
def patterns(name: str) -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Mode → kind → one pattern, any of the section's lines, of ``bench/data/english/NAME.txt``.

    >>> bool(patterns("boilerplate")["whole"]["navigation"].fullmatch("back to top"))
    True
    """
    parts: dict[str, str] = {}
    lines: dict[str, dict[str, list[str]]] = {}
    kind = mode = ""
    for line in _lines(name):
        if heading := _SECTION.fullmatch(line):
            kind, mode = heading["kind"], heading["mode"] or ""
        elif mode:
            lines.setdefault(mode, {}).setdefault(kind, []).append(line)
        else:
            part, wording = line.split(" = ", 1)
            parts[part] = wording
    return {
        mode: {kind: re.compile(_filled("|".join(wordings), parts)) for kind, wordings in kinds.items()}
        for mode, kinds in lines.items()
    }


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of ``bench/data/english/NAME.txt``, which has no sections: whatever white space stands between.

    >>> "the" in word_list("common")
    True
    """
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def word_table(name: str) -> Mapping[str, str]:
    """First word of a line → the rest of it, of ``bench/data/english/NAME.txt``, which has no sections.

    >>> word_table("languages")["de"]
    'German'
    """
    return dict(line.split(" ", 1) for line in _lines(name))


@cache
def word_groups(name: str, between: str | None = None) -> Mapping[str, frozenset[str]]:
    """Word → the words that a line of ``bench/data/english/NAME.txt`` has beside it; of several lines all of them.

    ``between``: what separates them; white space unless told.

    >>> sorted(word_groups("nicknames")["katie"] & {"kate", "ted"})
    ['kate']
    """
    found: dict[str, frozenset[str]] = {}
    for line in _lines(name):
        group = line.split(between)
        for word in group:
            found[word] = found.get(word, frozenset()) | (frozenset(group) - {word})
    return found


def _lines(name: str) -> list[str]:
    lines = (_FILES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """The pattern with what its ``<parts>`` stand for; KeyError for one that isn't there."""
    while _PART.search(pattern):
        pattern = _PART.sub(lambda part: parts[part[1]], pattern)
    return pattern


@cache
def lexicon_hash() -> str:
    """Hash of all files, for signatures: the first twelve digits of a SHA-256."""
    found = sorted((file for file in _FILES.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in found)).hexdigest()[:12]
