"""Scores to means, intervals and counts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.record import ClaimCount, Count, ScorerRecord
from bench.statistics.significance import ends_of, resample_means
from bench.types import Aggregate, Score, Verdict

ALL_CHECKS = "any"
_FLAGGED = ("contradicted", "unsupported", "supported", "unchecked")
"""Labels from the gravest to the least."""


def aggregate(
    scores: Sequence[Score],
    *,
    systems: Sequence[str],
    scorers: Mapping[str, ScorerRecord],
    documents: Mapping[str, str],
    resamples: int,
    confidence: float,
    seed: int,
) -> tuple[Aggregate, ...]:
    """Mean over examples of every value of every scorer for every system, with its interval.

    ``documents``: example id to document, in an order that doesn't depend on the dataset's. The intervals
    are those of comparisons, examples of one document taken as one, and end where the scale does (``ends_of``).
    Every declared value gets an Aggregate, so that one which was never computed shows as 0 of n.
    """
    columns = [
        (system, scorer, value)
        for system in systems
        for scorer, record in scorers.items()
        for value in record.higher_is_better
    ]
    column_of = {column: index for index, column in enumerate(columns)}
    row_of = {example_id: index for index, example_id in enumerate(documents)}
    table = np.full((len(documents), len(columns)), np.nan)
    for score in scores:
        for value, number in score.values.items():
            table[row_of[score.example_id], column_of[score.system, score.scorer, value]] = number
    low, high = intervals(table, list(documents.values()), resamples=resamples, confidence=confidence, seed=seed)
    n_ok = (~np.isnan(table)).sum(axis=0)
    # fsum: the mean must not depend on the order of the examples in its last bits.
    sums = [math.fsum(column[~np.isnan(column)]) for column in table.T]
    means = [float(total / n) if n else None for total, n in zip(sums, n_ok, strict=True)]
    return tuple(
        Aggregate(
            system=system,
            scorer=scorer,
            value=value,
            mean=means[index],
            ci_low=None if np.isnan(low[index]) else float(low[index]),
            ci_high=None if np.isnan(high[index]) else float(high[index]),
            n_ok=int(n_ok[index]),
            n_total=len(documents),
            higher_is_better=scorers[scorer].higher_is_better[value],
        )
        for index, (system, scorer, value) in enumerate(columns)
    )


def intervals(
    table: NDArray[np.float64], documents: Sequence[str], *, resamples: int, confidence: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The interval of each column's mean, (columns,) low and high: that of comparisons, within the scale.

    ``table``: shape (examples, columns), NaN where a value is missing; ``documents``: of each example.
    Where all documents are alike on a scale with two ends, those that weren't seen may lie at either:
    of n shares of 1 the lower end is that of Clopper and Pearson (1934).
    """
    resampled = resample_means(table, documents, resamples=resamples, seed=seed)
    low, high = resampled.interval(confidence)
    least, most = ends_of(table)
    unseen = 1 - ((1 - confidence) / 2) ** (1 / np.maximum(resampled.clusters, 1))
    alike = np.flatnonzero((resampled.least == resampled.most) & np.isfinite(most) & (resampled.clusters >= 2))
    low[alike] -= unseen[alike] * (resampled.mean[alike] - least[alike])
    high[alike] += unseen[alike] * (most[alike] - resampled.mean[alike])
    # Adding 0 leaves no -0.
    return np.maximum(low, least) + 0.0, np.minimum(high, most) + 0.0


def count_statuses(scores: Iterable[Score], scorers: Iterable[str]) -> dict[str, Count]:
    """How many cells of each scorer are ok, undefined or failed."""
    tally = Counter((score.scorer, score.status) for score in scores)
    return {
        scorer: Count(
            ok=tally[scorer, "ok"],
            undefined=tally[scorer, "undefined"],
            error=tally[scorer, "error"],
        )
        for scorer in scorers
    }


def worst(labels: Iterable[str]) -> str:
    """The gravest of several checks' labels for one claim.

    >>> worst(["supported", "unchecked", "unsupported"])
    'unsupported'
    """
    given = set(labels)
    return next((label for label in _FLAGGED if label in given), "unchecked")


def join_verdicts(scores: Iterable[Score]) -> dict[tuple[str, str, int, int], dict[str, Verdict]]:
    """Verdicts by claim (example, system, start, end), then by check, in the candidate's order."""
    joined: dict[tuple[str, str, int, int], dict[str, Verdict]] = defaultdict(dict)
    for score in scores:
        for verdict in score.verdicts:
            claim = (score.example_id, score.system, verdict.claim.start, verdict.claim.end)
            joined[claim][score.scorer] = verdict
    return dict(sorted(joined.items()))


def count_claims(
    scores: Sequence[Score], systems: Sequence[str], checks: Sequence[str], combined: Sequence[str] = ()
) -> tuple[ClaimCount, ...]:
    """Claims by label for each system: a row a check, and one for all together.

    All together say what the scorers do that combine them; of a claim that none of these judged, the worst.
    """
    tally: Counter[tuple[str, str, str]] = Counter()
    read = {*checks, *combined}
    for (_, system, _, _), verdicts in join_verdicts(score for score in scores if score.scorer in read).items():
        for check, verdict in verdicts.items():
            tally[system, check, verdict.label] += 1
        deciding = [verdicts[name] for name in combined if name in verdicts] or verdicts.values()
        tally[system, ALL_CHECKS, worst(verdict.label for verdict in deciding)] += 1
    rows = []
    for system in systems:
        for check in [*checks, ALL_CHECKS] if checks else []:
            by_label = {label: tally[system, check, label] for label in _FLAGGED}
            rows.append(ClaimCount(system=system, scorer=check, claims=sum(by_label.values()), **by_label))
    return tuple(rows)
