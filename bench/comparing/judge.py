"""Paired differences to outcomes: is a value worse by more than its margin?

The question is asked as a non-inferiority test. A value may fall by its margin; the bootstrap
interval of the mean paired difference, documents resampled whole, decides:

- the whole interval above minus the margin: ``pass`` (``improved`` if it lies above plus the margin), where
  examples that lose all they have, too rare to be seen among so many, couldn't cost more than the margin either;
- the whole interval below minus the margin: ``regressed``;
- else ``inconclusive``, with the drop that this many documents could have shown.

Where every change counts (``Gate.fail_on_change``), no statistics are asked: see ``_by_change``.

``regressed`` and ``improved`` are corrected over all compared values (Holm). ``pass`` needs no
correction: the build passes only when every value does (Berger 1982, the intersection-union test).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.comparing.comparison import Difference, Gate, Margin, Outcome
from bench.comparing.snapshot import Snapshot
from bench.statistics.significance import (
    ResampledMeans,
    detectable_drop,
    ends_of,
    examples_needed,
    holm,
    resample_means,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One value of one system, to be compared over the shared examples."""

    system: str
    scorer: str
    value: str
    margin: Margin
    higher_is_better: bool | None


def columns_of(baseline: Snapshot, scorer: str, systems: Sequence[str], gate: Gate) -> Iterator[Column]:
    """The values of a scorer that have a margin and a direction (or any, where every change counts), by system."""
    for value, higher in baseline.scorers[scorer].higher_is_better.items():
        margin = gate.margin(scorer, value)
        if margin is not None and (higher is not None or gate.fail_on_change):
            yield from (Column(system, scorer, value, margin, higher) for system in systems)


def table(snapshot: Snapshot, columns: Sequence[Column], examples: Sequence[str]) -> NDArray[np.float64]:
    """Values of shape (examples, columns); NaN where a cell lacks the value."""
    values = np.full((len(examples), len(columns)), np.nan)
    together: dict[tuple[str, str], list[int]] = {}
    for index, column in enumerate(columns):
        together.setdefault((column.system, column.scorer), []).append(index)
    for (system, scorer), indices in together.items():
        names = [columns[index].value for index in indices]
        nothing: Mapping[str, float] = {}
        cells = (snapshot.cells.get((example, system, scorer)) for example in examples)
        found = (nothing if cell is None else cell.values for cell in cells)
        values[:, indices] = [[numbers.get(name, np.nan) for name in names] for numbers in found]
    return values


@dataclass(frozen=True, slots=True)
class Inference:
    """What the resampled gains (positive is better) say about each column; arrays of shape (columns,)."""

    inferred: NDArray[np.bool_]
    """Whether there are documents enough; the other arrays are NaN where not."""
    low: NDArray[np.float64]
    """Interval of the mean gain."""
    high: NDArray[np.float64]
    p_regressed: NDArray[np.float64]
    """One-sided, Holm-adjusted: the true gain lies below minus the margin."""
    p_improved: NDArray[np.float64]
    p_lost: NDArray[np.float64]
    """One-sided, of each column by itself: the true gain lies above minus the margin, whatever wasn't seen."""
    detectable: NDArray[np.float64]
    """The smallest true drop that would have been shown among so many columns with the gate's power."""


