"""The probability of ``consistency``: fitted to judged summaries of several kinds of text, tested on kinds left out.

``python benchmarks/calibration.py [--runs FOLDER] [--write FILE]`` prints a table, a line a kind of text. All of its
figures are of weights and a threshold that were fitted to the other kinds alone: AUC with 95 % intervals over
documents, beside copied trigrams and ROUGE-2 precision; the expected calibration error of a summary's probability, and
what is left of it on other documents after ``sumbench calibrate`` with some fifty labels; the balanced accuracy of the
label, with the shares of the consistent and of the inconsistent summaries that it flags. ``--write`` writes the weights
of all kinds together, ``bench/data/calibration.json``; nothing is fitted to DialSummEval.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agreement import interval
from bench.aggregate import join_verdicts
from bench.api import Run
from bench.checks.calibration import RULED, Calibration, calibration_json
from bench.checks.support import Support
from bench.checks.textkinds import text_kinds
from bench.meta.calibrate import LabelledSummary, bags, best_threshold, doubted, fitted, passing, rescaled, subset
from bench.metrics.rouge import Rouge
from bench.statistics.accuracy import balanced_accuracy
from bench.statistics.calibration import Bags, calibration_error, fit, log_probabilities
from bench.types import Candidate, Example, Pair
from judged import JUDGEMENTS, SETS, JudgedSet, copied, missing, scored, summaries

Floats = NDArray[np.float64]
CHECKS = ("entities", "numbers", "quotes", "relations", "support")
"""What ``consistency`` combines."""
FEATURES = ("support", *RULED)
PULL = 0.01
"""How strongly a weight is held at 0."""
LABELS, DRAWS = 50, 20
"""Of the trial with a user's labels."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A set of judged summaries, scored."""

    judged: JudgedSet
    documents: list[str]
    summaries: list[LabelledSummary]
    pairs: list[Pair]
    copied: Floats
    rouge2: Floats

    @property
    def labels(self) -> Floats:
        """1 where people call a summary consistent."""
        return np.array([float(one.consistent) for one in self.summaries])


def read(judged: JudgedSet, lines: Sequence[Mapping[str, object]], run: Run) -> Kind:
    """The summaries that have a claim with every grade, and a trigram."""
    claims: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for (example, system, _, _), said in join_verdicts(run.scores).items():
        claims.setdefault((example, system), []).append({check: said[check] for check in CHECKS if check in said})
    documents, found, pairs = [], [], []
    for line, system, summary in summaries(lines):
        one = LabelledSummary(line["document"], judged.right(summary), tuple(claims.get((line["id"], system), ())))
        if bags([one], FEATURES)[1] and not np.isnan(copied(line["document"], summary["text"])):
            documents.append(line["id"])
            found.append(one)
            example = Example(line["id"], line["document"], (line["document"],))
            pairs.append(Pair(example, Candidate(example.id, system, summary["text"])))
    rouge = [score.values["rouge2_precision"] for score in Rouge(types=("rouge2",)).score(pairs)]
    shares = [copied(pair.example.document, pair.candidate.text) for pair in pairs]
    return Kind(judged, documents, found, pairs, np.array(shares), np.array(rouge))


def read_bags(kinds: Sequence[Kind]) -> list[Bags]:
    """The features of their claims."""
    return [bags(kind.summaries, FEATURES)[0] for kind in kinds]


def fit_to(kinds: Sequence[Kind]) -> Floats:
    """The weights that suit these kinds."""
    prior = np.zeros(1 + len(FEATURES))
    return fit(read_bags(kinds), prior=prior, pull=np.full(len(prior), PULL))


def summary_values(found: Bags, weights: Floats) -> Floats:
    """The logarithm of ``values.consistency`` of each summary."""
    return log_probabilities(found, weights) / np.bincount(found.owners)


