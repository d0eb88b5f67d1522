"""A comparison as Markdown for a pull-request comment: short on top, details folded, never too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.report import comparison_content as content
from bench.report.comparison_content import ChangedClaim
from bench.report.content import plural
from bench.report.markdown import escape
from bench.report.terminal import shorten

if TYPE_CHECKING:
    from bench.comparing.comparison import Comparison, Difference

LIMIT = 65_536
"""Characters that GitHub takes in a comment."""
_RESERVE = 8_000
"""Kept back for headings and for the lines that say what was cut."""
_TOP = 10
"""Reasons, and values, above the fold."""
_LONG = 300
_LINKING = {"@": "@<!-- -->", "#": "#<!-- -->", "://": ":<!-- -->//", "www.": "www<!-- -->."}
"""What a site makes a mention or a link of, and the same in pieces that nobody sees."""
_NAME = 80
"""Characters of one text, of one name, that are shown."""


@dataclass(frozen=True, slots=True)
class Section:
    """A folded part: its items are cut when they take too much room."""

    title: str
    head: tuple[str, ...]
    items: tuple[str, ...]


def markdown(comparison: Comparison) -> str:
    """The comparison as one comment of less than ``LIMIT`` characters; texts of users are escaped."""
    text = "\n".join(top(comparison)) + "\n"
    parts = sections(comparison)
    sizes = [sum(len(item) + 1 for item in part.items) for part in parts]
    for part, room in zip(parts, shares(sizes, LIMIT - _RESERVE - len(text)), strict=True):
        text += "\n".join(folded(part, room, comparison)) + "\n"
    return text


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """How much of the room each part gets: what small ones leave is for the large ones.

    >>> shares([50, 5, 20], 45)
    [20, 5, 20]
    """
    given = [0] * len(sizes)
    order = sorted(range(len(sizes)), key=lambda index: sizes[index])
    for place, index in enumerate(order):
        given[index] = max(0, min(sizes[index], room // (len(order) - place)))
        room -= given[index]
    return given


def top(comparison: Comparison) -> Iterator[str]:
    """The verdict, why, and a small table of what isn't a pass."""
    yield f"### sumbench: {content.headline(comparison)}"
    yield ""
    yield f"{shown(content.finding_line(comparison), 600)}."
    yield ""
    yield f"Run {shown(comparison.run)} against {shown(comparison.baseline)}."
    reasons = content.reasons(comparison)
    if reasons:
        yield ""
        yield from (f"- {shown(reason)}" for reason in reasons[:_TOP])
        if len(reasons) > _TOP:
            yield f"- … and {len(reasons) - _TOP} more, below"
    rows = [difference for difference in content.ranked(comparison.differences) if difference.outcome != "pass"]
    if rows:
        yield ""
        yield from HEAD
        yield from (value_row(row) for row in rows[:_TOP])
    if len(rows) > _TOP:
        yield ""
        yield f"… and {plural(len(rows) - _TOP, 'value')} more, below."
    yield ""


def sections(comparison: Comparison) -> list[Section]:
    """The folded parts, what a reader opens first at the beginning; empty ones are left out."""
    ranked = content.ranked(comparison.differences)
    claims = [
        Section(f"{title}: {plural(len(changed), 'claim')}", (), tuple(map(claim_item, changed)))
        for change, title in content.CHANGES.items()
        for changed in [content.changed_claims(comparison, change)]
    ]
    reasons = content.reasons(comparison)
    untold = reasons if len(reasons) > _TOP else ()
    how = [
        *content.methods(comparison),
        *(content.gate_line(gate) for gate in comparison.claim_gates),
        *([content.contradiction_line(comparison.contradictions)] if comparison.contradictions else []),
        *comparison.notes,
    ]
    powers = [
        f"- {shown(row.system, _NAME)} {shown(content.value_name(row), _NAME)}: {shown(row.reason)}; {line}"
        for row in ranked
        for line in content.power_line(row)
    ]
    found = [
        Section("What is missing or not comparable", (), tuple(f"- {shown(reason)}" for reason in untold)),
        *claims[:-1],
        Section(f"All {plural(len(ranked), 'value')}", HEAD, tuple(map(value_row, ranked))),
        Section(f"Inconclusive: {plural(len(powers), 'value')}", (), tuple(powers)),
        *claims[-1:],
        Section("How it was compared", (), tuple(f"- {shown(line)}" for line in how)),
    ]
    return [section for section in found if section.items]


def folded(section: Section, room: int, comparison: Comparison) -> Iterator[str]:
    """A section as a folded part of at most about ``room`` characters."""
    yield f"<details><summary>{section.title}</summary>"
    yield ""
    yield from section.head
    kept = fitting(section.items, room)
    yield from section.items[:kept]
    if left := len(section.items) - kept:
        whole = f"sumbench compare {comparison.baseline} {comparison.run} --format=json"
        yield ""
        yield f"… and {left} of {len(section.items)} more, cut to fit a comment. The whole: {shown(whole)}"
    yield ""
    yield "</details>"


def fitting(items: Sequence[str], room: int) -> int:
    """How many of the first items fit, each with the end of its line."""
    for count, item in enumerate(items):
        room -= len(item) + 1
        if room < 0:
            return count
    return len(items)


HEAD = (
    "| system | value | baseline | run | difference | margin | outcome |",
    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
)


def value_row(difference: Difference) -> str:
    """One value as a line of the table."""
    before, now, change, interval, margin = content.numbers(difference)
    outcome = difference.outcome if difference.outcome == "pass" else f"**{difference.outcome}**"
    cells = [
        shown(difference.system, _NAME), shown(content.value_name(difference), _NAME),
        before, now, escape(f"{change} {interval}".rstrip()), margin, outcome,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def claim_item(claim: ChangedClaim) -> str:
    """One claim as a list item, what each check says below it."""
    lines = [f"- **{shown(claim.system, _NAME)}** ({shown(claim.example_id, _NAME)}): {shown(claim.text)}"]
    for finding in claim.findings:
        reason = f": {shown(finding.reason)}" if finding.reason else ""
        lines.append(f"  - {finding.label} ({shown(finding.check, _NAME)}){reason}")
        lines += [f"    - document: {shown(text)}" for text in finding.evidence]
    return "\n".join(lines)


def shown(text: str, most: int = _LONG) -> str:
    """A user's text, cut and escaped; it calls nobody's attention and links to no issue.

    GitHub looks for ``@name``, ``#1`` and bare addresses after it has read the Markdown: a backslash
    doesn't hide them, an empty comment in between does.

    >>> shown("@all see #1")
    '@<!-- -->all see \\\\#<!-- -->1'
    """
    escaped = escape(shorten(content.flat(text), most))
    for sign, broken in _LINKING.items():
        escaped = escaped.replace(sign, broken)
    # A text of signs alone grows a lot: it's cut again, so that the room that a text takes is bounded.
    return escaped if len(escaped) <= 3 * _LONG or most < 2 else shown(text, most // 2)
