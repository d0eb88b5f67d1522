"""How long ``sumbench compare`` takes over two large runs, and how much memory: 100,000 examples × 20 values."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.files import write_atomically
from bench.record import (
    INPUTS_FILE,
    RUN_FILE,
    SCORES_FILE,
    Count,
    RunRecord,
    ScorerRecord,
    input_to_json,
    line,
    page,
    to_json,
)
from bench.types import Aggregate, Candidate, Example, Score, Span, Verdict

SCORERS = {
    "rouge": [f"rouge{kind}_{part}" for kind in ("1", "2", "L", "Lsum") for part in ("precision", "recall", "f1")],
    "bertscore": ["precision", "recall", "f1"],
    "support": ["support", "lowest"],
    "numbers": ["supported_share", "unsupported", "contradicted"],
}
"""Scorer to its values: 20 in all."""
LOWER = {"unsupported", "contradicted"}
WORDS = "talks ended on friday in the old town after leaders signed nine plans for trade and peace".split()


def write_run(folder: Path, examples: int, seed: int) -> None:
    """One finished run of one system: random values, a text of 100 words an example, every tenth with a flagged claim.

    Documents depend on their number only, so that runs of different seeds share them.
    """
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    base = np.random.default_rng(0).uniform(0.2, 0.8, (examples, 1))
    values = np.clip(base + rng.normal(0, 0.05, (examples, sum(map(len, SCORERS.values())))), 0, 1)
    text = " ".join(WORDS * 6)
    ids = [f"e{index:06}" for index in range(examples)]

    def scores(index: int) -> list[Score]:
        row, found = iter(values[index].tolist()), []
        for scorer, names in SCORERS.items():
            flagged = scorer == "numbers" and index % 10 == 0
            verdicts = (Verdict(Span(0, 20), "unsupported", None, "nine is not there", (Span(0, 5),)),) * flagged
            found.append(Score(ids[index], "model", scorer, "ok", {name: next(row) for name in names}, verdicts))
        return sorted(found, key=lambda score: score.scorer)

    inputs = write_atomically(
        folder / INPUTS_FILE,
        (
            line(
                input_to_json(
                    Example(name, f"{name} {text}", (text[:200],)), [Candidate(name, "model", f"{seed} {text}")]
                )
            )
            + "\n"
            for name in ids
        ),
    )
    written = write_atomically(
        folder / SCORES_FILE, (line(to_json(score)) + "\n" for index in range(examples) for score in scores(index))
    )
    record = RunRecord(
        run_id=folder.name,
        status="finished",
        examples=examples,
        config={},
        overrides=(),
        provenance={
            "commit": None,
            "dirty": None,
            "packages": {},
            "machine": {},
            "data_hash": "0" * 64,
            "scorers": {},
            "seed": seed,
            "started": "",
            "finished": "",
            "seconds": {},
            "cells_resumed": 0,
        },
        signatures={scorer: f"{scorer}|version:1" for scorer in SCORERS},
        scorers={
            scorer: ScorerRecord(
                "check" if scorer == "numbers" else "metric", (), {name: name not in LOWER for name in names}
            )
            for scorer, names in SCORERS.items()
        },
        systems={"model": "candidate"},
        counts={scorer: Count(examples, 0, 0) for scorer in SCORERS},
        aggregates=tuple(
            Aggregate("model", scorer, name, 0.5, None, None, examples, examples, name not in LOWER)
            for scorer, names in SCORERS.items()
            for name in names
        ),
        claims=(),
        warnings=(),
        files={INPUTS_FILE: inputs, SCORES_FILE: written},
    )
    write_atomically(folder / RUN_FILE, [page(to_json(record))])


PEAK = """
import sys
from bench.cli import main
code = main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(*(line for line in status if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""
"""Runs a command and prints its own peak: what ``getrusage`` says of a child begins at its parent's (Linux only)."""


def measure(before: Path, now: Path) -> tuple[float, float, str]:
    """Seconds, GB at the peak of the process that compares, and what was printed."""
    rules = before.parent / "conf" / "gates"
    rules.mkdir(parents=True)
    (rules / "scale.yaml").write_text('# @package gates\nmargins: {"*": {"*": {absolute: 0.01}}}\n', encoding="utf-8")
    options = ["gates=scale", "--config-dir", str(rules.parent)]
    command = [sys.executable, "-c", PEAK, "compare", str(before), str(now), *options]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"exit code {done.returncode}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", done.stderr, re.MULTILINE)
    return seconds, int(kilobytes) * 1024 / 1e9, done.stdout


def main() -> None:
    """Write two runs, compare them through the command, print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before, now = Path(folder) / "before", Path(folder) / "now"
        for seed, run in enumerate((before, now), start=1):
            write_run(run, options.examples, seed)
        size = sum(path.stat().st_size for path in before.iterdir()) / 1e6
        seconds, peak, _ = measure(before, now)
    print("| examples | values | a run's files | seconds | GB at the peak |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(f"| {options.examples:,} | {sum(map(len, SCORERS.values()))} | {size:.0f} MB | {seconds:.1f} | {peak:.2f} |")


if __name__ == "__main__":
    main()
