"""How the checks do on the shipped sample's gold labels: recall by kind of error, and false alarms."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import bench
from bench.aggregate import join_verdicts
from bench.datasets.sample import Sample

FLAGGED = ("unsupported", "contradicted")
SUPPORTED = "supported"

Tally = Mapping[tuple[str, str], int]
"""(kind of gold sentence, who flags it) to the number of sentences.

Who: ``sentences`` for all, ``any`` for the combined verdict, ``named`` where that names the kind, or a check.
"""

COMBINED = "consistency"
NAMES: Mapping[str, str] = {"altered_quote": "quote", "invented_quote": "quote"}
"""Kinds of gold labels that the checks call otherwise."""


def measure(folder: Path) -> Tally:
    """Run all checks on the sample and count flagged sentences by gold kind (``supported`` or the error's name)."""
    run = bench.run("metrics=[]", "systems=[candidates]", f"run_dir={folder}")
    verdicts = join_verdicts(run.scores)
    tally: Counter[tuple[str, str]] = Counter()
    for example in Sample():
        for candidate in example.candidates:
            for gold in candidate.metadata["gold"]:
                kind = SUPPORTED if gold["supported"] else gold["error"]
                # A sentence is flagged where one of its claims is.
                inside = [
                    said
                    for (example_id, system, start, _), said in verdicts.items()
                    if (example_id, system) == (example.id, candidate.system) and gold["start"] <= start < gold["end"]
                ]
                by = {check for said in inside for check, verdict in said.items() if verdict.label in FLAGGED}
                named = any(said[COMBINED].kind == NAMES.get(kind, kind) for said in inside)
                flagged = ["any", *(["named"] if named else [])] if COMBINED in by else []
                tally.update((kind, who) for who in ("sentences", *flagged, *(by - {COMBINED})))
    return tally


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        tally = measure(Path(folder) / "run")
    checks = sorted({who for _, who in tally} - {"sentences", "any", "named"})
    kinds = sorted({kind for kind, _ in tally}, key=lambda kind: (kind == SUPPORTED, kind))
    print("| gold label | sentences | flagged | kind named | " + " | ".join(f"by {check}" for check in checks) + " |")
    print("| --- |" + " ---: |" * (3 + len(checks)))
    for kind in kinds:
        print(
            f"| {kind} | " + " | ".join(str(tally[kind, who]) for who in ("sentences", "any", "named", *checks)) + " |"
        )
    wrong = [kind for kind in kinds if kind != SUPPORTED]
    found, errors = (sum(tally[kind, who] for kind in wrong) for who in ("any", "sentences"))
    alarms = tally[SUPPORTED, "any"]
    print(f"\nrecall {found}/{errors} = {found / errors:.2f}, precision {found}/{found + alarms}", end=" ")
    print(f"= {found / (found + alarms):.2f}, false alarms {alarms}/{tally[SUPPORTED, 'sentences']}")


if __name__ == "__main__":
    main()
