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
from bench.checks.consistency import FLAGGED, Weights, probability
from bench.commands.selfcheck import score_damaged
from bench.config.selfcheck import selfcheck_settings
from bench.datasets.qags import DIMENSION, Qags
from bench.meta.scoretable import half
from bench.perturb.kinds import KINDS
from bench.selfcheck.claims import touches
from bench.selfcheck.damaged import BASE
from bench.statistics.accuracy import classify
from bench.types import Span, Verdict

QAGS = Path(__file__).parents[2] / "shared" / "judgements" / "qags_cnn_original.jsonl"
SUMMEVAL = QAGS.with_name("summeval.jsonl")


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence of a summary: what most annotators say, and what the checks say of its claims."""

    document: str
    half: str
    supported: bool
    score: float
    """The lowest score of ``support`` among its claims."""
    flagged: bool
    """Whether another check flags one of its claims."""
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
            if 2 * sum(answers) == len(answers):
                continue
            judged = judge(example.document, inside, supported=2 * sum(answers) > len(answers))
            found += [judged] if judged else []
    return found


def damaged_claims(folder: Path, path: Path) -> list[Judged]:
    """The claims that a self-check changed (known to be false) and those that it left alone (copied, so true)."""
    if not (folder / "run.json").exists():
        settings = selfcheck_settings(["base=document-lead"])
        folder = score_damaged(
            settings, ["dataset=jsonl", f"dataset.path={path}", "metrics=[]", f"run_dir={folder}"], []
        )
    run = bench.load(folder)
    verdicts = join_verdicts(run.scores)
    found = []
    for (example_id, system, start, end), said in verdicts.items():
        line = run.inputs[example_id]
        candidate = line["candidates"][system]
        damage = candidate["metadata"].get("damage", {"kind": None, "changes": []})
        touched = any(touches(Span(start, end), Span(*change["after"])) for change in damage["changes"])
        if system != BASE and not (touched and KINDS[damage["kind"]].plants):
            continue
        if (judged := judge(line["document"], [said], supported=system == BASE)) is not None:
            found.append(judged)
    return found


def judge(document: str, said: Sequence[Mapping[str, Verdict]], *, supported: bool) -> Judged | None:
    """What the checks say of a sentence's claims; ``None`` where ``support`` judged none of them."""
    scores = [score for each in said if (score := each["support"].score) is not None]
    flagged = {check for each in said for check, verdict in each.items() if verdict.label in FLAGGED}
    if not scores:
        return None
    return Judged(
        document=document,
        half=half(document),
        supported=supported,
        score=min(scores),
        flagged=bool(flagged - {"support", "consistency"}),
        rule="consistency" not in flagged,
    )


def fit(sentences: Sequence[Judged], damaged: Sequence[Judged]) -> Weights:
    """Logistic regression of the annotators' majority on the support score and whether another check flags it.

    Few sentences of QAGS are flagged by another check. What a flag is worth is therefore learnt from the
    damaged claims too, which get an intercept and a weight of the score of their own: they are as many as we
    make them, and nearly all of them copied.
    """
    rows = [(True, each) for each in sentences] + [(False, each) for each in damaged]
    features = np.array(
        [[ours, each.score * ours, not ours, each.score * (not ours), each.flagged] for ours, each in rows], dtype=float
    )
    labels = np.array([each.supported for _, each in rows])

    def loss(weights: NDArray[np.float64]) -> float:
        odds = features @ weights
        return float(np.logaddexp(0, np.where(labels, -odds, odds)).sum())

    intercept, score, _, _, flag = minimize(loss, np.zeros(features.shape[1]), method="BFGS").x
    return Weights(round(float(intercept), 2), round(float(score), 2), round(float(flag), 2))


def report(sentences: Sequence[Judged], weights: Weights) -> None:
    """Print the weights and, for the odd half, how well probability and label agree with people."""
    labels = np.array([float(s.supported) for s in sentences])
    documents = [s.document for s in sentences]
    even = np.array([s.half == "even" for s in sentences])
    print(f"weights: intercept {weights.intercept}, support {weights.score}, flag {weights.flag}")
    print(f"fitted on {even.sum()} sentences, {labels[even].mean():.2f} of them supported; tested on {(~even).sum()}")
    print("\n| | threshold | balanced accuracy | AUC |\n| --- | ---: | ---: | ---: |")
    chances = np.array([probability(weights, s.score, flagged=s.flagged) for s in sentences])
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
    parser.add_argument("--damaged", type=Path, help="a self-check of SummEval: finished, or to be made there")
    parser.add_argument("--qags", type=Path, default=QAGS, help="QAGS's file of answers")
    parser.add_argument("--summeval", type=Path, default=SUMMEVAL, help="SummEval as JSON Lines")
    options = parser.parse_args()
    for path in (options.qags, options.summeval):
        if not path.is_file():
            parser.error(f"{path} is not there: name it with --qags and --summeval")
    with tempfile.TemporaryDirectory() as folder:
        sentences = judged_sentences(options.run or Path(folder) / "run", options.qags)
        damaged = damaged_claims(options.damaged or Path(folder) / "damaged", options.summeval)
    report(sentences, fit(*([each for each in some if each.half == "even"] for some in (sentences, damaged))))


if __name__ == "__main__":
    main()
