"""``sumbench selfcheck``: does each value get worse when a summary is made worse?"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.common import OK, Parser, make_console
from bench.commands.compare import write
from bench.commands.jobs import run_first
from bench.commands.typed import parse_settings
from bench.errors import InputError

if TYPE_CHECKING:
    from bench.config.selfcheck import SelfcheckSettings

EXAMPLES = """\
examples:
  sumbench selfcheck dataset=jsonl dataset.path=FILE 'metrics=[rouge,bertscore]'
      the first reference damaged, or the document's first sentences
  sumbench selfcheck dataset=jsonl dataset.path=FILE 'kinds=[number,negation]'
      only some kinds of damage; base=document-lead says what is damaged
  sumbench selfcheck run=LATEST format=markdown
      the last self-check again: nothing is scored

Settings are those of conf/selfcheck.yaml (run, base, kinds, seed, headline,
format, outputs, results_dir) and, for what is scored, those of conf/run.yaml
except systems.
"""


def main(arguments: Sequence[str]) -> int:
    """Damage, score, and show what each value did; returns the exit code."""
    parser = Parser(
        prog="sumbench selfcheck",
        description="Make good summaries worse in known ways: which metrics and checks notice?",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config-dir", "-cd", action="append", default=[], metavar="DIR", help="a config folder of yours"
    )
    parser.add_argument("overrides", nargs="*", metavar="SETTING", help="as base=reference or 'metrics=[rouge]'")
    options = parse_settings(parser, arguments, "selfcheck")

    from bench.config.lock import lock_hydra
    from bench.config.selfcheck import selfcheck_settings, split_words
    from bench.report.selfcheck import RENDERERS, show
    from bench.runs import find_run
    from bench.selfcheck.check import read_selfcheck

    lock_hydra(options.overrides)
    run_words, own_words = split_words(options.overrides)
    settings = selfcheck_settings(own_words)
    if settings.run:
        scoring = [word for word in run_words if not word.startswith("seed=")]
        if scoring:
            raise InputError(f"{shlex.join(scoring)}: nothing is scored with run=…; leave one of the two away")
        folder = find_run(settings.run, settings.results_dir)
    else:
        folder = score_damaged(settings, run_words, options.config_dir)
    found = read_selfcheck(folder)
    for name, path in settings.outputs.items():
        write(path, RENDERERS[name](found, headline=settings.headline))
    if settings.format == "terminal":
        show(found, make_console(), headline=settings.headline)
    else:
        print(RENDERERS[settings.format](found, headline=settings.headline), end="")
    return OK


def score_damaged(settings: SelfcheckSettings, overrides: Sequence[str], config_dirs: Sequence[str]) -> Path:
    """One recorded run over the damaged summaries; returns its folder."""
    from bench.config import build_job, compose_run_or_explain
    from bench.leftovers import Cleaned
    from bench.selfcheck.damaged import Damaged

    words = ["systems=[candidates]", *overrides]
    job = build_job(compose_run_or_explain(words, list(config_dirs)), words)
    if not job.store_texts:
        raise InputError("store_texts=false: a self-check needs the texts to find the damage in them")
    chosen = {"base": settings.base, "kinds": list(settings.kinds), "seed": settings.seed}
    job = replace(
        job,
        # Cleaned before the damage, so that the places of the damage stay right.
        dataset=Damaged(
            Cleaned(job.dataset) if job.clean else job.dataset,
            base=settings.base,
            kinds=settings.kinds,
            seed=settings.seed,
            limit=job.limit,
        ),
        results_dir=settings.results_dir,
        config={**job.config, "selfcheck": chosen},
        overrides=tuple(overrides),
    )
    return run_first(job)
