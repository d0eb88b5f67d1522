"""The probability of ``consistency``: fitted to people's answers on one half of the documents, tested on the other.

Prints the weights and the threshold that stand in ``bench/checks/consistency.py``, and the figures beside them. A
passage that people call supported is a sentence of QAGS-CNN (by most annotators) or a summary of SummEval
(consistency 5 by all experts); its probability is the product of its claims' probabilities. The even half (by
SHA-256) is for fitting and for the threshold, the odd one for every figure reported.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import bench
from bench.aggregate import join_verdicts
from bench.api import Run
from bench.checks.consistency import FLAGGED, Weights, gravest, probability
from bench.commands.selfcheck import score_damaged
from bench.config.selfcheck import selfcheck_settings
from bench.datasets.qags import DIMENSION, Qags
from bench.meta.scoretable import half
from bench.perturb.kinds import KINDS
from bench.selfcheck.claims import touches
from bench.selfcheck.damaged import BASE
from bench.statistics.accuracy import balanced_accuracy, roc_auc
from bench.statistics.metatests import draw_counts, percentiles
from bench.types import Label, Span, Verdict

Floats = NDArray[np.float64]
JUDGEMENTS = Path(__file__).parents[2] / "shared" / "judgements"
FULLY = 5.0
"""SummEval's consistency of a summary in which no expert found an error."""
DOUBTED = 4.0
"""Up to this mean of three experts a summary is taken for unsupported; what lies between is left out."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Claims that people judged together, and what the checks say of each."""

    document: str
    half: str
    supported: bool
    scores: tuple[float, ...]
    """The claims' scores of ``support``."""
    others: tuple[Label, ...]
    """The gravest label of the other checks for each claim."""
    quiet: bool
    """Whether the combined label flags none of them."""


def qags(run: Run, path: Path) -> Iterator[Passage]:
    """Every sentence of QAGS that most annotators agree on."""
    claims = by_summary(run)
    for example, line in zip(Qags(path=path), path.read_text(encoding="utf-8").splitlines(), strict=True):
        [candidate] = example.candidates
        end = 0
        for sentence, answers in zip(
            json.loads(line)["summary_sentences"], candidate.metadata["ratings"][DIMENSION], strict=True
        ):
            start, end = end, end + len(sentence["sentence"].strip()) + 1
            inside = [said for claim, said in claims[example.id, candidate.system] if start <= claim.start < end]
            if 2 * sum(answers) != len(answers):
                yield from passage(example.document, inside, supported=2 * sum(answers) > len(answers))


def summeval(run: Run) -> Iterator[Passage]:
    """Every summary of SummEval that all experts find fully consistent, or that is clearly not."""
    for (example_id, system), claims in by_summary(run).items():
        line = run.inputs[example_id]
        consistency = line["candidates"][system]["metadata"]["human"]["consistency"]
        if consistency == FULLY or consistency <= DOUBTED:
            yield from passage(line["document"], [said for _, said in claims], supported=consistency == FULLY)


def damaged(run: Run) -> Iterator[Passage]:
    """The claims that a self-check changed (known to be false) and those that it left alone (copied, so true)."""
    for (example_id, system), claims in by_summary(run).items():
        line = run.inputs[example_id]
        damage = line["candidates"][system]["metadata"].get("damage", {"kind": None, "changes": []})
        for claim, said in claims:
            touched = any(touches(claim, Span(*change["after"])) for change in damage["changes"])
            if system == BASE or (touched and KINDS[damage["kind"]].plants):
                yield from passage(line["document"], [said], supported=system == BASE)


def by_summary(run: Run) -> dict[tuple[str, str], list[tuple[Span, Mapping[str, Verdict]]]]:
    """The claims of each (example, system), with what each check says of them."""
    found: dict[tuple[str, str], list[tuple[Span, Mapping[str, Verdict]]]] = {}
    for (example_id, system, start, end), said in join_verdicts(run.scores).items():
        found.setdefault((example_id, system), []).append((Span(start, end), said))
    return found


def passage(document: str, claims: Sequence[Mapping[str, Verdict]], *, supported: bool) -> Iterator[Passage]:
    """The passage that these claims make; none where ``support`` judged none of them."""
    judged = [(said, said["support"].score) for said in claims]
    known = [(said, score) for said, score in judged if score is not None]
    if known:
        yield Passage(
            document=document,
            half=half(document),
            supported=supported,
            scores=tuple(score for _, score in known),
            others=tuple(
                gravest(verdict.label for check, verdict in said.items() if check not in ("support", "consistency"))
                for said, _ in known
            ),
            quiet=not any(said["consistency"].label in FLAGGED for said in claims),
        )


def fit(sets: Sequence[Sequence[Passage]], damage: Sequence[Passage]) -> Weights:
    """Logistic regression of "supported" on each claim's score and label; every set counts alike.

    People's sets have few flags. What they are worth is therefore learnt from damaged claims too, with an
    intercept and a weight of the score of their own: they are as many as we make them, and nearly all copied.
    """
    parts = [(*columns(passages), [0, 1]) for passages in sets] + [(*columns(damage), [2, 3])]

    def loss(weights: Floats) -> float:
        total = 0.0
        for features, owners, labels, own in parts:
            odds = features @ np.concatenate([weights[own], weights[4:]])
            logs = np.bincount(owners, -np.logaddexp(0, -odds), minlength=len(labels))
            against = np.log(np.maximum(1e-12, -np.expm1(logs)))
            total -= float(np.where(labels, logs, against).mean())
        return total

    intercept, score, _, _, *flags = minimize(loss, np.array([0.0, 1.0, 0.0, 1.0, -1.0, -1.0]), method="BFGS").x
    return Weights(*(round(float(weight), 2) for weight in (intercept, score, *flags)))


