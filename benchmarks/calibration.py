"""The probability of ``consistency``: fitted to people's answers on one half of QAGS-CNN, tested on the other.

Prints the weights that stand in ``bench/checks/consistency.py`` and the figures beside them. The half whose
articles have an even SHA-256 is for fitting and for the threshold, the odd one for every figure reported.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import bench
from bench.aggregate import join_verdicts
from bench.checks.consistency import FLAGGED, WEIGHTS, Weights, probability
from bench.datasets.qags import DIMENSION, Qags
from bench.meta.scoretable import half
from bench.statistics.accuracy import classify
from bench.types import Verdict

QAGS = Path(__file__).parents[2] / "shared" / "judgements" / "qags_cnn_original.jsonl"
PRIOR = 2.0
"""Standard deviation of the normal prior on each weight, which keeps rare flags from certainty."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence of a summary: what most annotators say, and what the checks say of its claims."""

    document: str
    half: str
    supported: bool
    score: float
    """The lowest score of ``support`` among its claims."""
    flagged: tuple[str, ...]
    """The other checks that flag one of its claims, by name."""
    rule: bool
    """Whether the combined label of every claim in it is supported or unchecked."""


def judged_sentences(folder: Path, path: Path) -> list[Judged]:
    """Run the checks over QAGS and put every sentence's answers beside its claims' verdicts."""
    words = ("dataset=qags", f"dataset.path={path}", "metrics=[]", "systems=[candidates]", f"run_dir={folder}")
    run = bench.load(folder) if (folder / "run.json").exists() else bench.run(*words)
    claims: dict[str, list[tuple[int, Mapping[str, Verdict]]]] = {}
    for (example_id, _, start, _), said in join_verdicts(run.scores).items():
        claims.setdefault(example_id, []).append((start, said))
    found = []
    for example, line in zip(Qags(path=path), path.read_text(encoding="utf-8").splitlines(), strict=True):
        end = 0
        for sentence, answers in zip(
            json.loads(line)["summary_sentences"], example.candidates[0].metadata["ratings"][DIMENSION], strict=True
        ):
            start, end = end, end + len(sentence["sentence"].strip()) + 1
            inside = [each for place, each in claims[example.id] if start <= place < end]
            scores = [score for each in inside if (score := each["support"].score) is not None]
            if not scores or 2 * sum(answers) == len(answers):
                continue
            flagged = {check for each in inside for check, verdict in each.items() if verdict.label in FLAGGED}
            found.append(
                Judged(
                    document=example.document,
                    half=half(example.document),
                    supported=2 * sum(answers) > len(answers),
                    score=min(scores),
                    flagged=tuple(sorted(flagged - {"support", "consistency"})),
                    rule="consistency" not in flagged,
                )
            )
    return found


def fit(sentences: Sequence[Judged], checks: Sequence[str]) -> Weights:
    """Logistic regression of the annotators' majority on the support score and the flags, with a normal prior."""
    features = np.array([[1.0, s.score, *(check in s.flagged for check in checks)] for s in sentences])
    labels = np.array([s.supported for s in sentences])

    def loss(weights: NDArray[np.float64]) -> float:
        odds = features @ weights
        # The intercept has no prior: it is the base rate.
        return float(np.logaddexp(0, np.where(labels, -odds, odds)).sum() + (weights[1:] ** 2).sum() / (2 * PRIOR**2))

    weights = minimize(loss, np.zeros(features.shape[1]), method="BFGS").x
    return Weights(float(weights[0]), float(weights[1]), dict(zip(checks, map(float, weights[2:]), strict=True)))


def report(sentences: Sequence[Judged], weights: Weights) -> None:
    """Print the weights and, for the odd half, how well probability and label agree with people."""
    labels = np.array([float(s.supported) for s in sentences])
    documents = [s.document for s in sentences]
    even = np.array([s.half == "even" for s in sentences])
    print("weights:", f"intercept {weights.intercept:.2f}, support {weights.score:.2f},", end=" ")
    print(", ".join(f"{check} {weight:.2f}" for check, weight in weights.flags.items()))
    print(f"fitted on {even.sum()} sentences, {labels[even].mean():.2f} of them supported; tested on {(~even).sum()}")
    print("\n| | threshold | balanced accuracy | AUC |\n| --- | ---: | ---: | ---: |")
    chances = np.array([probability(weights, s.score, s.flagged) for s in sentences])
    rows = {"probability": chances, "support": np.array([s.score for s in sentences])}
    rows["label"] = np.array([float(s.rule) for s in sentences])
    for name, scores in rows.items():
        found = classify(scores, labels, documents, chosen_on=even, tested_on=~even)
        area = classify(np.where(even, np.nan, scores), labels, documents, chosen_on=even, tested_on=~even)
        print(
            f"| {name} | {found.threshold:.2f} | {found.balanced_accuracy:.3f} [{found.low:.3f}, {found.high:.3f}] "
            f"| {area.auc:.3f} [{area.auc_low:.3f}, {area.auc_high:.3f}] |"
        )
    print("\n| probability | sentences | supported |\n| --- | ---: | ---: |")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 1.01)):
        inside = ~even & (chances >= low) & (chances < high)
        share = f"{labels[inside].mean():.2f}" if inside.any() else "–"
        print(f"| {low:.2f} to {min(high, 1):.2f} (mean {chances[inside].mean():.2f}) | {inside.sum()} | {share} |")
    error = float(np.mean((chances[~even] - labels[~even]) ** 2))
    rate = float(np.mean((labels[even].mean() - labels[~even]) ** 2))
    print(f"\nBrier score {error:.3f}; {rate:.3f} with the base rate for every sentence")


def main() -> None:
    """Fit, test and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--run", type=Path, help="a run over QAGS: finished, or to be made there")
    parser.add_argument("--path", type=Path, default=QAGS, help="QAGS's file of answers")
    options = parser.parse_args()
    if not options.path.is_file():
        parser.error(f"{options.path} is not there: name QAGS's file of answers (mturk_cnndm.jsonl) with --path")
    with tempfile.TemporaryDirectory() as folder:
        sentences = judged_sentences(options.run or Path(folder) / "run", options.path)
    checks = sorted(set(WEIGHTS.flags) | {check for s in sentences for check in s.flagged})
    report(sentences, fit([s for s in sentences if s.half == "even"], checks))


if __name__ == "__main__":
    main()
