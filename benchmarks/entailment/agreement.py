"""How well ``entail`` ranks summaries as people do, each kind of text apart, beside counting copied words.

``python benchmarks/entailment/agreement.py [--adapter FILE] [SET ...]`` prints a table: AUC for telling consistent
summaries from the others, with 95 % intervals over documents. Consistent is: in SummEdits what its annotators call so,
in DialSummEval a mean of 4 or more, in SummEval 5 by all experts, in QAGS-CNN every sentence. Of SummEval and QAGS-CNN
the documents with an even SHA-256 are read. A summary without a value in one of the columns (fewer than three words
have no trigram) is left out of all, and told.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.checks.entail import Entail
from bench.meta.scoretable import half
from bench.metrics.rouge import Rouge
from bench.statistics.accuracy import roc_auc
from bench.statistics.metatests import draw_counts, percentiles
from bench.text import words
from bench.types import Candidate, Example, Pair, Score

Floats = NDArray[np.float64]
JUDGEMENTS = Path(__file__).parents[3] / "shared" / "judgements"
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Judged:
    """What a set's people say, and of which documents."""

    file: str
    dimension: str
    least: float
    """The judgement from which a summary is consistent."""
    even: bool = False
    """Whether only the even half of the documents is read."""


SETS: Mapping[str, Judged] = {
    "earnings calls, edited": Judged("summedits_ectsum", "consistent", 1),
    "chats, edited": Judged("summedits_samsum", "consistent", 1),
    "meetings, edited": Judged("summedits_qmsumm", "consistent", 1),
    "sales mails, edited": Judged("summedits_sales_email", "consistent", 1),
    "chats, systems": Judged("dialsummeval_even", "consistency", 4),
    "news, systems (SummEval)": Judged("summeval", "consistency", 5, even=True),
    "news, systems (QAGS-CNN)": Judged("qags_cnn", "fact", 1, even=True),
}


def read(judged: Judged, folder: Path) -> Iterator[tuple[Pair, bool]]:
    """The summaries of a set with whether they are consistent."""
    for line in map(json.loads, (folder / f"{judged.file}.jsonl").read_text(encoding="utf-8").splitlines()):
        if judged.even and half(line["document"]) != "even":
            continue
        example = Example(line["id"], line["document"], (line["document"],))
        for system, summary in line["summaries"].items():
            if summary["text"].strip():
                consistent = summary["human"][judged.dimension] >= judged.least
                yield Pair(example, Candidate(example.id, system, summary["text"])), consistent


def copied(pair: Pair) -> float:
    """The share (0 to 1) of the summary's word trigrams that the document has; NaN of one without any."""
    mine, theirs = (_trigrams(text) for text in (pair.candidate.text, pair.example.document))
    known = set(theirs)
    return sum(gram in known for gram in mine) / len(mine) if mine else np.nan


def _trigrams(text: str) -> list[tuple[str, str, str]]:
    found = words(text)
    return list(zip(found, found[1:], found[2:], strict=False))


def values(scores: Sequence[Score], name: str) -> Floats:
    """A value of every score; NaN where it is undefined."""
    return np.array([score.values.get(name, np.nan) for score in scores])


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(one.file for one in SETS.values())}; all")
    parser.add_argument("--adapter", help="another adapter than the shipped one")
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS, help="the folder of the judgements")
    options = parser.parse_args()
    entail, rouge = Entail(adapter=options.adapter), Rouge(types=("rouge2",))
    print("| text | summaries | consistent | entail, mean | entail, weakest | copied trigrams | ROUGE-2 precision |")
    print("| --- |" + " ---: |" * 6, flush=True)
    for name, judged in SETS.items():
        if options.sets and judged.file not in options.sets:
            continue
        pairs, labels = zip(*read(judged, options.judgements), strict=True)
        scores, overlaps = entail.score(pairs), rouge.score(pairs)
        columns = np.array([
            values(scores, "entail"), values(scores, "weakest"), [copied(pair) for pair in pairs],
            values(overlaps, "rouge2_precision"),
        ])  # fmt: skip
        known = ~np.isnan(columns).any(axis=0)
        if not known.all():
            print(
                f"{judged.file}: {int((~known).sum())} summaries have no value in a column: left out", file=sys.stderr
            )
        columns, labels = columns[:, known], np.array(labels, dtype=np.float64)[known]
        shown = interval(labels, [pair.example.document for pair, one in zip(pairs, known, strict=True) if one])
        print(
            f"| {name} | {len(labels)} | {np.mean(labels):.2f} | " + " | ".join(map(shown, columns)) + " |", flush=True
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
