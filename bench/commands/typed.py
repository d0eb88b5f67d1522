"""What a person mistypes among settings, told before anything reads it: each message says what to type."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import InputError
from bench.paths import user_path
from bench.vocabulary import Vocabulary, vocabulary

_DASHES = "‐‑‒–—―−"
_QUOTES = str.maketrans("“”„«»‘’‚", '"""""\'\'\'')
_OPEN, _CLOSE = "[{(", "]})"
_FILES = re.compile(r"\.(?:jsonl?|csv|tsv|parquet|txt)(?:\.gz)?$", re.IGNORECASE)
_NUMBER = re.compile(r"-?\.?\d")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command line, and what could stand in it."""

    command: str
    words: tuple[str, ...]
    flags: Mapping[str, bool]
    """Each flag, and whether the next word is its value."""
    names: int = 0
    """Words that are no settings and may stand before them: BASELINE, RUN."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The settings of the command, with those of the folders that are named."""
        folders = [after for word, after in zip(self.words, self.words[1:], strict=False) if word in _FOLDERS]
        folders += [word.partition("=")[2] for word in self.words if word.startswith("--config-dir=")]
        return vocabulary(self.command, [user_path(folder, "--config-dir") for folder in folders])

    @property
    def sweep(self) -> bool:
        """Whether several values of one setting are asked for."""
        return bool({"-m", "--multirun"} & set(self.words))


_FOLDERS = ("--config-dir", "-cd")


def parse_settings(
    parser: argparse.ArgumentParser, arguments: Sequence[str], command: str, names: int = 0
) -> argparse.Namespace:
    """The options, names and settings of a command line; InputError says what to type for what is mistyped."""
    given = refuse_mistyped(Typed(command, tuple(arguments), flags_of(parser), names))
    if given < names and not {"-h", "--help"} & set(arguments):
        needed = [action.metavar for action in parser._actions if not action.option_strings][given:names]
        parser.error(f"the following arguments are required: {', '.join(map(str, needed))}")
    return parser.parse_intermixed_args(overrides_last(arguments))


def overrides_last(arguments: Sequence[str]) -> list[str]:
    """Flags before overrides, as Hydra's parser wants them.

    >>> overrides_last(["seed=1", "-m", "limit=1,2", "--cfg", "job"])
    ['-m', '--cfg', 'job', 'seed=1', 'limit=1,2']
    """
    overrides = [
        word
        for word in arguments
        if not word.startswith("-") and ("=" in word or (word.startswith("~") and "/" not in word))
    ]
    return [word for word in arguments if word not in overrides] + overrides


def flags_of(parser: argparse.ArgumentParser) -> dict[str, bool]:
    """The flags of a parser, and whether each takes a value of its own."""
    return {
        flag: action.nargs != 0 and action.nargs != "?" for action in parser._actions for flag in action.option_strings
    }


def refuse_mistyped(typed: Typed) -> int:
    """InputError for the first word that can't be meant as it stands; returns how many words are names."""
    index, names = 0, 0
    known = typed.vocabulary
    while index < len(typed.words):
        word, after = typed.words[index], typed.words[index + 1 :]
        index += 1
        if word == "--":
            break
        if word in typed.flags:
            index += typed.flags[word]
            continue
        if word.split("=")[0] in typed.flags and word.startswith("--"):
            continue
        if names < typed.names and is_name(word, known):
            names += 1
            continue
        for told in problems(typed, known, word, typed.words[: index - 1], after):
            raise InputError(told)
    return names


def is_name(word: str, known: Vocabulary) -> bool:
    """Whether a word may be a baseline or a run: no flag, and no setting of any spelling."""
    key = re.split(r"[=:]", word)[0]
    # "~name" leaves a setting out; "~user/runs" is a path.
    setting = word.startswith(("-", "+", *_DASHES)) or (word.startswith("~") and "/" not in word)
    return not setting and ("=" not in word or Path(word).exists()) and (
        key == word or key not in known.names() or Path(word).exists()
    )  # fmt: skip


