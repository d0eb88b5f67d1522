"""What ``sumbench explain`` shows of a run: which summaries, and how far their verdicts can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.errors import InputError
from bench.record import INPUTS_FILE, RunRecord, read_inputs, read_record, read_scores
from bench.report.content import facts
from bench.report.explain_claims import COMBINED, explain
from bench.report.explain_records import Explained
from bench.types import Score


def explain_run(
    folder: Path, *, systems: Sequence[str] = (), examples: Sequence[str] = (), limit: int = 20
) -> Explained:
    """Explain at most ``limit`` summaries of a finished run, in the run's order.

    Without ``systems`` these are the candidates (floors and ceilings only where nothing else ran).
    InputError where the run has no checks or kept no texts, and for a name that isn't in it.
    """
    run = read_record(folder)
    combined = next((name for name, record in run.scorers.items() if record.kind == "combination"), None)
    checks = [name for name, record in run.scorers.items() if record.kind == "check"]
    if not checks:
        raise InputError(f"{folder}: the run has no checks, so there is nothing to explain: run it with some")
    chosen = choose_systems(run, systems)
    lines, left = choose_inputs(folder, chosen, examples, limit)
    scores = read_verdicts(folder, {(line["id"], system) for line, system in lines}, set(checks), combined)
    return Explained(
        run_id=run.run_id,
        facts=tuple(facts(run, folder)),
        trust=trust(run, checks, combined),
        explanations=tuple(
            explain(
                scores.get((line["id"], system), []),
                candidate=line["candidates"][system]["text"],
                document=line["document"],
                names=(line["id"], system, run.systems[system]),
            )
            for line, system in lines
        ),
        left=left,
    )


def choose_systems(run: RunRecord, asked: Sequence[str]) -> list[str]:
    """The systems asked for, in the run's order; without any the candidates, or all where there are none."""
    for name in asked:
        if name not in run.systems:
            raise InputError(f"there is no system {name!r} in this run; there is {some(run.systems)}")
    candidates = [name for name, role in run.systems.items() if role == "candidate"]
    return [name for name in run.systems if name in (asked or candidates or run.systems)]


def choose_inputs(
    folder: Path, systems: Sequence[str], asked: Sequence[str], limit: int
) -> tuple[list[tuple[dict[str, Any], str]], int]:
    """The first summaries of these systems, each beside its example's line, and how many more there are."""
    chosen: list[tuple[dict[str, Any], str]] = []
    names: list[str] = []
    left = 0
    for line in read_inputs(folder):
        names.append(line["id"])
        if asked and line["id"] not in asked:
            continue
        mine = [system for system in systems if system in line["candidates"]]
        shown = mine[: max(0, limit - len(chosen))]
        if shown and not (
            isinstance(line.get("document"), str)
            and all(isinstance(line["candidates"][system].get("text"), str) for system in shown)
        ):
            raise InputError(
                f"{folder / INPUTS_FILE}: the texts were not kept (store_texts=false), so there is nothing to show: "
                "run again with store_texts=true"
            )
        chosen += [(line, system) for system in shown]
        left += len(mine) - len(shown)
    for name in asked:
        if name not in names:
            raise InputError(f"there is no example {name!r} in this run; there is {some(names)}")
    if not chosen:
        raise InputError(f"{folder}: no summary to explain: {some(systems)} wrote none for what was asked")
    return chosen, left


def some(names: Iterable[str], most: int = 20) -> str:
    """Names in a row, the first ones of many."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def read_verdicts(
    folder: Path, wanted: set[tuple[str, str]], checks: set[str], combined: str | None
) -> dict[tuple[str, str], list[Score]]:
    """The checks' and the combining scorer's scores of the wanted (example, system).

    The combining scorer's are called ``COMBINED``, whatever its name.
    """

    found: dict[tuple[str, str], list[Score]] = {}
    for score in read_scores(folder):
        cell = (score.example_id, score.system)
        if score.scorer in {*checks, combined} and cell in wanted:
            mine = replace(score, scorer=COMBINED) if score.scorer == combined else score
            found.setdefault(cell, []).append(mine)
    return found


def trust(run: RunRecord, checks: Sequence[str], combined: str | None) -> tuple[str, ...]:
    """How a claim's verdict came about; what the combining scorer's record says about its reliability."""
    if combined is None:
        return (f"no combined verdict in this run: a claim has the gravest label of {some(checks)}",)
    details = run.provenance.get("scorers", {}).get(combined, {})
    told = tuple(f"{str(key).replace('_', ' ')}: {value}" for key, value in details.items())
    return (f"one verdict a claim, by {combined}, from {some(checks)}", *told)
