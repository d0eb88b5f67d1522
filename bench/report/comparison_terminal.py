"""A comparison for the terminal, with rich. Texts from candidates are never read as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bench.report import comparison_content as content
from bench.report.comparison_content import ChangedClaim, flat
from bench.report.content import plural
from bench.report.terminal import plain, shorten

if TYPE_CHECKING:
    from bench.comparing.comparison import Comparison, Difference

_COLOURS = {
    "regressed": "red", "missing": "red", "not comparable": "magenta", "inconclusive": "yellow", "improved": "green",
}  # fmt: skip
_MOST_REASONS = 20
_MOST_VALUES = 40
_MOST_PASSES = 12
_CLAIMS: tuple[tuple[Literal["new", "mended"], str, int], ...] = (("new", "newly flagged", 10), ("mended", "mended", 3))
"""Which changed claims are shown, their heading, and how many."""
_WIDE = 110
"""From this width on the interval stands beside the difference, not below it."""


def show(comparison: Comparison, console: Console) -> None:
    """Print a comparison: the verdict, why, the values, the claims."""
    colour = _COLOURS.get(comparison.outcome, "")
    console.print(plain(flat(content.verdict(comparison)), f"bold {colour}"), soft_wrap=True)
    console.print(plain(f"  run {flat(comparison.run)} against {flat(comparison.baseline)}", "dim"), soft_wrap=True)
    show_lines(content.reasons(comparison), console, _MOST_REASONS)
    show_values(comparison, console)
    show_claims(comparison, console)
    if comparison.notes:
        console.print()
        show_lines(comparison.notes, console, _MOST_REASONS, "dim")


def show_lines(lines: Sequence[str], console: Console, most: int, style: str = "") -> None:
    """A list, cut after ``most`` lines."""
    for line in lines[:most]:
        console.print(plain(f"  • {flat(line)}", style), soft_wrap=True)
    if len(lines) > most:
        console.print(Text(f"  … and {len(lines) - most} more (--format=json has all)", style="dim"))


def show_values(comparison: Comparison, console: Console) -> None:
    """The table of values; passes are only counted when there are many."""
    ranked = content.ranked(comparison.differences)
    passes = sum(difference.outcome == "pass" for difference in ranked)
    rows = ranked if passes <= _MOST_PASSES else ranked[:-passes]
    if rows:
        console.print()
        console.print(grid(rows[:_MOST_VALUES], console.width >= _WIDE))
    if len(rows) > _MOST_VALUES:
        left = len(rows) - _MOST_VALUES
        console.print(Text(f"  … and {plural(left, 'value')} more (--format=json has all)", style="dim"))
    if len(rows) < len(ranked):
        console.print(Text(f"  {plural(passes, 'value')} that pass (--format=json has all)", style="dim"))
    if any(difference.higher_is_better is False for difference in rows):
        console.print(Text("  ↓ lower is better", style="dim"))
    for line in content.methods(comparison):
        console.print(plain(f"  {line}", "dim"), soft_wrap=True)
    powers = [
        f"{difference.system} {content.value_name(difference)}: {line}"
        for difference in rows
        for line in content.power_line(difference)
    ]
    if powers:
        console.print()
        console.print(Text("inconclusive", style="bold yellow"))
        show_lines(powers, console, _MOST_REASONS)


def grid(rows: Sequence[Difference], wide: bool) -> Grid:
    """Values as a rich table; in a narrow one the name and the interval take two lines each."""
    laid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("system", "value") if wide else ("system, value",):
        laid.add_column(name, overflow="fold")
    for name in ("baseline", "run", "difference", "margin"):
        laid.add_column(name, justify="right", no_wrap=True)
    laid.add_column("outcome", no_wrap=True)
    for row in rows:
        before, now, change, interval, margin = content.numbers(row)
        names = [plain(flat(row.system)), plain(flat(content.value_name(row)))]
        laid.add_row(
            *(names if wide else [Text("\n").join(names)]),
            Text(before),
            Text(now),
            Text(f"{change}{' ' if wide else chr(10)}{interval}".rstrip()),
            Text(margin),
            Text(row.outcome, _COLOURS.get(row.outcome, "")),
        )
    return laid


def show_claims(comparison: Comparison, console: Console) -> None:
    """What each check newly flags and flags no more, then the claims."""
    gates = [gate for gate in comparison.claim_gates if gate.new or gate.mended]
    if gates:
        console.print()
        console.print(Text("claims", style="bold"))
    for gate in gates:
        style = _COLOURS.get(gate.outcome, "")
        console.print(plain(f"  {flat(content.gate_line(gate))}", style), soft_wrap=True)
    for change, title, most in _CLAIMS:
        claims = content.changed_claims(comparison, change)
        if claims:
            console.print()
            console.print(Text(title, style="bold"))
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
    console.print(Padding(head, (0, 0, 0, 2)))
    for finding in claim.findings:
        text = Text(f"{finding.label} ", style="red" if finding.label == "contradicted" else "yellow")
        text.append(plain(f"[{finding.check}] ", "dim"))
        text.append(plain(flat(finding.reason)))
        console.print(Padding(text, (0, 0, 0, 6)))
        for evidence in finding.evidence:
            console.print(Padding(plain(f"document: {shorten(evidence)}", "dim"), (0, 0, 0, 8)))
