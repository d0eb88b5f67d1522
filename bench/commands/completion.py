"""Tab completion: what could stand where the cursor is, read from files; nothing is imported, and nothing runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from bench.vocabulary import ROOTS, Vocabulary, vocabulary

SCRIPTS = {
    "bash": """\
_sumbench() {
    local line="${COMP_LINE:0:COMP_POINT}" word IFS=$'\\n'
    COMPREPLY=($(sumbench --complete "$line" 2>/dev/null))
    # Readline replaces only what stands behind the last of its word breaks.
    word="${line##*[[:space:]]}"
    case "$word" in
    [\\'\\"]*) COMPREPLY=("${COMPREPLY[@]#?}") ;; # a quote is its own, and hides the breaks
    *[=:]*)
        [[ "$COMP_WORDBREAKS" == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[=:]}"}"}") ;;
    esac
}
complete -o nospace -F _sumbench sumbench
""",
    "zsh": """\
_sumbench() {
    local -a found
    # The words of this command alone; they are as typed, what is offered is quoted by zsh where it must be.
    found=("${(@f)$(sumbench --complete "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
    [[ -n "$found" ]] || return 1
    # What ends in a blank is a whole word, anything else goes on.
    compadd -U -S ' ' -- "${(@)${(@M)found:#* }% }"
    compadd -U -S '' -- "${(@)found:#* }"
    return 0
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _sumbench sumbench
""",
}
"""What a shell reads: ``eval "$(sumbench --completion bash)"``."""
_FLAG = re.compile(r"""add_argument\(\s*"(--[\w-]+)"(?:, "(-\w+)")?""")
_OF_HYDRA = ("--cfg", "--config-dir", "--help", "--info", "--multirun", "--package", "--resolve")
_BORROWED = {"baseline": ("compare",), "gate": ("compare",), "compare": ("systems",)}
"""Commands that have flags of another's file too."""


def complete(line: str, commands: Sequence[str]) -> list[str]:
    """Whole words for the last one of a line; that with ``=`` goes on with its value."""
    words = re.findall(r"""(?:[^\s'"]|'[^']*'?|"[^"]*"?)+""", line)
    current = words.pop() if words and line[-1:].strip() else ""
    before, quote = words[1:], current[:1] if current[:1] in ("'", '"') else ""
    bare = re.sub(r"\\(.)", r"\1", current.strip("'\""))
    if not before:
        found: Iterator[str] | list[str] = [f"{name} " for name in (*commands, "--help", "--version")]
    elif before[0] not in commands:
        found = []
    elif before[-1] in ("--config-dir", "-cd"):
        found = paths("", bare)
    else:
        found = candidates(before[0], before[1:], bare)
    return [quote + each for each in dict.fromkeys(found) if each.startswith(bare)]


def candidates(command: str, before: Sequence[str], word: str) -> Iterator[str]:
    """Flags, settings and values of one command."""
    if word.startswith("-"):
        yield from (f"{flag} " for flag in flags(command))
        return
    if command not in ROOTS:
        yield from paths("", word)
        return
    folders = [Path(after) for flag, after in pairwise(before) if flag in ("--config-dir", "-cd")]
    known = vocabulary(command, folders)
    key, equals, value = word.partition("=")
    if equals:
        yield from values(known, key, value)
        return
    mark = re.match(r"[+~]*", word)[0]  # type: ignore[index]
    chosen = {group: options(known, group, before) for group in known.groups}
    names = [name for name in known.names() if fits(known, name, chosen)]
    yield from (f"{mark}{name}=" for name in names if name.count(".") <= word.count(".") + 1 or name.startswith(word))
    if not mark and command in ("gate", "compare", "baseline"):
        yield from paths("", word)


def options(known: Vocabulary, group: str, before: Sequence[str]) -> set[str]:
    """The options of a group that the line chooses; all of them where it chooses none."""
    typed = [word.strip("'\"").partition("=")[2] for word in before if word.strip("'\"").startswith(f"{group}=")]
    return set(re.findall(r"[\w-]+", typed[-1])) if typed else set(known.groups[group])


def fits(known: Vocabulary, name: str, chosen: dict[str, set[str]]) -> bool:
    """Whether a setting is one of the options that are chosen, or of none."""
    owners = known.owners(name)
    return not owners or any(option in chosen[group] for group, option in owners)


def values(known: Vocabulary, key: str, value: str) -> Iterator[str]:
    """What may stand behind ``key=``: options, true and false, or files."""
    plain = key.lstrip("+")
    if plain in known.many:
        inside, _, last = value.lstrip("[").rpartition(",")
        taken = set(inside.split(","))
        start = f"{key}=[{inside}," if inside else f"{key}=["
        yield from (f"{start}{option}" for option in known.groups[plain] if option not in taken)
        if last in known.groups[plain]:
            yield f"{start}{last}]"
    elif plain in known.groups:
        yield from (f"{key}={option} " for option in known.groups[plain])
    elif isinstance(known.default(plain), bool):
        yield from (f"{key}={each} " for each in ("true", "false"))
    else:
        yield from (f"{key}={path}" for path in paths("", value))


def flags(command: str) -> list[str]:
    """The flags that a command's file declares."""
    if command == "run":
        return list(_OF_HYDRA)
    found = ["--help"]
    for name in (command, *_BORROWED.get(command, ())):
        found += [flag for flag, _ in _FLAG.findall(files("bench.commands").joinpath(f"{name}.py").read_text("utf-8"))]
    return found


def paths(before: str, start: str) -> Iterator[str]:
    """Files and folders whose path begins so."""
    folder, slash, name = start.rpartition("/")
    try:
        entries = sorted(Path(folder + slash or ".").expanduser().iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name.startswith(".") or not entry.name.startswith(".")):
            yield f"{before}{folder}{slash}{entry.name}" + ("/" if entry.is_dir() else "")
