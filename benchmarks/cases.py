"""Small invented cases that showed faults: which of them do the checks get wrong?

    python benchmarks/cases.py [--cases FILE] [--checks NAME …]

A line of the file is an example with one summary and a ``want``: ``clean`` (no claim may be flagged) or ``flagged``
(at least one must be), and ``why``. Prints each line that is wrong, with what was flagged, and how many are right.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bench
from bench.aggregate import join_verdicts
from bench.types import Verdict

CASES = Path(__file__).parents[2] / "shared" / "cases" / "consistency.jsonl"
FLAGGED = ("unsupported", "contradicted")
COMBINED = "consistency"


def flags(cases: Path, run_dir: Path, checks: Sequence[str]) -> dict[str, list[tuple[str, Verdict]]]:
    """What the checks flag in each case: (check, verdict)."""
    words = ["dataset=jsonl", f"dataset.path={cases}", "dataset.reference=document", "metrics=[]"]
    run = bench.run(*words, "systems=[candidates]", f"checks=[{','.join(checks)}]", f"run_dir={run_dir}")
    found: dict[str, list[tuple[str, Verdict]]] = {}
    for (case, *_), said in join_verdicts(run.scores).items():
        counted = {COMBINED: said[COMBINED]} if COMBINED in said else said
        found.setdefault(case, []).extend((c, verdict) for c, verdict in counted.items() if verdict.label in FLAGGED)
    return found


def wrong(case: Mapping[str, Any], flagged: Sequence[tuple[str, Verdict]]) -> bool:
    """Whether a case isn't what it should be."""
    return (case["want"] == "flagged") != bool(flagged)


def main() -> None:
    """Print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=Path, default=CASES, help="the file of the cases")
    names = ("entities", "numbers", "quotes", "relations", "support", "consistency")
    parser.add_argument(
        "--checks",
        nargs="*",
        default=names,
        help="which of them run: consistency's flags count, all of them without it",
    )
    options = parser.parse_args()
    if not options.cases.is_file():
        parser.error(f"{options.cases} is not there: name the file with --cases")
    cases = [json.loads(line) for line in options.cases.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        found = flags(options.cases, Path(folder) / "run", options.checks)
    for case in (case for case in cases if wrong(case, found.get(case["id"], ()))):
        print(f"{case['id']} should be {case['want']}: {case['why']}")
        for check, verdict in found.get(case["id"], ()):
            print(f"    {check} says {verdict.label} ({verdict.kind}): {verdict.reason}")
    right = sum(not wrong(case, found.get(case["id"], ())) for case in cases)
    print(f"\n{right} of {len(cases)} are right")


if __name__ == "__main__":
    main()