def after_labels(found: Bags, documents: Sequence[str], weights: Floats) -> float:
    """Calibration error on half of the documents after fitting to ``LABELS`` summaries of others; mean of the draws."""
    names, owners = np.unique(documents, return_inverse=True)
    errors = []
    for seed in range(DRAWS):
        draw = np.random.default_rng(seed)
        known = np.isin(owners, draw.permutation(len(names))[: len(names) // 2])
        labelled = np.zeros(len(owners), dtype=np.bool_)
        labelled[draw.permutation(np.flatnonzero(known))[:LABELS]] = True
        mine, rest = subset(found, labelled), subset(found, ~known)
        errors.append(calibration_error(np.exp(log_probabilities(rest, rescaled(mine, weights))), rest.labels))
    return float(np.mean(errors))


def row(kind: Kind, others: Sequence[Kind]) -> tuple[str, float]:
    """One kind's line, what weights of the others do on it, and its calibration error."""
    shown = interval(kind.labels, kind.documents)
    weights = fit_to(others)
    found = bags(kind.summaries, FEATURES)[0]
    flagged = doubted(found, FEATURES, weights, best_threshold(read_bags(others), FEATURES, weights))
    error = calibration_error(np.exp(log_probabilities(found, weights)), kind.labels)
    good = kind.labels == 1
    numbers = (
        error, after_labels(found, kind.documents, weights),
        float(balanced_accuracy(passing(flagged), kind.labels, 0.5)), flagged[good].mean(), flagged[~good].mean(),
    )  # fmt: skip
    cells = [
        kind.judged.name, str(len(good)), f"{good.mean():.2f}", shown(summary_values(found, weights)),
        shown(kind.copied), shown(kind.rouge2), *(f"{number:.2f}" for number in numbers),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |", error


def errors_by_kind(kinds: Sequence[Kind], errors: Sequence[float]) -> dict[str, str]:
    """Kind of text that a run can tell → the least and the greatest calibration error on the sets that are of it."""
    found: dict[str, list[float]] = {}
    for kind, error in zip(kinds, errors, strict=True):
        for name, (many, of) in text_kinds(kind.pairs).items():
            if 2 * many >= of:
                found.setdefault(name, []).append(error)
    return {name: f"{min(some):.2f} to {max(some):.2f}" for name, some in found.items()}


def main() -> None:
    """Run what isn't there yet, fit, test, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS, help="the folder of the judgements")
    parser.add_argument("--runs", type=Path, help="a folder for the runs: those there are used, others made")
    parser.add_argument("--write", type=Path, help="the file for the weights")
    options = parser.parse_args()
    if gone := missing(options.judgements):
        parser.error(f"{options.judgements} lacks {', '.join(gone)}: name the folder with --judgements")
    with tempfile.TemporaryDirectory() as folder:
        kinds = []
        for judged in SETS:
            lines = judged.lines(options.judgements)
            run = scored(lines, (options.runs or Path(folder)) / judged.file, f"checks=[{','.join(CHECKS)}]")
            kinds.append(read(judged, lines, run))
    print("| text | summaries | consistent | consistency | copied trigrams | ROUGE-2 precision | calibration error "
          "| after 50 labels | balanced accuracy | good flagged | bad flagged |")  # fmt: skip
    print("| --- |" + " ---: |" * 10, flush=True)
    errors = []
    for kind in kinds:
        line, error = row(kind, [other for other in kinds if other is not kind and other.judged.fits])
        print(line, flush=True)
        errors.append(error)
    off = errors_by_kind(kinds, errors)
    print(f"calibration error by what a run can tell of a text: {off}")
    chosen = [kind for kind in kinds if kind.judged.fits]
    weights = fit_to(chosen)
    about = "; ".join(f"{len(kind.summaries)} summaries of {kind.judged.name}" for kind in chosen)
    unfitted = Calibration(
        0.0, dict.fromkeys(FEATURES, 0.0), 0.0, {"support": Support().signature()}, CHECKS[:-1], {}
    )  # fmt: skip
    threshold = best_threshold(read_bags(chosen), FEATURES, weights)
    made = fitted(weights, threshold, unfitted, {"fitted_to": about, **off})
    print(f"intercept {made.intercept}, weights {made.weights}, threshold {made.threshold}")
    if options.write:
        options.write.write_text(calibration_json(made), encoding="utf-8")


if __name__ == "__main__":
    main()
