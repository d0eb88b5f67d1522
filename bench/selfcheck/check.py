"""Does each value get worse when a summary is made worse? Read from the record of a run over damaged summaries."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.errors import InputError
from bench.notices import notices
from bench.perturb.kinds import KINDS
from bench.record import RunRecord, read_inputs, read_record, read_scores
from bench.selfcheck.claims import turned, untouched
from bench.selfcheck.damaged import BASE, PREFIX
from bench.selfcheck.records import KindCount, Response, SelfCheck, wilson
from bench.types import Score

_EQUAL = 1e-9
_ON_CELLS = re.compile(r"\d+ (?:of \d+|\(example, system\)) cells ")


def read_selfcheck(folder: Path) -> SelfCheck:
    """Read a finished run over damaged summaries; InputError when it is another kind of run."""
    run = read_record(folder)
    settings = run.config.get("selfcheck")
    if not isinstance(settings, Mapping):
        raise InputError(f"{folder}: not a run of sumbench selfcheck; its summaries were not damaged")
    inputs = list(read_inputs(folder))
    present = {(line["id"], system) for line in inputs for system in line["candidates"]}
    scores = {
        (score.example_id, score.system, score.scorer): score
        for score in read_scores(folder)
        if (score.example_id, score.system) in present
    }
    if any("text" not in line["candidates"].get(BASE, {}) for line in inputs):
        raise InputError(f"{folder}: the run kept no texts (store_texts=false), so the damage can't be found in it")
    kinds = [kind for kind in KINDS if kind in settings["kinds"]]
    checks = [name for name, scorer in run.scorers.items() if scorer.kind == "check"]
    confidence = float(run.config["confidence"])
    return SelfCheck(
        run_id=run.run_id,
        examples=run.examples,
        base=inputs[0]["candidates"][BASE]["metadata"]["from"],
        seed=settings["seed"],
        confidence=confidence,
        kinds=tuple(_count_kind(kind, inputs) for kind in kinds),
        responses=tuple(responses(run, inputs, scores, kinds, confidence)),
        turned=tuple(turned(inputs, scores, kinds, checks, confidence)),
        untouched=tuple(untouched(inputs, scores, checks, confidence, settings["seed"])),
        undirected=tuple(
            f"{name}.{value}"
            for name, scorer in run.scorers.items()
            for value, higher in scorer.higher_is_better.items()
            if higher is None
        ),
        signatures=run.signatures,
        notes=tuple(notes(run, list(scores.values()), kinds)),
    )


def notes(run: RunRecord, scores: Sequence[Score], kinds: Sequence[str]) -> Iterator[str]:
    """The run's warnings without those on damage that doesn't apply (the counts of kinds have it), then the cells'."""
    for line in run.warnings:
        if not _ON_CELLS.search(line) and not line.startswith(tuple(f"{kind}: not applied" for kind in kinds)):
            yield line
    for name, scorer in run.scorers.items():
        mine = [score for score in scores if score.scorer == name]
        yield from (f"{name}: {line}" for line in notices(mine, notes=scorer.kind == "metric"))


def _count_kind(kind: str, inputs: Sequence[Mapping[str, Any]]) -> KindCount:
    """How often a kind was applied, and why not."""
    skipped = Counter(
        line["candidates"][BASE]["metadata"]["skipped"][kind]
        for line in inputs
        if kind in line["candidates"][BASE]["metadata"]["skipped"]
    )
    about = KINDS[kind]
    applied = sum(PREFIX + kind in line["candidates"] for line in inputs)
    return KindCount(kind, about.about, about.plants, len(inputs), applied, dict(skipped.most_common()))


def responses(
    run: RunRecord,
    inputs: Sequence[Mapping[str, Any]],
    scores: Mapping[tuple[str, str, str], Score],
    kinds: Sequence[str],
    confidence: float,
) -> Iterator[Response]:
    """For every value with a direction and every kind, how often it got worse."""
    for name, scorer in run.scorers.items():
        for value, higher in scorer.higher_is_better.items():
            for kind in kinds if higher is not None else ():
                changes = []
                for line in inputs:
                    cells = [scores.get((line["id"], system, name)) for system in (BASE, PREFIX + kind)]
                    before, after = (cell.values.get(value) if cell else None for cell in cells)
                    if before is not None and after is not None:
                        changes.append(after - before)
                worse = sum((-change if higher else change) > _EQUAL for change in changes)
                same = sum(abs(change) <= _EQUAL for change in changes)
                yield Response(
                    scorer=name,
                    value=value,
                    headline=value in scorer.headline,
                    kind=kind,
                    worse=wilson(worse, len(changes), confidence),
                    same=same,
                    better=len(changes) - worse - same,
                    mean_change=math.fsum(changes) / len(changes) if changes else None,
                )
