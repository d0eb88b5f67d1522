"""``sumbench meta``: how well do metrics agree with people?"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.common import OK, Parser, make_console
from bench.commands.compare import write
from bench.commands.jobs import run_first
from bench.commands.typed import parse_settings
from bench.errors import InputError

if TYPE_CHECKING:
    from bench.config.meta import MetaJob
    from bench.meta.records import Meta
    from bench.meta.scoretable import ScoreTable
    from bench.record import RunRecord

EXAMPLES = """\
examples:
  sumbench meta dataset=jsonl dataset.path=FILE 'metrics=[rouge,bertscore]'
      score, then evaluate the metrics
  sumbench meta run=LATEST level=system format=markdown
      a finished run (several: 'run=[a,b]'): nothing is scored again
  sumbench meta scores=table.csv 'human=[coherence]'
      any metrics' scores, as a table
  sumbench meta dataset=frank dataset.path=FOLDER 'by=[dataset,split]'
      published scores and judgements

Settings are those of conf/meta.yaml; where something is scored, also those of
conf/run.yaml, with systems=[candidates] and checks=[] unless others are named.
"""


def main(arguments: Sequence[str]) -> int:
    """Evaluate metrics against human judgements; returns the exit code."""
    parser = Parser(
        prog="sumbench meta",
        description="How well do the metrics agree with people?",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config-dir", "-cd", action="append", default=[], metavar="DIR", help="a config folder of yours"
    )
    parser.add_argument("overrides", nargs="*", metavar="SETTING", help="as level=summary or dataset=summeval")
    options = parse_settings(parser, arguments, "meta")

    from bench.config.lock import lock_hydra
    from bench.config.meta import meta_job, split_words
    from bench.meta.evaluate import evaluate
    from bench.meta.labels import read_beside
    from bench.meta.parts import numbered

    lock_hydra(options.overrides)
    run_words, meta_words = split_words(options.overrides)
    job = meta_job(meta_words)
    published = read_beside(job.beside) if job.beside else ()
    table, source, signatures = find_table(job, run_words, options.config_dir)
    if job.numbered:
        table = numbered(table)
    meta = evaluate(table, job.settings, source=source, signatures=signatures, published=published)
    publish(meta, job)
    return OK


def find_table(
    job: MetaJob, run_words: Sequence[str], config_dirs: Sequence[str]
) -> tuple[ScoreTable, str, Mapping[str, str]]:
    """The scores beside the judgements, where they come from, and the recipes of the scores."""
    from bench.meta.scoretable import from_dataset, from_table
    from bench.runs import find_run

    scoring = [word for word in run_words if word.split("=")[0] not in ("seed", "results_dir")]
    if job.run and job.scores:
        raise InputError("run=… and scores=… name two sources: choose one")
    if (job.run or job.scores) and scoring:
        given = f"run={','.join(job.run)}" if job.run else f"scores={job.scores}"
        raise InputError(f"{shlex.join(scoring)}: nothing is scored with {given}; leave one of the two away")
    for name, columns in (("human", job.human), ("lower_is_better", job.lower_is_better)):
        if columns and not job.scores:
            raise InputError(f"{name}=… names columns of a table: it goes with scores=table.csv")
    if job.run:
        return table_of_runs([find_run(name, job.results_dir) for name in job.run], job)
    if job.scores:
        table = from_table(job.scores, humans=job.human, groups=job.groups, lower_is_better=job.lower_is_better)
        return for_all_values(table, job), f"scores: {job.scores}", {}
    words = scoring
    if not any(word.startswith(("dataset=", "dataset.", "experiment=")) for word in words):
        raise InputError(
            "no human judgements: name a finished run (run=…), a table (scores=…) or a dataset that carries them "
            "(dataset=jsonl dataset.path=…); sumbench meta --help has examples"
        )
    if published := from_dataset(bare_dataset(words, config_dirs)):
        if idle := [word for word in words if word.startswith(("metrics", "checks", "systems", "encoder"))]:
            raise InputError(f"{shlex.join(idle)}: this dataset has scores of its own, nothing is scored")
        return for_all_values(published, job), "published scores: " + shlex.join(words), {}
    return table_of_runs([score(run_words, config_dirs)], job)


def bare_dataset(words: Sequence[str], config_dirs: Sequence[str]) -> object:
    """The dataset that the words name, with nothing built beside it that takes time."""
    from bench.config import build_job, compose_run_or_explain

    kept = [word for word in words if not word.lstrip("+~").startswith(("metrics", "checks", "systems", "encoder"))]
    cheap = [*kept, "systems=[]", "metrics=[rouge]", "checks=[]"]
    return build_job(compose_run_or_explain(cheap, config_dirs), cheap).dataset


def score(words: Sequence[str], config_dirs: Sequence[str]) -> Path:
    """Run what the words make of the default job, without the checks and systems that weren't asked for."""
    from bench.config import build_job, compose_run_or_explain

    named = {word.lstrip("+~").split("=")[0].split(".")[0] for word in words}
    defaults = {"systems": "systems=[candidates]", "checks": "checks=[]"}
    # An experiment chooses for itself.
    added = [] if "experiment" in named else [word for name, word in defaults.items() if name not in named]
    overrides = [*words, *added]
    folder = run_first(build_job(compose_run_or_explain(overrides, config_dirs), overrides))
    print(f"scored; to evaluate again without scoring: sumbench meta run={folder}", file=sys.stderr)
    return folder


def table_of_runs(folders: Sequence[Path], job: MetaJob) -> tuple[ScoreTable, str, Mapping[str, str]]:
    """The table of finished runs."""
    from bench.meta.scoretable import from_run
    from bench.record import read_record

    table = from_run(*folders, groups=job.groups)
    records = [read_record(folder) for folder in folders]
    if job.headline:
        shown = {
            f"{name}.{value}": None
            for record in records for name, scorer in record.scorers.items() for value in scorer.headline
        }  # fmt: skip
        left = len(table.metrics) - len(shown)
        table = replace(
            table,
            metrics={name: table.metrics[name] for name in shown},
            lower_is_better=table.lower_is_better & set(shown),
            notes=(
                *table.notes,
                *([f"{left} values that aren't in the headlines left away (headline=true)"] * (left > 0)),
            ),
        )
    signatures = {name: signature for record in records for name, signature in record.signatures.items()}
    return table, "run: " + "; ".join(map(as_typed, records)), signatures


def as_typed(record: RunRecord) -> str:
    """The command that made a run, wherever it was written to."""
    words = [word for word in record.overrides if not word.startswith(("run_dir=", "results_dir="))]
    return shlex.join(["sumbench", "run", *words])


def for_all_values(table: ScoreTable, job: MetaJob) -> ScoreTable:
    """A published table has no headlines; that is said where they were asked for."""
    if not job.headline:
        return table
    return replace(table, notes=(*table.notes, "headline=true: these scores come from no run, all columns are shown"))


def publish(meta: Meta, job: MetaJob) -> None:
    """Print a meta-evaluation and write its files."""
    from bench.report.meta import RENDERERS, show

    for name, path in job.outputs.items():
        write(path, RENDERERS[name](meta))
    if job.format == "terminal":
        show(meta, make_console())
    else:
        print(RENDERERS[job.format](meta), end="")