def columns(passages: Sequence[Passage]) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """One, score, unsupported and contradicted (claims, 4), each claim's passage, and the passages' labels."""
    features = np.array([
        (1.0, score, label == "unsupported", label == "contradicted")
        for each in passages for score, label in zip(each.scores, each.others, strict=True)
    ])  # fmt: skip
    owners = np.repeat(np.arange(len(passages)), [len(each.scores) for each in passages])
    return features, owners, np.array([each.supported for each in passages])


def chances(weights: Weights, each: Passage) -> list[float]:
    """The probability of each claim of a passage."""
    return [probability(weights, score, label) for score, label in zip(each.scores, each.others, strict=True)]


def choose_threshold(weights: Weights, sets: Sequence[Sequence[Passage]]) -> float:
    """The probability, in hundredths, below which a claim makes its passage doubtful: best mean balanced accuracy."""

    def mean_accuracy(threshold: float) -> float:
        return float(np.mean([
            balanced_accuracy(*lowest(weights, passages), threshold) for passages in sets
        ]))  # fmt: skip

    return max((hundredth / 100 for hundredth in range(1, 100)), key=mean_accuracy)


def lowest(weights: Weights, passages: Sequence[Passage]) -> tuple[Floats, Floats]:
    """Each passage's lowest probability of a claim, and its label."""
    return (
        np.array([min(chances(weights, each)) for each in passages]),
        np.array([float(each.supported) for each in passages]),
    )


def report(name: str, passages: Sequence[Passage], weights: Weights, threshold: float) -> None:
    """One set's rows: how well threshold, ranking and label agree with people on the odd half."""
    odd = [each for each in passages if each.half == "odd"]
    found, labels = lowest(weights, odd)
    rows = {f"probability from {threshold} on": (found, threshold)}
    rows["label: nothing flagged"] = (np.array([float(each.quiet) for each in odd]), 0.5)
    _, clusters = np.unique([each.document for each in odd], return_inverse=True)
    documents = int(clusters.max()) + 1
    drawn = draw_counts(np.random.default_rng(0), 1000, documents)[:, clusters]
    for row, (scores, least) in rows.items():
        accuracy = float(balanced_accuracy(scores, labels, least))
        low, high = percentiles(balanced_accuracy(scores, labels, least, drawn), 0.95, documents, 1, "documents")
        print(
            f"| {name}, {row} | {len(odd)} | {labels.mean():.2f} | {accuracy:.3f} [{low:.3f}, {high:.3f}] "
            f"| {float(roc_auc(scores, labels)):.3f} |"
        )


def reliability(sets: Mapping[str, Sequence[Passage]], weights: Weights) -> None:
    """How often passages of a probability are supported, on the odd half."""
    print("\n| probability of the passage | " + " | ".join(f"{name}, supported" for name in sets) + " |")
    print("| --- |" + " ---: |" * len(sets))
    odd = {name: [each for each in passages if each.half == "odd"] for name, passages in sets.items()}
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.01)):
        cells = []
        for passages in odd.values():
            inside = [each for each in passages if low <= float(np.prod(chances(weights, each))) < high]
            share = np.mean([each.supported for each in inside]) if inside else float("nan")
            cells.append(f"{share:.2f} of {len(inside)}")
        print(f"| {low:.2f} to {min(high, 1):.2f} | " + " | ".join(cells) + " |")


def main() -> None:
    """Run what isn't there yet, fit, test and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, what in (("qags", "QAGS"), ("summeval", "SummEval"), ("damaged", "damaged leads of SummEval")):
        parser.add_argument(f"--{name}", type=Path, help=f"a run over {what}: finished, or to be made there")
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS, help="the folder of the judgements")
    options = parser.parse_args()
    answers, summaries = (options.judgements / name for name in ("qags_cnn_original.jsonl", "summeval.jsonl"))
    for path in (answers, summaries):
        if not path.is_file():
            parser.error(f"{path} is not there: name the folder of the judgements with --judgements")
    with tempfile.TemporaryDirectory() as folder:
        first, second, third = (
            getattr(options, name) or Path(folder) / name for name in ("qags", "summeval", "damaged")
        )
        sources = {"QAGS-CNN's sentences": list(qags(load(first, "dataset=qags", f"dataset.path={answers}"), answers))}
        sources["SummEval's summaries"] = list(summeval(load(second, "dataset=jsonl", f"dataset.path={summaries}")))
        if not (third / "run.json").exists():
            words = ["dataset=jsonl", f"dataset.path={summaries}", "metrics=[]", f"run_dir={third}"]
            score_damaged(selfcheck_settings(["base=document-lead"]), words, [])
        damage = list(damaged(bench.load(third)))
    even = [[each for each in passages if each.half == "even"] for passages in sources.values()]
    weights = fit(even, [each for each in damage if each.half == "even"])
    threshold = choose_threshold(weights, even)
    print(f"weights: {weights}")
    print(f"threshold: {threshold}; fitted on " + ", ".join(
        f"{len(passages)} of {name}" for name, passages in zip(sources, even, strict=True)
    ))  # fmt: skip
    print("\n| odd half | passages | supported | balanced accuracy | AUC |\n| --- | ---: | ---: | ---: | ---: |")
    for name, passages in sources.items():
        report(name, passages, weights, threshold)
    reliability(sources, weights)


def load(folder: Path, *words: str) -> Run:
    """The run in a folder, made where it isn't there."""
    if (folder / "run.json").exists():
        return bench.load(folder)
    return bench.run(*words, "metrics=[]", "systems=[candidates]", f"run_dir={folder}")


if __name__ == "__main__":
    main()
