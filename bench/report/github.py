"""A comparison as annotations of a GitHub build.

The rules are those of GitHub's own toolkit (actions/toolkit, packages/core/src/command.ts): in a
message ``%``, carriage return and line feed are escaped; in a property ``:`` and ``,`` too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from bench.report import comparison_content as content
from bench.report.terminal import shorten

if TYPE_CHECKING:
    from bench.comparing.comparison import Comparison

Level = Literal["error", "warning", "notice"]
_MOST = 8
"""GitHub shows ten annotations of a level a step; the verdict and a line of what is left take two."""


def annotate(comparison: Comparison, file: str | None = None) -> str:
    """Workflow commands, one a line: the verdict, then what moved it.

    Args:
        comparison: what is told.
        file: path of the baseline below the repository's root, for GitHub to link to.
    """
    return "".join(f"{line}\n" for line in _commands(comparison, file))


def _commands(comparison: Comparison, file: str | None) -> Iterator[str]:
    level = level_of(comparison)
    yield command(level, f"sumbench: {content.headline(comparison)}", content.finding_line(comparison), file)
    gate = comparison.gate
    failing = {"regressed", "missing", "not comparable"} | ({"inconclusive"} if gate.fail_on_inconclusive else set())
    values = [
        (f"{difference.system} {difference.scorer}.{difference.value}", content.value_line(difference), difference)
        for difference in content.ranked(comparison.differences)
    ]
    # A scorer that can't be compared is told once, not once a value.
    told = [(name, line, d) for name, line, d in values if d.outcome != "not comparable"]
    errors = [
        *((name, line) for name, line, d in told if d.outcome in failing),
        *(("sumbench", reason) for reason in content.reasons(comparison)),
    ]
    warnings = [(name, line) for name, line, d in told if d.outcome == "inconclusive" and d.outcome not in failing]
    yield from _listed("error", errors, file)
    yield from _listed("warning", warnings, file)


def _listed(level: Level, items: Sequence[tuple[str, str]], file: str | None) -> Iterator[str]:
    for title, message in items[:_MOST]:
        yield command(level, title, message, file)
    if len(items) > _MOST:
        yield command(level, "sumbench", f"… and {len(items) - _MOST} more", file)


def level_of(comparison: Comparison) -> Level:
    """How loud the verdict is."""
    if comparison.exit_code:
        return "error"
    # A headline that says more than the outcome is no good news alone.
    told = comparison.outcome == "inconclusive" or content.headline(comparison) != comparison.outcome
    return "warning" if told else "notice"


def command(level: Level, title: str, message: str, file: str | None = None) -> str:
    """One workflow command.

    >>> command("error", "a: b, c", "100 %\\n::error::no")
    '::error title=a%3A b%2C c::100 %25 ::error::no'
    """
    properties = {"file": file, "title": title}
    told = ",".join(f"{name}={escape_property(text)}" for name, text in properties.items() if text)
    return f"::{level} {told}::{escape_data(message)}"


def escape_data(text: str) -> str:
    """A message on one line: cut when very long, control characters made visible, escaped."""
    return shorten(content.flat(text), 1000).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A property's value, escaped."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def silence(comparison: Comparison) -> tuple[str, str]:
    """Two lines between which GitHub reads no commands, for what holds texts of candidates.

    The word that ends the silence is made from all of the comparison, so that no text in it can hold it.
    """
    word = hashlib.sha256(repr(comparison).encode("utf-8", "backslashreplace")).hexdigest()
    return f"::stop-commands::{word}\n", f"::{word}::\n"
