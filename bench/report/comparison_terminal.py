"""A comparison for the terminal, with rich. Texts from candidates are never read as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from bench.report import comparison_content as content
from bench.report.comparison_content import ChangedClaim, flat
from bench.report.content import plural
from bench.report.terminal import plain, shorten
from bench.report.width import fits, say

if TYPE_CHECKING:
    from bench.comparing.comparison import Comparison, Difference

_COLOURS = {
    "regressed": "red", "missing": "red", "not comparable": "magenta", "inconclusive": "yellow", "improved": "green",
}  # fmt: skip
_MOST_REASONS = 20
_MOST_VALUES = 40
_MOST_PASSES = 12
_MOST_CLAIMS = {"new": 10, "contradicted": 10, "mended": 3}


def show(comparison: Comparison, console: Console) -> None:
    """Print a comparison: the verdict, why, the values, the claims."""
    colour = _COLOURS.get(comparison.outcome, "")
    say(plain(flat(content.verdict(comparison)), f"bold {colour}"), console, soft=True)
    say(plain(f"run {flat(comparison.run)} against {flat(comparison.baseline)}", "dim"), console, lead="  ", soft=True)
    show_lines(content.reasons(comparison), console, _MOST_REASONS)
    show_values(comparison, console)
    show_claims(comparison, console)
    if comparison.notes:
        console.print()
        show_lines(comparison.notes, console, _MOST_REASONS, "dim")


def show_lines(lines: Sequence[str], console: Console, most: int, style: str = "") -> None:
    """A list, cut after ``most`` lines."""
    for line in lines[:most]:
        say(plain(flat(line), style), console, lead="  • ", soft=True)
    if len(lines) > most:
        console.print(Text(f"  … and {len(lines) - most} more (--format=json has all)", style="dim"))


def show_values(comparison: Comparison, console: Console) -> None:
    """The table of values; passes are only counted when there are many."""
    ranked = content.ranked(comparison.differences)
    passes = sum(difference.outcome == "pass" for difference in ranked)
    rows = ranked if passes <= _MOST_PASSES else ranked[:-passes]
    table = grid(rows[:_MOST_VALUES])
    as_table = fits(table, console)
    if rows:
        console.print()
        if as_table:
            console.print(table)
        else:
            show_list(rows[:_MOST_VALUES], console)
    if len(rows) > _MOST_VALUES:
        left = len(rows) - _MOST_VALUES
        console.print(Text(f"  … and {plural(left, 'value')} more (--format=json has all)", style="dim"))
    if len(rows) < len(ranked):
        console.print(Text(f"  {plural(passes, 'value')} that pass (--format=json has all)", style="dim"))
    if any(difference.higher_is_better is False for difference in rows):
        console.print(Text("  ↓ lower is better", style="dim"))
    for line in content.methods(comparison):
        say(plain(line, "dim"), console, lead="  ", soft=True)
    powers = [
        f"{difference.system} {content.value_name(difference)}: {difference.reason}; {line}"
        # A list has said so beside each value.
        for difference in (rows if as_table else rows[_MOST_VALUES:])
        for line in content.power_line(difference)
    ]
    if powers:
        console.print()
        console.print(Text("inconclusive", style="bold yellow"))
        show_lines(powers, console, _MOST_REASONS)


def grid(rows: Sequence[Difference]) -> Grid:
    """Values as a rich table."""
    laid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("system", "value"):
        laid.add_column(name, no_wrap=True)
    for name in ("baseline", "run", "difference", "margin"):
        laid.add_column(name, justify="right", no_wrap=True)
    laid.add_column("outcome", no_wrap=True)
    for row in rows:
        before, now, change, interval, margin = content.numbers(row)
        laid.add_row(
            plain(flat(row.system)),
            plain(flat(content.value_name(row))),
            Text(before),
            Text(now),
            Text(f"{change} {interval}".rstrip()),
            Text(margin),
            Text(row.outcome, _COLOURS.get(row.outcome, "")),
        )
    return laid


def show_list(rows: Sequence[Difference], console: Console) -> None:
    """Values a line or two each, for names that leave no room for a table."""
    for row in rows:
        say(plain(flat(f"{row.system} {content.value_name(row)}")), console)
        say(plain(flat(content.value_line(row)), _COLOURS.get(row.outcome, "")), console, lead="  ")


def show_claims(comparison: Comparison, console: Console) -> None:
    """What each check newly flags and flags no more, then the claims."""
    gates = [gate for gate in comparison.claim_gates if gate.new or gate.mended]
    if gates:
        console.print()
        console.print(Text("claims", style="bold"))
    for gate in gates:
        style = _COLOURS.get(gate.outcome, "")
        say(plain(flat(content.gate_line(gate)), style), console, lead="  ", soft=True)
    if (found := comparison.contradictions) and found.new:
        style = _COLOURS.get(found.outcome, "")
        say(plain(content.contradiction_line(found), style), console, lead="  ", soft=True)
    for change, title in content.CHANGES.items():
        most = _MOST_CLAIMS[change]
        claims = content.changed_claims(comparison, change)
        if claims:
            console.print()
            console.print(Text(title.lower(), style="bold"))
        for claim in claims[:most]:
            show_claim(claim, console)
        if len(claims) > most:
            left = plural(len(claims) - most, "claim")
            console.print(Text(f"  … and {left} more (--format=json has all)", style="dim"))


def show_claim(claim: ChangedClaim, console: Console) -> None:
    """One claim: the sentence, then what each check says, with its evidence."""
    head = plain(flat(claim.system) + " ", "bold")
    head.append(plain(f"({flat(claim.example_id)}) ", "dim"))
    head.append(plain(shorten(claim.text, 500)))
    say(head, console, lead="  ")
    for finding in claim.findings:
        text = Text(f"{finding.label} ", style="red" if finding.label == "contradicted" else "yellow")
        text.append(plain(f"[{finding.check}] ", "dim"))
        text.append(plain(flat(finding.reason)))
        say(text, console, lead=" " * 6)
        for evidence in finding.evidence:
            say(plain(f"document: {shorten(evidence)}", "dim"), console, lead=" " * 8)
