"""The English that lies in ``bench/data/english``: patterns by kind and mode, words, and the hash of it all.

What a self-check plants lies in the folder ``planted``; no check reads that. A file of patterns has sections:
``[parts]`` with lines ``name = pattern``, what ``<name>`` stands for in the file's other lines, and ``[kind, mode]``
with a pattern a line. Lines that begin with ``#`` are comments.
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
    for line in text_lines(name):
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
    return frozenset(word for line in text_lines(name) for word in line.split())


@cache
def sections(name: str) -> Mapping[str, tuple[str, ...]]:
    """Heading → its lines, of ``bench/data/english/NAME.txt``, whose sections begin with ``[heading]``.

    >>> sections("opposites")["verbs"][2]
    'win ~ lose'
    """
    found: dict[str, list[str]] = {}
    for line in text_lines(name):
        if heading := _SECTION.fullmatch(line):
            lines = found.setdefault(heading["kind"], [])
        else:
            lines.append(line)
    return {heading: tuple(lines) for heading, lines in found.items()}


@cache
def word_lists(name: str) -> Mapping[str, frozenset[str]]:
    """Heading → the words of its section.

    >>> "never" in word_lists("polarity")["not"]
    True
    """
    return {heading: frozenset(" ".join(lines).split()) for heading, lines in sections(name).items()}


@cache
def forms(name: str, heading: str) -> Mapping[str, str]:
    """Form → its name, of a section whose lines are ``name: form, form, …``.

    >>> forms("units", "currency words")["quid"]
    'GBP'
    """
    parted = (line.split(": ", 1) for line in sections(name)[heading])
    return {form: named for named, written in parted for form in written.split(", ")}


@cache
def word_table(name: str) -> Mapping[str, str]:
    """First word of a line → the rest of it, of ``bench/data/english/NAME.txt``, which has no sections.

    >>> word_table("languages")["de"]
    'German'
    """
    return dict(line.split(" ", 1) for line in text_lines(name))


@cache
def word_groups(name: str, between: str) -> Mapping[str, frozenset[str]]:
    """Form → those that a line of ``bench/data/english/NAME.txt`` has beside it, ``between`` them; of all its lines.

    >>> sorted(word_groups("short_names", " / ")["fed"])
    ['federal reserve']
    """
    found: dict[str, frozenset[str]] = {}
    for line in text_lines(name):
        group = frozenset(line.split(between))
        for form in group:
            found[form] = found.get(form, frozenset()) | (group - {form})
    return found


@cache
def first_names() -> Mapping[str, frozenset[str]]:
    """First name → what is short for it, or what it is short for, and its other spellings.

    >>> sorted(first_names()["liz"]), "kathryn" in first_names()["katherine"], "betty" in first_names()["liz"]
    (['elisabeth', 'elizabeth'], True, False)
    """
    found: dict[str, frozenset[str]] = {}
    for line in text_lines("nicknames"):
        spellings, _, short = line.partition(": ")
        full, nicknames = frozenset(spellings.split()), frozenset(short.split(", "))
        for one in full:
            found[one] = found.get(one, frozenset()) | nicknames | (full - {one})
        for one in nicknames:
            found[one] = found.get(one, frozenset()) | full
    return found


def text_lines(name: str) -> list[str]:
    """The lines of ``bench/data/english/NAME.txt``, without comments and empty ones."""
    found = (_FILES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in found if line and not line.startswith("#")]


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """The pattern with what its ``<parts>`` stand for; KeyError for one that isn't there."""
    while _PART.search(pattern):
        pattern = _PART.sub(lambda part: parts[part[1]], pattern)
    return pattern


@cache
def lexicon_hash() -> str:
    """Hash of all files but those in ``planted``, for signatures: the first twelve digits of a SHA-256."""
    found = sorted((file for file in _FILES.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in found)).hexdigest()[:12]
