"""sumbench from Python: run a configuration, load a run, read it as pandas frames.

>>> import bench
>>> pair = bench.pair("Talks ended.", reference="The talks ended on Friday.")
>>> from bench.metrics.rouge import Rouge
>>> round(Rouge(types=("rouge1",)).score([pair])[0].values["rouge1_precision"], 4)
1.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.paths import user_path
from bench.record import RunRecord, read_inputs, read_record, read_scores
from bench.types import Candidate, Example, Pair, Score

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its record, and its cells as frames."""

    folder: Path
    record: RunRecord

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """Every cell, sorted by example, system and scorer."""
        return tuple(read_scores(self.folder))

    @cached_property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The lines of ``inputs.jsonl`` by example id: document, references and candidates' texts."""
        return {line["id"]: line for line in read_inputs(self.folder)}

    def values(self) -> pd.DataFrame:
        """One row a value: example_id, system, scorer, status, value, number, error.

        A cell without values has one row, with NaN and its reason.
        """
        import pandas as pd

        rows = [
            (score.example_id, score.system, score.scorer, score.status, value, number, score.error)
            for score in self.scores
            for value, number in (score.values.items() if score.values else [(None, float("nan"))])
        ]
        return pd.DataFrame(rows, columns=["example_id", "system", "scorer", "status", "value", "number", "error"])

    def verdicts(self) -> pd.DataFrame:
        """One row a verdict: example_id, system, scorer, start, end, claim, label, score, reason, evidence.

        ``claim`` and ``evidence`` (a list) are texts; ``None`` where the run was told to keep no texts.
        """
        import pandas as pd

        rows = []
        for score in self.scores:
            line = self.inputs[score.example_id]
            candidate = line["candidates"].get(score.system, {}).get("text")
            document = line.get("document")
            for verdict in score.verdicts:
                rows.append(
                    {
                        "example_id": score.example_id,
                        "system": score.system,
                        "scorer": score.scorer,
                        "start": verdict.claim.start,
                        "end": verdict.claim.end,
                        "claim": None if candidate is None else candidate[verdict.claim.slice],
                        "label": verdict.label,
                        "score": verdict.score,
                        "reason": verdict.reason,
                        "evidence": None if document is None else [document[span.slice] for span in verdict.evidence],
                    }
                )
        columns = ("example_id", "system", "scorer", "start", "end", "claim", "label", "score", "reason", "evidence")
        return pd.DataFrame(rows, columns=list(columns))

    def aggregates(self) -> pd.DataFrame:
        """One row a system, scorer and value: mean, interval and counts."""
        import pandas as pd

        return pd.DataFrame([asdict(aggregate) for aggregate in self.record.aggregates])


def run(*overrides: str) -> Run:
    """Run a configuration: the overrides that ``sumbench run`` takes, as strings.

    Raises InputError for bad input. Nothing is printed; the result says it all.
    """
    from bench import config, pipeline

    composed = config.compose_run_or_explain(overrides)
    return load(pipeline.run(config.build_job(composed, overrides)))


def load(name: str | Path, results_dir: str | Path = "results") -> Run:
    """Load a finished run by its folder, its id or ``LATEST``; InputError when there is none."""
    from bench.runs import find_run

    folder = find_run(str(name), user_path(results_dir, "results_dir"))
    return Run(folder=folder, record=read_record(folder))


def pair(candidate: str, *, document: str = "", reference: str | Sequence[str] = ()) -> Pair:
    """One candidate beside its document and its reference or references, to score without any config.

    Without a reference the document is the reference; without a document only metrics make sense.
    """
    references = (reference,) if isinstance(reference, str) else tuple(reference)
    example = Example(id="example", document=document, references=references or (document,))
    return Pair(example=example, candidate=Candidate(example_id="example", system="candidate", text=candidate))
