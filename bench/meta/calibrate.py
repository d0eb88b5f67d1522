"""The probability of ``consistency``, fitted again to labels of summaries, and what that gained.

Two numbers are fitted to a user's labels: a factor of the claims' log-odds and what is added to them. The figures are
cross-fitted: each summary's probability comes from a fit without its document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.aggregate import join_verdicts
from bench.checks.calibration import (
    CALIBRATION,
    FLAGS,
    RULED,
    Calibration,
    features,
    grades,
    gravest,
    read_calibration,
    rulings,
)
from bench.errors import InputError
from bench.record import read_inputs, read_record, read_scores
from bench.statistics.accuracy import balanced_accuracy, roc_auc
from bench.statistics.calibration import Bags, Floats, calibration_error, fit, log_loss, log_probabilities
from bench.types import Verdict

LEAST = 20
"""Labelled summaries, from which on a fit of two numbers is worth something."""
_PARTS = 5
_SPREAD = np.array([1.0, 0.25])
"""What is expected of a shift and of a factor: standard deviations around 0 and 1."""


@dataclass(frozen=True, slots=True)
class LabelledSummary:
    """A summary with a label, and what each check says of its claims."""

    document: str
    consistent: bool
    claims: tuple[Mapping[str, Verdict], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well probabilities of summaries agree with their labels."""

    log_loss: float
    calibration_error: float
    auc: float
    balanced_accuracy: float
    """A summary counts as bad where one of its claims is flagged."""
    false_alarms: float
    """Share of the consistent summaries that are flagged."""
    missed: float
    """Share of the inconsistent summaries that aren't."""


@dataclass(frozen=True, slots=True)
class Refit:
    """A calibration fitted to labels, beside the one that it began with."""

    calibration: Calibration
    begun: Calibration
    summaries: int
    consistent: int
    documents: int
    before: Figures
    after: Figures
    """Cross-fitted."""


def calibrate(folder: Path, human: str, least: float) -> Refit:
    """Fit the shipped calibration to the judgements in a run's data set; InputError where that can't be.

    Its rules are the checks that the run's ``consistency`` combines; without one, all that it has.
    """
    record = read_record(folder)
    shipped, _ = read_calibration(CALIBRATION)
    if missing := [name for name in shipped.graders if name not in record.signatures]:
        raise InputError(
            f"{folder} lacks {', '.join(missing)}, whose scores the probability rests on: run it with them"
        )
    combined = record.config.get("checks", {}).get("consistency", {}).get("checks") or list(record.signatures)
    begun = replace(
        shipped,
        recipes={name: record.signatures[name] for name in shipped.graders},
        rules=tuple(name for name in combined if name in record.signatures and name not in shipped.graders),
    )
    return refit(labelled(folder, human, least, combined), begun, f"{human} from {least:g} on")


def labelled(folder: Path, human: str, least: float, checks: Sequence[str]) -> list[LabelledSummary]:
    """The judged summaries of a run, with what these checks say of them; consistent from ``least`` on."""
    claims: dict[tuple[str, str], list[Mapping[str, Verdict]]] = {}
    for (example, system, _, _), said in join_verdicts(read_scores(folder)).items():
        counted = {check: verdict for check, verdict in said.items() if check in checks}
        claims.setdefault((example, system), []).append(counted)
    found, dimensions = [], set[str]()
    for line in read_inputs(folder):
        for system, candidate in line["candidates"].items():
            judged = (candidate.get("metadata") or {}).get("human") or {}
            dimensions.update(judged)
            value, mine = judged.get(human), claims.get((line["id"], system))
            if value is not None and mine:
                found.append(LabelledSummary(line.get("document") or line["id"], value >= least, tuple(mine)))
    if not found:
        others = f"it has {', '.join(sorted(dimensions))}" if dimensions else "it has no human judgements"
        raise InputError(f"{folder}: no summary with claims has a judgement called {human!r} ({others})")
    return found


def bags(summaries: Iterable[LabelledSummary], names: Sequence[str]) -> tuple[Bags, list[LabelledSummary]]:
    """The claims' features, a constant first, of the summaries that the graders among ``names`` judged; and these."""
    graders = [name for name in names if name not in RULED]
    rows: list[list[float]] = []
    owners: list[int] = []
    kept: list[LabelledSummary] = []
    for summary in summaries:
        known = [
            features(scores, gravest(verdict.label for verdict in rulings(claim, graders)))
            for claim in summary.claims
            if (scores := grades(claim, graders)) is not None
        ]
        rows += [[1.0, *(found[name] for name in names)] for found in known]
        owners += [len(kept)] * len(known)
        kept += [summary] if known else []
    labels = np.array([float(summary.consistent) for summary in kept])
    shape = np.array(rows, dtype=np.float64).reshape(len(rows), 1 + len(names))
    return Bags(shape, np.array(owners, dtype=np.int64), labels), kept


