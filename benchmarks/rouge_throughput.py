"""ROUGE throughput against rouge-score in the same run, on the shipped sample; prints one line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from rouge_score.rouge_scorer import RougeScorer

from bench.datasets.sample import Sample
from bench.metrics.rouge import Rouge
from bench.text import sentences
from bench.types import Pair

ROUNDS = 5
REPEATS = 20
"""Ours is timed over this many batches a round: one is too short to time."""


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_line(text: str) -> str:
    """One sentence a line, as rouge-score wants its input for rougeLsum."""
    return "\n".join(" ".join(sentence.split()) for sentence in sentences(text))


def measure(pairs: Sequence[Pair], *, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Pairs a second of sumbench and of rouge-score, and the median of the rounds' ratios.

    Both compute the four usual types with stemming, in turns; rouge-score's input is split into
    sentences beforehand, ours within the time measured. Raises ValueError if a number differs.
    """
    ours = Rouge()
    theirs = RougeScorer(list(ours.types), use_stemmer=True)
    lines = [(by_line(pair.example.references[0]), by_line(pair.candidate.text)) for pair in pairs]
    for score, (reference, candidate) in zip(ours.score(pairs), lines, strict=True):
        for kind, triple in theirs.score(reference, candidate).items():
            if tuple(score.values[f"{kind}_{m}"] for m in ("precision", "recall", "f1")) != tuple(triple):
                raise ValueError(f"{kind} of {score.system} differs from rouge-score's")
    fast, slow = [], []
    for _ in range(rounds):
        fast.append(seconds(lambda: [ours.score(pairs) for _ in range(REPEATS)]) / REPEATS / len(pairs))
        slow.append(seconds(lambda: [theirs.score(*line) for line in lines]) / len(pairs))
    ratio = statistics.median(theirs_s / ours_s for ours_s, theirs_s in zip(fast, slow, strict=True))
    return 1 / statistics.median(fast), 1 / statistics.median(slow), ratio


def main() -> None:
    """Measure on the shipped sample: each candidate against the full article."""
    pairs = [Pair(example, candidate) for example in Sample() for candidate in example.candidates]
    ours, theirs, ratio = measure(pairs)
    words = statistics.mean(len(pair.example.references[0].split()) for pair in pairs)
    print(
        f"ROUGE: {ours:,.0f} pairs/s, rouge-score {theirs:,.1f} pairs/s: {ratio:,.0f} times as fast "
        f"(equal values; {len(pairs)} candidates x {words:,.0f}-word article; median of {ROUNDS} alternating rounds)"
    )


if __name__ == "__main__":
    main()
