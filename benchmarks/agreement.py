"""How well ``entail`` ranks summaries as people do, each kind of text apart, beside counting copied words.

``python benchmarks/agreement.py [--adapter FILE] [SET ...]`` prints a table: AUC for telling consistent
summaries from the others, with 95 % intervals over documents. Consistent is: in SummEdits what its annotators call so,
in DialSummEval a mean of 4 or more, in SummEval 5 by all experts, in QAGS-CNN every sentence. Of SummEval and QAGS-CNN
the documents with an even SHA-256 are read. A summary without a value in one of the columns (fewer than three words
have no trigram) is left out of all, and told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.checks.entail import Entail
from bench.metrics.rouge import Rouge
from bench.statistics.accuracy import roc_auc
from bench.statistics.metatests import draw_counts, percentiles
from bench.types import Candidate, Example, Pair, Score
from judged import JUDGEMENTS, SETS, copied, summaries

Floats = NDArray[np.float64]
RESAMPLES = 2000


def values(scores: Sequence[Score], name: str) -> Floats:
    """A value of every score; NaN where it is undefined."""
    return np.array([score.values.get(name, np.nan) for score in scores])


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(one.file for one in SETS)}; all")
    parser.add_argument("--adapter", help="another adapter than the shipped one")
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS, help="the folder of the judgements")
    options = parser.parse_args()
    entail, rouge = Entail(adapter=options.adapter), Rouge(types=("rouge2",))
    print("| text | summaries | consistent | entail, mean | entail, weakest | copied trigrams | ROUGE-2 precision |")
    print("| --- |" + " ---: |" * 6, flush=True)
    for judged in SETS:
        if options.sets and judged.file not in options.sets:
            continue
        pairs, labels = [], []
        for line, system, summary in summaries(judged.lines(options.judgements)):
            if summary["text"].strip():
                example = Example(line["id"], line["document"], (line["document"],))
                pairs.append(Pair(example, Candidate(example.id, system, summary["text"])))
                labels.append(float(judged.right(summary)))
        scores, overlaps = entail.score(pairs), rouge.score(pairs)
        columns = np.array([
            values(scores, "entail"), values(scores, "weakest"),
            [copied(pair.example.document, pair.candidate.text) for pair in pairs],
            values(overlaps, "rouge2_precision"),
        ])  # fmt: skip
        known = ~np.isnan(columns).any(axis=0)
        if not known.all():
            print(
                f"{judged.file}: {int((~known).sum())} summaries have no value in a column: left out", file=sys.stderr
            )
        columns, kept = columns[:, known], np.array(labels)[known]
        shown = interval(kept, [pair.example.document for pair, one in zip(pairs, known, strict=True) if one])
        print(
            f"| {judged.name} | {len(kept)} | {kept.mean():.2f} | " + " | ".join(map(shown, columns)) + " |", flush=True
        )


def interval(labels: Floats, documents: list[str]) -> Callable[[Floats], str]:
    """Scores → AUC with its interval over documents."""
    _, clusters = np.unique(documents, return_inverse=True)
    count = int(clusters.max()) + 1
    drawn = draw_counts(np.random.default_rng(0), RESAMPLES, count)[:, clusters]

    def show(scores: Floats) -> str:
        low, high = percentiles(roc_auc(scores, labels, drawn), 0.95, count, 1, "documents")
        return f"{float(roc_auc(scores, labels)):.3f} [{low:.3f}, {high:.3f}]"

    return show


if __name__ == "__main__":
    main()