def infer(gains: ResampledMeans, margins: NDArray[np.float64], worst: NDArray[np.float64], gate: Gate) -> Inference:
    """Intervals, and p-values corrected over all columns that allow inference; ``worst``: see ``worst_gains``."""
    from scipy import stats

    inferred = gains.clusters >= max(2, gate.min_documents)
    low, high = gains.interval(1.0 - gate.alpha)
    tested = gate.alpha / 2 / max(1, int(inferred.sum()))
    freedom = np.maximum(gains.clusters, 2) - 1
    drops = [
        detectable_drop(error, n + 1, margin, tested, gate.power) if known else np.nan
        for error, n, margin, known in zip(
            gains.standard_error.tolist(), freedom.tolist(), margins.tolist(), inferred, strict=True
        )
    ]
    # What the interval reaches beyond Student's, a drop has to reach too.
    reach = gains.reach_above(tested) - stats.t.isf(tested, freedom) * gains.standard_error
    return Inference(
        inferred=inferred,
        low=np.where(inferred, low, np.nan),
        high=np.where(inferred, high, np.nan),
        p_regressed=holm(np.where(inferred, gains.p_below(-margins - _ROUNDING), np.nan)),
        p_improved=holm(np.where(inferred, gains.p_above(margins + _ROUNDING), np.nan)),
        p_lost=np.where(inferred, gains.p_above_lost(-margins - _ROUNDING, worst), np.nan),
        detectable=np.array(drops) + reach,
    )


