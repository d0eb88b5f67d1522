"""Does each rule earn its place? How often its flags fall on summaries that people call inconsistent.

    python benchmarks/rules.py [--judgements FOLDER] [--runs FOLDER] [--checks NAME …] [--half even|odd]

A rule is a check, the label it gives and the kind of error it names; it flags a summary where it flags one of its
claims. A cell says how many of the flagged summaries are inconsistent, of how many. Of a rule that finds nothing,
that share is the set's base rate: the first row. ``*``: the lower end of the share's 95 % interval (bootstrap over
documents, ``bench.aggregate.intervals``) lies above the base rate. "Together" is all sets, beside the base rate of
the sets that the flags come from. SummEval and QAGS-CNN are read in their even half (by SHA-256 of the document)
unless ``--half`` says otherwise for all sets.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.aggregate import intervals, join_verdicts
from bench.types import Label
from judged import JUDGEMENTS, SETS, JudgedSet, missing, scored, summaries

FLAGGED: tuple[Label, ...] = ("contradicted", "unsupported")
COMBINED = "consistency"

Rule = tuple[str, Label, str]
"""Check, label, kind of error."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One judged summary and the rules that flag it."""

    judged: str
    """Name of its set."""
    document: str
    """Its document's id within all sets."""
    inconsistent: bool
    rules: frozenset[Rule]


def read(judged: JudgedSet, judgements: Path, run_dir: Path, checks: Sequence[str], part: str | None) -> list[Summary]:
    """The summaries of a set, with what the checks flag in them; a run that is there already is used."""
    lines = judged.lines(judgements, part)
    if not lines:
        print(f"{judged.file}.jsonl has no document of the {part} half: left out", file=sys.stderr)
        return []
    flags: dict[tuple[str, str], set[Rule]] = {}
    run = scored(lines, run_dir, *([f"checks=[{','.join(checks)}]"] if checks else []))
    for (example, system, _, _), said in join_verdicts(run.scores).items():
        flags.setdefault((example, system), set()).update(
            (check, verdict.label, "any" if check == COMBINED else verdict.kind or "")
            for check, verdict in said.items()
            if verdict.label in FLAGGED
        )
    return [
        Summary(
            judged.name,
            f"{judged.name}/{line['id']}",
            not judged.right(summary),
            frozenset(flags.get((line["id"], system), ())),
        )
        for line, system, summary in summaries(lines)
    ]


def base_rates(found: Sequence[Summary]) -> dict[str, float]:
    """Each set's share of inconsistent summaries."""
    return {
        name: float(np.mean([each.inconsistent for each in found if each.judged == name]))
        for name in dict.fromkeys(each.judged for each in found)
    }


def table(found: Sequence[Summary]) -> Iterator[str]:
    """The lines of the table: the base rates, then a row a rule."""
    rates = base_rates(found)
    rules = sorted({rule for each in found for rule in each.rules}, key=lambda rule: (rule[0] == COMBINED, rule))
    yield "| check | label | kind | " + " | ".join(rates) + " | together | base rate | clearly better |"
    yield "| --- | --- | --- |" + " ---: |" * (len(rates) + 2) + " --- |"
    sizes = {name: sum(each.judged == name for each in found) for name in rates}
    cells = [f"{rate:.2f} of {sizes[name]}" for name, rate in rates.items()]
    yield "| _all_ | | | " + " | ".join(cells) + " | | | |"
    for rule in rules:
        flagged = [each for each in found if rule in each.rules]
        cells = [
            _cell([each for each in flagged if each.judged == name], rate) if flagged else ""
            for name, rate in rates.items()
        ]
        expected = float(np.mean([rates[each.judged] for each in flagged]))
        share, low, high = right(flagged)
        between = f" [{low:.2f}, {high:.2f}]" if not np.isnan(low) else ""
        verdict = "yes" if low > expected else "no"
        together = f"{share:.2f}{between} of {len(flagged)}"
        yield "| " + " | ".join([*rule, *cells, together, f"{expected:.2f}", verdict]) + " |"


def _cell(flagged: Sequence[Summary], rate: float) -> str:
    if not flagged:
        return "–"
    star = "*" if right(flagged)[1] > rate else ""
    return f"{sum(each.inconsistent for each in flagged)}/{len(flagged)}{star}"


def right(flagged: Sequence[Summary]) -> tuple[float, float, float]:
    """The share of inconsistent summaries and the ends of its interval; NaN with a single document."""
    found = np.array([[float(each.inconsistent)] for each in flagged])
    low, high = intervals(found, [each.document for each in flagged], resamples=2000, confidence=0.95, seed=0)
    return float(found.mean()), float(low[0]), float(high[0])


def main() -> None:
    """Run what isn't there yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS, help="the folder of the judgements")
    parser.add_argument("--runs", type=Path, help="a folder for the runs: those there are used, others made")
    parser.add_argument("--checks", nargs="*", default=(), help="only these checks")
    parser.add_argument("--half", choices=("even", "odd"), help="only these documents, of every set")
    options = parser.parse_args()
    if gone := missing(options.judgements):
        parser.error(f"{options.judgements} lacks {', '.join(gone)}: name the folder with --judgements")
    with tempfile.TemporaryDirectory() as folder:
        runs = options.runs or Path(folder)
        found = [
            summary
            for judged in SETS
            for summary in read(judged, options.judgements, runs / judged.file, options.checks, options.half)
        ]
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