def refit(summaries: Sequence[LabelledSummary], begun: Calibration, source: str) -> Refit:
    """Fit factor, shift and threshold; InputError where the labels are too few or all alike."""
    names = tuple(begun.weights)
    found, kept = bags(summaries, names)
    labels = found.labels
    if len(kept) < LEAST or labels.min() == labels.max():
        raise InputError(
            f"{len(kept)} labelled summaries, {int(labels.sum())} of them consistent: calibrating needs at least "
            f"{LEAST} and both kinds"
        )
    documents, groups = np.unique([summary.document for summary in kept], return_inverse=True)
    if len(documents) < 2:
        raise InputError("all labelled summaries are of one document: nothing can be said of another one")
    weights = np.array([begun.intercept, *begun.weights.values()])
    parts = np.random.default_rng(0).permutation(np.arange(len(documents)) % min(_PARTS, len(documents)))[groups]
    chances, flagged = np.zeros(len(kept)), np.zeros(len(kept), dtype=np.bool_)
    for part in np.unique(parts):
        rest, held = subset(found, parts != part), subset(found, parts == part)
        if rest.labels.min() == rest.labels.max():
            raise InputError("the labels of one kind are all of a few documents: label summaries of more of them")
        mine = rescaled(rest, weights)
        chances[parts == part] = log_probabilities(held, mine)
        flagged[parts == part] = doubted(held, names, mine, best_threshold([rest], names, mine))
    final = rescaled(found, weights)
    about = {
        "fitted_to": f"{len(kept)} summaries of {len(documents)} documents, {int(labels.sum())} consistent ({source})",
        "begun_with": begun.about.get("fitted_to", ""),
    }
    made = fitted(final, best_threshold([found], names, final), begun, about)
    before = figures(found, log_probabilities(found, weights), doubted(found, names, weights, begun.threshold))
    after = figures(found, chances, flagged)
    return Refit(made, begun, len(kept), int(labels.sum()), len(documents), before, after)


def rescaled(found: Bags, weights: Floats) -> Floats:
    """The weights times the factor, with the shift, that suit these labels best; both are held near 1 and 0."""
    odds = found.features @ weights
    both = Bags(np.column_stack([np.ones(len(odds)), odds]), found.owners, found.labels)
    shift, factor = fit([both], prior=np.array([0.0, 1.0]), pull=1 / (2 * len(found.labels) * _SPREAD**2))
    moved = weights * max(float(factor), 0.0)
    moved[0] += shift
    return np.asarray(moved, dtype=np.float64)


def fitted(weights: Floats, threshold: float, begun: Calibration, about: Mapping[str, str]) -> Calibration:
    """A calibration with other weights (the intercept first), to three digits, of the same features."""
    intercept, *rest = (round(float(each), 3) for each in weights)
    names = dict(zip(begun.weights, rest, strict=True))
    return replace(begun, intercept=intercept, weights=names, threshold=threshold, about=about)


def best_threshold(kinds: Sequence[Bags], names: Sequence[str], weights: Floats) -> float:
    """The probability, in hundredths, below which a claim makes its summary bad: best mean balanced accuracy.

    Of equally good ones the lowest, which flags least.
    """

    def accuracy(threshold: float) -> float:
        passed = [passing(doubted(found, names, weights, threshold)) for found in kinds]
        each = [balanced_accuracy(one, found.labels, 0.5) for one, found in zip(passed, kinds, strict=True)]
        return float(np.mean(each))

    return max((n / 100 for n in range(100)), key=accuracy)


def doubted(found: Bags, names: Sequence[str], weights: Floats, threshold: float) -> NDArray[np.bool_]:
    """Which summaries have a claim that is flagged, by a rule or for its probability."""
    flags = found.features[:, [1 + place for place, name in enumerate(names) if name in FLAGS]].any(axis=1)
    wrong = flags | (1 / (1 + np.exp(-found.features @ weights)) < threshold)
    return np.bincount(found.owners, wrong, minlength=len(found.labels)) > 0


def passing(flagged: NDArray[np.bool_]) -> Floats:
    """1 for what isn't flagged, else 0."""
    return (~flagged).astype(np.float64)


def subset(found: Bags, chosen: NDArray[np.bool_]) -> Bags:
    """Some of the summaries."""
    kept = chosen[found.owners]
    return Bags(found.features[kept], (np.cumsum(chosen) - 1)[found.owners[kept]], found.labels[chosen])


def figures(found: Bags, logs: Floats, flagged: NDArray[np.bool_]) -> Figures:
    """How well these probabilities (logarithms) and flags agree with the labels."""
    labels, chances = found.labels, np.exp(logs)
    good = labels == 1
    return Figures(
        log_loss=log_loss(logs, labels),
        calibration_error=calibration_error(chances, labels),
        auc=float(roc_auc(chances, labels)),
        balanced_accuracy=float(balanced_accuracy(passing(flagged), labels, 0.5)),
        false_alarms=float(flagged[good].mean()) if good.any() else np.nan,
        missed=float(1 - flagged[~good].mean()) if (~good).any() else np.nan,
    )