def worst_gains(
    before: NDArray[np.float64], now: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The most that an unseen example may lose, (columns,), 0 or below: from the best score before to the worst.

    ``before`` and ``now``: (examples, columns), NaN where one of the two lacks the value; ``direction``: 1 where
    higher is better, -1 where lower. The worst score is the end of the scale (``ends_of``), or else the worst seen.
    """
    both = np.concatenate([before, now]) * direction
    lowest, highest = ends_of(np.concatenate([before, now]))
    end = np.where(direction > 0, lowest, -highest)
    worst = np.where(np.isinf(end), np.fmin.reduce(both, axis=0), end)
    return np.asarray(np.minimum(worst - np.fmax.reduce(before * direction, axis=0), 0.0))


def _same_texts(baseline: Snapshot, run: Snapshot, system: str, shared: Mapping[str, str]) -> bool:
    """Whether a system's summaries are known to be the same, word for word."""
    return all(
        (text := baseline.texts.get((example, system))) is not None and text == run.texts.get((other, system))
        for example, other in shared.items()
    )


def judge(
    columns: Sequence[Column], baseline: Snapshot, run: Snapshot, shared: Mapping[str, str], gate: Gate
) -> list[Difference]:
    """The difference and the outcome of every column, Holm-corrected over those that allow inference."""
    if not columns or not shared:
        return []
    examples = list(shared)
    # By content: neither the names nor the order of the examples may move the resamples.
    order = sorted(range(len(examples)), key=lambda row: (baseline.examples[examples[row]].content, examples[row]))
    before = table(baseline, columns, examples)[order]
    now = table(run, columns, list(shared.values()))[order]
    examples = [examples[row] for row in order]
    both = ~np.isnan(before) & ~np.isnan(now)
    direction = np.array([-1.0 if column.higher_is_better is False else 1.0 for column in columns])
    gains = np.where(both, (now - before) * direction, np.nan)
    clusters = [baseline.examples[example].document for example in examples]
    means = resample_means(gains, clusters, resamples=gate.resamples, seed=gate.seed)
    with np.errstate(invalid="ignore"):
        count = both.sum(axis=0)
        before_mean = np.where(both, before, 0.0).sum(axis=0) / count
        now_mean = np.where(both, now, 0.0).sum(axis=0) / count
    margins = np.array(
        [column.margin.of(mean if n else 0.0) for column, mean, n in zip(columns, before_mean, count, strict=True)]
    )
    changed = {column.system for column in columns}
    changed -= {system for system in changed if _same_texts(baseline, run, system, shared)}
    # What is written as before loses nothing, anywhere.
    worst = worst_gains(np.where(both, before, np.nan), np.where(both, now, np.nan), direction)
    worst = np.where([column.system in changed for column in columns], worst, 0.0)
    found = infer(means, margins, worst, gate)
    inferred = found.inferred & (not gate.fail_on_change)
    level = gate.alpha / 2
    judged = []
    for i, column in enumerate(columns):
        n, documents = int(count[i]), int(means.clusters[i])
        if not n:
            continue
        gain, margin, error = float(means.mean[i]), float(margins[i]), float(means.standard_error[i])
        low, high = float(found.low[i]), float(found.high[i])
        p_regressed, p_improved, p_lost = (float(p[i]) for p in (found.p_regressed, found.p_improved, found.p_lost))
        detectable = needed = None
        if gate.fail_on_change:
            outcome, reason = _by_change(now[:, i] - before[:, i], margin, examples)
        elif not inferred[i]:
            outcome, reason = by_tolerance(gain, margin, documents)
        else:
            outcome, reason = by_inference(low, high, margin, p_regressed, p_improved, p_lost, level)
            # Where nothing changed no noise was seen either, from which to tell what would have shown.
            detectable = float(found.detectable[i]) if error > _ROUNDING else None
            if outcome == "inconclusive" and margin > 0:
                needed = examples_needed(error, documents, margin, level, gate.power, -float(worst[i]))
                # Enough already: it isn't for want of documents that the drop reaches the margin.
                needed = needed if needed > documents else None
        ends = (low, high) if direction[i] > 0 else (-high, -low)
        judged.append(
            Difference(
                system=column.system,
                scorer=column.scorer,
                value=column.value,
                outcome=outcome,
                reason=reason,
                higher_is_better=column.higher_is_better,
                baseline_mean=float(before_mean[i]),
                run_mean=float(now_mean[i]),
                difference=gain * float(direction[i]),
                low=ends[0] if inferred[i] else None,
                high=ends[1] if inferred[i] else None,
                margin=margin,
                n=n,
                documents=documents,
                method="bootstrap" if inferred[i] else "tolerance",
                p_regressed=p_regressed if inferred[i] else None,
                detectable=detectable,
                needed=needed,
            )
        )
    return judged


_ROUNDING = 1e-12
"""Differences below this are the rounding of sums, not changes."""


def by_tolerance(gain: float, margin: float, documents: int) -> tuple[Outcome, str]:
    """The outcome without inference: the margin as a plain tolerance."""
    few = f"{documents} documents allow no inference" if documents != 1 else "1 document allows no inference"
    if gain < -margin - _ROUNDING:
        return "regressed", f"worse by more than the tolerance; {few}"
    if gain > margin + _ROUNDING:
        return "improved", f"better by more than the tolerance; {few}"
    return "pass", f"within the tolerance; {few}"


def _by_change(changes: NDArray[np.float64], margin: float, examples: Sequence[str]) -> tuple[Outcome, str]:
    """The outcome where every change counts: of each example by itself, better or worse. NaN: nothing to compare.

    >>> _by_change(np.array([0.0, -0.5, 0.25]), 1e-6, ["a", "b", "c"])
    ('regressed', 'changed in 2 of 3 examples, most by -0.5 in b')
    """
    sizes = np.nan_to_num(np.abs(changes))
    moved = int((sizes > margin + _ROUNDING).sum())
    if not moved:
        return "pass", "unchanged in every example"
    most = int(np.argmax(sizes))
    count = f"{moved} of {int((~np.isnan(changes)).sum())} examples"
    return "regressed", f"changed in {count}, most by {changes[most]:+.6g} in {examples[most]}"


def by_inference(
    low: float, high: float, margin: float, p_regressed: float, p_improved: float, p_lost: float, level: float
) -> tuple[Outcome, str]:
    """The outcome from the interval of the gain (positive is better) and the corrected p-values."""
    if p_regressed <= level:
        return "regressed", "worse by more than the margin"
    if low >= -margin - _ROUNDING:
        if p_lost > level:
            return "inconclusive", "too few documents to rule out rare large losses"
        if p_improved <= level:
            return "improved", "better by more than the margin"
        return "pass", "not worse by more than the margin"
    if high < -margin:
        return "inconclusive", "below the margin, but not for sure among so many values"
    return "inconclusive", "the interval reaches below the margin"