def problems(typed: Typed, known: Vocabulary, word: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """What is wrong with a word, the likeliest reason first."""
    if (straight := word.translate(_QUOTES)) != word and word[0] != straight[0]:
        yield f"{word}: these quotes are typographic; type {straight}"
    if word[0] in _DASHES:
        word = "--" + word.lstrip(_DASHES + "-")
        yield from flag_problems(typed, known, word, after)
        yield f"the dash before {word[2:]!r} is typographic; type {word}"
    if word.startswith("-"):
        yield from flag_problems(typed, known, word, after)
        return
    if not (word.strip("=") and word[0] != "=" and word[-1] != "=") or (after and after[0].startswith("=")):
        yield from blank_problems(known, word, after)
    if unclosed(word):
        yield bracket_problem(known, word, after)
    key, equals, value = word.partition("=")
    plain = key.lstrip("+")
    if equals and (value.startswith("=") or key.endswith(":")) and known.like(key.rstrip(":")):
        yield f"{word}: a setting is typed with one '='; type {assignment(known, key.rstrip(':'), value.lstrip('='))}"
    if value.endswith(",") and after and "=" not in after[0]:
        yield f"{word}: the shell splits at blanks; type {shlex.quote(f'{key}=[{value}{after[0]}]')}"
    if not equals:
        if not word.startswith("~"):
            yield from bare_problems(typed, known, word, before, after)
        return
    if key.startswith("+") and not key.startswith("++") and (plain in known.groups or plain in known.keys):
        yield f"{word}: {plain} is there already, so nothing is added; type {shlex.quote(f'{plain}={value}')}"
    if plain in known.groups and not typed.sweep:
        yield from choice_problems(known, plain, value)
    elif re.fullmatch(r"[\w. -]*(?:,[\w. -]+)+", value) and not typed.sweep:
        ways = [f"sumbench run -m {word} for a sweep"] if typed.command == "run" else []
        if isinstance(known.default(plain), list | tuple | str):
            ways.append(f"{shlex.quote(f'{key}=[{value}]')} for a list")
        yield f"{word}: several values; type {' or '.join(ways) or f'{key}=… with one'}"
    elif isinstance(known.keys.get(plain), list) and typed.command != "meta" and not value.startswith(("[", "${")):
        yield f"{word}: it takes a list; type {shlex.quote(f'{key}=[{value}]')}"


def flag_problems(typed: Typed, known: Vocabulary, word: str, after: Sequence[str]) -> Iterator[str]:
    """A setting that is typed like a flag, or a flag that isn't one."""
    name, equals, value = word.lstrip("-").partition("=")
    if not equals and after and "=" not in after[0] and not (after[0].startswith("-") and not _NUMBER.match(after[0])):
        value = after[0]
    if word in ("-m", "--multirun"):
        yield f"{word}: only runs are swept; type sumbench run -m …"
    if name.startswith(("no-", "no_")) and (off := known.like(name[3:].replace("-", "_"))) and not value:
        name, value = off[0], "false"
    long = [flag for flag in typed.flags if flag.startswith("--")]
    close = Vocabulary.close(name.replace("_", "-"), [flag.lstrip("-") for flag in long])
    found = known.like(name.replace("-", "_"))
    if close and (not found or close == name.replace("_", "-") or name.replace("-", "_") not in found[0]):
        yield f"there is no flag {word.split('=')[0]}; did you mean --{close}?"
    if found and len(name) > 1:
        yield f"{word}: a setting is typed without dashes; type {assignment(known, found[0], value)}"
    yield f"there is no flag {word.split('=')[0]}; sumbench {typed.command} --help shows them all"


def blank_problems(known: Vocabulary, word: str, after: Sequence[str]) -> Iterator[str]:
    """``limit = 3``, ``limit= 3`` and ``limit =3``."""
    rest = [word, *after[:2]]
    joined = re.sub(r"\s*=\s*", "=", " ".join(rest[: 3 if rest[1:2] == ["="] else 2]))
    key, equals, value = joined.partition("=")
    if equals and value and "=" not in value and key and not value.startswith("-"):
        yield f"{' '.join(rest[: 3 if rest[1:2] == ['='] else 2])}: no blanks around '='; type {shlex.quote(joined)}"
    elif word.endswith("=") and (key in known.groups or key in known.names()):
        nothing = f"{key}=[]" if key in known.many else f"{key}=null"
        if key in known.many or known.default(key) is None:
            yield f"{word}: a value is missing; for none, type {shlex.quote(nothing)}"


def bracket_problem(known: Vocabulary, word: str, after: Sequence[str]) -> str:
    """A list that the shell has split at its blanks, or one that isn't closed."""
    whole = word
    for more in after:
        whole += f" {more}"
        if not unclosed(whole):
            tight = re.sub(r"([\[,])\s+|\s+(?=[\],])", r"\1", whole)
            if word.partition("=")[0] in known.many:
                tight = re.sub(r"(?<=\w)\s+(?=\w)", ",", tight)
            return f"{word}: the shell splits at blanks; type {shlex.quote(tight)}"
    wanted = "".join(_CLOSE[_OPEN.index(mark)] for mark in reversed(unclosed(word)))
    return f"{word}: not closed; type {shlex.quote(word + wanted)}"


def bare_problems(
    typed: Typed, known: Vocabulary, word: str, before: Sequence[str], after: Sequence[str]
) -> Iterator[str]:
    """A word without ``=``: a file, an option, a setting of another spelling."""
    key, mark, value = re.match(r"([\w.]*)(:?=?)(.*)", word, re.DOTALL).groups()  # type: ignore[union-attr]
    if mark and value and (found := known.like(key)) and not Path(word).exists():
        yield f"{word}: a setting is typed with '='; type {assignment(known, found[0], value)}"
    if before and "=" in before[-1] and Path(f"{before[-1].partition('=')[2]} {word}").exists():
        yield f"{word}: the shell splits at blanks; type {shlex.quote(f'{before[-1]} {word}')}"
    for group, options in known.groups.items():
        if word in options:
            yield f"{word}: an option is typed with its group; type {known.value(group, [word])}"
    if "dataset" in known.groups and (Path(word).exists() or _FILES.search(word)):
        yield f"{word}: a setting is typed name=value; type {for_a_path(word, typed.command)}"
    if (found := known.like(word)) and after and "=" not in after[0] and not after[0].startswith("-"):
        yield f"{word} {after[0]}: a setting is typed with '='; type {assignment(known, found[0], after[0])}"
    if found:
        yield f"{word}: a setting is typed name=value; type {assignment(known, found[0], '')}"
    yield f"{word}: not a setting, which is typed name=value; sumbench {typed.command} --help has examples"


def choice_problems(known: Vocabulary, group: str, value: str) -> Iterator[str]:
    """A list where one is chosen, one where a list is chosen, or a path where a name belongs."""
    options = known.groups[group]
    inner = [each.strip(" '\"") for each in value.strip("[](){} ").split(",") if each.strip(" '\"")]
    if group in known.many:
        if value.lower() in ("none", "null", "false", "''", '""', "no", "[none]", "[null]"):
            yield f"{group}={value}: for none of them, type '{group}=[]'"
        if value.lower() in ("all", "*", "[all]", "[*]"):
            yield f"{group}={value}: each is named; type {known.value(group, options)}"
        if not value.startswith("[") and inner:
            yield f"{group}={value}: a list is chosen; type {known.value(group, inner)}"
    elif value.startswith("[") and len(inner) == 1:
        yield f"{group}={value}: one is chosen; type {group}={inner[0]}"
    elif group == "dataset" and value not in options and ("/" in value or _FILES.search(value)):
        yield f"{group}={value}: not the name of a kind of dataset; type {for_a_path(value)}"
    elif "," in value:
        yield f"{group}={value}: one is chosen; type {group}={inner[0] if inner else options[0]}"


def for_a_path(path: str, command: str = "run") -> str:
    """How a file or a folder of texts is read.

    >>> for_a_path("my data.jsonl")
    "dataset=jsonl 'dataset.path=my data.jsonl'"
    """
    if command == "meta" and path.lower().endswith((".csv", ".tsv", ".parquet")):
        return shlex.quote(f"scores={path}")
    if Path(path).is_dir() and not list(Path(path).glob("*.jsonl*")):
        return f"dataset=folder {shlex.quote(f'dataset.root={path}')} dataset.reference=NAME_OF_THE_DOCUMENTS_FILE"
    whole = f"{path.rstrip('/')}/*.jsonl" if Path(path).is_dir() else path
    return f"dataset=jsonl {shlex.quote(f'dataset.path={whole}')}"


def assignment(known: Vocabulary, name: str, value: str) -> str:
    """A setting and its value as they are typed; without a value, with a place for it."""
    if name in known.groups:
        given = [each.strip(" '\"") for each in value.strip("[]").split(",") if each.strip(" '\"")]
        return known.value(name, given or known.groups[name][:1])
    if (owner := name.replace(".", "/", 1)) in known.members:
        group, option = owner.split("/")
        return known.value(group, [option])
    if not value and isinstance(known.default(name), bool):
        value = "true"
    return shlex.quote(f"{name}={value}") if value else f"{name}=…"


def unclosed(text: str) -> str:
    """The brackets of a text that stay open, outermost first.

    >>> unclosed("a=[b,{c}"), unclosed("a=[b]"), unclosed("a='['")
    ('[', '', '')
    """
    open_: list[str] = []
    quote = ""
    for mark in text:
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in _OPEN:
            open_.append(mark)
        elif mark in _CLOSE and open_ and open_[-1] == _OPEN[_CLOSE.index(mark)]:
            open_.pop()
    return "".join(open_)
